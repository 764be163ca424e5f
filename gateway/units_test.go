package gateway

import (
	"encoding/json"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"google.golang.org/protobuf/proto"

	basev1 "github.com/filiera-chain/filiera/api/base/v1"
	unitv1 "github.com/filiera-chain/filiera/api/unit/v1"
	"github.com/filiera-chain/filiera/client"
	"github.com/filiera-chain/filiera/index"
	"github.com/filiera-chain/filiera/module/statekey"
	"github.com/filiera-chain/filiera/units"
	"github.com/filiera-chain/filiera/units/tree"
)

const unitSerials = 1500 // of 1 kg each: all that there is of the story's batch

// labels makes a run of the story's batch in a folder, commits it, and has the
// code of the first item on the list revealed, and the second made void. It gives
// serial numbers and the run's key.
func (w *world) labels(dir string) (*tree.File, []string, units.Key) {
	w.t.Helper()
	key := units.Key{7}
	sequence, err := key.Sequence(testGTIN, 1)
	must(w.t, err)
	path := filepath.Join(dir, "run"+tree.Ext)
	tw := tree.NewWriter(path, testGTIN, testLot)
	must(w.t, tree.Make(w.t.Context(), tree.Order{Key: key, GTIN: testGTIN, Lot: testLot, Count: unitSerials, Tag: 1}, tw))
	_, err = tw.Finish()
	must(w.t, err)
	f, err := tree.Open(path)
	must(w.t, err)
	w.t.Cleanup(func() { _ = f.Close() })
	var serials []string
	for i := range uint32(3) {
		serials = append(serials, sequence.At(i))
	}
	id := &basev1.BatchID{Gtin: testGTIN, Lot: testLot}
	place := func(i int) uint32 {
		at, err := f.Find(units.IDOf(testGTIN, testLot, serials[i]))
		must(w.t, err)
		return uint32(at)
	}
	records := map[string]proto.Message{}
	put := func(key []byte, m proto.Message) { records[string(key)] = m }
	run := &unitv1.Run{Batch: id, Number: 1, Root: f.Root[:], Count: unitSerials, Content: 1000, Serials: unitv1.SerialKind_SERIAL_KIND_DERIVED, CommittedBy: "pastificio", CommittedAt: firstTime, CommittedHeight: 1, Voided: 1, Acquitted: 1}
	opened := &unitv1.Unit{Batch: id, Run: 1, Index: place(0), AcquittedAt: firstTime + 60, AcquittedHeight: 2, Reveals: 8, LastRevealedAt: firstTime + 3600, LastRevealedHeight: 3, Token: make([]byte, 16)}
	broken := &unitv1.Unit{Batch: id, Run: 1, Index: place(1), Voiding: 1}
	voiding := &unitv1.Voiding{Batch: id, Number: 1, Run: 1, Units: 1, Reason: "rotolo strappato", VoidedBy: "pastificio", VoidedAt: firstTime, VoidedHeight: 2}
	tally := &unitv1.Tally{Batch: id, Unit: "GRM", Runs: 1, Voidings: 1, Units: unitSerials, Voided: 1, Acquitted: 1, Content: (unitSerials - 1) * 1000}
	put(statekey.UnitRun(testGTIN, testLot, 1), run)
	put(statekey.Unit(testGTIN, testLot, 1, opened.Index), opened)
	put(statekey.Unit(testGTIN, testLot, 1, broken.Index), broken)
	put(statekey.Voiding(testGTIN, testLot, 1), voiding)
	put(statekey.UnitTally(testGTIN, testLot), tally)
	var say []proto.Message
	for _, m := range []proto.Message{run, opened, broken, voiding, tally} {
		say = append(say, index.AnnounceRecord(m))
	}
	w.commit(action{acts: []proto.Message{&unitv1.MsgCommitUnits{}}, state: records, say: say})
	w.commit()
	return f, serials, key
}

func unitPath(serial string) string {
	return "/v1/verify/01/" + testGTIN + "/10/" + testLot + "/21/" + serial
}

func TestAnItemIsAskedFor(t *testing.T) {
	shelf := t.TempDir()
	w := newWorld(t, func(c *Config) { c.Units = tree.NewShelf(shelf) })
	w.story()
	f, serials, _ := w.labels(t.TempDir())
	ask := func(path string) reply {
		t.Helper()
		r := w.get(path)
		if r.status != 200 {
			t.Fatalf("%s: %d %s", path, r.status, r.body)
		}
		return r
	}
	here, _, err := f.Prove(units.IDOf(testGTIN, testLot, serials[2]), 1)
	must(t, err)
	proof := url.QueryEscape((&units.Evidence{Presence: here}).Text())
	batch := "/v1/batches/" + testGTIN + "/" + testLot
	if r := ask(unitPath(serials[2])); r.at("unit.status") != "not_proven" {
		t.Errorf("nothing shown: %v", r.at("unit"))
	}
	if r := ask(unitPath(serials[2]) + "?proof=true&unit_proof=" + proof); r.at("unit.status") != "in_batch" || r.at("proof.target.serial") != serials[2] {
		t.Errorf("with its proof: %v", r.at("unit"))
	}
	if r := ask(unitPath(serials[1]) + "?lang=en&unit_proof=" + proof); r.at("unit.status") != "proof_wrong" || r.at("verdict") != "suspicious" || r.at("headline") != "Beware: something is wrong with this one item." {
		t.Errorf("with another's proof: %v", r.at("unit"))
	}
	for _, query := range []string{"?unit_proof=!", "?unit_proof=AAAA"} {
		if r := w.get(unitPath(serials[2]) + query); r.status != 400 || r.at("code") != "unit_proof.invalid" {
			t.Errorf("%s: %d %s", query, r.status, r.body)
		}
	}
	if r := w.get(batch + "/units/proof/" + serials[2]); r.status != 404 || r.at("code") != "unit.no_tree" {
		t.Errorf("no tree: %d %s", r.status, r.body)
	}
	// Once the node keeps the tree file, it needs no proof to be brought.
	copyFile(t, f.Path(), filepath.Join(shelf, "any name.units"))
	for serial, want := range map[string]string{serials[0]: "revealed_again", serials[1]: "void", serials[2]: "in_batch", "OTHER": "unknown"} {
		if r := ask(unitPath(serial)); r.at("unit.status") != want {
			t.Errorf("%s: %v, want %s", serial, r.at("unit"), want)
		}
	}
	if r := ask(batch + "/units/proof/OTHER"); r.at("status") != "absent" {
		t.Errorf("absent: %s", r.body)
	}
	if r := ask(batch + "/units"); r.at("items.0.count") != float64(unitSerials) || r.at("tally.content") != float64((unitSerials-1)*1000) {
		t.Errorf("runs: %s", r.body)
	}
	if r := ask(batch + "/units/voidings"); r.at("items.0.reason") != "rotolo strappato" {
		t.Errorf("voidings: %s", r.body)
	}
	for query, want := range map[string]int{"": 2, "?revealed_again=true": 1, "?limit=1": 1} {
		if items, _ := ask(batch + "/units/records" + query).at("items").([]any); len(items) != want {
			t.Errorf("records%s: %d", query, len(items))
		}
	}
	if r := w.get("/v1/batches/" + testGTIN + "/NONE/units"); r.status != 404 {
		t.Errorf("no batch: %d", r.status)
	}
}

func TestACodeIsChecked(t *testing.T) {
	shelf := t.TempDir()
	builder, err := client.NewBuilder(testChain)
	must(t, err)
	w := newWorld(t, func(c *Config) { c.Units = tree.NewShelf(shelf); c.Relay = &Relay{testKey, builder} })
	w.story()
	_, serials, key := w.labels(shelf)
	coder := key.Coder(testGTIN, testLot)
	post := func(serial, code, proof string) reply {
		t.Helper()
		b, err := json.Marshal(map[string]string{"gtin": testGTIN, "lot": testLot, "serial": serial, "code": code, "unit_proof": proof})
		must(t, err)
		return w.do("POST", "/v1/units/acquit", strings.NewReader(string(b)), "Content-Type", "application/json")
	}
	right := coder.Code(serials[0]).String()
	for name, c := range map[string]struct {
		got    reply
		status int
		code   string
	}{
		"another's code":     {post(serials[0], coder.Code(serials[1]).String(), ""), 422, "unit.wrong_code"},
		"a slip":             {post(serials[0], right[:len(right)-1], ""), 400, "code.invalid"},
		"no such item":       {post("OTHER", right, ""), 422, "unit.unknown"},
		"a mangled proof":    {post(serials[0], right, "EQEB"), 400, "unit_proof.invalid"},
		"a serial too long":  {post(strings.Repeat("1", 21), right, ""), 400, "request.invalid"},
		"a body without end": {post(serials[0], strings.Repeat("x", 20000), ""), 413, "request.too_large"},
	} {
		if c.got.status != c.status || c.got.at("code") != c.code {
			t.Errorf("%s: %d %s", name, c.got.status, c.got.body)
		}
	}
	// A code that was revealed as often as is counted is answered without an act.
	if r := post(serials[0], strings.ToLower(right), ""); r.status != 200 || r.at("already") != true || r.at("reveals") != 8.0 {
		t.Errorf("again: %d %s", r.status, r.body)
	}
	r := w.do("GET", "/01/"+testGTIN+"/10/"+testLot+"/21/"+serials[2]+"?lang=en", nil, "Accept", "text/html")
	if !strings.Contains(string(r.body), "The code under the cap") || !strings.Contains(r.header.Get("Content-Security-Policy"), "form-action 'self'") {
		t.Errorf("the page has no form: %v %s", r.header, r.body)
	}
	f := url.Values{"gtin": {testGTIN}, "lot": {testLot}, "serial": {serials[0]}, "code": {right}, "lang": {"en"}}
	r = w.do("POST", "/units/acquit", strings.NewReader(f.Encode()), "Content-Type", "application/x-www-form-urlencoded")
	if !strings.Contains(string(r.body), "had been revealed before") || !strings.Contains(string(r.body), "revealed 8 times") {
		t.Errorf("the form: %d %s", r.status, r.body)
	}
}

func TestRevealsAreLimited(t *testing.T) {
	w := newWorld(t)
	w.story()
	ask := func(from, path string) int {
		req := httptest.NewRequestWithContext(t.Context(), "POST", path, strings.NewReader(`{"gtin":"`+testGTIN+`","lot":"X","serial":"1","code":"x"}`))
		req.RemoteAddr = from
		req.Header.Set("Content-Type", "application/json")
		rec := httptest.NewRecorder()
		w.gw.ServeHTTP(rec, req)
		return rec.Code
	}
	for i := range 12 {
		if got := ask("203.0.113.9:1", "/v1/units/acquit"); got != 501 {
			t.Fatalf("reveal %d: %d; this node relays nothing", i, got)
		}
	}
	for _, path := range []string{"/v1/units/acquit", "/units/acquit"} {
		if got := ask("203.0.113.9:2", path); got != 429 {
			t.Errorf("%s after twelve: %d", path, got)
		}
	}
	if got := ask("203.0.113.10:1", "/v1/units/acquit"); got != 501 {
		t.Errorf("another address: %d", got)
	}
}

func copyFile(t *testing.T, from, to string) {
	t.Helper()
	b, err := os.ReadFile(from)
	must(t, err)
	must(t, os.WriteFile(to, b, 0o600))
}
