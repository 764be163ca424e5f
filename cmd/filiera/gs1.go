package main

import (
	"strings"

	"github.com/spf13/cobra"
	"golang.org/x/text/language"

	"github.com/filiera-chain/filiera/gs1"
)

func gs1Command(e *env) *cobra.Command {
	return e.group("gs1", "gs1.short", gs1Parse(e), gs1Print(e))
}

// labelElement is what is said of one element of a label.
type labelElement struct {
	AI      string `json:"ai"`
	Title   string `json:"title"`
	Value   string `json:"value"`
	Kind    string `json:"kind"`
	Meaning string `json:"meaning"`
	Unit    string `json:"unit,omitempty"`
}

type label struct {
	Elements []labelElement `json:"elements"`
	// Warning says which elements do not go together.
	Warning string `json:"warning,omitempty"`
}

func gs1Parse(e *env) *cobra.Command {
	cmd := e.leaf("parse TEXT", "gs1.parse.short", `
filiera gs1 parse '(01)08012345678907(10)L26-001(17)281231(3103)000250'
filiera gs1 parse ']C1010801234567890710L26-001^17281231'
filiera gs1 parse 'https://id.gs1.org/01/08012345678907/10/L26-001?17=281231' --output json`, cobra.ExactArgs(1),
		func(cmd *cobra.Command, args []string) error {
			elements, err := readLabel(cmd, args[0])
			if err != nil {
				return err
			}
			l := e.describeLabel(elements)
			return e.print(l, func(t *table) {
				t.row("AI", strings.ToUpper(e.t("gs1.what")), strings.ToUpper(e.t("gs1.value")), strings.ToUpper(e.t("gs1.meaning")))
				for _, x := range l.Elements {
					t.row(x.AI, x.Title, x.Value, strings.TrimSpace(e.inWords(x.Meaning)+" "+x.Unit))
				}
				if l.Warning != "" {
					t.row("!", e.t("gs1.warning"), "", l.Warning)
				}
			})
		})
	cmd.Long = e.t("gs1.parse.long")
	return lenient(e, cmd)
}

func lenient(e *env, cmd *cobra.Command) *cobra.Command {
	cmd.Flags().Bool("lenient", false, e.t("flag.lenient"))
	return cmd
}

func readLabel(cmd *cobra.Command, text string) (gs1.Elements, error) {
	read := gs1.Read
	if yes, _ := cmd.Flags().GetBool("lenient"); yes {
		read = gs1.ReadLenient
	}
	elements, err := read(text)
	if err != nil {
		return nil, usageError{err}
	}
	return elements, nil
}

// describeLabel says what each element means. Two-digit years are near this one.
func (e *env) describeLabel(elements gs1.Elements) *label {
	l := &label{Elements: []labelElement{}}
	for _, x := range elements {
		m, err := x.Meaning(e.now().Year())
		if err != nil {
			l.Warning = err.Error()
		}
		switch {
		case m.Kind == "country":
			m.Value = countries(m.Value)
		case m.Kind == "place" && m.Unit != "":
			m.Value, m.Unit = countries(m.Unit)+" "+m.Value, ""
		case m.Kind == "amount" && m.Unit != "":
			m.Unit = currencyOf(m.Unit)
		}
		l.Elements = append(l.Elements, labelElement{x.AI, gs1.Title(x.AI, e.lang), x.Value, m.Kind, m.Value, m.Unit})
	}
	if err := elements.CheckAssociations(); err != nil && l.Warning == "" {
		l.Warning = err.Error()
	}
	return l
}

// inWords writes a decimal number with the sign of the language.
func (e *env) inWords(s string) string {
	if e.lang == "it" && strings.Count(s, ".") == 1 && strings.Trim(s, "0123456789.") == "" {
		return strings.Replace(s, ".", ",", 1)
	}
	return s
}

// countries writes ISO 3166-1 numbers as letters.
func countries(numbers string) string {
	var out []string
	for _, n := range strings.Fields(numbers) {
		if r, err := language.ParseRegion(n); err == nil {
			n = r.String()
		}
		out = append(out, n)
	}
	return strings.Join(out, " ")
}

// currencyOf writes the ISO 4217 numbers of the currencies of trade here as
// letters; others stay numbers.
func currencyOf(number string) string {
	if letters, ok := map[string]string{"978": "EUR", "756": "CHF", "826": "GBP", "840": "USD"}[number]; ok {
		return letters
	}
	return "ISO 4217 " + number
}

// printedLabel is a label in every form.
type printedLabel struct {
	Bracketed string `json:"bracketed"`
	// ElementString holds FNC1 as the character 0x1D; Scanned shows it as ^.
	ElementString string   `json:"element_string"`
	Scanned       string   `json:"scanned"`
	DigitalLink   string   `json:"digital_link,omitempty"`
	Text          []string `json:"text"`
}

func gs1Print(e *env) *cobra.Command {
	cmd := e.leaf("print TEXT", "gs1.print.short", `
filiera gs1 print '(01)08012345678907(10)L26-001(17)281231'
filiera gs1 print '(01)08012345678907(10)L26-001' --stem https://registro.example.org --output json`, cobra.ExactArgs(1),
		func(cmd *cobra.Command, args []string) error {
			elements, err := readLabel(cmd, args[0])
			if err != nil {
				return err
			}
			p := &printedLabel{Bracketed: elements.String(), ElementString: elements.ElementString(), Text: []string{}}
			p.Scanned = "^" + strings.ReplaceAll(p.ElementString, "\x1d", "^")
			stem, _ := cmd.Flags().GetString("stem")
			link, linkErr := elements.CanonicalDigitalLink()
			if stem != "" {
				link, linkErr = elements.DigitalLink(stem)
			}
			if linkErr == nil {
				p.DigitalLink = link
			}
			for _, x := range e.describeLabel(elements).Elements {
				title := x.Title
				if title == "" {
					title = "(" + x.AI + ")"
				}
				p.Text = append(p.Text, title+": "+strings.TrimSpace(e.inWords(x.Meaning)+" "+x.Unit))
			}
			return e.print(p, func(t *table) {
				t.line(e.t("gs1.bracketed"), p.Bracketed)
				t.line(e.t("gs1.scanned"), p.Scanned)
				if linkErr != nil {
					link = linkErr.Error()
				}
				t.line("Digital Link", link)
				for _, line := range p.Text {
					t.line(e.t("gs1.text"), line)
				}
			})
		})
	cmd.Flags().String("stem", "", e.t("flag.stem"))
	return lenient(e, cmd)
}
