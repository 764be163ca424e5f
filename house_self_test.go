package filiera_test

import (
	"go/ast"
	"go/build"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"os/exec"
	"strings"
	"testing"
)

// checkTheChecks feeds the determinism check what it must find, and what it
// must let pass: a check that finds nothing would look the same as clean code.
func checkTheChecks(t *testing.T) {
	for name, c := range map[string]struct{ code, want string }{
		"clock":            {`import "time"; func f() int64 { return time.Now().Unix() }`, "clock"},
		"block time":       {`import "time"; func f() time.Time { return time.Unix(1, 0) }`, ""},
		"chance":           {`import "math/rand"; var f = rand.Int`, "chance"},
		"float":            {`func f(a, b int) bool { return float64(a)*1.5 > float64(b) }`, "float"},
		"integers":         {`func f(a, b int) bool { return a*3 > b*2 }`, ""},
		"map range":        {`func f(m map[string]int) (n int) { for _, v := range m { n += v }; return }`, "map"},
		"slice range":      {`func f(m []int) (n int) { for _, v := range m { n += v }; return }`, ""},
		"excused range":    {"func f(m map[string]int) (n int) {\n//filiera:unordered a sum has no order\nfor _, v := range m { n += v }; return }", ""},
		"excuse no reason": {"func f(m map[string]int) (n int) {\n//filiera:unordered\nfor _, v := range m { n += v }; return }", "map"},
		"goroutine":        {`func f() { go f() }`, "goroutine"},
		"wrong excuse":     {"func f() {\n//filiera:unordered this is not about order\ngo f() }", "goroutine"},
	} {
		found := strings.Join(inspectSource(t, c.code), "\n")
		if c.want == "" && found != "" || !strings.Contains(found, c.want) {
			t.Errorf("%s: found %q, want %q", name, found, c.want)
		}
	}
}

func inspectSource(t *testing.T, code string) []string {
	t.Helper()
	// A test built with trimmed paths does not know where Go is.
	root, err := exec.Command("go", "env", "GOROOT").Output()
	if err != nil {
		t.Fatal(err)
	}
	build.Default.GOROOT = strings.TrimSpace(string(root))
	fset := token.NewFileSet()
	f, err := parser.ParseFile(fset, "x.go", "package x\n"+code, parser.ParseComments)
	if err != nil {
		t.Fatal(err)
	}
	info := &types.Info{Types: map[ast.Expr]types.TypeAndValue{}, Uses: map[*ast.Ident]types.Object{}}
	conf := types.Config{Importer: importer.ForCompiler(fset, "source", nil)}
	if _, err := conf.Check("x", fset, []*ast.File{f}, info); err != nil {
		t.Fatal(err)
	}
	return inspect(fset, f, info)
}
