package agreement

import (
	"bytes"

	"cosmossdk.io/collections"

	agreementv1 "github.com/filiera-chain/filiera/api/agreement/v1"
	"github.com/filiera-chain/filiera/module"
)

const (
	proposed  = agreementv1.State_STATE_PROPOSED
	inForce   = agreementv1.State_STATE_IN_FORCE
	performed = agreementv1.State_STATE_PERFORMED
	breached  = agreementv1.State_STATE_BREACHED
	declined  = agreementv1.State_STATE_DECLINED
	dissolved = agreementv1.State_STATE_DISSOLVED
)

var stateWords = map[agreementv1.State]string{
	proposed: "proposed", inForce: "in force", performed: "performed", breached: "breached", declined: "declined", dissolved: "dissolved",
}

func (a *Agreements) mustBe(ctx *module.Context, number uint64, states ...agreementv1.State) (*agreementv1.Agreement, error) {
	x, err := a.must(ctx, number)
	if err != nil {
		return nil, err
	}
	for _, s := range states {
		if x.GetState() == s {
			return x, nil
		}
	}
	return nil, ErrState.With("agreement %d is %s, not %s", number, stateWords[x.GetState()], stateWords[states[0]])
}

func checkSign(m *agreementv1.MsgSign) error {
	if err := shape(module.CheckHash("document_sha256", m.GetDocumentSha256())); err != nil {
		return err
	}
	return checkIdentification(m.GetIdentification())
}

// sign records a party's consent to the text, and brings the agreement into force
// with the last one.
func (a *Agreements) sign(ctx *module.Context, m *agreementv1.MsgSign) error {
	x, err := a.mustBe(ctx, m.GetAgreement(), proposed)
	if err != nil {
		return err
	}
	if !bytes.Equal(x.GetDocumentSha256(), m.GetDocumentSha256()) {
		return ErrHash.With("agreement %d is over the text %x, and %x is signed", x.GetNumber(), x.GetDocumentSha256(), m.GetDocumentSha256())
	}
	if x.GetSignUntil() < ctx.Time {
		return ErrDeadline.With("agreement %d could be signed until %s", x.GetNumber(), module.Day(x.GetSignUntil()))
	}
	if err := sign(ctx, x, m.GetIdentification()); err != nil {
		return err
	}
	for _, p := range x.GetParties() {
		if p.GetSignedAt() == 0 {
			return a.put(ctx, x)
		}
	}
	return a.enterIntoForce(ctx, x)
}

func (a *Agreements) enterIntoForce(ctx *module.Context, x *agreementv1.Agreement) error {
	if err := a.due.Remove(ctx, collections.Join(x.GetSignUntil(), x.GetNumber())); err != nil {
		return err
	}
	x.State, x.InForceAt = inForce, ctx.Time
	for i, d := range x.GetDeliveries() {
		if err := a.checkOpen(ctx, d); err != nil {
			return err
		}
		if err := a.open.Set(ctx, openKeyOf(x.GetNumber(), i, d)); err != nil {
			return err
		}
		if err := a.due.Set(ctx, collections.Join(d.GetDueAt(), x.GetNumber())); err != nil {
			return err
		}
	}
	return a.put(ctx, x)
}

// maxOpen bounds the deliveries of one product from one to another that are open at a
// time: each handing over of goods asks all of them.
const maxOpen = 64

func (a *Agreements) checkOpen(ctx *module.Context, d *agreementv1.Delivery) error {
	n := 0
	rng := collections.NewSuperPrefixedQuadRange3[string, string, string, uint64](d.GetSeller(), d.GetBuyer(), d.GetGtin())
	return a.open.Walk(ctx, rng, func(openKey) (bool, error) {
		if n++; n >= maxOpen {
			return true, ErrOpen.With("%d deliveries of %s from %s to %s are open, which is the most; end one first", n, d.GetGtin(), d.GetSeller(), d.GetBuyer())
		}
		return false, nil
	})
}

// end closes an agreement: nothing counts for it and nothing falls due any more.
func (a *Agreements) end(ctx *module.Context, x *agreementv1.Agreement, to agreementv1.State, by, reason string) error {
	if err := a.due.Remove(ctx, collections.Join(x.GetSignUntil(), x.GetNumber())); err != nil {
		return err
	}
	for i, d := range x.GetDeliveries() {
		if err := a.open.Remove(ctx, openKeyOf(x.GetNumber(), i, d)); err != nil {
			return err
		}
		if err := a.due.Remove(ctx, collections.Join(d.GetDueAt(), x.GetNumber())); err != nil {
			return err
		}
	}
	x.State, x.EndedAt, x.EndedHeight, x.EndedBy, x.Reason = to, ctx.Time, ctx.Height, by, reason
	return a.put(ctx, x)
}

func checkDecline(m *agreementv1.MsgDecline) error {
	return shape(module.CheckText("reason", m.GetReason(), 3, maxText))
}

// decline ends a proposal: by a party, or by who proposed it.
func (a *Agreements) decline(ctx *module.Context, m *agreementv1.MsgDecline) error {
	x, err := a.mustBe(ctx, m.GetAgreement(), proposed)
	if err != nil {
		return err
	}
	if _, err := party(ctx, x); err != nil {
		return err
	}
	return a.end(ctx, x, declined, ctx.Signer.Participant, m.GetReason())
}

func checkDissolve(m *agreementv1.MsgDissolve) error {
	return shape(module.CheckText("reason", m.GetReason(), 3, maxText))
}

// dissolve notes that a party would end the agreement; once all would, it ends
// (codice civile art. 1372: by mutual consent).
func (a *Agreements) dissolve(ctx *module.Context, m *agreementv1.MsgDissolve) error {
	x, err := a.mustBe(ctx, m.GetAgreement(), inForce)
	if err != nil {
		return err
	}
	p, err := party(ctx, x)
	if err != nil {
		return err
	}
	if p.GetWouldDissolve() {
		return ErrTwice.With("%s has agreed to end agreement %d already", p.GetParticipant(), x.GetNumber())
	}
	p.WouldDissolve = true
	for _, p := range x.GetParties() {
		if !p.GetWouldDissolve() {
			return a.put(ctx, x)
		}
	}
	return a.end(ctx, x, dissolved, ctx.Signer.Participant, m.GetReason())
}

func checkSettle(*agreementv1.MsgSettle) error { return nil }

// settle is the creditor's word that a consequence was settled.
func (a *Agreements) settle(ctx *module.Context, m *agreementv1.MsgSettle) error {
	x, err := a.must(ctx, m.GetAgreement())
	if err != nil {
		return err
	}
	if int(m.GetConsequence()) >= len(x.GetConsequences()) {
		return ErrSettled.With("agreement %d has %d consequences; they count from 0, and %d is asked", x.GetNumber(), len(x.GetConsequences()), m.GetConsequence())
	}
	c := x.GetConsequences()[m.GetConsequence()]
	switch {
	case c.GetCreditor() != ctx.Signer.Participant:
		return ErrSettled.With("consequence %d of agreement %d is owed to %s, which says that it was settled", m.GetConsequence(), x.GetNumber(), c.GetCreditor())
	case c.GetSettledAt() != 0:
		return ErrSettled.With("consequence %d of agreement %d was settled on %s", m.GetConsequence(), x.GetNumber(), module.Day(c.GetSettledAt()))
	}
	c.SettledAt = ctx.Time
	return a.put(ctx, x)
}
