package rules

import (
	"errors"

	basev1 "github.com/filiera-chain/filiera/api/base/v1"
	productv1 "github.com/filiera-chain/filiera/api/product/v1"
	rulesv1 "github.com/filiera-chain/filiera/api/rules/v1"
	"github.com/filiera-chain/filiera/gs1"
	"github.com/filiera-chain/filiera/module"
	lang "github.com/filiera-chain/filiera/rules"
)

func checkBatch(id *basev1.BatchID) error {
	gtin, err := gs1.ParseGTIN(id.GetGtin())
	if err != nil {
		return ErrShape.With("batch.gtin: %v", err)
	}
	if gtin != id.GetGtin() {
		return ErrShape.With("batch.gtin is %s; write its 14 digits, %s", id.GetGtin(), gtin)
	}
	if _, err := gs1.ParseLot(id.GetLot()); err != nil {
		return ErrShape.With("batch.lot: %v", err)
	}
	return nil
}

func (r *Rules) mustBatch(ctx *module.Context, id *basev1.BatchID) (*productv1.Batch, error) {
	b, err := r.products.Batch(ctx, id.GetGtin(), id.GetLot())
	if err == nil && b == nil {
		return nil, ErrBatch.With("lot %s of GTIN %s is not registered", id.GetLot(), id.GetGtin())
	}
	return b, err
}

func checkDeclareFacts(m *rulesv1.MsgDeclareFacts) error {
	if err := checkBatch(m.GetBatch()); err != nil {
		return err
	}
	if n := len(m.GetFacts()); n < 1 || n > maxFacts {
		return ErrShape.With("facts has %d bytes; it takes 1 to %d", n, maxFacts)
	}
	if _, err := lang.ParseDeclared(m.GetFacts()); err != nil {
		return ErrFacts.With("%v", err)
	}
	return nil
}

// declareFacts records what the owner of a batch, or a control body accredited for
// its specification, says of it. Saying it again replaces what was said.
func (r *Rules) declareFacts(ctx *module.Context, m *rulesv1.MsgDeclareFacts) error {
	b, err := r.mustBatch(ctx, m.GetBatch())
	if err != nil {
		return err
	}
	who := ctx.Signer.Participant
	body := false
	if b.GetOwner() != who {
		err := r.registry.Accredited(ctx, ctx.Time, who, b.GetSpecification())
		var refusal *module.Error
		if errors.As(err, &refusal) {
			return ErrNotAllowed.With("lot %s of GTIN %s belongs to %s; it speaks of the lot, and control bodies that are accredited do (%s)", b.GetLot(), b.GetGtin(), b.GetOwner(), refusal)
		}
		if err != nil {
			return err
		}
		body = true
	}
	d, err := module.Find(ctx, r.declarations, keyOf(m.GetBatch(), who))
	if err != nil {
		return err
	}
	if d == nil {
		if err := r.roomToSpeak(ctx, m.GetBatch()); err != nil {
			return err
		}
		d = &rulesv1.Declaration{Batch: m.GetBatch(), Participant: who}
	}
	d.Facts, d.Number, d.ByControlBody = m.GetFacts(), d.GetNumber()+1, body
	d.KeyLabel, d.At, d.Height = ctx.Signer.KeyLabel, ctx.Time, ctx.Height
	ctx.Emit(&rulesv1.FactsDeclared{Declaration: d})
	return r.declarations.Set(ctx, keyOf(m.GetBatch(), who), d)
}

func (r *Rules) roomToSpeak(ctx *module.Context, id *basev1.BatchID) error {
	list, err := r.Declarations(ctx, id)
	if err == nil && len(list) >= maxSpeakers {
		return ErrLimit.With("%d participants declared facts of lot %s, which is the most", len(list), id.GetLot())
	}
	return err
}

func checkGiveNotice(m *rulesv1.MsgGiveNotice) error {
	return shape(module.CheckText("attestation", m.GetAttestation(), 1, 64))
}

// giveNotice records that a control body told the authority of an attestation of
// its own; contracts judge whether in time.
func (r *Rules) giveNotice(ctx *module.Context, m *rulesv1.MsgGiveNotice) error {
	a, err := r.certs.Attestation(ctx, m.GetAttestation())
	switch {
	case err != nil:
		return err
	case a == nil:
		return ErrAttestation.With("there is no attestation %s", clip(m.GetAttestation()))
	case a.GetCertifier() != ctx.Signer.Participant:
		return ErrAttestation.With("attestation %s was issued by %s, which gives notice of it, not %s", a.GetId(), a.GetCertifier(), ctx.Signer.Participant)
	}
	old, err := module.Find(ctx, r.notices, a.GetId())
	if err != nil {
		return err
	}
	if old != nil {
		return ErrTwice.With("notice of attestation %s was given on %s", a.GetId(), module.Day(old.GetAt()))
	}
	n := &rulesv1.Notice{Attestation: a.GetId(), Certifier: a.GetCertifier(), KeyLabel: ctx.Signer.KeyLabel, At: ctx.Time, Height: ctx.Height}
	ctx.Emit(&rulesv1.NoticeGiven{Notice: n})
	return r.notices.Set(ctx, a.GetId(), n)
}

func checkJudge(m *rulesv1.MsgJudge) error { return checkBatch(m.GetBatch()) }

// judge asks the contracts that have rules for it (trigger custom) to judge a
// batch: by its owner, an accredited control body, or an authority.
func (r *Rules) judge(ctx *module.Context, m *rulesv1.MsgJudge) error {
	b, err := r.mustBatch(ctx, m.GetBatch())
	if err != nil {
		return err
	}
	if b.GetOwner() != ctx.Signer.Participant {
		if err := r.speaksOneOf(ctx, b.GetSpecification(), authority, controlBody); err != nil {
			return err
		}
	}
	ctx.Emit(&rulesv1.JudgementAsked{Batch: m.GetBatch()})
	return nil
}

func checkEndConsequence(m *rulesv1.MsgEndConsequence) error {
	if err := checkBatch(m.GetBatch()); err != nil {
		return err
	}
	if k := m.GetKind(); k < kindStatus || k > kindControl {
		return ErrShape.With("kind is %d; write 1 (status), 2 (hold), 3 (hold_until), 4 (require_attestation) or 5 (control)", k)
	}
	for _, f := range []struct{ name, text string }{{"contract", m.GetContract()}, {"rule", m.GetRule()}} {
		if err := shape(module.CheckSlug(f.name, f.text, 1, 40)); err != nil {
			return err
		}
	}
	return shape(module.CheckText("reason", m.GetReason(), 3, maxText))
}

// endConsequence ends a consequence by decision of an authority, or of a control
// body that is accredited for the specification.
func (r *Rules) endConsequence(ctx *module.Context, m *rulesv1.MsgEndConsequence) error {
	b, err := r.mustBatch(ctx, m.GetBatch())
	if err != nil {
		return err
	}
	if err := r.speaksOneOf(ctx, b.GetSpecification(), authority, controlBody); err != nil {
		return err
	}
	x, err := r.holds(ctx, m.GetBatch(), m.GetContract(), m.GetRule(), m.GetKind())
	if err != nil {
		return err
	}
	if x == nil {
		return ErrConsequence.With("lot %s of GTIN %s bears no %s of rule %s of contract %s", b.GetLot(), b.GetGtin(), kindWord(m.GetKind()), m.GetRule(), m.GetContract())
	}
	return r.end(ctx, x, ctx.Signer.Participant, m.GetReason())
}
