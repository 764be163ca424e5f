// Package agreement keeps agreements between identified parties that the ledger
// itself carries out: smart contracts in the sense of D.L. 135/2018 art. 8-ter c. 2
// (converted by L. 12/2019), whose execution binds two or more parties by what they
// have agreed beforehand, and which have written form once the parties have been
// identified electronically.
//
// Words. A party proposes; each party signs the same text (its hash) and leaves the
// hash of the evidence of its electronic identification. Once all have signed the
// agreement is in force. A delivery is what one party owes another by a time: goods
// of a product, under a certificate where that was agreed. Goods count when custody
// passes from seller to buyer (x/custody), which both hands sign; nobody has to
// claim anything. When a deadline passes with goods missing, the breach and what it
// costs are recorded by the block itself.
//
//	proposed ── all sign ──▶ in force ── all delivered ──▶ performed
//	    │                       ├─ a deadline passes ──▶ breached
//	    └─▶ declined            └─ all parties agree ──▶ dissolved
//
// What it is not. The ledger keeps the hash of evidence, not the evidence, and does
// not identify anybody itself; money moves elsewhere, and a creditor says here that
// it was paid.
//
// Promises. Goods count once: what one agreement takes, no other does. A deadline is
// a block's time. The work of a block is bounded.
package agreement
