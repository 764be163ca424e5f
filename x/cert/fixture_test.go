package cert

import (
	"crypto/ecdsa"
	"crypto/sha256"
	"errors"
	"testing"
	"time"

	dbm "github.com/cosmos/cosmos-db"
	"github.com/ethereum/go-ethereum/crypto"
	"google.golang.org/protobuf/proto"

	basev1 "github.com/filiera-chain/filiera/api/base/v1"
	certv1 "github.com/filiera-chain/filiera/api/cert/v1"
	productv1 "github.com/filiera-chain/filiera/api/product/v1"
	registryv1 "github.com/filiera-chain/filiera/api/registry/v1"
	"github.com/filiera-chain/filiera/credential"
	"github.com/filiera-chain/filiera/envelope"
	"github.com/filiera-chain/filiera/module"
	"github.com/filiera-chain/filiera/store"
	"github.com/filiera-chain/filiera/x/control"
	"github.com/filiera-chain/filiera/x/lineage"
	"github.com/filiera-chain/filiera/x/product"
	"github.com/filiera-chain/filiera/x/registry"
)

const (
	chain       = "filiera-test"
	region      = "regione-esempio"
	pastaMaker  = "pastificio-esempio"
	body        = "organismo-esempio"
	otherBody   = "secondo-organismo"
	noBody      = "senza-accredito"
	campofilone = "109004"
	pastaSpec   = "maccheroncini-di-campofilone-igp"
	pastaGTIN   = "08001234567897"
	flourGTIN   = "08001234567804"
	day         = 24 * 3600
	year        = 365 * day
)

var start = time.Date(2026, 11, 23, 8, 0, 0, 0, time.UTC).Unix()

// tb is what testing.TB and rapid.T share.
type tb interface {
	Helper()
	Fatalf(format string, args ...any)
}

// ledger is the real registry, product and cert over the real store.
type ledger struct {
	tb
	kv       *store.Branch
	registry *registry.Registry
	product  *product.Product
	control  *control.Control
	lineage  *lineage.Lineage
	cert     *Cert
	acts     map[string]module.Act
	block    module.Block
}

// newLedger enrols an authority, a maker and three bodies of which two are
// accredited, and registers batches: A of 1,000 g, B of 500 g, and OLD of 1,000 g
// under the specification's first version.
func newLedger(t tb) *ledger {
	t.Helper()
	s, err := store.Open(dbm.NewMemDB(), store.Options{})
	if err != nil {
		t.Fatalf("open: %v", err)
	}
	r := registry.New()
	p := product.New(r)
	ln := lineage.New(r)
	ct := control.New(r, p, ln)
	l := &ledger{tb: t, kv: s.Branch(), registry: r, product: p, lineage: ln, control: ct, cert: New(r, p, ct), acts: map[string]module.Act{}, block: module.Block{ChainID: chain, Height: 1, Time: start}}
	for _, m := range l.modules() {
		for _, a := range m.Acts {
			l.acts[string(a.Message.ProtoReflect().Descriptor().FullName())] = a
		}
	}
	l.enrolAll()
	l.registerAll()
	return l
}

func (l *ledger) modules() []*module.Module {
	return []*module.Module{l.registry.Module(), l.product.Module(), l.lineage.Module(), l.control.Module(), l.cert.Module()}
}

func (l *ledger) enrolAll() {
	genesis := module.NewContext(l.kv, l.block, module.Signer{})
	l.must(l.registry.SetParams(genesis, registry.DefaultParams()))
	l.must(l.registry.Enrol(genesis, enrolment(region)))
	l.must(l.registry.AdmitAuthority(genesis, region))
	l.must(l.do(region, enrolment(pastaMaker, &registryv1.NewGrant{Role: registryv1.Role_ROLE_PRODUCER})))
	for _, id := range []string{body, otherBody, noBody} {
		l.must(l.do(region, enrolment(id, &registryv1.NewGrant{Role: registryv1.Role_ROLE_CERTIFIER})))
		if id != noBody {
			l.must(l.do(region, &registryv1.MsgAccredit{Certifier: id, Specification: pastaSpec, ValidUntil: start + 2*year, Reference: "Example act"}))
		}
	}
	l.must(l.do(body, &registryv1.MsgAddKey{Key: newKey(body, "second")}))
}

func (l *ledger) registerAll() {
	l.must(l.do(region, &productv1.MsgRegisterSpecification{Id: pastaSpec, Name: "Maccheroncini di Campofilone", Scheme: productv1.Scheme_SCHEME_IGP, Version: versionFrom("2013-11-13")}))
	l.must(l.do(region, &productv1.MsgPublishVersion{Specification: pastaSpec, Version: versionFrom("2020-01-01")}))
	l.must(l.do(pastaMaker, &productv1.MsgRegisterProduct{Gtin: pastaGTIN, Specification: pastaSpec, Name: "Maccheroncini 250 g", BaseUnit: "GRM"}))
	l.must(l.do(pastaMaker, &productv1.MsgRegisterProduct{Gtin: flourGTIN, Name: "Flour type 00", BaseUnit: "GRM"}))
	for _, b := range []struct {
		gtin, lot, made string
		amount          int64
	}{{pastaGTIN, "A", "2026-11-20", 1000}, {pastaGTIN, "B", "2026-11-20", 500}, {pastaGTIN, "OLD", "2019-06-01", 1000}, {flourGTIN, "F", "2026-11-20", 1000}} {
		l.must(l.do(pastaMaker, &productv1.MsgRegisterBatch{Gtin: b.gtin, Lot: b.lot, Quantity: &basev1.Quantity{Amount: b.amount, Unit: "GRM"}, ProductionDate: b.made, Place: campofilone}))
	}
}

func versionFrom(day string) *productv1.NewVersion {
	document := sha256.Sum256([]byte("disciplinare in force from " + day))
	return &productv1.NewVersion{
		LegalBasis: "Example act", DocumentSha256: document[:], Municipalities: []string{campofilone}, InForceFrom: day,
		Requirements: []*productv1.Requirement{
			{Id: "protein", Clause: "art. 2", TextIt: "Proteine non inferiori a 12,50 % s.s.", TextEn: "Protein at least 12.50 % d.m."},
			{Id: "drying", Clause: "art. 5", TextIt: "Essiccazione 24-36 ore a 28-40 °C", TextEn: "Drying 24-36 hours at 28-40 °C"},
		},
	}
}

func enrolment(id string, grants ...*registryv1.NewGrant) *registryv1.MsgEnrol {
	return &registryv1.MsgEnrol{Id: id, Name: "Example " + id, Grants: grants, Key: newKey(id, "main")}
}

// keyOf gives a key that depends on its owner and label alone.
func keyOf(id, label string) *ecdsa.PrivateKey {
	seed := sha256.Sum256([]byte("test key of " + id + "/" + label))
	key, err := crypto.ToECDSA(seed[:])
	if err != nil {
		panic(err)
	}
	return key
}

func newKey(id, label string) *registryv1.NewKey {
	key := keyOf(id, label)
	proof, err := crypto.Sign(envelope.KeyProofDigest(chain, id, label), key)
	if err != nil {
		panic(err)
	}
	return &registryv1.NewKey{Label: label, PublicKey: crypto.CompressPubkey(&key.PublicKey), Proof: proof}
}

func (l *ledger) must(err error) {
	l.Helper()
	if err != nil {
		l.Fatalf("%v", err)
	}
}

// do carries out an act as the app does: on a branch that a refusal drops.
func (l *ledger) do(signer string, m proto.Message) error { return l.doWith(signer, "main", m) }

// doWith is do with a key of another label than main.
func (l *ledger) doWith(signer, label string, m proto.Message) error {
	act := l.acts[string(m.ProtoReflect().Descriptor().FullName())]
	if err := act.Check(m); err != nil {
		return err
	}
	branch := l.kv.Branch()
	if _, err := act.Run(module.NewContext(branch, l.block, module.Signer{Participant: signer, KeyLabel: label}), m); err != nil {
		return err
	}
	branch.Write()
	l.hold()
	return nil
}

// pass moves the block on by seconds, with the work that time brings.
func (l *ledger) pass(seconds int64) {
	l.block.Time += seconds
	l.block.Height++
	l.must(l.cert.endBlock(module.NewContext(l.kv, l.block, module.Signer{})))
	l.hold()
}

// hold checks every truth of the module.
func (l *ledger) hold() {
	l.Helper()
	for _, i := range l.cert.Module().Invariants {
		if err := i.Check(l.reader()); err != nil {
			l.Fatalf("%s: %v", i.Name, err)
		}
	}
}

func (l *ledger) reader() *module.Reader { return module.NewReader(l.kv, l.block) }

func (l *ledger) attestation(id string) *certv1.Attestation {
	l.Helper()
	a, err := l.cert.Attestation(l.reader(), id)
	l.must(err)
	if a == nil {
		l.Fatalf("attestation %s is not there", id)
	}
	return a
}

func (l *ledger) state(id string) string { return State(l.attestation(id), l.block.Time) }

// draft is a certificate to be signed.
type draft struct {
	credential.Attestation
	// signer's key label and key; tamper changes the signed text.
	participant, label string
	key                *ecdsa.PrivateKey
	tamper             func(string) string
}

func urn(n int) string {
	return credential.FormatUUID([16]byte{6: 0x40, 8: 0x80, 14: byte(n >> 8), 15: byte(n)})
}

// certificate drafts number n: so much of lot A by the body, valid for a year.
func certificate(n int, amount int64) *draft {
	return &draft{participant: body, label: "main", Attestation: credential.Attestation{
		ID: urn(n), Issuer: credential.IssuerURN(chain, body), ValidFrom: start, ValidUntil: start + year, SpecID: pastaSpec, SpecVersion: 2,
		Batches: []credential.CoveredBatch{{GTIN: pastaGTIN, Lot: "A", Amount: amount, Unit: "GRM"}},
		Points: []credential.Point{
			{ID: "protein", Clause: "art. 2", Requirement: "Protein at least 12.50 % d.m.", Basis: credential.Measured, Result: credential.Pass, Value: "13.1", Unit: "% d.m.", Method: "N x 5.70"},
			{ID: "drying", Clause: "art. 5", Requirement: "Drying 24-36 hours", Basis: credential.Checked, Result: credential.NotApplicable},
		},
		Evidence: []credential.Evidence{{SHA256: "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", MediaType: "application/pdf", Name: "report.pdf"}},
	}}
}

// by makes the certificate that of another participant.
func (d *draft) by(participant string) *draft {
	d.participant, d.Issuer = participant, credential.IssuerURN(chain, participant)
	return d
}

// signed gives the act that carries the certificate.
func (d *draft) signed(t tb) *certv1.MsgIssue {
	t.Helper()
	key := d.key
	if key == nil {
		key = keyOf(d.participant, d.label)
	}
	text, err := credential.Sign(&d.Attestation, d.Issuer+"#"+d.label, key, start)
	if err != nil {
		t.Fatalf("sign: %v", err)
	}
	if d.tamper != nil {
		text = d.tamper(text)
	}
	return &certv1.MsgIssue{Credential: []byte(text)}
}

// issue has the maker, who has no part in it, carry the certificate.
func (l *ledger) issue(d *draft) error { return l.do(pastaMaker, d.signed(l)) }

// refused wants err to be the refusal, with a sentence of its own.
func refused(t *testing.T, want *module.Error, err error) {
	t.Helper()
	if !errors.Is(err, want) {
		t.Fatalf("got %v, want %s", err, want.ID())
	}
	if err.Error() == want.About {
		t.Errorf("the refusal %s has no sentence", want.ID())
	}
}
