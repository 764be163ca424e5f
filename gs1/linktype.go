package gs1

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"sort"
	"strings"
)

//go:embed gs1-link-types.json
var linkTypesText string

// LinkType is what a link of a resolver is for, from the GS1 Web Vocabulary.
type LinkType struct {
	CURIE   string `json:"curie"`   // gs1:pip
	URI     string `json:"uri"`     // https://ref.gs1.org/voc/pip
	Label   string `json:"label"`   // Product Information Page
	Comment string `json:"comment"` // one sentence or two
	Status  string `json:"status"`  // stable, or deprecated
}

// linkTypes is the vocabulary by bare name, read once from the embedded file. A
// malformed file cannot be built: a test requires linkTypesErr to be nil.
var linkTypes, linkTypesErr = readLinkTypes(linkTypesText)

func readLinkTypes(text string) (map[string]LinkType, error) {
	var list []LinkType
	if err := json.Unmarshal([]byte(text), &list); err != nil {
		return nil, err
	}
	table := make(map[string]LinkType, len(list))
	for _, t := range list {
		name, ok := strings.CutPrefix(t.CURIE, "gs1:")
		if !ok || name == "" || t.URI != VocabularyStem+name {
			return table, fmt.Errorf("%q is no link type of the vocabulary", t.CURIE)
		}
		table[name] = t
	}
	return table, nil
}

// VocabularyStem begins the URI of every term of the GS1 Web Vocabulary.
const VocabularyStem = "https://ref.gs1.org/voc/"

// linkTypeStems are the spellings in use of where the vocabulary stands.
var linkTypeStems = [...]string{"gs1:", VocabularyStem, "http://ref.gs1.org/voc/", "https://gs1.org/voc/", "http://gs1.org/voc/", "https://www.gs1.org/voc/"}

// LookupLinkType finds a link type by its compact name (gs1:pip) or its URI, in
// any of the spellings of the vocabulary's address.
func LookupLinkType(s string) (LinkType, bool) {
	for _, stem := range linkTypeStems {
		if name, ok := strings.CutPrefix(s, stem); ok {
			t, known := linkTypes[name]
			return t, known
		}
	}
	return LinkType{}, false
}

// LinkTypes lists the vocabulary in order of its compact names.
func LinkTypes() []LinkType {
	out := make([]LinkType, 0, len(linkTypes))
	//filiera:unordered sorted below
	for _, t := range linkTypes {
		out = append(out, t)
	}
	sort.Slice(out, func(i, j int) bool { return out[i].CURIE < out[j].CURIE })
	return out
}
