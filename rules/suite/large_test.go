package suite

import (
	"testing"

	"github.com/filiera-chain/filiera/rules"
)

// TestTheBenchmarkedContractPassesItsCases: what is measured is what is right.
func TestTheBenchmarkedContractPassesItsCases(t *testing.T) {
	f, err := Parse(read(t, "testdata/large/tests.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	c, err := rules.Load(read(t, "testdata/large/contract.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	r, err := f.Run(c)
	if err != nil {
		t.Fatal(err)
	}
	for _, o := range r.Outcomes {
		if o.Problem != "" {
			t.Errorf("%s: %s", o.Name, o.Problem)
		}
	}
	if n := len(c.Findings()); n != 2 {
		t.Errorf("%d findings; the order excludes two combinations of shares", n)
	}
}
