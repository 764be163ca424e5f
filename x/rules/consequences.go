package rules

import (
	"context"
	"strings"

	"cosmossdk.io/collections"

	basev1 "github.com/filiera-chain/filiera/api/base/v1"
	rulesv1 "github.com/filiera-chain/filiera/api/rules/v1"
	"github.com/filiera-chain/filiera/module"
	lang "github.com/filiera-chain/filiera/rules"
)

type kind = rulesv1.ConsequenceKind

const (
	kindStatus    = rulesv1.ConsequenceKind_CONSEQUENCE_KIND_STATUS
	kindHold      = rulesv1.ConsequenceKind_CONSEQUENCE_KIND_HOLD
	kindHoldUntil = rulesv1.ConsequenceKind_CONSEQUENCE_KIND_HOLD_UNTIL
	kindRequire   = rulesv1.ConsequenceKind_CONSEQUENCE_KIND_REQUIRE_ATTESTATION
	kindControl   = rulesv1.ConsequenceKind_CONSEQUENCE_KIND_CONTROL
	kindAward     = rulesv1.ConsequenceKind_CONSEQUENCE_KIND_AWARD
)

// Declassified is the status of a batch that has lost the name of its
// specification: it is attested no more.
const Declassified = "declassified"

// kindWord is the plain word of a kind.
func kindWord(k kind) string {
	return strings.ToLower(strings.TrimPrefix(k.String(), "CONSEQUENCE_KIND_"))
}

// follow records what follows from an evaluation, and ends what followed from the
// same rules before and does not any more.
func (r *Rules) follow(ctx *module.Context, v *rulesv1.Version, c *Case, e *lang.Evaluation) error {
	for i := range e.Results {
		res := &e.Results[i]
		if res.Outcome == lang.Idle {
			continue
		}
		now, err := r.ofResult(ctx, v, c, res)
		if err != nil {
			return err
		}
		if err := r.endOthers(ctx, v, c, res.Rule, now); err != nil {
			return err
		}
	}
	return nil
}

// ofResult records the consequences of one result, and says of which kinds they
// are.
func (r *Rules) ofResult(ctx *module.Context, v *rulesv1.Version, c *Case, res *lang.Result) (map[kind]bool, error) {
	now := map[kind]bool{}
	set := func(x *rulesv1.Consequence) error {
		now[x.GetKind()] = true
		x.Batch, x.Contract, x.Version, x.Rule = c.Batch, v.GetContract(), v.GetVersion(), res.Rule
		x.Trigger, x.Subject, x.Since, x.SinceHeight = string(c.On), c.Subject, ctx.Time, ctx.Height
		return r.begin(ctx, x)
	}
	if res.Outcome != lang.Pass {
		switch lang.Decision(res.Severity) {
		case lang.Hold:
			if err := set(&rulesv1.Consequence{Kind: kindHold}); err != nil {
				return nil, err
			}
		case lang.RequireAttestation:
			if err := set(&rulesv1.Consequence{Kind: kindRequire}); err != nil {
				return nil, err
			}
		}
	}
	for _, do := range res.Effects {
		x := &rulesv1.Consequence{}
		switch do.Do {
		case "set_status":
			x.Kind, x.Word = kindStatus, do.Word
		case "hold_until":
			x.Kind, x.Until = kindHoldUntil, do.Day.String()
		case "request_control":
			x.Kind = kindControl
		case "award":
			x.Kind, x.Points, x.Participant = kindAward, do.Points, c.Owner
		default:
			continue
		}
		if err := set(x); err != nil {
			return nil, err
		}
	}
	return now, nil
}

// begin records a consequence. One that holds already keeps its beginning, and
// points are awarded once for a rule and batch.
func (r *Rules) begin(ctx *module.Context, x *rulesv1.Consequence) error {
	key := consequenceKey(x)
	old, err := module.Find(ctx, r.consequences, key)
	if err != nil {
		return err
	}
	if old != nil && old.GetEndedAt() == 0 {
		if x.GetKind() == kindAward || x.GetWord() == old.GetWord() && x.GetUntil() == old.GetUntil() {
			return nil
		}
	}
	if x.GetKind() == kindAward {
		if err := r.award(ctx, x); err != nil {
			return err
		}
	}
	return r.putConsequence(ctx, x)
}

func (r *Rules) award(ctx *module.Context, x *rulesv1.Consequence) error {
	key := collections.Join(x.GetParticipant(), x.GetContract())
	p, err := module.Find(ctx, r.points, key)
	if err != nil {
		return err
	}
	if p == nil {
		p = &rulesv1.Points{Participant: x.GetParticipant(), Contract: x.GetContract()}
	}
	const most = int64(1) << 60
	if x.GetPoints() < 0 || x.GetPoints() > most-p.GetPoints() {
		return ErrEvaluation.With("rule %s of %s awards %d points, which cannot be added to %d", x.GetRule(), x.GetContract(), x.GetPoints(), p.GetPoints())
	}
	p.Points += x.GetPoints()
	p.Awards++
	ctx.Emit(&rulesv1.PointsChanged{Points: p})
	return r.points.Set(ctx, key, p)
}

// endOthers ends what a rule brought about before and does not now: it is met.
func (r *Rules) endOthers(ctx *module.Context, v *rulesv1.Version, c *Case, rule string, now map[kind]bool) error {
	for _, k := range []kind{kindStatus, kindHold, kindHoldUntil, kindRequire, kindControl} {
		if now[k] {
			continue
		}
		x, err := r.holds(ctx, c.Batch, v.GetContract(), rule, k)
		if err != nil {
			return err
		}
		if x == nil || x.GetTrigger() != string(c.On) {
			continue
		}
		if err := r.end(ctx, x, "", "the rule is met"); err != nil {
			return err
		}
	}
	return nil
}

// holds gives a consequence that has not ended, or nil.
func (r *Rules) holds(ctx context.Context, id *basev1.BatchID, contract, rule string, k kind) (*rulesv1.Consequence, error) {
	x, err := module.Find(ctx, r.consequences, consequenceKey(&rulesv1.Consequence{Batch: id, Contract: contract, Rule: rule, Kind: k}))
	if err != nil || x.GetEndedAt() != 0 {
		return nil, err
	}
	return x, nil
}

func consequenceKey(x *rulesv1.Consequence) rulingKey {
	return keyOf(x.GetBatch(), strings.Join([]string{x.GetContract(), x.GetRule(), kindWord(x.GetKind())}, "/"))
}

func (r *Rules) end(ctx *module.Context, x *rulesv1.Consequence, by, reason string) error {
	x.EndedAt, x.EndedBy, x.EndedReason = ctx.Time, by, reason
	return r.putConsequence(ctx, x)
}

func (r *Rules) putConsequence(ctx *module.Context, x *rulesv1.Consequence) error {
	ctx.Emit(&rulesv1.ConsequenceChanged{Consequence: x})
	return r.consequences.Set(ctx, consequenceKey(x), x)
}

// eachHolding calls do with every consequence of a batch that has not ended.
func (r *Rules) eachHolding(ctx context.Context, id *basev1.BatchID, do func(*rulesv1.Consequence) error) error {
	return r.consequences.Walk(ctx, ofBatch(id), func(_ rulingKey, x *rulesv1.Consequence) (bool, error) {
		if x.GetEndedAt() != 0 {
			return false, nil
		}
		return false, do(x)
	})
}

// Free refuses to let a batch leave the hands that it is in while a contract holds
// it.
func (r *Rules) Free(ctx *module.Context, id *basev1.BatchID) error {
	today := module.Day(ctx.Time)
	return r.eachHolding(ctx, id, func(x *rulesv1.Consequence) error {
		why := ""
		switch {
		case x.GetKind() == kindHold:
			why = "until the rule is met, or an authority or the control body ends the hold"
		case x.GetKind() == kindHoldUntil && today < x.GetUntil():
			why = "until " + x.GetUntil()
		case x.GetKind() == kindRequire:
			why = "until an attestation is submitted for it"
		default:
			return nil
		}
		return ErrHeld.With("lot %s of GTIN %s is held by rule %s of contract %s (version %d) since %s, %s", id.GetLot(), id.GetGtin(), x.GetRule(), x.GetContract(), x.GetVersion(), module.Day(x.GetSince()), why)
	})
}

// Inherit is asked when something is made of a batch: it refuses while the batch waits
// for a rule to be met or for an attestation, and has what is made wait for the days
// that the batch waits for.
func (r *Rules) Inherit(ctx *module.Context, from, to *basev1.BatchID) error {
	today := module.Day(ctx.Time)
	var days []*rulesv1.Consequence
	err := r.eachHolding(ctx, from, func(x *rulesv1.Consequence) error {
		switch {
		case x.GetKind() == kindHold, x.GetKind() == kindRequire:
			return ErrHeld.With("lot %s of GTIN %s is held by rule %s of contract %s (version %d) since %s: nothing is made of it until that ends", from.GetLot(), from.GetGtin(), x.GetRule(), x.GetContract(), x.GetVersion(), module.Day(x.GetSince()))
		case x.GetKind() == kindHoldUntil && today < x.GetUntil():
			days = append(days, x)
		}
		return nil
	})
	for _, x := range days {
		if err != nil {
			return err
		}
		var own *rulesv1.Consequence
		if own, err = r.holds(ctx, to, x.GetContract(), x.GetRule(), kindHoldUntil); err != nil || own.GetUntil() >= x.GetUntil() {
			continue
		}
		err = r.putConsequence(ctx, &rulesv1.Consequence{
			Batch: to, Contract: x.GetContract(), Version: x.GetVersion(), Rule: x.GetRule(), Kind: kindHoldUntil, Until: x.GetUntil(), Trigger: inherited, Subject: x.GetSubject(), Since: ctx.Time, SinceHeight: ctx.Height,
		})
	}
	return err
}

// inherited is the trigger of what came with the goods: no judgement ends it.
const inherited = "inherited"

// Attestable refuses an attestation of a batch that has lost its name.
func (r *Rules) Attestable(ctx *module.Context, id *basev1.BatchID) error {
	return r.eachHolding(ctx, id, func(x *rulesv1.Consequence) error {
		if x.GetKind() != kindStatus || x.GetWord() != Declassified {
			return nil
		}
		return ErrDeclassed.With("lot %s of GTIN %s is declassified by rule %s of contract %s (version %d) since %s: it has lost the name of its specification", id.GetLot(), id.GetGtin(), x.GetRule(), x.GetContract(), x.GetVersion(), module.Day(x.GetSince()))
	})
}

// Attested ends what waits for an attestation of a batch.
func (r *Rules) Attested(ctx *module.Context, id *basev1.BatchID, attestation string) error {
	var waiting []*rulesv1.Consequence
	err := r.eachHolding(ctx, id, func(x *rulesv1.Consequence) error {
		if x.GetKind() == kindRequire || x.GetKind() == kindControl {
			waiting = append(waiting, x)
		}
		return nil
	})
	for _, x := range waiting {
		if err == nil {
			err = r.end(ctx, x, ctx.Signer.Participant, "attested by "+attestation)
		}
	}
	return err
}
