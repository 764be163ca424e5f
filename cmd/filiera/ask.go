package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/filiera-chain/filiera/client"
)

// leaf makes a command that does something. Its short help is the catalogue's
// entry of that key.
func (e *env) leaf(use, key, example string, args cobra.PositionalArgs, run func(cmd *cobra.Command, args []string) error) *cobra.Command {
	return &cobra.Command{Use: use, Short: e.t(key), Example: indent(example), Args: args, RunE: run}
}

// group makes a command that only holds others.
func (e *env) group(use, key string, commands ...*cobra.Command) *cobra.Command {
	g := &cobra.Command{Use: use, Short: e.t(key)}
	g.AddCommand(commands...)
	// The group's own example is that of the first thing people do with it.
	g.Example = commands[0].Example
	return g
}

func indent(example string) string {
	return "  " + strings.ReplaceAll(strings.TrimSpace(example), "\n", "\n  ")
}

// listing is a command that shows a list of the gateway, page by page.
type listing[T any] struct {
	path, key, example string
	// filters are flags that become query parameters; the help of each is the
	// catalogue's entry "flag.<name>".
	filters []string
	// switches are flags of yes or no that become query parameters.
	switches []string
	head     []string
	row      func(v *T) []any
}

func listCommand[T any](e *env, l listing[T]) *cobra.Command {
	cmd := e.leaf("list", l.key, l.example, cobra.NoArgs, func(cmd *cobra.Command, _ []string) error {
		query := url.Values{}
		for _, name := range l.filters {
			if v, _ := cmd.Flags().GetString(name); v != "" {
				query.Set(queryName(name), v)
			}
		}
		for _, name := range l.switches {
			if v, _ := cmd.Flags().GetBool(name); v {
				query.Set(name, "true")
			}
		}
		e.paging(cmd, query)
		return ask(cmd.Context(), e, l.path, query, func(t *table, p *client.Page[T]) {
			t.row(anys(l.head)...)
			for i := range p.Items {
				t.row(l.row(&p.Items[i])...)
			}
			e.hintNext(p.NextPageToken)
		})
	})
	for _, name := range l.filters {
		cmd.Flags().String(name, "", e.t("flag."+name))
	}
	for _, name := range l.switches {
		cmd.Flags().Bool(name, false, e.t("flag."+name))
	}
	return e.paged(cmd)
}

// queryName is the gateway's word for a filter, where it is not the flag's.
func queryName(flag string) string {
	switch flag {
	case "produced-from":
		return "from"
	case "produced-to":
		return "to"
	case "in-unit":
		return "parent"
	case "committed-by":
		return "participant"
	}
	return flag
}

func (e *env) paged(cmd *cobra.Command) *cobra.Command {
	cmd.Flags().Int("limit", 50, e.t("flag.limit"))
	cmd.Flags().String("page-token", "", e.t("flag.page-token"))
	return cmd
}

func (e *env) paging(cmd *cobra.Command, query url.Values) {
	if n, _ := cmd.Flags().GetInt("limit"); n > 0 {
		query.Set("limit", strconv.Itoa(n))
	}
	if token, _ := cmd.Flags().GetString("page-token"); token != "" {
		query.Set("page_token", token)
	}
}

// hintNext says beside a table how to go on; programs read the token from JSON.
func (e *env) hintNext(token string) {
	if token != "" {
		fmt.Fprintln(e.err, e.t("next.page", token))
	}
}

// showCommand is a command that shows one record.
func showCommand[T any](e *env, use, key, example string, n int, path func(args []string) (string, error), draw func(t *table, v *T)) *cobra.Command {
	return e.leaf(use, key, example, cobra.ExactArgs(n), func(cmd *cobra.Command, args []string) error {
		p, err := path(args)
		if err != nil {
			return err
		}
		return ask(cmd.Context(), e, p, nil, draw)
	})
}

// ask asks the node at path. JSON and YAML are the node's own answer, whole; a
// table is drawn from what this program knows of it.
func ask[T any](ctx context.Context, e *env, path string, query url.Values, draw func(t *table, v *T)) error {
	c, err := e.client()
	if err != nil {
		return err
	}
	raw, err := c.Get(ctx, path, query)
	if err != nil {
		return err
	}
	v := new(T)
	if err := json.Unmarshal(raw, v); err != nil {
		return fmt.Errorf("%s%s answered something else than expected: %w", c.URL(), path, err)
	}
	return e.print(raw, func(t *table) { draw(t, v) })
}

// at writes a path under /v1 whose record is named by the first argument.
func at(collection string) func(args []string) (string, error) {
	return func(args []string) (string, error) {
		return "/v1/" + collection + "/" + url.PathEscape(args[0]), nil
	}
}

func anys(s []string) []any {
	out := make([]any, len(s))
	for i, v := range s {
		out[i] = v
	}
	return out
}

func statusCommand(e *env) *cobra.Command {
	return e.leaf("status", "status.short", "filiera status --output json", cobra.NoArgs,
		func(cmd *cobra.Command, _ []string) error {
			return ask(cmd.Context(), e, "/status", nil, func(t *table, s *client.Status) {
				t.line(e.t("chain.id"), s.ChainID)
				t.line(e.t("tx.height"), int64(s.Height))
				t.line(e.t("tx.time"), s.Time)
				t.line(e.t("app.hash"), s.AppHash)
				t.line(e.t("validators.hash"), s.ValidatorsHash)
				t.line(e.t("index.height"), int64(s.IndexHeight))
				t.line(e.t("peers"), int64(s.Peers))
				t.line(e.t("catching.up"), e.yesNo(s.CatchingUp))
				t.line(e.t("version"), s.Version)
			})
		})
}

func (e *env) yesNo(b bool) string {
	if b {
		return e.t("yes")
	}
	return e.t("no")
}
