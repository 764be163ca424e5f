package ledger

import (
	"errors"

	"google.golang.org/protobuf/proto"

	"github.com/filiera-chain/filiera/acts"
	ledgerv1 "github.com/filiera-chain/filiera/api/ledger/v1"
	"github.com/filiera-chain/filiera/module"
	"github.com/filiera-chain/filiera/signedfile"
)

// aheadOfUTC is how far the Italian day begins before the one in UTC, at most.
const aheadOfUTC = 2 * 3600

// tokenAhead is how far a time stamp may be ahead of the block, in seconds: blocks
// take the median of the validators' clocks.
const tokenAhead = 600

// notarise puts an act on the ledger.
func (l *Ledger) notarise(ctx *module.Context, m *ledgerv1.MsgNotariseAct) (proto.Message, error) {
	if err := l.mayNotarise(ctx, m); err != nil {
		return nil, err
	}
	if today := module.Day(ctx.Time + aheadOfUTC); m.GetDate() > today {
		return nil, ErrDates.With("date is %s and today is %s; an act that is not made yet is not notarised", m.GetDate(), today)
	}
	id := acts.ID(m.GetKind(), m.GetBody(), m.GetNumber(), m.GetOffice(), m.GetDate())
	old, err := l.Act(ctx, id)
	if err != nil {
		return nil, err
	}
	if old != nil {
		return nil, ErrActTwice.With("%s is on the ledger since %s, height %d, deposited by %s", id, module.Day(old.GetDepositedAt()), old.GetDepositedHeight(), old.GetDepositedBy())
	}
	a := &ledgerv1.Act{
		Id: id, Kind: m.GetKind(), Body: m.GetBody(), BodyName: m.GetBodyName(), Number: m.GetNumber(), Office: m.GetOffice(), Date: m.GetDate(), Subject: m.GetSubject(),
		LegalBasis: m.GetLegalBasis(), Cups: m.GetCups(), Documents: m.GetDocuments(), InForceFrom: m.GetInForceFrom(), InForceTo: m.GetInForceTo(),
		DepositedBy: ctx.Signer.Participant, KeyLabel: ctx.Signer.KeyLabel, DepositedAt: ctx.Time, DepositedHeight: ctx.Height,
	}
	if a.InForceFrom == "" {
		a.InForceFrom = a.GetDate()
	}
	for i, d := range a.GetDocuments() {
		if err := stamp(ctx, d); err != nil {
			return nil, err
		}
		if err := l.use(ctx, id, i, d); err != nil {
			return nil, err
		}
	}
	return &ledgerv1.NotariseActResult{Id: id}, l.putAct(ctx, a)
}

// mayNotarise is maySpeak; law and decisions of a regional government are for an
// authority to deposit, since any participant may be a body.
func (l *Ledger) mayNotarise(ctx *module.Context, m *ledgerv1.MsgNotariseAct) error {
	if !norm(m.GetKind()) && m.GetKind() != ledgerv1.ActKind_ACT_KIND_DGR {
		return l.maySpeak(ctx, m.GetBody(), "put its acts on the ledger")
	}
	err := l.registry.Allowed(ctx, ctx.Time, ctx.Signer.Participant, "", "", authorities...)
	var refusal *module.Error
	if errors.As(err, &refusal) {
		return ErrSpeak.With("an authority may put an act of the kind %s on the ledger: %v", acts.KindWord(m.GetKind()), err)
	}
	return err
}

// maySpeak refuses a signer that is neither an authority nor the body itself.
func (l *Ledger) maySpeak(ctx *module.Context, body, todo string) error {
	who, roles := ctx.Signer.Participant, authorities
	if who == body {
		roles = bodies
	}
	err := l.registry.Allowed(ctx, ctx.Time, who, "", "", roles...)
	var refusal *module.Error
	if errors.As(err, &refusal) {
		return ErrSpeak.With("an authority, or the body %s itself, may %s: %v", body, todo, err)
	}
	return err
}

// stamp reads the time of a document's token. Its signature is not checked here:
// docs/decisions/0014-time-stamps-outside-consensus.md.
func stamp(ctx *module.Context, d *ledgerv1.Document) error {
	if len(d.GetToken()) == 0 {
		return nil
	}
	t, err := signedfile.ParseToken(d.GetToken())
	if err != nil {
		return ErrToken.With("%v", err)
	}
	if err := t.Of(d.GetSha256(), d.GetSha512()); err != nil {
		return ErrToken.With("the file %x: %v", d.GetSha256(), err)
	}
	at := t.GenTime.Unix()
	if at < 1 || at > ctx.Time+tokenAhead {
		return ErrToken.With("the time stamp of the file %x states %s, which is ahead of the ledger's time", d.GetSha256(), t.GenTime.Format("2006-01-02T15:04:05Z"))
	}
	d.StampedAt = at
	return nil
}

// use enters the document's hashes in the index of files.
func (l *Ledger) use(ctx *module.Context, act string, i int, d *ledgerv1.Document) error {
	for _, h := range hashesOf(d) {
		u, err := module.Find(ctx, l.documents, h.sum)
		if err != nil {
			return err
		}
		if u == nil {
			u = &ledgerv1.DocumentUses{Sha256: h.sum}
		}
		if len(u.GetUses()) >= maxUses {
			return ErrLimit.With("the file %x already belongs to %d acts, which is the most", h.sum, maxUses)
		}
		u.Uses = append(u.Uses, &ledgerv1.DocumentUse{Act: act, Document: uint32(i), Role: h.role})
		if err := l.documents.Set(ctx, h.sum, u); err != nil {
			return err
		}
	}
	return nil
}

// hashOf is a hash by which a document is found.
type hashOf struct {
	sum  []byte
	role ledgerv1.DocumentUse_Role
}

func hashesOf(d *ledgerv1.Document) []hashOf {
	out := []hashOf{{d.GetSha256(), ledgerv1.DocumentUse_ROLE_WHOLE}}
	if len(d.GetInnerSha256()) != 0 {
		out = append(out, hashOf{d.GetInnerSha256(), ledgerv1.DocumentUse_ROLE_INNER})
	}
	for _, p := range d.GetParts() {
		out = append(out, hashOf{p, ledgerv1.DocumentUse_ROLE_PART})
	}
	return out
}
