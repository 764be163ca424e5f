package place

import (
	"context"
	"errors"

	"cosmossdk.io/collections"
	"google.golang.org/protobuf/proto"

	placev1 "github.com/filiera-chain/filiera/api/place/v1"
	"github.com/filiera-chain/filiera/module"
)

func checkAmendLocation(m *placev1.MsgAmendLocation) error {
	if err := checkAboutLocation(m); err != nil {
		return err
	}
	return checkDetails(m.GetDetails())
}

// amendLocation replaces what is said of a location and keeps what was said. A
// place that moves to another municipality must lie in the signer's scope there
// too.
func (p *Place) amendLocation(ctx *module.Context, m *placev1.MsgAmendLocation) error {
	l, err := p.ownLocation(ctx, m.GetId())
	if err != nil {
		return err
	}
	if l.GetStatus() == closed {
		return ErrState.With("location %s was closed on %s (%s); what is closed is not amended", l.GetId(), module.Day(l.GetStatusSince()), l.GetStatusReason())
	}
	if err := p.registry.Allowed(ctx, ctx.Time, l.GetOwner(), "", m.GetDetails().GetMunicipality(), keepers...); err != nil {
		return err
	}
	if proto.Equal(l.GetDetails(), m.GetDetails()) {
		return ErrState.With("location %s already has these details; nothing would change", l.GetId())
	}
	if l.GetRevision() >= maxRevisions {
		return ErrLimit.With("location %s was amended %d times; register another", l.GetId(), l.GetRevision()-1)
	}
	from, to := l.GetDetails().GetParent(), m.GetDetails().GetParent()
	if from != to {
		if l.Depth, err = p.lieIn(ctx, l, to); err != nil {
			return err
		}
		if err := p.moveChild(ctx, l.GetId(), from, to); err != nil {
			return err
		}
	}
	if err := p.keepRevision(ctx, l, m.GetReason()); err != nil {
		return err
	}
	l.Details, l.AmendedAt = m.GetDetails(), ctx.Time
	l.Revision++
	return p.put(ctx, l)
}

func (p *Place) keepRevision(ctx *module.Context, l *placev1.Location, reason string) error {
	since := l.GetAmendedAt()
	if since == 0 {
		since = l.GetRegisteredAt()
	}
	return p.revisions.Set(ctx, collections.Join(l.GetId(), l.GetRevision()), &placev1.Revision{
		Location: l.GetId(), Revision: l.GetRevision(), Details: l.GetDetails(), SinceAt: since, UntilAt: ctx.Time, Reason: reason,
	})
}

// glnOwner gives who has places under a GLN, or "".
func (p *Place) glnOwner(ctx context.Context, gln string) (string, error) {
	owner, err := p.glns.Get(ctx, gln)
	if errors.Is(err, collections.ErrNotFound) {
		return "", nil
	}
	return owner, err
}
