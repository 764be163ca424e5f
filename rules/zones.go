package rules

import (
	"reflect"
	"sort"

	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
)

// zone is a set of municipalities, ready to be asked.
type zone struct {
	provinces []string
	places    []stretch // by code
}

// stretch is a code, the days on which it is of the zone, and whether all of it is.
type stretch struct {
	code     string
	from, to Date
	part     bool
}

func newZone(z *Zone) *zone {
	out := &zone{}
	for _, p := range z.Provinces {
		out.provinces = append(out.provinces, p.Code)
	}
	own := map[string]bool{}
	for _, m := range z.Places {
		out.places = append(out.places, stretch{m.Code, m.From, m.To, m.Part})
		own[m.Code] = true
	}
	taken := map[string]int{}
	for _, m := range z.Places {
		for _, next := range m.Successors {
			if own[next] {
				continue
			}
			if at, twice := taken[next]; twice {
				out.places[at].from = min(out.places[at].from, m.To+1)
				continue
			}
			// What took over a municipality may hold more land than it did, so the
			// place must be confirmed.
			taken[next] = len(out.places)
			out.places = append(out.places, stretch{next, m.To + 1, 0, true})
		}
	}
	sort.SliceStable(out.places, func(i, j int) bool { return out.places[i].code < out.places[j].code })
	return out
}

func (z *zone) covers(p *Place, on Date) ref.Val {
	code := p.Municipality
	if code == "" {
		return types.WrapErr(missing{"municipality"})
	}
	if len(code) == 6 {
		for _, province := range z.provinces {
			if code[:3] == province {
				return types.True
			}
		}
	}
	i := sort.Search(len(z.places), func(i int) bool { return z.places[i].code >= code })
	if i == len(z.places) || z.places[i].code != code {
		return types.False
	}
	m := z.places[i]
	if on < m.from && m.from != 0 || on > m.to && m.to != 0 {
		return types.False
	}
	if m.part {
		return types.Bool(p.Confirmed == Yes)
	}
	return types.True
}

var zoneType = zoneKind.cel

// A zone is a value that only in_zone looks into.
func (z *zone) ConvertToNative(reflect.Type) (any, error) { return nil, errConvert }

func (z *zone) ConvertToType(ref.Type) ref.Val { return types.WrapErr(errConvert) }

func (z *zone) Equal(other ref.Val) ref.Val { return types.Bool(z == other) }

func (z *zone) Type() ref.Type { return zoneType }

func (z *zone) Value() any { return z }
