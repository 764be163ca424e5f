package suite

import (
	"fmt"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

type node = yaml.Node

// merge is a copy of base with what over states instead: mappings are merged,
// everything else is replaced.
func merge(base, over *node) *node {
	if over.Kind == 0 {
		return copyOf(base)
	}
	if base.Kind != yaml.MappingNode || over.Kind != yaml.MappingNode {
		return copyOf(over)
	}
	out := copyOf(base)
	for i := 0; i+1 < len(over.Content); i += 2 {
		k, v := over.Content[i], over.Content[i+1]
		if at := find(out, k.Value); at >= 0 {
			out.Content[at] = merge(out.Content[at], v)
		} else {
			out.Content = append(out.Content, copyOf(k), copyOf(v))
		}
	}
	return out
}

func copyOf(n *node) *node {
	out := *n
	out.Content = make([]*node, len(n.Content))
	for i, c := range n.Content {
		out.Content[i] = copyOf(c)
	}
	return &out
}

// find is where the value of a key stands, or -1.
func find(n *node, key string) int {
	if n.Kind == yaml.SequenceNode {
		if i, err := strconv.Atoi(key); err == nil && i >= 0 && i < len(n.Content) {
			return i
		}
		return -1
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		if n.Content[i].Value == key {
			return i + 1
		}
	}
	return -1
}

func walk(n *node, path string) (*node, error) {
	for key := range strings.SplitSeq(path, ".") {
		at := find(n, key)
		if at < 0 {
			return nil, fmt.Errorf("the facts have no %s (of %s)", key, path)
		}
		n = n.Content[at]
	}
	return n, nil
}

func look(n *node, path string) (string, error) {
	at, err := walk(n, path)
	if err != nil {
		return "", err
	}
	return at.Value, nil
}

// put sets a text that is there already, and gives what it was.
func put(n *node, path, text string) (string, error) {
	at, err := walk(n, path)
	if err != nil {
		return "", err
	}
	before := at.Value
	*at = node{Kind: yaml.ScalarNode, Tag: "!!str", Value: text, Line: at.Line, Column: at.Column}
	return before, nil
}

// remove takes a key away.
func remove(n *node, path []string) bool {
	at := find(n, path[0])
	if at < 0 {
		return false
	}
	if len(path) > 1 {
		return remove(n.Content[at], path[1:])
	}
	if n.Kind == yaml.SequenceNode {
		n.Content = append(n.Content[:at], n.Content[at+1:]...)
	} else {
		n.Content = append(n.Content[:at-1], n.Content[at+1:]...)
	}
	return true
}
