package gateway

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/ethereum/go-ethereum/crypto"
	"google.golang.org/protobuf/proto"

	basev1 "github.com/filiera-chain/filiera/api/base/v1"
	certv1 "github.com/filiera-chain/filiera/api/cert/v1"
	controlv1 "github.com/filiera-chain/filiera/api/control/v1"
	tracev1 "github.com/filiera-chain/filiera/api/trace/v1"
	"github.com/filiera-chain/filiera/credential"
	"github.com/filiera-chain/filiera/index"
	"github.com/filiera-chain/filiera/module/statekey"
	"github.com/filiera-chain/filiera/verify"
)

const testRequest = "amap-apc:1"

// set is an action that writes a record and announces it.
func set(key []byte, m proto.Message) action {
	a := action{acts: []proto.Message{&controlv1.MsgWithdrawControl{Request: testRequest}}, state: map[string]proto.Message{string(key): m}}
	if say := index.AnnounceRecord(m); say != nil {
		a.say = []proto.Message{say}
	}
	return a
}

// controls are two requests, one of them late, with findings and a result. The
// day of the test's blocks is 2026-11-18.
func (w *world) controls() []action {
	var out []action
	for n, due := range []string{"2026-11-17", "2026-11-30"} {
		r := &controlv1.ControlRequest{
			Id: fmt.Sprintf("amap-apc:%d", n+1), Certifier: "amap-apc", Requester: "pastificio", Specification: "maccheroncini", SpecificationVersion: 1,
			Batches:       []*controlv1.RequestedBatch{{Batch: &basev1.BatchID{Gtin: testGTIN, Lot: testLot}, Quantity: &basev1.Quantity{Amount: 100, Unit: "GRM"}}},
			RequestedDate: "2026-11-12", DueDate: due, Status: 2, Kind: 2, LastFinding: uint32(2 * n), LastResult: uint32(n), OpenMinor: uint32(n),
			History: []*basev1.StatusLine{{Status: "requested", Actor: "pastificio", At: firstTime, Height: 1}},
		}
		out = append(out, set(statekey.ControlRequest(r.Id), r))
	}
	for n := uint32(1); n <= 2; n++ {
		f := &controlv1.NonConformity{Request: "amap-apc:2", Number: n, Severity: 1, Text: "label", DeadlineDate: "2026-11-01", RecordedAt: firstTime}
		if n == 2 {
			f.ClosedAt, f.EvidenceSha256 = firstTime+1, make([]byte, 32)
		}
		out = append(out, set(statekey.Finding(f.Request, n), f))
	}
	l := &controlv1.LabResult{Request: "amap-apc:2", Number: 1, Parameter: "protein", Value: "13.10", Verdict: 1, RecordedAt: firstTime}
	return append(out, set(statekey.LabResult(l.Request, 1), l))
}

func TestTheQueueIsAnsweredByDueDateAndFiltered(t *testing.T) {
	w := newWorld(t)
	w.story()
	w.commit(w.controls()...)
	for query, want := range map[string]string{
		"":                                       "amap-apc:1 amap-apc:2",
		"?open=true":                             "amap-apc:1 amap-apc:2",
		"?overdue=true":                          "amap-apc:1 amap-apc:2", // the second by its finding
		"?certifier=other":                       "",
		"?status=scheduled&requester=pastificio": "amap-apc:1 amap-apc:2",
		"?status=attested":                       "",
		"?gtin=" + testGTIN + "&lot=" + testLot:  "amap-apc:1 amap-apc:2",
		"?gtin=" + testGTIN + "&lot=X":           "",
		"?specification=maccheroncini&limit=1":   "amap-apc:1",
	} {
		r := w.get("/v1/requests" + query)
		var ids []string
		items, _ := r.json["items"].([]any)
		for _, i := range items {
			ids = append(ids, i.(map[string]any)["id"].(string))
		}
		if got := strings.Join(ids, " "); r.status != 200 || got != want {
			t.Errorf("%s: %d %q, want %q", query, r.status, got, want)
		}
	}
	for _, query := range []string{"?status=late", "?lot=X", "?gtin=1"} {
		if r := w.get("/v1/requests" + query); r.status != 400 {
			t.Errorf("%s: %d", query, r.status)
		}
	}
	r := w.get("/v1/requests/amap-apc:2")
	if r.at("overdue") != false || r.at("findings.0.overdue") != true || r.at("findings.1.overdue") != false || r.at("results.0.value") != "13.10" {
		t.Errorf("%s", r.body)
	}
	if r := w.get("/v1/requests/" + testRequest); r.at("overdue") != true {
		t.Errorf("%s", r.body)
	}
	if r := w.get("/v1/requests/amap-apc:9"); r.status != 404 || r.at("code") != "request.not_found" {
		t.Errorf("%d %s", r.status, r.body)
	}
}

func TestTotalsCountTheMonth(t *testing.T) {
	w := newWorld(t)
	w.story()
	r := w.get("/v1/attestations/totals?month=2026-11&specification=maccheroncini")
	if r.status != 200 || r.at("items.0.move") != "issued" || r.at("items.0.attestations") != 1.0 || r.at("items.0.amount") != 1_500_000.0 {
		t.Errorf("%d %s", r.status, r.body)
	}
	if r := w.get("/v1/attestations/totals?month=2026-12"); r.status != 200 || r.at("items.0") != nil {
		t.Errorf("%d %s", r.status, r.body)
	}
	for _, bad := range []string{"", "?month=2026-13", "?month=november", "?month=2026-11&kind=x"} {
		if r := w.get("/v1/attestations/totals" + bad); r.status != 400 {
			t.Errorf("%s: %d", bad, r.status)
		}
	}
}

// transformation makes out of in, wrong if declared so.
func transformation(name string, at int64, in, out string, wrong bool) action {
	id := sha256.Sum256([]byte(name))
	e := &tracev1.Event{
		Id: id[:], Type: "TransformationEvent", EventTimeMs: at * 1000, TimeZoneOffset: "+01:00", Reporter: "pastificio", ContentSha256: make([]byte, 32),
		Batches: []*tracev1.Involved{
			{Batch: &basev1.BatchID{Gtin: testGTIN, Lot: in}, Part: tracev1.Part_PART_INPUT}, {Batch: &basev1.BatchID{Gtin: testGTIN, Lot: out}, Part: tracev1.Part_PART_OUTPUT},
		},
	}
	if wrong {
		e.Declarations = []*tracev1.Declaration{{Id: id[:], DeclaredBy: "pastificio"}}
	}
	a := action{acts: []proto.Message{&tracev1.MsgCapture{}}, state: map[string]proto.Message{string(statekey.Event(id[:])): e}}
	for _, lot := range []string{in, out} {
		start, _ := statekey.JourneyOf(testGTIN, lot)
		a.index = append(a.index, append(binary.BigEndian.AppendUint64(start, uint64(e.EventTimeMs)^1<<63), id[:]...))
	}
	return a
}

func TestAPreviewFollowsWhatWasMadeAndJudgesTwice(t *testing.T) {
	w := newWorld(t)
	w.story()
	w.commit(w.batch("D1"),
		transformation("one", firstTime-40, testLot, "D1", false), transformation("two", firstTime-30, "D1", "D2", false),
		transformation("back", firstTime-20, "D2", testLot, false), transformation("wrong", firstTime-10, testLot, "D9", true))
	// D2 is known by its code only: what a reporter told of it is filed apart.
	outside := transformation("outside", firstTime-5, "D2", "D3", false)
	start, _ := statekey.OutsideOf(testGTIN, "D2", "pastificio")
	id := sha256.Sum256([]byte("outside"))
	outside.index = [][]byte{append(binary.BigEndian.AppendUint64(start, uint64((firstTime-5)*1000)^1<<63), id[:]...)}
	w.commit(outside)
	r := w.get("/v1/attestations/" + attestationID + "/impact")
	if r.status != 200 || r.at("total") != 4.0 || r.at("truncated") != false || r.at("custodians.0") != "pastificio" {
		t.Fatalf("%d %s", r.status, r.body)
	}
	for i, want := range []string{testLot + " 0 true suspended", "D1 1 true not_certified", "D2 2 false unknown", "D3 3 false unknown"} {
		at := fmt.Sprintf("items.%d.", i)
		if got := fmt.Sprint(r.at(at+"lot"), " ", r.at(at+"depth"), " ", r.at(at+"registered"), " ", r.at(at+"verdict_after")); got != want {
			t.Errorf("item %d is %q, want %q", i, got, want)
		}
	}
	if before := r.at("items.0.verdict_before"); before == "suspended" || before == r.at("items.0.verdict_after") {
		t.Errorf("before it is %v", before)
	}
	first := w.get("/v1/attestations/" + attestationID + "/impact?limit=2")
	token, _ := first.at("next_page_token").(string)
	rest := w.get("/v1/attestations/" + attestationID + "/impact?limit=2&page_token=" + token)
	if first.at("items.2") != nil || rest.at("items.0.lot") != "D2" || rest.at("items.1.lot") != "D3" || rest.at("next_page_token") != "" {
		t.Errorf("%s\n%s", first.body, rest.body)
	}
	for path, status := range map[string]int{
		"urn:uuid:6f1f2a3c-0000-4000-8000-000000000009/impact": 404, attestationID + "/impact?page_token=x": 400,
		attestationID + "/impact?page_token=-1": 400, attestationID + "/impact?limit=101": 400,
	} {
		if r := w.get("/v1/attestations/" + path); r.status != status {
			t.Errorf("%s: %d %s", path, r.status, r.body)
		}
	}
}

func statusAction(index uint32, id string, revoked, suspended bool) action {
	a := &certv1.Attestation{Id: id, Certifier: "amap-apc", StatusUrl: "https://registro.example", StatusList: 1, StatusIndex: index, History: []*basev1.StatusLine{{Status: "issued"}}}
	return action{acts: []proto.Message{&certv1.MsgIssue{}}, state: map[string]proto.Message{
		string(statekey.Attestation(id)):                   a,
		string(statekey.StatusEntry("amap-apc", 1, index)): &certv1.StatusEntry{Attestation: id, Revoked: revoked, Suspended: suspended},
	}}
}

// signedList signs what the list says and keeps it as published.
func (w *world) signedList(purpose string, until int64, set ...uint32) (action, string) {
	bits := new(credential.Bitstring)
	for _, i := range set {
		bits.Set(i)
	}
	issuer := credential.IssuerURN(testChain, "amap-apc")
	l := &credential.StatusList{Issuer: issuer, Base: "https://registro.example", List: 1, Purpose: purpose, ValidFrom: firstTime, ValidUntil: until, Bits: bits}
	key, err := crypto.ToECDSA(crypto.Keccak256([]byte("body")))
	must(w.t, err)
	text, err := credential.SignStatusList(l, issuer+"#sede", key, firstTime)
	must(w.t, err)
	return action{acts: []proto.Message{&certv1.MsgPublishStatusList{}}, state: map[string]proto.Message{
		string(statekey.StatusList("amap-apc", 1, purpose)): &certv1.StatusList{Certifier: "amap-apc", List: 1, Purpose: purpose, Credential: []byte(text), ValidUntil: until},
	}}, text
}

func TestAStatusListIsAnsweredSignedWhileItIsTrueElseUnsigned(t *testing.T) {
	w := newWorld(t)
	const url = "/v1/status-lists/amap-apc/1/"
	if r := w.get(url + "revocation"); r.status != 503 {
		t.Errorf("without a block: %d", r.status)
	}
	w.story()
	if r := w.get(url + "revocation"); r.status != 404 || r.at("code") != "status_list.not_found" {
		t.Errorf("%d %s", r.status, r.body)
	}
	w.commit(statusAction(3, attestationID[:len(attestationID)-1]+"3", true, false), statusAction(9, attestationID[:len(attestationID)-1]+"9", false, true))
	unsigned := w.get(url + "suspension")
	must(t, json.Unmarshal(unsigned.body, &unsigned.json))
	bits, err := credential.DecodeBitstring(unsigned.at("credentialSubject.encodedList").(string))
	must(t, err)
	if unsigned.header.Get("Content-Type") != mediaUnsigned || !bits.Has(9) || bits.Has(3) || unsigned.at("id") != "https://registro.example"+url+"suspension" {
		t.Errorf("%v %s", unsigned.header, unsigned.body)
	}
	if r := w.get(url + "revocation?signed=true"); r.status != 503 || r.at("code") != "status_list.not_signed" {
		t.Errorf("%d %s", r.status, r.body)
	}
	a, text := w.signedList(credential.Revocation, firstTime+1000, 3)
	w.commit(a)
	r := w.get(url + "revocation")
	if r.header.Get("Content-Type") != mediaSigned || string(r.body) != text || r.header.Get("Access-Control-Allow-Origin") != "*" || !strings.HasPrefix(r.header.Get("Cache-Control"), "public") {
		t.Errorf("%v %s", r.header, r.body)
	}
	if r := w.get(url + "revocation?signed=false"); r.header.Get("Content-Type") != mediaUnsigned {
		t.Errorf("%v", r.header)
	}
	w.commit(statusAction(4, attestationID[:len(attestationID)-1]+"4", true, false))
	if r := w.get(url + "revocation"); r.header.Get("Content-Type") != mediaUnsigned {
		t.Error("a list that leaves a revoked certificate out is answered as signed")
	}
	a, _ = w.signedList(credential.Revocation, firstTime+1, 3, 4)
	w.commit(a)
	if r := w.get(url + "revocation"); r.header.Get("Content-Type") != mediaUnsigned {
		t.Error("a list that is over is answered as signed")
	}
	for path, status := range map[string]int{"0/revocation": 400, "x/revocation": 400, "1/refresh": 400, "1/revocation?signed=maybe": 400, "1/revocation?sign=true": 400, "1/proof?x=1": 400, "0/proof": 400, "2/revocation": 404} {
		if r := w.get("/v1/status-lists/amap-apc/" + path); r.status != status {
			t.Errorf("%s: %d %s", path, r.status, r.body)
		}
	}
	if r := w.get("/v1/status-lists/amap%00apc/1/revocation"); r.status != http.StatusNotFound {
		t.Errorf("%d", r.status)
	}
}

func TestTheProofOfAStatusListHolds(t *testing.T) {
	w := newWorld(t)
	w.story()
	w.commit(statusAction(3, attestationID[:len(attestationID)-1]+"3", true, false), statusAction(131071, attestationID[:len(attestationID)-1]+"9", false, true))
	w.commit()
	r := w.get("/v1/status-lists/amap-apc/1/proof")
	got, err := verify.CheckStatusList(r.body, verify.Trust{ValidatorsHash: w.set().Hash(), ChainID: testChain})
	if err != nil {
		t.Fatalf("%d %v", r.status, err)
	}
	if got.Entries != 2 || !got.Revoked.Has(3) || got.Suspended.Has(3) || !got.Suspended.Has(131071) || r.header.Get("Content-Type") != mediaProof {
		t.Errorf("%+v", got)
	}
}

func TestTheContextOfCertificatesIsServed(t *testing.T) {
	r := newWorld(t).get("/ns/attestation/v1")
	if r.status != 200 || r.header.Get("Content-Type") != "application/ld+json" || !bytes.Equal(r.body, credential.Context()) {
		t.Errorf("%d %v", r.status, r.header)
	}
}
