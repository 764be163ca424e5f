package place_test

import (
	"fmt"
	"testing"

	"google.golang.org/protobuf/proto"
	"pgregory.net/rapid"

	placev1 "github.com/filiera-chain/filiera/api/place/v1"
	"github.com/filiera-chain/filiera/x/place"
	"github.com/filiera-chain/filiera/x/registry"
)

func TestAnAmendmentKeepsWhatWasSaidBefore(t *testing.T) {
	w := newWorld(t)
	w.Do(by("maker"), plant())
	w.Block.Time += 100
	w.Do(by("maker"), amend(plant(), func(d *placev1.Details) { d.Name, d.Kind = "Laboratorio e magazzino", placev1.Kind_KIND_WAREHOUSE }))
	w.Block.Time += 100
	w.Do(by("maker"), amend(plant(), func(d *placev1.Details) { d.Municipality = fermo }))
	a, err := w.p.Module().Queries[0].Answer(w.Reader(), &placev1.LocationRequest{Id: "https://id.gs1.org/414/" + plantGLN})
	if err != nil {
		t.Fatal(err)
	}
	got := a.(*placev1.LocationResponse)
	if got.GetLocation().GetRevision() != 3 || len(got.GetRevisions()) != 2 {
		t.Fatalf("answer = %v", got)
	}
	second := got.GetRevisions()[1]
	if second.GetDetails().GetKind() != placev1.Kind_KIND_WAREHOUSE || second.GetSinceAt() != start+100 || second.GetUntilAt() != start+200 || second.GetReason() != "new survey" {
		t.Errorf("second revision = %v", second)
	}
}

func TestAnAmendmentIsRefusedWhen(t *testing.T) {
	type msg = *placev1.MsgAmendLocation
	w := newWorld(t)
	w.Do(by("maker"), plant())
	fresh := func() msg { return amend(plant(), func(d *placev1.Details) { d.Name = "Laboratorio nuovo" }) }
	refuses(t, w, "maker", fresh, []refusal[msg]{
		{name: "its signer is not the owner", signer: "seller", want: place.ErrNotOwner},
		{name: "its signer is an authority", signer: "region", want: place.ErrNotOwner},
		{name: "the place is unknown", change: func(m msg) { m.Id = "maker/nowhere" }, want: place.ErrLocation},
		{name: "the id is none", change: func(m msg) { m.Id = "x" }, want: place.ErrID},
		{name: "nothing changes", change: func(m msg) { m.Details = details() }, want: place.ErrState},
		{name: "the reason is missing", change: func(m msg) { m.Reason = "" }, want: place.ErrShape},
		{name: "the reason names a person's code", change: func(m msg) { m.Reason = "sold to RSSMRA80A01H501U" }, want: place.ErrPersonal},
		{name: "the details are missing", change: func(m msg) { m.Details = nil }, want: place.ErrShape},
		{name: "the new municipality is out of scope", change: func(m msg) { m.Details.Municipality = "042002" }, want: registry.ErrScope},
	})
	w.Do(by("maker"), &placev1.MsgCloseLocation{Id: plantGLN, Reason: "moved away"})
	refuses(t, w, "maker", fresh, []refusal[msg]{{name: "the place is closed", want: place.ErrState}})
}

func TestPlacesLieInOneAnotherWithoutCircles(t *testing.T) {
	w := newWorld(t)
	w.Do(by("maker"), plant())
	parent := plantGLN
	for i := range place.MaxDepth {
		m := inside(fmt.Sprintf("maker/l%d", i+1), parent)
		w.Do(by("maker"), m)
		parent = m.Id
	}
	w.Refuses(place.ErrParent, by("maker"), inside("maker/too-deep", parent))
	// The top cannot move into what lies in it.
	w.Refuses(place.ErrParent, by("maker"), amend(plant(), func(d *placev1.Details) { d.Parent = "maker/l3" }))
	// What holds others keeps its depth …
	second := inside("maker/l2", "maker/l1")
	w.Refuses(place.ErrParent, by("maker"), amend(second, func(d *placev1.Details) { d.Parent = "" }))
	w.Do(by("maker"), inside("maker/other", plantGLN))
	w.Do(by("maker"), amend(second, func(d *placev1.Details) { d.Parent = "maker/other" }))
	// … and what holds none may go anywhere.
	last := inside(fmt.Sprintf("maker/l%d", place.MaxDepth), "")
	w.Do(by("maker"), amend(last, func(d *placev1.Details) { d.Parent = "" }))
	if l := w.location(last.Id); l.GetDepth() != 0 {
		t.Errorf("location = %v", l)
	}
}

func TestAPlaceIsClosedAfterThosePlacesInIt(t *testing.T) {
	type msg = *placev1.MsgCloseLocation
	w := newWorld(t)
	w.Do(by("maker"), plant())
	w.Do(by("maker"), inside("maker/linea", plantGLN))
	fresh := func() msg { return &placev1.MsgCloseLocation{Id: plantGLN, Reason: "moved away"} }
	refuses(t, w, "maker", fresh, []refusal[msg]{
		{name: "a place in it is open", want: place.ErrState},
		{name: "its signer is not the owner", signer: "region", want: place.ErrNotOwner},
		{name: "its last day comes before its first", change: func(m msg) { m.ActiveTo = "2013-01-01" }, want: place.ErrDate},
		{name: "its last day is no day", change: func(m msg) { m.ActiveTo = "ieri" }, want: place.ErrDate},
		{name: "the reason is missing", change: func(m msg) { m.Reason = "" }, want: place.ErrShape},
		{name: "the place is unknown", change: func(m msg) { m.Id = shopGLN }, want: place.ErrLocation},
	})
	w.Do(by("maker"), &placev1.MsgCloseLocation{Id: "maker/linea", Reason: "worn out", ActiveTo: "2026-01-31"})
	w.Block.Time += 2000 // the role has ended; the place may still be closed
	w.Do(by("maker"), fresh())
	if l := w.location(plantGLN); l.GetDetails().GetActiveTo() != "2026-05-28" || l.GetStatusReason() != "moved away" {
		t.Errorf("location = %v", l)
	}
	w.Refuses(place.ErrState, by("maker"), fresh())
	w.Refuses(place.ErrState, by("region"), &placev1.MsgSuspendLocation{Id: plantGLN, Reason: "too late"})
	w.Block.Time -= 2000
	w.Refuses(place.ErrParent, by("maker"), inside("maker/nuova", plantGLN))
	w.Refuses(place.ErrTaken, by("maker"), plant())
}

func TestAnAuthoritySuspendsAndReinstates(t *testing.T) {
	w := newWorld(t)
	w.Do(by("maker"), plant())
	suspend := &placev1.MsgSuspendLocation{Id: plantGLN, Reason: "sanitary inspection, prot. 0345678 of 2026"}
	reinstate := &placev1.MsgReinstateLocation{Id: plantGLN, Reason: "inspection passed"}
	w.Refuses(registry.ErrNotAllowed, by("maker"), suspend)
	w.Refuses(place.ErrState, by("region"), reinstate)
	w.Do(by("region"), suspend)
	if l := w.location(plantGLN); place.StatusWord(l.GetStatus()) != "suspended" || l.GetStatusBy() != "region" || l.GetStatusReason() != suspend.Reason {
		t.Errorf("location = %v", l)
	}
	w.Refuses(place.ErrState, by("region"), suspend)
	w.Refuses(registry.ErrNotAllowed, by("maker"), reinstate)
	w.Refuses(place.ErrLocation, by("region"), &placev1.MsgSuspendLocation{Id: shopGLN, Reason: "sanitary inspection"})
	w.Refuses(place.ErrShape, by("region"), &placev1.MsgSuspendLocation{Id: plantGLN})
	w.Do(by("region"), reinstate)
	if l := w.location(plantGLN); place.StatusWord(l.GetStatus()) != "open" {
		t.Errorf("location = %v", l)
	}
}

// Whatever is asked in whatever order, the truths hold after every act: Try
// checks them.
func TestAnyOrderOfActsKeepsTheTruths(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := newWorld(t)
		ids := []string{plantGLN, plantGLN + ".a", "maker/b", "maker/c", "maker/d", "seller/e", shopGLN}
		one := rapid.SampledFrom(ids)
		optional := rapid.SampledFrom(append([]string{"", "", ""}, ids...))
		for range rapid.IntRange(1, 40).Draw(t, "acts") {
			d := details()
			d.Name, d.Parent = rapid.SampledFrom([]string{"Uno", "Due", "Tre"}).Draw(t, "name"), optional.Draw(t, "parent")
			id := one.Draw(t, "id")
			acts := []proto.Message{
				&placev1.MsgRegisterLocation{Id: id, Details: d},
				&placev1.MsgAmendLocation{Id: id, Details: d, Reason: "because"},
				&placev1.MsgCloseLocation{Id: id, Reason: "because"},
				&placev1.MsgSuspendLocation{Id: id, Reason: "because"},
				&placev1.MsgReinstateLocation{Id: id, Reason: "because"},
			}
			who := rapid.SampledFrom([]string{"maker", "maker", "maker", "seller", "region"}).Draw(t, "who")
			w.Block.Time++
			_, _ = w.Try(by(who), rapid.SampledFrom(append(acts, acts[0], acts[0], acts[1])).Draw(t, "act")) // a refusal is as good
		}
	})
}
