package budget

import (
	"testing"

	"pgregory.net/rapid"
)

func TestAmountsAreWritten(t *testing.T) {
	for cents, want := range map[int64][3]string{
		1800000000: {"18.000.000,00", "18,000,000.00", "18000000.00"}, 34938438: {"349.384,38", "349,384.38", "349384.38"}, 5: {"0,05", "0.05", "0.05"},
		0: {"0,00", "0.00", "0.00"}, -100000: {"-1.000,00", "-1,000.00", "-1000.00"}, 99999: {"999,99", "999.99", "999.99"},
	} {
		if got := [3]string{Format(cents, "it"), Format(cents, "en"), Plain(cents)}; got != want {
			t.Errorf("%d: %v; want %v", cents, got, want)
		}
	}
}

func TestAmountsAreRead(t *testing.T) {
	for text, want := range map[string]int64{
		"45000": 4500000, "45000.00": 4500000, "45.000,00": 4500000, "45,000.00 €": 4500000, "€ 1.550.000,00": 155000000, "18.000.000": 1800000000, "0,01": 1, " 7.50 ": 750,
	} {
		if got, err := ParseAmount(text); err != nil || got != want {
			t.Errorf("%q: %d, %v; want %d", text, got, err, want)
		}
	}
	for _, text := range []string{"", "0", "0,00", "-1", "1.5", "1.000", "1,2345", "1.00.00", "1,000,00", "1.000.00", "12.34.567,00", ".50", "1..000,00", "10000000000000.01", "1e3", "€", "1.0000", "1.000,000.00"} {
		if got, err := ParseAmount(text); err == nil {
			t.Errorf("%q is read as %d; want a refusal", text, got)
		}
	}
}

// What is written in any way is read back as it was.
func TestAmountsComeBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		cents := rapid.Int64Range(1, MaxCents).Draw(t, "cents")
		for _, text := range []string{Format(cents, "it"), Format(cents, "en"), Plain(cents), Euro(cents, "it")} {
			if got, err := ParseAmount(text); err != nil || got != cents {
				t.Fatalf("%s: %d, %v", text, got, err)
			}
		}
	})
}

func FuzzParseAmount(f *testing.F) {
	for _, s := range []string{"45.000,00", "45,000.00", "1", ".", ",", "€"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if n, err := ParseAmount(s); err == nil && (n < 1 || n > MaxCents) {
			t.Errorf("%q: %d", s, n)
		}
	})
}
