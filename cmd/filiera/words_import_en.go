package main

// importEnglish holds the sentences of imports.
var importEnglish = map[string]string{
	"batch.template.short": "Write an empty table (.xlsx or .csv) for the batches of a product",
	"template.extension":   "%s: name a file that ends in .xlsx or .csv",
	"report.extension":     "%s: a report is written to a file that ends in .csv or .json",
	"flag.sheet":           "sheet of an .xlsx file; default: the first one with a table",
	"flag.report":          "write the fate of every row to this .csv or .json file",
	"file":                 "File",
}
