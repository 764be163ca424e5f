package rules

import "strings"

// Plain is a rule in words, for people who read no expressions.
type Plain struct {
	Rule *Rule
	// On says when it is judged, Each for what, When on what condition.
	On, Each, When string
	// Asks says what must hold, Then what follows when it does not.
	Asks, Then string
	Effects    []string
	// Figures are the parameters that it uses.
	Figures []*Parameter
}

// TriggerWords say when rules of a trigger are judged.
func TriggerWords(on Trigger, l Language) string {
	return map[Trigger]Text{
		OnBatch:       {"registrazione del lotto", "registration of the batch"},
		OnEvent:       {"registrazione di un evento", "capture of an event"},
		OnAttestation: {"presentazione dell'attestazione", "submission of the attestation"},
		OnUnits:       {"emissione delle unità", "issue of units"},
		OnCustody:     {"offerta di custodia", "offer of custody"},
		OnNotice:      {"comunicazione", "notice"},
	}[on].In(l)
}

// SeverityWords say what follows when a rule is not met.
func SeverityWords(severity string, l Language) string {
	return map[string]Text{
		"refuse":              {"la transazione è rifiutata", "the transaction is refused"},
		"hold":                {"il lotto è sospeso", "the batch is put on hold"},
		"warn":                {"solo avviso", "a warning only"},
		"require_attestation": {"serve l'attestazione dell'organismo di controllo", "an attestation of the control body is needed"},
	}[severity].In(l)
}

// Plain puts every rule in words.
func (c *Contract) Plain(l Language) []Plain {
	out := make([]Plain, 0, len(c.rules))
	for _, r := range c.rules {
		out = append(out, c.plain(r, l))
	}
	return out
}

func (c *Contract) plain(r *rule, l Language) Plain {
	p := Plain{Rule: r.Rule, Then: SeverityWords(r.Severity, l), Asks: c.asks(r, l)}
	var on []string
	for _, t := range r.On {
		on = append(on, TriggerWords(Trigger(t), l))
	}
	p.On = strings.Join(on, ", ")
	if r.Each != "" {
		p.Each = lists[r.Each].each.In(l)
	}
	if r.when != nil {
		p.When = c.tell(r.when, r.Each, l)
	}
	for i, e := range r.Effects {
		p.Effects = append(p.Effects, c.effectWords(e, r.effects[i], r.Each, l))
	}
	seen := map[*Parameter]bool{}
	for _, e := range r.all() {
		for _, i := range c.slotsOf(e) {
			if x := c.names[i].param; x != nil && !seen[x] {
				seen[x] = true
				p.Figures = append(p.Figures, x)
			}
		}
	}
	return p
}

// asks says what a rule asks: "durata a ore (essiccazione): almeno 24 h".
func (c *Contract) asks(r *rule, l Language) string {
	if r.require != nil {
		return c.tell(r.require, r.Each, l)
	}
	value := c.tell(r.value, r.Each, l)
	if r.of != nil {
		value += Text{", rispetto a ", ", in relation to "}.In(l) + c.tell(r.of, r.Each, l)
	}
	if r.set != nil {
		return value + Text{": uno tra ", ": one of "}.In(l) + c.tell(r.set, r.Each, l)
	}
	var limits []string
	for _, x := range []struct {
		e      *expr
		number Text
		date   Text
	}{
		{r.min, Text{"almeno ", "at least "}, Text{"non prima di ", "not before "}},
		{r.above, Text{"più di ", "more than "}, Text{"dopo ", "after "}},
		{r.max, Text{"al più ", "at most "}, Text{"non dopo ", "not after "}},
		{r.below, Text{"meno di ", "less than "}, Text{"prima di ", "before "}},
	} {
		if x.e == nil {
			continue
		}
		word := x.number
		if d := x.e.dim; d == Day || d == Instant || d == YearDay {
			word = x.date
		}
		limits = append(limits, word.In(l)+c.tell(x.e, r.Each, l))
	}
	return value + ": " + strings.Join(limits, Text{" e ", " and "}.In(l))
}

func (c *Contract) effectWords(e Effect, x *expr, each string, l Language) string {
	value := e.Value.Text
	if x != nil {
		value = c.tell(x, each, l)
	}
	text := map[string]Text{
		"set_status":      {"lo stato del lotto diventa «" + value + "»", "the status of the batch becomes «" + value + "»"},
		"hold_until":      {"il lotto resta fermo fino a " + value, "the batch stays on hold until " + value},
		"request_control": {"si chiede un controllo all'organismo", "a control is requested of the control body"},
		"award":           {"punti assegnati: " + value, "points awarded: " + value},
	}[e.Do]
	if e.If == "pass" {
		return Text{"se è rispettata, ", "if it is met, "}.In(l) + text.In(l)
	}
	return Text{"se non è rispettata, ", "if it is not met, "}.In(l) + text.In(l)
}
