package verify

import (
	"fmt"
	"testing"

	placev1 "github.com/filiera-chain/filiera/api/place/v1"
)

const storeGLN = "8001234500009"

func storehouse() *placev1.Location {
	return &placev1.Location{
		Id: storeGLN, Owner: "magazzino", Status: placev1.LocationStatus_LOCATION_STATUS_SUSPENDED, StatusReason: "sanitary inspection", Revision: 1,
		Details: &placev1.Details{Name: "Magazzino di Fermo", Kind: placev1.Kind_KIND_WAREHOUSE, Municipality: "109006", ActiveFrom: "2010-01-01"},
	}
}

// A step names the place that is registered under its read point, and the bundle
// proves it: the finest id that is there, and that the finer ones are not.
func TestAStepShowsItsPlaceWithProof(t *testing.T) {
	w := story()
	w.locations = append(w.locations, storehouse())
	w.participants["magazzino"] = participant("magazzino", "Magazzino Verdi")
	w.events[1].BizLocation = "https://id.gs1.org/414/" + storeGLN + "/254/cella-3"
	b, trust := w.prove(t, gtin, lot, voted())
	r, err := Check(encode(t, b), trust)
	must(t, err)
	for lang, a := range map[string]*Answer{"live": Judge(w.gather(t), ledger(), "it"), "proven": r.Answer("it")} {
		step := a.Journey[1]
		if step.PlaceRecord == nil || step.PlaceRecord.Name != "Magazzino di Fermo" || step.PlaceRecord.Municipality != "109006" ||
			step.PlaceRecord.Kind != "warehouse" || step.PlaceRecord.Status != "suspended" || step.PlaceRecord.Owner.Name != "Magazzino Verdi" {
			t.Errorf("%s: place %+v", lang, step.PlaceRecord)
		}
		if step.LocationRecord == nil || step.LocationRecord.ID != storeGLN {
			t.Errorf("%s: location %+v", lang, step.LocationRecord)
		}
		if a.Journey[0].PlaceRecord != nil {
			t.Errorf("%s: a step without place has %+v", lang, a.Journey[0].PlaceRecord)
		}
	}
	// A bundle that leaves the place out does not pass for a whole one.
	for i, rec := range b.Records {
		if rec.Value != nil && string(rec.Key) == "place/\x01"+storeGLN {
			cut := *b
			cut.Records = append(append([]BundleRecord(nil), b.Records[:i]...), b.Records[i+1:]...)
			refused(t, encode(t, &cut), trust, CheckAnswer)
			return
		}
	}
	t.Error("the bundle does not prove the place")
}

func TestAnUnregisteredPlaceIsProvenAbsent(t *testing.T) {
	w := story()
	b, trust := w.prove(t, gtin, lot, voted())
	if _, err := Check(encode(t, b), trust); err != nil {
		t.Fatal(err)
	}
	for _, rec := range b.Records {
		if string(rec.Key) == "place/\x01"+storeGLN {
			if !rec.Absent {
				t.Error("a place that nobody registered has a record")
			}
			return
		}
	}
	t.Error("the bundle does not say that the place is not registered")
}

func TestPlacesAreBounded(t *testing.T) {
	w := story()
	for i := range MaxPlaces + 20 {
		e := moved("shipping", producedAt+int64(i+2)*60)
		e.Id = eventID(7)
		e.Id[1], e.Id[2] = byte(i), byte(i>>8)
		e.ReadPoint = fmt.Sprintf("urn:filiera:location:corriere:p-%d", i)
		w.events = append(w.events, e)
	}
	if r := w.gather(t); len(r.Places) != MaxPlaces || len(r.Journey) < MaxPlaces+20 {
		t.Errorf("%d places over %d steps", len(r.Places), len(r.Journey))
	}
}
