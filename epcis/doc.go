// Package epcis reads EPCIS 2.0 JSON-LD documents from outside, checks them,
// identifies their events by the CBV event hash, and writes new ones.
//
// It is a pure function of its input and is used inside consensus: no clock, no
// network, no floating point (numbers stay decimal text), every size bounded, no
// map order that shows. JSON-LD contexts are never fetched or expanded; prefixes
// come from fixed tables and from the document's own @context.
//
// Three shapes are read: EPCISDocument, EPCISQueryDocument, and one bare event
// with its own @context. Parse gives typed Events whose identifiers are in the
// constrained canonical Digital Link form and whose vocabulary is in full URIs,
// so that two spellings of one fact compare equal; Event.Raw keeps what was said.
//
// Sources: EPCIS 2.0.1 and its JSON Schema; Core Business Vocabulary 2.0, section
// 8.9 (event hash), as corrected by its reference implementation in July 2026.
// The full JSON Schema is checked at the edge by the package epcis/schema, which
// this package does not import.
//
// All functions and parsed values are safe for concurrent use.
package epcis
