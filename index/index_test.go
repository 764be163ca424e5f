package index

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	abci "github.com/cometbft/cometbft/abci/types"
	"github.com/ethereum/go-ethereum/crypto"
	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/proto"

	productv1 "github.com/filiera-chain/filiera/api/product/v1"
	registryv1 "github.com/filiera-chain/filiera/api/registry/v1"
	"github.com/filiera-chain/filiera/envelope"
	"github.com/filiera-chain/filiera/index/pgtest"
)

// models are the forms of the read model; every one passes every test.
var models = map[string]func(testing.TB) Model{
	"sqlite":   func(t testing.TB) Model { return openTemp(t) },
	"postgres": func(t testing.TB) Model { return openAt(t, server.Schema()) },
}

var server *pgtest.Server

func TestMain(m *testing.M) {
	if place := os.Getenv("FILIERA_TEST_PROJECT_INTO"); place != "" {
		os.Exit(projectInto(place))
	}
	os.Exit(pgtest.Run(m, &server))
}

func eachModel(t *testing.T, test func(*testing.T, Model)) {
	for name, open := range models {
		t.Run(name, func(t *testing.T) { test(t, open(t)) })
	}
}

func openTemp(t testing.TB) *DB {
	t.Helper()
	return openAt(t, filepath.Join(t.TempDir(), "index with space?.db"))
}

func openAt(t testing.TB, place string) *DB {
	t.Helper()
	db, err := Open(place)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	return db
}

func dump(t testing.TB, m Model) string {
	t.Helper()
	var b bytes.Buffer
	if err := m.Dump(t.Context(), &b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func apply(t testing.TB, m Model, blocks []Block) {
	t.Helper()
	if err := m.Apply(t.Context(), blocks); err != nil {
		t.Fatal(err)
	}
}

func height(t testing.TB, m Model) int64 {
	t.Helper()
	h, err := m.Height(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return h
}

func TestBlocksOneByOneAndAllAtOnceGiveTheSameRows(t *testing.T) {
	c := newChain(t, 30, 8)
	one, many := openTemp(t), openTemp(t)
	for i := range c.blocks {
		apply(t, one, c.blocks[i:i+1])
	}
	apply(t, many, c.blocks)
	if d := cmp.Diff(dump(t, one), dump(t, many)); d != "" {
		t.Fatal(d)
	}
	if n := strings.Count(dump(t, one), "\ntxs "); n != 30*8+4 {
		t.Fatalf("%d transactions", n)
	}
}

func TestApplyRefusesGapsAndForksAndPassesOverWhatIsThere(t *testing.T) {
	eachModel(t, func(t *testing.T, m Model) {
		c := newChain(t, 8, 2)
		apply(t, m, c.all(5))
		before := dump(t, m)
		apply(t, m, c.all(5))
		apply(t, m, c.blocks[2:4])
		apply(t, m, nil)
		other := c.blocks[4]
		other.Hash = bytes.Repeat([]byte{1}, 32)
		broken := c.blocks[5]
		broken.Results = nil
		for name, k := range map[string]struct {
			blocks []Block
			want   error
		}{
			"a gap after the last":      {c.blocks[6:], ErrGap},
			"a gap between":             {[]Block{c.blocks[5], c.blocks[7]}, ErrGap},
			"a gap among those applied": {[]Block{c.blocks[1], c.blocks[3]}, ErrGap},
			"another block":             {[]Block{other, c.blocks[5]}, ErrFork},
			"height 0":                  {[]Block{{}}, nil},
			"results missing":           {[]Block{broken}, nil},
		} {
			if err := m.Apply(t.Context(), k.blocks); err == nil || k.want != nil && !errors.Is(err, k.want) {
				t.Errorf("%s: %v", name, err)
			}
		}
		if d := cmp.Diff(before, dump(t, m)); d != "" {
			t.Fatalf("a refusal changed the content: %s", d)
		}
		apply(t, m, c.blocks) // overlapping: three are new
		if height(t, m) != 8 {
			t.Fatalf("height %d", height(t, m))
		}
	})
}

func TestAMalformedAnnouncementIsRefusedWhole(t *testing.T) {
	c := newChain(t, 2, 3)
	m := openTemp(t)
	apply(t, m, c.all(1))
	for _, value := range []string{"not base64!", base64.StdEncoding.EncodeToString([]byte{0xff}), ""} {
		b := c.blocks[1]
		e := c.events(c.batch(1, 1))
		e[0].Attributes[0].Value = value
		b.EndEvents = e
		if err := m.Apply(t.Context(), []Block{b}); err == nil {
			t.Errorf("record %q was taken", value)
		}
		e[0].Attributes = nil
		if err := m.Apply(t.Context(), []Block{b}); err == nil {
			t.Error("an announcement without a record was taken")
		}
	}
	apply(t, m, c.blocks)
}

func TestACrashAtAnyStatementLeavesAWholeHeight(t *testing.T) {
	c := newChain(t, 12, 6)
	want := map[int64]string{}
	toy := openTemp(t)
	want[0] = dump(t, toy)
	for i := range c.blocks {
		apply(t, toy, c.blocks[i:i+1])
		want[int64(i)+1] = dump(t, toy)
	}
	for _, afterwards := range []bool{false, true} {
		crashed := 0
		for n := int64(0); ; n++ {
			path := filepath.Join(t.TempDir(), "index.db")
			setFuse(-1, false)
			db, err := openWith("failing", path)
			if err != nil {
				t.Fatal(err)
			}
			apply(t, db, c.all(3))
			setFuse(n, afterwards)
			first := db.Apply(t.Context(), c.blocks[3:8])
			setFuse(-1, false)
			h := height(t, db)
			if d := cmp.Diff(want[h], dump(t, db)); d != "" {
				t.Fatalf("statement %d: height %d is not whole: %s", n, h, d)
			}
			if first == nil && h != 8 || first != nil && h != 3 && (h != 8 || !afterwards) {
				t.Fatalf("statement %d: height %d after %v", n, h, first)
			}
			// The same process goes on, then another one does.
			apply(t, db, c.all(10))
			if err := db.Close(); err != nil {
				t.Fatal(err)
			}
			again, err := Open(path)
			if err != nil {
				t.Fatal(err)
			}
			apply(t, again, c.blocks)
			if d := cmp.Diff(want[12], dump(t, again)); d != "" {
				t.Fatalf("statement %d: %s", n, d)
			}
			if err := again.Close(); err != nil {
				t.Fatal(err)
			}
			if first == nil {
				break
			}
			crashed++
		}
		if crashed < 10 {
			t.Fatalf("only %d statements were tried", crashed)
		}
	}
}

// countdown is a context that is done after it has been asked n times.
type countdown struct {
	context.Context
	n int
}

func (c *countdown) Err() error {
	c.n--
	if c.n < 0 {
		return context.Canceled
	}
	return nil
}

func TestCancellingAtAnyStatementLeavesAWholeHeight(t *testing.T) {
	c := newChain(t, 6, 5)
	db := openTemp(t)
	apply(t, db, c.all(2))
	before := dump(t, db)
	for n := 0; ; n++ {
		err := db.Apply(&countdown{context.Background(), n}, c.blocks)
		if err == nil {
			break
		}
		if !errors.Is(err, context.Canceled) {
			t.Fatal(err)
		}
		if d := cmp.Diff(before, dump(t, db)); d != "" {
			t.Fatalf("cancelled at %d: %s", n, d)
		}
	}
	toy := openTemp(t)
	apply(t, toy, c.blocks)
	if d := cmp.Diff(dump(t, toy), dump(t, db)); d != "" {
		t.Fatal(d)
	}
}

func TestGenesisRecordsComeBeforeTheFirstBlocksTransactions(t *testing.T) {
	addr := crypto.PubkeyToAddress(testKey.PublicKey)
	for _, mark := range []bool{true, false} {
		c := &chain{t: t, rand: rand.New(rand.NewPCG(1, 2))}
		var b Block
		b.EndEvents = c.events(
			AnnounceRecord(&registryv1.Key{Address: addr[:], Participant: "pastificio", Label: "ufficio"}),
			AnnounceRecord(&productv1.Batch{Gtin: gtin(1), Lot: "A", Status: 1, Owner: "genesis"}),
		)
		if mark {
			for i := range b.EndEvents {
				b.EndEvents[i].Attributes = append(b.EndEvents[i].Attributes, abci.EventAttribute{Key: "genesis", Value: "true"})
			}
			b.EndEvents = append(b.EndEvents, c.events(c.attestation(1, "expired"))...)
		}
		b.add(c.tx([]proto.Message{&productv1.MsgWithdrawBatch{Gtin: gtin(1), Lot: "A"}}, 0,
			AnnounceRecord(&productv1.Batch{Gtin: gtin(1), Lot: "A", Status: 2, Owner: "changed"}), c.attestation(1, "suspended")))
		c.seal(b)
		c.grow(0, 0)
		m := openTemp(t)
		apply(t, m, c.blocks)
		l, err := m.Batches(t.Context(), BatchFilter{}, Page{})
		if err != nil || len(l.Items) != 1 || l.Items[0].GetOwner() != "changed" {
			t.Fatalf("marked %v: %v %v", mark, l.Items, err)
		}
		h := envelope.Hash(b.Txs[0])
		if tx, err := m.Tx(t.Context(), h[:]); err != nil || tx.Signer != "pastificio" {
			t.Fatalf("marked %v: signer %q, %v", mark, tx.Signer, err)
		}
		want := "suspended"
		if mark {
			want = "expired"
		}
		a, err := m.Attestations(t.Context(), AttestationFilter{Status: want}, Page{})
		if err != nil || len(a.Items) != 1 {
			t.Fatalf("marked %v: no attestation is %s, %v", mark, want, err)
		}
	}
}

// pages reads a whole list in parts of n.
func FuzzOpenTransaction(f *testing.F) {
	c := newChain(f, 2, 6)
	for _, b := range c.blocks {
		for _, raw := range b.Txs {
			f.Add(raw)
		}
	}
	f.Fuzz(func(_ *testing.T, raw []byte) {
		o := open(raw)
		o.actNames()
		o.event(0, 0)
		o.event(1, 1)
	})
}

// stumbling fails a few times before it gives each block.
func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
