package rules

import (
	"strings"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/operators"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
	"cel.dev/cel-go/parser"
)

// atom is one limit that a rule sets, in a form that can be compared with others.
type atom struct {
	rule *rule
	e    *expr // the expression that it is of, for words
	kind atomKind
	// value, of: what is limited, and what it is divided by; nil where there is none.
	value, of ast.Expr
	// text identifies value and of, and what the limit counts from.
	text string
	// upper limits from above, strict without equality.
	upper, strict bool
	limit         int64
	limitAt       ast.Expr
	// than is what value is compared with where that is no constant: value ≥ than,
	// or ≤ if upper.
	than ast.Expr
	set  []string
	// alone: the rule asks nothing else.
	alone bool
}

type atomKind uint8

const (
	bound      atomKind = iota // value against a limit
	against                    // value against another value
	amongWords                 // a word against a set
	flagged                    // a condition that holds, or with upper does not
)

// atomsOf takes a rule apart into limits; what has another form is left out.
func (c *Contract) atomsOf(r *rule) []atom {
	var out []atom
	if r.require != nil {
		out = c.conjuncts(r, r.require, r.require.tree.NativeRep().Expr())
		for i := range out {
			out[i].alone = len(out) == 1 && !c.isAnd(r.require)
		}
		return out
	}
	value := r.value.tree.NativeRep().Expr()
	if r.set != nil {
		if words, ok := c.wordsOf(r.set.tree.NativeRep().Expr()); ok {
			out = append(out, atom{rule: r, e: r.value, kind: amongWords, value: value, text: unparse(value), set: words, alone: true})
		}
		return out
	}
	var of ast.Expr
	if r.of != nil {
		of = r.of.tree.NativeRep().Expr()
	}
	for _, l := range []struct {
		e             *expr
		upper, strict bool
	}{{r.min, false, false}, {r.above, false, true}, {r.max, true, false}, {r.below, true, true}} {
		if l.e == nil {
			continue
		}
		limit := l.e.tree.NativeRep().Expr()
		a := atom{rule: r, e: r.value, kind: bound, value: value, of: of, upper: l.upper, strict: l.strict, limitAt: limit}
		if base, n, ok := c.limitOf(limit); ok {
			a.limit, a.text = n, key3(value, of, base)
			out = append(out, a)
		} else if of == nil {
			a.kind, a.than, a.text = against, limit, ""
			out = append(out, a)
		}
	}
	for i := range out {
		out[i].alone = len(out) == 1
	}
	return out
}

func (c *Contract) isAnd(e *expr) bool {
	x := e.tree.NativeRep().Expr()
	return x.Kind() == ast.CallKind && x.AsCall().FunctionName() == operators.LogicalAnd
}

func unparse(x ast.Expr) string {
	if x == nil {
		return ""
	}
	text, err := parser.Unparse(x, ast.NewSourceInfo(nil))
	if err != nil {
		return ""
	}
	return text
}

// key3 identifies what a limit is of.
func key3(value, of ast.Expr, base string) string {
	text := unparse(value)
	if text == "" {
		return ""
	}
	return strings.Join([]string{text, unparse(of), base}, "\x00")
}

func (c *Contract) conjuncts(r *rule, e *expr, x ast.Expr) []atom {
	if x.Kind() == ast.CallKind && x.AsCall().FunctionName() == operators.LogicalAnd {
		var out []atom
		for _, a := range x.AsCall().Args() {
			out = append(out, c.conjuncts(r, e, a)...)
		}
		return out
	}
	if a, ok := c.atom(e, x); ok {
		a.rule, a.e = r, e
		return []atom{a}
	}
	return nil
}

func (c *Contract) atom(e *expr, x ast.Expr) (atom, bool) {
	if x.Kind() != ast.CallKind {
		return atom{kind: flagged, value: x, text: unparse(x)}, x.Kind() == ast.IdentKind || x.Kind() == ast.SelectKind
	}
	call := x.AsCall()
	args := call.Args()
	switch name := call.FunctionName(); name {
	case operators.LogicalNot:
		a, ok := c.atom(e, args[0])
		a.upper = !a.upper
		return a, ok && a.kind == flagged
	case operators.In:
		words, ok := c.wordsOf(args[1])
		return atom{kind: amongWords, value: args[0], text: unparse(args[0]), set: words}, ok
	case "at_most", "at_least":
		n, ok := c.constantOf(args[1])
		return atom{kind: bound, value: args[0], of: args[2], upper: name == "at_most", limit: n, limitAt: args[1], text: key3(args[0], args[2], "")}, ok
	case operators.LessEquals, operators.Less, operators.GreaterEquals, operators.Greater:
		if e.tree.NativeRep().GetType(args[0].ID()).Kind() != types.IntKind {
			return atom{}, false
		}
		upper := name == operators.LessEquals || name == operators.Less
		strict := name == operators.Less || name == operators.Greater
		return c.comparison(args[0], args[1], upper, strict)
	}
	return atom{}, false
}

func (c *Contract) comparison(a, b ast.Expr, upper, strict bool) (atom, bool) {
	if base, n, ok := c.limitOf(b); ok {
		return atom{kind: bound, value: a, upper: upper, strict: strict, limit: n, limitAt: b, text: key3(a, nil, base)}, true
	}
	if base, n, ok := c.limitOf(a); ok {
		return atom{kind: bound, value: b, upper: !upper, strict: strict, limit: n, limitAt: a, text: key3(b, nil, base)}, true
	}
	return atom{kind: against, value: a, than: b, upper: upper, strict: strict}, true
}

// limitOf takes a limit apart into what it counts from and a number that two
// limits of one base are compared by: a constant; a day of a year; a date so many
// days or months after another.
func (c *Contract) limitOf(x ast.Expr) (base string, n int64, ok bool) {
	if n, ok := c.constantOf(x); ok {
		return "", n, true
	}
	if x.Kind() != ast.CallKind {
		return "", 0, false
	}
	call := x.AsCall()
	switch call.FunctionName() {
	case "on", "after_days", "after_months":
		n, ok := c.constantOf(call.Args()[1])
		from := unparse(call.Args()[0])
		return call.FunctionName() + " " + from, n, ok && from != ""
	}
	return "", 0, false
}

// constantOf is the number that an expression has whatever the case.
func (c *Contract) constantOf(x ast.Expr) (int64, bool) {
	switch x.Kind() {
	case ast.LiteralKind:
		v, is := x.AsLiteral().(types.Int)
		return int64(v), is
	case ast.IdentKind:
		if i, own := c.at[x.AsIdent()]; own && c.names[i].param != nil {
			v, is := c.names[i].value.(types.Int)
			return int64(v), is
		}
	case ast.CallKind:
		f := ours[x.AsCall().FunctionName()]
		if f == nil || f.result.cel.Kind() != cel.IntKind {
			return 0, false
		}
		var args []ref.Val
		for _, a := range x.AsCall().Args() {
			n, ok := c.constantOf(a)
			if !ok {
				return 0, false
			}
			args = append(args, types.Int(n))
		}
		v, is := f.call(args).(types.Int)
		return int64(v), is
	}
	return 0, false
}

// wordsOf are the words of a list that is the same whatever the case.
func (c *Contract) wordsOf(x ast.Expr) ([]string, bool) {
	switch x.Kind() {
	case ast.IdentKind:
		if i, own := c.at[x.AsIdent()]; own && c.names[i].param != nil && len(c.names[i].param.Set) > 0 {
			return c.names[i].param.Set, true
		}
	case ast.ListKind:
		var out []string
		for _, e := range x.AsList().Elements() {
			if e.Kind() != ast.LiteralKind {
				return nil, false
			}
			w, is := e.AsLiteral().(types.String)
			if !is {
				return nil, false
			}
			out = append(out, string(w))
		}
		return out, true
	}
	return nil, false
}
