package schema

import (
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/filiera-chain/filiera/epcis"
)

func read(t *testing.T, path string) []byte {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// repeatsAName is the published example in which an event has two eventIDs: valid
// for the schema, refused by the strict reader.
const repeatsAName = "AssociationEvent-h.jsonld"

// Every example of GS1 is valid, for the schema and for the structural check.
func TestStandardGS1Examples(t *testing.T) {
	seen := 0
	err := filepath.WalkDir("../testdata/gs1-epcis/examples", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		seen++
		data := read(t, path)
		if err := Validate(data); err != nil {
			t.Errorf("%s: %v", path, err)
		}
		_, err = epcis.Parse(data, epcis.Limits{})
		if d.Name() == repeatsAName {
			if err == nil || !strings.Contains(err.Error(), `"eventID" is given twice`) {
				t.Errorf("%s gives eventID twice with different values: %v", path, err)
			}
			_, err = epcis.Parse(data, epcis.Limits{RepeatedNames: true})
		}
		if err != nil {
			t.Errorf("%s, structure: %v", path, err)
		}
		return nil
	})
	if err != nil || seen != 31 {
		t.Fatalf("%d examples, %v", seen, err)
	}
	t.Logf("standard: gs1-epcis examples, schema: %d cases, %d accepted, 0 refused (structure: %s refused, which has a member twice)", seen, seen, repeatsAName)
}

// The verdicts of two other validators are met, and the structural check gives
// the same ones.
func TestStandardOpenEPCISVerdicts(t *testing.T) {
	var expected struct {
		Cases []struct{ File, Schema, Expect string }
	}
	if err := json.Unmarshal(read(t, "../testdata/openepcis/expected-verdicts.json"), &expected); err != nil {
		t.Fatal(err)
	}
	if len(expected.Cases) < 40 {
		t.Fatalf("only %d cases", len(expected.Cases))
	}
	for _, c := range expected.Cases {
		data := read(t, filepath.Join("../testdata/openepcis", c.File))
		validate := Validate
		if c.Schema == "query" {
			validate = ValidateQuery
		}
		if err := validate(data); (err == nil) != (c.Expect == "VALID") {
			t.Errorf("%s is %s, got %v", c.File, c.Expect, err)
		}
		if c.Schema == "query" {
			continue
		}
		if _, err := epcis.Parse(data, epcis.Limits{}); (err == nil) != (c.Expect == "VALID") {
			t.Errorf("%s is %s, structural check says %v", c.File, c.Expect, err)
		}
	}
	valid := 0
	for _, c := range expected.Cases {
		if c.Expect == "VALID" {
			valid++
		}
	}
	t.Logf("standard: openepcis-test-resources, schema and structure: %d cases, %d accepted, %d refused", len(expected.Cases), valid, len(expected.Cases)-valid)
}

func TestStandardFoodSafetyDocuments(t *testing.T) {
	for folder, valid := range map[string]bool{"original": false, "clean": true} {
		files, err := filepath.Glob("../testdata/fsma204/" + folder + "/*")
		if err != nil || len(files) != 4 {
			t.Fatalf("%d files, %v", len(files), err)
		}
		for _, file := range files {
			if err := Validate(read(t, file)); (err == nil) != valid {
				t.Errorf("%s: %v", file, err)
			}
			if _, err := epcis.Parse(read(t, file), epcis.Limits{}); (err == nil) != valid {
				t.Errorf("%s, structure: %v", file, err)
			}
		}
	}
	t.Log("standard: food-chain-fsma204, schema and structure: 8 cases, 4 accepted, 4 refused")
}

func TestErrorsNamePathAndValue(t *testing.T) {
	const event = `{"@context":"https://ref.gs1.org/standards/epcis/epcis-context.jsonld","type":"ObjectEvent","eventTime":"2026-05-04T08:30:00Z","eventTimeZoneOffset":"+02:00","action":"ADD","epcList":[]`
	for text, want := range map[string]string{
		event + `,"bizStep":"shiping"}`: `event.bizStep: "shiping" is neither a standard business step nor a URI`,
		event + `,"readPoint":{}}`:      `event.readPoint: id is missing`,
		event + `,"colour":"red"}`:      `event: "colour" is no field of it`,
		event + `,"quantityList":[{"epcClass":"urn:epc:class:lgtin:1.2.3","quantity":"5"}]}`: `event.quantityList[0].quantity: "5" is a string`,
		`[]`: `document:`,
	} {
		if err := Validate([]byte(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s\n got %v\nwant %s", text, err, want)
		}
	}
	err := ValidateQuery([]byte(`{"eventType":["ObjectEvent"],"perhaps":1}`))
	var fault *epcis.Error
	if !errors.As(err, &fault) {
		t.Fatalf("a query fault is %v", err)
	}
	if err := ValidateQuery([]byte(`{"EQ_ILMD_cbvmda:lotNumber":["L1"]}`)); err != nil {
		t.Errorf("a query by lot is refused: %v", err)
	}
}

// A schema fault that the structural check does not share still has path and value.
func TestReadableFromSchemaAlone(t *testing.T) {
	tree, err := epcis.ParseJSON([]byte(`{"a":[{"b":7}]}`), epcis.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	path, value := locate(&tree, []string{"a", "0", "b"})
	if path != "a[0].b" || value != "7" {
		t.Errorf("located %s, %s", path, value)
	}
	schema, err := compile("small.json", []byte(`{"properties":{"a":{"items":{"properties":{"b":{"type":"string"}}}}}}`))
	if err != nil {
		t.Fatal(err)
	}
	if got := readable(schema.Validate(plain(&tree)), &tree); got.Error() != "a[0].b: 7: got number, want string" {
		t.Errorf("got %v", got)
	}
}
