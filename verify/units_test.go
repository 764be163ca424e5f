package verify

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"google.golang.org/protobuf/proto"

	basev1 "github.com/filiera-chain/filiera/api/base/v1"
	lineagev1 "github.com/filiera-chain/filiera/api/lineage/v1"
	recallv1 "github.com/filiera-chain/filiera/api/recall/v1"
	unitv1 "github.com/filiera-chain/filiera/api/unit/v1"
	"github.com/filiera-chain/filiera/module/statekey"
	"github.com/filiera-chain/filiera/store"
	"github.com/filiera-chain/filiera/units"
)

// unitStory is the serial numbers of the story's batch, and the one asked for.
type unitStory struct {
	runs    []*unitv1.Run
	tally   *unitv1.Tally
	unit    *unitv1.Unit
	voiding *unitv1.Voiding
	serial  string
	shown   *units.Evidence
}

func (u *unitStory) batch() *basev1.BatchID { return &basev1.BatchID{Gtin: gtin, Lot: lot} }

// item is what is asked, nothing where the story has no serial numbers.
func (u *unitStory) item() Item {
	switch {
	case u == nil:
		return Item{}
	case u.shown == nil:
		return Item{Serial: u.serial}
	}
	return Item{u.serial, u.shown.Text()}
}

func (u *unitStory) lay(put func(key []byte, m proto.Message)) {
	for _, r := range u.runs {
		put(statekey.UnitRun(gtin, lot, r.GetNumber()), r)
	}
	put(statekey.UnitTally(gtin, lot), u.tally)
	put(statekey.Voiding(gtin, lot, 1), u.voiding)
	if u.unit != nil {
		put(statekey.Unit(gtin, lot, u.unit.GetRun(), u.unit.GetIndex()), u.unit)
	}
}

// labels gives the batch n units of so many grams, in one run, and asks for the
// one at index; for -1 for one that is not there.
func labels(n int, grams int64, index int) func(*world) {
	return func(w *world) {
		u := &unitStory{serial: "S-1"}
		serials := map[units.ID]string{}
		var leaves []units.Leaf
		coder := units.Key{1}.Coder(gtin, lot)
		for i := range n {
			s := fmt.Sprintf("S%d", i)
			l := units.LeafOf(gtin, lot, s, coder.Code(s), uint32(i)+1)
			serials[l.ID], leaves = s, append(leaves, l)
		}
		slices.SortFunc(leaves, func(a, b units.Leaf) int { return bytes.Compare(a.ID[:], b.ID[:]) })
		hashes := make([]units.Hash, n)
		for i, l := range leaves {
			hashes[i] = l.Hash()
		}
		place := func(i int) units.Place {
			return units.Place{Index: uint32(i), Path: units.PathOf(hashes, i)}
		}
		if index >= 0 {
			u.serial = serials[leaves[index].ID]
			u.shown = &units.Evidence{Presence: &units.Presence{Run: 1, Place: place(index), Tip: leaves[index].Tip, Number: leaves[index].Number}}
		} else {
			id := units.IDOf(gtin, lot, u.serial)
			at, _ := slices.BinarySearchFunc(leaves, id, func(l units.Leaf, id units.ID) int { return bytes.Compare(l.ID[:], id[:]) })
			u.shown = &units.Evidence{Absences: []*units.Absence{{
				Run: 1, Left: &units.Neighbour{Leaf: leaves[at-1], Place: place(at - 1)}, Right: &units.Neighbour{Leaf: leaves[at], Place: place(at)},
			}}}
		}
		root := units.RootOf(hashes)
		u.runs = []*unitv1.Run{{
			Batch: u.batch(), Number: 1, Root: root[:], Count: uint32(n), Content: grams, Serials: unitv1.SerialKind_SERIAL_KIND_DERIVED,
			CommittedBy: "norcineria", KeyLabel: "main", CommittedAt: producedAt + day, CommittedHeight: 14,
		}}
		u.tally = &unitv1.Tally{Batch: u.batch(), Unit: "GRM", Runs: 1, Voidings: 1, Units: int64(n), Content: int64(n) * grams}
		u.voiding = &unitv1.Voiding{Batch: u.batch(), Number: 1, Run: 1, Units: 1, Reason: "rotolo strappato", VoidedBy: "norcineria", VoidedAt: producedAt + 18*day, VoidedHeight: 20}
		w.units = u
	}
}

// opened reveals the code of the fourth unit n times, a day apart.
func opened(n uint32) func(*world) {
	return func(w *world) {
		if w.units == nil {
			return
		}
		w.units.unit = &unitv1.Unit{
			Batch: w.units.batch(), Run: 1, Index: 3, AcquittedAt: producedAt + 20*day, AcquittedHeight: 33, Reveals: n,
			LastRevealedAt: producedAt + (19+int64(n))*day, LastRevealedHeight: 34, Token: make([]byte, units.TokenSize),
		}
	}
}

func unitWorld(change ...func(*world)) *world {
	w := story()
	for _, c := range change {
		c(w)
	}
	return w
}

func TestABundleOfOneItem(t *testing.T) {
	for name, w := range map[string]*world{
		"in the batch": unitWorld(labels(1000, 400, 3), opened(2)), "absent": unitWorld(labels(1000, 400, -1)),
		"nothing shown": unitWorld(labels(1000, 400, 3), func(w *world) { w.units.shown = nil }),
		"a wrong proof": unitWorld(labels(1000, 400, 3), func(w *world) { w.units.serial = "S4" }),
	} {
		t.Run(name, func(t *testing.T) {
			b, trust := w.prove(t, gtin, lot, voted())
			raw := encode(t, b)
			report, err := Check(raw, trust)
			must(t, err)
			want, got := Judge(w.gather(t), report.Ledger, "en"), report.Answer("en")
			if report.Serial != w.units.serial || got.Unit == nil || got.Unit.Status != want.Unit.Status || got.Verdict != want.Verdict {
				t.Fatalf("of %s: %+v, want %+v", report.Serial, got.Unit, want.Unit)
			}
			// Nobody can make it speak of another item, or leave out what happened.
			for forged, change := range map[string]func(*Bundle){
				"another serial number": func(b *Bundle) { b.Target.Serial = "S77" },
				"no serial number":      func(b *Bundle) { b.Target.Serial, b.Target.UnitProof = "", "" },
				"another proof":         func(b *Bundle) { b.Target.UnitProof = "EQEB" },
				"runs left out": func(b *Bundle) {
					b.Ranges = slices.DeleteFunc(b.Ranges, func(r BundleRange) bool { return bytes.Equal(r.Start, unitRuns()) })
				},
				"what happened left out": func(b *Bundle) {
					b.Records = slices.DeleteFunc(b.Records, func(r BundleRecord) bool {
						return bytes.Equal(r.Key, unitRecordKey(3)) || bytes.Equal(r.Key, statekey.UnitTally(gtin, lot))
					})
				},
			} {
				b, trust := w.prove(t, gtin, lot, voted())
				change(b)
				r, err := Check(encode(t, b), trust)
				if err == nil && forged != "another serial number" {
					t.Errorf("%s is taken", forged)
				}
				if err == nil && r.Answer("en").Unit.Status == "in_batch" {
					t.Errorf("%s: the item is said to be of the batch", forged)
				}
			}
		})
	}
}

func TestAnItemThatCannotBeRead(t *testing.T) {
	w := unitWorld(labels(10, 400, 3))
	for _, item := range []Item{{"è", ""}, {strings.Repeat("1", 21), ""}, {"S1", "!"}, {"S1", "AAAA"}, {"", w.units.shown.Text()}, {"S1", w.units.shown.Text()[1:]}} {
		if _, err := GatherItem(frozen{}, gtin, lot, item, 1); !errors.Is(err, ErrItem) {
			t.Errorf("%+v: %v", item, err)
		}
	}
}

func TestRunsThatDoNotFitFail(t *testing.T) {
	for name, change := range map[string]func(*world){
		"a short root":   func(w *world) { w.units.runs[0].Root = w.units.runs[0].Root[1:] },
		"another number": func(w *world) { w.units.runs[0].Number = 2 },
		"another batch":  func(w *world) { w.units.runs[0].Batch = &basev1.BatchID{Gtin: gtin, Lot: "X"} },
	} {
		w := unitWorld(labels(10, 400, 3))
		change(w)
		s := w.lay(t)
		h := sign(t, s.AppHash(), voted())
		err := s.View(func(v *store.View) error {
			_, _, err := ProveItem(Live(v), gtin, lot, w.units.item(), v, h)
			return err
		})
		if err == nil {
			t.Errorf("%s is taken", name)
		}
	}
}

// TestARecallOfItemsReachesTheProvenItem holds a recall of a reel of labels against
// the number that an item's own proof tells.
func TestARecallOfItemsReachesTheProvenItem(t *testing.T) {
	w := unitWorld(labels(1000, 400, 3))
	number := uint64(w.units.shown.Presence.Number)
	for first, want := range map[uint64]Verdict{number - 1: Recalled, number: Authentic} { // positions count from 0
		c := glass(1)
		c.marks = append(c.marks, &lineagev1.Mark{Recall: 1, Batch: theBatch(), Target: true, Reached: true, At: now - day, Height: 40})
		c.recall.Targets = []*recallv1.Target{{Kind: recallv1.TargetKind_TARGET_KIND_UNITS, Batch: theBatch(), FirstUnit: first, LastUnit: first}}
		w := unitWorld(labels(1000, 400, 3), recalledBy(c))
		if a := Judge(w.gather(t), ledger(), "it"); a.Verdict != want {
			t.Errorf("item %d, and %d is recalled: %s", number, first+1, a.Verdict)
		}
		w.units.shown = nil // what is not proven is not spared
		if a := Judge(w.gather(t), ledger(), "it"); a.Verdict != Recalled {
			t.Errorf("an item that is not proven: %s", a.Verdict)
		}
	}
}
