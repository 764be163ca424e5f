package rules

import (
	"math/big"
	"testing"

	"pgregory.net/rapid"
)

// TestAContradictionIsOne draws small systems: where a point of a grid meets all,
// none is found; where one is found, it adds up to what cannot be.
func TestAContradictionIsOne(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 3).Draw(t, "unknowns")
		var system []inequality
		for range rapid.IntRange(1, 6).Draw(t, "inequalities") {
			r := inequality{a: zeros(n), b: big.NewRat(rapid.Int64Range(-4, 4).Draw(t, "b"), rapid.Int64Range(1, 3).Draw(t, "under")), strict: rapid.Bool().Draw(t, "strict")}
			for i := range n {
				r.a[i].SetInt64(rapid.Int64Range(-2, 2).Draw(t, "a"))
			}
			system = append(system, r)
		}
		by := contradiction(system, n)
		if by == nil {
			return
		}
		sum, b, strict := zeros(n), new(big.Rat), false
		for k, m := range by {
			if m.Sign() < 0 {
				t.Fatalf("a multiplier is %s", m)
			}
			for i := range n {
				sum[i].Add(sum[i], new(big.Rat).Mul(m, system[k].a[i]))
			}
			b.Add(b, new(big.Rat).Mul(m, system[k].b))
			strict = strict || m.Sign() > 0 && system[k].strict
		}
		for _, s := range sum {
			if s.Sign() != 0 {
				t.Fatalf("an unknown is left: %v", sum)
			}
		}
		if b.Sign() > 0 || b.Sign() == 0 && !strict {
			t.Fatalf("0 ≤ %s is no contradiction", b)
		}
	})
}

// TestWhatAPointMeetsIsNoContradiction draws a point first and inequalities that it
// meets, so a contradiction would be false.
func TestWhatAPointMeetsIsNoContradiction(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 4).Draw(t, "unknowns")
		point := make([]*big.Rat, n)
		for i := range point {
			point[i] = big.NewRat(rapid.Int64Range(-5, 5).Draw(t, "x"), 2)
		}
		var system []inequality
		for range rapid.IntRange(1, 8).Draw(t, "inequalities") {
			r := inequality{a: zeros(n), b: new(big.Rat), strict: rapid.Bool().Draw(t, "strict")}
			for i := range n {
				r.a[i].SetInt64(rapid.Int64Range(-3, 3).Draw(t, "a"))
				r.b.Add(r.b, new(big.Rat).Mul(r.a[i], point[i]))
			}
			if r.strict {
				r.b.Add(r.b, big.NewRat(1, rapid.Int64Range(1, 9).Draw(t, "room")))
			}
			system = append(system, r)
		}
		if by := contradiction(system, n); by != nil {
			t.Fatalf("%v is met, and yet a contradiction: %v", point, by)
		}
	})
}

// TestATriangleWithoutAPointIsFound is a system whose contradiction needs all of
// three inequalities.
func TestATriangleWithoutAPointIsFound(t *testing.T) {
	r := func(a, b, c int64) inequality {
		return inequality{a: []*big.Rat{big.NewRat(a, 1), big.NewRat(b, 1)}, b: big.NewRat(c, 1)}
	}
	system := []inequality{r(-1, 0, -1), r(0, -1, -1), r(1, 1, 2)}
	if contradiction(system, 2) != nil {
		t.Error("the corner itself is met")
	}
	system[2].strict = true
	if by := contradiction(system, 2); by == nil || used(by) != 3 {
		t.Errorf("%v", by)
	}
}
