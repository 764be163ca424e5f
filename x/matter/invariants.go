package matter

import (
	"fmt"

	"google.golang.org/protobuf/proto"

	basev1 "github.com/filiera-chain/filiera/api/base/v1"
	lineagev1 "github.com/filiera-chain/filiera/api/lineage/v1"
	matterv1 "github.com/filiera-chain/filiera/api/matter/v1"
	"github.com/filiera-chain/filiera/balance"
	"github.com/filiera-chain/filiera/module"
)

// invariants are the truths that no act may break.
func (m *Matter) invariants() []module.Invariant {
	return []module.Invariant{
		{Name: "every entry balances, and they are numbered without a gap", Check: m.entriesHold},
		{Name: "every stock is the sum of its entries: what entered is left, consumed, moved, written off or sold", Check: m.stocksHold},
		{Name: "what the holders of a batch have is what is left of it, and what their entries make", Check: m.holdingsHold},
		{Name: "the accounts are the sums of all entries, and the whole book is zero", Check: m.totalsHold},
		{Name: "land and animals bear what was claimed of them, and once", Check: m.claimsHold},
		{Name: "the graph is what the entries made of what", Check: m.graphHolds},
	}
}

func (m *Matter) entriesHold(rd *module.Reader) error {
	next := uint64(1)
	err := m.entries.Walk(rd, nil, func(n uint64, e *matterv1.Entry) (bool, error) {
		if n != next || e.GetNumber() != n {
			return true, fmt.Errorf("entry %d stands where %d should, and says it is %d", n, next, e.GetNumber())
		}
		next++
		if err := balanced(e); err != nil {
			return true, fmt.Errorf("entry %d: %w", n, err)
		}
		if err := m.correctionHolds(rd, e); err != nil {
			return true, err
		}
		for _, other := range [...]uint64{e.GetReverses(), e.GetReversedBy()} {
			if other == 0 {
				continue
			}
			o, err := m.entries.Get(rd, other)
			if err != nil || o.GetReverses() != n && o.GetReversedBy() != n {
				return true, fmt.Errorf("entry %d and entry %d do not take one another back: %v", n, other, err)
			}
		}
		return false, nil
	})
	if err != nil {
		return err
	}
	last, err := m.Last(rd)
	if err == nil && last != next-1 {
		err = fmt.Errorf("the last entry is %d and %d is counted", next-1, last)
	}
	return err
}

// correctionHolds: an entry that tells another right names one that was taken back
// and names it.
func (m *Matter) correctionHolds(rd *module.Reader, e *matterv1.Entry) error {
	if e.GetCorrects() != 0 {
		old, err := m.entries.Get(rd, e.GetCorrects())
		if err != nil || old.GetCorrectedBy() != e.GetNumber() || old.GetReversedBy() == 0 || old.GetKind() != e.GetKind() {
			return fmt.Errorf("entry %d tells entry %d right, which is %v: %w", e.GetNumber(), e.GetCorrects(), old, err)
		}
	}
	if e.GetCorrectedBy() != 0 {
		now, err := m.entries.Get(rd, e.GetCorrectedBy())
		if err != nil || now.GetCorrects() != e.GetNumber() {
			return fmt.Errorf("entry %d is told right by entry %d, which is %v: %w", e.GetNumber(), e.GetCorrectedBy(), now, err)
		}
	}
	return nil
}

func (m *Matter) stocksHold(rd *module.Reader) error {
	return m.stocks.Walk(rd, nil, func(k lotKey, s *matterv1.Stock) (bool, error) {
		is := func(format string, args ...any) (bool, error) {
			return true, fmt.Errorf("stock of %s lot %s: %s", k.K1(), k.K2(), fmt.Sprintf(format, args...))
		}
		want, err := m.reckon(rd, idOf(k.K1(), k.K2()), 0)
		if err != nil {
			return true, err
		}
		if !proto.Equal(s, want) {
			return is("it is %v and its entries make %v", s, want)
		}
		if !balance.Meets(s) {
			return is("%d entered, and %v", s.GetEntered(), s)
		}
		b, err := m.products.Batch(rd, k.K1(), k.K2())
		if err != nil {
			return true, err
		}
		if b == nil || s.GetEntered() != b.GetQuantity().GetAmount() && s.GetEntered() != 0 || s.GetUnit() != b.GetQuantity().GetUnit() {
			return is("%d %s entered, and the batch is %v", s.GetEntered(), s.GetUnit(), b.GetQuantity())
		}
		return false, nil
	})
}

func (m *Matter) holdingsHold(rd *module.Reader) error {
	want := map[holdingText]*matterv1.Holding{}
	err := m.entries.Walk(rd, nil, func(_ uint64, e *matterv1.Entry) (bool, error) {
		reversed, err := m.reversedKind(rd, e)
		for _, p := range e.GetPostings() {
			if p.GetAccount() != stockAccount {
				continue
			}
			k := holdingText{p.GetBatch().GetGtin(), p.GetBatch().GetLot(), p.GetHolder()}
			if want[k] == nil {
				want[k] = &matterv1.Holding{Batch: p.GetBatch(), Holder: p.GetHolder(), Unit: p.GetUnit()}
			}
			balance.Hold(want[k], e.GetKind(), reversed, p.GetAmount())
		}
		return err != nil, err
	})
	if err != nil {
		return err
	}
	seen, left := 0, map[lotText]int64{}
	err = m.holdings.Walk(rd, nil, func(k holdingKey, h *matterv1.Holding) (bool, error) {
		seen++
		w := want[holdingText{k.K1(), k.K2(), k.K3()}]
		if w == nil {
			return true, fmt.Errorf("%s has %v and no entry says so", k.K3(), h)
		}
		w.Packed = h.GetPacked()
		if !proto.Equal(h, w) || h.GetPacked() < 0 || h.GetPacked() > h.GetLeft() {
			return true, fmt.Errorf("%s has %v and its entries make %v", k.K3(), h, w)
		}
		left[lotText{k.K1(), k.K2()}] += h.GetLeft()
		return false, nil
	})
	if err != nil {
		return err
	}
	if seen != len(want) {
		return fmt.Errorf("%d holdings stand and entries make %d", seen, len(want))
	}
	return m.stocks.Walk(rd, nil, func(k lotKey, s *matterv1.Stock) (bool, error) {
		if n := left[lotText{k.K1(), k.K2()}]; n != s.GetLeft() {
			return true, fmt.Errorf("of %s lot %s %d are left and its holders have %d", k.K1(), k.K2(), s.GetLeft(), n)
		}
		return false, nil
	})
}

func (m *Matter) totalsHold(rd *module.Reader) error {
	sums := map[uint32]int64{}
	err := m.entries.Walk(rd, nil, func(_ uint64, e *matterv1.Entry) (bool, error) {
		for _, p := range e.GetPostings() {
			sums[uint32(p.GetAccount())] += p.GetMassMg()
		}
		return false, nil
	})
	if err != nil {
		return err
	}
	whole := int64(0)
	err = m.totals.Walk(rd, nil, func(a uint32, t *matterv1.Total) (bool, error) {
		if t.GetMassMg() != sums[a] || uint32(t.GetAccount()) != a {
			return true, fmt.Errorf("account %d holds %d mg and its entries make %d", a, t.GetMassMg(), sums[a])
		}
		whole += t.GetMassMg()
		return false, nil
	})
	if err == nil && whole != 0 {
		err = fmt.Errorf("the whole book is %d mg", whole)
	}
	return err
}

func (m *Matter) claimsHold(rd *module.Reader) error {
	land, heads := map[string]int64{}, map[string]int64{}
	err := m.entries.Walk(rd, nil, func(_ uint64, e *matterv1.Entry) (bool, error) {
		if e.GetReversedBy() != 0 {
			return false, nil
		}
		of := fmt.Sprintf(" %s %d", e.GetSpecification(), e.GetHarvestYear())
		for _, l := range e.GetLand() {
			land[l.GetParcel()+of] += l.GetAreaM2()
		}
		for _, c := range e.GetClaims() {
			heads[c.GetLocation()+of] += c.GetHeads()
		}
		return false, nil
	})
	if err != nil {
		return err
	}
	err = m.land.Walk(rd, nil, func(k useKey, u *matterv1.LandUse) (bool, error) {
		if got := land[fmt.Sprintf("%s %s %d", k.K1(), k.K2(), k.K3())]; got != u.GetClaimedM2() || got > u.GetAreaM2() {
			return true, fmt.Errorf("of parcel %s, %d m² for %s in %d, %d are claimed and entries claim %d", k.K1(), u.GetAreaM2(), k.K2(), k.K3(), u.GetClaimedM2(), got)
		}
		return false, nil
	})
	if err != nil {
		return err
	}
	return m.herds.Walk(rd, nil, func(k useKey, u *matterv1.HerdUse) (bool, error) {
		if got := heads[fmt.Sprintf("%s %s %d", k.K1(), k.K2(), k.K3())]; got != u.GetClaimedHeads() || got > u.GetHeads() {
			return true, fmt.Errorf("of %d animals at %s for %s in %d, %d are claimed and entries claim %d", u.GetHeads(), k.K1(), k.K2(), k.K3(), u.GetClaimedHeads(), got)
		}
		return false, nil
	})
}

func (m *Matter) graphHolds(rd *module.Reader) error {
	made := map[edgeText]bool{}
	err := m.entries.Walk(rd, nil, func(_ uint64, e *matterv1.Entry) (bool, error) {
		if e.GetReversedBy() != 0 || e.GetKind() == harvest || !registers(e.GetKind()) {
			return false, nil
		}
		for _, out := range e.GetPostings() {
			for _, in := range e.GetPostings() {
				if out.GetAccount() == stockAccount && in.GetAccount() == stockAccount && out.GetAmount() > 0 && in.GetAmount() < 0 {
					made[textOf(out.GetBatch(), in.GetBatch())] = true
				}
			}
		}
		return false, nil
	})
	if err != nil {
		return err
	}
	seen := 0
	err = m.lineage.Edges(rd, func(out, in *basev1.BatchID, e *lineagev1.Edge) error {
		if !e.GetBook() {
			return nil
		}
		seen++
		if !made[textOf(out, in)] {
			return fmt.Errorf("%v is said to be made of %v", out, in)
		}
		return nil
	})
	if err == nil && seen != len(made) {
		err = fmt.Errorf("entries make %d edges, and %d are kept", len(made), seen)
	}
	return err
}

type (
	edgeText    [4]string
	holdingText [3]string
	lotText     [2]string
)

func textOf(a, b *basev1.BatchID) edgeText {
	return edgeText{a.GetGtin(), a.GetLot(), b.GetGtin(), b.GetLot()}
}
