// Package registry knows who may act: organisations, their keys, the roles
// they hold within a scope and a span of time, the certifiers accredited for a
// specification, the validators, the limits of the ledger, and the decisions
// that more than one authority must approve.
//
// Words. A participant is an organisation; it speaks through keys, each with a
// label of its own. A grant gives a participant a role (authority, certifier,
// producer and so on) for some specifications and places, from a second until
// another. An accreditation lets one certifier attest one specification. An
// authority admits and suspends everybody alone, except that authorities,
// validators and parameters change by proposal, approved by m of the n live
// authorities.
//
// Promises. An id, a key and an alternate id belong to one participant for
// ever: none is reused. Nothing is deleted: what ends keeps its record with the
// time and the reason. There is always a live authority. The block's time is
// the only clock.
package registry
