package main

import (
	"encoding/json"
	"errors"
	"net/url"
	"os"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	ledgerv1 "github.com/filiera-chain/filiera/api/ledger/v1"
	"github.com/filiera-chain/filiera/budget"
	"github.com/filiera-chain/filiera/budget/sheet"
	"github.com/filiera-chain/filiera/client"
)

// stateOf shows a proven state as a gateway does.
func stateOf(s *ledgerv1.BudgetLineState) client.BudgetState {
	l := s.GetLine()
	return client.BudgetState{
		Line: client.BudgetLine{
			ID: l.GetId(), Level: client.Word(budget.LevelWord(l.GetLevel())), Path: l.GetPath(), Title: l.GetTitle(), Body: l.GetBody(), CUP: l.GetCup(), Beneficiary: l.GetBeneficiary(),
			ProjectCost: client.Whole(l.GetProjectCost()), BeneficiaryCap: client.Whole(l.GetBeneficiaryCap()), MinProjectCost: client.Whole(l.GetMinProjectCost()), Reserve: client.Whole(l.GetReserve()),
			Act: l.GetAct(), Call: l.GetCall(), OpenedHeight: client.Whole(l.GetOpenedHeight()), ClosedByAct: l.GetClosedByAct(),
		},
		Own: amountsIn(s.GetAmounts().GetOwn()), Total: amountsIn(s.GetAmounts().GetSubtree()),
	}
}

func amountsIn(list []int64) client.Amounts { return client.Amounts(budget.FiguresOf(list)) }

// writeBudgetCSV writes the tree as a sheet; amounts as 18000000.00.
func (e *env) writeBudgetCSV(t *client.BudgetTree) error {
	rows := [][]string{{"id", "level", "parent", "title", "cup", "beneficiary", "endowment", "available_own", "reserved", "committed", "liquidated", "paid", "to_recover", "savings", "interest", "act"}}
	for _, s := range t.Lines {
		parent := ""
		if n := len(s.Line.Path); n > 0 {
			parent = s.Line.Path[n-1]
		}
		a := s.Total
		row := []string{s.Line.ID, string(s.Line.Level), parent, s.Line.Title, s.Line.CUP, s.Line.Beneficiary}
		for _, cents := range []int64{a.Endowment, s.Own.Available, a.Reserved, a.Committed, a.Liquidated, a.Paid, a.ToRecover, a.Savings, a.Interest} {
			row = append(row, budget.Plain(cents))
		}
		rows = append(rows, append(row, s.Line.Act))
	}
	return sheet.Table(e.out, rows)
}

// writeOpenData writes projects and grants in the manner of the open data of
// OpenCoesione: one row for each, with its programme, its CUP, its commitments and
// payments. Amounts with a comma, as those data have them.
func (e *env) writeOpenData(t *client.BudgetTree) error {
	rows := [][]string{{"COD_LOCALE_PROGETTO", "CUP", "OC_TITOLO_PROGETTO", "OC_COD_PROGRAMMA", "OC_COD_ARTICOLAZ_PROGRAMMA", "COD_LOCALE_PROCEDURA", "OC_DENOM_BENEFICIARIO", "FINANZ_TOT_PUB", "COSTO_TOTALE", "IMPEGNI", "TOT_PAGAMENTI", "ECONOMIE_TOT"}}
	comma := func(cents int64) string { return strings.Replace(budget.Plain(cents), ".", ",", 1) }
	for _, s := range t.Lines {
		if s.Line.Level != "project" && s.Line.Level != "grant" {
			continue
		}
		programme, part := s.Line.ID, ""
		if len(s.Line.Path) > 0 {
			programme = s.Line.Path[0]
		}
		if len(s.Line.Path) > 1 {
			part = s.Line.Path[1]
		}
		who := s.Line.Beneficiary
		if strings.HasPrefix(who, "person:") {
			who = "" // open data have no natural persons
		}
		rows = append(rows, []string{
			s.Line.ID, s.Line.CUP, s.Line.Title, programme, part, s.Line.Call, who, comma(s.Total.Endowment), comma(int64(s.Line.ProjectCost)), comma(s.Total.Committed), comma(s.Total.Paid), comma(s.Total.Savings),
		})
	}
	return sheet.Table(e.out, rows)
}

// allPages asks for every page of a list.
func allPages[T any](cmd *cobra.Command, query url.Values, ask func(url.Values) (*client.Page[T], error)) ([]T, error) {
	var out []T
	query.Set("limit", "500")
	for {
		p, err := ask(query)
		if err != nil {
			return nil, err
		}
		if out = append(out, p.Items...); p.NextPageToken == "" || cmd.Context().Err() != nil {
			return out, cmd.Context().Err()
		}
		query.Set("page_token", p.NextPageToken)
	}
}

// movementsOf gives every movement that the flags choose, by number.
func (e *env) movementsOf(cmd *cobra.Command, query url.Values) ([]*ledgerv1.Movement, map[string]*ledgerv1.Position, error) {
	c, err := e.client()
	if err != nil {
		return nil, nil, err
	}
	list, err := allPages(cmd, query, func(q url.Values) (*client.Page[client.Movement], error) { return c.Movements(cmd.Context(), q) })
	if err != nil {
		return nil, nil, err
	}
	positions, err := allPages(cmd, url.Values{}, func(q url.Values) (*client.Page[client.Position], error) { return c.Positions(cmd.Context(), q) })
	if err != nil {
		return nil, nil, err
	}
	byID := map[string]*ledgerv1.Position{}
	for _, p := range positions {
		byID[p.ID] = &ledgerv1.Position{Id: p.ID, Title: p.Title, Beneficiary: p.Beneficiary, Cup: p.CUP, Expires: p.Expires, Due: p.Due}
	}
	var out []*ledgerv1.Movement
	for i := range list {
		m, err := movementIn(&list[i])
		if err != nil {
			return nil, nil, err
		}
		out = append(out, m)
	}
	sortMovements(out)
	return out, byID, nil
}

func budgetExport(e *env) *cobra.Command {
	cmd := e.leaf("export", "budget.export.short", "filiera budget export --under 1.2.2.2 --out movimenti.csv", cobra.NoArgs, func(cmd *cobra.Command, _ []string) error {
		list, positions, err := e.movementsOf(cmd, e.movementQuery(cmd))
		if err != nil {
			return err
		}
		rows := sheet.MovementRows(list, positions)
		path := flagText(cmd, "out")
		if path == "" {
			return sheet.Table(e.out, rows)
		}
		out, err := os.Create(path)
		if err != nil {
			return usageError{err}
		}
		return errors.Join(sheet.Table(out, rows), out.Close())
	})
	cmd.Flags().String("out", "", e.t("flag.out"))
	cmd.Long = e.t("budget.export.long")
	for _, name := range []string{"line", "under", "kind", "act", "since", "until"} {
		cmd.Flags().String(name, "", e.t("flag.budget-by-"+name))
	}
	return cmd
}

// reconciliation is what became of every row of an export of the accounts.
type reconciliation struct {
	File  string             `json:"file"`
	Rows  []sheet.Reconciled `json:"rows"`
	Count map[string]int     `json:"count"`
}

func budgetReconcile(e *env) *cobra.Command {
	cmd := e.leaf("reconcile FILE", "budget.reconcile.short", "filiera budget reconcile contabilita.csv --under 1.2.2.2", cobra.ExactArgs(1), func(cmd *cobra.Command, args []string) error {
		data, err := e.readInput(args[0], sheet.MaxBytes)
		if err != nil {
			return err
		}
		entries, err := sheet.Accounts(string(data))
		if err != nil {
			return usage("%s: %v", args[0], err)
		}
		movements, _, err := e.movementsOf(cmd, e.movementQuery(cmd))
		if err != nil {
			return err
		}
		r := reconciliation{args[0], sheet.Reconcile(entries, movements), map[string]int{}}
		for _, one := range r.Rows {
			r.Count[one.Outcome]++
		}
		raw, err := json.Marshal(r)
		if err != nil {
			return err
		}
		if err := e.print(json.RawMessage(raw), func(t *table) { e.drawReconciliation(t, r) }); err != nil {
			return err
		}
		if r.Count[sheet.Same] != len(r.Rows) {
			return errUnverified
		}
		return nil
	})
	cmd.Long = e.t("budget.reconcile.long", strings.Join(sheet.AccountColumns(), ", "))
	for _, name := range []string{"line", "under", "kind", "act", "since", "until"} {
		cmd.Flags().String(name, "", e.t("flag.budget-by-"+name))
	}
	return cmd
}

func (e *env) drawReconciliation(t *table, r reconciliation) {
	t.row(strings.ToUpper(e.t("budget.row")), "REF", strings.ToUpper(e.t("budget.outcome")), right(strings.ToUpper(e.t("budget.in-file")), moneyWidth), right(strings.ToUpper(e.t("budget.on-ledger")), moneyWidth), "N.", "")
	blank := func(n int64) string {
		if n == 0 {
			return ""
		}
		return strconv.FormatInt(n, 10)
	}
	amount := func(cents int64) string {
		if cents == 0 {
			return ""
		}
		return right(e.money(cents), moneyWidth)
	}
	for _, one := range r.Rows {
		t.row(blank(int64(one.Row)), one.Ref, e.t("budget.outcome."+one.Outcome), amount(one.FileCents), amount(one.Cents), blank(int64(one.Movement)), strings.Join(one.Why, "; "))
	}
	for _, outcome := range []string{sheet.Same, sheet.Differs, sheet.NotOnChain, sheet.NotInFile} {
		t.line(e.t("budget.outcome."+outcome), r.Count[outcome])
	}
}
