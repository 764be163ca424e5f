package testnet_test

import (
	"bufio"
	"context"
	"crypto/ecdsa"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/ethereum/go-ethereum/crypto"

	"github.com/filiera-chain/filiera/client"
	"github.com/filiera-chain/filiera/node"
	"github.com/filiera-chain/filiera/testnet"
)

// program is the real binary, built once.
var program string

func TestMain(m *testing.M) {
	if os.Getenv("FILIERA_TEST_SENDER") != "" {
		if err := sendAll(); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(runTests(m))
}

func runTests(m *testing.M) int {
	dir, err := os.MkdirTemp("", "filiera-e2e-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(dir)
	program = filepath.Join(dir, "filiera")
	if out, err := exec.Command("go", "build", "-o", program, "../cmd/filiera").CombinedOutput(); err != nil {
		fmt.Fprintf(os.Stderr, "build the program: %v\n%s", err, out)
		return 1
	}
	return m.Run()
}

func check(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func startLedger(t *testing.T, producers int) *testnet.Ledger {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	l, err := testnet.NewLedger(program, t.TempDir(), producers)
	check(t, err)
	check(t, l.Start(ctx))
	check(t, l.Stage(ctx))
	return l
}

// Eight processes share a key and nothing else: no counter, no lock, no order.
const (
	processes = 8
	perSender = 150
	inFlight  = 24
)

// sendAll is what each of the processes does. It writes every transaction it
// sent, and fails at the first answer that is not a success: being told to
// come again would be one.
func sendAll() error {
	secret, err := hex.DecodeString(os.Getenv("FILIERA_TEST_KEY"))
	if err != nil {
		return err
	}
	key, err := crypto.ToECDSA(secret)
	if err != nil {
		return err
	}
	s := &testnet.Sender{Key: key, GTIN: os.Getenv("FILIERA_TEST_GTIN")}
	txs, err := testnet.SignBatches([]*testnet.Sender{s}, testnet.ChainID, os.Getenv("FILIERA_TEST_SENDER")+"-", perSender)
	if err != nil {
		return err
	}
	noRetry := client.WithPause(func(context.Context, int) error { return errors.New("the client had to try again") })
	c, err := client.New(os.Getenv("FILIERA_TEST_GATEWAY"), noRetry)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
	defer cancel()
	errs := make(chan error, len(txs))
	slots := make(chan struct{}, inFlight)
	for _, raw := range txs {
		slots <- struct{}{}
		go func() {
			defer func() { <-slots }()
			errs <- sendOne(ctx, c, raw)
		}()
	}
	for range txs {
		if err := <-errs; err != nil {
			return err
		}
	}
	for _, raw := range txs {
		fmt.Println(base64.StdEncoding.EncodeToString(raw))
	}
	return nil
}

func sendOne(ctx context.Context, c *client.Client, raw []byte) error {
	hash, err := c.Submit(ctx, raw)
	if err != nil {
		return err
	}
	r, err := c.Wait(ctx, hash)
	if err != nil {
		return err
	}
	return r.Err()
}

func TestEightProcessesWithOneKeyLoseNothing(t *testing.T) {
	l := startLedger(t, 1)
	s := l.Senders[0]
	sent := make([][][]byte, processes)
	var wg sync.WaitGroup
	for i := range sent {
		wg.Add(1)
		go func() {
			defer wg.Done()
			sent[i] = runSender(t, l.Gateway, s, fmt.Sprintf("P%d", i))
		}()
	}
	wg.Wait()
	c, err := l.Client()
	check(t, err)
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	seen := map[string]bool{}
	for i, list := range sent {
		if len(list) != perSender {
			t.Errorf("process %d sent %d of %d transactions", i, len(list), perSender)
		}
		for n, raw := range list {
			if seen[string(raw)] {
				t.Fatalf("process %d sent a transaction that another sent too", i)
			}
			seen[string(raw)] = true
			if _, err := c.Batch(ctx, s.GTIN, fmt.Sprintf("P%d-%08d", i, n)); err != nil {
				t.Errorf("process %d, batch %d: %v", i, n, err)
			}
			if _, err := c.Submit(ctx, raw); client.CodeOf(err) != "tx.replayed" {
				t.Fatalf("process %d, transaction %d sent again: got %v, want the refusal tx.replayed", i, n, err)
			}
		}
	}
	check(t, l.Stop())
}

func runSender(t *testing.T, gateway string, s *testnet.Sender, name string) (txs [][]byte) {
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), "FILIERA_TEST_SENDER="+name, "FILIERA_TEST_GATEWAY="+gateway, "FILIERA_TEST_GTIN="+s.GTIN,
		"FILIERA_TEST_KEY="+secret(s.Key))
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		t.Errorf("process %s: %v", name, err)
		return nil
	}
	for lines := bufio.NewScanner(out); lines.Scan(); {
		raw, err := base64.StdEncoding.DecodeString(lines.Text())
		if err != nil {
			t.Errorf("process %s printed %q", name, lines.Text())
		}
		txs = append(txs, raw)
	}
	if err := cmd.Wait(); err != nil {
		t.Errorf("process %s: %v", name, err)
	}
	return txs
}

func secret(k *ecdsa.PrivateKey) string { return hex.EncodeToString(crypto.FromECDSA(k)) }

// A power cut at any moment may lose what nobody was told of, and nothing else.
func TestKillingTheNodeLosesNothingAcknowledged(t *testing.T) {
	l := startLedger(t, 4)
	var acknowledged []string // "GTIN LOT HASH"
	for round := range 10 {
		acknowledged = append(acknowledged, loadUntilKilled(t, l, fmt.Sprintf("K%d-", round), 20+round*7)...)
		ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
		check(t, l.Start(ctx))
		cancel()
		lookFor(t, l, acknowledged)
	}
	if len(acknowledged) < 300 {
		t.Errorf("only %d transactions were acknowledged: the test proves little", len(acknowledged))
	}
	check(t, l.Stop())
	// Every truth holds over the state that ten power cuts left behind.
	doc, err := node.ExportGenesis(l.Home, "")
	check(t, err)
	check(t, node.WriteGenesis(l.Home, doc))
	_, err = node.CheckGenesis(l.Home)
	check(t, err)
}

// loadUntilKilled keeps the node busy and kills it after so many
// acknowledgements. It returns what was acknowledged.
func loadUntilKilled(t *testing.T, l *testnet.Ledger, prefix string, after int) []string {
	t.Helper()
	const n = 600
	txs, err := testnet.SignBatches(l.Senders, testnet.ChainID, prefix, n)
	check(t, err)
	c, err := client.New(l.Gateway, client.WithPause(func(context.Context, int) error { return errors.New("the node is gone") }))
	check(t, err)
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	acks := make(chan string, n)
	var wg sync.WaitGroup
	slots := make(chan struct{}, 32)
	wg.Add(1)
	go func() {
		defer wg.Done()
		for i, raw := range txs {
			slots <- struct{}{}
			if ctx.Err() != nil {
				return
			}
			wg.Add(1)
			go func() {
				defer wg.Done()
				defer func() { <-slots }()
				if sendOne(ctx, c, raw) == nil {
					acks <- fmt.Sprintf("%s %s%08d", l.Senders[i%len(l.Senders)].GTIN, prefix, i)
				}
			}()
		}
	}()
	var got []string
	for len(got) < after {
		select {
		case a := <-acks:
			got = append(got, a)
		case <-time.After(30 * time.Second):
			t.Fatalf("only %d acknowledgements came", len(got))
		}
	}
	l.Kill()
	cancel()
	wg.Wait()
	close(acks)
	for a := range acks {
		got = append(got, a)
	}
	return got
}

func lookFor(t *testing.T, l *testnet.Ledger, acknowledged []string) {
	t.Helper()
	c, err := l.Client()
	check(t, err)
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	for _, a := range acknowledged {
		var gtin, lot string
		if _, err := fmt.Sscan(a, &gtin, &lot); err != nil {
			t.Fatal(err)
		}
		if _, err := c.Batch(ctx, gtin, lot); err != nil {
			t.Fatalf("batch %s was acknowledged and is gone: %v", a, err)
		}
	}
}
