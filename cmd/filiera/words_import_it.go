package main

// importItalian holds the sentences of imports.
var importItalian = map[string]string{
	"batch.template.short": "Scrive una tabella vuota (.xlsx o .csv) per i lotti di un prodotto",
	"template.extension":   "%s: indica un file che finisce in .xlsx o .csv",
	"report.extension":     "%s: il rapporto si scrive in un file che finisce in .csv o .json",
	"flag.sheet":           "foglio di un file .xlsx; se manca: il primo con una tabella",
	"flag.report":          "scrive l'esito di ogni riga in questo file .csv o .json",
	"file":                 "File",
}
