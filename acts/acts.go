// Package acts says of records of public acts what follows from them alone: their
// ids, which is in force on a day, of which acts a text is made. It is pure, so that
// the ledger, a gateway and whoever checks a proof with no node at hand come to the
// same answer.
package acts

import (
	"fmt"
	"slices"
	"strings"

	ledgerv1 "github.com/filiera-chain/filiera/api/ledger/v1"
)

// ID is the id of an act: body:kind:number[.office]:year, in small letters. Date is
// YYYY-MM-DD.
func ID(kind ledgerv1.ActKind, body, number, office, date string) string {
	if office != "" {
		number += "." + office
	}
	return body + ":" + KindWord(kind) + ":" + strings.ToLower(number) + ":" + date[:min(4, len(date))]
}

// KindWord is the plain word of a kind, such as decreto-dirigenziale.
func KindWord(k ledgerv1.ActKind) string {
	return strings.ReplaceAll(strings.ToLower(strings.TrimPrefix(k.String(), "ACT_KIND_")), "_", "-")
}

// ParseKind reads the word of a kind; hyphens, underscores and blanks are the same.
func ParseKind(s string) (ledgerv1.ActKind, error) {
	word := strings.ToUpper(strings.NewReplacer("-", "_", " ", "_").Replace(strings.TrimSpace(s)))
	n, ok := ledgerv1.ActKind_value["ACT_KIND_"+word]
	if !ok || n == 0 {
		return 0, fmt.Errorf("there is no kind of act %q; write one of %s", s, strings.Join(KindWords(), ", "))
	}
	return ledgerv1.ActKind(n), nil
}

// KindWords lists the words of all kinds, from the highest source of law down.
func KindWords() []string {
	var out []string
	for k := ledgerv1.ActKind(1); ledgerv1.ActKind_name[int32(k)] != ""; k++ {
		out = append(out, KindWord(k))
	}
	return out
}

// RelationWord is the plain word of a relation, such as amends.
func RelationWord(r ledgerv1.ActRelation) string {
	return strings.ToLower(strings.TrimPrefix(r.String(), "ACT_RELATION_"))
}

// ParseRelation reads the word of a relation.
func ParseRelation(s string) (ledgerv1.ActRelation, error) {
	n, ok := ledgerv1.ActRelation_value["ACT_RELATION_"+strings.ToUpper(strings.TrimSpace(s))]
	if !ok || n == 0 {
		return 0, fmt.Errorf("there is no relation %q; write one of approves, amends, transfers, rectifies, executes, revokes, repeals, governs", s)
	}
	return ledgerv1.ActRelation(n), nil
}

// CheckCUP refuses what does not have the form of a codice unico di progetto:
// letter, two digits, letter, eleven digits. Its last digit is no check digit that
// anybody published, so none is held against it.
func CheckCUP(field, s string) error {
	ok := len(s) == 15
	for i := 0; i < len(s) && ok; i++ {
		if c := s[i]; i == 0 || i == 3 {
			ok = c >= 'A' && c <= 'Z'
		} else {
			ok = c >= '0' && c <= '9'
		}
	}
	if !ok {
		if len(s) > 40 {
			s = s[:40] + "…"
		}
		return fmt.Errorf("%s is %q; a CUP is a capital letter, two digits, a capital letter and eleven digits, such as C11G06000000001", field, s)
	}
	return nil
}

// Standing is whether an act is in force on a day.
type Standing string

// The standings.
const (
	InForce  Standing = "in_force"
	NotYet   Standing = "not_yet"
	Revoked  Standing = "revoked"
	Repealed Standing = "repealed"
	Expired  Standing = "expired"
)

// At says how an act stands on a day, YYYY-MM-DD, and which relation ended it by
// then. What ended an act stays its end when the act that did it is ended in turn:
// repeal of a repeal revives nothing by itself.
func At(a *ledgerv1.Act, day string) (Standing, *ledgerv1.Relation) {
	if day < a.GetInForceFrom() {
		return NotYet, nil
	}
	if end := endOf(a, day); end != nil {
		if end.GetKind() == ledgerv1.ActRelation_ACT_RELATION_REPEALS {
			return Repealed, end
		}
		return Revoked, end
	}
	if to := a.GetInForceTo(); to != "" && day > to {
		return Expired, nil
	}
	return InForce, nil
}

// Why says in words why an act is not in force, to follow its name; "" when it is.
func Why(a *ledgerv1.Act, day string) string {
	switch s, end := At(a, day); s {
	case NotYet:
		return "is in force from " + a.GetInForceFrom()
	case Revoked, Repealed:
		return "was " + string(s) + " by " + end.GetFrom() + " from " + end.GetEffectiveFrom()
	case Expired:
		return "was in force until " + a.GetInForceTo()
	}
	return ""
}

// endOf gives the relation that ended an act by a day, the earliest; nil for none.
func endOf(a *ledgerv1.Act, day string) *ledgerv1.Relation {
	var found *ledgerv1.Relation
	for _, c := range a.GetChanges() {
		ends := c.GetKind() == ledgerv1.ActRelation_ACT_RELATION_REVOKES || c.GetKind() == ledgerv1.ActRelation_ACT_RELATION_REPEALS
		if ends && c.GetWithdrawnAt() == 0 && c.GetEffectiveFrom() <= day && (found == nil || c.GetEffectiveFrom() < found.GetEffectiveFrom()) {
			found = c
		}
	}
	return found
}

// Changes gives what amended, rectified or moved the money of an act by a day, in
// order of effect, then of declaration.
func Changes(a *ledgerv1.Act, day string) []*ledgerv1.Relation {
	return choose(a, day, ledgerv1.ActRelation_ACT_RELATION_AMENDS, ledgerv1.ActRelation_ACT_RELATION_RECTIFIES, ledgerv1.ActRelation_ACT_RELATION_TRANSFERS)
}

// Words gives what changed the words of an act by a day: amended or rectified them.
func Words(a *ledgerv1.Act, day string) []*ledgerv1.Relation {
	return choose(a, day, ledgerv1.ActRelation_ACT_RELATION_AMENDS, ledgerv1.ActRelation_ACT_RELATION_RECTIFIES)
}

func choose(a *ledgerv1.Act, day string, kinds ...ledgerv1.ActRelation) []*ledgerv1.Relation {
	var out []*ledgerv1.Relation
	for _, c := range a.GetChanges() {
		if c.GetWithdrawnAt() == 0 && slices.Contains(kinds, c.GetKind()) && c.GetEffectiveFrom() <= day {
			out = append(out, c)
		}
	}
	slices.SortStableFunc(out, func(x, y *ledgerv1.Relation) int { return strings.Compare(x.GetEffectiveFrom(), y.GetEffectiveFrom()) })
	return out
}
