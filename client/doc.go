// Package client builds, signs and sends transactions and asks questions, all
// over the HTTP of a gateway. The command line, the load generator and other Go
// programs use it.
//
// A [Builder] makes transactions for one chain in a lane of its own; a [Client]
// carries them and asks. What the ledger refuses comes back as a [*Problem]
// with its stable code; a node that cannot be reached as an [*Unreachable].
// Only the latter is tried again, with the same bytes, which is harmless: a
// transaction enters the ledger once however often it is sent.
//
// Client and Builder may be used by many goroutines at once. The clock, the
// source of randomness and the pauses between attempts can be replaced.
package client
