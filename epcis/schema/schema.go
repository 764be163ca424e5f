// Package schema checks EPCIS documents and queries against the JSON Schemas of
// GS1, which are embedded: nothing is fetched.
//
// It serves the edge (gateway, command line), where a sender wants the standard's
// full verdict before a transaction is built. Consensus code must not import it:
// the package epcis checks there what has to hold.
//
// The schemas use look-ahead in their patterns, which Go's regexp does not know,
// so patterns run on an ECMAScript engine. Formats are asserted. Numbers are
// compared as exact decimals.
package schema

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"sort"
	"strings"
	"sync"

	"github.com/dlclark/regexp2"
	"github.com/santhosh-tekuri/jsonschema/v6"
	"golang.org/x/text/language"
	"golang.org/x/text/message"

	"github.com/filiera-chain/filiera/epcis"
)

//go:embed epcis-json-schema-2.0.1.json
var documentSchema []byte

//go:embed query-schema-2.0.0.json
var querySchema []byte

// compiled schemas, built at first use.
var (
	documents = sync.OnceValues(func() (*jsonschema.Schema, error) { return compile("epcis.json", documentSchema) })
	queries   = sync.OnceValues(func() (*jsonschema.Schema, error) { return compile("query.json", unescapeTwice(querySchema)) })
)

// Validate checks a document or bare event against the EPCIS 2.0.1 schema. The
// error names the path, what is wrong, and the value. It is safe for concurrent
// use. The input is bounded by epcis.DefaultLimits.
//
// The verdict is the schema's alone: where a name is given twice the last counts,
// as for other validators (one of GS1's own examples does so). epcis.Parse, which
// every captured document goes through, refuses such a document.
func Validate(data []byte) error { return ValidateLimits(data, epcis.Limits{}) }

// ValidateLimits is Validate with other bounds.
func ValidateLimits(data []byte, limits epcis.Limits) error {
	schema, err := documents()
	if err != nil {
		return fmt.Errorf("the embedded EPCIS schema does not compile: %w", err)
	}
	limits.RepeatedNames = true
	tree, err := epcis.ParseJSON(data, limits)
	if err != nil {
		return err
	}
	fault := schema.Validate(plain(&tree))
	if fault == nil {
		return nil
	}
	var structural *epcis.Error
	if _, err := epcis.Parse(data, limits); errors.As(err, &structural) {
		return structural // the same fault, said in one sentence
	}
	return readable(fault, &tree)
}

// ValidateQuery checks the body of a named query against the EPCIS 2.0 query
// schema, whose doubly escaped name patterns are read as meant.
func ValidateQuery(data []byte) error {
	schema, err := queries()
	if err != nil {
		return fmt.Errorf("the embedded query schema does not compile: %w", err)
	}
	tree, err := epcis.ParseJSON(data, epcis.Limits{})
	if err != nil {
		return err
	}
	if fault := schema.Validate(plain(&tree)); fault != nil {
		return readable(fault, &tree)
	}
	return nil
}

func compile(name string, text []byte) (*jsonschema.Schema, error) {
	parsed, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		return nil, err
	}
	compiler := jsonschema.NewCompiler()
	compiler.UseRegexpEngine(ecmaScript)
	compiler.UseLoader(noLoader{})
	compiler.AssertFormat()
	if err := compiler.AddResource(name, parsed); err != nil {
		return nil, err
	}
	return compiler.Compile(name)
}

// unescapeTwice repairs the published query schema: its patterns hold "\\\\:"
// where "\\:" is meant, so they would ask for a backslash in parameter names.
func unescapeTwice(text []byte) []byte {
	return bytes.ReplaceAll(text, []byte(`\\\\`), []byte(`\\`))
}

// noLoader refuses to fetch: everything a schema refers to is embedded.
type noLoader struct{}

func (noLoader) Load(url string) (any, error) {
	return nil, fmt.Errorf("%s is not embedded, and nothing is fetched", url)
}

type pattern struct{ re *regexp2.Regexp }

func (p pattern) MatchString(s string) bool {
	ok, err := p.re.MatchString(s)
	return err == nil && ok
}

func (p pattern) String() string { return p.re.String() }

func ecmaScript(text string) (jsonschema.Regexp, error) {
	re, err := regexp2.Compile(text, regexp2.ECMAScript)
	if err != nil {
		return nil, err
	}
	return pattern{re}, nil
}

// plain turns a tree into what the validator takes.
func plain(v *epcis.Value) any {
	switch v.Kind {
	case epcis.String:
		return v.Text
	case epcis.Number:
		return json.Number(v.Text)
	case epcis.Bool:
		return v.Text == "true"
	case epcis.Array:
		list := make([]any, len(v.Items))
		for i := range v.Items {
			list[i] = plain(&v.Items[i])
		}
		return list
	case epcis.Object:
		object := make(map[string]any, len(v.Members))
		for i := range v.Members {
			object[v.Members[i].Name] = plain(&v.Members[i].Value)
		}
		return object
	}
	return nil
}

var english = message.NewPrinter(language.English)

// readable reports the deepest faults, which are the nearest to the cause.
func readable(fault error, tree *epcis.Value) error {
	var validation *jsonschema.ValidationError
	if !errors.As(fault, &validation) {
		return fault
	}
	var deepest []*jsonschema.ValidationError
	collect(validation, &deepest)
	if len(deepest) == 0 {
		return fault
	}
	where := deepest[0].InstanceLocation
	reasons := map[string]bool{}
	for _, leaf := range deepest {
		if strings.Join(leaf.InstanceLocation, "/") == strings.Join(where, "/") {
			reasons[leaf.ErrorKind.LocalizedString(english)] = true
		}
	}
	list := make([]string, 0, len(reasons))
	for reason := range reasons {
		list = append(list, reason)
	}
	sort.Strings(list)
	path, value := locate(tree, where)
	return &epcis.Error{Path: path, Text: value + ": " + strings.Join(list, ", or ")}
}

func collect(e *jsonschema.ValidationError, deepest *[]*jsonschema.ValidationError) {
	for _, cause := range e.Causes {
		collect(cause, deepest)
	}
	if len(e.Causes) > 0 {
		return
	}
	switch most := *deepest; {
	case len(most) == 0 || len(e.InstanceLocation) > len(most[0].InstanceLocation):
		*deepest = []*jsonschema.ValidationError{e}
	case len(e.InstanceLocation) == len(most[0].InstanceLocation):
		*deepest = append(most, e)
	}
}

// locate writes the path as people do and shows the value there, shortened.
func locate(v *epcis.Value, steps []string) (path, value string) {
	for _, step := range steps {
		if v != nil && v.Kind == epcis.Array {
			path += "[" + step + "]"
			v = item(v, step)
			continue
		}
		path += "." + step
		v = v.Get(step)
	}
	if path = strings.TrimPrefix(path, "."); path == "" {
		path = "document"
	}
	if v == nil {
		return path, "the value"
	}
	const most = 80
	value = string(v.AppendCanonical(nil))
	if len(value) > most {
		value = strings.ToValidUTF8(value[:most], "") + "…"
	}
	return path, value
}

func item(v *epcis.Value, step string) *epcis.Value {
	for i := range v.Items {
		if fmt.Sprint(i) == step {
			return &v.Items[i]
		}
	}
	return nil
}
