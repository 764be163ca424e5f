package trace

import (
	"context"
	"crypto/sha256"
	"strings"

	registryv1 "github.com/filiera-chain/filiera/api/registry/v1"
	tracev1 "github.com/filiera-chain/filiera/api/trace/v1"
	"github.com/filiera-chain/filiera/epcis"
	"github.com/filiera-chain/filiera/module"
)

// identify gives the event's id: its CBV 2.0 event hash. A declaration of error
// has the id of the event that it declares wrong, whose content it repeats.
func identify(e *epcis.Event) ([]byte, error) {
	sum, _, err := epcis.ParseHash(e.Hash(epcis.CBV20))
	return sum[:], err
}

// ownEventID is the eventID that the sender chose, "" for none or for the
// event's own hash, which says nothing that the id does not. Tools that follow
// an earlier text of the hash algorithm give other hashes of the same event:
// those are names like any other. But one that is the id of another event here
// would make two events answer to it.
func (t *Trace) ownEventID(ctx context.Context, e *epcis.Event) (string, error) {
	sum, version, err := epcis.ParseHash(e.EventID)
	if err != nil {
		return e.EventID, nil
	}
	own := e.Hash(version)
	if own == e.EventID {
		return "", nil
	}
	other, err := t.events.Has(ctx, sum[:])
	if err == nil && other {
		err = ErrEventID.With("%s.eventID is %s, which is another event of the ledger; this event has %s, so leave it out", e.Path, e.EventID, own)
	}
	return e.EventID, err
}

// record builds what the ledger keeps of an event that may be reported.
func (t *Trace) record(ctx *module.Context, params *registryv1.Params, e *epcis.Event, id []byte) (*tracev1.Event, error) {
	if err := checkTime(ctx, params, e); err != nil {
		return nil, err
	}
	if err := checkTexts(e); err != nil {
		return nil, err
	}
	batches, late, err := t.involved(ctx, e)
	if err != nil {
		return nil, err
	}
	eventID, err := t.ownEventID(ctx, e)
	if err != nil {
		return nil, err
	}
	content := sha256.Sum256(e.Raw)
	r := &tracev1.Event{
		Id: id, Type: string(e.Type), EventTimeMs: e.EventTime, TimeZoneOffset: e.TimeZoneOffset, Action: e.Action, BizStep: e.BizStep,
		Disposition: e.Disposition, ReadPoint: e.ReadPoint, BizLocation: e.BizLocation, Batches: batches, Reporter: ctx.Signer.Participant,
		RecordedAt: ctx.Time, RecordedHeight: ctx.Height, ContentSha256: content[:], EventId: eventID, LateDays: late,
	}
	if err := t.hold(ctx, e.Path, r); err != nil {
		return nil, err
	}
	return r, nil
}

func checkTime(ctx *module.Context, params *registryv1.Params, e *epcis.Event) error {
	if e.EventTime < firstEventMs {
		return ErrTime.With("%s.eventTime is %s, before 1990; correct the year", e.Path, e.EventTimeText)
	}
	if e.EventTime > latest(ctx, params) {
		return ErrTime.With("%s.eventTime is %s, but it is %s here; tell an event once it has happened, and check the clock and the zone", e.Path, e.EventTimeText, epcis.FormatTime(ctx.Time*1000))
	}
	return nil
}

// latest is the last millisecond that may be told: a little after block time.
func latest(ctx *module.Context, params *registryv1.Params) int64 {
	return (ctx.Time + params.GetMaxEventAheadSeconds()) * 1000
}

// checkTexts bounds what is copied from the document into the record.
func checkTexts(e *epcis.Event) error {
	for _, f := range [...]struct{ field, text string }{
		{"bizStep", e.BizStep}, {"disposition", e.Disposition}, {"readPoint.id", e.ReadPoint}, {"bizLocation.id", e.BizLocation}, {"eventID", e.EventID},
	} {
		if len(f.text) > maxURI {
			return ErrLimit.With("%s.%s has %d characters; at most %d are kept", e.Path, f.field, len(f.text), maxURI)
		}
	}
	return nil
}

func clip(s string, n int) string {
	if len(s) > n {
		return strings.ToValidUTF8(s[:n], "") + "…"
	}
	return s
}
