package batchfile

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/xuri/excelize/v2"
)

// Bounds of a workbook. A sheet of a hundred thousand batches unpacks to about
// 40 MB; anything far beyond is no table of batches.
const (
	maxWorkbook = 32 << 20 // bytes, packed
	maxUnpacked = 96 << 20 // bytes, of all parts
	maxParts    = 1000
	// maxRatio is how many times larger than packed a part may be, once it is
	// of a size that matters.
	maxRatio  = 250
	smallPart = 4 << 20
	// headerWithin is how many rows a title or a logo may take above the header.
	headerWithin = 20
)

// workbook gives the rows of one sheet of an .xlsx file.
type workbook struct {
	rows [][]string
	next int // index of the next row
}

// isWorkbook knows a ZIP archive, which every .xlsx is, by its first bytes.
func isWorkbook(head []byte) bool { return bytes.HasPrefix(head, []byte("PK\x03\x04")) }

func workbookProblem(code, it, en string, args ...any) *Problem {
	return &Problem{Code: code, MessageIT: fmt.Sprintf(it, args...), MessageEN: fmt.Sprintf(en, args...)}
}

func brokenWorkbook() *Problem {
	return workbookProblem("workbook_broken",
		"il file non è una cartella di Excel leggibile: aprirlo in Excel e salvarlo di nuovo come «Cartella di lavoro Excel (.xlsx)»",
		"the file is not a readable Excel workbook: open it in Excel and save it again as “Excel workbook (.xlsx)”")
}

// readWorkbook reads the sheet that has the table: the one named, else the
// first visible one with a header, else the first visible one.
func readWorkbook(from io.Reader, sheet string, count func([]string) int) (*workbook, *Problem) {
	data, err := io.ReadAll(io.LimitReader(from, maxWorkbook+1))
	if err != nil {
		p := unreadable(err)
		return nil, &p
	}
	if p := checkArchive(data); p != nil {
		return nil, p
	}
	f, err := excelize.OpenReader(bytes.NewReader(data), excelize.Options{
		RawCellValue: true, UnzipSizeLimit: maxUnpacked, UnzipXMLSizeLimit: maxUnpacked,
	})
	if err != nil {
		return nil, brokenWorkbook()
	}
	defer f.Close() // nothing was written
	return chooseSheet(f, sheet, count)
}

// checkArchive refuses archives that unpack to more than a table can be, by
// what they say of themselves: the unpacker stops at the size that is said.
func checkArchive(data []byte) *Problem {
	bomb := workbookProblem("workbook_too_large",
		"il file compresso è troppo grande per essere una tabella: copiare le righe in un foglio nuovo e salvare quello",
		"the packed file is too large to be a table: copy the rows into a new sheet and save that")
	if len(data) > maxWorkbook {
		return bomb
	}
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return brokenWorkbook()
	}
	if len(z.File) > maxParts {
		return bomb
	}
	total, isBook := uint64(0), false
	for _, part := range z.File {
		size, packed := part.UncompressedSize64, part.CompressedSize64
		if total += size; total > maxUnpacked || size > smallPart && size/max(packed, 1) > maxRatio {
			return bomb
		}
		name := strings.ToLower(part.Name)
		if strings.HasSuffix(name, ".bin") && strings.Contains(name, "workbook") {
			return workbookProblem("workbook_binary", "questo è un file .xlsb: in Excel salvarlo come «Cartella di lavoro Excel (.xlsx)»",
				"this is an .xlsb file: in Excel save it as “Excel workbook (.xlsx)”")
		}
		if part.Name == "content.xml" {
			return workbookProblem("workbook_ods", "questo è un file di LibreOffice (.ods): salvarlo come .xlsx o come CSV",
				"this is a LibreOffice file (.ods): save it as .xlsx or as CSV")
		}
		isBook = isBook || strings.HasPrefix(name, "xl/")
	}
	if !isBook {
		return workbookProblem("not_a_workbook", "questo archivio ZIP non è una cartella di Excel", "this ZIP archive is not an Excel workbook")
	}
	return nil
}

func chooseSheet(f *excelize.File, sheet string, count func([]string) int) (*workbook, *Problem) {
	var first *workbook
	var names []string
	for _, name := range f.GetSheetList() {
		visible, err := f.GetSheetVisible(name)
		if err != nil || !visible && name != sheet {
			continue
		}
		names = append(names, name)
		if sheet != "" && name != sheet {
			continue
		}
		w, p := readSheet(f, name)
		if p != nil {
			return nil, p
		}
		if w.seekHeader(count) || name == sheet {
			return w, nil
		}
		if first == nil {
			first = w
		}
	}
	if sheet != "" {
		return nil, workbookProblem("no_such_sheet", "non c'è un foglio «%s»: ci sono %s", "there is no sheet “%s”: there are %s", short(sheet), short(strings.Join(names, ", ")))
	}
	if first == nil {
		return nil, workbookProblem("empty", "la cartella di Excel non ha fogli visibili", "the Excel workbook has no visible sheet")
	}
	return first, nil
}

// seekHeader skips what stands above the header: titles, dates, a logo's rows.
func (w *workbook) seekHeader(count func([]string) int) bool {
	for i, cells := range w.rows[:min(len(w.rows), headerWithin)] {
		if count(cells) >= 2 {
			w.next = i
			return true
		}
	}
	return false
}

// readSheet takes the cells of a sheet as text with one reading each.
func readSheet(f *excelize.File, name string) (*workbook, *Problem) {
	broken := workbookProblem("workbook_broken", "il foglio «%s» non si riesce a leggere: aprirlo in Excel e salvarlo di nuovo",
		"the sheet “%s” cannot be read: open it in Excel and save it again", short(name))
	raw, err := f.GetRows(name, excelize.Options{RawCellValue: true})
	if err != nil {
		return nil, broken
	}
	if len(raw) > MaxRows+headerWithin {
		return nil, workbookProblem("too_many_rows", "il foglio ha più di %d righe: dividerlo in più file", "the sheet has more than %d rows: divide it into several files", MaxRows)
	}
	props, err := f.GetWorkbookProps()
	if err != nil {
		return nil, broken
	}
	s := sheetReader{f: f, name: name, from1904: props.Date1904 != nil && *props.Date1904, dates: map[int]bool{}}
	for y, cells := range raw {
		for x := range cells[:min(len(cells), maxColumns)] {
			if cells[x] == "" {
				continue
			}
			if cells[x], err = s.text(cells[x], x+1, y+1); err != nil {
				return nil, broken
			}
		}
	}
	return &workbook{rows: raw}, nil
}

type sheetReader struct {
	f        *excelize.File
	name     string
	from1904 bool
	dates    map[int]bool // by style: whether it shows a date
}

// text writes a cell so that it has one reading. A number is written without
// groups, and never with exactly three decimals; a number that is shown as a
// date is written as Excel in Italy shows it.
func (s *sheetReader) text(raw string, x, y int) (string, error) {
	at, err := excelize.CoordinatesToCellName(x, y)
	if err != nil {
		return "", err
	}
	kind, err := s.f.GetCellType(s.name, at)
	if err != nil {
		return "", err
	}
	if kind != excelize.CellTypeUnset && kind != excelize.CellTypeNumber && kind != excelize.CellTypeDate {
		return raw, nil
	}
	v, err := strconv.ParseFloat(raw, 64)
	if err != nil || math.IsInf(v, 0) || math.IsNaN(v) {
		return raw, nil
	}
	style, err := s.f.GetCellStyle(s.name, at)
	if err != nil {
		return "", err
	}
	if s.showsDate(style) {
		if t, err := excelize.ExcelDateToTime(v, s.from1904); err == nil {
			return t.Add(500 * time.Millisecond).Format("02/01/2006"), nil
		}
	}
	return number(v), nil
}

// showsDate says whether a style shows a day.
func (s *sheetReader) showsDate(style int) bool {
	known, ok := s.dates[style]
	if ok {
		return known
	}
	st, err := s.f.GetStyle(style)
	is := false
	if err == nil && st != nil {
		is = st.NumFmt >= 14 && st.NumFmt <= 17 || st.NumFmt == 22 || st.NumFmt >= 27 && st.NumFmt <= 36 || st.NumFmt >= 50 && st.NumFmt <= 58
		if st.CustomNumFmt != nil {
			is = dateFormat(*st.CustomNumFmt)
		}
	}
	s.dates[style] = is
	return is
}

// dateFormat knows a format with a day or a year, outside quotes and brackets.
func dateFormat(format string) bool {
	skip := byte(0)
	for i := 0; i < len(format); i++ {
		switch c := format[i] | 0x20; {
		case skip != 0:
			if format[i] == skip {
				skip = 0
			}
		case format[i] == '"':
			skip = '"'
		case format[i] == '[':
			skip = ']'
		case format[i] == '\\':
			i++
		case c == 'd' || c == 'y' || c == 'g' && strings.Contains(strings.ToLower(format), "gg"):
			return true
		}
	}
	return false
}

// number writes a cell's number with the 15 digits that Excel itself keeps, so
// that 0.1+0.2 is 0.3, and clear of a second reading.
func number(v float64) string {
	kept, err := strconv.ParseFloat(strconv.FormatFloat(v, 'e', 14, 64), 64)
	if err != nil {
		kept = v
	}
	return clear(strconv.FormatFloat(kept, 'f', -1, 64), ".")
}

// record gives the next row, io.EOF after the last.
func (w *workbook) record() (*record, error) {
	if w.next >= len(w.rows) {
		return nil, io.EOF
	}
	rec := &record{line: w.next + 1, cells: w.rows[w.next]}
	w.next++
	size := 0
	for i, c := range rec.cells {
		size += len(c)
		switch {
		case i >= maxColumns && strings.TrimSpace(c) != "":
			rec.bad = "too_many_columns"
		case len(c) > maxCell:
			rec.bad = "cell_too_long"
		}
	}
	rec.cells = rec.cells[:min(len(rec.cells), maxColumns)]
	if size > maxRow {
		rec.bad = "row_too_long"
	}
	for i, c := range rec.cells {
		rec.cells[i] = strings.NewReplacer("\r\n", " ", "\n", " ", "\r", " ").Replace(c)
	}
	return rec, nil
}

// head gives the header, which is the next row that is not blank.
func (w *workbook) head() (*record, error) {
	for {
		rec, err := w.record()
		if errors.Is(err, io.EOF) {
			return nil, Problems{*workbookProblem("empty", "il foglio è vuoto: la prima riga deve avere i nomi delle colonne", "the sheet is empty: the first row must hold the names of the columns")}
		}
		if !rec.blank() {
			return rec, nil
		}
	}
}
