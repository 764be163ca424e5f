package gateway

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/ethereum/go-ethereum/crypto"
	"github.com/santhosh-tekuri/jsonschema/v6"
	"sigs.k8s.io/yaml"

	"github.com/filiera-chain/filiera/units/tree"
)

// spec is the document as a program reads it.
type spec struct {
	OpenAPI string
	Info    struct{ Title, Version string }
	Paths   map[string]map[string]struct {
		OperationID string
		Summary     string
		Tags        []string
		Parameters  []struct {
			Name, In string
			Required bool
			Schema   map[string]any
		}
		Responses map[string]struct {
			Description string
			Content     map[string]struct{ Schema any }
		}
	}
	Components struct{ Schemas map[string]any }
}

func readSpec(t *testing.T, w *world) (spec, *jsonschema.Compiler) {
	t.Helper()
	r := w.get("/openapi.json")
	if r.status != 200 || r.header.Get("Content-Type") != "application/vnd.oai.openapi+json" {
		t.Fatalf("%d %v", r.status, r.header)
	}
	var s spec
	must(t, json.Unmarshal(r.body, &s))
	whole, err := jsonschema.UnmarshalJSON(strings.NewReader(string(r.body)))
	must(t, err)
	c := jsonschema.NewCompiler()
	c.DefaultDraft(jsonschema.Draft2020)
	c.AssertFormat()
	must(t, c.AddResource("openapi.json", whole))
	return s, c
}

// served are the routes that clients are promised.
var served = []string{
	"get /v1/verify/01/{gtin}/10/{lot}", "get /v1/verify/01/{gtin}/10/{lot}/21/{serial}",
	"get /v1/participants", "get /v1/participants/{id}", "get /v1/specs", "get /v1/specs/{id}", "get /v1/products", "get /v1/products/{gtin}",
	"get /v1/batches", "get /v1/events", "get /v1/batches/{gtin}/{lot}", "get /v1/batches/{gtin}/{lot}/trace", "get /v1/attestations", "get /v1/attestations/{id}",
	"get /01/{gtin}", "get /01/{gtin}/10/{lot}", "get /01/{gtin}/10/{lot}/21/{serial}", "get /414/{gln}", "get /414/{gln}/254/{extension}",
	"get /.well-known/gs1resolver", "get /.well-known/gs1resolver/context.jsonld",
	"get /v1/locations", "get /v1/locations/{id}", "get /v1/locations/{owner}/{name}", "get /v1/products/{gtin}/links", "get /v1/batches/{gtin}/{lot}/links",
	"get /v1/requests", "get /v1/requests/{id}", "get /v1/attestations/totals", "get /v1/attestations/{id}/impact",
	"get /v1/status-lists/{certifier}/{list}/{purpose}", "get /v1/status-lists/{certifier}/{list}/proof", "get /ns/attestation/v1",
	"get /v1/proposals", "get /v1/proposals/{id}", "get /v1/params", "get /v1/validators",
	"post /v1/challenges", "get /v1/keys/{address}", "get /v1/commitments", "get /v1/commitments/{id}", "get /v1/commitments/{id}/entitled", "get /v1/commitments/{id}/neighbours",
	"get /v1/holdings", "post /v1/data/packages", "get /v1/data/packages", "get /v1/data/packages/{id}", "delete /v1/data/packages/{id}",
	"get /v1/documents/{sha256}", "put /v1/documents/{sha256}",
	"post /v1/txs", "post /v1/txs/rehearse", "get /v1/txs/{hash}", "get /v1/txs/{hash}/wait",
	"get /v1/stream", "get /v1/search", "get /v1/batches/{gtin}/{lot}/balance", "get /v1/batches/{gtin}/{lot}/entries", "get /v1/matter", "get /v1/matter/entries", "get /v1/recalls", "get /v1/recalls/{id}", "get /v1/recalls/{id}/batches", "get /v1/recalls/{id}/report", "get /v1/contracts", "get /v1/contracts/{id}", "get /v1/contracts/{id}/versions/{version}", "get /v1/batches/{gtin}/{lot}/rulings", "get /v1/batches/{gtin}/{lot}/facts", "get /v1/consequences", "get /v1/points", "get /v1/agreements", "get /v1/agreements/{number}",
	"get /v1/batches/{gtin}/{lot}/holders", "get /v1/batches/{gtin}/{lot}/article18", "get /v1/offers", "get /v1/offers/{number}", "get /v1/logistic-units", "get /v1/logistic-units/{sscc}", "get /v1/batches/{gtin}/{lot}/units", "get /v1/batches/{gtin}/{lot}/units/voidings", "get /v1/batches/{gtin}/{lot}/units/records", "get /v1/batches/{gtin}/{lot}/units/proof/{serial}", "post /v1/units/acquit",
	"get /v1/acts", "get /v1/acts/{id}", "get /v1/act-relations", "get /v1/acts/by-hash/{sha256}",
	"get /v1/registers", "get /v1/registers/{id}", "get /v1/registers/{id}/appends", "get /v1/registers/{id}/appends/{number}",
	"get /v1/budget", "get /v1/budget/check", "get /v1/budget/lines", "get /v1/budget/movements", "get /v1/budget/movements/{number}", "get /v1/budget/positions", "get /v1/budget/positions/{id}",
	"get /v1/budget/acts/{id}", "get /v1/budget/beneficiaries/{id}",
	"get /v1/batches/{gtin}/{lot}/graph", "get /v1/batches/{gtin}/{lot}/reach", "get /status", "get /healthz", "get /readyz", "get /metrics", "get /openapi.json", "get /openapi.yaml", "get /docs",
}

func TestTheOpenAPIDocumentListsEveryRoute(t *testing.T) {
	w := newWorld(t)
	s, c := readSpec(t, w)
	if s.OpenAPI != "3.1.0" || s.Info.Title != "Filiera" || s.Info.Version != "v0-test" {
		t.Errorf("%s %v", s.OpenAPI, s.Info)
	}
	listed, ids := map[string]bool{}, map[string]bool{}
	for path, item := range s.Paths {
		for method, o := range item {
			name := method + " " + path
			listed[name] = true
			if o.OperationID == "" || ids[o.OperationID] || o.Summary == "" || len(o.Tags) != 1 {
				t.Errorf("%s: id %q, summary %q, tags %v", name, o.OperationID, o.Summary, o.Tags)
			}
			ids[o.OperationID] = true
			inPath := map[string]bool{}
			for _, p := range o.Parameters {
				inPath[p.Name] = p.In == "path" && p.Required
			}
			for _, m := range regexp.MustCompile(`\{(\w+)\}`).FindAllStringSubmatch(path, -1) {
				if !inPath[m[1]] {
					t.Errorf("%s does not describe {%s}", name, m[1])
				}
			}
			if len(o.Responses) == 0 {
				t.Errorf("%s has no answer", name)
			}
			for status, res := range o.Responses {
				for media, m := range res.Content {
					if m.Schema == nil {
						t.Errorf("%s: %s %s has no schema", name, status, media)
					}
				}
			}
		}
	}
	for _, name := range served {
		if !listed[name] {
			t.Errorf("%s is not listed", name)
		}
		delete(listed, name)
	}
	if len(listed) > 0 {
		t.Errorf("listed, and not promised here: %v", listed)
	}
	if len(s.Components.Schemas) < 20 {
		t.Errorf("only %d schemas", len(s.Components.Schemas))
	}
	for name := range s.Components.Schemas { // every reference resolves, every schema is one
		if _, err := c.Compile("openapi.json#/components/schemas/" + name); err != nil {
			t.Errorf("schema %s: %v", name, err)
		}
	}
}

func TestYAMLSaysTheSame(t *testing.T) {
	w := newWorld(t)
	fromYAML, err := yaml.YAMLToJSON(w.get("/openapi.yaml").body)
	must(t, err)
	var a, b any
	must(t, json.Unmarshal(fromYAML, &a))
	must(t, json.Unmarshal(w.get("/openapi.json").body, &b))
	if fmt.Sprint(a) != fmt.Sprint(b) {
		t.Fatal("the YAML and the JSON documents differ")
	}
}

// TestAnswersAreAsDescribed checks real answers against the schemas that the
// document gives them, with no member undescribed.
func TestAnswersAreAsDescribed(t *testing.T) {
	shelf := t.TempDir()
	w := newWorld(t, func(c *Config) { c.Units, c.Facts = tree.NewShelf(shelf), factsOfNobody })
	hashes := w.story()
	w.commit(w.places()...)
	w.commit(w.controls()...)
	w.book()
	w.hands()
	w.recalls()
	w.contracts()
	w.decisions()
	w.purse()
	w.wasteRegister()
	_, serials, _ := w.labels(shelf)
	s, c := readSpec(t, w)
	batch := testGTIN + "/" + testLot
	secret := w.private()
	w.commit()
	asked := map[string]string{
		"/v1/verify/01/{gtin}/10/{lot}":             "/v1/verify/01/" + testGTIN + "/10/" + testLot + "?proof=true",
		"/v1/verify/01/{gtin}/10/{lot}/21/{serial}": unitPath(serials[0]) + "?proof=true",
		"/v1/participants":                          "/v1/participants", "/v1/participants/{id}": "/v1/participants/amap-apc",
		"/v1/specs": "/v1/specs", "/v1/specs/{id}": "/v1/specs/maccheroncini", "/v1/products": "/v1/products",
		"/v1/products/{gtin}": "/v1/products/" + testGTIN, "/v1/batches": "/v1/batches", "/v1/search": "/v1/search?q=L", "/v1/events": "/v1/events?gtin=" + testGTIN + "&biz_step=commissioning", "/v1/batches/{gtin}/{lot}": "/v1/batches/" + testGTIN + "/261123",
		"/v1/locations": "/v1/locations?municipality=109004", "/v1/locations/{id}": "/v1/locations/" + testPlant, "/v1/locations/{owner}/{name}": "/v1/locations/pastificio/cella",
		"/v1/products/{gtin}/links": "/v1/products/" + testGTIN + "/links", "/v1/batches/{gtin}/{lot}/links": "/v1/batches/" + batch + "/links",
		"/v1/batches/{gtin}/{lot}/trace": "/v1/batches/" + batch + "/trace", "/v1/attestations": "/v1/attestations",
		"/v1/attestations/{id}": "/v1/attestations/" + attestationID, "/v1/proposals": "/v1/proposals", "/v1/proposals/{id}": "/v1/proposals/1",
		"/v1/requests": "/v1/requests", "/v1/requests/{id}": "/v1/requests/amap-apc:2", "/v1/attestations/totals": "/v1/attestations/totals?month=2026-11",
		"/v1/attestations/{id}/impact": "/v1/attestations/" + attestationID + "/impact",
		"/v1/keys/{address}":           "/v1/keys/" + crypto.PubkeyToAddress(testKey.PublicKey).Hex(), "/v1/commitments": "/v1/commitments?participant=pastificio",
		"/v1/commitments/{id}": "/v1/commitments/" + secret + "?proof=true", "/v1/commitments/{id}/entitled": "/v1/commitments/" + secret + "/entitled?field=price&participant=amap-apc",
		"/v1/commitments/{id}/neighbours": "/v1/commitments/" + secret + "/neighbours", "/v1/holdings": "/v1/holdings?participant=amap-apc&kept=true",
		"/v1/batches/{gtin}/{lot}/balance": "/v1/batches/" + batch + "/balance?proof=true", "/v1/batches/{gtin}/{lot}/entries": "/v1/batches/" + batch + "/entries",
		"/v1/batches/{gtin}/{lot}/graph": "/v1/batches/" + batch + "/graph", "/v1/batches/{gtin}/{lot}/reach": "/v1/batches/" + batch + "/reach?direction=forward",
		"/v1/batches/{gtin}/{lot}/article18": "/v1/batches/" + batch + "/article18", "/v1/batches/{gtin}/{lot}/holders": "/v1/batches/" + batch + "/holders?proof=true", "/v1/offers": "/v1/offers?status=open", "/v1/offers/{number}": "/v1/offers/1",
		"/v1/logistic-units": "/v1/logistic-units?all=true", "/v1/logistic-units/{sscc}": "/v1/logistic-units/395212340000000014",
		"/v1/batches/{gtin}/{lot}/units": "/v1/batches/" + batch + "/units", "/v1/batches/{gtin}/{lot}/units/voidings": "/v1/batches/" + batch + "/units/voidings",
		"/v1/batches/{gtin}/{lot}/units/records": "/v1/batches/" + batch + "/units/records", "/v1/batches/{gtin}/{lot}/units/proof/{serial}": "/v1/batches/" + batch + "/units/proof/OTHER",
		"/v1/matter": "/v1/matter", "/v1/matter/entries": "/v1/matter/entries?kind=harvest",
		"/v1/recalls": "/v1/recalls", "/v1/recalls/{id}": "/v1/recalls/1?proof=true", "/v1/recalls/{id}/batches": "/v1/recalls/1/batches", "/v1/recalls/{id}/report": "/v1/recalls/1/report",
		"/v1/acts": "/v1/acts", "/v1/acts/{id}": "/v1/acts/" + testDGR + "?proof=true", "/v1/act-relations": "/v1/act-relations?kind=amends", "/v1/acts/by-hash/{sha256}": "/v1/acts/by-hash/" + strings.Repeat("ab", 32) + "?proof=true",
		"/v1/registers": "/v1/registers?kind=waste&open=true", "/v1/registers/{id}": "/v1/registers/rifiuti-2026?proof=true", "/v1/registers/{id}/appends": "/v1/registers/rifiuti-2026/appends",
		"/v1/registers/{id}/appends/{number}": "/v1/registers/rifiuti-2026/appends/2?proof=true&earlier=1",
		"/v1/budget":                          "/v1/budget?as_of=2024-02-25&proof=true", "/v1/budget/check": "/v1/budget/check", "/v1/budget/lines": "/v1/budget/lines?level=call&under=1.2.2",
		"/v1/budget/movements": "/v1/budget/movements?kind=trasferimento&under=1.2.2&from=2024-01-01", "/v1/budget/movements/{number}": "/v1/budget/movements/1?proof=true",
		"/v1/budget/positions": "/v1/budget/positions?kind=commitment&open=true", "/v1/budget/positions/{id}": "/v1/budget/positions/imp-1?proof=true",
		"/v1/budget/acts/{id}": "/v1/budget/acts/" + testDGR + "?proof=true", "/v1/budget/beneficiaries/{id}": "/v1/budget/beneficiaries/comune-di-jesi?as_of=2026-01-01&proof=true",
		"/v1/contracts": "/v1/contracts?status=active", "/v1/contracts/{id}": "/v1/contracts/peso?proof=true", "/v1/contracts/{id}/versions/{version}": "/v1/contracts/peso/versions/1?proof=true",
		"/v1/batches/{gtin}/{lot}/rulings": "/v1/batches/" + batch + "/rulings?proof=true", "/v1/batches/{gtin}/{lot}/facts": "/v1/batches/" + batch + "/facts",
		"/v1/consequences": "/v1/consequences?live=true", "/v1/points": "/v1/points", "/v1/agreements": "/v1/agreements", "/v1/agreements/{number}": "/v1/agreements/1?proof=true",
		"/v1/params": "/v1/params", "/v1/validators": "/v1/validators", "/v1/txs/{hash}": "/v1/txs/" + upperHex(hashes[4][:]),
		"/v1/txs/{hash}/wait": "/v1/txs/" + upperHex(hashes[5][:]) + "/wait", "/status": "/status", "/healthz": "/healthz", "/readyz": "/readyz",
	}
	for path, item := range s.Paths {
		o, isGet := item["get"]
		if !isGet || o.Responses["200"].Content["application/json"].Schema == nil {
			continue
		}
		if strings.HasPrefix(path, "/v1/data/") {
			continue // takes a signature: TestTheMailboxAnswersAsDescribed
		}
		ask, known := asked[path]
		if !known {
			t.Errorf("%s is not asked here", path)
			continue
		}
		r := w.get(ask)
		escaped := strings.NewReplacer("~", "~0", "/", "~1", "{", "%7B", "}", "%7D").Replace(path)
		schema, err := c.Compile("openapi.json#/paths/" + escaped + "/get/responses/200/content/application~1json/schema")
		if err != nil {
			t.Errorf("%s: %v", path, err)
			continue
		}
		v, err := jsonschema.UnmarshalJSON(strings.NewReader(string(r.body)))
		must(t, err)
		if err := schema.Validate(v); r.status != 200 || err != nil {
			t.Errorf("%s: %d %v\n%s", ask, r.status, err, r.body)
		}
	}
	problem, err := c.Compile("openapi.json#/components/schemas/Problem")
	must(t, err)
	for _, path := range []string{"/nowhere", "/v1/batches?limit=0", "/v1/txs/" + strings.Repeat("0", 64)} {
		v, err := jsonschema.UnmarshalJSON(strings.NewReader(string(w.get(path).body)))
		must(t, err)
		if err := problem.Validate(v); err != nil {
			t.Errorf("%s: %v", path, err)
		}
	}
}

func TestTheDocsStandAlone(t *testing.T) {
	w := newWorld(t)
	r := w.get("/docs")
	page := string(r.body)
	if r.status != 200 || !strings.HasPrefix(r.header.Get("Content-Type"), "text/html") {
		t.Fatalf("%d %v", r.status, r.header)
	}
	for _, want := range append(served[:20:20], "asked_lot", "schema-ProductBatch", "/v1/txs/{hash}/wait") {
		if _, path, ok := strings.Cut(want, " "); ok {
			want = path
		}
		if !strings.Contains(page, want) {
			t.Errorf("the page does not show %s", want)
		}
	}
	// Nothing comes from elsewhere, nothing runs.
	for _, src := range regexp.MustCompile(`(?:src|href)="([^"]*)"`).FindAllStringSubmatch(page, -1) {
		if strings.HasPrefix(src[1], "#") {
			if !strings.Contains(page, `id="`+src[1][1:]+`"`) {
				t.Errorf("the link %s leads nowhere", src[1])
			}
			continue
		}
		if r := w.get(src[1]); !strings.HasPrefix(src[1], "/") || r.status != 200 {
			t.Errorf("the page names %s: %d", src[1], r.status)
		}
	}
	if strings.Contains(page, "<script") || strings.Contains(page, "style=") {
		t.Error("the page needs what its policy forbids")
	}
}

func TestMetricsCount(t *testing.T) {
	w := newWorld(t)
	w.story()
	w.get("/v1/batches")
	w.get("/nowhere/" + strings.Repeat("x", 50))
	w.do("BREW", "/v1/batches", nil)
	page := string(w.get("/metrics").body)
	for _, want := range []string{
		`filiera_http_requests_total{method="GET",route="GET /v1/batches",status="200"} 1`,
		`filiera_http_requests_total{method="GET",route="none",status="404"} 1`,
		`filiera_http_requests_total{method="other",route="none",status="405"} 1`,
		"filiera_index_height 1", "filiera_index_lag_blocks 0", "filiera_http_waiters 0",
	} {
		if !strings.Contains(page, want) {
			t.Errorf("no line %s in\n%s", want, page)
		}
	}
}
