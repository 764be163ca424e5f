package ledger

import (
	"bytes"
	"fmt"

	"google.golang.org/protobuf/proto"

	"github.com/filiera-chain/filiera/acts"
	ledgerv1 "github.com/filiera-chain/filiera/api/ledger/v1"
	"github.com/filiera-chain/filiera/module"
)

func (l *Ledger) actInvariants() []module.Invariant {
	return []module.Invariant{
		{Name: "every act stands under the id that its own words give", Check: l.actsAreNamed},
		{Name: "files are found by every hash of every document, and by no other", Check: l.documentsAreFound},
		{Name: "every relation is between acts that are there, is found from both, and stands in the act that it changes", Check: l.relationsAgree},
	}
}

func (l *Ledger) actsAreNamed(rd *module.Reader) error {
	return l.acts.Walk(rd, nil, func(id string, a *ledgerv1.Act) (bool, error) {
		if want := acts.ID(a.GetKind(), a.GetBody(), a.GetNumber(), a.GetOffice(), a.GetDate()); want != id || a.GetId() != id {
			return true, fmt.Errorf("act %s calls itself %s, and its words give %s", id, a.GetId(), want)
		}
		for _, c := range a.GetChanges() {
			r, err := module.Find(rd, l.relations, keyOf(c.GetFrom(), c.GetKind(), id))
			if err != nil {
				return true, err
			}
			if !proto.Equal(c, r) || !changing(c.GetKind()) {
				return true, fmt.Errorf("act %s holds the change %v, and its relation is %v", id, c, r)
			}
		}
		return false, nil
	})
}

func (l *Ledger) documentsAreFound(rd *module.Reader) error {
	uses := 0
	err := l.acts.Walk(rd, nil, func(id string, a *ledgerv1.Act) (bool, error) {
		for _, d := range a.GetDocuments() {
			uses += len(hashesOf(d))
		}
		return false, nil
	})
	if err != nil {
		return err
	}
	found := 0
	err = l.documents.Walk(rd, nil, func(sum []byte, u *ledgerv1.DocumentUses) (bool, error) {
		found += len(u.GetUses())
		for _, use := range u.GetUses() {
			a, err := l.Act(rd, use.GetAct())
			if err != nil {
				return true, err
			}
			if int(use.GetDocument()) >= len(a.GetDocuments()) || !has(a.GetDocuments()[use.GetDocument()], sum, use.GetRole()) {
				return true, fmt.Errorf("file %x is not in document %d of %s", sum, use.GetDocument(), use.GetAct())
			}
		}
		return false, nil
	})
	if err == nil && uses != found {
		err = fmt.Errorf("acts have %d hashes and the index %d", uses, found)
	}
	return err
}

func has(d *ledgerv1.Document, sum []byte, role ledgerv1.DocumentUse_Role) bool {
	for _, h := range hashesOf(d) {
		if h.role == role && bytes.Equal(h.sum, sum) {
			return true
		}
	}
	return false
}

func (l *Ledger) relationsAgree(rd *module.Reader) error {
	n := 0
	err := l.relations.Walk(rd, nil, func(k relationKey, r *ledgerv1.Relation) (bool, error) {
		n++
		from, err := l.Act(rd, k.K1())
		if err != nil {
			return true, err
		}
		to, err := l.Act(rd, k.K3())
		if err != nil {
			return true, err
		}
		kind := ledgerv1.ActRelation(k.K2())
		if from == nil || to == nil || k.K1() == k.K3() || r.GetFrom() != k.K1() || r.GetKind() != kind || r.GetTo() != k.K3() {
			return true, fmt.Errorf("relation %v is between %v and %v", r, from.GetId(), to.GetId())
		}
		there, err := l.relationsTo.Has(rd, keyOf(k.K3(), kind, k.K1()))
		if err != nil || !there {
			return true, fmt.Errorf("relation %v is not found from %s (%w)", r, k.K3(), err)
		}
		held := 0
		for _, c := range to.GetChanges() {
			if c.GetFrom() == k.K1() && c.GetKind() == kind {
				held++
			}
		}
		if changing(kind) && held != 1 {
			return true, fmt.Errorf("%s holds the change by %s %d times", k.K3(), k.K1(), held)
		}
		return false, nil
	})
	if err != nil {
		return err
	}
	back := 0
	err = l.relationsTo.Walk(rd, nil, func(relationKey) (bool, error) {
		back++
		return false, nil
	})
	if err == nil && back != n {
		err = fmt.Errorf("%d relations and %d ways back", n, back)
	}
	return err
}
