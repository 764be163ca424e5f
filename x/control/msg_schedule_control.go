package control

import (
	"fmt"
	"strings"

	controlv1 "github.com/filiera-chain/filiera/api/control/v1"
	"github.com/filiera-chain/filiera/module"
)

func checkScheduleControl(m *controlv1.MsgScheduleControl) error {
	if _, known := controlv1.ControlKind_name[int32(m.GetKind())]; !known || m.GetKind() == controlv1.ControlKind_CONTROL_KIND_UNSPECIFIED {
		return ErrShape.With("kind is %d; it is documentary (1), on_site (2) or sampling (3)", m.GetKind())
	}
	return first(
		checkRequestID(m.GetRequest()),
		module.CheckDate("date", m.GetDate()),
		module.CheckSlug("inspector", m.GetInspector(), 2, 64),
	)
}

func checkRequestID(id string) error { return module.CheckText("request", id, 5, 64) }

// scheduleControl sets the day of a control, or moves it.
func (c *Control) scheduleControl(ctx *module.Context, m *controlv1.MsgScheduleControl) error {
	r, err := c.mustRequest(ctx, m.GetRequest())
	if err != nil {
		return err
	}
	if err := c.ofBody(ctx, r); err != nil {
		return err
	}
	if m.GetDate() < module.Day(ctx.Time) {
		return ErrDate.With("date is %s, before today, %s", m.GetDate(), module.Day(ctx.Time))
	}
	if err := c.checkInspector(ctx, r.GetCertifier(), m.GetInspector()); err != nil {
		return err
	}
	r.ScheduledDate, r.Kind, r.Inspector = m.GetDate(), m.GetKind(), m.GetInspector()
	if err := c.move(ctx, r, schedule, fmt.Sprintf("%s on %s by %s", kindWord(m.GetKind()), m.GetDate(), m.GetInspector())); err != nil {
		return err
	}
	return c.put(ctx, r)
}

// checkInspector keeps names of people off the chain: a label of a live key of
// the body, or a code, which holds a digit.
func (c *Control) checkInspector(ctx *module.Context, certifier, inspector string) error {
	if strings.ContainsAny(inspector, "0123456789") {
		return nil
	}
	key, err := c.registry.KeyByLabel(ctx, certifier, inspector)
	if err != nil {
		return err
	}
	if key == nil || key.GetRetiredAt() != 0 {
		return ErrInspector.With("inspector is %q, which is no live key of %s; write the label of one, or a code with a digit such as isp-04, never a person's name", inspector, certifier)
	}
	return nil
}

func kindWord(k controlv1.ControlKind) string {
	return strings.ToLower(strings.TrimPrefix(k.String(), "CONTROL_KIND_"))
}
