package rules

import (
	"fmt"
	"reflect"
	"sort"
	"strings"

	"cel.dev/cel-go/cel"
)

// Keys lists as Markdown the keys of a document whose Go type is that of v, and
// those of everything in it, each kind of mapping once.
func Keys(v any) string {
	var b strings.Builder
	seen := map[reflect.Type]bool{reflect.TypeFor[Text](): true}
	queue := []reflect.Type{reflect.TypeOf(v)}
	for len(queue) > 0 {
		t := queue[0]
		queue = queue[1:]
		if seen[t] {
			continue
		}
		seen[t] = true
		fmt.Fprintf(&b, "\n### %s\n\n| Key | | Meaning |\n| --- | --- | --- |\n", t.Name())
		for _, f := range fieldsOf(t) {
			need := ""
			if f.required {
				need = "required"
			}
			of := t.Field(f.index).Type
			fmt.Fprintf(&b, "| `%s` | %s | %s%s |\n", f.name, need, f.doc, formOf(of, f))
			if of.Kind() == reflect.Slice {
				of = of.Elem()
			}
			if _, word := reflect.New(of).Interface().(scalar); of.Kind() == reflect.Struct && !word && of.PkgPath() != "go.yaml.in/yaml/v3" {
				queue = append(queue, of)
			}
		}
	}
	return b.String()
}

// formOf says how a key's value is written.
func formOf(t reflect.Type, f field) string {
	var words []string
	for _, w := range f.words {
		words = append(words, "`"+w+"`")
	}
	inner := t
	if t.Kind() == reflect.Slice {
		inner = t.Elem()
	}
	_, word := reflect.New(inner).Interface().(scalar)
	record := inner.Kind() == reflect.Struct && !word && inner.PkgPath() != "go.yaml.in/yaml/v3"
	switch {
	case len(words) > 0 && t.Kind() == reflect.Slice:
		return " A list of " + strings.Join(words, ", ") + "."
	case len(words) > 0:
		return " One of " + strings.Join(words, ", ") + "."
	case f.named:
		return " A mapping from names to " + inner.Name() + "."
	case record && inner == reflect.TypeFor[Text]():
		return " `it` and `en`."
	case record && t.Kind() == reflect.Slice:
		return " A list of " + inner.Name() + "."
	case record:
		return " See " + inner.Name() + "."
	}
	return ""
}

// Reference describes as Markdown what expressions may use: names, fields,
// functions, operators, units.
func Reference() string {
	var b strings.Builder
	b.WriteString("\n## Names that every contract has\n\n| Name | Type | |\n| --- | --- | --- |\n")
	for _, v := range builtins {
		fmt.Fprintf(&b, "| `%s` | %s | %s |\n", v.name, kindName(v.kind), v.doc.En)
	}
	fmt.Fprintf(&b, "| `%s` | an entry | the entry that a rule with `each` is judged for |\n", entryName)
	for _, name := range objectNames() {
		fmt.Fprintf(&b, "\n### Fields of %s\n\n| Field | Type | |\n| --- | --- | --- |\n", name)
		for _, f := range objects[name].fields {
			fmt.Fprintf(&b, "| `%s` | %s | %s |\n", f.name, kindName(f.kind), f.doc)
		}
	}
	b.WriteString("\n## Functions\n")
	for _, f := range functionTable {
		fmt.Fprintf(&b, "\n**`%s`** %s Example: `%s`.\n", f.Signature, f.Doc.En, f.Example)
	}
	referenceOfUnits(&b)
	return b.String()
}

// kindName is a type as the reference calls it.
func kindName(k kind) string {
	switch k.cel.Kind() {
	case cel.IntKind:
		return k.dim.String()
	case cel.BoolKind:
		return "yes or no"
	case cel.StringKind:
		return "word"
	case cel.ListKind:
		return "list of " + kindName(kind{cel: k.cel.Parameters()[0]})
	}
	return k.cel.TypeName()
}

func referenceOfUnits(b *strings.Builder) {
	others := map[string][]string{}
	for _, s := range sortedNames(spellings) {
		if s != "" {
			others[spellings[s]] = append(others[spellings[s]], s)
		}
	}
	b.WriteString("\n## Units\n\nValues of one dimension compare with one another, and with no others. Each value is a whole number of the smallest unit that is kept; a finer one is refused, never rounded.\n\n| Dimension | Units (and other spellings) | Kept to |\n| --- | --- | --- |\n")
	for d := range dimensions {
		var names []string
		for _, u := range units {
			if u.Dim != d {
				continue
			}
			name := "`" + u.Name + "`"
			if list := others[u.Name]; len(list) > 0 {
				name += " (" + strings.Join(list, ", ") + ")"
			}
			names = append(names, name)
		}
		if len(names) > 0 {
			fmt.Fprintf(b, "| %s | %s | %s |\n", d, strings.Join(names, ", "), FormatAmount(1, unitOf(d), English))
		}
	}
	b.WriteString("\n## Quotients\n\nWhat `of` may divide, beside a value by another of its own dimension, which gives a share or ratio.\n\n| Value | `of` | Limit |\n| --- | --- | --- |\n")
	list := append(quotients[:0:0], quotients...)
	sort.SliceStable(list, func(i, j int) bool { return list[i].over < list[j].over })
	for _, q := range list {
		fmt.Fprintf(b, "| %s | %s | %s |\n", q.over, q.under, q.is)
	}
}
