package place_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"google.golang.org/protobuf/proto"

	placev1 "github.com/filiera-chain/filiera/api/place/v1"
	"github.com/filiera-chain/filiera/module"
	"github.com/filiera-chain/filiera/module/statekey"
	"github.com/filiera-chain/filiera/x/place"
	"github.com/filiera-chain/filiera/x/registry"
)

func TestAMakerRegistersPlacesUnderGLNExtensionAndOwnName(t *testing.T) {
	w := newWorld(t)
	w.Do(by("maker"), plant())
	w.Do(by("maker"), inside(plantGLN+".linea-1", plantGLN))
	w.Do(by("maker"), inside("cella", plantGLN+".linea-1"))
	l := w.location("maker/cella")
	if l.GetOwner() != "maker" || l.GetDepth() != 2 || l.GetRevision() != 1 || l.GetRegisteredAt() != start {
		t.Errorf("location = %v", l)
	}
	if len(w.Said) != 1 || !proto.Equal(w.Said[0].(*placev1.LocationChanged).GetLocation(), l) {
		t.Errorf("said %v", w.Said)
	}
	for uri, want := range map[string]string{
		"https://id.gs1.org/414/" + plantGLN:                     plantGLN,
		"https://id.gs1.org/414/" + plantGLN + "/254/linea-1":    plantGLN + ".linea-1",
		"https://example.org/x/414/" + plantGLN + "/254/linea-9": plantGLN, // an extension that nobody registered means the whole place
		"urn:epc:id:sgln:8012345.00000.0":                        plantGLN,
		"urn:epc:id:sgln:8012345.00000.linea-1":                  plantGLN + ".linea-1",
		"urn:filiera:location:maker:cella":                       "maker/cella",
		"maker/cella":                                            "maker/cella",
		"https://id.gs1.org/414/" + shopGLN:                      "",
		"https://id.gs1.org/417/" + plantGLN:                     "",
		"urn:filiera:location:seller:cella":                      "",
		"https://example.org/places/cella":                       "",
		"":                                                       "",
	} {
		got, err := w.p.LocationOf(w.Reader(), uri)
		if err != nil || got.GetId() != want {
			t.Errorf("%s is %q, %v; want %q", uri, got.GetId(), err, want)
		}
	}
}

func TestRecordsStandUnderTheirPublishedKeys(t *testing.T) {
	w := newWorld(t)
	w.Do(by("maker"), plant())
	w.Do(by("maker"), amend(plant(), func(d *placev1.Details) { d.Name = "Laboratorio nuovo" }))
	for _, r := range []struct {
		key  []byte
		into proto.Message
		says string
	}{
		{statekey.Location(plantGLN), &placev1.Location{}, "Laboratorio nuovo"},
		{statekey.LocationRevision(plantGLN, 1), &placev1.Revision{}, "Laboratorio di Campofilone"},
	} {
		value, err := w.Branch.Get(r.key)
		if err != nil || value == nil {
			t.Fatalf("nothing under %x (%v)", r.key, err)
		}
		if err := proto.Unmarshal(value, r.into); err != nil || module.NoUnknown(r.into) != nil || !bytes.Contains(value, []byte(r.says)) {
			t.Errorf("under %x stands %v (%v)", r.key, r.into, err)
		}
	}
}

func TestAPlaceAbroadHasACountryAndNoMunicipality(t *testing.T) {
	w := newWorld(t)
	m := plant()
	m.Id, m.Details.Country, m.Details.Municipality, m.Details.Parcels = "silos", "FR", "", nil
	w.Do(by("seller"), m)
	m.Details.Municipality = campofilone
	m.Id = "silos-2"
	w.Refuses(place.ErrShape, by("seller"), m)
}

func TestAPlaceIsRefusedWhen(t *testing.T) {
	type msg = *placev1.MsgRegisterLocation
	w := newWorld(t)
	w.Do(by("maker"), plant())
	fresh := func() msg { m := plant(); m.Id = "maker/altro"; return m }
	person := func(s string) func(msg) { return func(m msg) { m.Details.Name = s } }
	parcelOf := func(change func(*placev1.CadastralParcel)) func(msg) {
		return func(m msg) { change(m.Details.Parcels[0]) }
	}
	refuses(t, w, "maker", fresh, []refusal[msg]{
		{name: "its signer keeps no goods", signer: "auditor", change: func(m msg) { m.Id = "altro" }, want: registry.ErrNotAllowed},
		{name: "its signer is an authority only", signer: "region", change: func(m msg) { m.Id = "altro" }, want: registry.ErrNotAllowed},
		{name: "its signer is unknown", signer: "nobody", change: func(m msg) { m.Id = "altro" }, want: registry.ErrNoParticipant},
		{name: "its municipality is outside the signer's scope", change: func(m msg) { m.Details.Municipality = "042002" }, want: registry.ErrScope},
		{name: "its id is of another's names", signer: "seller", want: place.ErrNotOwner},
		{name: "its GLN has a wrong check digit", change: func(m msg) { m.Id = "8012345000006" }, want: place.ErrID},
		{name: "its GLN is for use within a company", change: func(m msg) { m.Id = "2012345000001" }, want: place.ErrID},
		{name: "its GLN is a book's", change: func(m msg) { m.Id = "9788812345007" }, want: place.ErrID},
		{name: "its extension is empty", change: func(m msg) { m.Id = plantGLN + "." }, want: place.ErrID},
		{name: "its extension is 0, the place itself", change: func(m msg) { m.Id = plantGLN + ".0" }, want: place.ErrID},
		{name: "its extension is long", change: func(m msg) { m.Id = plantGLN + "." + strings.Repeat("a", 21) }, want: place.ErrID},
		{name: "its extension has a space", change: func(m msg) { m.Id = plantGLN + ".a b" }, want: place.ErrID},
		{name: "its id is empty", change: func(m msg) { m.Id = "" }, want: place.ErrID},
		{name: "its id has capitals", change: func(m msg) { m.Id = "maker/Altro" }, want: place.ErrID},
		{name: "its id is very long", change: func(m msg) { m.Id = "maker/" + strings.Repeat("a", 500) }, want: place.ErrID},
		{name: "its id is no text", change: func(m msg) { m.Id = "maker/\xff" }, want: place.ErrID},
		{name: "its id is taken", change: func(m msg) { m.Id = plantGLN }, want: place.ErrTaken},
		{name: "its GLN names another's place", signer: "seller", change: func(m msg) { m.Id = plantGLN + ".banco" }, want: place.ErrTaken},
		{name: "another participant is enrolled under its GLN", change: func(m msg) { m.Id = partyGLN }, want: place.ErrTaken},
		{name: "it has no details", change: func(m msg) { m.Details = nil }, want: place.ErrShape},
		{name: "its name is empty", change: person(""), want: place.ErrShape},
		{name: "its name is not UTF-8", change: person("a\xffb"), want: place.ErrShape},
		{name: "its name holds an electronic address", change: person("Cantina mario@example.org"), want: place.ErrPersonal},
		{name: "its name holds a fiscal code", change: person("Cantina di RSSMRA80A01H501U"), want: place.ErrPersonal},
		{name: "its name holds a fiscal code with letters for digits", change: person("cantina rssmra8la01h50mu"), want: place.ErrPersonal},
		{name: "its name holds a telephone number", change: person("Cantina tel. 0734 932775"), want: place.ErrPersonal},
		{name: "its name holds a mobile number", change: person("Cantina +39 333 1234567"), want: place.ErrPersonal},
		{name: "its kind is missing", change: func(m msg) { m.Details.Kind = 0 }, want: place.ErrShape},
		{name: "its kind is none", change: func(m msg) { m.Details.Kind = 99 }, want: place.ErrShape},
		{name: "its municipality is missing", change: func(m msg) { m.Details.Municipality = "" }, want: place.ErrShape},
		{name: "its municipality has five digits", change: func(m msg) { m.Details.Municipality = "44003" }, want: place.ErrShape},
		{name: "its province does not exist", change: func(m msg) { m.Details.Municipality = "204004" }, want: place.ErrShape},
		{name: "its municipality is a province", change: func(m msg) { m.Details.Municipality = "109000" }, want: place.ErrShape},
		{name: "its country is Italy in letters", change: func(m msg) { m.Details.Country = "IT" }, want: place.ErrShape},
		{name: "its country is none", change: func(m msg) { m.Details.Country = "XX" }, want: place.ErrShape},
		{name: "its parcel is in a municipality by ISTAT code", change: parcelOf(func(c *placev1.CadastralParcel) { c.Municipality = campofilone }), want: place.ErrParcel},
		{name: "its parcel's code begins beyond M", change: parcelOf(func(c *placev1.CadastralParcel) { c.Municipality = "Z110" }), want: place.ErrParcel},
		{name: "its parcel has no sheet", change: parcelOf(func(c *placev1.CadastralParcel) { c.Sheet = "" }), want: place.ErrParcel},
		{name: "its sheet begins with zero", change: parcelOf(func(c *placev1.CadastralParcel) { c.Sheet = "012" }), want: place.ErrParcel},
		{name: "its parcel is no number", change: parcelOf(func(c *placev1.CadastralParcel) { c.Parcel = "12 bis" }), want: place.ErrParcel},
		{name: "its subordinate is a word", change: parcelOf(func(c *placev1.CadastralParcel) { c.Subordinate = "terra" }), want: place.ErrParcel},
		{name: "its section is in small letters", change: parcelOf(func(c *placev1.CadastralParcel) { c.Section = "a" }), want: place.ErrParcel},
		{name: "its area is negative", change: parcelOf(func(c *placev1.CadastralParcel) { c.AreaM2 = -1 }), want: place.ErrParcel},
		{name: "its area is beyond a municipality", change: parcelOf(func(c *placev1.CadastralParcel) { c.AreaM2 = 5_000_000_001 }), want: place.ErrParcel},
		{name: "a parcel is named twice", change: func(m msg) {
			m.Details.Parcels = append(m.Details.Parcels, proto.Clone(m.Details.Parcels[0]).(*placev1.CadastralParcel))
		}, want: place.ErrParcel},
		{name: "a parcel is empty", change: func(m msg) { m.Details.Parcels = append(m.Details.Parcels, nil) }, want: place.ErrParcel},
		{name: "it has too many parcels", change: func(m msg) {
			m.Details.Parcels = nil
			for i := range 201 {
				m.Details.Parcels = append(m.Details.Parcels, &placev1.CadastralParcel{Municipality: "B534", Sheet: "1", Parcel: fmt.Sprint(i + 1)})
			}
		}, want: place.ErrParcel},
		{name: "it lies beyond the pole", change: func(m msg) { m.Details.Coordinates.Latitude = 90_000_001 }, want: place.ErrShape},
		{name: "it lies beyond the date line", change: func(m msg) { m.Details.Coordinates.Longitude = -180_000_001 }, want: place.ErrShape},
		{name: "its first day is missing", change: func(m msg) { m.Details.ActiveFrom = "" }, want: place.ErrDate},
		{name: "its first day is written the Italian way", change: func(m msg) { m.Details.ActiveFrom = "13/11/2013" }, want: place.ErrDate},
		{name: "its first day is in another age", change: func(m msg) { m.Details.ActiveFrom = "0201-01-01" }, want: place.ErrDate},
		{name: "it ends before it begins", change: func(m msg) { m.Details.ActiveTo = "2013-11-12" }, want: place.ErrDate},
		{name: "it lies in a place that is not there", change: func(m msg) { m.Details.Parent = "maker/nowhere" }, want: place.ErrParent},
		{name: "it lies in itself", change: func(m msg) { m.Details.Parent = m.Id }, want: place.ErrParent},
		{name: "it lies in no place's id", change: func(m msg) { m.Details.Parent = "x" }, want: place.ErrID},
		{name: "it lies in another's place", signer: "seller", change: func(m msg) { m.Id, m.Details.Parent = "banco", plantGLN }, want: place.ErrParent},
	})
	w.Block.Time += 2000
	refuses(t, w, "maker", fresh, []refusal[msg]{{name: "the signer's role has ended", want: registry.ErrDates}})
}

func TestOrdinaryNamesPass(t *testing.T) {
	w := newWorld(t)
	for i, name := range []string{
		"Azienda agricola Le Querce", "Stabilimento n. 3, capannone 12/B", "Vigneto 'Il Poggio' 2024", "Bollo CE IT 9-3482/L",
		"Cella 0012", "Linea 300", "Via Roma 12, 63828", "Oleificio dal 1923", "Località San Pietro 0734",
	} {
		m := plant()
		m.Id, m.Details.Name = fmt.Sprintf("p-%d", i), name
		w.Do(by("maker"), m)
	}
}
