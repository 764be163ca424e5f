package rules

import (
	"fmt"
	"math"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
)

// Contract is a compiled version of a contract.
type Contract struct {
	Doc *Document
	// Hash identifies the version: SHA-256 of the document's bytes.
	Hash [32]byte
	// MaxCost is what judging one case can cost at most, over all triggers.
	MaxCost uint64

	names  []slot
	at     map[string]int
	memos  map[string]int
	rules  []*rule
	byWhat map[Trigger][]*rule
	env    *cel.Env
}

// slot is a name that expressions may use.
type slot struct {
	name  string
	kind  kind
	unit  Unit
	label Text
	// value of parameters and zones; nil for what the facts give.
	value ref.Val
	param *Parameter
	fact  *Fact
}

// rule is a compiled rule.
type rule struct {
	*Rule
	when, value, of, require    *expr
	min, max, above, below, set *expr
	factor                      int64
	unit                        Unit
	effects                     []*expr
	operands                    []operand
	maxCost                     uint64
	unsure                      []*Parameter
}

// expr is a compiled expression.
type expr struct {
	text    string
	tree    *cel.Ast
	program cel.Program
	// direct takes program's place where there is one.
	direct  *direct
	dim     Dimension
	out     *cel.Type
	slot    int // of an expression that is one name; -1 otherwise
	maxCost uint64
	// fixed: evaluating costs maxCost whatever the case, so nobody needs to count.
	fixed bool
	// memo is where a case keeps the value of all expressions that are written as
	// this one; -1 where the value differs from entry to entry.
	memo int
}

// Load parses and compiles a contract. The error is [Problems].
func Load(data []byte) (*Contract, error) {
	doc, err := Parse(data)
	if err != nil {
		return nil, err
	}
	c, err := Compile(doc)
	if err != nil {
		return nil, err
	}
	c.Hash = Hash(data)
	return c, nil
}

// MaxCost is the most that judging one case by a contract may cost, whatever the
// case. A contract that may cost more is refused.
const MaxCost = 2_000_000

// Compile compiles a document. The error is [Problems].
func Compile(doc *Document) (*Contract, error) {
	base, err := baseEnv()
	if err != nil {
		return nil, err
	}
	p := &problems{}
	c := &Contract{Doc: doc, at: map[string]int{}, memos: map[string]int{}, byWhat: map[Trigger][]*rule{}}
	c.declare()
	var options []cel.EnvOption
	for _, s := range c.names[len(builtins):] {
		options = append(options, cel.Variable(s.name, s.kind.cel))
	}
	env, err := base.Extend(options...)
	if err != nil {
		return nil, err
	}
	c.env = env
	for i := range doc.Rules {
		c.compileRule(&doc.Rules[i], p)
	}
	c.compileMixtures(p)
	if err := p.err(); err != nil {
		return nil, err
	}
	if c.MaxCost > MaxCost {
		p.add(doc.At, "judging one case may cost %d; at most %d is allowed: shorten loops within loops", c.MaxCost, MaxCost)
		return nil, p.err()
	}
	return c, nil
}

func (c *Contract) declare() {
	take := func(s slot) {
		c.at[s.name] = len(c.names)
		c.names = append(c.names, s)
	}
	for _, b := range builtins {
		take(slot{name: b.name, kind: b.kind, unit: unitOf(b.kind.dim), label: b.doc})
	}
	for i := range c.Doc.Parameters {
		x := &c.Doc.Parameters[i]
		k, u, v := x.read()
		take(slot{name: x.ID, kind: k, unit: u, label: x.Label, value: v, param: x})
	}
	for i := range c.Doc.Zones {
		z := &c.Doc.Zones[i]
		take(slot{name: z.ID, kind: zoneKind, label: z.Label, value: newZone(z)})
	}
	for i := range c.Doc.Facts {
		f := &c.Doc.Facts[i]
		k, u := f.kind()
		take(slot{name: f.ID, kind: k, unit: u, label: f.Label, fact: f})
	}
}

// read gives a parameter's kind and value; [Document.check] has seen that it has
// one.
func (x *Parameter) read() (kind, Unit, ref.Val) {
	switch {
	case x.Value != "":
		v, u, err := ParseAmount(x.Value)
		if err == nil {
			return kind{cel.IntType, u.Dim}, u, types.Int(v)
		}
	case x.Day != "":
		v, err := parseYearDay(x.Day)
		if err == nil {
			return kind{cel.IntType, YearDay}, unitOf(YearDay), types.Int(v)
		}
	case x.Date != 0:
		return kind{cel.IntType, Day}, unitOf(Day), types.Int(x.Date)
	}
	return wordsKind, Unit{}, words(x.Set)
}

func (f *Fact) kind() (kind, Unit) {
	switch f.Kind {
	case "measure":
		u, _ := FindUnit(f.Unit)
		return kind{cel.IntType, u.Dim}, u
	case "date":
		return kind{cel.IntType, Day}, unitOf(Day)
	case "span":
		return spanKind, Unit{}
	case "flag":
		return boolKind, Unit{}
	}
	return kind{cel: cel.StringType}, Unit{}
}

// memoOf numbers expressions by their text.
func (c *Contract) memoOf(text string) int {
	i, known := c.memos[text]
	if !known {
		i = len(c.memos)
		c.memos[text] = i
	}
	return i
}

// scope is where an expression stands: what names it may use.
type scope struct {
	c    *Contract
	env  *cel.Env
	each kind
	p    *problems
}

func (c *Contract) scopeOf(each string, p *problems) (*scope, error) {
	s := &scope{c: c, env: c.env, p: p}
	if each == "" {
		return s, nil
	}
	list, known := c.at[each]
	if !known {
		return s, nil
	}
	s.each = kind{cel: c.names[list].kind.cel.Parameters()[0]}
	env, err := c.env.Extend(cel.Variable(entryName, s.each.cel))
	s.env = env
	return s, err
}

func (s *scope) names() map[string]kind {
	m := make(map[string]kind, len(s.c.names)+1)
	for _, n := range s.c.names {
		m[n.name] = n.kind
	}
	if s.each.cel != nil {
		m[entryName] = s.each
	}
	return m
}

// compile compiles an expression that must be of one of the types; nil if it is
// empty or refused.
func (s *scope) compile(e Expr, what string, may ...*cel.Type) *expr {
	if e.Text == "" {
		return nil
	}
	at := func(line, column int) Pos {
		column = max(0, column)
		if line <= 1 {
			return Pos{e.At.Line, e.At.Column + column}
		}
		return Pos{e.At.Line + line - 1, column + 1}
	}
	tree, issues := s.env.Compile(e.Text)
	if issues.Err() != nil {
		for _, x := range issues.Errors() {
			text, alone := celProblem(x.Message, s.names())
			s.p.add(at(x.Location.Line(), x.Location.Column()), "%s: %s", what, text)
			if alone {
				break
			}
		}
		return nil
	}
	native := tree.NativeRep()
	scr := &screen{tree: native, names: s.names(), p: s.p, at: func(id int64) Pos {
		l := native.SourceInfo().GetStartLocation(id)
		return at(l.Line(), l.Column())
	}}
	f := scr.walk(native.Expr(), 0)
	if scr.bad {
		return nil
	}
	out := &expr{text: e.Text, tree: tree, dim: f.dim, out: tree.OutputType(), slot: -1, memo: -1, maxCost: 1}
	if !typeIn(out.out, may) {
		s.p.add(e.At, "%s is %s; it must be %s", what, typeName(out.out), typeName(may[0]))
		return nil
	}
	if native.Expr().Kind() == ast.IdentKind {
		if i, own := s.c.at[native.Expr().AsIdent()]; own {
			out.slot = i
			return out
		}
	}
	estimate, err := s.env.EstimateCost(tree, costs{})
	if err != nil || estimate.Max > MaxCost {
		s.p.add(e.At, "%s may cost %d; at most %d is allowed: shorten loops within loops", what, estimate.Max, MaxCost)
		return nil
	}
	out.maxCost = max(1, estimate.Max)
	if s.each.cel == nil {
		out.memo = s.c.memoOf(e.Text)
	}
	if d, simple := s.directOf(native.Expr()); simple {
		out.direct = &d
		return out
	}
	if out.fixed = estimate.Min == estimate.Max; out.fixed {
		out.program, err = s.env.Program(tree)
	} else {
		out.program, err = s.env.Program(tree, cel.EvalOptions(cel.OptTrackCost), cel.CostTracking(costs{}), cel.CostLimit(out.maxCost))
	}
	if err != nil {
		s.p.add(e.At, "%s: %s", what, clip120(err.Error()))
		return nil
	}
	return out
}

func typeIn(t *cel.Type, may []*cel.Type) bool {
	for _, m := range may {
		if t.IsExactType(m) {
			return true
		}
	}
	return false
}

func typeName(t *cel.Type) string {
	switch t.Kind() {
	case cel.BoolKind:
		return "a condition"
	case cel.IntKind:
		return "a number or a date"
	case cel.StringKind:
		return "a word"
	case cel.ListKind:
		return "a list"
	}
	return fmt.Sprintf("a %s", t.TypeName())
}

func (c *Contract) compileRule(d *Rule, p *problems) {
	s, err := c.scopeOf(d.Each, p)
	if err != nil {
		p.add(d.At, "%s: %s", d.ID, clip120(err.Error()))
		return
	}
	before := len(p.list)
	r := &rule{Rule: d, factor: 1}
	r.when = s.compile(d.When, "when", cel.BoolType)
	r.require = s.compile(d.Require, "require", cel.BoolType)
	r.value = s.compile(d.Value, "value", cel.IntType, cel.StringType)
	r.of = s.compile(d.Of, "of", cel.IntType)
	r.min, r.max = s.compile(d.Min, "min", cel.IntType), s.compile(d.Max, "max", cel.IntType)
	r.above, r.below = s.compile(d.Above, "above", cel.IntType), s.compile(d.Below, "below", cel.IntType)
	r.set = s.compile(d.In, "in", cel.ListType(cel.StringType))
	for _, e := range d.Effects {
		r.effects = append(r.effects, s.effect(e))
	}
	if len(p.list) > before {
		return
	}
	s.fit(r)
	s.doubt(r)
	r.operands = s.operandsOf(r)
	r.checkSay(p)
	for _, e := range r.all() {
		r.maxCost += e.maxCost
	}
	if d.Each != "" {
		r.maxCost *= maxList
	}
	if c.MaxCost += r.maxCost; c.MaxCost > math.MaxInt64 {
		c.MaxCost = math.MaxInt64
	}
	c.rules = append(c.rules, r)
	for _, on := range d.On {
		c.byWhat[Trigger(on)] = append(c.byWhat[Trigger(on)], r)
	}
}

// all are the rule's expressions, in the order in which they are evaluated.
func (r *rule) all() []*expr {
	var out []*expr
	for _, e := range append([]*expr{r.when, r.require, r.value, r.of, r.min, r.above, r.max, r.below, r.set}, r.effects...) {
		if e != nil {
			out = append(out, e)
		}
	}
	return out
}

func (s *scope) effect(e Effect) *expr {
	switch e.Do {
	case "hold_until":
		x := s.compile(e.Value, "hold_until", cel.IntType)
		if x != nil && x.dim != Day {
			s.p.add(e.At, "hold_until is %s; it must be a date", x.dim)
		}
		return x
	case "award":
		x := s.compile(e.Value, "award", cel.IntType)
		if x != nil && x.dim != Number {
			s.p.add(e.At, "award is %s; it must be a count of points", x.dim)
		}
		return x
	}
	return nil
}

// fit holds the limits against the value's kind.
func (s *scope) fit(r *rule) {
	if r.value == nil {
		return
	}
	if r.set != nil || r.value.out.Kind() == cel.StringKind {
		if r.set == nil || r.value.out.Kind() != cel.StringKind {
			s.p.add(r.At, "%s: in goes with a word, and min, max, above and below with a number or a date", r.ID)
		}
		return
	}
	dim := r.value.dim
	if r.of != nil {
		var known bool
		if dim, r.factor, known = quotient(r.value.dim, r.of.dim); !known {
			s.p.add(r.At, "%s: %s divided by %s has no meaning here", r.ID, r.value.dim, r.of.dim)
			return
		}
	}
	for _, l := range []*expr{r.min, r.above, r.max, r.below} {
		if l == nil {
			continue
		}
		if l.dim != dim {
			s.p.add(r.At, "%s: the value is %s and the limit %s is %s", r.ID, dim, clip(l.text), l.dim)
			return
		}
		if l.slot >= 0 && r.unit == (Unit{}) {
			r.unit = s.c.names[l.slot].unit
		}
	}
	if r.unit == (Unit{}) && r.value.slot >= 0 && r.of == nil {
		r.unit = s.c.names[r.value.slot].unit
	}
	if r.unit == (Unit{}) {
		r.unit = unitOf(dim)
	}
}

// doubt refuses to let a figure without a source, or one that is only about so
// much, do more than warn.
func (s *scope) doubt(r *rule) {
	for _, e := range r.all() {
		for _, i := range s.c.slotsOf(e) {
			x := s.c.names[i].param
			if x == nil {
				continue
			}
			if (x.Unsourced || x.About) && r.Severity != "warn" {
				s.p.add(r.At, "%s uses %s, which has no source or says about so much: such a rule may only warn", r.ID, x.ID)
			}
			if x.Conflict != (Text{}) {
				r.unsure = append(r.unsure, x)
			}
		}
	}
}

// slotsOf lists the names that an expression uses, in the order of the contract.
func (c *Contract) slotsOf(e *expr) []int {
	used := make([]bool, len(c.names))
	visit(e.tree.NativeRep().Expr(), func(x ast.Expr) {
		if x.Kind() == ast.IdentKind {
			if i, own := c.at[x.AsIdent()]; own {
				used[i] = true
			}
		}
	})
	var out []int
	for i, u := range used {
		if u {
			out = append(out, i)
		}
	}
	return out
}

// visit calls do for each part of an expression, the whole first.
func visit(e ast.Expr, do func(ast.Expr)) {
	do(e)
	switch e.Kind() {
	case ast.SelectKind:
		visit(e.AsSelect().Operand(), do)
	case ast.CallKind:
		if e.AsCall().IsMemberFunction() {
			visit(e.AsCall().Target(), do)
		}
		for _, a := range e.AsCall().Args() {
			visit(a, do)
		}
	case ast.ListKind:
		for _, x := range e.AsList().Elements() {
			visit(x, do)
		}
	case ast.ComprehensionKind:
		c := e.AsComprehension()
		visit(c.IterRange(), do)
		visit(c.LoopStep(), do)
	}
}

// compileMixtures sees that the expressions of mixtures are such that rules could
// use them.
func (c *Contract) compileMixtures(p *problems) {
	s := &scope{c: c, env: c.env, p: p}
	for i := range c.Doc.Mixtures {
		m := &c.Doc.Mixtures[i]
		whole := s.compile(m.Whole, "whole", cel.IntType)
		for _, part := range m.Parts {
			if e := s.compile(part, "a part", cel.IntType); e != nil && whole != nil && e.dim != whole.dim {
				p.add(part.At, "the part is %s and the whole %s", e.dim, whole.dim)
			}
		}
	}
}
