package epcis

import (
	"strings"

	"github.com/filiera-chain/filiera/gs1"
)

// Tree is the event as it was read, for readers that want more than the typed
// fields. It must not be changed.
func (e *Event) Tree() *Value { return e.tree }

// FullName expands the name of an extension by the contexts of the event and of
// its document, as in Property.Name.
func (e *Event) FullName(name string) string { return e.names.joined(name) }

// CanonicalID is the form in which two spellings of one identifier compare equal:
// the constrained canonical Digital Link of a GS1 key, see gs1.Canonical; also of
// links that the event hash leaves as they are written. Other text is trimmed.
func CanonicalID(text string) string {
	text = strings.TrimSpace(text)
	if canonical, ok := gs1.Canonical(text); ok {
		return canonical
	}
	if epc, err := gs1.ParseEPC(text); err == nil {
		return epc.URI()
	}
	return text
}

// Vocabularies by the name that questions give them.
var vocabulariesByName = map[string]*vocabulary{
	"bizStep": &bizSteps, "disposition": &dispositions, "bizTransaction": &bizTransactionTypes, "source": &sourceDestTypes,
	"destination": &sourceDestTypes, "errorReason": &errorReasons, "type": &measurementTypes, "exception": &sensorAlerts, "component": &components,
}

// CanonicalWord is the full URI of a word of a standard vocabulary, however it is
// spelt. The vocabulary is one of bizStep, disposition, bizTransaction, source,
// destination, errorReason, type (of a measurement), exception, component. Words
// of others are trimmed.
func CanonicalWord(vocabulary, text string) string {
	if v, ok := vocabulariesByName[vocabulary]; ok {
		return v.canonical(text)
	}
	return strings.TrimSpace(text)
}

// BareWord writes the URI of a standard word as EPCIS documents do: bare. Other
// URIs stay.
func BareWord(vocabulary, uri string) string {
	v, ok := vocabulariesByName[vocabulary]
	if !ok {
		return uri
	}
	if word, ok := strings.CutPrefix(uri, v.prefix); ok && v.has(word) {
		return word
	}
	return uri
}

// Names expands the prefixes of extension names.
type Names struct{ prefixes prefixes }

// NamesOf reads the prefixes that JSON-LD contexts declare, beside those that
// are always known: gs1, cbv, cbvmda, epcis.
func NamesOf(contexts ...*Value) Names { return Names{newPrefixes(contexts...)} }

// Full expands a name as Event.FullName does; it reports false when its prefix is
// not declared. Names that are whole URIs (with "//", or URNs) stand for themselves.
func (n Names) Full(name string) (string, bool) {
	prefix, rest, ok := strings.Cut(name, ":")
	if !ok || prefix == "" || rest == "" {
		return "", false
	}
	_, known := n.prefixes[prefix]
	return n.prefixes.joined(name), known || strings.HasPrefix(rest, "//") || prefix == "urn"
}
