package quantity

import (
	"math/big"
	"testing"

	"pgregory.net/rapid"
)

func TestWhatAnOutputTakes(t *testing.T) {
	wine := Ratio{Quantity{70, "LTR"}, Quantity{100, "KGM"}}
	for q, want := range map[Quantity]Quantity{
		{150_000, "LTR"}:   {214_286, "KGM"},
		{7_000, "LTR"}:     {10_000, "KGM"},
		{7_000_001, "MLT"}: {10_001, "KGM"},
		{66, "HLT"}:        {9_429, "KGM"},
		{1, "MLT"}:         {1, "KGM"},
		{0, "MLT"}:         {0, "KGM"},
	} {
		if got, ok := wine.Needed(q); !ok || got != want {
			t.Errorf("%v takes %v, %v; want %v", q, got, ok, want)
		}
	}
	for _, q := range []Quantity{{1, "KGM"}, {1, "???"}} {
		if got, ok := wine.Needed(q); ok {
			t.Errorf("%v takes %v", q, got)
		}
	}
	if got := wine.AtMost(Quantity{100, "KGM"}.Smallest()); got.Cmp(big.NewInt(70_000)) != 0 {
		t.Errorf("100 kg become %v ml", got)
	}
}

// What an output takes is enough for it, and one unit less is not.
func TestNeededIsTheLeastThatIsEnough(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		amount := rapid.Int64Range(1, 1<<40)
		r := Ratio{Quantity{amount.Draw(t, "output"), "LTR"}, Quantity{amount.Draw(t, "input"), "KGM"}}
		q := Quantity{amount.Draw(t, "asked"), "MLT"}
		n, ok := r.Needed(q)
		if !ok {
			t.Skip("beyond int64")
		}
		if r.AtMost(n.Smallest()).Cmp(q.Smallest()) < 0 {
			t.Fatalf("%v are not enough for %v at %v", n, q, r)
		}
		n.Amount--
		if r.AtMost(n.Smallest()).Cmp(q.Smallest()) >= 0 {
			t.Fatalf("%v would be enough for %v at %v", n, q, r)
		}
	})
}
