package rules

import (
	"reflect"
	"strings"

	"go.yaml.in/yaml/v3"
)

// Parse reads a contract document and checks its shape, not its expressions,
// which [Compile] does. The error is [Problems].
func Parse(data []byte) (*Document, error) {
	p := &problems{}
	doc := &Document{}
	if root := parseYAML(data, p); root != nil {
		decodeInto(root, reflect.ValueOf(doc).Elem(), "the contract", p)
		// What is amiss with the shape would show again here, as what follows from it.
		if len(p.list) == 0 {
			doc.check(p)
		}
	}
	if err := p.err(); err != nil {
		return nil, err
	}
	return doc, nil
}

// ReadYAML reads a YAML document of any shape of this package's kind into what v
// points to, as strictly as contracts are read. The error is [Problems].
func ReadYAML(data []byte, v any, what string) error {
	p := &problems{}
	if root := parseYAML(data, p); root != nil {
		decodeInto(root, reflect.ValueOf(v).Elem(), what, p)
	}
	return p.err()
}

// ReadFacts reads the facts of a case from a YAML node. The error is [Problems].
func ReadFacts(n *yaml.Node) (*Facts, error) {
	p := &problems{}
	f := &Facts{}
	decodeInto(n, reflect.ValueOf(f).Elem(), "the case", p)
	if err := p.err(); err != nil {
		return nil, err
	}
	return f, nil
}

// Bounds of what a contract has.
const (
	maxRules      = 200
	maxParameters = 300
	maxFacts      = 200
	maxZones      = 20
	maxPlaces     = 1000
)

func (d *Document) check(p *problems) {
	name(p, d.At, "contract", d.ID, true)
	if d.Specification != "" {
		name(p, d.At, "specification", d.Specification, true)
	}
	if d.Version < 1 {
		p.add(d.At, "version counts from 1")
	}
	if len(d.LegalBasis) == 0 {
		p.add(d.At, "the contract has no legal basis: a rule that nothing gives force to is not executed")
	}
	for _, a := range d.LegalBasis {
		if strings.TrimSpace(a.Name) == "" {
			p.add(a.At, "an act of the legal basis has no name")
		}
	}
	if d.InForce.To != 0 && d.InForce.To < d.InForce.From {
		p.add(d.InForce.At, "the last day in force, %s, is before the first, %s", d.InForce.To, d.InForce.From)
	}
	if n := int64(len(d.Approval.By)); n > 0 && (d.Approval.AtLeast < 1 || d.Approval.AtLeast > n) {
		p.add(d.Approval.At, "at_least is between 1 and %d, as many as may approve", n)
	}
	for _, b := range []struct {
		what     string
		has, may int
	}{{"rules", len(d.Rules), maxRules}, {"parameters", len(d.Parameters), maxParameters}, {"facts", len(d.Facts), maxFacts}, {"zones", len(d.Zones), maxZones}} {
		if b.has > b.may {
			p.add(d.At, "the contract has %d %s; at most %d are read", b.has, b.what, b.may)
		}
	}
	if len(d.Rules) == 0 {
		p.add(d.At, "the contract has no rule")
	}
	d.checkNames(p)
	for i := range d.Parameters {
		d.Parameters[i].check(p)
	}
	for i := range d.Facts {
		d.Facts[i].check(p)
	}
	for i := range d.Zones {
		d.Zones[i].check(p)
	}
	for i := range d.Rules {
		d.Rules[i].check(p)
	}
}

func name(p *problems, at Pos, what, text string, dashes bool) {
	if err := checkName(text, dashes); err != nil {
		p.add(at, "%s: %v", what, err)
	}
}

// checkNames refuses a name that two things have, or that the language has.
func (d *Document) checkNames(p *problems) {
	seen := map[string]string{}
	for _, v := range builtins {
		seen[v.name] = "the language"
	}
	for _, w := range reserved {
		seen[w] = "the language"
	}
	take := func(at Pos, what, id string) {
		name(p, at, what, id, false)
		if other, twice := seen[id]; twice {
			p.add(at, "the name %s belongs to %s already", clip(id), other)
		}
		seen[id] = what
	}
	for _, x := range d.Parameters {
		take(x.At, "a parameter", x.ID)
	}
	for _, x := range d.Facts {
		take(x.At, "a fact", x.ID)
	}
	for _, x := range d.Zones {
		take(x.At, "a zone", x.ID)
	}
	rules := map[string]bool{}
	for _, r := range d.Rules {
		name(p, r.At, "rule", r.ID, true)
		if rules[r.ID] {
			p.add(r.At, "two rules are called %s", clip(r.ID))
		}
		rules[r.ID] = true
	}
}

// reserved are words that CEL keeps.
var reserved = []string{"as", "break", "const", "continue", "else", "false", "for", "function", "if", "import", "in", "let", "loop", "package", "namespace", "null", "return", "true", "var", "void", "while"}

func (x *Parameter) check(p *problems) {
	given := 0
	if x.Value != "" {
		given++
		if _, _, err := ParseAmount(x.Value); err != nil {
			p.add(x.At, "%s: %v", x.ID, err)
		}
	}
	if x.Day != "" {
		given++
		if _, err := parseYearDay(x.Day); err != nil {
			p.add(x.At, "%s: %v", x.ID, err)
		}
	}
	if x.Date != 0 {
		given++
	}
	if len(x.Set) > 0 {
		given++
	}
	if len(x.Set) > maxList {
		p.add(x.At, "%s has %d words; at most %d are read", x.ID, len(x.Set), maxList)
	}
	for _, w := range x.Set {
		if len(w) > maxWord {
			p.add(x.At, "%s: the word %q is longer than %d bytes", x.ID, clip(w), maxWord)
		}
	}
	if given != 1 {
		p.add(x.At, "%s has one of value, day, date and set", x.ID)
	}
	if x.Source == "" && !x.Unsourced {
		p.add(x.At, "%s has no source: name the page that was read, or mark it unsourced", x.ID)
	}
	if x.Source != "" && x.Unsourced {
		p.add(x.At, "%s has a source and is marked unsourced", x.ID)
	}
}

func (x *Fact) check(p *problems) {
	if (x.Kind == "measure") != (x.Unit != "") {
		p.add(x.At, "%s: a measure has a unit, and nothing else has", x.ID)
	}
	if x.Unit != "" {
		if _, known := FindUnit(x.Unit); !known {
			p.add(x.At, "%s: %q is no unit known here%s", x.ID, clip(x.Unit), suggest(x.Unit, unitNames()))
		}
	}
	if (x.Kind == "word") != (len(x.Values) > 0) {
		p.add(x.At, "%s: a word has values, and nothing else has", x.ID)
	}
}

func (x *Zone) check(p *problems) {
	if len(x.Places)+len(x.Provinces) == 0 {
		p.add(x.At, "%s has no municipality and no province", x.ID)
	}
	if len(x.Places) > maxPlaces {
		p.add(x.At, "%s has %d municipalities; at most %d are read", x.ID, len(x.Places), maxPlaces)
	}
	for _, c := range x.Provinces {
		if len(c.Code) != 3 || !allDigits(c.Code) {
			p.add(c.At, "%q is no ISTAT code of a province: 3 digits", clip(c.Code))
		}
	}
	seen := map[string]bool{}
	for _, m := range x.Places {
		for _, code := range append([]string{m.Code}, m.Successors...) {
			if len(code) != 6 || !allDigits(code) {
				p.add(m.At, "%q is no ISTAT code of a municipality: 6 digits", clip(code))
			}
		}
		if seen[m.Code] {
			p.add(m.At, "%s stands twice in %s", m.Code, x.ID)
		}
		seen[m.Code] = true
		if m.To != 0 && m.To < m.From {
			p.add(m.At, "the last day of %s is before its first", m.Code)
		}
		if len(m.Successors) > 0 && m.To == 0 {
			p.add(m.At, "%s has successors and no last day", m.Code)
		}
	}
}

func (r *Rule) check(p *problems) {
	if len(r.On) == 0 {
		p.add(r.At, "%s is judged at no trigger", r.ID)
	}
	limits := 0
	for _, l := range []Expr{r.Min, r.Max, r.Above, r.Below, r.In} {
		if l.Text != "" {
			limits++
		}
	}
	switch {
	case (r.Value.Text == "") == (r.Require.Text == ""):
		p.add(r.At, "%s has either value, with limits, or require", r.ID)
	case r.Value.Text != "" && limits == 0:
		p.add(r.At, "%s has a value and no limit: give min, max, above, below or in", r.ID)
	case r.Require.Text != "" && (limits > 0 || r.Of.Text != ""):
		p.add(r.At, "%s has require, which takes no limits", r.ID)
	case r.In.Text != "" && limits > 1 || r.In.Text != "" && r.Of.Text != "":
		p.add(r.At, "%s has in, which stands alone", r.ID)
	case r.Min.Text != "" && r.Above.Text != "" || r.Max.Text != "" && r.Below.Text != "":
		p.add(r.At, "%s has two limits on one side", r.ID)
	}
	for _, e := range r.Effects {
		if (e.Do == "request_control") == (e.Value.Text != "") {
			p.add(e.At, "%s: request_control has no value, and every other effect has one", r.ID)
		}
	}
}
