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

// lookedUp are the groups that ask whether a company prefix was issued: GS1
// answers that from a register of its own, which is no public table. Their one
// case each takes the prefix 123 for one that was not.
var lookedUp = map[string]bool{"gcppos1": true, "gcppos2": true}

func TestStandardSyntaxDictionary(t *testing.T) {
	var vectors map[string][]struct {
		Input, Error string
		OK           bool
	}
	load(t, "testdata/linter-vectors.json", &vectors)
	accepted, refused, left := 0, 0, 0
	for name, cases := range vectors {
		if lookedUp[name] {
			left += len(cases)
			continue
		}
		check := checks[name]
		if check == nil {
			t.Errorf("no check named %s", name)
			continue
		}
		for _, c := range cases {
			if c.OK {
				accepted++
			} else {
				refused++
			}
			if reason := check(c.Input); (reason == "") != c.OK {
				t.Errorf("%s(%q) = %q, want ok=%v %s", name, c.Input, reason, c.OK, c.Error)
			}
		}
	}
	if accepted+refused+left != 3075 {
		t.Errorf("%d vectors ran and %d were left", accepted+refused, left)
	}
	t.Logf("standard: gs1-syntax-dictionary: %d cases, %d accepted, %d refused (not run: gcppos1, gcppos2, %d cases that ask GS1's register of company prefixes)", accepted+refused, accepted, refused, left)
}

// TestStandardSyntaxEngine runs every group of the engine's cases and counts
// them; a group is a test of its own.
func TestStandardSyntaxEngine(t *testing.T) {
	var raw map[string][]json.RawMessage
	load(t, "testdata/vectors.json", &raw)
	groups := map[string]func(*testing.T){
		"parse_dl_uri": parseLinkVectors, "generate_dl_uri": generateLinkVectors, "uri_escape": escapeVectors, "uri_unescape": unescapeVectors,
		"parse_bracketed_ai": bracketedVectors, "process_ai_data": scannedVectors, "ai_linter_errors": linterVectors,
		"validate_ai_associations": associationVectors, "valid_dl_path_ai_sequences": pathVectors,
	}
	accepted, refused := 0, 0
	for name, cases := range raw {
		run := groups[name]
		if run == nil {
			t.Errorf("the group %s is not run", name)
			continue
		}
		t.Run(name, run)
		for _, c := range cases {
			var verdict struct {
				OK    *bool
				Error *string
			}
			if json.Unmarshal(c, &verdict) == nil && (verdict.OK != nil && !*verdict.OK || verdict.Error != nil && *verdict.Error != "OK") {
				refused++
			} else {
				accepted++
			}
		}
	}
	if accepted+refused != 296 {
		t.Errorf("%d cases", accepted+refused)
	}
	t.Logf("standard: gs1-syntax-engine: %d cases, %d accepted, %d refused", accepted+refused, accepted, refused)
}

func parseLinkVectors(t *testing.T) {
	for _, c := range engine(t).ParseLink {
		opt := linkOptions{
			shortGTIN: c.Options["permitZeroSuppressedGTINinDLuris"] == true, words: c.Options["permitConvenienceAlphas"] == true,
			// An unknown AI passes where it is permitted and not looked up among the attributes.
			unknown: c.Options["permitUnknownAIs"] == true && c.Options["validation:gs1_encoder_vUNKNOWN_AI_NOT_DL_ATTR"] == "false",
		}
		e, err := parseLink(c.URI, opt)
		if (err == nil) != c.OK {
			t.Errorf("%s: error %v, want ok=%v", c.URI, err, c.OK)
		} else if got := "^" + e.join("^"); c.OK && got != c.Data {
			t.Errorf("%s = %s, want %s", c.URI, got, c.Data)
		}
	}
}

func generateLinkVectors(t *testing.T) {
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

func escapeVectors(t *testing.T) {
	for _, c := range engine(t).Escape {
		if p, q := escape(c.In, false), escape(c.In, true); p != c.Path || q != c.Query {
			t.Errorf("escape(%q) = %q, %q; want %q, %q", c.In, p, q, c.Path, c.Query)
		}
	}
}

func unescapeVectors(t *testing.T) {
	for _, c := range engine(t).Unescape {
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

func bracketedVectors(t *testing.T) {
	for _, c := range engine(t).Bracketed {
		e, err := parseElementSyntax(c.Bracketed)
		if (err == nil) != c.OK {
			t.Errorf("%s: error %v, want ok=%v", c.Bracketed, err, c.OK)
		} else if got := "^" + e.join("^"); c.OK && got != c.Data {
			t.Errorf("%s = %s, want %s", c.Bracketed, got, c.Data)
		}
	}
}

func scannedVectors(t *testing.T) {
	for _, c := range engine(t).Scanned {
		if _, err := ParseElementString(c.Data); (err == nil) != c.OK {
			t.Errorf("%q: error %v, want ok=%v", c.Data, err, c.OK)
		}
	}
}

func linterVectors(t *testing.T) {
	for _, c := range engine(t).Linters {
		if _, err := ParseElementString(c.Bracketed); (err == nil) != (c.Error == "OK") {
			t.Errorf("%s: error %v, want %s", c.Bracketed, err, c.Error)
		}
	}
}

func associationVectors(t *testing.T) {
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

func pathVectors(t *testing.T) {
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

func TestStandardURINormalisation(t *testing.T) {
	var v struct {
		Cases []struct {
			Input    any
			Expected *string
		}
	}
	load(t, "testdata/uri-normalisation.json", &v)
	ran, unchanged := 0, 0
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
			unchanged++
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
	t.Logf("standard: event-hash URI normalisation: %d cases, %d accepted, %d refused, which stay as they are (not run: %d, of characters about which the reference changed its mind, and a number)",
		ran, ran-unchanged, unchanged, len(v.Cases)-ran)
}
