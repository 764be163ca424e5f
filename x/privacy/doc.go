// Package privacy keeps what the ledger may know of values that it must not
// know: salted commitments to private fields, who may see them, who was handed
// them, and the receipts of their erasure.
//
// Words. A commitment record binds a participant to up to 64 fields about one
// subject: a batch, an event, an attestation, a product. The opening of a field
// (value and salt, package commitment) stays off the ledger. A grant says who
// may be handed it: a participant, whoever holds a role, or the neighbours up
// and down the chain. A holding notes that somebody was. An erasure is the
// signed word of who committed, or of a holder, that its opening is gone.
//
// Promises. A commitment never changes, so what was proven with it stays
// proven. Once a field is erased nobody is entitled to it any more, whatever was
// granted. Entitlement is found when it is asked for, from the state of that
// moment: who was suspended, lost a role or sold the batch is not entitled.
// Values and salts never come here, and nothing in a record tells them.
package privacy
