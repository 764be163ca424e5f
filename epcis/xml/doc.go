// Package xml converts EPCIS documents in XML, versions 1.0 to 2.0, into EPCIS
// 2.0 JSON-LD.
//
// It serves the edge (gateway, command line): the ledger takes JSON only, and
// consensus code must not import this package. It is a pure function of its
// input, reads nothing else, and expands no entities; a document type, a
// processing instruction and every entity but the five of XML itself are refused.
//
// What an event says is kept: a converted event has the same CBV event hash as
// the same event written in JSON. What JSON has no place for (header fields of
// the Standard Business Document Header, type hints for XML tools) is left out
// and named in the notes. The result is not yet checked against the JSON Schema
// or the rules that join fields; the packages epcis/schema and epcis do that.
//
// How XML becomes JSON:
//   - <extension> and <baseExtension> of version 1.2 are taken away, what they
//     hold stands where they stood;
//   - words of the Core Business Vocabulary given as URNs become bare words;
//   - elements of other namespaces become members with a prefix, which @context
//     declares; repeated ones become an array; an element without a namespace
//     inside such an element takes that of its parent;
//   - attributes of such elements become members too; text beside them becomes
//     the member rdf:value;
//   - a QuantityEvent becomes the ObjectEvent that EPCIS 1.1 says it equals.
//
// Sources: EPCIS 1.2 and 2.0, XML bindings and JSON-LD binding; CBV 2.0.
//
// Convert is safe for concurrent use.
package xml
