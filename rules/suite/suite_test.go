package suite

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/filiera-chain/filiera/rules"
)

// TestEveryContractPassesItsCases runs the cases of the contracts that come with
// the program.
func TestEveryContractPassesItsCases(t *testing.T) {
	files, err := filepath.Glob("../../contracts/*/tests.yaml")
	if err != nil || len(files) == 0 {
		t.Fatalf("no files of cases: %v", err)
	}
	total := 0
	for _, name := range files {
		t.Run(filepath.Base(filepath.Dir(name)), func(t *testing.T) {
			total += runFile(t, name)
		})
	}
	t.Logf("contracts: %d contracts, %d cases", len(files), total)
}

func runFile(t *testing.T, name string) int {
	t.Helper()
	f, err := Parse(read(t, name))
	if err != nil {
		t.Fatalf("%s:\n%v", name, err)
	}
	c, err := rules.Load(read(t, filepath.Join(filepath.Dir(name), f.Contract)))
	if err != nil {
		t.Fatalf("%s:\n%v", f.Contract, err)
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
	if un := r.Uncovered(); len(un) > 0 {
		t.Errorf("no case meets, or no case breaks: %v", un)
	}
	return len(r.Outcomes)
}

func read(t testing.TB, name string) []byte {
	t.Helper()
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return data
}
