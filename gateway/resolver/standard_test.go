package resolver

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"sort"
	"strings"
	"testing"

	"github.com/dlclark/regexp2"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/filiera-chain/filiera/gs1"
)

// shelf is a source that holds entries, and a host without pages of its own.
type shelf struct{ entries []Entry }

func (s shelf) Entries(context.Context, gs1.Elements, string) ([]Entry, error) {
	return s.entries, nil
}

func (shelf) Base(r *http.Request) string { return "https://" + r.Host }

func (shelf) Page(w http.ResponseWriter, r *http.Request, path gs1.Elements, _ string) {
	http.Error(w, "nothing of "+path.String(), http.StatusNotFound)
}

func (shelf) Choices(w http.ResponseWriter, _ *http.Request, _ gs1.Elements, links []Link) {
	w.WriteHeader(http.StatusMultipleChoices)
	fmt.Fprint(w, "page of ", len(links))
}

func (shelf) Fail(w http.ResponseWriter, _ *http.Request, status int, _, sentence string) {
	http.Error(w, sentence, status)
}

func (shelf) Broken(w http.ResponseWriter, _ *http.Request, err error) {
	http.Error(w, err.Error(), http.StatusInternalServerError)
}

// communityEntry is an entry as the community resolver's files write it.
type communityEntry struct {
	Anchor          string              `json:"anchor"`
	ItemDescription string              `json:"itemDescription"`
	DefaultLinktype string              `json:"defaultLinktype"`
	Qualifiers      []map[string]string `json:"qualifiers"`
	Links           []struct {
		Linktype, Href, Title, Type string
		Hreflang, Context           []string
	} `json:"links"`
}

func (c *communityEntry) entry(t *testing.T) Entry {
	t.Helper()
	parts := strings.Split(c.Anchor, "/")
	e := Entry{Key: gs1.Element{AI: parts[1], Value: parts[2]}, Description: c.ItemDescription, Default: uri(t, c.DefaultLinktype)}
	for _, q := range c.Qualifiers {
		for ai, value := range q {
			one := Qualifier{AI: ai, Value: value}
			if strings.HasPrefix(value, "{") {
				one = Qualifier{AI: ai, Variable: strings.Trim(value, "{}")}
			}
			e.Qualifiers = append(e.Qualifiers, one)
		}
	}
	for _, l := range c.Links {
		e.Links = append(e.Links, Link{Type: uri(t, l.Linktype), Href: l.Href, Title: l.Title, MediaType: l.Type, Languages: l.Hreflang, Contexts: l.Context})
	}
	return e
}

func uri(t *testing.T, curie string) string {
	t.Helper()
	known, ok := gs1.LookupLinkType(curie)
	if !ok {
		t.Fatalf("%s is no link type", curie)
	}
	return known.URI
}

// dalGiardino loads the entries of the fictitious brand.
func dalGiardino(t *testing.T) shelf {
	t.Helper()
	var s shelf
	files, err := filepath.Glob("testdata/entries/*.json")
	if err != nil || len(files) != 4 {
		t.Fatalf("%v, %v", files, err)
	}
	for _, f := range files {
		raw, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		var many []communityEntry
		if json.Unmarshal(raw, &many) != nil {
			many = make([]communityEntry, 1)
			if err := json.Unmarshal(raw, &many[0]); err != nil {
				t.Fatal(err)
			}
		}
		for i := range many {
			s.entries = append(s.entries, many[i].entry(t))
		}
	}
	return s
}

func ask(h http.Handler, method, target string, headers map[string]string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, target, nil)
	for k, v := range headers {
		r.Header.Set(k, v)
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

func TestStandardResolverRequests(t *testing.T) {
	s := dalGiardino(t)
	h := &Handler{Source: s, Host: s}
	raw, err := os.ReadFile("testdata/requests.json")
	if err != nil {
		t.Fatal(err)
	}
	var file struct {
		Cases []struct {
			Get              string
			Headers          map[string]string
			Status           int
			Location         string
			LocationContains []string `json:"location_contains"`
			Optional         string
		}
	}
	if err := json.Unmarshal(raw, &file); err != nil {
		t.Fatal(err)
	}
	accepted, refused := 0, 0
	var left []string
	for _, c := range file.Cases {
		if c.Optional == "compression" {
			left = append(left, c.Get) // compressed links are not read or written here
			continue
		}
		w := ask(h, "GET", c.Get, c.Headers)
		location := w.Header().Get("Location")
		good := w.Code == c.Status && (c.Location == "" || location == c.Location)
		for _, part := range c.LocationContains {
			good = good && strings.Contains(location, part)
		}
		if !good {
			t.Errorf("%s %v: %d %s, want %d %s%v", c.Get, c.Headers, w.Code, location, c.Status, c.Location, c.LocationContains)
		}
		if c.Status < 400 {
			accepted++
		} else {
			refused++
		}
	}
	if len(file.Cases) != 18 || len(left) != 1 {
		t.Errorf("%d cases, left out %v", len(file.Cases), left)
	}
	t.Logf("standard: gs1-resolver requests: %d cases, %d accepted, %d refused (not run, compression is optional: %s)", len(file.Cases)-len(left), accepted, refused, strings.Join(left, " "))
}

type regexpEngine struct{ *regexp2.Regexp }

func (e regexpEngine) MatchString(s string) bool {
	ok, err := e.Regexp.MatchString(s)
	return err == nil && ok
}

func schema(t *testing.T, name string) *jsonschema.Schema {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join("testdata/linkset", name))
	if err != nil {
		t.Fatal(err)
	}
	doc, err := jsonschema.UnmarshalJSON(strings.NewReader(string(raw)))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	c.UseRegexpEngine(func(s string) (jsonschema.Regexp, error) {
		re, err := regexp2.Compile(s, regexp2.ECMAScript)
		return regexpEngine{re}, err
	})
	if err := c.AddResource("schema.json", doc); err != nil {
		t.Fatal(err)
	}
	compiled, err := c.Compile("schema.json")
	if err != nil {
		t.Fatal(err)
	}
	return compiled
}

func validate(t *testing.T, s *jsonschema.Schema, raw []byte) error {
	t.Helper()
	v, err := jsonschema.UnmarshalJSON(strings.NewReader(string(raw)))
	if err != nil {
		t.Fatal(err)
	}
	return s.Validate(v)
}

// TestStandardLinksets holds the examples against GS1's schema, and every
// linkset that this resolver gives of the entries.
func TestStandardLinksets(t *testing.T) {
	s := schema(t, "gs1-linkset-schema.json")
	accepted, refused := 0, 0
	for name, valid := range map[string]bool{"valid-gs1-example.json": true, "invalid-gs1-example.json": false} {
		raw, err := os.ReadFile(filepath.Join("testdata/linkset", name))
		if err != nil {
			t.Fatal(err)
		}
		if err := validate(t, s, raw); (err == nil) != valid {
			t.Errorf("%s: %v", name, err)
		}
		if valid {
			accepted++
		} else {
			refused++
		}
	}
	garden := dalGiardino(t)
	h := &Handler{Source: garden, Host: garden}
	for _, target := range []string{
		"/01/09506000134352", "/01/09506000134376", "/01/09506000134376/10/LOT01", "/01/09506000134376/10/LOT01/21/S1", "/8004/0950600013430000001",
	} {
		w := ask(h, "GET", target+"?linkType=linkset", nil)
		if w.Code != 200 || w.Header().Get("Content-Type") != LinksetType {
			t.Fatalf("%s: %d %s", target, w.Code, w.Body)
		}
		if err := validate(t, s, w.Body.Bytes()); err != nil {
			t.Errorf("%s: %v\n%s", target, err, w.Body)
		}
		checkModel(t, target, w.Body.Bytes())
	}
	t.Logf("standard: gs1-resolver linksets: %d cases, %d accepted, %d refused", accepted+refused, accepted, refused)
}

// checkModel holds a linkset against the lines of the conformance checklist: one
// default, without attributes, whose target stands under a descriptive type;
// every link with target and title.
func checkModel(t *testing.T, target string, raw []byte) {
	t.Helper()
	var set struct{ Linkset []map[string]json.RawMessage }
	if err := json.Unmarshal(raw, &set); err != nil {
		t.Fatal(err)
	}
	defaults, others := []string{}, map[string]bool{}
	for _, context := range set.Linkset {
		for name, value := range context {
			if !strings.HasPrefix(name, "https://") {
				continue
			}
			var links []map[string]any
			if err := json.Unmarshal(value, &links); err != nil {
				t.Fatal(err)
			}
			for _, l := range links {
				if l["href"] == "" || l["title"] == "" {
					t.Errorf("%s: %v", target, l)
				}
				if name == defaultLink {
					defaults = append(defaults, fmt.Sprint(l["href"]))
					if len(l) != 2 {
						t.Errorf("%s: the default link has attributes: %v", target, l)
					}
				} else {
					others[fmt.Sprint(l["href"])] = true
				}
			}
		}
	}
	if len(defaults) != 1 || !others[defaults[0]] {
		t.Errorf("%s: defaults %v", target, defaults)
	}
}

// TestStandardConformanceModel reads the model linkset of GS1's own test suite
// as levels and writes it again: nothing is lost.
func TestStandardConformanceModel(t *testing.T) {
	raw, err := os.ReadFile("testdata/conformance/modelLinkset.json")
	if err != nil {
		t.Fatal(err)
	}
	var model struct{ Linkset []map[string]json.RawMessage }
	if err := json.Unmarshal(raw, &model); err != nil {
		t.Fatal(err)
	}
	want := map[string]int{}
	var entries []Entry
	for _, c := range model.Linkset {
		var anchor string
		_ = json.Unmarshal(c["anchor"], &anchor)
		elements, err := gs1.ParseDigitalLink(anchor)
		if err != nil {
			t.Fatal(err)
		}
		e := Entry{Key: elements[0]}
		for _, q := range elements[1:] {
			e.Qualifiers = append(e.Qualifiers, Qualifier{AI: q.AI, Value: q.Value})
		}
		_ = json.Unmarshal(c["itemDescription"], &e.Description)
		for name, value := range c {
			var targets []target
			if !strings.HasPrefix(name, "https://") || json.Unmarshal(value, &targets) != nil {
				continue
			}
			for _, x := range targets {
				want[anchor+" "+name+" "+x.Href+" "+x.Type]++
				if name == defaultLink {
					e.Default = gs1.VocabularyStem + "homepage"
					continue
				}
				e.Links = append(e.Links, Link{Type: name, Href: x.Href, Title: x.Title, MediaType: x.Type, Languages: x.Hreflang, Contexts: x.Context})
			}
		}
		entries = append(entries, e)
	}
	s := shelf{entries}
	w := ask(&Handler{Source: s, Host: s}, "GET", "https://id.gs1.org/01/09506000164908/21/1234?linkType=linkset", nil)
	var got struct{ Linkset []map[string]json.RawMessage }
	if err := json.Unmarshal(w.Body.Bytes(), &got); err != nil {
		t.Fatal(err)
	}
	for _, c := range got.Linkset {
		var anchor string
		_ = json.Unmarshal(c["anchor"], &anchor)
		for name, value := range c {
			var targets []target
			if strings.HasPrefix(name, "https://") && json.Unmarshal(value, &targets) == nil {
				for _, x := range targets {
					want[anchor+" "+name+" "+x.Href+" "+x.Type]--
				}
			}
		}
	}
	var wrong []string
	for link, n := range want {
		if n != 0 {
			wrong = append(wrong, fmt.Sprint(link, " ", n))
		}
	}
	sort.Strings(wrong)
	if len(wrong) > 0 {
		t.Errorf("lost or added: %s\n%s", strings.Join(wrong, "\n"), w.Body)
	}
	t.Logf("standard: gs1-resolver model linkset: 1 cases, 1 accepted, 0 refused")
}
