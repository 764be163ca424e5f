// Package cert keeps attestations: what an accredited certifier signed about
// batches, and what became of it.
//
// Words. An attestation says that so much of some batches answers a version of a
// specification, point by point, from one second until another. The certifier
// signs it as a W3C Verifiable Credential, perhaps with no network; anybody may
// carry it here. It is issued, may be reduced, suspended and reinstated, and
// ends revoked, replaced by another of the same certifier, or expired. Where the
// accreditation asks for two persons it is pending, and not in force, until a
// second key of the certifier countersigns. A credential may name an index in
// its certifier's status lists (W3C Bitstring Status List), in which any wallet
// can look up its state.
//
// Promises. Whoever issued was accredited for the specification when the
// attestation entered, and signed with a key then live. The last line of the
// history is the state; lines are only added. What is attested in force for a
// batch never exceeds the batch, and nothing enters into force for a batch with an
// open major non-conformity. What the status lists say is what the histories say. An attestation is never over before its line
// says so, except that time ends it at once: see [State].
package cert
