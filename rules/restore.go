package rules

import "fmt"

// Restore completes a result that was kept without its words: rule, outcome and
// numbers are given; article, severity, labels and units are those of the
// contract. A result of another contract is refused.
func (c *Contract) Restore(res *Result) error {
	for _, r := range c.rules {
		if r.ID != res.Rule {
			continue
		}
		res.rule, res.Article, res.Severity = r, r.Article, r.Severity
		if res.Of == 0 {
			res.Of = 1
		}
		if len(res.Operands) > len(r.operands) {
			return fmt.Errorf("the result of rule %s looks at %d things and the rule at %d", clip(res.Rule), len(res.Operands), len(r.operands))
		}
		for i := range res.Operands {
			o := &res.Operands[i]
			if o.Name != r.operands[i].text {
				return fmt.Errorf("the result of rule %s looks at %s and the rule at %s", clip(res.Rule), clip(o.Name), r.operands[i].text)
			}
			o.Unit, o.Label = r.operands[i].unit, r.operands[i].label
		}
		return nil
	}
	return fmt.Errorf("the contract has no rule %s", clip(res.Rule))
}

// Triggers lists the triggers at which the contract has rules, in their order.
func (c *Contract) Triggers() []Trigger {
	var out []Trigger
	for _, t := range Triggers() {
		if c.Concerns(t) {
			out = append(out, t)
		}
	}
	return out
}

// Label says what a rule of the contract asks.
func (res *Result) Label(l Language) string { return res.rule.Label.In(l) }
