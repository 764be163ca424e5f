package resolver

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/filiera-chain/filiera/gs1"
)

func TestRedirects(t *testing.T) {
	s := dalGiardino(t)
	h := &Handler{Source: s, Host: s}
	const pil = "https://dalgiardino.com/medicinal-compound/"
	for name, c := range map[string]struct {
		target   string
		accept   string
		language string
		status   int
		location string
	}{
		"a serial without a lot falls to its own template": {"/01/09506000134376/21/S%2F1", "", "", 307, pil + "pil.html?serial=S%2F1"},
		"a serial beats the lot":                           {"/01/09506000134376/10/A/21/B", "", "", 307, pil + "pil.html?serial=B"},
		"a type that the serial lacks falls to the key":    {"/01/09506000134376/10/A/21/B?linkType=gs1:registerProduct", "", "en-IE", 307, pil + "register.html?register=en-IE&linkType=gs1:registerProduct"},
		"a slash at the end is tolerated":                  {"/01/09506000134376/", "", "", 307, pil + "pil.html"},
		"the query is passed on":                           {"/01/09506000134376/10/A?17=281231&utm_source=qr", "", "", 307, pil + "pil.html?lot=A&17=281231&utm_source=qr"},
		"the old spelling of the vocabulary":               {"/01/09506000134352?linkType=https://gs1.org/voc/pip", "", "es", 307, "https://dalgiardino.com/risotto-rice-with-mushrooms/index.html.es?test_lt=gs1:pip&test_lang=es&linkType=https://gs1.org/voc/pip"},
		"a language that is not there falls to und":        {"/01/09506000134376?linkType=gs1:registerProduct", "", "fr", 307, pil + "register.html?register=non-English&linkType=gs1:registerProduct"},
		"another English falls to plain English":           {"/01/09506000134376?linkType=gs1:registerProduct", "", "en-AU", 307, pil + "register.html?register=en-GB&linkType=gs1:registerProduct"},
		"q decides, not the order":                         {"/01/09506000134352?linkType=gs1:pip", "", "es;q=0.5, ja", 307, "https://dalgiardino.com/risotto-rice-with-mushrooms/index.html.ja?test_lt=gs1:pip&test_lang=ja&linkType=gs1:pip"},
		"no language given takes the first link's":         {"/01/09506000134352?linkType=gs1:hasRetailers", "", "", 307, "https://dalgiardino.com/where-to-buy/?test_lt=gs1:hasRetailers&test_lang=en&linkType=gs1:hasRetailers"},
		"the default by its name":                          {"/01/09506000134376?linkType=gs1:defaultLink", "", "", 307, pil + "pil.html?linkType=gs1:defaultLink"},
		"a broken Accept-Language wishes for nothing":      {"/01/09506000134376", "", ";;;=", 307, pil + "pil.html"},
		"several equal links are shown":                    {"/01/09506000134376/10/A?linkType=gs1:certificationInfo", "", "", 300, ""},
		"a type of nobody":                                 {"/01/09506000134376?linkType=gs1:nothing", "", "", 404, ""},
		"a type that no level has":                         {"/01/09506000134376?linkType=gs1:recipeInfo", "", "", 404, ""},
		"a key that nobody knows":                          {"/01/08012345000005", "", "", 404, ""},
		"a linkset of a key that nobody knows":             {"/01/08012345000005?linkType=linkset", "", "", 404, ""},
		"a wrong check digit":                              {"/01/09506000134377", "", "", 400, ""},
		"a GTIN of 13 digits":                              {"/01/9506000134376", "", "", 400, ""},
		"qualifiers out of order":                          {"/01/09506000134376/21/1/10/2", "", "", 400, ""},
		"a qualifier in the query":                         {"/01/09506000134376?10=A", "", "", 400, ""},
		"an AI that is none in the query":                  {"/01/09506000134376?9=A", "", "", 400, ""},
		"a lot that is too long":                           {"/01/09506000134376/10/" + strings.Repeat("A", 21), "", "", 400, ""},
		"a compressed link":                                {"/ARFKk4XB0CDKWcnpq", "", "", 400, ""},
		"a date that is none":                              {"/01/09506000134376?17=281332", "", "", 400, ""},
	} {
		t.Run(name, func(t *testing.T) {
			w := ask(h, "GET", c.target, map[string]string{"Accept": c.accept, "Accept-Language": c.language})
			if w.Code != c.status || w.Header().Get("Location") != c.location {
				t.Errorf("%d %s, want %d %s", w.Code, w.Header().Get("Location"), c.status, c.location)
			}
			if c.status != 400 && !strings.Contains(strings.Join(w.Header().Values("Link"), ","), `?linkType=linkset>; rel="linkset"; type="application/linkset+json"`) {
				t.Errorf("Link = %v", w.Header().Values("Link"))
			}
			if w.Header().Get("Vary") == "" {
				t.Error("no Vary")
			}
		})
	}
}

func TestLinksetByAcceptHoldsEveryLevel(t *testing.T) {
	s := dalGiardino(t)
	h := &Handler{Source: s, Host: s}
	w := ask(h, "GET", "/01/09506000134376/10/A/21/B", map[string]string{"Accept": "application/linkset+json"})
	var set struct {
		Linkset []struct{ Anchor string }
	}
	if err := json.Unmarshal(w.Body.Bytes(), &set); err != nil || w.Code != 200 {
		t.Fatalf("%d %v %s", w.Code, err, w.Body)
	}
	var anchors []string
	for _, l := range set.Linkset {
		anchors = append(anchors, l.Anchor)
	}
	const key = "https://example.com/01/09506000134376"
	if got := strings.Join(anchors, " "); got != key+"/21/B "+key+"/10/A "+key {
		t.Errorf("anchors %s", got)
	}
	if !strings.Contains(strings.Join(w.Header().Values("Link"), ","), ContextPath) {
		t.Errorf("Link = %v", w.Header())
	}
	if w := ask(h, "GET", "/01/09506000134376?linkType=all", nil); w.Code != 200 || w.Header().Get("Content-Type") != LinksetType {
		t.Errorf("linkType=all: %d %v", w.Code, w.Header())
	}
}

func TestChoicesAreALinksetOrAPage(t *testing.T) {
	s := dalGiardino(t)
	h := &Handler{Source: s, Host: s}
	const target = "/01/09506000134376/10/A?linkType=gs1:certificationInfo"
	if w := ask(h, "GET", target, nil); w.Code != 300 || w.Header().Get("Content-Type") != LinksetType || strings.Count(w.Body.String(), "certificate_") != 3 {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	if w := ask(h, "GET", target, map[string]string{"Accept": "text/html,*/*;q=0.8"}); w.Code != 300 || w.Body.String() != "page of 3" {
		t.Errorf("%d %s", w.Code, w.Body)
	}
}

func TestContextAndMediaTypeChoose(t *testing.T) {
	link := func(href, media string, contexts ...string) Link {
		return Link{Type: gs1.VocabularyStem + "certificationInfo", Href: href, Title: href, MediaType: media, Contexts: contexts}
	}
	s := shelf{[]Entry{{Key: gs1.Element{AI: "01", Value: "09506000134376"}, Links: []Link{
		link("https://a/plain", "text/html"), link("https://a/pdf", "application/pdf"), link("https://a/it", "text/html", "IT"),
	}}}}
	h := &Handler{Source: s, Host: s}
	for query, c := range map[string]struct{ accept, want string }{
		"context=IT": {"", "https://a/it"}, "x=1": {"application/pdf", "https://a/pdf"}, "x=2": {"text/html", "https://a/plain"},
	} {
		w := ask(h, "GET", "/01/09506000134376?linkType=gs1:certificationInfo&"+query, map[string]string{"Accept": c.accept})
		if got, _, _ := strings.Cut(w.Header().Get("Location"), "?"); w.Code != 307 || got != c.want {
			t.Errorf("%s: %d %s", query, w.Code, w.Header())
		}
	}
}

func TestTheOwnPageIsShownAndNotAskedForAgain(t *testing.T) {
	own := Link{Type: gs1.VocabularyStem + "registryEntry", Href: "https://example.com/01/09506000134376", Title: "x", Own: true}
	if got := passOn(own, "linkType=gs1:registryEntry&17=281231&linktype=a&b"); got != own.Href+"?17=281231&b" {
		t.Error(got)
	}
	if got := passOn(Link{Href: "https://a/b#c"}, "x=1"); got != "https://a/b?x=1#c" {
		t.Error(got)
	}
}

func TestAcceptIsRead(t *testing.T) {
	for header, want := range map[string]string{
		"": "text/html", "*/*": "text/html", "application/json": "application/json", "text/html,application/json;q=0.9": "text/html",
		"application/*": "application/json", "application/linkset+json": LinksetType, "application/linkset+json;q=0.5,*/*;q=0.1": LinksetType,
		"text/html;q=0,*/*": "application/json", "image/png": "text/html", "nonsense": "text/html", "application/json;q=x": "application/json",
		"TEXT/HTML;Q=0.1, application/json;q=0.2": "application/json", strings.Repeat("a/b,", 1000): "text/html",
	} {
		if got := ParseAccept(header).Best("text/html", "application/json", LinksetType); got != want {
			t.Errorf("%q: %s, want %s", header, got, want)
		}
	}
}

func TestTheDescriptionFileNamesEveryKeyAndLinkType(t *testing.T) {
	raw, err := Describe("Test", "https://example.org")
	if err != nil {
		t.Fatal(err)
	}
	var d struct {
		ResolverRoot         string
		SupportedPrimaryKeys []string
		SupportedLinkType    []map[string]string
		ActiveLinkTypes      map[string]map[string]map[string]string
	}
	if err := json.Unmarshal(raw, &d); err != nil {
		t.Fatal(err)
	}
	if d.ResolverRoot != "https://example.org" || len(d.SupportedPrimaryKeys) != 16 || len(d.ActiveLinkTypes["en"]) != 60 || d.SupportedLinkType[0]["prefix"] != "gs1:" {
		t.Errorf("%s", raw)
	}
	if !json.Valid([]byte(Context)) {
		t.Error("the context is no JSON")
	}
}

func FuzzResolve(f *testing.F) {
	for _, s := range [][3]string{
		{"/01/09506000134376/10/LOT01?linkType=linkset", "*/*", "it"},
		{"/01/09506000134376?linkType=gs1:pip&x=%zz", "a/b;q=9", "en-x-a-b"},
		{"/8004/0950600013430000001/", "text/html", "*"},
		{"/414/9506000134352/254/a%2Fb", "", "und"},
	} {
		f.Add(s[0], s[1], s[2])
	}
	s := shelf{[]Entry{
		{Key: gs1.Element{AI: "01", Value: "09506000134376"}, Default: gs1.VocabularyStem + "pip", Links: []Link{{Type: gs1.VocabularyStem + "pip", Href: "https://a/{gtin}", Title: "t"}}},
		{Key: gs1.Element{AI: "01", Value: "09506000134376"}, Default: gs1.VocabularyStem + "pip", Qualifiers: []Qualifier{{AI: "10", Variable: "lot"}}, Links: []Link{{Type: gs1.VocabularyStem + "pip", Href: "https://a/?l={lot}", Title: "t", Languages: []string{"it"}}}},
	}}
	h := &Handler{Source: s, Host: s}
	f.Fuzz(func(t *testing.T, target, accept, lang string) {
		r, err := http.NewRequest("GET", "http://example.com"+target, nil)
		if err != nil {
			return
		}
		r.Header.Set("Accept", accept)
		r.Header.Set("Accept-Language", lang)
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		location := w.Header().Get("Location")
		if w.Code >= 500 || (location != "") != (w.Code == 307) || location != "" && !strings.HasPrefix(location, "https://a/") {
			t.Fatalf("%q: %d %q", target, w.Code, location)
		}
	})
}
