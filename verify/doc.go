// Package verify says what the ledger knows of one batch, and proves it, with no node at hand.
//
// Gather reads from a Source the records that an answer rests on; Judge turns them into an Answer, with a
// verdict and its reasons in plain words. Both are pure: over the same records they say the same. A node
// runs them over its live state; a consumer runs them over the records of a Bundle, after Check has
// verified each of them against a block header that more than two thirds of the validators signed. So a
// verdict is always worked out again and never believed.
//
// The package imports no server code and builds for GOOS=js GOARCH=wasm. Its functions may be called from
// many goroutines; a Recorder belongs to one.
package verify
