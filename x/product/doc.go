// Package product knows what is made and by which text: production
// specifications in their versions, trade items, and the batches made of them.
//
// Words. A specification (disciplinare) is a name protected by a scheme; each of
// its versions is one published text with its zone, its days in force and the
// control points that an attestation must answer. A product is a trade item
// under a GTIN, made to a specification or to none. A description is a link from a
// product or a batch to a page, image or document about it, with the hash of what
// stays as it is. A batch is a lot of a
// product: so many whole units, made on a day in a municipality. A batch is active
// or withdrawn (taken off by its owner). Whether it is recalled, which it may be by
// what it was made of, lineage knows.
//
// Promises. A published version never changes, and each begins after the one
// before it. A GTIN has one owner, and a GTIN and lot name one batch, for ever. A
// batch is counted in its product's unit and is bound, when registered, to the
// version in force on its production date, inside that version's zone. Its
// quantity, dates and binding never change afterwards; only its status does.
package product
