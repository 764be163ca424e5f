// Package folder keeps what the owner of a register needs to prove its rows, beside
// the owner's own files: the secret of the salts, the entries of the log, and the
// places of the keys in order. The rows are not in it.
//
// A folder holds
//
//	register.json  which register it is, its columns, and its appends
//	secret         64 hex digits, for its owner's eyes (mode 0600)
//	entries.bin    64 bytes for each entry: hash of the key, hash of the row
//	keys-N.bin     of a sorted register of N rows: 40 bytes for each key, hash and
//	               place, in order of hash
//
// An append is staged first and committed once the ledger has it. What was staged and
// never committed is written over: the same file comes to the same entries, so that an
// append that was cut off is told from the ledger and goes on. A Folder is for one
// caller at a time.
package folder
