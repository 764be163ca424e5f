package rules

import (
	"fmt"
	"math/big"
	"slices"
	"strings"

	"cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/operators"
)

// mixed is a mixture as unknowns: the share that each part has of the whole.
type mixed struct {
	f      *finder
	whole  ast.Expr
	parts  []ast.Expr
	labels []Text
	closed bool
	// system are the inequalities, and rules the limits that they stand for; nil for
	// what shares are by nature.
	system []inequality
	limits []*atom
}

// mixture holds the limits of shares against one another and against their sum.
func (f *finder) mixture(m *Mixture, atoms []atom) {
	x := f.mixed(m)
	if x == nil {
		return
	}
	n := len(x.parts)
	one := func(i int, v int64) []*big.Rat {
		a := zeros(n)
		a[i].SetInt64(v)
		return a
	}
	all := zeros(n)
	for i := range n {
		x.row(one(i, -1), new(big.Rat), false, nil)
		all[i].SetInt64(1)
	}
	x.row(all, big.NewRat(1, 1), false, nil)
	if m.Closed {
		x.row(negated(all), big.NewRat(-1, 1), false, nil)
	}
	for i := range atoms {
		x.limit(&atoms[i])
	}
	if by := contradiction(x.system, n); by != nil {
		x.impossible(by)
		return
	}
	x.needless()
	if m.Closed {
		x.corners()
	}
}

func (f *finder) mixed(m *Mixture) *mixed {
	s := &scope{c: f.c, env: f.c.env, p: &problems{}}
	tree := func(e Expr) ast.Expr {
		parsed, issues := s.env.Compile(e.Text)
		if issues.Err() != nil {
			return nil
		}
		return parsed.NativeRep().Expr()
	}
	x := &mixed{f: f, whole: tree(m.Whole), closed: m.Closed}
	if x.whole == nil {
		return nil
	}
	it, en := &teller{c: f.c, l: Italian}, &teller{c: f.c, l: English}
	for _, p := range m.Parts {
		part := tree(p)
		if part == nil {
			return nil
		}
		x.parts = append(x.parts, part)
		x.labels = append(x.labels, Text{shortPart(it.say(part), it.pick("massa di ", "mass of ")), shortPart(en.say(part), en.pick("massa di ", "mass of "))})
	}
	return x
}

// shortPart calls a part by its words alone.
func shortPart(text, before string) string { return strings.TrimPrefix(text, before) }

func (x *mixed) row(a []*big.Rat, b *big.Rat, strict bool, of *atom) {
	x.system = append(x.system, inequality{a: a, b: b, strict: strict})
	x.limits = append(x.limits, of)
}

func negated(a []*big.Rat) []*big.Rat {
	out := zeros(len(a))
	for i := range a {
		out[i].Neg(a[i])
	}
	return out
}

// limit adds what a limit says of the shares, if it is of shares of this mixture.
func (x *mixed) limit(a *atom) {
	v := x.linear(a.value)
	if v == nil {
		return
	}
	b := new(big.Rat)
	switch {
	case a.kind == bound && a.of != nil:
		w := x.linear(a.of)
		share := big.NewRat(a.limit, wholeShare)
		switch {
		case unparse(a.of) == unparse(x.whole):
			b = share
		case w != nil:
			for i := range v {
				v[i] = new(big.Rat).Sub(v[i], new(big.Rat).Mul(share, w[i]))
			}
		default:
			return
		}
	case a.kind == against:
		w := x.linear(a.than)
		if w == nil {
			return
		}
		for i := range v {
			v[i] = new(big.Rat).Sub(v[i], w[i])
		}
	default:
		return
	}
	if !a.upper {
		v, b = negated(v), new(big.Rat).Neg(b)
	}
	x.row(v, b, a.strict, a)
}

// linear is a sum of parts as a vector; nil where an expression is no such sum.
func (x *mixed) linear(e ast.Expr) []*big.Rat {
	text := unparse(e)
	for i, p := range x.parts {
		if unparse(p) == text {
			v := zeros(len(x.parts))
			v[i].SetInt64(1)
			return v
		}
	}
	if x.closed && text == unparse(x.whole) {
		v := zeros(len(x.parts))
		for i := range v {
			v[i].SetInt64(1)
		}
		return v
	}
	if e.Kind() != ast.CallKind {
		return nil
	}
	args := e.AsCall().Args()
	switch e.AsCall().FunctionName() {
	case operators.Add:
		a, b := x.linear(args[0]), x.linear(args[1])
		if a == nil || b == nil {
			return nil
		}
		for i := range a {
			a[i] = new(big.Rat).Add(a[i], b[i])
		}
		return a
	case "mass_of", "mass_of_variety", "pieces_of", "area_of":
		return x.union(e)
	}
	return nil
}

// union is the vector of a call whose words are those of several parts together.
func (x *mixed) union(e ast.Expr) []*big.Rat {
	call := e.AsCall()
	words, ok := x.f.c.wordsOf(call.Args()[1])
	if !ok {
		return nil
	}
	left := slices.Clone(words)
	v := zeros(len(x.parts))
	for i, p := range x.parts {
		if p.Kind() != ast.CallKind || p.AsCall().FunctionName() != call.FunctionName() || unparse(p.AsCall().Args()[0]) != unparse(call.Args()[0]) {
			continue
		}
		own, ok := x.f.c.wordsOf(p.AsCall().Args()[1])
		if !ok || len(intersection(own, words)) != len(own) || len(own) == 0 {
			continue
		}
		v[i].SetInt64(1)
		left = slices.DeleteFunc(left, func(w string) bool { return slices.Contains(own, w) })
	}
	if len(left) > 0 {
		return nil
	}
	return v
}

// impossible reports rules that leave no shares at all, with the sum that shows it.
func (x *mixed) impossible(by []*big.Rat) {
	rules, it, en := x.sum(by)
	what := Text{"le quote di «" + x.f.words2(x.whole, Italian) + "» non possono essere rispettate insieme: ", "the shares of «" + x.f.words2(x.whole, English) + "» cannot be met together: "}
	x.f.add(Impossible, rules, what.It+it, what.En+en)
}

func (f *finder) words2(e ast.Expr, l Language) string { return (&teller{c: f.c, l: l}).say(e) }

// sum tells a contradiction as arithmetic: what the rules say, and what follows
// when it is added up.
func (x *mixed) sum(by []*big.Rat) ([]*rule, string, string) {
	by = x.scaled(by)
	var rules []*rule
	var it, en []string
	for k, m := range by {
		a := x.limits[k]
		if m.Sign() == 0 || a == nil {
			continue
		}
		rules = append(rules, a.rule)
		times := ""
		if !m.IsInt() || m.Num().Int64() != 1 {
			times = m.RatString() + " × "
		}
		it = append(it, times+"["+x.f.says(a, Italian)+", "+ruleName(a.rule)+"]")
		en = append(en, times+"["+x.f.says(a, English)+", "+ruleName(a.rule)+"]")
	}
	last := Text{"; nessuna combinazione di quote le rispetta tutte", "; no combination of shares meets them all"}
	if t, ok := x.total(by); ok {
		last = t
	}
	return rules, strings.Join(it, " + ") + last.It, strings.Join(en, " + ") + last.En
}

// scaled brings multipliers to those by which the whole counts once, or the first
// rule where the whole does not count.
func (x *mixed) scaled(by []*big.Rat) []*big.Rat {
	one := new(big.Rat)
	for k, m := range by {
		if m.Sign() != 0 && (k == len(x.parts) || k == len(x.parts)+1 && x.limits[k] == nil) {
			one = m
		}
	}
	for k, m := range by {
		if one.Sign() == 0 && m.Sign() != 0 && x.limits[k] != nil {
			one = m
		}
	}
	out := zeros(len(by))
	for k, m := range by {
		if one.Sign() != 0 {
			out[k].Quo(m, one)
		}
	}
	return out
}

// total compares what limits of single parts leave with the whole.
func (x *mixed) total(by []*big.Rat) (Text, bool) {
	sum, upper := new(big.Rat), false
	sides := map[bool]bool{}
	for k, m := range by {
		a := x.limits[k]
		if m.Sign() == 0 || a == nil {
			continue
		}
		if a.of == nil || unparse(a.of) != unparse(x.whole) {
			return Text{}, false
		}
		upper = a.upper
		sides[upper] = true
		sum.Add(sum, new(big.Rat).Mul(m, big.NewRat(a.limit, wholeShare)))
	}
	if len(sides) != 1 {
		return Text{}, false
	}
	share := percent(sum)
	if upper {
		return Text{": le parti fanno insieme al più " + share + ", e dovrebbero fare 100 %", ": the parts make at most " + share + " together, and would have to make 100 %"}, true
	}
	return Text{": le parti fanno insieme almeno " + share + ", più di 100 %", ": the parts make at least " + share + " together, more than 100 %"}, true
}

func percent(r *big.Rat) string {
	p := new(big.Rat).Mul(r, big.NewRat(100, 1))
	return strings.TrimSuffix(strings.TrimRight(p.FloatString(7), "0"), ".") + " %"
}

// says is a limit in words.
func (f *finder) says(a *atom, l Language) string {
	t := f.c.teller(a.e, a.rule.Each, l)
	text := shortPart(t.say(a.value), t.pick("massa di ", "mass of ")) + " "
	if a.kind == against {
		words := map[bool]string{false: "≥ ", true: "≤ "}
		if a.strict {
			words = map[bool]string{false: "> ", true: "< "}
		}
		return text + words[a.upper] + shortPart(t.say(a.than), t.pick("massa di ", "mass of "))
	}
	return text + f.limitWords(a, l)
}

// needless reports rules of one limit that the others imply.
func (x *mixed) needless() {
	for k, a := range x.limits {
		if a == nil || !a.alone || a.rule.Effects != nil {
			continue
		}
		system := slices.Clone(x.system)
		system[k] = inequality{a: negated(x.system[k].a), b: new(big.Rat).Neg(x.system[k].b), strict: !x.system[k].strict}
		// What is graver, or of another condition, must not stand on what is not.
		for j, other := range x.limits {
			if other != nil && j != k && (gravity[other.rule.Severity] < gravity[a.rule.Severity] || other.rule == a.rule || other.rule.When.Text != "" && other.rule.When.Text != a.rule.When.Text) {
				system[j] = inequality{a: zeros(len(x.parts)), b: big.NewRat(1, 1)}
			}
		}
		by := contradiction(system, len(x.parts))
		if by == nil {
			continue
		}
		rules := []*rule{a.rule}
		var it, en []string
		for j, m := range by {
			if j != k && m.Sign() != 0 && x.limits[j] != nil {
				rules = append(rules, x.limits[j].rule)
				it = append(it, x.f.says(x.limits[j], Italian)+" ("+ruleName(x.limits[j].rule)+")")
				en = append(en, x.f.says(x.limits[j], English)+" ("+ruleName(x.limits[j].rule)+")")
			}
		}
		why := Text{strings.Join(it, ", "), strings.Join(en, ", ")}
		if len(it) == 0 {
			why = Text{"una parte non supera il tutto", "a part is not more than the whole"}
		}
		x.f.add(Needless, rules, fmt.Sprintf("%s non può mancare, perché segue dal resto: %s; la regola chiede %s", ruleName(a.rule), why.It, x.f.says(a, Italian)),
			fmt.Sprintf("%s can never fail, since it follows from the rest: %s; the rule asks %s", ruleName(a.rule), why.En, x.f.says(a, English)))
	}
}

// maxCorners bounds how many parts corners are looked for in.
const maxCorners = 8

// corners reports combinations at the limits of single shares that make a whole,
// and that another rule, such as one about order, excludes.
func (x *mixed) corners() {
	n := len(x.parts)
	if n < 2 || n > maxCorners {
		return
	}
	low, high := zeros(n), make([]*big.Rat, n)
	ruled := make([]*atom, n)
	for i := range n {
		high[i] = big.NewRat(1, 1)
	}
	var others []int
	for k, a := range x.limits {
		if a == nil {
			continue
		}
		i := x.singlePart(k)
		switch {
		case i < 0 || a.strict:
			others = append(others, k)
		case a.upper:
			if limit := big.NewRat(a.limit, wholeShare); limit.Cmp(high[i]) < 0 {
				high[i], ruled[i] = limit, a
			}
		default:
			if limit := big.NewRat(a.limit, wholeShare); limit.Cmp(low[i]) > 0 {
				low[i] = limit
			}
		}
	}
	seen := map[string]bool{}
	for free := range n {
		for bits := range 1 << (n - 1) {
			point, at := zeros(n), 0
			rest := big.NewRat(1, 1)
			for i := range n {
				if i == free {
					continue
				}
				point[i] = low[i]
				if bits>>at&1 == 1 {
					point[i] = high[i]
				}
				rest.Sub(rest, point[i])
				at++
			}
			if rest.Cmp(low[free]) < 0 || rest.Cmp(high[free]) > 0 {
				continue
			}
			point[free] = rest
			x.corner(point, others, ruled, high, seen)
		}
	}
}

// singlePart is the part of which alone a limit of the system is a share, or -1.
func (x *mixed) singlePart(k int) int {
	a := x.limits[k]
	if a.kind != bound || a.of == nil || unparse(a.of) != unparse(x.whole) {
		return -1
	}
	for i, p := range x.parts {
		if unparse(p) == unparse(a.value) {
			return i
		}
	}
	return -1
}

func (x *mixed) corner(point []*big.Rat, others []int, ruled []*atom, high []*big.Rat, seen map[string]bool) {
	var broken []*atom
	for _, k := range others {
		sum := new(big.Rat)
		for i := range point {
			sum.Add(sum, new(big.Rat).Mul(x.system[k].a[i], point[i]))
		}
		if c := sum.Cmp(x.system[k].b); c > 0 || c == 0 && x.system[k].strict {
			broken = append(broken, x.limits[k])
		}
	}
	if len(broken) == 0 {
		return
	}
	var it, en []string
	for i := range point {
		it = append(it, x.labels[i].It+" "+strings.ReplaceAll(percent(point[i]), ".", ","))
		en = append(en, x.labels[i].En+" "+percent(point[i]))
	}
	if seen[strings.Join(en, ",")] {
		return
	}
	seen[strings.Join(en, ",")] = true
	var rules []*rule
	var whyIt, whyEn []string
	for _, a := range broken {
		rules = append(rules, a.rule)
		whyIt = append(whyIt, x.f.says(a, Italian)+" ("+ruleName(a.rule)+")")
		whyEn = append(whyEn, x.f.says(a, English)+" ("+ruleName(a.rule)+")")
	}
	for i := range point {
		if ruled[i] != nil && point[i].Cmp(high[i]) == 0 {
			rules = append(rules, ruled[i].rule)
		}
	}
	x.f.add(Excluded, rules, fmt.Sprintf("le quote ammettono %s, ma lo esclude: %s", strings.Join(it, " + "), strings.Join(whyIt, ", ")),
		fmt.Sprintf("the shares allow %s, but this excludes it: %s", strings.Join(en, " + "), strings.Join(whyEn, ", ")))
}
