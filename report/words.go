package report

var italian = map[string]string{
	"title": "Rapporto di rintracciabilità", "law": "Reg. (CE) 178/2002, art. 18: un passo indietro, un passo avanti", "lot": "Lotto", "product": "Prodotto", "owner": "Titolare",
	"specification": "Disciplinare", "produced": "Prodotto il", "expires": "Scadenza", "place": "Comune (ISTAT)", "status": "Stato", "balance": "Bilancio", "back": "Un passo indietro",
	"forward": "Un passo avanti", "holders": "Chi lo detiene", "certificates": "Certificati", "entered": "entrato", "left": "resta", "consumed": "consumato", "moved": "in altri lotti",
	"sold": "sul mercato", "written_off": "scaricato", "day": "giorno", "told": "dichiarato", "kind": "movimento", "what": "che cosa", "quantity": "quantità", "from": "da", "to": "a",
	"note": "nota", "entry": "n.", "none": "nulla", "market": "mercato", "state": "Stato del registro", "height": "altezza", "page": "pagina", "until": "valido fino al", "attests": "attesta",
	"more":    "Altre registrazioni restano oltre questo rapporto: si leggono con filiera batch entries.",
	"foot":    "Registro elettronico non qualificato. I dati sono quelli registrati all'altezza indicata; chiunque li può verificare con filiera verify.",
	"harvest": "raccolta", "transformation": "trasformazione", "split": "divisione", "merge": "unione", "sale": "vendita", "return": "reso", "write_off": "scarico", "transfer": "passaggio", "opening": "apertura",
	"active": "attivo", "withdrawn": "ritirato", "recalled": "richiamato", "section": "parte", "version": "versione", "outside": "dall'esterno", "process_loss": "perso nel processo",
}

var english = map[string]string{
	"title": "Traceability report", "law": "Reg. (EC) 178/2002, art. 18: one step back, one step forward", "lot": "Batch", "product": "Product", "owner": "Owner",
	"specification": "Specification", "produced": "Produced on", "expires": "Expires", "place": "Municipality (ISTAT)", "status": "State", "balance": "Balance", "back": "One step back",
	"forward": "One step forward", "holders": "Who has it", "certificates": "Certificates", "entered": "entered", "left": "left", "consumed": "consumed", "moved": "in other lots",
	"sold": "on the market", "written_off": "written off", "day": "day", "told": "told", "kind": "movement", "what": "what", "quantity": "quantity", "from": "from", "to": "to",
	"note": "note", "entry": "no.", "none": "nothing", "market": "market", "state": "State of the ledger", "height": "height", "page": "page", "until": "valid until", "attests": "attests",
	"more":    "More entries lie beyond this report: read them with filiera batch entries.",
	"foot":    "A non-qualified electronic ledger. The figures are those recorded at the height stated; anybody can check them with filiera verify.",
	"harvest": "harvest", "transformation": "transformation", "split": "split", "merge": "merge", "sale": "sale", "return": "return", "write_off": "write-off", "transfer": "transfer", "opening": "opening",
	"active": "active", "withdrawn": "withdrawn", "recalled": "recalled", "section": "part", "version": "version", "outside": "from outside", "process_loss": "lost in the process",
}

// word gives the word of a key in a language, or the key.
func word(lang, key string) string {
	words := english
	if lang == "it" {
		words = italian
	}
	if w, ok := words[key]; ok {
		return w
	}
	return key
}
