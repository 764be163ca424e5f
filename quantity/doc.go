// Package quantity holds amounts of goods as whole numbers of a UN/ECE unit, and
// reads and writes the decimals that people use.
//
// Nothing is rounded: a decimal that does not fit a unit exactly is an error that
// says which unit it would fit. There is no floating point, no locale of the
// host, no clock; the package is used inside consensus.
//
// Unit codes are those of UN/ECE Recommendation No. 20 (KGM, GRM, LTR, H87 …),
// which is also what EPCIS calls "uom".
//
// All functions and values are safe for concurrent use.
package quantity
