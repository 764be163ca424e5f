// Package epcisrest speaks the REST binding of EPCIS 2.0 under /epcis: capture,
// events and the resources above them, named queries with subscriptions.
//
// Reading is public, because what the ledger holds is. Capturing, and keeping
// queries and subscriptions, asks for a bearer token (package tokens) that stands
// for a key of this node: the node signs as that key's participant. Without
// unlocked keys nothing is captured.
//
// A capture job lives in a Store, a small database of this node and no part of
// the chain: the signed transaction is in it before it is sent, and its fate is
// found by its hash, so a node that dies in between goes on and doubles nothing.
//
// Sources: EPCIS 2.0.1, section 12 (REST bindings) and its OpenAPI document;
// section 8.2.7 (queries); RFC 9457 (problems), RFC 8288 (links).
package epcisrest
