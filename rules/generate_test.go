package rules

import (
	"fmt"
	"reflect"
	"sort"
	"strings"

	"cel.dev/cel-go/cel"
	"pgregory.net/rapid"
)

// maker composes random well-typed expressions from the tables of the language.
type maker struct {
	t *rapid.T
	// scope are the names of loops and what their entries are.
	scope []entryVar
	vars  int
}

type entryVar struct{ name, object string }

func (m *maker) pick(label string, options []string) string {
	return rapid.SampledFrom(options).Draw(m.t, label)
}

// dimensionsUsed are those that a parameter or fact of the random contract has.
func dimensionsUsed() []Dimension {
	seen := map[Dimension]bool{}
	var out []Dimension
	for _, u := range units {
		if !seen[u.Dim] {
			seen[u.Dim] = true
			out = append(out, u.Dim)
		}
	}
	return out
}

// randomSections declares a parameter and a fact of each dimension, and one of
// each other kind.
func randomSections(m *maker) string {
	var b strings.Builder
	b.WriteString("zones: {zone_a: {label: {it: a, en: a}, source: x, provinces: [{istat: \"041\", name: PU}], municipalities: [{istat: \"044010\", name: C}, {istat: \"042003\", name: F, part: true}]}}\n")
	b.WriteString("parameters:\n")
	for _, d := range dimensionsUsed() {
		u := unitOf(d)
		fmt.Fprintf(&b, "  p_%d: {label: {it: a, en: a}, value: %d %s, source: x}\n", d, rapid.Int64Range(0, 50).Draw(m.t, "figure"), u.Name)
	}
	b.WriteString("  p_day: {label: {it: a, en: a}, date: 2025-03-31, source: x}\n  p_of_year: {label: {it: a, en: a}, day: \"12-01\", source: x}\n")
	words := "a"
	for range rapid.SampledFrom([]int{0, 3, maxList - 1}).Draw(m.t, "words") {
		words += ", " + m.pick("word", []string{"a", "uova", strings.Repeat("w", maxWord)})
	}
	fmt.Fprintf(&b, "  p_words: {label: {it: a, en: a}, set: [%s], source: x}\n", words)
	b.WriteString("facts:\n")
	for _, d := range dimensionsUsed() {
		fmt.Fprintf(&b, "  f_%d: {kind: measure, unit: \"%s\", label: {it: a, en: a}}\n", d, unitOf(d).Name)
	}
	b.WriteString("  f_day: {kind: date, label: {it: a, en: a}}\n  f_flag: {kind: flag, label: {it: a, en: a}}\n  f_span: {kind: span, label: {it: a, en: a}}\n  f_word: {kind: word, values: [a, uova], label: {it: a, en: a}}\n")
	return b.String()
}

// fieldsWith lists the fields of what is in scope that have a kind.
func (m *maker) fieldsWith(want kind) []string {
	var out []string
	take := func(name, object string) {
		for _, f := range objects[object].fields {
			if f.kind.dim == want.dim && f.kind.cel.IsExactType(want.cel) {
				out = append(out, name+"."+f.name)
			}
			if f.kind.cel.IsExactType(placeKind.cel) {
				for _, g := range objects["Place"].fields {
					if g.kind.dim == want.dim && g.kind.cel.IsExactType(want.cel) {
						out = append(out, name+"."+f.name+"."+g.name)
					}
				}
			}
		}
	}
	for _, b := range builtins {
		if objects[b.kind.cel.TypeName()] != nil {
			take(b.name, b.kind.cel.TypeName())
		}
	}
	for _, v := range m.scope {
		take(v.name, v.object)
	}
	sort.Strings(out)
	return out
}

// number makes an expression of a dimension.
func (m *maker) number(d Dimension, depth int) string {
	leaves := m.fieldsWith(kind{cel.IntType, d})
	switch d {
	case Day:
		leaves = append(leaves, "today", "p_day", "f_day")
	case YearDay:
		leaves = append(leaves, "p_of_year")
	case Number:
		leaves = append(leaves, "7", "p_1", "f_1")
	default:
		if _, declared := FindUnit(unitOf(d).Name); declared && unitOf(d).Name != "" {
			leaves = append(leaves, fmt.Sprintf("p_%d", d), fmt.Sprintf("f_%d", d))
		}
	}
	if len(leaves) == 0 { // instants come from spans alone, which have no name in scope
		leaves = []string{"f_span.start", "f_span.end"}
	}
	if depth <= 0 {
		return m.pick("leaf", leaves)
	}
	made := []func() string{
		func() string { return m.pick("leaf", leaves) },
		func() string {
			return "(" + m.condition(depth-1) + " ? " + m.number(d, depth-1) + " : " + m.number(d, depth-1) + ")"
		},
	}
	switch d {
	case Day, Instant, Year, YearDay:
	default:
		made = append(made,
			func() string {
				return "(" + m.number(d, depth-1) + m.pick("sign", []string{" + ", " - "}) + m.number(d, depth-1) + ")"
			},
			func() string { return "(" + m.number(d, depth-1) + " * " + m.number(Number, depth-1) + ")" },
			func() string { return "(-" + m.number(d, depth-1) + ")" })
	}
	if d == Days {
		made = append(made, func() string { return "(" + m.number(Day, depth-1) + " - " + m.number(Day, depth-1) + ")" })
	}
	for i := range functionTable {
		f := &functionTable[i]
		if f.result.cel.Kind() == cel.IntKind && (f.result.dim == d || f.result.dim == same) {
			made = append(made, func() string { return m.call(f, d, depth) })
		}
	}
	return rapid.SampledFrom(made).Draw(m.t, "number")()
}

func (m *maker) call(f *Function, d Dimension, depth int) string {
	args := make([]string, 0, len(f.args))
	for _, a := range f.args {
		switch {
		case a.cel.Kind() == cel.IntKind && a.dim == same:
			args = append(args, m.number(d, depth-1))
		case a.cel.Kind() == cel.IntKind:
			args = append(args, m.number(a.dim, depth-1))
		case a.cel.IsExactType(wordsKind.cel):
			args = append(args, m.words())
		case a.cel.IsExactType(inputList.cel):
			args = append(args, "inputs")
		case a.cel.IsExactType(plotList.cel):
			args = append(args, "land")
		case a.cel.IsExactType(spanKind.cel):
			args = append(args, "f_span")
		case a.cel.IsExactType(placeKind.cel):
			args = append(args, m.pick("place", m.fieldsWith(placeKind)))
		default:
			args = append(args, "zone_a")
		}
	}
	return f.Name + "(" + strings.Join(args, ", ") + ")"
}

func (m *maker) words() string {
	return m.pick("words", []string{"p_words", "signer.roles", "['a']", "['a', 'uova', '" + strings.Repeat("z", 100) + "']"})
}

func (m *maker) word() string {
	return m.pick("word", append(m.fieldsWith(kind{cel: cel.StringType}), "f_word", "'a'", "'044010'", "'"+strings.Repeat("z", 100)+"'"))
}

// condition makes an expression that is true or false.
func (m *maker) condition(depth int) string {
	if depth <= 0 {
		return m.pick("flag", append(m.fieldsWith(boolKind), "f_flag", "true"))
	}
	dims := append(dimensionsUsed(), Day, Instant, Year)
	made := []func() string{
		func() string {
			d := rapid.SampledFrom(dims).Draw(m.t, "dimension")
			return m.number(d, depth-1) + m.pick("sign", []string{" < ", " <= ", " > ", " >= ", " == ", " != "}) + m.number(d, depth-1)
		},
		func() string {
			return m.word() + m.pick("sign", []string{" == ", " != "}) + m.word()
		},
		func() string { return m.word() + " in " + m.words() },
		func() string {
			return "(" + m.condition(depth-1) + m.pick("and", []string{" && ", " || "}) + m.condition(depth-1) + ")"
		},
		func() string { return "!(" + m.condition(depth-1) + ")" },
	}
	for i := range functionTable {
		f := &functionTable[i]
		if f.result.cel.Kind() == cel.BoolKind {
			made = append(made, func() string { return m.call(f, rapid.SampledFrom(dimensionsUsed()).Draw(m.t, "dimension"), depth) })
		}
	}
	if len(m.scope) < 2 {
		made = append(made, func() string { return m.loop(depth) })
	}
	return rapid.SampledFrom(made).Draw(m.t, "condition")()
}

func (m *maker) loop(depth int) string {
	list := rapid.SampledFrom([]entryVar{{"inputs", "Input"}, {"land", "Plot"}, {"animals", "Animal"}, {"attestations", "Attestation"}}).Draw(m.t, "list")
	m.vars++
	v := fmt.Sprintf("v%d", m.vars)
	m.scope = append(m.scope, entryVar{v, list.object})
	inner := m.condition(depth - 1)
	m.scope = m.scope[:len(m.scope)-1]
	return list.name + "." + m.pick("macro", []string{"all", "exists", "exists_one"}) + "(" + v + ", " + inner + ")"
}

// randomContract has a few rules of every form.
func randomContract(t *rapid.T) string {
	m := &maker{t: t}
	var b strings.Builder
	b.WriteString(head + randomSections(m) + "rules:\n")
	dims := append(dimensionsUsed(), Day, Year)
	for i := range rapid.IntRange(1, 4).Draw(t, "rules") {
		fmt.Fprintf(&b, "  - rule: r-%d\n    label: {it: regola, en: rule}\n    on: [attestation]\n    severity: %s\n", i, m.pick("severity", []string{"refuse", "hold", "warn"}))
		m.scope = nil
		if rapid.Bool().Draw(t, "each") {
			e := rapid.SampledFrom([]entryVar{{"inputs", "Input"}, {"animals", "Animal"}}).Draw(t, "list")
			fmt.Fprintf(&b, "    each: %s\n", e.name)
			m.scope = []entryVar{{entryName, e.object}}
		}
		depth := rapid.IntRange(0, 3).Draw(t, "depth")
		if rapid.Bool().Draw(t, "when") {
			put(&b, "when", m.condition(1))
		}
		if rapid.Bool().Draw(t, "require") {
			put(&b, "require", m.condition(depth))
			continue
		}
		d := rapid.SampledFrom(dims).Draw(t, "dimension")
		put(&b, "value", m.number(d, depth))
		if d == Mass && rapid.Bool().Draw(t, "of") {
			put(&b, "of", m.number(Mass, 1))
			d = Share
		}
		put(&b, m.pick("lower", []string{"min", "above"}), m.number(d, min(depth, 1)))
		put(&b, m.pick("upper", []string{"max", "below"}), m.number(d, 0))
	}
	return b.String()
}

func put(b *strings.Builder, key, expression string) {
	fmt.Fprintf(b, "    %s: |-\n      %s\n", key, expression)
}

// randomFacts fills facts with whatever their fields may hold, and much of it not
// at all.
func randomFacts(t *rapid.T) *Facts {
	f := &Facts{}
	fill(t, reflect.ValueOf(f).Elem())
	f.Today = Date(rapid.Int64Range(int64(date2026)-20, int64(date2026)+20).Draw(t, "today"))
	f.Known = nil
	for _, d := range dimensionsUsed() {
		switch rapid.IntRange(0, 4).Draw(t, "known") {
		case 0, 1, 2:
			f.Known = append(f.Known, Known{ID: fmt.Sprintf("f_%d", d), Text: fmt.Sprintf("%d %s", rapid.Int64Range(-3, 60).Draw(t, "measure"), unitOf(d).Name)})
		case 3:
			f.Known = append(f.Known, Known{ID: fmt.Sprintf("f_%d", d), Text: rapid.SampledFrom([]string{"< 5 " + unitOf(d).Name, "nonsense", "900000000000000000 " + unitOf(d).Name, "0 h"}).Draw(t, "measure")})
		}
	}
	for _, k := range []Known{{ID: "f_day", Text: "2025-12-31"}, {ID: "f_flag", Text: "true"}, {ID: "f_word", Text: "uova"}, {ID: "f_span", From: "2025-12-01T08:00:00+01:00", To: "2025-12-31T08:00:00+01:00"}} {
		if rapid.IntRange(0, 3).Draw(t, "known") > 0 {
			f.Known = append(f.Known, k)
		}
	}
	return f
}

const date2026 Date = 20454

func fill(t *rapid.T, v reflect.Value) {
	switch x := v.Addr().Interface().(type) {
	case *Date:
		*x = Date(rapid.SampledFrom([]int64{0, int64(date2026), int64(date2026) - 1, int64(minDate), int64(maxDate)}).Draw(t, "date"))
		return
	case *Answer:
		*x = rapid.SampledFrom([]Answer{NotStated, Yes, Yes, No}).Draw(t, "answer")
		return
	case *string:
		*x = rapid.SampledFrom([]string{"", "a", "uova", "044010", "041001", "042003", strings.Repeat("w", maxWord)}).Draw(t, "word")
		return
	case *[]string:
		*x = rapid.SampledFrom([][]string{nil, {"a"}, {"uova", "a"}}).Draw(t, "words")
		return
	}
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			fill(t, v.Field(i))
		}
	case reflect.Slice:
		n := rapid.SampledFrom([]int{0, 1, 2, 3, 3, 5}).Draw(t, "entries")
		list := reflect.MakeSlice(v.Type(), n, n)
		for i := range n {
			fill(t, list.Index(i))
		}
		// A long list repeats what is there, so that making it takes no long time.
		if n > 0 && rapid.IntRange(0, 9).Draw(t, "long") == 0 {
			for list.Len() < maxList {
				list = reflect.Append(list, list.Index(list.Len()%n))
			}
		}
		v.Set(list)
	case reflect.Bool:
		v.SetBool(rapid.IntRange(0, 4).Draw(t, "given") > 0)
	case reflect.Int, reflect.Int64:
		v.SetInt(rapid.SampledFrom([]int64{0, 1, 2, 5, 2024, 1_000_000, 7_500_000, -1, 1 << 40, 1<<63 - 1, -1 << 63}).Draw(t, "number"))
	}
}
