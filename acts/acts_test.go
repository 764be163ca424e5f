package acts_test

import (
	"testing"

	"github.com/filiera-chain/filiera/acts"
	ledgerv1 "github.com/filiera-chain/filiera/api/ledger/v1"
)

func TestWordsAreReadBack(t *testing.T) {
	words := acts.KindWords()
	if len(words) != 20 || words[0] != "regolamento-ue" {
		t.Errorf("%v", words)
	}
	for _, w := range words {
		if k, err := acts.ParseKind(w); err != nil || acts.KindWord(k) != w {
			t.Errorf("%s: %v %v", w, k, err)
		}
	}
	for r := ledgerv1.ActRelation_ACT_RELATION_APPROVES; r <= ledgerv1.ActRelation_ACT_RELATION_GOVERNS; r++ {
		if got, err := acts.ParseRelation(acts.RelationWord(r)); err != nil || got != r {
			t.Errorf("%v: %v %v", r, got, err)
		}
	}
	for _, bad := range []string{"", "unspecified", "poem"} {
		if _, err := acts.ParseKind(bad); err == nil {
			t.Errorf("kind %q is taken", bad)
		}
		if _, err := acts.ParseRelation(bad); err == nil {
			t.Errorf("relation %q is taken", bad)
		}
	}
	if id := acts.ID(ledgerv1.ActKind_ACT_KIND_DECRETO_DIRIGENZIALE, "regione-marche", "14", "TDI", "2025-02-11"); id != "regione-marche:decreto-dirigenziale:14.tdi:2025" {
		t.Error(id)
	}
}

func TestCUPHaveTheirForm(t *testing.T) {
	for cup, good := range map[string]bool{
		"C11G06000000001": true, "G17H03000130001": true, "G17H03000130011": true, "c11G06000000001": false, "C11G0600000000": false, "C11G060000000011": false,
		"C1AG06000000001": false, "": false, "C11G0600000000O": false,
	} {
		if err := acts.CheckCUP("cup", cup); (err == nil) != good {
			t.Errorf("%q: %v", cup, err)
		}
	}
}

func TestHowAnActStands(t *testing.T) {
	change := func(kind ledgerv1.ActRelation, by, from string, withdrawn int64) *ledgerv1.Relation {
		return &ledgerv1.Relation{Kind: kind, From: by, EffectiveFrom: from, WithdrawnAt: withdrawn}
	}
	a := &ledgerv1.Act{InForceFrom: "2024-01-10", InForceTo: "2024-12-31", Changes: []*ledgerv1.Relation{
		change(ledgerv1.ActRelation_ACT_RELATION_AMENDS, "late", "2024-05-01", 0),
		change(ledgerv1.ActRelation_ACT_RELATION_AMENDS, "mistake", "2024-02-01", 7),
		change(ledgerv1.ActRelation_ACT_RELATION_RECTIFIES, "early", "2024-01-10", 0),
		change(ledgerv1.ActRelation_ACT_RELATION_REVOKES, "second", "2024-08-01", 0),
		change(ledgerv1.ActRelation_ACT_RELATION_REVOKES, "first", "2024-07-01", 0),
		change(ledgerv1.ActRelation_ACT_RELATION_TRANSFERS, "money", "2024-05-01", 0),
	}}
	for day, want := range map[string]acts.Standing{"2024-01-09": acts.NotYet, "2024-01-10": acts.InForce, "2024-06-30": acts.InForce, "2024-07-01": acts.Revoked, "2025-01-01": acts.Revoked} {
		if got, _ := acts.At(a, day); got != want || (acts.Why(a, day) == "") != (want == acts.InForce) {
			t.Errorf("%s: %s, %q", day, got, acts.Why(a, day))
		}
	}
	if _, end := acts.At(a, "2024-09-01"); end.GetFrom() != "first" {
		t.Errorf("ended by %s", end.GetFrom())
	}
	if w := acts.Words(a, "2024-06-01"); len(w) != 2 || w[0].GetFrom() != "early" || w[1].GetFrom() != "late" {
		t.Errorf("%v", w)
	}
	if n := len(acts.Changes(a, "2024-06-01")); n != 3 {
		t.Errorf("%d changes", n)
	}
	a.Changes = nil
	if got, _ := acts.At(a, "2025-01-01"); got != acts.Expired {
		t.Errorf("after its time: %s", got)
	}
}
