package rules

import (
	"errors"
	"testing"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/types"
	"pgregory.net/rapid"
)

// TestDirectAgreesWithCEL judges random expressions that are evaluated directly by
// CEL's machine too: the same value at the same cost, or both an error of one kind.
func TestDirectAgreesWithCEL(t *testing.T) {
	tried := 0
	rapid.Check(t, func(t *rapid.T) {
		c, err := Load([]byte(randomContract(t)))
		if err != nil {
			return
		}
		p, err := Prepare(randomFacts(t))
		if err != nil {
			t.Fatalf("%v", err)
		}
		a := newActivation(c, p)
		a.left = MaxCost
		for _, r := range c.rules {
			a.it = nil
			if r.Each != "" {
				if a.it = entryOf(p, r.Each, 1); a.it == nil {
					continue
				}
			}
			s, err := c.scopeOf(r.Each, &problems{})
			if err != nil {
				t.Fatalf("%v", err)
			}
			for _, e := range r.all() {
				if e.direct != nil {
					tried++
					agrees(t, s, a, e)
				}
			}
		}
	})
	if tried < 20 {
		t.Errorf("%d expressions were compared", tried)
	}
}

func agrees(t *rapid.T, s *scope, a *activation, e *expr) {
	program, err := s.env.Program(e.tree, cel.EvalOptions(cel.OptTrackCost), cel.CostTracking(costs{}), cel.CostLimit(MaxCost))
	if err != nil {
		t.Fatalf("%v", err)
	}
	want, details, wantErr := program.Eval(a)
	got := a.eval(e)
	if (got.err == nil) != (wantErr == nil) {
		t.Fatalf("%s: %v directly, %v by CEL", e.text, got.err, wantErr)
	}
	if got.err != nil {
		var m, n missing
		if errors.As(got.err, &m) != errors.As(wantErr, &n) || m != n || errors.Is(got.err, errRange) != errors.Is(wantErr, errRange) {
			t.Fatalf("%s: %v directly, %v by CEL", e.text, got.err, wantErr)
		}
		return
	}
	if got.v.Equal(want) != types.True || got.cost != *details.ActualCost() {
		t.Fatalf("%s: %v at %d directly, %v at %d by CEL", e.text, got.v, got.cost, want, *details.ActualCost())
	}
	if got.cost > e.maxCost {
		t.Fatalf("%s cost %d of at most %d", e.text, got.cost, e.maxCost)
	}
}
