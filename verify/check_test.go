package verify

import (
	"testing"
)

func TestCheckAccepts(t *testing.T) {
	b, trust := story().prove(t, gtin, lot, voted())
	raw := encode(t, b)
	t.Logf("%d bytes, %d records", len(raw), len(b.Records))
	r, err := Check(raw, trust)
	must(t, err)
	for _, c := range r.Checks {
		t.Logf("%-10s %v %s", c.Name, c.OK, c.Detail)
	}
	a := r.Answer("it")
	for _, x := range a.Reasons {
		t.Log(x)
	}
	t.Log(a.Verdict, a.Headline)
}
