package main

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"os"
	"strings"

	"github.com/spf13/cobra"

	ledgerv1 "github.com/filiera-chain/filiera/api/ledger/v1"
	"github.com/filiera-chain/filiera/client"
	"github.com/filiera-chain/filiera/verify"
)

// budgetLine gives one line, with no other.
func (e *env) budgetLine(cmd *cobra.Command, id string) (*client.BudgetLine, error) {
	c, err := e.client()
	if err != nil {
		return nil, err
	}
	t, err := c.Budget(cmd.Context(), url.Values{"line": {id}, "down_to": {"programme"}})
	if err != nil {
		return nil, err
	}
	return &t.Lines[0].Line, nil
}

func budgetMovements(e *env) *cobra.Command {
	cmd := e.leaf("movements", "budget.movements.short", `
filiera budget movements --act regione-marche:dgr:248:2024
filiera budget movements --under 1.2.2.2 --since 2024-01-01 --until 2024-12-31`, cobra.NoArgs, func(cmd *cobra.Command, _ []string) error {
		query := e.movementQuery(cmd)
		e.paging(cmd, query)
		return ask(cmd.Context(), e, "/v1/budget/movements", query, func(t *table, p *client.Page[client.Movement]) {
			t.row("N.", strings.ToUpper(e.t("budget.date")), strings.ToUpper(e.t("budget.kind")), right(strings.ToUpper(e.t("budget.amount")), moneyWidth), strings.ToUpper(e.t("budget.from-to")), strings.ToUpper(e.t("budget.act")), "REF")
			for i := range p.Items {
				m := &p.Items[i]
				t.row(int64(m.Number), m.Date, m.Kind, right(e.money(int64(m.Cents)), moneyWidth), e.legsOf(m), m.Act, m.Ref)
			}
			e.hintNext(p.NextPageToken)
		})
	})
	f := cmd.Flags()
	for _, name := range []string{"line", "under", "kind", "act", "position", "ref", "beneficiary", "since", "until"} {
		f.String(name, "", e.t("flag.budget-by-"+name))
	}
	return e.paged(cmd)
}

func (e *env) movementQuery(cmd *cobra.Command) url.Values {
	query := url.Values{}
	for flag, name := range map[string]string{"line": "line", "under": "under", "kind": "kind", "act": "act", "position": "position", "ref": "ref", "beneficiary": "beneficiary", "since": "from", "until": "to"} {
		if v := flagText(cmd, flag); v != "" {
			query.Set(name, v)
		}
	}
	return query
}

// legsOf says from where to where a movement goes.
func (e *env) legsOf(m *client.Movement) string {
	var out []string
	for _, g := range m.Legs {
		out = append(out, g.FromLine+" "+string(g.FromAccount)+" → "+g.ToLine+" "+string(g.ToAccount))
	}
	return strings.Join(out, "; ")
}

func budgetMovement(e *env) *cobra.Command {
	cmd := e.leaf("movement NUMBER", "budget.movement.short", "filiera budget movement 5\nfiliera budget movement 5 --proof -o json", cobra.ExactArgs(1), func(cmd *cobra.Command, args []string) error {
		path, err := at("budget/movements")(args)
		if err != nil {
			return err
		}
		return ask(cmd.Context(), e, path, proofQuery(cmd), func(t *table, d *client.MovementDetail) {
			m := &d.Movement
			t.line("N.", int64(m.Number))
			t.line(e.t("budget.kind"), m.Kind)
			t.line(e.t("budget.amount"), e.money(int64(m.Cents)))
			t.line(e.t("budget.date"), m.Date)
			t.line(e.t("budget.act"), m.Act)
			for _, g := range m.Legs {
				t.line(e.t("budget.entry"), g.FromLine+" "+string(g.FromAccount)+" → "+g.ToLine+" "+string(g.ToAccount)+"  "+e.money(int64(g.Cents)))
			}
			t.line(e.t("budget.position"), m.Position)
			t.line("ref", m.Ref)
			t.line(e.t("budget.note"), m.Note)
			if m.Corrects != 0 {
				t.line(e.t("budget.corrects"), int64(m.Corrects))
			}
			if d.Undone != 0 {
				t.line(e.t("budget.undone"), e.money(d.Undone))
			}
			t.line(e.t("budget.recorded"), m.RecordedAt.String()+"  "+m.RecordedBy+"  "+e.t("budget.height", int64(m.RecordedHeight)))
		})
	})
	cmd.Flags().Bool("proof", false, e.t("flag.record-proof"))
	return cmd
}

func proofQuery(cmd *cobra.Command) url.Values {
	query := url.Values{}
	if proof, _ := cmd.Flags().GetBool("proof"); proof {
		query.Set("proof", "true")
	}
	return query
}

func budgetPositions(e *env) *cobra.Command {
	cmd := e.leaf("positions", "budget.positions.short", "filiera budget positions --kind commitment --open", cobra.NoArgs, func(cmd *cobra.Command, _ []string) error {
		query := url.Values{}
		for _, name := range []string{"kind", "line", "beneficiary"} {
			if v := flagText(cmd, name); v != "" {
				query.Set(name, v)
			}
		}
		if open, _ := cmd.Flags().GetBool("open"); open {
			query.Set("open", "true")
		}
		e.paging(cmd, query)
		return ask(cmd.Context(), e, "/v1/budget/positions", query, func(t *table, p *client.Page[client.Position]) {
			t.row("ID", strings.ToUpper(e.t("budget.kind")), strings.ToUpper(e.t("budget.line")), strings.ToUpper(e.t("budget.beneficiary")), right(strings.ToUpper(e.t("budget.amount")), moneyWidth), strings.ToUpper(e.t("budget.opened")), strings.ToUpper(e.t("budget.expires")))
			for i := range p.Items {
				x := &p.Items[i]
				t.row(x.ID, x.Kind, x.Line, x.Beneficiary, right(e.money(int64(x.Cents)), moneyWidth), x.Opened, x.Expires+x.Due)
			}
			e.hintNext(p.NextPageToken)
		})
	})
	f := cmd.Flags()
	f.String("kind", "", e.t("flag.budget-position-kind"))
	f.String("line", "", e.t("flag.budget-by-line"))
	f.String("beneficiary", "", e.t("flag.budget-by-beneficiary"))
	f.Bool("open", false, e.t("flag.budget-open"))
	return e.paged(cmd)
}

func budgetPosition(e *env) *cobra.Command {
	cmd := e.leaf("position ID", "budget.position.short", "filiera budget position imp-2025-1", cobra.ExactArgs(1), func(cmd *cobra.Command, args []string) error {
		path, err := at("budget/positions")(args)
		if err != nil {
			return err
		}
		return ask(cmd.Context(), e, path, proofQuery(cmd), func(t *table, d *client.PositionDetail) {
			x := &d.Position
			t.line("id", x.ID)
			t.line(e.t("budget.kind"), x.Kind)
			t.line(e.t("budget.line"), x.Line)
			t.line(e.t("budget.beneficiary"), x.Beneficiary)
			t.line(e.t("budget.title"), x.Title)
			t.line("CUP", x.CUP)
			t.line(e.t("budget.act"), x.Act)
			t.line(e.t("budget.opened"), x.Opened)
			t.line(e.t("budget.expires"), x.Expires+x.Due)
			t.line(e.t("budget.reservation"), x.Reservation)
			for _, a := range []struct {
				word  string
				cents int64
			}{
				{"reserved", d.Holds.Reserved}, {"committed", d.Holds.Committed}, {"liquidated", d.Holds.Liquidated}, {"paid", d.Holds.Paid}, {"to-recover", d.Holds.ToRecover},
			} {
				t.line(e.t("budget."+a.word), right(e.money(a.cents), moneyWidth))
			}
		})
	})
	cmd.Flags().Bool("proof", false, e.t("flag.record-proof"))
	return cmd
}

func budgetVerify(e *env) *cobra.Command {
	cmd := e.leaf("verify FILE", "budget.verify.short", `filiera budget verify bilancio.json --trust-hash "$(cat trust-hash.txt)"`, cobra.ExactArgs(1), func(cmd *cobra.Command, args []string) error {
		trust, ok, err := e.trust(cmd)
		if err != nil {
			return err
		}
		if !ok {
			return usage("%s", e.t("need.trust"))
		}
		raw, err := e.readInput(args[0], verify.MaxBundleBytes)
		if err != nil {
			return err
		}
		shown, target, at, err := verify.CheckBudgetProof(raw, trust)
		var failed *verify.CheckError
		if errors.As(err, &failed) {
			fmt.Fprintln(e.err, failed)
			fmt.Fprintln(e.err, e.t("verify.failed"))
			return errUnverified
		}
		if err != nil {
			return err
		}
		fmt.Fprintln(e.err, e.t("budget.proven", at.ChainID, at.Height, at.Time.UTC().Format("2006-01-02"), len(shown.Lines)+len(shown.Differences)))
		return e.drawProvenBudget(cmd, shown, target, at)
	})
	f := cmd.Flags()
	f.String("format", "tree", e.t("flag.budget-format"))
	f.String("trust-hash", "", e.t("flag.trust-hash"))
	f.String("trust-hash-file", "", e.t("flag.trust-hash-file"))
	f.String("genesis", "", e.t("flag.genesis"))
	return cmd
}

// drawProvenBudget shows what a proof of the budget is about.
func (e *env) drawProvenBudget(cmd *cobra.Command, shown *verify.BudgetAnswer, target verify.BudgetTarget, at verify.Ledger) error {
	var lines []client.BudgetState
	for _, s := range shown.Lines {
		lines = append(lines, stateOf(s))
	}
	switch {
	case target.Act != "":
		b := &client.BudgetComparison{Act: target.Act, Movements: shown.Movements}
		for _, d := range shown.Differences {
			b.Lines = append(b.Lines, client.BudgetDifference{
				Line: stateOf(&ledgerv1.BudgetLineState{Line: d.Line}).Line, Before: amountsIn(d.Before.GetSubtree()), After: amountsIn(d.After.GetSubtree()),
			})
		}
		return e.print(b, func(t *table) { e.drawComparisonOfBudget(t, b) })
	case target.Beneficiary != "":
		b := &client.Beneficiary{Beneficiary: target.Beneficiary, AsOf: target.AsOf, Total: amountsIn(shown.Total), Lines: lines}
		return e.print(b, func(t *table) { e.drawBeneficiary(t, b) })
	case len(lines) == 0:
		return nil
	}
	draw, err := e.budgetDrawing(flagText(cmd, "format"))
	if err != nil {
		return err
	}
	return draw(&client.BudgetTree{Height: client.Whole(at.Height), AsOf: target.AsOf, AtHeight: client.Whole(target.AtHeight), Lines: lines})
}

// budgetPerson makes the commitment under which a natural person stands in a call:
// HMAC-SHA-256 of the tax code under a secret of the call, so that one person has
// one commitment, caps hold, and nobody without the secret can guess it.
func budgetPerson(e *env) *cobra.Command {
	cmd := e.leaf("person", "budget.person.short", "filiera budget person --secret segreto-bando.key --file codice.txt", cobra.NoArgs, func(cmd *cobra.Command, _ []string) error {
		secret, err := e.callSecret(flagText(cmd, "secret"))
		if err != nil {
			return err
		}
		data, err := e.readInput(flagText(cmd, "file"), 1024)
		if err != nil {
			return err
		}
		code := strings.ToUpper(strings.Join(strings.Fields(string(data)), ""))
		if len(code) != 16 && len(code) != 11 {
			return usage("%s", e.t("budget.bad-code", len(code)))
		}
		mac := hmac.New(sha256.New, secret)
		mac.Write([]byte("filiera-beneficiary/1\x00" + code))
		who := "person:" + hex.EncodeToString(mac.Sum(nil))
		out, err := json.Marshal(map[string]string{"beneficiary": who})
		if err != nil {
			return err
		}
		return e.print(json.RawMessage(out), func(t *table) { t.row(who) })
	})
	cmd.Long = e.t("budget.person.long")
	cmd.Flags().String("secret", "", e.t("flag.budget-secret"))
	cmd.Flags().String("file", "-", e.t("flag.budget-code"))
	return cmd
}

// callSecret reads a call's secret, and makes one where there is none yet.
func (e *env) callSecret(path string) ([]byte, error) {
	if path == "" {
		return nil, usage("%s", e.t("need.flag", "secret"))
	}
	data, err := os.ReadFile(path)
	if errors.Is(err, os.ErrNotExist) {
		data = make([]byte, 32)
		if _, err := rand.Read(data); err != nil {
			return nil, err
		}
		fmt.Fprintln(e.err, e.t("budget.new-secret", path))
		return data, os.WriteFile(path, []byte(hex.EncodeToString(data)+"\n"), 0o600)
	}
	if err != nil {
		return nil, err
	}
	secret, err := hex.DecodeString(strings.TrimSpace(string(data)))
	if err != nil || len(secret) != 32 {
		return nil, usage("%s", e.t("budget.bad-secret", path))
	}
	return secret, nil
}
