package verify

import (
	"errors"
	"fmt"
	"strings"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	certv1 "github.com/filiera-chain/filiera/api/cert/v1"
	matterv1 "github.com/filiera-chain/filiera/api/matter/v1"
	placev1 "github.com/filiera-chain/filiera/api/place/v1"
	privacyv1 "github.com/filiera-chain/filiera/api/privacy/v1"
	productv1 "github.com/filiera-chain/filiera/api/product/v1"
	registryv1 "github.com/filiera-chain/filiera/api/registry/v1"
	rulesv1 "github.com/filiera-chain/filiera/api/rules/v1"
	tracev1 "github.com/filiera-chain/filiera/api/trace/v1"
	"github.com/filiera-chain/filiera/commitment"
	"github.com/filiera-chain/filiera/gs1"
	"github.com/filiera-chain/filiera/module/statekey"
	"github.com/filiera-chain/filiera/rules"
	"github.com/filiera-chain/filiera/store/proof"
)

// Bounds on what one answer reads.
const (
	MaxAttestations = 1_000
	MaxEvents       = 10_000
	MaxInputs       = 2_000
	MaxCommitments  = 1_000
	MaxDepth        = 8
)

// ErrTooMuch is returned when a batch has more records than the bounds allow.
var ErrTooMuch = errors.New("verify: the batch has more records than one answer holds")

// Source gives the records of one committed state. Get answers nil for a key that is absent; Range gives
// every pair of [start, end) in order of key.
type Source interface {
	Get(key []byte) ([]byte, error)
	Range(start, end []byte) ([]proof.Pair, error)
}

// Records is everything that an answer about one batch rests on.
type Records struct {
	GTIN string
	Lot  string

	Batch         *productv1.Batch                // nil when the ledger has none
	Product       *productv1.Product              // nil when the ledger has none
	Specification *productv1.Specification        // nil when the batch is made to none
	Version       *productv1.SpecificationVersion // the one the batch is bound to

	// Places are the locations of the journey, by the identifier that an event
	// gives; nil for one that is not registered.
	Places map[string]*placev1.Location
	// Participants named by the records, by id; nil for an id without a record.
	Participants map[string]*registryv1.Participant
	// Accreditations of the certifiers, by AccreditationID; nil when there was never one.
	Accreditations map[AccreditationID]*registryv1.Accreditation

	Stock *matterv1.Stock // what is left of the batch; nil when the book of matter has not heard of it
	// Whole is the batch that the attestations cover: the batch itself, or, for a lot
	// that was split off and has none of its own, the one that it is a part of.
	Whole        *productv1.Batch
	Attestations []*certv1.Attestation // in order of id
	Journey      []*tracev1.Event      // in order of event time
	Inputs       []*Input              // in the order in which events name them

	// Recalls that marked the batch, in order of number, and, where none holds it, one that spreads and is on its way to it.
	Recalls []*RecallOf
	// Unchecked is a recall that spreads, when not all of what the batch was made of could be looked at; 0 for none.
	Unchecked uint64
	// UnitPosition is the position among the labels of the batch of the item that is asked about, from 0, where its proof
	// tells it. A recall of single items spares the others.
	UnitPosition *uint64

	// Rulings are what contracts said of the batch, and of Whole, in order of key; Contracts the texts that they rest on,
	// by SHA-256; Consequences what followed.
	Rulings         []*rulesv1.Ruling
	Contracts       map[string]*rules.Contract
	Consequences    []*rulesv1.Consequence
	consequenceKeys [][]byte

	Private []*privacyv1.Commitment // to private fields of the batch, in order of participant and id

	Item *UnitRecords // the item asked for; nil when none was, or the ledger has no such batch
}

// AccreditationID names an accreditation.
type AccreditationID struct{ Certifier, Specification string }

// Input is a batch that another one was made from.
type Input struct {
	GTIN, Lot      string
	Quantity, Unit string // decimal text and UN/ECE unit as captured; empty when not stated
	Event          []byte // id of the transformation
	Batch          *productv1.Batch
	Product        *productv1.Product
	Inputs         []*Input
}

// Gather reads what an answer about the batch rests on, inputs one step deep. gtin has 14 digits. It
// fails when the source does, when a record cannot be decoded, or when an index names a record that is
// not there; a batch that does not exist is no failure.
func Gather(src Source, gtin, lot string) (*Records, error) { return GatherDeep(src, gtin, lot, 1) }

// GatherDeep is Gather with inputs of inputs to a depth of 0 to MaxDepth. Bundles hold depth 1.
func GatherDeep(src Source, gtin, lot string, depth int) (*Records, error) {
	return GatherItem(src, gtin, lot, Item{}, depth)
}

// GatherItem is GatherDeep for one item of the batch. It fails with ErrItem when the serial number or the proof cannot
// be read; a proof that does not hold is for Judge to say.
func GatherItem(src Source, gtin, lot string, item Item, depth int) (*Records, error) {
	if canonical, err := gs1.ParseGTIN(gtin); err != nil || canonical != gtin {
		return nil, fmt.Errorf("verify: GTIN %q is not 14 digits with a right check digit", gtin)
	}
	if _, err := gs1.ParseLot(lot); err != nil {
		return nil, fmt.Errorf("verify: %w", err)
	}
	if depth < 0 || depth > MaxDepth {
		return nil, fmt.Errorf("verify: depth %d; inputs are read 0 to %d steps deep", depth, MaxDepth)
	}
	evidence, err := item.read()
	if err != nil {
		return nil, err
	}
	g := &gatherer{src: src, r: &Records{
		GTIN: gtin, Lot: lot,
		Participants:   map[string]*registryv1.Participant{},
		Accreditations: map[AccreditationID]*registryv1.Accreditation{},
	}}
	g.product()
	g.batch()
	if g.r.Batch != nil {
		g.specification()
		g.stock()
		g.attestations()
		g.r.Journey = g.journey(gtin, lot)
		g.reporters()
		g.places()
		g.r.Inputs = g.inputs(g.r.Journey, gtin, lot, depth)
		g.recalls()
		g.contracts()
		g.private()
		g.unit(item, evidence)
	}
	return g.r, g.err
}

// gatherer reads until the first failure, which it keeps.
type gatherer struct {
	src    Source
	r      *Records
	inputN int
	err    error
}

func (g *gatherer) fail(err error) {
	if g.err == nil {
		g.err = err
	}
}

// find reads and decodes one record; false when it is absent or something failed.
func (g *gatherer) find(key []byte, into proto.Message) bool {
	if g.err != nil {
		return false
	}
	b, err := g.src.Get(key)
	if err != nil {
		g.fail(fmt.Errorf("verify: reading key %x: %w", key, err))
		return false
	}
	if b == nil {
		return false
	}
	if err := decode(b, into); err != nil {
		g.fail(fmt.Errorf("verify: the record of key %x: %w", key, err))
		return false
	}
	return true
}

func (g *gatherer) list(start, end []byte, limit int) []proof.Pair {
	if g.err != nil {
		return nil
	}
	pairs, err := g.src.Range(start, end)
	if err != nil {
		g.fail(fmt.Errorf("verify: reading from key %x: %w", start, err))
		return nil
	}
	if len(pairs) > limit {
		g.fail(fmt.Errorf("%w: %d under key %x, at most %d", ErrTooMuch, len(pairs), start, limit))
		return nil
	}
	for _, p := range pairs {
		if len(p.Key) <= len(start) || string(p.Key[:len(start)]) != string(start) {
			g.fail(fmt.Errorf("verify: key %x is not of the list %x", p.Key, start))
			return nil
		}
	}
	return pairs
}

func (g *gatherer) product() {
	p := new(productv1.Product)
	if g.find(statekey.Product(g.r.GTIN), p) {
		g.r.Product = p
		g.participant(p.GetOwner())
	}
}

func (g *gatherer) batch() {
	b := new(productv1.Batch)
	if !g.find(statekey.Batch(g.r.GTIN, g.r.Lot), b) {
		return
	}
	if b.GetGtin() != g.r.GTIN || b.GetLot() != g.r.Lot {
		g.fail(fmt.Errorf("verify: the record of batch %s %s says that it is %s %s", g.r.GTIN, g.r.Lot, b.GetGtin(), b.GetLot()))
		return
	}
	if b.GetStatus() == productv1.BatchStatus_BATCH_STATUS_UNSPECIFIED {
		g.fail(fmt.Errorf("verify: batch %s %s has no status", g.r.GTIN, g.r.Lot))
		return
	}
	g.r.Batch = b
	g.participant(b.GetOwner())
	g.participant(b.GetCustodian())
	g.participant(b.GetStatusBy())
}

func (g *gatherer) specification() {
	id := g.r.Batch.GetSpecification()
	if id == "" {
		return
	}
	s, v := new(productv1.Specification), new(productv1.SpecificationVersion)
	if g.find(statekey.Specification(id), s) {
		g.r.Specification = s
	}
	if g.find(statekey.SpecificationVersion(id, g.r.Batch.GetSpecificationVersion()), v) {
		g.r.Version = v
	}
	if g.err == nil && (g.r.Specification == nil || g.r.Version == nil) {
		g.fail(fmt.Errorf("verify: batch %s %s is bound to version %d of %s, which has no record", g.r.GTIN, g.r.Lot, g.r.Batch.GetSpecificationVersion(), id))
	}
}

func (g *gatherer) stock() {
	s := new(matterv1.Stock)
	if !g.find(statekey.Stock(g.r.GTIN, g.r.Lot), s) {
		return
	}
	if s.GetBatch().GetGtin() != g.r.GTIN || s.GetBatch().GetLot() != g.r.Lot {
		g.fail(fmt.Errorf("verify: the stock of batch %s %s says that it is of %s %s", g.r.GTIN, g.r.Lot, s.GetBatch().GetGtin(), s.GetBatch().GetLot()))
		return
	}
	g.r.Stock = s
}

// attestations reads the batch's own, or, where it has none and is part of another,
// that one's.
func (g *gatherer) attestations() {
	g.r.Whole = g.r.Batch
	g.attestationsOf(g.r.GTIN, g.r.Lot)
	of := g.r.Stock.GetCoveredBy()
	if of == nil || len(g.r.Attestations) > 0 {
		return
	}
	whole := new(productv1.Batch)
	if !g.find(statekey.Batch(of.GetGtin(), of.GetLot()), whole) {
		g.fail(fmt.Errorf("verify: batch %s %s is part of %s %s, which has no record", g.r.GTIN, g.r.Lot, of.GetGtin(), of.GetLot()))
		return
	}
	g.r.Whole = whole
	g.attestationsOf(of.GetGtin(), of.GetLot())
}

func (g *gatherer) attestationsOf(gtin, lot string) {
	start, end := statekey.AttestationsOf(gtin, lot)
	for _, pair := range g.list(start, end, MaxAttestations) {
		id := string(pair.Key[len(start):])
		a := new(certv1.Attestation)
		if !g.find(statekey.Attestation(id), a) {
			g.fail(fmt.Errorf("verify: attestation %s stands in the batch's list and has no record", id))
			return
		}
		if a.GetId() != id || covered(a, gtin, lot) == nil {
			g.fail(fmt.Errorf("verify: attestation %s does not cover batch %s %s, in whose list it stands", id, gtin, lot))
			return
		}
		if err := checkHistory(a); err != nil {
			g.fail(err)
			return
		}
		g.r.Attestations = append(g.r.Attestations, a)
		g.certifier(a)
	}
}

// covered finds the batch among those of an attestation, or gives nil.
func covered(a *certv1.Attestation, gtin, lot string) *certv1.CoveredBatch {
	for _, b := range a.GetBatches() {
		if b.GetBatch().GetGtin() == gtin && b.GetBatch().GetLot() == lot {
			return b
		}
	}
	return nil
}

// certifier reads who issued the attestation, on what ground, and who changed it.
func (g *gatherer) certifier(a *certv1.Attestation) {
	g.participant(a.GetCertifier())
	id := AccreditationID{a.GetCertifier(), a.GetSpecification()}
	if _, known := g.r.Accreditations[id]; !known {
		acc := new(registryv1.Accreditation)
		if !g.find(statekey.Accreditation(id.Certifier, id.Specification), acc) {
			acc = nil
		}
		g.r.Accreditations[id] = acc
		for _, line := range acc.GetHistory() {
			g.participant(line.GetActor())
		}
	}
	for _, line := range a.GetHistory() {
		g.participant(line.GetActor())
	}
}

// participant reads a participant once.
func (g *gatherer) participant(id string) {
	if id == "" {
		return
	}
	if _, known := g.r.Participants[id]; known {
		return
	}
	p := new(registryv1.Participant)
	if !g.find(statekey.Participant(id), p) {
		p = nil
	}
	g.r.Participants[id] = p
}

const eventIDLen = 32

// journey reads the events of a batch in order of their time.
func (g *gatherer) journey(gtin, lot string) []*tracev1.Event {
	start, end := statekey.JourneyOf(gtin, lot)
	var out []*tracev1.Event
	for _, pair := range g.list(start, end, MaxEvents) {
		if len(pair.Key) != len(start)+8+eventIDLen {
			g.fail(fmt.Errorf("verify: key %x is not an entry of a journey", pair.Key))
			return nil
		}
		id := pair.Key[len(start)+8:]
		e := new(tracev1.Event)
		if !g.find(statekey.Event(id), e) {
			g.fail(fmt.Errorf("verify: event %x stands in the batch's journey and has no record", id))
			return nil
		}
		if string(e.GetId()) != string(id) {
			g.fail(fmt.Errorf("verify: the record of event %x says that it is %x", id, e.GetId()))
			return nil
		}
		out = append(out, e)
	}
	return out
}

// private reads which private fields there are. Their values stand nowhere here.
func (g *gatherer) private() {
	start, end := statekey.CommitmentsAbout(string(commitment.Batch(g.r.GTIN, g.r.Lot)))
	for _, pair := range g.list(start, end, MaxCommitments) {
		who, id, ok := strings.Cut(string(pair.Key[len(start):]), "\x00")
		c := new(privacyv1.Commitment)
		if !ok || !g.find(statekey.Commitment([]byte(id)), c) {
			g.fail(fmt.Errorf("verify: commitment %x stands in the batch's list and has no record", id))
			return
		}
		if string(c.GetId()) != id || c.GetParticipant() != who || c.GetSubject().GetBatch().GetGtin() != g.r.GTIN || c.GetSubject().GetBatch().GetLot() != g.r.Lot {
			g.fail(fmt.Errorf("verify: commitment %x is not that of %s about batch %s %s, in whose list it stands", id, who, g.r.GTIN, g.r.Lot))
			return
		}
		g.r.Private = append(g.r.Private, c)
		g.participant(who)
	}
}

func (g *gatherer) reporters() {
	for _, e := range g.r.Journey {
		g.participant(e.GetReporter())
		for _, d := range e.GetDeclarations() {
			g.participant(d.GetDeclaredBy())
		}
	}
}

// inputs reads what the batch was made from, by the events in which it is an output and which nobody declared wrong.
func (g *gatherer) inputs(journey []*tracev1.Event, gtin, lot string, depth int) []*Input {
	if depth == 0 {
		return nil
	}
	var out []*Input
	for _, e := range journey {
		if declaredWrong(e) || !takesPart(e, gtin, lot, tracev1.Part_PART_OUTPUT) {
			continue
		}
		for _, in := range e.GetBatches() {
			if in.GetPart() != tracev1.Part_PART_INPUT || g.err != nil {
				continue
			}
			if g.inputN++; g.inputN > MaxInputs {
				g.fail(fmt.Errorf("%w: more than %d batches it was made from", ErrTooMuch, MaxInputs))
				return nil
			}
			out = append(out, g.input(e, in, depth))
		}
	}
	return out
}

func (g *gatherer) input(e *tracev1.Event, in *tracev1.Involved, depth int) *Input {
	i := &Input{GTIN: in.GetBatch().GetGtin(), Lot: in.GetBatch().GetLot(), Quantity: in.GetQuantity(), Unit: in.GetUnit(), Event: e.GetId()}
	p, b := new(productv1.Product), new(productv1.Batch)
	if i.GTIN != "" && g.find(statekey.Product(i.GTIN), p) {
		i.Product = p
	}
	if i.GTIN == "" || i.Lot == "" || !g.find(statekey.Batch(i.GTIN, i.Lot), b) {
		return i
	}
	i.Batch = b
	g.participant(b.GetOwner())
	if depth > 1 {
		i.Inputs = g.inputs(g.journey(i.GTIN, i.Lot), i.GTIN, i.Lot, depth-1)
	}
	return i
}

func takesPart(e *tracev1.Event, gtin, lot string, part tracev1.Part) bool {
	for _, b := range e.GetBatches() {
		if b.GetPart() == part && b.GetBatch().GetGtin() == gtin && b.GetBatch().GetLot() == lot {
			return true
		}
	}
	return false
}

// decode reads a record and refuses fields and words that this version does not know: what cannot be understood
// must not be judged.
func decode(b []byte, into proto.Message) error {
	if err := proto.Unmarshal(b, into); err != nil {
		return fmt.Errorf("it is not a %s: %w", into.ProtoReflect().Descriptor().FullName(), err)
	}
	if holdsUnknown(into.ProtoReflect()) {
		return fmt.Errorf("it is a %s of a later version; use a newer program", into.ProtoReflect().Descriptor().FullName())
	}
	return nil
}

func holdsUnknown(m protoreflect.Message) bool {
	if len(m.GetUnknown()) > 0 {
		return true
	}
	found := false
	m.Range(func(fd protoreflect.FieldDescriptor, v protoreflect.Value) bool {
		switch {
		case fd.Enum() != nil && !fd.IsList():
			found = fd.Enum().Values().ByNumber(v.Enum()) == nil
		case fd.Message() == nil:
		case fd.IsList():
			for i := range v.List().Len() {
				found = found || holdsUnknown(v.List().Get(i).Message())
			}
		default:
			found = holdsUnknown(v.Message())
		}
		return !found
	})
	return found
}
