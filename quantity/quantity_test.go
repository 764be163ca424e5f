package quantity

import (
	"math"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestParseDecimal(t *testing.T) {
	for _, c := range []struct {
		in            string
		spelling      Spelling
		want, refusal string
	}{
		{"1.234,56", AnySpelling, "1234.56", ""},
		{"1234,56", AnySpelling, "1234.56", ""},
		{"1,234.56", AnySpelling, "1234.56", ""},
		{"12.5", AnySpelling, "12.5", ""},
		{"0,250", AnySpelling, "0.25", ""},
		{"0.250", AnySpelling, "0.25", ""},
		{"1234.567", AnySpelling, "1234.567", ""},
		{"1.234.567", AnySpelling, "1234567", ""},
		{"1,234,567.8", AnySpelling, "1234567.8", ""},
		{"1 234,5", AnySpelling, "1234.5", ""},
		{"1\u00a0234", AnySpelling, "1234", ""},
		{"1'234.50", AnySpelling, "1234.5", ""},
		{"007", AnySpelling, "7", ""},
		{"-12,50", AnySpelling, "-12.5", ""},
		{"+3", AnySpelling, "3", ""},
		{"-0,0", AnySpelling, "0", ""},
		{" 500 ", AnySpelling, "500", ""},
		{"1.234", AnySpelling, "", "two ways"},
		{"1,234", AnySpelling, "", "two ways"},
		{"-1.234", AnySpelling, "", "two ways"},
		{"1.234", ItalianSpelling, "1234", ""},
		{"1.234", EnglishSpelling, "1.234", ""},
		{"1,234", ItalianSpelling, "1.234", ""},
		{"1,234", EnglishSpelling, "1234", ""},
		{"12.5", ItalianSpelling, "", "Italian spelling"},
		{"12,5", EnglishSpelling, "", "English spelling"},
		{"1.23.456", AnySpelling, "", "not a number"},
		{"1,2.3,4", AnySpelling, "", "not a number"},
		{"1.", AnySpelling, "", "not a number"},
		{",5", AnySpelling, "", "not a number"},
		{"1e3", AnySpelling, "", "not a number"},
		{"1_000", AnySpelling, "", "not a number"},
		{"--1", AnySpelling, "", "not a number"},
		{"-", AnySpelling, "", "not a number"},
		{"", AnySpelling, "", "empty"},
		{"١٢", AnySpelling, "", "not a number"},
		{strings.Repeat("9", 60), AnySpelling, "", "at most"},
	} {
		got, err := ParseDecimal(c.in, c.spelling)
		check(t, c.in, got, c.want, err, c.refusal)
	}
}

func TestToBase(t *testing.T) {
	for _, c := range []struct {
		decimal, unit, base string
		want                int64
		refusal             string
	}{
		{"12.5", "KGM", "GRM", 12500, ""},
		{"1", "DTN", "KGM", 100, ""},
		{"2.5", "DTN", "KGM", 250, ""},
		{"1", "HLT", "LTR", 100, ""},
		{"500", "GRM", "GRM", 500, ""},
		{"1500", "GRM", "KGM", 0, "1500 GRM is 1500 GRM: write it in GRM"},
		{"3", "DZN", "H87", 36, ""},
		{"0.5", "DZN", "H87", 6, ""},
		{"0", "KGM", "KGM", 0, ""},
		{"9223372036854775807", "GRM", "GRM", math.MaxInt64, ""},
		{"12.5", "KGM", "KGM", 0, "12.5 KGM is 12500 GRM: write it in GRM"},
		{"12.55", "KGM", "KGM", 0, "12.55 KGM is 12550 GRM: write it in GRM"},
		{"0.1", "H87", "H87", 0, "nothing is rounded"},
		{"0.0000001", "KGM", "GRM", 0, "nothing is rounded"},
		{"1", "KGM", "LTR", 0, "does not convert"},
		{"1", "KGX", "GRM", 0, "not a UN/ECE unit"},
		{"1", "KGM", "kg", 0, "not a UN/ECE unit"},
		{"-1", "KGM", "GRM", 0, "negative"},
		{"9223372036854775808", "GRM", "GRM", 0, "64 bits"},
		{"9223372036854776", "KGM", "GRM", 0, "64 bits"},
		{"1e3", "GRM", "GRM", 0, "not a plain decimal"},
		{"", "GRM", "GRM", 0, "not a plain decimal"},
		{".5", "KGM", "GRM", 0, "not a plain decimal"},
	} {
		got, err := ToBase(c.decimal, c.unit, c.base)
		if c.refusal == "" && (err != nil || got != c.want) {
			t.Errorf("ToBase(%q, %s, %s) = %d, %v; want %d", c.decimal, c.unit, c.base, got, err, c.want)
		}
		if c.refusal != "" && (err == nil || !strings.Contains(err.Error(), c.refusal)) {
			t.Errorf("ToBase(%q, %s, %s) = %d, %v; want a refusal with %q", c.decimal, c.unit, c.base, got, err, c.refusal)
		}
	}
}

func TestAddSub(t *testing.T) {
	kg := func(n int64) Quantity { return Quantity{n, "KGM"} }
	if got, err := (Quantity{500, "GRM"}).Add(kg(2)); err != nil || got != (Quantity{2500, "GRM"}) {
		t.Errorf("500 g + 2 kg = %v, %v", got, err)
	}
	if got, err := kg(5).Sub(kg(5)); err != nil || got != kg(0) {
		t.Errorf("5 kg - 5 kg = %v, %v", got, err)
	}
	for name, try := range map[string]func() (Quantity, error){
		"exceed 64 bits": func() (Quantity, error) { return kg(math.MaxInt64).Add(kg(1)) },
		"are missing":    func() (Quantity, error) { return kg(1).Sub(kg(2)) },
		"write it in":    func() (Quantity, error) { return kg(1).Add(Quantity{500, "GRM"}) },
		"does not conv":  func() (Quantity, error) { return kg(1).Add(Quantity{1, "LTR"}) },
		"is negative":    func() (Quantity, error) { return kg(-1).Add(kg(2)) },
		"not a UN/ECE":   func() (Quantity, error) { return Quantity{1, ""}.Add(kg(2)) },
	} {
		if got, err := try(); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("%v, %v; want a refusal with %q", got, err, name)
		}
	}
}

func TestUnits(t *testing.T) {
	seen := map[string]string{}
	smallest := map[Dimension]bool{}
	for _, u := range units {
		smallest[u.Dimension] = smallest[u.Dimension] || u.Factor == 1
		for _, alias := range append(strings.Fields(u.aliases), strings.ToLower(u.Code)) {
			if other := seen[alias]; other != "" {
				t.Errorf("%q means both %s and %s", alias, other, u.Code)
			}
			seen[alias] = u.Code
			if code, err := ParseUnit(" " + strings.ToUpper(alias)); err != nil || code != u.Code {
				t.Errorf("ParseUnit(%q) = %s, %v; want %s", alias, code, err, u.Code)
			}
		}
	}
	for d, ok := range smallest {
		if !ok {
			t.Errorf("%s has no unit of factor 1", d)
		}
	}
	for _, bad := range []string{"", "kilogrammi per metro quadro", "KG M", "xx"} {
		if code, err := ParseUnit(bad); err == nil {
			t.Errorf("ParseUnit(%q) = %s", bad, code)
		}
	}
	if _, ok := LookupUnit("kg"); ok {
		t.Error("LookupUnit accepts an alias")
	}
}

func TestFormat(t *testing.T) {
	for _, c := range []struct {
		q                     Quantity
		it, en, display, over string
	}{
		{Quantity{1234567, "GRM"}, "1.234.567 g", "1,234,567 g", "1.234,567 kg", ""},
		{Quantity{250, "GRM"}, "250 g", "250 g", "250 g", ""},
		{Quantity{3, "HLT"}, "3 hl", "3 hl", "300 l", ""},
		{Quantity{2, "DZN"}, "2 dozzine", "2 dozen", "24 pz", ""},
		{Quantity{0, "KGM"}, "0 kg", "0 kg", "0 kg", ""},
		{Quantity{1, "XXX"}, "1 XXX", "1 XXX", "1 XXX", ""},
	} {
		if it, en, d := c.q.Format("it"), c.q.Format("en"), c.q.Display("it"); it != c.it || en != c.en || d != c.display {
			t.Errorf("%v: %q, %q, %q; want %q, %q, %q", c.q, it, en, d, c.it, c.en, c.display)
		}
	}
	if _, err := (Quantity{1, "H87"}).FormatIn("DZN", "it"); err == nil {
		t.Error("a twelfth was written as a decimal")
	}
	if got := FormatDecimal("-1234.5", "it"); got != "-1.234,5" {
		t.Errorf("FormatDecimal = %q", got)
	}
}

// Writing a quantity in another unit, for people, and reading it back gives the
// same amount.
func TestFormatReadsBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		unit := rapid.SampledFrom(units).Draw(t, "unit")
		q := Quantity{rapid.Int64Range(0, math.MaxInt64).Draw(t, "amount"), unit.Code}
		other := rapid.SampledFrom(units).Draw(t, "other")
		decimal, err := q.DecimalIn(other.Code)
		if err != nil {
			return // another dimension, or decimals without end
		}
		for lang, spelling := range map[string]Spelling{"it": ItalianSpelling, "en": EnglishSpelling} {
			read, err := ParseDecimal(FormatDecimal(decimal, lang), spelling)
			if err != nil || read != decimal {
				t.Fatalf("%s in %s: %q read back as %q, %v", q, lang, decimal, read, err)
			}
		}
		if back, err := Parse(decimal, other.Code, q.Unit); err != nil || back != q {
			t.Fatalf("%s is %s %s, which is %v, %v", q, decimal, other.Code, back, err)
		}
	})
}

func TestAddThenSubIsIdentity(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a := Quantity{rapid.Int64Range(0, math.MaxInt64).Draw(t, "a"), "GRM"}
		b := Quantity{rapid.Int64Range(0, math.MaxInt64).Draw(t, "b"), "GRM"}
		sum, err := a.Add(b)
		if overflow := a.Amount > math.MaxInt64-b.Amount; (err != nil) != overflow {
			t.Fatalf("%v + %v = %v, %v", a, b, sum, err)
		}
		if err == nil {
			if back, err := sum.Sub(b); err != nil || back != a {
				t.Fatalf("%v + %v - %v = %v, %v", a, b, b, back, err)
			}
		}
	})
}

func FuzzParseDecimal(f *testing.F) {
	for _, s := range []string{"1.234,56", "1,234.56", "12.5", "1.234", "-0", "1 234", "1'000,5", "000.000"} {
		f.Add(s, 0)
		f.Add(s, 1)
	}
	f.Fuzz(func(t *testing.T, s string, spelling int) {
		got, err := ParseDecimal(s, Spelling(spelling))
		if err != nil {
			return
		}
		if again, err := ParseDecimal(got, EnglishSpelling); err != nil || again != got {
			t.Fatalf("%q was read as %q, then as %q, %v", s, got, again, err)
		}
		_, _ = ToBase(got, "KGM", "GRM")
	})
}

func check(t *testing.T, in, got, want string, err error, refusal string) {
	t.Helper()
	switch {
	case refusal == "" && (err != nil || got != want):
		t.Errorf("%q = %q, %v; want %q", in, got, err, want)
	case refusal != "" && (err == nil || !strings.Contains(err.Error(), refusal)):
		t.Errorf("%q = %q, %v; want a refusal with %q", in, got, err, refusal)
	}
}
