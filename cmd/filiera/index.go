package main

import (
	"fmt"
	"net/url"

	"github.com/schollz/progressbar/v3"
	"github.com/spf13/cobra"

	"github.com/filiera-chain/filiera/index"
	"github.com/filiera-chain/filiera/node"
)

// indexCommand looks after the read model.
func indexCommand(e *env) *cobra.Command {
	return e.group("index", "index.short", indexRebuild(e))
}

func indexRebuild(e *env) *cobra.Command {
	cmd := e.leaf("rebuild", "index.rebuild.short", "filiera index rebuild", cobra.NoArgs,
		func(cmd *cobra.Command, _ []string) error {
			place, err := e.indexDB(cmd)
			if err != nil {
				return err
			}
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
			height, err := node.RebuildIndex(cmd.Context(), node.Home(e.home()), place, report)
			if err != nil {
				return usageError{err}
			}
			return e.print(map[string]int64{"height": height}, func(t *table) { t.line(e.t("tx.height"), height) })
		})
	cmd.Flags().String("index-db", "", e.t("flag.index-db"))
	return cmd
}

// indexDB is where the read model is kept, "" for the home's file. A password
// has no place among the arguments, which every user of the machine can read.
func (e *env) indexDB(cmd *cobra.Command) (string, error) {
	place := e.v.GetString("index-db")
	if place == "" {
		return "", nil
	}
	if !index.IsPostgres(place) {
		return "", usage("%s", e.t("bad.index-db"))
	}
	if u, err := url.Parse(place); err == nil && cmd.Flags().Changed("index-db") {
		if _, secret := u.User.Password(); secret || u.Query().Has("password") {
			return "", usage("%s", e.t("bad.index-db.password"))
		}
	}
	return place, nil
}
