package gateway

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/ethereum/go-ethereum/crypto"
	"github.com/santhosh-tekuri/jsonschema/v6"
	"google.golang.org/protobuf/proto"

	basev1 "github.com/filiera-chain/filiera/api/base/v1"
	privacyv1 "github.com/filiera-chain/filiera/api/privacy/v1"
	registryv1 "github.com/filiera-chain/filiera/api/registry/v1"
	"github.com/filiera-chain/filiera/commitment"
	"github.com/filiera-chain/filiera/envelope"
	"github.com/filiera-chain/filiera/index"
	"github.com/filiera-chain/filiera/module"
	"github.com/filiera-chain/filiera/module/statekey"
	"github.com/filiera-chain/filiera/private"
	"github.com/filiera-chain/filiera/store"
	"github.com/filiera-chain/filiera/verify"
	"github.com/filiera-chain/filiera/x/cert"
	"github.com/filiera-chain/filiera/x/control"
	"github.com/filiera-chain/filiera/x/lineage"
	"github.com/filiera-chain/filiera/x/matter"
	"github.com/filiera-chain/filiera/x/place"
	"github.com/filiera-chain/filiera/x/privacy"
	"github.com/filiera-chain/filiera/x/product"
	"github.com/filiera-chain/filiera/x/registry"
	"github.com/filiera-chain/filiera/x/trace"
)

// The world answers who may see what with the real modules over its state.

func privacyModule() *privacy.Privacy {
	r := registry.New()
	p := product.New(r)
	l := lineage.New(r)
	m := matter.New(r, place.New(r), p, l, cert.New(r, p, control.New(r, p, l)))
	return privacy.New(r, p, m, cert.New(r, p, control.New(r, p, l)), trace.New(r, p, m, l))
}

func (w *world) read(fn func(p *privacy.Privacy, rd *module.Reader) error) error {
	if w.failure != nil {
		return w.failure
	}
	return w.store.View(func(v *store.View) error {
		return fn(privacyModule(), module.NewReader(v, module.Block{ChainID: testChain, Height: v.Height(), Time: firstTime + v.Height()}))
	})
}

func (w *world) Whole(id []byte) (a *privacyv1.CommitmentResponse, err error) {
	err = w.read(func(p *privacy.Privacy, rd *module.Reader) error { a, err = p.Whole(rd, id); return err })
	return a, err
}

func (w *world) Entitled(who string, id []byte, field string) (a *privacyv1.EntitledResponse, err error) {
	err = w.read(func(p *privacy.Privacy, rd *module.Reader) error {
		a, err = p.Entitled(rd, rd.Time, who, id, field)
		return err
	})
	return a, err
}

func (w *world) Neighbours(id []byte) (list []string, err error) {
	err = w.read(func(p *privacy.Privacy, rd *module.Reader) error {
		c, err := p.Commitment(rd, id)
		if err != nil {
			return err
		}
		list, err = p.Neighbours(rd, c)
		return err
	})
	return list, err
}

// act carries out acts of the privacy module in a block, by pastificio.
func (w *world) act(acts ...proto.Message) {
	w.t.Helper()
	w.commit(action{acts: acts, run: func(ctx *module.Context) {
		for _, m := range acts {
			w.runAct(ctx, m)
		}
	}})
}

func (w *world) runAct(ctx *module.Context, m proto.Message) {
	for _, a := range privacyModule().Module().Acts {
		if a.Message.ProtoReflect().Descriptor() == m.ProtoReflect().Descriptor() {
			must(w.t, a.Check(m))
			_, err := a.Run(ctx, m)
			must(w.t, err)
			return
		}
	}
	w.t.Fatalf("no act %T", m)
}

func keyOf(t testing.TB, who string) *ecdsa.PrivateKey {
	t.Helper()
	if who == "pastificio" {
		return testKey
	}
	seed := sha256.Sum256([]byte(who))
	k, err := crypto.ToECDSA(seed[:])
	must(t, err)
	return k
}

// keyed gives the story's participants their keys on the ledger.
func (w *world) keyed() {
	state := map[string]proto.Message{}
	for _, who := range []string{"pastificio", "amap-apc", "regione-marche"} {
		k := keyOf(w.t, who)
		a := crypto.PubkeyToAddress(k.PublicKey)
		state[string(statekey.Address(a[:]))] = &registryv1.Key{Address: a[:], Participant: who, Label: "ufficio", PublicKey: crypto.CompressPubkey(&k.PublicKey)}
	}
	w.commit(action{acts: []proto.Message{&registryv1.MsgAddKey{}}, state: state})
}

func (w *world) opening() *commitment.Opening {
	return &commitment.Opening{
		Place: commitment.Place{ChainID: testChain, Participant: "pastificio", Subject: commitment.Batch(testGTIN, testLot), Field: "price"},
		Form:  commitment.Text, Value: []byte("12,50 EUR"), Salt: [32]byte{1},
	}
}

// private commits to a price, shares it with the body, and gives the record's id.
func (w *world) private() string {
	w.t.Helper()
	w.keyed()
	sum := w.opening().Commitment()
	other := sha256.Sum256([]byte("recipe"))
	id := commitment.ID(testChain, "pastificio", commitment.Batch(testGTIN, testLot), []commitment.Named{{Name: "price", Commitment: sum[:]}, {Name: "recipe", Commitment: other[:]}})
	w.act(&privacyv1.MsgCommit{
		Subject: &privacyv1.Subject{Of: &privacyv1.Subject_Batch{Batch: &basev1.BatchID{Gtin: testGTIN, Lot: testLot}}},
		Fields:  []*privacyv1.NewField{{Name: "price", Commitment: sum[:]}, {Name: "recipe", Commitment: other[:]}},
	},
		&privacyv1.MsgGrantAccess{Commitment: id[:], Fields: []string{"price"}, To: &privacyv1.MsgGrantAccess_Participant{Participant: "amap-apc"}},
		&privacyv1.MsgRecordDelivery{Commitment: id[:], Fields: []string{"price"}, Participants: []string{"amap-apc"}})
	return hex.EncodeToString(id[:])
}

func (w *world) challenge() string {
	w.t.Helper()
	return w.do("POST", "/v1/challenges", nil).at("challenge").(string)
}

// signed sends a request with who's signature.
func (w *world) signed(who, method, path string, content []byte) reply {
	w.t.Helper()
	return w.do(method, path, bytes.NewReader(content), "Authorization", w.header2(who, w.challenge(), method, path, content), "Content-Type", "application/json")
}

func (w *world) header2(who, challenge, method, path string, content []byte) string {
	sig, err := crypto.Sign(envelope.RequestDigest(testChain, challenge, method, path, sha256.Sum256(content)), keyOf(w.t, who))
	must(w.t, err)
	return "Filiera-Signature challenge=" + challenge + ", signature=" + hex.EncodeToString(sig)
}

func (w *world) sealed(id, to string) []byte {
	w.t.Helper()
	n, err := private.ParseName(id, "price")
	must(w.t, err)
	p, err := private.Seal(w.opening(), n, to, crypto.CompressPubkey(&keyOf(w.t, to).PublicKey))
	must(w.t, err)
	raw, err := p.Encode()
	must(w.t, err)
	return raw
}

// withMailbox gives a world that keeps one, and what its audit says.
func withMailbox(t *testing.T) (*world, *bytes.Buffer, string) {
	t.Helper()
	audit := new(bytes.Buffer)
	w := newWorld(t, func(c *Config) {
		m, err := private.OpenMailbox(t.TempDir(), private.DefaultMailboxLimits(), time.Now)
		must(t, err)
		c.Mailbox, c.Audit = m, slog.New(slog.NewJSONHandler(audit, nil))
	})
	w.story()
	return w, audit, w.private()
}

func TestCommitmentsAreShown(t *testing.T) {
	w := newWorld(t)
	w.story()
	id := w.private()
	w.commit()
	r := w.get("/v1/commitments/" + id + "?proof=true")
	if r.status != 200 || r.at("commitment.fields.0.name") != "price" || r.at("grants.0.participant") != "amap-apc" || r.at("holdings.0.participant") != "amap-apc" {
		t.Fatalf("%d %s", r.status, r.body)
	}
	proof, err := json.Marshal(r.at("proof"))
	must(t, err)
	var direct struct{ Proof json.RawMessage }
	must(t, json.Unmarshal(r.body, &direct))
	raw, err := hex.DecodeString(id)
	must(t, err)
	trust := verify.Trust{ValidatorsHash: w.set().Hash(), ChainID: testChain}
	values, _, err := verify.CheckRecordProof(direct.Proof, trust, statekey.Commitment(raw))
	must(t, err)
	c := new(privacyv1.Commitment)
	must(t, proto.Unmarshal(values[0], c))
	must(t, w.opening().Check(c.GetFields()[0].GetCommitment()))
	if _, _, err := verify.CheckRecordProof(proof, trust, statekey.Commitment(raw)); err == nil {
		t.Error("a proof whose members stand in another order is taken")
	}
	if v := w.get("/v1/verify/01/" + testGTIN + "/10/" + testLot + "?lang=en"); v.at("private_fields.0.field") != "price" || strings.Contains(string(v.body), "12,50") {
		t.Errorf("the verdict shows %v", v.at("private_fields"))
	}
	for path, want := range map[string]string{
		"/v1/commitments/" + strings.Repeat("0", 64):                                 "404 commitment.not_found",
		"/v1/commitments/xyz":                                                        "400 id.invalid",
		"/v1/commitments?subject=batch/1/2":                                          "400 subject.invalid",
		"/v1/commitments/" + id + "/entitled?field=price&participant=regione-marche": "403 privacy.not_entitled",
		"/v1/commitments/" + id + "/entitled?field=volume&participant=amap-apc":      "403 privacy.unknown_field",
		"/v1/commitments/" + id + "/entitled?field=price&participant=nobody":         "403 registry.unknown_participant",
		"/v1/keys/0x0000000000000000000000000000000000000000":                        "404 key.not_found",
		"/v1/keys/0x00": "400 address.invalid",
	} {
		r := w.get(path)
		if got := strings.TrimSpace(http.StatusText(r.status)); got == "" || !strings.HasPrefix(want, itoa(r.status)) || r.at("code") != want[4:] {
			t.Errorf("%s: %d %v, want %s", path, r.status, r.at("code"), want)
		}
	}
	if l := w.get("/v1/commitments?subject=batch/" + testGTIN + "/" + testLot); len(l.at("items").([]any)) != 1 {
		t.Errorf("listed %s", l.body)
	}
	if l := w.get("/v1/holdings?participant=pastificio"); len(l.at("items").([]any)) != 0 {
		t.Errorf("listed %s", l.body)
	}
}

func itoa(n int) string {
	return string([]byte{byte('0' + n/100), byte('0' + n/10%10), byte('0' + n%10)})
}

func TestAPackageGoesFromOwnerToRecipient(t *testing.T) {
	w, audit, id := withMailbox(t)
	raw := w.sealed(id, "amap-apc")
	r := w.signed("pastificio", "POST", "/v1/data/packages", raw)
	if r.status != http.StatusCreated {
		t.Fatalf("%d %s", r.status, r.body)
	}
	name := r.at("id").(string)
	if l := w.signed("amap-apc", "GET", "/v1/data/packages", nil); l.at("items.0.id") != name || l.at("items.0.field") != "price" {
		t.Errorf("waits: %s", l.body)
	}
	if l := w.signed("regione-marche", "GET", "/v1/data/packages", nil); len(l.at("items").([]any)) != 0 {
		t.Errorf("waits for another: %s", l.body)
	}
	if r := w.signed("regione-marche", "GET", "/v1/data/packages/"+name, nil); r.status != 404 {
		t.Errorf("another takes it: %d", r.status)
	}
	r = w.signed("amap-apc", "GET", "/v1/data/packages/"+name, nil)
	p, err := private.DecodePackage(r.body)
	must(t, err)
	o, err := p.Open(keyOf(t, "amap-apc"))
	must(t, err)
	if string(o.Value) != "12,50 EUR" {
		t.Errorf("it holds %q", o.Value)
	}
	if r := w.signed("amap-apc", "DELETE", "/v1/data/packages/"+name, nil); r.status != http.StatusNoContent {
		t.Errorf("%d %s", r.status, r.body)
	}
	if r := w.signed("amap-apc", "GET", "/v1/data/packages/"+name, nil); r.status != 404 {
		t.Errorf("after it was removed: %d", r.status)
	}
	said := audit.String()
	for _, want := range []string{"package left", "package taken", "package removed", `"participant":"amap-apc"`, `"field":"price"`} {
		if !strings.Contains(said, want) {
			t.Errorf("the audit does not say %s: %s", want, said)
		}
	}
	if strings.Contains(said, "12,50") || strings.Contains(said, p.Ephemeral) {
		t.Errorf("the audit says too much: %s", said)
	}
}

func TestTheMailboxIsForTheEntitledOnly(t *testing.T) {
	w, _, id := withMailbox(t)
	post := func(who string, raw []byte, want string) {
		t.Helper()
		if r := w.signed(who, "POST", "/v1/data/packages", raw); r.at("code") != want {
			t.Errorf("%s: %d %s, want %s", who, r.status, r.body, want)
		}
	}
	post("amap-apc", w.sealed(id, "amap-apc"), "privacy.not_allowed")
	post("pastificio", w.sealed(id, "regione-marche"), "privacy.not_entitled")
	post("pastificio", w.sealed(strings.Repeat("0", 64), "amap-apc"), "commitment.not_found")
	post("pastificio", []byte("{}"), "package.invalid")
	post("pastificio", bytes.Replace(w.sealed(id, "amap-apc"), []byte(testChain), []byte("other-chain-1"), 1), "package.invalid")
	post("pastificio", bytes.Repeat([]byte("x"), private.MaxPackage+2), "request.too_large")

	r := w.signed("pastificio", "POST", "/v1/data/packages", w.sealed(id, "amap-apc"))
	path := "/v1/data/packages/" + r.at("id").(string)
	raw, err := hex.DecodeString(id)
	must(t, err)
	w.act(&privacyv1.MsgRevokeAccess{Commitment: raw, Grant: 1, Reason: "no more"})
	if r := w.signed("amap-apc", "GET", path, nil); r.status != 403 || r.at("code") != "privacy.not_entitled" {
		t.Errorf("after the grant ended: %d %s", r.status, r.body)
	}
	w.act(&privacyv1.MsgGrantAccess{Commitment: raw, Fields: []string{"price"}, To: &privacyv1.MsgGrantAccess_Participant{Participant: "amap-apc"}})
	if r := w.signed("amap-apc", "GET", path, nil); r.status != 200 {
		t.Errorf("after it was given again: %d %s", r.status, r.body)
	}
	w.failure = errFailing
	if r := w.do("GET", path, nil, "Authorization", "x"); r.status < 400 {
		t.Errorf("while the state cannot be read: %d", r.status)
	}
	w.failure = nil
	w.act(&privacyv1.MsgErase{Commitment: raw, Fields: []string{"price"}, Reason: "they asked"})
	if r := w.signed("amap-apc", "GET", path, nil); r.status != 410 || r.at("code") != "privacy.erased" {
		t.Errorf("after it was erased: %d %s", r.status, r.body)
	}
	must(t, w.gw.SweepMailbox())
	if r := w.signed("amap-apc", "GET", path, nil); r.status != 404 {
		t.Errorf("after the sweep: %d %s", r.status, r.body)
	}
	post("pastificio", w.sealed(id, "amap-apc"), "privacy.erased")

	suspended := &registryv1.Participant{Id: "amap-apc", Name: "x", Status: registryv1.ParticipantStatus_PARTICIPANT_STATUS_SUSPENDED}
	w.commit(action{acts: []proto.Message{&registryv1.MsgSuspendParticipant{}}, state: map[string]proto.Message{string(statekey.Participant("amap-apc")): suspended}, say: []proto.Message{index.AnnounceRecord(suspended)}})
	if r := w.signed("amap-apc", "GET", "/v1/data/packages", nil); r.status != 403 || r.at("code") != "registry.inactive_participant" {
		t.Errorf("suspended: %d %s", r.status, r.body)
	}
}

var errFailing = io.ErrUnexpectedEOF

func TestSignaturesServeOnce(t *testing.T) {
	w, _, id := withMailbox(t)
	const path = "/v1/data/packages"
	ask := func(name, header string, want int) {
		t.Helper()
		r := w.do("GET", path, nil, "Authorization", header)
		if r.status != want || want == 401 && !strings.HasPrefix(r.at("code").(string), "auth.") {
			t.Errorf("%s: %d %s", name, r.status, r.body)
		}
	}
	good := w.header2("amap-apc", w.challenge(), "GET", path, nil)
	ask("a good one", good, 200)
	ask("the same again", good, 401)
	ask("none", "", 401)
	ask("another scheme", "Bearer abc", 401)
	ask("no challenge", "Filiera-Signature signature=00", 401)
	ask("a challenge of our own making", w.header2("amap-apc", strings.Repeat("ab", challengeBytes), "GET", path, nil), 401)
	ask("another method", w.header2("amap-apc", w.challenge(), "POST", path, nil), 401)
	ask("another path", w.header2("amap-apc", w.challenge(), "GET", path+"/x", nil), 401)
	ask("another body", w.header2("amap-apc", w.challenge(), "GET", path, []byte("x")), 401)
	ask("a stranger's key", w.header2("nobody", w.challenge(), "GET", path, nil), 401)
	ask("text for a signature", "Filiera-Signature challenge="+w.challenge()+", signature=xyz", 401)
	ask("a long header", "Filiera-Signature challenge="+strings.Repeat("a", 1000), 401)
	late := w.header2("amap-apc", w.challenge(), "GET", path, nil)
	w.gw.now = func() time.Time { return time.Now().Add(2 * time.Minute) }
	ask("one that is over", late, 401)
	w.gw.now = time.Now

	k := keyOf(t, "amap-apc")
	a := crypto.PubkeyToAddress(k.PublicKey)
	retired := &registryv1.Key{Address: a[:], Participant: "amap-apc", Label: "ufficio", PublicKey: crypto.CompressPubkey(&k.PublicKey), RetiredAt: firstTime}
	w.commit(action{acts: []proto.Message{&registryv1.MsgRetireKey{}}, state: map[string]proto.Message{string(statekey.Address(a[:])): retired}})
	ask("a retired key", w.header2("amap-apc", w.challenge(), "GET", path, nil), 401)
	_ = id

	off := newWorld(t)
	off.story()
	off.keyed()
	if r := off.signed("pastificio", "GET", path, nil); r.status != 404 || r.at("code") != "mailbox.off" {
		t.Errorf("a node without a mailbox: %d %s", r.status, r.body)
	}
}

func TestTheMailboxAnswersAsDescribed(t *testing.T) {
	w, _, id := withMailbox(t)
	_, c := readSpec(t, w)
	check := func(r reply, path, method, status string) {
		t.Helper()
		schema, err := c.Compile("openapi.json#/paths/" + strings.NewReplacer("/", "~1", "{", "%7B", "}", "%7D").Replace(path) + "/" + method + "/responses/" + status + "/content/application~1json/schema")
		must(t, err)
		v, err := jsonschema.UnmarshalJSON(bytes.NewReader(r.body))
		must(t, err)
		if err := schema.Validate(v); err != nil || itoa(r.status) != status {
			t.Errorf("%s %s: %d %v %s", method, path, r.status, err, r.body)
		}
	}
	check(w.signed("pastificio", "POST", "/v1/data/packages", w.sealed(id, "amap-apc")), "/v1/data/packages", "post", "201")
	check(w.signed("amap-apc", "GET", "/v1/data/packages", nil), "/v1/data/packages", "get", "200")
	check(w.do("POST", "/v1/challenges", nil), "/v1/challenges", "post", "200")
}

func FuzzParseSigned(f *testing.F) {
	f.Add("Filiera-Signature challenge=ab, signature=cd")
	f.Add("Bearer x")
	f.Add("Filiera-Signature challenge=,signature=0x")
	f.Fuzz(func(t *testing.T, header string) {
		challenge, signature, ok := parseSigned(header)
		if ok && (len(challenge) > 500 || len(signature) > 250 || strings.Contains(challenge, ",")) {
			t.Errorf("%q is read as %q", header, challenge)
		}
	})
}
