package privacy

import (
	"bytes"
	"fmt"

	"cosmossdk.io/collections"

	privacyv1 "github.com/filiera-chain/filiera/api/privacy/v1"
	"github.com/filiera-chain/filiera/module"
)

// invariants are the truths that no act may break.
func (p *Privacy) invariants() []module.Invariant {
	return []module.Invariant{
		{Name: "every commitment has the id of what it says, and its fields are in order", Check: p.commitmentsHold},
		{Name: "the index by subject holds exactly the commitments, within its bounds", Check: p.bySubjectAgrees},
		{Name: "the grants of a commitment have no gaps and name its fields", Check: p.grantsHold},
		{Name: "the holdings of a commitment are as many as it says and name its fields", Check: p.holdingsHold},
		{Name: "every erasure has a time and a reason", Check: p.erasuresHold},
	}
}

func (p *Privacy) each(rd *module.Reader, check func(*privacyv1.Commitment) error) error {
	return p.commitments.Walk(rd, nil, func(id []byte, c *privacyv1.Commitment) (bool, error) {
		if err := check(c); err != nil {
			return true, fmt.Errorf("commitment %x: %w", id, err)
		}
		return false, nil
	})
}

func (p *Privacy) commitmentsHold(rd *module.Reader) error {
	return p.commitments.Walk(rd, nil, func(id []byte, c *privacyv1.Commitment) (bool, error) {
		subject, err := SubjectOf(c.GetSubject())
		if err != nil {
			return true, fmt.Errorf("commitment %x: %w", id, err)
		}
		m := &privacyv1.MsgCommit{Subject: c.GetSubject()}
		for _, f := range c.GetFields() {
			m.Fields = append(m.Fields, &privacyv1.NewField{Name: f.GetName(), Commitment: f.GetCommitment()})
		}
		if err := checkCommit(m); err != nil {
			return true, fmt.Errorf("commitment %x: %w", id, err)
		}
		if !bytes.Equal(id, c.GetId()) || !bytes.Equal(id, idOf(subject, c)) {
			return true, fmt.Errorf("commitment %x says it is %x and its content is that of %x", id, c.GetId(), idOf(subject, c))
		}
		return false, nil
	})
}

func (p *Privacy) bySubjectAgrees(rd *module.Reader) error {
	records := 0
	err := p.each(rd, func(c *privacyv1.Commitment) error {
		records++
		subject, err := SubjectOf(c.GetSubject())
		if err != nil {
			return err
		}
		has, err := p.bySubject.Has(rd, collections.Join3(string(subject), c.GetParticipant(), c.GetId()))
		if err == nil && !has {
			err = fmt.Errorf("it is not in the index of %s", subject)
		}
		return err
	})
	if err != nil {
		return err
	}
	held, inSubject, last := 0, 0, ""
	err = p.bySubject.Walk(rd, nil, func(k collections.Triple[string, string, []byte]) (bool, error) {
		if k.K1() != last {
			last, inSubject = k.K1(), 0
		}
		held++
		if inSubject++; inSubject > maxPerSubject {
			return true, fmt.Errorf("%s has more than %d commitments", last, maxPerSubject)
		}
		return false, nil
	})
	if err == nil && held != records {
		err = fmt.Errorf("there are %d commitments and the index holds %d", records, held)
	}
	return err
}

func (p *Privacy) grantsHold(rd *module.Reader) error {
	want := 0
	err := p.each(rd, func(c *privacyv1.Commitment) error {
		want += int(c.GetLastGrant())
		list, err := p.Grants(rd, c)
		if err != nil {
			return err
		}
		if len(list) > maxGrants {
			return fmt.Errorf("it has %d grants", len(list))
		}
		for i, g := range list {
			if g.GetNumber() != uint32(i+1) || !bytes.Equal(g.GetCommitment(), c.GetId()) || checkNames(g.GetFields()) != nil || g.GetTo() == nil {
				return fmt.Errorf("grant %d says it is grant %d of %x", i+1, g.GetNumber(), g.GetCommitment())
			}
			for _, n := range g.GetFields() {
				if _, err := field(c, n); err != nil {
					return err
				}
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	held := 0
	err = p.grants.Walk(rd, nil, func(collections.Pair[[]byte, uint32], *privacyv1.Grant) (bool, error) { held++; return false, nil })
	if err == nil && held != want {
		err = fmt.Errorf("commitments have %d grants and %d are kept", want, held)
	}
	return err
}

func (p *Privacy) holdingsHold(rd *module.Reader) error {
	want := 0
	err := p.each(rd, func(c *privacyv1.Commitment) error {
		list, err := p.Holdings(rd, c)
		if err != nil {
			return err
		}
		if len(list) != int(c.GetHoldings()) || len(list) > maxHoldings {
			return fmt.Errorf("it says %d holdings and %d are kept", c.GetHoldings(), len(list))
		}
		want += len(list)
		for _, h := range list {
			if _, err := field(c, h.GetField()); err != nil {
				return err
			}
			if h.GetParticipant() == c.GetParticipant() || !bytes.Equal(h.GetCommitment(), c.GetId()) {
				return fmt.Errorf("a holding of %s is of %x", h.GetParticipant(), h.GetCommitment())
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	held := 0
	err = p.holdings.Walk(rd, nil, func(collections.Triple[[]byte, string, string], *privacyv1.Holding) (bool, error) {
		held++
		return false, nil
	})
	if err == nil && held != want {
		err = fmt.Errorf("commitments have %d holdings and %d are kept", want, held)
	}
	return err
}

func (p *Privacy) erasuresHold(rd *module.Reader) error {
	whole := func(at int64, reason string) bool { return (at == 0) == (reason == "") && at >= 0 }
	err := p.each(rd, func(c *privacyv1.Commitment) error {
		for _, f := range c.GetFields() {
			if !whole(f.GetErasedAt(), f.GetErasureReason()) {
				return fmt.Errorf("field %s is erased at %d for %q", f.GetName(), f.GetErasedAt(), f.GetErasureReason())
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	return p.holdings.Walk(rd, nil, func(_ collections.Triple[[]byte, string, string], h *privacyv1.Holding) (bool, error) {
		if !whole(h.GetErasedAt(), h.GetErasureReason()) {
			return true, fmt.Errorf("the holding of %s is erased at %d for %q", h.GetParticipant(), h.GetErasedAt(), h.GetErasureReason())
		}
		return false, nil
	})
}
