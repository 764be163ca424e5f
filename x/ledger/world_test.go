package ledger_test

import (
	"crypto/ecdsa"
	"crypto/sha256"
	"crypto/sha512"
	"time"

	"github.com/ethereum/go-ethereum/crypto"

	ledgerv1 "github.com/filiera-chain/filiera/api/ledger/v1"
	registryv1 "github.com/filiera-chain/filiera/api/registry/v1"
	"github.com/filiera-chain/filiera/envelope"
	"github.com/filiera-chain/filiera/module"
	"github.com/filiera-chain/filiera/module/moduletest"
	"github.com/filiera-chain/filiera/store"
	"github.com/filiera-chain/filiera/x/ledger"
	"github.com/filiera-chain/filiera/x/registry"
)

const chain = "filiera-test"

var start = time.Date(2026, 11, 23, 8, 0, 0, 0, time.UTC).Unix()

// world is the real modules below the ledger: an authority, a municipality, an
// auditor and a maker.
type world struct {
	*moduletest.World
	ledger *ledger.Ledger
}

func newWorld(t moduletest.T) *world {
	t.Helper()
	return newWorldOn(t, nil)
}

// newWorldOn is newWorld on a store of the test's own.
func newWorldOn(t moduletest.T, branch *store.Branch) *world {
	t.Helper()
	r := registry.New()
	l := ledger.New(r)
	w := &world{World: moduletest.New(t, module.Block{ChainID: chain, Height: 1, Time: start}, r.Module(), l.Module()), ledger: l}
	if branch != nil {
		w.Branch = branch
	}
	ctx := w.Context(module.Signer{})
	must(t, r.SetParams(ctx, registry.DefaultParams()))
	must(t, r.Enrol(ctx, enrolment("regione-marche")))
	must(t, r.AdmitAuthority(ctx, "regione-marche"))
	must(t, r.AdmitValidator(ctx, &registryv1.AdmitValidator{PublicKey: make([]byte, 32), Participant: "regione-marche", Name: "one", Power: 10}))
	w.Do(by("regione-marche"), enrolment("comune-di-jesi", registryv1.Role_ROLE_PUBLIC_BODY))
	w.Do(by("regione-marche"), enrolment("corte", registryv1.Role_ROLE_AUDITOR))
	w.Do(by("regione-marche"), enrolment("maker", registryv1.Role_ROLE_PRODUCER))
	return w
}

func must(t moduletest.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatalf("%v", err)
	}
}

func by(id string) module.Signer { return module.Signer{Participant: id, KeyLabel: "main"} }

// with is the participant's second key.
func with(id, label string) module.Signer { return module.Signer{Participant: id, KeyLabel: label} }

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

// file is a document of these words, without signatures.
func file(words string) *ledgerv1.Document {
	a, b := sha256.Sum256([]byte(words)), sha512.Sum512([]byte(words))
	return &ledgerv1.Document{Sha256: a[:], Sha512: b[:], Size: int64(len(words)), MediaType: "text/plain", Container: ledgerv1.Container_CONTAINER_NONE}
}

// dgr is a decision of the regional government.
func dgr(number, date string) *ledgerv1.MsgNotariseAct {
	return &ledgerv1.MsgNotariseAct{
		Kind: ledgerv1.ActKind_ACT_KIND_DGR, Body: "regione-marche", BodyName: "Giunta regionale delle Marche", Number: number, Date: date,
		Subject: "Modalità attuative", Documents: []*ledgerv1.Document{file("dgr " + number)},
	}
}

// act is any other kind.
func act(kind ledgerv1.ActKind, body, number, date string) *ledgerv1.MsgNotariseAct {
	m := dgr(number, date)
	m.Kind, m.Body, m.BodyName = kind, body, "Example body"
	m.Documents = []*ledgerv1.Document{file(kind.String() + body + number)}
	return m
}

// put notarises by the authority, and gives the id.
func (w *world) put(m *ledgerv1.MsgNotariseAct) string {
	w.T.Helper()
	return w.Do(by("regione-marche"), m).(*ledgerv1.NotariseActResult).GetId()
}

func relate(from string, kind ledgerv1.ActRelation, to string) *ledgerv1.MsgRelateActs {
	return &ledgerv1.MsgRelateActs{From: from, Kind: kind, To: to}
}

const (
	approves  = ledgerv1.ActRelation_ACT_RELATION_APPROVES
	amends    = ledgerv1.ActRelation_ACT_RELATION_AMENDS
	transfers = ledgerv1.ActRelation_ACT_RELATION_TRANSFERS
	rectifies = ledgerv1.ActRelation_ACT_RELATION_RECTIFIES
	executes  = ledgerv1.ActRelation_ACT_RELATION_EXECUTES
	revokes   = ledgerv1.ActRelation_ACT_RELATION_REVOKES
	repeals   = ledgerv1.ActRelation_ACT_RELATION_REPEALS
	governs   = ledgerv1.ActRelation_ACT_RELATION_GOVERNS
)
