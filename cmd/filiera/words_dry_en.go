package main

// dryEnglish holds the sentences of dry runs in English; see words.go.
var dryEnglish = map[string]string{
	"rehearsal":         "tried",
	"rehearsal.offline": "not asked of the ledger, because --chain-id says to work without a node",
	"rehearsal.nobody":  "not asked of the ledger, because no key is named; add --from NAME",
	"rehearsal.at":      "on the state of height %d, for %s",
	"rehearsal.done":    "would be carried out",
	"rehearsal.refused": "would be refused",
	"rehearsal.change":  "would write",
	"row.ledger.says":   "the ledger answers: %s",
	"row.not.made.yet":  "the production date %s has not come yet: today is %s; register a batch once it is made",
	"row.wrong.unit":    "the quantity %s %s cannot be written in %s, the unit in which the product is counted; write it in that unit, in whole numbers of it",
}
