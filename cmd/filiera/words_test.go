package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

var verb = regexp.MustCompile(`%[a-z]`)

func TestBothLanguagesSayTheSame(t *testing.T) {
	for key, en := range english {
		it, ok := italian[key]
		if !ok {
			t.Errorf("%q is missing in Italian", key)
			continue
		}
		if e, i := strings.Join(verb.FindAllString(en, -1), ""), strings.Join(verb.FindAllString(it, -1), ""); e != i {
			t.Errorf("%q fills in %s in English and %s in Italian", key, e, i)
		}
	}
	for key := range italian {
		if _, ok := english[key]; !ok {
			t.Errorf("%q is missing in English", key)
		}
	}
}

// TestEverySentenceIsInTheCatalogue reads the source for e.t("…"), and the
// command tree for empty help.
func TestEverySentenceIsInTheCatalogue(t *testing.T) {
	names, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	found := 0
	for _, name := range names {
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			if !ok || len(call.Args) == 0 {
				return true
			}
			if f, ok := call.Fun.(*ast.SelectorExpr); !ok || f.Sel.Name != "t" {
				return true
			}
			lit, ok := call.Args[0].(*ast.BasicLit)
			if !ok {
				return true // put together from parts; the tree shows those below
			}
			found++
			if key, _ := strconv.Unquote(lit.Value); english[key] == "" {
				t.Errorf("no sentence for %q", key)
			}
			return true
		})
	}
	if found < 100 {
		t.Fatalf("only %d sentences found in the source; the search is broken", found)
	}
}
