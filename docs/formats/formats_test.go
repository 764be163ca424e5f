// Package formats keeps the pages that are made from code true.
package formats

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/filiera-chain/filiera/app"
)

var update = flag.Bool("update", false, "write the pages instead of comparing")

func TestThePageOfRefusalsIsTrue(t *testing.T) {
	var b strings.Builder
	b.WriteString("# Refusals\n\nMade from the code by `go test ./docs/formats -update`. Programs match the id, or codespace and number; sentences may improve.\n")
	space := ""
	for _, e := range app.Refusals() {
		if e.Codespace != space {
			space = e.Codespace
			fmt.Fprintf(&b, "\n## %s\n\n| Number | Id | Given when |\n| --- | --- | --- |\n", space)
		}
		fmt.Fprintf(&b, "| %d | `%s` | %s |\n", e.Code, e.ID(), e.About)
	}
	const page = "errors.md"
	if *update {
		if err := os.WriteFile(page, []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	old, err := os.ReadFile(page)
	if err != nil || string(old) != b.String() {
		t.Errorf("%s is not what the code says (%v); run go test ./docs/formats -update", page, err)
	}
}
