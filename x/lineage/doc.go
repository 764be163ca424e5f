// Package lineage keeps what was made of what, and how far recalls have come
// along it.
//
// Words. An edge says that one batch was made of, or holds, another: the book of
// matter says so, or events that nobody declared wrong. A recall begins at
// targets, marks them, and spreads: every block takes a bounded number of steps
// from marked batches to what was made of them. It has settled when there is no
// step left. A batch is recalled when a recall that is no drill, and was not
// unfounded, reaches it, and it was not let out.
//
// Promises. A recall marks a batch once, whatever ways lead to it, in an order
// that all nodes share; circles, which events can draw, do not hold it up. The
// work of a block is bounded by recall_steps_per_block for all recalls together.
// While a recall spreads, [Lineage.Free] looks at what a batch was made of, so
// that nothing slips through ahead of its mark; when it cannot look far enough it
// refuses, and says so. A batch that turns out to be made of a recalled one is
// marked at once. A recall costs what it reaches: batches beside it are not
// looked at.
//
// Letting a batch out with what was made of it frees what is made of nothing else
// that is recalled. Batches that hold one another up in a circle of events stay
// recalled until each is let out.
//
// Sources: Reg. (EC) 178/2002 art. 18 and 19.
package lineage
