package formats

import (
	"os"
	"strings"
	"testing"

	"github.com/filiera-chain/filiera/rules"
	"github.com/filiera-chain/filiera/rules/suite"
)

// TestThePageOfContractsIsTrue compares what follows the mark with the tables of the
// language.
func TestThePageOfContractsIsTrue(t *testing.T) {
	const page, mark = "contracts.md", "<!-- From here on made from the code by `go test ./docs/formats -update`. -->\n"
	old, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	head, _, found := strings.Cut(string(old), mark)
	if !found {
		t.Fatalf("%s has no line %s", page, mark)
	}
	made := head + mark + "\n## Keys of contract.yaml\n" + rules.Keys(rules.Document{}) + "\n## Keys of tests.yaml\n" + rules.Keys(suite.File{}) + "\n## Keys of facts\n" + rules.Keys(rules.Facts{}) + rules.Reference()
	if *update {
		if err := os.WriteFile(page, []byte(made), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if made != string(old) {
		t.Errorf("%s is not what the code says; run go test ./docs/formats -update", page)
	}
}

// TestThePageNamesEveryCommandAndCode: what is written by hand is complete.
func TestThePageNamesEveryCommandAndCode(t *testing.T) {
	page, err := os.ReadFile("contracts.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, word := range []string{rules.CodeMissing, rules.CodeForm, rules.CodeQuantified, rules.CodeRange, rules.CodeCost, rules.CodeOther, "contract validate", "contract test", "contract explain", "contract check", "contract diff", "contract page", "contract schema", "contract functions"} {
		if !strings.Contains(string(page), "`"+word) && !strings.Contains(string(page), "filiera "+word) {
			t.Errorf("the page does not name %s", word)
		}
	}
}
