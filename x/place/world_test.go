package place_test

import (
	"crypto/sha256"
	"strings"
	"testing"

	"github.com/ethereum/go-ethereum/crypto"
	"google.golang.org/protobuf/proto"

	placev1 "github.com/filiera-chain/filiera/api/place/v1"
	registryv1 "github.com/filiera-chain/filiera/api/registry/v1"
	"github.com/filiera-chain/filiera/envelope"
	"github.com/filiera-chain/filiera/module"
	"github.com/filiera-chain/filiera/module/moduletest"
	"github.com/filiera-chain/filiera/x/place"
	"github.com/filiera-chain/filiera/x/registry"
)

const (
	chain       = "filiera-test"
	start       = int64(1_780_000_000) // 28 May 2026
	campofilone = "109004"
	fermo       = "109006"
	plantGLN    = "8012345000005"
	shopGLN     = "8099999000018"
	partyGLN    = "8012345000029"
)

// world is the real registry and the real place over the real store: an
// authority, a maker in two municipalities, a distributor, an auditor.
type world struct {
	*moduletest.World
	p *place.Place
}

func newWorld(t moduletest.T) *world {
	t.Helper()
	r := registry.New()
	p := place.New(r)
	w := &world{World: moduletest.New(t, module.Block{ChainID: chain, Height: 1, Time: start}, r.Module(), p.Module()), p: p}
	ctx := w.Context(module.Signer{})
	must := func(err error) {
		if err != nil {
			t.Fatalf("%v", err)
		}
	}
	must(r.SetParams(ctx, registry.DefaultParams()))
	must(r.Enrol(ctx, enrolment("region", nil)))
	must(r.AdmitAuthority(ctx, "region"))
	must(r.AdmitValidator(ctx, &registryv1.AdmitValidator{PublicKey: make([]byte, 32), Participant: "region", Name: "one", Power: 10}))
	must(r.Enrol(ctx, enrolment("maker", &registryv1.NewGrant{Role: registryv1.Role_ROLE_PRODUCER, Places: []string{campofilone, fermo}, ValidUntil: start + 1000})))
	must(r.Enrol(ctx, enrolment("seller", &registryv1.NewGrant{Role: registryv1.Role_ROLE_DISTRIBUTOR}, partyGLN)))
	must(r.Enrol(ctx, enrolment("auditor", &registryv1.NewGrant{Role: registryv1.Role_ROLE_AUDITOR})))
	w.CheckTruths()
	return w
}

func enrolment(id string, grant *registryv1.NewGrant, glns ...string) *registryv1.MsgEnrol {
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
	if grant != nil {
		m.Grants = []*registryv1.NewGrant{grant}
	}
	for _, g := range glns {
		m.AlternateIds = append(m.AlternateIds, &registryv1.AlternateID{Scheme: registryv1.AlternateIDScheme_ALTERNATE_ID_SCHEME_GLN, Value: g})
	}
	return m
}

func by(id string) module.Signer { return module.Signer{Participant: id, KeyLabel: "main"} }

func details() *placev1.Details {
	return &placev1.Details{
		Name: "Laboratorio di Campofilone", Kind: placev1.Kind_KIND_PLANT, Municipality: campofilone, ActiveFrom: "2013-11-13",
		Parcels:     []*placev1.CadastralParcel{{Municipality: "B534", Sheet: "12", Parcel: "345", Subordinate: "2", AreaM2: 820}},
		Coordinates: &placev1.Coordinates{Latitude: 43_079_100, Longitude: 13_816_700},
	}
}

func plant() *placev1.MsgRegisterLocation {
	return &placev1.MsgRegisterLocation{Id: plantGLN, Details: details()}
}

// inside is an own place of the maker that lies in parent.
func inside(id, parent string) *placev1.MsgRegisterLocation {
	d := details()
	d.Name, d.Kind, d.Parent, d.Parcels = "Linea "+id, placev1.Kind_KIND_AREA, parent, nil
	return &placev1.MsgRegisterLocation{Id: id, Details: d}
}

func amend(m *placev1.MsgRegisterLocation, change func(*placev1.Details)) *placev1.MsgAmendLocation {
	d := proto.Clone(m.GetDetails()).(*placev1.Details)
	change(d)
	return &placev1.MsgAmendLocation{Id: m.GetId(), Details: d, Reason: "new survey"}
}

func (w *world) location(id string) *placev1.Location {
	w.T.Helper()
	l, err := w.p.Location(w.Reader(), id)
	if err != nil || l == nil {
		w.T.Fatalf("location %s: %v, %v", id, l, err)
	}
	return l
}

// refusal is one way in which an act is refused.
type refusal[M proto.Message] struct {
	name   string
	signer string
	change func(M)
	want   *module.Error
}

func refuses[M proto.Message](t *testing.T, w *world, signer string, fresh func() M, cases []refusal[M]) {
	t.Helper()
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			m, who := fresh(), signer
			if c.change != nil {
				c.change(m)
			}
			if c.signer != "" {
				who = c.signer
			}
			before := len(w.Branch.Changes())
			_, err := w.Try(by(who), m)
			got := module.AsError(err)
			if err == nil || got.ID() != c.want.ID() {
				t.Fatalf("got %v, want %s", err, c.want.ID())
			}
			if got.Error() == c.want.About || strings.Contains(got.Error(), "%!") {
				t.Errorf("the refusal %s has no good sentence: %s", c.want.ID(), got)
			}
			if after := len(w.Branch.Changes()); after != before {
				t.Errorf("a refused act left %d changes", after-before)
			}
		})
	}
}
