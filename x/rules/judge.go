package rules

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"

	"cosmossdk.io/collections"

	basev1 "github.com/filiera-chain/filiera/api/base/v1"
	rulesv1 "github.com/filiera-chain/filiera/api/rules/v1"
	"github.com/filiera-chain/filiera/module"
	lang "github.com/filiera-chain/filiera/rules"
	"github.com/filiera-chain/filiera/ruling"
)

// Case is something that contracts may have to judge.
type Case struct {
	On    lang.Trigger
	Batch *basev1.BatchID
	// Specification and day of production (YYYY-MM-DD) of the batch; may be empty.
	Specification string
	Produced      string
	// Owner of the batch, who is awarded points.
	Owner string
	// Subject is what is judged: id of an attestation or event, number of a run or
	// offer; empty for the batch itself.
	Subject string
	// Facts gathers what is known; called once, and only where a contract judges.
	Facts func() (*lang.Facts, error)
	// Budget is what judging may still cost the transaction; it is drawn down.
	Budget *uint64
}

// Judge lets every contract that is in force for a case judge it: rulings and
// consequences are recorded, and a refusal of any is the transaction's. A case
// that no contract concerns costs two reads.
func (r *Rules) Judge(ctx *module.Context, c *Case) error {
	chosen, err := r.chosen(ctx, c, module.Day(ctx.Time))
	if err != nil || len(chosen) == 0 {
		return err
	}
	facts, err := c.Facts()
	if err != nil {
		return err
	}
	prepared, err := lang.Prepare(facts)
	if err != nil {
		return ErrFacts.With("lot %s of GTIN %s: %v", c.Batch.GetLot(), c.Batch.GetGtin(), err)
	}
	for _, v := range chosen {
		if err := r.judgeBy(ctx, v, c, prepared); err != nil {
			return err
		}
	}
	return nil
}

// chosen lists the versions that judge a case, one of each contract: the latest
// that is in force on the day that decides.
func (r *Rules) chosen(ctx *module.Context, c *Case, today string) ([]*rulesv1.Version, error) {
	var out []*rulesv1.Version
	specs := []string{""}
	if c.Specification != "" {
		specs = append(specs, c.Specification)
	}
	for _, spec := range specs {
		list, err := module.Find(ctx, r.active, collections.Join(spec, string(c.On)))
		if err != nil {
			return nil, err
		}
		for _, x := range list.GetVersions() {
			v, err := r.Version(ctx, x.GetContract(), x.GetVersion())
			if err != nil {
				return nil, err
			}
			if ruling.InForce(v, c.Produced, today) {
				out = latest(out, v)
			}
		}
	}
	return out, nil
}

// latest adds a version to those chosen, in the place of an earlier one of its
// contract.
func latest(list []*rulesv1.Version, v *rulesv1.Version) []*rulesv1.Version {
	for i, x := range list {
		if x.GetContract() == v.GetContract() {
			if v.GetVersion() > x.GetVersion() {
				list[i] = v
			}
			return list
		}
	}
	return append(list, v)
}

// load compiles the document of a version, or finds it compiled.
func (r *Rules) load(ctx *module.Context, v *rulesv1.Version) (*lang.Contract, error) {
	key := string(v.GetSha256())
	if c, is := r.compiled.get(key).(*lang.Contract); is {
		return c, nil
	}
	text, err := r.text(ctx, v.GetSha256())
	if err != nil {
		return nil, err
	}
	c, err := lang.Load(text)
	if err != nil {
		// It was compiled when it was deployed: another version of the program reads
		// the language otherwise.
		return nil, ErrEvaluation.With("version %d of %s does not compile any more: %v", v.GetVersion(), v.GetContract(), err)
	}
	r.compiled.put(key, c)
	return c, nil
}

// on gives a version with the figures that hold on a day.
func (r *Rules) on(ctx *module.Context, v *rulesv1.Version, day string) (*lang.Contract, uint32, error) {
	c, err := r.load(ctx, v)
	n := ruling.Changes(v.GetChanges(), day)
	if err != nil || n == 0 {
		return c, 0, err
	}
	key, err := changedKey(v, n)
	if err != nil {
		return nil, 0, err
	}
	if changed, is := r.compiled.get(key).(*lang.Contract); is {
		return changed, uint32(n), nil
	}
	changed, _, err := ruling.Changed(c, v.GetChanges(), day)
	if err != nil {
		return nil, 0, ErrEvaluation.With("version %d of %s with its changes: %v", v.GetVersion(), v.GetContract(), err)
	}
	r.compiled.put(key, changed)
	return changed, uint32(n), nil
}

// changedKey names a version with its first n changes by all that they say: a change
// of a transaction that was refused, or only tried, may be followed by another in
// its place.
func changedKey(v *rulesv1.Version, n int) (string, error) {
	changes, err := module.Marshal(&rulesv1.Version{Sha256: v.GetSha256(), Changes: v.GetChanges()[:n]})
	hash := sha256.Sum256(changes)
	return string(v.GetSha256()) + string(hash[:]), err
}

func (r *Rules) judgeBy(ctx *module.Context, v *rulesv1.Version, c *Case, facts *lang.Prepared) error {
	day := ruling.Day(v, c.Produced, module.Day(ctx.Time))
	contract, changes, err := r.on(ctx, v, day)
	if err != nil {
		return err
	}
	e := contract.Evaluate(c.On, facts, *c.Budget)
	*c.Budget -= min(*c.Budget, e.Cost)
	if err := refusal(v, &e); err != nil {
		return err
	}
	out := &rulesv1.Ruling{
		Batch: c.Batch, Trigger: string(c.On), Contract: v.GetContract(), Version: v.GetVersion(), Sha256: v.GetSha256(), Subject: c.Subject,
		Decision: string(e.Decision), Cost: e.Cost, JudgedAt: ctx.Time, JudgedHeight: ctx.Height, Changes: changes,
	}
	for i := range e.Results {
		out.Results = append(out.Results, ruling.Record(&e.Results[i]))
	}
	if err := r.rulings.Set(ctx, keyOf(c.Batch, strings.Join([]string{out.GetTrigger(), out.GetContract(), c.Subject}, "/")), out); err != nil {
		return err
	}
	ctx.Emit(&rulesv1.RulingMade{Ruling: out})
	return r.follow(ctx, v, c, &e)
}

// refusal is why a case is refused, or nil. What cannot be evaluated is refused,
// whatever the rule's severity: nobody may get past a rule by breaking it.
func refusal(v *rulesv1.Version, e *lang.Evaluation) error {
	var broken, failed []string
	cost := false
	for i := range e.Results {
		res := &e.Results[i]
		text := "rule " + res.Rule + ": " + res.Message(lang.English)
		switch {
		case res.Outcome == lang.Broken:
			broken = append(broken, text)
			cost = cost || res.Code == lang.CodeCost
		case (res.Outcome == lang.Fail || res.Outcome == lang.Missing) && res.Severity == string(lang.Refuse):
			failed = append(failed, text)
		}
	}
	which := fmt.Sprintf("contract %s, version %d", v.GetContract(), v.GetVersion())
	switch {
	case cost:
		return ErrCost.With("%s: judging costs more than is left of what one transaction may cost (contract_cost_per_tx); do less in one transaction", which)
	case len(broken) > 0:
		return ErrEvaluation.With("%s: %s", which, some(broken))
	case len(failed) > 0:
		return ErrRefused.With("%s: %s", which, some(failed))
	}
	return nil
}

// some joins sentences, the first eight of many.
func some(list []string) string {
	if n := len(list); n > 8 {
		list = append(list[:8:8], fmt.Sprintf("and %d more", n-8))
	}
	return strings.Join(list, "; ")
}

// EventSubject is how a ruling names an event.
func EventSubject(id []byte) string { return hex.EncodeToString(id) }

// NumberSubject is how a ruling names a run or an offer.
func NumberSubject(n uint64) string { return strconv.FormatUint(n, 10) }
