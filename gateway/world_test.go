package gateway

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	abci "github.com/cometbft/cometbft/abci/types"
	"github.com/cometbft/cometbft/crypto/ed25519"
	cmtproto "github.com/cometbft/cometbft/proto/tendermint/types"
	cmtversion "github.com/cometbft/cometbft/proto/tendermint/version"
	cmt "github.com/cometbft/cometbft/types"
	dbm "github.com/cosmos/cosmos-db"
	"github.com/ethereum/go-ethereum/crypto"
	"google.golang.org/protobuf/proto"

	basev1 "github.com/filiera-chain/filiera/api/base/v1"
	certv1 "github.com/filiera-chain/filiera/api/cert/v1"
	productv1 "github.com/filiera-chain/filiera/api/product/v1"
	registryv1 "github.com/filiera-chain/filiera/api/registry/v1"
	tracev1 "github.com/filiera-chain/filiera/api/trace/v1"
	txv1 "github.com/filiera-chain/filiera/api/tx/v1"
	"github.com/filiera-chain/filiera/envelope"
	"github.com/filiera-chain/filiera/index"
	"github.com/filiera-chain/filiera/module/statekey"
	"github.com/filiera-chain/filiera/store"
)

const (
	testChain = "filiera-test-1"
	testGTIN  = "08000000000019"
	firstTime = 1_795_000_000
)

var testLot = "L261123"

// world is a chain of one validator around a real state, a real read model and
// the gateway. Blocks are made by hand.
type world struct {
	t     testing.TB
	store *store.Store
	db    *index.DB
	proj  *index.Projector
	gw    *Gateway
	url   string

	validator ed25519.PrivKey

	mu      sync.Mutex
	blocks  []index.Block
	headers []*cmt.SignedHeader
	roots   [][]byte // state after each height, genesis first
	// checkTx answers the next transactions; nil takes them.
	checkTx func(ctx context.Context, raw []byte) (*abci.ResponseCheckTx, error)
	status  EngineStatus
	failure error
}

func newWorld(t testing.TB, change ...func(*Config)) *world {
	t.Helper()
	s, err := store.Open(dbm.NewMemDB(), store.Options{})
	must(t, err)
	db, err := index.Open(filepath.Join(t.TempDir(), "index.db"))
	must(t, err)
	w := &world{t: t, store: s, db: db, validator: ed25519.GenPrivKeyFromSecret([]byte("one")), roots: [][]byte{s.AppHash()}}
	w.proj = index.NewProjector(db, w, discard)
	c := Config{Ledger: w, Engine: w, Index: db, Projector: w.proj, Log: discard, Version: "v0-test", Limits: DefaultLimits()}
	for _, f := range change {
		f(&c)
	}
	w.gw, err = New(c)
	must(t, err)
	server := httptest.NewServer(w.gw)
	w.url = server.URL
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() { w.proj.Run(ctx); close(done) }()
	t.Cleanup(func() {
		server.Close()
		w.gw.Close()
		stop()
		<-done
		must(t, errors.Join(db.Close(), s.Close()))
	})
	return w
}

var discard = slog.New(slog.NewTextHandler(io.Discard, nil))

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// The world is the ledger …

func (w *world) ChainID() string { return testChain }

func (w *world) View(fn func(View) error) error {
	if w.failure != nil {
		return w.failure
	}
	return w.store.View(func(v *store.View) error { return fn(v) })
}

// … the engine …

func (w *world) BroadcastTx(ctx context.Context, raw []byte) (*abci.ResponseCheckTx, error) {
	if w.checkTx != nil {
		return w.checkTx(ctx, raw)
	}
	return &abci.ResponseCheckTx{}, nil
}

func (w *world) SignedHeader(_ context.Context, height int64) (*cmt.SignedHeader, *cmt.ValidatorSet, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if height < 1 || height > int64(len(w.headers)) {
		return nil, nil, nil
	}
	return w.headers[height-1], w.set(), nil
}

func (w *world) Status(context.Context) (EngineStatus, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	s := w.status
	s.Height, s.ValidatorsHash = int64(len(w.headers)), w.set().Hash()
	if s.Height > 0 {
		s.Time = w.headers[s.Height-1].Time
	}
	if s.Height == 0 {
		return s, errors.New("the chain has no block yet")
	}
	return s, w.failure
}

// … and the source of its read model.

func (w *world) First() int64 { return 1 }

func (w *world) LastHeight() (int64, error) { return w.store.Height(), nil }

func (w *world) Block(h int64) (index.Block, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.blocks[h-1], nil
}

func (w *world) set() *cmt.ValidatorSet {
	return cmt.NewValidatorSet([]*cmt.Validator{cmt.NewValidator(w.validator.PubKey(), 10)})
}

// action is a transaction of a block: what it writes and announces.
type action struct {
	acts   []proto.Message
	code   uint32
	result []proto.Message
	state  map[string]proto.Message
	index  [][]byte // keys with an empty value
	say    []proto.Message
}

var testKey, _ = crypto.ToECDSA(crypto.Keccak256([]byte("a key for tests")))

// commit makes the next block and waits until it is in the read model; it
// gives the hashes of its transactions.
func (w *world) commit(actions ...action) [][32]byte {
	w.t.Helper()
	h := w.store.Height() + 1
	at := time.Unix(firstTime+h, 0).UTC()
	b := index.Block{Height: h, Time: at}
	branch := w.store.Branch()
	var hashes [][32]byte
	for i, a := range actions {
		raw := w.sign(uint64(h*100)+uint64(i), a.acts)
		b.Txs, b.Results = append(b.Txs, raw), append(b.Results, w.carryOut(branch, a))
		hashes = append(hashes, envelope.Hash(raw))
	}
	root, err := w.store.Prepare(h, branch)
	must(w.t, err)
	w.mu.Lock()
	header := w.header(h, at, w.roots[len(w.roots)-1])
	b.Hash = header.Hash()
	w.blocks, w.headers, w.roots = append(w.blocks, b), append(w.headers, header), append(w.roots, root)
	w.mu.Unlock()
	must(w.t, w.store.Commit())
	w.proj.Notify()
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	must(w.t, w.proj.WaitHeight(ctx, h))
	return hashes
}

func (w *world) sign(sequence uint64, acts []proto.Message) []byte {
	body := &txv1.TxBody{ChainId: testChain, Lane: 7, Sequence: sequence, ExpiresAt: firstTime + 1000}
	for _, m := range acts {
		a, err := envelope.Act(m)
		must(w.t, err)
		body.Acts = append(body.Acts, a)
	}
	raw, err := envelope.Sign(body, testKey)
	must(w.t, err)
	return raw
}

func (w *world) carryOut(branch *store.Branch, a action) *abci.ExecTxResult {
	if a.code != 0 {
		return &abci.ExecTxResult{Code: a.code, Codespace: "product", Info: "product.duplicate_batch", Log: "the batch is registered already"}
	}
	for k, m := range a.state {
		v, err := proto.Marshal(m)
		must(w.t, err)
		must(w.t, branch.Set([]byte(k), v))
	}
	for _, k := range a.index {
		must(w.t, branch.Set(k, []byte{}))
	}
	r := &abci.ExecTxResult{}
	var results txv1.TxResult
	for _, m := range a.result {
		v, err := proto.Marshal(m)
		must(w.t, err)
		results.Results = append(results.Results, v)
	}
	r.Data, _ = proto.Marshal(&results)
	for _, m := range a.say {
		e, err := index.Announce(m)
		must(w.t, err)
		r.Events = append(r.Events, e)
	}
	return r
}

func (w *world) header(h int64, at time.Time, appHash []byte) *cmt.SignedHeader {
	set := w.set()
	hash := func(s string) []byte { x := sha256.Sum256([]byte(s)); return x[:] }
	header := &cmt.Header{
		Version: cmtversion.Consensus{Block: 11, App: 1}, ChainID: testChain, Height: h, Time: at,
		LastBlockID:    cmt.BlockID{Hash: hash("block"), PartSetHeader: cmt.PartSetHeader{Total: 1, Hash: hash("parts")}},
		LastCommitHash: hash("commit"), DataHash: hash("data"), ValidatorsHash: set.Hash(), NextValidatorsHash: set.Hash(),
		ConsensusHash: hash("params"), AppHash: appHash, LastResultsHash: hash("results"), EvidenceHash: hash("evidence"),
		ProposerAddress: set.GetProposer().Address,
	}
	id := cmt.BlockID{Hash: header.Hash(), PartSetHeader: cmt.PartSetHeader{Total: 1, Hash: hash("these parts")}}
	vote := &cmt.Vote{Type: cmtproto.PrecommitType, Height: h, BlockID: id, Timestamp: at, ValidatorAddress: w.validator.PubKey().Address()}
	sig, err := w.validator.Sign(cmt.VoteSignBytes(testChain, vote.ToProto()))
	must(w.t, err)
	return &cmt.SignedHeader{Header: header, Commit: &cmt.Commit{Height: h, BlockID: id, Signatures: []cmt.CommitSig{
		{BlockIDFlag: cmt.BlockIDFlagCommit, ValidatorAddress: vote.ValidatorAddress, Timestamp: at, Signature: sig},
	}}}
}

// story commits the pasta maker's batch with its certificate and one event.
func (w *world) story() [][32]byte {
	addr := crypto.PubkeyToAddress(testKey.PublicKey)
	participants := map[string]proto.Message{}
	var say []proto.Message
	for _, id := range []string{"regione-marche", "amap-apc", "pastificio"} {
		p := &registryv1.Participant{Id: id, Name: strings.ToUpper(id), Status: 1, EnrolledAt: firstTime}
		participants[string(statekey.Participant(id))] = p
		say = append(say, index.AnnounceRecord(p))
	}
	acc := &registryv1.Accreditation{
		Certifier: "amap-apc", Specification: "maccheroncini", Status: 1, Reference: "DM 8 Oct 1999",
		History: []*basev1.StatusLine{{Status: "active", Actor: "regione-marche", At: firstTime, Height: 1}},
	}
	participants[string(statekey.Accreditation("amap-apc", "maccheroncini"))] = acc
	key := &registryv1.Key{Address: addr[:], Participant: "pastificio", Label: "ufficio", PublicKey: crypto.CompressPubkey(&testKey.PublicKey)}
	say = append(say, index.AnnounceRecord(acc), index.AnnounceRecord(key),
		index.AnnounceRecord(&registryv1.Grant{Participant: "amap-apc", Number: 1, Role: registryv1.Role_ROLE_CERTIFIER, GrantedAt: firstTime}),
		index.AnnounceRecord(&registryv1.Params{MaxTxBytes: 1 << 20, ProposalSeconds: 86400}),
		index.AnnounceRecord(&registryv1.Proposal{
			Id: 1, Status: 1, Proposer: "regione-marche",
			Decision: &registryv1.Decision{Kind: &registryv1.Decision_AdmitAuthority{AdmitAuthority: &registryv1.AdmitAuthority{Participant: "pastificio"}}},
		}),
		index.AnnounceRecord(&registryv1.Validator{PublicKey: w.validator.PubKey().Bytes(), Power: 10, Participant: "regione-marche", Name: "one"}))
	return w.commit(
		action{acts: []proto.Message{&registryv1.MsgEnrol{Id: "pastificio"}}, state: participants, say: say},
		w.specification(), w.batch(testLot), w.attestation(), w.event(),
		action{acts: []proto.Message{&productv1.MsgRegisterBatch{Gtin: testGTIN, Lot: testLot}}, code: 4},
	)
}

func (w *world) specification() action {
	spec := &productv1.Specification{Id: "maccheroncini", Name: "Maccheroncini di Campofilone IGP", Scheme: productv1.Scheme_SCHEME_IGP, LatestVersion: 1, RegisteredAt: firstTime}
	version := &productv1.SpecificationVersion{Specification: "maccheroncini", Version: 1, LegalBasis: "Reg. (UE) 1216/2013", InForceFrom: "2013-11-29", DocumentSha256: make([]byte, 32)}
	product := &productv1.Product{Gtin: testGTIN, Owner: "pastificio", Specification: "maccheroncini", Name: "Maccheroncini 250 g", BaseUnit: "GRM"}
	return action{
		acts: []proto.Message{&productv1.MsgRegisterSpecification{Id: "maccheroncini"}},
		state: map[string]proto.Message{
			string(statekey.Specification("maccheroncini")): spec, string(statekey.SpecificationVersion("maccheroncini", 1)): version,
			string(statekey.Product(testGTIN)): product,
		},
		say: []proto.Message{index.AnnounceRecord(spec), index.AnnounceRecord(version), index.AnnounceRecord(product)},
	}
}

func (w *world) batch(lot string) action {
	b := &productv1.Batch{
		Gtin: testGTIN, Lot: lot, Specification: "maccheroncini", SpecificationVersion: 1, Quantity: &basev1.Quantity{Amount: 1_500_000, Unit: "GRM"},
		ProductionDate: "2026-11-10", ExpiryDate: "2028-11-10", Place: "044007", Owner: "pastificio", Custodian: "pastificio", Status: 1,
		RegisteredAt: firstTime, RegisteredHeight: 1,
	}
	return action{
		acts:  []proto.Message{&productv1.MsgRegisterBatch{Gtin: testGTIN, Lot: lot}},
		state: map[string]proto.Message{string(statekey.Batch(testGTIN, lot)): b}, say: []proto.Message{index.AnnounceRecord(b)},
	}
}

const attestationID = "urn:uuid:6f1f2a3c-0000-4000-8000-000000000001"

func (w *world) attestation() action {
	a := &certv1.Attestation{
		Id: attestationID, Certifier: "amap-apc", Specification: "maccheroncini", SpecificationVersion: 1,
		Batches:   []*certv1.CoveredBatch{{Batch: &basev1.BatchID{Gtin: testGTIN, Lot: testLot}, Quantity: &basev1.Quantity{Amount: 1_500_000, Unit: "GRM"}}},
		ValidFrom: firstTime - 100, ValidUntil: firstTime + 1_000_000, KeyLabel: "ufficio", CredentialSha256: bytes.Repeat([]byte{0xab}, 32),
		History: []*basev1.StatusLine{{Status: "issued", Actor: "amap-apc", At: firstTime, Height: 1}}, SubmittedBy: "pastificio",
	}
	start, _ := statekey.AttestationsOf(testGTIN, testLot)
	return action{
		acts:  []proto.Message{&certv1.MsgIssue{Credential: []byte("jwt")}},
		state: map[string]proto.Message{string(statekey.Attestation(a.Id)): a},
		index: [][]byte{append(start, a.Id...)}, say: []proto.Message{index.AnnounceRecord(a)},
	}
}

const capturedDocument = `{"@context":"https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld","type":"EPCISDocument","schemaVersion":"2.0",
"epcisBody":{"eventList":[{"type":"ObjectEvent","note":"drying & packing"}]}}`

func (w *world) event() action {
	id := sha256.Sum256([]byte("event"))
	e := &tracev1.Event{
		Id: id[:], Type: "ObjectEvent", EventTimeMs: (firstTime - 50) * 1000, TimeZoneOffset: "+01:00", Action: "ADD", Reporter: "pastificio",
		Batches:    []*tracev1.Involved{{Batch: &basev1.BatchID{Gtin: testGTIN, Lot: testLot}, Part: 1, Registered: true}},
		RecordedAt: firstTime, RecordedHeight: 1, ContentSha256: make([]byte, 32),
	}
	start, _ := statekey.JourneyOf(testGTIN, testLot)
	key := append(binary.BigEndian.AppendUint64(start, uint64(e.EventTimeMs)^1<<63), id[:]...)
	return action{
		acts:  []proto.Message{&tracev1.MsgCapture{Document: []byte(capturedDocument)}},
		state: map[string]proto.Message{string(statekey.Event(id[:])): e}, index: [][]byte{key},
		say:    []proto.Message{&tracev1.EventCaptured{Event: e}},
		result: []proto.Message{&tracev1.CaptureResult{Receipts: []*tracev1.Receipt{{Id: id[:], Outcome: 1}}}},
	}
}

// reply is an answer, read whole.
type reply struct {
	status int
	header http.Header
	body   []byte
	json   map[string]any
}

func (w *world) do(method, path string, body io.Reader, headers ...string) reply {
	w.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 90*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, method, w.url+path, body)
	must(w.t, err)
	for i := 0; i < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	res, err := (&http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}).Do(req)
	must(w.t, err)
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	must(w.t, err)
	r := reply{status: res.StatusCode, header: res.Header, body: b}
	if strings.Contains(res.Header.Get("Content-Type"), "json") && len(b) > 0 {
		must(w.t, json.Unmarshal(b, &r.json))
	}
	return r
}

func (w *world) get(path string) reply {
	w.t.Helper()
	return w.do("GET", path, nil)
}

// at reads a member of the answer by a path such as "items.0.id".
func (r reply) at(path string) any {
	var v any = r.json
	for _, p := range strings.Split(path, ".") {
		switch x := v.(type) {
		case map[string]any:
			v = x[p]
		case []any:
			var i int
			if _, err := fmt.Sscan(p, &i); err != nil || i >= len(x) {
				return nil
			}
			v = x[i]
		default:
			return nil
		}
	}
	return v
}
