package product

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
	productv1 "github.com/filiera-chain/filiera/api/product/v1"
	registryv1 "github.com/filiera-chain/filiera/api/registry/v1"
	"github.com/filiera-chain/filiera/envelope"
	"github.com/filiera-chain/filiera/module"
	"github.com/filiera-chain/filiera/store"
	"github.com/filiera-chain/filiera/x/registry"
)

const (
	chain       = "filiera-test"
	region      = "regione-esempio"
	pastaMaker  = "pastificio-esempio"
	oilMaker    = "frantoio-esempio"
	carrier     = "corriere-esempio"
	campofilone = "109004"
	fermo       = "109006"
	pastaSpec   = "maccheroncini-di-campofilone-igp"
	oilSpec     = "marche-igp-olio"
	pastaGTIN   = "08001234567897"
	flourGTIN   = "08001234567804"
)

var start = time.Date(2026, 11, 23, 8, 0, 0, 0, time.UTC).Unix()

// tb is what testing.TB and rapid.T share.
type tb interface {
	Helper()
	Fatalf(format string, args ...any)
}

// ledger is the real registry and the real product over the real store.
type ledger struct {
	tb
	kv       *store.Branch
	registry *registry.Registry
	product  *Product
	acts     map[string]module.Act
	block    module.Block
	// announced is what the last act announced.
	announced []proto.Message
}

// newLedger enrols an authority, two makers and a carrier; nothing is registered.
func newLedger(t tb) *ledger {
	t.Helper()
	s, err := store.Open(dbm.NewMemDB(), store.Options{})
	if err != nil {
		t.Fatalf("open: %v", err)
	}
	r := registry.New()
	l := &ledger{tb: t, kv: s.Branch(), registry: r, product: New(r), acts: map[string]module.Act{}, block: module.Block{ChainID: chain, Height: 1, Time: start}}
	for _, m := range []*module.Module{r.Module(), l.product.Module()} {
		for _, a := range m.Acts {
			l.acts[string(a.Message.ProtoReflect().Descriptor().FullName())] = a
		}
	}
	genesis := module.NewContext(l.kv, l.block, module.Signer{})
	l.must(r.SetParams(genesis, registry.DefaultParams()))
	makerOf := func(spec ...string) *registryv1.NewGrant {
		return &registryv1.NewGrant{Role: registryv1.Role_ROLE_PRODUCER, Specifications: spec, Places: []string{campofilone, fermo}, ValidUntil: start + 365*daySeconds}
	}
	l.must(r.Enrol(genesis, enrolment(region)))
	l.must(r.AdmitAuthority(genesis, region))
	l.must(r.Enrol(genesis, enrolment(pastaMaker, makerOf(pastaSpec), &registryv1.NewGrant{Role: registryv1.Role_ROLE_PROCESSOR, Specifications: []string{oilSpec}, Places: []string{fermo}})))
	l.must(r.Enrol(genesis, enrolment(oilMaker, makerOf())))
	l.must(r.Enrol(genesis, enrolment(carrier, &registryv1.NewGrant{Role: registryv1.Role_ROLE_CARRIER})))
	return l
}

func enrolment(id string, grants ...*registryv1.NewGrant) *registryv1.MsgEnrol {
	return &registryv1.MsgEnrol{Id: id, Name: "Example " + id, Grants: grants, Key: newKey(id, "main")}
}

// keyOf gives a key that depends on the name alone.
func keyOf(name string) *ecdsa.PrivateKey {
	seed := sha256.Sum256([]byte("test key of " + name))
	key, err := crypto.ToECDSA(seed[:])
	if err != nil {
		panic(err)
	}
	return key
}

func newKey(id, label string) *registryv1.NewKey {
	key := keyOf(id + "/" + label)
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
func (l *ledger) do(signer string, m proto.Message) error {
	act := l.acts[string(m.ProtoReflect().Descriptor().FullName())]
	if err := act.Check(m); err != nil {
		return err
	}
	branch := l.kv.Branch()
	ctx := module.NewContext(branch, l.block, module.Signer{Participant: signer})
	if _, err := act.Run(ctx, m); err != nil {
		return err
	}
	branch.Write()
	l.announced = ctx.Announcements()
	l.hold()
	return nil
}

// hold checks every truth of the module.
func (l *ledger) hold() {
	l.Helper()
	for _, i := range l.product.Module().Invariants {
		if err := i.Check(l.reader()); err != nil {
			l.Fatalf("%s: %v", i.Name, err)
		}
	}
}

func (l *ledger) reader() *module.Reader { return module.NewReader(l.kv, l.block) }

// pass moves the block on by days.
func (l *ledger) pass(days int64) {
	l.block.Time += days * daySeconds
	l.block.Height++
}

// withPasta registers the specification and the pasta maker's product.
func (l *ledger) withPasta() *ledger {
	l.must(l.do(region, pastaSpecification()))
	l.must(l.do(pastaMaker, pastaProduct()))
	return l
}

// withBatch registers the pasta and one batch of it.
func (l *ledger) withBatch() *ledger {
	l.withPasta()
	l.must(l.do(pastaMaker, pastaBatch()))
	return l
}

func (l *ledger) batch() *productv1.Batch {
	b, err := l.product.Batch(l.reader(), pastaGTIN, "24123")
	l.must(err)
	return b
}

func pastaSpecification() *productv1.MsgRegisterSpecification {
	return &productv1.MsgRegisterSpecification{
		Id: pastaSpec, Name: "Maccheroncini di Campofilone", Scheme: productv1.Scheme_SCHEME_IGP, Version: versionFrom("2013-11-13"),
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

func pastaProduct() *productv1.MsgRegisterProduct {
	return &productv1.MsgRegisterProduct{
		Gtin: "8001234567897", Specification: pastaSpec, Name: "Maccheroncini 250 g", BaseUnit: "GRM",
		NetContent: &basev1.Quantity{Amount: 250, Unit: "GRM"},
	}
}

func pastaBatch() *productv1.MsgRegisterBatch {
	return &productv1.MsgRegisterBatch{
		Gtin: pastaGTIN, Lot: "24123", Quantity: &basev1.Quantity{Amount: 250_000, Unit: "GRM"},
		ProductionDate: "2026-11-20", ExpiryDate: "2028-11-20", Place: campofilone,
	}
}

// refusal is one way in which an act is refused.
type refusal[M proto.Message] struct {
	name   string
	signer string
	change func(M)
	want   *module.Error
}

// refuses tries each case on a fresh message and wants its refusal, with a
// sentence, and an unchanged state.
func refuses[M proto.Message](t *testing.T, l *ledger, signer string, fresh func() M, cases []refusal[M]) {
	t.Helper()
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			m, who, before := fresh(), signer, len(l.kv.Changes())
			if c.change != nil {
				c.change(m)
			}
			if c.signer != "" {
				who = c.signer
			}
			err := l.do(who, m)
			if !errors.Is(err, c.want) {
				t.Fatalf("got %v, want %s", err, c.want.ID())
			}
			if err.Error() == c.want.About {
				t.Errorf("the refusal %s has no sentence", c.want.ID())
			}
			if after := len(l.kv.Changes()); after != before {
				t.Errorf("a refused act left %d changes", after-before)
			}
		})
	}
}

func (l *ledger) context(signer string) *module.Context {
	return module.NewContext(l.kv, l.block, module.Signer{Participant: signer})
}
