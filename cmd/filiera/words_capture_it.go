package main

// captureItalian are the sentences of captureEnglish in Italian.
var captureItalian = map[string]string{
	"trace.capture.long": "Registra documenti EPCIS 2.0 in JSON o JSON-LD, ed EPCIS da 1.0 a 2.0 in XML, che viene convertito. Le cartelle si leggono con le\n" +
		"cartelle che contengono, in ordine di nome; - è lo standard input. Ogni documento è confrontato con lo standard prima di inviarne uno.\n\n" +
		"Un documento troppo grande per una transazione è diviso in più parti, nel suo ordine. Se la linea cade, lo stesso comando\n" +
		"riprende da dove si era fermato; nulla è registrato due volte. Con rollback la prima parte rifiutata chiude il documento, e le\n" +
		"parti precedenti restano registrate: solo entro una transazione vale tutto o niente. Con proceed ogni evento è accolto o\n" +
		"rifiutato per sé. La prova (--dry-run) li fa provare anche al registro, senza registrare nulla.",
	"trace.convert.short":    "Converte EPCIS da XML in JSON-LD",
	"trace.hash.short":       "Stampa l'impronta CBV 2.0 di ogni evento di un documento",
	"flag.error-behaviour":   "se un evento è rifiutato: rollback (rifiuta ciò che è inviato con esso) o proceed",
	"flag.receipts":          "scrive le ricevute anche in questo file, .csv o .json",
	"flag.convert.out":       "scrive in questo file invece che sullo standard output",
	"flag.prehash":           "stampa anche il testo di cui si calcola l'impronta",
	"bad.error-behaviour":    "--error-behaviour è %s; deve essere rollback o proceed",
	"capture.empty.folder":   "%s non ha file che finiscono con .json, .jsonld o .xml",
	"capture.generate.large": "%s richiede più di una transazione (al massimo %d byte e %d eventi in ciascuna); --generate-only ne stampa una",
	"capture.progress":       "eventi",
	"capture.resumed":        "%s: si riprende; %d eventi su %d erano già trattati",
	"capture.again":          "%s: interrotto; ripetere lo stesso comando per riprendere",
	"capture.interrupted":    "interrotto",
	"convert.not.xml":        "%s non è XML: non comincia con <",
	"outcome.correction":     "rettifica",
	"outcome.refused":        "rifiutato",
	"outcome.not_sent":       "non inviato",
	"outcome.unknown":        "senza risposta",
}
