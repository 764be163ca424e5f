package rules

import (
	"strings"
)

// checkSay refuses sentences that name what the rule does not look at.
func (r *rule) checkSay(p *problems) {
	for _, text := range []string{r.Say.It, r.Say.En} {
		for _, name := range placeholders(text) {
			if name == "found" || name == "required" {
				continue
			}
			var known []string
			ok := false
			for _, o := range r.operands {
				known = append(known, o.text)
				ok = ok || o.text == name
			}
			if !ok {
				p.add(r.At, "%s: the sentence has {%s}, at which the rule does not look%s", r.ID, clip(name), suggest(name, append(known, "found", "required")))
			}
		}
	}
}

func placeholders(text string) []string {
	var out []string
	for {
		name, is := between(text, "{", "}")
		if !is {
			return out
		}
		out = append(out, name)
		_, text, _ = strings.Cut(text, "}")
	}
}

// Found is what was found, in words.
func (res *Result) Found(l Language) string {
	r := res.rule
	switch {
	case res.Outcome == Missing || res.Outcome == Broken || res.Outcome == Idle || r.value == nil:
		return ""
	case r.set != nil:
		return res.Word
	case r.of != nil:
		return formatRatio(res.Value, r.factor, res.Of, r.unit, l)
	}
	return FormatAmount(res.Value, r.unit, l)
}

// Required is what is asked, in words: "≥ 15 giorni", "32–42 %".
func (res *Result) Required(l Language) string {
	r := res.rule
	var parts []string
	if res.Lower != nil {
		sign := "≥ "
		if r.above != nil {
			sign = "> "
		}
		parts = append(parts, sign+FormatAmount(*res.Lower, r.unit, l))
	}
	if res.Upper != nil {
		sign := "≤ "
		if r.below != nil {
			sign = "< "
		}
		parts = append(parts, sign+FormatAmount(*res.Upper, r.unit, l))
	}
	return strings.Join(parts, [...]string{" e ", " and "}[l])
}

// Message says in words how the rule ended, with what it looked at filled in.
func (res *Result) Message(l Language) string {
	r := res.rule
	label := r.Label.In(l)
	article := ""
	if r.Article != "" {
		article = " (" + r.Article + ")"
	}
	switch res.Outcome {
	case Missing:
		return label + article + ": " + res.lacking(l)
	case Broken:
		return label + article + ": " + [...]string{"non si può valutare", "cannot be evaluated"}[l] + " [" + res.Code + "] " + res.What
	case Idle:
		return label + article + ": " + [...]string{"non si applica", "does not apply"}[l]
	case Fail:
		if r.Say != (Text{}) {
			return res.fill(r.Say.In(l), l) + article
		}
	}
	return label + article + res.plain(l)
}

// lackingWords are for what functions lack, which is no name of the contract.
var lackingWords = map[string]Text{
	"municipality":          fieldWords["Place.municipality"],
	"the list":              {"l'elenco è vuoto", "the list is empty"},
	"an amount of the list": {"una quantità dell'elenco", "an amount of the list"},
	"the time of day":       {"l'ora d'inizio e di fine", "the time of day of beginning and end"},
}

func (res *Result) lacking(l Language) string {
	what := res.What
	for _, o := range res.rule.operands {
		if o.text == what || len(o.fields) > 0 && o.fields[len(o.fields)-1] == what {
			what = o.label.In(l)
			break
		}
	}
	for _, b := range builtins {
		if b.name == what {
			what = b.doc.In(l)
		}
	}
	if w, has := lackingWords[what]; has {
		what = w.In(l)
	}
	if res.Code == CodeQuantified {
		return what + [...]string{": sotto il limite di quantificazione, e questo non basta a decidere", ": below what the method quantifies, which does not decide"}[l]
	}
	return [...]string{"manca: ", "not known: "}[l] + what
}

// plain says what was required and found, for rules that bring no sentence.
func (res *Result) plain(l Language) string {
	r := res.rule
	switch {
	case r.set != nil:
		return [...]string{": trovato ", ": found "}[l] + res.Word
	case r.value != nil:
		return ": " + [...]string{"richiesto ", "required "}[l] + res.Required(l) + [...]string{", trovato ", ", found "}[l] + res.Found(l)
	case res.Outcome == Pass:
		return [...]string{": rispettato", ": met"}[l]
	}
	return [...]string{": non rispettato", ": not met"}[l] + res.listing(l)
}

// listing names what a condition looked at.
func (res *Result) listing(l Language) string {
	var parts []string
	for _, o := range res.Operands {
		if text := o.In(l); text != "" {
			parts = append(parts, o.Name+" = "+text)
		}
	}
	if len(parts) == 0 {
		return ""
	}
	return " (" + strings.Join(parts, ", ") + ")"
}

// In is the operand's value in words; empty for records, and "?" for what is not
// known.
func (o *Operand) In(l Language) string {
	switch {
	case !o.Known:
		return "?"
	case o.Kind == "flag":
		return map[string][2]string{"true": {"sì", "yes"}, "false": {"no", "no"}}[o.Word][l]
	case o.Kind == "word":
		return o.Word
	case o.Kind == "number":
		return FormatAmount(o.Number, o.Unit, l)
	case o.Kind == "list":
		return FormatAmount(o.Number, unitOf(Number), l)
	}
	return ""
}

// fill puts values into a sentence.
func (res *Result) fill(text string, l Language) string {
	pairs := []string{"{found}", res.Found(l), "{required}", res.Required(l)}
	for _, o := range res.Operands {
		pairs = append(pairs, "{"+o.Name+"}", o.In(l))
	}
	// In one pass: a word that was found may look like a name in braces.
	return strings.NewReplacer(pairs...).Replace(text)
}
