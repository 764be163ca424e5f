// Package signedfile recognises from its bytes what a file of a public office is:
// a PDF with signatures in it (PAdES, ETSI EN 319 142), a CMS container around a
// file (CAdES, .p7m, ETSI EN 319 122, RFC 5652), a mail message with attachments
// (RFC 5322, RFC 2045), or neither. It gives hashes, sizes, what was signed, and
// how many signatures there are; and it reads and verifies time stamp tokens (RFC
// 3161, RFC 5816).
//
// Promises. Nothing here reads a clock, a folder or the roots of the machine, so
// the same bytes give the same answer everywhere; times and roots are arguments.
// Bytes from outside are bounded in size, depth and count, and give errors, never
// panics. Names of persons stand in Signer only, which is for showing where the
// file is, and in nothing that goes onto a ledger.
//
// A signature that "holds" was made over these bytes with the key of the
// certificate beside it. That the certificate is qualified, or was valid, is not
// said: that takes the trusted lists of the Member States.
package signedfile
