package main

import (
	"github.com/rogpeppe/go-internal/testscript"

	plan "github.com/filiera-chain/filiera/testnet/data/pr-fesr-1.2.2"
)

// planScript writes the acts and the budget of action 1.2.2 into a folder.
func planScript(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) != 1 {
		ts.Fatalf("usage: plan FOLDER")
	}
	ts.Check(writeFS(plan.Files, ts.MkAbs(args[0])))
}
