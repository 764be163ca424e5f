package report_test

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/filiera-chain/filiera/report"
)

func sample(steps int) *report.Article18 {
	maker, shop := report.PartyName{ID: "cantina-esempio", Name: "Cantina Esempio"}, report.PartyName{ID: "bottega-esempio", Name: "=HYPERLINK(\"x\")"}
	r := &report.Article18{
		GTIN: "08031234500020", Lot: "V1", Product: "Verdicchio dei Castelli di Jesi DOC, 0,75 l è «buono» ≥ 12 × 6", Owner: maker, Specification: "verdicchio-doc", Version: 2,
		ProductionDate: "2026-10-01", Place: "042021", Status: "active",
		Balance:      report.BalanceOf{Unit: "MLT", Entered: 14_000_000, Left: 9_000_000, Sold: 5_000_000},
		Back:         []report.Move{{Entry: 2, Day: "2026-10-01", Told: "2026-10-02", Kind: "transformation", What: "08031234500013/U1", Amount: 20_000, Unit: "KGM", From: maker, To: maker, Note: "prima pressa"}},
		Holders:      []report.HolderOf{{PartyName: maker, Left: 9_000_000}},
		Certificates: []report.CertificateLine{{ID: "urn:uuid:6fd1b1c4-0d2a-4f63-9a1f-5b8a4a0c2e11", Certifier: report.PartyName{ID: "amap-apc", Name: "AMAP-APC"}, State: "issued", Until: "2027-11-22", Amount: 14_000_000}},
		Ledger:       report.StateOf{ChainID: "filiera-demo", Height: 120, Time: "2026-11-23T10:00:00Z", AppHash: strings.Repeat("ab", 32)},
	}
	for i := range steps {
		r.Forward = append(r.Forward, report.Move{Entry: int64(i + 3), Day: "2026-11-01", Told: "2026-11-01", Kind: "sale", What: "market", Amount: 1_500_000, Unit: "MLT", From: maker, To: shop, Note: strings.Repeat("fattura ", i%40)})
	}
	return r
}

func TestTheSheetHoldsEveryLineAndNoFormula(t *testing.T) {
	r := sample(3)
	r.Forward[1].Note = "+39 333"
	var b bytes.Buffer
	if err := report.CSV(&b, r, "it", ';'); err != nil {
		t.Fatal(err)
	}
	text, has := strings.CutPrefix(b.String(), "\uFEFF")
	if !has || !strings.Contains(text, "\r\n") {
		t.Error("no byte order mark, or lines end otherwise")
	}
	c := csv.NewReader(strings.NewReader(text))
	c.Comma = ';'
	lines, err := c.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	if len(lines) != 1+1+1+3+3+1+1+1 {
		t.Errorf("%d lines", len(lines))
	}
	all := ""
	for _, l := range lines {
		for _, cell := range l {
			if strings.HasPrefix(cell, "=") || strings.HasPrefix(cell, "+") {
				t.Errorf("a formula: %q", cell)
			}
			all += cell + "|"
		}
	}
	for _, want := range []string{"un passo", "vendita", "trasformazione", "08031234500013/U1", "14000000", "'+39 333", "prima pressa"} {
		if !strings.Contains(strings.ToLower(all), strings.ToLower(want)) {
			t.Errorf("the sheet does not say %q: %s", want, all)
		}
	}
}

func TestTheDocumentIsTheSameEachTimeAndGrows(t *testing.T) {
	pages := 0
	for _, n := range []int{0, 30, 300} {
		var a, b bytes.Buffer
		for _, w := range []*bytes.Buffer{&a, &b} {
			if err := report.PDF(w, sample(n), "it"); err != nil {
				t.Fatal(err)
			}
		}
		if !bytes.Equal(a.Bytes(), b.Bytes()) || !bytes.HasPrefix(a.Bytes(), []byte("%PDF-")) || !bytes.HasSuffix(bytes.TrimSpace(a.Bytes()), []byte("%%EOF")) {
			t.Errorf("%d steps: two documents of one report differ, or are none", n)
		}
		now := bytes.Count(a.Bytes(), []byte("/Type /Page\n"))
		if now <= pages {
			t.Errorf("%d steps take %d pages, and fewer took %d", n, now, pages)
		}
		pages = now
		if path := os.Getenv("REPORT_SAMPLE"); path != "" {
			if err := os.WriteFile(fmt.Sprintf("%s-%d.pdf", path, n), a.Bytes(), 0o600); err != nil {
				t.Fatal(err)
			}
		}
	}
}

func TestWhatSomebodyWroteDoesNotBreakTheDocument(t *testing.T) {
	r := sample(1)
	for _, s := range []string{"", "\x00\x01", "🍷🧀", strings.Repeat("a", 5_000), strings.Repeat("è ", 3_000), "a\nb\tc", "\xff\xfe"} {
		r.Product, r.Forward[0].Note, r.Forward[0].What = s, s, s
		var b bytes.Buffer
		if err := report.PDF(&b, r, "en"); err != nil || b.Len() == 0 {
			t.Errorf("%.20q: %v", s, err)
		}
		if err := report.CSV(&b, r, "en", ','); err != nil {
			t.Errorf("%.20q: %v", s, err)
		}
	}
	r.Ledger.Time = "yesterday"
	if err := report.PDF(new(bytes.Buffer), r, "en"); err == nil {
		t.Error("a document without a date")
	}
}
