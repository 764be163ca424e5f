package gs1

import (
	"encoding/json"
	"os"
	"strings"
	"testing"
)

func load(t *testing.T, path string, into any) {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(data, into); err != nil {
		t.Fatal(err)
	}
}

type engineVectors struct {
	ParseLink []struct {
		OK      bool
		URI     string
		Data    string `json:"ai_data"`
		Options map[string]any
	} `json:"parse_dl_uri"`
	GenerateLink []struct {
		OK      bool
		Stem    string
		Data    string `json:"ai_data"`
		URI     string
		Options map[string]any
	} `json:"generate_dl_uri"`
	Unescape []struct {
		In          string
		Path, Query json.RawMessage
	} `json:"uri_unescape"`
	Escape    []struct{ In, Path, Query string } `json:"uri_escape"`
	Bracketed []struct {
		OK        bool
		Bracketed string
		Data      string `json:"ai_data"`
	} `json:"parse_bracketed_ai"`
	Scanned []struct {
		OK   bool
		Data string `json:"ai_data"`
	} `json:"process_ai_data"`
	Associations []struct {
		OK              bool
		Rule, Bracketed string
	} `json:"validate_ai_associations"`
	Linters []struct{ Bracketed, Error string } `json:"ai_linter_errors"`
	Paths   [][]string                          `json:"valid_dl_path_ai_sequences"`
}

func engine(t *testing.T) (v engineVectors) {
	load(t, "testdata/vectors.json", &v)
	return v
}

func TestDictionaryIsRead(t *testing.T) {
	if dictionaryErr != nil {
		t.Fatal(dictionaryErr)
	}
	if len(dictionary) < 500 {
		t.Fatalf("only %d AIs", len(dictionary))
	}
	for code, ai := range dictionary {
		for _, c := range ai.Components {
			for _, name := range c.Checks {
				if checks[name] == nil {
					t.Errorf("AI %s names the unknown check %s", code, name)
				}
			}
		}
		for n := 2; n < len(code); n++ {
			if dictionary[code[:n]] != nil {
				t.Errorf("AI %s begins with AI %s: scanned data would be ambiguous", code, code[:n])
			}
		}
	}
	lot, ok := LookupAI("10")
	if !ok || lot.Title != "BATCH/LOT" || lot.Fixed || !lot.Attribute || lot.Components[0].Max != 20 {
		t.Errorf("AI 10 read as %+v", lot)
	}
}

// Two groups are left out of the dictionary's own vectors: coupons, which this
// package refuses, and the company-prefix look-up, whose table is not public.
func TestLinterVectors(t *testing.T) {
	var vectors map[string][]struct {
		Input, Error string
		OK           bool
	}
	load(t, "testdata/linter-vectors.json", &vectors)
	ran := 0
	for name, cases := range vectors {
		switch name {
		case "couponcode", "couponposoffer", "gcppos1", "gcppos2":
			continue
		}
		check := checks[name]
		if check == nil {
			t.Errorf("no check named %s", name)
			continue
		}
		for _, c := range cases {
			ran++
			if reason := check(c.Input); (reason == "") != c.OK {
				t.Errorf("%s(%q) = %q, want ok=%v %s", name, c.Input, reason, c.OK, c.Error)
			}
		}
	}
	if ran < 2500 {
		t.Errorf("only %d vectors ran", ran)
	}
}

func TestParseLinkVectors(t *testing.T) {
	for _, c := range engine(t).ParseLink {
		opt := linkOptions{shortGTIN: c.Options["permitZeroSuppressedGTINinDLuris"] == true, words: c.Options["permitConvenienceAlphas"] == true}
		if c.OK && c.Options["permitUnknownAIs"] == true {
			continue // unknown AIs are never accepted here
		}
		e, err := parseLink(c.URI, opt)
		if (err == nil) != c.OK {
			t.Errorf("%s: error %v, want ok=%v", c.URI, err, c.OK)
		} else if got := "^" + e.join("^"); c.OK && got != c.Data {
			t.Errorf("%s = %s, want %s", c.URI, got, c.Data)
		}
	}
}

func TestGenerateLinkVectors(t *testing.T) {
	for _, c := range engine(t).GenerateLink {
		uri, err := "", error(nil)
		e, err := parseBracketed(c.Data)
		if err == nil {
			uri, err = e.DigitalLink(c.Stem)
		}
		if (err == nil) != c.OK || uri != c.URI {
			t.Errorf("%s = %q, %v; want %q", c.Data, uri, err, c.URI)
		}
	}
}

func TestEscapeVectors(t *testing.T) {
	v := engine(t)
	for _, c := range v.Escape {
		if p, q := escape(c.In, false), escape(c.In, true); p != c.Path || q != c.Query {
			t.Errorf("escape(%q) = %q, %q; want %q, %q", c.In, p, q, c.Path, c.Query)
		}
	}
	for _, c := range v.Unescape {
		for query, want := range map[bool]json.RawMessage{false: c.Path, true: c.Query} {
			got, err := unescape(c.In, query)
			if err != nil || got != rawText(t, want) {
				t.Errorf("unescape(%q, %v) = %q, %v; want %s", c.In, query, got, err, want)
			}
		}
	}
}

// rawText reads a string, or {"hex": …} for bytes that are not UTF-8.
func rawText(t *testing.T, raw json.RawMessage) string {
	t.Helper()
	var s string
	if json.Unmarshal(raw, &s) == nil {
		return s
	}
	var h struct{ Hex string }
	if err := json.Unmarshal(raw, &h); err != nil {
		t.Fatal(err)
	}
	var out []byte
	for i := 0; i < len(h.Hex); i += 2 {
		out = append(out, hexValue(h.Hex[i])<<4|hexValue(h.Hex[i+1]))
	}
	return string(out)
}

func TestElementStringVectors(t *testing.T) {
	v := engine(t)
	for _, c := range v.Bracketed {
		e, err := parseElementSyntax(c.Bracketed)
		if (err == nil) != c.OK {
			t.Errorf("%s: error %v, want ok=%v", c.Bracketed, err, c.OK)
		} else if got := "^" + e.join("^"); c.OK && got != c.Data {
			t.Errorf("%s = %s, want %s", c.Bracketed, got, c.Data)
		}
	}
	for _, c := range v.Scanned {
		if _, err := ParseElementString(c.Data); (err == nil) != c.OK {
			t.Errorf("%q: error %v, want ok=%v", c.Data, err, c.OK)
		}
	}
	for _, c := range v.Linters {
		if _, err := ParseElementString(c.Bracketed); (err == nil) != (c.Error == "OK") {
			t.Errorf("%s: error %v, want %s", c.Bracketed, err, c.Error)
		}
	}
}

func TestAssociationVectors(t *testing.T) {
	rules := map[string]func(Elements) error{
		"validateAIrepeats": checkRepeats, "validateAImutex": checkExclusions,
		"validateAIrequisites": checkRequisites, "validateDigSigRequiresSerialisedKey": checkSignatureKeys,
	}
	for _, c := range engine(t).Associations {
		var e Elements
		for _, part := range strings.Split(c.Bracketed, "(")[1:] {
			code, value, _ := strings.Cut(part, ")")
			e = append(e, Element{code, value})
		}
		if err := rules[c.Rule](e); (err == nil) != c.OK {
			t.Errorf("%s %s: %v, want ok=%v", c.Rule, c.Bracketed, err, c.OK)
		}
	}
}

func TestPathVectors(t *testing.T) {
	allowed := map[string]bool{}
	for _, path := range engine(t).Paths {
		allowed[strings.Join(path, " ")] = true
		if !validPath(path) {
			t.Errorf("%v should be allowed", path)
		}
	}
	for _, path := range [][]string{nil, {"10"}, {"21", "01"}, {"01", "21", "10"}, {"01", "235", "10"}, {"01", "10", "235"}, {"00", "10"}, {"8017", "8011"}, {"414", "254", "7040"}} {
		if validPath(path) || allowed[strings.Join(path, " ")] {
			t.Errorf("%v should be refused", path)
		}
	}
}

func TestCanonicalVectors(t *testing.T) {
	var v struct {
		Cases []struct {
			Input    any
			Expected *string
		}
	}
	load(t, "testdata/uri-normalisation.json", &v)
	ran := 0
	for _, c := range v.Cases {
		input, ok := c.Input.(string)
		if !ok {
			continue // one case is a number, which has no URI text
		}
		if strings.ContainsAny(strings.TrimSuffix(input, ".*"), "!()*") {
			continue // informative only: the reference changed its mind about these
		}
		ran++
		got, ok := Canonical(input)
		if c.Expected == nil {
			if ok || got != input {
				t.Errorf("Canonical(%q) = %q, %v; want it unchanged", input, got, ok)
			}
		} else if !ok || got != *c.Expected {
			t.Errorf("Canonical(%q) = %q, %v; want %q", input, got, ok, *c.Expected)
		}
	}
	if ran < 38 {
		t.Errorf("only %d cases ran", ran)
	}
}
