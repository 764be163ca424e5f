package privacy

import (
	"bytes"

	"cosmossdk.io/collections"

	privacyv1 "github.com/filiera-chain/filiera/api/privacy/v1"
	"github.com/filiera-chain/filiera/commitment"
	"github.com/filiera-chain/filiera/module"
)

func checkCommit(m *privacyv1.MsgCommit) error {
	if _, err := SubjectOf(m.GetSubject()); err != nil {
		return err
	}
	names := make([]string, len(m.GetFields()))
	for i, f := range m.GetFields() {
		names[i] = f.GetName()
	}
	if err := checkNames(names); err != nil {
		return err
	}
	for i, f := range m.GetFields() {
		if err := module.CheckHash("commitment of field "+f.GetName(), f.GetCommitment()); err != nil {
			return shape(err)
		}
		for _, other := range m.GetFields()[:i] {
			if bytes.Equal(other.GetCommitment(), f.GetCommitment()) {
				return ErrShape.With("fields %s and %s have the same commitment; draw a salt for each", other.GetName(), f.GetName())
			}
		}
	}
	return nil
}

// commit records what the signer binds itself to. It must have a part in the
// subject, or anybody could crowd the list that an answer about it shows.
func (p *Privacy) commit(ctx *module.Context, m *privacyv1.MsgCommit) error {
	subject, err := SubjectOf(m.GetSubject())
	if err != nil {
		return err
	}
	if err := p.hasPart(ctx, m.GetSubject()); err != nil {
		return err
	}
	c := &privacyv1.Commitment{
		ChainId: ctx.ChainID, Participant: ctx.Signer.Participant, Subject: m.GetSubject(), CommittedAt: ctx.Time, CommittedHeight: ctx.Height,
	}
	for _, f := range m.GetFields() {
		c.Fields = append(c.Fields, &privacyv1.Field{Name: f.GetName(), Commitment: f.GetCommitment()})
	}
	c.Id = idOf(subject, c)
	if err := p.room(ctx, subject, c); err != nil {
		return err
	}
	if err := p.bySubject.Set(ctx, collections.Join3(string(subject), c.GetParticipant(), c.GetId())); err != nil {
		return err
	}
	return p.put(ctx, c)
}

func idOf(subject commitment.Subject, c *privacyv1.Commitment) []byte {
	named := make([]commitment.Named, len(c.GetFields()))
	for i, f := range c.GetFields() {
		named[i] = commitment.Named{Name: f.GetName(), Commitment: f.GetCommitment()}
	}
	id := commitment.ID(c.GetChainId(), c.GetParticipant(), subject, named)
	return id[:]
}

// room refuses what is there already, and more than there is room for.
func (p *Privacy) room(ctx *module.Context, subject commitment.Subject, c *privacyv1.Commitment) error {
	old, err := p.Commitment(ctx, c.GetId())
	if err != nil {
		return err
	}
	if old != nil {
		return ErrTaken.With("commitment %x was made by %s on %s", old.GetId(), old.GetParticipant(), module.Day(old.GetCommittedAt()))
	}
	all, mine := 0, 0
	rng := new(collections.Range[collections.Triple[string, string, []byte]]).Prefix(collections.TriplePrefix[string, string, []byte](string(subject)))
	err = p.bySubject.Walk(ctx, rng, func(k collections.Triple[string, string, []byte]) (bool, error) {
		if all++; k.K2() == c.GetParticipant() {
			mine++
		}
		return false, nil
	})
	switch {
	case err != nil:
		return err
	case mine >= maxPerParty:
		return ErrLimit.With("%s has %d commitments about %s, which is the most; put more fields in one, up to %d", c.GetParticipant(), mine, subject, commitment.MaxFields)
	case all >= maxPerSubject:
		return ErrLimit.With("there are %d commitments about %s, which is the most", all, subject)
	}
	return nil
}
