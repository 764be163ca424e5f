package agreement

import (
	"fmt"

	"google.golang.org/protobuf/proto"

	agreementv1 "github.com/filiera-chain/filiera/api/agreement/v1"
	"github.com/filiera-chain/filiera/module"
)

// Module lists what can be done here, what can be asked, and what must hold.
func (a *Agreements) Module() *module.Module {
	return &module.Module{
		Name:   name,
		Schema: a.schema,
		Acts: []module.Act{
			module.OnResult(checkPropose, a.propose),
			module.On(checkSign, a.sign),
			module.On(checkDecline, a.decline),
			module.On(checkDissolve, a.dissolve),
			module.On(checkSettle, a.settle),
		},
		EndBlock: a.endBlock,
		Queries:  []module.Query{module.Ask("Agreement", a.query)},
		Invariants: []module.Invariant{
			{Name: "an agreement is in force by the signatures of all its parties, each with its identification", Check: a.signaturesHold},
			{Name: "goods wait for nothing but open deliveries, and no delivery has more than was agreed", Check: a.deliveriesHold},
		},
		Errors:  refusals(),
		Records: a.records,
	}
}

func (a *Agreements) records(rd *module.Reader, announce func(proto.Message)) error {
	return module.Each(rd, a.agreements, func(x *agreementv1.Agreement) { announce(&agreementv1.AgreementChanged{Agreement: x}) })
}

func (a *Agreements) query(rd *module.Reader, q *agreementv1.AgreementRequest) (*agreementv1.Agreement, error) {
	return a.must(rd, q.GetNumber())
}

func (a *Agreements) signaturesHold(rd *module.Reader) error {
	return a.agreements.Walk(rd, nil, func(_ uint64, x *agreementv1.Agreement) (bool, error) {
		if x.GetInForceAt() == 0 {
			return false, nil
		}
		for _, p := range x.GetParties() {
			if p.GetSignedAt() == 0 || len(p.GetIdentificationSha256()) != 32 {
				return true, fmt.Errorf("agreement %d is in force and %s has not signed it", x.GetNumber(), p.GetParticipant())
			}
		}
		return false, nil
	})
}

func (a *Agreements) deliveriesHold(rd *module.Reader) error {
	want := map[string]bool{}
	err := a.agreements.Walk(rd, nil, func(_ uint64, x *agreementv1.Agreement) (bool, error) {
		for i, d := range x.GetDeliveries() {
			if d.GetDelivered() < 0 || d.GetDelivered() > d.GetQuantity().GetAmount() || (d.GetPerformedAt() != 0) != (d.GetDelivered() == d.GetQuantity().GetAmount()) {
				return true, fmt.Errorf("delivery %d of agreement %d has %d of %d", i, x.GetNumber(), d.GetDelivered(), d.GetQuantity().GetAmount())
			}
			waits := x.GetEndedAt() == 0 && (x.GetState() == inForce || x.GetState() == breached) && d.GetPerformedAt() == 0 && !recorded(x, i)
			if waits {
				want[openName(openKeyOf(x.GetNumber(), i, d))] = true
			}
		}
		return false, nil
	})
	if err != nil {
		return err
	}
	err = a.open.Walk(rd, nil, func(k openKey) (bool, error) {
		id := openName(k)
		if !want[id] {
			return true, fmt.Errorf("goods wait for %s, which waits for none", id)
		}
		delete(want, id)
		return false, nil
	})
	if err == nil && len(want) > 0 {
		err = fmt.Errorf("%d open deliveries are not waited for", len(want))
	}
	return err
}

func openName(k openKey) string {
	return fmt.Sprintf("%s/%s/%s/%d.%d", k.K1(), k.K2(), k.K3(), k.K4()>>8, k.K4()&0xff)
}
