package suite

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"go.yaml.in/yaml/v3"
)

var update = flag.Bool("update", false, "write the schemas instead of comparing")

// TestThePublishedSchemasAreThoseOfTheCode: -update writes them.
func TestThePublishedSchemasAreThoseOfTheCode(t *testing.T) {
	for name, of := range map[string]func() ([]byte, error){"contract": ContractSchema, "tests": CasesSchema} {
		made, err := of()
		if err != nil {
			t.Fatal(err)
		}
		path := "../../contracts/" + name + ".schema.json"
		if *update {
			if err := os.WriteFile(path, made, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		if old, err := os.ReadFile(path); err != nil || !bytes.Equal(old, made) {
			t.Errorf("%s is not what the code says (%v); run go test ./rules/suite -update", path, err)
		}
	}
}

// TestEveryContractIsValidUnderTheSchema checks with another's validator what comes
// with the program, and that the schema refuses what is wrong in shape.
func TestEveryContractIsValidUnderTheSchema(t *testing.T) {
	checked := 0
	for name, of := range map[string]func() ([]byte, error){"contract": ContractSchema, "tests": CasesSchema} {
		schema := compiled(t, of)
		files, err := filepath.Glob("../../contracts/*/" + name + ".yaml")
		if err != nil || len(files) == 0 {
			t.Fatalf("no files: %v", err)
		}
		for _, f := range files {
			checked++
			if err := schema.Validate(plain(t, f)); err != nil {
				t.Errorf("%s: %v", f, err)
			}
		}
	}
	schema := compiled(t, ContractSchema)
	for _, name := range []string{"a-list", "no-legal-basis", "unknown-key", "unknown-section", "severity", "trigger", "kind-of-fact", "changed-by", "missing-keys", "empty-limit", "merge-key"} {
		checked++
		if schema.Validate(plain(t, "../testdata/wrong/"+name+".yaml")) == nil {
			t.Errorf("%s is valid under the schema", name)
		}
	}
	t.Logf("%d documents", checked)
}

func compiled(t *testing.T, of func() ([]byte, error)) *jsonschema.Schema {
	t.Helper()
	data, err := of()
	if err != nil {
		t.Fatal(err)
	}
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	c.DefaultDraft(jsonschema.Draft2020)
	if err := c.AddResource("schema.json", doc); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile("schema.json")
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// plain reads YAML as editors do (YAML 1.2: dates are texts), as values of JSON.
func plain(t *testing.T, name string) any {
	t.Helper()
	var doc yaml.Node
	if err := yaml.Unmarshal(read(t, name), &doc); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return valueOf(t, doc.Content[0])
}

func valueOf(t *testing.T, n *yaml.Node) any {
	t.Helper()
	switch n.Kind {
	case yaml.MappingNode:
		out := map[string]any{}
		for i := 0; i+1 < len(n.Content); i += 2 {
			out[n.Content[i].Value] = valueOf(t, n.Content[i+1])
		}
		return out
	case yaml.SequenceNode:
		out := []any{}
		for _, c := range n.Content {
			out = append(out, valueOf(t, c))
		}
		return out
	}
	switch n.Tag {
	case "!!int", "!!float":
		var v any
		if err := n.Decode(&v); err != nil {
			t.Fatal(err)
		}
		return json.Number(fmt.Sprint(v))
	case "!!bool":
		return n.Value == "true"
	case "!!null":
		return nil
	}
	return n.Value
}
