// Package trace records what happened to goods: events of EPCIS 2.0 documents,
// and for every lot its journey, the events that involve it in order of time.
//
// Words. A document is captured whole or not at all, or, when its sender asks to
// proceed, event by event. An event is identified by its CBV 2.0 event hash, so
// the same event told twice, in any spelling, is one event. A lot takes part as
// subject, as input or output of a transformation, or as parent or child of an
// aggregation or association. A lot is registered when product holds it as a
// batch, and outside when its GTIN belongs to no product of this ledger: flour
// bought from a mill that is not here.
//
// What is accepted. All five event types and a query's answer, whole: the
// document stays in its transaction, the record here holds what verdicts and
// journeys need. The time of an event lies between 1990 and a little after block
// time. Identifiers of goods must be valid; any other thing may be named. An
// event may name no lot at all: a logistic unit that is shipped, a sensor that
// measures.
//
// Who may report. The signer is a producer, processor, carrier or distributor,
// within its scope for the specification of every registered lot named, and owns
// or holds each of them. A lot that is not registered, of a product that is,
// has to be registered first: by its owner, who alone can. About lots from
// outside every reporter may speak, under its own name: such an event stands
// beside the lot and its reporter, never in the journey of a registered lot, not
// even of one that is registered later. A single item of a registered product
// without its lot is refused, because units are not followed yet; so is a
// registered product named without any lot.
//
// Amounts. A quantity is above zero and stated once for each lot in each part;
// pieces are not fewer than the items named one by one.
//
// Names. An eventID that the sender chose stands for one event of that reporter.
// The event's own hash says nothing new and is not kept; the hash of another
// event of the ledger is refused; any other, such as one of an earlier text of
// the hash algorithm, is a name like the rest.
//
// Errors. An event is declared wrong by telling it again with an error
// declaration (EPCIS 2.0, 7.4.1.4): by its reporter, while it may report, or by
// an authority. Event and declaration have the same content and eventID, so the
// declaration has an id of its own, over the event's id and what it says. The
// event stays where it was with its declarations in its record, so that one
// proof shows both; who reads must not rest on it. Corrective events are events
// like any other, captured before, with or after the declaration that names
// them. A declaration of an event that is not here records both: the event is
// whole in it.
//
// Promises. Events are never removed, and of their records only the list of
// declarations grows. Journeys and events name each other exactly, and no
// journey is longer than one answer can read and prove. Capturing a document a
// second time changes nothing. Whether a lot was registered is said as it was
// when the event was recorded.
package trace
