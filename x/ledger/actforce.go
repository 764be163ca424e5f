package ledger

import (
	"context"

	"github.com/filiera-chain/filiera/acts"
	ledgerv1 "github.com/filiera-chain/filiera/api/ledger/v1"
	"github.com/filiera-chain/filiera/module"
)

// InForce says whether an act is in force on a day, YYYY-MM-DD: it began, did not
// run out, and nothing ended it by that day. An act that is not on the ledger is
// ErrAct. What ended an act stays ended when the act that did it is ended in turn:
// repeal of a repeal revives nothing by itself.
func (l *Ledger) InForce(ctx context.Context, id, date string) (bool, error) {
	if err := module.CheckDate("date", date); err != nil {
		return false, shape(err)
	}
	a, err := l.act(ctx, "act", id)
	if err != nil {
		return false, err
	}
	standing, _ := acts.At(a, date)
	return standing == acts.InForce, nil
}

// queryAct answers an act, what of it is in force on a day, and its relations.
func (l *Ledger) queryAct(rd *module.Reader, q *ledgerv1.ActRequest) (*ledgerv1.ActResponse, error) {
	if err := checkActID("id", q.GetId()); err != nil {
		return nil, err
	}
	a, err := l.act(rd, "id", q.GetId())
	if err != nil {
		return nil, err
	}
	day := q.GetAsOf()
	if day == "" {
		day = module.Day(rd.Time + behindRome)
	}
	if err := module.CheckDate("as_of", day); err != nil {
		return nil, shape(err)
	}
	standing, end := acts.At(a, day)
	out := &ledgerv1.ActResponse{Act: a, AsOf: day, InForce: standing == acts.InForce, EndedBy: end}
	if err := l.text(rd, out); err != nil {
		return nil, err
	}
	err = l.walkRelations(rd, a.GetId(), false, 0, func(r *ledgerv1.Relation) error {
		if len(out.Outgoing) < mostShown {
			out.Outgoing = append(out.Outgoing, r)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return out, l.walkRelations(rd, a.GetId(), true, 0, func(r *ledgerv1.Relation) error {
		if len(out.Incoming) < mostShown {
			out.Incoming = append(out.Incoming, r)
		}
		return nil
	})
}

// behindRome is how far the Italian day begins before the one in UTC, at least.
const behindRome = 3600

// mostShown bounds the relations that one answer has: a law may be executed by any
// number of acts, which the read model lists by pages.
const mostShown = 500

func (l *Ledger) text(ctx context.Context, out *ledgerv1.ActResponse) error {
	part := func(a *ledgerv1.Act, kind ledgerv1.ActRelation, from string) {
		p := &ledgerv1.TextPart{Act: a.GetId(), Kind: kind, EffectiveFrom: from}
		for _, d := range a.GetDocuments() {
			p.Documents = append(p.Documents, d.GetSha256())
		}
		out.Text = append(out.Text, p)
	}
	part(out.Act, 0, out.Act.GetInForceFrom())
	for _, c := range acts.Words(out.Act, out.AsOf) {
		other, err := l.act(ctx, "from", c.GetFrom())
		if err != nil {
			return err
		}
		part(other, c.GetKind(), c.GetEffectiveFrom())
		out.ConsolidatedSha256 = c.GetConsolidatedSha256()
	}
	return nil
}

// queryDocument answers to which acts a file belongs; to none, without a refusal.
func (l *Ledger) queryDocument(rd *module.Reader, q *ledgerv1.DocumentRequest) (*ledgerv1.DocumentUses, error) {
	if err := module.CheckHash("sha256", q.GetSha256()); err != nil {
		return nil, shape(err)
	}
	u, err := module.Find(rd, l.documents, q.GetSha256())
	if err == nil && u == nil {
		u = &ledgerv1.DocumentUses{Sha256: q.GetSha256()}
	}
	return u, err
}
