package main

// contractToolsItalian holds the sentences of the tools for writers of contracts in
// Italian; see words.go.
var contractToolsItalian = map[string]string{
	"contract.schema.short":     "JSON Schema dei contratti, con cui gli editor li completano e controllano",
	"contract.schema.long":      "Stampa il JSON Schema (2020-12) di contract.yaml o, con --cases, di tests.yaml. Gli editor che capiscono YAML lo leggono se il file comincia con\n\n  # yaml-language-server: $schema=../contract.schema.json",
	"flag.schema-cases":         "lo schema dei file di casi (tests.yaml)",
	"contract.check.short":      "Trova le regole che non possono mai valere insieme, e quelle che non possono mai mancare",
	"contract.check.long":       "Confronta tra loro le regole di un contratto con aritmetica esatta: limiti che non lasciano valori, quote di un impasto che non possono fare un intero, combinazioni che le quote ammettono e un ordine esclude, regole che seguono da altre. Guarda i limiti che sono gli stessi in ogni caso; se non trova nulla non è una dimostrazione. Termina con 4 se delle regole non possono mai valere insieme.",
	"contract.check.impossible": "mai insieme",
	"contract.check.excluded":   "escluso",
	"contract.check.needless":   "superflua",
	"contract.check.none":       "%s: non ci sono regole in conflitto",
}
