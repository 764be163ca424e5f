package rules

import (
	"fmt"
	"strings"
)

// Difference is one thing that two versions of a contract state otherwise.
type Difference struct {
	// Part is the section of the document: version, title, in_force, legal_basis,
	// pending, approval, parameters, zones, facts, mixtures or rules.
	Part string
	// ID names the parameter, zone, fact or rule; empty for what there is one of.
	ID string
	// What is added, removed or changed; figures where a rule stays as it is and
	// a figure that it uses changes.
	What string
	Text Text
}

// In is the parameter's value in words.
func (x *Parameter) In(l Language) string {
	k, u, v := x.read()
	if k.cel.IsExactType(wordsKind.cel) {
		return quoted(x.Set)
	}
	return FormatAmount(integer(v), u, l)
}

// In is the period in words.
func (p Period) In(l Language) string {
	text := Text{"dal ", "from "}.In(l) + p.From.In(l)
	if p.To != 0 {
		text += Text{" al ", " to "}.In(l) + p.To.In(l)
	}
	if p.By == "act" {
		return text + Text{", secondo il giorno dell'atto", ", by the day of the act"}.In(l)
	}
	return text + Text{", secondo il giorno di produzione", ", by the day of production"}.In(l)
}

// Diff says in words what version b states otherwise than version a, in the order
// of the document.
func Diff(a, b *Contract) []Difference {
	d := &differ{a: a, b: b}
	x, y := a.Doc, b.Doc
	d.same("contract", Text{x.ID, x.ID}, Text{y.ID, y.ID})
	d.same("version", number(x.Version), number(y.Version))
	d.same("title", x.Title, y.Title)
	d.same("specification", Text{x.Specification, x.Specification}, Text{y.Specification, y.Specification})
	d.same("in_force", both(x.InForce.In), both(y.InForce.In))
	compareLists(d, "legal_basis", x.LegalBasis, y.LegalBasis, func(v *Act) string { return v.Name }, func(v *Act) Text { return Text{v.Name, v.Name} }, func(p, q *Act) []Text { return d.field("URL", p.URL, q.URL) })
	compareLists(d, "pending", x.Pending, y.Pending, func(v *Amendment) string { return v.Act }, func(v *Amendment) Text {
		return Text{v.Act + ", " + v.Since.In(Italian) + ": " + v.Note.It, v.Act + ", " + v.Since.In(English) + ": " + v.Note.En}
	}, func(p, q *Amendment) []Text {
		return append(d.text(Text{"nota", "note"}, p.Note, q.Note), d.text(Text{"giorno", "day"}, both(p.Since.In), both(q.Since.In))...)
	})
	d.same("approval", both(x.Approval.In), both(y.Approval.In))
	compareLists(d, "parameters", x.Parameters, y.Parameters, func(v *Parameter) string { return v.ID }, func(v *Parameter) Text {
		return Text{v.Label.It + ": " + v.In(Italian), v.Label.En + ": " + v.In(English)}
	}, d.parameter)
	compareLists(d, "zones", x.Zones, y.Zones, func(v *Zone) string { return v.ID }, func(v *Zone) Text { return v.Label }, d.zone)
	compareLists(d, "facts", x.Facts, y.Facts, func(v *Fact) string { return v.ID }, func(v *Fact) Text { return v.Label }, d.fact)
	compareLists(d, "mixtures", x.Mixtures, y.Mixtures, func(v *Mixture) string { return v.ID }, func(v *Mixture) Text { return Text{v.Whole.Text, v.Whole.Text} }, func(p, q *Mixture) []Text {
		return d.named("composizione", "composition", mixtureText(p), mixtureText(q))
	})
	d.rules()
	return d.list
}

type differ struct {
	a, b *Contract
	list []Difference
}

func both(of func(Language) string) Text { return Text{of(Italian), of(English)} }

func number(n int64) Text { return Text{fmt.Sprint(n), fmt.Sprint(n)} }

func (d *differ) same(part string, a, b Text) {
	if a != b {
		d.list = append(d.list, Difference{part, "", "changed", arrow(a, b)})
	}
}

// arrow is "a → b", with — for what is not stated.
func arrow(a, b Text) Text {
	dash := func(s string) string {
		if s == "" {
			return "—"
		}
		return s
	}
	return Text{dash(a.It) + " → " + dash(b.It), dash(a.En) + " → " + dash(b.En)}
}

func (d *differ) text(what, a, b Text) []Text {
	if a == b {
		return nil
	}
	x := arrow(a, b)
	return []Text{{what.It + ": " + x.It, what.En + ": " + x.En}}
}

func (d *differ) field(what, a, b string) []Text {
	return d.text(Text{what, what}, Text{a, a}, Text{b, b})
}

func (d *differ) named(it, en, a, b string) []Text {
	return d.text(Text{it, en}, Text{a, a}, Text{b, b})
}

func joinTexts(list []Text) Text {
	var it, en []string
	for _, t := range list {
		it, en = append(it, t.It), append(en, t.En)
	}
	return Text{strings.Join(it, "; "), strings.Join(en, "; ")}
}

// compareLists tells what of two lists was removed, changed and added.
func compareLists[T any](d *differ, part string, a, b []T, id func(*T) string, words func(*T) Text, changes func(p, q *T) []Text) {
	find := func(list []T, want string) *T {
		for i := range list {
			if id(&list[i]) == want {
				return &list[i]
			}
		}
		return nil
	}
	for i := range a {
		if find(b, id(&a[i])) == nil {
			d.list = append(d.list, Difference{part, id(&a[i]), "removed", words(&a[i])})
		}
	}
	for i := range b {
		old := find(a, id(&b[i]))
		if old == nil {
			d.list = append(d.list, Difference{part, id(&b[i]), "added", words(&b[i])})
			continue
		}
		if list := changes(old, &b[i]); len(list) > 0 {
			d.list = append(d.list, Difference{part, id(&b[i]), "changed", joinTexts(list)})
		}
	}
}

func (d *differ) parameter(p, q *Parameter) []Text {
	out := d.text(q.Label, both(p.In), both(q.In))
	out = append(out, d.text(Text{"nome", "label"}, p.Label, q.Label)...)
	out = append(out, d.named("articolo", "article", p.Article, q.Article)...)
	out = append(out, d.named("fonte", "source", p.Source, q.Source)...)
	out = append(out, d.text(Text{"altre fonti", "other sources"}, p.Conflict, q.Conflict)...)
	out = append(out, d.named("chi può cambiarla", "who may change it", p.Change, q.Change)...)
	out = append(out, d.flag(Text{"senza fonte", "unsourced"}, p.Unsourced, q.Unsourced)...)
	return append(out, d.flag(Text{"indicativa", "says about so much"}, p.About, q.About)...)
}

func (d *differ) flag(what Text, a, b bool) []Text {
	words := map[bool]Text{true: {"sì", "yes"}, false: {"no", "no"}}
	return d.text(what, words[a], words[b])
}

func (d *differ) zone(p, q *Zone) []Text {
	out := d.text(Text{"nome", "label"}, p.Label, q.Label)
	out = append(out, d.named("articolo", "article", p.Article, q.Article)...)
	out = append(out, d.named("fonte", "source", p.Source, q.Source)...)
	sub := &differ{}
	compareLists(sub, "", p.Provinces, q.Provinces, func(v *Province) string { return v.Code }, func(v *Province) Text {
		return Text{"provincia " + v.Name + " (" + v.Code + ")", "province " + v.Name + " (" + v.Code + ")"}
	}, func(p, q *Province) []Text { return nil })
	compareLists(sub, "", p.Places, q.Places, func(v *Municipality) string { return v.Code }, func(v *Municipality) Text { return both(v.In) }, func(p, q *Municipality) []Text {
		return sub.text(Text{q.Name, q.Name}, both(p.In), both(q.In))
	})
	marks := map[string]Text{"added": {"aggiunto ", "added "}, "removed": {"tolto ", "removed "}, "changed": {"", ""}}
	for _, x := range sub.list {
		out = append(out, Text{marks[x.What].It + x.Text.It, marks[x.What].En + x.Text.En})
	}
	return out
}

// In is a municipality in words: name, code, part and the days of its code.
func (m *Municipality) In(l Language) string {
	text := m.Name + " (" + m.Code
	if m.Part {
		text += Text{", in parte", ", in part"}.In(l)
	}
	if m.From != 0 {
		text += Text{", dal ", ", from "}.In(l) + m.From.In(l)
	}
	if m.To != 0 {
		text += Text{", fino al ", ", to "}.In(l) + m.To.In(l)
	}
	if len(m.Successors) > 0 {
		text += Text{", poi ", ", then "}.In(l) + strings.Join(m.Successors, ", ")
	}
	return text + ")"
}

// In is who approves, in words: "2 tra autorità, organismo di controllo".
func (x Approval) In(l Language) string {
	if len(x.By) == 0 {
		return ""
	}
	who := make([]string, 0, len(x.By))
	for _, w := range x.By {
		who = append(who, RoleWords(w, l))
	}
	return fmt.Sprint(x.AtLeast) + Text{" tra ", " of "}.In(l) + strings.Join(who, ", ")
}

// RoleWords call who approves a contract or changes its figures.
func RoleWords(role string, l Language) string {
	t, known := map[string]Text{"authority": {"autorità", "authority"}, "consortium": {"consorzio", "consortium"}, "control_body": {"organismo di controllo", "control body"}, "nobody": {"nessuno", "nobody"}, "": {"nessuno", "nobody"}}[role]
	if !known {
		return role
	}
	return t.In(l)
}

func (d *differ) fact(p, q *Fact) []Text {
	out := d.text(Text{"nome", "label"}, p.Label, q.Label)
	out = append(out, d.named("tipo", "kind", p.Kind, q.Kind)...)
	out = append(out, d.named("unità", "unit", p.Unit, q.Unit)...)
	return append(out, d.named("parole", "words", strings.Join(p.Values, ", "), strings.Join(q.Values, ", "))...)
}

func mixtureText(m *Mixture) string {
	parts := make([]string, 0, len(m.Parts))
	for _, p := range m.Parts {
		parts = append(parts, p.Text)
	}
	return fmt.Sprintf("%s = %s (%v)", m.Whole.Text, strings.Join(parts, " + "), m.Closed)
}

func (d *differ) rules() {
	words := map[string][2][2]Plain{}
	for side, c := range []*Contract{d.a, d.b} {
		for _, l := range []Language{Italian, English} {
			for _, p := range c.Plain(l) {
				both := words[p.Rule.ID]
				both[side][l] = p
				words[p.Rule.ID] = both
			}
		}
	}
	compareLists(d, "rules", d.a.Doc.Rules, d.b.Doc.Rules, func(v *Rule) string { return v.ID }, func(v *Rule) Text {
		w := words[v.ID]
		side := 0
		if w[0][Italian].Rule == nil {
			side = 1
		}
		return Text{w[side][Italian].Asks + " (" + w[side][Italian].Then + ")", w[side][English].Asks + " (" + w[side][English].Then + ")"}
	}, func(p, q *Rule) []Text {
		w := words[q.ID]
		return d.rule(p, q, func(of func(*Plain) string) (Text, Text) {
			return Text{of(&w[0][Italian]), of(&w[0][English])}, Text{of(&w[1][Italian]), of(&w[1][English])}
		})
	})
	for i := range d.list {
		if x := &d.list[i]; x.Part == "rules" && x.What == "changed" && d.onlyFigures(x.ID) {
			x.What = "figures"
		}
	}
}

func (d *differ) rule(p, q *Rule, words func(func(*Plain) string) (Text, Text)) []Text {
	var out []Text
	for _, x := range []struct {
		what Text
		of   func(*Plain) string
	}{
		{Text{"chiede", "asks"}, func(p *Plain) string { return p.Asks }},
		{Text{"si applica a", "applies to"}, func(p *Plain) string { return p.Each }},
		{Text{"si applica se", "applies if"}, func(p *Plain) string { return p.When }},
		{Text{"momento", "moment"}, func(p *Plain) string { return p.On }},
		{Text{"conseguenza", "consequence"}, func(p *Plain) string { return p.Then }},
		{Text{"effetti", "effects"}, func(p *Plain) string { return strings.Join(p.Effects, ", ") }},
	} {
		a, b := words(x.of)
		out = append(out, d.text(x.what, a, b)...)
	}
	out = append(out, d.text(Text{"nome", "label"}, p.Label, q.Label)...)
	out = append(out, d.named("articolo", "article", p.Article, q.Article)...)
	out = append(out, d.text(Text{"frase", "sentence"}, p.Say, q.Say)...)
	if len(out) == 0 && expressions(p) != expressions(q) {
		out = append(out, Text{"scritta in altro modo: " + expressions(p) + " → " + expressions(q), "written otherwise: " + expressions(p) + " → " + expressions(q)})
	}
	return out
}

// onlyFigures tells that a rule is written the same in both versions.
func (d *differ) onlyFigures(id string) bool {
	find := func(c *Contract) *Rule {
		for i := range c.Doc.Rules {
			if c.Doc.Rules[i].ID == id {
				return &c.Doc.Rules[i]
			}
		}
		return &Rule{}
	}
	p, q := find(d.a), find(d.b)
	return expressions(p) == expressions(q) && p.Severity == q.Severity && p.Article == q.Article && p.Label == q.Label && p.Say == q.Say && strings.Join(p.On, " ") == strings.Join(q.On, " ")
}

// expressions are what a rule is, as it is written.
func expressions(r *Rule) string {
	var out []string
	for _, x := range []struct {
		key  string
		text string
	}{{"each", r.Each}, {"when", r.When.Text}, {"value", r.Value.Text}, {"of", r.Of.Text}, {"min", r.Min.Text}, {"above", r.Above.Text}, {"max", r.Max.Text}, {"below", r.Below.Text}, {"in", r.In.Text}, {"require", r.Require.Text}} {
		if x.text != "" {
			out = append(out, x.key+" "+x.text)
		}
	}
	for _, e := range r.Effects {
		out = append(out, e.Do+" "+e.If+" "+e.Value.Text)
	}
	return strings.Join(out, ", ")
}
