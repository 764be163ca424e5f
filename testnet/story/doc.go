// Package story writes everything that the demonstration needs: who takes part,
// the specification, the product, a table of batches as Excel in Italy saves it,
// the EPCIS documents of one batch's journey, and the inspector's draft of its
// certificate.
//
// The story is a batch of Maccheroncini di Campofilone IGP; its templates and
// the sources of its figures are in testnet/data/campofilone. All dates are told
// from a base day, so that the story is fresh whenever it is played: everything
// has happened before the base day began, none of it more than six days ago. The
// same base day gives the same bytes.
//
// Nothing here runs in a block.
package story
