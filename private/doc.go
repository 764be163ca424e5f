// Package private keeps and passes on the openings of private fields, which
// must not stand on the ledger.
//
// A [Store] is a participant's own folder. Every opening has two files: its
// ciphertext, under a random key of its own, and that key, wrapped by the
// store's key, which the participant's signing key unlocks. Erasing an opening
// overwrites and removes first its key, then its ciphertext: what a copy of the
// ciphertext elsewhere then holds cannot be read by anybody.
//
// A [Package] is an opening sealed to one recipient's registered key. A
// [Mailbox] keeps packages on a node until their recipients take them.
//
// Files are written whole or not at all, readable by their owner only, never
// through a database or a log, so that nothing of an erased value is left in
// free pages or journals of ours. What a file system, a disk or a backup keeps
// by itself is beyond a program: docs/users/private-data.md says what to do.
package private
