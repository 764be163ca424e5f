package registry

import (
	"fmt"

	"cosmossdk.io/collections"

	registryv1 "github.com/filiera-chain/filiera/api/registry/v1"
	"github.com/filiera-chain/filiera/module"
)

// invariants are the truths that no act may break.
func (r *Registry) invariants() []module.Invariant {
	return []module.Invariant{
		{Name: "parameters are present and safe", Check: r.paramsAreSafe},
		{Name: "there is a live authority", Check: r.authorityLives},
		{Name: "the authority index agrees with the grants", Check: r.authorityIndexAgrees},
		{Name: "every key has one owner and its label", Check: r.keysHaveOwners},
		{Name: "every alternate id points at the participant that shows it", Check: r.alternateIDsAgree},
		{Name: "there is a validator and every validator has power", Check: r.validatorsHavePower},
		{Name: "every lane is counted once and queued once", Check: r.lanesAgree},
	}
}

func (r *Registry) paramsAreSafe(rd *module.Reader) error {
	p, err := r.Params(rd)
	if err != nil {
		return err
	}
	return CheckParams(p)
}

func (r *Registry) authorityLives(rd *module.Reader) error {
	live, err := r.liveAuthorities(rd, rd.Time)
	if err == nil && len(live) == 0 {
		return fmt.Errorf("no live authority at %d", rd.Time)
	}
	return err
}

func (r *Registry) authorityIndexAgrees(rd *module.Reader) error {
	granted := map[string]bool{}
	err := r.grants.Walk(rd, nil, func(k collections.Pair[string, uint32], g *registryv1.Grant) (bool, error) {
		if g.GetRole() == registryv1.Role_ROLE_AUTHORITY && g.GetRevokedAt() == 0 {
			granted[k.K1()] = true
		}
		return false, nil
	})
	if err != nil {
		return err
	}
	indexed := 0
	err = r.authorities.Walk(rd, nil, func(id string) (bool, error) {
		if indexed++; !granted[id] {
			return true, fmt.Errorf("%s is indexed as authority without a grant", id)
		}
		return false, nil
	})
	if err == nil && indexed != len(granted) {
		return fmt.Errorf("%d authorities are indexed and %d are granted", indexed, len(granted))
	}
	return err
}

func (r *Registry) keysHaveOwners(rd *module.Reader) error {
	keys := 0
	err := r.keys.Walk(rd, nil, func(address []byte, k *registryv1.Key) (bool, error) {
		keys++
		if has, err := r.participants.Has(rd, k.GetParticipant()); err != nil || !has {
			return true, fmt.Errorf("key 0x%x speaks for the unknown participant %q (%v)", address, k.GetParticipant(), err)
		}
		at, err := r.labels.Get(rd, collections.Join(k.GetParticipant(), k.GetLabel()))
		if err != nil || string(at) != string(address) {
			return true, fmt.Errorf("label %q of %s does not point at 0x%x (%v)", k.GetLabel(), k.GetParticipant(), address, err)
		}
		return false, nil
	})
	if err != nil {
		return err
	}
	labels := 0
	err = r.labels.Walk(rd, nil, func(collections.Pair[string, string], []byte) (bool, error) { labels++; return false, nil })
	if err == nil && labels != keys {
		return fmt.Errorf("%d labels for %d keys", labels, keys)
	}
	return err
}

func (r *Registry) alternateIDsAgree(rd *module.Reader) error {
	shown := map[collections.Pair[uint32, string]]bool{}
	err := r.participants.Walk(rd, nil, func(id string, p *registryv1.Participant) (bool, error) {
		for _, a := range p.GetAlternateIds() {
			k := collections.Join(uint32(a.GetScheme()), a.GetValue())
			owner, err := r.alternateIDs.Get(rd, k)
			if err != nil || owner != id || shown[k] {
				return true, fmt.Errorf("alternate id %s of %s is indexed for %q (%v)", a.GetValue(), id, owner, err)
			}
			shown[k] = true
		}
		return false, nil
	})
	if err != nil {
		return err
	}
	n := 0
	err = r.alternateIDs.Walk(rd, nil, func(collections.Pair[uint32, string], string) (bool, error) { n++; return false, nil })
	if err == nil && n != len(shown) {
		return fmt.Errorf("%d alternate ids are indexed and %d are shown", n, len(shown))
	}
	return err
}

func (r *Registry) validatorsHavePower(rd *module.Reader) error {
	list, err := r.Validators(rd)
	if err != nil {
		return err
	}
	if len(list) == 0 {
		return fmt.Errorf("there is no validator")
	}
	for _, v := range list {
		if v.GetPower() < 1 {
			return fmt.Errorf("validator %s has power %d", v.GetName(), v.GetPower())
		}
	}
	return nil
}

func (r *Registry) lanesAgree(rd *module.Reader) error {
	counted := map[string]uint64{}
	err := r.lanes.Walk(rd, nil, func(k collections.Pair[[]byte, uint64], l *registryv1.Lane) (bool, error) {
		counted[string(k.K1())]++
		queued, err := r.laneExpiry.Has(rd, collections.Join3(l.GetLastExpiry(), k.K1(), k.K2()))
		if err == nil && !queued {
			err = fmt.Errorf("lane %x/%d is not queued at %d", k.K1(), k.K2(), l.GetLastExpiry())
		}
		return err != nil, err
	})
	if err != nil {
		return err
	}
	seen := 0
	err = r.laneCount.Walk(rd, nil, func(address []byte, n uint64) (bool, error) {
		if seen++; counted[string(address)] != n {
			return true, fmt.Errorf("0x%x has %d lanes and %d are counted", address, counted[string(address)], n)
		}
		return false, nil
	})
	if err == nil && seen != len(counted) {
		return fmt.Errorf("%d keys have lanes and %d are counted", len(counted), seen)
	}
	return err
}
