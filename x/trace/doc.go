// Package trace records what happened to goods: events of EPCIS 2.0 documents,
// and for every lot its journey, the events that involve it in order of time.
//
// Words. A document is captured whole or not at all. An event is identified by
// its CBV 2.0 event hash, so the same event told twice, in any spelling, is one
// event. A lot takes part as subject of an object event, or as input or output
// of a transformation. A lot is registered when product holds it as a batch, and
// external when its GTIN belongs to no product of this ledger: flour bought from
// a mill that is not here.
//
// What is accepted. ObjectEvent and TransformationEvent; the other three types
// and error declarations come with a later version and are refused by name. The
// time of an event lies between 1990 and a little after block time. An eventID
// that is an event hash must be the right one; any other is carried along.
//
// Who may report. The signer is a producer, processor, carrier or distributor,
// within its scope for the specification of every registered lot named, and owns
// or holds each of them. A lot that is not registered, of a product that is,
// has to be registered first: by its owner, who alone can. An external lot may
// be taken in (an object event that adds or observes it while receiving,
// arriving, accepting, inspecting or storing) or used up (input of a
// transformation); nobody here can say that it was made, shipped or destroyed.
// An event about external lots alone is an intake: its reporter must be a
// producer or processor, and it waits in the lot's journey until a
// transformation names that lot as an input.
//
// Every event names at least one lot. Logistic units (SSCC), places and other
// identifiers may stand beside lots and are kept in the document only. A single
// item of a registered product without its lot is refused, because units are not
// followed yet; so is a registered product named without any lot.
//
// Promises. Events never change and are never removed. Journeys and events name
// each other exactly, and no journey is longer than one answer can read and
// prove. Capturing a document a second time changes nothing. Whether a lot was
// registered is said as it was when the event was recorded, so an event told
// about a lot before its owner registered it stays recognisable.
package trace
