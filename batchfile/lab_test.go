package batchfile

import (
	"errors"
	"strings"
	"testing"

	"golang.org/x/text/encoding/charmap"
)

const labHead = "GTIN;Lotto;Analita;Metodo di prova;Risultato;U.M.;Incertezza;N. campione;Data rapporto;Requisito;SHA-256\r\n"

func TestLabRowsAreReadAsALIMSWritesThem(t *testing.T) {
	text := labHead +
		"8012345678907;L. L26-001;Umidità;ISO 712;12,50;% s.s.;± 0,20;26/01873;20/11/2026;moisture;\r\n" +
		";;;;;;;;;;\r\n" +
		"8012345678907;L26-002;Piombo;EN 13804;< 0,01;mg/kg;;26/01874;2026-11-20;;" + strings.Repeat("AB", 32) + "\r\n"
	latin, err := charmap.Windows1252.NewEncoder().String(text)
	if err != nil {
		t.Fatal(err)
	}
	for name, file := range map[string]string{"UTF-8": text, "Windows-1252": latin, "with a byte order mark": "\ufeff" + text, "sep": "sep=;\r\n" + text} {
		rows, ps, err := ReadLab(strings.NewReader(file))
		if err != nil || len(ps) > 0 || len(rows) != 2 {
			t.Fatalf("%s: %v %v %v", name, rows, ps, err)
		}
		first := rows[0]
		line := 2
		if name == "sep" {
			line = 3
		}
		if want := (LabRow{
			Line: line, GTIN: "08012345678907", Lot: "L26-001", Parameter: "Umidità", Requirement: "moisture", Method: "ISO 712", Value: "12.50",
			Unit: "% s.s.", Uncertainty: "0.20", Sample: "26/01873", ReportDate: "2026-11-20",
		}); first != want {
			t.Errorf("%s: %+v, want %+v", name, first, want)
		}
		if r := rows[1]; !r.Below || r.Value != "0.01" || r.Report != strings.Repeat("ab", 32) {
			t.Errorf("%s: %+v", name, r)
		}
	}
}

func TestLabNumbersKeepTheirDecimals(t *testing.T) {
	for in, want := range map[string]string{
		"13,10": "13.10", "13.10": "13.10", "1,234": "1.234", "1.234": "1.234", "-0,5": "-0.5", "0": "0", "1.234,50": "1234.5", "12 345,6": "12345.6",
	} {
		rows, ps, err := ReadLab(strings.NewReader(labHead + "8012345678907;L1;x;m;" + in + ";;;1;20/11/2026;;\n"))
		if err != nil || len(ps) > 0 || rows[0].Value != want {
			t.Errorf("%q: %v %v %v, want %s", in, rows, ps, err, want)
		}
	}
}

func TestLabProblemsNameRowColumnAndWhatToWrite(t *testing.T) {
	for name, c := range map[string]struct{ row, code string }{
		"check digit":       {"8012345678900;L1;x;m;1;;;1;20/11/2026;;", "gtin_check_digit"},
		"no lot":            {"8012345678907;;x;m;1;;;1;20/11/2026;;", "cell_empty"},
		"words for a value": {"8012345678907;L1;x;m;n.d.;;;1;20/11/2026;;", "number_invalid"},
		"no value":          {"8012345678907;L1;x;m;;;;1;20/11/2026;;", "cell_empty"},
		"a bare sign":       {"8012345678907;L1;x;m;<;;;1;20/11/2026;;", "number_invalid"},
		"uncertainty":       {"8012345678907;L1;x;m;1;;-1;1;20/11/2026;;", "uncertainty_negative"},
		"no sample":         {"8012345678907;L1;x;m;1;;;;20/11/2026;;", "cell_empty"},
		"a long parameter":  {"8012345678907;L1;" + strings.Repeat("x", 101) + ";m;1;;;1;20/11/2026;;", "text_too_long"},
		"a short year":      {"8012345678907;L1;x;m;1;;;1;20/11/26;;", "date_short_year"},
		"a short hash":      {"8012345678907;L1;x;m;1;;;1;20/11/2026;;abc", "hash_invalid"},
		"Excel's hashes":    {"8012345678907;L1;x;m;####;;;1;20/11/2026;;", "excel_hashes"},
		"a stray cell":      {"8012345678907;L1;x;m;1;;;1;20/11/2026;;;oops", "cell_without_column"},
	} {
		t.Run(name, func(t *testing.T) {
			rows, ps, err := ReadLab(strings.NewReader(labHead + c.row + "\n"))
			if err != nil || len(rows) != 0 || len(ps) == 0 || ps[0].Code != c.code || ps[0].Line != 2 {
				t.Fatalf("%v %v %v, want %s", rows, ps, err, c.code)
			}
			if ps[0].MessageIT == ps[0].MessageEN || !strings.Contains(ps[0].Text("it"), "riga 2") {
				t.Errorf("%+v", ps[0])
			}
		})
	}
}

func TestALabTableWithoutItsColumnsIsRefused(t *testing.T) {
	for name, c := range map[string]struct{ head, code string }{
		"one is missing":    {"GTIN;Lotto;Parametro;Metodo;Risultato;Campione\n", "column_missing"},
		"one is not known":  {labHead[:len(labHead)-2] + ";Colore\n", "column_unknown"},
		"one stands twice":  {labHead[:len(labHead)-2] + ";Valore\n", "column_repeated"},
		"nothing is there":  {"", "empty"},
		"it is a workbook":  {"PK\x03\x04", "workbook_broken"},
		"a quote is open":   {"\"GTIN;Lotto\n", "unclosed_quote"},
		"no name is a name": {"a;b;c\n", "column_unknown"},
	} {
		_, _, err := ReadLab(strings.NewReader(c.head))
		var ps Problems
		if !errors.As(err, &ps) || ps[0].Code != c.code {
			t.Errorf("%s: %v, want %s", name, err, c.code)
		}
	}
}

func FuzzReadLab(f *testing.F) {
	f.Add(labHead + "8012345678907;L. L26-001;Umidità;ISO 712;12,50;% s.s.;± 0,20;26/01873;20/11/2026;moisture;\n")
	f.Add("GTIN,Lot,Parameter,Method,Result,Sample,Report date\n8012345678907,L1,x,m,\"< 0,1\",1,2026-11-20\n")
	f.Fuzz(func(t *testing.T, text string) {
		rows, _, err := ReadLab(strings.NewReader(text))
		if err != nil {
			return
		}
		for _, r := range rows {
			if r.GTIN == "" || r.Lot == "" || r.Value == "" || r.Sample == "" || len(r.ReportDate) != 10 {
				t.Fatalf("a row without problems lacks something: %+v", r)
			}
		}
	})
}
