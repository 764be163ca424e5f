package rules

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write what is expected instead of comparing")

// TestWrongContractsAreRefusedWithThePlace loads each contract of testdata/wrong
// and compares the problems with the file of the same name.
func TestWrongContractsAreRefusedWithThePlace(t *testing.T) {
	files, err := filepath.Glob("testdata/wrong/*.yaml")
	if err != nil || len(files) < 50 {
		t.Fatalf("%d files, %v", len(files), err)
	}
	for _, name := range files {
		t.Run(strings.TrimSuffix(filepath.Base(name), ".yaml"), func(t *testing.T) {
			data, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			c, err := Load(data)
			if err == nil {
				t.Fatalf("it is accepted, at most %d", c.MaxCost)
			}
			got := err.Error() + "\n"
			wants := strings.TrimSuffix(name, ".yaml") + ".txt"
			if *update {
				if err := os.WriteFile(wants, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(wants)
			if err != nil || got != string(want) {
				t.Errorf("it says\n%sand is to say\n%s(%v)", got, want, err)
			}
		})
	}
}

func TestDocumentsBeyondTheBoundsAreRefused(t *testing.T) {
	rule := "rules:\n  - {rule: a, label: {it: a, en: a}, on: [batch], require: \"true\", severity: warn}\n"
	for name, c := range map[string]struct{ text, says string }{
		"bytes":      {head + rule + strings.Repeat("# more\n", maxBytes/7), "at most 131072 are read"},
		"UTF-8":      {head + rule + "# \xff\n", "not UTF-8"},
		"zero":       {head + rule + "# \x00\n", "zero byte"},
		"depth":      {head + "pending: " + strings.Repeat("[", 20) + strings.Repeat("]", 20) + "\n" + rule, "nested deeper than 12"},
		"nodes":      {head + "pending: [" + strings.Repeat("a,", maxNodes) + "]\n" + rule, "more than 20000 values"},
		"text":       {strings.Replace(head, "Prova", strings.Repeat("a", maxText+1), 1) + rule, "at most 2000 are read"},
		"rules":      {head + "rules:\n" + strings.Repeat("  - {rule: a, label: {it: a, en: a}, on: [batch], require: \"true\", severity: warn}\n", maxRules+1), "at most 200 are read"},
		"words":      {head + "parameters: {p: {label: {it: a, en: a}, source: x, set: [" + strings.Repeat("a, ", maxList) + "a]}}\n" + rule, "at most 256 are read"},
		"long word":  {head + "parameters: {p: {label: {it: a, en: a}, source: x, set: [" + strings.Repeat("a", maxWord+1) + "]}}\n" + rule, "longer than 256 bytes"},
		"alias bomb": {"a: &a [x, x]\nb: &b [*a, *a]\nc: &c [*b, *b]\n", "anchors and aliases"},
	} {
		_, err := Load([]byte(c.text))
		if err == nil || !strings.Contains(err.Error(), c.says) {
			text := ""
			if err != nil {
				text = clip120(err.Error())
			}
			t.Errorf("%s: %s; want %q", name, text, c.says)
		}
	}
}

func TestProblemsAreAtMostFiftyAndInOrder(t *testing.T) {
	_, err := Load([]byte(head + "rules:\n" + strings.Repeat("  - {rule: A}\n", 80)))
	list, is := err.(Problems)
	if !is || len(list) != maxProblems {
		t.Fatalf("%d problems of type %T", len(list), err)
	}
	for i := 1; i < len(list); i++ {
		if list[i].Line < list[i-1].Line {
			t.Errorf("line %d stands after line %d", list[i].Line, list[i-1].Line)
		}
	}
}

func TestTheHashIsThatOfTheBytes(t *testing.T) {
	rule := "rules: [{rule: a, label: {it: a, en: a}, on: [batch], require: \"true\", severity: warn}]\n"
	a, b := load(t, head+rule), load(t, head+rule+"# a remark\n")
	if a.Hash == b.Hash || a.Hash != Hash([]byte(head+rule)) {
		t.Error("the hash is not that of the bytes")
	}
}
