package matter_test

import (
	"crypto/sha256"
	"errors"
	"strings"
	"time"

	"github.com/ethereum/go-ethereum/crypto"
	"google.golang.org/protobuf/proto"

	basev1 "github.com/filiera-chain/filiera/api/base/v1"
	matterv1 "github.com/filiera-chain/filiera/api/matter/v1"
	placev1 "github.com/filiera-chain/filiera/api/place/v1"
	productv1 "github.com/filiera-chain/filiera/api/product/v1"
	registryv1 "github.com/filiera-chain/filiera/api/registry/v1"
	"github.com/filiera-chain/filiera/envelope"
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
)

const (
	chain   = "filiera-test"
	matelca = "043024"
	doc     = "verdicchio-dei-castelli-di-jesi-doc"
	farm    = "winery/vigna"
	stable  = "winery/stalla"
)

var (
	start = time.Date(2026, 11, 23, 8, 0, 0, 0, time.UTC).Unix()

	grapes = gtin("095212340001") // KGM, stage grapes
	wine   = gtin("095212340002") // MLT with density, stage wine
	bottle = gtin("095212340003") // H87 of 750 ml with density, stage bottles
	flour  = gtin("095212340004") // GRM, of no specification, of miller
	jars   = gtin("095212340005") // H87 without net content, of miller
	milk   = gtin("095212340006") // LTR, stage milk of another specification
)

// gtin completes thirteen digits, of which the first is the zero that is here.
func gtin(twelve string) string {
	body := "0" + twelve
	digit, err := gs1.CheckDigit(body)
	if err != nil {
		panic(err)
	}
	return body + string(digit)
}

// world is the real registry, place, product and matter: a winery with one
// hectare and a half of vineyard and ten cows, a miller, a grocer, an authority.
type world struct {
	*moduletest.World
	matter   *matter.Matter
	products *product.Product
	lineage  *lineage.Lineage
}

func newWorld(t moduletest.T) *world {
	t.Helper()
	r := registry.New()
	where, p := place.New(r), product.New(r)
	l := lineage.New(r)
	m := matter.New(r, where, p, l, cert.New(r, p, control.New(r, p, l)))
	w := &world{World: moduletest.New(t, module.Block{ChainID: chain, Height: 1, Time: start}, r.Module(), where.Module(), p.Module(), l.Module(), m.Module()), matter: m, products: p, lineage: l}
	ctx := w.Context(module.Signer{})
	must(t, r.SetParams(ctx, registry.DefaultParams()))
	must(t, r.Enrol(ctx, enrolment("region")))
	must(t, r.AdmitAuthority(ctx, "region"))
	must(t, r.AdmitValidator(ctx, &registryv1.AdmitValidator{PublicKey: make([]byte, 32), Participant: "region", Name: "one", Power: 10}))
	w.Do(by("region"), enrolment("winery", registryv1.Role_ROLE_PRODUCER))
	w.Do(by("region"), enrolment("miller", registryv1.Role_ROLE_PROCESSOR))
	w.Do(by("region"), enrolment("grocer", registryv1.Role_ROLE_DISTRIBUTOR))
	w.Do(by("region"), &productv1.MsgRegisterSpecification{Id: doc, Name: "Verdicchio dei Castelli di Jesi", Scheme: productv1.Scheme_SCHEME_DOC, Version: verdicchio()})
	w.Do(by("region"), &productv1.MsgRegisterSpecification{Id: "milk", Name: "Milk", Scheme: productv1.Scheme_SCHEME_QM, Version: version(&productv1.Stage{
		Id: "milk", NameIt: "latte", NameEn: "milk", Origin: &productv1.Origin{PerHead: of(6000, "LTR")},
	})})
	w.Do(by("winery"), &productv1.MsgRegisterProduct{Gtin: grapes, Specification: doc, Name: "Grapes", BaseUnit: "KGM", Stage: "grapes"})
	w.Do(by("winery"), &productv1.MsgRegisterProduct{Gtin: wine, Specification: doc, Name: "Verdicchio", BaseUnit: "MLT", Stage: "wine", Density: 990})
	w.Do(by("winery"), &productv1.MsgRegisterProduct{Gtin: bottle, Specification: doc, Name: "Verdicchio 0.75 l", BaseUnit: "H87", Stage: "bottles", Density: 990, NetContent: of(750, "MLT")})
	w.Do(by("winery"), &productv1.MsgRegisterProduct{Gtin: milk, Specification: "milk", Name: "Milk", BaseUnit: "LTR", Stage: "milk", Density: 1030})
	w.Do(by("miller"), &productv1.MsgRegisterProduct{Gtin: flour, Name: "Flour", BaseUnit: "GRM"})
	w.Do(by("miller"), &productv1.MsgRegisterProduct{Gtin: jars, Name: "Jars", BaseUnit: "H87"})
	w.Do(by("winery"), &placev1.MsgRegisterLocation{Id: farm, Details: land("Vigna", placev1.Kind_KIND_PARCEL, "12", 10_000, "13", 5_000)})
	herd := land("Stalla", placev1.Kind_KIND_STABLE, "14", 900, "15", 100)
	herd.Heads = 10
	w.Do(by("winery"), &placev1.MsgRegisterLocation{Id: stable, Details: herd})
	return w
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

func land(name string, kind placev1.Kind, sheet string, a int64, parcel string, b int64) *placev1.Details {
	return &placev1.Details{
		Name: name, Kind: kind, Municipality: matelca, ActiveFrom: "2000-01-01",
		Parcels: []*placev1.CadastralParcel{{Municipality: "F051", Sheet: sheet, Parcel: parcel, AreaM2: a}, {Municipality: "F051", Sheet: sheet, Parcel: parcel + "1", AreaM2: b}},
	}
}

func version(stages ...*productv1.Stage) *productv1.NewVersion {
	return &productv1.NewVersion{LegalBasis: "Example act", DocumentSha256: make([]byte, 32), Municipalities: []string{matelca}, InForceFrom: "2000-01-01", Stages: stages}
}

// verdicchio bounds grapes at 140 q/ha with 20 % in good years, wine at 70 l from
// 100 kg (facts of the specification, DM 8 April 2022; the yield is Matelica's).
func verdicchio() *productv1.NewVersion {
	return version(
		&productv1.Stage{Id: "grapes", NameIt: "uva", NameEn: "grapes", Origin: &productv1.Origin{PerHectare: of(140, "DTN"), TolerancePermille: 200}},
		&productv1.Stage{Id: "wine", NameIt: "vino", NameEn: "wine", Yields: []*productv1.Yield{{From: "grapes", Output: of(70, "LTR"), Input: of(100, "KGM")}}},
		&productv1.Stage{Id: "bottles", NameIt: "bottiglie", NameEn: "bottles", Yields: []*productv1.Yield{{From: "wine", Output: of(1, "H87"), Input: of(750, "MLT")}}},
	)
}

func of(n int64, unit string) *basev1.Quantity { return &basev1.Quantity{Amount: n, Unit: unit} }

func id(gtin, lot string) *basev1.BatchID { return &basev1.BatchID{Gtin: gtin, Lot: lot} }

func use(gtin, lot string, n int64, unit string) *matterv1.Use {
	return &matterv1.Use{Batch: id(gtin, lot), Quantity: of(n, unit)}
}

func fresh(gtin, lot string, n int64, unit string) *matterv1.NewBatch {
	return &matterv1.NewBatch{Gtin: gtin, Lot: lot, Quantity: of(n, unit), ProductionDate: "2026-10-01", Place: matelca}
}

func picked(lot string, kg, m2 int64) *matterv1.MsgHarvest {
	return &matterv1.MsgHarvest{Batch: fresh(grapes, lot, kg, "KGM"), HarvestYear: 2026, Claims: []*matterv1.Claim{{Location: farm, AreaM2: m2}}}
}

func pressed(lot string, ml int64, in ...*matterv1.Use) *matterv1.MsgTransform {
	return &matterv1.MsgTransform{Inputs: in, Outputs: []*matterv1.NewBatch{fresh(wine, lot, ml, "MLT")}}
}

func (w *world) left(gtin, lot string) int64 {
	w.T.Helper()
	s, err := w.matter.Stock(w.Reader(), gtin, lot)
	must(w.T, err)
	return s.GetLeft()
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
