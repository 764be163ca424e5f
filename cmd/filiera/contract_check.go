package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/filiera-chain/filiera/rules"
)

// foundTogether is what one contract's rules do to one another.
type foundTogether struct {
	File     string            `json:"file"`
	Contract string            `json:"contract"`
	Version  int64             `json:"version"`
	Findings []contractFinding `json:"findings"`
}

type contractFinding struct {
	Level  string   `json:"level"`
	Line   int      `json:"line"`
	Column int      `json:"column"`
	Rules  []string `json:"rules"`
	Text   string   `json:"text"`
}

func contractCheck(e *env) *cobra.Command {
	cmd := e.leaf("check FILE…", "contract.check.short", `
filiera contract check contracts/maccheroncini-di-campofilone/contract.yaml
filiera contract check contracts/maccheroncini-di-campofilone/contract.yaml --output json`, cobra.MinimumNArgs(1),
		func(_ *cobra.Command, args []string) error {
			var all []foundTogether
			bad := false
			for _, name := range args {
				c, err := e.openContract(name)
				if err != nil {
					return err
				}
				one := foundTogether{File: name, Contract: c.Doc.ID, Version: c.Doc.Version, Findings: e.findings(c)}
				for _, f := range one.Findings {
					bad = bad || f.Level == string(rules.Impossible)
				}
				all = append(all, one)
			}
			err := e.print(all, func(t *table) {
				for _, x := range all {
					e.drawFindings(t, x.File, x.Findings)
					if len(x.Findings) == 0 {
						t.row(e.t("contract.check.none", x.File))
					}
				}
			})
			if err == nil && bad {
				err = errUnverified
			}
			return err
		})
	cmd.Long = e.t("contract.check.long")
	return cmd
}

func (e *env) findings(c *rules.Contract) []contractFinding {
	out := []contractFinding{}
	for _, f := range c.Findings() {
		out = append(out, contractFinding{string(f.Level), f.At.Line, f.At.Column, f.Rules, f.Text.In(e.language())})
	}
	return out
}

func (e *env) drawFindings(t *table, file string, list []contractFinding) {
	for _, f := range list {
		t.row(fmt.Sprintf("%s:%d:%d: %s: %s", file, f.Line, f.Column, e.t("contract.check."+f.Level), f.Text))
	}
}
