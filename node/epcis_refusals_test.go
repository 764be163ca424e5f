package node_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/filiera-chain/filiera/tokens"
)

func TestEPCISRefusesAtTheDoor(t *testing.T) {
	s := newStation(t, "producer-1")
	good := documentOf(shipment(1))
	stranger, _, err := tokens.Open(s.home.Tokens()).Add("not-unlocked", "", 0, time.Now(), nil)
	check(t, err)
	expired, _, err := tokens.Open(s.home.Tokens()).Add("region", "", time.Second, time.Now().Add(-time.Hour), nil)
	check(t, err)
	deep := epcisHead + `{"type":"ObjectEvent","x":` + strings.Repeat("[", 100) + strings.Repeat("]", 100) + "}]}}"
	for name, tc := range map[string]struct {
		method, path string
		body         []byte
		headers      []string
		status       int
		says         string
	}{
		"no token":             {"POST", "/epcis/capture", good, nil, 401, "epcis.unauthorized"},
		"a wrong token":        {"POST", "/epcis/capture", good, []string{"Authorization", "Bearer filiera_00000000_x"}, 401, "SecurityException"},
		"another scheme":       {"POST", "/epcis/capture", good, []string{"Authorization", "Basic eDp5"}, 401, "Bearer"},
		"an expired token":     {"POST", "/epcis/capture", good, []string{"Authorization", "Bearer " + expired}, 401, "expired"},
		"a locked key":         {"POST", "/epcis/capture", good, []string{"Authorization", "Bearer " + stranger}, 403, "--epcis-capture"},
		"jobs without a token": {"GET", "/epcis/capture", nil, nil, 401, "SecurityException"},
		"a type":               {"POST", "/epcis/capture", good, []string{"Content-Type", "text/plain", "token", ""}, 415, "UnsupportedMediaTypeException"},
		"compressed":           {"POST", "/epcis/capture", good, []string{"Content-Encoding", "gzip", "token", ""}, 415, "Content-Encoding"},
		"a behaviour":          {"POST", "/epcis/capture", good, []string{"GS1-Capture-Error-Behaviour", "ignore", "token", ""}, 406, "rollback or proceed"},
		"a version":            {"POST", "/epcis/capture", good, []string{"GS1-EPCIS-Version", "1.2", "token", ""}, 406, "GS1-EPCIS-Version"},
		"a parameter":          {"POST", "/epcis/capture?dry=1", good, []string{"token", ""}, 400, "QueryParameterException"},
		"no JSON":              {"POST", "/epcis/capture", []byte("{"), []string{"token", ""}, 400, "ValidationException"},
		"a name twice":         {"POST", "/epcis/capture", []byte(strings.Replace(string(good), `"action"`, `"type":"ObjectEvent","action"`, 1)), []string{"token", ""}, 400, "twice"},
		"no UTF-8":             {"POST", "/epcis/capture", []byte(strings.Replace(string(good), "shipping", "\xff", 1)), []string{"token", ""}, 400, "UTF-8"},
		"too deep":             {"POST", "/epcis/capture", []byte(deep), []string{"token", ""}, 400, "levels deep"},
		"not the schema":       {"POST", "/epcis/capture", []byte(strings.Replace(string(good), "OBSERVE", "SEE", 1)), []string{"token", ""}, 400, "ADD, OBSERVE or DELETE"},
		"no events":            {"POST", "/epcis/capture", documentOf(), []string{"token", ""}, 400, "no events"},
		"too large":            {"POST", "/epcis/capture", []byte(epcisHead + strings.Repeat(" ", 600<<10) + "]}}"), []string{"token", ""}, 413, "CaptureLimitExceededException"},
		"a document as event":  {"POST", "/epcis/events", good, []string{"token", ""}, 400, "EPCISDocument"},
		"a bare context":       {"POST", "/epcis/events", []byte(shipment(1)), []string{"token", ""}, 400, "@context"},
		"a query of nothing":   {"POST", "/epcis/queries", []byte(`{"name":"q","query":{"EQ_bizstep":["x"]}}`), []string{"token", ""}, 400, "QueryValidationException"},
		"a query's name":       {"POST", "/epcis/queries", []byte(`{"name":"a/b","query":{}}`), []string{"token", ""}, 400, "name"},
		"the name of none":     {"POST", "/epcis/queries", []byte(`{"name":"SimpleEventQuery","query":{}}`), []string{"token", ""}, 409, "ResourceAlreadyExistsException"},
		"a query, no token":    {"POST", "/epcis/queries", []byte(`{"name":"q","query":{}}`), nil, 401, "SecurityException"},
	} {
		t.Run(name, func(t *testing.T) {
			s.t = t
			headers := tc.headers
			if n := len(headers); n > 1 && headers[n-2] == "token" {
				headers = append(headers[:n-2:n-2], "Authorization", "Bearer "+s.token)
			}
			r := s.do(tc.method, tc.path, tc.body, headers...)
			if r.status != tc.status || !strings.Contains(string(r.body), tc.says) || r.header.Get("Content-Type") != "application/problem+json" {
				t.Errorf("%d %v %s", r.status, r.header, r.body)
			}
			if r.header.Get("Access-Control-Allow-Origin") != "" && strings.Contains(tc.path, "capture") {
				t.Error("the scripts of other sites may read it")
			}
			if (r.status == 401) != (r.header.Get("WWW-Authenticate") != "") {
				t.Errorf("WWW-Authenticate: %q", r.header.Get("WWW-Authenticate"))
			}
		})
	}
	s.t = t
	if all := s.events("/epcis/events"); len(all) != 0 {
		t.Errorf("%d events were captured", len(all))
	}
}

// What is one participant's stays its own.
func TestEPCISKeepsParticipantsApart(t *testing.T) {
	s := newStation(t, "producer-1")
	first := s.with("POST", "/epcis/capture", documentOf(shipment(1))).header.Get("Location")
	if job := s.ended(first); !job.Success {
		t.Fatalf("%+v", job)
	}
	made := func(path, body string) string {
		t.Helper()
		r := s.with("POST", path, []byte(body))
		if r.status != http.StatusCreated {
			t.Fatalf("%s: %d %s", path, r.status, r.body)
		}
		return r.header.Get("Location")
	}
	made("/epcis/queries", `{"name":"mine","query":{"eventType":["ObjectEvent"]}}`)
	hook := made("/epcis/queries/mine/subscriptions", `{"dest":"https://hooks.example.com/in","schedule":{"hour":"3"},"reportIfEmpty":true}`)
	if r := s.with("POST", "/epcis/queries", []byte(`{"name":"mine","query":{}}`)); r.status != http.StatusConflict {
		t.Errorf("a name twice: %d %s", r.status, r.body)
	}
	for body, says := range map[string]string{
		`{"dest":"https://hooks.example.com/in"}`:                                          "either stream",
		`{"dest":"https://hooks.example.com/in","stream":true,"schedule":{"hour":"1"}}`:    "either stream",
		`{"dest":"https://hooks.example.com/in","schedule":{"hour":"99"}}`:                 "hour",
		`{"dest":"https://hooks.example.com/in","schedule":{}}`:                            "empty",
		`{"dest":"https://hooks.example.com/in","stream":true,"initialRecordTime":"once"}`: "initialRecordTime",
		`{"dest":"http://10.0.0.1/in","stream":true}`:                                      "public",
		`{"dest":"file:///etc/passwd","stream":true}`:                                      "http",
		`{"dest":"https://hooks.example.com/in","stream":true,"every":"1h"}`:               "every",
	} {
		if r := s.with("POST", "/epcis/queries/mine/subscriptions", []byte(body)); r.status != 400 || !strings.Contains(string(r.body), "SubscriptionControlsException") || !strings.Contains(string(r.body), says) {
			t.Errorf("%s: %d %s", body, r.status, r.body)
		}
	}

	s.token = s.tokens["producer-1"]
	for path, status := range map[string]int{first: 404, hook: 404, "/epcis/queries/mine": 200} {
		if r := s.with("GET", path, nil); r.status != status {
			t.Errorf("%s: %d %s", path, r.status, r.body)
		}
	}
	for path, status := range map[string]int{hook: 404, "/epcis/queries/mine": 403} {
		if r := s.with("DELETE", path, nil); r.status != status {
			t.Errorf("DELETE %s: %d %s", path, r.status, r.body)
		}
	}
	for _, path := range []string{"/epcis/capture", "/epcis/queries/mine/subscriptions"} {
		if r := s.with("GET", path, nil); r.status != 200 || strings.TrimSpace(string(r.body)) != "[]" {
			t.Errorf("%s: %d %s", path, r.status, r.body)
		}
	}
	// A token that is revoked is good for nothing at once.
	list, err := tokens.Open(s.home.Tokens()).List()
	check(t, err)
	for _, token := range list {
		check(t, tokens.Open(s.home.Tokens()).Revoke(token.ID))
	}
	if r := s.with("GET", "/epcis/capture", nil); r.status != http.StatusUnauthorized {
		t.Errorf("revoked: %d %s", r.status, r.body)
	}
}
