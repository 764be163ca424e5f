package xml_test

import (
	"bytes"
	stdjson "encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/piprate/json-gold/ld"

	"github.com/filiera-chain/filiera/epcis"
	"github.com/filiera-chain/filiera/epcis/schema"
	"github.com/filiera-chain/filiera/epcis/xml"
)

func read(t testing.TB, path ...string) []byte {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(path...))
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// convert turns XML into events, by way of JSON that the schema accepts.
func convert(t testing.TB, data []byte) (*epcis.Document, []byte, []xml.Note) {
	t.Helper()
	out, notes, err := xml.Convert(data, xml.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	if err := schema.Validate(out); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return parse(t, out), out, notes
}

func parse(t testing.TB, data []byte) *epcis.Document {
	t.Helper()
	doc, err := epcis.Parse(data, epcis.Limits{})
	if err != nil {
		t.Fatalf("%v\n%s", err, data)
	}
	return doc
}

func TestStandardEqualHashXML(t *testing.T) {
	files, err := filepath.Glob("testdata/equal-hash/*.xml")
	if err != nil || len(files) != 6 {
		t.Fatalf("%d files, %v", len(files), err)
	}
	events := 0
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			doc, _, _ := convert(t, read(t, file))
			if len(doc.Events) < 2 {
				t.Fatalf("%d events", len(doc.Events))
			}
			events += len(doc.Events)
			for i := range doc.Events {
				if got, want := doc.Events[i].PreHash(epcis.CBV20), doc.Events[0].PreHash(epcis.CBV20); got != want {
					t.Errorf("event %d\n%s\nis not\n%s", i, got, want)
				}
			}
		})
	}
	t.Logf("standard: CBV event hash, equal events in XML: %d cases, %d accepted, 0 refused", events, events)
}

const gs1Examples = "../testdata/gs1-epcis/examples"

var pairs = []struct {
	xml, json string
	meaning   bool // the JSON-LD too is compared
}{
	{"object-1.2.xml", "Example_9.6.1-ObjectEvent.jsonld", true},
	{"aggregation-1.2.xml", "WithDigitalLinkID/Example_9.6.3-AggregationEventWithDigitalLink.jsonld", true},
	{"transformation-1.2.xml", "Example_9.6.4-TransformationEvent.jsonld", true},
	{"error-1.2.xml", "WithErrorDeclaration/ErrorDeclarationAndCorrectiveEvent.jsonld", true},
	{"association-2.0.xml", "AssociationEvent/AssociationEvent-f.jsonld", true},
	{"association-1.2.xml", "AssociationEvent/AssociationEvent-f.jsonld", true},
	// The context of the JSON gives its extension members types, which XML has not.
	{"transaction-2.0.xml", "Example-TransactionEvents-2020_07_03y.jsonld", false},
	{"query-1.2.xml", "EPCISQueryDocument.jsonld", true},
}

// TestSameEventInXMLAndJSON holds GS1's examples in JSON against the same
// events in XML: one hash, one meaning, one declaration of error.
func TestSameEventInXMLAndJSON(t *testing.T) {
	for _, c := range pairs {
		t.Run(c.xml, func(t *testing.T) {
			got, _, _ := convert(t, read(t, "testdata/pairs", c.xml))
			want := parse(t, read(t, gs1Examples, c.json))
			if got.Kind != want.Kind || len(got.Events) != len(want.Events) {
				t.Fatalf("%s with %d events, want %s with %d", got.Kind, len(got.Events), want.Kind, len(want.Events))
			}
			for i := range got.Events {
				sameEvent(t, &got.Events[i], &want.Events[i])
				if c.meaning {
					if a, b := expand(t, got.Events[i].Raw), expand(t, want.Events[i].Raw); a != b {
						t.Errorf("event %d means\n%s\nnot\n%s", i, a, b)
					}
				}
			}
		})
	}
}

func sameEvent(t *testing.T, got, want *epcis.Event) {
	t.Helper()
	for _, v := range [...]epcis.Version{epcis.CBV20, epcis.CBV21} {
		if a, b := got.PreHash(v), want.PreHash(v); a != b {
			t.Errorf("%s: %s\n%s\nis not\n%s", got.Path, v, a, b)
		}
	}
	if got.EventID != want.EventID || got.TimeZoneOffset != want.TimeZoneOffset {
		t.Errorf("%s: eventID %q, want %q", got.Path, got.EventID, want.EventID)
	}
	if strings.Join(got.Certifications, " ") != strings.Join(want.Certifications, " ") {
		t.Errorf("%s: certificates %q, want %q", got.Path, got.Certifications, want.Certifications)
	}
	a, b := got.ErrorDeclaration, want.ErrorDeclaration
	if (a == nil) != (b == nil) || (a != nil && !bytes.Equal(a.Canonical(), b.Canonical())) {
		t.Errorf("%s: the error declaration differs: %+v, want %+v", got.Path, a, b)
	}
}

// offline gives the published context from disk, and nothing from the network.
type offline struct{ published any }

func (o offline) LoadDocument(u string) (*ld.RemoteDocument, error) {
	if strings.HasSuffix(u, "/epcis-context.jsonld") {
		return &ld.RemoteDocument{DocumentURL: u, Document: o.published}, nil
	}
	return nil, ld.NewJsonLdError(ld.LoadingDocumentFailed, u)
}

// expand gives the meaning of an event that carries its context.
func expand(t *testing.T, event []byte) string {
	t.Helper()
	context, err := ld.DocumentFromReader(bytes.NewReader(read(t, "../../node/testdata/gs1-epcis-context/epcis-context.jsonld")))
	if err != nil {
		t.Fatal(err)
	}
	doc, err := ld.DocumentFromReader(bytes.NewReader(event))
	if err != nil {
		t.Fatal(err)
	}
	options := ld.NewJsonLdOptions("")
	options.DocumentLoader = offline{context}
	expanded, err := ld.NewJsonLdProcessor().Expand(doc, options)
	if err != nil {
		t.Fatalf("%v\n%s", err, event)
	}
	out, err := stdjson.MarshalIndent(expanded, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}

func TestHeaderMasterDataAndQuantityEvent(t *testing.T) {
	doc, out, notes := convert(t, read(t, "testdata/pairs/header-1.1.xml"))
	if doc.Sender != "urn:epc:id:sgln:0353579.00001.0" || doc.Receiver != "urn:epc:id:sgln:5012345.00001.0" || doc.InstanceIdentifier != "1234567890" {
		t.Errorf("sender %q, receiver %q, instance %q", doc.Sender, doc.Receiver, doc.InstanceIdentifier)
	}
	master := `"epcisHeader":{"epcisMasterData":{"vocabularyList":[{"type":"urn:epcglobal:epcis:vtype:BusinessLocation","vocabularyElementList":[` +
		`{"id":"urn:epc:id:sgln:0037000.00729.0","attributes":[{"id":"urn:epcglobal:cbv:mda#countryCode","attribute":"IT"},` +
		`{"id":"http://example.com/ext1#place","attribute":{"e:road":{"e:number":"7"}}}],` +
		`"children":["urn:epc:id:sgln:0037000.00729.8201","urn:epc:id:sgln:0037000.00729.8202"]}]}]}}`
	if !bytes.Contains(out, []byte(master)) {
		t.Errorf("no master data as in\n%s\nin\n%s", master, out)
	}
	quantity := parse(t, []byte(`{"@context":"`+epcis.ContextURL+`","type":"ObjectEvent","eventTime":"2012-03-25T17:00:00Z","eventTimeZoneOffset":"+01:00","action":"OBSERVE",`+
		`"bizStep":"stocking","readPoint":{"id":"urn:epc:id:sgln:0037000.00729.0"},"quantityList":[{"epcClass":"urn:epc:class:lgtin:4012345.012345.998877","quantity":12}]}`))
	sameEvent(t, &doc.Events[0], &quantity.Events[0])
	if got := doc.Events[1].PreHash(epcis.CBV20); !strings.Contains(got, "{urn:epcglobal:cbv:mda}lotNumber=998877") || !strings.Contains(got, "{http://example.com/no-delimiter}crust=golden") {
		t.Error(got)
	}
	if meaning := expand(t, doc.Events[1].Raw); !strings.Contains(meaning, `"http://example.com/no-delimitercrust"`) || !strings.Contains(meaning, `"urn:epcglobal:cbv:mda:measurementUnitCode"`) {
		t.Error(meaning)
	}
	var said []string
	for _, n := range notes {
		said = append(said, n.String())
	}
	for _, want := range []string{"ContactInformation", "BusinessScope", "QuantityEvent", "measurementUnitCode"} {
		if !strings.Contains(strings.Join(said, "\n"), want) {
			t.Errorf("no note says %s: %q", want, said)
		}
	}
}
