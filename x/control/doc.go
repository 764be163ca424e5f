// Package control keeps the work of control bodies on batches: who asked for a
// control, when and how it is made, what it found, what the laboratory measured,
// and how it ended.
//
// Words. A maker requests the control of batches that are ready. The body
// schedules it, or declines; records non-conformities, minor and major, each
// with a deadline, and closes them against evidence; records laboratory results,
// which are judged against the limits of the specification's version. In the end
// the request is attested, refused, or withdrawn by who asked.
//
//	requested ── schedule ──▶ scheduled ── schedule ──▶ scheduled
//	    │                         │
//	    ├─ decline ─▶ declined    ├─ answer with an attestation ─▶ attested
//	    └─ withdraw ─▶ withdrawn  ├─ refuse ─▶ refused
//	                              └─ withdraw ─▶ withdrawn
//
// Non-conformities and results are recorded while a request is scheduled. An
// open major non-conformity keeps its batches from being attested by any body,
// also after its request has ended, until the body that recorded it, or an
// authority, closes it (Reg. (EU) 2024/1143 art. 39: verification comes before
// the product is placed on the market).
//
// Ranks. cert stands above this module: it asks here whether batches are clear
// before an attestation enters into force, and an attestation answers a request
// through an act of cert, which alone knows attestations.
//
// Promises. Numbers are given once. The counters of a request agree with its
// non-conformities. A batch has at most one request that is not ended per
// certifier. No person is named: an inspector is a key's label or a code.
package control
