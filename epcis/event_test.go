package epcis

import (
	"errors"
	goparser "go/parser"
	"go/token"
	"os"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

const contextLine = `"@context":["https://ref.gs1.org/standards/epcis/epcis-context.jsonld",{"ex":"https://example.org/ns/"}]`

// head is what every event of these tests begins with.
const head = `{` + contextLine + `,"eventTime":"2026-05-04T08:30:00.0005+02:00","eventTimeZoneOffset":"+02:00",`

func TestTypedEvent(t *testing.T) {
	doc, err := Parse([]byte(head+`"type":"TransformationEvent","bizStep":"commissioning","disposition":"active",
"inputQuantityList":[{"epcClass":"urn:epc:class:lgtin:8001234.056789.S1","quantity":1E+2,"uom":"KGM"}],
"outputQuantityList":[{"epcClass":"https://example.it/01/8001234567897/10/L1","quantity":80.50,"uom":"KGM"},{"epcClass":"https://id.gs1.org/01/08001234567897"}],
"readPoint":{"id":"urn:epc:id:sgln:8001234.00001.0"},"persistentDisposition":{"set":["completeness_verified"]},
"sourceList":[{"type":"owning_party","source":"urn:epc:id:pgln:8001234.00001"}],"certificationInfo":"https://c.example/1",
"bizTransactionList":[{"bizTransaction":"urn:x:1"}],"ilmd":{"cbvmda:lotNumber":"L1"},"ex:moisture":12.50,
"errorDeclaration":{"declarationTime":"2026-05-05T00:00:00Z","reason":"incorrect_data","correctiveEventIDs":["urn:uuid:2"]}}`), Limits{})
	if err != nil {
		t.Fatal(err)
	}
	e := doc.Events[0]
	for name, pair := range map[string][2]any{
		"kind":            {doc.Kind, "TransformationEvent"},
		"time":            {e.EventTime, int64(1777876200001)},
		"formatted time":  {FormatTime(e.EventTime), "2026-05-04T06:30:00.001Z"},
		"offset":          {e.TimeZoneOffset, "+02:00"},
		"step":            {e.BizStep, "https://ref.gs1.org/cbv/BizStep-commissioning"},
		"disposition":     {e.Disposition, DispositionURI("active")},
		"place":           {e.ReadPoint, "https://id.gs1.org/414/8001234000011"},
		"input":           {e.InputQuantities[0], Quantity{"https://id.gs1.org/01/08001234567897/10/S1", "100", "KGM"}},
		"output":          {e.OutputQuantities[0], Quantity{"https://id.gs1.org/01/08001234567897/10/L1", "80.5", "KGM"}},
		"second output":   {e.OutputQuantities[1], Quantity{"https://id.gs1.org/01/08001234567897", "", ""}},
		"source":          {e.Sources[0], TypedID{"https://ref.gs1.org/cbv/SDT-owning_party", "https://id.gs1.org/417/8001234000011"}},
		"transaction":     {e.BizTransactions[0], TypedID{"", "urn:x:1"}},
		"set disposition": {e.SetDispositions[0], "https://ref.gs1.org/cbv/Disp-completeness_verified"},
		"certification":   {e.Certifications[0], "https://c.example/1"},
		"reason":          {e.ErrorDeclaration.Reason, "https://ref.gs1.org/cbv/ER-incorrect_data"},
		"corrective":      {e.ErrorDeclaration.CorrectiveEventIDs[0], "urn:uuid:2"},
		"extensions":      {len(e.Extensions), 1},
	} {
		if pair[0] != pair[1] {
			t.Errorf("%s is %v, want %v", name, pair[0], pair[1])
		}
	}
	if v, ok := e.Property("urn:epcglobal:cbv:mda:lotNumber"); !ok || v.Text != "L1" {
		t.Errorf("lot in ilmd read as %+v", v)
	}
	if v, ok := e.Property("https://example.org/ns/moisture"); !ok || v.Text != "12.5" {
		t.Errorf("extension read as %+v", v)
	}
}

func TestLots(t *testing.T) {
	doc, err := Parse([]byte(head+`"type":"TransformationEvent","inputEPCList":["https://a.it/01/8001234567897/10/S1/21/9","urn:epc:id:sgtin:8001234.056789.1"],
"inputQuantityList":[{"epcClass":"urn:epc:class:lgtin:8001234.056789.S2","quantity":1.50,"uom":"KGM"},{"epcClass":"https://id.gs1.org/01/08001234567890/10/X"}],
"outputQuantityList":[{"epcClass":"HTTPS://A.it/01/08001234567897/10/a%2fb"}]}`), Limits{})
	if err != nil {
		t.Fatal(err)
	}
	want := []LotUse{
		{Role: RoleInput, GTIN: "08001234567897", Lot: "S1", Serial: "9"},
		{Role: RoleInput, GTIN: "08001234567897", Lot: "S2", Amount: "1.5", UOM: "KGM"},
		{Role: RoleOutput, GTIN: "08001234567897", Lot: "a/b"},
	}
	if got := doc.Events[0].Lots; !slices.Equal(got, want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
}

func TestStructuralFaults(t *testing.T) {
	const object = head + `"type":"ObjectEvent","action":"ADD","epcList":["urn:epc:id:sgtin:8001234.056789.1"]`
	for text, want := range map[string]string{
		object + `,"bizStep":"urn:epcglobal:cbv:bizstep:shipping"}`:                                          `event.bizStep: "urn:epcglobal:cbv:bizstep:shipping" is an old spelling`,
		object + `,"disposition":"fresh"}`:                                                                   `event.disposition: "fresh" is neither`,
		object + `,"quantityList":[{"quantity":1}]}`:                                                         `event.quantityList[0]: epcClass is missing`,
		object + `,"quantityList":[{"epcClass":"x:y","quantity":"1"}]}`:                                      `event.quantityList[0].quantity: "1" is a string`,
		object + `,"quantityList":[{"epcClass":"x:y","uom":"kg"}]}`:                                          `uom: "kg" is not a UN/ECE unit`,
		object + `,"quantityList":[{"epcClass":"x:y","colour":"x"}]}`:                                        `"colour" is no field`,
		object + `,"ilmd":{"lotNumber":"1"}}`:                                                                `event.ilmd: "lotNumber" is no field of it; an extension needs`,
		object + `,"eventID":"7"}`:                                                                           `event.eventID: "7" is not a URI`,
		object + `,"recordTime":"yesterday"}`:                                                                `event.recordTime: "yesterday" is not a date`,
		object + `,"sensorElementList":[{"sensorReport":[]}]}`:                                               `sensorReport: the list has 0 items`,
		object + `,"sensorElementList":[{"sensorReport":[{"value":1}]}]}`:                                    `sensorReport[0]: type is missing`,
		object + `,"sourceList":[{"source":"x:y"}]}`:                                                         `sourceList[0]: type is missing`,
		object + `,"persistentDisposition":{}}`:                                                              `needs set or unset`,
		object + `,"inputEPCList":["x:y"]}`:                                                                  `"inputEPCList" is no field`,
		object + `,"ex:a":{"b":[1,null]}}`:                                                                   `event.ex:a.b[1]: null says nothing`,
		object + `,"errorDeclaration":{}}`:                                                                   `declarationTime is missing`,
		head + `"type":"ObjectEvent","action":"ADD","epcList":["x:1","x:1"]}`:                                `event.epcList[1]: "x:1" already stands at [0]`,
		head + `"type":"ObjectEvent","action":"ADD"}`:                                                        `it names no object`,
		head + `"type":"ObjectEvent","action":"add","epcList":[]}`:                                           `event.action: "add" is not an action`,
		head + `"type":"ObjectEvent","action":"OBSERVE","epcList":[],"ilmd":{}}`:                             `only when the action is ADD, not OBSERVE`,
		head + `"type":"AggregationEvent","action":"ADD","childEPCs":["x:1"]}`:                               `parentID is missing: only`,
		head + `"type":"AggregationEvent","action":"ADD","parentID":"x:1"}`:                                  `needs childEPCs`,
		head + `"type":"AssociationEvent","action":"OBSERVE","childEPCs":["x:1"]}`:                           `parentID is missing`,
		head + `"type":"TransactionEvent","action":"ADD","epcList":[],"bizTransactionList":[]}`:              `at least 1`,
		head + `"type":"TransactionEvent","action":"ADD","bizTransactionList":[{"bizTransaction":"x:1"}]}`:   `needs epcList or quantityList`,
		head + `"type":"TransformationEvent","inputEPCList":["x:1"]}`:                                        `needs inputs and outputs`,
		head + `"type":"TransformationEvent","inputEPCList":["x:1"],"outputEPCList":["x:2"],"action":"ADD"}`: `"action" is no field`,
		head + `"type":"ex:HarvestEvent"}`:                                                                   `document.type: "ex:HarvestEvent" is neither`,
		`{"type":"ObjectEvent"}`:                                                                             `@context is missing`,
		`{"a":1}`:                                                                                            `type is missing`,
		strings.Replace(object, "https://example.org/ns/", strings.Repeat("a", 300), 1) + `}`:                `event.@context[1].ex: "aaa`,
		strings.Replace(object, `"ex":`, `"`+strings.Repeat("a", 9000)+`":`, 1) + `}`:                        `at most 8192`,
		`[]`: `an EPCIS document is an object`,
		`{` + contextLine + `,"type":"EPCISDocument","schemaVersion":"2","creationDate":"2026-05-04T08:30:00Z","epcisBody":{"eventList":[{"type":"x"}]}}`: `epcisBody.eventList[0].type: "x" is not an EPCIS 2.0 event type`,
		`{` + contextLine + `,"type":"EPCISDocument","schemaVersion":"two","creationDate":"2026-05-04T08:30:00Z","epcisBody":{"eventList":[]}}`:           `document.schemaVersion: "two" is not a version`,
		`{` + contextLine + `,"type":"EPCISDocument","schemaVersion":"2.0","creationDate":"2026-05-04T08:30:00Z"}`:                                        `document: epcisBody is missing`,
		`{` + contextLine + `,"type":"EPCISQueryDocument","epcisBody":{"queryResults":{"queryName":"q","resultsBody":{}}}}`:                               `document.epcisBody.queryResults.resultsBody: eventList is missing`,
	} {
		_, err := Parse([]byte(text), Limits{})
		var fault *Error
		if !errors.As(err, &fault) || !strings.Contains(err.Error(), want) {
			t.Errorf("%s\n got %v\nwant %s", strings.TrimPrefix(text, head), err, want)
		}
	}
	many := `{` + contextLine + `,"type":"EPCISDocument","schemaVersion":"2.0","creationDate":"2026-05-04T08:30:00Z","epcisBody":{"eventList":[{},{}]}}`
	if _, err := Parse([]byte(many), Limits{MaxEvents: 1}); err == nil || !strings.Contains(err.Error(), "there are 2 events: at most 1") {
		t.Errorf("too many events: %v", err)
	}
}

func TestAllowedShapes(t *testing.T) {
	for _, rest := range []string{
		`"type":"ObjectEvent","action":"OBSERVE","epcList":[]}`,
		`"type":"ObjectEvent","action":"OBSERVE","sensorElementList":[{"sensorReport":[{"type":"Temperature","value":4.5,"uom":"CEL"}]}],"readPoint":{"id":"geo:43.1,13.8"}}`,
		`"type":"AggregationEvent","action":"DELETE","parentID":"x:1"}`,
		`"type":"AggregationEvent","action":"OBSERVE","childEPCs":["x:1"]}`,
		`"type":"TransactionEvent","action":"DELETE","bizTransactionList":[{"bizTransaction":"x:1"}]}`,
		`"type":"TransformationEvent","transformationID":"x:1","outputEPCList":["x:2"]}`,
	} {
		if _, err := Parse([]byte(head+rest), Limits{}); err != nil {
			t.Errorf("%s: %v", rest, err)
		}
	}
}

func TestTimes(t *testing.T) {
	for in, want := range map[string]string{
		"2026-05-04T08:30:00+02:00":                 "2026-05-04T06:30:00.000Z",
		"2023-12-31T23:59:59.9996Z":                 "2024-01-01T00:00:00.000Z",
		"2023-02-02T11:04:03.1415Z":                 "2023-02-02T11:04:03.142Z",
		"2024-02-29T00:00:00-14:00":                 "2024-02-29T14:00:00.000Z",
		"1969-12-31T23:59:59.999Z":                  "1969-12-31T23:59:59.999Z",
		"0001-01-01T00:00:00Z":                      "0001-01-01T00:00:00.000Z",
		"9999-12-31T23:59:59.123456789012345+00:00": "9999-12-31T23:59:59.123Z",
		"2026-05-04t08:30:00z":                      "2026-05-04T08:30:00.000Z",
	} {
		if ms, err := ParseTime(in); err != nil || FormatTime(ms) != want {
			t.Errorf("%s is %s, %v; want %s", in, FormatTime(ms), err, want)
		}
	}
	for _, bad := range []string{
		"", "2026-05-04", "2026-05-04T08:30:00", "2026-05-04 08:30:00Z", "2026-02-29T00:00:00Z", "2026-13-01T00:00:00Z", "2026-00-01T00:00:00Z",
		"2026-05-04T24:00:00Z", "2026-05-04T08:60:00Z", "2026-05-04T08:30:60Z", "2026-05-04T08:30:00.Z", "2026-05-04T08:30:00+2:00",
		"2026-05-04T08:30:00+24:00", "2026-05-04T08:30:00Z ", "２026-05-04T08:30:00Z",
	} {
		if ms, err := ParseTime(bad); err == nil {
			t.Errorf("%q is read as %s", bad, FormatTime(ms))
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		ms := rapid.Int64Range(-62135596800000, 253402300799999).Draw(t, "ms")
		if back, err := ParseTime(FormatTime(ms)); err != nil || back != ms {
			t.Fatalf("%d is written %s and read back as %d, %v", ms, FormatTime(ms), back, err)
		}
	})
}

// The event hash does not depend on the order in which an event is written.
func TestHashIgnoresOrder(t *testing.T) {
	doc := mustParse(t, "testdata/event-hash/documents/ObjectEvent_all_possible_fields.json")
	want := doc.Events[0].Hash(CBV20)
	rapid.Check(t, func(t *rapid.T) {
		shuffled := shuffle(t, doc.Tree)
		again, err := Parse(shuffled.AppendIndented(nil, ""), Limits{})
		if err != nil {
			t.Fatal(err)
		}
		if got := again.Events[0].Hash(CBV20); got != want {
			t.Fatalf("the hash became %s", got)
		}
	})
}

func shuffle(t *rapid.T, v Value) Value {
	out := Value{Kind: v.Kind, Text: v.Text}
	for _, i := range rapid.Permutation(indexes(len(v.Items))).Draw(t, "items") {
		out.Items = append(out.Items, shuffle(t, v.Items[i]))
	}
	for _, i := range rapid.Permutation(indexes(len(v.Members))).Draw(t, "members") {
		out.Members = append(out.Members, Member{v.Members[i].Name, shuffle(t, v.Members[i].Value)})
	}
	return out
}

func indexes(n int) []int {
	out := make([]int, n)
	for i := range out {
		out[i] = i
	}
	return out
}

// Consensus links this package, so it must not link the schema engine.
func TestNoSchemaEngine(t *testing.T) {
	files, err := os.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		if name := file.Name(); strings.HasSuffix(name, ".go") && !strings.HasSuffix(name, "_test.go") {
			parsed, err := goparser.ParseFile(token.NewFileSet(), name, nil, goparser.ImportsOnly)
			if err != nil {
				t.Fatal(err)
			}
			for _, spec := range parsed.Imports {
				if path := strings.Trim(spec.Path.Value, `"`); strings.Contains(path, ".") && path != "github.com/filiera-chain/filiera/gs1" {
					t.Errorf("%s imports %s", name, path)
				}
			}
		}
	}
}
