package index

import (
	"context"
	"fmt"
	"time"

	certv1 "github.com/filiera-chain/filiera/api/cert/v1"
	controlv1 "github.com/filiera-chain/filiera/api/control/v1"
)

// RequestFilter chooses requests for control; the zero value of a field does
// not filter.
type RequestFilter struct {
	Certifier, Requester, Specification string
	Status                              controlv1.RequestStatus
	// Open leaves out those that have ended.
	Open bool
	// OverdueOn is a day, YYYY-MM-DD: due before it and not ended, or with a
	// non-conformity that is open past its deadline.
	OverdueOn string
	// GTIN and Lot together name a batch of the request; GTIN alone any of it.
	GTIN, Lot string
}

// Requests implements Model; in order of due date and id.
func (db *DB) Requests(ctx context.Context, f RequestFilter, p Page) (List[*controlv1.ControlRequest], error) {
	l := &listing{name: "requests", selects: "due_date, id, record", from: "control_requests", key: textKey("due_date", "id")}
	l.filter(f.Certifier != "", "certifier = ?", f.Certifier)
	l.filter(f.Requester != "", "requester = ?", f.Requester)
	l.filter(f.Specification != "", "specification = ?", f.Specification)
	l.filter(f.Status != 0, "status = ?", int64(f.Status))
	l.filter(f.Open, "status IN (1, 2)")
	l.filter(f.OverdueOn != "", "((status IN (1, 2) AND due_date < ?) OR id IN (SELECT request FROM control_findings WHERE closed = 0 AND deadline_date < ?))",
		f.OverdueOn, f.OverdueOn)
	l.filter(f.GTIN != "" && f.Lot != "", "id IN (SELECT request FROM control_request_batches WHERE gtin = ? AND lot = ?)", f.GTIN, f.Lot)
	l.filter(f.GTIN != "" && f.Lot == "", "id IN (SELECT request FROM control_request_batches WHERE gtin = ?)", f.GTIN)
	return list(ctx, db, l, p, byText[controlv1.ControlRequest](2))
}

func (p *projection) controlRequest(r *controlv1.ControlRequest) error {
	for _, b := range r.GetBatches() {
		p.put(tControlBatches, b.GetBatch().GetGtin(), b.GetBatch().GetLot(), r.GetId())
	}
	return p.record(tControlRequests, r, r.GetId(), r.GetCertifier(), r.GetRequester(), r.GetSpecification(), int64(r.GetStatus()), r.GetDueDate())
}

// moves writes a row for each line of the history of a: how much of one batch
// the line is about. A reduction is about what it took away, every other line
// about what the attestation covered then.
func (p *projection) moves(a *certv1.Attestation, c *certv1.CoveredBatch) {
	id, issued := c.GetBatch(), false
	for i, line := range a.GetHistory() {
		move, amount := line.GetStatus(), coveredAt(a, c, uint32(i))
		switch {
		case move == "issued" && issued:
			move = "reinstated" // by the second of two persons
		case move == "issued":
			issued = true
		case move == "reduced":
			amount = coveredAt(a, c, uint32(i-1)) - amount
			if amount == 0 {
				continue // of another batch
			}
		}
		p.put(tAttestationMoves, a.GetId(), int64(i), id.GetGtin(), id.GetLot(), a.GetCertifier(), a.GetSpecification(),
			time.Unix(line.GetAt(), 0).UTC().Format("2006-01"), move, c.GetQuantity().GetUnit(), amount)
	}
}

// coveredAt is how much of the batch a covered after a line of its history.
func coveredAt(a *certv1.Attestation, c *certv1.CoveredBatch, line uint32) int64 {
	amount := c.GetQuantity().GetAmount()
	for _, r := range a.GetReductions() {
		if r.GetLine() > line && r.GetBatch().GetGtin() == c.GetBatch().GetGtin() && r.GetBatch().GetLot() == c.GetBatch().GetLot() {
			amount += r.GetBefore() - r.GetAfter()
		}
	}
	return amount
}

// TotalsFilter chooses what is counted.
type TotalsFilter struct {
	// Month is YYYY-MM in UTC.
	Month                    string
	Certifier, Specification string
}

// Total is what became of the attestations of one certifier under one
// specification in one month, in one unit.
type Total struct {
	Month         string `json:"month"`
	Certifier     string `json:"certifier"`
	Specification string `json:"specification"`
	// Move is pending, issued, reduced, suspended, reinstated, revoked,
	// replaced or expired.
	Move string `json:"move"`
	Unit string `json:"unit"`
	// Attestations that moved so; one that did twice counts once.
	Attestations int64 `json:"attestations"`
	// Amount that they covered, or by which they were reduced, in Unit.
	Amount int64 `json:"amount"`
}

// MaxTotals bounds an answer about totals, in groups.
const MaxTotals = 10_000

// Totals implements Model; in order of certifier, specification, move and unit.
func (db *DB) Totals(ctx context.Context, f TotalsFilter) ([]Total, error) {
	l := &listing{}
	l.filter(true, "month = ?", f.Month)
	l.filter(f.Certifier != "", "certifier = ?", f.Certifier)
	l.filter(f.Specification != "", "specification = ?", f.Specification)
	stmt := "SELECT month, certifier, specification, move, unit, COUNT(DISTINCT attestation), CAST(SUM(amount) AS BIGINT) FROM attestation_moves WHERE "
	for i, w := range l.where {
		if i > 0 {
			stmt += " AND "
		}
		stmt += w
	}
	stmt += " GROUP BY month, certifier, specification, move, unit ORDER BY certifier, specification, move, unit LIMIT ?"
	rows, err := db.query(ctx, stmt, append(l.args, MaxTotals)...)
	if err != nil {
		return nil, fmt.Errorf("read model: totals: %w", err)
	}
	defer rows.Close()
	out := []Total{}
	for rows.Next() {
		var t Total
		if err := rows.Scan(&t.Month, &t.Certifier, &t.Specification, &t.Move, &t.Unit, &t.Attestations, &t.Amount); err != nil {
			return nil, fmt.Errorf("read model: totals: %w", err)
		}
		out = append(out, t)
	}
	return out, rows.Err()
}
