package verify

import "strings"

// stepWords are the business steps of the Core Business Vocabulary 2.0, section 7.1, and after them some food
// steps that vocabularies of one's own add, in words for consumers.
var stepWords = map[string][2]string{
	"accepting":               {"presa in carico", "accepted"},
	"arriving":                {"arrivo", "arrived"},
	"assembling":              {"assemblaggio", "assembled"},
	"collecting":              {"raccolta", "collected"},
	"commissioning":           {"creazione del lotto", "batch created"},
	"consigning":              {"consegna al trasporto", "consigned"},
	"creating_class_instance": {"produzione", "produced"},
	"cycle_counting":          {"conta di magazzino", "stock counted"},
	"decommissioning":         {"fine del lotto", "batch ended"},
	"departing":               {"partenza", "departed"},
	"destroying":              {"distruzione", "destroyed"},
	"disassembling":           {"scomposizione", "taken apart"},
	"dispensing":              {"distribuzione", "dispensed"},
	"encoding":                {"codifica dell'etichetta", "label encoded"},
	"entering_exiting":        {"passaggio dalla cassa", "passed the check-out"},
	"holding":                 {"fermo in attesa", "held"},
	"inspecting":              {"controllo", "inspected"},
	"installing":              {"installazione", "installed"},
	"killing":                 {"disattivazione dell'etichetta", "label disabled"},
	"loading":                 {"carico", "loaded"},
	"other":                   {"altra operazione", "other step"},
	"packing":                 {"confezionamento", "packed"},
	"picking":                 {"prelievo", "picked"},
	"receiving":               {"ricevimento", "received"},
	"removing":                {"rimozione", "removed"},
	"repackaging":             {"riconfezionamento", "repackaged"},
	"repairing":               {"riparazione", "repaired"},
	"replacing":               {"sostituzione", "replaced"},
	"reserving":               {"prenotazione", "reserved"},
	"retail_selling":          {"vendita al dettaglio", "sold at retail"},
	"sampling":                {"campionamento", "sampled"},
	"sensor_reporting":        {"misura di un sensore", "measured by a sensor"},
	"shipping":                {"spedizione", "shipped"},
	"staging_outbound":        {"preparazione alla spedizione", "made ready to ship"},
	"stock_taking":            {"inventario", "stock taken"},
	"stocking":                {"messa a scaffale", "put on the shelf"},
	"storing":                 {"immagazzinamento", "stored"},
	"transporting":            {"trasporto", "transported"},
	"unloading":               {"scarico", "unloaded"},
	"unpacking":               {"apertura dei colli", "unpacked"},
	"void_shipping":           {"annullamento della spedizione", "shipment voided"},
	"slaughtering":            {"macellazione", "slaughtered"},
	"harvesting":              {"raccolto", "harvested"},
	"milling":                 {"macinatura", "milled"},
	"bottling":                {"imbottigliamento", "bottled"},
	"ageing":                  {"stagionatura", "aged"},
	"maturing":                {"stagionatura", "matured"},
	"labelling":               {"etichettatura", "labelled"},
	"pressing":                {"frangitura", "pressed"},
}

// movements are the steps in which goods that exist change place or hands.
var movements = map[string]bool{
	"accepting": true, "arriving": true, "departing": true, "loading": true, "receiving": true, "retail_selling": true,
	"shipping": true, "stocking": true, "transporting": true, "unloading": true,
}

// bareStep is the last word of a business step URI, in any of the forms of CBV 2.0 section 7.1.1, or the
// last word of a vocabulary of one's own.
func bareStep(uri string) string {
	if _, rest, ok := strings.Cut(uri, "BizStep-"); ok {
		return rest
	}
	if i := strings.LastIndexAny(uri, ":/#"); i >= 0 {
		return uri[i+1:]
	}
	return uri
}

// step is a business step in words; one that has none is shown as its last word.
func (w words) step(uri, eventType string) string {
	if uri == "" {
		if eventType == "TransformationEvent" {
			return w.pick("lavorazione", "processed")
		}
		return w.pick("operazione", "step")
	}
	bare := bareStep(uri)
	if pair, ok := stepWords[bare]; ok {
		return w.pick(pair[0], pair[1])
	}
	return strings.ReplaceAll(bare, "_", " ")
}
