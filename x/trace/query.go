package trace

import (
	tracev1 "github.com/filiera-chain/filiera/api/trace/v1"
	"github.com/filiera-chain/filiera/gs1"
	"github.com/filiera-chain/filiera/module"
)

// How many events a journey answers with at a time.
const (
	defaultEvents = 100
	mostEvents    = 1000
)

func (t *Trace) queryEvent(rd *module.Reader, q *tracev1.EventRequest) (*tracev1.Event, error) {
	return t.mustEvent(rd, "id", q.GetId())
}

func (t *Trace) queryJourney(rd *module.Reader, q *tracev1.JourneyRequest) (*tracev1.JourneyResponse, error) {
	gtin, err := gs1.ParseGTIN(q.GetGtin())
	if err != nil {
		return nil, ErrShape.With("gtin: %v", err)
	}
	if _, err := gs1.ParseLot(q.GetLot()); err != nil {
		return nil, ErrShape.With("lot: %v", err)
	}
	limit := int(q.GetLimit())
	if limit > mostEvents {
		return nil, ErrShape.With("limit is %d; at most %d events are answered at a time", limit, mostEvents)
	}
	if limit == 0 {
		limit = defaultEvents
	}
	var after *tracev1.Event
	if len(q.GetAfter()) > 0 {
		if after, err = t.mustEvent(rd, "after", q.GetAfter()); err != nil {
			return nil, err
		}
	}
	if q.GetReporter() != "" {
		list, more, err := t.Outside(rd, gtin, q.GetLot(), q.GetReporter(), after, limit)
		return &tracev1.JourneyResponse{Events: list, More: more}, err
	}
	list, more, err := t.Journey(rd, gtin, q.GetLot(), after, limit)
	return &tracev1.JourneyResponse{Events: list, More: more}, err
}

// mustEvent is Event that refuses an unknown one.
func (t *Trace) mustEvent(rd *module.Reader, field string, id []byte) (*tracev1.Event, error) {
	if err := module.CheckHash(field, id); err != nil {
		return nil, ErrShape.With("%v", err)
	}
	e, err := t.Event(rd, id)
	if err == nil && e == nil {
		return nil, ErrEvent.With("no event has the id %x", id)
	}
	return e, err
}
