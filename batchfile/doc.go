// Package batchfile reads a table of batches as Excel writes it in Italy.
//
// The separator (semicolon, comma or tab), the character set (UTF-8, UTF-16
// with its mark, or Windows-1252) and the line ends are found out; the first row names the
// columns, in Italian or English and in any order. Each row becomes a [Row] of
// checked text in one form, or a list of [Problem] that say in both languages
// what to write instead. Damage that Excel does on its own (codes in scientific
// notation, lost leading zeros, lots turned into dates, days turned into
// numbers) is recognised and named, and never guessed away.
//
// Rows are read one at a time and everything is bounded. Nothing is asked of
// the ledger: whether a product exists or a unit suits it is for the caller.
package batchfile
