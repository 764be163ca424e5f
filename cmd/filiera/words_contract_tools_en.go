package main

// contractToolsEnglish holds the sentences of the tools for writers of contracts in
// English; see words.go.
var contractToolsEnglish = map[string]string{
	"contract.schema.short":     "JSON Schema of contracts, by which editors complete and check them",
	"contract.schema.long":      "Prints the JSON Schema (2020-12) of contract.yaml, or of tests.yaml with --cases. Editors with YAML language support read it where the file begins with\n\n  # yaml-language-server: $schema=../contract.schema.json",
	"flag.schema-cases":         "the schema of files of cases (tests.yaml)",
	"contract.check.short":      "Find rules that can never hold together, and rules that can never fail",
	"contract.check.long":       "Holds the rules of a contract against one another by exact arithmetic: limits that leave no value, shares of a mixture that cannot make a whole, combinations that the shares allow and an order excludes, rules that follow from others. It looks at limits that are the same whatever the case; that it finds nothing is no proof. Ends with 4 when rules can never hold together.",
	"contract.check.impossible": "never together",
	"contract.check.excluded":   "excluded",
	"contract.check.needless":   "needless",
	"contract.check.none":       "%s: no rules found that clash",
}
