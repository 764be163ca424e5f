package agreement

import (
	"errors"
	"slices"

	"cosmossdk.io/collections"
	"google.golang.org/protobuf/proto"

	agreementv1 "github.com/filiera-chain/filiera/api/agreement/v1"
	"github.com/filiera-chain/filiera/gs1"
	"github.com/filiera-chain/filiera/module"
)

// means are the ways of electronic identification that a party may name: those of
// the Italian public system and of Reg. (EU) 910/2014.
var means = []string{"spid-l2", "spid-l3", "cie", "cns", "eidas-substantial", "eidas-high", "qualified-signature"}

func checkIdentification(i *agreementv1.Identification) error {
	if !slices.Contains(means, i.GetMeans()) {
		return ErrShape.With("identification.means is %q; write one of %v", clip(i.GetMeans()), means)
	}
	return shape(module.CheckHash("identification.sha256", i.GetSha256()))
}

func checkPropose(m *agreementv1.MsgPropose) error {
	err := errors.Join(
		module.CheckText("title", m.GetTitle(), 3, maxText),
		module.CheckHash("document_sha256", m.GetDocumentSha256()),
	)
	if err != nil {
		return shape(err)
	}
	if n := len(m.GetParties()); n < 2 || n > maxParties {
		return ErrShape.With("parties has %d lines; an agreement has 2 to %d", n, maxParties)
	}
	seen := map[string]bool{}
	for _, p := range m.GetParties() {
		if err := shape(module.CheckSlug("parties", p, 3, 40)); err != nil {
			return err
		}
		if seen[p] {
			return ErrShape.With("parties names %s twice", p)
		}
		seen[p] = true
	}
	if n := len(m.GetDeliveries()); n < 1 || n > maxDeliveries {
		return ErrShape.With("deliveries has %d lines; an agreement has 1 to %d", n, maxDeliveries)
	}
	for _, d := range m.GetDeliveries() {
		if err := checkDelivery(d, seen); err != nil {
			return err
		}
	}
	return checkIdentification(m.GetIdentification())
}

func checkDelivery(d *agreementv1.NewDelivery, parties map[string]bool) error {
	if d.GetSeller() == d.GetBuyer() || !parties[d.GetSeller()] || !parties[d.GetBuyer()] {
		return ErrShape.With("deliveries: from %q to %q; both are parties, and not the same", clip(d.GetSeller()), clip(d.GetBuyer()))
	}
	if gtin, err := gs1.ParseGTIN(d.GetGtin()); err != nil || gtin != d.GetGtin() {
		return ErrShape.With("deliveries.gtin is %q; write its 14 digits", clip(d.GetGtin()))
	}
	n := d.GetQuantity().GetAmount()
	if n < 1 || n > maxAmount {
		return ErrAmount.With("deliveries.quantity is %d; it takes 1 to %d", n, int64(maxAmount))
	}
	per := d.GetPenaltyPerUnit()
	if per < 0 || d.GetPenalty() < 0 || d.GetPenalty() > maxAmount || per > maxAmount/n {
		return ErrAmount.With("deliveries: %d cents for each of %d units and %d cents once are less than nothing or more than can be counted", per, n, d.GetPenalty())
	}
	return nil
}

// propose records an agreement that its parties have still to sign; who proposes it
// signs it.
func (a *Agreements) propose(ctx *module.Context, m *agreementv1.MsgPropose) (proto.Message, error) {
	number, err := a.next(ctx)
	if err != nil {
		return nil, err
	}
	x := &agreementv1.Agreement{
		Number: number, State: agreementv1.State_STATE_PROPOSED, Title: m.GetTitle(), DocumentSha256: m.GetDocumentSha256(),
		ProposedBy: ctx.Signer.Participant, ProposedAt: ctx.Time, SignUntil: m.GetSignUntil(),
	}
	if x.GetSignUntil() <= ctx.Time || x.GetSignUntil() > ctx.Time+maxAhead {
		return nil, ErrDeadline.With("sign_until is %s, and the block's day is %s; give the parties some time, at most a hundred years", module.Day(x.GetSignUntil()), module.Day(ctx.Time))
	}
	for _, p := range m.GetParties() {
		if _, err := a.registry.Active(ctx, p); err != nil {
			return nil, err
		}
		x.Parties = append(x.Parties, &agreementv1.Party{Participant: p})
	}
	for _, d := range m.GetDeliveries() {
		one, err := a.delivery(ctx, x, d)
		if err != nil {
			return nil, err
		}
		x.Deliveries = append(x.Deliveries, one)
	}
	if err := sign(ctx, x, m.GetIdentification()); err != nil {
		return nil, err
	}
	if err := a.due.Set(ctx, collections.Join(x.GetSignUntil(), number)); err != nil {
		return nil, err
	}
	return &agreementv1.ProposeResult{Agreement: number}, a.put(ctx, x)
}

func (a *Agreements) delivery(ctx *module.Context, x *agreementv1.Agreement, d *agreementv1.NewDelivery) (*agreementv1.Delivery, error) {
	p, err := a.products.Product(ctx, d.GetGtin())
	switch {
	case err != nil:
		return nil, err
	case p == nil:
		return nil, ErrProduct.With("GTIN %s is not registered", d.GetGtin())
	case p.GetBaseUnit() != d.GetQuantity().GetUnit():
		return nil, ErrProduct.With("GTIN %s is counted in %s, and %s is agreed on; write the quantity in %s", d.GetGtin(), p.GetBaseUnit(), clip(d.GetQuantity().GetUnit()), p.GetBaseUnit())
	case d.GetDueAt() <= x.GetSignUntil() || d.GetDueAt() > ctx.Time+maxAhead:
		return nil, ErrDeadline.With("a delivery of GTIN %s is due on %s; it comes after sign_until (%s), within a hundred years", d.GetGtin(), module.Day(d.GetDueAt()), module.Day(x.GetSignUntil()))
	}
	return &agreementv1.Delivery{
		Seller: d.GetSeller(), Buyer: d.GetBuyer(), Gtin: d.GetGtin(), Quantity: d.GetQuantity(), DueAt: d.GetDueAt(), Attested: d.GetAttested(),
		PenaltyPerUnit: d.GetPenaltyPerUnit(), Penalty: d.GetPenalty(),
	}, nil
}

// sign notes the signer's consent.
func sign(ctx *module.Context, x *agreementv1.Agreement, i *agreementv1.Identification) error {
	p, err := party(ctx, x)
	if err != nil {
		return err
	}
	if p.GetSignedAt() != 0 {
		return ErrTwice.With("%s signed agreement %d on %s", p.GetParticipant(), x.GetNumber(), module.Day(p.GetSignedAt()))
	}
	p.SignedAt, p.SignedHeight, p.KeyLabel = ctx.Time, ctx.Height, ctx.Signer.KeyLabel
	p.IdentificationMeans, p.IdentificationSha256 = i.GetMeans(), i.GetSha256()
	return nil
}

func clip(s string) string {
	if len(s) > 60 {
		return s[:60] + "…"
	}
	return s
}
