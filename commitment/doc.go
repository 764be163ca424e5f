// Package commitment binds a participant to a value that it does not show: a
// private field. It is pure; consensus code, the store of openings and checkers
// share it.
//
// A field's commitment is HMAC-SHA-256 keyed with 32 random bytes, the salt,
// over everything that says what the value is the value of. Whoever is handed
// salt and value, the opening, can check it; whoever is not cannot try likely
// values, because the salt has 256 bits that nobody can guess. When the last
// copy of the salt is gone, the commitment says nothing about the value.
//
// docs/formats/commitments.md has the format; testdata/vectors.json has cases.
package commitment
