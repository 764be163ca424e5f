package verify

import (
	"encoding/binary"
	"testing"
	"time"

	dbm "github.com/cosmos/cosmos-db"
	"google.golang.org/protobuf/proto"

	basev1 "github.com/filiera-chain/filiera/api/base/v1"
	certv1 "github.com/filiera-chain/filiera/api/cert/v1"
	matterv1 "github.com/filiera-chain/filiera/api/matter/v1"
	placev1 "github.com/filiera-chain/filiera/api/place/v1"
	privacyv1 "github.com/filiera-chain/filiera/api/privacy/v1"
	productv1 "github.com/filiera-chain/filiera/api/product/v1"
	registryv1 "github.com/filiera-chain/filiera/api/registry/v1"
	tracev1 "github.com/filiera-chain/filiera/api/trace/v1"
	"github.com/filiera-chain/filiera/module"
	"github.com/filiera-chain/filiera/module/statekey"
	"github.com/filiera-chain/filiera/store"
	"github.com/filiera-chain/filiera/store/proof"
)

// A story about one batch of Ciauscolo IGP, made from one batch of pork. Tests change the records and lay them
// into a real store.
const (
	gtin, lot   = "08001234567897", "L24123"
	porkGTIN    = "08009876543217"
	porkLot     = "P7"
	specID      = "ciauscolo-igp"
	certID      = "urn:uuid:11111111-1111-4111-8111-111111111111"
	secondID    = "urn:uuid:22222222-2222-4222-8222-222222222222"
	day         = int64(24 * 60 * 60)
	stateHeight = int64(41)
)

// producedAt is 2026-03-02T08:00:00Z, now 2026-04-01T12:00:00Z.
var (
	producedAt = time.Date(2026, 3, 2, 8, 0, 0, 0, time.UTC).Unix()
	nowTime    = time.Date(2026, 4, 1, 12, 0, 0, 0, time.UTC)
	now        = nowTime.Unix()
)

type world struct {
	participants   map[string]*registryv1.Participant
	accreditations []*registryv1.Accreditation
	spec           *productv1.Specification
	version        *productv1.SpecificationVersion
	products       []*productv1.Product
	batch          *productv1.Batch
	others         []*productv1.Batch
	attestations   []*certv1.Attestation
	stocks         []*matterv1.Stock
	events         []*tracev1.Event
	private        []*privacyv1.Commitment
	locations      []*placev1.Location
	recalls        []*called
	edges          [][2]*basev1.BatchID // the first was made of the second
	position       *uint64
	judged         []ruled
	units          *unitStory // nil when the batch has no serial numbers
	noise          int        // records of others around those of the story
}

func participant(id, name string) *registryv1.Participant {
	return &registryv1.Participant{Id: id, Name: name, Status: registryv1.ParticipantStatus_PARTICIPANT_STATUS_ACTIVE, StatusReason: "enrolled", StatusSince: producedAt - 100*day, EnrolledAt: producedAt - 100*day}
}

func story() *world {
	w := &world{
		participants: map[string]*registryv1.Participant{
			"regione-marche": participant("regione-marche", "Regione Marche"),
			"norcineria":     participant("norcineria", "Norcineria Rossi Srl"),
			"allevamento":    participant("allevamento", "Allevamento Bianchi"),
			"agenzia":        participant("agenzia", "Agenzia di controllo Marche"),
			"corriere":       participant("corriere", "Corriere Adriatico"),
		},
		accreditations: []*registryv1.Accreditation{{
			Certifier: "agenzia", Specification: specID, ValidFrom: producedAt - 90*day, Reference: "DM 8 ottobre 1999",
			Status:  registryv1.AccreditationStatus_ACCREDITATION_STATUS_ACTIVE,
			History: []*basev1.StatusLine{line("active", "DM 8 ottobre 1999", "regione-marche", producedAt-90*day)},
		}},
		spec: &productv1.Specification{Id: specID, Name: "Ciauscolo IGP", Scheme: productv1.Scheme_SCHEME_IGP, LatestVersion: 1, RegisteredAt: 1, RegisteredBy: "regione-marche"},
		version: &productv1.SpecificationVersion{
			Specification: specID, Version: 1, LegalBasis: "Reg. (CE) 729/2009", DocumentSha256: make([]byte, 32), Municipalities: []string{"043005", "044003"},
			InForceFrom: "2009-08-11", Requirements: []*productv1.Requirement{{Id: "maturing", Clause: "5", TextIt: "Stagionatura di almeno 15 giorni", TextEn: "Matured at least 15 days"}},
		},
		products: []*productv1.Product{
			{Gtin: gtin, Owner: "norcineria", Specification: specID, Name: "Ciauscolo IGP 400 g", BaseUnit: "GRM"},
			{Gtin: porkGTIN, Owner: "allevamento", Name: "Pancetta suina", BaseUnit: "GRM"},
		},
		batch: &productv1.Batch{
			Gtin: gtin, Lot: lot, Specification: specID, SpecificationVersion: 1, Quantity: &basev1.Quantity{Amount: 400000, Unit: "GRM"},
			ProductionDate: "2026-03-02", ExpiryDate: "2026-09-01", Place: "043005", Owner: "norcineria", Custodian: "corriere",
			Status: productv1.BatchStatus_BATCH_STATUS_ACTIVE, StatusSince: producedAt, StatusBy: "norcineria", RegisteredAt: producedAt, RegisteredHeight: 12,
		},
		others: []*productv1.Batch{{
			Gtin: porkGTIN, Lot: porkLot, Quantity: &basev1.Quantity{Amount: 500000, Unit: "GRM"}, ProductionDate: "2026-02-28", Place: "043005",
			Owner: "allevamento", Custodian: "norcineria", Status: productv1.BatchStatus_BATCH_STATUS_ACTIVE, StatusSince: producedAt - 2*day, RegisteredAt: producedAt - 2*day,
		}},
		events: []*tracev1.Event{made(), moved("shipping", producedAt+20*day)},
		noise:  20,
	}
	w.attestations = []*certv1.Attestation{attestation(certID, 400000)}
	return w
}

func line(status, reason, actor string, at int64) *basev1.StatusLine {
	return &basev1.StatusLine{Status: status, Reason: reason, Actor: actor, At: at, Height: 13}
}

func attestation(id string, grams int64) *certv1.Attestation {
	return &certv1.Attestation{
		Id: id, Certifier: "agenzia", Specification: specID, SpecificationVersion: 1,
		Batches: []*certv1.CoveredBatch{{Batch: &basev1.BatchID{Gtin: gtin, Lot: lot}, Quantity: &basev1.Quantity{Amount: grams, Unit: "GRM"}}},
		Points: []*certv1.Point{
			{Id: "maturing", Clause: "5", Text: "Stagionatura di almeno 15 giorni", Basis: certv1.Basis_BASIS_CHECKED, Result: certv1.Result_RESULT_PASS},
			{Id: "fat", Clause: "6", Text: "Grassi", Basis: certv1.Basis_BASIS_MEASURED, Result: certv1.Result_RESULT_PASS, Value: "38.5", Unit: "P1", Method: "ISO 1443"},
			{Id: "origin", Clause: "3", Text: "Origine delle carni", Basis: certv1.Basis_BASIS_DECLARED, Result: certv1.Result_RESULT_PASS},
		},
		Evidence:  []*certv1.Evidence{{Sha256: make([]byte, 32), Size: 1234, MediaType: "application/pdf", Name: "verbale.pdf"}},
		ValidFrom: producedAt + day, ValidUntil: producedAt + 180*day, KeyLabel: "main", CredentialSha256: make([]byte, 32),
		History: []*basev1.StatusLine{line("issued", "", "agenzia", producedAt+day)}, SubmittedBy: "agenzia",
	}
}

func eventID(n byte) []byte {
	id := make([]byte, 32)
	id[0], id[31] = n, n
	return id
}

// made is the transformation of the pork into the batch.
func made() *tracev1.Event {
	return &tracev1.Event{
		Id: eventID(1), Type: "TransformationEvent", EventTimeMs: producedAt * 1000, TimeZoneOffset: "+01:00", BizStep: "https://ref.gs1.org/cbv/BizStep-commissioning",
		Batches: []*tracev1.Involved{
			{Batch: &basev1.BatchID{Gtin: porkGTIN, Lot: porkLot}, Part: tracev1.Part_PART_INPUT, Quantity: "450.0", Unit: "KGM", Registered: true},
			{Batch: &basev1.BatchID{Gtin: gtin, Lot: lot}, Part: tracev1.Part_PART_OUTPUT, Quantity: "400", Unit: "KGM", Registered: true},
		},
		Reporter: "norcineria", RecordedAt: producedAt + 3600, RecordedHeight: 12, ContentSha256: make([]byte, 32),
	}
}

// moved is an event of which the batch is the subject.
func moved(step string, at int64) *tracev1.Event {
	return &tracev1.Event{
		Id: eventID(byte(at / day)), Type: "ObjectEvent", EventTimeMs: at * 1000, TimeZoneOffset: "+01:00", Action: "OBSERVE", BizStep: "https://ref.gs1.org/cbv/BizStep-" + step,
		ReadPoint:  "https://id.gs1.org/414/8001234500009",
		Batches:    []*tracev1.Involved{{Batch: &basev1.BatchID{Gtin: gtin, Lot: lot}, Part: tracev1.Part_PART_SUBJECT, Quantity: "400", Unit: "KGM", Registered: true}},
		Reporter:   "corriere",
		RecordedAt: at + 60, RecordedHeight: 30, ContentSha256: make([]byte, 32),
	}
}

// lay writes the records into a new store and commits them.
func (w *world) lay(t testing.TB) *store.Store {
	t.Helper()
	s, err := store.Open(dbm.NewMemDB(), store.Options{})
	must(t, err)
	b := s.Branch()
	put := func(key []byte, m proto.Message) {
		raw, err := module.Marshal(m)
		must(t, err)
		must(t, b.Set(key, raw))
	}
	for id, p := range w.participants {
		put(statekey.Participant(id), p)
	}
	for _, a := range w.accreditations {
		put(statekey.Accreditation(a.GetCertifier(), a.GetSpecification()), a)
	}
	if w.spec != nil {
		put(statekey.Specification(w.spec.GetId()), w.spec)
		put(statekey.SpecificationVersion(w.version.GetSpecification(), w.version.GetVersion()), w.version)
	}
	for _, p := range w.products {
		put(statekey.Product(p.GetGtin()), p)
	}
	if w.batch != nil {
		put(statekey.Batch(w.batch.GetGtin(), w.batch.GetLot()), w.batch)
	}
	for _, o := range w.others {
		put(statekey.Batch(o.GetGtin(), o.GetLot()), o)
	}
	for _, s := range w.stocks {
		put(statekey.Stock(s.GetBatch().GetGtin(), s.GetBatch().GetLot()), s)
	}
	for _, a := range w.attestations {
		put(statekey.Attestation(a.GetId()), a)
		for _, c := range a.GetBatches() {
			start, _ := statekey.AttestationsOf(c.GetBatch().GetGtin(), c.GetBatch().GetLot())
			must(t, b.Set(append(start, a.GetId()...), []byte{}))
		}
	}
	for _, e := range w.events {
		put(statekey.Event(e.GetId()), e)
		for _, i := range e.GetBatches() {
			must(t, b.Set(journeyKey(i.GetBatch(), e), []byte{}))
		}
	}
	for _, l := range w.locations {
		put(statekey.Location(l.GetId()), l)
	}
	for _, c := range w.private {
		start, _ := statekey.CommitmentsAbout("batch/" + c.GetSubject().GetBatch().GetGtin() + "/" + c.GetSubject().GetBatch().GetLot())
		put(statekey.Commitment(c.GetId()), c)
		must(t, b.Set(append(append(start, c.GetParticipant()...), "\x00"+string(c.GetId())...), []byte{}))
	}
	w.layRecalls(put, func(key []byte) { must(t, b.Set(key, []byte{})) })
	for _, r := range w.judged {
		r.lay(put)
	}
	if w.units != nil {
		w.units.lay(put)
	}
	for i := range w.noise {
		must(t, b.Set(append(statekey.Product(gtin), byte('a'+i)), []byte("another's")))
		must(t, b.Set(append(statekey.Batch(gtin, lot), byte('a'+i)), []byte("another's")))
		start, _ := statekey.AttestationsOf(gtin, lot+string(rune('a'+i)))
		must(t, b.Set(append(start, certID...), []byte{}))
	}
	_, err = s.Prepare(stateHeight, b)
	must(t, err)
	must(t, s.Commit())
	return s
}

func journeyKey(b *basev1.BatchID, e *tracev1.Event) []byte {
	start, _ := statekey.JourneyOf(b.GetGtin(), b.GetLot())
	return append(binary.BigEndian.AppendUint64(start, uint64(e.GetEventTimeMs())^1<<63), e.GetId()...)
}

func (w *world) gather(t testing.TB) *Records {
	t.Helper()
	var r *Records
	must(t, w.lay(t).View(func(v *store.View) (err error) {
		r, err = GatherItem(Live(v), gtin, lot, w.units.item(), 1)
		if err == nil && w.position != nil {
			r.UnitPosition = w.position
		}
		return err
	}))
	return r
}

func ledger() Ledger {
	return Ledger{ChainID: chainID, Height: stateHeight, Time: nowTime, AppHash: make([]byte, 32)}
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// recordedStory reads the story and keeps what was read, without the store.
func recordedStory(t testing.TB) *Recorder {
	t.Helper()
	kept := frozen{map[string][]byte{}, map[string][]proof.Pair{}}
	must(t, story().lay(t).View(func(v *store.View) error {
		rec := NewRecorder(Live(v))
		if _, err := Gather(rec, gtin, lot); err != nil {
			return err
		}
		kept.keys = rec.keys
		for start, end := range rec.ranges {
			pairs, err := rec.Range([]byte(start), end)
			if err != nil {
				return err
			}
			kept.ranges[start] = pairs
		}
		return nil
	}))
	rec := NewRecorder(kept)
	_, err := Gather(rec, gtin, lot)
	must(t, err)
	return rec
}
