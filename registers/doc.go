// Package registers keeps append-only registers honest without their rows: a log of
// hashes whose root is recorded at every append, as certificate transparency does
// (RFC 9162, section 2.1), and proofs that a row is in it, that a later log holds an
// earlier one unchanged, and that a sorted register has no row with a key.
//
// An entry is two hashes of 32 bytes: of the row's key, zero where the register has
// none, and of the row's words with a salt of its own. Neither says anything to who
// has not the salt, so the rows themselves, and whom they are about, stay in the
// owner's file. A leaf is SHA-256 of 0x00 and the entry, a node of 0x01 and the nodes
// below it.
//
// Whoever records an append gives the roots of the perfect subtrees that it adds,
// and the root follows from them and from those that are recorded already: an append
// cannot change what was there before.
//
// The package is pure and deterministic; what it reads from outside it bounds.
package registers
