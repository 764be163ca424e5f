package gateway

import (
	"bytes"
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"runtime"
	"strings"
	"testing"
	"time"

	abci "github.com/cometbft/cometbft/abci/types"
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
		{"GET", "/v1/events?lot=L1", 400, "lot.invalid"},
		{"GET", "/v1/events?from=yesterday", 400, "from.invalid"},
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

// proofs counts the requests that wait for a header.
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
