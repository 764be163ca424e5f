package main

import (
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"google.golang.org/protobuf/proto"

	ledgerv1 "github.com/filiera-chain/filiera/api/ledger/v1"
	"github.com/filiera-chain/filiera/budget"
	"github.com/filiera-chain/filiera/budget/sheet"
)

const ofRegion = " --from regione --password-file password.txt"

func budgetMove(e *env) *cobra.Command {
	cmd := e.leaf("move KIND", "budget.move.short", `
filiera budget move trasferimento --line 1.2.2.1 --to-line 1.2.2.2 --amount 1.550.000,00 --act regione-marche:dgr:248:2024 --date 2024-02-26`+ofRegion+`
filiera budget move impegno --line bdd --amount 1000.00 --beneficiary impresa-esempio --position imp-2025-1 --act regione-marche:decreto-dirigenziale:14.TDI:2025`+ofRegion,
		cobra.ExactArgs(1), e.runBudgetMove)
	cmd.Long = e.t("budget.move.long", strings.Join(budget.KindWords(), ", "))
	f := cmd.Flags()
	for _, name := range []string{"line", "to-line", "amount", "act", "date", "position", "reservation", "pot", "interest", "expires", "due", "title", "beneficiary", "cup", "ref", "note"} {
		f.String(name, "", e.t("flag.budget-"+name))
	}
	f.Bool("final", false, e.t("flag.budget-final"))
	f.Uint64("corrects", 0, e.t("flag.budget-corrects"))
	return e.changing(cmd)
}

func (e *env) runBudgetMove(cmd *cobra.Command, args []string) error {
	text := func(name string) string { return strings.TrimSpace(flagText(cmd, name)) }
	kind, err := budget.ParseKind(args[0])
	if err != nil {
		return usageError{err}
	}
	m := &ledgerv1.NewMovement{
		Kind: kind, Line: text("line"), ToLine: text("to-line"), Act: actID(text("act")), Date: text("date"), Position: text("position"), Reservation: text("reservation"), Pot: text("pot"),
		Expires: text("expires"), Due: text("due"), Title: text("title"), Beneficiary: text("beneficiary"), Cup: text("cup"), Ref: text("ref"), Note: text("note"),
	}
	if m.Act == "" {
		return usage("%s", e.t("need.flag", "act"))
	}
	if m.Cents, err = amountFlag(text("amount")); err != nil {
		return err
	}
	if m.Interest, err = amountFlag(text("interest")); err != nil {
		return err
	}
	m.Final, _ = cmd.Flags().GetBool("final")
	m.Corrects, _ = cmd.Flags().GetUint64("corrects")
	return e.carry(cmd.Context(), &ledgerv1.MsgMoveBudget{Movements: []*ledgerv1.NewMovement{m}})
}

// actID writes an act's id in its one form: ids are in small letters.
func actID(s string) string { return strings.ToLower(strings.TrimSpace(s)) }

func amountFlag(s string) (int64, error) {
	if s == "" {
		return 0, nil
	}
	n, err := budget.ParseAmount(s)
	if err != nil {
		return 0, usageError{err}
	}
	return n, nil
}

func budgetImport(e *env) *cobra.Command {
	cmd := e.leaf("import [FILE]", "budget.import.short", `
filiera budget import movimenti.csv --lines voci.csv`+ofRegion, cobra.MaximumNArgs(1), e.runBudgetImport)
	cmd.Long = e.t("budget.import.long", strings.Join(sheet.MovementColumns(), ", "), strings.Join(sheet.LineColumns(), ", "))
	cmd.Flags().String("lines", "", e.t("flag.budget-lines"))
	return e.changing(cmd)
}

// runBudgetImport enters sheets in one transaction: all of it or nothing.
func (e *env) runBudgetImport(cmd *cobra.Command, args []string) error {
	var list []proto.Message
	if path := flagText(cmd, "lines"); path != "" {
		data, err := e.readInput(path, sheet.MaxBytes)
		if err != nil {
			return err
		}
		lines, err := sheet.Lines(string(data))
		if err != nil {
			return usage("%s: %v", path, err)
		}
		for _, l := range lines {
			l.Act = actID(l.GetAct())
		}
		for part := range slices.Chunk(lines, mostLines) {
			list = append(list, &ledgerv1.MsgOpenLines{Lines: part})
		}
	}
	if len(args) > 0 {
		data, err := e.readInput(args[0], sheet.MaxBytes)
		if err != nil {
			return err
		}
		moves, err := sheet.Movements(string(data))
		if err != nil {
			return usage("%s: %v", args[0], err)
		}
		list = append(list, setsOf(moves)...)
	}
	if len(list) == 0 {
		return usage("%s", e.t("budget.nothing"))
	}
	return e.carry(cmd.Context(), list...)
}

// How many movements, and lines, one act of the transaction takes.
const (
	mostInSet = 200
	mostLines = 500
)

// setsOf puts movements into acts: those of a set together, and others with those
// before them while there is room.
func setsOf(moves []sheet.Movement) []proto.Message {
	var out []proto.Message
	var last *ledgerv1.MsgMoveBudget
	set := ""
	for _, m := range moves {
		m.New.Act = actID(m.New.GetAct())
		if last == nil || m.Set != set || m.Set == "" && len(last.GetMovements()) >= mostInSet {
			last = &ledgerv1.MsgMoveBudget{}
			out = append(out, last)
		}
		set = m.Set
		last.Movements = append(last.Movements, m.New)
	}
	return out
}

func budgetOpen(e *env) *cobra.Command {
	cmd := e.leaf("open LINE", "budget.open.short", `
filiera budget open bando-2026 --level call --parent 1.2.2.2 --title 'Bando Servizi Digitali Integrati' --beneficiary-cap 45000 --min-project-cost 45000 --reserve 1000000 --act regione-marche:dgr:248:2024`+ofRegion,
		cobra.ExactArgs(1), func(cmd *cobra.Command, args []string) error {
			level, err := budget.ParseLevel(flagText(cmd, "level"))
			if err != nil {
				return usageError{err}
			}
			m := &ledgerv1.NewBudgetLine{
				Id: args[0], Level: level, Parent: flagText(cmd, "parent"), Title: flagText(cmd, "title"), Body: flagText(cmd, "body"), Cup: flagText(cmd, "cup"), Beneficiary: flagText(cmd, "beneficiary"), Act: actID(flagText(cmd, "act")),
			}
			if m.ProjectCost, m.BeneficiaryCap, m.MinProjectCost, m.Reserve, err = termFlags(cmd); err != nil {
				return err
			}
			return e.carry(cmd.Context(), &ledgerv1.MsgOpenLines{Lines: []*ledgerv1.NewBudgetLine{m}})
		})
	for _, name := range []string{"level", "parent", "body", "beneficiary"} {
		cmd.Flags().String(name, "", e.t("flag.budget-line-"+name))
	}
	e.termsOfLine(cmd)
	return e.changing(cmd)
}

func (e *env) termsOfLine(cmd *cobra.Command) {
	for _, name := range []string{"title", "cup", "act", "project-cost", "beneficiary-cap", "min-project-cost", "reserve"} {
		cmd.Flags().String(name, "", e.t("flag.budget-line-"+name))
	}
}

func termFlags(cmd *cobra.Command) (cost, limit, least, reserve int64, err error) {
	for _, f := range []struct {
		name string
		into *int64
	}{{"project-cost", &cost}, {"beneficiary-cap", &limit}, {"min-project-cost", &least}, {"reserve", &reserve}} {
		if *f.into, err = amountFlag(flagText(cmd, f.name)); err != nil {
			return 0, 0, 0, 0, err
		}
	}
	return cost, limit, least, reserve, nil
}

// budgetAmend changes what a line says; what is not given stays as it is.
func budgetAmend(e *env) *cobra.Command {
	cmd := e.leaf("amend LINE", "budget.amend.short", "filiera budget amend bando-2026 --reserve 900000 --act regione-marche:dgr:248:2024"+ofRegion, cobra.ExactArgs(1), func(cmd *cobra.Command, args []string) error {
		old, err := e.budgetLine(cmd, args[0])
		if err != nil {
			return err
		}
		m := &ledgerv1.MsgAmendLine{
			Id: args[0], Title: old.Title, Cup: old.CUP, ProjectCost: int64(old.ProjectCost), BeneficiaryCap: int64(old.BeneficiaryCap), MinProjectCost: int64(old.MinProjectCost), Reserve: int64(old.Reserve),
			Act: actID(flagText(cmd, "act")),
		}
		cost, limit, least, reserve, err := termFlags(cmd)
		if err != nil {
			return err
		}
		changed := cmd.Flags().Changed
		for _, f := range []struct {
			name  string
			apply func()
		}{
			{"title", func() { m.Title = flagText(cmd, "title") }},
			{"cup", func() { m.Cup = flagText(cmd, "cup") }},
			{"project-cost", func() { m.ProjectCost = cost }},
			{"beneficiary-cap", func() { m.BeneficiaryCap = limit }},
			{"min-project-cost", func() { m.MinProjectCost = least }},
			{"reserve", func() { m.Reserve = reserve }},
		} {
			if changed(f.name) {
				f.apply()
			}
		}
		return e.carry(cmd.Context(), m)
	})
	e.termsOfLine(cmd)
	return e.changing(cmd)
}

func budgetClose(e *env) *cobra.Command {
	cmd := e.leaf("close LINE", "budget.close.short", "filiera budget close bando-2026 --act regione-marche:decreto-dirigenziale:14.TDI:2025"+ofRegion, cobra.ExactArgs(1), func(cmd *cobra.Command, args []string) error {
		return e.carry(cmd.Context(), &ledgerv1.MsgCloseLine{Id: args[0], Act: actID(flagText(cmd, "act"))})
	})
	cmd.Flags().String("act", "", e.t("flag.budget-line-act"))
	return e.changing(cmd)
}

func budgetReserve(e *env) *cobra.Command {
	cmd := e.leaf("reserve CALL [BENEFICIARY]...", "budget.reserve.short", `
filiera budget reserve bando-2026 comune-di-esempio --act regione-marche:dgr:248:2024`+ofRegion+`
filiera budget reserve bando-2026 --file borghi.txt --act regione-marche:dgr:248:2024`+ofRegion, cobra.MinimumNArgs(1), func(cmd *cobra.Command, args []string) error {
		list := args[1:]
		if path := flagText(cmd, "file"); path != "" {
			data, err := e.readInput(path, 1<<20)
			if err != nil {
				return err
			}
			list = append(list, strings.Fields(string(data))...)
		}
		m := &ledgerv1.MsgListBeneficiaries{Call: args[0], Add: list, Act: actID(flagText(cmd, "act"))}
		if strike, _ := cmd.Flags().GetBool("remove"); strike {
			m.Add, m.Remove = nil, list
		}
		return e.carry(cmd.Context(), m)
	})
	f := cmd.Flags()
	f.String("file", "", e.t("flag.budget-reserve-file"))
	f.Bool("remove", false, e.t("flag.budget-remove"))
	f.String("act", "", e.t("flag.budget-line-act"))
	return e.changing(cmd)
}
