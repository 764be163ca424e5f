package verify

import (
	"encoding/hex"
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	certv1 "github.com/filiera-chain/filiera/api/cert/v1"
	registryv1 "github.com/filiera-chain/filiera/api/registry/v1"
)

func TestJudge(t *testing.T) {
	codes := map[string]Code{}
	for _, c := range Codes() {
		codes[c.ID] = c
	}
	seen, verdicts := map[string]bool{}, map[Verdict]bool{}
	for _, rule := range ruleCases {
		t.Run(rule.name, func(t *testing.T) {
			w := story()
			for _, change := range rule.change {
				change(w)
			}
			a := Judge(w.gather(t), ledger(), "it")
			if a.Verdict != rule.verdict {
				t.Fatalf("verdict %s, want %s: %v", a.Verdict, rule.verdict, a.Reasons)
			}
			i := slices.IndexFunc(a.Reasons, func(r Reason) bool { return r.Code == rule.code })
			if i < 0 {
				t.Fatalf("no reason %s in %v", rule.code, a.Reasons)
			}
			r := a.Reasons[i]
			if r.Verdict != rule.leads || r.Record != hex.EncodeToString(rule.record) || !strings.Contains(r.Sentence, rule.says) {
				t.Fatalf("reason %+v, want verdict %q, record %x, words %q", r, rule.leads, rule.record, rule.says)
			}
			if c, ok := codes[r.Code]; !ok || r.Verdict != "" && r.Verdict != c.Leads {
				t.Fatalf("code %s leads to %s, listed as %+v", r.Code, r.Verdict, c)
			}
			checkWords(t, w)
		})
		seen[rule.code], verdicts[rule.verdict] = true, true
	}
	for _, c := range Codes() {
		if !seen[c.ID] {
			t.Errorf("no case for the code %s", c.ID)
		}
	}
	for _, v := range Verdicts() {
		if !verdicts[v] {
			t.Errorf("no case for the verdict %s", v)
		}
	}
}

// checkWords checks that both languages speak plainly and say the same.
func checkWords(t *testing.T, w *world) {
	t.Helper()
	r := w.gather(t)
	it, en := Judge(r, ledger(), "it"), Judge(r, ledger(), "en-GB")
	if it.Lang != "it" || en.Lang != "en" || it.Headline == en.Headline || it.Verdict != en.Verdict || len(it.Reasons) != len(en.Reasons) {
		t.Fatalf("the languages differ: %+v\n%+v", it.Reasons, en.Reasons)
	}
	for i := range it.Reasons {
		if it.Reasons[i].Code != en.Reasons[i].Code || it.Reasons[i].Sentence == en.Reasons[i].Sentence {
			t.Fatalf("reason %d: %+v\n%+v", i, it.Reasons[i], en.Reasons[i])
		}
		for _, s := range []string{it.Reasons[i].Sentence, en.Reasons[i].Sentence} {
			if strings.Contains(s, "%!") || strings.Contains(strings.ToLower(s), "blockchain") || !strings.HasSuffix(s, ".") || strings.Contains(s, "..") || strings.Contains(s, "  ") {
				t.Errorf("badly written: %q", s)
			}
		}
	}
}

// TestJudgePrecedence draws rules together: the verdict is the first in order of what they lead to, and the reasons
// stand in that order.
func TestJudgePrecedence(t *testing.T) {
	order := Verdicts()
	rapid.Check(t, func(rt *rapid.T) {
		w := story()
		for _, i := range rapid.SliceOfNDistinct(rapid.IntRange(0, len(ruleCases)-1), 1, 4, rapid.ID[int]).Draw(rt, "rules") {
			for _, change := range ruleCases[i].change {
				if len(w.attestations) == 0 || w.batch == nil || len(w.accreditations) == 0 || len(w.others) == 0 || len(w.products) < 2 {
					break
				}
				change(w)
			}
		}
		dedup(w)
		r := w.gather(t)
		a := Judge(r, ledger(), "it")
		if diff := cmp.Diff(a, Judge(r, ledger(), "it")); diff != "" {
			rt.Fatalf("not pure: %s", diff)
		}
		best := len(order)
		for i, reason := range a.Reasons {
			p := slices.Index(order, reason.Verdict)
			if p < 0 {
				p = len(order)
			}
			best = min(best, p)
			if i > 0 && p < precedence[a.Reasons[i-1].Verdict] {
				rt.Fatalf("reasons out of order: %v", a.Reasons)
			}
		}
		if best == len(order) || order[best] != a.Verdict {
			rt.Fatalf("verdict %s of %v", a.Verdict, a.Reasons)
		}
	})
}

// dedup keeps one record per key, as a state does.
func dedup(w *world) {
	ids := map[string]bool{}
	w.attestations = slices.DeleteFunc(w.attestations, func(a *certv1.Attestation) bool {
		old := ids[a.GetId()]
		ids[a.GetId()] = true
		return old
	})
}

func TestJudgeOrderOfEnds(t *testing.T) {
	add := func(w *world, id, status string) {
		a := attestation(id, 10)
		a.History = append(a.History, line(status, "", "agenzia", now-day))
		w.attestations = append(w.attestations, a)
	}
	for _, c := range []struct {
		ends []string
		want Verdict
	}{
		{[]string{"expired", "revoked"}, NotCertified},
		{[]string{"expired", "suspended"}, Suspended},
		{[]string{"revoked", "suspended", "expired"}, Suspended},
		{[]string{"replaced", "expired"}, Expired},
		{[]string{"replaced", "revoked"}, NotCertified},
	} {
		w := story()
		w.attestations = nil
		for i, end := range c.ends {
			add(w, certID+string(rune('a'+i)), end)
		}
		if a := Judge(w.gather(t), ledger(), "it"); a.Verdict != c.want {
			t.Errorf("%v: %s, want %s: %v", c.ends, a.Verdict, c.want, a.Reasons)
		}
	}
}

func TestJudgeUsesLedgerTime(t *testing.T) {
	r := story().gather(t)
	at := ledger()
	for _, c := range []struct {
		at   time.Time
		want Verdict
	}{
		{time.Unix(producedAt+day-1, 0), NotCertified},
		{time.Unix(producedAt+day, 0), Authentic},
		{time.Unix(producedAt+180*day-1, 0), Authentic},
		{time.Unix(producedAt+180*day, 0), Expired},
		{time.Date(2026, 9, 2, 0, 0, 0, 0, time.UTC), Expired},
	} {
		at.Time = c.at
		if a := Judge(r, at, "it"); a.Verdict != c.want {
			t.Errorf("at %s: %s, want %s", c.at.UTC(), a.Verdict, c.want)
		}
	}
}

func TestMovedEarlyUsesLocalDay(t *testing.T) {
	w := story()
	// 23:30 UTC of the day before is 00:30 of the production day where it happened.
	at := time.Date(2026, 3, 1, 23, 30, 0, 0, time.UTC).Unix()
	w.events = append(w.events, moved("shipping", at))
	if a := Judge(w.gather(t), ledger(), "it"); a.Verdict != Authentic {
		t.Errorf("moved after midnight: %s %v", a.Verdict, a.Reasons)
	}
	w.events[2].TimeZoneOffset = "-01:00"
	if a := Judge(w.gather(t), ledger(), "it"); a.Verdict != Suspicious {
		t.Errorf("moved the evening before: %s %v", a.Verdict, a.Reasons)
	}
}

func TestAnswerShowsRecords(t *testing.T) {
	w := story()
	w.participants["norcineria"].AlternateIds = []*registryv1.AlternateID{{Scheme: registryv1.AlternateIDScheme_ALTERNATE_ID_SCHEME_VAT_IT, Value: "01234567897"}}
	a := Judge(w.gather(t), ledger(), "it")
	att := a.Attestations[0]
	if len(att.Checked) != 1 || len(att.Measured) != 1 || len(att.Declared) != 1 || att.Measured[0].Value != "38.5" || att.Accreditation.Reference != "DM 8 ottobre 1999" {
		t.Errorf("attestation %+v", att)
	}
	if len(a.Journey) != 2 || a.Journey[0].Part != "output" || a.Journey[0].With[0].Lot != porkLot || a.Journey[1].StepText != "spedizione" || a.Journey[1].Actor.Name != "Corriere Adriatico" {
		t.Errorf("journey %+v", a.Journey)
	}
	if a.Journey[1].LocalTime != "2026-03-22T09:00:00+01:00" || a.Journey[1].Time != "2026-03-22T08:00:00Z" {
		t.Errorf("times %s %s", a.Journey[1].LocalTime, a.Journey[1].Time)
	}
	if len(a.Inputs) != 1 || a.Inputs[0].Name != "Pancetta suina" || !a.Inputs[0].Registered || a.Inputs[0].Owner.Name != "Allevamento Bianchi" {
		t.Errorf("inputs %+v", a.Inputs)
	}
	if a.Producer.AlternateIDs[0] != (AlternateView{"vat_it", "01234567897"}) || a.Specification.Scheme != "igp" || a.Batch.Status != "active" {
		t.Errorf("producer %+v specification %+v batch %+v", a.Producer, a.Specification, a.Batch)
	}
	raw, err := json.Marshal(a)
	must(t, err)
	for _, member := range []string{`"verdict":"authentic"`, `"contract_results":[]`, `"attestations":[{`, `"ledger":{"chain_id":"filiera-test-1","height":41,"time":"2026-04-01T12:00:00Z","app_hash":"00`} {
		if !strings.Contains(string(raw), member) {
			t.Errorf("the answer lacks %s: %s", member, raw)
		}
	}
}

func TestUnknownAnswerHasEmptyLists(t *testing.T) {
	w := &world{noise: 3}
	raw, err := json.Marshal(Judge(w.gather(t), ledger(), "en"))
	must(t, err)
	for _, member := range []string{`"verdict":"unknown"`, `"attestations":[]`, `"journey":[]`, `"inputs":[]`, `"contract_results":[]`} {
		if !strings.Contains(string(raw), member) {
			t.Errorf("the answer lacks %s: %s", member, raw)
		}
	}
}

func TestSteps(t *testing.T) {
	it, en := wordsFor("it"), wordsFor("en")
	for _, c := range []struct{ uri, typ, it, en string }{
		{"https://ref.gs1.org/cbv/BizStep-shipping", "ObjectEvent", "spedizione", "shipped"},
		{"urn:epcglobal:cbv:bizstep:retail_selling", "ObjectEvent", "vendita al dettaglio", "sold at retail"},
		{"receiving", "ObjectEvent", "ricevimento", "received"},
		{"", "TransformationEvent", "lavorazione", "processed"},
		{"", "ObjectEvent", "operazione", "step"},
		{"https://example.org/steps/cold_smoking", "ObjectEvent", "cold smoking", "cold smoking"},
	} {
		if g := it.step(c.uri, c.typ); g != c.it {
			t.Errorf("%q: %q, want %q", c.uri, g, c.it)
		}
		if g := en.step(c.uri, c.typ); g != c.en {
			t.Errorf("%q: %q, want %q", c.uri, g, c.en)
		}
	}
}
