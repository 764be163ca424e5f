package quantity

import (
	"math/big"
	"testing"

	"pgregory.net/rapid"
)

func TestMeasuredDecimals(t *testing.T) {
	for _, good := range []string{"0", "12.50", "-4.0", "0.001", "100", "-0.5"} {
		if err := CheckMeasured(good); err != nil {
			t.Errorf("%q: %v", good, err)
		}
	}
	for _, bad := range []string{"", "-", ".5", "5.", "1,5", "1e3", "+1", "01", "--1", "1.2.3", "0x1", "1/3", " 1", "1234567890123456789012345678901"} {
		if CheckMeasured(bad) == nil {
			t.Errorf("%q is taken", bad)
		}
		if _, err := CompareMeasured(bad, "1"); err == nil {
			t.Errorf("%q is compared", bad)
		}
		if _, err := CompareMeasured("1", bad); err == nil {
			t.Errorf("1 is compared with %q", bad)
		}
	}
}

func TestMeasuredDecimalsCompareAsNumbers(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want int
	}{{"12.5", "12.50", 0}, {"9", "10", -1}, {"-9", "-10", 1}, {"0", "-0", 0}, {"0.30000000000000001", "0.3", 1}} {
		if got, err := CompareMeasured(c.a, c.b); err != nil || got != c.want {
			t.Errorf("%s and %s: %d (%v), want %d", c.a, c.b, got, err, c.want)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		shape := rapid.StringMatching(`-?(0|[1-9][0-9]{0,8})(\.[0-9]{1,8})?`)
		a, b := shape.Draw(t, "a"), shape.Draw(t, "b")
		x, _ := new(big.Rat).SetString(a)
		y, _ := new(big.Rat).SetString(b)
		if got, err := CompareMeasured(a, b); err != nil || got != x.Cmp(y) {
			t.Fatalf("%s and %s: %d (%v)", a, b, got, err)
		}
	})
}
