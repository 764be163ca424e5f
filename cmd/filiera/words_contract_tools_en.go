package main

// contractToolsEnglish holds the sentences of the tools for writers of contracts in
// English; see words.go.
var contractToolsEnglish = map[string]string{
	"contract.schema.short": "JSON Schema of contracts, by which editors complete and check them",
	"contract.schema.long":  "Prints the JSON Schema (2020-12) of contract.yaml, or of tests.yaml with --cases. Editors with YAML language support read it where the file begins with\n\n  # yaml-language-server: $schema=../contract.schema.json",
	"flag.schema-cases":     "the schema of files of cases (tests.yaml)",
}
