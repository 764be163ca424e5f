package custody_test

import (
	"crypto/sha256"
	"errors"
	"strings"
	"time"

	"github.com/ethereum/go-ethereum/crypto"
	"google.golang.org/protobuf/proto"

	basev1 "github.com/filiera-chain/filiera/api/base/v1"
	custodyv1 "github.com/filiera-chain/filiera/api/custody/v1"
	productv1 "github.com/filiera-chain/filiera/api/product/v1"
	registryv1 "github.com/filiera-chain/filiera/api/registry/v1"
	tracev1 "github.com/filiera-chain/filiera/api/trace/v1"
	"github.com/filiera-chain/filiera/envelope"
	"github.com/filiera-chain/filiera/module"
	"github.com/filiera-chain/filiera/module/moduletest"
	"github.com/filiera-chain/filiera/x/cert"
	"github.com/filiera-chain/filiera/x/control"
	"github.com/filiera-chain/filiera/x/custody"
	"github.com/filiera-chain/filiera/x/lineage"
	"github.com/filiera-chain/filiera/x/matter"
	"github.com/filiera-chain/filiera/x/place"
	"github.com/filiera-chain/filiera/x/product"
	"github.com/filiera-chain/filiera/x/registry"
	"github.com/filiera-chain/filiera/x/trace"
)

const (
	chain  = "filiera-test"
	place1 = "044015"
	flour  = "09521234000006" // GRM, of miller
	pasta  = "09521234000013" // H87, of miller

	pallet = "395212340000000014"
	case1  = "395212340000000021"
	case2  = "395212340000000038"
)

var start = time.Date(2026, 11, 23, 8, 0, 0, 0, time.UTC).Unix()

// world is the real modules: a miller, a carrier, two shops, a pasta maker who is
// accredited for nothing, an auditor, an authority; one lot of each product.
type world struct {
	*moduletest.World
	registry *registry.Registry
	lineage  *lineage.Lineage
	matter   *matter.Matter
	products *product.Product
	custody  *custody.Custody
}

func newWorld(t moduletest.T) *world {
	t.Helper()
	r := registry.New()
	where, p := place.New(r), product.New(r)
	l := lineage.New(r)
	m := matter.New(r, where, p, l, cert.New(r, p, control.New(r, p, l)))
	tr := trace.New(r, p, m, l)
	c := custody.New(r, p, m, tr)
	block := module.Block{ChainID: chain, Height: 1, Time: start}
	w := &world{World: moduletest.New(t, block, r.Module(), where.Module(), p.Module(), l.Module(), m.Module(), tr.Module(), c.Module()), registry: r, lineage: l, matter: m, products: p, custody: c}
	ctx := w.Context(module.Signer{})
	must(t, r.SetParams(ctx, registry.DefaultParams()))
	must(t, r.Enrol(ctx, enrolment("region")))
	must(t, r.AdmitAuthority(ctx, "region"))
	must(t, r.AdmitValidator(ctx, &registryv1.AdmitValidator{PublicKey: make([]byte, 32), Participant: "region", Name: "one", Power: 10}))
	for _, who := range []struct {
		id   string
		role registryv1.Role
	}{
		{"miller", registryv1.Role_ROLE_PROCESSOR},
		{"carrier", registryv1.Role_ROLE_CARRIER},
		{"shop", registryv1.Role_ROLE_DISTRIBUTOR},
		{"grocer", registryv1.Role_ROLE_DISTRIBUTOR},
		{"auditor", registryv1.Role_ROLE_AUDITOR},
	} {
		w.Do(by("region"), enrolment(who.id, who.role))
	}
	w.Do(by("miller"), &productv1.MsgRegisterProduct{Gtin: flour, Name: "Flour", BaseUnit: "GRM"})
	w.Do(by("miller"), &productv1.MsgRegisterProduct{Gtin: pasta, Name: "Pasta", BaseUnit: "H87", NetContent: of(500, "GRM")})
	w.batch(flour, "F1", 1_000, "GRM")
	w.batch(pasta, "P1", 100, "H87")
	return w
}

func (w *world) batch(gtin, lot string, n int64, unit string) {
	w.T.Helper()
	w.Do(by("miller"), &productv1.MsgRegisterBatch{Gtin: gtin, Lot: lot, Quantity: of(n, unit), ProductionDate: "2026-10-01", Place: place1})
}

func must(t moduletest.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatalf("%v", err)
	}
}

func by(id string) module.Signer { return module.Signer{Participant: id, KeyLabel: "main"} }

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

func of(n int64, unit string) *basev1.Quantity { return &basev1.Quantity{Amount: n, Unit: unit} }

func id(gtin, lot string) *basev1.BatchID { return &basev1.BatchID{Gtin: gtin, Lot: lot} }

func goods(gtin, lot string, n int64, unit string) *custodyv1.Goods {
	return &custodyv1.Goods{Batch: id(gtin, lot), Quantity: of(n, unit)}
}

func content(gtin, lot string, n int64, unit string, serials ...string) *custodyv1.Content {
	return &custodyv1.Content{Batch: id(gtin, lot), Quantity: of(n, unit), Serials: serials}
}

func offerTo(to string, list ...*custodyv1.Goods) *custodyv1.MsgOffer {
	return &custodyv1.MsgOffer{Receiver: to, Goods: list, ExpiresAt: start + 7*24*3600}
}

// offer makes an offer and gives its number.
func (w *world) offer(from string, m *custodyv1.MsgOffer) uint64 {
	w.T.Helper()
	return w.Do(by(from), m).(*custodyv1.OfferResult).GetOffer()
}

// hand offers and accepts.
func (w *world) hand(from, to string, list ...*custodyv1.Goods) {
	w.T.Helper()
	w.Do(by(to), &custodyv1.MsgAccept{Offer: w.offer(from, offerTo(to, list...))})
}

// has is what somebody has of a lot, in base units.
func (w *world) has(who, gtin, lot string) int64 {
	w.T.Helper()
	list, err := w.matter.Holdings(w.Reader(), gtin, lot)
	must(w.T, err)
	for _, h := range list {
		if h.GetHolder() == who {
			return h.GetLeft()
		}
	}
	return 0
}

func (w *world) custodian(gtin, lot string) string {
	w.T.Helper()
	b, err := w.products.Batch(w.Reader(), gtin, lot)
	must(w.T, err)
	return b.GetCustodian()
}

// says is Refuses that also wants words of the sentence.
func (w *world) says(want *module.Error, who string, m proto.Message, words ...string) {
	w.T.Helper()
	_, err := w.Try(by(who), m)
	if !errors.Is(err, want) {
		w.T.Errorf("%s by %s: got %v; want the refusal %s", m.ProtoReflect().Descriptor().Name(), who, err, want.ID())
		return
	}
	for _, word := range words {
		if !strings.Contains(err.Error(), word) {
			w.T.Errorf("%q does not say %q", err, word)
		}
	}
}

func captured(doc string) *tracev1.MsgCapture { return &tracev1.MsgCapture{Document: []byte(doc)} }
