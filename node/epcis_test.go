package node_test

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"
	"github.com/ethereum/go-ethereum/crypto"

	registryv1 "github.com/filiera-chain/filiera/api/registry/v1"
	"github.com/filiera-chain/filiera/epcis/schema"
	"github.com/filiera-chain/filiera/node"
	"github.com/filiera-chain/filiera/tokens"
)

// station is a node that captures for producers, each with a token.
type station struct {
	t     *testing.T
	home  node.Home
	node  *node.Node
	token string // of the region, until it is changed
	names []string
	// tokens by participant.
	tokens map[string]string
}

func newStation(t *testing.T, others ...string) *station {
	t.Helper()
	s := &station{t: t, home: newHome(t, others...), tokens: map[string]string{}, names: append([]string{"region"}, others...)}
	for _, name := range s.names {
		secret, _, err := tokens.Open(s.home.Tokens()).Add(name, "tests", 0, time.Now(), nil)
		check(t, err)
		s.tokens[name] = secret
	}
	s.token = s.tokens["region"]
	s.start()
	t.Cleanup(func() { check(t, s.node.Stop()) })
	for i, name := range s.names {
		if r := send(t, s.node, grant(t, uint64(1+i), name, registryv1.Role_ROLE_PRODUCER)); r["code"] != float64(0) {
			t.Fatalf("the grant: %v", r)
		}
	}
	return s
}

func (s *station) start() {
	s.t.Helper()
	signers := map[string]*ecdsa.PrivateKey{}
	for i, name := range s.names {
		key, err := crypto.ToECDSA(append(make([]byte, 31), byte(7+i)))
		check(s.t, err)
		signers[name] = key
	}
	var err error
	s.node, err = node.Start(context.Background(), node.Config{
		Home: s.home, Gateway: "127.0.0.1:0", Release: "test", EPCISSigners: signers,
		WebhookNetworks: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")},
	}, slog.New(slog.NewTextHandler(s.t.Output(), nil)))
	check(s.t, err)
}

type reply struct {
	status int
	header http.Header
	body   []byte
}

func (s *station) do(method, path string, body []byte, headers ...string) reply {
	s.t.Helper()
	req, err := http.NewRequest(method, s.node.GatewayURL()+path, bytes.NewReader(body))
	check(s.t, err)
	if body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	for i := 0; i < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	res, err := http.DefaultClient.Do(req)
	check(s.t, err)
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	check(s.t, err)
	return reply{res.StatusCode, res.Header, b}
}

// with sends the token.
func (s *station) with(method, path string, body []byte, headers ...string) reply {
	s.t.Helper()
	for {
		r := s.do(method, path, body, append(headers, "Authorization", "Bearer "+s.token)...)
		if r.status != http.StatusTooManyRequests {
			return r
		}
		time.Sleep(100 * time.Millisecond) // as it is told to
	}
}

type jobState struct {
	CaptureID        string
	Running, Success bool
	FinishedAt       string
	Behaviour        string `json:"captureErrorBehaviour"`
	Errors           []struct{ Type, Code, Detail, Instance string }
	Events           struct{ Total, Accepted, Duplicate, Refused int } `json:"filiera:events"`
}

// capture posts a document and waits for the end of its job.
func (s *station) capture(document []byte, headers ...string) jobState {
	s.t.Helper()
	r := s.with("POST", "/epcis/capture", document, headers...)
	if r.status != http.StatusAccepted {
		s.t.Fatalf("capture: %d %s", r.status, r.body)
	}
	return s.ended(r.header.Get("Location"))
}

func (s *station) ended(location string) (state jobState) {
	s.t.Helper()
	deadline := time.Now().Add(time.Minute)
	for time.Now().Before(deadline) {
		r := s.with("GET", location, nil)
		if r.status != http.StatusOK {
			s.t.Fatalf("%s: %d %s", location, r.status, r.body)
		}
		state = jobState{}
		check(s.t, json.Unmarshal(r.body, &state))
		if !state.Running {
			return state
		}
		time.Sleep(20 * time.Millisecond)
	}
	s.t.Fatalf("%s runs still: %+v", location, state)
	return state
}

// events gives the events of an answer, which must be valid by the standard's
// schema.
func (s *station) events(path string, headers ...string) []map[string]any {
	s.t.Helper()
	r := s.do("GET", path, nil, headers...)
	if r.status != http.StatusOK {
		s.t.Fatalf("%s: %d %s", path, r.status, r.body)
	}
	return readEvents(s.t, r.body)
}

func readEvents(t *testing.T, body []byte) []map[string]any {
	t.Helper()
	if err := schema.Validate(body); err != nil {
		t.Fatalf("the answer is no valid EPCISQueryDocument: %v\n%s", err, body)
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
	check(t, json.Unmarshal(body, &doc))
	return doc.Body.Results.Body.Events
}

const epcisHead = `{"@context":["https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld",{"ex":"https://ns.example.com/epcis/"}],
"type":"EPCISDocument","schemaVersion":"2.0","creationDate":"2026-11-23T09:00:00Z","epcisBody":{"eventList":[`

// shipment is an event of one item, shipped.
func shipment(serial int) string {
	return fmt.Sprintf(`{"type":"ObjectEvent","action":"OBSERVE","eventTime":"2026-11-01T08:00:%02d.000+01:00","eventTimeZoneOffset":"+01:00",
"epcList":["urn:epc:id:sgtin:4012345.012345.%d"],"bizStep":"shipping","disposition":"in_transit","readPoint":{"id":"urn:epc:id:sgln:0614141.07346.1234"},
"ex:temperature":%d.5}`, serial%60, serial, serial)
}

func documentOf(events ...string) []byte {
	return []byte(epcisHead + strings.Join(events, ",") + "]}}")
}

func TestEPCISCaptureAndQuery(t *testing.T) {
	s := newStation(t)

	t.Run("a document is captured and found", func(t *testing.T) {
		s.t = t
		job := s.capture(documentOf(shipment(1), shipment(2)))
		if !job.Success || job.Events.Accepted != 2 || job.Behaviour != "rollback" || job.FinishedAt == "" {
			t.Fatalf("%+v", job)
		}
		found := s.events("/epcis/events?MATCH_epc=https://id.gs1.org/01/04012345123456/21/2&EQ_bizStep=shipping|receiving")
		if len(found) != 1 || found[0]["recordTime"] == nil || !strings.HasPrefix(fmt.Sprint(found[0]["eventID"]), "ni:///sha-256;") {
			t.Fatalf("%v", found)
		}
		one := s.events("/epcis/events/" + url.PathEscape(fmt.Sprint(found[0]["eventID"])))
		if len(one) != 1 || one[0]["epcList"].([]any)[0] != "urn:epc:id:sgtin:4012345.012345.2" {
			t.Fatalf("by its id: %v", one)
		}
		linked := s.events("/epcis/events?MATCH_epc=urn:epc:idpat:sgtin:4012345.012345.*&orderBy=eventTime&orderDirection=ASC", "GS1-EPC-Format", "Always_GS1_Digital_Link")
		if len(linked) != 2 || linked[0]["epcList"].([]any)[0] != "https://id.gs1.org/01/04012345123456/21/1" {
			t.Fatalf("as links: %v", linked)
		}
		if hot := s.events("/epcis/events?GE_ex:temperature=2.5", "GS1-Extensions", "ex=https://ns.example.com/epcis/"); len(hot) != 1 {
			t.Fatalf("by an extension: %v", hot)
		}
	})
	t.Run("again it is a duplicate, and no error", func(t *testing.T) {
		s.t = t
		if job := s.capture(documentOf(shipment(1), shipment(2))); !job.Success || job.Events.Duplicate != 2 {
			t.Fatalf("%+v", job)
		}
		if all := s.events("/epcis/events"); len(all) != 2 {
			t.Fatalf("%d events", len(all))
		}
	})
	future := strings.Replace(shipment(9), "2026-11-01", "2096-11-01", 1)
	t.Run("one bad event rolls all back", func(t *testing.T) {
		s.t = t
		job := s.capture(documentOf(shipment(3), future))
		if job.Success || job.Events.Accepted != 0 || job.Events.Refused != 2 || len(job.Errors) != 1 || job.Errors[0].Code != "trace.bad_event_time" ||
			job.Errors[0].Type != "epcisException:ValidationException" {
			t.Fatalf("%+v", job)
		}
	})
	t.Run("or only itself, when the capture proceeds", func(t *testing.T) {
		s.t = t
		job := s.capture(documentOf(shipment(3), future), "GS1-Capture-Error-Behaviour", "proceed")
		if job.Success || job.Events.Accepted != 1 || job.Events.Refused != 1 || len(job.Errors) != 1 || job.Errors[0].Instance != "/eventList/1" || job.Behaviour != "proceed" {
			t.Fatalf("%+v", job)
		}
	})
	t.Run("a document larger than a transaction is divided", func(t *testing.T) {
		s.t = t
		var events []string
		for i := range 2500 {
			events = append(events, shipment(1000+i))
		}
		job := s.capture(documentOf(events...), "GS1-Capture-Error-Behaviour", "proceed")
		if !job.Success || job.Events.Accepted != 2500 || job.Events.Total != 2500 {
			t.Fatalf("%+v", job.Events)
		}
		if r := s.with("POST", "/epcis/capture", documentOf(events...)); r.status != http.StatusRequestEntityTooLarge || !strings.Contains(string(r.body), "CaptureLimitExceededException") {
			t.Fatalf("all or none: %d %s", r.status, r.body)
		}
		seen := map[any]bool{}
		next := "/epcis/events?perPage=400&orderBy=eventTime"
		for next != "" {
			r := s.do("GET", next, nil)
			for _, e := range readEvents(t, r.body) {
				seen[e["eventID"]] = true
			}
			next, _, _ = strings.Cut(strings.TrimPrefix(r.header.Get("Link"), "<"), ">")
		}
		if len(seen) != 2503 {
			t.Fatalf("%d events in all pages", len(seen))
		}
	})
	t.Run("one event", func(t *testing.T) {
		s.t = t
		alone := strings.Replace(shipment(50), "{", `{"@context":["https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld",{"ex":"https://ns.example.com/epcis/"}],`, 1)
		r := s.with("POST", "/epcis/events", []byte(alone))
		if r.status != http.StatusCreated || len(s.events(r.header.Get("Location"))) != 1 {
			t.Fatalf("%d %v %s", r.status, r.header, r.body)
		}
		if r := s.with("POST", "/epcis/events", []byte(alone)); r.status != http.StatusConflict {
			t.Fatalf("twice: %d %s", r.status, r.body)
		}
		bad := strings.Replace(alone, "2026-11-01", "2096-11-01", 1)
		if r := s.with("POST", "/epcis/events", []byte(bad)); r.status != http.StatusBadRequest || !strings.Contains(string(r.body), "trace.bad_event_time") {
			t.Fatalf("in the future: %d %s", r.status, r.body)
		}
	})
	t.Run("jobs are listed", func(t *testing.T) {
		s.t = t
		r := s.with("GET", "/epcis/capture?perPage=2", nil)
		var list []jobState
		check(t, json.Unmarshal(r.body, &list))
		if len(list) != 2 || !strings.Contains(r.header.Get("Link"), `rel="next"`) {
			t.Fatalf("%d %v %s", r.status, r.header, r.body)
		}
	})
}

// A node that dies between keeping a capture and seeing it in a block finds it
// again, and captures nothing twice.
func TestEPCISJobsSurviveARestart(t *testing.T) {
	s := newStation(t)
	var locations []string
	for i := range 20 {
		r := s.with("POST", "/epcis/capture", documentOf(shipment(i), shipment(100+i)))
		if r.status != http.StatusAccepted {
			t.Fatalf("%d %s", r.status, r.body)
		}
		locations = append(locations, r.header.Get("Location"))
		if i%5 == 4 { // stopped with jobs under way
			check(t, s.node.Stop())
			s.start()
		}
	}
	for _, l := range locations {
		if job := s.ended(l); !job.Success || job.Events.Accepted != 2 {
			t.Errorf("%s: %+v", l, job)
		}
	}
	if all := s.events("/epcis/events?perPage=100"); len(all) != 40 {
		t.Errorf("%d events", len(all))
	}
}

func TestEPCISSubscriptions(t *testing.T) {
	s := newStation(t)
	type call struct {
		header http.Header
		body   []byte
	}
	calls := make(chan call, 100)
	fail := make(chan struct{}, 1)
	fail <- struct{}{}
	hook := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		select {
		case <-fail: // the first call is lost on the subscriber's side
			w.WriteHeader(http.StatusBadGateway)
			return
		default:
		}
		calls <- call{r.Header, body}
	}))
	defer hook.Close()

	if r := s.with("POST", "/epcis/queries", []byte(`{"name":"shipped","query":{"@context":{"ex":"https://ns.example.com/epcis/"},"EQ_bizStep":["shipping"],"GE_ex:temperature":10}}`)); r.status != http.StatusCreated || r.header.Get("Location") != "/epcis/queries/shipped" {
		t.Fatalf("%d %s", r.status, r.body)
	}
	r := s.with("POST", "/epcis/queries/shipped/subscriptions", []byte(`{"dest":"`+hook.URL+`/in","signatureToken":"secret","stream":true}`))
	if r.status != http.StatusCreated || bytes.Contains(r.body, []byte("secret")) {
		t.Fatalf("%d %s", r.status, r.body)
	}
	where := r.header.Get("Location")

	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	socket, _, err := websocket.Dial(ctx, strings.Replace(s.node.GatewayURL(), "http", "ws", 1)+"/epcis/queries/shipped/events?stream=true", nil) //nolint:bodyclose // a websocket has none
	check(t, err)
	defer socket.CloseNow() //nolint:errcheck // the test is over
	socket.SetReadLimit(1 << 20)

	if job := s.capture(documentOf(shipment(5), shipment(12))); !job.Success {
		t.Fatalf("%+v", job)
	}
	var got call
	select {
	case got = <-calls:
	case <-ctx.Done():
		t.Fatal("the subscriber was not called")
	}
	mac := hmac.New(sha256.New, []byte("secret"))
	mac.Write(got.body)
	if want := "sha256=" + hex.EncodeToString(mac.Sum(nil)); got.header.Get("GS1-Signature") != want || got.header.Get("GS1-EPCIS-Version") != "2.0.0" {
		t.Errorf("signed %q, want %q", got.header.Get("GS1-Signature"), want)
	}
	told := readEvents(t, got.body)
	if len(told) != 1 || told[0]["ex:temperature"] != 12.5 || !bytes.Contains(got.body, []byte(`"queryName":"shipped"`)) || !bytes.Contains(got.body, []byte(`"subscriptionID"`)) {
		t.Errorf("told %s", got.body)
	}
	_, message, err := socket.Read(ctx)
	check(t, err)
	if seen := readEvents(t, message); len(seen) != 1 || seen[0]["eventID"] != told[0]["eventID"] {
		t.Errorf("the websocket gave %s", message)
	}

	// It goes on after a restart where it was, and tells nothing twice.
	for !bytes.Contains(s.with("GET", where, nil).body, []byte("lastNotifiedAt")) {
		if ctx.Err() != nil {
			t.Fatal("the call was never counted")
		}
		time.Sleep(20 * time.Millisecond)
	}
	go func() { _, _, _ = socket.Read(ctx) }() // so that it hears the node leave
	check(t, s.node.Stop())
	s.start()
	if job := s.capture(documentOf(shipment(13))); !job.Success {
		t.Fatalf("%+v", job)
	}
	select {
	case got = <-calls:
	case <-ctx.Done():
		t.Fatal("the subscriber was not called after the restart")
	}
	if told = readEvents(t, got.body); len(told) != 1 || told[0]["ex:temperature"] != 13.5 {
		t.Errorf("after the restart %s", got.body)
	}
	if r := s.with("GET", where, nil); r.status != http.StatusOK || !bytes.Contains(r.body, []byte("lastNotifiedAt")) {
		t.Errorf("%d %s", r.status, r.body)
	}
	if r := s.with("DELETE", where, nil); r.status != http.StatusNoContent {
		t.Errorf("%d %s", r.status, r.body)
	}
	if r := s.with("GET", where, nil); r.status != http.StatusNotFound {
		t.Errorf("deleted: %d %s", r.status, r.body)
	}
	if found := s.events("/epcis/queries/shipped/events"); len(found) != 2 {
		t.Errorf("%d events of the query", len(found))
	}
	if r := s.with("DELETE", "/epcis/queries/shipped", nil); r.status != http.StatusNoContent {
		t.Errorf("%d %s", r.status, r.body)
	}
}

// A schedule puts its query at its moments, and reports that there is nothing new
// where it is asked to.
func TestEPCISSchedules(t *testing.T) {
	s := newStation(t)
	bodies := make(chan []byte, 100)
	hook := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		bodies <- body
	}))
	defer hook.Close()
	if job := s.capture(documentOf(shipment(1))); !job.Success {
		t.Fatalf("%+v", job)
	}
	if r := s.with("POST", "/epcis/queries", []byte(`{"name":"all","query":{}}`)); r.status != http.StatusCreated {
		t.Fatalf("%d %s", r.status, r.body)
	}
	r := s.with("POST", "/epcis/queries/all/subscriptions", []byte(`{"dest":"`+hook.URL+`","schedule":{"second":"[0-59]"},"reportIfEmpty":true,"initialRecordTime":"2020-01-01T00:00:00Z"}`))
	if r.status != http.StatusCreated {
		t.Fatalf("%d %s", r.status, r.body)
	}
	// First what was recorded since the initial time, then that there is no more.
	for i, want := range []int{1, 0} {
		select {
		case body := <-bodies:
			if got := readEvents(t, body); len(got) != want {
				t.Errorf("call %d tells %d events, want %d: %s", i+1, len(got), want, body)
			}
		case <-time.After(30 * time.Second):
			t.Fatalf("call %d did not come", i+1)
		}
	}
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	base := strings.Replace(s.node.GatewayURL(), "http", "ws", 1) + "/epcis/queries/all/events"
	socket, _, err := websocket.Dial(ctx, base+"?second=[0-59]&initialRecordTime=2020-01-01T00:00:00Z", nil) //nolint:bodyclose // a websocket has none
	check(t, err)
	_, message, err := socket.Read(ctx)
	check(t, err)
	if got := readEvents(t, message); len(got) != 1 {
		t.Errorf("the websocket gave %s", message)
	}
	check(t, socket.Close(websocket.StatusNormalClosure, ""))
	for _, controls := range []string{"", "?stream=true&second=1", "?hour=25", "?every=1"} {
		_, answer, err := websocket.Dial(ctx, base+controls, nil) //nolint:bodyclose // refused
		if err == nil || answer == nil || answer.StatusCode != http.StatusBadRequest {
			t.Errorf("%q: %v", controls, err)
		}
	}
}
