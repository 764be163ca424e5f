package main

import (
	"fmt"

	"github.com/schollz/progressbar/v3"
	"github.com/spf13/cobra"

	"github.com/filiera-chain/filiera/node"
)

// indexCommand looks after the read model.
func indexCommand(e *env) *cobra.Command {
	return e.group("index", "index.short", indexRebuild(e))
}

func indexRebuild(e *env) *cobra.Command {
	return e.leaf("rebuild", "index.rebuild.short", "filiera index rebuild", cobra.NoArgs,
		func(cmd *cobra.Command, _ []string) error {
			report := func(height, last int64) {
				if height == last || height%1000 == 0 {
					fmt.Fprintln(e.err, e.t("index.progress", height, last))
				}
			}
			if terminal(e.err) {
				var bar *progressbar.ProgressBar
				report = func(height, last int64) {
					if bar == nil {
						bar = progressbar.Default(last, e.t("index.rebuild.short"))
					}
					_ = bar.Set64(height)
				}
			}
			height, err := node.RebuildIndex(cmd.Context(), node.Home(e.home()), report)
			if err != nil {
				return usageError{err}
			}
			return e.print(map[string]int64{"height": height}, func(t *table) { t.line(e.t("tx.height"), height) })
		})
}
