package rules

import (
	"fmt"
	"slices"
	"sort"
	"strings"
)

// FindingLevel is how grave a finding is.
type FindingLevel string

// The levels.
const (
	// Impossible: no case can meet the rules together.
	Impossible FindingLevel = "impossible"
	// Excluded: the limits allow a combination that another rule excludes.
	Excluded FindingLevel = "excluded"
	// Needless: a rule can never fail where another is met, or at all.
	Needless FindingLevel = "needless"
)

// Finding is something about rules that hold or fail together.
type Finding struct {
	Level FindingLevel
	// At is where the first of the rules stands.
	At    Pos
	Rules []string
	Text  Text
}

// Findings holds the rules of a contract against one another by exact arithmetic:
// rules that can never hold together, combinations that limits allow and an order
// excludes, rules that can never fail. It looks at limits that are the same
// whatever the case, at the words of sets, at yes and no, and at the shares of
// declared mixtures; what has another form is left out, so that no finding is no
// proof. The worst come first.
func (c *Contract) Findings() []Finding {
	f := &finder{c: c, seen: map[string]bool{}}
	for _, on := range Triggers() {
		for _, when := range scenarios(c.byWhat[on]) {
			f.scenario(on, when)
		}
	}
	order := map[FindingLevel]int{Impossible: 0, Excluded: 1, Needless: 2}
	sort.SliceStable(f.list, func(i, j int) bool {
		a, b := f.list[i], f.list[j]
		if a.Level != b.Level {
			return order[a.Level] < order[b.Level]
		}
		return a.At.Line < b.At.Line
	})
	return f.list
}

type finder struct {
	c    *Contract
	list []Finding
	seen map[string]bool
	when string
}

// scenarios are the conditions under which rules apply together: none, and each
// condition beside the rules that have none.
func scenarios(list []*rule) []string {
	out := []string{""}
	for _, r := range list {
		if w := r.When.Text; w != "" && !slices.Contains(out, w) {
			out = append(out, w)
		}
	}
	return out
}

func (f *finder) scenario(on Trigger, when string) {
	f.when = when
	var atoms []atom
	for _, r := range f.c.byWhat[on] {
		if r.When.Text == "" || r.When.Text == when {
			atoms = append(atoms, f.c.atomsOf(r)...)
		}
	}
	for i := range atoms {
		f.single(&atoms[i])
		for j := i + 1; j < len(atoms); j++ {
			f.pair(&atoms[i], &atoms[j])
		}
	}
	for i := range f.c.Doc.Mixtures {
		f.mixture(&f.c.Doc.Mixtures[i], atoms)
	}
}

// add keeps a finding once, whatever the triggers and scenarios it shows in.
func (f *finder) add(level FindingLevel, rules []*rule, it, en string) {
	x := Finding{Level: level, Text: Text{it, en}}
	warns := false
	for _, r := range rules {
		if !slices.Contains(x.Rules, r.ID) {
			x.Rules = append(x.Rules, r.ID)
		}
		if x.At == (Pos{}) || r.At.Line < x.At.Line {
			x.At = r.At
		}
		warns = warns || r.Severity == "warn"
	}
	key := string(level) + strings.Join(x.Rules, " ") + en
	if f.seen[key] {
		return
	}
	f.seen[key] = true
	if level == Impossible {
		if conditional(rules) {
			x.Text.It += fmt.Sprintf(" (quando vale: %s)", f.when)
			x.Text.En += fmt.Sprintf(" (where it holds that: %s)", f.when)
		}
		if warns {
			x.Text.It += "; chi solo avvisa avviserà sempre"
			x.Text.En += "; what only warns will always warn"
		}
	}
	f.list = append(f.list, x)
}

func conditional(rules []*rule) bool {
	return slices.ContainsFunc(rules, func(r *rule) bool { return r.When.Text != "" })
}

// single looks at one limit alone.
func (f *finder) single(a *atom) {
	r := []*rule{a.rule}
	what := f.words(a)
	switch a.kind {
	case bound:
		if a.of != nil && !a.upper && !a.strict && a.limit <= 0 {
			f.add(Needless, r, fmt.Sprintf("%s non può mancare: %s non è mai sotto zero", ruleName(a.rule), what.It), fmt.Sprintf("%s can never fail: %s is never below zero", ruleName(a.rule), what.En))
		}
	case amongWords:
		if len(a.set) == 0 {
			f.add(Impossible, r, ruleName(a.rule)+" non può mai valere: l'elenco è vuoto", ruleName(a.rule)+" can never hold: the list is empty")
			return
		}
		i, own := f.c.at[a.text]
		if !own || f.c.names[i].fact == nil || len(f.c.names[i].fact.Values) == 0 {
			return
		}
		common := intersection(f.c.names[i].fact.Values, a.set)
		switch len(common) {
		case 0:
			f.add(Impossible, r, fmt.Sprintf("%s non può mai valere: %s può essere solo %s, la regola chiede %s", ruleName(a.rule), what.It, quoted(f.c.names[i].fact.Values), quoted(a.set)),
				fmt.Sprintf("%s can never hold: %s may only be %s, the rule asks %s", ruleName(a.rule), what.En, quoted(f.c.names[i].fact.Values), quoted(a.set)))
		case len(f.c.names[i].fact.Values):
			f.add(Needless, r, fmt.Sprintf("%s non può mancare: ammette tutto ciò che %s può essere", ruleName(a.rule), what.It), fmt.Sprintf("%s can never fail: it allows all that %s may be", ruleName(a.rule), what.En))
		}
	}
}

func intersection(a, b []string) []string {
	var out []string
	for _, w := range a {
		if slices.Contains(b, w) {
			out = append(out, w)
		}
	}
	return out
}

func quoted(words []string) string { return "«" + strings.Join(words, "», «") + "»" }

// pair looks at two limits of the same thing.
func (f *finder) pair(a, b *atom) {
	if a.kind != b.kind || a.text == "" || a.text != b.text || a.rule.Each != b.rule.Each {
		return
	}
	rules := []*rule{a.rule, b.rule}
	what := f.words(a)
	clash := func(reason Text) {
		if a.rule == b.rule {
			f.add(Impossible, rules, ruleName(a.rule)+" non può mai valere: "+reason.It, ruleName(a.rule)+" can never hold: "+reason.En)
			return
		}
		f.add(Impossible, rules, fmt.Sprintf("%s e %s non possono valere insieme: %s", ruleName(a.rule), ruleName(b.rule), reason.It), fmt.Sprintf("%s and %s can never hold together: %s", ruleName(a.rule), ruleName(b.rule), reason.En))
	}
	switch {
	case a.kind == flagged && a.upper != b.upper:
		clash(Text{"una chiede e l'altra esclude: " + what.It, "one asks and the other excludes: " + what.En})
	case a.kind == amongWords && len(a.set) > 0 && len(b.set) > 0 && len(intersection(a.set, b.set)) == 0:
		clash(Text{fmt.Sprintf("%s dovrebbe essere tra %s e tra %s, che non hanno parole in comune", what.It, quoted(a.set), quoted(b.set)), fmt.Sprintf("%s would have to be one of %s and one of %s, which share no word", what.En, quoted(a.set), quoted(b.set))})
	case a.kind == bound && a.upper != b.upper:
		low, high := a, b
		if a.upper {
			low, high = b, a
		}
		if crossed(low, high) {
			clash(Text{what.It + " dovrebbe essere " + f.limitWords(low, Italian) + " e " + f.limitWords(high, Italian), what.En + " would have to be " + f.limitWords(low, English) + " and " + f.limitWords(high, English)})
		}
	case a.kind == bound && a.rule != b.rule:
		f.weaker(a, b)
	}
}

// crossed tells that no value is within two limits.
func crossed(low, high *atom) bool {
	l, h := low.limit, high.limit
	if low.of == nil && low.strict && high.strict {
		// Between two whole numbers next to each other there is none.
		return l >= h || h-l == 1
	}
	return l > h || l == h && (low.strict || high.strict)
}

// weaker reports the one of two limits on one side that the other implies.
func (f *finder) weaker(a, b *atom) {
	if a.limit == b.limit && a.strict == b.strict {
		// Of two that ask the same the later is needless.
	} else if stricter(b, a) {
		a, b = b, a
	}
	if !b.alone || gravity[b.rule.Severity] > gravity[a.rule.Severity] || a.rule.When.Text != "" && a.rule.When.Text != b.rule.When.Text || b.rule.Effects != nil {
		return
	}
	f.add(Needless, []*rule{b.rule, a.rule}, fmt.Sprintf("%s non può mancare dove %s è rispettata: chiede %s, e l'altra %s", ruleName(b.rule), ruleName(a.rule), f.limitWords(b, Italian), f.limitWords(a, Italian)),
		fmt.Sprintf("%s can never fail where %s is met: it asks %s, and the other %s", ruleName(b.rule), ruleName(a.rule), f.limitWords(b, English), f.limitWords(a, English)))
}

func stricter(a, b *atom) bool {
	if a.limit == b.limit {
		return a.strict && !b.strict
	}
	return (a.limit < b.limit) == a.upper
}

// ruleName is a rule as findings call it: «id» (article).
func ruleName(r *rule) string {
	if r.Article != "" {
		return "«" + r.ID + "» (" + r.Article + ")"
	}
	return "«" + r.ID + "»"
}

// words say what an atom limits.
func (f *finder) words(a *atom) Text {
	one := func(l Language) string {
		t := f.c.teller(a.e, a.rule.Each, l)
		text := t.say(a.value)
		if a.of != nil {
			text += Text{", rispetto a ", ", in relation to "}.In(l) + t.say(a.of)
		}
		return text
	}
	return Text{one(Italian), one(English)}
}

func (f *finder) limitWords(a *atom, l Language) string {
	words := map[[2]bool]Text{{false, false}: {"almeno ", "at least "}, {false, true}: {"più di ", "more than "}, {true, false}: {"al più ", "at most "}, {true, true}: {"meno di ", "less than "}}
	return words[[2]bool{a.upper, a.strict}].In(l) + f.c.teller(a.e, a.rule.Each, l).say(a.limitAt)
}
