package epcisrest

import (
	"context"

	"github.com/filiera-chain/filiera/epcis"
	"github.com/filiera-chain/filiera/gs1"
	"github.com/filiera-chain/filiera/index"
)

// maxPlaces bounds the places inside those that a query names.
const maxPlaces = 1000

// inside is a condition that holds inside places, too: those that the ledger has
// registered as lying in them, which are looked up when the query is put.
type inside struct {
	at     int // in query.Where
	field  string
	places []string
}

// within finds events at a place or inside it.
func (c *compiler) within(name, field string, values []string) *Problem {
	if field != "readPoint" && field != "bizLocation" {
		return unknown(name)
	}
	if p := uris(name, values); p != nil {
		return p
	}
	c.q.inside = append(c.q.inside, inside{len(c.q.Where), field, values})
	c.where(equalTo(field, ids(values)), equalTo(field+"^", ids(values)))
	return nil
}

// placed gives the question of a query with the places inside those it names, as
// the ledger has them now.
func (s *Service) placed(ctx context.Context, q query) (index.EPCISQuery, error) {
	if len(q.inside) == 0 {
		return q.EPCISQuery, nil
	}
	ask := q.EPCISQuery
	ask.Where = append([]index.EPCISCondition(nil), ask.Where...)
	for _, in := range q.inside {
		places, err := s.placesInside(ctx, in.places)
		if err != nil {
			return ask, err
		}
		if len(places) > 0 {
			ask.Where[in.at] = append(ask.Where[in.at][:2:2], equalTo(in.field, places), equalTo(in.field+"^", places))
		}
	}
	return ask, nil
}

// placesInside gives the identifiers of the registered places that lie in some
// places, at any depth.
func (s *Service) placesInside(ctx context.Context, places []string) ([]string, error) {
	var out, next []string
	seen := map[string]bool{}
	for _, p := range places {
		for _, id := range gs1.LocationIDs(p)[:min(1, len(gs1.LocationIDs(p)))] {
			next = append(next, id.String())
		}
	}
	for len(next) > 0 {
		parent := next[0]
		next = next[1:]
		for page := (index.Page{Limit: index.MaxLimit}); ; {
			list, err := s.c.Index.Locations(ctx, index.LocationFilter{Parent: parent}, page)
			if err != nil {
				return nil, err
			}
			for _, l := range list.Items {
				id, err := gs1.ParseLocationID(l.GetId())
				if err != nil || seen[l.GetId()] {
					continue
				}
				if len(seen) >= maxPlaces {
					return nil, exception("QueryTooComplexException", "more than %d places lie in those of the query; ask for fewer", maxPlaces)
				}
				seen[l.GetId()] = true
				out, next = append(out, epcis.CanonicalID(id.URI())), append(next, l.GetId())
			}
			if page.Token = list.Next; page.Token == "" {
				break
			}
		}
	}
	return out, nil
}
