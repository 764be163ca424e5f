package index

import (
	"context"

	placev1 "github.com/filiera-chain/filiera/api/place/v1"
)

// LocationFilter chooses locations; the zero value of a field does not filter.
type LocationFilter struct {
	Owner, Municipality string
	// Parent is the place that they lie in, right inside it.
	Parent string
	Kind   placev1.Kind
	Status placev1.LocationStatus
}

// Locations implements Model; in order of id.
func (db *DB) Locations(ctx context.Context, f LocationFilter, p Page) (List[*placev1.Location], error) {
	l := &listing{name: "locations", selects: "id, record", from: "locations", key: textKey("id")}
	l.filter(f.Owner != "", "owner = ?", f.Owner)
	l.filter(f.Municipality != "", "municipality = ?", f.Municipality)
	l.filter(f.Parent != "", "parent = ?", f.Parent)
	l.filter(f.Kind != 0, "kind = ?", int64(f.Kind))
	l.filter(f.Status != 0, "status = ?", int64(f.Status))
	return list(ctx, db, l, p, byText[placev1.Location](1))
}

func (p *projection) location(r *placev1.Location) error {
	d := r.GetDetails()
	p.findable("location", r.GetId(), d.GetName(), r.GetId())
	return p.record(tLocations, r, r.GetId(), r.GetOwner(), int64(d.GetKind()), d.GetMunicipality(), d.GetParent(), int64(r.GetStatus()))
}
