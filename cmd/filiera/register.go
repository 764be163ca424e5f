package main

import (
	"errors"
	"fmt"
	"net/url"
	"os"
	"strings"

	"github.com/spf13/cobra"
	"google.golang.org/protobuf/proto"

	ledgerv1 "github.com/filiera-chain/filiera/api/ledger/v1"
	"github.com/filiera-chain/filiera/client"
	"github.com/filiera-chain/filiera/registers/folder"
)

func registerCommand(e *env) *cobra.Command {
	return e.group("register", "register.short",
		registerOpen(e), registerAppend(e), registerProve(e), registerVerify(e), registerAudit(e), registerShow(e), registerList(e), registerClose(e))
}

var registerKinds = []string{"funds", "competitions", "tourism", "transport", "waste", "health", "agrifood", "other"}

func registerOpen(e *env) *cobra.Command {
	cmd := e.leaf("open ID", "register.open.short", `
filiera register open rifiuti-2026 --kind waste --title 'Rifiuti conferiti 2026' --body regione-marche --columns codice,comune,kg --key-column codice`+ofRegion, cobra.ExactArgs(1), e.runRegisterOpen)
	cmd.Long = e.t("register.open.long")
	f := cmd.Flags()
	f.String("kind", "", e.t("flag.register-kind"))
	f.String("title", "", e.t("flag.register-title"))
	f.String("body", "", e.t("flag.register-body"))
	f.StringSlice("columns", nil, e.t("flag.register-columns"))
	f.String("key-column", "", e.t("flag.register-key"))
	f.String("schema", "", e.t("flag.register-schema"))
	f.String("act", "", e.t("flag.register-act"))
	f.String("dir", "", e.t("flag.register-dir"))
	return e.changing(cmd)
}

func (e *env) runRegisterOpen(cmd *cobra.Command, args []string) error {
	columns, _ := cmd.Flags().GetStringSlice("columns")
	m := &ledgerv1.MsgOpenRegister{
		Id: args[0], Title: flagText(cmd, "title"), Body: flagText(cmd, "body"), Columns: columns, KeyColumn: flagText(cmd, "key-column"), Act: actID(flagText(cmd, "act")),
	}
	kind, ok := ledgerv1.RegisterKind_value["REGISTER_KIND_"+strings.ToUpper(flagText(cmd, "kind"))]
	if m.Kind = ledgerv1.RegisterKind(kind); !ok || kind == 0 {
		return usage("%s", e.t("register.bad-kind", flagText(cmd, "kind"), strings.Join(registerKinds, ", ")))
	}
	if path := flagText(cmd, "schema"); path != "" {
		hash, _, err := hashFile(path)
		if err != nil {
			return usageError{err}
		}
		m.SchemaSha256 = hash[:]
	}
	if e.v.GetBool("dry-run") || e.v.GetBool("generate-only") {
		return e.carry(cmd.Context(), m)
	}
	dir := registerDir(cmd, args[0])
	made, err := e.registerFolder(dir, m)
	if err != nil {
		return err
	}
	if err := e.carry(cmd.Context(), m); err != nil {
		if made { // nothing was opened: the folder would be of nothing
			err = errors.Join(err, os.RemoveAll(dir))
		}
		return err
	}
	fmt.Fprintln(e.err, e.t("register.folder", dir))
	return nil
}

// registerDir is the folder of a register: --dir, or its id beside.
func registerDir(cmd *cobra.Command, id string) string {
	if dir := flagText(cmd, "dir"); dir != "" {
		return dir
	}
	return id + ".register"
}

// registerFolder makes the folder, or takes one that is of this register.
func (e *env) registerFolder(dir string, m *ledgerv1.MsgOpenRegister) (made bool, err error) {
	f, err := folder.Open(dir)
	if errors.Is(err, os.ErrNotExist) {
		_, err = folder.Create(dir, m.GetId(), m.GetColumns(), m.GetKeyColumn())
		if err != nil {
			err = usageError{err}
		}
		return err == nil, err
	}
	if err == nil && (f.Register() != m.GetId() || f.Size() != 0 || strings.Join(f.Columns(), "\x00") != strings.Join(m.GetColumns(), "\x00") || f.KeyColumn() != m.GetKeyColumn()) {
		err = usage("%s", e.t("register.other-folder", dir, f.Register()))
	}
	return false, err
}

func registerShow(e *env) *cobra.Command {
	cmd := e.leaf("show ID", "register.show.short", "filiera register show rifiuti-2026", cobra.ExactArgs(1), func(cmd *cobra.Command, args []string) error {
		path, err := at("registers")(args)
		if err != nil {
			return err
		}
		c, err := e.client()
		if err != nil {
			return err
		}
		var appends []client.RegisterAppend
		if e.v.GetString("output") == "table" {
			page, err := c.RegisterAppends(cmd.Context(), args[0])
			if err != nil {
				return err
			}
			appends = page.Items
		}
		return ask(cmd.Context(), e, path, proofQuery(cmd), func(t *table, d *client.RegisterDetail) { e.drawRegister(t, &d.Register, appends) })
	})
	cmd.Flags().Bool("proof", false, e.t("flag.record-proof"))
	return cmd
}

func (e *env) drawRegister(t *table, r *client.Register, appends []client.RegisterAppend) {
	t.line("id", r.ID)
	t.line(e.t("register.title"), r.Title)
	t.line(e.t("register.kind"), r.Kind)
	t.line(e.t("register.body"), r.Body)
	t.line(e.t("register.columns"), strings.Join(r.Columns, ", "))
	t.line(e.t("register.key"), r.KeyColumn)
	t.line(e.t("register.rows"), int64(r.Size))
	t.line(e.t("register.root"), r.Root)
	t.line(e.t("register.act"), r.Act)
	t.line(e.t("register.opened"), r.OpenedAt.String()+"  "+r.OpenedBy)
	if r.ClosedReason != "" {
		t.line(e.t("register.closed"), r.ClosedAt.String()+"  "+r.ClosedReason)
	}
	for _, a := range appends {
		t.line(e.t("register.append", int64(a.Number)), fmt.Sprintf("%s  %s  %s", a.AppendedAt, e.t("register.from-to", int64(a.FromSize)+1, int64(a.Size)), strings.TrimSpace(a.PeriodFrom+" "+a.PeriodTo+" "+a.Note)))
	}
}

func registerList(e *env) *cobra.Command {
	cmd := e.leaf("list", "register.list.short", "filiera register list --kind waste", cobra.NoArgs, func(cmd *cobra.Command, _ []string) error {
		query := url.Values{}
		for _, name := range []string{"kind", "body"} {
			if v := flagText(cmd, name); v != "" {
				query.Set(name, v)
			}
		}
		e.paging(cmd, query)
		return ask(cmd.Context(), e, "/v1/registers", query, func(t *table, p *client.Page[client.Register]) {
			t.row("ID", strings.ToUpper(e.t("register.kind")), strings.ToUpper(e.t("register.body")), strings.ToUpper(e.t("register.rows")), strings.ToUpper(e.t("register.title")))
			for i := range p.Items {
				r := &p.Items[i]
				t.row(r.ID, r.Kind, r.Body, int64(r.Size), r.Title)
			}
			e.hintNext(p.NextPageToken)
		})
	})
	cmd.Flags().String("kind", "", e.t("flag.register-kind"))
	cmd.Flags().String("body", "", e.t("flag.register-body"))
	return e.paged(cmd)
}

func registerClose(e *env) *cobra.Command {
	cmd := e.leaf("close ID", "register.close.short", "filiera register close rifiuti-2026 --reason 'fine anno'"+ofRegion, cobra.ExactArgs(1), func(cmd *cobra.Command, args []string) error {
		var m proto.Message = &ledgerv1.MsgCloseRegister{Register: args[0], Reason: flagText(cmd, "reason")}
		return e.carry(cmd.Context(), m)
	})
	cmd.Flags().String("reason", "", e.t("flag.reason"))
	return e.changing(cmd)
}
