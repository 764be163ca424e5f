package rules

import (
	"strconv"
	"strings"

	"cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/operators"
	"cel.dev/cel-go/common/types"
)

// teller puts expressions in words, for people who read no CEL.
type teller struct {
	c *Contract
	l Language
	// entries are the records that names of loops, and it, stand for.
	entries map[string]string
	dimOf   func(ast.Expr) Dimension
}

func (c *Contract) teller(e *expr, each string, l Language) *teller {
	t := &teller{c: c, l: l, entries: map[string]string{}}
	s := &scope{c: c, env: c.env}
	if i, known := c.at[each]; known && each != "" {
		s.each = kind{cel: c.names[i].kind.cel.Parameters()[0]}
		t.entries[entryName] = s.each.cel.TypeName()
	}
	native := e.tree.NativeRep()
	t.dimOf = func(x ast.Expr) Dimension {
		scr := &screen{tree: native, names: s.names(), p: &problems{}, at: func(int64) Pos { return Pos{} }}
		return scr.walk(x, 0).dim
	}
	return t
}

// tell puts a compiled expression in words.
func (c *Contract) tell(e *expr, each string, l Language) string {
	return c.teller(e, each, l).say(e.tree.NativeRep().Expr())
}

func (t *teller) pick(it, en string) string { return Text{it, en}.In(t.l) }

func (t *teller) say(x ast.Expr) string {
	switch x.Kind() {
	case ast.LiteralKind:
		return t.literal(x)
	case ast.IdentKind:
		return t.name(x.AsIdent())
	case ast.SelectKind:
		return t.fieldName(x)
	case ast.ListKind:
		parts := make([]string, 0, len(x.AsList().Elements()))
		for _, e := range x.AsList().Elements() {
			parts = append(parts, t.say(e))
		}
		return strings.Join(parts, ", ")
	case ast.ComprehensionKind:
		return t.loop(x)
	}
	return t.call(x)
}

func (t *teller) literal(x ast.Expr) string {
	switch v := x.AsLiteral().(type) {
	case types.Bool:
		if v {
			return t.pick("vero", "true")
		}
		return t.pick("falso", "false")
	case types.String:
		return "«" + string(v) + "»"
	case types.Int:
		return strconv.FormatInt(int64(v), 10)
	}
	return "?"
}

func (t *teller) name(name string) string {
	if o, is := t.entries[name]; is {
		if o == "" {
			return name
		}
		return entryWords[o].In(t.l)
	}
	i, own := t.c.at[name]
	if !own {
		return name
	}
	n := &t.c.names[i]
	if w, list := lists[name]; list {
		return w.all.In(t.l)
	}
	if n.param == nil {
		return n.label.In(t.l)
	}
	if v, is := n.value.(types.Int); is {
		return FormatAmount(int64(v), n.unit, t.l)
	}
	words := make([]string, 0, len(n.param.Set))
	for _, w := range n.param.Set {
		words = append(words, "«"+w+"»")
	}
	return strings.Join(words, ", ")
}

// entryWords call one entry of each list.
var entryWords = map[string]Text{
	"Input": {"l'ingrediente", "the input"}, "Plot": {"il terreno", "the land"}, "Animal": {"l'animale", "the animal"}, "Attestation": {"l'attestazione", "the attestation"},
}

// lists are the lists that rules and loops go over: what their entries are, and how
// sentences call them.
var lists = map[string]struct {
	object                string
	all, each, some, only Text
}{
	"inputs":       {"Input", Text{"ingredienti", "inputs"}, Text{"ogni ingrediente", "each input"}, Text{"almeno un ingrediente", "at least one input"}, Text{"esattamente un ingrediente", "exactly one input"}},
	"land":         {"Plot", Text{"terreni", "land"}, Text{"ogni terreno", "each piece of land"}, Text{"almeno un terreno", "at least one piece of land"}, Text{"esattamente un terreno", "exactly one piece of land"}},
	"animals":      {"Animal", Text{"animali", "animals"}, Text{"ogni animale", "each animal"}, Text{"almeno un animale", "at least one animal"}, Text{"esattamente un animale", "exactly one animal"}},
	"attestations": {"Attestation", Text{"attestazioni vigenti", "attestations that stand"}, Text{"ogni attestazione vigente", "each attestation that stands"}, Text{"almeno un'attestazione vigente", "at least one attestation that stands"}, Text{"esattamente un'attestazione vigente", "exactly one attestation that stands"}},
}

func (t *teller) fieldName(x ast.Expr) string {
	var fields []string
	for x.Kind() == ast.SelectKind {
		fields = append([]string{x.AsSelect().FieldName()}, fields...)
		x = x.AsSelect().Operand()
	}
	if x.Kind() != ast.IdentKind {
		return strings.Join(fields, " ")
	}
	object := t.entries[x.AsIdent()]
	if i, own := t.c.at[x.AsIdent()]; own && object == "" {
		object = t.c.names[i].kind.cel.TypeName()
	}
	var parts []string
	for _, f := range fields {
		parts = append([]string{fieldWords[object+"."+f].In(t.l)}, parts...)
		if o := objects[object]; o != nil {
			object = o.fields[o.at[f]].kind.cel.TypeName()
		}
	}
	return strings.Join(parts, ", ")
}

func (t *teller) loop(x ast.Expr) string {
	c := x.AsComprehension()
	step := c.LoopStep().AsCall()
	over := ""
	if c.IterRange().Kind() == ast.IdentKind {
		over = c.IterRange().AsIdent()
	}
	w, known := lists[over]
	if !known {
		all := t.say(c.IterRange())
		w.each, w.some, w.only = Text{"ogni voce di " + all, "each of " + all}, Text{"almeno una voce di " + all, "at least one of " + all}, Text{"esattamente una voce di " + all, "exactly one of " + all}
	}
	t.entries[c.IterVar()] = w.object
	before := t.pick("per ", "for ")
	switch {
	case step.FunctionName() == operators.Conditional:
		return before + w.only.In(t.l) + ": " + t.inner(step.Args()[0])
	case c.AccuInit().AsLiteral() == types.True:
		return before + w.each.In(t.l) + ": " + t.inner(step.Args()[1])
	}
	return before + w.some.In(t.l) + ": " + t.inner(step.Args()[1])
}

// inner puts what holds several things in brackets.
func (t *teller) inner(x ast.Expr) string {
	text := t.say(x)
	if x.Kind() == ast.ComprehensionKind {
		return "(" + text + ")"
	}
	if x.Kind() == ast.CallKind {
		switch x.AsCall().FunctionName() {
		case operators.LogicalAnd, operators.LogicalOr, operators.Conditional, operators.Add, operators.Subtract, operators.Multiply:
			return "(" + text + ")"
		}
	}
	return text
}

// comparisons are the words of a comparison: of numbers, and of dates.
var comparisons = map[string][2]Text{
	operators.Less:          {{"è meno di", "is less than"}, {"è prima di", "is before"}},
	operators.LessEquals:    {{"è al più", "is at most"}, {"non è dopo", "is not after"}},
	operators.Greater:       {{"è più di", "is more than"}, {"è dopo", "is after"}},
	operators.GreaterEquals: {{"è almeno", "is at least"}, {"non è prima di", "is not before"}},
	operators.Equals:        {{"è", "is"}, {"è", "is"}},
	operators.NotEquals:     {{"non è", "is not"}, {"non è", "is not"}},
}

func (t *teller) call(x ast.Expr) string {
	c := x.AsCall()
	args := c.Args()
	if c.IsMemberFunction() {
		args = append([]ast.Expr{c.Target()}, args...)
	}
	if w, is := comparisons[c.FunctionName()]; is {
		words := w[0]
		if d := t.dimOf(args[0]); d == Day || d == Instant || d == YearDay {
			words = w[1]
		}
		return t.inner(args[0]) + " " + words.In(t.l) + " " + t.inner(args[1])
	}
	between := func(it, en string) string { return t.inner(args[0]) + t.pick(it, en) + t.inner(args[1]) }
	switch c.FunctionName() {
	case operators.LogicalAnd:
		return t.joined(args, operators.LogicalAnd, t.pick(" e ", " and "))
	case operators.LogicalOr:
		return t.joined(args, operators.LogicalOr, t.pick(" oppure ", " or "))
	case operators.LogicalNot:
		return t.pick("non vale: ", "it is not so: ") + t.inner(args[0])
	case operators.In:
		return t.inner(args[0]) + t.pick(" è tra ", " is among ") + t.say(args[1])
	case operators.Add:
		return between(" più ", " plus ")
	case operators.Subtract:
		return between(" meno ", " less ")
	case operators.Multiply:
		return between(" × ", " × ")
	case operators.Negate:
		return "−" + t.inner(args[0])
	case operators.Conditional:
		return t.inner(args[1]) + t.pick(" se ", " if ") + t.inner(args[0]) + t.pick(", altrimenti ", ", otherwise ") + t.inner(args[2])
	case "size":
		return t.pick("numero di voci di «", "number of entries of «") + t.say(args[0]) + "»"
	}
	f := ours[c.FunctionName()]
	if f == nil {
		return c.FunctionName()
	}
	pairs := make([]string, 0, 2*len(args))
	for i, a := range args {
		pairs = append(pairs, "{"+strconv.Itoa(i)+"}", t.inner(a))
	}
	return strings.NewReplacer(pairs...).Replace(functionWords[f.Name].In(t.l))
}

// joined puts what one word joins in a row, and what another joins in brackets.
func (t *teller) joined(args []ast.Expr, operator, word string) string {
	parts := make([]string, 0, len(args))
	for _, a := range args {
		if a.Kind() == ast.CallKind && a.AsCall().FunctionName() == operator {
			parts = append(parts, t.say(a))
		} else {
			parts = append(parts, t.inner(a))
		}
	}
	return strings.Join(parts, word)
}

// functionWords say what a call of each function is.
var functionWords = map[string]Text{
	"on":              {"{1} ({0})", "{1} ({0})"},
	"after_days":      {"{1} dopo {0}", "{1} after {0}"},
	"after_months":    {"{1} dopo {0}", "{1} after {0}"},
	"year_of":         {"anno di {0}", "year of {0}"},
	"days":            {"durata in giorni ({0})", "duration in days ({0})"},
	"elapsed":         {"durata a ore ({0})", "duration by the clock ({0})"},
	"mass":            {"massa totale degli ingredienti", "total mass of the inputs"},
	"mass_of":         {"massa di {1}", "mass of {1}"},
	"mass_of_variety": {"massa delle varietà {1}", "mass of the varieties {1}"},
	"pieces_of":       {"pezzi di {1}", "pieces of {1}"},
	"area":            {"superficie totale", "total area"},
	"area_of":         {"superficie a uso {1}", "area used as {1}"},
	"plants":          {"numero di piante", "number of plants"},
	"in_zone":         {"{0}: nella zona «{1}», ai confini validi in {2}", "{0}: in the zone «{1}», by the borders that held on {2}"},
	"at_most":         {"{0} è al più {1} di {2}", "{0} is at most {1} of {2}"},
	"at_least":        {"{0} è almeno {1} di {2}", "{0} is at least {1} of {2}"},
	"increased":       {"{0} aumentato di {1}", "{0} increased by {1}"},
	"decreased":       {"{0} diminuito di {1}", "{0} decreased by {1}"},
	"admitted":        {"quanto può portare il nome di {0} da {1} con il limite di {2} e la tolleranza di {3}", "how much may bear the name of {0} from {1} with the cap of {2} and the tolerance of {3}"},
}
