package verify

import (
	"fmt"
	"slices"
	"strings"
	"time"

	productv1 "github.com/filiera-chain/filiera/api/product/v1"
	registryv1 "github.com/filiera-chain/filiera/api/registry/v1"
	tracev1 "github.com/filiera-chain/filiera/api/trace/v1"
	"github.com/filiera-chain/filiera/module/statekey"
)

func (j *judge) unknown() {
	if j.r.Product == nil {
		j.add("product_unknown", Unknown, statekey.Product(j.r.GTIN),
			fmt.Sprintf("Nessun prodotto con il codice %s è registrato: quello che hai in mano non risulta.", j.r.GTIN),
			fmt.Sprintf("No product with the code %s is registered: what you hold is not on record.", j.r.GTIN))
		return
	}
	j.add("batch_unknown", Unknown, j.batchKey(),
		fmt.Sprintf("%s registra il prodotto «%s», ma nessun lotto %s: controlla il lotto sull'etichetta.", j.name(j.r.Product.GetOwner()), j.r.Product.GetName(), j.r.Lot),
		fmt.Sprintf("%s registers the product “%s”, but no batch %s: check the batch on the label.", j.name(j.r.Product.GetOwner()), j.r.Product.GetName(), j.r.Lot))
}

func (j *judge) batchStatus() {
	b := j.r.Batch
	when := utc(b.GetStatusSince())
	if b.GetStatus() == productv1.BatchStatus_BATCH_STATUS_WITHDRAWN {
		j.add("batch_withdrawn", NotCertified, j.batchKey(),
			fmt.Sprintf("Il lotto è stato ritirato%s %s: non dovrebbe essere in vendita%s", j.by(b.GetStatusBy()), j.w.on(when), j.w.because(b.GetStatusReason())),
			fmt.Sprintf("The batch was withdrawn%s %s: it should not be on sale%s", j.by(b.GetStatusBy()), j.w.on(when), j.w.because(b.GetStatusReason())))
	}
}

// batchDates compares days as text: YYYY-MM-DD sorts as the calendar does. The expiry date is the last good day.
func (j *judge) batchDates() {
	b := j.r.Batch
	if d := b.GetExpiryDate(); d != "" && d < j.today() {
		j.add("batch_expired", Expired, j.batchKey(),
			fmt.Sprintf("La scadenza indicata dal produttore era %s.", j.w.onDay(d)),
			fmt.Sprintf("The producer's expiry date was %s.", j.w.day(d)))
	}
	if n := b.GetLateDays(); n > 0 {
		j.add("batch_registered_late", AuthenticWithWarnings, j.batchKey(),
			fmt.Sprintf("Il lotto è stato registrato %d giorni dopo la produzione dichiarata: in ritardo per il suo disciplinare.", n),
			fmt.Sprintf("The batch was registered %d days after the production that is stated: late for its specification.", n))
	}
	// One day of slack: it may be tomorrow already where the goods are.
	if d := b.GetProductionDate(); d > j.at.Time.UTC().AddDate(0, 0, 1).Format(time.DateOnly) {
		j.add("production_in_future", Suspicious, j.batchKey(),
			fmt.Sprintf("La data di produzione, %s, non è ancora arrivata.", j.w.onDay(d)),
			fmt.Sprintf("The production date, %s, has not come yet.", j.w.day(d)))
	}
}

func (j *judge) batchPlace() {
	zone, place := j.r.Version.GetMunicipalities(), j.r.Batch.GetPlace()
	if len(zone) > 0 && !slices.Contains(zone, place) {
		j.add("place_outside_zone", Suspicious, j.batchKey(),
			fmt.Sprintf("Il luogo di produzione (codice comune %s) è fuori dalla zona del disciplinare.", place),
			fmt.Sprintf("The place of production (municipality %s) lies outside the zone of the specification.", place))
	}
}

func (j *judge) batchOwner() {
	id := j.r.Batch.GetOwner()
	p := j.r.Participants[id]
	when := utc(p.GetStatusSince())
	switch p.GetStatus() {
	case registryv1.ParticipantStatus_PARTICIPANT_STATUS_SUSPENDED:
		j.add("producer_suspended", AuthenticWithWarnings, statekey.Participant(id),
			fmt.Sprintf("Il produttore %s è sospeso %s%s", p.GetName(), j.w.since(when), j.w.because(p.GetStatusReason())),
			fmt.Sprintf("The producer %s is suspended %s%s", p.GetName(), j.w.since(when), j.w.because(p.GetStatusReason())))
	case registryv1.ParticipantStatus_PARTICIPANT_STATUS_REVOKED:
		j.add("producer_revoked", AuthenticWithWarnings, statekey.Participant(id),
			fmt.Sprintf("Il produttore %s è escluso dal registro %s%s", p.GetName(), j.w.since(when), j.w.because(p.GetStatusReason())),
			fmt.Sprintf("The producer %s is excluded from the register %s%s", p.GetName(), j.w.since(when), j.w.because(p.GetStatusReason())))
	}
}

func (j *judge) specificationAge() {
	s, v := j.r.Specification, j.r.Version
	if s.GetLatestVersion() > v.GetVersion() {
		j.add("specification_superseded", "", statekey.Specification(s.GetId()),
			fmt.Sprintf("Il lotto segue la versione %d del disciplinare, in vigore quando è stato prodotto; oggi la più recente è la %d.", v.GetVersion(), s.GetLatestVersion()),
			fmt.Sprintf("The batch follows version %d of the specification, in force when it was produced; today's latest is %d.", v.GetVersion(), s.GetLatestVersion()))
	}
}

// recordedLate says whether an event was told later than its specification lets pass.
func recordedLate(e *tracev1.Event) bool { return e.GetLateDays() > 0 }

func (j *judge) journey() {
	standing := standingEvents(j.r.Journey)
	if wrong := len(j.r.Journey) - len(standing); wrong > 0 {
		first := j.r.Journey[slices.IndexFunc(j.r.Journey, declaredWrong)]
		j.add("step_declared_wrong", "", statekey.Event(first.GetId()),
			j.w.count(wrong, "passaggio è stato dichiarato errato e non conta", "passaggi sono stati dichiarati errati e non contano", "", "")+".",
			j.w.count(wrong, "", "", "step was declared wrong and counts for nothing", "steps were declared wrong and count for nothing")+".")
	}
	if len(standing) == 0 {
		start, _ := statekey.JourneyOf(j.r.GTIN, j.r.Lot)
		j.add("no_journey", "", start, "Per questo lotto non sono registrati passaggi.", "No steps are recorded for this batch.")
		return
	}
	j.agreement(standing)
	late, most, early := 0, uint32(0), false
	var firstLate *tracev1.Event
	for _, e := range standing {
		if recordedLate(e) {
			most = max(most, e.GetLateDays())
			if late++; late == 1 {
				firstLate = e
			}
		}
		if !early && j.movedBeforeProduction(e) {
			early = true
			j.movedEarly(e)
		}
	}
	if late > 0 {
		j.add("recorded_late", AuthenticWithWarnings, statekey.Event(firstLate.GetId()),
			j.w.count(late, "passaggio è stato registrato", "passaggi sono stati registrati", "", "")+fmt.Sprintf(" in ritardo, fino a %d giorni dopo.", most),
			j.w.count(late, "", "", "step was recorded", "steps were recorded")+fmt.Sprintf(" late, up to %d days after.", most))
	}
}

// agreement tells of transformations that made the batch, and of which the book of
// matter knows otherwise, or nothing.
func (j *judge) agreement(standing []*tracev1.Event) {
	var contradicts, unknown []*tracev1.Event
	for _, e := range standing {
		if !takesPart(e, j.r.GTIN, j.r.Lot, tracev1.Part_PART_OUTPUT) {
			continue
		}
		switch e.GetAgreement() {
		case tracev1.Agreement_AGREEMENT_CONTRADICTS:
			contradicts = append(contradicts, e)
		case tracev1.Agreement_AGREEMENT_NOT_IN_BOOK:
			unknown = append(unknown, e)
		}
	}
	if n := len(contradicts); n > 0 {
		j.add("step_contradicts_book", AuthenticWithWarnings, statekey.Event(contradicts[0].GetId()),
			j.w.count(n, "passaggio dice altro da quel che il registro della materia diceva", "passaggi dicono altro da quel che il registro della materia diceva", "", "")+" di come fu fatto il lotto.",
			j.w.count(n, "", "", "step tells", "steps tell")+" otherwise than the book of matter did of how the batch was made.")
	}
	if n := len(unknown); n > 0 {
		j.add("step_not_in_book", "", statekey.Event(unknown[0].GetId()),
			j.w.count(n, "passaggio dice di che cosa fu fatto il lotto", "passaggi dicono di che cosa fu fatto il lotto", "", "")+"; il registro della materia non lo diceva.",
			j.w.count(n, "", "", "step tells", "steps tell")+" of what the batch was made, and the book of matter did not.")
	}
}

func declaredWrong(e *tracev1.Event) bool { return len(e.GetDeclarations()) > 0 }

// standingEvents are those that nobody declared wrong.
func standingEvents(journey []*tracev1.Event) []*tracev1.Event {
	return slices.DeleteFunc(slices.Clone(journey), declaredWrong)
}

// movedBeforeProduction is about the day in the event's own time zone. A movement of which the batch is an input or an
// output is none of the batch itself.
func (j *judge) movedBeforeProduction(e *tracev1.Event) bool {
	return j.r.Batch.GetProductionDate() != "" && movements[bareStep(e.GetBizStep())] &&
		takesPart(e, j.r.GTIN, j.r.Lot, tracev1.Part_PART_SUBJECT) &&
		localTime(e).Format(time.DateOnly) < j.r.Batch.GetProductionDate()
}

func (j *judge) movedEarly(e *tracev1.Event) {
	step, made := j.w.step(e.GetBizStep(), e.GetType()), j.r.Batch.GetProductionDate()
	j.add("moved_before_production", Suspicious, statekey.Event(e.GetId()),
		fmt.Sprintf("Un passaggio (%s) risulta avvenuto %s, prima della produzione (%s).", step, j.w.on(localTime(e)), j.w.onDay(made)),
		fmt.Sprintf("A step (%s) is said to have happened %s, before the production (%s).", step, j.w.on(localTime(e)), j.w.day(made)))
}

// localTime is the claimed time in the zone the event names ("+02:00"), or in UTC when it names none.
func localTime(e *tracev1.Event) time.Time {
	t := time.UnixMilli(e.GetEventTimeMs()).UTC()
	if zone, err := time.Parse("-07:00", e.GetTimeZoneOffset()); err == nil {
		_, seconds := zone.Zone()
		return t.In(time.FixedZone("", seconds))
	}
	return t
}

func (j *judge) inputs(inputs []*Input) {
	unregistered := []string{}
	var first *Input
	for _, in := range inputs {
		if in.Batch.GetStatus() == productv1.BatchStatus_BATCH_STATUS_WITHDRAWN {
			j.inputStatus(in, "input_withdrawn", "ritirato", "withdrawn")
		}
		if in.Batch == nil {
			if first == nil {
				first = in
			}
			unregistered = append(unregistered, strings.TrimSpace(in.GTIN+" "+in.Lot))
		}
		j.inputs(in.Inputs)
	}
	if first != nil {
		slices.Sort(unregistered)
		list := strings.Join(slices.Compact(unregistered), ", ")
		j.add("input_not_registered", "", statekey.Event(first.Event),
			"Alcuni lotti da cui è stato fatto non sono registrati: "+list+".",
			"Some batches it was made from are not registered: "+list+".")
	}
}

func (j *judge) inputStatus(in *Input, code, it, en string) {
	what := in.Product.GetName()
	if what == "" {
		what = in.GTIN
	}
	j.add(code, AuthenticWithWarnings, statekey.Batch(in.GTIN, in.Lot),
		fmt.Sprintf("È stato fatto anche con «%s», lotto %s, che è stato %s %s%s", what, in.Lot, it, j.w.on(utc(in.Batch.GetStatusSince())), j.w.because(in.Batch.GetStatusReason())),
		fmt.Sprintf("It was made also with “%s”, batch %s, which was %s %s%s", what, in.Lot, en, j.w.on(utc(in.Batch.GetStatusSince())), j.w.because(in.Batch.GetStatusReason())))
}
