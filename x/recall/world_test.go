package recall_test

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"strings"
	"time"

	"github.com/ethereum/go-ethereum/crypto"
	"google.golang.org/protobuf/proto"

	basev1 "github.com/filiera-chain/filiera/api/base/v1"
	certv1 "github.com/filiera-chain/filiera/api/cert/v1"
	productv1 "github.com/filiera-chain/filiera/api/product/v1"
	recallv1 "github.com/filiera-chain/filiera/api/recall/v1"
	registryv1 "github.com/filiera-chain/filiera/api/registry/v1"
	"github.com/filiera-chain/filiera/envelope"
	"github.com/filiera-chain/filiera/module"
	"github.com/filiera-chain/filiera/module/moduletest"
	"github.com/filiera-chain/filiera/module/statekey"
	"github.com/filiera-chain/filiera/x/cert"
	"github.com/filiera-chain/filiera/x/control"
	"github.com/filiera-chain/filiera/x/lineage"
	"github.com/filiera-chain/filiera/x/matter"
	"github.com/filiera-chain/filiera/x/place"
	"github.com/filiera-chain/filiera/x/product"
	"github.com/filiera-chain/filiera/x/recall"
	"github.com/filiera-chain/filiera/x/registry"
	"github.com/filiera-chain/filiera/x/unit"
)

const (
	chain   = "filiera-test"
	flour   = "08031234500013" // GRM, of mill
	pasta   = "08031234500020" // H87 of 500 g, of maker
	foreign = "04012345678901" // of nobody here
	hour    = int64(3600)
)

var (
	start    = time.Date(2026, 11, 23, 8, 0, 0, 0, time.UTC).Unix()
	evidence = bytes.Repeat([]byte{7}, 32)
)

// world is the real modules: a mill with flour F1, of which the maker made pasta
// P1, F2 of which nobody made anything, a shop, an authority, and a body that
// certified P1.
type world struct {
	*moduletest.World
	lineage *lineage.Lineage
	recall  *recall.Recall
}

func newWorld(t moduletest.T) *world {
	t.Helper()
	r := registry.New()
	where, p, l := place.New(r), product.New(r), lineage.New(r)
	c := cert.New(r, p, control.New(r, p, l))
	m := matter.New(r, where, p, l, c)
	u := unit.New(r, p, m, c, l)
	x := recall.New(r, p, m, c, l, u)
	w := &world{World: moduletest.New(t, module.Block{ChainID: chain, Height: 1, Time: start}, r.Module(), where.Module(), p.Module(), l.Module(), m.Module(), u.Module(), x.Module()), lineage: l, recall: x}
	ctx := w.Context(module.Signer{})
	w.must(r.SetParams(ctx, registry.DefaultParams()))
	w.must(r.Enrol(ctx, enrolment("region")))
	w.must(r.AdmitAuthority(ctx, "region"))
	w.must(r.AdmitValidator(ctx, &registryv1.AdmitValidator{PublicKey: make([]byte, 32), Participant: "region", Name: "one", Power: 10}))
	for id, role := range map[string]registryv1.Role{
		"mill": registryv1.Role_ROLE_PROCESSOR, "maker": registryv1.Role_ROLE_PROCESSOR, "shop": registryv1.Role_ROLE_DISTRIBUTOR, "body": registryv1.Role_ROLE_CERTIFIER,
	} {
		w.Do(by("region"), enrolment(id, role))
	}
	w.Do(by("mill"), &productv1.MsgRegisterProduct{Gtin: flour, Name: "Flour", BaseUnit: "GRM"})
	w.Do(by("maker"), &productv1.MsgRegisterProduct{Gtin: pasta, Name: "Pasta", BaseUnit: "H87", NetContent: &basev1.Quantity{Amount: 500, Unit: "GRM"}})
	for _, lot := range []string{"F1", "F2"} {
		w.Do(by("mill"), &productv1.MsgRegisterBatch{Gtin: flour, Lot: lot, Quantity: &basev1.Quantity{Amount: 1000, Unit: "GRM"}, ProductionDate: "2026-11-01", Place: "042021"})
	}
	w.Do(by("maker"), &productv1.MsgRegisterBatch{Gtin: pasta, Lot: "P1", Quantity: &basev1.Quantity{Amount: 10, Unit: "H87"}, ProductionDate: "2026-11-02", Place: "042021"})
	w.must(l.Join(ctx, id(pasta, "P1"), id(flour, "F1"), false))
	w.must(l.Join(ctx, id(pasta, "P1"), id(foreign, "X"), false))
	a, err := module.Marshal(&certv1.Attestation{Id: "urn:uuid:1", Certifier: "body", Batches: []*certv1.CoveredBatch{{Batch: id(pasta, "P1")}}})
	w.must(err)
	w.must(w.Branch.Set(statekey.Attestation("urn:uuid:1"), a))
	from, _ := statekey.AttestationsOf(pasta, "P1")
	w.must(w.Branch.Set(append(from, "urn:uuid:1"...), []byte{}))
	return w
}

func (w *world) must(err error) {
	w.T.Helper()
	if err != nil {
		w.T.Fatalf("%v", err)
	}
}

func by(id string) module.Signer { return module.Signer{Participant: id, KeyLabel: "main"} }

func id(gtin, lot string) *basev1.BatchID { return &basev1.BatchID{Gtin: gtin, Lot: lot} }

func enrolment(id string, roles ...registryv1.Role) *registryv1.MsgEnrol {
	seed := sha256.Sum256([]byte("test key of " + id))
	key, err := crypto.ToECDSA(seed[:])
	if err != nil {
		panic(err)
	}
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

func target(kind recallv1.TargetKind, b *basev1.BatchID) *recallv1.Target {
	return &recallv1.Target{Kind: kind, Batch: b}
}

func whole(gtin, lot string) *recallv1.Target {
	return target(recallv1.TargetKind_TARGET_KIND_LOT, id(gtin, lot))
}

func ofInput(gtin, lot string) *recallv1.Target {
	return target(recallv1.TargetKind_TARGET_KIND_INPUT, id(gtin, lot))
}

func items(gtin, lot string, first, last uint64) *recallv1.Target {
	return &recallv1.Target{Kind: recallv1.TargetKind_TARGET_KIND_UNITS, Batch: id(gtin, lot), FirstUnit: first, LastUnit: last}
}

func certificate(id string) *recallv1.Target {
	return &recallv1.Target{Kind: recallv1.TargetKind_TARGET_KIND_CERTIFICATE, Certificate: id}
}

func opening(targets ...*recallv1.Target) *recallv1.MsgOpenRecall {
	return &recallv1.MsgOpenRecall{Hazard: recallv1.Hazard_HAZARD_FOREIGN_BODY, Reason: "glass", LegalBasis: "Reg. (EC) 178/2002 art. 19", Targets: targets, DeadlineAt: start + 48*hour}
}

// open opens a recall that must be opened.
func (w *world) open(who string, m *recallv1.MsgOpenRecall) uint64 {
	w.T.Helper()
	return w.Do(by(who), m).(*recallv1.OpenRecallResult).GetRecall()
}

func finding(gtin, lot string, found int64, unit string) *recallv1.Finding {
	return &recallv1.Finding{Batch: id(gtin, lot), Found: &basev1.Quantity{Amount: found, Unit: unit}}
}

func acknowledging(recall uint64, list ...*recallv1.Finding) *recallv1.MsgAcknowledgeRecall {
	return &recallv1.MsgAcknowledgeRecall{Recall: recall, Findings: list}
}

// reached says which of F1, F2, P1 and the foreign X a recall reaches.
func (w *world) reached(recall uint64) string {
	w.T.Helper()
	var list []string
	for _, b := range []*basev1.BatchID{id(flour, "F1"), id(flour, "F2"), id(pasta, "P1"), id(foreign, "X")} {
		m, err := w.lineage.Mark(w.Reader(), recall, b)
		w.must(err)
		if m.GetReached() {
			list = append(list, b.GetLot())
		}
	}
	return strings.Join(list, " ")
}

// says is Refuses that also wants words of the sentence.
func (w *world) says(want *module.Error, who string, m proto.Message, words ...string) {
	w.T.Helper()
	_, err := w.Try(by(who), m)
	if !errors.Is(err, want) {
		w.T.Errorf("%s of %s: got %v; want the refusal %s", m.ProtoReflect().Descriptor().Name(), who, err, want.ID())
		return
	}
	for _, word := range words {
		if !strings.Contains(err.Error(), word) {
			w.T.Errorf("%q does not say %q", err, word)
		}
	}
}
