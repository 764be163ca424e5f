package main

// captureEnglish are the sentences of trace capture, convert and hash.
var captureEnglish = map[string]string{
	"trace.capture.long": "Record EPCIS 2.0 documents in JSON or JSON-LD, and EPCIS 1.0 to 2.0 in XML, which is converted. Folders are read with the folders in\n" +
		"them, in the order of the names; - is standard input. Every document is held against the standard before any is sent.\n\n" +
		"A document that is too large for one transaction is divided into several, in its order. If the line is cut, the same command\n" +
		"goes on where it stopped; nothing is recorded twice. With rollback, the first part refused ends its document, and the parts\n" +
		"before it stay recorded: only within one transaction is it all or none. With proceed, each event is taken or refused for\n" +
		"itself. A dry run also lets the ledger try them, and records nothing.",
	"trace.convert.short":    "Convert EPCIS in XML into JSON-LD",
	"trace.hash.short":       "Print the CBV 2.0 hash of each event of a document",
	"flag.error-behaviour":   "when an event is refused: rollback (refuse what is sent with it) or proceed",
	"flag.receipts":          "also write the receipts into this file, .csv or .json",
	"flag.convert.out":       "write into this file instead of standard output",
	"flag.prehash":           "print the text that is hashed too",
	"bad.error-behaviour":    "--error-behaviour is %s; it must be rollback or proceed",
	"capture.empty.folder":   "%s has no file that ends with .json, .jsonld or .xml",
	"capture.generate.large": "%s needs more than one transaction (at most %d bytes and %d events in each); --generate-only prints one",
	"capture.progress":       "events",
	"capture.resumed":        "%s: going on; %d of %d events were dealt with before",
	"capture.again":          "%s: cut off; run the same command again to go on",
	"capture.interrupted":    "cut off",
	"convert.not.xml":        "%s is not XML: it does not begin with <",
	"outcome.correction":     "correction",
	"outcome.refused":        "refused",
	"outcome.not_sent":       "not sent",
	"outcome.unknown":        "no answer",
}
