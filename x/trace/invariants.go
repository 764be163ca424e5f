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
		{Name: "every event is whole and stands beside each lot it names", Check: t.eventsHold},
		{Name: "every entry of a journey has its event, which names the lot at that time", Check: t.journeysHold},
		{Name: "every entry of an outside lot has its event, which its reporter told", Check: t.outsideHolds},
		{Name: "the length of every journey is counted and bounded", Check: t.lengthsHold},
		{Name: "every eventID of a reporter stands for its event", Check: t.eventIDsHold},
		{Name: "what events tell was made of what is what they tell", Check: t.lineageHolds},
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
	case len(e.GetBatches()) > maxLots || len(e.GetDeclarations()) > maxDeclarations:
		return fmt.Errorf("it names %d lots and has %d declarations", len(e.GetBatches()), len(e.GetDeclarations()))
	}
	seen := map[string]bool{}
	for _, d := range e.GetDeclarations() {
		if len(d.GetId()) != 32 || seen[string(d.GetId())] || d.GetDeclaredBy() == "" {
			return fmt.Errorf("its declaration %x is not whole, or there twice", d.GetId())
		}
		seen[string(d.GetId())] = true
	}
	for _, i := range e.GetBatches() {
		part := i.GetPart()
		transformed := part == tracev1.Part_PART_INPUT || part == tracev1.Part_PART_OUTPUT
		if part == tracev1.Part_PART_UNSPECIFIED || transformed != (e.GetAction() == "") {
			return fmt.Errorf("lot %s takes part as %s", i.GetBatch().GetLot(), part)
		}
		has, err := t.entered(rd, e, i)
		if err != nil {
			return err
		}
		if !has {
			return fmt.Errorf("it does not stand beside lot %s", i.GetBatch().GetLot())
		}
	}
	return nil
}

func (t *Trace) journeysHold(rd *module.Reader) error {
	return t.journey.Walk(rd, nil, func(k entry) (bool, error) {
		e, err := t.events.Get(rd, k.K4())
		if err == nil && !(names(e, k.K1(), k.K2(), true) && e.GetEventTimeMs() == k.K3()) {
			err = fmt.Errorf("it does not name the lot at %d", k.K3())
		}
		if err != nil {
			return true, fmt.Errorf("journey of %s lot %s names event %x: %w", k.K1(), k.K2(), k.K4(), err)
		}
		return false, nil
	})
}

func (t *Trace) outsideHolds(rd *module.Reader) error {
	return t.outside.Walk(rd, nil, func(k outsideEntry) (bool, error) {
		if len(k.K4()) != 8+32 {
			return true, fmt.Errorf("entry %x of %s lot %s is malformed", k.K4(), k.K1(), k.K2())
		}
		e, err := t.events.Get(rd, k.K4()[8:])
		if err == nil && !(names(e, k.K1(), k.K2(), false) && e.GetReporter() == k.K3() && bytes.Equal(moment(e), k.K4())) {
			err = fmt.Errorf("%s did not tell it of the lot at that time", k.K3())
		}
		if err != nil {
			return true, fmt.Errorf("outside lot %s %s names event %x: %w", k.K1(), k.K2(), k.K4()[8:], err)
		}
		return false, nil
	})
}

func names(e *tracev1.Event, gtin, lot string, registered bool) bool {
	for _, i := range e.GetBatches() {
		if i.GetBatch().GetGtin() == gtin && i.GetBatch().GetLot() == lot && i.GetRegistered() == registered {
			return true
		}
	}
	return false
}

// lengthsHold counts both tables anew.
func (t *Trace) lengthsHold(rd *module.Reader) error {
	journeys := map[string]uint64{}
	err := t.journey.Walk(rd, nil, func(k entry) (bool, error) { journeys[k.K1()+" lot "+k.K2()]++; return false, nil })
	if err != nil {
		return err
	}
	err = counted(rd, t.lengths, journeys, func(k collections.Pair[string, string]) string { return k.K1() + " lot " + k.K2() })
	if err != nil {
		return fmt.Errorf("journeys: %w", err)
	}
	outside := map[string]uint64{}
	err = t.outside.Walk(rd, nil, func(k outsideEntry) (bool, error) {
		outside[k.K1()+" lot "+k.K2()+" of "+k.K3()]++
		return false, nil
	})
	if err != nil {
		return err
	}
	err = counted(rd, t.outsideLengths, outside, func(k collections.Triple[string, string, string]) string {
		return k.K1() + " lot " + k.K2() + " of " + k.K3()
	})
	if err != nil {
		return fmt.Errorf("outside lots: %w", err)
	}
	return nil
}

// counted holds a table of lengths against what was counted.
func counted[K any](rd *module.Reader, lengths collections.Map[K, uint64], found map[string]uint64, text func(K) string) error {
	held := 0
	err := lengths.Walk(rd, nil, func(k K, n uint64) (bool, error) {
		held++
		if n != found[text(k)] || n == 0 || n > maxJourney {
			return true, fmt.Errorf("%s has %d entries and counts %d", text(k), found[text(k)], n)
		}
		return false, nil
	})
	if err == nil && held != len(found) {
		err = fmt.Errorf("%d lots have entries and %d are counted", len(found), held)
	}
	return err
}

func (t *Trace) eventIDsHold(rd *module.Reader) error {
	return t.eventIDs.Walk(rd, nil, func(k collections.Pair[string, string], id []byte) (bool, error) {
		e, err := t.events.Get(rd, id)
		if err == nil && (e.GetReporter() != k.K1() || e.GetEventId() != k.K2()) {
			err = fmt.Errorf("that is %s of %s", e.GetEventId(), e.GetReporter())
		}
		if err != nil {
			return true, fmt.Errorf("eventID %s of %s stands for event %x: %w", k.K2(), k.K1(), id, err)
		}
		return false, nil
	})
}
