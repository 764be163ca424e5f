package rules

import (
	"fmt"
	"slices"
	"strings"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/operators"
	"cel.dev/cel-go/common/types"
)

// screen walks a checked expression. It refuses what CEL has and contracts may not
// use, and finds the dimension of every whole number.
type screen struct {
	tree  *ast.AST
	names map[string]kind
	p     *problems
	at    func(id int64) Pos
	bad   bool
}

// figure is what the screen knows of a whole number. A bare one stands in the
// expression itself.
type figure struct {
	dim  Dimension
	bare bool
	zero bool
}

func (s *screen) refuse(e ast.Expr, format string, args ...any) figure {
	if !s.bad {
		s.p.add(s.at(e.ID()), format, args...)
	}
	s.bad = true
	return figure{}
}

func (s *screen) walk(e ast.Expr, loops int) figure {
	if s.bad {
		return figure{}
	}
	switch e.Kind() {
	case ast.LiteralKind:
		return s.literal(e)
	case ast.IdentKind:
		return figure{dim: s.names[e.AsIdent()].dim}
	case ast.SelectKind:
		sel := e.AsSelect()
		s.walk(sel.Operand(), loops)
		if o := objects[s.tree.GetType(sel.Operand().ID()).TypeName()]; o != nil {
			if i, has := o.at[sel.FieldName()]; has {
				return figure{dim: o.fields[i].kind.dim}
			}
		}
		return figure{}
	case ast.ListKind:
		for _, x := range e.AsList().Elements() {
			if f := s.walk(x, loops); !s.bad && s.tree.GetType(x.ID()).Kind() != types.StringKind {
				return s.refuse(x, "a list in an expression holds words only, not %v", f.dim)
			}
		}
		return figure{}
	case ast.CallKind:
		return s.call(e, loops)
	case ast.ComprehensionKind:
		return s.loop(e, loops)
	}
	return s.refuse(e, "expressions make no maps and no records")
}

func (s *screen) literal(e ast.Expr) figure {
	switch v := e.AsLiteral().(type) {
	case types.Int:
		return figure{dim: Number, bare: true, zero: v == 0}
	case types.Bool, types.String:
		return figure{}
	case types.Double:
		return s.refuse(e, "%s", withPoint)
	default:
		return s.refuse(e, "%v is no kind of value that contracts have", v.Type())
	}
}

// loop lets all, exists and exists_one pass over lists, two deep at most.
func (s *screen) loop(e ast.Expr, loops int) figure {
	c := e.AsComprehension()
	if loops >= 2 {
		return s.refuse(e, "loops are nested more than twice")
	}
	over := s.tree.GetType(c.IterRange().ID())
	if over.Kind() != types.ListKind || over.Parameters()[0].Kind() == types.DynKind {
		return s.refuse(e, "loops go over lists only")
	}
	s.walk(c.IterRange(), loops)
	if _, taken := s.names[c.IterVar()]; taken {
		return s.refuse(e, "%s means something else here: call the entries of the loop otherwise", clip(c.IterVar()))
	}
	s.names[c.IterVar()] = kind{cel: over.Parameters()[0]}
	// The loop of exists_one counts; loops within one another count under one name.
	outer := s.names[c.AccuVar()]
	s.names[c.AccuVar()] = kind{cel: cel.IntType, dim: Number}
	s.walk(c.LoopStep(), loops+1)
	s.walk(c.Result(), loops+1)
	s.names[c.AccuVar()] = outer
	delete(s.names, c.IterVar())
	return figure{}
}

func (s *screen) call(e ast.Expr, loops int) figure {
	c := e.AsCall()
	args := c.Args()
	if c.IsMemberFunction() {
		args = append([]ast.Expr{c.Target()}, args...)
	}
	figures := make([]figure, len(args))
	for i, a := range args {
		figures[i] = s.walk(a, loops)
	}
	if s.bad {
		return figure{}
	}
	switch name := c.FunctionName(); name {
	case operators.LogicalAnd, operators.LogicalOr, operators.LogicalNot, operators.NotStrictlyFalse, operators.In:
		return figure{}
	case operators.Equals, operators.NotEquals, operators.Less, operators.LessEquals, operators.Greater, operators.GreaterEquals:
		return s.comparison(e, args, figures)
	case operators.Conditional:
		return s.alike(e, "the two outcomes", figures[1], figures[2])
	case operators.Add, operators.Subtract:
		return s.sum(e, name, figures)
	case operators.Multiply:
		return s.product(e, figures)
	case operators.Negate:
		return figures[0]
	case "size":
		return figure{dim: Number}
	default:
		f := ours[name]
		if f == nil {
			return s.refuse(e, "%s may not be used in a contract%s", shown(name), suggest(name, functionNames()))
		}
		return s.ours(e, f, args, figures)
	}
}

func shown(name string) string {
	switch name {
	case operators.Divide, operators.Modulo:
		return strings.Trim(name, "_") + " cuts remainders off, so it"
	case operators.Index:
		return "access by position"
	}
	return name
}

func functionNames() []string {
	names := []string{"size", "all", "exists", "exists_one"}
	for _, f := range functionTable {
		names = append(names, f.Name)
	}
	return names
}

func (s *screen) isInt(e ast.Expr) bool { return s.tree.GetType(e.ID()).Kind() == types.IntKind }

func (s *screen) comparison(e ast.Expr, args []ast.Expr, f []figure) figure {
	switch s.tree.GetType(args[0].ID()).Kind() {
	case types.IntKind:
		s.alike(e, "what is compared", f[0], f[1])
	case types.BoolKind, types.StringKind:
	default:
		s.refuse(e, "records and lists are not compared")
	}
	return figure{}
}

// alike refuses two numbers of different dimensions. A bare number has the
// dimension of a count; nothing but zero may stand beside another.
func (s *screen) alike(e ast.Expr, what string, a, b figure) figure {
	switch {
	case a.dim == b.dim || b.zero:
		return a
	case a.zero:
		return b
	case a.bare || b.bare:
		other := a
		if a.bare {
			other = b
		}
		return s.refuse(e, "a bare number stands beside %s: make a parameter with a unit, an article and a source", other.dim)
	}
	return s.refuse(e, "%s are of different kinds: %s and %s", what, a.dim, b.dim)
}

func (s *screen) sum(e ast.Expr, op string, f []figure) figure {
	if !s.isInt(e) {
		return s.refuse(e, "only numbers are added and subtracted")
	}
	a, b := f[0].dim, f[1].dim
	switch {
	case a == Day && b == Day && op == operators.Subtract:
		return figure{dim: Days}
	case a == Day && b == Days, a == Days && b == Day && op == operators.Add:
		return figure{dim: Day}
	case a == Instant && b == Instant && op == operators.Subtract:
		return figure{dim: Time}
	case a == Instant && b == Time:
		return figure{dim: Instant}
	case a == Year && f[1].bare:
		return figure{dim: Year}
	case a == Day || a == Instant || a == YearDay || a == Year:
		return s.refuse(e, "a %s takes no %s: use after_days, after_months or on", a, b)
	}
	return s.alike(e, "what is added or subtracted", f[0], f[1])
}

func (s *screen) product(e ast.Expr, f []figure) figure {
	switch {
	case !s.isInt(e):
		return s.refuse(e, "only numbers are multiplied")
	case f[0].dim == Number:
		return figure{dim: f[1].dim}
	case f[1].dim == Number:
		return figure{dim: f[0].dim}
	}
	return s.refuse(e, "%s times %s has no meaning here: one of the two is a count; for shares use at_most, at_least or of", f[0].dim, f[1].dim)
}

// ours holds the arguments of one of our functions against its signature.
func (s *screen) ours(e ast.Expr, fn *Function, args []ast.Expr, f []figure) figure {
	var any figure
	for i, want := range fn.args {
		if want.cel.Kind() != cel.IntKind {
			continue
		}
		switch {
		case want.dim == same && any.dim == None:
			any = f[i]
		case want.dim == same:
			s.alike(args[i], "the values that "+fn.Name+" takes", any, f[i])
		case f[i].dim != want.dim && !f[i].zero:
			return s.refuse(args[i], "%s takes %s here, not %s: %s", fn.Name, want.dim, f[i].dim, fn.Signature)
		}
	}
	if fn.result.dim == same {
		return any
	}
	return figure{dim: fn.result.dim}
}

// otherMacros are loops of CEL that contracts do not have.
var otherMacros = []string{"map", "filter", "has", "reduce", "sortBy"}

// celProblem turns a message of CEL into a sentence with a suggestion. alone tells
// that the messages after it only follow from it.
func celProblem(message string, names map[string]kind) (text string, alone bool) {
	message, _, _ = strings.Cut(message, "\n")
	if word, is := between(message, "undeclared reference to '", "'"); is {
		if slices.Contains(otherMacros, word) {
			return word + " may not be used in a contract: the loops are all, exists and exists_one", true
		}
		known := functionNames()
		known = append(known, sortedNames(names)...)
		return fmt.Sprintf("%s is not known%s", clip(word), suggest(word, known)), false
	}
	if word, is := between(message, "undefined field '", "'"); is {
		return fmt.Sprintf("there is no field %s%s", clip(word), suggest(word, fieldNames())), false
	}
	if what, is := between(message, "found no matching overload for '", "'"); is {
		applied, _ := between(message, "applied to '", "'")
		switch f := ours[what]; {
		case f != nil:
			return fmt.Sprintf("%s does not take %s: %s", what, applied, f.Signature), false
		case strings.Contains(applied, "double"):
			return withPoint, false
		}
		return fmt.Sprintf("%s does not go with %s", strings.Trim(what, "_@"), applied), false
	}
	if rest, is := strings.CutPrefix(message, "Syntax error: "); is {
		rest, _, _ = strings.Cut(rest, " expecting ")
		if strings.Contains(rest, "<EOF>") {
			return "the expression ends too soon", true
		}
		return "not an expression: " + clip120(rest), true
	}
	return clip120(message), false
}

const withPoint = "numbers with a point are not computed with: make a parameter such as value: 12.50 %"

func between(s, from, to string) (string, bool) {
	_, rest, ok := strings.Cut(s, from)
	if !ok {
		return "", false
	}
	return before(rest, to)
}

func before(s, end string) (string, bool) {
	word, _, ok := strings.Cut(s, end)
	return word, ok
}

func fieldNames() []string {
	var out []string
	for _, name := range objectNames() {
		for _, f := range objects[name].fields {
			out = append(out, f.name)
		}
	}
	return out
}
