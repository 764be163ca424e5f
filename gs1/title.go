package gs1

// aiTitles names the Application Identifiers of food in Italian and English;
// those of a measure or an amount by their first three digits. Others have the
// data title that GS1 prints.
var aiTitles = map[string][2]string{
	"00":   {"collo logistico (SSCC)", "logistic unit (SSCC)"},
	"01":   {"articolo (GTIN)", "trade item (GTIN)"},
	"02":   {"articolo contenuto (GTIN)", "content (GTIN)"},
	"10":   {"lotto", "batch or lot"},
	"11":   {"data di produzione", "production date"},
	"12":   {"data di scadenza del pagamento", "payment due date"},
	"13":   {"data di confezionamento", "packaging date"},
	"15":   {"da consumarsi preferibilmente entro", "best before"},
	"16":   {"da vendere entro", "sell by"},
	"17":   {"da consumarsi entro", "expiry date"},
	"20":   {"variante interna", "internal variant"},
	"21":   {"numero di serie", "serial number"},
	"22":   {"variante per il consumatore", "consumer product variant"},
	"30":   {"numero di pezzi", "variable count"},
	"37":   {"numero di articoli contenuti", "count of items contained"},
	"240":  {"identificazione aggiuntiva", "additional identification"},
	"241":  {"codice articolo del cliente", "customer part number"},
	"250":  {"numero di serie secondario", "secondary serial number"},
	"251":  {"origine (riferimento)", "source entity"},
	"254":  {"parte del luogo (estensione del GLN)", "extension of the GLN"},
	"310":  {"peso netto", "net weight"},
	"311":  {"lunghezza", "length"},
	"312":  {"larghezza o diametro", "width or diameter"},
	"313":  {"altezza o spessore", "depth or height"},
	"314":  {"superficie", "area"},
	"315":  {"volume netto", "net volume"},
	"316":  {"volume netto", "net volume"},
	"320":  {"peso netto", "net weight"},
	"330":  {"peso lordo", "gross weight"},
	"335":  {"volume logistico", "logistic volume"},
	"336":  {"volume logistico", "logistic volume"},
	"390":  {"importo da pagare", "amount payable"},
	"391":  {"importo da pagare, con valuta", "amount payable, with currency"},
	"392":  {"prezzo", "price"},
	"393":  {"prezzo, con valuta", "price, with currency"},
	"394":  {"sconto percentuale", "percentage discount"},
	"395":  {"prezzo per unità di misura", "price per unit of measure"},
	"400":  {"numero d'ordine del cliente", "customer's order number"},
	"401":  {"consegna (GINC)", "consignment (GINC)"},
	"402":  {"spedizione (GSIN)", "shipment (GSIN)"},
	"410":  {"destinatario (GLN)", "ship to (GLN)"},
	"411":  {"intestatario della fattura (GLN)", "bill to (GLN)"},
	"412":  {"fornitore (GLN)", "purchased from (GLN)"},
	"413":  {"destinatario finale (GLN)", "ship for (GLN)"},
	"414":  {"luogo (GLN)", "physical location (GLN)"},
	"415":  {"creditore (GLN)", "invoicing party (GLN)"},
	"416":  {"luogo di produzione o servizio (GLN)", "production or service location (GLN)"},
	"417":  {"organizzazione (GLN)", "party (GLN)"},
	"420":  {"codice postale di destinazione", "ship to postal code"},
	"421":  {"codice postale di destinazione, con paese", "ship to postal code, with country"},
	"422":  {"paese d'origine", "country of origin"},
	"423":  {"paesi della prima lavorazione", "countries of initial processing"},
	"424":  {"paese di lavorazione", "country of processing"},
	"425":  {"paesi di smontaggio", "countries of disassembly"},
	"426":  {"paese dell'intera lavorazione", "country of full processing"},
	"7001": {"codice NATO (NSN)", "NATO stock number"},
	"7002": {"classificazione UNECE di carni", "UNECE meat classification"},
	"7003": {"scadenza, con ora", "expiry date and time"},
	"7004": {"grado di attività", "active potency"},
	"7005": {"zona di cattura", "catch area"},
	"7006": {"data del primo congelamento", "first freeze date"},
	"7007": {"data o periodo di raccolta", "harvest date or span"},
	"7008": {"specie ittica", "fishery species"},
	"7009": {"attrezzo da pesca", "fishing gear"},
	"7010": {"metodo di produzione (pesca)", "production method"},
	"8008": {"data e ora di produzione", "production date and time"},
	"8200": {"pagina con altre informazioni", "extended packaging URL"},
}

// Title names an Application Identifier in Italian ("it") or English.
func Title(code, lang string) string {
	pair, ok := aiTitles[code]
	if !ok && len(code) == 4 && code[0] == '3' {
		pair, ok = aiTitles[code[:3]]
	}
	switch {
	case ok && lang == "it":
		return pair[0]
	case ok:
		return pair[1]
	}
	if ai, known := dictionary[code]; known {
		return ai.Title
	}
	return ""
}
