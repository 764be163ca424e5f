package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

// runScripts makes this test binary the program filiera inside scripts.
func runScripts(m *testing.M) int {
	testscript.Main(m, map[string]func(){"filiera": main})
	return 0 // Main has ended the process
}

// TestScripts runs the true program as people type it; the scripts double as a
// manual.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata",
		RequireExplicitExec: true,
		Setup: func(env *testscript.Env) error {
			env.Setenv("FILIERA_HOME", filepath.Join(env.WorkDir, "home"))
			env.Setenv("FILIERA_LANG", "en")
			// Opening a key file the slow way takes a second; scripts open many.
			env.Setenv("FILIERA_LIGHT_SCRYPT", "true")
			// Port 1 of this machine answers nobody.
			env.Setenv("FILIERA_NODE", "http://127.0.0.1:1")
			env.Values[nodesKey{}] = map[string]*nodeProcess{}
			env.Values[linesKey{}] = map[string]string{}
			if err := os.CopyFS(filepath.Join(env.WorkDir, "contracts"), os.DirFS("../../contracts")); err != nil {
				return err
			}
			list := strings.Join(examples(), "\n") + "\n"
			return os.WriteFile(filepath.Join(env.WorkDir, "examples.list"), []byte(list), 0o644)
		},
		Cmds: map[string]func(ts *testscript.TestScript, neg bool, args []string){
			"code":  wantCode,
			"node":  nodeScript,
			"line":  lineScript,
			"hides": hides,
			"opens": opensScript,
			"plan":  planScript,
		},
	})
}

// wantCode runs a command and wants its exit code: code 2 filiera …
func wantCode(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: code NUMBER command…")
	}
	err := ts.Exec(args[1], args[2:]...)
	got := "0"
	if err != nil {
		got = strings.TrimPrefix(err.Error(), "exit status ")
	}
	if got != args[0] {
		ts.Fatalf("the exit code is %s, not %s", got, args[0])
	}
}
