package ledger

import (
	ledgerv1 "github.com/filiera-chain/filiera/api/ledger/v1"
	"github.com/filiera-chain/filiera/module"
)

func checkDescribe(m *ledgerv1.MsgDescribeAct) error {
	if err := checkActID("act", m.GetAct()); err != nil {
		return err
	}
	for _, err := range []error{
		module.CheckText("body_name", m.GetBodyName(), 3, 200), module.CheckText("subject", m.GetSubject(), 3, 1000), module.CheckText("reason", m.GetReason(), 3, 500),
	} {
		if err != nil {
			return shape(err)
		}
	}
	if n := len(m.GetUrls()); n > maxDocuments {
		return ErrShape.With("urls is of %d documents; an act has at most %d", n, maxDocuments)
	}
	for i, u := range m.GetUrls() {
		if i > 0 && u.GetDocument() <= m.GetUrls()[i-1].GetDocument() {
			return ErrShape.With("urls names document %d after document %d; write them in ascending order, each once", u.GetDocument(), m.GetUrls()[i-1].GetDocument())
		}
		if err := checkURLs("urls", u.GetUrls()); err != nil {
			return err
		}
	}
	return checkLines(m.GetLegalBasis(), m.GetCups())
}

// describe corrects how an act is described: by its body, or by an authority. What
// was said before stays on record.
func (l *Ledger) describe(ctx *module.Context, m *ledgerv1.MsgDescribeAct) error {
	a, err := l.act(ctx, "act", m.GetAct())
	if err != nil {
		return err
	}
	if err := l.maySpeak(ctx, a.GetBody(), "describe its acts"); err != nil {
		return err
	}
	if len(a.GetPast()) >= maxPast {
		return ErrLimit.With("%s was described anew %d times, which is the most that is kept", a.GetId(), maxPast)
	}
	a.Past = append(a.Past, &ledgerv1.Description{
		BodyName: a.GetBodyName(), Subject: a.GetSubject(), LegalBasis: a.GetLegalBasis(), Cups: a.GetCups(), Reason: m.GetReason(),
		CorrectedBy: ctx.Signer.Participant, KeyLabel: ctx.Signer.KeyLabel, CorrectedAt: ctx.Time, CorrectedHeight: ctx.Height,
	})
	a.BodyName, a.Subject, a.LegalBasis, a.Cups = m.GetBodyName(), m.GetSubject(), m.GetLegalBasis(), m.GetCups()
	for _, u := range m.GetUrls() {
		if int(u.GetDocument()) >= len(a.GetDocuments()) {
			return ErrShape.With("urls names document %d, and %s has %d, numbered from 0", u.GetDocument(), a.GetId(), len(a.GetDocuments()))
		}
		a.Documents[u.GetDocument()].Urls = u.GetUrls()
	}
	return l.putAct(ctx, a)
}
