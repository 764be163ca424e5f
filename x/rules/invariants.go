package rules

import (
	"fmt"
	"slices"

	"cosmossdk.io/collections"

	rulesv1 "github.com/filiera-chain/filiera/api/rules/v1"
	"github.com/filiera-chain/filiera/module"
	lang "github.com/filiera-chain/filiera/rules"
)

// invariants are the truths that no act may break.
func (r *Rules) invariants() []module.Invariant {
	return []module.Invariant{
		{Name: "every version has its document, under its hash", Check: r.documentsHold},
		{Name: "versions of a contract are numbered without a gap, and those that are active were approved", Check: r.versionsHold},
		{Name: "the lists of what judges are the active versions", Check: r.listsHold},
		{Name: "every ruling is of a version, and refused nothing", Check: r.rulingsHold},
		{Name: "points are the sum of awards", Check: r.pointsHold},
	}
}

func (r *Rules) documentsHold(rd *module.Reader) error {
	return r.versions.Walk(rd, nil, func(_ versionKey, v *rulesv1.Version) (bool, error) {
		text, err := r.text(rd, v.GetSha256())
		if err != nil {
			return true, err
		}
		if h := lang.Hash(text); string(h[:]) != string(v.GetSha256()) {
			return true, fmt.Errorf("version %d of %s has the hash %x and its document %x", v.GetVersion(), v.GetContract(), v.GetSha256(), h)
		}
		return false, nil
	})
}

func (r *Rules) versionsHold(rd *module.Reader) error {
	last, number := "", uint32(0)
	return r.versions.Walk(rd, nil, func(k versionKey, v *rulesv1.Version) (bool, error) {
		if k.K1() != last {
			last, number = k.K1(), 0
		}
		number++
		switch {
		case v.GetVersion() != number || k.K2() != number || v.GetContract() != last:
			return true, fmt.Errorf("version %d of %s stands where %d of %s should", v.GetVersion(), v.GetContract(), number, last)
		case (v.GetStatus() == approved || v.GetStatus() == active) && !enough(v):
			return true, fmt.Errorf("version %d of %s is %s without its approvals", number, last, stateWords[v.GetStatus()])
		case (v.GetStatus() == active) && v.GetActiveFrom() == "":
			return true, fmt.Errorf("version %d of %s is active from no day", number, last)
		}
		return false, nil
	})
}

func (r *Rules) listsHold(rd *module.Reader) error {
	want := map[string]int{}
	err := r.versions.Walk(rd, nil, func(_ versionKey, v *rulesv1.Version) (bool, error) {
		if v.GetStatus() == active {
			for _, k := range activeKeys(v) {
				want[fmt.Sprint(k.K1(), "/", k.K2(), "/", v.GetContract(), "/", v.GetVersion())]++
			}
		}
		return false, nil
	})
	if err != nil {
		return err
	}
	err = r.active.Walk(rd, nil, func(k activeKey, list *rulesv1.Active) (bool, error) {
		for _, x := range list.GetVersions() {
			id := fmt.Sprint(k.K1(), "/", k.K2(), "/", x.GetContract(), "/", x.GetVersion())
			if want[id]--; want[id] != 0 {
				return true, fmt.Errorf("%s is listed and not active, or listed twice", id)
			}
			delete(want, id)
		}
		return false, nil
	})
	if err == nil && len(want) > 0 {
		err = fmt.Errorf("%d active versions are not listed where they judge", len(want))
	}
	return err
}

func (r *Rules) rulingsHold(rd *module.Reader) error {
	return r.rulings.Walk(rd, nil, func(k rulingKey, x *rulesv1.Ruling) (bool, error) {
		v, err := module.Find(rd, r.versions, collections.Join(x.GetContract(), x.GetVersion()))
		if err != nil {
			return true, err
		}
		if v == nil || string(v.GetSha256()) != string(x.GetSha256()) || !slices.Contains(v.GetTriggers(), x.GetTrigger()) {
			return true, fmt.Errorf("the ruling %s of %s %s is of no version that judges its trigger", k.K3(), k.K1(), k.K2())
		}
		if x.GetDecision() == string(lang.Refuse) {
			return true, fmt.Errorf("the ruling %s of %s %s refused what is recorded", k.K3(), k.K1(), k.K2())
		}
		return false, nil
	})
}

func (r *Rules) pointsHold(rd *module.Reader) error {
	sums := map[string]int64{}
	err := r.points.Walk(rd, nil, func(k textKey, p *rulesv1.Points) (bool, error) {
		sums[k.K1()+"/"+k.K2()] = p.GetPoints()
		return false, nil
	})
	if err != nil {
		return err
	}
	err = r.consequences.Walk(rd, nil, func(_ rulingKey, x *rulesv1.Consequence) (bool, error) {
		if x.GetKind() == kindAward {
			sums[x.GetParticipant()+"/"+x.GetContract()] -= x.GetPoints()
		}
		return false, nil
	})
	if err != nil {
		return err
	}
	for _, k := range sortedKeys(sums) {
		if sums[k] != 0 {
			return fmt.Errorf("the points of %s differ from their awards by %d", k, sums[k])
		}
	}
	return nil
}

func sortedKeys(m map[string]int64) []string {
	out := make([]string, 0, len(m))
	//filiera:unordered the keys are sorted below
	for k := range m {
		out = append(out, k)
	}
	slices.Sort(out)
	return out
}
