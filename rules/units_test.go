package rules

import (
	"math"
	"strings"
	"testing"
)

func TestAmountsAreReadExactly(t *testing.T) {
	for _, c := range []struct {
		text string
		want int64
		dim  Dimension
	}{
		{"0", 0, Number},
		{"12", 12, Number},
		{"-3 °C", -3000, Temperature},
		{"12.50 %", 125_000_000, Share},
		{"12.5%", 125_000_000, Share},
		{"0.0000001 %", 1, Share},
		{"1 ‰", 1_000_000, Share},
		{"85.000 %", 850_000_000, Share},
		{"3.10 ×", 3_100_000_000, Share},
		{"8 kg", 8_000_000, Mass},
		{"0.000001 kg", 1, Mass},
		{"1 t", 1_000_000_000, Mass},
		{"35 cm", 350_000, Length},
		{"0.30 mm", 300, Length},
		{"120 mm/100", 1200, Length},
		{"1.5 ha", 15_000, Area},
		{"0.75 l", 750, Volume},
		{"66.5 hl", 6_650_000, Volume},
		{"4.8 pH", 4800, Acidity},
		{"24 h", 86_400, Time},
		{"0.5 h", 1800, Time},
		{"1.5 min", 90, Time},
		{"0.25 h", 900, Time},
		{"15 giorni", 15, Days},
		{"1 mese", 1, Months},
		{"140 q/ha", 1_400_000, PerArea},
		{"9.5 t/ha", 950_000, PerArea},
		{"2200 /ha", 2_200_000, CountPerArea},
		{"7 /kg", 7000, CountPerMass},
		{"200 mg/kg", 200_000, Content},
		{"4.5 g/l", 4_500_000, Concentration},
		{"11.5 %vol", 11_500_000, Strength},
		{"12 meq/kg", 12_000, Peroxide},
		{"0.005 abs", 5000, Absorbance},
		{"2.5 punti", 2500, Score},
		{"10000000 UFC/g", 10_000_000, Colonies},
		{"1.2 kgf/cm²", 1200, Firmness},
		{"  8 kg  ", 8_000_000, Mass},
		{"999999999999999999", 999_999_999_999_999_999, Number},
	} {
		v, u, err := ParseAmount(c.text)
		if err != nil || v != c.want || u.Dim != c.dim {
			t.Errorf("%q: %d %v (%v), want %d %v", c.text, v, u.Dim, err, c.want, c.dim)
		}
	}
}

func TestAmountsThatCannotBeKeptAreRefused(t *testing.T) {
	for text, says := range map[string]string{
		"":                            "plain number",
		"kg":                          "plain number",
		"-":                           "plain number",
		"+8 kg":                       "plain number",
		"8. kg":                       "plain number",
		".5 kg":                       "plain number",
		"1.2.3 kg":                    "plain number",
		"--5 kg":                      "plain number",
		"8,5 kg":                      "with a point",
		"1e3 kg":                      "no unit known",
		"0x10":                        "no unit known",
		"8 kgg":                       "did you mean kg?",
		"15 dayz":                     "did you mean days?",
		"0.0000001 kg":                "finer",
		"0.00000001 %":                "finer",
		"0.5 mg":                      "finer",
		"0.5":                         "finer",
		"0.01 min":                    "finer",
		"0.3333 h":                    "finer",
		"999999999999999999 kg":       "too big",
		"9223372036855 kg":            "too big",
		"9999999999999999999":         "plain number",
		strings.Repeat("1", 65):       "too long",
		"1.0000000000000000000001 kg": "plain number",
	} {
		v, _, err := ParseAmount(text)
		if err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%q: %d, %v; want an error that says %q", text, v, err, says)
		}
	}
}

func TestTheLargestAmountOfAUnitIsReadAndOneMoreIsNot(t *testing.T) {
	if v, _, err := ParseAmount("9223372036854.775807 kg"); err != nil || v != math.MaxInt64 {
		t.Errorf("%d, %v", v, err)
	}
	if v, _, err := ParseAmount("9223372036854.775808 kg"); err == nil {
		t.Errorf("read as %d", v)
	}
}

func TestAmountsAreWrittenAsPeopleReadThem(t *testing.T) {
	for _, c := range []struct {
		text   string
		it, en string
	}{
		{"12.50 %", "12,5 %", "12.5 %"},
		{"15 days", "15 giorni", "15 days"},
		{"1 days", "1 giorno", "1 day"},
		{"0 days", "0 giorni", "0 days"},
		{"18 months", "18 mesi", "18 months"},
		{"1 months", "1 mese", "1 month"},
		{"1 points", "1 punto", "1 point"},
		{"2.5 points", "2,5 punti", "2.5 points"},
		{"9000 kg/ha", "9000 kg/ha", "9000 kg/ha"},
		{"18000 kg", "18.000 kg", "18,000 kg"},
		{"1234567.5 kg", "1.234.567,5 kg", "1,234,567.5 kg"},
		{"7 /kg", "7 per kg", "7 per kg"},
		{"2200 /ha", "2200 per ettaro", "2200 per hectare"},
		{"4.8 pH", "4,8", "4.8"},
		{"3.10 ×", "3,1", "3.1"},
		{"90 min", "1 h 30 min", "1 h 30 min"},
		{"-61 s", "-1 min 1 s", "-1 min 1 s"},
		{"0 h", "0 h", "0 h"},
		{"-18.5 °C", "-18,5 °C", "-18.5 °C"},
		{"10000000 CFU/g", "10.000.000 UFC/g", "10,000,000 CFU/g"},
		{"0.000001 kg", "0,000001 kg", "0.000001 kg"},
	} {
		v, u, err := ParseAmount(c.text)
		if err != nil {
			t.Fatal(err)
		}
		if it, en := FormatAmount(v, u, Italian), FormatAmount(v, u, English); it != c.it || en != c.en {
			t.Errorf("%s: %q and %q, want %q and %q", c.text, it, en, c.it, c.en)
		}
	}
}

func TestExtremeNumbersAreWritten(t *testing.T) {
	for _, n := range []int64{math.MinInt64, math.MaxInt64, -1, 0} {
		for d := range dimensions {
			for _, l := range []Language{Italian, English} {
				if FormatAmount(n, unitOf(d), l) == "" {
					t.Errorf("%d of %v is written as nothing", n, d)
				}
			}
		}
	}
	if got := FormatAmount(math.MinInt64, unitOf(Time), English); got != "-2562047788015215 h 30 min 8 s" {
		t.Error(got)
	}
}

func TestEveryUnitReadsBackWhatItWrites(t *testing.T) {
	for _, u := range Units() {
		if u.Dim == Time {
			continue // written in several units at once
		}
		for _, v := range []int64{0, 1, u.Size - 1, u.Size, u.Size + 1, -u.Size, 12_345_678_901} {
			text := decimal(v, u.Size, English)
			back, got, err := ParseAmount(strings.ReplaceAll(text, ",", "") + " " + u.Name)
			if err != nil || back != v || got.Dim != u.Dim {
				t.Errorf("%d of %s: %q is read as %d %v (%v)", v, u.Name, text, back, got.Dim, err)
			}
		}
	}
}

func TestEverySpellingIsOfAUnitAndEveryDimensionHasNames(t *testing.T) {
	for other, name := range spellings {
		if u, known := FindUnit(other); !known || u.Name != name {
			t.Errorf("%q is to be %q and is %q", other, name, u.Name)
		}
	}
	for d := range dimensions {
		if d.In(Italian) == "" || d.In(English) == "" {
			t.Errorf("dimension %d has no name", d)
		}
	}
	if Dimension(200).String() != "?" {
		t.Error("a dimension that is none has a name")
	}
}

func TestArithmeticTellsOverflow(t *testing.T) {
	big, small := int64(math.MaxInt64), int64(math.MinInt64)
	for _, c := range []struct {
		a, b int64
		sum  bool
		prod bool
	}{
		{0, small, true, true},
		{small, -1, false, false},
		{-1, small, false, false},
		{small, 1, true, true},
		{big, 1, false, true},
		{big, -1, true, true},
		{big, 2, false, false},
		{1 << 32, 1 << 31, true, false},
		{-(1 << 32), 1 << 31, true, true}, // exactly the smallest
		{3037000500, 3037000500, true, false},
		{3037000499, 3037000499, true, true},
		{small, small, false, false},
	} {
		if _, ok := add(c.a, c.b); ok != c.sum {
			t.Errorf("%d + %d: %v", c.a, c.b, ok)
		}
		if p, ok := mul(c.a, c.b); ok != c.prod || ok && c.a != 0 && p/c.a != c.b && c.a != -1 {
			t.Errorf("%d × %d: %d %v", c.a, c.b, p, ok)
		}
	}
}

func TestRatiosAreComparedWithoutRounding(t *testing.T) {
	third, err := mustAmount("33.3333333 %")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		part, share, whole int64
		want               int
	}{
		{1, third, 3, 1}, // a third is more than 33.3333333 %
		{333333333, third, 1_000_000_000, 0},
		{333333332, third, 1_000_000_000, -1},
		{333333334, third, 1_000_000_000, 1},
		{85, 850_000_000, 100, 0},
		{8_499_999_999_999_999, 850_000_000, 10_000_000_000_000_000, -1},
		{8_500_000_000_000_000, 850_000_000, 10_000_000_000_000_000, 0},
		{8_500_000_000_000_001, 850_000_000, 10_000_000_000_000_000, 1},
		{math.MaxInt64, wholeShare, math.MaxInt64, 0},
		{math.MaxInt64 - 1, wholeShare, math.MaxInt64, -1},
		{0, 0, math.MaxInt64, 0},
	} {
		if got := compareRatio(c.part, wholeShare, c.share, c.whole); got != c.want {
			t.Errorf("%d of %d against %d: %d, want %d", c.part, c.whole, c.share, got, c.want)
		}
	}
}

func mustAmount(text string) (int64, error) {
	v, _, err := ParseAmount(text)
	return v, err
}

func TestMulDiv(t *testing.T) {
	for _, c := range []struct {
		a, b, c, q, rest int64
		ok               bool
	}{
		{7, 3, 2, 10, 1, true},
		{math.MaxInt64 / 2, wholeShare, wholeShare, math.MaxInt64 / 2, 0, true},
		{math.MaxInt64, wholeShare, wholeShare, 0, 0, false},
		{1, 1, 0, 0, 0, false},
		{1, 1, -1, 0, 0, false},
		{math.MaxInt64, math.MaxInt64, 1, 0, 0, false},
	} {
		q, rest, ok := mulDiv(c.a, c.b, c.c)
		if q != c.q || rest != c.rest || ok != c.ok {
			t.Errorf("%d × %d / %d: %d %d %v", c.a, c.b, c.c, q, rest, ok)
		}
	}
}

func TestWhatIsNearIsSuggested(t *testing.T) {
	for word, want := range map[string]string{"elapst": "elapsed", "in_zones": "in_zone", "massof": "mass_of", "zzzzzz": "", "": "", strings.Repeat("a", 65): ""} {
		got := suggest(word, functionNames())
		if want == "" && got != "" || want != "" && got != "; did you mean "+want+"?" {
			t.Errorf("%s: %q", clip(word), got)
		}
	}
}
