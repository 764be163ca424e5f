package trace

import "github.com/filiera-chain/filiera/module"

const name = "trace"

// Refusals of this module. The numbers 5, 6 and 14 were of earlier versions.
var (
	ErrShape      = module.NewError(name, 1, "malformed", "a field is missing or badly written")
	ErrDocument   = module.NewError(name, 2, "bad_document", "the document is not EPCIS 2.0 in JSON")
	ErrTooLarge   = module.NewError(name, 3, "document_too_large", "the document has more bytes than the ledger takes")
	ErrTooMany    = module.NewError(name, 4, "too_many_events", "the document has more events than the ledger takes")
	ErrEventID    = module.NewError(name, 7, "wrong_event_id", "the eventID is the hash of another event of the ledger")
	ErrTime       = module.NewError(name, 8, "bad_event_time", "the event lies before 1990 or in the future")
	ErrIdentifier = module.NewError(name, 9, "bad_identifier", "an identifier has the form of a GS1 one and is not valid")
	ErrQuantity   = module.NewError(name, 10, "bad_quantity", "a quantity is zero or negative, or contradicts another of the same lot")
	ErrNoLot      = module.NewError(name, 11, "no_lot", "the event names a product of the ledger without its lot")
	ErrUnit       = module.NewError(name, 12, "later_single_item", "single items without their lot come with a later version")
	ErrUnknownLot = module.NewError(name, 13, "unregistered_lot", "the product is registered here and the lot is not")
	ErrNotHolder  = module.NewError(name, 15, "not_holder", "the reporter neither owns nor holds the batch")
	ErrOwnInput   = module.NewError(name, 16, "own_input", "a lot is input and output of one transformation")
	ErrLimit      = module.NewError(name, 17, "limit_reached", "an event names too many lots, a text of it is too long, or a lot has as many events as it may")
	ErrEvent      = module.NewError(name, 18, "unknown_event", "no event has this id")

	ErrEventIDTaken = module.NewError(name, 19, "event_id_taken", "the reporter used the eventID for another event")
	ErrDeclaration  = module.NewError(name, 20, "bad_declaration", "an error declaration has a bad time, or too much text")
	ErrOverBatch    = module.NewError(name, 22, "over_batch", "the event tells of more of a batch than there was")
	ErrNotInBook    = module.NewError(name, 23, "not_in_book", "the event tells of another origin of a batch than the book of matter")
	ErrNotReporter  = module.NewError(name, 21, "not_reporter", "somebody other than its reporter declares an event wrong")
)

func refusals() []*module.Error {
	return []*module.Error{
		ErrShape, ErrDocument, ErrTooLarge, ErrTooMany, ErrEventID, ErrTime, ErrIdentifier, ErrQuantity,
		ErrNoLot, ErrUnit, ErrUnknownLot, ErrNotHolder, ErrOwnInput, ErrLimit, ErrEvent, ErrEventIDTaken, ErrDeclaration, ErrNotReporter, ErrOverBatch, ErrNotInBook,
	}
}
