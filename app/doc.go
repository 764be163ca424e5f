// Package app is the state machine that CometBFT drives.
//
// What a block does. Every transaction of the block is decoded strictly and its
// signature checked, in parallel, unless CheckTx did so already. Then, one
// after the other in the block's order: the signing key must belong to an
// active participant, the lane must not have used the sequence number, the
// expiry must not have passed; that mark stays whatever happens next. The acts
// run on a branch of the state; if one refuses, the branch is dropped and the
// transaction's result carries the refusal's code and sentence. After the last
// transaction each module does what time brings. The changes of the whole block
// enter the Merkle tree as one batch, whose root is the app hash; Commit writes
// them in one synced step.
//
// Determinism. Nothing here reads a clock, draws a random number, uses a float
// or lets the order of goroutines show. A refusal is part of the chain; a
// failure of the machine (a disk that cannot be read) stops the node instead,
// since going on could disagree with everybody else.
package app
