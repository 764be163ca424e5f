package trace_test

import (
	"crypto/ecdsa"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/ethereum/go-ethereum/crypto"

	basev1 "github.com/filiera-chain/filiera/api/base/v1"
	productv1 "github.com/filiera-chain/filiera/api/product/v1"
	registryv1 "github.com/filiera-chain/filiera/api/registry/v1"
	tracev1 "github.com/filiera-chain/filiera/api/trace/v1"
	"github.com/filiera-chain/filiera/envelope"
	"github.com/filiera-chain/filiera/epcis"
	"github.com/filiera-chain/filiera/gs1"
	"github.com/filiera-chain/filiera/module"
	"github.com/filiera-chain/filiera/module/moduletest"
	"github.com/filiera-chain/filiera/x/cert"
	"github.com/filiera-chain/filiera/x/control"
	"github.com/filiera-chain/filiera/x/lineage"
	"github.com/filiera-chain/filiera/x/matter"
	"github.com/filiera-chain/filiera/x/place"
	"github.com/filiera-chain/filiera/x/product"
	"github.com/filiera-chain/filiera/x/registry"
	"github.com/filiera-chain/filiera/x/trace"
)

const (
	chain     = "test-1"
	pasta     = "09521234000013" // of maker, made to a specification
	sauce     = "09521234000020" // of other, made to none
	flour     = "09525678000011" // of nobody here
	spec      = "maccheroncini"
	municipal = "109004"
)

var start = time.Date(2026, 11, 23, 8, 0, 0, 0, time.UTC).Unix()

// world is the real registry, product and trace on the real store. Maker has
// lots A and B of pasta, other has lot S of sauce; the carriers have no
// batch, and one has another scope; auditor has no role that reports.
type world struct {
	*moduletest.World
	registry *registry.Registry
	lineage  *lineage.Lineage
	trace    *trace.Trace
	keys     byte
}

func newWorld(t moduletest.T) *world {
	r := registry.New()
	p := product.New(r)
	l := lineage.New(r)
	m := matter.New(r, place.New(r), p, l, cert.New(r, p, control.New(r, p, l)))
	tr := trace.New(r, p, m, l)
	block := module.Block{ChainID: chain, Height: 1, Time: start}
	w := &world{World: moduletest.New(t, block, r.Module(), p.Module(), l.Module(), m.Module(), tr.Module()), registry: r, lineage: l, trace: tr}
	ctx := w.Context(module.Signer{})
	must(t, r.SetParams(ctx, registry.DefaultParams()))
	must(t, r.Enrol(ctx, &registryv1.MsgEnrol{Id: "region", Name: "Region", Key: w.newKey("region")}))
	must(t, r.AdmitAuthority(ctx, "region"))
	must(t, r.AdmitValidator(ctx, &registryv1.AdmitValidator{PublicKey: make([]byte, 32), Participant: "region", Name: "one", Power: 10}))
	w.enrol("maker", registryv1.Role_ROLE_PRODUCER, spec)
	w.enrol("other", registryv1.Role_ROLE_PROCESSOR)
	w.enrol("carrier", registryv1.Role_ROLE_CARRIER)
	w.enrol("oil-carrier", registryv1.Role_ROLE_CARRIER, "olio")
	w.enrol("auditor", registryv1.Role_ROLE_AUDITOR)
	w.Do(by("region"), &productv1.MsgRegisterSpecification{Id: spec, Name: "Maccheroncini", Scheme: productv1.Scheme_SCHEME_IGP, Version: &productv1.NewVersion{
		LegalBasis: "Example act", DocumentSha256: make([]byte, 32), Municipalities: []string{municipal}, InForceFrom: "2013-11-18",
	}})
	w.Do(by("maker"), &productv1.MsgRegisterProduct{Gtin: pasta, Specification: spec, Name: "Pasta", BaseUnit: "GRM"})
	w.Do(by("other"), &productv1.MsgRegisterProduct{Gtin: sauce, Name: "Sauce", BaseUnit: "GRM"})
	w.batch("maker", pasta, "A")
	w.batch("maker", pasta, "B")
	w.batch("other", sauce, "S")
	return w
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
	var key *ecdsa.PrivateKey
	key, err := crypto.ToECDSA(seed)
	must(w.T, err)
	proof, err := crypto.Sign(envelope.KeyProofDigest(chain, id, "main"), key)
	must(w.T, err)
	return &registryv1.NewKey{Label: "main", PublicKey: crypto.CompressPubkey(&key.PublicKey), Proof: proof}
}

func (w *world) enrol(id string, role registryv1.Role, specs ...string) {
	w.Do(by("region"), &registryv1.MsgEnrol{Id: id, Name: "Firm " + id, Key: w.newKey(id), Grants: []*registryv1.NewGrant{
		{Role: role, Specifications: specs, ValidFrom: start, ValidUntil: start + 30*24*3600},
	}})
}

func (w *world) batch(owner, gtin, lot string) {
	w.Do(by(owner), &productv1.MsgRegisterBatch{
		Gtin: gtin, Lot: lot, Quantity: &basev1.Quantity{Amount: 1_000_000_000, Unit: "GRM"}, ProductionDate: "2026-11-20", Place: municipal,
	})
}

// lot writes a lot's identifier, with or without a quantity in kilograms.
func lot(gtin, code string) epcis.Quantity {
	return epcis.Quantity{EPCClass: gs1.ClassURI(gtin, code), Amount: "2.5", UOM: "KGM"}
}

// packing is an object event of lots, an hour before the block.
func packing(lots ...epcis.Quantity) epcis.Draft {
	return epcis.Draft{
		Type: epcis.ObjectEvent, Time: (start - 3600) * 1000, Offset: "+01:00", Action: "OBSERVE", BizStep: "packing",
		ReadPoint: gs1.PlaceURI("9521234000006"), Quantities: lots,
	}
}

// intake receives lots.
func intake(lots ...epcis.Quantity) epcis.Draft {
	d := packing(lots...)
	d.BizStep = "receiving"
	return d
}

// making is a transformation.
func making(inputs, outputs []epcis.Quantity) epcis.Draft {
	return epcis.Draft{
		Type: epcis.TransformationEvent, Time: (start - 7200) * 1000, Offset: "+01:00", BizStep: "commissioning",
		InputQuantities: inputs, OutputQuantities: outputs,
	}
}

func document(t moduletest.T, drafts ...epcis.Draft) []byte {
	t.Helper()
	data, _, err := epcis.NewDocument(start*1000).Namespace("ex", "https://example.org/ns/").Add(drafts...).Build()
	must(t, err)
	return data
}

func (w *world) capture(who string, drafts ...epcis.Draft) *tracev1.CaptureResult {
	w.T.Helper()
	return w.Do(by(who), &tracev1.MsgCapture{Document: document(w.T, drafts...)}).(*tracev1.CaptureResult)
}

// refuses wants a refusal that has a sentence with each of says, and nothing written.
func (w *world) refuses(want *module.Error, who string, doc []byte, says ...string) {
	w.T.Helper()
	before := len(w.Branch.Changes())
	_, err := w.Try(by(who), &tracev1.MsgCapture{Document: doc})
	if e := module.AsError(err); err == nil || e.ID() != want.ID() || e.Error() == want.About {
		w.T.Errorf("got %v (%s); want a sentence of %s", err, e.ID(), want.ID())
		return
	}
	for _, s := range says {
		if !strings.Contains(err.Error(), s) {
			w.T.Errorf("%q does not say %q", err, s)
		}
	}
	if after := len(w.Branch.Changes()); after != before {
		w.T.Errorf("a refused document left %d changes", after-before)
	}
}

// journey reads the whole journey of a lot.
func (w *world) journey(gtin, code string) []*tracev1.Event {
	w.T.Helper()
	list, more, err := w.trace.Journey(w.Reader(), gtin, code, nil, 10_000)
	must(w.T, err)
	if more {
		w.T.Fatalf("there is more")
	}
	return list
}

// outside reads what reporter told of a lot from outside.
func (w *world) outside(gtin, code, reporter string) []*tracev1.Event {
	w.T.Helper()
	list, more, err := w.trace.Outside(w.Reader(), gtin, code, reporter, nil, 10_000)
	must(w.T, err)
	if more {
		w.T.Fatalf("there is more")
	}
	return list
}

// outcomes writes receipts as a word each.
func outcomes(r *tracev1.CaptureResult) string {
	var words []string
	for _, one := range r.GetReceipts() {
		words = append(words, strings.ToLower(strings.TrimPrefix(one.GetOutcome().String(), "OUTCOME_")))
	}
	return strings.Join(words, " ")
}

// replaced changes a document's text, which must hold what is replaced.
func replaced(t *testing.T, doc []byte, old, with string) []byte {
	t.Helper()
	if !strings.Contains(string(doc), old) {
		t.Fatalf("the document does not hold %s:\n%s", strconv.Quote(old), doc)
	}
	return []byte(strings.Replace(string(doc), old, with, 1))
}
