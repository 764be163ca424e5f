package rules

import (
	"cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
	"cel.dev/cel-go/common/types/traits"
)

// direct is an expression of names, fields, constants and calls of our functions
// alone, which most of what rules judge is. It is evaluated without CEL's machine,
// to the same value and at the same cost (TestDirectAgreesWithCEL).
type direct struct {
	value  ref.Val // of a constant
	slot   int     // of a name; -1 for the entry of a list
	fields []string
	f      *Function
	args   []direct
	// cost of a constant, or of a name with its fields.
	cost uint64
}

// listCost is what CEL counts for making a list.
const listCost = 10

// directOf takes a checked expression; false where it holds anything else.
func (s *scope) directOf(x ast.Expr) (direct, bool) {
	switch x.Kind() {
	case ast.LiteralKind:
		return direct{value: x.AsLiteral()}, true
	case ast.ListKind:
		var out []string
		for _, e := range x.AsList().Elements() {
			if e.Kind() != ast.LiteralKind {
				return direct{}, false
			}
			w, is := e.AsLiteral().(types.String)
			if !is {
				return direct{}, false
			}
			out = append(out, string(w))
		}
		return direct{value: words(out), cost: listCost}, true
	case ast.IdentKind, ast.SelectKind:
		return s.directName(x)
	case ast.CallKind:
		f := ours[x.AsCall().FunctionName()]
		if f == nil || x.AsCall().IsMemberFunction() {
			return direct{}, false
		}
		d := direct{f: f}
		for _, a := range x.AsCall().Args() {
			arg, ok := s.directOf(a)
			if !ok {
				return direct{}, false
			}
			d.args = append(d.args, arg)
		}
		return d, true
	}
	return direct{}, false
}

func (s *scope) directName(x ast.Expr) (direct, bool) {
	d := direct{slot: -1, cost: 1}
	for x.Kind() == ast.SelectKind {
		if x.AsSelect().IsTestOnly() {
			return direct{}, false
		}
		d.fields = append([]string{x.AsSelect().FieldName()}, d.fields...)
		d.cost++
		x = x.AsSelect().Operand()
	}
	if x.Kind() != ast.IdentKind {
		return direct{}, false
	}
	i, own := s.c.at[x.AsIdent()]
	if own {
		d.slot = i
	}
	return d, own || x.AsIdent() == entryName && s.each.cel != nil
}

// eval gives the value, or an error as a value, and adds what it cost.
func (d *direct) eval(a *activation, cost *uint64) ref.Val {
	if d.f == nil {
		*cost += d.cost
		if d.value != nil {
			return d.value
		}
		return d.name(a)
	}
	var few [4]ref.Val
	args := few[:0]
	size := uint64(1)
	for i := range d.args {
		v := d.args[i].eval(a, cost)
		if _, bad := v.(*types.Err); bad {
			return v
		}
		if l, is := v.(traits.Lister); is {
			size += uint64(integer(l.Size()))
		}
		args = append(args, v)
	}
	*cost += size
	return d.f.call(args)
}

func (d *direct) name(a *activation) ref.Val {
	v := a.it
	if d.slot >= 0 {
		v, _ = a.value(d.slot).(ref.Val)
	}
	for _, f := range d.fields {
		t, is := v.(*thing)
		if !is {
			return v
		}
		next, err := t.o.fields[t.o.at[f]].get(t.p)
		if err != nil {
			return types.WrapErr(err)
		}
		v, _ = next.(ref.Val)
	}
	return v
}
