package main

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"os"

	"github.com/spf13/cobra"

	ledgerv1 "github.com/filiera-chain/filiera/api/ledger/v1"
	"github.com/filiera-chain/filiera/client"
	"github.com/filiera-chain/filiera/registers/folder"
)

func registerAppend(e *env) *cobra.Command {
	cmd := e.leaf("append ID FILE", "register.append.short", "filiera register append rifiuti-2026 gennaio.csv --period 2026-01-01..2026-01-31"+ofRegion, cobra.ExactArgs(2), e.runRegisterAppend)
	cmd.Long = e.t("register.append.long")
	f := cmd.Flags()
	f.String("dir", "", e.t("flag.register-dir"))
	f.String("period", "", e.t("flag.register-period"))
	f.String("act", "", e.t("flag.register-append-act"))
	f.String("note", "", e.t("flag.budget-note"))
	return e.changing(cmd)
}

// appended is what an append came to.
type appended struct {
	Register string `json:"register"`
	Rows     uint64 `json:"rows"`
	Size     uint64 `json:"size"`
	Number   uint64 `json:"number"`
	Root     string `json:"root"`
	// Already says that the ledger had it from an earlier run.
	Already bool `json:"already"`
}

func (e *env) runRegisterAppend(cmd *cobra.Command, args []string) error {
	ctx := cmd.Context()
	f, err := openFolder(registerDir(cmd, args[0]), args[0])
	if err != nil {
		return err
	}
	from, to, err := e.period(flagText(cmd, "period"))
	if err != nil {
		return err
	}
	s, err := e.stage(ctx, f, args[1])
	if err != nil {
		return err
	}
	m := &ledgerv1.MsgAppendRegister{
		Register: f.Register(), FromSize: s.From, Entries: s.Entries, FileSha256: s.FileSHA256[:], PeriodFrom: from, PeriodTo: to, Act: actID(flagText(cmd, "act")), Note: flagText(cmd, "note"),
	}
	for i := range s.Subtrees {
		m.Subtrees = append(m.Subtrees, s.Subtrees[i][:])
	}
	if f.KeyColumn() != "" {
		m.SortedRoot = s.SortedRoot[:]
	}
	if e.v.GetBool("dry-run") || e.v.GetBool("generate-only") {
		return e.carry(ctx, m)
	}
	c, err := e.client()
	if err != nil {
		return err
	}
	d, err := c.Register(ctx, f.Register())
	if err != nil {
		return err
	}
	out := appended{Register: f.Register(), Rows: s.Entries, Size: s.Size(), Number: uint64(d.Register.Appends), Root: hex.EncodeToString(s.Root[:])}
	switch {
	case uint64(d.Register.Size) == s.Size() && d.Register.Root == out.Root:
		out.Already = true // it was sent, and the run was cut off before it was noted
	case uint64(d.Register.Size) != s.From:
		return e.notSo(errors.New(e.t("register.behind", f.Register(), int64(d.Register.Size), s.From)))
	default:
		if out.Number, err = e.sendAppend(ctx, m); err != nil || out.Number == 0 {
			return err
		}
	}
	if err := f.Commit(s, out.Number); err != nil {
		return err
	}
	return e.print(out, func(t *table) {
		if out.Already {
			t.row(e.t("register.already"))
		}
		t.line(e.t("register.append", int64(out.Number)), e.t("register.from-to", int64(s.From)+1, int64(out.Size)))
		t.line(e.t("register.root"), out.Root)
	})
}

// sendAppend sends an append and gives its number; 0 when nobody waits for it.
func (e *env) sendAppend(ctx context.Context, m *ledgerv1.MsgAppendRegister) (uint64, error) {
	r, err := e.execute(ctx, m)
	if r == nil || err != nil {
		return 0, err
	}
	var result struct {
		Number client.Whole `json:"number"`
	}
	for _, raw := range r.Results {
		if err := json.Unmarshal(raw, &result); err != nil {
			return 0, err
		}
	}
	return uint64(result.Number), nil
}

func openFolder(dir, id string) (*folder.Folder, error) {
	f, err := folder.Open(dir)
	if err != nil {
		return nil, usageError{err}
	}
	if f.Register() != id {
		return nil, usage("%s is the folder of %s, not of %s", dir, f.Register(), id)
	}
	return f, nil
}

func (e *env) stage(ctx context.Context, f *folder.Folder, path string) (*folder.Staged, error) {
	in, err := os.Open(path)
	if err != nil {
		return nil, usageError{err}
	}
	defer in.Close()
	tell := func(rows uint64) {
		if rows%100_000 < 4096 {
			fmt.Fprintln(e.err, e.t("register.read", rows))
		}
	}
	s, err := f.Stage(ctx, in, path, tell)
	if err != nil && !errors.Is(err, context.Canceled) {
		return nil, usage("%s: %v", path, err)
	}
	return s, err
}

// registerOf asks the node for an append and what proves it.
func registerOf(ctx context.Context, e *env, id string, number, earlier uint64) (*client.AppendDetail, error) {
	c, err := e.client()
	if err != nil {
		return nil, err
	}
	return c.RegisterAppend(ctx, id, number, earlier)
}
