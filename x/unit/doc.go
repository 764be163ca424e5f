// Package unit keeps the single items of batches: which serial numbers a batch
// has, which of them are void, and whose code under the cap was revealed.
//
// Words. A run is serial numbers of a batch that were committed together, by the
// root of a Merkle tree over them (package units). Each unit of a run holds so
// many base units of the product, its content. A void unit is one that must not be
// sold: its label broke, was lost, or was never used. A unit is acquitted when the
// code under its cap is revealed, which happens once in the life of a genuine one.
//
// Promises. The units of a batch that are not void never hold more than the
// certificates in force attest of it, where it is made to a specification, nor
// more than what there is of it or was sold of it, when they are committed. A lot
// that was split off is certified with the one that it is part of: all parts share
// what its certificates attest. What a lot moves into other lots, by splits and merges, is issued once: as much as a
// lot's units hold beyond what is left of it counts against each lot that came of
// it. Voiding frees content; an acquitted unit is never voided. A reveal is
// recorded with time and height and nothing of who asked; each further one raises
// a count, and nobody can raise it who does not know the code.
//
// Content is not freed when goods are consumed or written off: their labels are,
// by voiding them. Until then an answer about a unit says that more units are out
// than there are goods (package verify).
package unit
