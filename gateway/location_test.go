package gateway

import (
	"net/url"
	"strings"
	"testing"

	"google.golang.org/protobuf/proto"

	placev1 "github.com/filiera-chain/filiera/api/place/v1"
	productv1 "github.com/filiera-chain/filiera/api/product/v1"
	tracev1 "github.com/filiera-chain/filiera/api/trace/v1"
	"github.com/filiera-chain/filiera/index"
	"github.com/filiera-chain/filiera/module/statekey"
)

const testPlant = "8012345000005"

// places are two locations of the pasta maker, one of them amended, and the
// links of its product and batch.
func (w *world) places() []action {
	var out []action
	put := func(key []byte, m proto.Message) {
		a := action{acts: []proto.Message{&placev1.MsgRegisterLocation{Id: "x"}}, state: map[string]proto.Message{string(key): m}}
		if say := index.AnnounceRecord(m); say != nil {
			a.say = []proto.Message{say}
		}
		out = append(out, a)
	}
	plant := &placev1.Location{
		Id: testPlant, Owner: "pastificio", Status: 1, StatusSince: firstTime, RegisteredAt: firstTime, AmendedAt: firstTime + 1, Revision: 2,
		Details: &placev1.Details{
			Name: "Laboratorio", Kind: placev1.Kind_KIND_PLANT, Municipality: "109004", ActiveFrom: "2013-11-13",
			Parcels:     []*placev1.CadastralParcel{{Municipality: "B534", Sheet: "12", Parcel: "345", AreaM2: 820}},
			Coordinates: &placev1.Coordinates{Latitude: 43_079_100, Longitude: 13_816_700},
		},
	}
	put(statekey.Location(testPlant), plant)
	put(statekey.LocationRevision(testPlant, 1), &placev1.Revision{Location: testPlant, Revision: 1, SinceAt: firstTime, UntilAt: firstTime + 1, Reason: "new name", Details: &placev1.Details{Name: "Officina", Kind: 8}})
	put(statekey.Location("pastificio/cella"), &placev1.Location{
		Id: "pastificio/cella", Owner: "pastificio", Status: 2, Revision: 1, Depth: 1,
		Details: &placev1.Details{Name: "Cella 2", Kind: placev1.Kind_KIND_AREA, Municipality: "109004", Parent: testPlant, ActiveFrom: "2014-01-01"},
	})
	for i, l := range []*productv1.Description{
		{Link: &productv1.Link{LinkType: "gs1:pip", Href: "https://pastificio.example.org/250g", Title: "La pasta", Languages: []string{"it"}}},
		{Link: &productv1.Link{LinkType: "gs1:pip", Href: "https://pastificio.example.org/en/250g", Title: "The pasta", Languages: []string{"en"}}},
		{Link: &productv1.Link{LinkType: "gs1:relatedImage", Href: "https://pastificio.example.org/p.jpg", Title: "Foto", MediaType: "image/jpeg", Sha256: make([]byte, 32), Size: 7}},
		{Link: &productv1.Link{LinkType: "gs1:certificationInfo", Href: "https://body.example.org/c?lot={lot}&gtin={gtin}", Title: "Certificato del lotto"}},
		{Link: &productv1.Link{LinkType: "gs1:recipeInfo", Href: "https://pastificio.example.org/old", Title: "Ricetta"}, WithdrawnAt: firstTime, WithdrawnReason: "old"},
		{Lot: testLot, Number: 1, Link: &productv1.Link{LinkType: "gs1:recallStatus", Href: "https://pastificio.example.org/recall", Title: "Richiami"}},
	} {
		l.Gtin, l.DescribedBy, l.DescribedAt = testGTIN, "pastificio", firstTime
		if l.Lot == "" {
			l.Number = uint32(i + 1)
		}
		put(statekey.Description(l.Gtin, l.Lot, l.Number), l)
	}
	return out
}

func TestLocationsAreListedAndShown(t *testing.T) {
	w := newWorld(t)
	w.story()
	w.commit(w.places()...)
	for query, want := range map[string]int{
		"": 2, "?owner=pastificio": 2, "?owner=nobody": 0, "?municipality=109004&kind=plant": 1, "?parent=" + testPlant: 1, "?status=suspended": 1,
	} {
		r := w.get("/v1/locations" + query)
		if items, _ := r.at("items").([]any); r.status != 200 || len(items) != want {
			t.Errorf("%s: %d %s", query, r.status, r.body)
		}
	}
	for _, id := range []string{
		testPlant, url.PathEscape("https://id.gs1.org/414/" + testPlant), "urn:epc:id:sgln:8012345.00000.0", testPlant + ".linea-9",
	} {
		r := w.get("/v1/locations/" + id)
		if r.status != 200 || r.at("details.name") != "Laboratorio" || r.at("revisions.0.details.name") != "Officina" || r.at("uri") != "https://id.gs1.org/414/"+testPlant ||
			r.at("details.kind") != "plant" || r.at("details.coordinates.latitude") != float64(43_079_100) || r.at("status") != "open" {
			t.Errorf("%s: %d %s", id, r.status, r.body)
		}
	}
	for _, id := range []string{"pastificio/cella", "pastificio%2Fcella", "urn:filiera:location:pastificio:cella"} {
		if r := w.get("/v1/locations/" + id); r.status != 200 || r.at("details.parent") != testPlant || r.at("uri") != "urn:filiera:location:pastificio:cella" {
			t.Errorf("%s: %d %s", id, r.status, r.body)
		}
	}
	for _, id := range []string{"8099999000018", "nonsense", "pastificio/x", "pastificio/%2e%2e", strings.Repeat("9", 150)} {
		if r := w.get("/v1/locations/" + id); r.status != 404 || r.at("code") != "location.not_found" {
			t.Errorf("%s: %d %s", id, r.status, r.body)
		}
	}
	for _, query := range []string{"?kind=castle", "?status=lost", "?place=109004"} {
		if r := w.get("/v1/locations" + query); r.status != 400 {
			t.Errorf("%s: %d %s", query, r.status, r.body)
		}
	}
}

func TestLinksAreShown(t *testing.T) {
	w := newWorld(t)
	w.story()
	w.commit(w.places()...)
	r := w.get("/v1/products/" + testGTIN + "/links")
	if items, _ := r.at("items").([]any); r.status != 200 || len(items) != 5 || r.at("items.2.link.sha256") != strings.Repeat("00", 32) || r.at("items.4.withdrawn_reason") != "old" {
		t.Errorf("%d %s", r.status, r.body)
	}
	r = w.get("/v1/batches/" + testGTIN + "/261123/links") // without the L of the label
	if items, _ := r.at("items").([]any); r.status != 200 || len(items) != 1 || r.at("items.0.link.link_type") != "gs1:recallStatus" {
		t.Errorf("%d %s", r.status, r.body)
	}
	if r := w.get("/v1/products/08000000000026/links"); r.status != 404 || r.at("code") != "product.not_found" {
		t.Errorf("%d %s", r.status, r.body)
	}
	if r := w.get("/v1/batches/" + testGTIN + "/NONE/links"); r.status != 404 || r.at("code") != "batch.not_found" {
		t.Errorf("%d %s", r.status, r.body)
	}
	if r := w.get("/v1/products/1/links"); r.status != 400 {
		t.Errorf("%d %s", r.status, r.body)
	}
}

func TestAStepOfAJourneyNamesItsPlace(t *testing.T) {
	w := newWorld(t)
	w.story()
	w.commit(w.places()...)
	a := w.event()
	for key, m := range a.state { // the same event, at a registered place and at one that is not
		e := m.(*tracev1.Event)
		e.ReadPoint, e.BizLocation = "https://id.gs1.org/414/"+testPlant+"/254/linea-1", "https://example.org/elsewhere"
		a.state[key] = e
	}
	w.commit(a)
	for _, path := range []string{"/v1/batches/" + testGTIN + "/" + testLot + "/trace", "/v1/events"} {
		r := w.get(path)
		if r.status != 200 || r.at("items.0.read_point.name") != "Laboratorio" || r.at("items.0.read_point.municipality") != "109004" || r.at("items.0.biz_location") != nil {
			t.Errorf("%s: %d %s", path, r.status, r.body)
		}
	}
}
