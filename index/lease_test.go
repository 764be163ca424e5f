package index

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/filiera-chain/filiera/index/pgtest"
)

// Blocks that every process of these tests makes alike.
const (
	sharedBlocks = 300
	sharedTxs    = 4
)

// slow hands blocks out with a little time between, as a chain does, so that
// what is killed is killed in the middle.
type slow struct {
	*chain
	pause time.Duration
}

func (s slow) Block(h int64) (Block, error) {
	<-time.After(s.pause)
	return s.chain.Block(h)
}

// projectInto is the life of a process of its own that is killed in the middle.
func projectInto(place string) int {
	db, err := Open(place)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	c := newChain(nil, sharedBlocks, sharedTxs)
	p := NewProjector(db, slow{c, 10 * time.Millisecond}, slog.New(slog.NewTextHandler(io.Discard, nil)))
	go p.Run(context.Background())
	if err := p.WaitHeight(context.Background(), sharedBlocks); err != nil {
		return 1
	}
	fmt.Println("done")
	select {} // the lease is held until somebody kills the process
}

func startProjecting(t *testing.T, place string) *exec.Cmd {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), "FILIERA_TEST_PROJECT_INTO="+place)
	cmd.Stderr = os.Stderr
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cmd.Process.Kill(); _ = cmd.Wait() })
	return cmd
}

// until waits for a model's height from outside.
func until(t *testing.T, m Model, want int64) {
	t.Helper()
	deadline := time.Now().Add(2 * time.Minute)
	for {
		h, err := m.Height(t.Context())
		if err == nil && h >= want {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("height %d of %d (%v)", h, want, err)
		}
		<-time.After(10 * time.Millisecond)
	}
}

// wanted is what a rebuild of all blocks in a file gives.
func wanted(t *testing.T, c *chain) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "wanted.db")
	if err := Rebuild(t.Context(), c, path, nil); err != nil {
		t.Fatal(err)
	}
	return dump(t, openAt(t, path))
}

func TestBothEnginesHoldTheSameContent(t *testing.T) {
	c := newChain(t, 60, 6)
	want := wanted(t, c)
	address := server.Schema()
	for range 2 { // an empty schema, then one in use
		if err := Rebuild(t.Context(), c, address, nil); err != nil {
			t.Fatal(err)
		}
		db := openAt(t, address)
		if d := cmp.Diff(want, dump(t, db)); d != "" {
			t.Fatal(d)
		}
		c.grow(1, 1)
		apply(t, db, c.blocks[len(c.blocks)-1:])
		want = wanted(t, c)
		if err := Rebuild(t.Context(), c, address, nil); !errors.Is(err, ErrLease) {
			t.Fatalf("a rebuild under a projector that writes: %v", err)
		}
		db.Release()
	}
}

func TestOneOfTwoProjectorsWritesAndBothTell(t *testing.T) {
	c := newChain(t, 3, 2)
	address := server.Schema()
	ctx, stop := context.WithTimeout(t.Context(), time.Minute)
	defer stop()
	var projectors []*Projector
	told := make([][]int64, 2)
	var mu sync.Mutex
	var running sync.WaitGroup
	for i := range 2 {
		p := NewProjector(openAt(t, address), c, testLog(t))
		p.Subscribe(func(b Projected) { mu.Lock(); told[i] = append(told[i], b.Height); mu.Unlock() })
		projectors = append(projectors, p)
		running.Go(func() { p.Run(ctx) })
	}
	for n := int64(4); n <= 20; n++ {
		c.grow(1, 2)
		for _, p := range projectors {
			p.Notify()
		}
		for _, p := range projectors {
			if err := p.WaitHeight(ctx, n); err != nil {
				t.Fatal(err)
			}
		}
	}
	if both := projectors[0].model.Leads() && projectors[1].model.Leads(); both {
		t.Error("both projectors hold the lease")
	}
	stop()
	running.Wait()
	for i, heights := range told {
		for j, h := range heights {
			if h != heights[0]+int64(j) {
				t.Fatalf("projector %d told of %v", i, heights)
			}
		}
		if len(heights) < 17 || heights[len(heights)-1] != 20 {
			t.Errorf("projector %d told of %v", i, heights)
		}
	}
	if d := cmp.Diff(wanted(t, c), dump(t, openAt(t, address))); d != "" {
		t.Error(d)
	}
}

func TestAKilledProjectorLosesAndDoublesNothing(t *testing.T) {
	c := newChain(t, sharedBlocks, sharedTxs)
	address := server.Schema()
	m := openAt(t, address)
	leader := startProjecting(t, address)
	until(t, m, 1)
	startProjecting(t, address) // it follows
	for at := int64(64); at < sharedBlocks; at += 64 {
		until(t, m, at)
		if err := leader.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		_ = leader.Wait()
		leader = startProjecting(t, address)
	}
	until(t, m, sharedBlocks)
	if d := cmp.Diff(wanted(t, c), dump(t, m)); d != "" {
		t.Fatal(d)
	}
}

func TestAKilledServerLosesAndDoublesNothing(t *testing.T) {
	s, err := pgtest.New() // one that other tests do not need
	if err == nil {
		err = s.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	c := newChain(t, sharedBlocks, sharedTxs)
	db := openAt(t, s.Schema())
	p := NewProjector(db, slow{c, 5 * time.Millisecond}, testLog(t))
	ctx, stop := context.WithTimeout(t.Context(), 3*time.Minute)
	done := make(chan struct{})
	go func() { p.Run(ctx); close(done) }()
	for _, at := range []int64{1, 65, 129, 193} {
		if err := p.WaitHeight(ctx, at); err != nil {
			t.Fatal(err)
		}
		if err := s.Kill(); err != nil {
			t.Fatal(err)
		}
		if err := s.Start(); err != nil {
			t.Fatal(err)
		}
	}
	if err := p.WaitHeight(ctx, sharedBlocks); err != nil {
		t.Fatal(err)
	}
	stop()
	<-done
	if d := cmp.Diff(wanted(t, c), dump(t, db)); d != "" {
		t.Fatal(d)
	}
}

func TestTextThatNoEngineNeedTakeIsReplacedAlike(t *testing.T) {
	for name, open := range models {
		m := open(t)
		p := projection{signers: map[string]string{}}
		p.put(tDeclaredEvents, []byte{1}, []byte{0, 255})
		p.put(tEPCISTerms, "ILMD", "a\x00b\xff", int64(1))
		db := m.(*DB)
		if err := errors.Join(db.connect(t.Context()), db.flush(t.Context(), &p.changes)); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestAnAddressOfPostgreSQL(t *testing.T) {
	for address, want := range map[string]string{
		"postgres://u:secret@h/db":                        "filiera",
		"postgresql://u@h/db?search_path=marche_1":        "marche_1",
		"postgres://u@h/db?search_path=public":            "",
		"postgres://u@h/db?search_path=a,b":               "",
		"postgres://u@h/db?search_path=Drop%20Table":      "",
		"postgres://u:secret@h:port/db":                   "",
		"postgres://u:secret@h/db?sslmode=never-heard-of": "",
	} {
		_, schema, err := postgresConfig(address)
		if schema != want || (err == nil) != (want != "") {
			t.Errorf("%s: %q, %v", address, schema, err)
		}
		if err != nil && strings.Contains(err.Error(), "secret") {
			t.Errorf("%v shows the password", err)
		}
	}
}
