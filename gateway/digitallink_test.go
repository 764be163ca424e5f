package gateway

import (
	"encoding/json"
	"net/netip"
	"strings"
	"testing"

	productv1 "github.com/filiera-chain/filiera/api/product/v1"
	"github.com/filiera-chain/filiera/gateway/resolver"
	"github.com/filiera-chain/filiera/module/statekey"
	"google.golang.org/protobuf/proto"
)

const (
	browser  = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
	linkPath = "/01/" + testGTIN
)

func resolving(t *testing.T) *world {
	w := newWorld(t)
	w.story()
	w.commit(w.places()...)
	return w
}

func TestABrowserIsShownTheVerdict(t *testing.T) {
	w := resolving(t)
	for name, c := range map[string]struct {
		path, lang, language string
		status               int
		says                 []string
	}{
		"a batch": {linkPath + "/10/" + testLot, "it-IT,it;q=0.9", "it", 200, []string{
			`<html lang="it">`, "Prodotto autentico", "Maccheroncini 250 g", "AMAP-APC, valido", "2026-11-10", "https://pastificio.example.org/recall",
			"https://body.example.org/c?lot=L261123&amp;gtin=" + testGTIN, `href="/v1/verify/01/` + testGTIN + "/10/" + testLot + `"`, "filiera verify",
		}},
		"in English":                    {linkPath + "/10/" + testLot, "en", "en", 200, []string{`<html lang="en">`, "Authentic"}},
		"by the query":                  {linkPath + "/10/" + testLot + "?lang=en", "it", "en", 200, []string{"Authentic"}},
		"a lot typed without its L":     {linkPath + "/10/261123", "", "it", 200, []string{"Prodotto autentico", "<dd>L261123</dd>"}},
		"one item of it":                {linkPath + "/10/" + testLot + "/21/S%2F1?17=281110", "", "it", 200, []string{"<dd>S/1</dd>"}},
		"a batch that nobody knows":     {linkPath + "/10/NONE", "", "it", 404, []string{"Questo lotto non risulta registrato."}},
		"a product":                     {linkPath, "", "it", 200, []string{"Prodotto registrato.", "serve il lotto", "https://pastificio.example.org/250g"}},
		"a product that nobody knows":   {"/01/08000000000026", "", "it", 404, []string{"non sa nulla", "(01)08000000000026"}},
		"a place":                       {"/414/" + testPlant, "en", "en", 200, []string{"A registered place.", "Laboratorio", "109004", "plant"}},
		"a place within it":             {"/414/" + testPlant + "/254/x", "en", "en", 200, []string{"Laboratorio"}},
		"a place that nobody knows":     {"/414/8099999000018", "", "it", 404, []string{"non sa nulla"}},
		"a logistic unit":               {"/00/006141411234567890", "", "it", 404, []string{"non sa nulla"}},
		"a code that is none":           {"/01/08000000000018", "", "it", 400, []string{"Il codice non porta a nulla."}},
		"a code that would be a script": {"/01/%3Cscript%3E", "", "it", 400, []string{"Il codice non porta a nulla."}},
	} {
		t.Run(name, func(t *testing.T) {
			r := w.do("GET", c.path, nil, "Accept", browser, "Accept-Language", c.lang)
			page := string(r.body)
			if r.status != c.status || r.header.Get("Content-Type") != "text/html; charset=utf-8" || r.header.Get("Content-Language") != c.language {
				t.Fatalf("%d %v\n%s", r.status, r.header, page)
			}
			for _, s := range c.says {
				if !strings.Contains(page, s) {
					t.Errorf("the page does not say %q:\n%s", s, page)
				}
			}
			if strings.Contains(page, "<script") || strings.Contains(page, "style=") || strings.Contains(page, "ZgotmplZ") || strings.Contains(page, "old\"") {
				t.Errorf("the page holds what it must not:\n%s", page)
			}
		})
	}
	if r := w.get("/page.css"); r.status != 200 || !strings.HasPrefix(r.header.Get("Content-Type"), "text/css") {
		t.Errorf("%d", r.status)
	}
}

func TestAProgramGetsJSON(t *testing.T) {
	w := resolving(t)
	ask := func(path string) reply { return w.do("GET", path, nil, "Accept", "application/json") }
	if r := ask(linkPath + "/10/" + testLot + "/21/7"); r.status != 200 || r.at("verdict") != "authentic" || r.at("serial") != "7" || r.header.Get("Content-Type") != "application/json" {
		t.Errorf("%d %s", r.status, r.body)
	}
	if r := ask(linkPath); r.status != 200 || r.at("name") != "Maccheroncini 250 g" {
		t.Errorf("%d %s", r.status, r.body)
	}
	if r := ask("/414/" + testPlant); r.status != 200 || r.at("details.name") != "Laboratorio" {
		t.Errorf("%d %s", r.status, r.body)
	}
	for path, code := range map[string]string{
		linkPath + "/10/NONE": "batch.not_found", "/01/08000000000026": "digital_link.not_found", "/01/1": "digital_link.invalid",
		linkPath + "?linkType=gs1:recipeInfo": "digital_link.no_such_link", linkPath + "/badrequest": "digital_link.invalid",
	} {
		r := ask(path)
		if r.at("code") != code || r.header.Get("Content-Type") != "application/problem+json" || int(r.at("status").(float64)) != r.status || r.status < 400 {
			t.Errorf("%s: %d %s", path, r.status, r.body)
		}
	}
}

func TestLinksOfTheLedgerAreResolved(t *testing.T) {
	w := resolving(t)
	for name, c := range map[string]struct {
		path, lang string
		status     int
		location   string
	}{
		"in the browser's language":         {linkPath + "?linkType=gs1:pip", "en-GB", 307, "https://pastificio.example.org/en/250g?linkType=gs1:pip"},
		"from the lot up to the product":    {linkPath + "/10/" + testLot + "?linkType=gs1:pip", "it", 307, "https://pastificio.example.org/250g?linkType=gs1:pip"},
		"of the lot":                        {linkPath + "/10/" + testLot + "?linkType=gs1:recallStatus", "", 307, "https://pastificio.example.org/recall?linkType=gs1:recallStatus"},
		"with the lot filled in":            {linkPath + "/10/A%2FB?linkType=gs1:certificationInfo", "", 307, "https://body.example.org/c?lot=A%2FB&gtin=" + testGTIN + "&linkType=gs1:certificationInfo"},
		"which wants a lot, without one":    {linkPath + "?linkType=gs1:certificationInfo", "", 404, ""},
		"that was withdrawn":                {linkPath + "?linkType=gs1:recipeInfo", "", 404, ""},
		"of the lot, asked of the product":  {linkPath + "?linkType=gs1:recallStatus", "", 404, ""},
		"the register's own page":           {linkPath + "/10/" + testLot + "?linkType=gs1:registryEntry&17=281110", "", 307, w.url + linkPath + "/10/" + testLot + "?17=281110"},
		"the record":                        {linkPath + "?linkType=gs1:masterData", "", 307, w.url + "/v1/products/" + testGTIN + "?linkType=gs1:masterData"},
		"the old spelling of the parameter": {linkPath + "?linktype=gs1:relatedImage", "", 307, "https://pastificio.example.org/p.jpg?linktype=gs1:relatedImage"},
		"of a place":                        {"/414/" + testPlant + "?linkType=gs1:masterData", "", 307, w.url + "/v1/locations/" + testPlant + "?linkType=gs1:masterData"},
		"of a vocabulary that nobody knows": {linkPath + "?linkType=schema:review", "", 404, ""},
	} {
		t.Run(name, func(t *testing.T) {
			r := w.do("GET", c.path, nil, "Accept-Language", c.lang)
			if r.status != c.status || r.header.Get("Location") != c.location {
				t.Errorf("%d %s, want %d %s", r.status, r.header.Get("Location"), c.status, c.location)
			}
			if !strings.Contains(r.header.Get("Link"), `rel="linkset"`) {
				t.Errorf("Link: %v", r.header)
			}
		})
	}
}

func TestTheLinksetOfABatch(t *testing.T) {
	w := resolving(t)
	r := w.do("GET", linkPath+"/10/"+testLot+"/21/9", nil, "Accept", resolver.LinksetType)
	if r.status != 200 || r.header.Get("Content-Type") != resolver.LinksetType {
		t.Fatalf("%d %v %s", r.status, r.header, r.body)
	}
	const voc = "https://ref.gs1.org/voc/"
	var set struct {
		Linkset []map[string]json.RawMessage
	}
	must(t, json.Unmarshal(r.body, &set))
	if len(set.Linkset) != 2 {
		t.Fatalf("%s", r.body)
	}
	for i, want := range []map[string]string{
		{"anchor": w.url + linkPath + "/10/" + testLot + `"`, voc + "defaultLink": w.url + linkPath + "/10/" + testLot, voc + "certificationInfo": "lot=L261123", voc + "recallStatus": "recall", voc + "registryEntry": "hreflang"},
		{"anchor": w.url + linkPath + `"`, voc + "pip": "en/250g", voc + "relatedImage": "image/jpeg", voc + "masterData": "/v1/products/"},
	} {
		for name, part := range want {
			if !strings.Contains(string(set.Linkset[i][name]), part) {
				t.Errorf("level %d, %s: %s", i, name, set.Linkset[i][name])
			}
		}
	}
	if set.Linkset[1][voc+"defaultLink"] != nil || strings.Contains(string(r.body), "/old") {
		t.Errorf("%s", r.body)
	}
	if r := w.get("/01/08000000000026?linkType=linkset"); r.status != 404 {
		t.Errorf("%d %s", r.status, r.body)
	}
}

func TestSeveralLinksAreShown(t *testing.T) {
	w := resolving(t)
	d := &productv1.Description{Gtin: testGTIN, Number: 6, Link: &productv1.Link{LinkType: "gs1:pip", Href: "https://pastificio.example.org/2", Title: "Altra scheda", Languages: []string{"it"}}}
	w.commit(action{state: map[string]proto.Message{string(statekey.Description(testGTIN, "", 6)): d}})
	r := w.do("GET", linkPath+"?linkType=gs1:pip", nil, "Accept", browser)
	if r.status != 300 || !strings.Contains(string(r.body), "Altra scheda") || strings.Contains(string(r.body), "The pasta") {
		t.Errorf("%d %s", r.status, r.body)
	}
	if r := w.get(linkPath + "?linkType=gs1:pip"); r.status != 300 || r.header.Get("Content-Type") != resolver.LinksetType {
		t.Errorf("%d %s", r.status, r.body)
	}
}

func TestHeadOptionsAndOriginsOfDigitalLinks(t *testing.T) {
	w := resolving(t)
	if r := w.do("HEAD", linkPath+"?linkType=gs1:relatedImage", nil); r.status != 307 || r.header.Get("Location") == "" || len(r.body) != 0 {
		t.Errorf("HEAD: %d %v", r.status, r.header)
	}
	if r := w.do("HEAD", linkPath, nil, "Accept", browser); r.status != 200 || len(r.body) != 0 {
		t.Errorf("HEAD: %d %v", r.status, r.header)
	}
	r := w.do("OPTIONS", linkPath, nil, "Origin", "https://shop.example.org")
	if r.status != 204 || r.header.Get("Access-Control-Allow-Origin") != "*" || !strings.Contains(r.header.Get("Access-Control-Allow-Methods"), "HEAD") {
		t.Errorf("OPTIONS: %d %v", r.status, r.header)
	}
	if r := w.get(linkPath); r.header.Get("Access-Control-Allow-Origin") != "*" || !strings.Contains(r.header.Get("Access-Control-Expose-Headers"), "Link") {
		t.Errorf("GET: %v", r.header)
	}
	if r := w.do("POST", linkPath, nil); r.status != 405 {
		t.Errorf("POST: %d", r.status)
	}
}

func TestTheResolverDescribesItself(t *testing.T) {
	w := newWorld(t)
	r := w.get("/.well-known/gs1resolver")
	if r.status != 200 || r.at("resolverRoot") != w.url || r.at("activeLinkTypes.en.gs1:pip.url") != "https://ref.gs1.org/voc/pip" {
		t.Errorf("%d %s", r.status, r.body)
	}
	if r := w.get(resolver.ContextPath); r.status != 200 || r.header.Get("Content-Type") != "application/ld+json" {
		t.Errorf("%d %v", r.status, r.header)
	}
}

func TestTheBaseIsThatOfTheRequest(t *testing.T) {
	w := newWorld(t, func(c *Config) { c.Limits.Proxies = []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")} })
	r := w.do("GET", "/.well-known/gs1resolver", nil, "X-Forwarded-Proto", "https")
	if want := "https" + strings.TrimPrefix(w.url, "http"); r.at("resolverRoot") != want {
		t.Errorf("%v, want %s", r.at("resolverRoot"), want)
	}
	other := newWorld(t)
	if r := other.do("GET", "/.well-known/gs1resolver", nil, "X-Forwarded-Proto", "https"); r.at("resolverRoot") != other.url {
		t.Errorf("a stranger's word was taken: %v", r.at("resolverRoot"))
	}
}
