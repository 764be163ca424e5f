package unit_test

import (
	"fmt"
	"testing"

	"pgregory.net/rapid"

	basev1 "github.com/filiera-chain/filiera/api/base/v1"
	matterv1 "github.com/filiera-chain/filiera/api/matter/v1"
	unitv1 "github.com/filiera-chain/filiera/api/unit/v1"
)

// family is lots that are parts of one batch, with what units they have: the
// plainest book there is of labels.
type family struct {
	w      *world
	whole  int64
	lots   []string
	runs   []*press
	marked map[string]bool // "run/index" that is void or acquitted
	opened map[string]int  // reveals
	live   int64           // labels that are not void, of all lots
	made   int
}

func (f *family) lot(t *rapid.T) string { return rapid.SampledFrom(f.lots).Draw(t, "lot") }

func (f *family) name(p *press, i int) string { return fmt.Sprintf("%s/%d/%d", p.lot, p.run, i) }

func (f *family) step(t *rapid.T) {
	f.made++
	switch rapid.IntRange(0, 6).Draw(t, "act") {
	case 0, 1: // labels, often more than there may be
		p := newPress(flour, f.lot(t), fmt.Sprintf("S%d-", f.made), rapid.IntRange(1, 40).Draw(t, "units"))
		out, err := f.w.Try(by("maker"), p.commit(10))
		if err == nil {
			p.run = out.(*unitv1.CommitUnitsResult).GetRun()
			f.runs = append(f.runs, p)
			f.live += int64(len(p.serials))
		}
	case 2:
		from, fresh := f.lot(t), fmt.Sprintf("P%d", f.made)
		if _, err := f.w.Try(by("maker"), split(flour, from, fresh, rapid.Int64Range(1, 500).Draw(t, "grams"))); err == nil {
			f.lots = append(f.lots, fresh)
		}
	case 3:
		from := f.lot(t)
		use := &matterv1.Use{Batch: id(flour, from), Quantity: &basev1.Quantity{Amount: rapid.Int64Range(1, 100).Draw(t, "grams"), Unit: "GRM"}}
		if rapid.Bool().Draw(t, "sold") {
			_, _ = f.w.Try(by("maker"), &matterv1.MsgSell{What: use, Day: "2026-11-21"})
		} else {
			_, _ = f.w.Try(by("maker"), &matterv1.MsgWriteOff{What: use, Day: "2026-11-21", Reason: "bagnata"})
		}
	default:
		if len(f.runs) == 0 {
			return
		}
		f.unit(t, rapid.SampledFrom(f.runs).Draw(t, "run"))
	}
}

// unit voids a unit or reveals its code.
func (f *family) unit(t *rapid.T, p *press) {
	i := rapid.IntRange(0, len(p.serials)-1).Draw(t, "unit")
	name := f.name(p, i)
	if rapid.Bool().Draw(t, "void") {
		_, err := f.w.Try(by("maker"), p.void(&unitv1.Span{First: uint32(i), Last: uint32(i)}))
		if (err == nil) == f.marked[name] {
			t.Fatalf("voiding %s, which is void or opened: %v; got %v", name, f.marked[name], err)
		}
		if err == nil {
			f.marked[name] = true
			f.live--
		}
		return
	}
	n := rapid.IntRange(1, 4).Draw(t, "reveal")
	_, err := f.w.Try(by("shop"), p.reveal(i, n))
	if (err == nil) != (n == f.opened[name]+1) {
		t.Fatalf("reveal %d of %s after %d: %v", n, name, f.opened[name], err)
	}
	if err == nil {
		f.opened[name]++
		f.marked[name] = true
	}
}

// However lots are parted, sold, spoiled, labelled, voided and opened, the labels
// that are out never hold more than there ever was: every gram is issued once.
func TestLabelsNeverExceedTheGoods(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		f := &family{w: newWorld(t), whole: 1_000, lots: []string{"F1"}, marked: map[string]bool{}, opened: map[string]int{}}
		f.w.batch(flour, "F1", f.whole)
		for range rapid.IntRange(5, 40).Draw(t, "steps") {
			f.step(t)
			if f.live*10 > f.whole {
				t.Fatalf("%d labels of 10 g are out, of %d g", f.live, f.whole)
			}
		}
		sum := int64(0)
		for _, lot := range f.lots {
			sum += f.w.tally(flour, lot).GetContent()
		}
		if sum != f.live*10 {
			t.Fatalf("the tallies hold %d g and %d labels are out", sum, f.live)
		}
	})
}
