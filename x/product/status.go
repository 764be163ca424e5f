package product

import (
	"strings"

	productv1 "github.com/filiera-chain/filiera/api/product/v1"
	"github.com/filiera-chain/filiera/module"
)

const (
	active    = productv1.BatchStatus_BATCH_STATUS_ACTIVE
	withdrawn = productv1.BatchStatus_BATCH_STATUS_WITHDRAWN
)

// StatusWord is the plain word for a batch's status.
func StatusWord(s productv1.BatchStatus) string {
	return strings.ToLower(strings.TrimPrefix(s.String(), "BATCH_STATUS_"))
}

// canMove says whether a batch may go from one status to another: it is taken off
// once, and comes back only by release.
func canMove(from, to productv1.BatchStatus) bool {
	return from == active && to == withdrawn || from == withdrawn && to == active
}

// aboutBatch is any message that names a batch and a reason.
type aboutBatch interface {
	GetGtin() string
	GetLot() string
	GetReason() string
}

func checkAboutBatch(m aboutBatch) error {
	if _, err := parseGTIN(m.GetGtin()); err != nil {
		return err
	}
	if err := checkLot(m.GetLot()); err != nil {
		return err
	}
	return checkReason(m.GetReason())
}

// moveBatch changes the status of b, which the signer was found to be allowed
// to do.
func (p *Product) moveBatch(ctx *module.Context, b *productv1.Batch, to productv1.BatchStatus, reason string) error {
	if !canMove(b.GetStatus(), to) {
		return ErrState.With("batch %s lot %q is %s since %s (%s); it cannot become %s", b.GetGtin(), b.GetLot(), StatusWord(b.GetStatus()), module.Day(b.GetStatusSince()), b.GetStatusReason(), StatusWord(to))
	}
	b.Status, b.StatusReason, b.StatusSince, b.StatusBy = to, reason, ctx.Time, ctx.Signer.Participant
	return p.putBatch(ctx, b)
}
