package rules

import (
	"bytes"
	"slices"

	rulesv1 "github.com/filiera-chain/filiera/api/rules/v1"
	"github.com/filiera-chain/filiera/module"
	"github.com/filiera-chain/filiera/ruling"
)

const (
	deployed  = rulesv1.VersionStatus_VERSION_STATUS_DEPLOYED
	approved  = rulesv1.VersionStatus_VERSION_STATUS_APPROVED
	active    = rulesv1.VersionStatus_VERSION_STATUS_ACTIVE
	withdrawn = rulesv1.VersionStatus_VERSION_STATUS_WITHDRAWN
)

var stateWords = map[rulesv1.VersionStatus]string{deployed: "deployed and waits for approvals", approved: "approved and not activated", active: "active", withdrawn: "withdrawn"}

func checkVersion(contract string, version uint32) error {
	if version == 0 {
		return ErrShape.With("version is 0; versions count from 1")
	}
	return shape(module.CheckSlug("contract", contract, 1, 40))
}

func checkApprove(m *rulesv1.MsgApprove) error {
	if err := shape(module.CheckHash("sha256", m.GetSha256())); err != nil {
		return err
	}
	return checkVersion(m.GetContract(), m.GetVersion())
}

// approve records that somebody consents to a document, which it names by hash. No
// participant approves in two parts.
func (r *Rules) approve(ctx *module.Context, m *rulesv1.MsgApprove) error {
	v, err := r.mustVersion(ctx, m.GetContract(), m.GetVersion())
	if err != nil {
		return err
	}
	switch {
	case v.GetStatus() != deployed && v.GetStatus() != approved:
		return ErrState.With("version %d of %s is %s; only one that is not yet active is approved", v.GetVersion(), v.GetContract(), stateWords[v.GetStatus()])
	case !bytes.Equal(v.GetSha256(), m.GetSha256()):
		return ErrHash.With("version %d of %s has the hash %x and %x is approved; read the document that was deployed", v.GetVersion(), v.GetContract(), v.GetSha256(), m.GetSha256())
	case !slices.Contains(v.GetApprovers(), m.GetAs()):
		return ErrNotAllowed.With("version %d of %s is approved by %v, not by a %s", v.GetVersion(), v.GetContract(), v.GetApprovers(), clip(m.GetAs()))
	}
	if err := r.speaks(ctx, m.GetAs(), v.GetSpecification()); err != nil {
		return err
	}
	who := ctx.Signer.Participant
	for _, a := range v.GetApprovals() {
		if a.GetParticipant() == who {
			return ErrTwice.With("%s approved version %d of %s already, as %s", who, v.GetVersion(), v.GetContract(), a.GetAs())
		}
	}
	if len(v.GetApprovals()) >= maxSpeakers {
		return ErrLimit.With("version %d of %s has %d approvals, which is the most", v.GetVersion(), v.GetContract(), maxSpeakers)
	}
	v.Approvals = append(v.Approvals, &rulesv1.Approval{Participant: who, As: m.GetAs(), KeyLabel: ctx.Signer.KeyLabel, At: ctx.Time, Height: ctx.Height})
	if enough(v) {
		v.Status = approved
	}
	return r.put(ctx, v)
}

// enough says whether as many parts have approved as are needed, an authority
// among them.
func enough(v *rulesv1.Version) bool {
	parts := map[string]bool{}
	for _, a := range v.GetApprovals() {
		parts[a.GetAs()] = true
	}
	return parts[authority] && uint32(len(parts)) >= v.GetApprovalsNeeded()
}

func checkActivate(m *rulesv1.MsgActivate) error {
	if m.GetFrom() != "" {
		if err := shape(module.CheckDate("from", m.GetFrom())); err != nil {
			return err
		}
	}
	return checkVersion(m.GetContract(), m.GetVersion())
}

// activate lets a version judge from a day on. One that follows another begins
// with what is produced from that day at the earliest.
func (r *Rules) activate(ctx *module.Context, m *rulesv1.MsgActivate) error {
	v, err := r.mustVersion(ctx, m.GetContract(), m.GetVersion())
	if err != nil {
		return err
	}
	if v.GetStatus() != approved {
		return ErrState.With("version %d of %s is %s; only an approved one is activated (%d of %v must approve)", v.GetVersion(), v.GetContract(), stateWords[v.GetStatus()], v.GetApprovalsNeeded(), v.GetApprovers())
	}
	if err := r.speaksOneOf(ctx, v.GetSpecification(), authority, consortium); err != nil {
		return err
	}
	today := module.Day(ctx.Time)
	from := m.GetFrom()
	if from == "" {
		from = today
	}
	if from < today {
		return ErrVersion.With("from is %s, before the block's day %s; what was done is not judged afterwards", from, today)
	}
	if err := r.supersede(ctx, v, from); err != nil {
		return err
	}
	v.Status, v.ActiveFrom, v.ActivatedBy, v.ActivatedAt = active, from, ctx.Signer.Participant, ctx.Time
	for _, k := range activeKeys(v) {
		list, err := module.Find(ctx, r.active, k)
		if err != nil {
			return err
		}
		if list == nil {
			list = &rulesv1.Active{}
		}
		if len(list.GetVersions()) >= maxActive {
			return ErrLimit.With("%d versions judge trigger %s of %q, which is the most; withdraw one", maxActive, k.K2(), k.K1())
		}
		list.Versions = append(list.Versions, &rulesv1.ActiveVersion{Contract: v.GetContract(), Version: v.GetVersion()})
		if err := r.active.Set(ctx, k, list); err != nil {
			return err
		}
	}
	return r.put(ctx, v)
}

// supersede sees that a version does not change the rules of what is made already,
// and notes it in the version before.
func (r *Rules) supersede(ctx *module.Context, v *rulesv1.Version, from string) error {
	former, err := r.versionsOf(ctx, v.GetContract())
	if err != nil {
		return err
	}
	var last *rulesv1.Version
	for _, x := range former {
		if x.GetStatus() == active {
			last = x
		}
	}
	if last == nil {
		return nil
	}
	if v.GetVersion() < last.GetVersion() {
		return ErrVersion.With("version %d of %s is active, which is later than %d", last.GetVersion(), v.GetContract(), v.GetVersion())
	}
	if v.GetInForceFrom() < from {
		return ErrVersion.With("version %d of %s is in force from %s, before %s when it would be activated: what was made under version %d keeps it; deploy a version that begins later", v.GetVersion(), v.GetContract(), v.GetInForceFrom(), from, last.GetVersion())
	}
	last.SupersededBy = v.GetVersion()
	return r.put(ctx, last)
}

func checkWithdraw(m *rulesv1.MsgWithdraw) error {
	if err := shape(module.CheckText("reason", m.GetReason(), 3, maxText)); err != nil {
		return err
	}
	return checkVersion(m.GetContract(), m.GetVersion())
}

// withdraw ends a version for good.
func (r *Rules) withdraw(ctx *module.Context, m *rulesv1.MsgWithdraw) error {
	v, err := r.mustVersion(ctx, m.GetContract(), m.GetVersion())
	if err != nil {
		return err
	}
	if v.GetStatus() == withdrawn {
		return ErrState.With("version %d of %s was withdrawn on %s", v.GetVersion(), v.GetContract(), module.Day(v.GetWithdrawnAt()))
	}
	parts := []string{authority}
	if v.GetStatus() != active && v.GetDeployedBy() == ctx.Signer.Participant {
		parts = append(parts, consortium)
	}
	if err := r.speaksOneOf(ctx, v.GetSpecification(), parts...); err != nil {
		return err
	}
	if v.GetStatus() == active {
		if err := r.drop(ctx, v); err != nil {
			return err
		}
	}
	v.Status, v.WithdrawnBy, v.WithdrawnReason, v.WithdrawnAt = withdrawn, ctx.Signer.Participant, m.GetReason(), ctx.Time
	return r.put(ctx, v)
}

// drop takes a version out of the lists of those that judge.
func (r *Rules) drop(ctx *module.Context, v *rulesv1.Version) error {
	for _, k := range activeKeys(v) {
		list, err := module.Find(ctx, r.active, k)
		if err != nil {
			return err
		}
		kept := slices.DeleteFunc(list.GetVersions(), func(x *rulesv1.ActiveVersion) bool {
			return x.GetContract() == v.GetContract() && x.GetVersion() == v.GetVersion()
		})
		if len(kept) == 0 {
			err = r.active.Remove(ctx, k)
		} else {
			err = r.active.Set(ctx, k, &rulesv1.Active{Versions: kept})
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func checkSetParameter(m *rulesv1.MsgSetParameter) error {
	if m.GetFrom() != "" {
		if err := shape(module.CheckDate("from", m.GetFrom())); err != nil {
			return err
		}
	}
	for _, f := range []struct{ name, text string }{{"parameter", m.GetParameter()}, {"value", m.GetValue()}, {"day", m.GetDay()}} {
		if err := shape(module.CheckText(f.name, f.text, 0, 64)); err != nil {
			return err
		}
	}
	if (m.GetValue() == "") == (m.GetDay() == "") {
		return ErrShape.With("give one of value and day")
	}
	if err := shape(module.CheckText("reason", m.GetReason(), 3, maxText)); err != nil {
		return err
	}
	return checkVersion(m.GetContract(), m.GetVersion())
}

// setParameter changes a figure that the contract itself lets a role change, for
// what is produced from a day on.
func (r *Rules) setParameter(ctx *module.Context, m *rulesv1.MsgSetParameter) error {
	v, err := r.mustVersion(ctx, m.GetContract(), m.GetVersion())
	if err != nil {
		return err
	}
	if v.GetStatus() == withdrawn {
		return ErrState.With("version %d of %s was withdrawn on %s", v.GetVersion(), v.GetContract(), module.Day(v.GetWithdrawnAt()))
	}
	if m.GetAs() == controlBody {
		return ErrParameter.With("a control body judges by figures and does not set them")
	}
	if err := r.speaks(ctx, m.GetAs(), v.GetSpecification()); err != nil {
		return err
	}
	x := &rulesv1.ParameterChange{
		Parameter: m.GetParameter(), Value: m.GetValue(), Day: m.GetDay(), From: m.GetFrom(), SetBy: ctx.Signer.Participant, As: m.GetAs(), Reason: m.GetReason(), At: ctx.Time,
	}
	today := module.Day(ctx.Time)
	if x.GetFrom() == "" {
		x.From = today
	}
	first := today
	if n := len(v.GetChanges()); n > 0 {
		first = max(first, v.GetChanges()[n-1].GetFrom())
	}
	if x.GetFrom() < first {
		return ErrParameter.With("from is %s; a change begins no earlier than the block's day and the change before it, so %s", x.GetFrom(), first)
	}
	if len(v.GetChanges()) >= maxChanges {
		return ErrLimit.With("version %d of %s has %d changes of figures, which is the most; deploy a new version", v.GetVersion(), v.GetContract(), maxChanges)
	}
	c, err := r.load(ctx, v)
	if err != nil {
		return err
	}
	if _, _, err := ruling.Changed(c, append(slices.Clone(v.GetChanges()), x), x.GetFrom()); err != nil {
		return ErrParameter.With("%v", err)
	}
	v.Changes = append(v.Changes, x)
	return r.put(ctx, v)
}
