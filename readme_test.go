package filiera_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// pages are the ones whose commands and links must be true, with every page for
// users.
var pages = []string{"README.md", "docs/operating/README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "docs/formats/README.md", "docs/decisions/README.md"}

var (
	link    = regexp.MustCompile(`\]\(([^)#:]+)(#[^)]*)?\)`)
	command = regexp.MustCompile("(?:^|[`(] ?|\\$ )(?:build/)?filiera ((?:[a-z][a-z0-9-]* ?)+)")
	flagRE  = regexp.MustCompile(`--[a-z0-9-]+`)
	target  = regexp.MustCompile("(?m)(?:^|[`(])(?:[A-Z_]+=[^ ]+ )*make ([a-z-]+)")
)

func TestThePagesAreTrue(t *testing.T) {
	program := filepath.Join(t.TempDir(), "filiera")
	if out, err := exec.Command("go", "build", "-o", program, "./cmd/filiera").CombinedOutput(); err != nil {
		t.Fatalf("build: %v\n%s", err, out)
	}
	makefile, err := os.ReadFile("Makefile")
	if err != nil {
		t.Fatal(err)
	}
	users, err := filepath.Glob("docs/users/*.md")
	if err != nil {
		t.Fatal(err)
	}
	seen := 0
	for _, page := range append(pages, users...) {
		text, err := os.ReadFile(page)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range link.FindAllStringSubmatch(string(text), -1) {
			if _, err := os.Stat(filepath.Join(filepath.Dir(page), m[1])); err != nil {
				t.Errorf("%s links to %s, which is not there", page, m[1])
			}
		}
		for _, m := range target.FindAllStringSubmatch(string(text), -1) {
			if !strings.Contains(string(makefile), "\n"+m[1]+":") {
				t.Errorf("%s names the target %s, which the Makefile does not have", page, m[1])
			}
		}
		for line := range strings.Lines(string(text)) {
			for _, m := range command.FindAllStringSubmatch(line, -1) {
				seen++
				checkCommand(t, program, page, strings.Fields(m[1]), line)
			}
		}
	}
	if seen < 20 {
		t.Errorf("only %d commands were found in the pages", seen)
	}
}

// checkCommand asks the program for help on the command, and for every flag
// that a line of shell names.
func checkCommand(t *testing.T, program, page string, words []string, line string) {
	t.Helper()
	for n := len(words); n > 0; n-- {
		out, err := exec.Command(program, append(words[:n:n], "--help", "--lang", "en")...).CombinedOutput()
		if err != nil || !strings.Contains(string(out), "filiera "+strings.Join(words[:n], " ")) {
			continue // the last words may be arguments
		}
		if !strings.HasPrefix(line, "filiera ") && !strings.HasPrefix(line, "build/filiera ") {
			return
		}
		for _, f := range flagRE.FindAllString(strings.SplitN(line, "#", 2)[0], -1) {
			if !strings.Contains(string(out), f) {
				t.Errorf("%s: `filiera %s` has no flag %s", page, strings.Join(words[:n], " "), f)
			}
		}
		return
	}
	t.Errorf("%s: there is no command `filiera %s`", page, strings.Join(words, " "))
}
