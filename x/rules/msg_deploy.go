package rules

import (
	"slices"
	"strings"
	"unicode/utf8"

	"cosmossdk.io/collections"
	"google.golang.org/protobuf/proto"

	rulesv1 "github.com/filiera-chain/filiera/api/rules/v1"
	"github.com/filiera-chain/filiera/module"
	lang "github.com/filiera-chain/filiera/rules"
)

// maxProblems bounds what a refusal tells of a document, in bytes.
const maxProblems = 2000

func checkDeploy(m *rulesv1.MsgDeploy) error {
	_, err := lang.Parse(m.GetDocument())
	return badDocument(err)
}

func badDocument(err error) error {
	if err == nil {
		return nil
	}
	text := err.Error()
	if len(text) > maxProblems {
		text = strings.ToValidUTF8(text[:maxProblems], "") + "…"
	}
	if !utf8.ValidString(text) {
		text = strings.ToValidUTF8(text, "?")
	}
	return ErrDocument.With("%s", text)
}

// deploy records a version of a contract, which judges nothing before it is
// approved and activated.
func (r *Rules) deploy(ctx *module.Context, m *rulesv1.MsgDeploy) (proto.Message, error) {
	c, err := lang.Load(m.GetDocument())
	if err != nil {
		return nil, badDocument(err)
	}
	v := record(c)
	if err := r.speaksOneOf(ctx, v.GetSpecification(), authority, consortium); err != nil {
		return nil, err
	}
	if err := r.checkPlace(ctx, v); err != nil {
		return nil, err
	}
	if err := checkApproval(v, c.Doc.Approval); err != nil {
		return nil, err
	}
	p, err := r.registry.Params(ctx)
	if err != nil {
		return nil, err
	}
	if v.GetMaxCost() > p.GetContractCostPerTx() {
		return nil, ErrCost.With("judging one case may cost %d, and a transaction may cost %d; shorten loops within loops, or part the contract", v.GetMaxCost(), p.GetContractCostPerTx())
	}
	v.DeployedBy, v.DeployedAt = ctx.Signer.Participant, ctx.Time
	if err := r.documents.Set(ctx, v.GetSha256(), &rulesv1.Document{Text: m.GetDocument()}); err != nil {
		return nil, err
	}
	return &rulesv1.DeployResult{Contract: v.GetContract(), Version: v.GetVersion(), Sha256: v.GetSha256()}, r.put(ctx, v)
}

// record is what the ledger keeps of a contract beside its text.
func record(c *lang.Contract) *rulesv1.Version {
	d := c.Doc
	v := &rulesv1.Version{
		Contract: d.ID, Version: uint32(min(d.Version, 1<<31)), Sha256: c.Hash[:], Specification: d.Specification,
		InForceFrom: d.InForce.From.String(), ByActDay: d.InForce.By == "act", MaxCost: c.MaxCost,
		Status: rulesv1.VersionStatus_VERSION_STATUS_DEPLOYED, TitleIt: d.Title.It, TitleEn: d.Title.En,
	}
	if d.InForce.To != 0 {
		v.InForceTo = d.InForce.To.String()
	}
	for _, t := range c.Triggers() {
		v.Triggers = append(v.Triggers, string(t))
	}
	return v
}

// checkPlace refuses a version that does not follow the last one of its contract,
// or that is about a specification which is not registered.
func (r *Rules) checkPlace(ctx *module.Context, v *rulesv1.Version) error {
	if v.GetSpecification() != "" {
		s, err := r.products.Specification(ctx, v.GetSpecification())
		if err != nil {
			return err
		}
		if s == nil {
			return ErrDocument.With("the contract is about specification %s, which is not registered; register it first", clip(v.GetSpecification()))
		}
	}
	former, err := r.versionsOf(ctx, v.GetContract())
	if err != nil {
		return err
	}
	if next := uint32(len(former)) + 1; v.GetVersion() != next {
		return ErrVersion.With("contract %s has %d versions, and the document says it is version %d; the next is %d", v.GetContract(), len(former), v.GetVersion(), next)
	}
	if n := len(former); n > 0 && former[n-1].GetSpecification() != v.GetSpecification() {
		return ErrVersion.With("contract %s is about %q and the document about %q; give another contract another id", v.GetContract(), former[n-1].GetSpecification(), v.GetSpecification())
	}
	return nil
}

// checkApproval takes over who must approve: an authority always, and for a
// specification the control body too where the document does not say.
func checkApproval(v *rulesv1.Version, a lang.Approval) error {
	v.Approvers, v.ApprovalsNeeded = a.By, uint32(a.AtLeast)
	if len(a.By) == 0 {
		v.Approvers, v.ApprovalsNeeded = []string{authority, controlBody}, 2
		if v.GetSpecification() == "" {
			v.Approvers, v.ApprovalsNeeded = []string{authority}, 1
		}
	}
	seen := map[string]bool{}
	for _, by := range v.GetApprovers() {
		if seen[by] {
			return ErrDocument.With("approval names %s twice", by)
		}
		seen[by] = true
	}
	if !slices.Contains(v.GetApprovers(), authority) {
		return ErrDocument.With("approval leaves the authority out: its approval is always needed")
	}
	if v.GetSpecification() == "" && len(v.GetApprovers()) > 1 {
		return ErrDocument.With("a policy on all batches is approved by the authority alone")
	}
	return nil
}

// activeKeys are the lists in which a version stands while it is active.
func activeKeys(v *rulesv1.Version) []activeKey {
	var out []activeKey
	for _, t := range v.GetTriggers() {
		out = append(out, collections.Join(v.GetSpecification(), t))
	}
	return out
}
