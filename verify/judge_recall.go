package verify

import (
	"encoding/hex"
	"fmt"
	"strings"

	recallv1 "github.com/filiera-chain/filiera/api/recall/v1"
	"github.com/filiera-chain/filiera/module/statekey"
)

// RecallView is a recall that has to do with the batch.
type RecallView struct {
	Recall     uint64     `json:"recall"`
	Hazard     string     `json:"hazard"` // microbiological, chemical, foreign_body, allergen, fraud, labelling, quality, other
	HazardText string     `json:"hazard_text"`
	Reason     string     `json:"reason"`
	LegalBasis string     `json:"legal_basis,omitempty"`
	OpenedBy   *ActorView `json:"opened_by"`
	OpenedAt   string     `json:"opened_at"`
	State      string     `json:"state"` // open, completed
	// InForce: the batch is recalled by it. False for one that let the batch out, or left this item alone.
	InForce bool `json:"in_force"`
	// Target: the recall names the batch itself. Else Path leads from what it was made of to a batch that is recalled;
	// it has one step once the recall has arrived.
	Target bool        `json:"target"`
	Path   []BatchName `json:"path,omitempty"`
	// Units are the items that it is about, by position, when it is not about all.
	Units []UnitRange `json:"units,omitempty"`
	// What the public is told.
	Notice   string `json:"notice,omitempty"`
	NoticeAt string `json:"notice_at,omitempty"`
	// LiftedBy and the rest say why the batch was let out.
	LiftedBy       *ActorView `json:"lifted_by,omitempty"`
	LiftedAt       string     `json:"lifted_at,omitempty"`
	LiftReason     string     `json:"lift_reason,omitempty"`
	EvidenceSHA256 string     `json:"evidence_sha256,omitempty"`
}

// BatchName names a batch.
type BatchName struct {
	GTIN string `json:"gtin"`
	Lot  string `json:"lot"`
}

// UnitRange is items of a batch by position, from 0, both ends in it.
type UnitRange struct {
	First uint64 `json:"first"`
	Last  uint64 `json:"last"`
}

func (j *judge) recalls() {
	for _, o := range j.r.Recalls {
		switch {
		case !o.counts():
		case o.holds() && o.spares(j.r.UnitPosition):
			j.add("recall_other_units", "", o.record(j),
				fmt.Sprintf("Il richiamo %d riguarda altri pezzi di questo lotto (%s).", o.Recall.GetNumber(), j.unitsText(o)),
				fmt.Sprintf("Recall %d is about other items of this batch (%s).", o.Recall.GetNumber(), j.unitsText(o)))
		case o.holds():
			j.recalled(o)
		case o.Lift != nil:
			when := utc(o.Lift.GetLiftedAt())
			j.add("recall_lifted", "", statekey.RecallLift(o.Recall.GetNumber(), o.Lift.GetNumber()),
				fmt.Sprintf("Il richiamo %d è stato tolto per questo lotto%s %s%s", o.Recall.GetNumber(), j.by(o.Lift.GetLiftedBy()), j.w.on(when), j.w.because(o.Lift.GetReason())),
				fmt.Sprintf("Recall %d was lifted for this batch%s %s%s", o.Recall.GetNumber(), j.by(o.Lift.GetLiftedBy()), j.w.on(when), j.w.because(o.Lift.GetReason())))
		}
	}
	if n := j.r.Unchecked; n != 0 {
		start, _ := statekey.RecallsSpreading()
		j.add("recall_spreading", Suspicious, start,
			fmt.Sprintf("Un richiamo (%d) si sta estendendo e non si è ancora potuto controllare tutto ciò di cui questo lotto è fatto: aspetta a consumarlo e chiedi di nuovo tra qualche minuto.", n),
			fmt.Sprintf("A recall (%d) is spreading; not all of what this batch was made of could be checked yet: do not consume it, and ask again in some minutes.", n))
	}
}

// recalled says that the batch is recalled, and by what it came to be.
func (j *judge) recalled(o *RecallOf) {
	when := utc(o.Recall.GetOpenedAt())
	it := fmt.Sprintf("Il lotto è richiamato%s %s (richiamo %d, %s)", j.by(o.Recall.GetOpenedBy()), j.w.on(when), o.Recall.GetNumber(), hazardText(o.Recall.GetHazard(), words{}))
	en := fmt.Sprintf("The batch is recalled%s %s (recall %d, %s)", j.by(o.Recall.GetOpenedBy()), j.w.on(when), o.Recall.GetNumber(), hazardText(o.Recall.GetHazard(), words{en: true}))
	code := "batch_recalled"
	if path := o.path(); len(path) > 0 {
		code = "made_of_recalled"
		it += fmt.Sprintf(", perché fatto con il lotto %s del prodotto %s", path[0].Lot, path[0].GTIN)
		en += fmt.Sprintf(", being made of batch %s of product %s", path[0].Lot, path[0].GTIN)
	} else if len(o.units()) > 0 {
		it += ", per i pezzi " + j.unitsText(o)
		en += ", for items " + j.unitsText(o)
	}
	j.add(code, Recalled, o.record(j), it+j.w.because(o.Recall.GetReason()), en+j.w.because(o.Recall.GetReason()))
}

// record is the key of what shows that the recall has to do with the batch.
func (o *RecallOf) record(j *judge) []byte {
	if o.Mark != nil {
		return statekey.RecallMark(j.r.GTIN, j.r.Lot, o.Recall.GetNumber())
	}
	last := o.Path[len(o.Path)-1]
	return statekey.RecallMark(last.GetGtin(), last.GetLot(), o.Recall.GetNumber())
}

// path leads to a batch that passes the recall on; nil for a target.
func (o *RecallOf) path() []BatchName {
	var list []BatchName
	if via := o.Mark.GetVia(); via != nil {
		list = append(list, BatchName{via.GetGtin(), via.GetLot()})
	}
	for _, id := range o.Path {
		list = append(list, BatchName{id.GetGtin(), id.GetLot()})
	}
	return list
}

func (j *judge) unitsText(o *RecallOf) string {
	var list []string
	for _, t := range o.units() {
		list = append(list, fmt.Sprintf("%d–%d", t.GetFirstUnit(), t.GetLastUnit()))
	}
	return strings.Join(list, ", ")
}

// recallViews shows the recalls that are in force, also those that let the batch out.
func (j *judge) recallViews() []RecallView {
	out := []RecallView{}
	for _, o := range j.r.Recalls {
		if !o.counts() || !o.holds() && o.Lift == nil {
			continue
		}
		x := o.Recall
		v := RecallView{
			Recall: x.GetNumber(), Hazard: word(x.GetHazard().String(), "HAZARD_"), HazardText: hazardText(x.GetHazard(), j.w), Reason: x.GetReason(),
			LegalBasis: x.GetLegalBasis(), OpenedBy: j.short(x.GetOpenedBy()), OpenedAt: stamp(x.GetOpenedAt()), State: word(x.GetState().String(), "STATE_"),
			InForce: o.holds() && !o.spares(j.r.UnitPosition), Target: o.Mark.GetTarget(), Path: o.path(),
		}
		for _, t := range o.units() {
			v.Units = append(v.Units, UnitRange{t.GetFirstUnit(), t.GetLastUnit()})
		}
		if n := o.Notice; n != nil {
			v.NoticeAt, v.Notice = stamp(n.GetPublishedAt()), n.GetTextIt()
			if j.w.en && n.GetTextEn() != "" {
				v.Notice = n.GetTextEn()
			}
		}
		if l := o.Lift; l != nil {
			v.LiftedBy, v.LiftedAt, v.LiftReason = j.short(l.GetLiftedBy()), stamp(l.GetLiftedAt()), l.GetReason()
			v.EvidenceSHA256 = hex.EncodeToString(l.GetEvidenceSha256())
		}
		out = append(out, v)
	}
	return out
}

// hazardText is what is wrong, in words.
func hazardText(h recallv1.Hazard, w words) string {
	switch h {
	case recallv1.Hazard_HAZARD_MICROBIOLOGICAL:
		return w.pick("rischio microbiologico", "microbiological hazard")
	case recallv1.Hazard_HAZARD_CHEMICAL:
		return w.pick("rischio chimico", "chemical hazard")
	case recallv1.Hazard_HAZARD_FOREIGN_BODY:
		return w.pick("corpo estraneo", "foreign body")
	case recallv1.Hazard_HAZARD_ALLERGEN:
		return w.pick("allergene non dichiarato", "undeclared allergen")
	case recallv1.Hazard_HAZARD_FRAUD:
		return w.pick("frode", "fraud")
	case recallv1.Hazard_HAZARD_LABELLING:
		return w.pick("etichetta errata", "wrong label")
	case recallv1.Hazard_HAZARD_QUALITY:
		return w.pick("difetto di qualità", "quality defect")
	}
	return w.pick("altro rischio", "another hazard")
}
