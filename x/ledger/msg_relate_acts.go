package ledger

import (
	"context"
	"fmt"

	"github.com/filiera-chain/filiera/acts"
	ledgerv1 "github.com/filiera-chain/filiera/api/ledger/v1"
	"github.com/filiera-chain/filiera/module"
)

// mostSameDay bounds the walk that looks for a circle.
const mostSameDay = 1000

func checkRelationName(from string, kind ledgerv1.ActRelation, to string) error {
	if err := checkActID("from", from); err != nil {
		return err
	}
	if err := checkActID("to", to); err != nil {
		return err
	}
	if kind < ledgerv1.ActRelation_ACT_RELATION_APPROVES || kind > ledgerv1.ActRelation_ACT_RELATION_GOVERNS {
		return ErrShape.With("kind is %d; write one of approves, amends, transfers, rectifies, executes, revokes, repeals, governs", kind)
	}
	if from == to {
		return ErrSelf.With("%s cannot be what %s itself", from, acts.RelationWord(kind))
	}
	return nil
}

func checkRelate(m *ledgerv1.MsgRelateActs) error {
	if err := checkRelationName(m.GetFrom(), m.GetKind(), m.GetTo()); err != nil {
		return err
	}
	if err := optionalDate("effective_from", m.GetEffectiveFrom()); err != nil {
		return shape(err)
	}
	if sum := m.GetConsolidatedSha256(); len(sum) != 0 {
		if err := shape(module.CheckHash("consolidated_sha256", sum)); err != nil {
			return err
		}
		if m.GetKind() != ledgerv1.ActRelation_ACT_RELATION_AMENDS && m.GetKind() != ledgerv1.ActRelation_ACT_RELATION_RECTIFIES {
			return ErrShape.With("consolidated_sha256 is given; only an act that amends or rectifies leaves a coordinated text")
		}
	}
	return shape(module.CheckText("note", m.GetNote(), 0, 500))
}

// relate records what an act does to another one.
func (l *Ledger) relate(ctx *module.Context, m *ledgerv1.MsgRelateActs) error {
	from, err := l.act(ctx, "from", m.GetFrom())
	if err != nil {
		return err
	}
	to, err := l.act(ctx, "to", m.GetTo())
	if err != nil {
		return err
	}
	if err := l.maySpeak(ctx, from.GetBody(), "say what its acts do to others"); err != nil {
		return err
	}
	if err := checkHierarchy(from, m.GetKind(), to); err != nil {
		return err
	}
	old, err := module.Find(ctx, l.relations, keyOf(from.GetId(), m.GetKind(), to.GetId()))
	if err != nil {
		return err
	}
	if old != nil {
		return ErrRelated.With("that %s %s %s is on the ledger since %s%s", from.GetId(), acts.RelationWord(m.GetKind()), to.GetId(), module.Day(old.GetDeclaredAt()), withdrawnNote(old))
	}
	r := &ledgerv1.Relation{
		From: from.GetId(), Kind: m.GetKind(), To: to.GetId(), EffectiveFrom: m.GetEffectiveFrom(), Note: m.GetNote(), ConsolidatedSha256: m.GetConsolidatedSha256(),
		DeclaredBy: ctx.Signer.Participant, KeyLabel: ctx.Signer.KeyLabel, DeclaredAt: ctx.Time, DeclaredHeight: ctx.Height,
	}
	if err := settleDates(from, r, to); err != nil {
		return err
	}
	if err := l.noCircle(ctx, from, r, to); err != nil {
		return err
	}
	if err := l.relationsTo.Set(ctx, keyOf(to.GetId(), r.GetKind(), from.GetId())); err != nil {
		return err
	}
	if err := l.putRelation(ctx, r); err != nil || !changing(r.GetKind()) {
		return err
	}
	if len(to.GetChanges()) >= maxChanges {
		return ErrLimit.With("%s was changed %d times, which is the most that is kept", to.GetId(), maxChanges)
	}
	to.Changes = append(to.Changes, r)
	return l.putAct(ctx, to)
}

func withdrawnNote(r *ledgerv1.Relation) string {
	if r.GetWithdrawnAt() == 0 {
		return ""
	}
	return ", and was withdrawn as a mistake: " + r.GetWithdrawnReason()
}

// settleDates sets the first day of the effect where it is left out, and refuses
// days that contradict the acts.
func settleDates(from *ledgerv1.Act, r *ledgerv1.Relation, to *ledgerv1.Act) error {
	word := acts.RelationWord(r.GetKind())
	if r.GetKind() == ledgerv1.ActRelation_ACT_RELATION_GOVERNS {
		if from.GetDate() > to.GetDate() {
			return ErrDates.With("%s is of %s and %s of %s; what %s an act is made before it or on its day", from.GetId(), from.GetDate(), to.GetId(), to.GetDate(), word)
		}
	} else if from.GetDate() < to.GetDate() {
		return ErrDates.With("%s is of %s and %s of %s; what %s an act is not made before it", from.GetId(), from.GetDate(), to.GetId(), to.GetDate(), word)
	}
	if r.GetKind() == ledgerv1.ActRelation_ACT_RELATION_RECTIFIES {
		if d := r.GetEffectiveFrom(); d != "" && d != to.GetInForceFrom() {
			return ErrDates.With("effective_from is %s; what rectifies %s holds from its first day, %s", d, to.GetId(), to.GetInForceFrom())
		}
		r.EffectiveFrom = to.GetInForceFrom()
		return nil
	}
	if r.GetEffectiveFrom() == "" {
		r.EffectiveFrom = max(from.GetInForceFrom(), to.GetInForceFrom())
	}
	if r.GetEffectiveFrom() < from.GetInForceFrom() {
		return ErrDates.With("effective_from is %s, and %s is in force from %s", r.GetEffectiveFrom(), from.GetId(), from.GetInForceFrom())
	}
	if why := acts.Why(from, r.GetEffectiveFrom()); why != "" {
		return ErrNotInForce.With("%s cannot be what %s anything from %s: it %s", from.GetId(), word, r.GetEffectiveFrom(), why)
	}
	if why := acts.Why(to, r.GetEffectiveFrom()); changing(r.GetKind()) && why != "" {
		return ErrNotInForce.With("%s cannot be changed from %s: it %s", to.GetId(), r.GetEffectiveFrom(), why)
	}
	return nil
}

// family gives the kinds of relation among which a circle is refused: two acts may
// well govern and amend one another in turn.
func family(k ledgerv1.ActRelation) []ledgerv1.ActRelation {
	if !changing(k) {
		return []ledgerv1.ActRelation{k}
	}
	return []ledgerv1.ActRelation{
		ledgerv1.ActRelation_ACT_RELATION_AMENDS, ledgerv1.ActRelation_ACT_RELATION_TRANSFERS, ledgerv1.ActRelation_ACT_RELATION_RECTIFIES,
		ledgerv1.ActRelation_ACT_RELATION_REVOKES, ledgerv1.ActRelation_ACT_RELATION_REPEALS,
	}
}

// noCircle refuses a relation when the other act leads back. As dates never grow
// along relations of a family (never shrink, for governs), only acts of the same day
// can: no others are looked at.
func (l *Ledger) noCircle(ctx context.Context, from *ledgerv1.Act, r *ledgerv1.Relation, to *ledgerv1.Act) error {
	if from.GetDate() != to.GetDate() {
		return nil
	}
	waiting, seen := []string{to.GetId()}, map[string]bool{to.GetId(): true}
	for len(waiting) > 0 {
		id := waiting[0]
		waiting = waiting[1:]
		for _, k := range family(r.GetKind()) {
			err := l.walkRelations(ctx, id, false, k, func(x *ledgerv1.Relation) error {
				if x.GetTo() == from.GetId() {
					return ErrCycle.With("%s cannot be what %s %s: %s already leads back to it, as %s %s it", from.GetId(), acts.RelationWord(r.GetKind()), to.GetId(), to.GetId(), id, acts.RelationWord(k))
				}
				if seen[x.GetTo()] {
					return nil
				}
				next, err := l.Act(ctx, x.GetTo())
				if err != nil {
					return err
				}
				if next == nil {
					return fmt.Errorf("%s %s %s, which is not there", id, acts.RelationWord(k), x.GetTo())
				}
				if seen[x.GetTo()] = true; next.GetDate() == from.GetDate() {
					waiting = append(waiting, x.GetTo())
				}
				if len(seen) > mostSameDay {
					return ErrLimit.With("more than %d acts of %s hang together; the relation cannot be held against a circle", mostSameDay, from.GetDate())
				}
				return nil
			})
			if err != nil {
				return err
			}
		}
	}
	return nil
}

func checkWithdrawRelation(m *ledgerv1.MsgWithdrawRelation) error {
	if err := checkRelationName(m.GetFrom(), m.GetKind(), m.GetTo()); err != nil {
		return err
	}
	return shape(module.CheckText("reason", m.GetReason(), 3, 500))
}

// withdrawRelation takes back a relation that was declared by mistake. It stays on
// record, and has no effect on any day.
func (l *Ledger) withdrawRelation(ctx *module.Context, m *ledgerv1.MsgWithdrawRelation) error {
	r, err := module.Find(ctx, l.relations, keyOf(m.GetFrom(), m.GetKind(), m.GetTo()))
	if err != nil {
		return err
	}
	if r == nil || r.GetWithdrawnAt() != 0 {
		return ErrRelation.With("that %s %s %s is not on the ledger, or was withdrawn already", m.GetFrom(), acts.RelationWord(m.GetKind()), m.GetTo())
	}
	if err := l.mayWithdraw(ctx, r); err != nil {
		return err
	}
	r.WithdrawnReason, r.WithdrawnBy, r.WithdrawnAt, r.WithdrawnHeight = m.GetReason(), ctx.Signer.Participant, ctx.Time, ctx.Height
	if err := l.putRelation(ctx, r); err != nil || !changing(r.GetKind()) {
		return err
	}
	to, err := l.act(ctx, "to", r.GetTo())
	if err != nil {
		return err
	}
	for i, c := range to.GetChanges() {
		if c.GetFrom() == r.GetFrom() && c.GetKind() == r.GetKind() {
			to.Changes[i] = r
		}
	}
	return l.putAct(ctx, to)
}

func (l *Ledger) mayWithdraw(ctx *module.Context, r *ledgerv1.Relation) error {
	if ctx.Signer.Participant == r.GetDeclaredBy() {
		_, err := l.registry.Active(ctx, ctx.Signer.Participant)
		return err
	}
	from, err := l.act(ctx, "from", r.GetFrom())
	if err != nil {
		return err
	}
	return l.maySpeak(ctx, from.GetBody(), "take back what was said of its acts")
}
