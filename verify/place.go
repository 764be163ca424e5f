package verify

import (
	placev1 "github.com/filiera-chain/filiera/api/place/v1"
	tracev1 "github.com/filiera-chain/filiera/api/trace/v1"
	"github.com/filiera-chain/filiera/gs1"
	"github.com/filiera-chain/filiera/module/statekey"
)

// MaxPlaces bounds the places that one answer names: the first ones of the
// journey. Later ones stand by their identifier alone.
const MaxPlaces = 500

// PlaceView is the location that an identifier of an event means.
type PlaceView struct {
	ID           string     `json:"id"`
	Name         string     `json:"name"`
	Kind         string     `json:"kind"`
	Country      string     `json:"country,omitempty"`      // ISO 3166-1; left out for Italy
	Municipality string     `json:"municipality,omitempty"` // ISTAT code
	Owner        *ActorView `json:"owner,omitempty"`
	Status       string     `json:"status"` // open, suspended, closed
	StatusReason string     `json:"status_reason,omitempty"`
	ActiveFrom   string     `json:"active_from,omitempty"`
	ActiveTo     string     `json:"active_to,omitempty"`
}

// places reads the locations of the journey's read points and business
// locations, each once, with who owns them.
func (g *gatherer) places() {
	g.r.Places = map[string]*placev1.Location{}
	for _, e := range g.r.Journey {
		g.place(e.GetReadPoint())
		g.place(e.GetBizLocation())
	}
}

func (g *gatherer) place(uri string) {
	if _, known := g.r.Places[uri]; known || uri == "" || len(g.r.Places) >= MaxPlaces {
		return
	}
	g.r.Places[uri] = nil
	for _, id := range gs1.LocationIDs(uri) {
		l := new(placev1.Location)
		if g.find(statekey.Location(id.String()), l) {
			g.r.Places[uri] = l
			g.participant(l.GetOwner())
			return
		}
	}
}

// placeView shows what is registered of an identifier, or nil.
func (j *judge) placeView(uri string) *PlaceView {
	l := j.r.Places[uri]
	if l == nil {
		return nil
	}
	d := l.GetDetails()
	return &PlaceView{
		ID: l.GetId(), Name: d.GetName(), Kind: word(d.GetKind().String(), "KIND_"), Country: d.GetCountry(), Municipality: d.GetMunicipality(),
		Owner: j.short(l.GetOwner()), Status: word(l.GetStatus().String(), "LOCATION_STATUS_"), StatusReason: l.GetStatusReason(),
		ActiveFrom: d.GetActiveFrom(), ActiveTo: d.GetActiveTo(),
	}
}

// placed adds to a step what is registered of where it happened.
func (j *judge) placed(v EventView, e *tracev1.Event) EventView {
	v.PlaceRecord, v.LocationRecord = j.placeView(e.GetReadPoint()), j.placeView(e.GetBizLocation())
	return v
}
