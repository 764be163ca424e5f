package main

import (
	"net/url"
	"strings"

	"github.com/spf13/cobra"

	"github.com/filiera-chain/filiera/client"
)

// found is a record that a search found.
type found struct {
	Kind string `json:"kind"`
	Key  string `json:"key"`
	Name string `json:"name"`
}

func searchCommand(e *env) *cobra.Command {
	cmd := e.leaf("search TEXT…", "search.short", "filiera search maccheroncini campofilone\nfiliera search L26-001 --kind batch", cobra.MinimumNArgs(1),
		func(cmd *cobra.Command, args []string) error {
			query := url.Values{"q": {strings.Join(args, " ")}}
			if kind, _ := cmd.Flags().GetString("kind"); kind != "" {
				query.Set("kind", kind)
			}
			e.paging(cmd, query)
			return ask(cmd.Context(), e, "/v1/search", query, func(t *table, p *client.Page[found]) {
				t.row(strings.ToUpper(e.t("location.kind")), "ID", strings.ToUpper(e.t("name")))
				for _, f := range p.Items {
					t.row(e.t("search."+f.Kind), f.Key, f.Name)
				}
				e.hintNext(p.NextPageToken)
			})
		})
	cmd.Flags().String("kind", "", e.t("flag.search-kind"))
	return e.paged(cmd)
}
