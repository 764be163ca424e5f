package index

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	productv1 "github.com/filiera-chain/filiera/api/product/v1"
	registryv1 "github.com/filiera-chain/filiera/api/registry/v1"
	"github.com/filiera-chain/filiera/envelope"
)

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
			"withdrawn": {BatchFilter{Status: 2}, func(b *productv1.Batch) bool { return b.Status == 2 }},
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
