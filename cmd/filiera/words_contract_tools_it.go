package main

// contractToolsItalian holds the sentences of the tools for writers of contracts in
// Italian; see words.go.
var contractToolsItalian = map[string]string{
	"contract.schema.short": "JSON Schema dei contratti, con cui gli editor li completano e controllano",
	"contract.schema.long":  "Stampa il JSON Schema (2020-12) di contract.yaml o, con --cases, di tests.yaml. Gli editor che capiscono YAML lo leggono se il file comincia con\n\n  # yaml-language-server: $schema=../contract.schema.json",
	"flag.schema-cases":     "lo schema dei file di casi (tests.yaml)",
}
