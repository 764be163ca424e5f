package epcisrest

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	abci "github.com/cometbft/cometbft/abci/types"
	"github.com/ethereum/go-ethereum/crypto"

	placev1 "github.com/filiera-chain/filiera/api/place/v1"
	tracev1 "github.com/filiera-chain/filiera/api/trace/v1"
	txv1 "github.com/filiera-chain/filiera/api/tx/v1"
	"github.com/filiera-chain/filiera/envelope"
	"github.com/filiera-chain/filiera/epcis"
	"github.com/filiera-chain/filiera/epcis/schema"
	"github.com/filiera-chain/filiera/index"
)

// desk is the service before a real read model. Capturing is tested on a real
// node, in the package node.
type desk struct {
	t      *testing.T
	model  *index.DB
	s      *Service
	height int64
}

var start = time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)

func newDesk(t *testing.T) *desk {
	t.Helper()
	model, err := index.Open(filepath.Join(t.TempDir(), "index.db"))
	must(t, err)
	t.Cleanup(func() { must(t, model.Close()) })
	log := slog.New(slog.NewTextHandler(t.Output(), nil))
	s, err := New(Config{
		ChainID: "desk-1", Index: model, Projector: index.NewProjector(model, nil, log), Log: log, Version: "v0-test",
		Broadcast:   func(context.Context, []byte) (*abci.ResponseCheckTx, error) { return nil, io.ErrClosedPipe },
		Participant: func([20]byte) (string, error) { return "", nil }, Head: func() int64 { return 0 },
	})
	must(t, err)
	return &desk{t: t, model: model, s: s}
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// record puts each document into a block of its own.
func (d *desk) record(documents ...string) {
	d.t.Helper()
	key, err := crypto.ToECDSA(append(make([]byte, 31), 7))
	must(d.t, err)
	for _, document := range documents {
		d.height++
		doc, err := epcis.Parse([]byte(document), epcis.Limits{})
		must(d.t, err)
		act, err := envelope.Act(&tracev1.MsgCapture{Document: []byte(document)})
		must(d.t, err)
		raw, err := envelope.Sign(&txv1.TxBody{ChainId: "desk-1", Lane: 1, Sequence: uint64(d.height), ExpiresAt: 2_000_000_000, Acts: []*txv1.Act{act}}, key)
		must(d.t, err)
		result := &abci.ExecTxResult{}
		for i := range doc.Events {
			sum, _, err := epcis.ParseHash(doc.Events[i].Hash(epcis.CBV20))
			must(d.t, err)
			e, err := index.Announce(&tracev1.EventCaptured{Index: uint32(i), Event: &tracev1.Event{Id: sum[:], EventTimeMs: doc.Events[i].EventTime}})
			must(d.t, err)
			result.Events = append(result.Events, e)
		}
		must(d.t, d.model.Apply(d.t.Context(), []index.Block{{
			Height: d.height, Time: start.Add(time.Duration(d.height) * time.Second), Hash: fmt.Appendf(nil, "%032d", d.height),
			Txs: [][]byte{raw}, Results: []*abci.ExecTxResult{result},
		}}))
	}
}

type reply struct {
	status int
	header http.Header
	body   []byte
}

func (d *desk) do(method, path string, headers ...string) reply {
	d.t.Helper()
	r := httptest.NewRequest(method, path, nil)
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	d.s.ServeHTTP(w, r)
	return reply{w.Code, w.Header(), w.Body.Bytes()}
}

// events gives the events of a valid answer.
func (d *desk) events(path string, headers ...string) []map[string]any {
	d.t.Helper()
	r := d.do("GET", path, headers...)
	if r.status != http.StatusOK {
		d.t.Fatalf("%s: %d %s", path, r.status, r.body)
	}
	if err := schema.Validate(r.body); err != nil {
		d.t.Fatalf("%s: %v\n%s", path, err, r.body)
	}
	var doc struct {
		Body struct {
			Results struct {
				Body struct {
					Events []map[string]any `json:"eventList"`
				} `json:"resultsBody"`
			} `json:"queryResults"`
		} `json:"epcisBody"`
	}
	must(d.t, json.Unmarshal(r.body, &doc))
	return doc.Body.Results.Body.Events
}

const (
	head  = `{"@context":["https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld",{"ex":"https://ns.example.com/epcis/"}],"type":"EPCISDocument","schemaVersion":"2.0","creationDate":"2026-11-23T09:00:00Z","epcisBody":{"eventList":[`
	other = `{"@context":[{"ex":"https://elsewhere.example.org/"},"https://gs1.github.io/EPCIS/epcis-context.jsonld"],"type":"EPCISDocument","schemaVersion":"2.0","creationDate":"2026-11-23T09:00:00Z","epcisBody":{"eventList":[`
	tail  = "]}}"
)

func seen(n int, step string) string {
	return fmt.Sprintf(`{"type":"ObjectEvent","action":"OBSERVE","eventTime":"2026-11-%02dT08:00:00Z","eventTimeZoneOffset":"+00:00","recordTime":"2020-01-01T00:00:00Z",
"epcList":["urn:epc:id:sgtin:4012345.012345.%d"],"bizStep":%q,"disposition":"in_transit","readPoint":{"id":"urn:epc:id:sgln:0614141.07346.%d"},"ex:n":%d.0}`, 1+n%28, n, step, n, n)
}

func TestPagesLeadToEveryEventOnce(t *testing.T) {
	d := newDesk(t)
	for i := range 23 {
		d.record(head + seen(i, "shipping") + tail)
	}
	next, ids := "/epcis/events?perPage=5&orderBy=eventTime&orderDirection=ASC&EQ_bizStep=shipping", []any{}
	for pages := 0; next != ""; pages++ {
		r := d.do("GET", next)
		for _, e := range d.events(next) {
			ids = append(ids, e["eventTime"])
		}
		link := r.header.Get("Link")
		if (link != "") != (r.header.Get("GS1-Next-Page-Token-Expires") != "") || pages > 5 {
			t.Fatalf("page %d: %v", pages, r.header)
		}
		next, _, _ = strings.Cut(strings.TrimPrefix(link, "<"), ">")
	}
	if len(ids) != 23 || !slices.IsSortedFunc(ids, func(a, b any) int { return strings.Compare(fmt.Sprint(a), fmt.Sprint(b)) }) {
		t.Fatalf("%v", ids)
	}
	// The first seven of them, five to a page.
	r := d.do("GET", "/epcis/events?perPage=5&orderBy=eventTime&eventCountLimit=7")
	next, _, _ = strings.Cut(strings.TrimPrefix(r.header.Get("Link"), "<"), ">")
	if rest := d.events(next); len(rest) != 2 || d.do("GET", next).header.Get("Link") != "" {
		t.Fatalf("%d after the first five of seven", len(rest))
	}
	if r := d.do("GET", "/epcis/events?maxEventCount=22"); r.status != http.StatusRequestEntityTooLarge || !strings.Contains(string(r.body), "QueryTooLargeException") {
		t.Errorf("%d %s", r.status, r.body)
	}
	if got := d.events("/epcis/events?maxEventCount=23"); len(got) != 23 {
		t.Errorf("%d", len(got))
	}
}

func TestAnswersSayWhatTheLedgerKnows(t *testing.T) {
	d := newDesk(t)
	d.record(head+seen(1, "shipping")+tail, head+seen(2, "receiving")+tail)
	r := d.do("GET", "/epcis/events?orderBy=recordTime&orderDirection=ASC")
	list := d.events("/epcis/events?orderBy=recordTime&orderDirection=ASC")
	if len(list) != 2 || list[0]["recordTime"] != "2026-11-23T09:00:01.000Z" || list[0]["@context"] != nil || !strings.HasPrefix(fmt.Sprint(list[0]["eventID"]), "ni:///sha-256;") {
		t.Fatalf("%v", list)
	}
	if !strings.Contains(string(r.body), `"ex:n":1.0`) || r.header.Get("GS1-Extensions") != "ex=https://ns.example.com/epcis/" || r.header.Get("GS1-EPCIS-Version") != "2.0.0" {
		t.Errorf("%v %s", r.header, r.body)
	}
	// Where prefixes mean different things, each event says its own.
	d.record(other + seen(3, "storing") + tail)
	mixed := d.events("/epcis/events?orderBy=recordTime")
	if len(mixed) != 3 || fmt.Sprint(mixed[0]["@context"]) != "[map[ex:https://elsewhere.example.org/]]" || fmt.Sprint(mixed[2]["@context"]) != "[map[ex:https://ns.example.com/epcis/]]" {
		t.Fatalf("%v", mixed)
	}
	for i, asked := range []string{"https://ns.example.com/epcis/", "https://elsewhere.example.org/", "https://nowhere.example.org/"} {
		if got := d.events("/epcis/events?EXISTS_ex:n", "GS1-Extensions", "ex="+asked); len(got) != []int{2, 1, 0}[i] {
			t.Errorf("%s: %d", asked, len(got))
		}
	}
	linked := d.events("/epcis/events?EQ_bizStep=storing", "GS1-EPC-Format", "Always_GS1_Digital_Link")
	if linked[0]["epcList"].([]any)[0] != "https://id.gs1.org/01/04012345123456/21/3" || linked[0]["readPoint"].(map[string]any)["id"] != "https://id.gs1.org/414/0614141073467/254/3" {
		t.Errorf("%v", linked)
	}
	id := fmt.Sprint(list[0]["eventID"])
	for _, path := range []string{url.PathEscape(id), strings.ReplaceAll(strings.ReplaceAll(id, "/", "%2F"), "?", "?")} {
		if got := d.events("/epcis/events/" + path); len(got) != 1 {
			t.Errorf("%s: %v", path, got)
		}
	}
	if got := d.events("/epcis/events?EQ_eventID=" + id); len(got) != 1 { // with its semicolon as it is
		t.Errorf("%v", got)
	}
}

func TestCollections(t *testing.T) {
	d := newDesk(t)
	d.record(head+seen(1, "shipping")+tail, head+seen(2, "urn:example:step")+","+strings.Replace(seen(3, "shipping"), `"epcList":["urn:epc:id:sgtin:4012345.012345.3"]`, `"quantityList":[{"epcClass":"urn:epc:class:lgtin:4012345.012345.L1"}]`, 1)+tail)
	for path, want := range map[string]string{
		"/epcis":                   "[events eventTypes epcs bizSteps bizLocations readPoints dispositions capture queries]",
		"/epcis/":                  "[events eventTypes epcs bizSteps bizLocations readPoints dispositions capture queries]",
		"/epcis/eventTypes":        "[AggregationEvent AssociationEvent ObjectEvent TransactionEvent TransformationEvent]",
		"/epcis/bizSteps":          "[shipping urn:example:step]",
		"/epcis/dispositions":      "[in_transit]",
		"/epcis/bizLocations":      "[]",
		"/epcis/readPoints":        "[https://id.gs1.org/414/0614141073467/254/1 https://id.gs1.org/414/0614141073467/254/2 https://id.gs1.org/414/0614141073467/254/3]",
		"/epcis/epcs":              "[https://id.gs1.org/01/04012345123456/21/1 https://id.gs1.org/01/04012345123456/21/2 https://id.gs1.org/01/04012345123456/10/L1]",
		"/epcis/bizSteps/shipping": "[events]", "/epcis/eventTypes/AssociationEvent": "[events]",
		"/epcis/epcs/urn:epc:id:sgtin:4012345.012345.1": "[events]", "/epcis/epcs/https:%2F%2Fid.gs1.org%2F01%2F04012345123456": "[events]",
	} {
		var list struct {
			Type   string
			Member []string
		}
		r := d.do("GET", path)
		must(t, json.Unmarshal(r.body, &list))
		if r.status != 200 || list.Type != "Collection" || fmt.Sprint(list.Member) != want {
			t.Errorf("%s: %d %v, want %s", path, r.status, list.Member, want)
		}
	}
	var all []string
	for next := "/epcis/epcs?perPage=1"; next != ""; {
		r := d.do("GET", next)
		var list struct{ Member []string }
		must(t, json.Unmarshal(r.body, &list))
		all = append(all, list.Member...)
		next, _, _ = strings.Cut(strings.TrimPrefix(r.header.Get("Link"), "<"), ">")
	}
	if len(all) != 3 {
		t.Errorf("by pages %v", all)
	}
	for path, n := range map[string]int{
		"/epcis/bizSteps/shipping/events": 2, "/epcis/bizSteps/https:%2F%2Fref.gs1.org%2Fcbv%2FBizStep-shipping/events": 2, "/epcis/eventTypes/ObjectEvent/events": 3,
		"/epcis/eventTypes/AssociationEvent/events": 0, "/epcis/epcs/https:%2F%2Fid.gs1.org%2F01%2F04012345123456/events": 3,
		"/epcis/readPoints/urn:epc:id:sgln:0614141.07346.2/events?EQ_bizStep=urn:example:step": 1, "/epcis/dispositions/in_transit/events?EQ_action=ADD": 0,
	} {
		if got := d.events(path); len(got) != n {
			t.Errorf("%s: %d events, want %d", path, len(got), n)
		}
	}
	for _, path := range []string{"/epcis/bizSteps/packing", "/epcis/bizSteps/shiping/events", "/epcis/epcs/urn:epc:id:sgtin:4012345.012345.9/events", "/epcis/eventTypes/Party", "/epcis/events/urn:uuid:1", "/epcis/queries/none", "/epcis/queries/none/events", "/epcis/nowhere"} {
		if r := d.do("GET", path); r.status != http.StatusNotFound || !strings.Contains(string(r.body), "epcisException:NoSuch") {
			t.Errorf("%s: %d %s", path, r.status, r.body)
		}
	}
}

func TestRequestsThatCannotBeMetAreRefused(t *testing.T) {
	d := newDesk(t)
	for name, tc := range map[string]struct {
		path    string
		headers []string
		status  int
		says    string
	}{
		"unknown parameter":    {"/epcis/events?EQ_bizstep=x", nil, 400, "QueryParameterException"},
		"twice":                {"/epcis/events?EQ_bizStep=shipping&EQ_bizStep=receiving", nil, 400, "divided by |"},
		"of a collection":      {"/epcis/bizSteps?EQ_action=ADD", nil, 400, "QueryParameterException"},
		"of one event":         {"/epcis/capture/1?x=1", nil, 400, "QueryParameterException"},
		"page of nothing":      {"/epcis/events?perPage=0", nil, 400, "perPage"},
		"a token of somewhere": {"/epcis/events?nextPageToken=abc", nil, 400, "nextPageToken"},
		"and of a collection":  {"/epcis/epcs?nextPageToken=9.abc", nil, 400, "nextPageToken"},
		"query string":         {"/epcis/events?%zz=1", nil, 400, "query string"},
		"later version":        {"/epcis/events", []string{"GS1-EPCIS-Min", "2.1"}, 406, "NotAcceptableException"},
		"earlier version":      {"/epcis/events", []string{"GS1-EPCIS-Max", "1.2"}, 406, "GS1-EPCIS-Max"},
		"another version":      {"/epcis/events", []string{"GS1-CBV-Version", "2.1.0"}, 406, "GS1-CBV-Version"},
		"no version":           {"/epcis/events", []string{"GS1-EPCIS-Version", "two"}, 406, "two"},
		"URNs":                 {"/epcis/events", []string{"GS1-EPC-Format", "Always_EPC_URN"}, 406, "company prefixes"},
		"no format":            {"/epcis/events", []string{"GS1-EPC-Format", "Links"}, 406, "Links"},
		"XML":                  {"/epcis/events", []string{"Accept", "application/xml"}, 406, "application/json"},
		"bad extensions":       {"/epcis/events", []string{"GS1-Extensions", "ex"}, 406, "prefix=namespace"},
		"master data":          {"/epcis/events?HASATTR_bizLocation=urn:x:1", nil, 501, "ImplementationException"},
		"no token":             {"/epcis/capture", nil, 403, "--epcis-capture"},
		"a long address":       {"/epcis/events?EQ_eventID=" + strings.Repeat("x", 20_000), nil, 414, "URITooLongException"},
	} {
		t.Run(name, func(t *testing.T) {
			r := d.do("GET", tc.path, tc.headers...)
			var p Problem
			must(t, json.Unmarshal(r.body, &p))
			if r.status != tc.status || p.Status != tc.status || !strings.HasPrefix(p.Type, "epcisException:") || p.Title == "" || p.Code == "" || !strings.Contains(string(r.body), tc.says) ||
				r.header.Get("Content-Type") != "application/problem+json" {
				t.Errorf("%d %v %s", r.status, r.header, r.body)
			}
		})
	}
	for _, ok := range [][]string{
		{"GS1-EPCIS-Min", "2.0", "GS1-EPCIS-Max", "2.0.1", "GS1-EPCIS-Version", "2.0.0"},
		{"Accept", "text/html, application/ld+json;q=0.5"},
		{"Accept", "*/*"},
		{"GS1-CBV-XML-Format", "Always_Web_URI"},
		{"GS1-EPC-Format", "Never_Translates"},
	} {
		if r := d.do("GET", "/epcis/events", ok...); r.status != 200 {
			t.Errorf("%v: %d %s", ok, r.status, r.body)
		}
	}
	if r := d.do("PUT", "/epcis/events"); r.status != 405 || r.header.Get("Allow") != "GET, POST, OPTIONS" {
		t.Errorf("%d %v", r.status, r.header)
	}
	if r := d.do("DELETE", "/epcis/nextPageToken/abc"); r.status != 501 {
		t.Errorf("%d %s", r.status, r.body)
	}
	for _, path := range []string{"/epcis/capture", "/epcis/events", "/epcis/queries", "/epcis/queries/x/subscriptions"} {
		if r := d.do("POST", path, "Content-Type", "application/json"); r.status != 403 || r.header.Get("Access-Control-Allow-Origin") != "" {
			t.Errorf("POST %s: %d %s", path, r.status, r.body)
		}
	}
}

func TestEveryResourceSaysWhatItCanDo(t *testing.T) {
	d := newDesk(t)
	for _, rt := range d.s.table() {
		path := strings.ReplaceAll(pathParameter.ReplaceAllString(rt.path, "x"), "{$}", "")
		r := d.do("OPTIONS", path)
		if r.status != 204 || !strings.Contains(r.header.Get("Allow"), "OPTIONS") || r.header.Get("GS1-EPCIS-Min") != "2.0.0" || r.header.Get("GS1-CBV-Version") != "2.0.0" ||
			r.header.Get("GS1-Vendor-Version") != "filiera v0-test" {
			t.Errorf("%s: %d %v", path, r.status, r.header)
		}
		for _, m := range rt.methods() {
			if !strings.Contains(r.header.Get("Allow"), m) {
				t.Errorf("%s does not tell of %s: %v", path, m, r.header)
			}
		}
		if limit := r.header.Get("GS1-EPCIS-Capture-Limit"); (limit != "") != rt.capture {
			t.Errorf("%s: capture limit %q", path, limit)
		}
		if allowed := r.header.Get("Access-Control-Allow-Origin"); (allowed == "") != rt.private {
			t.Errorf("%s: other sites %q", path, allowed)
		}
	}
}

func TestTheDescriptionListsWhatThereIs(t *testing.T) {
	d := newDesk(t)
	var doc struct {
		OpenAPI string
		Paths   map[string]map[string]json.RawMessage
	}
	r := d.do("GET", "/epcis/openapi.json")
	must(t, json.Unmarshal(r.body, &doc))
	ids := map[string]bool{}
	for _, rt := range d.s.table() {
		if rt.describe == "" {
			continue
		}
		for _, m := range rt.methods() {
			var op struct {
				OperationID, Summary string
				Parameters           []struct{ Name, In string }
				Responses            map[string]any
			}
			must(t, json.Unmarshal(doc.Paths[rt.path][strings.ToLower(m)], &op))
			if op.OperationID == "" || ids[op.OperationID] || op.Summary == "" || len(op.Responses) < 2 {
				t.Errorf("%s %s: %+v", m, rt.path, op)
			}
			ids[op.OperationID] = true
			for _, p := range op.Parameters { // what is promised is understood
				if p.In != "query" || p.Name == "perPage" || p.Name == "nextPageToken" || p.Name == "eventCountLimit" {
					continue
				}
				known := false
				for _, v := range []string{"1", "2026-01-01T00:00:00Z", "urn:x:1", "ADD", "shipping", "in_transit", "ObjectEvent", "Temperature", "incorrect_data", "eventTime", "ASC", "true"} {
					_, problem := compile(map[string][]string{p.Name: {v}}, testNames())
					known = known || problem == nil
				}
				if !known {
					t.Errorf("%s promises %s, which is not understood", rt.path, p.Name)
				}
			}
		}
	}
	if doc.OpenAPI != "3.1.0" || len(ids) < 30 {
		t.Errorf("%s, %d operations", doc.OpenAPI, len(ids))
	}
	for _, m := range regexp.MustCompile(`#/components/schemas/(\w+)`).FindAllStringSubmatch(string(r.body), -1) {
		if !strings.Contains(string(r.body), `"`+m[1]+`":{`) {
			t.Errorf("the schema %s is not there", m[1])
		}
	}
}

// FuzzAddress asks with any query string and header.
func FuzzAddress(f *testing.F) {
	f.Add("perPage=5&nextPageToken=x&EQ_bizStep=a|b", "ex=https://ns.example.com/")
	f.Add("EQ_eventID=ni:///sha-256;00?ver=CBV2.0", "a=b:c,,d=e:f")
	f.Add("%zz", "=")
	f.Fuzz(func(t *testing.T, rawQuery, header string) {
		context, p := extensions([]string{header})
		if p != nil {
			return
		}
		r := &http.Request{URL: &url.URL{RawQuery: rawQuery}}
		params, page, p := parameters(r)
		if p != nil {
			return
		}
		if page.perPage < 1 || page.perPage > maxPerPage {
			t.Fatalf("a page of %d", page.perPage)
		}
		_, _ = compile(params, epcis.NamesOf(context))
	})
}

// A place of the ledger holds the places that are registered inside it.
func TestWithinAPlace(t *testing.T) {
	d := newDesk(t)
	d.record(head+seen(1, "shipping")+tail, head+strings.Replace(seen(2, "storing"), "urn:epc:id:sgln:0614141.07346.2", "urn:filiera:location:producer:cellar", 1)+tail,
		head+strings.Replace(seen(3, "storing"), "urn:epc:id:sgln:0614141.07346.3", "https://id.gs1.org/414/9506000117843/254/tank-1", 1)+tail)
	location := func(id, parent string) abci.Event {
		e, err := index.Announce(&placev1.LocationChanged{Location: &placev1.Location{Id: id, Owner: "producer", Details: &placev1.Details{Parent: parent}}})
		must(t, err)
		return e
	}
	d.height++
	must(t, d.model.Apply(t.Context(), []index.Block{{Height: d.height, Time: start.Add(time.Hour), Hash: make([]byte, 32), EndEvents: []abci.Event{
		location("0614141073467", ""), location("producer/cellar", "0614141073467"), location("9506000117843", "producer/cellar"),
	}}}))
	for place, n := range map[string]int{
		"urn:epc:id:sgln:0614141.07346.0": 3, "urn:filiera:location:producer:cellar": 2, "https://example.org/414/9506000117843": 1, "urn:example:elsewhere": 0,
	} {
		if got := d.events("/epcis/events?WD_readPoint=" + place); len(got) != n {
			t.Errorf("within %s: %d events, want %d", place, len(got), n)
		}
	}
	if got := d.events("/epcis/events?WD_readPoint=urn:filiera:location:producer:cellar&EQ_bizStep=storing&maxEventCount=2"); len(got) != 2 {
		t.Errorf("%d", len(got))
	}
}
