package main

// searchEnglish holds the sentences of searching in English; see words.go.
var searchEnglish = map[string]string{
	"search.short":         "Find participants, specifications, products, locations and batches by name or lot",
	"flag.search-kind":     "only participant, specification, product, batch, location, act, register or budget_line",
	"search.participant":   "participant",
	"search.specification": "specification",
	"search.product":       "product",
	"search.batch":         "batch",
	"search.location":      "location",
	"search.budget_line":   "line of the budget",
	"search.register":      "register",
}
