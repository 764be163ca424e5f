package batchfile

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"pgregory.net/rapid"
)

var update = flag.Bool("update", false, "rewrite the golden files")

func readFile(t testing.TB, name string) []byte {
	t.Helper()
	data, err := os.ReadFile("testdata/" + name)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// codes lists "line:column:code" of problems.
func codes(ps []Problem) (list []string) {
	for _, p := range ps {
		list = append(list, fmt.Sprintf("%d:%d:%s", p.Line, p.Column, p.Code))
	}
	return list
}

func TestExcelFiles(t *testing.T) {
	want := []Row{
		{2, "08012345678907", "L26/11-A", "120.5", "KGM", "2026-11-23", "2028-11-23", "109004"},
		{3, "08012345678907", "2611B", "1250.75", "KGM", "2026-11-24", "2028-11-24", "109004"},
		{4, "08012345678914", "A100", "1.25", "DTN", "2026-12-01", "", ""},
		{6, "08022222000110", "77", "480", "H87", "2026-12-02", "2027-06-30", "044010"},
	}
	for _, file := range []string{"excel-utf8-bom.csv", "excel-windows-1252.csv"} {
		rows, ps, err := ReadAll(bytes.NewReader(readFile(t, file)), Options{})
		if err != nil || len(ps) > 0 || !reflect.DeepEqual(rows, want) {
			t.Errorf("%s:\n%+v\n%v %v", file, rows, ps, err)
		}
		// the same, arriving a byte at a time
		slow, ps, err := ReadAll(iotest.OneByteReader(bytes.NewReader(readFile(t, file))), Options{})
		if err != nil || len(ps) > 0 || !reflect.DeepEqual(slow, want) {
			t.Errorf("%s slowly:\n%+v\n%v %v", file, slow, ps, err)
		}
	}
	// with tabs the decimal comma is not given away, so 1,250 stays ambiguous
	rows, ps, err := ReadAll(bytes.NewReader(readFile(t, "excel-unicode-tab.txt")), Options{})
	if err != nil || !slices.Equal(codes(ps), []string{"4:3:quantity_ambiguous"}) ||
		!reflect.DeepEqual(rows, []Row{want[0], want[1], want[3]}) {
		t.Errorf("tabs:\n%+v\n%v %v", rows, ps, err)
	}
}

func TestEnglishFile(t *testing.T) {
	rows, ps, err := ReadAll(bytes.NewReader(readFile(t, "english-comma.csv")), Options{})
	want := []Row{
		{3, "08012345678907", "L26/11-A", "120.5", "KGM", "2026-11-23", "2028-11-23", "109004"},
		{4, "08012345678907", "2611B", "1250.75", "KGM", "2026-11-24", "2028-11-24", "109004"},
		{5, "08012345678914", "A100", "125", "KGM", "2026-12-01", "", ""},
	}
	if err != nil || len(ps) > 0 || !reflect.DeepEqual(rows, want) {
		t.Errorf("%+v\n%v %v", rows, ps, err)
	}
}

func TestMistakes(t *testing.T) {
	rows, ps, err := ReadAll(bytes.NewReader(readFile(t, "mistakes.csv")), Options{})
	if err != nil {
		t.Fatal(err)
	}
	if len(rows) != 0 {
		t.Errorf("rows without problems: %+v", rows)
	}
	var b strings.Builder
	for _, p := range ps {
		fmt.Fprintf(&b, "%s\n  it: %s\n  en: %s\n", p.Code, p.Text("it"), p.Text("en"))
	}
	if strings.Contains(b.String(), "%!") {
		t.Error("a message has wrong arguments")
	}
	const golden = "testdata/mistakes.golden"
	if *update {
		if err := os.WriteFile(golden, []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if want := string(readFile(t, "mistakes.golden")); b.String() != want {
		t.Errorf("got\n%s\nwant\n%s", b.String(), want)
	}
}

const head = "gtin;lotto;quantità;unità;data produzione;scadenza;comune\n"

// one reads a table of one row and returns the row and the problem codes.
func one(t *testing.T, row string, o Options) (Row, []string) {
	t.Helper()
	rows, ps, err := ReadAll(strings.NewReader(head+row+"\n"), o)
	if err != nil {
		t.Fatalf("%q: %v", row, err)
	}
	var list []string
	for _, p := range ps {
		if p.MessageIT == "" || p.MessageEN == "" || strings.Contains(p.MessageIT+p.MessageEN, "%!") {
			t.Errorf("%q: bad messages in %+v", row, p)
		}
		list = append(list, p.Code)
	}
	if len(rows) == 1 {
		return rows[0], list
	}
	return Row{}, list
}

func TestCells(t *testing.T) {
	base := [7]string{"8012345678907", "A1", "10", "kg", "23/11/2026", "", ""}
	for _, c := range []struct {
		column     int
		cell, want string // want is the value read, or the problem's code after "!"
	}{
		{0, "08012345678907", "08012345678907"},
		{0, "8 012345 678907", "08012345678907"},
		{0, "'8012345678907", "08012345678907"},
		{0, `"=""8012345678907"""`, "08012345678907"},
		{0, "12345670", "00000012345670"},
		{0, "036000291452", "00036000291452"},
		{0, "36000291452", "!gtin_lost_zeros"},
		{0, "8012345678907,00", "!gtin_as_number"},
		{0, "8.012.345.678.907", "!gtin_as_number"},
		{0, "8,01E+12", "!gtin_scientific"},
		{0, "8.01234567891E+12", "!gtin_scientific"},
		{0, "80123456789", "!gtin_length"},
		{0, "80123O5678907", "!gtin_not_digits"},
		{0, "0000000000000", "!gtin_zero"},
		{0, "8012345678970", "!gtin_check_digit"},
		{0, "#RIF!", "!excel_error"},
		{0, "", "!cell_empty"},
		{1, "L A/1", "A/1"},
		{1, "LA1", "LA1"},
		{1, "1E5", "1E5"},
		{1, "2026-11-23", "2026-11-23"},
		{1, "1-nov", "!lot_is_date"},
		{1, "NOV-26", "!lot_is_date"},
		{1, "23/11/2026", "!lot_is_date"},
		{1, "23/11/2026 00:00", "!lot_is_date"},
		{1, "99/99/2026", "99/99/2026"},
		{1, "2,61E+10", "!lot_scientific"},
		{1, "A 1", "!lot_invalid"},
		{1, "ABCDEFGHIJKLMNOPQRSTU", "!lot_invalid"},
		{2, "1,234", "1.234"},
		{2, "1.234", "!quantity_ambiguous"},
		{2, "1.234,5", "1234.5"},
		{2, "1 234,5", "1234.5"},
		{2, "0.5", "0.5"},
		{2, "10 kg", "10"},
		{2, "10 boh", "!quantity_not_number"},
		{2, "10 g", "!unit_conflict"},
		{2, "1e3", "!quantity_not_number"},
		{2, "0,00", "!quantity_not_positive"},
		{2, "-1", "!quantity_not_positive"},
		{2, "dieci", "!quantity_not_number"},
		{3, "KGM", "KGM"},
		{3, "boh", "!unit_unknown"},
		{3, "", "!cell_empty"},
		{4, "1.2.2026", "2026-02-01"},
		{4, "01-02-2026", "2026-02-01"},
		{4, "2026-2-1", "2026-02-01"},
		{4, "23/11/2026 00:00:00", "2026-11-23"},
		{4, "29/02/2028", "2028-02-29"},
		{4, "29/02/2026", "!date_invalid"},
		{4, "11/23/2026", "!date_american"},
		{4, "23/11/26", "!date_short_year"},
		{4, "46349", "!date_serial"},
		{4, "23 novembre", "!date_invalid"},
		{4, "23/11/1026", "!date_invalid"},
		{4, "######", "!excel_hashes"},
		{5, "23/11/2026", "2026-11-23"},
		{5, "22/11/2026", "!expiry_before_production"},
		{6, "044010", "044010"},
		{6, "44010", "!place_lost_zeros"},
		{6, "1234567", "!place_length"},
		{6, "Campofilone", "!place_not_code"},
	} {
		cells := base
		cells[c.column] = c.cell
		row, got := one(t, strings.Join(cells[:], ";"), Options{})
		if code, bad := strings.CutPrefix(c.want, "!"); bad {
			if !slices.Equal(got, []string{code}) {
				t.Errorf("%q: problems %v, want %s", c.cell, got, code)
			}
			continue
		}
		values := [7]string{row.GTIN, row.Lot, row.Quantity, row.Unit, row.ProductionDate, row.ExpiryDate, row.Place}
		if len(got) > 0 || values[c.column] != c.want {
			t.Errorf("%q: read %q with %v, want %q", c.cell, values[c.column], got, c.want)
		}
	}
}

func TestOptions(t *testing.T) {
	o := Options{AllowDateLots: true, Municipality: func(name string) (string, bool) { return "109004", name == "Campofilone" }}
	row, ps := one(t, "8012345678907;23/11/2026;1;kg;23/11/2026;;Campofilone", o)
	if len(ps) > 0 || row.Lot != "23/11/2026" || row.Place != "109004" {
		t.Errorf("%+v %v", row, ps)
	}
	if _, ps := one(t, "8012345678907;A;1;kg;23/11/2026;;Altrove", o); !slices.Equal(ps, []string{"place_not_code"}) {
		t.Errorf("%v", ps)
	}
}

func TestRecords(t *testing.T) {
	good := "8012345678907;%s;1;kg;23/11/2026;;\n"
	var long strings.Builder
	for i := range 70 {
		fmt.Fprintf(&long, "%d;", i)
	}
	table := head +
		fmt.Sprintf(good, `"A""1"`) + // a quote in a lot is legal
		fmt.Sprintf(good, `"A"x`) + // text after the closing quote
		strings.Repeat("x", maxRow+10) + "\n" +
		fmt.Sprintf(good, strings.Repeat("y", maxCell+10)) +
		long.String() + "\n" +
		strings.Replace(fmt.Sprintf(good, "B"), "\n", "8\n", 1) + // a 7th cell is the place
		strings.Replace(fmt.Sprintf(good, "C"), "\n", ";8\n", 1) + // an 8th has no column
		"8012345678907;D;1;kg;23/11/2026\r" + // trailing empty cells left out, old line end
		"8012345678907;\"E\nF\";1;kg;23/11/2026\r\n" +
		"8012345678907;A\"1;1;kg;23/11/2026\n" +
		"8012345678907;\xe0\x81;1;kg;23/11/2026"
	rows, ps, err := ReadAll(strings.NewReader(table), Options{})
	if err != nil {
		t.Fatal(err)
	}
	var lots []string
	for _, r := range rows {
		lots = append(lots, fmt.Sprintf("%d:%s", r.Line, r.Lot))
	}
	if want := []string{`2:A"1`, "9:D"}; !slices.Equal(lots, want) {
		t.Errorf("rows %v, want %v", lots, want)
	}
	want := []string{
		"3:0:bad_quotes", "4:0:row_too_long", "5:0:cell_too_long", "6:0:too_many_columns", "7:7:place_length",
		"8:8:cell_without_column", "10:2:lot_invalid", "12:2:duplicate", "13:2:bad_character",
	}
	if !slices.Equal(codes(ps), want) {
		t.Errorf("problems %v,\nwant     %v", codes(ps), want)
	}
}

func TestUnusableFiles(t *testing.T) {
	for name, c := range map[string]struct{ text, code string }{
		"empty":          {"", "empty"},
		"blank":          {"\n\r\n;;;\n", "empty"},
		"no header":      {"8012345678907;A;1;kg;23/11/2026\n", "column_unknown"},
		"xlsx":           {"PK\x03\x04....", "workbook_broken"},
		"xls":            {"\xd0\xcf\x11\xe0....", "excel_workbook"},
		"misspelt":       {strings.Replace(head, "scadenza", "scadnza", 1), "column_unknown"},
		"twice":          {strings.Replace(head, "scadenza", "Lot", 1), "column_repeated"},
		"no lot":         {strings.Replace(head, "lotto", "note", 1), "column_missing"},
		"no unit":        {strings.Replace(head, ";unità", "", 1), "column_missing"},
		"unit not known": {strings.Replace(head, "quantità", "quantità (boh)", 1), "column_unknown"},
		"binary":         {"\x00\x01\x02\n", "bad_character"},
		"one quote":      {"\"gtin;lotto\n1;2\n", "unclosed_quote"},
		"endless line":   {strings.Repeat("x", 1<<20), "row_too_long"},
		"after the mark": {"\xef\xbb\xbfgtin;quantit\xe0\n", "bad_character"},
	} {
		_, _, err := ReadAll(strings.NewReader(c.text), Options{})
		var ps Problems
		if !errors.As(err, &ps) || ps[0].Code != c.code || ps.Text("it") == "" || ps.Error() == "" {
			t.Errorf("%s: %v, want %s", name, err, c.code)
		}
	}
}

func TestStopsAtAnUnclosedQuote(t *testing.T) {
	table := head + "8012345678907;A;1;kg;23/11/2026;;\n" + "8012345678907;\"B;1;kg;23/11/2026;;\n" +
		strings.Repeat("8012345678907;C;1;kg;23/11/2026;;\n", 3000)
	rows, _, err := ReadAll(strings.NewReader(table), Options{})
	var ps Problems
	if !errors.As(err, &ps) || ps[0].Code != "unclosed_quote" || ps[0].Line != 3 || len(rows) != 1 {
		t.Errorf("%d rows, %v", len(rows), err)
	}
}

func TestFailingReader(t *testing.T) {
	broken := io.MultiReader(strings.NewReader(head+"8012345678907;A;1;kg;23/11/2026;;\n"), iotest.ErrReader(errors.New("disk on fire")))
	rows, _, err := ReadAll(broken, Options{})
	if err == nil || !strings.Contains(err.Error(), "disk on fire") || len(rows) != 1 {
		t.Errorf("%d rows, %v", len(rows), err)
	}
}

// repeat yields a row for ever.
type repeat struct {
	row string
	at  int
}

func (r *repeat) Read(p []byte) (int, error) {
	n := copy(p, r.row[r.at:])
	r.at = (r.at + n) % len(r.row)
	return n, nil
}

func TestBounds(t *testing.T) {
	endless := io.MultiReader(strings.NewReader(head), &repeat{row: "8012345678907;A;1;kg;23/11/2026;;\n"})
	_, ps, err := ReadAll(endless, Options{})
	var fatal Problems
	if !errors.As(err, &fatal) || fatal[0].Code != "too_many_problems" || len(ps) > MaxProblems+10 {
		t.Errorf("%d problems, %v", len(ps), err)
	}
	r, err := NewReader(io.MultiReader(strings.NewReader(head), &repeat{row: "8012345678907;A;1;kg;23/11/2026;;\n"}), Options{})
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for ; err == nil; n++ {
		_, _, err = r.Next()
	}
	if !errors.As(err, &fatal) || fatal[0].Code != "too_many_rows" || n != MaxRows+1 {
		t.Errorf("%d rows, %v", n, err)
	}
}

// A table written in any of the forms of Excel reads back as it was.
func TestWrittenTableReadsBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		sep := rapid.SampledFrom([]string{";", ",", "\t"}).Draw(t, "sep")
		end := rapid.SampledFrom([]string{"\n", "\r\n", "\r"}).Draw(t, "end")
		date := rapid.SampledFrom([]string{"02/01/2006", "2006-01-02", "2-1-2006"}).Draw(t, "date")
		order := rapid.Permutation([]int{0, 1, 2, 3, 4}).Draw(t, "order")
		names := []string{"GTIN", "Lotto", "Quantita'", "U.M.", "Prodotto il"}
		var (
			b    strings.Builder
			want []Row
		)
		line := func(cells []string) {
			for i, c := range order {
				if i > 0 {
					b.WriteString(sep)
				}
				b.WriteString(`"` + strings.ReplaceAll(cells[c], `"`, `""`) + `"`)
			}
			b.WriteString(end)
		}
		line(names)
		for i := range rapid.IntRange(0, 5).Draw(t, "rows") {
			whole := rapid.IntRange(1, 999999).Draw(t, "whole")
			tenths := rapid.IntRange(1, 9).Draw(t, "tenths")
			days := rapid.IntRange(0, 20000).Draw(t, "days")
			lot := fmt.Sprintf("%d%s", i, rapid.StringMatching(`[A-Z][A-Za-z!"%&'()*+,./:;<=>?_-]{0,15}[A-Z]`).Draw(t, "lot"))
			d := time.Date(2000, 1, 1+days, 0, 0, 0, 0, time.UTC)
			line([]string{"8012345678907", lot, fmt.Sprintf("%d,%d", whole, tenths), "kg", d.Format(date)})
			want = append(want, Row{
				Line: i + 2, GTIN: "08012345678907", Lot: lot, Quantity: fmt.Sprintf("%d.%d", whole, tenths),
				Unit: "KGM", ProductionDate: d.Format(time.DateOnly),
			})
		}
		rows, ps, err := ReadAll(strings.NewReader(b.String()), Options{})
		if err != nil || len(ps) > 0 || !reflect.DeepEqual(rows, want) {
			t.Fatalf("%s\n got %+v\nwant %+v\n%v %v", b.String(), rows, want, ps, err)
		}
	})
}

func FuzzRead(f *testing.F) {
	for _, file := range []string{"excel-utf8-bom.csv", "excel-windows-1252.csv", "excel-unicode-tab.txt", "english-comma.csv", "mistakes.csv"} {
		f.Add(readFile(f, file))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		rows, ps, err := ReadAll(bytes.NewReader(data), Options{})
		var fatal Problems
		if err != nil && !errors.As(err, &fatal) {
			t.Fatalf("an error that is not Problems: %v", err)
		}
		for _, p := range append(ps, fatal...) {
			if p.Code == "" || p.MessageIT == "" || p.MessageEN == "" || strings.Contains(p.MessageEN, "%!") && !bytes.Contains(data, []byte("%!")) {
				t.Fatalf("an incomplete problem: %+v", p)
			}
		}
		for _, r := range rows {
			if len(r.GTIN) != 14 || r.Lot == "" || r.Quantity == "" || r.Unit == "" || len(r.ProductionDate) != 10 {
				t.Fatalf("an incomplete row: %+v", r)
			}
		}
	})
}
