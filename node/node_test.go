package node_test

import (
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	cmtcfg "github.com/cometbft/cometbft/config"
	"github.com/ethereum/go-ethereum/crypto"

	registryv1 "github.com/filiera-chain/filiera/api/registry/v1"
	txv1 "github.com/filiera-chain/filiera/api/tx/v1"
	"github.com/filiera-chain/filiera/app"
	"github.com/filiera-chain/filiera/envelope"
	"github.com/filiera-chain/filiera/node"
)

const chainID = "node-test-1"

// newHome makes a home whose genesis holds one authority, the one validator, and
// other participants of these names.
func newHome(t *testing.T, others ...string) node.Home {
	t.Helper()
	home := node.Home(t.TempDir())
	check(t, node.Init(home, "one", func(c *cmtcfg.Config) {
		c.RPC.ListenAddress = ""
		c.P2P.ListenAddress = "tcp://127.0.0.1:0"
		c.P2P.PexReactor = false // its address book is still written while the folder goes
	}))
	check(t, node.StartGenesis(home, chainID, time.Now().Add(-time.Minute)))
	key, err := node.ValidatorKey(home)
	check(t, err)
	check(t, node.EditGenesis(home, func(g *app.Genesis) error {
		for i, id := range append([]string{"region"}, others...) {
			enrol := &registryv1.MsgEnrol{Id: id, Name: id, Key: newKey(t, id, byte(7+i))}
			if err := g.Enrol(enrol, i == 0); err != nil {
				return err
			}
		}
		return g.AdmitValidator(&registryv1.AdmitValidator{PublicKey: key, Participant: "region", Name: "one", Power: 10})
	}))
	_, err = node.CheckGenesis(home)
	check(t, err)
	return home
}

func newKey(t *testing.T, id string, secret byte) *registryv1.NewKey {
	t.Helper()
	k, err := crypto.ToECDSA(append(make([]byte, 31), secret))
	check(t, err)
	sig, err := crypto.Sign(envelope.KeyProofDigest(chainID, id, "main"), k)
	check(t, err)
	return &registryv1.NewKey{Label: "main", PublicKey: crypto.CompressPubkey(&k.PublicKey), Proof: sig}
}

func check(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func start(t *testing.T, home node.Home) *node.Node {
	t.Helper()
	n, err := node.Start(context.Background(), node.Config{Home: home, Gateway: "127.0.0.1:0", Release: "test"}, slog.New(slog.NewTextHandler(io.Discard, nil)))
	check(t, err)
	return n
}

func enrolment(t *testing.T, sequence uint64) []byte {
	t.Helper()
	return grant(t, sequence, "region", registryv1.Role_ROLE_AUDITOR)
}

// grant gives a participant a role, by the region.
func grant(t *testing.T, sequence uint64, participant string, role registryv1.Role) []byte {
	t.Helper()
	k, err := crypto.ToECDSA(append(make([]byte, 31), 7))
	check(t, err)
	act, err := envelope.Act(&registryv1.MsgGrantRole{Participant: participant, Grant: &registryv1.NewGrant{Role: role}})
	check(t, err)
	raw, err := envelope.Sign(&txv1.TxBody{
		ChainId: chainID, Lane: 1, Sequence: sequence, ExpiresAt: time.Now().Add(time.Minute).Unix(), Acts: []*txv1.Act{act},
	}, k)
	check(t, err)
	return raw
}

// send posts a transaction and waits until it is committed and projected.
func send(t *testing.T, n *node.Node, raw []byte) map[string]any {
	t.Helper()
	res, err := http.Post(n.GatewayURL()+"/v1/txs", "application/octet-stream", strings.NewReader(string(raw)))
	check(t, err)
	var out struct{ Hash, Code, Detail string }
	check(t, json.NewDecoder(res.Body).Decode(&out))
	res.Body.Close()
	if res.StatusCode != http.StatusAccepted {
		t.Fatalf("POST /v1/txs: %d %+v", res.StatusCode, out)
	}
	return get(t, n.GatewayURL()+"/v1/txs/"+out.Hash+"/wait?timeout=20s")
}

func get(t *testing.T, url string) map[string]any {
	t.Helper()
	res, err := http.Get(url)
	check(t, err)
	defer res.Body.Close()
	var out map[string]any
	check(t, json.NewDecoder(res.Body).Decode(&out))
	if res.StatusCode != http.StatusOK {
		t.Fatalf("GET %s: %d %v", url, res.StatusCode, out)
	}
	return out
}

func TestANodeRunsStopsAndComesBack(t *testing.T) {
	home := newHome(t)
	n := start(t, home)
	if r := send(t, n, enrolment(t, 1)); r["code"] != float64(0) {
		t.Fatalf("the transaction was refused: %v", r)
	}
	height, hash := n.App().Height(), get(t, n.GatewayURL()+"/status")["app_hash"]
	check(t, n.Stop())

	n = start(t, home)
	if n.App().Height() < height {
		t.Errorf("the state is at %d after a restart and was at %d", n.App().Height(), height)
	}
	if now := get(t, n.GatewayURL()+"/status")["app_hash"]; now != hash {
		t.Errorf("app hash %v after a restart, %v before", now, hash)
	}
	if r := send(t, n, enrolment(t, 2)); r["code"] != float64(0) {
		t.Errorf("the transaction was refused: %v", r)
	}
	check(t, n.App().CheckInvariants())
	check(t, n.Stop())
}

// Many requests at once share the server's buffers; each transaction must
// arrive as it was sent.
func TestTransactionsSentTogetherAllArrive(t *testing.T) {
	home := newHome(t)
	n := start(t, home)
	var wg sync.WaitGroup
	results := make([]map[string]any, 60)
	for i := range results {
		raw := enrolment(t, uint64(i+1))
		wg.Add(1)
		go func() {
			defer wg.Done()
			results[i] = send(t, n, raw)
		}()
	}
	wg.Wait()
	for i, r := range results {
		if r["code"] != float64(0) {
			t.Errorf("transaction %d: %v", i+1, r)
		}
	}
	check(t, n.Stop())
}

func TestAHomeIsMadeOnce(t *testing.T) {
	home := newHome(t)
	if err := node.Init(home, "two", nil); err == nil || !strings.Contains(err.Error(), "already holds a node") {
		t.Errorf("a second init: %v", err)
	}
	if _, err := node.Start(context.Background(), node.Config{Home: node.Home(t.TempDir())}, slog.Default()); err == nil || !strings.Contains(err.Error(), "filiera init") {
		t.Errorf("an empty home: %v", err)
	}
}
