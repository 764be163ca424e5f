package sheet

import (
	"fmt"
	"slices"
	"strings"

	ledgerv1 "github.com/filiera-chain/filiera/api/ledger/v1"
	"github.com/filiera-chain/filiera/budget"
)

// Entry is an entry of the accounts office, as it exports it.
type Entry struct {
	Row int
	// Ref is what the office calls it.
	Ref string
	// Kind, Line and Date may be absent: what is absent is not compared.
	Kind       ledgerv1.MovementKind
	Line, Date string
	Cents      int64
}

// AccountColumns are the columns that Accounts reads, those that must be there first.
func AccountColumns() []string { return []string{"ref", "amount", "kind", "line", "date"} }

// Accounts reads an export of the accounts office.
func Accounts(text string) ([]Entry, error) {
	rows, err := read(text, []string{"ref", "amount"}, []string{"kind", "line", "date"})
	if err != nil {
		return nil, err
	}
	var out []Entry
	seen := map[string]int{}
	for _, r := range rows {
		if total := (row{r.number, map[string]string{"ref": r.cells["ref"], "kind": r.cells["kind"]}}); total.looksLikeTotal() {
			return nil, r.orTotal("ref", nil)
		}
		e := Entry{Row: r.number, Ref: r.cells["ref"], Line: r.cells["line"]}
		if e.Ref == "" {
			return nil, r.fail("ref", "is empty; an entry without its reference cannot be found in the ledger")
		}
		if first := seen[e.Ref]; first != 0 {
			return nil, r.fail("ref", "%q stands in row %d too", clip(e.Ref), first)
		}
		seen[e.Ref] = r.number
		if e.Cents, err = r.amount("amount"); err != nil {
			return nil, err
		}
		if e.Cents == 0 {
			return nil, r.fail("amount", "is empty")
		}
		if e.Date, err = r.day("date"); err != nil {
			return nil, err
		}
		if r.cells["kind"] != "" {
			if e.Kind, err = budget.ParseKind(r.cells["kind"]); err != nil {
				return nil, r.fail("kind", "%v", err)
			}
		}
		out = append(out, e)
	}
	return out, nil
}

// Outcomes of a reconciled row.
const (
	Same       = "same"
	Differs    = "differs"
	NotOnChain = "not_on_ledger"
	NotInFile  = "not_in_file"
)

// Reconciled is what became of one row, or of a movement that no row has.
type Reconciled struct {
	Row       int    `json:"row,omitempty"`
	Ref       string `json:"ref"`
	Outcome   string `json:"outcome"`
	Movement  uint64 `json:"movement,omitempty"`
	FileCents int64  `json:"file_cents,omitempty"`
	Cents     int64  `json:"ledger_cents,omitempty"`
	// Why lists what differs.
	Why []string `json:"why,omitempty"`
}

// Reconcile holds the accounts against movements that have a reference, row by row,
// then lists the movements that no row has, by number.
func Reconcile(entries []Entry, movements []*ledgerv1.Movement) []Reconciled {
	byRef := map[string]*ledgerv1.Movement{}
	for _, m := range movements {
		if m.GetRef() != "" {
			byRef[m.GetRef()] = m
		}
	}
	var out []Reconciled
	seen := map[string]bool{}
	for _, e := range entries {
		seen[e.Ref] = true
		m := byRef[e.Ref]
		r := Reconciled{Row: e.Row, Ref: e.Ref, Outcome: NotOnChain, Movement: m.GetNumber(), FileCents: e.Cents, Cents: m.GetCents()}
		if m != nil {
			if r.Outcome, r.Why = Same, e.against(m); len(r.Why) > 0 {
				r.Outcome = Differs
			}
		}
		out = append(out, r)
	}
	rest := slices.DeleteFunc(slices.Clone(movements), func(m *ledgerv1.Movement) bool { return m.GetRef() == "" || seen[m.GetRef()] })
	slices.SortFunc(rest, func(a, b *ledgerv1.Movement) int { return int(a.GetNumber()) - int(b.GetNumber()) })
	for _, m := range rest {
		out = append(out, Reconciled{Ref: m.GetRef(), Outcome: NotInFile, Movement: m.GetNumber(), Cents: m.GetCents()})
	}
	return out
}

func (e Entry) against(m *ledgerv1.Movement) (why []string) {
	differ := func(what, file, ledger string) {
		if file != "" && file != ledger {
			why = append(why, fmt.Sprintf("%s: %s / %s", what, file, ledger))
		}
	}
	if e.Cents != m.GetCents() {
		why = append(why, fmt.Sprintf("amount: %s / %s (%s)", budget.Plain(e.Cents), budget.Plain(m.GetCents()), budget.Plain(e.Cents-m.GetCents())))
	}
	differ("date", e.Date, m.GetDate())
	if e.Kind != 0 {
		differ("kind", budget.KindWord(e.Kind), budget.KindWord(m.GetKind()))
	}
	on := false
	var lines []string
	for _, g := range m.GetLegs() {
		for _, l := range []string{g.GetFromLine(), g.GetToLine()} {
			if on = on || l == e.Line; !slices.Contains(lines, l) {
				lines = append(lines, l)
			}
		}
	}
	if e.Line != "" && !on {
		differ("line", e.Line, strings.Join(lines, ", "))
	}
	return why
}
