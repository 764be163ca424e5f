package control_test

import (
	"crypto/sha256"
	"testing"
	"time"

	"github.com/ethereum/go-ethereum/crypto"

	basev1 "github.com/filiera-chain/filiera/api/base/v1"
	controlv1 "github.com/filiera-chain/filiera/api/control/v1"
	productv1 "github.com/filiera-chain/filiera/api/product/v1"
	registryv1 "github.com/filiera-chain/filiera/api/registry/v1"
	"github.com/filiera-chain/filiera/envelope"
	"github.com/filiera-chain/filiera/module"
	"github.com/filiera-chain/filiera/module/moduletest"
	"github.com/filiera-chain/filiera/x/control"
	"github.com/filiera-chain/filiera/x/lineage"
	"github.com/filiera-chain/filiera/x/product"
	"github.com/filiera-chain/filiera/x/registry"
)

const (
	chain     = "test-1"
	pasta     = "09521234000013" // of maker, made to a specification
	sauce     = "09521234000020" // of maker, made to none
	other     = "09525678000011" // of rival, made to the specification
	spec      = "maccheroncini"
	municipal = "109004"
	body      = "body"
	day       = 24 * 3600
)

var start = time.Date(2026, 11, 23, 8, 0, 0, 0, time.UTC).Unix()

// world is the real registry, product and control on the real store. Maker has
// lots A, B, OLD (of the version before) and GONE (withdrawn) of 1,000 g each.
type world struct {
	*moduletest.World
	registry *registry.Registry
	lineage  *lineage.Lineage
	control  *control.Control
}

func newWorld(t moduletest.T) *world {
	r := registry.New()
	p := product.New(r)
	l := lineage.New(r)
	c := control.New(r, p, l)
	w := &world{World: moduletest.New(t, module.Block{ChainID: chain, Height: 1, Time: start}, r.Module(), p.Module(), l.Module(), c.Module()), registry: r, lineage: l, control: c}
	ctx := w.Context(module.Signer{})
	must(t, r.SetParams(ctx, registry.DefaultParams()))
	must(t, r.Enrol(ctx, &registryv1.MsgEnrol{Id: "region", Name: "Region", Key: newKey("region", "main")}))
	must(t, r.AdmitAuthority(ctx, "region"))
	must(t, r.AdmitValidator(ctx, &registryv1.AdmitValidator{PublicKey: make([]byte, 32), Participant: "region", Name: "one", Power: 10}))
	w.enrol("maker", registryv1.Role_ROLE_PRODUCER)
	w.enrol("rival", registryv1.Role_ROLE_PROCESSOR)
	w.enrol("carrier", registryv1.Role_ROLE_CARRIER)
	for _, id := range []string{body, "other-body", "not-accredited"} {
		w.enrol(id, registryv1.Role_ROLE_CERTIFIER)
		if id != "not-accredited" {
			w.Do(by("region"), &registryv1.MsgAccredit{Certifier: id, Specification: spec, Reference: "Example act"})
		}
	}
	w.Do(by(body), &registryv1.MsgAddKey{Key: newKey(body, "inspector")})
	w.Do(by("region"), &productv1.MsgRegisterSpecification{Id: spec, Name: "Maccheroncini", Scheme: productv1.Scheme_SCHEME_IGP, Version: version("2013-11-18")})
	w.Do(by("region"), &productv1.MsgPublishVersion{Specification: spec, Version: version("2020-01-01")})
	w.Do(by("maker"), &productv1.MsgRegisterProduct{Gtin: pasta, Specification: spec, Name: "Pasta", BaseUnit: "GRM"})
	w.Do(by("maker"), &productv1.MsgRegisterProduct{Gtin: sauce, Name: "Sauce", BaseUnit: "GRM"})
	w.Do(by("rival"), &productv1.MsgRegisterProduct{Gtin: other, Specification: spec, Name: "Pasta", BaseUnit: "GRM"})
	for _, b := range [][3]string{{"maker", pasta, "A"}, {"maker", pasta, "B"}, {"maker", pasta, "OLD"}, {"maker", pasta, "GONE"}, {"maker", sauce, "S"}, {"rival", other, "R"}} {
		made := "2026-11-20"
		if b[2] == "OLD" {
			made = "2019-11-20"
		}
		w.Do(by(b[0]), &productv1.MsgRegisterBatch{Gtin: b[1], Lot: b[2], Quantity: grams(1000), ProductionDate: made, Place: municipal})
	}
	w.Do(by("maker"), &productv1.MsgWithdrawBatch{Gtin: pasta, Lot: "GONE", Reason: "destroyed"})
	return w
}

func version(from string) *productv1.NewVersion {
	return &productv1.NewVersion{
		LegalBasis: "Example act", DocumentSha256: make([]byte, 32), Municipalities: []string{municipal}, InForceFrom: from,
		Requirements: []*productv1.Requirement{
			{Id: "protein", Clause: "art. 2", TextIt: "Proteine", TextEn: "Protein", Minimum: "12.50", Maximum: "16", Unit: "% s.s."},
			{Id: "moisture", Clause: "art. 2", TextIt: "Umidità", TextEn: "Moisture", Maximum: "12.5", Unit: "%"},
			{Id: "drying", Clause: "art. 5", TextIt: "Essiccazione", TextEn: "Drying"},
		},
	}
}

func grams(n int64) *basev1.Quantity { return &basev1.Quantity{Amount: n, Unit: "GRM"} }

func must(t moduletest.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatalf("%v", err)
	}
}

func by(id string) module.Signer { return module.Signer{Participant: id, KeyLabel: "main"} }

func newKey(id, label string) *registryv1.NewKey {
	seed := sha256.Sum256([]byte("test key of " + id + "/" + label))
	key, err := crypto.ToECDSA(seed[:])
	if err != nil {
		panic(err)
	}
	proof, err := crypto.Sign(envelope.KeyProofDigest(chain, id, label), key)
	if err != nil {
		panic(err)
	}
	return &registryv1.NewKey{Label: label, PublicKey: crypto.CompressPubkey(&key.PublicKey), Proof: proof}
}

func (w *world) enrol(id string, role registryv1.Role) {
	w.Do(by("region"), &registryv1.MsgEnrol{Id: id, Name: "Firm " + id, Key: newKey(id, "main"), Grants: []*registryv1.NewGrant{{Role: role}}})
}

func id(gtin, lot string) *basev1.BatchID { return &basev1.BatchID{Gtin: gtin, Lot: lot} }

// asking requests the control of 500 g of each lot of pasta.
func asking(lots ...string) *controlv1.MsgRequestControl {
	m := &controlv1.MsgRequestControl{Certifier: body, RequestedDate: "2026-11-25", DueDate: "2026-12-05", Note: "ready in the store"}
	for _, lot := range lots {
		m.Batches = append(m.Batches, &controlv1.RequestedBatch{Batch: id(pasta, lot), Quantity: grams(500)})
	}
	return m
}

// ask carries asking out and answers the request's id.
func (w *world) ask(lots ...string) string {
	w.T.Helper()
	return w.Do(by("maker"), asking(lots...)).(*controlv1.RequestControlResult).GetRequest()
}

func scheduling(request string) *controlv1.MsgScheduleControl {
	return &controlv1.MsgScheduleControl{Request: request, Date: "2026-11-26", Kind: controlv1.ControlKind_CONTROL_KIND_ON_SITE, Inspector: "isp-04"}
}

func finding(request string, severity controlv1.Severity) *controlv1.MsgRecordFinding {
	return &controlv1.MsgRecordFinding{Request: request, Severity: severity, Requirement: "drying", Text: "dried for 12 hours", DeadlineDate: "2026-12-10"}
}

func closing(request string, n uint32) *controlv1.MsgCloseFinding {
	return &controlv1.MsgCloseFinding{Request: request, Number: n, Note: "dried again", EvidenceSha256: make([]byte, 32)}
}

func result(request, lot string) *controlv1.NewLabResult {
	return &controlv1.NewLabResult{
		Request: request, Batch: id(pasta, lot), Requirement: "protein", Parameter: "protein", Method: "ISO 16634-2", Value: "13.10", Unit: "% s.s.",
		Uncertainty: "0.20", Sample: "26-01873", LaboratoryName: "Laboratorio Esempio", ReportDate: "2026-11-23", ReportSha256: make([]byte, 32),
	}
}

func results(list ...*controlv1.NewLabResult) *controlv1.MsgRecordLabResults {
	return &controlv1.MsgRecordLabResults{Results: list}
}

func (w *world) request(id string) *controlv1.ControlRequest {
	w.T.Helper()
	r, err := w.control.Request(w.Reader(), id)
	must(w.T, err)
	if r == nil {
		w.T.Fatalf("request %s is not there", id)
	}
	return r
}

func TestActsAndRefusalsCollideWithNothing(t *testing.T) { newWorld(t) }
