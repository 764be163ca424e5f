package unit_test

import (
	"crypto/ecdsa"
	"crypto/sha256"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/ethereum/go-ethereum/crypto"
	"google.golang.org/protobuf/proto"

	basev1 "github.com/filiera-chain/filiera/api/base/v1"
	certv1 "github.com/filiera-chain/filiera/api/cert/v1"
	matterv1 "github.com/filiera-chain/filiera/api/matter/v1"
	productv1 "github.com/filiera-chain/filiera/api/product/v1"
	registryv1 "github.com/filiera-chain/filiera/api/registry/v1"
	unitv1 "github.com/filiera-chain/filiera/api/unit/v1"
	"github.com/filiera-chain/filiera/credential"
	"github.com/filiera-chain/filiera/envelope"
	"github.com/filiera-chain/filiera/module"
	"github.com/filiera-chain/filiera/module/moduletest"
	"github.com/filiera-chain/filiera/units"
	"github.com/filiera-chain/filiera/x/cert"
	"github.com/filiera-chain/filiera/x/control"
	"github.com/filiera-chain/filiera/x/lineage"
	"github.com/filiera-chain/filiera/x/matter"
	"github.com/filiera-chain/filiera/x/place"
	"github.com/filiera-chain/filiera/x/product"
	"github.com/filiera-chain/filiera/x/registry"
	"github.com/filiera-chain/filiera/x/unit"
)

const (
	chain = "filiera-test"
	town  = "109004"
	igp   = "maccheroncini-di-campofilone-igp"
	pasta = "08001234567897" // GRM, net content 250 g, of a specification
	flour = "08001234567804" // GRM, no net content, of none
	eggs  = "08001234567798" // H87, of none
	year  = 365 * 24 * 3600
)

var start = time.Date(2026, 11, 23, 8, 0, 0, 0, time.UTC).Unix()

// world is the real modules below unit: a maker, a shop, a control body and an
// authority.
type world struct {
	*moduletest.World
	unit    *unit.Unit
	lineage *lineage.Lineage
	matter  *matter.Matter
	issued  int
}

func newWorld(t moduletest.T) *world {
	t.Helper()
	r := registry.New()
	where, p := place.New(r), product.New(r)
	l := lineage.New(r)
	ct := control.New(r, p, l)
	c := cert.New(r, p, ct)
	m := matter.New(r, where, p, l, c)
	u := unit.New(r, p, m, c, l)
	w := &world{World: moduletest.New(t, module.Block{ChainID: chain, Height: 1, Time: start},
		r.Module(), where.Module(), p.Module(), l.Module(), ct.Module(), c.Module(), m.Module(), u.Module()), unit: u, matter: m, lineage: l}
	ctx := w.Context(module.Signer{})
	must(t, r.SetParams(ctx, registry.DefaultParams()))
	must(t, r.Enrol(ctx, enrolment("region")))
	must(t, r.AdmitAuthority(ctx, "region"))
	must(t, r.AdmitValidator(ctx, &registryv1.AdmitValidator{PublicKey: make([]byte, 32), Participant: "region", Name: "one", Power: 10}))
	w.Do(by("region"), enrolment("maker", registryv1.Role_ROLE_PRODUCER))
	w.Do(by("region"), enrolment("shop", registryv1.Role_ROLE_DISTRIBUTOR))
	w.Do(by("region"), enrolment("body", registryv1.Role_ROLE_CERTIFIER))
	w.Do(by("region"), &productv1.MsgRegisterSpecification{Id: igp, Name: "Maccheroncini di Campofilone", Scheme: productv1.Scheme_SCHEME_IGP, Version: &productv1.NewVersion{
		LegalBasis: "Example act", DocumentSha256: make([]byte, 32), Municipalities: []string{town}, InForceFrom: "2000-01-01",
	}})
	w.Do(by("region"), &registryv1.MsgAccredit{Certifier: "body", Specification: igp, ValidUntil: start + 2*year, Reference: "Example act"})
	w.Do(by("maker"), &productv1.MsgRegisterProduct{Gtin: pasta, Specification: igp, Name: "Maccheroncini 250 g", BaseUnit: "GRM", NetContent: &basev1.Quantity{Amount: 250, Unit: "GRM"}})
	w.Do(by("maker"), &productv1.MsgRegisterProduct{Gtin: flour, Name: "Flour", BaseUnit: "GRM"})
	w.Do(by("maker"), &productv1.MsgRegisterProduct{Gtin: eggs, Name: "Eggs", BaseUnit: "H87"})
	return w
}

// batch registers a batch of the maker.
func (w *world) batch(gtin, lot string, n int64) {
	w.T.Helper()
	unit := "GRM"
	if gtin == eggs {
		unit = "H87"
	}
	w.Do(by("maker"), &productv1.MsgRegisterBatch{Gtin: gtin, Lot: lot, Quantity: &basev1.Quantity{Amount: n, Unit: unit}, ProductionDate: "2026-11-20", Place: town})
}

// certify attests so many grams of a lot of pasta, and gives the certificate's id.
func (w *world) certify(lot string, grams int64) string {
	w.T.Helper()
	w.issued++
	id := credential.FormatUUID([16]byte{6: 0x40, 8: 0x80, 14: byte(w.issued >> 8), 15: byte(w.issued)})
	issuer := credential.IssuerURN(chain, "body")
	text, err := credential.Sign(&credential.Attestation{
		ID: id, Issuer: issuer, ValidFrom: w.Block.Time, ValidUntil: w.Block.Time + year, SpecID: igp, SpecVersion: 1,
		Batches: []credential.CoveredBatch{{GTIN: pasta, Lot: lot, Amount: grams, Unit: "GRM"}},
	}, issuer+"#main", keyOf("body"), w.Block.Time)
	must(w.T, err)
	w.Do(by("shop"), &certv1.MsgIssue{Credential: []byte(text)})
	return id
}

func must(t moduletest.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatalf("%v", err)
	}
}

func by(id string) module.Signer { return module.Signer{Participant: id, KeyLabel: "main"} }

func keyOf(id string) *ecdsa.PrivateKey {
	seed := sha256.Sum256([]byte("test key of " + id))
	key, err := crypto.ToECDSA(seed[:])
	if err != nil {
		panic(err)
	}
	return key
}

func enrolment(id string, roles ...registryv1.Role) *registryv1.MsgEnrol {
	key := keyOf(id)
	sig, err := crypto.Sign(envelope.KeyProofDigest(chain, id, "main"), key)
	if err != nil {
		panic(err)
	}
	m := &registryv1.MsgEnrol{Id: id, Name: "Example " + id, Key: &registryv1.NewKey{Label: "main", PublicKey: crypto.CompressPubkey(&key.PublicKey), Proof: sig}}
	for _, r := range roles {
		m.Grants = append(m.Grants, &registryv1.NewGrant{Role: r, ValidFrom: start})
	}
	return m
}

func id(gtin, lot string) *basev1.BatchID { return &basev1.BatchID{Gtin: gtin, Lot: lot} }

// press is a run in memory: its serial numbers in the order of the tree.
type press struct {
	gtin, lot string
	run       uint32
	serials   []string
	leaves    []units.Leaf
	hashes    []units.Hash
	coder     *units.Coder
}

func newPress(gtin, lot, mark string, n int) *press {
	p := &press{gtin: gtin, lot: lot, coder: units.Key{1}.Coder(gtin, lot)}
	for i := range n {
		p.serials = append(p.serials, fmt.Sprintf("%s%d", mark, i))
	}
	slices.SortFunc(p.serials, func(a, b string) int {
		x, y := units.IDOf(gtin, lot, a), units.IDOf(gtin, lot, b)
		return strings.Compare(string(x[:]), string(y[:]))
	})
	for _, s := range p.serials {
		p.leaves = append(p.leaves, units.LeafOf(gtin, lot, s, p.coder.Code(s), uint32(len(p.leaves))+1))
		p.hashes = append(p.hashes, p.leaves[len(p.leaves)-1].Hash())
	}
	return p
}

func (p *press) commit(content int64) *unitv1.MsgCommitUnits {
	root := units.RootOf(p.hashes)
	return &unitv1.MsgCommitUnits{Batch: id(p.gtin, p.lot), Root: root[:], Count: uint32(len(p.serials)), Content: content, Serials: unitv1.SerialKind_SERIAL_KIND_DERIVED}
}

func (p *press) proof(i int) []byte {
	return (&units.Presence{Run: p.run, Place: units.Place{Index: uint32(i), Path: units.PathOf(p.hashes, i)}, Tip: p.leaves[i].Tip, Number: p.leaves[i].Number}).Bytes()
}

// reveal is the nth reveal of the unit at i.
func (p *press) reveal(i, n int) *unitv1.MsgAcquitUnit {
	s := p.serials[i]
	token := units.TokenOf(p.leaves[i].ID, p.coder.Code(s), n)
	return &unitv1.MsgAcquitUnit{Batch: id(p.gtin, p.lot), Serial: s, Proof: p.proof(i), Token: token[:]}
}

func (p *press) void(spans ...*unitv1.Span) *unitv1.MsgVoidUnits {
	return &unitv1.MsgVoidUnits{Batch: id(p.gtin, p.lot), Run: p.run, Spans: spans, Reason: "rotolo strappato"}
}

// committed makes a run and commits it.
func (w *world) committed(gtin, lot, mark string, n int, content int64) *press {
	w.T.Helper()
	p := newPress(gtin, lot, mark, n)
	p.run = w.Do(by("maker"), p.commit(content)).(*unitv1.CommitUnitsResult).GetRun()
	return p
}

func (w *world) tally(gtin, lot string) *unitv1.Tally {
	w.T.Helper()
	t, err := w.unit.Tally(w.Reader(), gtin, lot)
	must(w.T, err)
	return t
}

func split(gtin, from, lot string, n int64) *matterv1.MsgSplit {
	return &matterv1.MsgSplit{From: id(gtin, from), Parts: []*matterv1.Part{{Lot: lot, Quantity: &basev1.Quantity{Amount: n, Unit: "GRM"}}}}
}

func use(gtin, lot string, n int64) *matterv1.Use {
	return &matterv1.Use{Batch: id(gtin, lot), Quantity: &basev1.Quantity{Amount: n, Unit: "GRM"}}
}

// says is Refuses that also wants words of the sentence.
func (w *world) says(want *module.Error, who string, m proto.Message, words ...string) {
	w.T.Helper()
	_, err := w.Try(by(who), m)
	if !errors.Is(err, want) {
		w.T.Errorf("%s: got %v; want the refusal %s", m.ProtoReflect().Descriptor().Name(), err, want.ID())
		return
	}
	for _, word := range words {
		if !strings.Contains(err.Error(), word) {
			w.T.Errorf("%q does not say %q", err, word)
		}
	}
}
