// Package store is the state of a node: an ordered Merkle tree over a flat table in a cosmos-db database.
//
// The flat table (key to value) is the truth. Over it stands a path-compressed binary trie on the bits of the raw keys, with the
// leaf and inner hashes of ICS23's TendermintSpec, so that any ICS23 library checks that a key has a value or has none. The shape of
// the trie depends on the set of keys alone: a state loaded from sorted pairs has the same root as one built by history. The tree keeps the
// order of the keys, so that a range is proven complete by chained neighbours.
//
// # A block
//
// Changes are gathered on a Branch. Prepare enters them in the tree as one sorted batch and gives the root; Commit
// writes one atomic, synced batch: values, deletions, height, app hash, the keys changed (journal) and what they replaced (undo record, which
// Rollback uses). A crash leaves the block before or the block after.
//
// # Memory
//
// At the bottom, subtrees of up to 16 leaves are packed into one block of memory each ("buckets"), without pointers and
// without inner hashes, which are cheaper to compute than to keep. Past the memory budget the buckets not used for longest shrink to
// their root hash and are read back from the flat table, and checked, when touched. From time to time a commit carries a checkpoint,
// the list of all buckets' hashes; Open starts from the last one.
//
// # What may run at the same time
//
// One writer: Prepare, Commit, Rollback and Close exclude one another by a mutex, and are meant for one goroutine.
// Any number of readers, at any time until Close: Store.View, Height, AppHash, Stats, Export, Verify and reads of branches. Readers take no
// lock. A committed height is an immutable tree (a commit copies what it changes), and each commit hangs what it replaces on
// the height before it, so a View shows one height to its end whatever is committed meanwhile. A Branch reads
// the newest committed values instead. A single Branch belongs to one goroutine at a time.
//
// Nothing in here depends on time, chance or the order of goroutines: workers share out a sorted batch, and each result has its place.
package store
