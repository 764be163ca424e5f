package credential

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"
)

// parseYAML reads one YAML document into the same tree as parseJSON: plain
// scalars keep their spelling, so that a lot written 1E5 stays a lot.
func parseYAML(data []byte) (*node, error) {
	if !utf8.Valid(data) {
		return nil, errors.New("the file is not valid UTF-8: save it as UTF-8")
	}
	dec := yaml.NewDecoder(bytes.NewReader(data))
	var doc, more yaml.Node
	if err := dec.Decode(&doc); err != nil {
		if errors.Is(err, io.EOF) {
			return nil, errors.New("the file is empty")
		}
		return nil, err
	}
	if err := dec.Decode(&more); !errors.Is(err, io.EOF) {
		return nil, errors.New("the file holds more than one YAML document: keep one")
	}
	if doc.Kind != yaml.DocumentNode || len(doc.Content) != 1 {
		return nil, errors.New("the file holds no YAML document")
	}
	return fromYAML(doc.Content[0], 0)
}

func fromYAML(y *yaml.Node, depth int) (*node, error) {
	n := &node{line: y.Line}
	if depth > maxDepth {
		return nil, fmt.Errorf("line %d: nested deeper than %d levels", y.Line, maxDepth)
	}
	switch y.Kind {
	case yaml.ScalarNode:
		return n, n.scalar(y)
	case yaml.SequenceNode:
		n.kind = kindArray
		for _, item := range y.Content {
			v, err := fromYAML(item, depth+1)
			if err != nil {
				return nil, err
			}
			if err := n.push(v); err != nil {
				return nil, err
			}
		}
		return n, nil
	case yaml.MappingNode:
		n.kind = kindObject
		return n, n.mapping(y, depth)
	}
	// an alias can make a small file expand without end
	return nil, fmt.Errorf("line %d: YAML aliases are not read: write the value out", y.Line)
}

func (n *node) mapping(y *yaml.Node, depth int) error {
	for i := 0; i+1 < len(y.Content); i += 2 {
		key := y.Content[i]
		if key.Kind != yaml.ScalarNode {
			return fmt.Errorf("line %d: a field name must be plain text", key.Line)
		}
		v, err := fromYAML(y.Content[i+1], depth+1)
		if err != nil {
			return err
		}
		if err := n.add(key.Value, v); err != nil {
			return err
		}
	}
	return nil
}

func (n *node) scalar(y *yaml.Node) error {
	n.text = y.Value
	switch tag := y.ShortTag(); tag {
	case "!!str", "!!timestamp":
		n.kind = kindString
	case "!!int", "!!float":
		n.kind = kindNumber
	case "!!bool":
		n.kind = kindBool
	case "!!null":
		n.kind = kindNull
	default:
		return fmt.Errorf("line %d: the YAML tag %s is not read", y.Line, tag)
	}
	return nil
}
