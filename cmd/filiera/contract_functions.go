package main

import (
	"github.com/spf13/cobra"

	"github.com/filiera-chain/filiera/rules"
)

type contractFunction struct {
	Name      string `json:"name"`
	Signature string `json:"signature"`
	Meaning   string `json:"meaning"`
	Example   string `json:"example"`
}

func contractFunctions(e *env) *cobra.Command {
	return e.leaf("functions", "contract.functions.short", `
filiera contract functions
filiera contract functions --output json`, cobra.NoArgs,
		func(*cobra.Command, []string) error {
			var all []contractFunction
			for _, f := range rules.Functions() {
				all = append(all, contractFunction{f.Name, f.Signature, f.Doc.In(e.language()), f.Example})
			}
			return e.print(all, func(t *table) {
				for _, f := range all {
					t.row(f.Signature)
					t.row("    " + f.Meaning)
					t.row("    " + f.Example)
				}
			})
		})
}
