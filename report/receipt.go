package report

import (
	"bytes"
	"fmt"
	"io"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/go-pdf/fpdf"
	"golang.org/x/image/font/gofont/gobold"
	"golang.org/x/image/font/gofont/gomono"
	"golang.org/x/image/font/gofont/goregular"
	"rsc.io/qr"
)

// Receipt is what the receipt of a notarised act says. Times are RFC 3339, days
// YYYY-MM-DD, hashes lower-case hex.
type Receipt struct {
	ID, Kind, Number, Date, Body, Subject string
	LegalBasis, CUPs                      []string
	Documents                             []ReceiptDocument
	DepositedBy, DepositedAt              string
	DepositedHeight                       int64
	// Standing is how the act stood on the day of the proof, in Italian.
	Standing  string
	Changes   []string
	Vouchings []string
	// The state that the receipt rests on, and where it can be looked up.
	ChainID        string
	Height         int64
	AsOf           string
	AppHash        string
	ValidatorsHash string
	// Own says that the validators' hash was known beforehand, and not taken from the
	// node that answered.
	Own bool
	URL string
}

// ReceiptDocument is a file of the act.
type ReceiptDocument struct {
	Title, SHA256, SHA512, MediaType, Form string
	InnerSHA256                            string
	Size                                   int64
	StampedAt                              string
}

const (
	mostSubject = 420
	qrSide      = 34.0 // millimetres
	bottom      = 297 - margin
)

// room is how much of its lists a receipt shows: documents with all their hashes,
// documents with the first hash beside, lines of any other list.
type room struct{ full, brief, lines int }

// rooms are tried in turn, until everything stands on one page. The last always
// does.
var rooms = []room{{2, 8, 4}, {2, 3, 2}, {1, 1, 1}}

// sheet is a receipt being written.
type sheet struct {
	*page
	room
	// overfull says that something stands below the page.
	overfull bool
}

// WriteReceipt writes one page of A4 in Italian, with a QR code that leads to the
// record. Its date is that of the state it rests on, so that one receipt has one
// form. What does not fit is counted.
func WriteReceipt(w io.Writer, r *Receipt) error {
	day, err := time.Parse(time.DateOnly, r.AsOf)
	if err != nil {
		return fmt.Errorf("report: the receipt's day is %q: %w", r.AsOf, err)
	}
	for i, fit := range rooms {
		p, err := writeSheet(r, day, fit)
		if err != nil {
			return err
		}
		if p.overfull && i < len(rooms)-1 {
			continue
		}
		var b bytes.Buffer
		if err := p.Output(&b); err != nil {
			return fmt.Errorf("report: %w", err)
		}
		_, err = b.WriteTo(w)
		return err
	}
	return nil
}

func writeSheet(r *Receipt, day time.Time, fit room) (*sheet, error) {
	p := &sheet{page: &page{fpdf.New("P", "mm", "A4", ""), "it"}, room: fit}
	p.AddUTF8FontFromBytes("go", "", goregular.TTF)
	p.AddUTF8FontFromBytes("go", "B", gobold.TTF)
	p.AddUTF8FontFromBytes("mono", "", gomono.TTF)
	p.SetCreationDate(day)
	p.SetModificationDate(day)
	p.SetTitle("Ricevuta di deposito "+r.ID, true)
	p.SetLang("it-IT")
	p.SetMargins(margin, margin, margin)
	p.SetAutoPageBreak(false, margin)
	p.SetCatalogSort(true)
	p.AddPage()
	if err := p.receiptHead(r); err != nil {
		return nil, err
	}
	p.receiptAct(r)
	p.receiptDocuments(r.Documents)
	p.receiptTime(r)
	p.receiptWorth(r)
	p.overfull = p.GetY() > bottom+1
	return p, nil
}

func (p *sheet) receiptHead(r *Receipt) error {
	code, err := qr.Encode(r.URL, qr.M)
	if err != nil {
		return fmt.Errorf("report: the address %q does not fit a QR code: %w", r.URL, err)
	}
	p.draw(code, 210-margin-qrSide, margin)
	p.SetFont("go", "B", 17)
	p.CellFormat(0, 9, "Ricevuta di deposito", "", 1, "L", false, 0, "")
	p.SetFont("go", "", 9)
	p.SetTextColor(90, 90, 90)
	p.MultiCell(180-qrSide-4, 4.4, "di un atto nel registro distribuito "+r.ChainID+"\n(art. 8-ter, D.L. 135/2018, conv. L. 12/2019)", "", "L", false)
	p.SetTextColor(0, 0, 0)
	p.Ln(3)
	p.SetFont("go", "B", 11)
	p.MultiCell(180-qrSide-4, 5.2, cut(r.Subject, mostSubject), "", "L", false)
	p.SetY(max(p.GetY(), margin+qrSide+1))
	return nil
}

// draw paints a QR code with its quiet zone of four modules.
func (p *sheet) draw(code *qr.Code, x, y float64) {
	const quiet = 4
	side := qrSide / float64(code.Size+2*quiet)
	p.SetFillColor(0, 0, 0)
	for row := range code.Size {
		for from := 0; from < code.Size; from++ {
			to := from
			for to < code.Size && code.Black(to, row) {
				to++
			}
			if to > from {
				p.Rect(x+float64(from+quiet)*side, y+float64(row+quiet)*side, float64(to-from)*side, side, "F")
				from = to
			}
		}
	}
}

func (p *sheet) receiptAct(r *Receipt) {
	p.title("Atto")
	p.fact("Tipo", r.Kind)
	p.fact("Numero", r.Number)
	p.fact("Data dell'atto", italianDay(r.Date))
	p.fact("Emanato da", cut(r.Body, 90))
	p.list("Base giuridica", r.LegalBasis, 90)
	const mostCUPs = 5
	cups := strings.Join(r.CUPs[:min(len(r.CUPs), mostCUPs)], ", ")
	if n := len(r.CUPs) - mostCUPs; n > 0 {
		cups += fmt.Sprintf(" e altri %d", n)
	}
	p.fact("CUP", cups)
	p.fact("Identificativo", r.ID)
	p.fact("Al "+italianDay(r.AsOf), r.Standing)
	p.list("", r.Changes, 95)
}

// list writes the first lines of a list, and counts the others.
func (p *sheet) list(name string, lines []string, most int) {
	for i, line := range lines {
		if i == p.lines {
			p.named("", fmt.Sprintf("e altri %d", len(lines)-i))
			return
		}
		p.named(name, cut(line, most))
		name = ""
	}
}

// named is fact, also without a name.
func (p *sheet) named(name, value string) {
	p.SetFont("go", "", bodyType)
	p.SetTextColor(90, 90, 90)
	p.CellFormat(42, lineTall, name, "", 0, "L", false, 0, "")
	p.SetTextColor(0, 0, 0)
	p.MultiCell(0, lineTall, value, "", "L", false)
}

func (p *sheet) receiptDocuments(list []ReceiptDocument) {
	p.title(fmt.Sprintf("Documenti depositati (%d)", len(list)))
	for i, d := range list {
		if i == p.full+p.brief {
			p.named("", fmt.Sprintf("e altri %d, nel registro", len(list)-i))
			return
		}
		p.SetFont("go", "B", bodyType)
		about := strings.TrimSuffix(fmt.Sprintf("%s, %s byte, %s", d.MediaType, thousands(d.Size), d.Form), ", ")
		if d.Title != "" {
			about = cut(d.Title, 60) + " · " + about
		}
		p.CellFormat(0, lineTall, fmt.Sprintf("%d. %s", i+1, about), "", 1, "L", false, 0, "")
		p.hash("SHA-256", d.SHA256)
		if i >= p.full {
			continue
		}
		p.hash("SHA-512", d.SHA512)
		if d.InnerSHA256 != "" {
			p.hash("firmato", d.InnerSHA256)
		}
		if d.StampedAt != "" {
			p.named("marca RFC 3161", italianTime(d.StampedAt)+" secondo la marca; la sua firma si verifica con il file")
		}
	}
}

func (p *sheet) hash(name, value string) {
	p.SetFont("go", "", smallType)
	p.SetTextColor(90, 90, 90)
	p.CellFormat(20, 3.9, name, "", 0, "L", false, 0, "")
	p.SetTextColor(0, 0, 0)
	p.SetFont("mono", "", smallType)
	p.MultiCell(0, 3.9, value, "", "L", false)
}

func (p *sheet) receiptTime(r *Receipt) {
	p.title("Deposito e attestazioni")
	p.fact("Depositato da", cut(r.DepositedBy, 100))
	p.fact("Il", fmt.Sprintf("%s, blocco %d", italianTime(r.DepositedAt), r.DepositedHeight))
	if len(r.Vouchings) == 0 {
		p.fact("Attestato da", "nessuno: il deposito non dice che l'atto sia autentico")
	}
	p.list("Attestato da", r.Vouchings, 160)
	p.title("Prova")
	p.fact("Stato del registro", fmt.Sprintf("%s, altezza %d, al %s", r.ChainID, r.Height, italianDay(r.AsOf)))
	p.hash("app hash", r.AppHash)
	p.hash("validatori", r.ValidatorsHash)
	trusted := "L'impronta dei validatori era nota prima di interrogare il nodo."
	if !r.Own {
		trusted = "L'impronta dei validatori è quella data dal nodo che ha risposto: confrontarla con quella pubblicata dagli enti che lo gestiscono."
	}
	p.SetFont("go", "", smallType)
	p.MultiCell(0, 3.9, trusted, "", "L", false)
	p.fact("Indirizzo (QR)", cut(r.URL, 170))
}

func (p *sheet) receiptWorth(r *Receipt) {
	const text = "Che cosa vale. La registrazione è una validazione temporale elettronica ai sensi dell'art. 41 del Reg. (UE) 910/2014: non se ne possono negare gli effetti giuridici e l'ammissibilità come prova " +
		"solo perché elettronica o non qualificata. NON è una validazione temporale qualificata e il registro NON è un registro elettronico qualificato (Reg. (UE) 2024/1183): nessuna presunzione di " +
		"esattezza della data è collegata a questa ricevuta. Il deposito mostra che a quella data chi lo ha fatto conosceva l'impronta del documento; non mostra che l'atto sia autentico, valido o pubblicato. " +
		"Il registro conserva le impronte, non i documenti, e nessun dato di chi ha firmato."
	const how = "Come si verifica, anche senza rete:  filiera act verify FILE --bundle FASCICOLO --trust-hash IMPRONTA-DEI-VALIDATORI"
	p.SetFont("go", "", smallType)
	lines := len(p.SplitText(text, 180)) + 1
	p.SetY(max(p.GetY()+3, bottom-float64(lines)*3.7-3))
	p.Line(margin, p.GetY(), 210-margin, p.GetY())
	p.Ln(1.5)
	p.MultiCell(0, 3.7, text, "", "L", false)
	p.MultiCell(0, 3.7, how, "", "L", false)
}

// thousands writes a whole number as Italians do.
func thousands(n int64) string {
	digits := fmt.Sprint(n)
	for i := len(digits) - 3; i > 0; i -= 3 {
		digits = digits[:i] + "." + digits[i:]
	}
	return digits
}

// cut keeps the first runes of a text.
func cut(s string, most int) string {
	s = strings.Join(strings.Fields(s), " ")
	if utf8.RuneCountInString(s) <= most {
		return s
	}
	return strings.TrimSpace(string([]rune(s)[:most-1])) + "…"
}

// italianDay writes YYYY-MM-DD as people here do.
func italianDay(day string) string {
	t, err := time.Parse(time.DateOnly, day)
	if err != nil {
		return day
	}
	return t.Format("02/01/2006")
}

// italianTime writes a time in UTC, and says so: a receipt has one form wherever it
// is written.
func italianTime(at string) string {
	t, err := time.Parse(time.RFC3339, at)
	if err != nil {
		return at
	}
	return t.UTC().Format("02/01/2006 15:04:05") + " UTC"
}
