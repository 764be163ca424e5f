package rules

import (
	"encoding/json"
	"reflect"

	"go.yaml.in/yaml/v3"
)

// Schema writes the JSON Schema (draft 2020-12) of a document whose Go type is that
// of v, a struct: which keys there are, what they mean and which words they may
// be. It lets editors complete and check. What only the loader can tell (names,
// expressions, units) is not in it, so a document that it accepts may still be
// refused.
func Schema(v any, id, title string) ([]byte, error) {
	s := &schemaMaker{defs: map[string]any{}}
	root := s.object(reflect.TypeOf(v))
	root["$schema"] = "https://json-schema.org/draft/2020-12/schema"
	root["$id"] = id
	root["title"] = title
	root["$defs"] = s.defs
	out, err := json.MarshalIndent(root, "", "  ")
	return append(out, '\n'), err
}

type schemaMaker struct{ defs map[string]any }

// anyWord is what may stand where a text is asked: the loader takes a number or
// true as it is written.
var anyWord = []string{"string", "number", "boolean"}

func (s *schemaMaker) object(t reflect.Type) map[string]any {
	properties, required := map[string]any{}, []string{}
	for _, f := range fieldsOf(t) {
		p := s.field(t.Field(f.index), f)
		p["description"] = f.doc
		properties[f.name] = p
		if f.required {
			required = append(required, f.name)
		}
	}
	out := map[string]any{"type": "object", "properties": properties, "additionalProperties": false}
	if len(required) > 0 {
		out["required"] = required
	}
	return out
}

func (s *schemaMaker) field(f reflect.StructField, about field) map[string]any {
	if f.Type == reflect.TypeFor[yaml.Node]() {
		return s.held(f.Tag.Get("holds"))
	}
	out := s.of(f.Type)
	if about.named {
		return map[string]any{"type": "object", "propertyNames": map[string]any{"pattern": "^[a-z][A-Za-z0-9_-]{0,39}$"}, "additionalProperties": s.of(f.Type.Elem())}
	}
	if len(about.words) > 0 {
		words := map[string]any{"enum": about.words}
		if f.Type.Kind() == reflect.Slice {
			out["items"] = words
			return out
		}
		return words
	}
	return out
}

// held is the schema of a part that is read later: facts, of which a file of cases
// may leave any out.
func (s *schemaMaker) held(what string) map[string]any {
	if what != "facts" {
		return map[string]any{"type": "object"}
	}
	if s.defs["Facts"] == nil {
		s.defs["Facts"] = true
		facts := s.object(reflect.TypeFor[Facts]())
		delete(facts, "required")
		s.defs["Facts"] = facts
	}
	return map[string]any{"$ref": "#/$defs/Facts"}
}

func (s *schemaMaker) of(t reflect.Type) map[string]any {
	if x, is := reflect.New(t).Interface().(scalar); is {
		return x.shape()
	}
	switch t.Kind() {
	case reflect.Struct:
		if s.defs[t.Name()] == nil {
			s.defs[t.Name()] = true
			s.defs[t.Name()] = s.object(t)
		}
		return map[string]any{"$ref": "#/$defs/" + t.Name()}
	case reflect.Slice:
		return map[string]any{"type": "array", "items": s.of(t.Elem())}
	case reflect.Bool:
		return map[string]any{"type": "boolean"}
	case reflect.Int64:
		return map[string]any{"type": "integer"}
	}
	return map[string]any{"type": anyWord}
}
