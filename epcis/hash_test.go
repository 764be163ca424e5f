package epcis

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

type hashCase struct {
	File, Clean string
	V20         []hashPair `json:"CBV2.0"`
	V21         []hashPair `json:"CBV2.1"`
}

type hashPair struct{ Hash, Prehash string }

func TestStandardEventHashes(t *testing.T) {
	for folder, least := range map[string]int{"testdata/event-hash": 29, "testdata/fsma204": 8} {
		var expected struct{ Cases []hashCase }
		loadJSON(t, folder+"/expected.json", &expected)
		events := 0
		for _, c := range expected.Cases {
			doc := mustParse(t, filepath.Join(folder, c.File+c.Clean))
			for version, pairs := range map[Version][]hashPair{CBV20: c.V20, CBV21: c.V21} {
				if len(doc.Events) != len(pairs) {
					t.Fatalf("%s%s: %d events, want %d", c.File, c.Clean, len(doc.Events), len(pairs))
				}
				for i, want := range pairs {
					checkHash(t, &doc.Events[i], version, want)
				}
			}
			events += len(doc.Events)
		}
		if events < least {
			t.Errorf("%s: only %d events compared", folder, events)
		}
		t.Logf("standard: %s, pre-hash texts and hashes: %d cases, %d accepted, 0 refused (%d events in CBV 2.0 and 2.1)", filepath.Base(folder), 2*events, 2*events, events)
	}
}

func checkHash(t *testing.T, e *Event, version Version, want hashPair) {
	t.Helper()
	if got := e.PreHash(version); got != want.Prehash {
		t.Errorf("%s %s\n got %s\nwant %s", e.Path, version, got, want.Prehash)
	}
	if got := e.Hash(version); got != want.Hash {
		t.Errorf("%s %s: %s, want %s", e.Path, version, got, want.Hash)
	}
	alone, err := Parse(e.Raw, Limits{})
	if err != nil {
		t.Fatalf("%s: its raw form does not stand alone: %v", e.Path, err)
	}
	if got := alone.Events[0].Hash(version); got != want.Hash {
		t.Errorf("%s: its raw form hashes to %s, want %s", e.Path, got, want.Hash)
	}
	if again := alone.Events[0].Raw; string(again) != string(e.Raw) {
		t.Errorf("%s: its raw form is not stable:\n%s\n%s", e.Path, e.Raw, again)
	}
}

func TestStandardEqualEventsHashEqual(t *testing.T) {
	doc := mustParse(t, "testdata/event-hash/expected_equal/ReferenceEventHashAlgorithm.json")
	for i := range doc.Events {
		if doc.Events[i].Hash(CBV20) != doc.Events[0].Hash(CBV20) {
			t.Errorf("event %d:\n%s\n%s", i, doc.Events[i].PreHash(CBV20), doc.Events[0].PreHash(CBV20))
		}
	}
	t.Logf("standard: event-hash expected_equal, JSON: %d cases, %d accepted, 0 refused", len(doc.Events), len(doc.Events))
}

// Example 3 of the reference's README (RalphTro/epcis-event-hash-generator @
// d8d87463abab6923d595b08c445c93b2b4aa2207): an extension inside readPoint.
func TestExtensionInsideAPlace(t *testing.T) {
	doc, err := Parse([]byte(`{"@context":["https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld",{"example":"https://ns.example.com/epcis/"}],
"id":"https://id.example.org/document1","type":"EPCISDocument","schemaVersion":"2.0","creationDate":"2022-02-17T11:30:47.0Z","epcisBody":{"eventList":[
{"type":"ObjectEvent","eventTime":"2020-03-04T11:00:30+01:00","eventTimeZoneOffset":"+01:00","epcList":["urn:epc:id:sgtin:0614141.011111.987"],
"action":"OBSERVE","bizStep":"departing","disposition":"in_transit","readPoint":{"id":"urn:epc:id:sgln:4012345.00011.0","example:myField1":"AB-12"},
"bizTransactionList":[{"type":"po","bizTransaction":"urn:epc:id:gdti:4012345.11111.123"}],
"sourceList":[{"type":"owning_party","source":"urn:epc:id:pgln:4012345.00000"}],
"destinationList":[{"type":"owning_party","destination":"urn:epc:id:pgln:0614141.00000"}],"example:userExt":"CD-34"}]}}`), Limits{})
	if err != nil {
		t.Fatal(err)
	}
	for version, want := range map[Version]string{
		CBV20: "ni:///sha-256;3ae14c02c4bdc220cc31942cf804f6845eb8dec96ba6483391c92a9b165f9329?ver=CBV2.0",
		CBV21: "ni:///sha-256;e9273954ba78387caf181fe74038871990dbc97568d068123d0a8774b843e383?ver=CBV2.1",
	} {
		if got := doc.Events[0].Hash(version); got != want {
			t.Errorf("%s: %s\n%s", version, got, doc.Events[0].PreHash(version))
		}
	}
}

// Spellings that say the same hash the same; anything else changes the hash.
func TestSpellingsOfOneEvent(t *testing.T) {
	const base = `{"@context":["https://ref.gs1.org/standards/epcis/epcis-context.jsonld",{"ex":"https://example.org/ns/"}],"type":"ObjectEvent","eventTime":"2026-05-04T08:30:00+02:00",` +
		`"eventTimeZoneOffset":"+02:00","action":"ADD","bizStep":"commissioning","quantityList":[{"epcClass":"urn:epc:class:lgtin:8001234.056789.L1","quantity":12.5,"uom":"KGM"}],"ilmd":{"cbvmda:lotNumber":"L1"},"ex:n":"7"}`
	want := hashOf(t, base)
	for name, edit := range map[string][2]string{
		"time zone":      {"2026-05-04T08:30:00+02:00", "2026-05-04T06:30:00.0004Z"},
		"digital link":   {"urn:epc:class:lgtin:8001234.056789.L1", "https://example.it/01/8001234567897/10/L1?17=270101"},
		"number":         {":12.5,", ":1250e-2,"},
		"number in text": {`"ex:n":"7"`, `"ex:n":" +007.0 "`},
		"expanded word":  {`"commissioning"`, `"https://ref.gs1.org/cbv/BizStep-commissioning"`},
		"CURIE":          {`"commissioning"`, `"cbv:BizStep-commissioning"`},
		"other prefix":   {`{"ex":"https://example.org/ns/"}],`, `{"ex":"https://example.org/ns/"}],"eventID":"urn:uuid:1","certificationInfo":"https://a.example/c",`},
		"record time":    {`"action"`, `"recordTime":"2026-05-05T00:00:00Z","rdfs:comment":"x","action"`},
	} {
		if edited := strings.Replace(base, edit[0], edit[1], 1); edited == base || hashOf(t, edited) != want {
			t.Errorf("%s: the hash changed", name)
		}
	}
	for name, edit := range map[string][2]string{
		"millisecond": {"08:30:00+", "08:30:00.001+"},
		"lot":         {".L1", ".L2"},
		"amount":      {":12.5,", ":12.51,"},
		"offset":      {`:"+02:00"`, `:"+01:00"`},
		"namespace":   {"example.org/ns/", "example.org/n2/"},
	} {
		if edited := strings.Replace(base, edit[0], edit[1], 1); edited == base || hashOf(t, edited) == want {
			t.Errorf("%s: the hash did not change", name)
		}
	}
}

func TestParseHash(t *testing.T) {
	const good = "ni:///sha-256;3ae14c02c4bdc220cc31942cf804f6845eb8dec96ba6483391c92a9b165f9329?ver=CBV2.0"
	if sum, version, err := ParseHash(good); err != nil || version != CBV20 || sum[0] != 0x3a {
		t.Errorf("%x %s %v", sum, version, err)
	}
	for _, bad := range []string{"", strings.ToUpper(good), strings.Replace(good, "3ae1", "3ag1", 1), strings.Replace(good, "2.0", "3.0", 1), good[:40]} {
		if _, _, err := ParseHash(bad); err == nil {
			t.Errorf("%q accepted", bad)
		}
	}
}

func hashOf(t *testing.T, text string) string {
	t.Helper()
	doc, err := Parse([]byte(text), Limits{})
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return doc.Events[0].Hash(CBV20)
}

func mustParse(t *testing.T, path string) *Document {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	doc, err := Parse(data, Limits{})
	if err != nil {
		t.Fatalf("%s: %v", path, err)
	}
	return doc
}

func loadJSON(t *testing.T, path string, into any) {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(data, into); err != nil {
		t.Fatal(err)
	}
}
