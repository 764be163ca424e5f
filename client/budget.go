package client

import (
	"context"
	"encoding/json"
	"net/url"
)

// Amounts is what stands on a line of the budget, in cents; what is committed has
// the liquidated and the paid in it, what is liquidated the paid.
type Amounts struct {
	Endowment  int64 `json:"endowment"`
	Available  int64 `json:"available"`
	Reserved   int64 `json:"reserved"`
	Committed  int64 `json:"committed"`
	Liquidated int64 `json:"liquidated"`
	Paid       int64 `json:"paid"`
	ToRecover  int64 `json:"to_recover"`
	Savings    int64 `json:"savings"`
	Interest   int64 `json:"interest"`
}

// BudgetLine is a line of the budget.
type BudgetLine struct {
	ID             string   `json:"id"`
	Level          Word     `json:"level"`
	Path           []string `json:"path"`
	Title          string   `json:"title"`
	Body           string   `json:"body"`
	CUP            string   `json:"cup"`
	Beneficiary    string   `json:"beneficiary"`
	ProjectCost    Whole    `json:"project_cost"`
	BeneficiaryCap Whole    `json:"beneficiary_cap"`
	MinProjectCost Whole    `json:"min_project_cost"`
	Reserve        Whole    `json:"reserve"`
	Act            string   `json:"act"`
	Call           string   `json:"call"`
	OpenedHeight   Whole    `json:"opened_height"`
	ClosedByAct    string   `json:"closed_by_act"`
}

// BudgetState is a line, what stands on it alone, and with all below it.
type BudgetState struct {
	Line  BudgetLine `json:"line"`
	Own   Amounts    `json:"own"`
	Total Amounts    `json:"total"`
}

// BudgetTree is the state of the budget, each line before those below it.
type BudgetTree struct {
	Height   Whole         `json:"height"`
	AsOf     string        `json:"as_of"`
	AtHeight Whole         `json:"at_height"`
	Lines    []BudgetState `json:"lines"`
	// Proof is of the form filiera-budget/1, byte for byte, when asked for.
	Proof json.RawMessage `json:"proof"`
}

// BudgetLeg is one entry of a movement; amounts in cents.
type BudgetLeg struct {
	FromLine     string `json:"from_line"`
	FromAccount  Word   `json:"from_account"`
	FromPosition string `json:"from_position"`
	ToLine       string `json:"to_line"`
	ToAccount    Word   `json:"to_account"`
	ToPosition   string `json:"to_position"`
	Cents        Whole  `json:"cents"`
}

// Movement is a movement of the budget.
type Movement struct {
	Number         Whole       `json:"number"`
	Kind           Word        `json:"kind"`
	Legs           []BudgetLeg `json:"legs"`
	Cents          Whole       `json:"cents"`
	Act            string      `json:"act"`
	Date           string      `json:"date"`
	Position       string      `json:"position"`
	Ref            string      `json:"ref"`
	Note           string      `json:"note"`
	Corrects       Whole       `json:"corrects"`
	Set            Whole       `json:"set"`
	RecordedBy     string      `json:"recorded_by"`
	RecordedAt     Instant     `json:"recorded_at"`
	RecordedHeight Whole       `json:"recorded_height"`
}

// Position is a reservation or a commitment.
type Position struct {
	ID          string `json:"id"`
	Kind        Word   `json:"kind"`
	Line        string `json:"line"`
	Title       string `json:"title"`
	Beneficiary string `json:"beneficiary"`
	CUP         string `json:"cup"`
	Reservation string `json:"reservation"`
	Expires     string `json:"expires"`
	Due         string `json:"due"`
	Act         string `json:"act"`
	Opened      string `json:"opened"`
	Last        string `json:"last"`
	Closed      bool   `json:"closed"`
	Cents       Whole  `json:"cents"`
}

// PositionDetail is a reservation or commitment, and what it holds.
type PositionDetail struct {
	Position Position        `json:"position"`
	Holds    Amounts         `json:"holds"`
	Proof    json.RawMessage `json:"proof"`
}

// MovementDetail is a movement, and the cents of it that were undone.
type MovementDetail struct {
	Movement Movement        `json:"movement"`
	Undone   int64           `json:"undone"`
	Proof    json.RawMessage `json:"proof"`
}

// BudgetCheck is what every truth says of the whole book.
type BudgetCheck struct {
	Height    Whole  `json:"height"`
	Holds     bool   `json:"holds"`
	Lines     uint64 `json:"lines"`
	Movements uint64 `json:"movements"`
	Positions uint64 `json:"positions"`
	Findings  []struct {
		Invariant string `json:"invariant"`
		Says      string `json:"says"`
		Holds     bool   `json:"holds"`
		Broken    string `json:"broken"`
		Checks    uint64 `json:"checks"`
	} `json:"findings"`
}

// BudgetDifference is a line that an act changed, with all below it.
type BudgetDifference struct {
	Line   BudgetLine `json:"line"`
	Before Amounts    `json:"before"`
	After  Amounts    `json:"after"`
}

// BudgetComparison is the budget without an act's movements, and with them.
type BudgetComparison struct {
	Act       string             `json:"act"`
	Movements int                `json:"movements"`
	Lines     []BudgetDifference `json:"lines"`
	// Proof is of the form filiera-budget/1, when asked for.
	Proof json.RawMessage `json:"proof,omitempty"`
}

// Beneficiary is what a beneficiary holds.
type Beneficiary struct {
	Beneficiary string        `json:"beneficiary"`
	AsOf        string        `json:"as_of,omitempty"`
	Total       Amounts       `json:"total"`
	Lines       []BudgetState `json:"lines"`
	// Proof is of the form filiera-budget/1, when asked for.
	Proof json.RawMessage `json:"proof,omitempty"`
}

// Budget gives the state of the budget; query may hold line, as_of, at_height,
// down_to and proof.
func (c *Client) Budget(ctx context.Context, query url.Values) (*BudgetTree, error) {
	return get[BudgetTree](ctx, c, "/v1/budget", query)
}

// Movements lists movements; query holds filters, limit and page_token.
func (c *Client) Movements(ctx context.Context, query url.Values) (*Page[Movement], error) {
	return get[Page[Movement]](ctx, c, "/v1/budget/movements", query)
}

// Positions lists reservations and commitments.
func (c *Client) Positions(ctx context.Context, query url.Values) (*Page[Position], error) {
	return get[Page[Position]](ctx, c, "/v1/budget/positions", query)
}
