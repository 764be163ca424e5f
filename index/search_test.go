package index

import (
	"errors"
	"strings"
	"testing"

	placev1 "github.com/filiera-chain/filiera/api/place/v1"
	productv1 "github.com/filiera-chain/filiera/api/product/v1"
	registryv1 "github.com/filiera-chain/filiera/api/registry/v1"
)

func TestSearchFindsNamesAndLotsHoweverTheyAreTyped(t *testing.T) {
	eachModel(t, func(t *testing.T, m Model) {
		c := newChain(t, 1, 0)
		blk := Block{}
		blk.EndEvents = c.events(
			&registryv1.ParticipantChanged{Participant: &registryv1.Participant{Id: "pastificio", Name: "Antico Pastificio di Città Sant'Angelo"}},
			&registryv1.ParticipantChanged{Participant: &registryv1.Participant{Id: "caseificio", Name: "Caseificio del Pero"}},
			&productv1.SpecificationChanged{Specification: &productv1.Specification{Id: "casciotta", Name: "Casciotta d'Urbino DOP"}},
			&productv1.ProductChanged{Product: &productv1.Product{Gtin: "08001234500016", Name: "Maccheroncini all'uovo"}},
			&productv1.BatchChanged{Batch: &productv1.Batch{Gtin: "08001234500016", Lot: "L26-07/A"}},
			&productv1.BatchChanged{Batch: &productv1.Batch{Gtin: "08001234500016", Lot: "2608"}},
			&placev1.LocationChanged{Location: &placev1.Location{Id: "pastificio/sede", Details: &placev1.Details{Name: "Stabilimento di Campofilone"}}},
		)
		c.seal(blk)
		apply(t, m, c.blocks)
		for text, want := range map[string]string{
			"citta":                 "participant pastificio",
			"ANTICO sant":           "participant pastificio",
			"pastificio":            "location pastificio/sede|participant pastificio",
			"d'urbino":              "specification casciotta",
			"cas":                   "participant caseificio|specification casciotta",
			"uovo macch":            "product 08001234500016",
			"8001234500016":         "product 08001234500016",
			"L. 26-07":              "batch 08001234500016 L26-07/A",
			"26":                    "batch 08001234500016 2608|batch 08001234500016 L26-07/A",
			"l2608":                 "batch 08001234500016 2608",
			"città del pero":        "",
			"niente":                "",
			"%":                     "!",
			strings.Repeat("a ", 9): "!",
		} {
			l, err := m.Search(t.Context(), text, "", Page{})
			var got []string
			for _, h := range l.Items {
				got = append(got, h.Kind+" "+h.Key)
			}
			if errors.Is(err, ErrSearch) {
				got, err = []string{"!"}, nil
			}
			if err != nil || strings.Join(got, "|") != want {
				t.Errorf("%q: %v (%v), want %s", text, got, err, want)
			}
		}
		first, err := m.Search(t.Context(), "26", "batch", Page{Limit: 1})
		if err != nil || len(first.Items) != 1 || first.Next == "" {
			t.Fatal(first, err)
		}
		second, err := m.Search(t.Context(), "26", "batch", Page{Limit: 1, Token: first.Next})
		if err != nil || len(second.Items) != 1 || second.Next != "" || second.Items[0].Name != "L26-07/A" {
			t.Fatal(second, err)
		}
	})
}
