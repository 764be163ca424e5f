// Package recall calls goods back: who may, why, until when, and what became of
// them.
//
// Words. A recall names targets: batches, lots that others were made of, single
// items of a batch, or what a certificate covers. It reaches them, and everything
// that was made of them, as package lineage spreads it. Who has, or had, some of a batch
// that it reaches acknowledges: so much was found, set aside, destroyed, or had gone. An
// authority lets single batches out, with a document that shows why. A notice
// tells the public; it is corrected or taken back, never erased. A recall ends
// completed, and what it reached stays recalled, or unfounded, and all is free. A
// drill does all the same and changes no verdict.
//
// Promises. A recall holds from the block that carries its opening: nothing that
// it reaches moves or is certified any more, whether its mark has arrived or not.
// Only an authority says that something is safe again.
//
// Sources: Reg. (EC) 178/2002 art. 19 (the operator withdraws, informs the
// authorities and, where it reached consumers, the public), art. 18 (who supplied
// and who was supplied).
package recall
