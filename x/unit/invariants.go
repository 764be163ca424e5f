package unit

import (
	"fmt"

	"cosmossdk.io/collections"
	"google.golang.org/protobuf/proto"

	unitv1 "github.com/filiera-chain/filiera/api/unit/v1"
	"github.com/filiera-chain/filiera/module"
)

// invariants are the truths that no act may break.
func (u *Unit) invariants() []module.Invariant {
	return []module.Invariant{
		{Name: "every tally is the sum of its runs, which are numbered without a gap", Check: u.talliesHold},
		{Name: "every run counts what happened to its units", Check: u.runsHold},
		{Name: "what units hold under the certificates of a batch is the sum of the runs committed under them", Check: u.coverageHolds},
		{Name: "units that are not void hold no more than ever entered their batch", Check: u.contentHolds},
	}
}

// live is how many units of a run are not void.
func live(r *unitv1.Run) int64 { return int64(r.GetCount() - r.GetVoided()) }

func (u *Unit) talliesHold(rd *module.Reader) error {
	sums := map[string]*unitv1.Tally{}
	err := u.runs.Walk(rd, nil, func(k runKey, r *unitv1.Run) (bool, error) {
		name := k.K1() + " " + k.K2()
		t := sums[name]
		if t == nil {
			t = &unitv1.Tally{Batch: idOf(k.K1(), k.K2())}
			sums[name] = t
		}
		t.Runs++
		if r.GetNumber() != t.GetRuns() || k.K3() != t.GetRuns() {
			return true, fmt.Errorf("run %d of %s stands where %d should", r.GetNumber(), name, t.GetRuns())
		}
		t.Units += int64(r.GetCount())
		t.Voided += int64(r.GetVoided())
		t.Acquitted += int64(r.GetAcquitted())
		t.Content += live(r) * r.GetContent()
		return false, nil
	})
	if err != nil {
		return err
	}
	err = u.voidings.Walk(rd, nil, func(k runKey, v *unitv1.Voiding) (bool, error) {
		t := sums[k.K1()+" "+k.K2()]
		if t == nil || v.GetNumber() != t.GetVoidings()+1 || k.K3() != v.GetNumber() {
			return true, fmt.Errorf("voiding %d of %s %s has no run, or leaves a gap", k.K3(), k.K1(), k.K2())
		}
		t.Voidings++
		return false, nil
	})
	if err != nil {
		return err
	}
	seen := 0
	err = u.tallies.Walk(rd, nil, func(k lotKey, t *unitv1.Tally) (bool, error) {
		seen++
		want := sums[k.K1()+" "+k.K2()]
		if want != nil {
			want.Unit = t.GetUnit()
		}
		if !proto.Equal(t, want) {
			return true, fmt.Errorf("the tally of %s %s is %v and its runs make %v", k.K1(), k.K2(), t, want)
		}
		return false, nil
	})
	if err == nil && seen != len(sums) {
		err = fmt.Errorf("%d batches have runs and %d tallies are kept", len(sums), seen)
	}
	return err
}

func (u *Unit) runsHold(rd *module.Reader) error {
	type counts struct{ voided, acquitted uint32 }
	found := map[runKeyText]counts{}
	err := u.units.Walk(rd, nil, func(k unitKey, x *unitv1.Unit) (bool, error) {
		r, err := u.Run(rd, k.K1(), k.K2(), k.K3())
		if err != nil {
			return true, err
		}
		if r == nil || k.K4() >= r.GetCount() || x.GetIndex() != k.K4() || x.GetRun() != k.K3() {
			return true, fmt.Errorf("unit %d of run %d of %s %s is in no run, or says that it is unit %d of run %d", k.K4(), k.K3(), k.K1(), k.K2(), x.GetIndex(), x.GetRun())
		}
		if (x.GetReveals() == 0) != (x.GetAcquittedAt() == 0) || x.GetVoiding() == 0 && x.GetReveals() == 0 || x.GetVoiding() != 0 && x.GetReveals() > 0 && !x.GetVoidWhenAcquitted() {
			return true, fmt.Errorf("unit %d of run %d of %s %s is void and acquitted, or neither: %v", k.K4(), k.K3(), k.K1(), k.K2(), x)
		}
		n := runKeyText{k.K1(), k.K2(), k.K3()}
		c := found[n]
		if x.GetVoiding() != 0 {
			c.voided++
		}
		if x.GetReveals() > 0 && !x.GetVoidWhenAcquitted() {
			c.acquitted++
		}
		found[n] = c
		return false, nil
	})
	if err != nil {
		return err
	}
	return u.runs.Walk(rd, nil, func(k runKey, r *unitv1.Run) (bool, error) {
		c := found[runKeyText{k.K1(), k.K2(), k.K3()}]
		if r.GetRestVoiding() != 0 { // it voided what had no record
			c.voided = r.GetCount() - c.acquitted
		}
		if c.voided != r.GetVoided() || c.acquitted != r.GetAcquitted() || uint64(c.voided)+uint64(c.acquitted) > uint64(r.GetCount()) {
			return true, fmt.Errorf("run %d of %s %s counts %d void and %d acquitted of %d; its units make %d and %d", k.K3(), k.K1(), k.K2(),
				r.GetVoided(), r.GetAcquitted(), r.GetCount(), c.voided, c.acquitted)
		}
		return false, nil
	})
}

func (u *Unit) coverageHolds(rd *module.Reader) error {
	sums := map[string]int64{}
	err := u.runs.Walk(rd, nil, func(_ runKey, r *unitv1.Run) (bool, error) {
		if id := r.GetCoveredBy(); id != nil {
			sums[id.GetGtin()+" "+id.GetLot()] += live(r) * r.GetContent()
		}
		return false, nil
	})
	if err != nil {
		return err
	}
	seen := 0
	err = u.coverages.Walk(rd, nil, func(k lotKey, c *unitv1.Coverage) (bool, error) {
		seen++
		if got := sums[k.K1()+" "+k.K2()]; got != c.GetContent() {
			return true, fmt.Errorf("under the certificates of %s %s units hold %d, and the runs make %d", k.K1(), k.K2(), c.GetContent(), got)
		}
		return false, nil
	})
	if err == nil && seen != len(sums) {
		err = fmt.Errorf("%d batches cover runs and %d coverages are kept", len(sums), seen)
	}
	return err
}

type runKeyText struct {
	gtin, lot string
	run       uint32
}

func (u *Unit) contentHolds(rd *module.Reader) error {
	return u.tallies.Walk(rd, nil, func(k collections.Pair[string, string], t *unitv1.Tally) (bool, error) {
		s, err := u.matter.Stock(rd, k.K1(), k.K2())
		if err != nil {
			return true, err
		}
		// Of a batch that turned out never to have been, nothing entered.
		if s == nil || s.GetEntered() != 0 && t.GetContent() > s.GetEntered() || t.GetContent() < 0 {
			return true, fmt.Errorf("units of %s %s hold %d, and %d entered", k.K1(), k.K2(), t.GetContent(), s.GetEntered())
		}
		return false, nil
	})
}
