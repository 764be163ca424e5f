package ledger

import (
	"errors"

	ledgerv1 "github.com/filiera-chain/filiera/api/ledger/v1"
	"github.com/filiera-chain/filiera/module"
)

func checkVouch(m *ledgerv1.MsgVouchForAct) error {
	if err := checkActID("act", m.GetAct()); err != nil {
		return err
	}
	return shape(module.CheckText("statement", m.GetStatement(), 3, 500))
}

// vouch records a participant's word for an act: the body's own, an authority's or
// an auditor's, with another key than the deposit's, since depositing says nothing
// about the act.
func (l *Ledger) vouch(ctx *module.Context, m *ledgerv1.MsgVouchForAct) error {
	a, err := l.act(ctx, "act", m.GetAct())
	if err != nil {
		return err
	}
	who := ctx.Signer.Participant
	if err := l.mayVouch(ctx, a); err != nil {
		return err
	}
	if who == a.GetDepositedBy() && ctx.Signer.KeyLabel == a.GetKeyLabel() {
		return ErrOwnWord.With("%s was deposited with the key %q of %s; whoever vouches for it signs with another key, or is another participant", a.GetId(), a.GetKeyLabel(), who)
	}
	for _, v := range a.GetVouchings() {
		if v.GetParticipant() == who {
			return ErrOwnWord.With("%s vouched for %s on %s", who, a.GetId(), module.Day(v.GetVouchedAt()))
		}
	}
	if len(a.GetVouchings()) >= maxVouchings {
		return ErrLimit.With("%d participants vouch for %s, which is the most that is kept", maxVouchings, a.GetId())
	}
	a.Vouchings = append(a.Vouchings, &ledgerv1.Vouching{
		Participant: who, KeyLabel: ctx.Signer.KeyLabel, Statement: m.GetStatement(), VouchedAt: ctx.Time, VouchedHeight: ctx.Height,
	})
	return l.putAct(ctx, a)
}

func (l *Ledger) mayVouch(ctx *module.Context, a *ledgerv1.Act) error {
	who, roles := ctx.Signer.Participant, witnesses
	if who == a.GetBody() {
		roles = ownWitness
	}
	err := l.registry.Allowed(ctx, ctx.Time, who, "", "", roles...)
	var refusal *module.Error
	if errors.As(err, &refusal) {
		return ErrSpeak.With("the body %s itself, an authority or an auditor may vouch for its acts: %v", a.GetBody(), err)
	}
	return err
}
