package rules

import (
	"fmt"
	"sort"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
	"cel.dev/cel-go/common/types/traits"
	"cel.dev/cel-go/parser"
)

// Step is one step of how a rule was judged: an expression, or a part of one, and
// what it came to.
type Step struct {
	// Part is the key of the rule that the expression stands under: when, value, …
	Part string
	// Depth is 0 for the whole expression, 1 for its parts, and so on.
	Depth int
	Text  string
	// Value is empty where the part was not evaluated; Err says why it has none.
	Value, Err string
	// Label says what a name stands for, Source where its figure was read.
	Label, Source string
}

// Explain judges one rule of a contract and tells each step in a language. It is
// for people, not for consensus: it evaluates more than judging does.
func (c *Contract) Explain(id string, p *Prepared, l Language) (*Result, []Step, error) {
	for _, r := range c.rules {
		if r.ID != id {
			continue
		}
		a := newActivation(c, p)
		a.left = MaxCost
		res := r.judge(a)
		a.it = nil
		if r.Each != "" {
			a.it = entryOf(p, r.Each, max(res.Entry, 1))
		}
		steps, err := r.steps(c, a, l)
		return &res, steps, err
	}
	var ids []string
	for _, r := range c.rules {
		ids = append(ids, r.ID)
	}
	return nil, nil, fmt.Errorf("the contract has no rule %s%s", clip(id), suggest(id, ids))
}

func entryOf(p *Prepared, list string, number int) ref.Val {
	entries := p.entries(list).(traits.Lister)
	if int(integer(entries.Size())) < number {
		return nil
	}
	return entries.Get(types.Int(number - 1))
}

func (r *rule) steps(c *Contract, a *activation, l Language) ([]Step, error) {
	var out []Step
	for _, part := range []struct {
		name string
		e    *expr
	}{{"when", r.when}, {"require", r.require}, {"value", r.value}, {"of", r.of}, {"min", r.min}, {"above", r.above}, {"max", r.max}, {"below", r.below}, {"in", r.set}} {
		if part.e == nil {
			continue
		}
		steps, err := c.stepsOf(part.name, part.e, a, l)
		if err != nil {
			return nil, err
		}
		out = append(out, steps...)
	}
	return out, nil
}

// stepsOf evaluates an expression with every part of it.
func (c *Contract) stepsOf(name string, e *expr, a *activation, l Language) ([]Step, error) {
	s := &scope{c: c, env: c.env}
	if a.it != nil {
		env, err := c.env.Extend(cel.Variable(entryName, cel.ObjectType(a.it.Type().TypeName())))
		if err != nil {
			return nil, err
		}
		s.env, s.each = env, kind{cel: cel.ObjectType(a.it.Type().TypeName())}
	}
	program, err := s.env.Program(e.tree, cel.EvalOptions(cel.OptExhaustiveEval, cel.OptTrackState), cel.CostLimit(MaxCost))
	if err != nil {
		return nil, err
	}
	whole, details, evalErr := program.Eval(a)
	native := e.tree.NativeRep()
	var out []Step
	var tell func(x ast.Expr, depth int)
	tell = func(x ast.Expr, depth int) {
		step := Step{Part: name, Depth: depth}
		step.Text, _ = parser.Unparse(x, native.SourceInfo())
		v, known := details.State().Value(x.ID())
		if depth == 0 {
			v, known = whole, whole != nil
		}
		step.Value, step.Err = c.show(s, native, x, v, known, l)
		if depth == 0 && evalErr != nil {
			step.Err = evalErr.Error()
		}
		c.label(x, &step, l)
		if x.Kind() != ast.LiteralKind {
			out = append(out, step)
		}
		for _, part := range parts(x) {
			tell(part, depth+1)
		}
	}
	tell(native.Expr(), 0)
	return out, nil
}

// parts are the parts of an expression that are worth telling: those of calls. The
// inside of a loop has as many values as entries, and is told as a whole.
func parts(x ast.Expr) []ast.Expr {
	if x.Kind() != ast.CallKind {
		return nil
	}
	call := x.AsCall()
	if call.IsMemberFunction() {
		return append([]ast.Expr{call.Target()}, call.Args()...)
	}
	return call.Args()
}

func (c *Contract) label(x ast.Expr, step *Step, l Language) {
	if x.Kind() != ast.IdentKind {
		return
	}
	if i, own := c.at[x.AsIdent()]; own {
		n := &c.names[i]
		step.Label = n.label.In(l)
		if n.param != nil {
			step.Source = n.param.Source
		}
	}
}

// show writes the value of a part with the unit of its dimension.
func (c *Contract) show(s *scope, tree *ast.AST, x ast.Expr, v ref.Val, known bool, l Language) (value, problem string) {
	if !known || v == nil {
		return "", ""
	}
	switch v := v.(type) {
	case *types.Err:
		return "", v.String()
	case types.Bool:
		words := [...][2]string{{"falso", "vero"}, {"false", "true"}}[l]
		if v {
			return words[1], ""
		}
		return words[0], ""
	case types.Int:
		return FormatAmount(int64(v), s.unitOf(tree, x), l), ""
	case types.String:
		return string(v), ""
	case traits.Lister:
		return listText(v, l), ""
	}
	return "", ""
}

func listText(v traits.Lister, l Language) string {
	n := int(integer(v.Size()))
	if n > 0 {
		if _, words := v.Get(types.Int(0)).(types.String); words {
			var out []string
			for i := range n {
				w, _ := v.Get(types.Int(i)).Value().(string)
				out = append(out, w)
			}
			sort.Strings(out)
			return fmt.Sprint(out)
		}
	}
	return fmt.Sprintf([...]string{"%d voci", "%d entries"}[l], n)
}

// unitOf is the unit in which a part of an expression is shown.
func (s *scope) unitOf(tree *ast.AST, x ast.Expr) Unit {
	if x.Kind() == ast.IdentKind {
		if i, own := s.c.at[x.AsIdent()]; own {
			return s.c.names[i].unit
		}
	}
	scr := &screen{tree: tree, names: s.names(), p: &problems{}, at: func(int64) Pos { return Pos{} }}
	return unitOf(scr.walk(x, 0).dim)
}
