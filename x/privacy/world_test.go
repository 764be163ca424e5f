package privacy_test

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/ethereum/go-ethereum/crypto"
	"google.golang.org/protobuf/proto"

	basev1 "github.com/filiera-chain/filiera/api/base/v1"
	certv1 "github.com/filiera-chain/filiera/api/cert/v1"
	privacyv1 "github.com/filiera-chain/filiera/api/privacy/v1"
	productv1 "github.com/filiera-chain/filiera/api/product/v1"
	registryv1 "github.com/filiera-chain/filiera/api/registry/v1"
	tracev1 "github.com/filiera-chain/filiera/api/trace/v1"
	"github.com/filiera-chain/filiera/commitment"
	"github.com/filiera-chain/filiera/envelope"
	"github.com/filiera-chain/filiera/module"
	"github.com/filiera-chain/filiera/module/moduletest"
	"github.com/filiera-chain/filiera/module/statekey"
	"github.com/filiera-chain/filiera/x/cert"
	"github.com/filiera-chain/filiera/x/control"
	"github.com/filiera-chain/filiera/x/lineage"
	"github.com/filiera-chain/filiera/x/matter"
	"github.com/filiera-chain/filiera/x/place"
	"github.com/filiera-chain/filiera/x/privacy"
	"github.com/filiera-chain/filiera/x/product"
	"github.com/filiera-chain/filiera/x/registry"
	"github.com/filiera-chain/filiera/x/trace"
)

const (
	chain = "test-1"
	wheat = "09525678000011" // of farm
	flour = "09525678000028" // of mill
	pasta = "09521234000013" // of maker, made to the specification
	dish  = "09521234000020" // of kitchen
	spec  = "maccheroncini"
	certA = "urn:uuid:11111111-1111-4111-8111-111111111111"
)

var start = time.Date(2026, 11, 23, 8, 0, 0, 0, time.UTC).Unix()

// world is the real registry, product and privacy on the real store, over
// events and attestations that are laid straight into the state. Farm's wheat W
// became mill's flour F, which became maker's pasta P and rival's pasta R (of
// which kitchen made dish D); body certifies, otherbody has the role and no
// accreditation, stranger has no part in anything.
type world struct {
	*moduletest.World
	registry *registry.Registry
	privacy  *privacy.Privacy
	keys     byte
	salts    uint64
}

func newWorld(t moduletest.T) *world {
	r := registry.New()
	p := product.New(r)
	ln := lineage.New(r)
	ct := control.New(r, p, ln)
	m := matter.New(r, place.New(r), p, ln, cert.New(r, p, control.New(r, p, ln)))
	c, tr := cert.New(r, p, ct), trace.New(r, p, m, ln)
	x := privacy.New(r, p, m, c, tr)
	w := &world{World: moduletest.New(t, module.Block{ChainID: chain, Height: 1, Time: start}, r.Module(), p.Module(), x.Module()), registry: r, privacy: x}
	w.enrolAll()
	w.registerAll()
	return w
}

func (w *world) enrolAll() {
	ctx := w.Context(module.Signer{})
	must(w.T, w.registry.SetParams(ctx, registry.DefaultParams()))
	must(w.T, w.registry.Enrol(ctx, &registryv1.MsgEnrol{Id: "region", Name: "Region", Key: w.newKey("region")}))
	must(w.T, w.registry.AdmitAuthority(ctx, "region"))
	must(w.T, w.registry.AdmitValidator(ctx, &registryv1.AdmitValidator{PublicKey: make([]byte, 32), Participant: "region", Name: "one", Power: 10}))
	for id, role := range map[string]registryv1.Role{
		"farm": registryv1.Role_ROLE_PRODUCER, "mill": registryv1.Role_ROLE_PROCESSOR, "maker": registryv1.Role_ROLE_PRODUCER, "rival": registryv1.Role_ROLE_PRODUCER,
		"kitchen": registryv1.Role_ROLE_PROCESSOR, "body": registryv1.Role_ROLE_CERTIFIER, "otherbody": registryv1.Role_ROLE_CERTIFIER,
		"auditor": registryv1.Role_ROLE_AUDITOR, "stranger": registryv1.Role_ROLE_CARRIER,
	} {
		w.Do(by("region"), &registryv1.MsgEnrol{Id: id, Name: "Firm " + id, Key: w.newKey(id), Grants: []*registryv1.NewGrant{{Role: role, ValidFrom: start}}})
	}
	w.Do(by("region"), &productv1.MsgRegisterSpecification{Id: spec, Name: "Maccheroncini", Scheme: productv1.Scheme_SCHEME_IGP, Version: &productv1.NewVersion{
		LegalBasis: "Example act", DocumentSha256: make([]byte, 32), Municipalities: []string{"109004"}, InForceFrom: "2013-11-18",
	}})
	w.Do(by("region"), &registryv1.MsgAccredit{Certifier: "body", Specification: spec, ValidUntil: start + 1000, Reference: "Example act"})
}

func (w *world) registerAll() {
	for _, b := range []struct{ owner, gtin, lot string }{
		{"farm", wheat, "W"}, {"mill", flour, "F"}, {"maker", pasta, "P"}, {"kitchen", dish, "D"},
	} {
		m := &productv1.MsgRegisterProduct{Gtin: b.gtin, Name: "Product", BaseUnit: "GRM"}
		if b.gtin == pasta {
			m.Specification = spec
		}
		w.Do(by(b.owner), m)
		w.Do(by(b.owner), &productv1.MsgRegisterBatch{Gtin: b.gtin, Lot: b.lot, Quantity: &basev1.Quantity{Amount: 1000, Unit: "GRM"}, ProductionDate: "2026-11-20", Place: "109004"})
	}
	// A second pasta from the same flour, by somebody else.
	rivals := &productv1.Batch{
		Gtin: pasta, Lot: "R", Owner: "rival", Custodian: "rival", Specification: spec, SpecificationVersion: 1, Quantity: &basev1.Quantity{Amount: 1, Unit: "GRM"},
		ProductionDate: "2026-11-20", Place: "109004", Status: productv1.BatchStatus_BATCH_STATUS_ACTIVE, StatusReason: "registered", StatusBy: "rival", StatusSince: start, RegisteredAt: start, RegisteredHeight: 1,
	}
	w.lay(statekey.Batch(pasta, "R"), rivals)
	w.transform(1, "mill", wheat+"/W", flour+"/F")
	w.transform(2, "maker", flour+"/F", pasta+"/P")
	w.transform(3, "rival", flour+"/F", pasta+"/R")
	w.transform(4, "kitchen", pasta+"/R", dish+"/D")
	w.lay(statekey.Attestation(certA), &certv1.Attestation{
		Id: certA, Certifier: "body", Specification: spec,
		Batches: []*certv1.CoveredBatch{{Batch: &basev1.BatchID{Gtin: pasta, Lot: "P"}}}, History: []*basev1.StatusLine{{Status: "issued"}},
	})
}

func (w *world) lay(key []byte, m proto.Message) {
	b, err := module.Marshal(m)
	must(w.T, err)
	must(w.T, w.Branch.Set(key, b))
}

// transform lays an event that made one lot of another, each "GTIN/lot".
func (w *world) transform(n byte, reporter, input, output string, wrong ...*tracev1.Declaration) {
	w.transformID(eventID(n), reporter, input, output, wrong...)
}

func (w *world) transformID(id []byte, reporter, input, output string, wrong ...*tracev1.Declaration) {
	e := &tracev1.Event{Id: id, Type: "TransformationEvent", EventTimeMs: start * 1000, Reporter: reporter, Declarations: wrong}
	for part, id := range map[tracev1.Part]string{tracev1.Part_PART_INPUT: input, tracev1.Part_PART_OUTPUT: output} {
		e.Batches = append(e.Batches, &tracev1.Involved{Batch: &basev1.BatchID{Gtin: id[:14], Lot: id[15:]}, Part: part, Registered: true})
		begin, _ := statekey.JourneyOf(id[:14], id[15:])
		must(w.T, w.Branch.Set(append(binary.BigEndian.AppendUint64(begin, uint64(e.GetEventTimeMs())^1<<63), e.GetId()...), []byte{}))
	}
	w.lay(statekey.Event(e.GetId()), e)
}

func eventID(n byte) []byte {
	id := make([]byte, 32)
	id[31] = n
	return id
}

func must(t moduletest.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatalf("%v", err)
	}
}

func by(id string) module.Signer { return module.Signer{Participant: id, KeyLabel: "main"} }

func (w *world) newKey(id string) *registryv1.NewKey {
	w.keys++
	seed := make([]byte, 32)
	seed[31] = w.keys
	key, err := crypto.ToECDSA(seed)
	must(w.T, err)
	sig, err := crypto.Sign(envelope.KeyProofDigest(chain, id, "main"), key)
	must(w.T, err)
	return &registryv1.NewKey{Label: "main", PublicKey: crypto.CompressPubkey(&key.PublicKey), Proof: sig}
}

func aboutBatch(gtin, lot string) *privacyv1.Subject {
	return &privacyv1.Subject{Of: &privacyv1.Subject_Batch{Batch: &basev1.BatchID{Gtin: gtin, Lot: lot}}}
}

// fresh is a commitment with a salt of its own to any value.
func (w *world) fresh(who string, s *privacyv1.Subject, field string) []byte {
	w.salts++
	subject, _ := privacy.SubjectOf(s)
	c := commitment.Of(commitment.Place{ChainID: chain, Participant: who, Subject: subject, Field: field}, commitment.Text,
		sha256.Sum256(binary.BigEndian.AppendUint64(nil, w.salts)), []byte("12.50 EUR"))
	return c[:]
}

func (w *world) newCommit(who string, s *privacyv1.Subject, fields ...string) *privacyv1.MsgCommit {
	m := &privacyv1.MsgCommit{Subject: s}
	for _, f := range fields {
		m.Fields = append(m.Fields, &privacyv1.NewField{Name: f, Commitment: w.fresh(who, s, f)})
	}
	return m
}

// commit makes a record and gives its id, worked out as its sender does.
func (w *world) commit(who string, s *privacyv1.Subject, fields ...string) []byte {
	w.T.Helper()
	m := w.newCommit(who, s, fields...)
	w.Do(by(who), m)
	subject, _ := privacy.SubjectOf(s)
	var named []commitment.Named
	for _, f := range m.GetFields() {
		named = append(named, commitment.Named{Name: f.GetName(), Commitment: f.GetCommitment()})
	}
	id := commitment.ID(chain, who, subject, named)
	return id[:]
}

func (w *world) record(id []byte) *privacyv1.CommitmentResponse {
	w.T.Helper()
	a, err := w.privacy.Whole(w.Reader(), id)
	must(w.T, err)
	return a
}

// ground says why who may see a field, or the id of the refusal.
func (w *world) ground(who string, id []byte, field string) string {
	a, err := w.privacy.Entitled(w.Reader(), w.Block.Time, who, id, field)
	if err != nil {
		return module.AsError(err).ID()
	}
	return a.GetGround()
}

// grounds wants the ground of several participants.
func (w *world) grounds(id []byte, field string, want map[string]string) {
	w.T.Helper()
	for who, ground := range want {
		if got := w.ground(who, id, field); got != ground {
			w.T.Errorf("%s may see %s: %s; want %s", who, field, got, ground)
		}
	}
}

func toParticipant(id []byte, who string, fields ...string) *privacyv1.MsgGrantAccess {
	return &privacyv1.MsgGrantAccess{Commitment: id, Fields: fields, To: &privacyv1.MsgGrantAccess_Participant{Participant: who}}
}

func toRole(id []byte, role registryv1.Role, spec string, fields ...string) *privacyv1.MsgGrantAccess {
	return &privacyv1.MsgGrantAccess{Commitment: id, Fields: fields, To: &privacyv1.MsgGrantAccess_Role{Role: &privacyv1.RoleGrant{Role: role, Specification: spec}}}
}

func toChain(id []byte, fields ...string) *privacyv1.MsgGrantAccess {
	return &privacyv1.MsgGrantAccess{Commitment: id, Fields: fields, To: &privacyv1.MsgGrantAccess_Chain{Chain: &privacyv1.ChainGrant{}}}
}

func fieldNames(n int) []string {
	out := make([]string, n)
	for i := range out {
		out[i] = fmt.Sprintf("field-%03d", i)
	}
	slices.Sort(out)
	return out
}

var _ moduletest.T = (*testing.T)(nil)
