// Package index is the read model: a projection of committed blocks into SQL
// that makes lists, filters and the fate of a transaction fast to ask.
//
// Every row is a pure function of the blocks from the first one on: of the
// announcements of successful transactions and of the end of blocks, and of the
// transactions themselves. So the file can be thrown away and rebuilt to the
// same content, consensus never reads it, and it needs no backup.
//
// Several blocks enter in one SQL transaction together with their height rows.
// A crash at any moment leaves the content of some height, whole; the projector
// goes on from there.
//
// Model is what the rest of the node sees; DB is the embedded SQLite form of it.
package index
