package matter

import (
	"context"

	matterv1 "github.com/filiera-chain/filiera/api/matter/v1"
	"github.com/filiera-chain/filiera/module"
)

// add changes an account's total.
func (m *Matter) add(ctx *module.Context, p *matterv1.Posting) error {
	if p.GetMassMg() == 0 {
		return nil
	}
	t, err := m.total(ctx, p.GetAccount())
	if err != nil {
		return err
	}
	sum := t.GetMassMg() + p.GetMassMg()
	if (sum > t.GetMassMg()) != (p.GetMassMg() > 0) {
		return ErrLimit.With("the book holds as much as it can count")
	}
	t.MassMg = sum
	return m.totals.Set(ctx, uint32(p.GetAccount()), t)
}

func (m *Matter) total(ctx context.Context, a matterv1.Account) (*matterv1.Total, error) {
	t, err := module.Find(ctx, m.totals, uint32(a))
	if err == nil && t == nil {
		t = &matterv1.Total{Account: a}
	}
	return t, err
}
