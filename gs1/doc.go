// Package gs1 reads and writes the identifiers printed on goods: GTIN, GLN and
// SSCC keys, lots and serials, Application Identifier (AI) element strings,
// GS1 Digital Link URIs and EPC URNs.
//
// Everything here is a pure function of its arguments: no clock, no network, no
// locale, no floating point. The package is used inside consensus, so two
// machines given the same text always give the same answer or the same error.
//
// Canonical forms:
//
//   - a GTIN is 14 digits, padded with zeros on the left, check digit verified
//   - a lot or serial is the text of AI 10 or AI 21: 1 to 20 characters of the
//     GS1 character set 82, case kept
//   - a GLN is 13 digits, an SSCC 18 digits
//   - a date is a calendar day, written YYMMDD in an element string
//
// The table of Application Identifiers is the GS1 Barcode Syntax Dictionary,
// embedded as published (gs1-syntax-dictionary.txt, Apache-2.0) and parsed once.
// Sources: GS1 General Specifications; GS1 Digital Link Standard: URI Syntax;
// EPC Tag Data Standard; Core Business Vocabulary 2.0 (event hash).
//
// All functions and values are safe for concurrent use.
package gs1
