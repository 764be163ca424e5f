package privacy

import (
	privacyv1 "github.com/filiera-chain/filiera/api/privacy/v1"
	"github.com/filiera-chain/filiera/commitment"
	"github.com/filiera-chain/filiera/module"
)

// SubjectOf writes a subject as text, or refuses one that is not written in its
// one way.
func SubjectOf(s *privacyv1.Subject) (commitment.Subject, error) {
	var text commitment.Subject
	switch s.GetOf().(type) {
	case *privacyv1.Subject_Batch:
		text = commitment.Batch(s.GetBatch().GetGtin(), s.GetBatch().GetLot())
	case *privacyv1.Subject_Event:
		text = commitment.Event(s.GetEvent())
	case *privacyv1.Subject_Attestation:
		text = commitment.Attestation(s.GetAttestation())
	case *privacyv1.Subject_Product:
		text = commitment.Product(s.GetProduct())
	default:
		return "", ErrShape.With("subject is missing; name a batch, an event, an attestation or a product")
	}
	if err := text.Check(); err != nil {
		return "", ErrShape.With("%v", err)
	}
	return text, nil
}

func checkID(id []byte) error { return shape(module.CheckHash("commitment", id)) }

func checkReason(s string) error { return shape(module.CheckText("reason", s, 3, maxReason)) }

func shape(err error) error {
	if err != nil {
		return ErrShape.With("%v", err)
	}
	return nil
}

// checkNames refuses names that are not slugs, or not in ascending order.
func checkNames(names []string) error {
	if len(names) == 0 || len(names) > commitment.MaxFields {
		return ErrShape.With("%d fields are named; name 1 to %d", len(names), commitment.MaxFields)
	}
	for i, n := range names {
		if err := module.CheckSlug("field", n, 1, maxFieldName); err != nil {
			return shape(err)
		}
		if i > 0 && names[i-1] >= n {
			return ErrShape.With("field %s stands after %s; write fields in ascending order, each once", n, names[i-1])
		}
	}
	return nil
}
