// Package units commits the single items of a batch as one hash: a Merkle tree
// over their serial numbers, of which any one is proven by about 24 hashes, and
// the absence of any other by two neighbours.
//
// Words. A run is a set of items that were committed together. An item has a
// serial number (GS1 AI 21), printed for everybody to read, and a code, hidden
// under its cap. The serial and the batch give the item's identifier, 16 bytes;
// the code and the identifier give a chain of tokens, each the hash of the one
// before it. The tree's leaf is the identifier, the chain's end or tip, and the
// item's number among the labels of its run, so that a reel of them can be named.
// Whoever opens the item shows the token before the tip; a second time shows the
// one before that, which nobody can make who only saw the first. So a reveal is
// proof of the code, the code itself never leaves who typed it, and what was
// revealed once cannot be repeated by others to cast doubt on the item.
//
// The leaves stand in order of identifier. Where an identifier would stand and
// its two neighbours stand side by side instead, the item is not in the run.
// Nobody checks the order when a run is committed: who commits a tree out of
// order can make its own items look absent, and no item look present.
//
// The tree is that of RFC 6962 section 2.1 with SHA-256: a leaf is hashed behind
// the byte 0, a node behind the byte 1, and its size is part of what a proof is
// checked against, so a run proves as many items as it was committed with and
// no more.
//
// Identifiers and tokens are the first 16 bytes of SHA-256: to make an item of
// somebody else's takes a second preimage of 128 bits.
//
// Everything here is a pure function of its arguments; the subpackage tree keeps
// runs of millions on disk. All functions are safe for concurrent use; a Sequence
// and a Builder belong to one goroutine.
package units
