package main

// dryItalian holds the sentences of dry runs in Italian; see words.go.
var dryItalian = map[string]string{
	"rehearsal":         "prova",
	"rehearsal.offline": "il registro non è stato interpellato, perché --chain-id fa lavorare senza nodo",
	"rehearsal.nobody":  "il registro non è stato interpellato, perché non c'è una chiave; aggiungi --from NOME",
	"rehearsal.at":      "sullo stato dell'altezza %d, per %s",
	"rehearsal.done":    "sarebbe eseguita",
	"rehearsal.refused": "sarebbe rifiutata",
	"rehearsal.change":  "scriverebbe",
	"row.ledger.says":   "il registro risponde: %s",
	"row.not.made.yet":  "la data di produzione %s deve ancora venire: oggi è il %s; un lotto si registra quando è fatto",
	"row.wrong.unit":    "la quantità %s %s non si può scrivere in %s, l'unità in cui si conta il prodotto; scriverla in quella unità, in numeri interi",
}
