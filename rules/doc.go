// Package rules is the language of declarative contracts: what a production
// specification or a policy of the authority asks, in a form that a control body's
// inspector can read and that every node judges alike.
//
// Words. A contract is a YAML document: legal basis, dates in force, parameters
// with their units, articles and sources, the facts it needs, and rules. A rule is
// judged at a trigger and asks that a value lie within limits, or that a condition
// hold. Values and conditions are expressions of CEL (Common Expression Language,
// https://cel.dev). Facts are what is known of the case; whoever evaluates gathers
// them, this package reads nothing.
//
// Promises. Loading, compiling and evaluating depend on their arguments alone: no
// clock, no chance, no floats, no order of maps. Every number is a whole multiple
// of its dimension's base unit, and ratios are compared by multiplying out, so no
// verdict hangs on rounding. A number is never compared with one of another
// dimension: Compile refuses that. What goes wrong while evaluating (a missing
// fact, an overflow, a spent budget) is a result with a code, never a panic.
// The cost of evaluating has an upper bound that Compile knows.
//
// A Contract is safe for concurrent use; evaluating changes nothing in it.
package rules
