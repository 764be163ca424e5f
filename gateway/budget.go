package gateway

import (
	"context"
	"encoding/json"
	"errors"
	"strconv"

	"github.com/danielgtaylor/huma/v2"

	ledgerv1 "github.com/filiera-chain/filiera/api/ledger/v1"
	"github.com/filiera-chain/filiera/budget"
	"github.com/filiera-chain/filiera/index"
	"github.com/filiera-chain/filiera/module/statekey"
	"github.com/filiera-chain/filiera/verify"
)

// Amounts is what stands on a line, in cents. The phases of spending are counted as
// accounts offices count them: what is committed has the liquidated and the paid in
// it, what is liquidated the paid.
type Amounts struct {
	Endowment  int64 `json:"endowment" doc:"Stanziato: all that was given, cents"`
	Available  int64 `json:"available" doc:"Disponibile: bound in no way, and on no line below"`
	Reserved   int64 `json:"reserved" doc:"Prenotato, and not committed yet"`
	Committed  int64 `json:"committed" doc:"Impegnato, with what is liquidated and paid"`
	Liquidated int64 `json:"liquidated" doc:"Liquidato, with what is paid"`
	Paid       int64 `json:"paid" doc:"Pagato"`
	ToRecover  int64 `json:"to_recover" doc:"Paid, revoked and not returned yet"`
	Savings    int64 `json:"savings" doc:"Economie: freed, and not available again yet"`
	Interest   int64 `json:"interest" doc:"Interest received, no part of the endowment"`
}

func amountsOf(list []int64) Amounts { return Amounts(budget.FiguresOf(list)) }

// BudgetLineState is a line, what stands on it alone, and with all below it.
type BudgetLineState struct {
	Line  Record[*ledgerv1.BudgetLine] `json:"line"`
	Own   Amounts                      `json:"own" doc:"On the line itself"`
	Total Amounts                      `json:"total" doc:"With every line below it"`
}

func lineStates(list []*ledgerv1.BudgetLineState) []BudgetLineState {
	out := make([]BudgetLineState, len(list))
	for i, s := range list {
		out[i] = BudgetLineState{record(s.GetLine()), amountsOf(s.GetAmounts().GetOwn()), amountsOf(s.GetAmounts().GetSubtree())}
	}
	return out
}

// BudgetTree is the state of the budget.
type BudgetTree struct {
	Height   int64             `json:"height" doc:"The height of which it is true"`
	AsOf     string            `json:"as_of,omitempty" doc:"The last day that counts; absent for all"`
	AtHeight int64             `json:"at_height,omitempty" doc:"The last height that counts; absent for all"`
	Lines    []BudgetLineState `json:"lines" doc:"Each line before those below it"`
	Proof    json.RawMessage   `json:"proof,omitempty" doc:"Asked for: a proof of the form filiera-budget/1, which filiera budget verify checks offline"`
}

func (g *Gateway) budgetRoutes() {
	const tag = "Budget"
	huma.Register(g.api, op("getBudget", "/v1/budget", tag, "The state of the budget", "A tree, now or at a day or height. Every sum on it is held against the lines below it before it is answered. Unknown line: budget_line.not_found."), g.getBudget)
	huma.Register(g.api, op("checkBudget", "/v1/budget/check", tag, "The whole book reckoned again", "Every movement is entered again, and each of the truths I1 to I9 is held against what is recorded."), g.checkBudget)
	huma.Register(g.api, op("listBudgetLines", "/v1/budget/lines", tag, "Lines of the budget", "In order of id."), g.listBudgetLines)
	huma.Register(g.api, op("listMovements", "/v1/budget/movements", tag, "Movements of the budget", "The latest by day first."), g.listMovements)
	huma.Register(g.api, op("getMovement", "/v1/budget/movements/{number}", tag, "One movement", "Unknown: movement.not_found."), g.getMovement)
	huma.Register(g.api, op("listPositions", "/v1/budget/positions", tag, "Reservations and commitments", "In order of id."), g.listPositions)
	huma.Register(g.api, op("getPosition", "/v1/budget/positions/{id}", tag, "One reservation or commitment", "Unknown: position.not_found."), g.getPosition)
	huma.Register(g.api, op("compareBudget", "/v1/budget/acts/{id}", tag, "The budget before and after an act", "What stood on every line that its movements changed, without them and with them. An act that moved nothing answers no lines."), g.compareBudget)
	huma.Register(g.api, op("getBeneficiary", "/v1/budget/beneficiaries/{id}", tag, "What a beneficiary holds", "Its grants, all of them; one that has none answers no lines."), g.getBeneficiary)
}

type budgetIn struct {
	Line   string `query:"line" maxLength:"64" doc:"The top of the tree; without it, all roots"`
	AsOf   string `query:"as_of" maxLength:"20" doc:"A day, YYYY-MM-DD: what counts until it. Or a height: what was recorded until it"`
	At     int64  `query:"at_height" minimum:"0" doc:"What was recorded until this height; may go with a day"`
	DownTo string `query:"down_to" doc:"The last level that is shown; without it, call"`
	Proof  bool   `query:"proof" doc:"Add the proof"`
}

func (in *budgetIn) view() (v budget.View, err error) {
	v = budget.View{Line: in.Line, AsOf: in.AsOf, AtHeight: in.At}
	if height, err := strconv.ParseInt(in.AsOf, 10, 64); err == nil && height > 0 && in.At == 0 {
		v.AsOf, v.AtHeight = "", height
	} else if v.AsOf, err = filterDay("as_of", in.AsOf); err != nil {
		return v, err
	}
	v.DownTo, err = filterWord[ledgerv1.BudgetLevel]("down_to", in.DownTo, ledgerv1.BudgetLevel(0).Descriptor())
	return v, err
}

func (g *Gateway) getBudget(ctx context.Context, in *budgetIn) (*body[BudgetTree], error) {
	v, err := in.view()
	if err != nil {
		return nil, err
	}
	t := BudgetTree{AsOf: v.AsOf, AtHeight: v.AtHeight}
	err = g.walk(ctx, func() error {
		return g.c.Ledger.View(func(s View) error { return g.readBudget(ctx, s, v, in.Proof, &t) })
	})
	return respond(g, t, err)
}

func (g *Gateway) readBudget(ctx context.Context, s View, v budget.View, proof bool, t *BudgetTree) error {
	a, raw, err := g.proveBudget(ctx, s, verify.TreeTarget(v), proof)
	if err != nil {
		return err
	}
	lines := a.Lines
	if v.Line != "" && len(lines) == 0 {
		return notFound("budget_line", "no line of the budget has the id %q", clip(v.Line))
	}
	t.Height, t.Lines, t.Proof = s.Height(), lineStates(lines), raw
	return nil
}

// proveBudget gathers what a target is about and, where it is asked for, the proof.
func (g *Gateway) proveBudget(ctx context.Context, s View, t verify.BudgetTarget, proof bool) (*verify.BudgetAnswer, json.RawMessage, error) {
	if !proof {
		a, err := verify.GatherBudgetTarget(verify.Live(s), t)
		return a, nil, tooMuch(err)
	}
	header, err := g.provingHeader(ctx, s)
	if err != nil {
		return nil, nil, err
	}
	a, p, err := verify.ProveBudget(verify.Live(s), t, s, *header)
	if err != nil {
		return nil, nil, tooMuch(err)
	}
	raw, err := p.Encode()
	return a, raw, tooMuch(err)
}

// tooMuch shows a tree that is too large as what the reader can do something about.
func tooMuch(err error) error {
	if errors.Is(err, budget.ErrTooMany) || errors.Is(err, verify.ErrTooMuch) {
		return badRequest("line", "%v", err)
	}
	return err
}

// BudgetCheck is what every truth says of the whole book.
type BudgetCheck struct {
	Height    int64           `json:"height"`
	Holds     bool            `json:"holds" doc:"All of them hold"`
	Lines     uint64          `json:"lines"`
	Movements uint64          `json:"movements"`
	Positions uint64          `json:"positions" doc:"Reservations and commitments"`
	Findings  []BudgetFinding `json:"findings"`
}

// BudgetFinding is one truth, held or broken.
type BudgetFinding struct {
	Invariant string `json:"invariant" doc:"I1 to I9"`
	Says      string `json:"says"`
	Holds     bool   `json:"holds"`
	Broken    string `json:"broken,omitempty" doc:"What breaks it, the first only"`
	Checks    uint64 `json:"checks" doc:"Single checks made for it"`
}

func (g *Gateway) checkBudget(ctx context.Context, _ *struct{}) (*body[BudgetCheck], error) {
	out := BudgetCheck{Holds: true, Findings: []BudgetFinding{}}
	err := g.walk(ctx, func() error {
		return g.c.Ledger.View(func(v View) error {
			c, err := verify.CheckBook(verify.Live(v))
			if err != nil {
				return err
			}
			out.Height, out.Lines, out.Movements, out.Positions = v.Height(), c.GetLines(), c.GetMovements(), c.GetPositions()
			for _, f := range c.GetFindings() {
				out.Holds = out.Holds && f.GetHolds()
				out.Findings = append(out.Findings, BudgetFinding{f.GetInvariant(), f.GetSays(), f.GetHolds(), f.GetBroken(), f.GetChecks()})
			}
			return nil
		})
	})
	return respond(g, out, err)
}

type budgetLinesIn struct {
	Paging
	Under       string `query:"under" maxLength:"64" doc:"A line and all below it"`
	Level       string `query:"level" doc:"Such as grant"`
	Beneficiary string `query:"beneficiary"`
	CUP         string `query:"cup"`
}

func (g *Gateway) listBudgetLines(ctx context.Context, in *budgetLinesIn) (*body[List[Record[*ledgerv1.BudgetLine]]], error) {
	level, err := filterWord[ledgerv1.BudgetLevel]("level", in.Level, ledgerv1.BudgetLevel(0).Descriptor())
	if err != nil {
		return nil, err
	}
	if err := checkUnder(in.Under); err != nil {
		return nil, err
	}
	l, err := g.c.Index.BudgetLines(ctx, index.BudgetLineFilter{Under: in.Under, Level: level, Beneficiary: in.Beneficiary, CUP: in.CUP}, in.page())
	return respond(g, List[Record[*ledgerv1.BudgetLine]]{records(l.Items), l.Next}, err)
}

// checkUnder refuses what is no id: it becomes part of a pattern.
func checkUnder(id string) error {
	for _, c := range id {
		if (c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '.' && c != '-' {
			return badRequest("under", "under is %q; write the id of a line", clip(id))
		}
	}
	return nil
}

type movementsIn struct {
	Paging
	Line        string `query:"line" doc:"Those with an entry on it"`
	Under       string `query:"under" maxLength:"64" doc:"Those with an entry on it, or on a line below it"`
	Kind        string `query:"kind" doc:"Such as impegno"`
	Act         string `query:"act" doc:"The act that authorises them"`
	Position    string `query:"position" doc:"The reservation or commitment"`
	Ref         string `query:"ref" doc:"What the accounts office calls it"`
	Beneficiary string `query:"beneficiary"`
	From        string `query:"from" doc:"First day, YYYY-MM-DD"`
	To          string `query:"to" doc:"Last day"`
}

func (g *Gateway) listMovements(ctx context.Context, in *movementsIn) (*body[List[Record[*ledgerv1.Movement]]], error) {
	f := index.MovementFilter{Line: in.Line, Under: in.Under, Act: in.Act, Position: in.Position, Ref: in.Ref, Beneficiary: in.Beneficiary}
	var err error
	if f.Kind, err = filterWord[ledgerv1.MovementKind]("kind", in.Kind, ledgerv1.MovementKind(0).Descriptor()); err != nil {
		return nil, err
	}
	if f.From, err = filterDay("from", in.From); err != nil {
		return nil, err
	}
	if f.To, err = filterDay("to", in.To); err != nil {
		return nil, err
	}
	if err := checkUnder(in.Under); err != nil {
		return nil, err
	}
	l, err := g.c.Index.Movements(ctx, f, in.page())
	return respond(g, List[Record[*ledgerv1.Movement]]{records(l.Items), l.Next}, err)
}

type movementIn struct {
	Number uint64 `path:"number" minimum:"1"`
	Proof  bool   `query:"proof" doc:"Add the proof"`
}

// MovementDetail is a movement, and how much of it was undone.
type MovementDetail struct {
	Height   int64                      `json:"height"`
	Movement Record[*ledgerv1.Movement] `json:"movement"`
	Undone   int64                      `json:"undone" doc:"Cents that later movements undid"`
	Proof    json.RawMessage            `json:"proof,omitempty" doc:"Asked for: a proof of the form filiera-record/1 of the movement's record"`
}

func (g *Gateway) getMovement(ctx context.Context, in *movementIn) (*body[MovementDetail], error) {
	d := MovementDetail{}
	err := g.c.Ledger.View(func(v View) error {
		m, err := lookUp[ledgerv1.Movement](v, statekey.Movement(in.Number))
		if err != nil {
			return err
		}
		if m == nil {
			return notFound("movement", "no movement has the number %d", in.Number)
		}
		c, err := lookUp[ledgerv1.Corrected](v, statekey.Corrected(in.Number))
		if err != nil {
			return err
		}
		if d.Height, d.Movement, d.Undone = v.Height(), record(m), c.GetCents(); in.Proof {
			d.Proof, err = g.proveIn(ctx, v, statekey.Movement(in.Number))
		}
		return err
	})
	return respond(g, d, err)
}
