package index

import (
	"fmt"
	"testing"

	abci "github.com/cometbft/cometbft/abci/types"

	placev1 "github.com/filiera-chain/filiera/api/place/v1"
)

func TestLocationsFilterAndPage(t *testing.T) {
	eachModel(t, func(t *testing.T, m Model) {
		c := newChain(t, 1, 0)
		var events []abci.Event
		for i := range 30 {
			l := &placev1.Location{Id: fmt.Sprintf("mulino/p-%02d", i), Owner: "mulino", Status: 1, Details: &placev1.Details{
				Name: "Place", Kind: placev1.Kind(i%3 + 1), Municipality: []string{"109004", "109006"}[i%2],
			}}
			if i > 0 {
				l.Details.Parent = "mulino/p-00"
			}
			if i == 7 {
				l.Owner, l.Status = "pastificio", placev1.LocationStatus_LOCATION_STATUS_CLOSED
			}
			e, err := Announce(&placev1.LocationChanged{Location: l})
			if err != nil {
				t.Fatal(err)
			}
			events = append(events, e)
		}
		c.seal(Block{EndEvents: events})
		apply(t, m, c.blocks)
		for name, f := range map[string]struct {
			filter LocationFilter
			want   int
		}{
			"all": {LocationFilter{}, 30}, "owner": {LocationFilter{Owner: "mulino"}, 29}, "municipality": {LocationFilter{Municipality: "109006"}, 15},
			"kind": {LocationFilter{Kind: 2}, 10}, "parent": {LocationFilter{Parent: "mulino/p-00"}, 29}, "closed": {LocationFilter{Status: 3}, 1},
			"both": {LocationFilter{Owner: "pastificio", Municipality: "109004"}, 0},
		} {
			found := pages(t, 7, func(p Page) (List[*placev1.Location], error) { return m.Locations(t.Context(), f.filter, p) })
			if len(found) != f.want {
				t.Errorf("%s: %d locations, want %d", name, len(found), f.want)
			}
			for i := 1; i < len(found); i++ {
				if found[i].GetId() <= found[i-1].GetId() {
					t.Errorf("%s: %s after %s", name, found[i].GetId(), found[i-1].GetId())
				}
			}
		}
	})
}
