package index

import (
	"fmt"
	"strings"
	"testing"

	abci "github.com/cometbft/cometbft/abci/types"
	"google.golang.org/protobuf/proto"

	basev1 "github.com/filiera-chain/filiera/api/base/v1"
	certv1 "github.com/filiera-chain/filiera/api/cert/v1"
	controlv1 "github.com/filiera-chain/filiera/api/control/v1"
)

// said makes the ABCI events of announcements.
func said(t *testing.T, list ...proto.Message) []abci.Event {
	t.Helper()
	var events []abci.Event
	for _, m := range list {
		e, err := Announce(m)
		if err != nil {
			t.Fatal(err)
		}
		events = append(events, e)
	}
	return events
}

func TestRequestsAreListedByDueDate(t *testing.T) {
	eachModel(t, func(t *testing.T, m Model) {
		c := newChain(t, 1, 0)
		var list []proto.Message
		for i := range 20 {
			list = append(list, &controlv1.RequestChanged{Request: &controlv1.ControlRequest{
				Id: fmt.Sprintf("body:%d", i+1), Certifier: []string{"body", "other"}[i%2], Requester: "maker", Specification: "pasta",
				Status: controlv1.RequestStatus(i%6 + 1), DueDate: fmt.Sprintf("2026-11-%02d", 20-i),
				Batches: []*controlv1.RequestedBatch{{Batch: &basev1.BatchID{Gtin: "08001234567897", Lot: fmt.Sprintf("L%d", i%5)}}},
			}})
		}
		// The request of position 9 has ended, and what it found is late.
		list = append(list,
			&controlv1.FindingChanged{Finding: &controlv1.NonConformity{Request: "body:10", Number: 1, DeadlineDate: "2026-11-01"}},
			&controlv1.FindingChanged{Finding: &controlv1.NonConformity{Request: "body:11", Number: 1, DeadlineDate: "2026-11-01", ClosedAt: 7}},
			&controlv1.LabResultRecorded{Result: &controlv1.LabResult{Request: "body:10", Number: 1, Verdict: 1}})
		c.seal(Block{EndEvents: said(t, list...)})
		apply(t, m, c.blocks)
		for name, f := range map[string]struct {
			filter RequestFilter
			want   int
		}{
			"all": {RequestFilter{}, 20}, "certifier": {RequestFilter{Certifier: "body"}, 10}, "requester": {RequestFilter{Requester: "x"}, 0},
			"open": {RequestFilter{Open: true}, 8}, "status": {RequestFilter{Status: 6}, 3}, "lot": {RequestFilter{GTIN: "08001234567897", Lot: "L2"}, 4},
			"product": {RequestFilter{GTIN: "08001234567897"}, 20}, "specification": {RequestFilter{Specification: "oil"}, 0},
			"overdue on the 5th":  {RequestFilter{OverdueOn: "2026-11-05"}, 2 + 1}, // of days 1 to 4 two are open, and number 10 by its finding
			"overdue on the 30th": {RequestFilter{OverdueOn: "2026-11-30"}, 8 + 1},
		} {
			found := pages(t, 3, func(p Page) (List[*controlv1.ControlRequest], error) { return m.Requests(t.Context(), f.filter, p) })
			if len(found) != f.want {
				t.Errorf("%s: %d requests, want %d", name, len(found), f.want)
			}
			for i := 1; i < len(found); i++ {
				if found[i].GetDueDate() < found[i-1].GetDueDate() {
					t.Errorf("%s: %s after %s", name, found[i].GetDueDate(), found[i-1].GetDueDate())
				}
			}
		}
	})
}

func TestTotalsFollowEveryLineOfAHistory(t *testing.T) {
	const october, november = 1_791_500_000, 1_795_000_000
	line := func(status string, at int64) *basev1.StatusLine { return &basev1.StatusLine{Status: status, At: at} }
	a, b := &basev1.BatchID{Gtin: "08001234567897", Lot: "A"}, &basev1.BatchID{Gtin: "08001234567897", Lot: "B"}
	first := &certv1.Attestation{
		Id: "one", Certifier: "body", Specification: "pasta",
		Batches: []*certv1.CoveredBatch{{Batch: a, Quantity: &basev1.Quantity{Amount: 600, Unit: "GRM"}}, {Batch: b, Quantity: &basev1.Quantity{Amount: 50, Unit: "GRM"}}},
		History: []*basev1.StatusLine{
			line("pending", october), line("issued", october), line("reduced", october), line("reduced", november), line("suspended", november),
			line("pending", november), line("issued", november), line("revoked", november),
		},
		Reductions: []*certv1.Reduction{{Batch: a, Before: 1000, After: 900, Line: 2}, {Batch: a, Before: 900, After: 600, Line: 3}},
	}
	second := &certv1.Attestation{
		Id: "two", Certifier: "body", Specification: "pasta", Batches: []*certv1.CoveredBatch{{Batch: b, Quantity: &basev1.Quantity{Amount: 7, Unit: "GRM"}}},
		History: []*basev1.StatusLine{line("issued", november)},
	}
	eachModel(t, func(t *testing.T, m Model) {
		c := newChain(t, 1, 0)
		c.seal(Block{EndEvents: said(t, &certv1.AttestationChanged{Attestation: first})})
		c.seal(Block{EndEvents: said(t, &certv1.AttestationChanged{Attestation: first}, &certv1.AttestationChanged{Attestation: second})})
		apply(t, m, c.blocks)
		for _, want := range []struct{ month, totals string }{
			{"2026-10", "issued 1 1050, pending 1 1050, reduced 1 100"},
			{"2026-11", "issued 1 7, pending 1 650, reduced 1 300, reinstated 1 650, revoked 1 650, suspended 1 650"},
			{"2026-12", ""},
		} {
			list, err := m.Totals(t.Context(), TotalsFilter{Month: want.month, Certifier: "body", Specification: "pasta"})
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, x := range list {
				got = append(got, fmt.Sprintf("%s %d %d", x.Move, x.Attestations, x.Amount))
			}
			if strings.Join(got, ", ") != want.totals {
				t.Errorf("%s: %v, want %s", want.month, got, want.totals)
			}
		}
		if list, err := m.Totals(t.Context(), TotalsFilter{Month: "2026-11", Certifier: "other"}); err != nil || len(list) != 0 {
			t.Errorf("%v %v", list, err)
		}
	})
}
