package index

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	abci "github.com/cometbft/cometbft/abci/types"
	"github.com/ethereum/go-ethereum/crypto"
	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/proto"

	productv1 "github.com/filiera-chain/filiera/api/product/v1"
	registryv1 "github.com/filiera-chain/filiera/api/registry/v1"
	"github.com/filiera-chain/filiera/envelope"
)

// models are the forms of the read model; every one passes every test.
var models = map[string]func(testing.TB) Model{
	"sqlite": func(t testing.TB) Model { return openTemp(t) },
}

func eachModel(t *testing.T, test func(*testing.T, Model)) {
	for name, open := range models {
		t.Run(name, func(t *testing.T) { test(t, open(t)) })
	}
}

func openTemp(t testing.TB) *DB {
	t.Helper()
	db, err := Open(filepath.Join(t.TempDir(), "index with space?.db"))
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

func TestTransactionsAreFoundByHash(t *testing.T) {
	eachModel(t, func(t *testing.T, m Model) {
		c := newChain(t, 4, 12)
		apply(t, m, c.blocks)
		for _, b := range c.blocks {
			for i, raw := range b.Txs {
				h := envelope.Hash(raw)
				tx, err := m.Tx(t.Context(), h[:])
				if err != nil || tx == nil {
					t.Fatalf("transaction %d of block %d: %v", i, b.Height, err)
				}
				if tx.Height != b.Height || tx.Index != uint32(i) || tx.Code != b.Results[i].Code || !tx.Time.Equal(b.Time) || !bytes.Equal(tx.Hash, h[:]) {
					t.Fatalf("transaction %d of block %d: %+v", i, b.Height, tx)
				}
				if len(tx.Acts) > 0 && tx.Signer != "pastificio" {
					t.Fatalf("signer %q", tx.Signer)
				}
				if tx.Code == 4 && (tx.ID != "product.duplicate_batch" || tx.Acts[0] != "filiera.product.v1.MsgRegisterBatch") {
					t.Fatalf("refused: %+v", tx)
				}
			}
		}
		if tx, err := m.Tx(t.Context(), make([]byte, 32)); tx != nil || err != nil {
			t.Fatal(tx, err)
		}
		if _, err := m.Tx(t.Context(), []byte("short")); err == nil {
			t.Fatal("a short hash was taken")
		}
	})
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
		b.add(c.tx([]proto.Message{&productv1.MsgRecallBatch{Gtin: gtin(1), Lot: "A"}}, 0,
			AnnounceRecord(&productv1.Batch{Gtin: gtin(1), Lot: "A", Status: 3, Owner: "changed"}), c.attestation(1, "suspended")))
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

func TestARepeatedTransactionIsItsFirst(t *testing.T) {
	c := newChain(t, 1, 0)
	raw, ok := c.tx(nil, 0)
	_, refused := c.tx(nil, 7)
	for _, r := range []Block{{}, {}} {
		if len(c.blocks) == 1 {
			r.add(raw, ok)
		} else {
			r.add(raw, refused)
		}
		c.seal(r)
	}
	m := openTemp(t)
	apply(t, m, c.blocks)
	h := envelope.Hash(raw)
	tx, err := m.Tx(t.Context(), h[:])
	if err != nil || tx.Height != 2 || tx.Code != 0 {
		t.Fatal(tx, err)
	}
}

// pages reads a whole list in parts of n.
func pages[T any](t *testing.T, n int, list func(Page) (List[T], error)) []T {
	t.Helper()
	var out []T
	token := ""
	for range 1000 {
		l, err := list(Page{Limit: n, Token: token})
		if err != nil {
			t.Fatal(err)
		}
		if len(l.Items) > n || l.Next != "" && len(l.Items) != n {
			t.Fatalf("a page of %d holds %d", n, len(l.Items))
		}
		out = append(out, l.Items...)
		if token = l.Next; token == "" {
			return out
		}
	}
	t.Fatal("the list does not end")
	return nil
}

func TestListsFilterAndPage(t *testing.T) {
	eachModel(t, func(t *testing.T, m Model) {
		c := newChain(t, 40, 12)
		apply(t, m, c.blocks)
		ctx := t.Context()
		batches := func(f BatchFilter, n int) []*productv1.Batch {
			return pages(t, n, func(p Page) (List[*productv1.Batch], error) { return m.Batches(ctx, f, p) })
		}
		everything := batches(BatchFilter{}, 500)
		if len(everything) < 40 {
			t.Fatalf("only %d batches", len(everything))
		}
		last := ""
		for _, b := range everything {
			k := b.GetGtin() + "\x00" + b.GetLot()
			if k <= last || b.GetLot() == "REFUSED" {
				t.Fatalf("%q after %q", k, last)
			}
			last = k
		}
		keep := map[string]struct {
			f    BatchFilter
			pass func(*productv1.Batch) bool
		}{
			"all":       {BatchFilter{}, func(*productv1.Batch) bool { return true }},
			"gtin":      {BatchFilter{GTIN: gtin(2)}, func(b *productv1.Batch) bool { return b.Gtin == gtin(2) }},
			"owner":     {BatchFilter{Owner: "mulino"}, func(b *productv1.Batch) bool { return b.Owner == "mulino" }},
			"recalled":  {BatchFilter{Status: 3}, func(b *productv1.Batch) bool { return b.Status == 3 }},
			"active":    {BatchFilter{Status: 1}, func(b *productv1.Batch) bool { return b.Status == 1 }},
			"custodian": {BatchFilter{Custodian: "nobody"}, func(*productv1.Batch) bool { return false }},
			"dates": {BatchFilter{From: "2026-11-05", To: "2026-11-09", Specification: "maccheroncini"}, func(b *productv1.Batch) bool {
				return b.ProductionDate >= "2026-11-05" && b.ProductionDate <= "2026-11-09"
			}},
		}
		for name, k := range keep {
			var want []string
			for _, b := range everything {
				if k.pass(b) {
					want = append(want, b.String())
				}
			}
			for _, n := range []int{1, 7, 500} {
				var got []string
				for _, b := range batches(k.f, n) {
					got = append(got, b.String())
				}
				if d := cmp.Diff(want, got); d != "" {
					t.Errorf("%s by %d: %s", name, n, d)
				}
			}
		}
	})
}

func TestTheOtherLists(t *testing.T) {
	eachModel(t, func(t *testing.T, m Model) {
		c := newChain(t, 40, 12)
		apply(t, m, c.blocks)
		ctx := t.Context()
		must := func(what string, got, want any, err error) {
			t.Helper()
			if err != nil || !cmp.Equal(got, want) {
				t.Errorf("%s: %v, %v; want %v", what, got, err, want)
			}
		}
		parts, err := m.Participants(ctx, ParticipantFilter{}, Page{})
		must("participants", len(parts.Items), 3, err)
		parts, err = m.Participants(ctx, ParticipantFilter{Role: registryv1.Role_ROLE_CERTIFIER, Status: 1}, Page{})
		must("certifiers", fmt.Sprint(len(parts.Items), parts.Items[0].GetId()), "1amap-apc", err)
		props, err := m.Proposals(ctx, ProposalFilter{}, Page{Limit: 1})
		must("proposals", props.Items[0].GetId(), uint64(2), err)
		props, err = m.Proposals(ctx, ProposalFilter{}, Page{Limit: 1, Token: props.Next})
		must("proposals, next", fmt.Sprint(props.Items[0].GetId(), len(props.Next)), "1 0", err)
		one, err := m.Proposal(ctx, 2)
		must("proposal", one.GetStatus(), registryv1.ProposalStatus(1), err)
		none, err := m.Proposal(ctx, 3)
		must("no proposal", none == nil, true, err)
		keys, err := m.Keys(ctx, "pastificio")
		must("keys", len(keys), 1, err)
		grants, err := m.Grants(ctx, "amap-apc")
		must("grants", len(grants), 1, err)
		accs, err := m.Accreditations(ctx, "amap-apc")
		must("accreditations", len(accs), 1, err)
		vals, err := m.Validators(ctx)
		must("validators", len(vals), 1, err)
		params, err := m.Params(ctx)
		must("params", params.GetMaxTxBytes(), uint32(1<<20), err)
		specs, err := m.Specifications(ctx, SpecificationFilter{Scheme: productv1.Scheme_SCHEME_IGP}, Page{})
		must("specs", len(specs.Items), 1, err)
		specs, err = m.Specifications(ctx, SpecificationFilter{Scheme: productv1.Scheme_SCHEME_DOP}, Page{})
		must("no specs", len(specs.Items), 0, err)
		versions, err := m.Versions(ctx, "maccheroncini")
		must("versions", fmt.Sprint(len(versions), versions[0].GetVersion()), "2 1", err)
		prods, err := m.Products(ctx, ProductFilter{Specification: "maccheroncini"}, Page{})
		must("products", len(prods.Items), 5, err)
		atts, err := m.Attestations(ctx, AttestationFilter{Certifier: "amap-apc", GTIN: gtin(3), Lot: "L8", Specification: "maccheroncini"}, Page{})
		must("attestations", fmt.Sprint(len(atts.Items), atts.Items[0].GetId()), "1urn:uuid:8", err)
		atts, err = m.Attestations(ctx, AttestationFilter{GTIN: gtin(3), Status: "no such"}, Page{})
		must("no attestations", len(atts.Items), 0, err)
		from, to := int64(10_000), int64(20_000)
		events, err := m.Events(ctx, EventFilter{Type: "ObjectEvent", Reporter: "mulino", BizStep: "urn:step", Action: "ADD", From: &from, To: &to}, Page{Limit: 3})
		must("events", fmt.Sprint(len(events.Items), events.Next != ""), "3 true", err)
		rest, err := m.Events(ctx, EventFilter{Type: "ObjectEvent", Reporter: "mulino", BizStep: "urn:step", Action: "ADD", From: &from, To: &to}, Page{Token: events.Next})
		whole, err2 := m.Events(ctx, EventFilter{Reporter: "mulino", From: &from, To: &to}, Page{})
		must("events, rest", len(rest.Items), len(whole.Items)-3, errors.Join(err, err2))
		e := events.Items[1]
		again, err := m.Event(ctx, e.Record.GetId())
		must("event", string(again.Document), string(e.Document), err)
		var doc struct{ N int }
		must("its document", json.Unmarshal(e.Document, &doc), error(nil), nil)
		if !strings.Contains(string(e.Context), "epcis-context") || len(e.TxHash) != 32 {
			t.Errorf("event %+v", e)
		}
		gone, err := m.Event(ctx, []byte("none"))
		must("no event", gone == nil, true, err)
	})
}

func TestPageTokensAreReadStrictly(t *testing.T) {
	eachModel(t, func(t *testing.T, m Model) {
		c := newChain(t, 20, 12)
		apply(t, m, c.blocks)
		l, err := m.Batches(t.Context(), BatchFilter{GTIN: gtin(1)}, Page{Limit: 1})
		if err != nil || l.Next == "" {
			t.Fatal(err)
		}
		raw, _ := base64.RawURLEncoding.DecodeString(l.Next)
		bad := map[string]string{
			"garbage": "!!", "not JSON": base64.RawURLEncoding.EncodeToString([]byte("x")),
			"padded": l.Next + "==", "too long": strings.Repeat("A", 5000),
			"another field": base64.RawURLEncoding.EncodeToString([]byte(strings.Replace(string(raw), "{", `{"x":1,`, 1))),
			"trailing":      base64.RawURLEncoding.EncodeToString([]byte(string(raw) + "{}")),
			"another type":  base64.RawURLEncoding.EncodeToString([]byte(strings.Replace(string(raw), `"L`, `1,"L`, 1))),
		}
		for name, token := range bad {
			if _, err := m.Batches(t.Context(), BatchFilter{GTIN: gtin(1)}, Page{Token: token}); !errors.Is(err, ErrPageToken) {
				t.Errorf("%s: %v", name, err)
			}
		}
		if _, err := m.Batches(t.Context(), BatchFilter{GTIN: gtin(2)}, Page{Token: l.Next}); !errors.Is(err, ErrPageToken) {
			t.Errorf("another filter: %v", err)
		}
		if _, err := m.Products(t.Context(), ProductFilter{}, Page{Token: l.Next}); !errors.Is(err, ErrPageToken) {
			t.Errorf("another list: %v", err)
		}
	})
}

func FuzzPageToken(f *testing.F) {
	l := &listing{name: "events", key: []keyColumn{{"event_time", 'i'}, {"id", 'b'}}}
	good, _ := l.encode([]any{int64(5), []byte{1, 2}})
	f.Add(good)
	f.Add("")
	f.Fuzz(func(t *testing.T, s string) {
		key, err := l.decode(s)
		if err == nil && len(key) != 2 {
			t.Fatalf("%q gives %v", s, key)
		}
	})
}

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

func TestTheProjectorFollowsStopsAndCatchesUp(t *testing.T) {
	eachModel(t, func(t *testing.T, m Model) {
		c := newChain(t, 5, 3)
		run := func(upTo int64) {
			p := NewProjector(m, c, testLog(t))
			ctx, stop := context.WithTimeout(t.Context(), 30*time.Second)
			done := make(chan struct{})
			var told []int64
			cancel := p.Subscribe(func(b Projected) {
				told = append(told, b.Height)
				if want, err := c.Block(b.Height); err != nil || len(b.TxHashes) != len(want.Txs) {
					t.Errorf("block %d: %d hashes", b.Height, len(b.TxHashes))
				}
			})
			defer cancel()
			began := height(t, m)
			go func() { p.Run(ctx); close(done) }()
			for last := int64(len(c.blocks)); last < upTo; last = int64(len(c.blocks)) {
				c.grow(1, 3)
				p.Notify()
				if err := p.WaitHeight(ctx, last+1); err != nil {
					t.Fatal(err)
				}
			}
			if err := p.WaitHeight(ctx, upTo); err != nil {
				t.Fatal(err)
			}
			if s := p.Status(); s.Height != upTo || s.Lag() != 0 || s.Failure != "" {
				t.Fatalf("%+v", s)
			}
			stop()
			<-done
			for i, h := range told {
				if h != began+int64(i)+1 {
					t.Fatalf("told %v from %d", told, began)
				}
			}
			if err := p.WaitHeight(ctx, upTo+1); !errors.Is(err, context.Canceled) {
				t.Fatal(err)
			}
		}
		run(9)
		c.grow(150, 1) // while nobody follows
		run(165)
		path := filepath.Join(t.TempDir(), "rebuilt.db")
		if err := Rebuild(t.Context(), c, path, nil); err != nil {
			t.Fatal(err)
		}
		rebuilt, err := Open(path)
		if err != nil {
			t.Fatal(err)
		}
		defer rebuilt.Close()
		if d := cmp.Diff(dump(t, m), dump(t, rebuilt)); d != "" {
			t.Fatal(d)
		}
	})
}

// stumbling fails a few times before it gives each block.
type stumbling struct {
	*chain
	left int
}

func (s *stumbling) Block(h int64) (Block, error) {
	if s.left > 0 {
		s.left--
		return Block{}, errors.New("the disk is busy")
	}
	return s.chain.Block(h)
}

func TestTheProjectorSurvivesAFailure(t *testing.T) {
	c := newChain(t, 3, 2)
	m := openTemp(t)
	p := NewProjector(m, &stumbling{c, 1}, testLog(t))
	ctx, stop := context.WithTimeout(t.Context(), 30*time.Second)
	defer stop()
	done := make(chan struct{})
	go func() { p.Run(ctx); close(done) }()
	if err := p.WaitHeight(ctx, 3); err != nil {
		t.Fatal(err)
	}
	stop()
	<-done
}

func TestRebuildReplacesTheOldFile(t *testing.T) {
	c := newChain(t, 70, 2)
	path := filepath.Join(t.TempDir(), "index.db")
	db, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	apply(t, db, c.all(10))
	if err := Rebuild(t.Context(), c, path, nil); err == nil {
		t.Fatal("it was rebuilt under an open file")
	}
	if height(t, db) != 10 {
		t.Fatal("the refused rebuild changed the file")
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	contents := map[string]func(){
		"the file of before": func() {},
		"no file":            func() { must(t, removeFiles(path)) },
		"garbage":            func() { must(t, os.WriteFile(path, bytes.Repeat([]byte("garbage "), 4096), 0o600)) },
		"garbage and a log":  func() { must(t, os.WriteFile(path+"-wal", []byte("garbage"), 0o600)) },
	}
	toy := openTemp(t)
	apply(t, toy, c.blocks)
	for name, prepare := range contents {
		prepare()
		var seen int64
		if err := Rebuild(t.Context(), c, path, func(h, last int64) { seen = h }); err != nil || seen != 70 {
			t.Fatalf("%s: %v at %d", name, err, seen)
		}
		again, err := Open(path)
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(dump(t, toy), dump(t, again)); d != "" {
			t.Fatalf("%s: %s", name, d)
		}
		must(t, again.Close())
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := Rebuild(ctx, c, path, nil); err == nil {
		t.Fatal("a cancelled rebuild says it is done")
	}
	if left, _ := filepath.Glob(path + ".*"); len(left) > 0 {
		t.Fatalf("left behind: %v", left)
	}
}

func TestAFileOfAnotherVersionIsRefused(t *testing.T) {
	path := filepath.Join(t.TempDir(), "index.db")
	db, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := db.write.Exec(`UPDATE meta SET value = '0'`); err != nil {
		t.Fatal(err)
	}
	must(t, db.Close())
	if _, err := Open(path); !errors.Is(err, ErrSchema) {
		t.Fatal(err)
	}
	if _, err := Open(filepath.Join(path, "no", "such")); err == nil {
		t.Fatal("a path through a file was opened")
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
