package ledger_test

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"time"

	ledgerv1 "github.com/filiera-chain/filiera/api/ledger/v1"
	"github.com/filiera-chain/filiera/budget"
)

// place is an account of a line.
type place struct {
	line    string
	account ledgerv1.BudgetAccount
}

// toy is a budget kept in the plainest way: what stands where, what each
// reservation and commitment holds, and what each movement changed.
type toy struct {
	rand      *rand.Rand
	own       map[place]int64
	positions map[string]*toyPosition
	ids       []string
	// changes of each movement, by number, and how much of it is undone.
	changes []change_
	undone  map[int]int64
	made    int
	day     time.Time
}

type toyPosition struct {
	line       string
	commitment bool
	has        map[ledgerv1.BudgetAccount]int64
}

// change_ is what one movement changed, in the order in which it did.
type change_ struct {
	kind  ledgerv1.MovementKind
	cents int64
	steps []step
}

type step struct {
	from, to       place
	fromPos, toPos string
	cents          int64
}

func newToy(seed uint64) *toy {
	return &toy{
		rand: rand.New(rand.NewPCG(seed, 7)), own: map[place]int64{}, positions: map[string]*toyPosition{}, changes: make([]change_, 1), undone: map[int]int64{},
		day: time.Date(2025, 3, 1, 0, 0, 0, 0, time.UTC),
	}
}

var moving = []string{"1.2.2.1", "1.2.2.2", "bdd", "bando"}

var parents = map[string]string{"1.2.2.1": "1.2.2", "1.2.2.2": "1.2.2", "bdd": "1.2.2.1", "bando": "1.2.2.2"}

func aboveOf(line string) string {
	if p := parents[line]; p != "" {
		return p
	}
	return "bando"
}

func (y *toy) anyOf(list []string) string { return list[y.rand.IntN(len(list))] }

func (y *toy) grant() string { return fmt.Sprintf("g-%03d", 1+y.rand.IntN(grantsOfToy)) }

const grantsOfToy = 12

// holder is a line that reserves and commits.
func (y *toy) holder() string {
	if y.rand.IntN(3) == 0 {
		return "bdd"
	}
	return y.grant()
}

func (y *toy) position() (string, *toyPosition) {
	if len(y.ids) == 0 {
		return "none", &toyPosition{line: "bdd", has: map[ledgerv1.BudgetAccount]int64{}}
	}
	n := len(y.ids)
	id := y.ids[n-1-y.rand.IntN(min(n, 40))] // the latest ones have something left
	return id, y.positions[id]
}

// amount is often less than there is, at times all, at times more.
func (y *toy) amount(there int64) int64 {
	switch {
	case there <= 0 || y.rand.IntN(12) == 0:
		return 1 + y.rand.Int64N(6_000_000)
	case y.rand.IntN(4) == 0:
		return there
	}
	return 1 + y.rand.Int64N(there)
}

// date is today of the toy, or some days before.
func (y *toy) date() option {
	if y.rand.IntN(4) == 0 {
		y.day = y.day.Add(24 * time.Hour)
		if latest := time.Date(2026, 11, 22, 0, 0, 0, 0, time.UTC); y.day.After(latest) {
			y.day = latest
		}
	}
	d := y.day
	if y.rand.IntN(8) == 0 {
		d = d.AddDate(0, 0, -y.rand.IntN(4))
	}
	return dated(max(d.Format(time.DateOnly), "2025-03-01"))
}

func move1(from, to place, cents int64) []step { return []step{{from: from, to: to, cents: cents}} }

// next is a random set of movements, and what each does where it is carried out.
func (y *toy) next() ([]*ledgerv1.NewMovement, []change_) {
	n := 1
	if y.rand.IntN(6) == 0 {
		n = 2 + y.rand.IntN(3)
	}
	var list []*ledgerv1.NewMovement
	var what []change_
	for range n {
		m, c := y.one()
		for n > 1 && slices.ContainsFunc(m, dependsOnAll) {
			m, c = y.one()
		}
		list, what = append(list, m...), append(what, c...)
	}
	return list, what
}

// dependsOnAll says whether a movement takes all that there is: in a set, that
// depends on those before it, which the toy draws without.
func dependsOnAll(m *ledgerv1.NewMovement) bool { return m.GetCents() == 0 || m.GetFinal() }

func (y *toy) one() ([]*ledgerv1.NewMovement, []change_) {
	m, c := y.draw()
	when := y.date()
	for _, x := range m {
		when(x)
		if x.Kind != budget.Stanziamento && x.Kind != budget.Trasferimento && x.Kind != budget.Riduzione && x.Kind != budget.Riparto {
			continue
		}
		x.Act = change
	}
	return m, c
}

func pair(m *ledgerv1.NewMovement, steps []step) ([]*ledgerv1.NewMovement, []change_) {
	total := int64(0)
	for _, s := range steps {
		total += s.cents
	}
	return []*ledgerv1.NewMovement{m}, []change_{{m.Kind, total, steps}}
}

func (y *toy) draw() ([]*ledgerv1.NewMovement, []change_) {
	const avail = budget.Available
	switch y.rand.IntN(14) {
	case 0:
		n := y.amount(500_000_00)
		m, c := pair(mv(budget.Stanziamento, "pr", n), move1(place{"pr", budget.Funding}, place{"pr", avail}, n))
		for _, hop := range [][2]string{{"pr", "1.2.2"}, {"1.2.2", y.anyOf(moving[:2])}} {
			m2, c2 := pair(mv(budget.Riparto, hop[0], n, to(hop[1])), move1(place{hop[0], avail}, place{hop[1], avail}, n))
			m, c = append(m, m2...), append(c, c2...)
		}
		return m, c
	case 1:
		from, into := y.anyOf(moving), y.anyOf(moving)
		n := y.amount(y.own[place{from, avail}])
		return pair(mv(budget.Trasferimento, from, n, to(into)), move1(place{from, avail}, place{into, avail}, n))
	case 2:
		from := y.anyOf([]string{"bdd", "bando", y.grant()})
		n := y.amount(y.own[place{from, avail}])
		return pair(mv(budget.Riduzione, from, n), move1(place{from, avail}, place{aboveOf(from), avail}, n))
	case 3, 4:
		into := y.anyOf([]string{"bdd", "bando", y.grant(), y.grant(), y.grant()})
		n := y.amount(y.own[place{aboveOf(into), avail}])
		if into[0] == 'g' {
			n = min(n, 1+y.rand.Int64N(4_500_000))
		}
		return pair(mv(budget.Riparto, aboveOf(into), n, to(into)), move1(place{aboveOf(into), avail}, place{into, avail}, n))
	case 5:
		return y.drawReservation()
	case 6:
		return y.drawCommitment()
	case 7:
		line := y.anyOf([]string{"bando", "1.2.2.2", y.holder()})
		n := y.amount(y.own[place{line, budget.Savings}])
		m := mv(budget.Riassegnazione, line, n)
		m.Act = change
		return pair(m, move1(place{line, budget.Savings}, place{line, avail}, n))
	case 8:
		return y.drawUndoing()
	}
	return y.drawSpending()
}

func (y *toy) newID() string {
	y.made++
	return fmt.Sprintf("n-%d", y.made)
}

func (y *toy) drawReservation() ([]*ledgerv1.NewMovement, []change_) {
	line, id := y.anyOf([]string{"bando", y.holder()}), y.newID()
	n := y.amount(y.own[place{line, budget.Available}])
	m := mv(budget.Prenotazione, line, n, as(id), citing(decree14))
	if y.rand.IntN(2) == 0 {
		m.Expires = "2026-11-23" // runs out when the test lets the days go by
	}
	return pair(m, []step{{from: place{line, budget.Available}, to: place{line, budget.Reserved}, toPos: id, cents: n}})
}

func (y *toy) drawCommitment() ([]*ledgerv1.NewMovement, []change_) {
	line, id := y.holder(), y.newID()
	if y.rand.IntN(2) == 0 {
		n := y.amount(y.own[place{line, budget.Available}])
		return pair(mv(budget.Impegno, line, n, as(id), citing(decree14), y.payee(line)), []step{{from: place{line, budget.Available}, to: place{line, budget.Committed}, toPos: id, cents: n}})
	}
	res, p := y.position()
	if p.line != "bando" {
		line = p.line
	}
	rest := p.has[budget.Reserved]
	n := y.amount(rest)
	m := mv(budget.Impegno, "", n, outOf(res), to(line), as(id), citing(decree14), y.payee(line))
	steps := []step{{from: place{p.line, budget.Reserved}, to: place{line, budget.Committed}, fromPos: res, toPos: id, cents: n}}
	if y.rand.IntN(3) == 0 {
		m.Final = true
		if rest > n {
			steps = append(steps, step{from: place{p.line, budget.Reserved}, to: place{p.line, budget.Available}, fromPos: res, cents: rest - n})
		}
	}
	return pair(m, steps)
}

func (y *toy) payee(line string) option {
	if line == "bdd" {
		return owed("impresa")
	}
	return owed("")
}

func (y *toy) drawSpending() ([]*ledgerv1.NewMovement, []change_) {
	id, p := y.position()
	at := func(a ledgerv1.BudgetAccount) place { return place{p.line, a} }
	has := func(a ledgerv1.BudgetAccount) int64 { return p.has[a] }
	kind := []ledgerv1.MovementKind{budget.Liquidazione, budget.Liquidazione, budget.Pagamento, budget.Pagamento, budget.Disimpegno, budget.Economia, budget.Revoca, budget.Recupero, budget.Annullamento}[y.rand.IntN(9)]
	m := on(kind, id, 0, citing(decree14))
	within := func(from, to ledgerv1.BudgetAccount) ([]*ledgerv1.NewMovement, []change_) {
		m.Cents = y.amount(has(from))
		return pair(m, []step{{at(from), at(to), id, id, m.Cents}})
	}
	purse := y.anyOf([]string{p.line, aboveOf(p.line)})
	switch kind {
	case budget.Liquidazione:
		return within(budget.Committed, budget.Liquidated)
	case budget.Pagamento:
		return within(budget.Liquidated, budget.Paid)
	case budget.Annullamento:
		return pair(m, []step{{from: at(budget.Reserved), to: at(budget.Available), fromPos: id, cents: has(budget.Reserved)}})
	case budget.Disimpegno:
		m.Cents, m.Pot = y.amount(has(budget.Committed)), purse
		return pair(m, []step{{from: at(budget.Committed), to: place{purse, budget.Available}, fromPos: id, cents: m.Cents}})
	case budget.Economia:
		m.Pot = purse
		return pair(m, []step{{from: at(budget.Committed), to: place{purse, budget.Savings}, fromPos: id, cents: has(budget.Committed)}})
	case budget.Recupero:
		m.Cents, m.Pot, m.Interest = y.amount(has(budget.ToRecover)), purse, y.rand.Int64N(3)
		steps := []step{{from: at(budget.ToRecover), to: place{purse, budget.Savings}, fromPos: id, cents: m.Cents}}
		if m.Interest > 0 {
			steps = append(steps, step{from: place{"pr", budget.InterestSource}, to: place{purse, budget.Interest}, cents: m.Interest})
		}
		return pair(m, steps)
	}
	all := has(budget.Committed) + has(budget.Liquidated) + has(budget.Paid)
	left := all
	if m.Pot = purse; y.rand.IntN(2) == 0 {
		left = y.amount(all)
		m.Cents = left
	}
	var steps []step
	for _, a := range []ledgerv1.BudgetAccount{budget.Committed, budget.Liquidated, budget.Paid} {
		s := step{from: at(a), to: place{purse, budget.Savings}, fromPos: id, cents: min(left, has(a))}
		if a == budget.Paid {
			s.to, s.toPos = at(budget.ToRecover), id
		}
		if left -= s.cents; s.cents > 0 {
			steps = append(steps, s)
		}
	}
	return pair(m, steps)
}

func (y *toy) drawUndoing() ([]*ledgerv1.NewMovement, []change_) {
	number := max(1, len(y.changes)-1-y.rand.IntN(60))
	m := mv(budget.Rettifica, "", 0, citing(change))
	m.Corrects = uint64(number)
	if number >= len(y.changes) {
		return pair(m, nil)
	}
	old := y.changes[number]
	left := old.cents - y.undone[number]
	var steps []step
	for _, s := range slices.Backward(old.steps) {
		steps = append(steps, step{s.to, s.from, s.toPos, s.fromPos, s.cents})
	}
	if len(steps) == 1 {
		if steps[0].cents = left; y.rand.IntN(2) == 0 {
			m.Cents = y.amount(left)
			steps[0].cents = m.Cents
		}
	}
	return pair(m, steps)
}

// carry notes movements that the ledger carried out.
func (y *toy) carry(list []*ledgerv1.NewMovement, what []change_) {
	for i, c := range what {
		if n := list[i].GetCorrects(); n != 0 {
			y.undone[int(n)] += c.cents
		}
		if id := list[i].GetPosition(); c.kind == budget.Prenotazione || c.kind == budget.Impegno {
			y.positions[id] = &toyPosition{line: c.steps[0].to.line, commitment: c.kind == budget.Impegno, has: map[ledgerv1.BudgetAccount]int64{}}
			y.ids = append(y.ids, id)
		}
		y.apply(c)
	}
}

func (y *toy) apply(c change_) {
	for _, s := range c.steps {
		y.own[s.from] -= s.cents
		y.own[s.to] += s.cents
		if s.fromPos != "" {
			y.positions[s.fromPos].has[s.from.account] -= s.cents
		}
		if s.toPos != "" {
			y.positions[s.toPos].has[s.to.account] += s.cents
		}
	}
	y.changes = append(y.changes, c)
}

// fits says whether what the toy knows allows movements: nothing below zero.
func (y *toy) fits(what []change_) bool {
	own := maps.Clone(y.own)
	for _, c := range what {
		for _, s := range c.steps {
			if own[s.from] -= s.cents; s.cents <= 0 || own[s.from] < 0 && s.from.account < budget.Funding {
				return false
			}
			own[s.to] += s.cents
		}
	}
	return true
}
