// Package evidence keeps documents by their content: what a certificate or a
// product names by SHA-256 is found by it, and whoever reads it sees that it is
// what was named.
//
// A [Store] takes PDF, signed .p7m, images and, where it is told to, plain text,
// by what the bytes are and not by a name or a claim; bounded in size, one by one
// and in all; written whole or not at all; checked against its address at every
// reading. Nothing is ever opened, converted or run here. [Local] keeps files,
// [S3] objects of an S3-compatible server; both hold to one set of tests.
//
// Documents here are for everybody who knows their hash. What is not for
// everybody is a private field (package private).
package evidence
