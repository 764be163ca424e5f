package verify

import (
	"encoding/binary"
	"errors"
	"fmt"

	unitv1 "github.com/filiera-chain/filiera/api/unit/v1"
	"github.com/filiera-chain/filiera/gs1"
	"github.com/filiera-chain/filiera/module/statekey"
	"github.com/filiera-chain/filiera/units"
)

// ErrItem is returned for a serial number or a proof that cannot be read.
var ErrItem = errors.New("what is shown of the item cannot be read")

// Item is one item of a batch: its serial number (GS1 AI 21), and what is shown of it, in the text form of package
// units, or nothing. The zero value asks for no item.
type Item struct{ Serial, Proof string }

// read reads what was shown; nil when nothing was.
func (i Item) read() (*units.Evidence, error) {
	if i.Serial == "" {
		if i.Proof != "" {
			return nil, fmt.Errorf("%w: a proof of a unit needs its serial number", ErrItem)
		}
		return nil, nil
	}
	if _, err := gs1.ParseSerial(i.Serial); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrItem, err)
	}
	if i.Proof == "" {
		return nil, nil
	}
	e, err := units.Parse(i.Proof)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrItem, err)
	}
	return e, nil
}

// UnitRecords is what an answer about one item rests on.
type UnitRecords struct {
	Serial string
	Runs   []*unitv1.Run // in order of number; none when the batch has no serial numbers
	Tally  *unitv1.Tally

	// Run is the run that the item is proven to be in, Index its position in the tree, and Number its place among the
	// labels, from 1.
	Run    *unitv1.Run
	Index  uint32
	Number uint32
	// Absent says that the item is proven to be in none of the runs.
	Absent bool
	// Fault says why what was shown does not hold.
	Fault error

	Unit    *unitv1.Unit    // what happened to the item; nil when nothing did
	Voiding *unitv1.Voiding // what made it void; nil when it is not
}

// unit reads what is known of an item, and checks what was shown of it.
func (g *gatherer) unit(item Item, shown *units.Evidence) {
	if item.Serial == "" {
		return
	}
	u := &UnitRecords{Serial: item.Serial, Runs: g.runs()}
	g.r.Item = u
	if len(u.Runs) == 0 || g.err != nil {
		return
	}
	u.Tally = new(unitv1.Tally)
	if !g.find(statekey.UnitTally(g.r.GTIN, g.r.Lot), u.Tally) {
		g.fail(fmt.Errorf("verify: batch %s %s has units and no tally of them", g.r.GTIN, g.r.Lot))
		return
	}
	if shown == nil {
		return
	}
	id := units.IDOf(g.r.GTIN, g.r.Lot, item.Serial)
	if shown.Presence == nil {
		u.Fault = u.absent(id, shown.Absences)
		u.Absent = u.Fault == nil
		return
	}
	if u.Fault = u.present(id, shown.Presence); u.Fault == nil {
		position := u.position()
		g.r.UnitPosition = &position
		g.happened(u)
	}
}

// runs reads the runs of the batch.
func (g *gatherer) runs() (out []*unitv1.Run) {
	start, end := statekey.UnitRunsOf(g.r.GTIN, g.r.Lot)
	for i, pair := range g.list(start, end, units.MaxRuns) {
		r := new(unitv1.Run)
		if err := decode(pair.Value, r); err != nil {
			g.fail(fmt.Errorf("verify: the record of key %x: %w", pair.Key, err))
			return nil
		}
		number := binary.BigEndian.AppendUint32(nil, uint32(i+1))
		if string(pair.Key[len(start):]) != string(number) || r.GetNumber() != uint32(i+1) || r.GetBatch().GetGtin() != g.r.GTIN ||
			r.GetBatch().GetLot() != g.r.Lot || len(r.GetRoot()) != units.HashSize {
			g.fail(fmt.Errorf("verify: key %x is not run %d of batch %s %s", pair.Key, i+1, g.r.GTIN, g.r.Lot))
			return nil
		}
		out = append(out, r)
		g.participant(r.GetCommittedBy())
	}
	return out
}

func (u *UnitRecords) present(id units.ID, p *units.Presence) error {
	if p.Run == 0 || int(p.Run) > len(u.Runs) {
		return fmt.Errorf("it is of run %d, and the batch has %d", p.Run, len(u.Runs))
	}
	r := u.Runs[p.Run-1]
	if err := p.Check(id, units.Hash(r.GetRoot()), r.GetCount()); err != nil {
		return err
	}
	u.Run, u.Index, u.Number = r, p.Index, p.Number
	return nil
}

// position is the item's place among all labels of the batch, from 0: run after run.
func (u *UnitRecords) position() uint64 {
	n := uint64(u.Number)
	for _, r := range u.Runs[:u.Run.GetNumber()-1] {
		n += uint64(r.GetCount())
	}
	return max(n, 1) - 1
}

// absent wants the absence from every run.
func (u *UnitRecords) absent(id units.ID, list []*units.Absence) error {
	if len(list) != len(u.Runs) {
		return fmt.Errorf("it shows the absence from %d runs, and the batch has %d", len(list), len(u.Runs))
	}
	for i, a := range list {
		if a.Run != uint32(i+1) {
			return fmt.Errorf("it is of run %d, and run %d is missing", a.Run, i+1)
		}
		if err := a.Check(id, units.Hash(u.Runs[i].GetRoot()), u.Runs[i].GetCount()); err != nil {
			return err
		}
	}
	return nil
}

// happened reads what happened to an item that is proven to be there.
func (g *gatherer) happened(u *UnitRecords) {
	x := new(unitv1.Unit)
	if g.find(statekey.Unit(g.r.GTIN, g.r.Lot, u.Run.GetNumber(), u.Index), x) {
		u.Unit = x
	}
	number := u.Unit.GetVoiding()
	if number == 0 && (u.Unit.GetReveals() == 0 || u.Unit.GetVoidWhenAcquitted()) {
		number = u.Run.GetRestVoiding()
	}
	if number == 0 {
		return
	}
	u.Voiding = new(unitv1.Voiding)
	if !g.find(statekey.Voiding(g.r.GTIN, g.r.Lot, number), u.Voiding) {
		g.fail(fmt.Errorf("verify: voiding %d of batch %s %s has no record", number, g.r.GTIN, g.r.Lot))
		return
	}
	g.participant(u.Voiding.GetVoidedBy())
}

// goods is how much of the batch is there or was sold: what can bear a serial number.
func (r *Records) goods() int64 {
	if s := r.Stock; s != nil {
		return s.GetLeft() + s.GetSold()
	}
	return r.Batch.GetQuantity().GetAmount()
}

// covers says whether the units leave no room for one more of the smallest.
func (u *UnitRecords) covers(goods int64) bool {
	smallest := u.Runs[0].GetContent()
	for _, r := range u.Runs {
		smallest = min(smallest, r.GetContent())
	}
	return goods-u.Tally.GetContent() < smallest
}
