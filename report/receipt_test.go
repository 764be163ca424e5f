package report

import (
	"bytes"
	"strings"
	"testing"
	"time"
)

func receipt() *Receipt {
	return &Receipt{
		ID: "regione-marche:decreto-dirigenziale:14.tdi:2025", Kind: "decreto dirigenziale", Number: "14/TDI", Date: "2025-02-11", Body: "Regione Marche (regione-marche)",
		Subject: "Approvazione del progetto «Borgo Digitale Diffuso»", CUPs: []string{"C11G06000000001"}, LegalBasis: []string{"L.R. 36/2020"},
		Documents: []ReceiptDocument{{
			SHA256: strings.Repeat("a", 64), SHA512: strings.Repeat("b", 128), InnerSHA256: strings.Repeat("c", 64), MediaType: "application/pdf", Size: 1234567, Form: "PDF firmato, firme: 1",
			StampedAt: "2026-11-23T19:05:28Z",
		}},
		DepositedBy: "Regione Marche (regione-marche)", DepositedAt: "2026-11-23T19:05:55Z", DepositedHeight: 2, Standing: "in vigore", ChainID: "filiera-atti", Height: 7, AsOf: "2026-11-23",
		AppHash: strings.Repeat("d", 64), ValidatorsHash: strings.Repeat("e", 64), URL: "https://registro.example.it/acts/regione-marche:decreto-dirigenziale:14.tdi:2025",
	}
}

// longest is a receipt of an act that has as much of everything as the ledger takes.
func longest() *Receipt {
	r := receipt()
	r.Subject, r.Body = strings.Repeat("Modalità attuative ", 52), strings.Repeat("Giunta ", 28)
	for range 19 {
		r.Documents = append(r.Documents, r.Documents[0])
	}
	for i := range r.Documents {
		r.Documents[i].Title = strings.Repeat("Allegato ", 22)
	}
	for range 32 {
		r.Vouchings = append(r.Vouchings, strings.Repeat("Conforme all'originale ", 20))
		r.Changes = append(r.Changes, "modificato da "+strings.Repeat("x", 160))
		r.LegalBasis = append(r.LegalBasis, strings.Repeat("Reg. (UE) 2021/1060 ", 15))
		r.CUPs = append(r.CUPs, "C11G06000000001")
	}
	return r
}

func TestAReceiptIsOnePage(t *testing.T) {
	for name, r := range map[string]*Receipt{"plain": receipt(), "longest": longest()} {
		var a, b bytes.Buffer
		if err := WriteReceipt(&a, r); err != nil {
			t.Fatal(err)
		}
		if err := WriteReceipt(&b, r); err != nil || !bytes.Equal(a.Bytes(), b.Bytes()) {
			t.Errorf("%s: written twice, it differs (%v)", name, err)
		}
		if n := bytes.Count(a.Bytes(), []byte("/Type /Page\n")); n != 1 {
			t.Errorf("%s: %d pages", name, n)
		}
	}
	// Whatever is on it stands on the page.
	p, err := writeSheet(longest(), time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC), rooms[len(rooms)-1])
	if err != nil || p.overfull {
		t.Errorf("the longest receipt does not fit at its shortest: ends at %.1f mm (%v)", p.GetY(), err)
	}
	if err := WriteReceipt(&bytes.Buffer{}, &Receipt{AsOf: "yesterday"}); err == nil {
		t.Error("a day that is none is taken")
	}
}
