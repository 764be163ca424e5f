// Package gateway is the HTTP server: records, lists, the verify answer with
// its proof, transactions in, and operations. OpenAPI 3.1 is made from the Go
// types and the records' protobuf descriptors and stands at /openapi.json; every
// error is application/problem+json (RFC 9457) with a stable code.
//
// Single records come from the last committed state, lists from the read model.
// The gateway keeps nothing of its own and decides nothing: it may stand on any
// node, and who needs not trust it asks for the proof.
package gateway
