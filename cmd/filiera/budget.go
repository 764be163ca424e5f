package main

import (
	"encoding/json"
	"fmt"
	"net/url"
	"os"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/spf13/cobra"

	"github.com/filiera-chain/filiera/budget"
	"github.com/filiera-chain/filiera/client"
)

func budgetCommand(e *env) *cobra.Command {
	return e.group("budget", "budget.short",
		budgetShow(e), budgetMove(e), budgetImport(e), budgetOpen(e), budgetAmend(e), budgetClose(e), budgetReserve(e), budgetPerson(e),
		budgetMovements(e), budgetMovement(e), budgetPositions(e), budgetPosition(e), budgetCompare(e), budgetCheckCommand(e), budgetReconcile(e), budgetExport(e), budgetVerify(e))
}

// The forms in which budget show writes.
var budgetFormats = []string{"tree", "csv", "json", "opencoesione"}

func budgetShow(e *env) *cobra.Command {
	cmd := e.leaf("show [LINE]", "budget.show.short", `
filiera budget show
filiera budget show --as-of 2024-02-25 --lang it
filiera budget show 1.2.2.2 --down-to grant --format csv
filiera budget show --as-of 2024-02-25 --save bilancio.json`, cobra.MaximumNArgs(1), e.runBudgetShow)
	cmd.Long = e.t("budget.show.long")
	f := cmd.Flags()
	f.String("as-of", "", e.t("flag.budget-as-of"))
	f.Int64("at-height", 0, e.t("flag.budget-at-height"))
	f.String("down-to", "", e.t("flag.budget-down-to"))
	f.String("format", "tree", e.t("flag.budget-format"))
	f.String("beneficiary", "", e.t("flag.budget-beneficiary"))
	f.String("save", "", e.t("flag.budget-save"))
	return cmd
}

func (e *env) runBudgetShow(cmd *cobra.Command, args []string) error {
	format := flagText(cmd, "format")
	draw, err := e.budgetDrawing(format)
	if err != nil {
		return err
	}
	if who := flagText(cmd, "beneficiary"); who != "" {
		return e.showBeneficiary(cmd, who)
	}
	query := url.Values{}
	for flag, name := range map[string]string{"as-of": "as_of", "down-to": "down_to"} {
		if v := flagText(cmd, flag); v != "" {
			query.Set(name, v)
		}
	}
	if h, _ := cmd.Flags().GetInt64("at-height"); h != 0 {
		query.Set("at_height", strconv.FormatInt(h, 10))
	}
	if len(args) > 0 {
		query.Set("line", args[0])
	}
	if format == "opencoesione" && query.Get("down_to") == "" {
		query.Set("down_to", "grant")
	}
	file := flagText(cmd, "save")
	if file != "" {
		query.Set("proof", "true")
	}
	c, err := e.client()
	if err != nil {
		return err
	}
	t, err := c.Budget(cmd.Context(), query)
	if err != nil {
		return err
	}
	if file != "" {
		if err := os.WriteFile(file, t.Proof, 0o644); err != nil {
			return err
		}
		fmt.Fprintln(e.err, e.t("budget.saved", file))
		t.Proof = nil
	}
	return draw(t)
}

// budgetDrawing gives what writes a tree in a form.
func (e *env) budgetDrawing(format string) (func(*client.BudgetTree) error, error) {
	switch format {
	case "tree":
		return func(t *client.BudgetTree) error {
			return e.print(t, func(out *table) { e.drawBudget(out, t) })
		}, nil
	case "json":
		return func(t *client.BudgetTree) error { return e.printJSON(t) }, nil
	case "csv":
		return e.writeBudgetCSV, nil
	case "opencoesione":
		return e.writeOpenData, nil
	}
	return nil, usage("%s", e.t("budget.bad-format", format, strings.Join(budgetFormats, ", ")))
}

// money writes cents as the user's language does.
func (e *env) money(cents int64) string { return budget.Euro(cents, e.lang) }

// right pads amounts on their left, so that they stand below one another.
func right(s string, width int) string {
	return strings.Repeat(" ", max(0, width-utf8.RuneCountInString(s))) + s
}

const moneyWidth = 17

func (e *env) amountCells(a client.Amounts) []any {
	var out []any
	for _, cents := range []int64{a.Endowment, a.Available, a.Reserved, a.Committed, a.Liquidated, a.Paid, a.Savings} {
		out = append(out, right(e.money(cents), moneyWidth))
	}
	return out
}

func (e *env) amountHead(first ...any) []any {
	for _, word := range []string{"endowment", "available", "reserved", "committed", "liquidated", "paid", "savings"} {
		first = append(first, right(strings.ToUpper(e.t("budget."+word)), moneyWidth))
	}
	return first
}

// drawBudget shows the tree: what is available counts the line alone, everything
// else the lines below it too. Under it, how the sums come about.
func (e *env) drawBudget(t *table, b *client.BudgetTree) {
	t.row(e.amountHead(strings.ToUpper(e.t("budget.line")))...)
	for _, s := range b.Lines {
		a := s.Total
		a.Available = s.Own.Available
		t.row(append([]any{e.lineName(b, s)}, e.amountCells(a)...)...)
	}
	for _, s := range b.Lines {
		e.drawSum(t, b, s)
	}
	for _, s := range b.Lines {
		if s.Total.ToRecover != 0 && len(s.Line.Path) == 0 {
			t.line(e.t("budget.to-recover"), s.Line.ID+"  "+e.money(s.Total.ToRecover))
		}
		if s.Total.Interest != 0 && len(s.Line.Path) == 0 {
			t.line(e.t("budget.interest"), s.Line.ID+"  "+e.money(s.Total.Interest))
		}
	}
	t.line(e.t("budget.true-at"), e.budgetWhen(b))
}

func (e *env) lineName(b *client.BudgetTree, s client.BudgetState) string {
	depth := len(s.Line.Path) - len(b.Lines[0].Line.Path)
	name := strings.Repeat("  ", max(0, depth)) + s.Line.ID + "  " + s.Line.Title
	if r := []rune(name); len(r) > 60 {
		return string(r[:59]) + "…"
	}
	return name
}

// drawSum writes how a line's endowment stands on the lines below it.
func (e *env) drawSum(t *table, b *client.BudgetTree, s client.BudgetState) {
	var parts []string
	given := int64(0)
	for _, c := range b.Lines {
		if n := len(c.Line.Path); n > 0 && c.Line.Path[n-1] == s.Line.ID && c.Total.Endowment != 0 {
			parts = append(parts, budget.Format(c.Total.Endowment, e.lang))
			given += c.Total.Endowment
		}
	}
	if len(parts) == 0 || len(parts) == 1 && given == s.Total.Endowment {
		return
	}
	line := budget.Format(s.Total.Endowment, e.lang) + " = " + strings.Join(parts, " + ")
	if rest := s.Total.Endowment - given; rest != 0 {
		line += " + " + budget.Format(rest, e.lang) + " (" + e.t("budget.own") + ")"
	}
	t.line(s.Line.ID, line+" €")
	if s.Own.Available != 0 {
		t.line(e.t("budget.unassigned"), s.Line.ID+"  "+e.money(s.Own.Available))
	}
}

func (e *env) budgetWhen(b *client.BudgetTree) string {
	switch {
	case b.AsOf != "" && b.AtHeight != 0:
		return e.t("budget.day-and-height", b.AsOf, int64(b.AtHeight), int64(b.Height))
	case b.AsOf != "":
		return e.t("budget.day", b.AsOf, int64(b.Height))
	case b.AtHeight != 0:
		return e.t("budget.at-height", int64(b.AtHeight), int64(b.Height))
	}
	return e.t("budget.now", int64(b.Height))
}

func (e *env) showBeneficiary(cmd *cobra.Command, who string) error {
	query := url.Values{}
	if day := flagText(cmd, "as-of"); day != "" {
		query.Set("as_of", day)
	}
	if h, _ := cmd.Flags().GetInt64("at-height"); h != 0 {
		query.Set("at_height", strconv.FormatInt(h, 10))
	}
	b, err := savedProof(cmd, e, "budget/beneficiaries", who, query, func(b *client.Beneficiary) *json.RawMessage { return &b.Proof })
	if err != nil {
		return err
	}
	return e.print(b, func(t *table) { e.drawBeneficiary(t, b) })
}

func (e *env) drawBeneficiary(t *table, b *client.Beneficiary) {
	t.row(e.amountHead(strings.ToUpper(e.t("budget.line")))...)
	for _, s := range b.Lines {
		t.row(append([]any{s.Line.ID + "  " + s.Line.Title}, e.amountCells(s.Total)...)...)
	}
	t.row(append([]any{e.t("budget.total")}, e.amountCells(b.Total)...)...)
}

// savedProof asks for one thing and, with --save, writes its proof to a file.
func savedProof[T any](cmd *cobra.Command, e *env, collection, id string, query url.Values, proof func(*T) *json.RawMessage) (*T, error) {
	path, err := at(collection)([]string{id})
	if err != nil {
		return nil, err
	}
	file := flagText(cmd, "save")
	if file != "" {
		query.Set("proof", "true")
	}
	c, err := e.client()
	if err != nil {
		return nil, err
	}
	raw, err := c.Get(cmd.Context(), path, query)
	if err != nil {
		return nil, err
	}
	v := new(T)
	if err := json.Unmarshal(raw, v); err != nil || file == "" {
		return v, err
	}
	if err := os.WriteFile(file, *proof(v), 0o644); err != nil {
		return nil, err
	}
	*proof(v) = nil
	fmt.Fprintln(e.err, e.t("budget.saved", file))
	return v, nil
}

func budgetCompare(e *env) *cobra.Command {
	cmd := e.leaf("compare ACT", "budget.compare.short", "filiera budget compare regione-marche:dgr:248:2024", cobra.ExactArgs(1), func(cmd *cobra.Command, args []string) error {
		b, err := savedProof(cmd, e, "budget/acts", actID(args[0]), url.Values{}, func(b *client.BudgetComparison) *json.RawMessage { return &b.Proof })
		if err != nil {
			return err
		}
		return e.print(b, func(t *table) { e.drawComparisonOfBudget(t, b) })
	})
	cmd.Long = e.t("budget.compare.long")
	cmd.Flags().String("save", "", e.t("flag.budget-save"))
	return cmd
}

func (e *env) drawComparisonOfBudget(t *table, b *client.BudgetComparison) {
	t.row(e.amountHead(strings.ToUpper(e.t("budget.line")), "")...)
	for _, l := range b.Lines {
		t.row(append([]any{l.Line.ID, e.t("budget.before")}, e.amountCells(l.Before)...)...)
		t.row(append([]any{l.Line.ID, e.t("budget.after")}, e.amountCells(l.After)...)...)
		if d := l.After.Endowment - l.Before.Endowment; d != 0 {
			t.row(l.Line.ID, "±", right(e.withSign(d), moneyWidth))
		}
	}
	t.line(e.t("budget.movements"), b.Movements)
}

func (e *env) withSign(cents int64) string {
	if cents > 0 {
		return "+" + e.money(cents)
	}
	return e.money(cents)
}

func budgetCheckCommand(e *env) *cobra.Command {
	cmd := e.leaf("check", "budget.check.short", "filiera budget check", cobra.NoArgs, func(cmd *cobra.Command, _ []string) error {
		c, err := e.client()
		if err != nil {
			return err
		}
		raw, err := c.Get(cmd.Context(), "/v1/budget/check", nil)
		if err != nil {
			return err
		}
		var b client.BudgetCheck
		if err := json.Unmarshal(raw, &b); err != nil {
			return err
		}
		err = e.print(json.RawMessage(raw), func(t *table) {
			for _, f := range b.Findings {
				t.row(f.Invariant, e.t(map[bool]string{true: "budget.holds", false: "budget.broken"}[f.Holds]), e.t("budget.checks", f.Checks), e.t("budget."+f.Invariant))
				if !f.Holds {
					t.row("", "", "", f.Broken)
				}
			}
			t.line(e.t("budget.book"), e.t("budget.book-has", b.Lines, b.Movements, b.Positions, int64(b.Height)))
		})
		if err == nil && !b.Holds {
			return errUnverified
		}
		return err
	})
	cmd.Long = e.t("budget.check.long")
	return cmd
}
