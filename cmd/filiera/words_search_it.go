package main

// searchItalian holds the sentences of searching in Italian; see words.go.
var searchItalian = map[string]string{
	"search.short":         "Cerca partecipanti, disciplinari, prodotti, luoghi e lotti per nome o per lotto",
	"flag.search-kind":     "solo participant, specification, product, batch, location, act, register o budget_line",
	"search.participant":   "partecipante",
	"search.specification": "disciplinare",
	"search.product":       "prodotto",
	"search.batch":         "lotto",
	"search.location":      "luogo",
	"search.budget_line":   "voce del bilancio",
	"search.register":      "registro",
}
