package registry_test

import (
	"crypto/ecdsa"
	"testing"

	"github.com/ethereum/go-ethereum/crypto"

	registryv1 "github.com/filiera-chain/filiera/api/registry/v1"
	"github.com/filiera-chain/filiera/envelope"
	"github.com/filiera-chain/filiera/module"
	"github.com/filiera-chain/filiera/module/moduletest"
	"github.com/filiera-chain/filiera/x/registry"
)

const (
	chain = "test-1"
	start = int64(1_780_000_000)
)

// world is a registry with two authorities, region and ministry.
type world struct {
	*moduletest.World
	r    *registry.Registry
	keys byte
}

func newWorld(t moduletest.T) *world {
	r := registry.New()
	w := &world{World: moduletest.New(t, module.Block{ChainID: chain, Height: 1, Time: start}, r.Module()), r: r}
	ctx := w.Context(module.Signer{})
	must(t, r.SetParams(ctx, registry.DefaultParams()))
	for _, id := range []string{"region", "ministry"} {
		must(t, r.Enrol(ctx, &registryv1.MsgEnrol{Id: id, Name: "Authority " + id, Key: w.newKey(id, "main")}))
		must(t, r.AdmitAuthority(ctx, id))
	}
	must(t, r.AdmitValidator(ctx, &registryv1.AdmitValidator{PublicKey: make([]byte, 32), Participant: "region", Name: "one", Power: 10}))
	w.CheckTruths()
	return w
}

func must(t moduletest.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatalf("%v", err)
	}
}

// newKey makes a key that nobody had, with its proof.
func (w *world) newKey(participant, label string) *registryv1.NewKey {
	w.keys++
	return proven(w.T, key(w.T, w.keys), participant, label)
}

func key(t moduletest.T, seed byte) *ecdsa.PrivateKey {
	t.Helper()
	b := make([]byte, 32)
	b[31] = seed
	k, err := crypto.ToECDSA(b)
	must(t, err)
	return k
}

func proven(t moduletest.T, k *ecdsa.PrivateKey, participant, label string) *registryv1.NewKey {
	t.Helper()
	sig, err := crypto.Sign(envelope.KeyProofDigest(chain, participant, label), k)
	must(t, err)
	return &registryv1.NewKey{Label: label, PublicKey: crypto.CompressPubkey(&k.PublicKey), Proof: sig}
}

func by(id string) module.Signer { return module.Signer{Participant: id, KeyLabel: "main"} }

// enrol admits id with one grant of role.
func (w *world) enrol(id string, grants ...*registryv1.NewGrant) {
	w.Do(by("region"), &registryv1.MsgEnrol{Id: id, Name: "Firm " + id, Key: w.newKey(id, "main"), Grants: grants})
}

func producer(specs, places []string) *registryv1.NewGrant {
	return &registryv1.NewGrant{Role: registryv1.Role_ROLE_PRODUCER, Specifications: specs, Places: places, ValidFrom: start}
}

func certifier(specs ...string) *registryv1.NewGrant {
	return &registryv1.NewGrant{Role: registryv1.Role_ROLE_CERTIFIER, Specifications: specs, ValidFrom: start}
}

func TestEnrol(t *testing.T) {
	w := newWorld(t)
	good := func() *registryv1.MsgEnrol {
		return &registryv1.MsgEnrol{
			Id: "pastificio", Name: "Pastificio", Key: w.newKey("pastificio", "main"), Grants: []*registryv1.NewGrant{producer(nil, nil)},
			AlternateIds: []*registryv1.AlternateID{{Scheme: registryv1.AlternateIDScheme_ALTERNATE_ID_SCHEME_VAT_IT, Value: "00743110157"}},
		}
	}
	for name, c := range map[string]struct {
		change func(*registryv1.MsgEnrol)
		signer string
		want   *module.Error
	}{
		"an id in capitals":               {func(m *registryv1.MsgEnrol) { m.Id = "Pastificio" }, "region", registry.ErrShape},
		"a name that is empty":            {func(m *registryv1.MsgEnrol) { m.Name = "" }, "region", registry.ErrShape},
		"a name that is not UTF-8":        {func(m *registryv1.MsgEnrol) { m.Name = "a\xff" }, "region", registry.ErrShape},
		"a VAT number with a wrong digit": {func(m *registryv1.MsgEnrol) { m.AlternateIds[0].Value = "00743110158" }, "region", registry.ErrAlternateID},
		"a GLN with a wrong digit": {func(m *registryv1.MsgEnrol) {
			m.AlternateIds[0] = &registryv1.AlternateID{Scheme: registryv1.AlternateIDScheme_ALTERNATE_ID_SCHEME_GLN, Value: "8000000000001"}
		}, "region", registry.ErrAlternateID},
		"a fiscal code in clear": {func(m *registryv1.MsgEnrol) {
			m.AlternateIds[0] = &registryv1.AlternateID{Scheme: registryv1.AlternateIDScheme_ALTERNATE_ID_SCHEME_FISCAL_CODE_COMMITMENT, Value: "RSSMRA80A01H501U"}
		}, "region", registry.ErrAlternateID},
		"the authority role": {func(m *registryv1.MsgEnrol) {
			m.Grants[0].Role = registryv1.Role_ROLE_AUTHORITY
		}, "region", registry.ErrByProposal},
		"a grant that ends before it begins": {func(m *registryv1.MsgEnrol) { m.Grants[0].ValidUntil = start - 1 }, "region", registry.ErrShape},
		"a key proven for somebody else":     {func(m *registryv1.MsgEnrol) { m.Key = w.newKey("another", "main") }, "region", registry.ErrKeyProof},
		"a key proven under another label":   {func(m *registryv1.MsgEnrol) { m.Key.Label = "other" }, "region", registry.ErrKeyProof},
		"a signer that is no authority":      {func(*registryv1.MsgEnrol) {}, "stranger", registry.ErrNoParticipant},
		"an id that is taken": {func(m *registryv1.MsgEnrol) {
			m.Id, m.Key = "ministry", w.newKey("ministry", "second")
		}, "region", registry.ErrTaken},
	} {
		t.Run(name+" is refused", func(t *testing.T) {
			w.T = t
			m := good()
			c.change(m)
			w.Refuses(c.want, by(c.signer), m)
		})
	}
	w.T = t
	w.Do(by("region"), good())
	t.Run("a VAT number that is taken is refused", func(t *testing.T) {
		w.T = t
		m := good()
		m.Id, m.Key = "second", w.newKey("second", "main")
		w.Refuses(registry.ErrTaken, by("region"), m)
	})
	t.Run("a key that is taken is refused, whoever had it", func(t *testing.T) {
		w.T = t
		m := good()
		m.Id, m.AlternateIds = "third", nil
		m.Key = proven(t, key(t, 1), "third", "main") // the region's
		w.Refuses(registry.ErrTaken, by("region"), m)
	})
}

func TestAllowedSaysHowFarTheNearestGrantGoes(t *testing.T) {
	w := newWorld(t)
	w.enrol("pastificio", producer([]string{"maccheroncini"}, []string{"109004"}),
		&registryv1.NewGrant{Role: registryv1.Role_ROLE_CARRIER, ValidFrom: start + 1000, ValidUntil: start + 2000})
	rd := w.Reader()
	for _, c := range []struct {
		name, spec, place string
		role              registryv1.Role
		at                int64
		want              *module.Error
	}{
		{"inside role, scope and dates", "maccheroncini", "109004", registryv1.Role_ROLE_PRODUCER, start, nil},
		{"no scope asked", "", "", registryv1.Role_ROLE_PRODUCER, start, nil},
		{"another specification", "ciauscolo", "109004", registryv1.Role_ROLE_PRODUCER, start, registry.ErrScope},
		{"another place", "maccheroncini", "109005", registryv1.Role_ROLE_PRODUCER, start, registry.ErrScope},
		{"another role", "", "", registryv1.Role_ROLE_CERTIFIER, start, registry.ErrNotAllowed},
		{"a second before the first", "", "", registryv1.Role_ROLE_CARRIER, start + 999, registry.ErrDates},
		{"the first second", "", "", registryv1.Role_ROLE_CARRIER, start + 1000, nil},
		{"the last second", "", "", registryv1.Role_ROLE_CARRIER, start + 1999, nil},
		{"a second after the last", "", "", registryv1.Role_ROLE_CARRIER, start + 2000, registry.ErrDates},
	} {
		t.Run(c.name, func(t *testing.T) {
			err := w.r.Allowed(rd, c.at, "pastificio", c.spec, c.place, c.role)
			if c.want == nil && err != nil || c.want != nil && !isRefusal(err, c.want) {
				t.Errorf("got %v, want %v", err, c.want)
			}
		})
	}
}
