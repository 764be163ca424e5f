package rules

import (
	"errors"
	"strings"

	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
	"cel.dev/cel-go/common/types/traits"
	"cel.dev/cel-go/interpreter"
)

// Outcome is how a rule ended.
type Outcome uint8

// The outcomes.
const (
	// Pass: the rule is met.
	Pass Outcome = iota
	// Fail: the rule is not met.
	Fail
	// Missing: something that the rule needs is not known.
	Missing
	// Broken: the rule could not be evaluated.
	Broken
	// Idle: the rule does not apply.
	Idle
)

var outcomeNames = [...]string{"pass", "fail", "missing", "broken", "idle"}

// String is the outcome's name: pass, fail, missing, broken or idle.
func (o Outcome) String() string { return outcomeNames[o] }

// Codes of evaluations that failed. They are stable.
const (
	// CodeMissing: a fact is not known.
	CodeMissing = "missing_fact"
	// CodeForm: a fact is written in a way that its kind does not have.
	CodeForm = "fact_form"
	// CodeQuantified: a measure is below what its method quantifies, and that does
	// not decide.
	CodeQuantified = "below_quantification"
	// CodeRange: a number is beyond what is computed with, or a divisor is zero.
	CodeRange = "number_range"
	// CodeCost: the budget is spent.
	CodeCost = "cost_exceeded"
	// CodeOther: the expression failed in another way.
	CodeOther = "evaluation_failed"
)

// Result is the outcome of one rule.
type Result struct {
	Rule     string
	Article  string
	Severity string
	Outcome  Outcome
	// Code says why an evaluation failed; empty for Pass, Fail and Idle.
	Code string
	// What names the fact that is missing or ill-formed.
	What string
	// Entry is the number of the entry that decided, from 1, of a rule that is
	// judged for each entry of a list; 0 otherwise.
	Entry int
	// Value was found; Of is what it is divided by, 1 where there is no divisor.
	Value, Of int64
	// Word was found, of a rule that looks at one.
	Word string
	// Lower and Upper are the limits that hold, where there are such.
	Lower, Upper *int64
	// Operands are what the rule looked at.
	Operands []Operand
	// Effects are to be carried out.
	Effects []Todo

	rule *rule
}

// Operand is something that a rule looked at.
type Operand struct {
	Name  string
	Known bool
	// Kind is number, word, flag, list or record.
	Kind string
	// Number is of numbers, and the length of lists; Word is of words, and true or
	// false of flags.
	Number int64
	Unit   Unit
	Word   string
	Label  Text
}

// Todo is an effect to carry out.
type Todo struct {
	Do string
	// Word is the status, Day the day to hold until, Points the award.
	Word   string
	Day    Date
	Points int64
}

// Decision is what follows from all rules together.
type Decision string

// The decisions, the gravest last.
const (
	Allow              Decision = "allow"
	Warn               Decision = "warn"
	Hold               Decision = "hold"
	RequireAttestation Decision = "require_attestation"
	Refuse             Decision = "refuse"
)

var gravity = map[string]int{string(Allow): 0, string(Warn): 1, string(Hold): 2, string(RequireAttestation): 3, string(Refuse): 4}

// Evaluation is what a contract says of a case.
type Evaluation struct {
	// InForce tells whether the contract was in force on the day that decides;
	// nothing is judged where it was not.
	InForce  bool
	Decision Decision
	Results  []Result
	Cost     uint64
}

// Concerns tells whether the contract has rules for a trigger. It costs a map
// lookup.
func (c *Contract) Concerns(on Trigger) bool { return len(c.byWhat[on]) > 0 }

// Evaluate judges a case. Equal arguments give equal evaluations, costs included,
// on every machine; nothing is read but the arguments. When the budget is spent,
// the rule that spent it and those after it are Broken with [CodeCost].
func (c *Contract) Evaluate(on Trigger, p *Prepared, budget uint64) Evaluation {
	out := Evaluation{Decision: Allow, InForce: c.inForce(p)}
	list := c.byWhat[on]
	if !out.InForce || len(list) == 0 {
		return out
	}
	a := newActivation(c, p)
	out.Results = make([]Result, 0, len(list))
	for _, r := range list {
		a.cost, a.left = 0, budget-min(budget, out.Cost)
		res := r.judge(a)
		out.Cost += a.cost
		out.Results = append(out.Results, res)
		if res.Outcome == Fail || res.Outcome == Missing || res.Outcome == Broken {
			if gravity[res.Severity] > gravity[string(out.Decision)] {
				out.Decision = Decision(res.Severity)
			}
			if res.Code == CodeCost {
				out.Decision = Refuse
			}
		}
	}
	return out
}

// inForce tells whether the contract was in force on the day that decides.
func (c *Contract) inForce(p *Prepared) bool {
	day := p.facts.Today
	if c.Doc.InForce.By != "act" && p.facts.Batch.ProductionDate != 0 {
		day = p.facts.Batch.ProductionDate
	}
	return c.Doc.InForce.Holds(day)
}

// Holds tells whether a day is in the period.
func (p Period) Holds(day Date) bool { return day >= p.From && (p.To == 0 || day <= p.To) }

// activation gives expressions the values of names.
type activation struct {
	c      *Contract
	p      *Prepared
	values []any
	memos  []memo
	it     ref.Val
	cost   uint64
	left   uint64
}

func newActivation(c *Contract, p *Prepared) *activation {
	a := &activation{c: c, p: p, values: make([]any, len(c.names)), memos: make([]memo, len(c.memos))}
	for i := range builtins {
		a.values[i] = p.values[i]
	}
	return a
}

// value is that of a name, read once.
func (a *activation) value(i int) any {
	if a.values[i] == nil {
		s := &a.c.names[i]
		if s.value != nil {
			a.values[i] = s.value
		} else {
			a.values[i] = s.fact.bind(a.p, s.unit)
		}
	}
	return a.values[i]
}

// ResolveName implements CEL's activation.
func (a *activation) ResolveName(name string) (any, bool) {
	if i, own := a.c.at[name]; own {
		return a.value(i), true
	}
	if name == entryName && a.it != nil {
		return a.it, true
	}
	return nil, false
}

// Parent implements CEL's activation.
func (a *activation) Parent() interpreter.Activation { return nil }

// errCost is that the budget is spent.
var errCost = errors.New("the budget is spent")

// memo is what an expression came to, and what that cost.
type memo struct {
	v    ref.Val
	err  error
	cost uint64
	done bool
}

// run evaluates an expression and counts its cost. One that was evaluated before
// costs the same again, so that cost does not depend on how rules are arranged.
func (a *activation) run(e *expr) (ref.Val, error) {
	if e.slot >= 0 {
		a.cost++
		if a.cost > a.left {
			return nil, errCost
		}
		v, _ := a.value(e.slot).(ref.Val)
		if bad, is := v.(*types.Err); is {
			return nil, bad.Unwrap()
		}
		return v, nil
	}
	if a.cost+1 > a.left {
		a.cost = max(a.cost, a.left)
		return nil, errCost
	}
	var out memo
	if e.memo >= 0 && a.memos[e.memo].done {
		out = a.memos[e.memo]
	} else {
		out = a.eval(e)
		if e.memo >= 0 {
			a.memos[e.memo] = out
		}
	}
	// What a spent budget found, an error too, does not count.
	if a.cost += out.cost; a.cost > a.left {
		return nil, errCost
	}
	return out.v, out.err
}

func (a *activation) eval(e *expr) memo {
	if e.direct != nil {
		out := memo{done: true}
		out.v = e.direct.eval(a, &out.cost)
		if bad, is := out.v.(*types.Err); is {
			out.err = bad.Unwrap()
		}
		return out
	}
	v, details, err := e.program.Eval(a)
	out := memo{v: v, err: err, done: true}
	switch {
	case e.fixed:
		out.cost = e.maxCost
	case details != nil && details.ActualCost() != nil:
		out.cost = *details.ActualCost()
	}
	if bad, is := v.(*types.Err); is && err == nil {
		out.err = bad.Unwrap()
	}
	return out
}

func (r *rule) judge(a *activation) Result {
	res := Result{Rule: r.ID, Article: r.Article, Severity: r.Severity, Of: 1, rule: r}
	a.it = nil
	if r.Each == "" {
		r.judgeOne(a, &res)
		return res
	}
	entries := a.p.entries(r.Each).(traits.Lister)
	n := int(integer(entries.Size()))
	if n == 0 {
		res.Outcome, res.Code, res.What = Missing, CodeMissing, r.Each
		return res
	}
	idle := true
	for i := range n {
		one := Result{Rule: r.ID, Article: r.Article, Severity: r.Severity, Of: 1, Entry: i + 1, rule: r}
		a.it = entries.Get(types.Int(i))
		r.judgeOne(a, &one)
		if one.Outcome == Idle {
			continue
		}
		idle = false
		res = one
		if one.Outcome != Pass {
			return one
		}
	}
	if idle {
		res.Outcome = Idle
	}
	return res
}

// judgeOne judges the rule for one entry, or for the case.
func (r *rule) judgeOne(a *activation, res *Result) {
	ok, applies, err := r.decide(a, res)
	switch {
	case err != nil:
		res.fail(err)
	case !applies:
		res.Outcome = Idle
		return
	case !ok:
		res.Outcome = Fail
	}
	res.Operands = make([]Operand, len(r.operands))
	for i := range r.operands {
		r.operands[i].show(a, &res.Operands[i])
	}
	r.effect(a, res)
}

func (r *rule) decide(a *activation, res *Result) (ok, applies bool, err error) {
	if r.when != nil {
		v, err := a.run(r.when)
		if err != nil {
			return false, true, err
		}
		if v != types.True {
			return false, false, nil
		}
	}
	if r.require != nil {
		v, err := a.run(r.require)
		return v == types.True, true, err
	}
	if r.set != nil {
		ok, err = r.decideWord(a, res)
		return ok, true, err
	}
	ok, err = r.decideNumber(a, res)
	return ok, true, err
}

func (r *rule) decideWord(a *activation, res *Result) (bool, error) {
	v, err := a.run(r.value)
	if err != nil {
		return false, err
	}
	res.Word, _ = v.Value().(string)
	set, err := a.run(r.set)
	if err != nil {
		return false, err
	}
	return among(res.Word, set), nil
}

func (r *rule) decideNumber(a *activation, res *Result) (bool, error) {
	v, err := a.run(r.value)
	if b, is := err.(belowError); is {
		return r.decideBelow(a, res, b)
	}
	if err != nil {
		return false, err
	}
	res.Value = integer(v)
	if r.of != nil {
		of, err := a.run(r.of)
		if err != nil {
			return false, err
		}
		if res.Of = integer(of); res.Of <= 0 || res.Value < 0 {
			return false, errRange
		}
	}
	return r.within(a, res)
}

// within compares what was found with the limits.
func (r *rule) within(a *activation, res *Result) (bool, error) {
	ok := true
	for _, l := range []struct {
		e     *expr
		side  **int64
		holds func(int) bool
	}{
		{r.min, &res.Lower, func(c int) bool { return c >= 0 }},
		{r.above, &res.Lower, func(c int) bool { return c > 0 }},
		{r.max, &res.Upper, func(c int) bool { return c <= 0 }},
		{r.below, &res.Upper, func(c int) bool { return c < 0 }},
	} {
		if l.e == nil {
			continue
		}
		v, err := a.run(l.e)
		if err != nil {
			return false, err
		}
		limit := integer(v)
		*l.side = &limit
		c := compare(res.Value, limit)
		if r.of != nil {
			if limit < 0 {
				return false, errRange
			}
			c = compareRatio(res.Value, r.factor, limit, res.Of)
		}
		ok = ok && l.holds(c)
	}
	return ok, nil
}

// decideBelow judges a measure of which only a bound from above is known: enough
// for a limit from above that the bound respects, and for nothing else.
func (r *rule) decideBelow(a *activation, res *Result, b belowError) (bool, error) {
	if r.min != nil || r.above != nil || r.of != nil || r.value.slot < 0 {
		return false, b
	}
	res.Value = b.bound
	ok, err := r.within(a, res)
	if err == nil && !ok {
		return false, b
	}
	return ok, err
}

func (r *rule) effect(a *activation, res *Result) {
	for i, e := range r.Effects {
		if (e.If == "pass") != (res.Outcome == Pass) {
			continue
		}
		do := Todo{Do: e.Do}
		if x := r.effects[i]; x != nil {
			v, err := a.run(x)
			if err != nil {
				res.fail(err)
				return
			}
			if e.Do == "hold_until" {
				do.Day = Date(integer(v))
			} else {
				do.Points = integer(v)
			}
		} else {
			do.Word = e.Value.Text
		}
		res.Effects = append(res.Effects, do)
	}
}

// fail records why an evaluation failed.
func (res *Result) fail(err error) {
	res.Outcome, res.Code = Broken, CodeOther
	var m missing
	var f formError
	var b belowError
	switch {
	case errors.As(err, &m):
		res.Outcome, res.Code, res.What = Missing, CodeMissing, m.what
	case errors.As(err, &f):
		res.Code, res.What = CodeForm, f.what
	case errors.As(err, &b):
		res.Outcome, res.Code, res.What = Missing, CodeQuantified, b.what
	case errors.Is(err, errCost) || isCostError(err):
		res.Code = CodeCost
	case errors.Is(err, errRange) || strings.Contains(err.Error(), "overflow"):
		res.Code = CodeRange
	}
}

func isCostError(err error) bool {
	return strings.Contains(err.Error(), "actual cost limit exceeded")
}

// show is an operand with its value.
func (o *operand) show(a *activation, out *Operand) {
	out.Name, out.Unit, out.Label = o.text, o.unit, o.label
	switch v := o.read(a).(type) {
	case types.Int:
		out.Known, out.Kind, out.Number = true, "number", int64(v)
	case types.String:
		out.Known, out.Kind, out.Word = true, "word", string(v)
	case types.Bool:
		out.Known, out.Kind, out.Word = true, "flag", boolWord(bool(v))
	case traits.Lister:
		out.Known, out.Kind, out.Number = true, "list", integer(v.Size())
	case *thing, *zone:
		out.Known, out.Kind = true, "record"
	}
}

func boolWord(b bool) string {
	if b {
		return "true"
	}
	return "false"
}
