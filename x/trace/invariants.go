package trace

import (
	"bytes"
	"fmt"

	"cosmossdk.io/collections"

	tracev1 "github.com/filiera-chain/filiera/api/trace/v1"
	"github.com/filiera-chain/filiera/module"
)

// invariants are the truths that no act may break.
func (t *Trace) invariants() []module.Invariant {
	return []module.Invariant{
		{Name: "every event is whole and stands in the journey of each lot it names", Check: t.eventsHold},
		{Name: "every entry of a journey has its event, which names the lot at that time", Check: t.journeysHold},
		{Name: "the length of every journey is counted and bounded", Check: t.lengthsHold},
	}
}

func (t *Trace) eventsHold(rd *module.Reader) error {
	return t.events.Walk(rd, nil, func(id []byte, e *tracev1.Event) (bool, error) {
		err := t.eventHolds(rd, id, e)
		if err != nil {
			err = fmt.Errorf("event %x: %w", id, err)
		}
		return err != nil, err
	})
}

func (t *Trace) eventHolds(rd *module.Reader, id []byte, e *tracev1.Event) error {
	switch {
	case len(id) != 32 || !bytes.Equal(e.GetId(), id):
		return fmt.Errorf("it says it is %x", e.GetId())
	case len(e.GetContentSha256()) != 32 || e.GetReporter() == "" || e.GetEventTimeMs() < firstEventMs:
		return fmt.Errorf("it has no content, reporter or time")
	case len(e.GetBatches()) == 0 || len(e.GetBatches()) > maxLots:
		return fmt.Errorf("it names %d lots", len(e.GetBatches()))
	}
	for _, i := range e.GetBatches() {
		if i.GetPart() == tracev1.Part_PART_UNSPECIFIED || (i.GetPart() == tracev1.Part_PART_SUBJECT) != (e.GetAction() != "") {
			return fmt.Errorf("lot %s takes part as %s", i.GetBatch().GetLot(), i.GetPart())
		}
		if i.GetPart() == tracev1.Part_PART_OUTPUT && !i.GetRegistered() {
			return fmt.Errorf("it makes the unregistered lot %s", i.GetBatch().GetLot())
		}
		has, err := t.journey.Has(rd, entryOf(e, i))
		if err != nil {
			return err
		}
		if !has {
			return fmt.Errorf("it is not in the journey of lot %s", i.GetBatch().GetLot())
		}
	}
	return nil
}

func (t *Trace) journeysHold(rd *module.Reader) error {
	return t.journey.Walk(rd, nil, func(k entry) (bool, error) {
		e, err := t.events.Get(rd, k.K4())
		if err != nil {
			return true, fmt.Errorf("journey of %s lot %s names event %x: %w", k.K1(), k.K2(), k.K4(), err)
		}
		for _, i := range e.GetBatches() {
			if i.GetBatch().GetGtin() == k.K1() && i.GetBatch().GetLot() == k.K2() && e.GetEventTimeMs() == k.K3() {
				return false, nil
			}
		}
		return true, fmt.Errorf("journey of %s lot %s names event %x, which does not name the lot at %d", k.K1(), k.K2(), k.K4(), k.K3())
	})
}

func (t *Trace) lengthsHold(rd *module.Reader) error {
	total := uint64(0)
	err := t.lengths.Walk(rd, nil, func(lot collections.Pair[string, string], n uint64) (bool, error) {
		entries := uint64(0)
		of := new(collections.Range[entry]).Prefix(collections.QuadSuperPrefix[string, string, int64, []byte](lot.K1(), lot.K2()))
		err := t.journey.Walk(rd, of, func(entry) (bool, error) { entries++; return false, nil })
		if err == nil && (n != entries || n == 0 || n > maxJourney) {
			err = fmt.Errorf("journey of %s lot %s has %d entries and counts %d", lot.K1(), lot.K2(), entries, n)
		}
		total += entries
		return err != nil, err
	})
	if err != nil {
		return err
	}
	held := uint64(0)
	err = t.journey.Walk(rd, nil, func(entry) (bool, error) { held++; return false, nil })
	if err == nil && held != total {
		return fmt.Errorf("journeys hold %d entries and count %d", held, total)
	}
	return err
}
