package verify

import (
	"encoding/hex"
	"encoding/json"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	certv1 "github.com/filiera-chain/filiera/api/cert/v1"
	productv1 "github.com/filiera-chain/filiera/api/product/v1"
	registryv1 "github.com/filiera-chain/filiera/api/registry/v1"
	"github.com/filiera-chain/filiera/module/statekey"
)

const (
	participantSuspended = registryv1.ParticipantStatus_PARTICIPANT_STATUS_SUSPENDED
	participantRevoked   = registryv1.ParticipantStatus_PARTICIPANT_STATUS_REVOKED
)

func status(id string, to registryv1.ParticipantStatus) func(*world) {
	return func(w *world) {
		p := w.participants[id]
		p.Status, p.StatusReason, p.StatusSince = to, "irregolarità contabili.", now-5*day
	}
}

func accreditation(to registryv1.AccreditationStatus, status string) func(*world) {
	return func(w *world) {
		a := w.accreditations[0]
		a.Status = to
		a.History = append(a.History, line(status, "verifica in corso", "regione-marche", now-3*day))
	}
}

// history adds a line to the first certificate.
func history(status string) func(*world) {
	return func(w *world) {
		a := w.attestations[0]
		a.History = append(a.History, line(status, "non conformità grave", "agenzia", now-2*day))
	}
}

// second adds a certificate whose history ends as said.
func second(grams int64, status string) func(*world) {
	return func(w *world) {
		a := attestation(secondID, grams)
		if status != "" {
			a.History = append(a.History, line(status, "controllo", "regione-marche", now-2*day))
		}
		w.attestations = append(w.attestations, a)
	}
}

func batchStatus(to productv1.BatchStatus) func(*world) {
	return func(w *world) {
		w.batch.Status, w.batch.StatusReason, w.batch.StatusSince, w.batch.StatusBy = to, "listeria", now-day, "regione-marche"
	}
}

func firstKey() []byte { return statekey.Attestation(certID) }
func batchKey() []byte { return statekey.Batch(gtin, lot) }

func lateEvent(w *world) {
	e := moved("storing", producedAt+2*day)
	e.RecordedAt = e.GetEventTimeMs()/1000 + 8*day
	w.events = append(w.events, e)
}

// rules changes the story so that each rule applies, and says what must come of it.
var rules = []struct {
	name    string
	change  []func(*world)
	verdict Verdict
	code    string
	leads   Verdict
	record  []byte
	says    string // in the Italian sentence
}{
	{
		"product unknown",
		[]func(*world){func(w *world) { w.products, w.batch = w.products[1:], nil }},
		Unknown, "product_unknown", Unknown, statekey.Product(gtin), gtin,
	},
	{
		"batch unknown",
		[]func(*world){func(w *world) { w.batch = nil }},
		Unknown, "batch_unknown", Unknown, batchKey(), "nessun lotto L24123",
	},
	{
		"recalled",
		[]func(*world){batchStatus(productv1.BatchStatus_BATCH_STATUS_RECALLED)},
		Recalled, "batch_recalled", Recalled, batchKey(), "da Regione Marche il 31 marzo 2026. Motivo: listeria.",
	},
	{
		"too much certified",
		[]func(*world){second(1, "")},
		Suspicious, "certified_more_than_produced", Suspicious, statekey.Attestation(secondID), "400001 g su 400000 g",
	},
	{
		"sum beyond 64 bits",
		[]func(*world){func(w *world) {
			w.attestations[0].Batches[0].Quantity.Amount = math.MaxInt64
		}, second(math.MaxInt64, "")},
		Suspicious, "certified_more_than_produced", Suspicious, statekey.Attestation(secondID), "18446744073709551614 GRM",
	},
	{
		"moved too early",
		[]func(*world){func(w *world) { w.events = append(w.events, moved("receiving", producedAt-2*day)) }},
		Suspicious, "moved_before_production", Suspicious, statekey.Event(moved("receiving", producedAt-2*day).GetId()), "ricevimento",
	},
	{
		"never accredited",
		[]func(*world){func(w *world) { w.accreditations = nil }},
		Suspicious, "certifier_never_accredited", Suspicious, statekey.Accreditation("agenzia", specID), "mai stato autorizzato",
	},
	{
		"other version",
		[]func(*world){func(w *world) { w.attestations[0].SpecificationVersion = 7 }},
		Suspicious, "certificate_of_other_specification", Suspicious, firstKey(), "versione 7",
	},
	{
		"outside the zone",
		[]func(*world){func(w *world) { w.batch.Place = "058091" }},
		Suspicious, "place_outside_zone", Suspicious, batchKey(), "058091",
	},
	{
		"made in the future",
		[]func(*world){func(w *world) { w.batch.ProductionDate, w.events = "2026-04-03", nil }},
		Suspicious, "production_in_future", Suspicious, batchKey(), "il 3 aprile 2026",
	},
	{
		"past its date",
		[]func(*world){func(w *world) { w.batch.ExpiryDate = "2026-03-31" }},
		Expired, "batch_expired", Expired, batchKey(), "il 31 marzo 2026",
	},
	{
		"certificate over by the clock",
		[]func(*world){func(w *world) { w.attestations[0].ValidUntil = now }},
		Expired, "certificate_expired", Expired, firstKey(), "fino al 1º aprile 2026",
	},
	{
		"certificate over by its history",
		[]func(*world){history("expired")},
		Expired, "certificate_expired", Expired, firstKey(), "Agenzia di controllo Marche",
	},
	{
		"suspended",
		[]func(*world){history("suspended")},
		Suspended, "certificate_suspended", Suspended, firstKey(), "da Agenzia di controllo Marche il 30 marzo 2026. Motivo: non conformità grave.",
	},
	{
		"suspended, then over",
		[]func(*world){history("suspended"), func(w *world) { w.attestations[0].ValidUntil = now - 1 }},
		Expired, "certificate_expired", Expired, firstKey(), "era valido",
	},
	{
		"revoked",
		[]func(*world){history("revoked")},
		NotCertified, "certificate_revoked", NotCertified, firstKey(), "revocato da Agenzia di controllo Marche il 30 marzo 2026. Motivo: non conformità grave.",
	},
	{
		"replaced",
		[]func(*world){history("replaced")},
		NotCertified, "certificate_replaced", NotCertified, firstKey(), "sostituito",
	},
	{
		"not yet",
		[]func(*world){func(w *world) { w.attestations[0].ValidFrom = now + 1 }},
		NotCertified, "certificate_not_yet_valid", NotCertified, firstKey(), "dal 1º aprile 2026",
	},
	{
		"no certificate",
		[]func(*world){func(w *world) { w.attestations = nil }},
		NotCertified, "no_certificate", NotCertified, attestationsStart(), "Nessun organismo",
	},
	{
		"ordinary product",
		[]func(*world){func(w *world) {
			w.attestations, w.batch.Specification, w.batch.SpecificationVersion, w.products[0].Specification = nil, "", 0, ""
		}},
		NotCertified, "no_specification", NotCertified, batchKey(), "nulla da certificare",
	},
	{
		"withdrawn",
		[]func(*world){batchStatus(productv1.BatchStatus_BATCH_STATUS_WITHDRAWN)},
		NotCertified, "batch_withdrawn", NotCertified, batchKey(), "non dovrebbe essere in vendita. Motivo: listeria.",
	},
	{
		"producer suspended",
		[]func(*world){status("norcineria", participantSuspended)},
		AuthenticWithWarnings, "producer_suspended", AuthenticWithWarnings, statekey.Participant("norcineria"), "Norcineria Rossi Srl è sospeso dal 27 marzo 2026. Motivo: irregolarità contabili.",
	},
	{
		"producer revoked",
		[]func(*world){status("norcineria", participantRevoked)},
		AuthenticWithWarnings, "producer_revoked", AuthenticWithWarnings, statekey.Participant("norcineria"), "escluso",
	},
	{
		"certifier suspended",
		[]func(*world){status("agenzia", participantSuspended)},
		AuthenticWithWarnings, "certifier_suspended", AuthenticWithWarnings, statekey.Participant("agenzia"), "sospeso",
	},
	{
		"certifier revoked",
		[]func(*world){status("agenzia", participantRevoked)},
		AuthenticWithWarnings, "certifier_revoked", AuthenticWithWarnings, statekey.Participant("agenzia"), "escluso",
	},
	{
		"accreditation suspended",
		[]func(*world){accreditation(registryv1.AccreditationStatus_ACCREDITATION_STATUS_SUSPENDED, "suspended")},
		AuthenticWithWarnings, "accreditation_suspended", AuthenticWithWarnings, statekey.Accreditation("agenzia", specID), "dal 29 marzo 2026. Motivo: verifica in corso.",
	},
	{
		"accreditation revoked",
		[]func(*world){accreditation(registryv1.AccreditationStatus_ACCREDITATION_STATUS_REVOKED, "revoked")},
		AuthenticWithWarnings, "accreditation_revoked", AuthenticWithWarnings, statekey.Accreditation("agenzia", specID), "revocata",
	},
	{
		"accreditation over",
		[]func(*world){func(w *world) { w.accreditations[0].ValidUntil = now }},
		Authentic, "accreditation_ended", "", statekey.Accreditation("agenzia", specID), "fino al 1º aprile 2026",
	},
	{
		"failed point",
		[]func(*world){func(w *world) { w.attestations[0].Points[1].Result = certv1.Result_RESULT_FAIL }},
		AuthenticWithWarnings, "requirement_not_met", AuthenticWithWarnings, firstKey(), "Grassi",
	},
	{
		"partly certified",
		[]func(*world){func(w *world) { w.attestations[0].Batches[0].Quantity.Amount = 1 }},
		AuthenticWithWarnings, "certified_less_than_produced", AuthenticWithWarnings, firstKey(), "1 g su 400000 g",
	},
	{
		"other unit",
		[]func(*world){func(w *world) { w.attestations[0].Batches[0].Quantity.Unit = "H87" }},
		AuthenticWithWarnings, "quantities_not_comparable", AuthenticWithWarnings, firstKey(), "400000 pezzi",
	},
	{
		"another suspended",
		[]func(*world){second(5, "suspended")},
		AuthenticWithWarnings, "other_certificate_suspended", AuthenticWithWarnings, statekey.Attestation(secondID), "da Regione Marche",
	},
	{
		"another revoked",
		[]func(*world){second(5, "revoked")},
		Authentic, "other_certificate_revoked", "", statekey.Attestation(secondID), "da Regione Marche",
	},
	{
		"recorded late",
		[]func(*world){lateEvent},
		AuthenticWithWarnings, "recorded_late", AuthenticWithWarnings, statekey.Event(moved("storing", producedAt+2*day).GetId()), "1 passaggio",
	},
	{
		"input recalled",
		[]func(*world){func(w *world) { w.others[0].Status = productv1.BatchStatus_BATCH_STATUS_RECALLED }},
		AuthenticWithWarnings, "input_recalled", AuthenticWithWarnings, statekey.Batch(porkGTIN, porkLot), "«Pancetta suina», lotto P7, che è stato richiamato",
	},
	{
		"input withdrawn",
		[]func(*world){func(w *world) { w.others[0].Status = productv1.BatchStatus_BATCH_STATUS_WITHDRAWN }},
		AuthenticWithWarnings, "input_withdrawn", AuthenticWithWarnings, statekey.Batch(porkGTIN, porkLot), "ritirato",
	},
	{
		"all well", nil,
		Authentic, "certificate_in_force", Authentic, firstKey(), "Agenzia di controllo Marche ha certificato questo lotto per «Ciauscolo IGP» il 3 marzo 2026",
	},
	{
		"reinstated",
		[]func(*world){history("suspended"), history("reinstated")},
		Authentic, "certificate_in_force", Authentic, firstKey(), "ha certificato",
	},
	{
		"superseded",
		[]func(*world){func(w *world) { w.spec.LatestVersion = 2 }},
		Authentic, "specification_superseded", "", statekey.Specification(specID), "versione 1",
	},
	{
		"input unknown",
		[]func(*world){func(w *world) { w.others = nil }},
		Authentic, "input_not_registered", "", statekey.Event(eventID(1)), porkGTIN + " " + porkLot,
	},
	{
		"no journey",
		[]func(*world){func(w *world) { w.events = nil }},
		Authentic, "no_journey", "", journeyStart(), "Per questo lotto non sono registrati passaggi.",
	},
}

func attestationsStart() []byte { start, _ := statekey.AttestationsOf(gtin, lot); return start }
func journeyStart() []byte      { start, _ := statekey.JourneyOf(gtin, lot); return start }

func TestJudge(t *testing.T) {
	codes := map[string]Code{}
	for _, c := range Codes() {
		codes[c.ID] = c
	}
	seen, verdicts := map[string]bool{}, map[Verdict]bool{}
	for _, rule := range rules {
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
		for _, i := range rapid.SliceOfNDistinct(rapid.IntRange(0, len(rules)-1), 1, 4, rapid.ID[int]).Draw(rt, "rules") {
			for _, change := range rules[i].change {
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
