package verify

import (
	"fmt"

	unitv1 "github.com/filiera-chain/filiera/api/unit/v1"
	"github.com/filiera-chain/filiera/module/statekey"
)

// UnitView is one item of the batch.
type UnitView struct {
	Serial string `json:"serial"`
	// Status is in_batch, void, acquitted, revealed_again, unknown, proof_wrong or not_proven.
	Status string `json:"status"`
	// Of an item that is proven to be in a run: the run's number, how many units it has, the item's position there, what
	// it holds, and who committed the run when.
	Run         uint32        `json:"run,omitempty"`
	Number      uint32        `json:"number,omitempty"` // among the labels of the run, from 1
	Units       uint32        `json:"units,omitempty"`
	Index       *uint32       `json:"index,omitempty"`
	Content     *QuantityView `json:"content,omitempty"`
	CommittedBy *ActorView    `json:"committed_by,omitempty"`
	CommittedAt string        `json:"committed_at,omitempty"`
	// The code under the cap: when it was revealed first, how often, when last.
	AcquittedAt     string `json:"acquitted_at,omitempty"`
	AcquittedHeight int64  `json:"acquitted_height,omitempty"`
	Reveals         uint32 `json:"reveals,omitempty"`
	LastRevealedAt  string `json:"last_revealed_at,omitempty"`
	// Of a void one.
	VoidedAt   string     `json:"voided_at,omitempty"`
	VoidedBy   *ActorView `json:"voided_by,omitempty"`
	VoidReason string     `json:"void_reason,omitempty"`
}

// item judges the one item asked for.
func (j *judge) item() {
	u := j.r.Item
	if u == nil || len(u.Runs) == 0 {
		return
	}
	runs, _ := statekey.UnitRunsOf(j.r.GTIN, j.r.Lot)
	switch {
	case u.Fault != nil:
		j.add("unit_proof_wrong", Suspicious, runs,
			"La prova che accompagna questo numero di serie non porta a ciò che il produttore ha registrato: può essere un'etichetta contraffatta.",
			"The proof that comes with this serial number does not lead to what the producer recorded: the label may be forged.")
	case u.Run != nil:
		j.provenItem(u)
	case u.Absent && u.covers(j.r.goods()):
		j.add("unit_unknown", Suspicious, runs,
			fmt.Sprintf("Il numero di serie %s non è di nessuna delle %d confezioni registrate per questo lotto, che le comprende tutte.", u.Serial, u.Tally.GetUnits()),
			fmt.Sprintf("The serial number %s is of none of the %d units recorded for this batch, and they are all of it.", u.Serial, u.Tally.GetUnits()))
	case u.Absent:
		j.add("unit_not_committed", AuthenticWithWarnings, runs,
			fmt.Sprintf("Il numero di serie %s non è tra le %d confezioni registrate per questo lotto; una parte del lotto non ha numeri di serie registrati.", u.Serial, u.Tally.GetUnits()),
			fmt.Sprintf("The serial number %s is not among the %d units recorded for this batch; part of the batch has no recorded serial numbers.", u.Serial, u.Tally.GetUnits()))
	default:
		j.add("unit_not_proven", "", runs,
			fmt.Sprintf("Questo lotto ha %d confezioni con numero di serie registrato; che questa sia una di loro qui non è provato.", u.Tally.GetUnits()),
			fmt.Sprintf("This batch has %d units with recorded serial numbers; that this is one of them is not proven here.", u.Tally.GetUnits()))
	}
	j.excess(u)
}

func (j *judge) provenItem(u *UnitRecords) {
	r := u.Run
	key := statekey.Unit(j.r.GTIN, j.r.Lot, r.GetNumber(), u.Index)
	j.add("unit_in_batch", "", statekey.UnitRun(j.r.GTIN, j.r.Lot, r.GetNumber()),
		fmt.Sprintf("Il numero di serie %s è di una delle %d confezioni che %s ha registrato %s.", u.Serial, r.GetCount(), j.name(r.GetCommittedBy()), j.w.on(utc(r.GetCommittedAt()))),
		fmt.Sprintf("The serial number %s is of one of the %d units that %s recorded %s.", u.Serial, r.GetCount(), j.name(r.GetCommittedBy()), j.w.on(utc(r.GetCommittedAt()))))
	if v := u.Voiding; v != nil {
		when := utc(v.GetVoidedAt())
		j.add("unit_void", Suspicious, statekey.Voiding(j.r.GTIN, j.r.Lot, v.GetNumber()),
			fmt.Sprintf("Questa etichetta è stata annullata%s %s: non dovrebbe essere su nessuna confezione%s", j.by(v.GetVoidedBy()), j.w.on(when), j.w.because(v.GetReason())),
			fmt.Sprintf("This label was made void%s %s: it should be on nothing%s", j.by(v.GetVoidedBy()), j.w.on(when), j.w.because(v.GetReason())))
	}
	switch x := u.Unit; {
	case x.GetReveals() > 1:
		j.add("unit_revealed_again", Suspicious, key,
			fmt.Sprintf("Il codice sotto il tappo è stato rivelato %d volte, la prima %s e l'ultima %s: se non sei stato tu, l'etichetta può essere copiata.", x.GetReveals(), j.moment(x.GetAcquittedAt()), j.moment(x.GetLastRevealedAt())),
			fmt.Sprintf("The code under the cap was revealed %d times, first %s and last %s: unless it was you, the label may be a copy.", x.GetReveals(), j.moment(x.GetAcquittedAt()), j.moment(x.GetLastRevealedAt())))
	case x.GetReveals() == 1:
		j.add("unit_acquitted", "", key,
			fmt.Sprintf("Il codice sotto il tappo è stato rivelato una volta, %s. Se la confezione era ancora chiusa, è stata aperta un'altra con lo stesso codice.", j.moment(x.GetAcquittedAt())),
			fmt.Sprintf("The code under the cap was revealed once, %s. If the pack was still closed, another one with the same code was opened.", j.moment(x.GetAcquittedAt())))
	}
}

// excess says that more labels are out than there are goods for them.
func (j *judge) excess(u *UnitRecords) {
	if goods := j.r.goods(); u.Tally.GetContent() > goods {
		unit := u.Tally.GetUnit()
		j.add("more_units_than_goods", AuthenticWithWarnings, statekey.UnitTally(j.r.GTIN, j.r.Lot),
			fmt.Sprintf("Le etichette valide di questo lotto sono per %s e del lotto ne restano o sono stati venduti %s: il resto è stato lavorato, spostato in altri lotti o eliminato.", j.w.quantity(u.Tally.GetContent(), unit), j.w.quantity(goods, unit)),
			fmt.Sprintf("The valid labels of this batch are for %s, and %s of it are left or were sold: the rest was processed, moved into other batches or written off.", j.w.quantity(u.Tally.GetContent(), unit), j.w.quantity(goods, unit)))
	}
}

// moment is a day with the time of day.
func (j *judge) moment(unix int64) string {
	t := utc(unix)
	return j.w.on(t) + t.Format(j.w.pick(" alle 15:04 UTC", " at 15:04 UTC"))
}

func (w words) itemHeadline() string {
	return w.pick("Attenzione: qualcosa non torna per questa confezione.", "Beware: something is wrong with this one item.")
}

func (j *judge) unitView() *UnitView {
	u := j.r.Item
	if u == nil || len(u.Runs) == 0 {
		return nil
	}
	v := &UnitView{Serial: u.Serial, Status: "not_proven"}
	switch {
	case u.Fault != nil:
		v.Status = "proof_wrong"
	case u.Absent:
		v.Status = "unknown"
	case u.Run != nil:
		j.showProven(v, u, u.Unit)
	}
	return v
}

func (j *judge) showProven(v *UnitView, u *UnitRecords, x *unitv1.Unit) {
	index := u.Index
	v.Status, v.Run, v.Units, v.Index, v.Number = "in_batch", u.Run.GetNumber(), u.Run.GetCount(), &index, u.Number
	v.Content = &QuantityView{u.Run.GetContent(), u.Tally.GetUnit()}
	v.CommittedBy, v.CommittedAt = j.short(u.Run.GetCommittedBy()), stamp(u.Run.GetCommittedAt())
	if x.GetReveals() > 0 {
		v.Status, v.AcquittedAt, v.AcquittedHeight, v.Reveals = "acquitted", stamp(x.GetAcquittedAt()), x.GetAcquittedHeight(), x.GetReveals()
	}
	if x.GetReveals() > 1 {
		v.Status, v.LastRevealedAt = "revealed_again", stamp(x.GetLastRevealedAt())
	}
	if d := u.Voiding; d != nil {
		v.Status, v.VoidedAt, v.VoidedBy, v.VoidReason = "void", stamp(d.GetVoidedAt()), j.short(d.GetVoidedBy()), d.GetReason()
	}
}
