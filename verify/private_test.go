package verify

import (
	"encoding/json"
	"strings"
	"testing"

	basev1 "github.com/filiera-chain/filiera/api/base/v1"
	privacyv1 "github.com/filiera-chain/filiera/api/privacy/v1"
	"github.com/filiera-chain/filiera/commitment"
	"github.com/filiera-chain/filiera/module"
	"github.com/filiera-chain/filiera/store"
)

// secretly makes the story's owner commit to two fields, and gives their
// openings.
func secretly(w *world) (price, recipe *commitment.Opening) {
	c := &privacyv1.Commitment{
		ChainId: chainID, Participant: "norcineria", CommittedAt: producedAt, CommittedHeight: 12,
		Subject: &privacyv1.Subject{Of: &privacyv1.Subject_Batch{Batch: &basev1.BatchID{Gtin: gtin, Lot: lot}}},
	}
	open := func(field, value string, salt byte) *commitment.Opening {
		o := &commitment.Opening{Place: commitment.Place{ChainID: chainID, Participant: "norcineria", Subject: commitment.Batch(gtin, lot), Field: field}, Form: commitment.Text, Value: []byte(value)}
		o.Salt[0] = salt
		sum := o.Commitment()
		c.Fields = append(c.Fields, &privacyv1.Field{Name: field, Commitment: sum[:]})
		return o
	}
	price, recipe = open("price", "12,50 EUR", 1), open("recipe", "pepe nero e aglio", 2)
	named := []commitment.Named{{Name: "price", Commitment: c.Fields[0].Commitment}, {Name: "recipe", Commitment: c.Fields[1].Commitment}}
	id := commitment.ID(chainID, "norcineria", commitment.Batch(gtin, lot), named)
	c.Id = id[:]
	w.private = append(w.private, c)
	return price, recipe
}

func TestAnAnswerListsPrivateFieldsByNameOnly(t *testing.T) {
	w := story()
	secretly(w)
	a := Judge(w.gather(t), ledger(), "en")
	if len(a.PrivateFields) != 2 || a.PrivateFields[0].Field != "price" || a.PrivateFields[0].Participant.Name != "Norcineria Rossi Srl" || a.PrivateFields[0].ErasedAt != "" {
		t.Errorf("private fields %+v", a.PrivateFields)
	}
	raw, err := json.Marshal(a)
	must(t, err)
	if s := string(raw); strings.Contains(s, "12,50") || strings.Contains(s, "aglio") {
		t.Errorf("the answer tells a value: %s", s)
	}
	if plain := Judge(story().gather(t), ledger(), "en"); plain.Verdict != a.Verdict || len(plain.Reasons) != len(a.Reasons) {
		t.Errorf("private fields change the verdict: %s, %s", plain.Verdict, a.Verdict)
	}
}

// TestErasingLeavesTheProofOfTheRestValid: bundles made before and after an
// erasure both check, and the field that was not erased opens against both.
func TestErasingLeavesTheProofOfTheRestValid(t *testing.T) {
	w := story()
	price, recipe := secretly(w)
	before, trust := w.prove(t, gtin, lot, voted())
	old := encode(t, before)
	w.private[0].Fields[0].ErasedAt, w.private[0].Fields[0].ErasureReason = now, "they asked"
	after, _ := w.prove(t, gtin, lot, voted())
	for name, bundle := range map[string][]byte{"before": old, "after": encode(t, after)} {
		r, err := Check(bundle, trust)
		must(t, err)
		fields := r.Records.Private[0].GetFields()
		if err := recipe.Check(fields[1].GetCommitment()); err != nil {
			t.Errorf("%s: the field that is kept does not open: %v", name, err)
		}
		if err := price.Check(fields[0].GetCommitment()); err != nil {
			t.Errorf("%s: who kept the opening could not show what was committed: %v", name, err)
		}
		if erased := r.Answer("it").PrivateFields[0].ErasedAt != ""; erased != (name == "after") {
			t.Errorf("%s: shown as erased: %t", name, erased)
		}
	}
}

func TestACommitmentThatIsNotOfTheBatchFails(t *testing.T) {
	for name, change := range map[string]func(*privacyv1.Commitment){
		"another id":          func(c *privacyv1.Commitment) { c.Id[0] ^= 1 },
		"another participant": func(c *privacyv1.Commitment) { c.Participant = "corriere" },
		"another batch":       func(c *privacyv1.Commitment) { c.Subject.GetBatch().Lot = "OTHER" },
	} {
		w := story()
		secretly(w)
		s := w.lay(t) // under the right keys
		c := w.private[0]
		id := string(c.GetId())
		change(c)
		b := s.Branch()
		raw, err := module.Marshal(c)
		must(t, err)
		must(t, b.Set(append([]byte("privacy/\x01"), id...), raw))
		_, err = s.Prepare(stateHeight+1, b)
		must(t, err)
		must(t, s.Commit())
		must(t, s.View(func(v *store.View) error {
			if _, err := Gather(Live(v), gtin, lot); err == nil {
				t.Errorf("%s is taken", name)
			}
			return nil
		}))
	}
}
