// Package budget says how money moves through the Italian life cycle of public
// expenditure: stanziamento, prenotazione, impegno, liquidazione, pagamento,
// economia, disimpegno, revoca, recupero. It is pure: it turns a movement into
// entries of a double-entry book, says which acts may authorise it, adds up trees,
// and checks a whole book again from its movements. Amounts are whole cents.
//
// A line of the budget (a programme, an action, … a grant) has one account for
// each phase. Money is always on exactly one account of one line; roots have contra
// accounts, so that all accounts of a book add up to nothing.
//
// The truths of a book, by the names under which a refusal gives them:
//
//	I1 an action's money stands on its interventions, all of it
//	I2 a line gives no more than it has; what it has and what it gave add up
//	I3 what leaves one line enters another: transfers change no total
//	I4 reserved ≤ allocated, liquidated ≤ committed, paid ≤ liquidated, on every day
//	I5 a movement cites an act that is there, in force, competent, and not younger
//	I6 no beneficiary holds more than a call's cap, and its project costs enough
//	I7 what a call keeps for listed beneficiaries goes to them
//	I8 amounts are whole cents above nothing
//	I9 what is saved or revoked returns exactly, to a pot that is named
package budget
