// Package cert keeps attestations: what an accredited certifier signed about
// batches, and what became of it.
//
// Words. An attestation says that so much of some batches answers a version of a
// specification, point by point, from one second until another. The certifier
// signs it as a W3C Verifiable Credential, perhaps with no network; anybody may
// carry it here. It is issued, may be suspended and reinstated, and ends
// revoked, replaced by another of the same certifier, or expired.
//
// Promises. Whoever issued was accredited for the specification when the
// attestation entered, and signed with a key then live. The last line of the
// history is the state; lines are only added. What is attested in force for a
// batch never exceeds the batch. An attestation is never over before its line
// says so, except that time ends it at once: see [State].
package cert
