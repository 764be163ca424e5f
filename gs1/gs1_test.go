package gs1

import (
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestParseGTIN(t *testing.T) {
	for _, c := range []struct{ in, want, refusal string }{
		{"8001234567897", "08001234567897", ""},
		{"08001234567897", "08001234567897", ""},
		{"416000336108", "00416000336108", ""},
		{"02345673", "00000002345673", ""},
		{"12345678901231", "12345678901231", ""},
		{"8001234567890", "", "check digit 0 but its other digits give 7"},
		{"800 1234567897", "", "without spaces or hyphens"},
		{"800-1234567897", "", "without spaces or hyphens"},
		{"800123456789", "", "check digit"},
		{"80012345678", "", "has 11 digits"},
		{"", "", "empty"},
		{"８001234567897", "", "only the digits"},
		{"00000000000000", "", "identifies nothing"},
	} {
		got, err := ParseGTIN(c.in)
		checkAnswer(t, "ParseGTIN", c.in, got, c.want, err, c.refusal)
	}
}

func TestParseGLNAndSSCC(t *testing.T) {
	for _, c := range []struct{ in, refusal string }{
		{"4012345000115", ""},
		{"4012345000116", "check digit"},
		{"401234500011", "must have 13"},
		{"40123450001x5", "only the digits"},
	} {
		got, err := ParseGLN(c.in)
		checkAnswer(t, "ParseGLN", c.in, got, c.in, err, c.refusal)
	}
	got, err := ParseSSCC("340123453111111115")
	checkAnswer(t, "ParseSSCC", "340123453111111115", got, "340123453111111115", err, "")
	_, err = ParseSSCC("340123453111111116")
	checkAnswer(t, "ParseSSCC", "340123453111111116", "", "", err, "check digit")
}

func TestCheckDigit(t *testing.T) {
	if d, err := CheckDigit("800123456789"); err != nil || d != '7' {
		t.Errorf("CheckDigit = %c, %v", d, err)
	}
	for _, bad := range []string{"", "12a", strings.Repeat("1", 31)} {
		if _, err := CheckDigit(bad); err == nil {
			t.Errorf("CheckDigit(%q) accepted", bad)
		}
	}
}

func TestItalianLots(t *testing.T) {
	for _, c := range []struct{ in, want, refusal string }{
		{"24123", "24123", ""},
		{"L24123", "L24123", ""},
		{"L 24123", "24123", ""},
		{"L.24123", "24123", ""},
		{"L. 24123", "24123", ""},
		{"L: 24123", "24123", ""},
		{" Lotto: 24123 ", "24123", ""},
		{"LOTTO 24/123-A", "24/123-A", ""},
		{"Lotto n. 24123", "24123", ""},
		{"Lotto n° 24123", "24123", ""},
		{"Lotto : 24123", "24123", ""},
		{"L .24", ".24", ""},
		{"Lot 7", "7", ""},
		{"LOTUS5", "LOTUS5", ""},
		{"L", "L", ""},
		{"L L24", "L24", ""},
		{"l 24123", "", "position 2"},
		{"24 123", "", "position 3"},
		{"lotto_è", "", "position 7"},
		{"", "", "empty"},
		{"123456789012345678901", "", "at most 20"},
	} {
		got, err := NormaliseItalianLot(c.in)
		checkAnswer(t, "NormaliseItalianLot", c.in, got, c.want, err, c.refusal)
	}
}

func TestItalianLotLabelIsReversible(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		lot := anyLot().Draw(t, "lot")
		label := ItalianLotLabel(lot)
		if !strings.HasPrefix(label, "L") {
			t.Fatalf("the label %q of %q lacks the letter the law wants", label, lot)
		}
		if back, err := NormaliseItalianLot(label); err != nil || back != lot {
			t.Fatalf("%q is printed %q and read back as %q, %v", lot, label, back, err)
		}
	})
}

func anyLot() *rapid.Generator[string] {
	return rapid.Custom(func(t *rapid.T) string {
		head := rapid.SampledFrom([]string{"", "L", "L.", "L:", "Lotto:", "lot.", "Ln.", "LL"}).Draw(t, "head")
		n := rapid.IntRange(1, 12).Draw(t, "n")
		body := make([]byte, n)
		for i := range body {
			body[i] = chars82[rapid.IntRange(0, len(chars82)-1).Draw(t, "c")]
		}
		return head + string(body)
	})
}

func TestLotCandidates(t *testing.T) {
	for in, want := range map[string]string{
		"24123":         "24123 L24123",
		"L24123":        "L24123 24123",
		"L 24123":       "24123 L24123",
		"L.24123":       "L.24123 24123 L24123",
		"Lotto: L24123": "L24123 24123",
		"L":             "L",
		"così":          "",
		"":              "",
	} {
		if got := strings.Join(LotCandidates(in), " "); got != want {
			t.Errorf("LotCandidates(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestParseDate(t *testing.T) {
	for _, c := range []struct {
		in      string
		ref     int
		want    string
		refusal string
	}{
		{"261231", 2026, "2026-12-31", ""},
		{"760101", 2026, "2076-01-01", ""},
		{"770101", 2026, "1977-01-01", ""},
		{"010101", 1990, "2001-01-01", ""},
		{"490101", 1999, "2049-01-01", ""},
		{"500101", 1999, "1950-01-01", ""},
		{"280200", 2026, "2028-02-29", ""},
		{"270200", 2026, "2027-02-28", ""},
		{"270229", 2026, "", "28 days"},
		{"261301", 2026, "", "month 13"},
		{"26123", 2026, "", "six digits"},
		{"2612３", 2026, "", "six digits"},
		{"261231", 12, "", "reference year"},
	} {
		d, err := ParseDate(c.in, c.ref)
		got := ""
		if err == nil {
			got = d.String()
			if d.AI() != c.in {
				t.Errorf("%s is written back as %s", c.in, d.AI())
			}
		}
		checkAnswer(t, "ParseDate", c.in, got, c.want, err, c.refusal)
	}
}

func TestParseTarget(t *testing.T) {
	for _, c := range []struct{ in, want, refusal string }{
		{"8001234567897 L24123", "08001234567897 L24123", ""},
		{"8001234567897 L 24123", "08001234567897 24123", ""},
		{"8001234567897 Lotto n. 24123 7", "08001234567897 24123 7", ""},
		{"8001234567897 24123 S1", "08001234567897 24123 S1", ""},
		{"8001234567897", "08001234567897", ""},
		{"0108001234567897\x1d10L24123", "08001234567897 L24123", ""},
		{"010800123456789710L24123^21A", "08001234567897 L24123 A", ""},
		{"]Q3010800123456789710L24123\x1d17261231", "08001234567897 L24123", ""},
		{"]E08001234567897", "08001234567897", ""},
		{"(01)08001234567897(10)L24123(21)A", "08001234567897 L24123 A", ""},
		{"https://id.gs1.org/01/08001234567897/10/L24123?17=261231&linkType=gs1:pip", "08001234567897 L24123", ""},
		{"https://example.it/p/01/8001234567897/10/L24123/", "08001234567897 L24123", ""},
		{"https://example.it/gtin/8001234567897/lot/A%2FB", "08001234567897 A/B", ""},
		{"urn:epc:class:lgtin:8001234.056789.L24123", "08001234567897 L24123", ""},
		{"(00)340123453111111115", "SSCC 340123453111111115", ""},
		{"", "", "nothing was given"},
		{"https://example.it/about", "", "expected"},
		{"8001234567890 L24123", "", "check digit"},
		{"8001234567897 a b c d", "", "more than"},
		{"(10)L24123", "", "neither"},
		{"https://id.gs1.org/01/08001234567890/10/L1", "", "check digit"},
		{"maccheroncini", "", "does not begin with a GTIN"},
	} {
		target, err := ParseTarget(c.in)
		got := strings.Join(strings.Fields(target.GTIN+" "+target.Lot+" "+target.Serial), " ")
		if target.SSCC != "" {
			got = "SSCC " + target.SSCC
		}
		if err != nil {
			got = ""
		}
		checkAnswer(t, "ParseTarget", c.in, got, c.want, err, c.refusal)
	}
}

func TestClassOf(t *testing.T) {
	for _, c := range []struct {
		in, gtin, lot string
		ok            bool
	}{
		{"urn:epc:class:lgtin:4012345.012345.Lot987", "04012345123456", "Lot987", true},
		{"https://id.gs1.org/01/04012345123456/10/Lot987", "04012345123456", "Lot987", true},
		{"https://example.it/x/01/04012345123456/10/Lot987/21/A?17=261231", "04012345123456", "Lot987", true},
		{"HTTPS://example.it/01/04012345123456/10/A%2fB", "04012345123456", "A/B", true},
		{"https://id.gs1.org/01/04012345123457/10/Lot987", "", "", false}, // check digit
		{"urn:epc:id:sgtin:4012345.012345.1", "", "", false},
		{"https://id.gs1.org/01/04012345123456", "", "", false},
		{"urn:epc:class:lgtin:4012345.012345.", "", "", false},
		{"urn:epc:id:lgtin:4012345.012345.A", "", "", false},
		{"https://farm.example/tanks/10/7", "", "", false},
	} {
		gtin, lot, ok := ClassOf(c.in)
		if gtin != c.gtin || lot != c.lot || ok != c.ok {
			t.Errorf("ClassOf(%q) = %q, %q, %v", c.in, gtin, lot, ok)
		}
	}
}

// Links that the reference of the event hash does not recognise stay as written
// in the hash, though ParseEPC understands them.
func TestCanonicalLeavesOddSpellings(t *testing.T) {
	for _, uri := range []string{"HTTPS://example.it/01/04012345123456/10/A", "https://example.it/01/04012345123456/10/A%2fB"} {
		if got, ok := Canonical(uri); ok || got != uri {
			t.Errorf("Canonical(%q) = %q, %v", uri, got, ok)
		}
	}
}

func TestParseEPC(t *testing.T) {
	for in, want := range map[string]EPC{
		"urn:epc:id:sgtin:4012345.011111.9%2F8":   {Key: "01", Value: "04012345111118", GTIN: "04012345111118", Serial: "9/8"},
		"urn:epc:id:sscc:4012345.0000000111":      {Key: "00", Value: "040123450000001112", SSCC: "040123450000001112"},
		"urn:epc:id:sgln:4012345.00011.987":       {Key: "414", Value: "4012345000115", GLN: "4012345000115", Extension: "987"},
		"urn:epc:id:sgln:401234500011..0":         {Key: "414", Value: "4012345000115", GLN: "4012345000115"},
		"urn:epc:idpat:sgtin:4012345.011111.*":    {Key: "01", Value: "04012345111118", GTIN: "04012345111118", Pattern: true},
		"urn:epc:id:pgln:4000001.00000":           {Key: "417", Value: "4000001000005", GLN: "4000001000005"},
		"https://id.gs1.org/414/4012345000115":    {Key: "414", Value: "4012345000115", GLN: "4012345000115"},
		"https://id.gs1.org/01/4012345123456/10/": {},
		"urn:epc:id:sgtin:40123.45011111.1":       {},
		"urn:epc:id:sgtin:4012345.011111.a b":     {},
		"urn:epc:id:sgtin:4012345.011111.%00":     {},
		"urn:epc:id:sscc:4012345.":                {},
		"urn:epc:idpat:sscc:4012345.*":            {},
	} {
		got, err := ParseEPC(in)
		if (err != nil) != (want == EPC{}) || got != want {
			t.Errorf("ParseEPC(%q) = %+v, %v", in, got, err)
		}
		if err == nil {
			if canonical, ok := Canonical(in); !ok || canonical != got.URI() {
				t.Errorf("%q is canonically %q but its EPC prints %q", in, canonical, got.URI())
			}
		}
	}
}

func TestClassURIRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		lot := anyLot().Draw(t, "lot")
		uri := ClassURI("08001234567897", lot)
		gtin, back, ok := ClassOf(uri)
		if !ok || gtin != "08001234567897" || back != lot {
			t.Fatalf("%q became %s and came back as %q, %q, %v", lot, uri, gtin, back, ok)
		}
		if again, ok := Canonical(uri); !ok || again != uri {
			t.Fatalf("%s is not its own canonical form: %s", uri, again)
		}
		e := Elements{{"01", gtin}, {"10", lot}, {"17", "261231"}}
		link, err := e.CanonicalDigitalLink()
		if err != nil {
			t.Fatal(err)
		}
		if read, err := ParseDigitalLink(link); err != nil || read.String() != e.String() {
			t.Fatalf("%s read back as %s, %v", link, read, err)
		}
		if read, err := ParseElementString(e.String()); err != nil || read.Lot() != lot {
			t.Fatalf("%s read back as %s, %v", e, read, err)
		}
		if read, err := ParseElementString("]C1" + e.ElementString()); err != nil || read.Lot() != lot {
			t.Fatalf("scanned %q read back as %s, %v", e.ElementString(), read, err)
		}
	})
}

func TestElementsAccess(t *testing.T) {
	e, err := ParseElementString("(01)08001234567897(10)A(17)261200(3103)000500")
	if err != nil {
		t.Fatal(err)
	}
	if err := e.CheckAssociations(); err != nil {
		t.Error(err)
	}
	if d, ok, err := e.Date("17", 2026); err != nil || !ok || d.String() != "2026-12-31" || !d.MonthOnly {
		t.Errorf("best before read as %v %v %v", d, ok, err)
	}
	if _, ok, err := e.Date("15", 2026); ok || err != nil {
		t.Errorf("an absent date was found: %v %v", ok, err)
	}
	if _, err := ParseElementString("(01)08001234567897(01)08001234567898"); err == nil {
		t.Error("two different GTINs on one label accepted")
	}
}

func checkAnswer(t *testing.T, name, in, got, want string, err error, refusal string) {
	t.Helper()
	switch {
	case refusal == "" && (err != nil || got != want):
		t.Errorf("%s(%q) = %q, %v; want %q", name, in, got, err, want)
	case refusal != "" && (err == nil || !strings.Contains(err.Error(), refusal)):
		t.Errorf("%s(%q) = %q, %v; want a refusal naming %q", name, in, got, err, refusal)
	}
}
