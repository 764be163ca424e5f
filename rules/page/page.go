// Package page writes a contract as a page of HTML that a consortium reads, prints
// and approves: figures with their sources, rules in plain words, territory, dates,
// and lines to sign. The page needs nothing from elsewhere and runs no scripts.
package page

import (
	"bytes"
	_ "embed"
	"encoding/hex"
	"fmt"
	"html/template"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/filiera-chain/filiera/rules"
)

//go:embed page.html
var source string

var layout = template.Must(template.New("page").Funcs(template.FuncMap{"word": func(string) string { return "" }}).Parse(source))

// Write makes the page of a contract in a language.
func Write(c *rules.Contract, l rules.Language) ([]byte, error) {
	t, err := layout.Clone()
	if err != nil {
		return nil, err
	}
	t.Funcs(template.FuncMap{"word": func(key string) (string, error) {
		w, known := words[key]
		if !known {
			return "", fmt.Errorf("no word %q", key)
		}
		return w.In(l), nil
	}})
	var b bytes.Buffer
	if err := t.Execute(&b, contentOf(c, l)); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

// content is what the page shows, each text in its language.
type content struct {
	Lang, Title, ID, Specification, InForce, Hash, Approval string
	Version                                                 int64
	Acts                                                    []rules.Act
	Pending                                                 []pending
	Figures                                                 []figure
	Rules                                                   []ruled
	Facts                                                   []fact
	Zones                                                   []zone
	Findings                                                []finding
	Signers                                                 []string
}

type pending struct{ Act, URL, Since, Note string }

type figure struct {
	ID, Label, Value, Article, Source, Conflict, Change string
	Unsourced, About                                    bool
}

type ruled struct {
	Number                                                int
	ID, Label, Article, On, Each, When, Asks, Then, Grave string
	Effects                                               []string
	Sentence                                              string
	Expressions                                           []expression
}

type expression struct{ Key, Text string }

type fact struct{ Label, Kind, Detail string }

type zone struct {
	Label, Article, Source string
	Provinces, Places      []string
	HasPart                bool
}

type finding struct{ Level, Word, Text string }

func contentOf(c *rules.Contract, l rules.Language) *content {
	d := c.Doc
	out := &content{Lang: [...]string{"it", "en"}[l], Title: d.Title.In(l), ID: d.ID, Specification: d.Specification, InForce: d.InForce.In(l), Hash: hex.EncodeToString(c.Hash[:]), Version: d.Version, Acts: d.LegalBasis, Approval: d.Approval.In(l)}
	for _, a := range d.Pending {
		out.Pending = append(out.Pending, pending{a.Act, a.URL, a.Since.In(l), a.Note.In(l)})
	}
	for i := range d.Parameters {
		out.Figures = append(out.Figures, figureOf(&d.Parameters[i], l))
	}
	for i, p := range c.Plain(l) {
		out.Rules = append(out.Rules, ruledOf(i+1, &p, l))
	}
	for i := range d.Facts {
		out.Facts = append(out.Facts, factOf(&d.Facts[i], l))
	}
	for i := range d.Zones {
		out.Zones = append(out.Zones, zoneOf(&d.Zones[i], l))
	}
	for _, f := range c.Findings() {
		out.Findings = append(out.Findings, finding{string(f.Level), words[string(f.Level)].In(l), f.Text.In(l)})
	}
	for _, w := range d.Approval.By {
		out.Signers = append(out.Signers, rules.RoleWords(w, l))
	}
	return out
}

// capital begins a sentence, but for pH and its like.
func capital(s string) string {
	if s == "" {
		return ""
	}
	r, n := utf8.DecodeRuneInString(s)
	if next, _ := utf8.DecodeRuneInString(s[n:]); unicode.IsUpper(next) {
		return s
	}
	return string(unicode.ToUpper(r)) + s[n:]
}

func figureOf(x *rules.Parameter, l rules.Language) figure {
	f := figure{ID: x.ID, Label: capital(x.Label.In(l)), Value: x.In(l), Article: x.Article, Source: x.Source, Conflict: x.Conflict.In(l), Unsourced: x.Unsourced, About: x.About}
	if x.Change != "" && x.Change != "nobody" {
		f.Change = rules.RoleWords(x.Change, l)
	}
	return f
}

func ruledOf(number int, p *rules.Plain, l rules.Language) ruled {
	r := p.Rule
	out := ruled{Number: number, ID: r.ID, Label: capital(r.Label.In(l)), Article: r.Article, On: capital(p.On), Each: capital(p.Each), When: capital(p.When), Asks: capital(p.Asks), Then: capital(p.Then), Grave: r.Severity, Effects: p.Effects}
	out.Sentence = strings.NewReplacer("{found}", "["+words["found"].In(l)+"]", "{required}", "["+words["required"].In(l)+"]", "{", "[", "}", "]").Replace(r.Say.In(l))
	for _, x := range []expression{{"when", r.When.Text}, {"value", r.Value.Text}, {"of", r.Of.Text}, {"min", r.Min.Text}, {"above", r.Above.Text}, {"max", r.Max.Text}, {"below", r.Below.Text}, {"in", r.In.Text}, {"require", r.Require.Text}} {
		if x.Text != "" {
			out.Expressions = append(out.Expressions, x)
		}
	}
	return out
}

func factOf(x *rules.Fact, l rules.Language) fact {
	f := fact{Label: capital(x.Label.In(l)), Kind: words["kind."+x.Kind].In(l)}
	switch {
	case x.Unit != "":
		f.Detail = x.Unit
	case len(x.Values) > 0:
		f.Detail = strings.Join(x.Values, ", ")
	}
	return f
}

func zoneOf(x *rules.Zone, l rules.Language) zone {
	z := zone{Label: capital(x.Label.In(l)), Article: x.Article, Source: x.Source}
	for _, p := range x.Provinces {
		z.Provinces = append(z.Provinces, p.Name+" ("+p.Code+")")
	}
	for i := range x.Places {
		z.Places = append(z.Places, x.Places[i].In(l))
		z.HasPart = z.HasPart || x.Places[i].Part
	}
	return z
}
