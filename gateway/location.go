package gateway

import (
	"context"

	"github.com/danielgtaylor/huma/v2"

	placev1 "github.com/filiera-chain/filiera/api/place/v1"
	"github.com/filiera-chain/filiera/gs1"
	"github.com/filiera-chain/filiera/index"
	"github.com/filiera-chain/filiera/module/statekey"
)

// LocationDetail is a location with what was said of it before.
type LocationDetail struct {
	location  *placev1.Location
	uri       string
	revisions []*placev1.Revision
}

// MarshalJSON implements json.Marshaler.
func (l LocationDetail) MarshalJSON() ([]byte, error) {
	return record(l.location, Member{"uri", l.uri}, Member{"revisions", records(l.revisions)}).MarshalJSON()
}

// Schema implements huma.SchemaProvider.
func (l *LocationDetail) Schema(reg huma.Registry) *huma.Schema {
	return describeAs(reg, "LocationDetail", l.location.ProtoReflect().Descriptor(), map[string]*huma.Schema{
		"uri":       {Type: huma.TypeString, Description: "What an EPCIS event calls it"},
		"revisions": listOf(describe(reg, (*placev1.Revision)(nil).ProtoReflect().Descriptor())),
	})
}

func (g *Gateway) locationRoutes() {
	huma.Register(g.api, op("listLocations", "/v1/locations", "Locations", "Places and facilities of the participants", "In order of id."), g.listLocations)
	const about = "With what was said of it before each amendment. Unknown: location.not_found."
	huma.Register(g.api, op("getLocation", "/v1/locations/{id}", "Locations", "One place",
		"By its id (a GLN, a GLN with its extension as 8012345000005.silo-2, an own id with its slash as %2F), or by what an event calls it: "+
			"a Digital Link of AI 414, an SGLN URN, urn:filiera:location:owner:name; percent-encode those. "+about), g.getLocation)
	huma.Register(g.api, op("getOwnLocation", "/v1/locations/{owner}/{name}", "Locations", "One place by its owner's own name", about), g.getOwnLocation)
}

type locationsIn struct {
	Paging
	Owner        string `query:"owner" doc:"Participant"`
	Municipality string `query:"municipality" doc:"ISTAT code, 6 digits"`
	Kind         string `query:"kind" doc:"farm, parcel, stable, mill, oil_mill, dairy, plant, cellar, warehouse, shop and so on"`
	Parent       string `query:"parent" doc:"Id of the place that they lie in"`
	Status       string `query:"status" doc:"open, suspended or closed"`
}

func (g *Gateway) listLocations(ctx context.Context, in *locationsIn) (*body[List[Record[*placev1.Location]]], error) {
	kind, err := filterWord[placev1.Kind]("kind", in.Kind, placev1.Kind(0).Descriptor())
	if err != nil {
		return nil, err
	}
	status, err := filterWord[placev1.LocationStatus]("status", in.Status, placev1.LocationStatus(0).Descriptor())
	if err != nil {
		return nil, err
	}
	l, err := g.c.Index.Locations(ctx, index.LocationFilter{Owner: in.Owner, Municipality: in.Municipality, Parent: in.Parent, Kind: kind, Status: status}, in.page())
	return respond(g, List[Record[*placev1.Location]]{records(l.Items), l.Next}, err)
}

func (g *Gateway) getLocation(_ context.Context, in *idIn) (*body[LocationDetail], error) {
	return g.location(in.ID)
}

type ownLocationIn struct {
	Owner string `path:"owner" maxLength:"40" doc:"Participant"`
	Name  string `path:"name" maxLength:"40" doc:"The owner's own name of the place"`
}

func (g *Gateway) getOwnLocation(_ context.Context, in *ownLocationIn) (*body[LocationDetail], error) {
	return g.location(in.Owner + "/" + in.Name)
}

func (g *Gateway) location(id string) (*body[LocationDetail], error) {
	var d LocationDetail
	err := g.c.Ledger.View(func(v View) (err error) {
		d, err = locationDetail(v, gs1.LocationIDs(id))
		return err
	})
	if err == nil && d.location == nil {
		err = notFound("location", "%q names no place that is registered; write a GLN, a GLN with its extension, or participant/name", clip(id))
	}
	return respond(g, d, err)
}

// locationDetail reads the first of the places that is there.
func locationDetail(v View, ids []gs1.LocationID) (d LocationDetail, err error) {
	for _, id := range ids {
		if d.location, err = lookUp[placev1.Location](v, statekey.Location(id.String())); err != nil {
			return d, err
		}
		if d.location == nil {
			continue
		}
		d.uri = id.URI()
		for n := uint32(1); n < d.location.GetRevision(); n++ {
			r, err := lookUp[placev1.Revision](v, statekey.LocationRevision(id.String(), n))
			if err != nil {
				return d, err
			}
			if r != nil {
				d.revisions = append(d.revisions, r)
			}
		}
		return d, nil
	}
	return d, nil
}

// PlaceName is a place as it stands beside a step of a journey.
type PlaceName struct {
	ID           string `json:"id"`
	Name         string `json:"name"`
	Country      string `json:"country,omitempty" doc:"ISO 3166-1; left out for Italy"`
	Municipality string `json:"municipality,omitempty" doc:"ISTAT code"`
	Status       string `json:"status" enum:"open,suspended,closed"`
}

// placedSteps shows events, each with the places that are registered under what it
// calls its read point and business location.
func (g *Gateway) placedSteps(events []*index.Event) ([]Step, error) {
	items := []Step{}
	seen := map[string]*PlaceName{}
	err := g.c.Ledger.View(func(v View) error {
		for _, e := range events {
			s := Step{Record: record(e.Record), Document: e.Document, Context: e.Context, Tx: hexOrNone(e.TxHash)}
			var err error
			if s.ReadPoint, err = placeName(v, e.Record.GetReadPoint(), seen); err != nil {
				return err
			}
			if s.BizLocation, err = placeName(v, e.Record.GetBizLocation(), seen); err != nil {
				return err
			}
			items = append(items, s)
		}
		return nil
	})
	return items, err
}

// placeName finds what is registered of an identifier, each once.
func placeName(v View, uri string, seen map[string]*PlaceName) (*PlaceName, error) {
	if p, known := seen[uri]; known || uri == "" {
		return p, nil
	}
	seen[uri] = nil
	for _, id := range gs1.LocationIDs(uri) {
		l, err := lookUp[placev1.Location](v, statekey.Location(id.String()))
		if err != nil {
			return nil, err
		}
		if l != nil {
			d := l.GetDetails()
			seen[uri] = &PlaceName{l.GetId(), d.GetName(), d.GetCountry(), d.GetMunicipality(), word(l.GetStatus().Descriptor(), l.GetStatus().Number())}
			break
		}
	}
	return seen[uri], nil
}
