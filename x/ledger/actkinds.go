package ledger

import (
	"github.com/filiera-chain/filiera/acts"
	ledgerv1 "github.com/filiera-chain/filiera/api/ledger/v1"
)

// Levels of the sources of law and of acts, the lower the number the higher: an
// act acts upon others of its level or below.
const (
	levelUnion = iota + 1
	levelLaw
	levelRegionalLaw
	levelRegulation
	levelGovernment // of a region, a council, an executive
	levelOffice     // of a manager
	levelNotice     // calls, notices, rankings, contracts
)

// levels of the kinds of act. Regional laws and State laws have the same force, each
// in its matters (Cost. art. 117): neither acts upon the other here.
var levels = [...]int{
	ledgerv1.ActKind_ACT_KIND_REGOLAMENTO_UE:        levelUnion,
	ledgerv1.ActKind_ACT_KIND_LEGGE:                 levelLaw,
	ledgerv1.ActKind_ACT_KIND_DECRETO_LEGGE:         levelLaw,
	ledgerv1.ActKind_ACT_KIND_DECRETO_LEGISLATIVO:   levelLaw,
	ledgerv1.ActKind_ACT_KIND_LEGGE_REGIONALE:       levelRegionalLaw,
	ledgerv1.ActKind_ACT_KIND_DECRETO_MINISTERIALE:  levelRegulation,
	ledgerv1.ActKind_ACT_KIND_REGOLAMENTO_REGIONALE: levelRegulation,
	ledgerv1.ActKind_ACT_KIND_DELIBERA_CONSIGLIO:    levelGovernment,
	ledgerv1.ActKind_ACT_KIND_DGR:                   levelGovernment,
	ledgerv1.ActKind_ACT_KIND_DELIBERA_GIUNTA:       levelGovernment,
	ledgerv1.ActKind_ACT_KIND_DECRETO_PRESIDENTE:    levelGovernment,
	ledgerv1.ActKind_ACT_KIND_DECRETO_DIRIGENZIALE:  levelOffice,
	ledgerv1.ActKind_ACT_KIND_DETERMINA:             levelOffice,
	ledgerv1.ActKind_ACT_KIND_ORDINANZA:             levelOffice,
	ledgerv1.ActKind_ACT_KIND_BANDO:                 levelNotice,
	ledgerv1.ActKind_ACT_KIND_AVVISO:                levelNotice,
	ledgerv1.ActKind_ACT_KIND_GRADUATORIA:           levelNotice,
	ledgerv1.ActKind_ACT_KIND_CONVENZIONE:           levelNotice,
	ledgerv1.ActKind_ACT_KIND_VERBALE:               levelNotice,
	ledgerv1.ActKind_ACT_KIND_ALTRO:                 levelNotice,
}

// knownKind says whether k is a kind of act.
func knownKind(k ledgerv1.ActKind) bool { return k > 0 && int(k) < len(levels) }

// norm says whether acts of a kind are law, which is repealed and not revoked.
func norm(k ledgerv1.ActKind) bool { return levels[k] <= levelRegulation }

// changing says whether a relation changes what is in force of the other act.
func changing(r ledgerv1.ActRelation) bool {
	switch r {
	case ledgerv1.ActRelation_ACT_RELATION_AMENDS, ledgerv1.ActRelation_ACT_RELATION_TRANSFERS, ledgerv1.ActRelation_ACT_RELATION_RECTIFIES,
		ledgerv1.ActRelation_ACT_RELATION_REVOKES, ledgerv1.ActRelation_ACT_RELATION_REPEALS:
		return true
	}
	return false
}

// checkHierarchy refuses a relation that an act of this kind and body cannot have
// to the other one.
func checkHierarchy(from *ledgerv1.Act, kind ledgerv1.ActRelation, to *ledgerv1.Act) error {
	a, b := from.GetKind(), to.GetKind()
	refuse := func(why string) error {
		return ErrHierarchy.With("%s (%s of %s) cannot be what %s %s (%s of %s): %s", from.GetId(), acts.KindWord(a), from.GetBody(), acts.RelationWord(kind), to.GetId(), acts.KindWord(b), to.GetBody(), why)
	}
	above, same, sameBody := levels[a] < levels[b], levels[a] == levels[b], from.GetBody() == to.GetBody()
	if kind == ledgerv1.ActRelation_ACT_RELATION_EXECUTES {
		if levels[a] < levels[b] {
			return refuse("an act executes one of its level or above")
		}
		return nil
	}
	if a == ledgerv1.ActKind_ACT_KIND_LEGGE_REGIONALE != (b == ledgerv1.ActKind_ACT_KIND_LEGGE_REGIONALE) && levels[a] <= levelRegionalLaw && levels[b] <= levelRegionalLaw {
		return refuse("State law and regional law have each their own matters (Cost. art. 117)")
	}
	if !above && !same {
		return refuse("it stands below it")
	}
	switch kind {
	case ledgerv1.ActRelation_ACT_RELATION_REVOKES:
		if norm(b) {
			return refuse("law is repealed; revoked are acts of the administration")
		}
	case ledgerv1.ActRelation_ACT_RELATION_REPEALS:
		if !norm(b) {
			return refuse("repealed is law; acts of the administration are revoked")
		}
	case ledgerv1.ActRelation_ACT_RELATION_TRANSFERS:
		if levels[a] > levelOffice {
			return refuse("money is moved by law, by a decision of the government or by a manager's decree")
		}
	case ledgerv1.ActRelation_ACT_RELATION_RECTIFIES:
		if a != b || !sameBody {
			return refuse("a mistake of writing is rectified by the same kind of act of the same body")
		}
	}
	if changing(kind) && !sameBody && !(above && norm(a)) {
		return refuse("only its own body, or law above it, changes it")
	}
	if kind == ledgerv1.ActRelation_ACT_RELATION_GOVERNS && !sameBody && !norm(a) && a != ledgerv1.ActKind_ACT_KIND_DGR {
		return refuse("only its own body, the regional government or law governs it")
	}
	return nil
}
