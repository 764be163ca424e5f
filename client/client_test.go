package client_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/ethereum/go-ethereum/crypto"

	productv1 "github.com/filiera-chain/filiera/api/product/v1"
	registryv1 "github.com/filiera-chain/filiera/api/registry/v1"
	"github.com/filiera-chain/filiera/client"
	"github.com/filiera-chain/filiera/envelope"
)

func at(unix int64) func() time.Time { return func() time.Time { return time.Unix(unix, 0) } }

func TestBuilderNumbersItsLane(t *testing.T) {
	key, err := crypto.GenerateKey()
	if err != nil {
		t.Fatal(err)
	}
	b, err := client.NewBuilder("filiera-test", client.WithClock(at(1_000)), client.WithRandom(bytes.NewReader([]byte{0, 0, 0, 0, 0, 0, 1, 2})))
	if err != nil {
		t.Fatal(err)
	}
	const goroutines, each = 8, 50
	var mu sync.Mutex
	seen := map[uint64]bool{}
	var g sync.WaitGroup
	for range goroutines {
		g.Go(func() {
			for range each {
				raw, err := b.Sign(key, &productv1.MsgWithdrawBatch{Gtin: "08012345678907", Lot: "A", Reason: "why"})
				if err != nil {
					t.Error(err)
					return
				}
				d, err := envelope.Decode(raw)
				if err != nil {
					t.Error(err)
					return
				}
				if d.Body.GetLane() != 0x102 || d.Body.GetChainId() != "filiera-test" || d.Body.GetExpiresAt() != 1_600 {
					t.Errorf("lane %x, chain %s, expires %d", d.Body.GetLane(), d.Body.GetChainId(), d.Body.GetExpiresAt())
				}
				mu.Lock()
				seen[d.Body.GetSequence()] = true
				mu.Unlock()
			}
		})
	}
	g.Wait()
	for n := uint64(1); n <= goroutines*each; n++ {
		if !seen[n] {
			t.Fatalf("sequence %d was not used", n)
		}
	}
}

func TestBuilderKeepsToTheParams(t *testing.T) {
	for _, c := range []struct {
		name string
		most int64
		want int64
	}{
		{"the default fits", 24 * 3600, 600},
		{"a low limit shortens it, less a minute", 300, 240},
		{"a very low limit halves", 60, 30},
	} {
		t.Run(c.name, func(t *testing.T) {
			b, err := client.NewBuilder("c", client.WithClock(at(0)), client.WithParams(&registryv1.Params{MaxExpirySeconds: c.most}))
			if err != nil {
				t.Fatal(err)
			}
			body, err := b.Body("")
			if err != nil {
				t.Fatal(err)
			}
			if body.GetExpiresAt() != c.want {
				t.Errorf("expires at %d, want %d", body.GetExpiresAt(), c.want)
			}
		})
	}
}

func TestBuilderRefusesWhatCannotBeSigned(t *testing.T) {
	if _, err := client.NewBuilder("not a chain"); err == nil {
		t.Error("a chain id with spaces was taken")
	}
	if _, err := client.NewBuilder("c", client.WithRandom(strings.NewReader("short"))); err == nil {
		t.Error("a lane was made of too little randomness")
	}
	b, err := client.NewBuilder("c")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := b.Body("", &registryv1.Params{}); err == nil {
		t.Error("a record was taken for an act")
	}
}

// gateway serves one handler and gives a client of it that does not pause.
func gateway(t *testing.T, h http.HandlerFunc) *client.Client {
	t.Helper()
	s := httptest.NewServer(h)
	t.Cleanup(s.Close)
	c, err := client.New(s.URL, client.WithPause(func(context.Context, int) error { return nil }), client.WithLanguage("it"))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func answer(w http.ResponseWriter, status int, body string) {
	w.Header().Set("Content-Type", "application/problem+json")
	w.WriteHeader(status)
	_, _ = io.WriteString(w, body)
}

func TestARefusalKeepsItsCode(t *testing.T) {
	c := gateway(t, func(w http.ResponseWriter, r *http.Request) {
		answer(w, 422, `{"title":"Refused","status":422,"detail":"lot A is registered","code":"product.duplicate_batch","hash":"AB"}`)
	})
	_, err := c.Submit(t.Context(), []byte("x"))
	var p *client.Problem
	if !errors.As(err, &p) || p.Code != "product.duplicate_batch" || p.Hash != "AB" || p.NodeFault() {
		t.Fatalf("got %#v", err)
	}
	if err.Error() != "product.duplicate_batch: lot A is registered" || client.CodeOf(err) != p.Code {
		t.Errorf("got %q", err)
	}
}

func TestAnAnswerThatIsNoProblemIsStillAnError(t *testing.T) {
	for _, body := range []string{"", "<html>", `{"x":1}`} {
		c := gateway(t, func(w http.ResponseWriter, r *http.Request) { answer(w, 502, body) })
		_, err := c.Status(t.Context())
		var p *client.Problem
		if !errors.As(err, &p) || p.Status != 502 || !p.NodeFault() || p.Error() == "" {
			t.Errorf("%q: got %#v", body, err)
		}
	}
}

// TestSameBytesAfterALostConnection breaks the first connection after the
// request arrived, which is when nobody knows whether it was taken.
func TestSameBytesAfterALostConnection(t *testing.T) {
	var calls atomic.Int32
	var bodies [][]byte
	c := gateway(t, func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		bodies = append(bodies, body)
		if calls.Add(1) == 1 {
			conn, _, err := w.(http.Hijacker).Hijack()
			if err == nil {
				conn.Close()
			}
			return
		}
		answer(w, 202, `{"hash":"AB"}`)
	})
	hash, err := c.Submit(t.Context(), []byte("the very bytes"))
	if err != nil || hash != "AB" {
		t.Fatalf("got %q, %v", hash, err)
	}
	if len(bodies) != 2 || string(bodies[0]) != "the very bytes" || string(bodies[1]) != string(bodies[0]) {
		t.Errorf("sent %q", bodies)
	}
}

func TestARefusalIsNotTriedAgain(t *testing.T) {
	var calls atomic.Int32
	c := gateway(t, func(w http.ResponseWriter, r *http.Request) {
		calls.Add(1)
		answer(w, 503, `{"title":"starting"}`)
	})
	if _, err := c.Submit(t.Context(), nil); err == nil {
		t.Fatal("no error")
	}
	if n := calls.Load(); n != 1 {
		t.Errorf("sent %d times", n)
	}
}

func TestNobodyThere(t *testing.T) {
	s := httptest.NewServer(http.NotFoundHandler())
	s.Close()
	pauses := 0
	c, err := client.New(s.URL, client.WithPause(func(context.Context, int) error { pauses++; return nil }))
	if err != nil {
		t.Fatal(err)
	}
	_, err = c.Status(t.Context())
	var lost *client.Unreachable
	if !errors.As(err, &lost) || lost.URL != s.URL || pauses != 2 {
		t.Fatalf("got %v after %d pauses", err, pauses)
	}
}

func TestWaitAsksAgainUntilCommitted(t *testing.T) {
	var calls atomic.Int32
	c := gateway(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/v1/txs/AB/wait" {
			t.Errorf("asked %s", r.URL.Path)
		}
		if calls.Add(1) < 3 {
			answer(w, 408, `{"detail":"not yet","code":"tx.timeout"}`)
			return
		}
		answer(w, 200, `{"hash":"AB","height":"7","code":17,"id":"product.not_owner","message":"not yours"}`)
	})
	r, err := c.Wait(t.Context(), "AB")
	if err != nil || r.Height != 7 || client.CodeOf(r.Err()) != "product.not_owner" {
		t.Fatalf("got %+v, %v", r, err)
	}
}

func TestNamesAreEscaped(t *testing.T) {
	c := gateway(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.EscapedPath() != "/v1/batches/08012345678907/L26%2F11%3FB" || r.Header.Get("Accept-Language") != "it" {
			t.Errorf("asked %s in %s", r.URL.EscapedPath(), r.Header.Get("Accept-Language"))
		}
		answer(w, 404, `{"detail":"no batch","code":"product.unknown_batch"}`)
	})
	if _, err := c.Batch(t.Context(), "08012345678907", "L26/11?B"); !client.IsNotFound(err) {
		t.Errorf("got %v", err)
	}
}

func TestTheBundleKeepsItsBytes(t *testing.T) {
	const bundle = `{"format":"x","n":1,"z":[ 1,2 ]}`
	c := gateway(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Query().Get("proof") != "true" {
			t.Error("no proof was asked for")
		}
		answer(w, 200, `{"verdict":"unknown","proof":`+bundle+`,"lot":"A"}`)
	})
	v, err := c.Verify(t.Context(), "08012345678907", "A", "", true)
	if err != nil {
		t.Fatal(err)
	}
	if string(v.Bundle) != bundle {
		t.Errorf("got %s", v.Bundle)
	}
	if string(v.Answer) != `{"verdict":"unknown","proof":null,"lot":"A"}` {
		t.Errorf("got %s", v.Answer)
	}
}

func TestRecordsReadInEverySpelling(t *testing.T) {
	for _, text := range []string{
		`{"participant":{"id":"a","status":"PARTICIPANT_STATUS_ACTIVE","enrolled_at":"100"},"keys":[{"label":"k","address":"0xAB"}]}`,
		`{"id":"a","status":"active","enrolled_at":"1970-01-01T00:01:40Z","keys":[{"label":"k","address":"ab"}]}`,
		`{"id":"a","status":"active","enrolled_at":100,"keys":[{"label":"k","address":"AB","participant":"a"}]}`,
	} {
		var p client.Participant
		if err := json.Unmarshal([]byte(text), &p); err != nil {
			t.Fatal(err)
		}
		if p.ID != "a" || p.Status != "active" || p.EnrolledAt != 100 || len(p.Keys) != 1 || !p.Keys[0].Is("0xab") {
			t.Errorf("%s: got %+v", text, p)
		}
	}
	var a client.Attestation
	text := `{"id":"u","batches":[{"batch":{"gtin":"g","lot":"l"},"quantity":{"amount":"5","unit":"GRM"}}],"history":[{"status":"issued"},{"status":"revoked"}]}`
	if err := json.Unmarshal([]byte(text), &a); err != nil {
		t.Fatal(err)
	}
	if a.Status() != "revoked" || a.Batches[0].Lot != "l" || a.Batches[0].Quantity.Amount != 5 {
		t.Errorf("got %+v", a)
	}
}

func TestVersionInForce(t *testing.T) {
	s := client.Specification{Versions: []client.SpecVersion{
		{Version: 1, InForceFrom: "2013-11-08"},
		{Version: 2, InForceFrom: "2020-01-01", InForceTo: "2024-12-31"},
	}}
	for day, want := range map[string]client.Whole{
		"2013-11-07": 0, "2013-11-08": 1, "2019-12-31": 1, "2020-01-01": 2, "2024-12-31": 2, "2025-01-01": 0,
	} {
		got := client.Whole(0)
		if v := s.InForce(day); v != nil {
			got = v.Version
		}
		if got != want {
			t.Errorf("on %s: version %d, want %d", day, got, want)
		}
	}
}

func TestAddressesOfNodes(t *testing.T) {
	for _, bad := range []string{"", "127.0.0.1:8080", "ftp://x", "http://", "http://x?y=1"} {
		if _, err := client.New(bad); err == nil {
			t.Errorf("%q was taken", bad)
		}
	}
	c, err := client.New("http://x/")
	if err != nil || c.URL() != "http://x" {
		t.Errorf("got %v, %v", c, err)
	}
}
