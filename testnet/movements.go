package testnet

import (
	"context"
	"crypto/sha256"
	"crypto/sha512"
	"errors"
	"fmt"
	"os"
	"slices"
	"time"

	"google.golang.org/protobuf/proto"

	ledgerv1 "github.com/filiera-chain/filiera/api/ledger/v1"
	"github.com/filiera-chain/filiera/budget"
	"github.com/filiera-chain/filiera/client"
	"github.com/filiera-chain/filiera/testnet/load"
)

// actOfLoad is the act that the movements of a load cite.
const actOfLoad = authorityID + ":dgr:1:2020"

// grantsOfLoad are the lines on which they stand, five below the root.
const grantsOfLoad = 4

// Fund notarises an act and opens a budget under it: programme, action,
// intervention, call, and some grants with money.
func (l *Ledger) Fund(ctx context.Context) error {
	a, b := sha256.Sum256([]byte("plan")), sha512.Sum512([]byte("plan"))
	act := &ledgerv1.MsgNotariseAct{
		Kind: ledgerv1.ActKind_ACT_KIND_DGR, Body: authorityID, BodyName: "Example authority", Number: "1", Date: "2020-01-02", Subject: "Example plan",
		Documents: []*ledgerv1.Document{{Sha256: a[:], Sha512: b[:], Size: 4, MediaType: "text/plain", Container: ledgerv1.Container_CONTAINER_NONE}},
	}
	lines, funds := &ledgerv1.MsgOpenLines{}, &ledgerv1.MsgMoveBudget{}
	open := func(id string, level ledgerv1.BudgetLevel, parent, beneficiary string, cents int64) {
		line := &ledgerv1.NewBudgetLine{Id: id, Level: level, Parent: parent, Title: id, Beneficiary: beneficiary, Act: actOfLoad}
		m := &ledgerv1.NewMovement{Kind: budget.Riparto, Line: parent, ToLine: id, Cents: cents, Act: actOfLoad}
		if parent == "" {
			line.Body, m.Kind, m.Line, m.ToLine = authorityID, budget.Stanziamento, id, ""
		}
		lines.Lines, funds.Movements = append(lines.Lines, line), append(funds.Movements, m)
	}
	const each = 1_000_000_000
	open("programme", ledgerv1.BudgetLevel_BUDGET_LEVEL_PROGRAMME, "", "", grantsOfLoad*each)
	open("action", ledgerv1.BudgetLevel_BUDGET_LEVEL_ACTION, "programme", "", grantsOfLoad*each)
	open("intervention", ledgerv1.BudgetLevel_BUDGET_LEVEL_INTERVENTION, "action", "", grantsOfLoad*each)
	open("call", ledgerv1.BudgetLevel_BUDGET_LEVEL_CALL, "intervention", "", grantsOfLoad*each)
	for i := range grantsOfLoad {
		open(fmt.Sprintf("grant-%d", i), ledgerv1.BudgetLevel_BUDGET_LEVEL_GRANT, "call", fmt.Sprintf("body-%d", i), each)
	}
	for _, m := range []proto.Message{act, lines, funds} {
		if err := l.send(ctx, l.authority, m); err != nil {
			return err
		}
	}
	return nil
}

// SignMovements makes n transactions of one movement each: reservations, which
// change every line up to the root and open a record of their own.
func (l *Ledger) SignMovements(n int) ([][]byte, error) {
	b, err := client.NewBuilder(ChainID, client.WithLifetime(time.Hour))
	if err != nil {
		return nil, err
	}
	txs := make([][]byte, n)
	for i := range txs {
		m := &ledgerv1.NewMovement{Kind: budget.Prenotazione, Line: fmt.Sprintf("grant-%d", i%grantsOfLoad), Cents: 1, Act: actOfLoad, Position: fmt.Sprintf("p-%d", i)}
		if txs[i], err = b.Sign(l.authority, &ledgerv1.MsgMoveBudget{Movements: []*ledgerv1.NewMovement{m}}); err != nil {
			return nil, err
		}
	}
	return txs, nil
}

// MovementComparison is how fast movements of the budget are committed beside
// registrations of batches, one of either in a transaction.
type MovementComparison struct {
	Batches   []*load.Result `json:"batches"`
	Movements []*load.Result `json:"movements"`
	// Ratios are movements per registration, round by round.
	Ratios []float64 `json:"ratios"`
	Ratio  float64   `json:"median_ratio"`
}

// CompareMovements measures the two in turn, each on a throwaway ledger.
func CompareMovements(ctx context.Context, o CompareOptions) (*MovementComparison, error) {
	c := &MovementComparison{}
	for round := range o.Rounds {
		batches := func() error { return o.ledger(ctx, 0, &c.Batches) }
		movements := func() error { return o.movements(ctx, &c.Movements) }
		order := []func() error{batches, movements}
		if round%2 == 1 {
			slices.Reverse(order)
		}
		for _, f := range order {
			if err := f(); err != nil {
				return nil, err
			}
		}
		c.Ratios = append(c.Ratios, c.Movements[round].PerSecond/c.Batches[round].PerSecond)
	}
	c.Ratio = median(c.Ratios)
	return c, nil
}

func (o CompareOptions) movements(ctx context.Context, into *[]*load.Result) (err error) {
	dir, err := os.MkdirTemp("", "filiera-load-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	l, err := NewLedger(o.Program, dir, 1)
	if err != nil {
		return err
	}
	if err := l.Start(ctx); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, l.Stop()) }()
	if err := l.Fund(ctx); err != nil {
		return fmt.Errorf("prepare the ledger: %w", err)
	}
	if !o.ReadModel {
		if err := l.Bare(ctx); err != nil {
			return err
		}
	}
	txs, err := l.SignMovements(o.count(0))
	if err != nil {
		return err
	}
	r, err := load.Run(ctx, o.load(l.RPC, 0), txs)
	if err != nil {
		return err
	}
	*into = append(*into, r)
	o.say("movements", r)
	return nil
}
