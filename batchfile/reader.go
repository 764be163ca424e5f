package batchfile

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
)

// Row is one batch, checked and in one form.
type Row struct {
	Line           int    // in the file, the first is 1
	GTIN           string // 14 digits
	Lot            string // as GS1 AI (10) holds it, without an Italian lot mark
	Quantity       string // decimal, as "120.5", above zero
	Unit           string // UN/ECE code, as "KGM"
	ProductionDate string // YYYY-MM-DD
	ExpiryDate     string // YYYY-MM-DD, or empty
	Place          string // ISTAT code of the municipality, 6 digits, or empty
}

// Options change how a table is read.
type Options struct {
	// AllowDateLots accepts lots that look like dates, for a producer whose lots
	// are dates; otherwise they are taken for Excel's doing.
	AllowDateLots bool
	// Municipality finds the ISTAT code of a municipality written by name. When
	// nil, only codes are accepted.
	Municipality func(name string) (code string, ok bool)
	// Sheet names the sheet of a workbook; "" finds the one with a table.
	Sheet string
}

// Reader reads a table row by row. It is not safe for concurrent use.
type Reader struct {
	options Options
	rec     records
	book    *workbook // instead of rec, for an .xlsx file
	set     charset
	head    *header
	rows    int
	// count says how many of a row's cells are names of columns.
	count func(cells []string) int
	seen  map[[2]string]int // GTIN and lot to the line where they stand
}

// NewReader reads the header. The error is [Problems] when the file is not a
// usable table.
func NewReader(from io.Reader, options Options) (*Reader, error) {
	in, set, problem := openText(from)
	if problem != nil {
		return nil, Problems{*problem}
	}
	r := &Reader{options: options, set: set, count: recognise, seen: make(map[[2]string]int)}
	r.rec = records{in: in, line: 1}
	line, cells, err := r.begin()
	if err != nil {
		return nil, err
	}
	head, ps := readHeader(line, cells)
	if len(ps) > 0 {
		return nil, r.lettered(ps)
	}
	r.head = head
	return r, nil
}

// begin reads the header of a workbook or of text.
func (r *Reader) begin() (line int, cells []string, err error) {
	head, _ := r.rec.in.Peek(4)
	if !isWorkbook(head) {
		return r.start()
	}
	book, problem := readWorkbook(r.rec.in, r.options.Sheet, r.count)
	if problem != nil {
		return 0, nil, Problems{*problem}
	}
	r.book, r.set = book, utf8Set
	rec, err := book.head()
	if err != nil {
		return 0, nil, err
	}
	if p := rec.problem(); p != nil {
		return 0, nil, Problems{*p}
	}
	cells, bad := r.decode(rec)
	if bad != nil {
		return 0, nil, r.lettered(bad)
	}
	return rec.line, cells, nil
}

func (r *Reader) nextRecord() (*record, error) {
	if r.book != nil {
		return r.book.record()
	}
	return r.rec.next()
}

// lettered marks the problems of a workbook, whose columns have letters.
func (r *Reader) lettered(ps []Problem) Problems {
	for i := range ps {
		ps[i].Letters = r.book != nil
	}
	return ps
}

// separators in the order in which a tie is decided: Excel in Italy first.
var separators = [...]byte{';', ',', '\t'}

// start skips blank lines and Excel's "sep=" line, chooses the separator under
// which the header makes most sense, and reads it.
func (r *Reader) start() (line int, cells []string, err error) {
	for {
		first, err := peekLine(r.rec.in)
		if err != nil {
			return 0, nil, err
		}
		if len(first) == 0 {
			return 0, nil, Problems{{
				Code:      "empty",
				MessageIT: "il file è vuoto: la prima riga deve avere i nomi delle colonne",
				MessageEN: "the file is empty: the first row must hold the names of the columns",
			}}
		}
		text := bytes.TrimRight(first, "\r\n")
		if declared, ok := declaredSeparator(text); ok {
			r.rec.sep = declared
		} else if len(bytes.Trim(text, " ;,\t\"")) > 0 {
			r.choose(text)
			break
		}
		if rec, err := r.rec.next(); err != nil && !errors.Is(err, io.EOF) {
			return 0, nil, r.fatal(rec, err)
		}
	}
	line = r.rec.line
	rec, err := r.rec.next()
	if err != nil {
		return 0, nil, r.fatal(rec, err)
	}
	if p := rec.problem(); p != nil {
		return 0, nil, Problems{*p}
	}
	cells, bad := r.decode(rec)
	if bad != nil {
		return 0, nil, Problems(bad)
	}
	return line, cells, nil
}

// choose keeps a separator declared by "sep=", else tries each.
func (r *Reader) choose(text []byte) {
	if r.rec.sep != 0 {
		return
	}
	best := -1
	for _, sep := range separators {
		set := r.set
		trial := &Reader{set: set, rec: records{in: bufio.NewReader(bytes.NewReader(text)), sep: sep, line: 1}}
		rec, err := trial.rec.next()
		if err != nil {
			continue
		}
		cells, _ := trial.decode(rec)
		if n := r.count(cells); n > best {
			best, r.rec.sep = n, sep
		}
	}
	if best < 0 {
		r.rec.sep = separators[0]
	}
}

func declaredSeparator(text []byte) (byte, bool) {
	rest, ok := bytes.CutPrefix(bytes.ToLower(bytes.Trim(text, `"`)), []byte("sep="))
	if !ok || len(rest) != 1 || !strings.Contains(string(separators[:]), string(rest)) {
		return 0, false
	}
	return rest[0], true
}

// peekLine returns the bytes up to the first line end (or as many as a row may
// have) without consuming them; none at the end of the file.
func peekLine(in *bufio.Reader) ([]byte, error) {
	for n := 256; ; n *= 2 {
		n = min(n, maxRow)
		head, err := in.Peek(n)
		if i := bytes.IndexAny(head, "\r\n"); i >= 0 {
			return head[:i+1], nil
		}
		if err == io.EOF || n == maxRow {
			return head, nil
		}
		if err != nil {
			return nil, Problems{unreadable(err)}
		}
	}
}

func unreadable(err error) Problem {
	return Problem{Code: "unreadable", MessageIT: "il file non si riesce a leggere: " + err.Error(), MessageEN: "the file cannot be read: " + err.Error()}
}

// fatal turns an error of the row splitter into Problems.
func (r *Reader) fatal(rec *record, err error) error {
	if errors.Is(err, errUnclosed) {
		return Problems{{
			Line: rec.line, Code: "unclosed_quote",
			MessageIT: "le virgolette aperte in questa riga non si chiudono: togliere la virgoletta di troppo; le righe successive non sono state lette",
			MessageEN: "the quotation mark opened in this row is never closed: remove the stray one; the rows after it were not read",
		}}
	}
	return Problems{unreadable(err)}
}

// Next returns the next batch, or what is wrong with the next row. The error is
// io.EOF after the last row, or [Problems] when reading cannot go on.
func (r *Reader) Next() (Row, []Problem, error) {
	line, cells, ps, err := r.nextCells()
	if err != nil || ps != nil {
		return Row{}, r.lettered(ps), err
	}
	row, ps := r.row(line, cells)
	return row, r.lettered(ps), nil
}

// nextCells gives the cells of the next row that is not blank, or what makes
// them unreadable; errors are as of [Reader.Next].
func (r *Reader) nextCells() (line int, cells []string, problems []Problem, err error) {
	for {
		rec, err := r.nextRecord()
		if err == io.EOF {
			return 0, nil, nil, io.EOF
		}
		if err != nil {
			return 0, nil, nil, r.fatal(rec, err)
		}
		if rec.bad == "" && rec.blank() {
			continue
		}
		if r.rows++; r.rows > MaxRows {
			return 0, nil, nil, Problems{{
				Line: rec.line, Code: "too_many_rows",
				MessageIT: fmt.Sprintf("il file ha più di %d righe: dividerlo in più file", MaxRows),
				MessageEN: fmt.Sprintf("the file has more than %d rows: divide it into several files", MaxRows),
			}}
		}
		if p := rec.problem(); p != nil {
			return 0, nil, []Problem{*p}, nil
		}
		cells, bad := r.decode(rec)
		return rec.line, cells, bad, nil
	}
}

func (rec *record) blank() bool {
	for _, c := range rec.cells {
		if strings.Trim(c, " \t\u00a0") != "" {
			return false
		}
	}
	return true
}

// decode brings the cells of a row to UTF-8.
func (r *Reader) decode(rec *record) ([]string, []Problem) {
	var bad []Problem
	cells := make([]string, len(rec.cells))
	for i, raw := range rec.cells {
		text, ok := r.set.decode(raw)
		if !ok {
			bad = append(bad, Problem{
				Line: rec.line, Column: i + 1, Header: r.name(i), Value: short(text), Code: "bad_character",
				MessageIT: "la cella contiene caratteri non leggibili: salvare il file come «CSV UTF-8» o riscrivere la cella",
				MessageEN: "the cell holds unreadable characters: save the file as “CSV UTF-8” or type the cell again",
			})
		}
		cells[i] = text
	}
	return cells, bad
}

// name is the header of a column, empty before the header is read.
func (r *Reader) name(i int) string {
	if r.head == nil || i >= len(r.head.names) {
		return ""
	}
	return short(r.head.names[i])
}

func (rec *record) problem() *Problem {
	p := &Problem{Line: rec.line, Code: rec.bad}
	switch rec.bad {
	case "":
		return nil
	case "row_too_long":
		p.MessageIT = fmt.Sprintf("la riga ha più di %d caratteri: non è una riga di questa tabella", maxRow)
		p.MessageEN = fmt.Sprintf("the row has more than %d characters: it is not a row of this table", maxRow)
	case "cell_too_long":
		p.MessageIT = fmt.Sprintf("una cella ha più di %d caratteri: accorciarla", maxCell)
		p.MessageEN = fmt.Sprintf("a cell has more than %d characters: shorten it", maxCell)
	case "too_many_columns":
		p.MessageIT = fmt.Sprintf("la riga ha più di %d colonne", maxColumns)
		p.MessageEN = fmt.Sprintf("the row has more than %d columns", maxColumns)
	default:
		p.MessageIT = "c'è del testo dopo le virgolette di chiusura di una cella: togliere le virgolette o raddoppiarle"
		p.MessageEN = "there is text after a cell's closing quotation mark: remove the quotation marks or double them"
	}
	return p
}

// MaxProblems bounds what [ReadAll] collects.
const MaxProblems = 10_000

// ReadAll reads a whole table. Rows without problems and all problems are
// returned together, so that a caller can report everything before acting; err
// is as of [NewReader] and [Reader.Next]. Reading stops after [MaxProblems].
func ReadAll(from io.Reader, options Options) ([]Row, []Problem, error) {
	r, err := NewReader(from, options)
	if err != nil {
		return nil, nil, err
	}
	var (
		rows     []Row
		problems []Problem
	)
	for {
		row, ps, err := r.Next()
		if err == io.EOF {
			return rows, problems, nil
		}
		if err != nil {
			return rows, problems, err
		}
		if problems = append(problems, ps...); len(problems) > MaxProblems {
			return rows, problems, Problems{{
				Code:      "too_many_problems",
				MessageIT: fmt.Sprintf("più di %d errori: correggere quelli elencati e riprovare", MaxProblems),
				MessageEN: fmt.Sprintf("more than %d problems: correct those listed and try again", MaxProblems),
			}}
		}
		if len(ps) == 0 {
			rows = append(rows, row)
		}
	}
}
