package main

import (
	"os"
	"strings"

	"github.com/spf13/cobra"

	"github.com/filiera-chain/filiera/rules"
	"github.com/filiera-chain/filiera/rules/page"
)

func contractPage(e *env) *cobra.Command {
	cmd := e.leaf("page FILE", "contract.page.short", `
filiera contract page contracts/maccheroncini-di-campofilone/contract.yaml --out maccheroncini.html
filiera contract page contracts/maccheroncini-di-campofilone/contract.yaml --lang en >maccheroncini.html`, cobra.ExactArgs(1),
		func(cmd *cobra.Command, args []string) error {
			c, err := e.openContract(args[0])
			if err != nil {
				return err
			}
			// A contract is approved in Italian unless another language is asked for,
			// whatever that of the terminal.
			l := rules.Italian
			if asked := cmd.Flags().Lookup("lang"); asked != nil && asked.Changed {
				l = e.language()
			}
			data, err := page.Write(c, l)
			if err != nil {
				return err
			}
			out, _ := cmd.Flags().GetString("out")
			if out == "" {
				_, err = e.out.Write(data)
				return err
			}
			return os.WriteFile(out, data, 0o644)
		})
	cmd.Long = e.t("contract.page.long")
	cmd.Flags().String("out", "", e.t("flag.page-out"))
	return cmd
}

// differing are two versions and what differs.
type differing struct {
	From    string               `json:"from"`
	To      string               `json:"to"`
	Changes []contractDifference `json:"changes"`
}

type contractDifference struct {
	Part string `json:"part"`
	ID   string `json:"id,omitempty"`
	What string `json:"what"`
	Text string `json:"text"`
}

func contractDiff(e *env) *cobra.Command {
	cmd := e.leaf("diff OLD NEW", "contract.diff.short", `
filiera contract diff contracts/maccheroncini-di-campofilone/contract.yaml contracts/maccheroncini-di-campofilone/contract.yaml`, cobra.ExactArgs(2),
		func(_ *cobra.Command, args []string) error {
			a, err := e.openContract(args[0])
			if err != nil {
				return err
			}
			b, err := e.openContract(args[1])
			if err != nil {
				return err
			}
			x := differing{From: args[0], To: args[1], Changes: []contractDifference{}}
			for _, d := range rules.Diff(a, b) {
				x.Changes = append(x.Changes, contractDifference{d.Part, d.ID, d.What, d.Text.In(e.language())})
			}
			return e.print(x, func(t *table) { e.drawDiff(t, &x) })
		})
	cmd.Long = e.t("contract.diff.long")
	return cmd
}

func (e *env) drawDiff(t *table, x *differing) {
	if len(x.Changes) == 0 {
		t.row(e.t("contract.diff.none"))
	}
	marks := map[string]string{"added": "+", "removed": "-", "changed": "~", "figures": "~"}
	part := ""
	for _, d := range x.Changes {
		if d.Part != part {
			part = d.Part
			t.row(strings.ToUpper(e.t("contract.diff." + part)))
		}
		text := d.Text
		if d.What == "figures" {
			text = e.t("contract.diff.figures", text)
		}
		if d.ID != "" && d.ID != d.Text {
			text = d.ID + ": " + text
		}
		t.row("  " + marks[d.What] + " " + text)
	}
}
