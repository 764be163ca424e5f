package main

import (
	"bytes"
	"fmt"
	"slices"

	"github.com/spf13/cobra"

	"github.com/filiera-chain/filiera/batchfile"
	"github.com/filiera-chain/filiera/client"
)

// maxTable bounds an imported file, in bytes.
const maxTable = 64 << 20

// What became of a row.
const (
	rowReady      = "ready"              // checked, not sent yet
	rowDry        = "would_register"     // --dry-run
	rowDone       = "registered"         // committed by this run
	rowAlready    = "already_registered" // with the same content, so nothing to do
	rowMalformed  = "malformed"          // the file needs a correction
	rowRefused    = "refused"            // the ledger says no
	rowNotSent    = "not_sent"           // good, held back because others are not
	rowUnanswered = "unknown"            // sent, and no answer came
)

// importRow is one row with its fate.
type importRow struct {
	Line    int    `json:"line"`
	GTIN    string `json:"gtin,omitempty"`
	Lot     string `json:"lot,omitempty"`
	State   string `json:"state"`
	Code    string `json:"code,omitempty"`
	Message string `json:"message,omitempty"`
	Hash    string `json:"hash,omitempty"`
	Height  int64  `json:"height,omitempty"`

	row    batchfile.Row
	amount int64
	unit   string
}

func (r *importRow) refuse(code, message string) {
	r.State, r.Code, r.Message = rowRefused, code, message
}

// importReport is what an import answers.
type importReport struct {
	File    string         `json:"file"`
	DryRun  bool           `json:"dry_run,omitempty"`
	Summary map[string]int `json:"summary"`
	Rows    []*importRow   `json:"rows"`
}

func batchImport(e *env) *cobra.Command {
	cmd := e.leaf("import FILE", "batch.import.short",
		"filiera batch import batches.csv --from pastificio --password-file password.txt", cobra.ExactArgs(1), e.runImport)
	f := cmd.Flags()
	f.Bool("dry-run", false, e.t("flag.dry-run"))
	f.Bool("skip-bad", false, e.t("flag.skip-bad"))
	f.Bool("date-lots", false, e.t("flag.date-lots"))
	f.String("sheet", "", e.t("flag.sheet"))
	f.String("report", "", e.t("flag.report"))
	f.Int("in-flight", 256, e.t("flag.in-flight"))
	f.String("chain-id", "", e.t("flag.chain-id"))
	f.Duration("expires-in", client.DefaultLifetime, e.t("flag.expires-in"))
	return e.waiting(cmd)
}

// runImport reads, checks every row, and only then sends.
func (e *env) runImport(cmd *cobra.Command, args []string) error {
	ctx := cmd.Context()
	report, err := e.readTable(cmd, args[0])
	if err != nil {
		return err
	}
	c, err := e.client()
	if err != nil {
		return err
	}
	from, address, err := e.signerAddress()
	if err != nil {
		return err
	}
	check := newImportCheck(e, c, address)
	if err := check.rows(ctx, report.Rows); err != nil {
		return err
	}
	skip, _ := cmd.Flags().GetBool("skip-bad")
	if !skip || e.v.GetBool("dry-run") {
		if err := check.rehearse(ctx, report.Rows); err != nil {
			return err
		}
	}
	switch {
	case !skip && slices.ContainsFunc(report.Rows, bad):
		mark(report.Rows, rowReady, rowNotSent)
	case e.v.GetBool("dry-run"):
		report.DryRun = true
		mark(report.Rows, rowReady, rowDry)
	default:
		if err := e.sendRows(cmd, c, from, report.Rows); err != nil {
			return err
		}
		if err := check.again(ctx, report.Rows); err != nil {
			return err
		}
	}
	return e.printImport(cmd, report)
}

func bad(r *importRow) bool { return r.State == rowMalformed || r.State == rowRefused }

func mark(rows []*importRow, from, to string) {
	for _, r := range rows {
		if r.State == from {
			r.State = to
		}
	}
}

// signerAddress is the address of the --from key, which needs no password.
func (e *env) signerAddress() (name, address string, err error) {
	name = e.v.GetString("from")
	if name == "" {
		return "", "", usage("%s", e.t("need.from"))
	}
	ring, err := e.ring()
	if err != nil {
		return "", "", err
	}
	info, err := ring.Show(name)
	if err != nil {
		return "", "", usageError{err}
	}
	return name, info.Address, nil
}

// readTable reads the whole file: good rows and bad ones, in order of line.
func (e *env) readTable(cmd *cobra.Command, path string) (*importReport, error) {
	data, err := e.readInput(path, maxTable)
	if err != nil {
		return nil, err
	}
	dates, _ := cmd.Flags().GetBool("date-lots")
	sheet, _ := cmd.Flags().GetString("sheet")
	good, problems, err := batchfile.ReadAll(bytes.NewReader(data), batchfile.Options{AllowDateLots: dates, Sheet: sheet})
	if err != nil {
		if list, ok := err.(batchfile.Problems); ok { //nolint:errorlint // the package gives it bare
			return nil, usage("%s: %s", path, list.Text(e.lang))
		}
		return nil, usage("%s: %v", path, err)
	}
	report := &importReport{File: path, Rows: []*importRow{}}
	for _, row := range good {
		report.Rows = append(report.Rows, &importRow{Line: row.Line, GTIN: row.GTIN, Lot: row.Lot, State: rowReady, row: row})
	}
	for _, p := range problems {
		report.Rows = append(report.Rows, &importRow{
			Line: p.Line, State: rowMalformed, Code: "file." + p.Code, Message: p.Text(e.lang),
		})
	}
	slices.SortStableFunc(report.Rows, func(a, b *importRow) int { return a.Line - b.Line })
	return report, nil
}

// printImport writes the report. Rows of which nothing is to be said are only
// counted, as a table of thousands of good rows hides the bad one.
func (e *env) printImport(cmd *cobra.Command, report *importReport) error {
	report.Summary = make(map[string]int)
	for _, r := range report.Rows {
		report.Summary[r.State]++
	}
	if path, _ := cmd.Flags().GetString("report"); path != "" {
		if err := e.writeReport(path, report); err != nil {
			return err
		}
	}
	err := e.print(report, func(t *table) {
		if slices.ContainsFunc(report.Rows, worthShowing) || len(report.Rows) <= 50 {
			t.row(e.t("line"), "GTIN", e.t("lot"), e.t("state"), e.t("detail"))
		}
		for _, r := range report.Rows {
			if worthShowing(r) || len(report.Rows) <= 50 {
				t.row(r.Line, r.GTIN, r.Lot, e.t("row."+r.State), detail(r))
			}
		}
	})
	if err != nil {
		return err
	}
	e.printSummary(report)
	switch s := report.Summary; {
	case s[rowMalformed]+s[rowRefused]+s[rowNotSent] > 0:
		return errReported
	case s[rowUnanswered] > 0:
		return &client.Unreachable{URL: e.v.GetString("node"), Err: fmt.Errorf("%s", e.t("rows.unknown", s[rowUnanswered]))}
	}
	return nil
}

func worthShowing(r *importRow) bool {
	return r.State != rowDone && r.State != rowAlready && r.State != rowDry && r.State != rowNotSent
}

func detail(r *importRow) string {
	if r.Code != "" {
		return r.Code + ": " + r.Message
	}
	return r.Hash
}

// printSummary writes the counts beside the table, on standard error where
// standard output is for programs.
func (e *env) printSummary(report *importReport) {
	for _, state := range []string{
		rowDone, rowDry, rowAlready, rowRefused, rowMalformed, rowNotSent, rowUnanswered,
	} {
		if n := report.Summary[state]; n > 0 {
			fmt.Fprintf(e.err, "%s: %d\n", e.t("row."+state), n)
		}
	}
	if report.Summary[rowNotSent] > 0 {
		fmt.Fprintln(e.err, e.t("import.nothing.sent"))
	}
}
