package batchfile

import (
	"fmt"
	"strings"

	"github.com/filiera-chain/filiera/quantity"
)

type field uint8

const (
	fieldNone field = iota
	fieldGTIN
	fieldLot
	fieldQuantity
	fieldUnit
	fieldProduction
	fieldExpiry
	fieldPlace
	fieldNote
	fieldCount // of the columns of batches
)

// The columns of laboratory results, beside GTIN, lot and notes.
const (
	labRequest = fieldCount + iota
	labParameter
	labRequirement
	labMethod
	labValue
	labUnit
	labUncertainty
	labSample
	labLaboratory
	labDate
	labReport
	labEnd
)

// columnNames in both languages: what to call a column, then what else is
// understood. Names are compared as plain() writes them.
var columnNames = [labEnd]struct {
	it, en string
	also   []string
}{
	fieldGTIN:       {"GTIN", "GTIN", []string{"codice gtin", "ean", "ean 13", "ean13", "codice ean", "codice a barre", "barcode", "bar code", "gtin 14", "gtin 13", "gtin ean"}},
	fieldLot:        {"lotto", "lot", []string{"numero lotto", "numero di lotto", "n lotto", "nr lotto", "codice lotto", "lot number", "batch", "batch number", "batch lot"}},
	fieldQuantity:   {"quantità", "quantity", []string{"qta", "q ta", "qty", "amount"}},
	fieldUnit:       {"unità", "unit", []string{"unita di misura", "unita misura", "um", "u m", "unit of measure", "uom"}},
	fieldProduction: {"data di produzione", "production date", []string{"data produzione", "prodotto il", "produzione", "data prod", "date of production", "produced", "produced on", "production"}},
	fieldExpiry: {"scadenza", "expiry", []string{
		"data di scadenza", "data scadenza", "tmc", "scadenza tmc", "termine minimo di conservazione", "da consumarsi entro",
		"da consumarsi preferibilmente entro", "expiry date", "expiration", "expiration date", "best before", "best before date", "use by",
	}},
	fieldPlace: {"comune", "place", []string{"codice comune", "codice istat", "istat", "comune istat", "luogo", "luogo di produzione", "comune di produzione", "istat code", "municipality"}},
	fieldNote:  {"note", "notes", []string{"nota", "annotazioni", "osservazioni", "note e osservazioni", "comment", "comments", "remarks"}},

	labRequest:     {"richiesta", "request", []string{"n richiesta", "numero richiesta", "pratica", "request number"}},
	labParameter:   {"parametro", "parameter", []string{"analita", "prova", "determinazione", "analyte", "test", "descrizione prova"}},
	labRequirement: {"requisito", "requirement", []string{"punto", "punto di controllo", "control point"}},
	labMethod:      {"metodo", "method", []string{"metodo di prova", "metodo analitico", "norma", "test method"}},
	labValue:       {"risultato", "result", []string{"valore", "valore misurato", "esito numerico", "value", "measured value"}},
	labUnit:        {"unità di misura", "unit", []string{"unita", "unita misura", "um", "u m", "unit of measure", "uom"}},
	labUncertainty: {"incertezza", "uncertainty", []string{"incertezza estesa", "incertezza di misura", "u", "expanded uncertainty"}},
	labSample:      {"campione", "sample", []string{"n campione", "numero campione", "id campione", "accettazione", "n accettazione", "sample id", "sample number"}},
	labLaboratory:  {"laboratorio", "laboratory", []string{"lab", "nome laboratorio", "laboratory name"}},
	labDate:        {"data del rapporto", "report date", []string{"data rapporto", "data rapporto di prova", "data emissione", "data", "date", "issued on"}},
	labReport:      {"impronta del rapporto", "report sha256", []string{"sha256", "sha 256", "impronta", "hash", "report hash", "impronta rapporto"}},
}

var fieldByName = func() map[string]field {
	m := make(map[string]field)
	for f := fieldGTIN; f < fieldCount; f++ {
		names := append([]string{columnNames[f].it, columnNames[f].en}, columnNames[f].also...)
		for _, n := range names {
			m[plain(n)] = f
		}
	}
	return m
}()

var accents = strings.NewReplacer("à", "a", "á", "a", "è", "e", "é", "e", "ì", "i", "í", "i", "ò", "o", "ó", "o", "ù", "u", "ú", "u")

// plain brings a header to lower-case words without accents or signs, so that
// "Quantita'", "QUANTITÀ" and "quantità" are one.
func plain(s string) string {
	s = accents.Replace(strings.ToLower(s))
	words := strings.FieldsFunc(s, func(r rune) bool { return !(r >= 'a' && r <= 'z' || r >= '0' && r <= '9') })
	return strings.Join(words, " ")
}

// header is what the first row says about the columns.
type header struct {
	names  []string // as in the file
	fields []field
	column [labEnd]int // index by field, -1 when absent
	unit   string      // UN/ECE code from a header such as "Quantità (kg)"
}

// recognise counts the columns of a row that have a known name.
func recognise(cells []string) int {
	n := 0
	for _, c := range cells {
		if f, _ := fieldOf(c); f != fieldNone {
			n++
		}
	}
	return n
}

// fieldOf understands a column's name; a name in brackets after it is a unit
// or an explanation.
func fieldOf(name string) (f field, unit string) {
	if f, ok := fieldByName[plain(name)]; ok {
		return f, ""
	}
	base, rest, ok := strings.Cut(name, "(")
	if !ok {
		return fieldNone, ""
	}
	f = fieldByName[plain(base)]
	if f == fieldQuantity {
		inside, _, _ := strings.Cut(rest, ")")
		code, err := quantity.ParseUnit(inside)
		if err != nil {
			return fieldNone, ""
		}
		unit = code
	}
	return f, unit
}

func readHeader(line int, cells []string) (*header, Problems) {
	h := &header{names: cells, fields: make([]field, len(cells))}
	for f := range h.column {
		h.column[f] = -1
	}
	var ps Problems
	for i, name := range cells {
		f, unit := fieldOf(name)
		h.fields[i] = f
		p := Problem{Line: line, Column: i + 1, Header: short(name), Value: short(name)}
		switch {
		case name == "" || f == fieldNote:
		case f == fieldNone:
			p.Code = "column_unknown"
			p.MessageIT = fmt.Sprintf("la colonna «%s» non è conosciuta: usare %s, oppure eliminarla", short(name), wanted("it"))
			p.MessageEN = fmt.Sprintf("the column “%s” is not known: use %s, or remove it", short(name), wanted("en"))
			ps = append(ps, p)
		case h.column[f] >= 0:
			p.Code = "column_repeated"
			p.MessageIT = fmt.Sprintf("la colonna «%s» ha lo stesso significato della colonna %d: tenerne una", short(name), h.column[f]+1)
			p.MessageEN = fmt.Sprintf("the column “%s” means the same as column %d: keep one", short(name), h.column[f]+1)
			ps = append(ps, p)
		default:
			h.column[f], h.unit = i, h.unit+unit
		}
	}
	return h, append(ps, h.missing(line)...)
}

func (h *header) missing(line int) (ps Problems) {
	for _, f := range [...]field{fieldGTIN, fieldLot, fieldQuantity, fieldUnit, fieldProduction} {
		if h.column[f] >= 0 || (f == fieldUnit && h.unit != "") {
			continue
		}
		ps = append(ps, Problem{
			Line: line, Code: "column_missing",
			MessageIT: fmt.Sprintf("manca la colonna «%s»: la prima riga deve avere i nomi delle colonne (%s)", columnNames[f].it, wanted("it")),
			MessageEN: fmt.Sprintf("the column “%s” is missing: the first row must hold the names of the columns (%s)", columnNames[f].en, wanted("en")),
		})
	}
	return ps
}

func wanted(lang string) string {
	var names []string
	for f := fieldGTIN; f < fieldCount; f++ {
		if lang == "it" {
			names = append(names, columnNames[f].it)
		} else {
			names = append(names, columnNames[f].en)
		}
	}
	return strings.Join(names, ", ")
}
