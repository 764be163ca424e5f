// Package ruling turns what the language of contracts says into records of the
// ledger and back, for the module that judges and for whoever reads a verdict.
// It reads nothing; its functions are safe for concurrent use.
package ruling

import (
	"fmt"

	rulesv1 "github.com/filiera-chain/filiera/api/rules/v1"
	"github.com/filiera-chain/filiera/rules"
)

// Record is the record of a result: its numbers without its words, which stand in
// the contract.
func Record(res *rules.Result) *rulesv1.RuleResult {
	out := &rulesv1.RuleResult{
		Rule: res.Rule, Outcome: rulesv1.Outcome(res.Outcome) + rulesv1.Outcome_OUTCOME_PASS, Code: res.Code, What: res.What,
		Entry: uint32(res.Entry), Value: res.Value, Word: res.Word, Lower: res.Lower, Upper: res.Upper,
	}
	if res.Of != 1 {
		out.Of = res.Of
	}
	if res.Outcome == rules.Idle {
		return out
	}
	for _, o := range res.Operands {
		out.Operands = append(out.Operands, &rulesv1.Operand{Name: o.Name, Kind: o.Kind, Number: o.Number, Word: o.Word})
	}
	return out
}

// Result gives a recorded result its words back. A record that is not of the
// contract is an error.
func Result(c *rules.Contract, r *rulesv1.RuleResult) (*rules.Result, error) {
	outcome := r.GetOutcome() - rulesv1.Outcome_OUTCOME_PASS
	if outcome < 0 || outcome > rulesv1.Outcome(rules.Idle) {
		return nil, fmt.Errorf("rule %q has the outcome %d, which is none", r.GetRule(), r.GetOutcome())
	}
	res := &rules.Result{
		Rule: r.GetRule(), Outcome: rules.Outcome(outcome), Code: r.GetCode(), What: r.GetWhat(), Entry: int(r.GetEntry()),
		Value: r.GetValue(), Of: r.GetOf(), Word: r.GetWord(), Lower: r.Lower, Upper: r.Upper,
	}
	for _, o := range r.GetOperands() {
		res.Operands = append(res.Operands, rules.Operand{Name: o.GetName(), Known: o.GetKind() != "", Kind: o.GetKind(), Number: o.GetNumber(), Word: o.GetWord()})
	}
	return res, c.Restore(res)
}

// Changed gives a contract with the figures that hold on a day, the last set of
// each, and how many changes were made by then.
func Changed(c *rules.Contract, changes []*rulesv1.ParameterChange, day string) (*rules.Contract, int, error) {
	n := Changes(changes, day)
	for _, role := range []string{"authority", "consortium"} {
		var list []rules.Change
		for i, x := range changes[:n] {
			if x.GetAs() != role || again(x.GetParameter(), changes[i+1:n]) {
				continue
			}
			list = append(list, rules.Change{Parameter: x.GetParameter(), Value: x.GetValue(), Day: x.GetDay()})
		}
		if len(list) == 0 {
			continue
		}
		var err error
		if c, err = c.WithParameters(role, list); err != nil {
			return nil, 0, err
		}
	}
	return c, n, nil
}

func again(parameter string, later []*rulesv1.ParameterChange) bool {
	for _, x := range later {
		if x.GetParameter() == parameter {
			return true
		}
	}
	return false
}

// Changes counts the changes that hold on a day. They are in order of their first
// day.
func Changes(changes []*rulesv1.ParameterChange, day string) int {
	n := 0
	for n < len(changes) && changes[n].GetFrom() <= day {
		n++
	}
	return n
}

// Day is the day by which a version and its figures are chosen: of production, or
// of the block for one that judges by the day of the act.
func Day(v *rulesv1.Version, produced, today string) string {
	if v.GetByActDay() || produced == "" {
		return today
	}
	return produced
}

// InForce tells whether a version is in force for a case.
func InForce(v *rulesv1.Version, produced, today string) bool {
	day := Day(v, produced, today)
	return v.GetStatus() == rulesv1.VersionStatus_VERSION_STATUS_ACTIVE && v.GetActiveFrom() <= today &&
		v.GetInForceFrom() <= day && (v.GetInForceTo() == "" || day <= v.GetInForceTo())
}
