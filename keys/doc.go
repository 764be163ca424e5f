// Package keys keeps secp256k1 keys in encrypted files that other Ethereum
// tools open, one folder per user.
//
// A key named "region" is two files: region.json, a Web3 Secret Storage
// version 3 document, and region.pub.json, its public part, so that listing
// needs no password. Files are readable by their owner only, written whole or
// not at all, and never overwritten. The public file is a convenience: it is
// checked against the key when the key is unlocked, and rebuilt when missing.
//
// A [Ring] holds no secrets and may be used by several goroutines and
// processes at once.
package keys
