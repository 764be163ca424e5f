package budget

import (
	"slices"

	"google.golang.org/protobuf/proto"

	ledgerv1 "github.com/filiera-chain/filiera/api/ledger/v1"
)

// sums holds what stands on every line against what its movements and the lines
// below it come to.
func (c *checker) sums() error {
	total := map[string]int64{}
	for _, id := range c.order {
		l := c.lines[id]
		upward := l.own[:min(len(l.own), SubtreeAccounts)]
		l.sub = Plus(l.sub, upward)
		for _, up := range l.line.GetPath() {
			above := c.at(up)
			above.sub = Plus(above.sub, upward)
		}
		for _, cents := range l.own {
			total[RootOf(l.line)] += cents
		}
		c.hold(i2, parentOf(l.line) == "" || c.at(parentOf(l.line)).line.GetLevel() < l.line.GetLevel(), "%s stands below %s, which is no higher level", id, parentOf(l.line))
	}
	for _, id := range c.order {
		l := c.lines[id]
		want := &ledgerv1.BudgetAmounts{Own: trim(l.own), Subtree: trim(l.sub)}
		c.hold(i2, slices.Equal(l.stored.GetOwn(), want.GetOwn()) && slices.Equal(l.stored.GetSubtree(), want.GetSubtree()), "%s says %v, and its movements come to %v", id, l.stored, want)
		if l.line.GetLevel() == ledgerv1.BudgetLevel_BUDGET_LEVEL_ACTION {
			c.hold(i1, Whole(l.own), "on the action %s itself stands %v", id, l.own)
		}
		if parentOf(l.line) == "" {
			c.hold(i3, total[id] == 0, "all accounts of the book of %s come to %s, not to 0", id, Plain(total[id]))
		}
	}
	return nil
}

// comparePositions holds reservations and commitments against their movements, and
// the lines' accounts against them.
func (c *checker) comparePositions() error {
	seen := 0
	err := c.book.EachPosition(func(p *ledgerv1.Position) error {
		c.out.Positions++
		seen++
		want := c.positions[p.GetId()]
		c.hold(i4, want != nil && slices.Equal(want.GetAmounts(), p.GetAmounts()) && want.GetLast() == p.GetLast(), "%s says %v until %s, and its movements %v", p.GetId(), p.GetAmounts(), p.GetLast(), want)
		l := c.at(p.GetLine())
		l.bound = Plus(l.bound, p.GetAmounts())
		return nil
	})
	if err != nil {
		return err
	}
	c.hold(i4, seen == len(c.positions), "movements are about %d reservations and commitments, and there are %d", len(c.positions), seen)
	for _, id := range c.order {
		l := c.lines[id]
		for _, a := range []ledgerv1.BudgetAccount{Reserved, Committed, Liquidated, Paid, ToRecover} {
			c.hold(i4, Of(l.own, a) == Of(l.bound, a), "%s has %s %s, and its reservations and commitments %s", id, Plain(Of(l.own, a)), AccountWord(a), Plain(Of(l.bound, a)))
		}
	}
	return nil
}

// days holds what stood on every line at the end of every day.
func (c *checker) days() error {
	var at, day string
	running := &ledgerv1.BudgetAmounts{}
	end := func() {
		l := c.lines[at]
		if l == nil {
			return
		}
		for i, cents := range running.GetOwn() {
			a := ledgerv1.BudgetAccount(i + 1)
			c.hold(i4, cents >= 0 || a >= Funding, "at the end of %s %s had %s %s", day, at, Plain(cents), AccountWord(a))
			if l.line.GetLevel() == ledgerv1.BudgetLevel_BUDGET_LEVEL_ACTION {
				c.hold(i1, cents == 0 || a >= Funding, "at the end of %s %s %s stood on the action %s itself", day, Plain(cents), AccountWord(a), at)
			}
		}
	}
	seen := map[string]*ledgerv1.BudgetAmounts{}
	err := c.book.EachDay(func(line, d string, a *ledgerv1.BudgetAmounts) error {
		if line != at || d != day {
			end()
		}
		if line != at {
			running = &ledgerv1.BudgetAmounts{}
		}
		at, day = line, d
		running = PlusAmounts(running, a)
		seen[line] = running
		return nil
	})
	if err != nil {
		return err
	}
	end()
	for _, id := range c.order {
		total := seen[id]
		if total == nil {
			total = &ledgerv1.BudgetAmounts{}
		}
		stored := c.lines[id].stored
		c.hold(i2, proto.Equal(total, &ledgerv1.BudgetAmounts{Own: stored.GetOwn(), Subtree: stored.GetSubtree()}), "the days of %s come to %v, and it says %v", id, total, stored)
	}
	return nil
}

// shares holds the caps and reserves of calls against what their grants hold.
func (c *checker) shares() error {
	type key struct{ call, beneficiary string }
	held, listed, written := map[key]int64{}, map[key]bool{}, map[key]int64{}
	err := c.book.EachShare(func(s *ledgerv1.CallShare) error {
		k := key{s.GetCall(), s.GetBeneficiary()}
		listed[k], written[k] = s.GetListed(), s.GetHeld()
		return nil
	})
	if err != nil {
		return err
	}
	for _, id := range c.order {
		l := c.lines[id]
		if l.line.GetLevel() != ledgerv1.BudgetLevel_BUDGET_LEVEL_GRANT || l.line.GetCall() == "" {
			continue
		}
		k := key{l.line.GetCall(), l.line.GetBeneficiary()}
		held[k] += Held(l.own)
		if !listed[k] {
			held[key{l.line.GetCall(), ""}] += Held(l.own)
		}
		c.hold(i6, l.line.GetProjectCost() >= leastCost(c.at(l.line.GetCall()).line), "the project of %s costs %s, less than its call ever asked for", id, Plain(l.line.GetProjectCost()))
	}
	for _, id := range c.order {
		l := c.lines[id]
		if k := (key{l.line.GetCall(), l.line.GetBeneficiary()}); k.beneficiary != "" && k.call != "" {
			most := c.at(k.call).line.GetBeneficiaryCap()
			c.hold(i6, held[k] == written[k] && (most == 0 || held[k] <= most), "%s holds %s of %s; written is %s and the cap %s", k.beneficiary, Plain(held[k]), k.call, Plain(written[k]), Plain(most))
		}
		if l.line.GetLevel() == ledgerv1.BudgetLevel_BUDGET_LEVEL_CALL {
			free, others := Held(l.sub)-l.line.GetReserve(), held[key{id, ""}]
			c.hold(i7, others == written[key{id, ""}] && (others == 0 || l.line.GetReserve() == 0 || others <= free),
				"those that are not listed hold %s of %s, written is %s, and beside the reserve there is %s", Plain(others), id, Plain(written[key{id, ""}]), Plain(free))
		}
	}
	return nil
}

// leastCost is the least that a call ever asked a project to cost.
func leastCost(call *ledgerv1.BudgetLine) int64 {
	least := call.GetMinProjectCost()
	for _, past := range call.GetPast() {
		least = min(least, past.GetMinProjectCost())
	}
	return least
}
