package trace

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"slices"

	registryv1 "github.com/filiera-chain/filiera/api/registry/v1"
	tracev1 "github.com/filiera-chain/filiera/api/trace/v1"
	"github.com/filiera-chain/filiera/epcis"
	"github.com/filiera-chain/filiera/module"
)

// Bounds on what declarations add to an event's record.
const (
	maxDeclarations = 16
	maxCorrective   = 32
)

// declare adds a declaration of error to an event of the ledger. The event and
// its declaration share content and eventID, so a declaration is never taken
// for the event told again; the same declaration told again changes nothing.
func (t *Trace) declare(ctx *module.Context, params *registryv1.Params, e *epcis.Event, known *tracev1.Event, receipt *tracev1.Receipt, index uint32) error {
	d, err := declarationOf(ctx, params, e, known.GetId())
	if err != nil {
		return err
	}
	receipt.Declaration = d.GetId()
	if slices.ContainsFunc(known.GetDeclarations(), func(old *tracev1.Declaration) bool { return bytes.Equal(old.GetId(), d.GetId()) }) {
		receipt.Outcome = tracev1.Outcome_OUTCOME_DUPLICATE
		return nil
	}
	if err := t.mayDeclare(ctx, e, known); err != nil {
		return err
	}
	if len(known.GetDeclarations()) >= maxDeclarations {
		return ErrLimit.With("%s: the event was declared wrong %d times, which is the most", e.Path, len(known.GetDeclarations()))
	}
	if err := t.part(ctx, known); err != nil {
		return err
	}
	known.Declarations = append(known.Declarations, d)
	if err := t.events.Set(ctx, known.GetId(), known); err != nil {
		return err
	}
	ctx.Emit(&tracev1.EventDeclaredWrong{Event: known, Act: ctx.Act, Index: index})
	receipt.Outcome = tracev1.Outcome_OUTCOME_CORRECTION
	return nil
}

// mayDeclare: who told an event may take it back while it may still report; an
// authority may for it.
func (t *Trace) mayDeclare(ctx *module.Context, e *epcis.Event, known *tracev1.Event) error {
	roles := reporters
	if known.GetReporter() != ctx.Signer.Participant {
		roles = authorities
	}
	err := t.registry.Allowed(ctx, ctx.Time, ctx.Signer.Participant, "", "", roles...)
	if err != nil && known.GetReporter() != ctx.Signer.Participant {
		return ErrNotReporter.With("%s declares wrong an event that %s told; only it or an authority can, and the signer is %s", e.Path, known.GetReporter(), ctx.Signer.Participant)
	}
	return err
}

// declarationOf builds what the ledger keeps of a declaration.
func declarationOf(ctx *module.Context, params *registryv1.Params, e *epcis.Event, event []byte) (*tracev1.Declaration, error) {
	d := e.ErrorDeclaration
	switch {
	case d.DeclarationTime < firstEventMs || d.DeclarationTime > latest(ctx, params):
		return nil, ErrDeclaration.With("%s.errorDeclaration.declarationTime is %s; it lies between 1990 and now, which is %s here", e.Path, epcis.FormatTime(d.DeclarationTime), epcis.FormatTime(ctx.Time*1000))
	case len(d.Reason) > maxURI:
		return nil, ErrDeclaration.With("%s.errorDeclaration.reason has %d characters; at most %d are kept", e.Path, len(d.Reason), maxURI)
	case len(d.CorrectiveEventIDs) > maxCorrective:
		return nil, ErrDeclaration.With("%s.errorDeclaration.correctiveEventIDs names %d events; at most %d are kept", e.Path, len(d.CorrectiveEventIDs), maxCorrective)
	}
	for i, id := range d.CorrectiveEventIDs {
		if len(id) > maxURI {
			return nil, ErrDeclaration.With("%s.errorDeclaration.correctiveEventIDs[%d] has %d characters; at most %d are kept", e.Path, i, len(id), maxURI)
		}
	}
	return &tracev1.Declaration{
		Id: declarationID(event, d), DeclaredTimeMs: d.DeclarationTime, Reason: d.Reason, CorrectiveEventIds: d.CorrectiveEventIDs,
		DeclaredBy: ctx.Signer.Participant, RecordedAt: ctx.Time, RecordedHeight: ctx.Height,
	}, nil
}

// declarationID is SHA-256 of a domain line, the event's id in hexadecimal and
// the declaration in its canonical spelling.
func declarationID(event []byte, d *epcis.ErrorDeclaration) []byte {
	h := sha256.New()
	h.Write([]byte("filiera error declaration v1\n" + hex.EncodeToString(event) + "\n"))
	h.Write(d.Canonical())
	return h.Sum(nil)
}
