// Package statekey gives the raw key of every provable record, exactly as the
// modules' tables encode it, so that a verifier without the modules can ask
// for, and check, the right key. A test in each module holds the two together.
//
// A key is the module's name, '/', the table's number, then the parts of the
// table's key in order: text that is not last ends with a zero byte, bytes that
// are not last carry their length as a uvarint, numbers are big-endian (signed
// ones with the sign bit flipped so that they sort).
package statekey

import "encoding/binary"

func table(module string, number byte) []byte {
	return append([]byte(module+"/"), number)
}

func text(k []byte, s string) []byte { return append(append(k, s...), 0) }

// Participant is the key of registry's participant record.
func Participant(id string) []byte { return append(table("registry", 1), id...) }

// Address is the key of registry's key record, by its 20-byte address.
func Address(address []byte) []byte { return append(table("registry", 2), address...) }

// Accreditation is the key of registry's accreditation record.
func Accreditation(certifier, specification string) []byte {
	return append(text(table("registry", 6), certifier), specification...)
}

// Location is the key of place's location record, by its id.
func Location(id string) []byte { return append(table("place", 1), id...) }

// LocationRevision is the key of what was said of a location before an
// amendment; the present stands in the location's own record.
func LocationRevision(id string, revision uint32) []byte {
	return binary.BigEndian.AppendUint32(text(table("place", 2), id), revision)
}

// Specification is the key of product's specification record.
func Specification(id string) []byte { return append(table("product", 1), id...) }

// SpecificationVersion is the key of one version of a specification.
func SpecificationVersion(id string, version uint32) []byte {
	return binary.BigEndian.AppendUint32(text(table("product", 2), id), version)
}

// Product is the key of product's trade item record, by 14-digit GTIN.
func Product(gtin string) []byte { return append(table("product", 3), gtin...) }

// Batch is the key of product's batch record.
func Batch(gtin, lot string) []byte { return append(text(table("product", 4), gtin), lot...) }

// Description is the key of product's link number n to something about a product
// (lot "") or a batch.
func Description(gtin, lot string, n uint32) []byte {
	return binary.BigEndian.AppendUint32(text(text(table("product", 5), gtin), lot), n)
}

// DescriptionsOf is the range [start, end) of product's links of a product (lot
// "") or a batch; what follows start in a key is the number, 4 bytes.
func DescriptionsOf(gtin, lot string) (start, end []byte) {
	return prefix(text(text(table("product", 5), gtin), lot))
}

// Entry is the key of matter's entry of that number.
func Entry(number uint64) []byte { return binary.BigEndian.AppendUint64(table("matter", 1), number) }

// Stock is the key of matter's record of what is left of a batch; a batch of which
// the book has not heard has none.
func Stock(gtin, lot string) []byte { return append(text(table("matter", 2), gtin), lot...) }

// EntriesOf is the range [start, end) of matter's index by batch; what follows
// start in a key is the entry's number, 8 bytes big-endian.
func EntriesOf(gtin, lot string) (start, end []byte) {
	return prefix(text(text(table("matter", 3), gtin), lot))
}

// Total is the key of what an account of the book of matter holds.
func Total(account uint32) []byte { return binary.BigEndian.AppendUint32(table("matter", 6), account) }

// MadeOf is the range [start, end) of what a batch was made of, as the book or
// events tell; what follows start in a key is GTIN, a zero byte and lot.
func MadeOf(gtin, lot string) (start, end []byte) {
	return prefix(text(text(table("lineage", 1), gtin), lot))
}

// WentInto is MadeOf the other way round.
func WentInto(gtin, lot string) (start, end []byte) {
	return prefix(text(text(table("lineage", 2), gtin), lot))
}

// RecallMark is the key of lineage's mark of a recall on a batch.
func RecallMark(gtin, lot string, recall uint64) []byte {
	return binary.BigEndian.AppendUint64(text(text(table("lineage", 3), gtin), lot), recall)
}

// RecallMarksOn is the range [start, end) of the marks on a batch; what follows
// start in a key is the recall's number, 8 bytes big-endian.
func RecallMarksOn(gtin, lot string) (start, end []byte) {
	return prefix(text(text(table("lineage", 3), gtin), lot))
}

// RecallBatches is the range [start, end) of the batches that a recall marked;
// what follows start in a key is GTIN, a zero byte and lot. The number is below
// 2^64-1.
func RecallBatches(recall uint64) (start, end []byte) {
	p := table("lineage", 4)
	return binary.BigEndian.AppendUint64(append([]byte(nil), p...), recall), binary.BigEndian.AppendUint64(append([]byte(nil), p...), recall+1)
}

// RecallSpread is the key of lineage's record of how far a recall has come.
func RecallSpread(recall uint64) []byte {
	return binary.BigEndian.AppendUint64(table("lineage", 5), recall)
}

// RecallsSpreading is the range [start, end) of the recalls, drills left out, that
// have not reached everything; what follows start in a key is the recall's number,
// 8 bytes big-endian.
func RecallsSpreading() (start, end []byte) {
	p := table("lineage", 6)
	return binary.BigEndian.AppendUint32(append([]byte(nil), p...), 0), binary.BigEndian.AppendUint32(append([]byte(nil), p...), 1)
}

// Recall is the key of recall's record, by its number.
func Recall(number uint64) []byte { return binary.BigEndian.AppendUint64(table("recall", 1), number) }

// RecallAcknowledgement is the key of what a participant said of a batch.
func RecallAcknowledgement(recall uint64, gtin, lot, participant string) []byte {
	return append(text(text(binary.BigEndian.AppendUint64(table("recall", 2), recall), gtin), lot), participant...)
}

// RecallNotice is the key of a recall's notice of that number.
func RecallNotice(recall uint64, number uint32) []byte {
	return binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint64(table("recall", 3), recall), number)
}

// RecallLift is the key of a recall's lift of that number.
func RecallLift(recall uint64, number uint32) []byte {
	return binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint64(table("recall", 4), recall), number)
}

// SoldOf bounds how much of a batch was sold under each of its certificates; what
// follows start in a key is the attestation, empty for what was sold before any.
func SoldOf(gtin, lot string) (start, end []byte) {
	return prefix(text(text(table("cert", 6), gtin), lot))
}

// Holding is what a participant has of a batch; 14-digit GTIN.
func Holding(gtin, lot, holder string) []byte {
	return append(text(text(table("matter", 10), gtin), lot), holder...)
}

// HoldingsOf bounds what all participants have of a batch, in order of participant.
func HoldingsOf(gtin, lot string) (start, end []byte) {
	return prefix(text(text(table("matter", 10), gtin), lot))
}

// Offer is an offer of custody by its number.
func Offer(number uint64) []byte { return binary.BigEndian.AppendUint64(table("custody", 1), number) }

// LogisticUnit is a logistic unit by its 18 digits.
func LogisticUnit(sscc string) []byte { return append(table("custody", 5), sscc...) }

// Attestation is the key of cert's attestation record.
func Attestation(id string) []byte { return append(table("cert", 1), id...) }

// AttestationsOf is the range [start, end) of cert's index by batch; what
// follows start in a key is the attestation's id.
func AttestationsOf(gtin, lot string) (start, end []byte) {
	return prefix(text(text(table("cert", 2), gtin), lot))
}

// StatusEntries is the range [start, end) of what a certifier's status list
// says; what follows start in a key is the index, 4 bytes big-endian.
func StatusEntries(certifier string, list uint32) (start, end []byte) {
	p := text(table("cert", 4), certifier)
	start = binary.BigEndian.AppendUint32(append([]byte(nil), p...), list)
	if list == 1<<32-1 {
		_, end = prefix(p)
		return start, end
	}
	return start, binary.BigEndian.AppendUint32(append([]byte(nil), p...), list+1)
}

// StatusEntry is the key of one entry of a certifier's status list.
func StatusEntry(certifier string, list, index uint32) []byte {
	start, _ := StatusEntries(certifier, list)
	return binary.BigEndian.AppendUint32(start, index)
}

// StatusList is the key of a status list as its certifier last signed it;
// purpose is "revocation" or "suspension".
func StatusList(certifier string, list uint32, purpose string) []byte {
	return append(binary.BigEndian.AppendUint32(text(table("cert", 5), certifier), list), purpose...)
}

// ControlRequest is the key of control's request record.
func ControlRequest(id string) []byte { return append(table("control", 1), id...) }

// Finding is the key of a request's non-conformity, numbered from 1.
func Finding(request string, number uint32) []byte {
	return binary.BigEndian.AppendUint32(text(table("control", 2), request), number)
}

// LabResult is the key of a request's laboratory result, numbered from 1.
func LabResult(request string, number uint32) []byte {
	return binary.BigEndian.AppendUint32(text(table("control", 3), request), number)
}

// OpenMajorsOf is the range [start, end) of what keeps a batch from being
// attested; what follows start in a key is the request's id, a zero byte and the
// non-conformity's number, 4 bytes big-endian.
func OpenMajorsOf(gtin, lot string) (start, end []byte) {
	return prefix(text(text(table("control", 6), gtin), lot))
}

// Event is the key of trace's event record, by its 32-byte id.
func Event(id []byte) []byte { return append(table("trace", 1), id...) }

// JourneyOf is the range [start, end) of trace's index by batch; what follows
// start in a key is the event time (8 bytes, milliseconds, sign bit flipped)
// and the event's id.
func JourneyOf(gtin, lot string) (start, end []byte) {
	return prefix(text(text(table("trace", 2), gtin), lot))
}

// OutsideOf is the range [start, end) of what a reporter told about a lot from
// outside; what follows start in a key is as in JourneyOf.
func OutsideOf(gtin, lot, reporter string) (start, end []byte) {
	return prefix(text(text(text(table("trace", 4), gtin), lot), reporter))
}

// OutsideOfAny is the range [start, end) of what anybody told about a lot from
// outside; what follows start in a key is the reporter, a zero byte, and then as
// in JourneyOf.
func OutsideOfAny(gtin, lot string) (start, end []byte) {
	return prefix(text(text(table("trace", 4), gtin), lot))
}

// Commitment is the key of privacy's commitment record, by its 32-byte id.
func Commitment(id []byte) []byte { return append(table("privacy", 1), id...) }

// CommitmentsAbout is the range [start, end) of privacy's index by subject, as
// commitment.Subject writes it; what follows start in a key is the participant,
// a zero byte, and the commitment's 32-byte id.
func CommitmentsAbout(subject string) (start, end []byte) {
	return prefix(text(table("privacy", 2), subject))
}

// ContractVersion is the key of one version of a contract.
func ContractVersion(contract string, version uint32) []byte {
	return binary.BigEndian.AppendUint32(text(table("rules", 1), contract), version)
}

// ContractVersions is the range [start, end) of a contract's versions; what follows
// start in a key is the version, 4 bytes big-endian.
func ContractVersions(contract string) (start, end []byte) {
	return prefix(text(table("rules", 1), contract))
}

// ContractDocument is the key of the text of a contract's version, by its SHA-256.
func ContractDocument(hash []byte) []byte { return append(table("rules", 2), hash...) }

// RulingsOf is the range [start, end) of what contracts said of a batch; what follows
// start in a key is trigger, contract and subject, parted by "/".
func RulingsOf(gtin, lot string) (start, end []byte) {
	return prefix(text(text(table("rules", 4), gtin), lot))
}

// ConsequencesOf is the range [start, end) of what followed from contracts for a
// batch; what follows start in a key is contract, rule and kind, parted by "/".
func ConsequencesOf(gtin, lot string) (start, end []byte) {
	return prefix(text(text(table("rules", 5), gtin), lot))
}

// DeclarationsOf is the range [start, end) of what was declared of a batch; what
// follows start in a key is the participant.
func DeclarationsOf(gtin, lot string) (start, end []byte) {
	return prefix(text(text(table("rules", 6), gtin), lot))
}

// AttestationNotice is the key of the notice that a control body gave of an
// attestation.
func AttestationNotice(attestation string) []byte { return append(table("rules", 7), attestation...) }

// Agreement is the key of an agreement by its number.
func Agreement(number uint64) []byte {
	return binary.BigEndian.AppendUint64(table("agreement", 1), number)
}

// UnitRun is the key of unit's run of a batch, numbered from 1.
func UnitRun(gtin, lot string, run uint32) []byte {
	return binary.BigEndian.AppendUint32(text(text(table("unit", 1), gtin), lot), run)
}

// UnitRunsOf is the range [start, end) of a batch's runs; what follows start in a
// key is the run's number, 4 bytes big-endian.
func UnitRunsOf(gtin, lot string) (start, end []byte) {
	return prefix(text(text(table("unit", 1), gtin), lot))
}

// Unit is the key of what happened to a unit; one to which nothing happened has
// none.
func Unit(gtin, lot string, run, index uint32) []byte {
	k := binary.BigEndian.AppendUint32(text(text(table("unit", 2), gtin), lot), run)
	return binary.BigEndian.AppendUint32(k, index)
}

// Voiding is the key of unit's voiding of a batch's units, numbered from 1.
func Voiding(gtin, lot string, number uint32) []byte {
	return binary.BigEndian.AppendUint32(text(text(table("unit", 3), gtin), lot), number)
}

// UnitTally is the key of what the runs of a batch come to.
func UnitTally(gtin, lot string) []byte { return append(text(table("unit", 4), gtin), lot...) }

// UnitCoverage is the key of what units hold under the certificates of a batch.
func UnitCoverage(gtin, lot string) []byte { return append(text(table("unit", 5), gtin), lot...) }

// LedgerAct is the key of ledger's notarised act, by its id.
func LedgerAct(id string) []byte { return append(table("ledger", 1), id...) }

// LedgerDocument is the key of the acts that a file belongs to, by the SHA-256 of
// the file, of what was signed in it, or of an attachment: 32 bytes.
func LedgerDocument(sha256 []byte) []byte { return append(table("ledger", 2), sha256...) }

// ActRelation is the key of what an act does to another one; kind is its number.
func ActRelation(from string, kind uint32, to string) []byte {
	return append(binary.BigEndian.AppendUint32(text(table("ledger", 3), from), kind), to...)
}

// ActRelationsTo is the range [start, end) of the acts that have a relation to an
// act, withdrawn ones too; what follows start in a key is the kind, 4 bytes
// big-endian, and the act.
func ActRelationsTo(to string) (start, end []byte) {
	return prefix(text(table("ledger", 4), to))
}

// Register is the key of a public register.
func Register(id string) []byte { return append(table("ledger", 20), id...) }

// RegisterAppend is the key of an append to a register, by its number.
func RegisterAppend(register string, number uint64) []byte {
	return binary.BigEndian.AppendUint64(text(table("ledger", 21), register), number)
}

// RegisterAppends is the range [start, end) of the appends to a register; what follows
// start in a key is the number, 8 bytes big-endian.
func RegisterAppends(register string) (start, end []byte) {
	return prefix(text(table("ledger", 21), register))
}

// BudgetLine is the key of a line of ledger's budget.
func BudgetLine(id string) []byte { return append(table("ledger", 40), id...) }

// BudgetAmounts is the key of what stands on a line, right below parent; "" for a root.
func BudgetAmounts(parent, id string) []byte { return append(text(table("ledger", 41), parent), id...) }

// BudgetChildren is the range [start, end) of what stands on the lines right below
// one, "" for the roots; what follows start in a key is the line.
func BudgetChildren(parent string) (start, end []byte) {
	return prefix(text(table("ledger", 41), parent))
}

// BudgetDays is the range [start, end) of what was added to a line until a day, all
// for ""; what follows start in a key is the day, a zero byte and the height, 8
// bytes big-endian.
func BudgetDays(line, until string) (start, end []byte) {
	start, end = prefix(text(table("ledger", 42), line))
	if until != "" {
		_, end = prefix(text(start, until))
	}
	return start, end
}

// Movement is the key of a movement of the budget, by its number.
func Movement(number uint64) []byte {
	return binary.BigEndian.AppendUint64(table("ledger", 43), number)
}

// MovementsOfLine is the range [start, end) of the movements that have an entry on a
// line; what follows start in a key is the number, 8 bytes big-endian.
func MovementsOfLine(line string) (start, end []byte) { return prefix(text(table("ledger", 44), line)) }

// MovementsOfAct is the same for those that an act authorises.
func MovementsOfAct(act string) (start, end []byte) { return prefix(text(table("ledger", 45), act)) }

// Position is the key of a reservation or commitment.
func Position(id string) []byte { return append(table("ledger", 46), id...) }

// CallShare is the key of what a beneficiary holds in a call; "" is all that are not listed.
func CallShare(call, beneficiary string) []byte {
	return append(text(table("ledger", 48), call), beneficiary...)
}

// Corrected is the key of how much of a movement was undone.
func Corrected(number uint64) []byte {
	return binary.BigEndian.AppendUint64(table("ledger", 49), number)
}

// LinesOfBeneficiary is the range [start, end) of a beneficiary's grants; what
// follows start in a key is the line.
func LinesOfBeneficiary(beneficiary string) (start, end []byte) {
	return prefix(text(table("ledger", 51), beneficiary))
}

// BudgetTables are the ranges [start, end) of the whole book: lines, days,
// movements, reservations and commitments, shares of calls.
func BudgetTables() (lines, days, movements, positions, shares [2][]byte) {
	whole := func(number byte) [2][]byte {
		start, end := prefix(table("ledger", number))
		return [2][]byte{start, end}
	}
	return whole(40), whole(42), whole(43), whole(46), whole(48)
}

// prefix gives the range of the keys that begin with p, which ends with a zero
// byte and so can be raised.
func prefix(p []byte) (start, end []byte) {
	end = append([]byte(nil), p...)
	end[len(end)-1]++
	return p, end
}
