// Package ledger keeps the public ledger of the administration: its acts, its
// registers and the state of its budget (L.R. Marche 36/2020, D.L. 135/2018 art.
// 8-ter).
//
// Acts. A notarised act is the hashes of its documents, with what names it (kind,
// body, number, office, year: unique together), put there by a participant at a
// time and a height. That is an electronic time stamp in the sense of art. 41 of
// Reg. (EU) 910/2014, and no more: not a qualified one, and no word on whether the
// act is genuine or lawful. Who vouches for it says so in a record of its own,
// signed with another key than the deposit. What an act does to another one
// (approves, amends, transfers, rectifies, executes, revokes, repeals, governs) is
// declared by who may speak for it, and held against hierarchy, body, dates and
// circles. What was in force on a day follows from these records alone.
//
// Registers. A register is a log of hashes (package registers): an append gives the
// roots of the subtrees that it adds, and the root after it follows, so that no append
// changes what was there. The rows stay with the body that keeps them.
//
// Budget. Lines in a tree, each with an account for every phase of spending; movements
// between accounts, each citing an act; reservations and commitments. The truths that
// hold are I1 to I9 of package budget.
//
// Nothing here names a person: signatures are counted, and who signed stands in
// the document.
package ledger
