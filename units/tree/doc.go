// Package tree keeps runs of units on disk: it makes serial numbers and codes by
// the million, puts their leaves in order, and proves any of them.
//
// A tree file holds the leaves in order of identifier, 36 bytes each, and the root
// of every block of 256 of them. It holds no serial number and no code, so it may
// be published; who has it can prove that an item is in the run or is not, and can
// check with [File.Check] that the run was committed in order.
//
// Memory does not grow with the run: leaves are sorted in pieces of 18 MB that are
// merged from disk, and a proof reads one block and the blocks' roots, 1.25 MB for
// ten million items. Everything that is written appears under its name only once
// it is whole.
//
// A Writer belongs to one goroutine; a File may be used by many.
package tree
