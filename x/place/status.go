package place

import (
	"strings"

	placev1 "github.com/filiera-chain/filiera/api/place/v1"
	registryv1 "github.com/filiera-chain/filiera/api/registry/v1"
	"github.com/filiera-chain/filiera/module"
)

const (
	open      = placev1.LocationStatus_LOCATION_STATUS_OPEN
	suspended = placev1.LocationStatus_LOCATION_STATUS_SUSPENDED
	closed    = placev1.LocationStatus_LOCATION_STATUS_CLOSED
)

// StatusWord is the plain word for a location's status.
func StatusWord(s placev1.LocationStatus) string {
	return strings.ToLower(strings.TrimPrefix(s.String(), "LOCATION_STATUS_"))
}

// canMove says whether a location may go from one status to another.
func canMove(from, to placev1.LocationStatus) bool {
	switch to {
	case open:
		return from == suspended
	case suspended:
		return from == open
	case closed:
		return from == open || from == suspended
	}
	return false
}

// move changes the status of l, which the signer was found to be allowed to do.
func (p *Place) move(ctx *module.Context, l *placev1.Location, to placev1.LocationStatus, reason string) error {
	if !canMove(l.GetStatus(), to) {
		return ErrState.With("location %s is %s since %s (%s); it cannot become %s", l.GetId(), StatusWord(l.GetStatus()), module.Day(l.GetStatusSince()), l.GetStatusReason(), StatusWord(to))
	}
	l.Status, l.StatusReason, l.StatusSince, l.StatusBy = to, reason, ctx.Time, ctx.Signer.Participant
	return p.put(ctx, l)
}

func (p *Place) authority(ctx *module.Context) error {
	return p.registry.Allowed(ctx, ctx.Time, ctx.Signer.Participant, "", "", registryv1.Role_ROLE_AUTHORITY)
}

// aboutLocation is any message that names a location and a reason.
type aboutLocation interface {
	GetId() string
	GetReason() string
}

func checkAboutLocation(m aboutLocation) error {
	if err := checkID(m.GetId()); err != nil {
		return err
	}
	return checkReason(m.GetReason())
}
