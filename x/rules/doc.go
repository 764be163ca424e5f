// Package rules keeps contracts, decides when they are in force, and judges by
// them.
//
// Words. A contract is a document in the language of the package rules; it has
// numbered versions. A version is deployed, approved by as many as it asks for,
// activated, and perhaps withdrawn:
//
//	deployed ── approve ──▶ approved ── activate ──▶ active
//	    └───────── withdraw ───┴──────────────────────┴──▶ withdrawn
//
// A ruling is what a version said of a batch at a trigger. A consequence is what
// followed: a status, a hold, a control that is asked for, points.
//
// Who. An authority deploys, and the consortium in charge of the specification.
// An authority's approval is always among those that a version needs; the document
// says who else must approve (Reg. (EU) 2024/1143 art. 39 leaves verification to
// authorities and the bodies that they delegate).
//
// Which version. The one in force on the day of production, so that a batch keeps
// the rules that it was made under: a later version begins on the day of its
// activation at the earliest, and so do changes of a figure.
//
// Ranks. The module judges facts that it is handed (app/facts.go gathers them) and
// depends on no module that it judges; it asks whose a batch and an attestation are
// only to know who may speak of them.
//
// Promises. A document is kept under its hash and never changes. What is refused
// leaves no trace. An expression that fails or costs too much refuses the
// transaction with its own code; it never stops a node. Equal state and equal
// blocks give equal rulings, costs included.
package rules
