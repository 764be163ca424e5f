package matter

import (
	"strings"

	"cosmossdk.io/collections"

	matterv1 "github.com/filiera-chain/filiera/api/matter/v1"
	placev1 "github.com/filiera-chain/filiera/api/place/v1"
	"github.com/filiera-chain/filiera/module"
	"github.com/filiera-chain/filiera/quantity"
)

// ParcelKey names a cadastral parcel: Belfiore code, section, sheet, parcel and
// subordinate, parted by "/".
func ParcelKey(p *placev1.CadastralParcel) string {
	return strings.Join([]string{p.GetMunicipality(), p.GetSection(), p.GetSheet(), p.GetParcel(), p.GetSubordinate()}, "/")
}

// claim takes the land and the animals that a harvest names, for its year and
// specification.
func (m *Matter) claim(ctx *module.Context, e *matterv1.Entry) error {
	for _, c := range e.GetClaims() {
		l, err := m.places.Location(ctx, c.GetLocation())
		switch {
		case err != nil:
			return err
		case l == nil:
			return ErrParcel.With("no location has the id %q; register it first", clip(c.GetLocation()))
		case l.GetOwner() != ctx.Signer.Participant:
			return ErrParcel.With("location %s belongs to %s; a harvest comes of one's own land and animals", l.GetId(), l.GetOwner())
		case l.GetStatus() != placev1.LocationStatus_LOCATION_STATUS_OPEN:
			return ErrParcel.With("location %s is not open", l.GetId())
		}
		if c.GetHeads() > 0 {
			err = m.claimHeads(ctx, e, c, l)
		} else {
			err = m.claimLand(ctx, e, c, l)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (m *Matter) claimHeads(ctx *module.Context, e *matterv1.Entry, c *matterv1.Claim, l *placev1.Location) error {
	key := collections.Join3(l.GetId(), e.GetSpecification(), e.GetHarvestYear())
	u, err := module.Find(ctx, m.herds, key)
	if err != nil {
		return err
	}
	if u == nil { // a herd that grows in the year counts as it was at first
		u = &matterv1.HerdUse{Location: l.GetId(), Specification: e.GetSpecification(), Year: e.GetHarvestYear(), Heads: l.GetDetails().GetHeads()}
	}
	if free := u.GetHeads() - u.GetClaimedHeads(); c.GetHeads() > free {
		return ErrLand.With("%d animals are claimed at %s, which keeps %d in %d, %d of them claimed already: %d too many", c.GetHeads(), l.GetId(), u.GetHeads(),
			e.GetHarvestYear(), u.GetClaimedHeads(), c.GetHeads()-free)
	}
	u.ClaimedHeads += c.GetHeads()
	return m.herds.Set(ctx, key, u)
}

// claimLand takes the land from the location's parcels, in their order. A parcel
// is one piece of land whoever registers it.
func (m *Matter) claimLand(ctx *module.Context, e *matterv1.Entry, c *matterv1.Claim, l *placev1.Location) error {
	if len(l.GetDetails().GetParcels()) == 0 {
		return ErrParcel.With("location %s names no cadastral parcel; amend it", l.GetId())
	}
	left, whole := c.GetAreaM2(), int64(0)
	for _, p := range l.GetDetails().GetParcels() {
		u, err := m.landOf(ctx, e, l, p)
		if err != nil {
			return err
		}
		whole += u.GetAreaM2()
		take := min(left, u.GetAreaM2()-u.GetClaimedM2())
		if take <= 0 {
			continue
		}
		u.ClaimedM2 += take
		left -= take
		e.Land = append(e.Land, &matterv1.Land{Parcel: u.GetParcel(), AreaM2: take})
		if err := m.land.Set(ctx, collections.Join3(u.GetParcel(), u.GetSpecification(), u.GetHarvestYear()), u); err != nil {
			return err
		}
	}
	if left > 0 {
		area := func(m2 int64) string { return quantity.Quantity{Amount: m2, Unit: "MTK"}.Display("en") }
		return ErrLand.With("%s are claimed at %s, whose parcels have %s, %s of them free for %s in %d: %s too much", area(c.GetAreaM2()), l.GetId(), area(whole),
			area(c.GetAreaM2()-left), e.GetSpecification(), e.GetHarvestYear(), area(left))
	}
	return nil
}

func (m *Matter) landOf(ctx *module.Context, e *matterv1.Entry, l *placev1.Location, p *placev1.CadastralParcel) (*matterv1.LandUse, error) {
	if p.GetAreaM2() <= 0 {
		return nil, ErrParcel.With("location %s states no area for parcel %s; amend it", l.GetId(), ParcelKey(p))
	}
	u, err := module.Find(ctx, m.land, collections.Join3(ParcelKey(p), e.GetSpecification(), e.GetHarvestYear()))
	if err != nil {
		return nil, err
	}
	if u == nil {
		return &matterv1.LandUse{Parcel: ParcelKey(p), Specification: e.GetSpecification(), HarvestYear: e.GetHarvestYear(), AreaM2: p.GetAreaM2()}, nil
	}
	if u.GetAreaM2() != p.GetAreaM2() {
		return nil, ErrParcel.With("location %s states %d m² for parcel %s, and %d m² were stated when it was first claimed for %s in %d; settle which is right", l.GetId(),
			p.GetAreaM2(), ParcelKey(p), u.GetAreaM2(), e.GetSpecification(), e.GetHarvestYear())
	}
	return u, nil
}

// unclaim gives back what an entry claimed.
func (m *Matter) unclaim(ctx *module.Context, e *matterv1.Entry) error {
	for _, l := range e.GetLand() {
		key := collections.Join3(l.GetParcel(), e.GetSpecification(), e.GetHarvestYear())
		u, err := m.land.Get(ctx, key)
		if err != nil {
			return err
		}
		u.ClaimedM2 -= l.GetAreaM2()
		if err := m.land.Set(ctx, key, u); err != nil {
			return err
		}
	}
	for _, c := range e.GetClaims() {
		if c.GetHeads() == 0 {
			continue
		}
		key := collections.Join3(c.GetLocation(), e.GetSpecification(), e.GetHarvestYear())
		u, err := m.herds.Get(ctx, key)
		if err != nil {
			return err
		}
		u.ClaimedHeads -= c.GetHeads()
		if err := m.herds.Set(ctx, key, u); err != nil {
			return err
		}
	}
	return nil
}
