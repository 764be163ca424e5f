package gateway

import (
	"context"
	"crypto/sha256"
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

	txv1 "github.com/filiera-chain/filiera/api/tx/v1"
	"github.com/filiera-chain/filiera/envelope"
	"github.com/filiera-chain/filiera/index"
	"github.com/filiera-chain/filiera/module"
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
	c := Config{Ledger: w, Engine: w, Index: db, Projector: w.proj, Blocks: w, Log: discard, Version: "v0-test", Limits: DefaultLimits(), Privacy: w}
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
	run    func(ctx *module.Context)
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
	if a.run != nil {
		ctx := module.NewContext(branch, module.Block{ChainID: testChain, Height: w.store.Height() + 1, Time: firstTime + w.store.Height() + 1}, module.Signer{Participant: "pastificio", KeyLabel: "ufficio"})
		a.run(ctx)
		a.say = append(a.say, ctx.Announcements()...)
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
