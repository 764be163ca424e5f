// Package store is the state of a node: an ordered Merkle tree over a flat table in a cosmos-db database.
//
// The values are the truth. Over them stands a path-compressed binary trie on the bits of the raw keys, with the leaf and inner
// hashes of ICS23's TendermintSpec, so that any ICS23 library checks that a key has a value or has none. The shape of the trie
// depends on the set of keys alone: a state loaded from sorted pairs has the same root as one built by history. The tree keeps
// the order of the keys, so that a range is proven complete by chained neighbours.
//
// # A block
//
// Changes are gathered on a Branch. Prepare enters them in the tree as one sorted batch and gives the root; Commit writes one
// atomic, synced batch. A crash leaves the block before or the block after.
//
// The flat table lags one block behind: the batch of a block holds the block itself in one record (the head: every key it
// changes with its new value), and enters the block before into the flat table, with the list of its keys (the journal). Reads look into the
// head, which is also in memory, and then into the table. So nothing has to be read to be able to take a block back:
// Rollback drops the head, and the table is where it was.
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
// Any number of readers, at any time until Close: Store.View, Height, AppHash, Stats, Export, Verify, Warm and reads of branches. A view
// takes a mutex for an instant where it begins and ends; nothing else waits for anything. A committed height is an immutable
// tree (a commit copies what it changes) and its head over the flat table; a View shows one height to its end whatever is
// committed or rolled back meanwhile, as commits save what they overwrite in the table for views that are that old. A Branch reads
// the newest committed values instead. A single Branch belongs to one goroutine at a time.
//
// Nothing in here depends on time, chance or the order of goroutines: workers share out a sorted batch, and each result has its place.
package store
