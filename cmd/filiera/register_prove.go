package main

import (
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/filiera-chain/filiera/registers"
	"github.com/filiera-chain/filiera/registers/folder"
	"github.com/filiera-chain/filiera/verify"
)

// period reads "2026-01-01..2026-01-31"; empty is none.
func (e *env) period(s string) (from, to string, err error) {
	if s == "" {
		return "", "", nil
	}
	from, to, two := strings.Cut(s, "..")
	if !two {
		to = from
	}
	for _, day := range []string{from, to} {
		if _, err := time.Parse(time.DateOnly, day); err != nil {
			return "", "", usage("%s", e.t("register.bad-period", s))
		}
	}
	return from, to, nil
}

func registerProve(e *env) *cobra.Command {
	cmd := e.leaf("prove ID", "register.prove.short", `
filiera register prove rifiuti-2026 --key R000001 --out prova.json
filiera register prove rifiuti-2026 --absent R999999 --out assenza.json
filiera register prove rifiuti-2026 --since-append 1 --out coerenza.json`, cobra.ExactArgs(1), e.runRegisterProve)
	cmd.Long = e.t("register.prove.long")
	f := cmd.Flags()
	f.String("dir", "", e.t("flag.register-dir"))
	f.Uint64("row", 0, e.t("flag.register-row"))
	f.String("key", "", e.t("flag.register-key-of-row"))
	f.String("absent", "", e.t("flag.register-absent"))
	f.Uint64("since-append", 0, e.t("flag.register-since"))
	f.String("file", "", e.t("flag.register-file"))
	f.String("out", "", e.t("flag.out"))
	return cmd
}

func (e *env) runRegisterProve(cmd *cobra.Command, args []string) error {
	f, err := openFolder(registerDir(cmd, args[0]), args[0])
	if err != nil {
		return err
	}
	if err := e.inStep(cmd, f); err != nil {
		return err
	}
	d, err := e.proveIn(cmd, f)
	if err != nil {
		return err
	}
	earlier := uint64(0)
	if d.Consistency != nil {
		earlier = d.Consistency.Append
	}
	detail, err := registerOf(cmd.Context(), e, f.Register(), d.Append, earlier)
	if err != nil {
		return err
	}
	d.Ledger = detail.Proof
	raw, err := d.Encode()
	if err != nil {
		return err
	}
	c, err := e.client()
	if err != nil {
		return err
	}
	trust, err := e.nodesTrust(cmd.Context(), c)
	if err != nil {
		return err
	}
	p, err := verify.CheckRegisterProof(raw, trust) // what is handed out holds
	if err != nil {
		return err
	}
	if out := flagText(cmd, "out"); out != "" {
		if err := os.WriteFile(out, raw, 0o644); err != nil {
			return err
		}
		return e.drawRegisterProof(p)
	}
	_, err = fmt.Fprintln(e.out, string(raw))
	return err
}

// inStep refuses a folder that does not have the rows that the ledger has.
func (e *env) inStep(cmd *cobra.Command, f *folder.Folder) error {
	c, err := e.client()
	if err != nil {
		return err
	}
	d, err := c.Register(cmd.Context(), f.Register())
	if err == nil && uint64(d.Register.Size) != f.Size() {
		err = e.notSo(errors.New(e.t("register.behind", f.Register(), int64(d.Register.Size), f.Size())))
	}
	return err
}

// proveIn makes the proof that the flags ask for.
func (e *env) proveIn(cmd *cobra.Command, f *folder.Folder) (*registers.Document, error) {
	row, _ := cmd.Flags().GetUint64("row")
	since, _ := cmd.Flags().GetUint64("since-append")
	key, absent := flagText(cmd, "key"), flagText(cmd, "absent")
	asked := 0
	for _, there := range []bool{row != 0, since != 0, key != "", absent != ""} {
		if there {
			asked++
		}
	}
	if asked != 1 {
		return nil, usage("%s", e.t("register.one-of"))
	}
	if f.Number() == 0 {
		return nil, e.notSo(errors.New(e.t("register.empty", f.Register())))
	}
	var d *registers.Document
	var err error
	switch {
	case since != 0:
		d, err = f.ProveConsistency(since)
	case absent != "":
		d, err = f.ProveAbsence(absent)
	default:
		i := row - 1
		if key != "" {
			found := false
			if i, found, err = f.Find(key); err == nil && !found {
				err = errors.New(e.t("register.no-key", key))
			}
		}
		if err == nil {
			d, err = e.proveRow(cmd, f, i)
		}
	}
	return d, e.notSo(err)
}

// notSo says what is not as it was asked, where nothing is wrong with the asking.
func (e *env) notSo(err error) error {
	if err == nil {
		return nil
	}
	fmt.Fprintln(e.err, "filiera: "+err.Error())
	return errReported
}

// proveRow finds the row in the file that it came with.
func (e *env) proveRow(cmd *cobra.Command, f *folder.Folder, i uint64) (*registers.Document, error) {
	a, ok := f.AppendOf(i)
	if !ok {
		return nil, errors.New(e.t("register.no-row", i+1, f.Size()))
	}
	path := a.File
	if given := flagText(cmd, "file"); given != "" {
		path = given
	}
	in, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer in.Close()
	rows, err := folder.NewRows(in, f.Columns())
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	var cells []string
	for range i - a.From + 1 {
		if cells, err = rows.Next(); errors.Is(err, io.EOF) {
			return nil, errors.New(e.t("register.short-file", path, i-a.From+1))
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
	}
	return f.ProveRow(i, cells)
}

func registerVerify(e *env) *cobra.Command {
	cmd := e.leaf("verify PROOF", "register.verify.short", `filiera register verify prova.json --trust-hash "$(cat trust-hash.txt)"`, cobra.ExactArgs(1), func(cmd *cobra.Command, args []string) error {
		trust, ok, err := e.trust(cmd)
		if err != nil {
			return err
		}
		if !ok {
			return usage("%s", e.t("need.trust"))
		}
		raw, err := e.readInput(args[0], registers.MaxDocument)
		if err != nil {
			return err
		}
		p, err := verify.CheckRegisterProof([]byte(strings.TrimSuffix(string(raw), "\n")), trust)
		var failed *verify.CheckError
		if errors.As(err, &failed) {
			fmt.Fprintln(e.err, failed)
			fmt.Fprintln(e.err, e.t("verify.failed"))
			return errUnverified
		}
		if err != nil {
			return err
		}
		return e.drawRegisterProof(p)
	})
	cmd.Long = e.t("register.verify.long")
	f := cmd.Flags()
	f.String("trust-hash", "", e.t("flag.trust-hash"))
	f.String("trust-hash-file", "", e.t("flag.trust-hash-file"))
	f.String("genesis", "", e.t("flag.genesis"))
	return cmd
}

// shownRow is a cell of a proven row.
type shownRow struct {
	Column string `json:"column"`
	Value  string `json:"value"`
}

// provenRegister is what a proof shows, for programs.
type provenRegister struct {
	Proves   string     `json:"proves"`
	Register string     `json:"register"`
	Title    string     `json:"title"`
	Body     string     `json:"body"`
	Row      uint64     `json:"row,omitempty"`
	Cells    []shownRow `json:"cells,omitempty"`
	Absent   string     `json:"absent,omitempty"`
	Earlier  uint64     `json:"earlier_append,omitempty"`
	Append   uint64     `json:"append"`
	Rows     uint64     `json:"rows"`
	Hashes   int        `json:"hashes"`
	Since    string     `json:"since"`
	ChainID  string     `json:"chain_id"`
	Height   int64      `json:"height"`
}

// drawRegisterProof says in words what a proof shows, and who vouches for what.
func (e *env) drawRegisterProof(p *verify.RegisterProof) error {
	d, a := p.Document, p.Append
	out := provenRegister{
		Proves: d.Kind, Register: d.Register, Title: p.Register.GetTitle(), Body: p.Register.GetBody(), Append: a.GetNumber(), Rows: a.GetSize(),
		Since: time.Unix(a.GetAppendedAt(), 0).UTC().Format(time.RFC3339), ChainID: p.Ledger.ChainID, Height: p.Ledger.Height,
	}
	said := ""
	switch d.Kind {
	case registers.KindInclusion:
		out.Row, out.Hashes = d.Inclusion.Index+1, len(d.Inclusion.Path)
		for i, c := range d.Inclusion.Cells {
			out.Cells = append(out.Cells, shownRow{p.Register.GetColumns()[i], c})
		}
		said = e.t("register.proves-row", out.Row, out.Rows)
	case registers.KindConsistency:
		out.Earlier, out.Hashes = p.Earlier.GetNumber(), len(d.Consistency.Path)
		said = e.t("register.proves-consistency", p.Earlier.GetSize(), out.Earlier, out.Rows, out.Append)
	case registers.KindAbsence:
		out.Absent = d.Absence.Key
		for _, n := range []*registers.NeighbourPart{d.Absence.Left, d.Absence.Right} {
			if n != nil {
				out.Hashes += len(n.Sorted) + len(n.Log)
			}
		}
		said = e.t("register.proves-absence", p.Register.GetKeyColumn(), out.Absent, out.Rows, p.Register.GetBody())
	}
	return e.print(out, func(t *table) {
		t.line(e.t("register.proves"), said)
		t.line(e.t("register.title"), out.Title+" ("+out.Register+")")
		t.line(e.t("register.body"), out.Body)
		for _, c := range out.Cells {
			t.line("  "+c.Column, c.Value)
		}
		t.line(e.t("register.since"), out.Since)
		t.line(e.t("register.hashes"), out.Hashes)
		t.line(e.t("register.proof"), fmt.Sprintf("%s, %s", out.ChainID, e.t("budget.height", out.Height)))
	})
}

func registerAudit(e *env) *cobra.Command {
	cmd := e.leaf("audit ID [FILE]...", "register.audit.short", "filiera register audit rifiuti-2026", cobra.MinimumNArgs(1), func(cmd *cobra.Command, args []string) error {
		f, err := openFolder(registerDir(cmd, args[0]), args[0])
		if err != nil {
			return err
		}
		if err := e.inStep(cmd, f); err != nil {
			return err
		}
		files := args[1:]
		if len(files) != 0 && len(files) != len(f.Appends()) {
			return usage("%s", e.t("register.files", len(f.Appends()), len(files)))
		}
		for i, a := range f.Appends() {
			if len(files) > 0 {
				a.File = files[i]
			}
			if err := e.auditAppend(cmd, f, a); err != nil {
				fmt.Fprintln(e.err, e.t("register.append", int64(a.Number))+": "+a.File+": "+err.Error())
				return errUnverified
			}
			fmt.Fprintln(e.out, e.t("register.append", int64(a.Number))+": "+e.t("register.from-to", int64(a.From)+1, int64(a.Size))+": "+e.t("register.agrees", a.File))
		}
		return nil
	})
	cmd.Long = e.t("register.audit.long")
	cmd.Flags().String("dir", "", e.t("flag.register-dir"))
	return cmd
}

func (e *env) auditAppend(cmd *cobra.Command, f *folder.Folder, a folder.Append) error {
	in, err := os.Open(a.File)
	if err != nil {
		return err
	}
	defer in.Close()
	if err := f.Audit(cmd.Context(), a, in); err != nil {
		return err
	}
	mine, err := f.Roots(a)
	if err != nil {
		return err
	}
	d, err := registerOf(cmd.Context(), e, f.Register(), a.Number, 0)
	if err != nil {
		return err
	}
	if d.Append.Root != hex.EncodeToString(mine.Root[:]) || uint64(d.Append.Size) != mine.Size || mine.SortedRoot != (registers.Hash{}) && d.Append.SortedRoot != hex.EncodeToString(mine.SortedRoot[:]) {
		return errors.New(e.t("register.disagrees", int64(d.Append.Size), d.Append.Root, mine.Size, hex.EncodeToString(mine.Root[:])))
	}
	return nil
}
