package gateway

import (
	"encoding/json"
	"fmt"
	"runtime"
	"testing"
	"time"

	"github.com/filiera-chain/filiera/verify"
)

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

func (w *world) proofs() int64 { return w.gw.proving.Load() }
