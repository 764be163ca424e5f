package verify

import (
	"math"

	"google.golang.org/protobuf/proto"

	basev1 "github.com/filiera-chain/filiera/api/base/v1"
	certv1 "github.com/filiera-chain/filiera/api/cert/v1"
	lineagev1 "github.com/filiera-chain/filiera/api/lineage/v1"
	matterv1 "github.com/filiera-chain/filiera/api/matter/v1"
	productv1 "github.com/filiera-chain/filiera/api/product/v1"
	recallv1 "github.com/filiera-chain/filiera/api/recall/v1"
	registryv1 "github.com/filiera-chain/filiera/api/registry/v1"
	rulesv1 "github.com/filiera-chain/filiera/api/rules/v1"
	tracev1 "github.com/filiera-chain/filiera/api/trace/v1"
	unitv1 "github.com/filiera-chain/filiera/api/unit/v1"
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
func markKey() []byte  { return statekey.RecallMark(gtin, lot, 1) }
func spreadingStart() []byte {
	start, _ := statekey.RecallsSpreading()
	return start
}
func batchKey() []byte { return statekey.Batch(gtin, lot) }

func lateEvent(w *world) {
	e := moved("storing", producedAt+2*day)
	e.RecordedAt, e.LateDays = e.GetEventTimeMs()/1000+8*day, 8
	w.events = append(w.events, e)
}

// wrong declares an event wrong.
func wrong(e *tracev1.Event) {
	e.Declarations = append(e.Declarations, &tracev1.Declaration{
		Id: make([]byte, 32), DeclaredTimeMs: e.GetEventTimeMs(), Reason: "https://ref.gs1.org/cbv/ER-did_not_occur", DeclaredBy: e.GetReporter(), RecordedAt: e.GetRecordedAt(), RecordedHeight: 31,
	})
}

func declareLast(w *world) { wrong(w.events[len(w.events)-1]) }

func declareAll(w *world) {
	for _, e := range w.events {
		wrong(e)
	}
}

// rules changes the story so that each rule applies, and says what must come of it.
var ruleCases = []struct {
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
		[]func(*world){recalledBy(glass(1, theBatch()))},
		Recalled, "batch_recalled", Recalled, markKey(), "da Regione Marche il 31 marzo 2026 (richiamo 1, corpo estraneo). Motivo: schegge di vetro.",
	},
	{
		"made of a recalled batch",
		[]func(*world){recalledBy(glass(1, pork()).reached(theBatch(), pork()))},
		Recalled, "made_of_recalled", Recalled, markKey(), "perché fatto con il lotto P7",
	},
	{
		"a recall on its way",
		[]func(*world){recalledBy(glass(1, pork()).spreading()), joined(theBatch(), pork())},
		Recalled, "made_of_recalled", Recalled, statekey.RecallMark(porkGTIN, porkLot, 1), "perché fatto con il lotto P7",
	},
	{
		"a recall spreads, and too much to look at",
		[]func(*world){recalledBy(glass(1, pork()).spreading()), wide},
		Suspicious, "recall_spreading", Suspicious, spreadingStart(), "Un richiamo (1) si sta estendendo",
	},
	{
		"other items are recalled",
		[]func(*world){func(w *world) {
			c := glass(1, theBatch())
			c.recall.Targets[0].Kind, c.recall.Targets[0].LastUnit = recallv1.TargetKind_TARGET_KIND_UNITS, 7
			recalledBy(c)(w)
			w.position = new(uint64)
			*w.position = 8
		}},
		Authentic, "recall_other_units", "", markKey(), "altri pezzi di questo lotto (0–7)",
	},
	{
		"let out of a recall",
		[]func(*world){recalledBy(glass(1, theBatch()).let(lineagev1.Lift_LIFT_ALONE))},
		Authentic, "recall_lifted", "", statekey.RecallLift(1, 1), "tolto per questo lotto da Regione Marche",
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
		"pending",
		[]func(*world){history("pending")},
		NotCertified, "certificate_pending", NotCertified, firstKey(), "attende la firma di una seconda persona",
	},
	{
		"reduced is in force",
		[]func(*world){history("reduced")},
		Authentic, "certificate_in_force", Authentic, firstKey(), "ha certificato questo lotto",
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
		"a batch registered late",
		[]func(*world){func(w *world) { w.batch.LateDays = 30 }},
		AuthenticWithWarnings, "batch_registered_late", AuthenticWithWarnings, batchKey(), "30 giorni dopo",
	},
	{
		"made otherwise than the book says",
		[]func(*world){func(w *world) { w.events[0].Agreement = tracev1.Agreement_AGREEMENT_CONTRADICTS }},
		AuthenticWithWarnings, "step_contradicts_book", AuthenticWithWarnings, statekey.Event(eventID(1)), "1 passaggio dice altro",
	},
	{
		"made otherwise than the book says, which is declared wrong",
		[]func(*world){func(w *world) { w.events[0].Agreement = tracev1.Agreement_AGREEMENT_CONTRADICTS }, declareAll},
		Authentic, "step_declared_wrong", "", statekey.Event(eventID(1)), "passaggi sono stati dichiarati errati",
	},
	{
		"made of what the book does not know",
		[]func(*world){func(w *world) { w.events[0].Agreement = tracev1.Agreement_AGREEMENT_NOT_IN_BOOK }},
		Authentic, "step_not_in_book", "", statekey.Event(eventID(1)), "1 passaggio dice di che cosa",
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
		"a late step declared wrong",
		[]func(*world){lateEvent, declareLast},
		Authentic, "step_declared_wrong", "", statekey.Event(moved("storing", producedAt+2*day).GetId()), "1 passaggio è stato dichiarato errato",
	},
	{
		"made of a withdrawn batch, which is declared wrong",
		[]func(*world){func(w *world) { w.others[0].Status = productv1.BatchStatus_BATCH_STATUS_WITHDRAWN }, declareAll},
		Authentic, "step_declared_wrong", "", statekey.Event(eventID(1)), "passaggi sono stati dichiarati errati e non contano",
	},
	{
		"every step declared wrong",
		[]func(*world){declareAll},
		Authentic, "no_journey", "", journeyStart(), "Per questo lotto non sono registrati passaggi.",
	},
	{
		"part of a certified batch",
		[]func(*world){splitOff},
		Authentic, "part_of_certified_batch", "", statekey.Stock(gtin, lot), "una parte del lotto WHOLE",
	},
	{
		"part of a batch of which part is certified",
		[]func(*world){splitOff, func(w *world) { w.attestations[0].Batches[0].Quantity.Amount = 1 }},
		AuthenticWithWarnings, "certified_less_than_produced", AuthenticWithWarnings, firstKey(), "1 g su 800000 g",
	},
	{
		"part of a batch, with a revoked certificate of its own",
		[]func(*world){splitOff, func(w *world) {
			own := attestation("urn:uuid:33333333-3333-4333-8333-333333333333", 400000)
			own.History = append(own.History, line("revoked", "", "agenzia", producedAt+2*day))
			w.attestations = append(w.attestations, own)
		}},
		NotCertified, "certificate_revoked", NotCertified, statekey.Attestation("urn:uuid:33333333-3333-4333-8333-333333333333"), "revocato",
	},
	{
		"no journey",
		[]func(*world){func(w *world) { w.events = nil }},
		Authentic, "no_journey", "", journeyStart(), "Per questo lotto non sono registrati passaggi.",
	},
	{
		"unit of the batch",
		[]func(*world){labels(1000, 400, 3)},
		Authentic, "unit_in_batch", "", statekey.UnitRun(gtin, lot, 1), "è di una delle 1000 confezioni che Norcineria Rossi Srl ha registrato il 3 marzo 2026",
	},
	{
		"unit opened",
		[]func(*world){labels(1000, 400, 3), opened(1)},
		Authentic, "unit_acquitted", "", unitRecordKey(3), "rivelato una volta, il 22 marzo 2026 alle 08:00 UTC",
	},
	{
		"unit opened twice",
		[]func(*world){labels(1000, 400, 3), opened(2)},
		Suspicious, "unit_revealed_again", Suspicious, unitRecordKey(3), "rivelato 2 volte, la prima il 22 marzo 2026 alle 08:00 UTC e l'ultima il 23 marzo 2026 alle 08:00 UTC",
	},
	{
		"unit void",
		[]func(*world){labels(1000, 400, 3), func(w *world) { w.units.unit = &unitv1.Unit{Batch: w.units.batch(), Run: 1, Index: 3, Voiding: 1} }},
		Suspicious, "unit_void", Suspicious, statekey.Voiding(gtin, lot, 1), "annullata da Norcineria Rossi Srl il 20 marzo 2026: non dovrebbe essere su nessuna confezione. Motivo: rotolo strappato.",
	},
	{
		"run ended",
		[]func(*world){labels(1000, 400, 3), func(w *world) { w.units.runs[0].RestVoiding = 1 }},
		Suspicious, "unit_void", Suspicious, statekey.Voiding(gtin, lot, 1), "rotolo strappato",
	},
	{
		"run ended after the unit was opened",
		[]func(*world){labels(1000, 400, 3), opened(1), func(w *world) { w.units.runs[0].RestVoiding = 1 }},
		Authentic, "unit_acquitted", "", unitRecordKey(3), "una volta",
	},
	{
		"no such unit",
		[]func(*world){labels(1000, 400, -1)},
		Suspicious, "unit_unknown", Suspicious, unitRuns(), "Il numero di serie S-1 non è di nessuna delle 1000 confezioni registrate per questo lotto, che le comprende tutte.",
	},
	{
		"no such unit, of a batch with room for more",
		[]func(*world){labels(999, 400, -1)},
		AuthenticWithWarnings, "unit_not_committed", AuthenticWithWarnings, unitRuns(), "una parte del lotto non ha numeri di serie registrati",
	},
	{
		"proof of another unit",
		[]func(*world){labels(1000, 400, 3), func(w *world) { w.units.serial = "S4" }},
		Suspicious, "unit_proof_wrong", Suspicious, unitRuns(), "può essere un'etichetta contraffatta",
	},
	{
		"proof of a run that is not there",
		[]func(*world){labels(1000, 400, 3), func(w *world) {
			w.units.runs = append(w.units.runs[:0:0], w.units.runs...)
			w.units.shown.Presence.Run = 2
		}},
		Suspicious, "unit_proof_wrong", Suspicious, unitRuns(), "contraffatta",
	},
	{
		"nothing shown",
		[]func(*world){labels(1000, 400, 3), func(w *world) { w.units.shown = nil }},
		Authentic, "unit_not_proven", "", unitRuns(), "che questa sia una di loro qui non è provato",
	},
	{
		"more labels than goods",
		[]func(*world){labels(1000, 400, 3), func(w *world) {
			w.stocks = append(w.stocks[:0:0], &matterv1.Stock{Batch: w.units.batch(), Unit: "GRM", Entered: 400000, Left: 100000, Consumed: 250000, Sold: 50000})
		}},
		AuthenticWithWarnings, "more_units_than_goods", AuthenticWithWarnings, statekey.UnitTally(gtin, lot), "per 400000 g e del lotto ne restano o sono stati venduti 150000 g",
	},
	{
		"a rule that warns",
		[]func(*world){judgedBy(ruled{days: 14})},
		AuthenticWithWarnings, "contract_rule_not_met", AuthenticWithWarnings, ruled{}.key(), "stagionatura (art. 5): richiesto ≥ 15 giorni, trovato 14 giorni",
	},
	{
		"a rule that is met, and a status",
		[]func(*world){judgedBy(ruled{days: 23, kind: rulesv1.ConsequenceKind_CONSEQUENCE_KIND_STATUS, word: "riserva"})},
		Authentic, "contract_status", "", ruled{kind: rulesv1.ConsequenceKind_CONSEQUENCE_KIND_STATUS}.consequenceKey(), "riserva",
	},
	{
		"declassified",
		[]func(*world){judgedBy(ruled{days: 23, kind: rulesv1.ConsequenceKind_CONSEQUENCE_KIND_STATUS, word: "declassified"})},
		NotCertified, "contract_declassified", NotCertified, ruled{kind: rulesv1.ConsequenceKind_CONSEQUENCE_KIND_STATUS}.consequenceKey(), "perso il diritto alla denominazione",
	},
	{
		"on hold",
		[]func(*world){judgedBy(ruled{days: 23, kind: rulesv1.ConsequenceKind_CONSEQUENCE_KIND_HOLD})},
		AuthenticWithWarnings, "contract_hold", AuthenticWithWarnings, ruled{kind: rulesv1.ConsequenceKind_CONSEQUENCE_KIND_HOLD}.consequenceKey(), "non può essere ceduto",
	},
	{
		"on hold until a day",
		[]func(*world){judgedBy(ruled{days: 23, kind: rulesv1.ConsequenceKind_CONSEQUENCE_KIND_HOLD_UNTIL, until: "2026-04-02"})},
		AuthenticWithWarnings, "contract_hold", AuthenticWithWarnings, ruled{kind: rulesv1.ConsequenceKind_CONSEQUENCE_KIND_HOLD_UNTIL}.consequenceKey(), "prima del 2026-04-02",
	},
	{
		"an attestation is asked for",
		[]func(*world){judgedBy(ruled{days: 23, kind: rulesv1.ConsequenceKind_CONSEQUENCE_KIND_REQUIRE_ATTESTATION})},
		AuthenticWithWarnings, "contract_wants_attestation", AuthenticWithWarnings, ruled{kind: rulesv1.ConsequenceKind_CONSEQUENCE_KIND_REQUIRE_ATTESTATION}.consequenceKey(), "Serve un nuovo attestato",
	},
	{
		"a control is asked for",
		[]func(*world){judgedBy(ruled{days: 23, kind: rulesv1.ConsequenceKind_CONSEQUENCE_KIND_CONTROL})},
		Authentic, "contract_wants_control", "", ruled{kind: rulesv1.ConsequenceKind_CONSEQUENCE_KIND_CONTROL}.consequenceKey(), "chiede un controllo",
	},
}

// splitOff makes the batch a part of another, twice as large, which is certified.
func splitOff(w *world) {
	whole := proto.CloneOf(w.batch)
	whole.Lot, whole.Quantity.Amount = "WHOLE", 800000
	w.others = append(w.others, whole)
	w.stocks = append(w.stocks, &matterv1.Stock{
		Batch: &basev1.BatchID{Gtin: gtin, Lot: lot}, Unit: "GRM", Entered: 400000, Left: 400000, Entries: 1, Holders: 1,
		CoveredBy: &basev1.BatchID{Gtin: gtin, Lot: "WHOLE"},
	})
	w.attestations[0].Batches[0].Batch.Lot, w.attestations[0].Batches[0].Quantity.Amount = "WHOLE", 800000
}
func unitRuns() []byte                  { start, _ := statekey.UnitRunsOf(gtin, lot); return start }
func unitRecordKey(index uint32) []byte { return statekey.Unit(gtin, lot, 1, index) }

func attestationsStart() []byte { start, _ := statekey.AttestationsOf(gtin, lot); return start }
func journeyStart() []byte      { start, _ := statekey.JourneyOf(gtin, lot); return start }
