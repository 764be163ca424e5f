package gateway

import (
	"bytes"
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	abci "github.com/cometbft/cometbft/abci/types"

	"github.com/filiera-chain/filiera/envelope"
	"github.com/filiera-chain/filiera/verify"
)

func TestRecordsAndListsAreAnswered(t *testing.T) {
	w := newWorld(t)
	hashes := w.story()
	w.commit()
	cases := []struct{ path, at, want string }{
		{"/v1/participants", "items.0.id", "amap-apc"},
		{"/v1/participants?role=certifier&status=active", "items.0.name", "AMAP-APC"},
		{"/v1/participants?role=carrier", "items.0", "<nil>"},
		{"/v1/participants/pastificio", "id", "pastificio"},
		{"/v1/participants/pastificio", "keys.0.label", "ufficio"},
		{"/v1/participants/pastificio", "enrolled_at", "2026-11-18T11:06:40Z"},
		{"/v1/participants/amap-apc", "grants.0.role", "certifier"},
		{"/v1/participants/amap-apc", "accreditations.0.history.0.status", "active"},
		{"/v1/specs?scheme=igp", "items.0.id", "maccheroncini"},
		{"/v1/specs/maccheroncini", "versions.0.legal_basis", "Reg. (UE) 1216/2013"},
		{"/v1/specs/maccheroncini", "versions.0.document_sha256", strings.Repeat("00", 32)},
		{"/v1/products?owner=pastificio", "items.0.gtin", testGTIN},
		{"/v1/products/8000000000019", "name", "Maccheroncini 250 g"},
		{"/v1/batches?gtin=8000000000019&status=active&from=2026-11-10&to=2026-11-10", "items.0.lot", testLot},
		{"/v1/batches?from=2026-11-11", "items.0", "<nil>"},
		{"/v1/batches/" + testGTIN + "/" + testLot, "quantity.amount", "1.5e+06"},
		{"/v1/batches/" + testGTIN + "/" + testLot, "asked_lot", "<nil>"},
		{"/v1/batches/8000000000019/261123", "lot", testLot},
		{"/v1/batches/8000000000019/261123", "asked_lot", "261123"},
		{"/v1/batches/" + testGTIN + "/lotto%20%20261123", "lot", testLot},
		{"/v1/batches/" + testGTIN + "/" + testLot + "/trace", "items.0.document.note", "drying & packing"},
		{"/v1/batches/" + testGTIN + "/261123/trace", "asked_lot", "261123"},
		{"/v1/batches/" + testGTIN + "/" + testLot + "/trace", "items.0.record.event_time", "2026-11-18T11:05:50Z"},
		{"/v1/batches/" + testGTIN + "/" + testLot + "/trace", "items.0.tx", upperHex(hashes[4][:])},
		{"/v1/attestations?gtin=" + testGTIN + "&lot=" + testLot + "&status=issued", "items.0.certifier", "amap-apc"},
		{"/v1/attestations/" + attestationID, "status", "issued"},
		{"/v1/proposals", "items.0.decision.admit_authority.participant", "pastificio"},
		{"/v1/proposals/1", "status", "open"},
		{"/v1/params", "max_tx_bytes", "1.048576e+06"},
		{"/v1/validators", "items.0.power", "10"},
		{"/status", "chain_id", testChain},
		{"/status", "index_height", "2"},
		{"/status", "validators_hash", hex.EncodeToString(w.set().Hash())},
		{"/healthz", "status", "ok"},
		{"/readyz", "status", "ready"},
		{"/v1/txs/" + upperHex(hashes[4][:]), "results.0.receipts.0.outcome", "accepted"},
		{"/v1/txs/0x" + hex.EncodeToString(hashes[5][:]), "id", "product.duplicate_batch"},
		{"/v1/txs/" + upperHex(hashes[5][:]), "signer", "pastificio"},
		{"/v1/txs/" + upperHex(hashes[5][:]), "acts.0", "filiera.product.v1.MsgRegisterBatch"},
		{"/v1/txs/" + upperHex(hashes[2][:]) + "/wait", "height", "1"},
	}
	for _, c := range cases {
		r := w.get(c.path)
		if got := fmt.Sprint(r.at(c.at)); r.status != 200 || got != c.want {
			t.Errorf("%s: %d %s = %q, want %q\n%s", c.path, r.status, c.at, got, c.want, r.body)
		}
		if r.header.Get("Access-Control-Allow-Origin") != "*" || r.header.Get("X-Content-Type-Options") != "nosniff" {
			t.Errorf("%s: headers %v", c.path, r.header)
		}
	}
}

func TestListsPage(t *testing.T) {
	w := newWorld(t)
	w.story()
	var more []action
	for i := range 7 {
		more = append(more, w.batch(fmt.Sprintf("A%d", i)))
	}
	w.commit(more...)
	var got []string
	token := ""
	for range 20 {
		r := w.get("/v1/batches?gtin=" + testGTIN + "&limit=3&page_token=" + token)
		if r.status != 200 {
			t.Fatalf("%d %s", r.status, r.body)
		}
		for _, b := range r.json["items"].([]any) {
			got = append(got, b.(map[string]any)["lot"].(string))
		}
		if token = r.json["next_page_token"].(string); token == "" {
			break
		}
	}
	if strings.Join(got, " ") != "A0 A1 A2 A3 A4 A5 A6 "+testLot {
		t.Fatal(got)
	}
}

func TestEveryErrorIsAProblemWithItsCode(t *testing.T) {
	w := newWorld(t)
	w.story()
	none := strings.Repeat("0", 64)
	cases := []struct {
		method, path string
		status       int
		code         string
	}{
		{"GET", "/", 404, "route.not_found"},
		{"GET", "/v2/batches", 404, "route.not_found"},
		{"GET", "/v1/batches/", 404, "route.not_found"},
		{"DELETE", "/v1/batches", 405, "route.method_not_allowed"},
		{"GET", "/v1/txs", 405, "route.method_not_allowed"},
		{"POST", "/status", 405, "route.method_not_allowed"},
		{"GET", "/v1/participants/nobody", 404, "participant.not_found"},
		{"GET", "/v1/specs/none", 404, "specification.not_found"},
		{"GET", "/v1/products/08000000000026", 404, "product.not_found"},
		{"GET", "/v1/products/08000000000018", 400, "gtin.invalid"},
		{"GET", "/v1/products/bread", 400, "gtin.invalid"},
		{"GET", "/v1/batches/" + testGTIN + "/NONE", 404, "batch.not_found"},
		{"GET", "/v1/batches/" + testGTIN + "/NONE/trace", 404, "batch.not_found"},
		{"GET", "/v1/batches/" + testGTIN + "/%C3%A8", 400, "lot.invalid"},
		{"GET", "/v1/batches/" + testGTIN + "/%ff", 400, "lot.invalid"},
		{"GET", "/v1/batches/" + testGTIN + "/" + strings.Repeat("A", 300), 400, "lot.invalid"},
		{"GET", "/v1/batches/123/A/trace", 400, "gtin.invalid"},
		{"GET", "/v1/batches?gtin=1", 400, "gtin.invalid"},
		{"GET", "/v1/batches?status=gone", 400, "status.invalid"},
		{"GET", "/v1/batches?from=10/11/2026", 400, "from.invalid"},
		{"GET", "/v1/batches?to=2026-02-30", 400, "to.invalid"},
		{"GET", "/v1/batches?limit=0", 400, "request.invalid"},
		{"GET", "/v1/batches?limit=501", 400, "request.invalid"},
		{"GET", "/v1/batches?limit=many", 400, "request.invalid"},
		{"GET", "/v1/batches?page_token=rubbish", 400, "page_token.invalid"},
		{"GET", "/v1/batches?page_token=" + strings.Repeat("A", 2000), 400, "request.invalid"},
		{"GET", "/v1/batches?onwer=pastificio", 400, "query.unknown"},
		{"GET", "/v1/batches?owner=a&owner=b", 400, "query.invalid"},
		{"GET", "/v1/batches?owner=%zz", 400, "query.invalid"},
		{"GET", "/v1/participants?role=king", 400, "role.invalid"},
		{"GET", "/v1/specs?scheme=deco", 400, "scheme.invalid"},
		{"GET", "/v1/attestations?lot=A", 400, "lot.invalid"},
		{"GET", "/v1/attestations?gtin=" + testGTIN + "&lot=%C3%A8", 400, "lot.invalid"},
		{"GET", "/v1/attestations?status=lost", 400, "request.invalid"},
		{"GET", "/v1/attestations/urn:uuid:none", 404, "attestation.not_found"},
		{"GET", "/v1/proposals/7", 404, "proposal.not_found"},
		{"GET", "/v1/proposals/-7", 400, "id.invalid"},
		{"GET", "/v1/proposals?status=maybe", 400, "status.invalid"},
		{"GET", "/v1/txs/" + none, 404, "tx.not_found"},
		{"GET", "/v1/txs/12", 400, "hash.invalid"},
		{"GET", "/v1/txs/" + none + "/wait?timeout=1ms", 408, "tx.timeout"},
		{"GET", "/v1/txs/" + none + "/wait?timeout=2h", 400, "timeout.invalid"},
		{"GET", "/v1/txs/" + none + "/wait?timeout=soon", 400, "timeout.invalid"},
		{"GET", "/v1/txs/zz/wait", 400, "hash.invalid"},
		{"GET", "/v1/verify/01/123/10/A", 400, "gtin.invalid"},
		{"GET", "/v1/verify/01/" + testGTIN + "/10/%C3%A8", 400, "lot.invalid"},
		{"GET", "/v1/verify/01/" + testGTIN + "/10/A/21/%C3%A8", 400, "serial.invalid"},
		{"GET", "/v1/verify/01/" + testGTIN + "/10/A?lang=de", 400, "request.invalid"},
		{"GET", "/v1/verify/01/" + testGTIN + "/10/A?depth=9", 400, "request.invalid"},
		{"GET", "/v1/verify/01/" + testGTIN + "/10/A?proof=true&depth=2", 400, "depth.invalid"},
		{"GET", "/v1/verify/01/" + testGTIN + "/10/A?proof=maybe", 400, "request.invalid"},
		{"POST", "/v1/txs", 400, "request.invalid"},
	}
	for _, c := range cases {
		r := w.do(c.method, c.path, nil)
		if r.status != c.status || r.json["code"] != c.code || r.header.Get("Content-Type") != "application/problem+json" ||
			r.json["detail"] == "" || r.json["title"] == "" || r.json["status"] != float64(c.status) || r.json["type"] != "urn:filiera:problem:"+c.code {
			t.Errorf("%s %s: %d %v, want %d %s\n%s", c.method, c.path, r.status, r.json["code"], c.status, c.code, r.body)
		}
		if c.status == 405 && r.header.Get("Allow") == "" {
			t.Errorf("%s %s names no method that is allowed", c.method, c.path)
		}
	}
}

func TestTransactionsAreSent(t *testing.T) {
	w := newWorld(t)
	w.story()
	raw := []byte("any bytes: the engine judges")
	hash := envelope.Hash(raw)
	send := func(b []byte) reply {
		t.Helper()
		return w.do("POST", "/v1/txs", bytes.NewReader(b), "Content-Type", "application/octet-stream")
	}
	var got []byte
	w.checkTx = func(_ context.Context, b []byte) (*abci.ResponseCheckTx, error) {
		got = bytes.Clone(b)
		return &abci.ResponseCheckTx{}, nil
	}
	r := send(raw)
	if r.status != 202 || r.json["hash"] != upperHex(hash[:]) || !bytes.Equal(got, raw) {
		t.Fatalf("%d %s", r.status, r.body)
	}
	if r := w.do("POST", "/v1/txs", bytes.NewReader(raw)); r.status != 202 {
		t.Fatalf("without a content type: %d %s", r.status, r.body)
	}
	answers := map[string]struct {
		res    *abci.ResponseCheckTx
		err    error
		status int
		code   string
	}{
		"a refusal":           {&abci.ResponseCheckTx{Code: 7, Codespace: "tx", Info: "tx.replayed", Log: "this lane already used 4"}, nil, 422, "tx.replayed"},
		"no transaction":      {&abci.ResponseCheckTx{Code: 2, Codespace: "tx", Info: "tx.undecodable", Log: "the bytes"}, nil, 400, "tx.undecodable"},
		"too large":           {&abci.ResponseCheckTx{Code: 1, Codespace: "tx", Info: "tx.too_large", Log: "bytes"}, nil, 413, "tx.too_large"},
		"a module's 2":        {&abci.ResponseCheckTx{Code: 2, Codespace: "product", Info: "product.unknown_unit", Log: "unit"}, nil, 422, "product.unknown_unit"},
		"no name":             {&abci.ResponseCheckTx{Code: 2, Codespace: "product"}, nil, 422, "app.internal"},
		"a full mempool":      {nil, fmt.Errorf("wait: %w", context.DeadlineExceeded), 503, "mempool.full"},
		"an engine that ails": {nil, errors.New("secret path /root"), 503, "engine.unavailable"},
	}
	for name, a := range answers {
		w.checkTx = func(context.Context, []byte) (*abci.ResponseCheckTx, error) { return a.res, a.err }
		r := send(raw)
		if r.status != a.status || r.json["code"] != a.code || r.json["hash"] != upperHex(hash[:]) || bytes.Contains(r.body, []byte("secret")) {
			t.Errorf("%s: %d %s", name, r.status, r.body)
		}
	}
	w.checkTx = func(context.Context, []byte) (*abci.ResponseCheckTx, error) {
		t.Error("an oversized body reached the engine")
		return &abci.ResponseCheckTx{}, nil
	}
	if r := send(make([]byte, envelope.HardLimit+1)); r.status != 413 || r.json["code"] != "request.too_large" {
		t.Errorf("oversized: %d %s", r.status, r.body)
	}
	w.checkTx = nil
	if r := send(make([]byte, envelope.HardLimit)); r.status != 202 {
		t.Errorf("as large as may be: %d %s", r.status, r.body)
	}
}

func TestWaitingEndsWithTheBlock(t *testing.T) {
	w := newWorld(t)
	w.story()
	a := w.batch("WAITED")
	raw := w.sign(200, a.acts)
	hash := envelope.Hash(raw)
	var wg sync.WaitGroup
	for range 20 {
		wg.Go(func() {
			r := w.get("/v1/txs/" + upperHex(hash[:]) + "/wait?timeout=60s")
			if r.status != 200 || r.json["height"] != float64(2) {
				t.Errorf("%d %s", r.status, r.body)
			}
		})
	}
	for w.gw.waiters.count() < 20 {
		runtime.Gosched()
	}
	if got := w.commit(a); got[0] != hash {
		t.Fatal("another transaction was committed")
	}
	wg.Wait()
	if n := w.gw.waiters.count(); n != 0 || len(w.gw.waiters.waiting) != 0 {
		t.Fatalf("%d still wait", n)
	}
}

func TestTooManyWaiters(t *testing.T) {
	w := newWorld(t, func(c *Config) { c.Limits.Waiters = 1 })
	w.story()
	_, leave, ok := w.gw.waiters.add([32]byte{1})
	if !ok {
		t.Fatal("the first may wait")
	}
	r := w.get("/v1/txs/" + strings.Repeat("0", 64) + "/wait")
	if r.status != 503 || r.json["code"] != "gateway.too_many_waiters" {
		t.Fatalf("%d %s", r.status, r.body)
	}
	leave()
	leave() // once more is nothing
	if w.gw.waiters.count() != 0 {
		t.Fatal(w.gw.waiters.count())
	}
}

func TestTheVerdictAndItsProof(t *testing.T) {
	w := newWorld(t)
	w.story()
	w.commit() // the header that proves the story
	path := "/v1/verify/01/" + testGTIN + "/10/" + testLot
	plain := w.get(path + "?lang=en")
	if plain.status != 200 || plain.json["verdict"] != "authentic" || plain.json["lang"] != "en" || plain.json["proof"] != nil || plain.at("journey.0.part") != "subject" {
		t.Fatalf("%d %s", plain.status, plain.body)
	}
	trust := verify.Trust{ValidatorsHash: w.set().Hash(), ChainID: testChain}
	for name, c := range map[string]struct{ path, lot, verdict string }{
		"a batch":              {path + "?proof=true", testLot, "authentic"},
		"with the lot's L off": {"/v1/verify/01/8000000000019/10/261123?proof=true&lang=it", testLot, "authentic"},
		"an item":              {path + "/21/S%2F1?proof=true", testLot, "authentic"},
		"no such batch":        {"/v1/verify/01/" + testGTIN + "/10/NONE%26%3C?proof=true", "NONE&<", "unknown"},
		"no such product":      {"/v1/verify/01/08000000000026/10/A?proof=true", "A", "unknown"},
	} {
		r := w.get(c.path)
		if r.status != 200 || r.json["verdict"] != c.verdict || r.json["lot"] != c.lot || r.json["lang"] != "it" {
			t.Errorf("%s: %d %s", name, r.status, r.body)
			continue
		}
		var raw struct{ Proof json.RawMessage }
		must(t, json.Unmarshal(r.body, &raw))
		report, err := verify.Check(raw.Proof, trust)
		if err != nil || !report.OK {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if offline := report.Answer("it"); string(offline.Verdict) != c.verdict || offline.Lot != c.lot || fmt.Sprint(offline.Ledger.Height) != fmt.Sprint(r.at("ledger.height")) {
			t.Errorf("%s: offline %s %s at %d", name, offline.Verdict, offline.Lot, offline.Ledger.Height)
		}
	}
	if r := w.get(path + "/21/S%2F1"); r.json["serial"] != "S/1" {
		t.Errorf("serial %v", r.json["serial"])
	}
	if r := w.get("/v1/verify/01/8000000000019/10/261123"); r.json["asked_lot"] != "261123" {
		t.Errorf("asked_lot %v", r.json["asked_lot"])
	}
	for accepted, lang := range map[string]string{"en-GB,en;q=0.8": "en", "it": "it", "de": "it", "de, en;q=0.5": "en", "*": "it", "\xff;;": "it"} {
		if r := w.do("GET", path, nil, "Accept-Language", accepted); r.json["lang"] != lang {
			t.Errorf("Accept-Language %q: %v", accepted, r.json["lang"])
		}
	}
}

func TestAProofWaitsForTheBlockThatCarriesIt(t *testing.T) {
	w := newWorld(t)
	w.story()
	got := make(chan reply)
	go func() { got <- w.get("/v1/verify/01/" + testGTIN + "/10/" + testLot + "?proof=true") }()
	for w.proofs() == 0 {
		runtime.Gosched()
	}
	w.commit(w.batch("LATER"))
	r := <-got
	if r.status != 200 || r.at("ledger.height") != float64(1) || len(r.json["proof"].(map[string]any)) == 0 {
		t.Fatalf("%d %s", r.status, r.body)
	}
	// Nobody makes a block now, and the last one changed the state.
	w.gw.proofWithin = 50 * time.Millisecond
	if r := w.get("/v1/verify/01/" + testGTIN + "/10/" + testLot + "?proof=true"); r.status != 503 || r.json["code"] != "proof.not_yet" {
		t.Fatalf("%d %s", r.status, r.body)
	}
}

// proofs counts the requests that wait for a header.
func (w *world) proofs() int64 { return w.gw.proving.Load() }

func TestAChainWithoutBlocks(t *testing.T) {
	w := newWorld(t)
	for path, want := range map[string]string{
		"/v1/verify/01/" + testGTIN + "/10/A": "503 node.no_block", "/readyz": "503 node.no_block", "/v1/params": "404 params.not_found",
		"/v1/batches": "200 <nil>", "/healthz": "200 <nil>", "/status": "503 node.no_block",
	} {
		r := w.get(path)
		if got := fmt.Sprint(r.status, " ", r.json["code"]); got != want {
			t.Errorf("%s: %s, want %s", path, got, want)
		}
	}
}

func TestReadiness(t *testing.T) {
	w := newWorld(t)
	w.story()
	w.status.CatchingUp = true
	if r := w.get("/readyz"); r.status != 503 || r.json["code"] != "node.catching_up" {
		t.Errorf("%d %s", r.status, r.body)
	}
	w.status.CatchingUp = false
	w.failure = errors.New("the disk at /secret is gone")
	for _, path := range []string{"/healthz", "/readyz", "/status", "/v1/batches/" + testGTIN + "/A", "/v1/specs/a", "/v1/verify/01/" + testGTIN + "/10/A"} {
		r := w.get(path)
		if r.status < 500 || bytes.Contains(r.body, []byte("secret")) {
			t.Errorf("%s: %d %s", path, r.status, r.body)
		}
	}
}

func TestAPanicIsAProblem(t *testing.T) {
	w := newWorld(t)
	w.checkTx = func(context.Context, []byte) (*abci.ResponseCheckTx, error) { panic("a mistake of ours") }
	r := w.do("POST", "/v1/txs", strings.NewReader("x"))
	if r.status != 500 || r.json["code"] != "gateway.internal" || bytes.Contains(r.body, []byte("mistake")) {
		t.Fatalf("%d %s", r.status, r.body)
	}
	if r := w.get("/healthz"); r.status != 200 {
		t.Fatal("the gateway died of it")
	}
}

func TestReadsAreLimitedPerAddress(t *testing.T) {
	w := newWorld(t, func(c *Config) {
		c.Limits = Limits{ReadsPerSecond: 1, Burst: 3, Proxies: []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")}}
	})
	var mu sync.Mutex
	now := time.Unix(firstTime, 0)
	w.gw.now = func() time.Time { mu.Lock(); defer mu.Unlock(); return now }
	ask := func(method, path, from, forwarded string) *httptest.ResponseRecorder {
		req := httptest.NewRequestWithContext(t.Context(), method, path, strings.NewReader("x"))
		req.RemoteAddr = from
		if forwarded != "" {
			req.Header.Set("X-Forwarded-For", forwarded)
		}
		rec := httptest.NewRecorder()
		w.gw.ServeHTTP(rec, req)
		return rec
	}
	const me, other = "203.0.113.9:1000", "203.0.113.10:1000"
	for i := range 3 {
		r := ask("GET", "/v1/batches", me, "")
		if r.Code != 200 || r.Header().Get("RateLimit-Limit") != "3" || r.Header().Get("RateLimit-Remaining") != fmt.Sprint(2-i) {
			t.Fatalf("%d %v", r.Code, r.Header())
		}
	}
	r := ask("GET", "/v1/batches", me, "")
	if r.Code != 429 || r.Header().Get("Retry-After") != "1" || r.Header().Get("RateLimit-Remaining") != "0" || r.Header().Get("RateLimit-Reset") != "3" ||
		!strings.Contains(r.Body.String(), "request.too_many") {
		t.Fatalf("%d %v %s", r.Code, r.Header(), r.Body)
	}
	for name, c := range map[string]struct {
		method, path, from, forwarded string
		want                          int
	}{
		"another address":          {"GET", "/v1/batches", other, "", 200},
		"the same from elsewhere":  {"GET", "/v1/batches", "203.0.113.9:2000", "", 429},
		"an invented forwarding":   {"GET", "/v1/batches", me, "198.51.100.1", 429},
		"a proxy's visitor":        {"GET", "/v1/batches", "10.1.1.1:1", "198.51.100.2", 200},
		"a visitor who adds hops":  {"GET", "/v1/batches", "10.1.1.1:1", "1.2.3.4, 203.0.113.9, 10.2.2.2", 429},
		"an unknown route":         {"GET", "/nothing", me, "", 429},
		"operations":               {"GET", "/healthz", me, "", 200},
		"a write":                  {"POST", "/v1/txs", me, "", 202},
		"a preflight":              {"OPTIONS", "/v1/txs", me, "", 204},
		"no address at all":        {"GET", "/v1/batches", "", "", 200},
		"IPv6":                     {"GET", "/v1/batches", "[2001:db8::1]:1", "", 200},
		"a forwarding that is not": {"GET", "/v1/batches", "10.1.1.2:1", "unknown", 200},
	} {
		if r := ask(c.method, c.path, c.from, c.forwarded); r.Code != c.want {
			t.Errorf("%s: %d, want %d", name, r.Code, c.want)
		}
	}
	for range 2 {
		ask("GET", "/v1/batches", "[2001:db8::2]:1", "")
	}
	if r := ask("GET", "/v1/batches", "[2001:db8::3]:1", ""); r.Code != 429 {
		t.Errorf("one IPv6 network counts as many: %d", r.Code)
	}
	mu.Lock()
	now = now.Add(time.Second)
	mu.Unlock()
	if r := ask("GET", "/v1/batches", me, ""); r.Code != 200 {
		t.Errorf("after a second: %d", r.Code)
	}
}

func TestTheTableOfAddressesIsBounded(t *testing.T) {
	l := newLimiter(Limits{ReadsPerSecond: 1, Burst: 1}, time.Now)
	for i := range maxAddresses + 10 {
		l.visitor(netip.AddrFrom4([4]byte{byte(i >> 24), byte(i >> 16), byte(i >> 8), byte(i)}))
	}
	if len(l.table) != maxAddresses || l.order.Len() != maxAddresses {
		t.Fatalf("%d and %d", len(l.table), l.order.Len())
	}
	if l.table[netip.MustParsePrefix("0.0.0.0/32")] != nil {
		t.Fatal("the address that was silent longest is still there")
	}
}

func TestCORSIsOpenForReadsOnly(t *testing.T) {
	w := newWorld(t)
	r := w.do("OPTIONS", "/v1/batches", nil, "Origin", "https://example.org", "Access-Control-Request-Method", "GET")
	if r.status != 204 || r.header.Get("Access-Control-Allow-Methods") != "GET, HEAD, OPTIONS" {
		t.Errorf("%d %v", r.status, r.header)
	}
	if r := w.do("POST", "/v1/txs", strings.NewReader("x"), "Origin", "https://example.org"); r.header.Get("Access-Control-Allow-Origin") != "" {
		t.Errorf("%v", r.header)
	}
	if r := w.do("HEAD", "/v1/batches", nil); r.status != 200 || len(r.body) != 0 {
		t.Errorf("HEAD: %d %q", r.status, r.body)
	}
}

func TestNothingIsLeftRunning(t *testing.T) {
	before := runtime.NumGoroutine()
	t.Run("a world and its end", func(t *testing.T) {
		w := newWorld(t)
		w.story()
		w.commit()
		w.get("/v1/batches")
		w.get("/v1/verify/01/" + testGTIN + "/10/" + testLot + "?proof=true")
		w.get("/v1/txs/" + strings.Repeat("0", 64) + "/wait?timeout=5ms")
		http.DefaultTransport.(*http.Transport).CloseIdleConnections()
	})
	deadline := time.Now().Add(20 * time.Second)
	for runtime.NumGoroutine() > before {
		if time.Now().After(deadline) {
			buf := make([]byte, 1<<20)
			t.Fatalf("%d goroutines before, %d after\n%s", before, runtime.NumGoroutine(), buf[:runtime.Stack(buf, true)])
		}
		runtime.Gosched()
	}
}

func TestAnIncompleteConfigIsRefused(t *testing.T) {
	if _, err := New(Config{}); err == nil {
		t.Fatal("a gateway on nothing")
	}
	w := newWorld(t)
	if _, err := New(w.gw.c); err == nil {
		t.Fatal("two gateways count in one registry")
	}
}
