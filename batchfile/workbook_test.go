package batchfile

import (
	"archive/zip"
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"
)

const aGTIN = "08012345678901"

// book writes a workbook cell by cell; strings are text, floats numbers, and a
// day is a number shown as a date.
type day1900 float64

func book(t testing.TB, rows ...[]any) []byte {
	t.Helper()
	f := excelize.NewFile()
	dates, err := f.NewStyle(&excelize.Style{NumFmt: 14})
	check(t, err)
	for y, row := range rows {
		for x, v := range row {
			at, err := excelize.CoordinatesToCellName(x+1, y+1)
			check(t, err)
			if d, is := v.(day1900); is {
				check(t, f.SetCellValue("Sheet1", at, float64(d)))
				check(t, f.SetCellStyle("Sheet1", at, at, dates))
				continue
			}
			check(t, f.SetCellValue("Sheet1", at, v))
		}
	}
	var b bytes.Buffer
	check(t, f.Write(&b))
	return b.Bytes()
}

func check(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func goodGTIN(t testing.TB) string {
	t.Helper()
	r, ps, err := ReadAll(strings.NewReader("GTIN;lotto;quantità;unità;data di produzione\n8001234500016;A;1;kg;01/01/2026\n"), Options{})
	if err != nil || len(ps) > 0 {
		t.Fatal(err, ps)
	}
	return r[0].GTIN
}

func TestAWorkbookIsReadAsItsCellsSay(t *testing.T) {
	gtin := goodGTIN(t)
	data := book(t,
		[]any{"Produzione di novembre"},
		nil,
		[]any{"GTIN", "lotto", "Quantità (kg)", "data di produzione", "scadenza", "comune"},
		[]any{gtin, "L26-1", 120.5, day1900(46349), day1900(46714), "109004"},
		[]any{8001234500016.0, 263, 0.1 + 0.2, "23/11/2026", "", ""},
		nil,
		[]any{gtin, "00263", 1.234, day1900(46349.5)},
	)
	rows, ps, err := ReadAll(bytes.NewReader(data), Options{})
	if err != nil || len(ps) > 0 {
		t.Fatal(err, ps)
	}
	want := []Row{
		{Line: 4, GTIN: gtin, Lot: "L26-1", Quantity: "120.5", Unit: "KGM", ProductionDate: "2026-11-23", ExpiryDate: "2027-11-23", Place: "109004"},
		{Line: 5, GTIN: gtin, Lot: "263", Quantity: "0.3", Unit: "KGM", ProductionDate: "2026-11-23"},
		{Line: 7, GTIN: gtin, Lot: "00263", Quantity: "1.234", Unit: "KGM", ProductionDate: "2026-11-23"},
	}
	if fmt.Sprint(rows) != fmt.Sprint(want) {
		t.Errorf("read\n%+v\nwant\n%+v", rows, want)
	}
}

func TestAWorkbooksMistakesAreNamedByTheirCell(t *testing.T) {
	gtin := goodGTIN(t)
	data := book(t,
		[]any{"GTIN", "lotto", "quantità", "unità", "data di produzione"},
		[]any{8.00123450001e18, "A", 1, "kg", day1900(46349)},
		[]any{gtin, day1900(46349), 1, "kg", day1900(46349)},
		[]any{gtin, "B", "tanta", "kg", day1900(46349)},
		[]any{gtin, "C", 1, "kg", "#VALORE!"},
		[]any{gtin, "D", -2, "kg", "novembre"},
	)
	_, ps, err := ReadAll(bytes.NewReader(data), Options{})
	check(t, err)
	var got []string
	for _, p := range ps {
		got = append(got, fmt.Sprintf("%s|%s", p.Code, strings.SplitN(p.Text("it"), ":", 2)[0]))
	}
	want := []string{
		"gtin_length|riga 2, colonna A (GTIN)", "lot_is_date|riga 3, colonna B (lotto)", "quantity_not_number|riga 4, colonna C (quantità)",
		"excel_error|riga 5, colonna E (data di produzione)", "quantity_not_positive|riga 6, colonna C (quantità)",
		"date_unreadable|riga 6, colonna E (data di produzione)",
	}
	if len(got) != len(want) {
		t.Fatalf("problems\n%s", strings.Join(got, "\n"))
	}
	for i := range want {
		if place := strings.SplitN(want[i], "|", 2)[1]; !strings.HasSuffix(got[i], place) {
			t.Errorf("%s, want %s", got[i], want[i])
		}
	}
}

func TestTheSheetWithTheTableIsFound(t *testing.T) {
	f := excelize.NewFile()
	check(t, f.SetCellStr("Sheet1", "A1", "Benvenuti"))
	for _, name := range []string{"Lotti", "Vecchi"} {
		_, err := f.NewSheet(name)
		check(t, err)
		for x, v := range []string{"GTIN", "lotto", "Quantità (kg)", "data di produzione"} {
			at, _ := excelize.CoordinatesToCellName(x+1, 1)
			check(t, f.SetCellStr(name, at, v))
		}
		for x, v := range []string{goodGTIN(t), name, "1", "23/11/2026"} {
			at, _ := excelize.CoordinatesToCellName(x+1, 2)
			check(t, f.SetCellStr(name, at, v))
		}
	}
	var b bytes.Buffer
	check(t, f.Write(&b))
	for sheet, lot := range map[string]string{"": "Lotti", "Vecchi": "Vecchi"} {
		rows, ps, err := ReadAll(bytes.NewReader(b.Bytes()), Options{Sheet: sheet})
		if err != nil || len(ps) > 0 || len(rows) != 1 || rows[0].Lot != lot {
			t.Errorf("sheet %q: %v %v %v", sheet, rows, ps, err)
		}
	}
	_, _, err := ReadAll(bytes.NewReader(b.Bytes()), Options{Sheet: "Altri"})
	if ps, is := err.(Problems); !is || ps[0].Code != "no_such_sheet" || !strings.Contains(ps[0].MessageIT, "Lotti") {
		t.Errorf("an unknown sheet: %v", err)
	}
}

// packed makes an archive of one part of size zeros, beside what a workbook has.
func packed(t *testing.T, name string, size int) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, part := range []string{"[Content_Types].xml", "xl/workbook.xml"} {
		w, err := z.Create(part)
		check(t, err)
		_, err = w.Write([]byte("<x/>"))
		check(t, err)
	}
	w, err := z.Create(name)
	check(t, err)
	chunk := make([]byte, 1<<20)
	for ; size > 0; size -= len(chunk) {
		_, err = w.Write(chunk[:min(size, len(chunk))])
		check(t, err)
	}
	check(t, z.Close())
	return b.Bytes()
}

func TestFilesThatAreNoTableAreNamed(t *testing.T) {
	external := `<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd"><!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]><worksheet>&e;&b;</worksheet>`
	withDoctype := func() []byte {
		var b bytes.Buffer
		in, err := zip.NewReader(bytes.NewReader(book(t, []any{"GTIN"})), int64(len(book(t, []any{"GTIN"}))))
		check(t, err)
		z := zip.NewWriter(&b)
		for _, part := range in.File {
			if part.Name != "xl/worksheets/sheet1.xml" {
				check(t, z.Copy(part))
			}
		}
		w, err := z.Create("xl/worksheets/sheet1.xml")
		check(t, err)
		_, err = w.Write([]byte(external))
		check(t, err)
		check(t, z.Close())
		return b.Bytes()
	}
	for name, c := range map[string]struct {
		data []byte
		code string
	}{
		"a part that unpacks to a hundred times its size": {packed(t, "xl/worksheets/sheet1.xml", 64<<20), "workbook_too_large"},
		"parts that unpack to too much":                   {packed(t, "xl/media/a.bin", 200<<20), "workbook_too_large"},
		"a binary workbook":                               {packed(t, "xl/workbook.bin", 10), "workbook_binary"},
		"a LibreOffice file":                              {packed(t, "content.xml", 10), "workbook_ods"},
		"an archive of something else":                    {[]byte("PK\x03\x04" + strings.Repeat("x", 100)), "workbook_broken"},
		"an empty sheet":                                  {book(t), "empty"},
		"entities":                                        {withDoctype(), "empty"},
		"cut short":                                       {book(t, []any{"GTIN"})[:2000], "workbook_broken"},
	} {
		t.Run(name, func(t *testing.T) {
			_, _, err := ReadAll(bytes.NewReader(c.data), Options{})
			ps, is := err.(Problems)
			if !is || ps[0].Code != c.code || ps[0].MessageIT == "" || ps[0].MessageEN == "" {
				t.Errorf("got %v, want %s", err, c.code)
			}
			if err != nil && strings.Contains(err.Error(), "root:") {
				t.Error("a file of the machine was read")
			}
		})
	}
}

func TestATemplateFilledInIsRead(t *testing.T) {
	for _, lang := range []string{"it", "en"} {
		tpl := Template{
			Lang: lang, GTIN: goodGTIN(t), Name: "Maccheroncini", Unit: "KGM", Specification: "Maccheroncini di Campofilone IGP", Version: 1,
			Municipalities: []string{"109004"}, Requirements: []string{"Essiccazione da 24 a 36 ore"},
		}
		var b bytes.Buffer
		check(t, tpl.WriteXLSX(&b))
		if rows, ps, err := ReadAll(bytes.NewReader(b.Bytes()), Options{}); err != nil || len(ps)+len(rows) > 0 {
			t.Errorf("%s, empty: %v %v %v", lang, rows, ps, err)
		}
		f, err := excelize.OpenReader(bytes.NewReader(b.Bytes()))
		check(t, err)
		sheet := f.GetSheetList()[0]
		for at, v := range map[string]any{"A2": tpl.GTIN, "B2": "0012", "C2": 12.5, "D2": 46349.0, "F2": "109004"} {
			check(t, f.SetCellValue(sheet, at, v))
		}
		b.Reset()
		check(t, f.Write(&b))
		rows, ps, err := ReadAll(bytes.NewReader(b.Bytes()), Options{})
		want := Row{Line: 2, GTIN: tpl.GTIN, Lot: "0012", Quantity: "12.5", Unit: "KGM", ProductionDate: "2026-11-23", Place: "109004"}
		if err != nil || len(ps) > 0 || len(rows) != 1 || rows[0] != want {
			t.Errorf("%s: %+v %v %v", lang, rows, ps, err)
		}
		var text bytes.Buffer
		check(t, tpl.WriteCSV(&text))
		text.WriteString(tpl.GTIN + ";0012;12,5;23/11/2026;;109004;\r\n")
		rows, ps, err = ReadAll(&text, Options{})
		if err != nil || len(ps) > 0 || len(rows) != 1 || rows[0] != want {
			t.Errorf("%s, CSV: %+v %v %v", lang, rows, ps, err)
		}
	}
}

func FuzzWorkbook(f *testing.F) {
	f.Add(book(f, []any{"GTIN", "lotto", "Quantità (kg)", "data di produzione"}, []any{aGTIN, "A", 1.5, day1900(46349)}))
	f.Add([]byte("PK\x03\x04"))
	f.Fuzz(func(t *testing.T, data []byte) {
		rows, _, err := ReadAll(bytes.NewReader(data), Options{})
		if err == nil && len(rows) > MaxRows {
			t.Fatal("more rows than are taken")
		}
	})
}
