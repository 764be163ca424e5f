// Package module is the contract between the app and its modules: what a
// module offers (acts, tables, invariants, questions), what it is handed while
// it works (Context), and how it refuses (Error).
//
// A module is one Go package under x/. It owns one window of the state, named
// after it, and reads nobody else's. What it needs from a module of lower rank
// it asks through a small interface of its own (needs.go).
//
// Everything here runs between CheckTx and Commit, so nothing here reads a
// clock, draws a random number, uses a float, or starts a goroutine.
package module
