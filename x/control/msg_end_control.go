package control

import (
	controlv1 "github.com/filiera-chain/filiera/api/control/v1"
	"github.com/filiera-chain/filiera/module"
)

func checkDeclineControl(m *controlv1.MsgDeclineControl) error {
	if _, known := controlv1.DeclineCode_name[int32(m.GetCode())]; !known || m.GetCode() == controlv1.DeclineCode_DECLINE_CODE_UNSPECIFIED {
		return ErrShape.With("code is %d; it is out_of_scope (1), no_capacity (2), incomplete (3), not_our_operator (4) or other (5)", m.GetCode())
	}
	return checkEnd(m)
}

func checkRefuseControl(m *controlv1.MsgRefuseControl) error     { return checkEnd(m) }
func checkWithdrawControl(m *controlv1.MsgWithdrawControl) error { return checkEnd(m) }

// ending is any message that ends a request and says why.
type ending interface {
	GetRequest() string
	GetReason() string
}

func checkEnd(m ending) error {
	return first(checkRequestID(m.GetRequest()), module.CheckText("reason", m.GetReason(), 3, maxReason))
}

// declineControl gives a request back unseen.
func (c *Control) declineControl(ctx *module.Context, m *controlv1.MsgDeclineControl) error {
	r, err := c.mustRequest(ctx, m.GetRequest())
	if err != nil {
		return err
	}
	if err := c.ofBody(ctx, r); err != nil {
		return err
	}
	r.DeclineCode = m.GetCode()
	return c.end(ctx, r, decline, m.GetReason())
}

// refuseControl ends a control without an attestation. Non-conformities that
// are open stay open.
func (c *Control) refuseControl(ctx *module.Context, m *controlv1.MsgRefuseControl) error {
	r, err := c.mustRequest(ctx, m.GetRequest())
	if err != nil {
		return err
	}
	if err := c.ofBody(ctx, r); err != nil {
		return err
	}
	return c.end(ctx, r, refuse, m.GetReason())
}

// withdrawControl takes a request back. What was found meanwhile stays found.
func (c *Control) withdrawControl(ctx *module.Context, m *controlv1.MsgWithdrawControl) error {
	r, err := c.mustRequest(ctx, m.GetRequest())
	if err != nil {
		return err
	}
	if ctx.Signer.Participant != r.GetRequester() {
		return ErrNotAllowed.With("request %s was made by %s; only it withdraws it", r.GetId(), r.GetRequester())
	}
	return c.end(ctx, r, withdraw, m.GetReason())
}
