// Package load sends transactions to a node as fast as told and measures what
// becomes of them: committed transactions per second and the time from sending
// to commitment. It knows CometBFT's RPC and nothing of the ledger, so that
// any CometBFT application can be measured with the same instrument.
//
// Transactions are signed and encoded before the clock starts. Commitment is
// counted from the engine's block events; since a single node's mempool is
// first in, first out, the n-th committed transaction is the n-th sent, which
// gives each one its latency without the block's content being fetched.
package load
