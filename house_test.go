package filiera_test

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"path"
	"regexp"
	"strings"
	"testing"

	"golang.org/x/tools/go/packages"
)

const module = "github.com/filiera-chain/filiera/"

// consensus lists the packages whose code decides what the chain holds. All
// nodes must compute the same, so none of it may read what differs between
// them.
var consensus = []string{"app", "module", "envelope", "credential", "epcis", "gs1", "quantity", "commitment", "balance", "units", "signedfile", "acts", "rules", "store", "store/proof", "x/"}

// walls says what a package may not import: a pattern of importers, a pattern
// of what is forbidden to them, and why.
var walls = []struct {
	who, what *regexp.Regexp
	why       string
}{
	wall(`^x/[a-z]+$`, `^(app|cmd|client|gateway|index|node|verify|keys|batchfile|testnet|store)(/|$)`, "a module knows the contract in module/ and pure packages only"),
	wall(`^(gs1|epcis|quantity|credential|commitment|units|signedfile|acts|rules|rules/[a-z]+|store/proof|module/statekey)$`, `^(app|cmd|client|gateway|index|node|store$|x|keys|module$)(/|$)?`, "pure packages import nothing of the server"),
	wall(`^verify$`, `^(app|cmd|client|gateway|index|node|store|x|keys|module)$|^x/`, "the verifier runs where there is no node"),
	wall(`^(app|x|module)(/|$)`, `^(cmd|client|gateway|index|node|testnet)(/|$)`, "the state machine knows nothing of what surrounds it"),
	wall(`^store$`, `^(app|x|module|api|envelope)(/|$)`, "the store knows nothing of ours"),
	wall(`^(client|verify|gs1|epcis)`, `^cmd(/|$)`, "libraries do not know the program"),
}

func wall(who, what, why string) struct {
	who, what *regexp.Regexp
	why       string
} {
	return struct {
		who, what *regexp.Regexp
		why       string
	}{regexp.MustCompile(who), regexp.MustCompile(what), why}
}

// rank is the order of the modules: each may be handed lower ones only.
var rank = map[string]int{"registry": 0, "place": 1, "product": 1, "ledger": 1, "lineage": 1, "control": 2, "cert": 3, "matter": 4, "rules": 4, "agreement": 5, "trace": 5, "custody": 6, "privacy": 6, "unit": 6, "recall": 7, "reward": 7}

// rooms are the names that a module's files may have.
var rooms = regexp.MustCompile(`^(doc|module|needs|state|query|block|genesis|invariants|errors|msg_[a-z_]+|[a-z]+)\.go$`)

func load(t *testing.T) []*packages.Package {
	t.Helper()
	list, err := packages.Load(&packages.Config{
		Mode: packages.NeedName | packages.NeedFiles | packages.NeedImports | packages.NeedSyntax | packages.NeedTypes | packages.NeedTypesInfo,
	}, "./...")
	if err != nil {
		t.Fatal(err)
	}
	if n := packages.PrintErrors(list); n > 0 {
		t.Fatalf("%d errors while loading the packages", n)
	}
	return list
}

func TestHouse(t *testing.T) {
	list := load(t)
	t.Run("walls", func(t *testing.T) { checkWalls(t, list) })
	t.Run("modules", func(t *testing.T) { checkModules(t, list) })
	t.Run("determinism", func(t *testing.T) { checkDeterminism(t, list) })
	t.Run("the checks find what they look for", checkTheChecks)
}

func short(pkg string) string { return strings.TrimPrefix(pkg, module) }

func checkWalls(t *testing.T, list []*packages.Package) {
	for _, p := range list {
		for imported := range p.Imports {
			if !strings.HasPrefix(imported, module) {
				continue
			}
			for _, w := range walls {
				if w.who.MatchString(short(p.PkgPath)) && w.what.MatchString(short(imported)) {
					t.Errorf("%s imports %s: %s", short(p.PkgPath), short(imported), w.why)
				}
			}
		}
	}
}

func checkModules(t *testing.T, list []*packages.Package) {
	for _, p := range list {
		name, is := strings.CutPrefix(short(p.PkgPath), "x/")
		if !is || strings.Contains(name, "/") {
			continue
		}
		mine, known := rank[name]
		if !known {
			t.Errorf("x/%s has no rank; give it one here and in ARCHITECTURE.md", name)
		}
		for imported := range p.Imports {
			if other, is := strings.CutPrefix(short(imported), "x/"); is {
				t.Errorf("x/%s (rank %d) imports x/%s: ask through an interface in needs.go", name, mine, other)
			}
		}
		for _, f := range p.GoFiles {
			if !rooms.MatchString(path.Base(f)) {
				t.Errorf("x/%s/%s is not a room that a module has", name, path.Base(f))
			}
		}
	}
}

func checkDeterminism(t *testing.T, list []*packages.Package) {
	seen := 0
	for _, p := range list {
		if !isConsensus(short(p.PkgPath)) {
			continue
		}
		seen++
		for _, f := range p.Syntax {
			for _, problem := range inspect(p.Fset, f, p.TypesInfo) {
				t.Errorf("%s", problem)
			}
		}
	}
	if seen < 8 {
		t.Errorf("only %d packages were looked at", seen)
	}
}

func isConsensus(pkg string) bool {
	for _, c := range consensus {
		if pkg == c || strings.HasSuffix(c, "/") && strings.HasPrefix(pkg, c) {
			return !strings.HasSuffix(pkg, "test")
		}
	}
	return false
}

// forbidden are imports that bring in the machine or chance.
var forbidden = map[string]string{
	"math/rand": "chance", "math/rand/v2": "chance", "crypto/rand": "chance", "os": "the machine", "net": "the machine",
	"net/http": "the machine", "os/exec": "the machine", "unsafe": "the machine", "math/big.Float": "floats",
}

// clock are the functions of package time that read the machine's clock.
var clock = map[string]bool{"Now": true, "Since": true, "Until": true, "After": true, "Tick": true, "NewTimer": true, "NewTicker": true, "Sleep": true, "AfterFunc": true}

// inspect lists what a file does that may differ between nodes. A line may be
// excused by a comment on it or above it that begins with the marker and gives
// the reason: //filiera:unordered for a map range, //filiera:parallel for a
// goroutine.
func inspect(fset *token.FileSet, f *ast.File, info *types.Info) []string {
	excused := markers(fset, f)
	var found []string
	report := func(n ast.Node, marker, format string, args ...any) {
		pos := fset.Position(n.Pos())
		if marker != "" && (excused[marker][pos.Line] || excused[marker][pos.Line-1]) {
			return
		}
		found = append(found, fmt.Sprintf("%s:%d: %s", pos.Filename, pos.Line, fmt.Sprintf(format, args...)))
	}
	for _, i := range f.Imports {
		if why, bad := forbidden[strings.Trim(i.Path.Value, `"`)]; bad {
			report(i, "", "imports %s (%s)", i.Path.Value, why)
		}
	}
	ast.Inspect(f, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.GoStmt:
			report(n, "parallel", "starts a goroutine")
		case *ast.RangeStmt:
			if tv, ok := info.Types[n.X]; ok {
				if _, isMap := tv.Type.Underlying().(*types.Map); isMap {
					report(n, "unordered", "ranges over a map, whose order differs at every run")
				}
			}
		case *ast.SelectorExpr:
			if id, ok := n.X.(*ast.Ident); ok {
				if pkg, ok := info.Uses[id].(*types.PkgName); ok && pkg.Imported().Path() == "time" && clock[n.Sel.Name] {
					report(n, "", "reads the machine's clock: time.%s", n.Sel.Name)
				}
			}
		case ast.Expr:
			if tv, ok := info.Types[n]; ok && tv.Type != nil {
				if b, ok := tv.Type.Underlying().(*types.Basic); ok && b.Info()&types.IsFloat != 0 && b.Kind() != types.UntypedFloat {
					report(n, "float", "computes with a float")
				}
			}
		}
		return true
	})
	return found
}

func markers(fset *token.FileSet, f *ast.File) map[string]map[int]bool {
	out := map[string]map[int]bool{"parallel": {}, "unordered": {}, "float": {}}
	for _, g := range f.Comments {
		for _, c := range g.List {
			rest, is := strings.CutPrefix(c.Text, "//filiera:")
			if !is {
				continue
			}
			marker, reason, _ := strings.Cut(rest, " ")
			if out[marker] != nil && len(reason) > 8 {
				out[marker][fset.Position(c.Pos()).Line] = true
			}
		}
	}
	return out
}
