package app

import (
	"google.golang.org/protobuf/proto"

	basev1 "github.com/filiera-chain/filiera/api/base/v1"
	certv1 "github.com/filiera-chain/filiera/api/cert/v1"
	custodyv1 "github.com/filiera-chain/filiera/api/custody/v1"
	matterv1 "github.com/filiera-chain/filiera/api/matter/v1"
	productv1 "github.com/filiera-chain/filiera/api/product/v1"
	rulesv1 "github.com/filiera-chain/filiera/api/rules/v1"
	tracev1 "github.com/filiera-chain/filiera/api/trace/v1"
	unitv1 "github.com/filiera-chain/filiera/api/unit/v1"
	"github.com/filiera-chain/filiera/module"
	"github.com/filiera-chain/filiera/rules"
	xrules "github.com/filiera-chain/filiera/x/rules"
)

// judgement lets contracts judge what acts have done. It looks at what an act
// announced, so that every way of making a batch or handing it over is judged
// alike, and it comes after the act, so that contracts see what the act made of the
// ledger; a refusal drops it all.
type judgement struct {
	m *Modules
	// budget is what judging may still cost the transaction; read on first use.
	budget uint64
	read   bool
	// seen counts the announcements that were looked at.
	seen int
}

// after judges what the act that has just run announced.
func (j *judgement) after(ctx *module.Context, act proto.Message) error {
	list := ctx.Announcements()
	from := j.seen
	for i := from; i < len(list); i++ {
		if err := j.one(ctx, act, list[i]); err != nil {
			return err
		}
	}
	// What judging itself announced is not judged.
	j.seen = len(ctx.Announcements())
	return nil
}

func (j *judgement) one(ctx *module.Context, act, m proto.Message) error {
	switch x := m.(type) {
	case *productv1.BatchChanged:
		if _, is := act.(*productv1.MsgRegisterBatch); is {
			return j.judge(ctx, rules.OnBatch, x.GetBatch(), "", nil)
		}
	case *matterv1.EntryPosted:
		return j.entry(ctx, x.GetEntry())
	case *certv1.AttestationChanged:
		if _, is := act.(*certv1.MsgIssue); is && len(x.GetAttestation().GetHistory()) == 1 {
			return j.attestation(ctx, x.GetAttestation())
		}
	case *unitv1.RunChanged:
		if _, is := act.(*unitv1.MsgCommitUnits); is {
			return j.run(ctx, x.GetRun())
		}
	case *custodyv1.OfferChanged:
		if _, is := act.(*custodyv1.MsgOffer); is {
			return j.offer(ctx, x.GetOffer())
		}
	case *tracev1.EventCaptured:
		return j.event(ctx, x.GetEvent())
	case *rulesv1.NoticeGiven:
		return j.notice(ctx, x.GetNotice())
	case *rulesv1.JudgementAsked:
		return j.batch(ctx, rules.OnCustom, x.GetBatch(), "", nil)
	case *rulesv1.FactsDeclared:
		return j.declared(ctx, x.GetDeclaration())
	}
	return nil
}

// batch judges a batch that is named; one that is not registered is judged by
// nothing.
func (j *judgement) batch(ctx *module.Context, on rules.Trigger, id *basev1.BatchID, subject string, more func(*gathering) error) error {
	b, err := j.m.Product.Batch(ctx, id.GetGtin(), id.GetLot())
	if err != nil || b == nil {
		return err
	}
	return j.judge(ctx, on, b, subject, more)
}

func (j *judgement) judge(ctx *module.Context, on rules.Trigger, b *productv1.Batch, subject string, more func(*gathering) error) error {
	if !j.read {
		p, err := j.m.Registry.Params(ctx)
		if err != nil {
			return err
		}
		j.budget, j.read = p.GetContractCostPerTx(), true
	}
	return j.m.Rules.Judge(ctx, &xrules.Case{
		On: on, Batch: idOf(b), Specification: b.GetSpecification(), Produced: b.GetProductionDate(), Owner: b.GetOwner(), Subject: subject, Budget: &j.budget,
		Facts: func() (*rules.Facts, error) {
			g := &gathering{m: j.m, ctx: ctx, at: ctx.Time}
			f, err := g.facts(b, more)
			// reading what was declared is work that is paid for like judging
			j.budget -= min(j.budget, g.read/bytesOfCost)
			return f, err
		},
	})
}

// bytesOfCost is how many bytes of declarations are read for one unit of cost.
const bytesOfCost = 4

func idOf(b *productv1.Batch) *basev1.BatchID {
	return &basev1.BatchID{Gtin: b.GetGtin(), Lot: b.GetLot()}
}

// entry judges what an entry of the book makes, and lets nothing be sold that a
// contract holds; it counts deliveries.
func (j *judgement) entry(ctx *module.Context, e *matterv1.Entry) error {
	if e.GetReversedBy() != 0 {
		return nil // announced again because it was taken back
	}
	switch e.GetKind() {
	case matterv1.EntryKind_ENTRY_KIND_HARVEST, matterv1.EntryKind_ENTRY_KIND_TRANSFORMATION:
		for _, p := range stockLines(e, 1) {
			if err := j.batch(ctx, rules.OnBatch, p.GetBatch(), "", nil); err != nil {
				return err
			}
		}
		return j.made(ctx, e)
	case matterv1.EntryKind_ENTRY_KIND_SALE:
		for _, p := range stockLines(e, -1) {
			if err := j.ofWhole(ctx, p.GetBatch(), j.m.Rules.Free); err != nil {
				return err
			}
		}
	case matterv1.EntryKind_ENTRY_KIND_MERGE:
		// The goods of a lot that is held would not be told from others any more.
		for _, p := range stockLines(e, -1) {
			if err := j.ofWhole(ctx, p.GetBatch(), j.m.Rules.Free); err != nil {
				return err
			}
		}
	case matterv1.EntryKind_ENTRY_KIND_TRANSFER:
		// The hold may have begun after the goods were offered.
		for _, p := range stockLines(e, -1) {
			if err := j.ofWhole(ctx, p.GetBatch(), j.m.Rules.Free); err != nil {
				return err
			}
		}
		return j.delivered(ctx, e)
	}
	return nil
}

// made lets nothing be made of goods that wait for a rule to be met or for an
// attestation; what waits for a day only, such as wine that ages, may be worked on, and
// what is made of it waits for the same day.
func (j *judgement) made(ctx *module.Context, e *matterv1.Entry) error {
	for _, in := range stockLines(e, -1) {
		err := j.ofWhole(ctx, in.GetBatch(), func(ctx *module.Context, from *basev1.BatchID) error {
			for _, out := range stockLines(e, 1) {
				if err := j.m.Rules.Inherit(ctx, from, out.GetBatch()); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// ofWhole asks about a lot, and about the batch that it was split off and whose
// certificates hold for it: what holds that one holds its parts.
func (j *judgement) ofWhole(ctx *module.Context, id *basev1.BatchID, ask func(*module.Context, *basev1.BatchID) error) error {
	if err := ask(ctx, id); err != nil {
		return err
	}
	whole, err := j.m.Matter.CoveredBy(ctx, id.GetGtin(), id.GetLot())
	if err != nil || whole == nil || proto.Equal(whole, id) {
		return err
	}
	return ask(ctx, whole)
}

// stockLines are the lines of an entry that put goods into batches (sign 1) or take
// them out (-1).
func stockLines(e *matterv1.Entry, sign int64) []*matterv1.Posting {
	var out []*matterv1.Posting
	for _, p := range e.GetPostings() {
		if p.GetAccount() == matterv1.Account_ACCOUNT_STOCK && p.GetAmount()*sign > 0 {
			out = append(out, p)
		}
	}
	return out
}

func (j *judgement) delivered(ctx *module.Context, e *matterv1.Entry) error {
	out := stockLines(e, -1)
	if len(out) == 0 {
		return nil
	}
	for _, p := range stockLines(e, 1) {
		if err := j.m.Agreement.Delivered(ctx, out[0].GetHolder(), p.GetHolder(), p.GetBatch(), p.GetAmount(), e.GetNumber()); err != nil {
			return err
		}
	}
	return nil
}

func (j *judgement) attestation(ctx *module.Context, a *certv1.Attestation) error {
	for _, c := range a.GetBatches() {
		if err := j.ofWhole(ctx, c.GetBatch(), j.m.Rules.Attestable); err != nil {
			return err
		}
		// What waited ends before the attestation is judged: what the judgement asks
		// for is not answered by the attestation that gave rise to it.
		if err := j.m.Rules.Attested(ctx, c.GetBatch(), a.GetId()); err != nil {
			return err
		}
		err := j.batch(ctx, rules.OnAttestation, c.GetBatch(), a.GetId(), func(g *gathering) error { return g.attested(a, c) })
		if err != nil {
			return err
		}
	}
	return nil
}

func (j *judgement) run(ctx *module.Context, r *unitv1.Run) error {
	return j.batch(ctx, rules.OnUnits, r.GetBatch(), xrules.NumberSubject(uint64(r.GetNumber())), func(g *gathering) error { return g.units(r) })
}

func (j *judgement) offer(ctx *module.Context, o *custodyv1.Offer) error {
	for _, l := range o.GetLines() {
		if err := j.ofWhole(ctx, l.GetBatch(), j.m.Rules.Free); err != nil {
			return err
		}
		err := j.batch(ctx, rules.OnCustody, l.GetBatch(), xrules.NumberSubject(o.GetNumber()), func(g *gathering) error { return g.offer(o, l) })
		if err != nil {
			return err
		}
	}
	return nil
}

// event judges the registered batches that an event is about or makes.
func (j *judgement) event(ctx *module.Context, e *tracev1.Event) error {
	for _, b := range e.GetBatches() {
		if !b.GetRegistered() || b.GetPart() == tracev1.Part_PART_INPUT {
			continue
		}
		if err := j.batch(ctx, rules.OnEvent, b.GetBatch(), xrules.EventSubject(e.GetId()), nil); err != nil {
			return err
		}
	}
	return nil
}

func (j *judgement) notice(ctx *module.Context, n *rulesv1.Notice) error {
	a, err := j.m.Cert.Attestation(ctx, n.GetAttestation())
	if err != nil {
		return err
	}
	for _, c := range a.GetBatches() {
		if err := j.batch(ctx, rules.OnNotice, c.GetBatch(), a.GetId(), func(g *gathering) error { return g.attested(a, c) }); err != nil {
			return err
		}
	}
	return nil
}

// declared sees that what is declared does not contradict the book.
func (j *judgement) declared(ctx *module.Context, d *rulesv1.Declaration) error {
	b, err := j.m.Product.Batch(ctx, d.GetBatch().GetGtin(), d.GetBatch().GetLot())
	if err != nil || b == nil {
		return err
	}
	g := &gathering{m: j.m, ctx: ctx, at: ctx.Time, teller: d.GetParticipant()}
	_, err = g.facts(b, nil)
	return err
}
