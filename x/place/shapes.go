package place

import (
	"regexp"
	"strings"

	placev1 "github.com/filiera-chain/filiera/api/place/v1"
	"github.com/filiera-chain/filiera/gs1"
	"github.com/filiera-chain/filiera/module"
)

// Bounds of what one record may hold.
const (
	maxReason    = 500
	maxName      = 120
	maxParcels   = 200
	maxRevisions = 200
	maxChildren  = 500
	// MaxDepth is how many places a place may lie in.
	MaxDepth = 8
	// maxArea is above the area of the largest municipality, in square metres.
	maxArea = 5_000_000_000

	// firstDay is the first day of activity that a place may carry; earlier
	// ones are slips.
	firstDay = "1800-01-01"
	lastDay  = "2200-12-31"
)

func shape(err error) error {
	if err != nil {
		return ErrShape.With("%v", err)
	}
	return nil
}

func checkID(id string) error {
	parsed, err := gs1.ParseLocationID(id)
	if err != nil {
		return ErrID.With("id: %v", err)
	}
	if parsed.String() != id {
		return ErrID.With("id is %q; write it %s", clip(id), parsed)
	}
	return nil
}

func checkReason(s string) error {
	if err := shape(module.CheckText("reason", s, 3, maxReason)); err != nil {
		return err
	}
	return checkImpersonal("reason", s)
}

// checkDetails refuses details that no location may have.
// maxHeads bounds the animals of one location.
const maxHeads = 1_000_000

func checkDetails(d *placev1.Details) error {
	if d.GetHeads() < 0 || d.GetHeads() > maxHeads {
		return ErrShape.With("details.heads is %d; it takes 0 to %d", d.GetHeads(), maxHeads)
	}
	if d == nil {
		return ErrShape.With("details are missing")
	}
	for _, check := range [...]func(*placev1.Details) error{checkName, checkKind, checkWhere, checkParcels, checkCoordinates, checkParentID, checkDays} {
		if err := check(d); err != nil {
			return err
		}
	}
	return nil
}

func checkName(d *placev1.Details) error {
	if err := shape(module.CheckText("name", d.GetName(), 2, maxName)); err != nil {
		return err
	}
	if telephone.MatchString(d.GetName()) {
		return ErrPersonal.With("name holds what looks like a telephone number; what is written on the ledger is public for ever: leave it out")
	}
	return checkImpersonal("name", d.GetName())
}

// What a natural person can be found by. The fiscal code is that of D.M.
// 23/12/1976, with the letters that replace digits in namesakes (omocodia).
// Telephones are looked for in names only: a reason may cite a protocol number.
var (
	fiscalCode = regexp.MustCompile(`(?i)\b[A-Z]{6}[0-9LMNPQRSTUV]{2}[A-EHLMPRST][0-9LMNPQRSTUV]{2}[A-Z][0-9LMNPQRSTUV]{3}[A-Z]\b`)
	telephone  = regexp.MustCompile(`(?:\+|\b00)[0-9][0-9 ./-]{7,}|\b[03][0-9]{1,3}[ ./-]?[0-9]{5,8}\b`)
)

// checkImpersonal refuses text that identifies a person, as far as form shows
// it (Reg. (EU) 2016/679, article 4(1): what is written here is kept for ever).
func checkImpersonal(field, s string) error {
	switch {
	case strings.Contains(s, "@"):
		return ErrPersonal.With("%s holds @, as electronic addresses do; what is written on the ledger is public for ever: leave it out", field)
	case fiscalCode.MatchString(s):
		return ErrPersonal.With("%s holds what looks like a person's fiscal code; what is written on the ledger is public for ever: leave it out", field)
	}
	return nil
}

func checkKind(d *placev1.Details) error {
	if _, known := placev1.Kind_name[int32(d.GetKind())]; !known || d.GetKind() == placev1.Kind_KIND_UNSPECIFIED {
		return ErrShape.With("kind %d is not a kind of place; write one such as farm, parcel, mill, plant, cellar, warehouse or shop", d.GetKind())
	}
	return nil
}

// checkWhere holds country and municipality together.
func checkWhere(d *placev1.Details) error {
	switch country := d.GetCountry(); {
	case country == "IT":
		return ErrShape.With("country is IT; leave it empty for Italy, so that one place has one spelling")
	case country == "":
		return checkMunicipality(d.GetMunicipality())
	case !gs1.IsCountry(country):
		return ErrShape.With("country is %q; write the two letters of ISO 3166-1, such as FR, or leave it empty for Italy", clip(country))
	case d.GetMunicipality() != "" || len(d.GetParcels()) > 0:
		return ErrShape.With("municipality and parcels are those of Italy, but country is %s; leave them out", country)
	}
	return nil
}

// checkMunicipality refuses what is no ISTAT code: three digits of the province
// (001 and above; ISTAT numbers them one after the other and has reached 119),
// then three of the municipality within it, from 001.
func checkMunicipality(s string) error {
	if err := module.CheckMunicipality("municipality", s); err != nil {
		return shape(err)
	}
	if province := s[:3]; province == "000" || province > "130" {
		return ErrShape.With("municipality is %s, of the province %s, which does not exist; ISTAT's provinces are 001 to 119", s, province)
	}
	if s[3:] == "000" {
		return ErrShape.With("municipality is %s, which is a province and no municipality", s)
	}
	return nil
}

// Forms of a cadastral reference, as the land register's query masks take them
// (Agenzia delle Entrate, visura catastale per immobile).
var (
	belfiore    = regexp.MustCompile(`^[A-M][0-9]{3}$`)
	section     = regexp.MustCompile(`^[A-Z0-9]{1,3}$`)
	sheet       = regexp.MustCompile(`^[1-9][0-9]{0,3}$`)
	parcel      = regexp.MustCompile(`^[1-9][0-9]{0,4}(/[1-9A-Z][0-9]{0,3})?$`)
	subordinate = regexp.MustCompile(`^[1-9][0-9]{0,3}$`)
)

func checkParcels(d *placev1.Details) error {
	if len(d.GetParcels()) > maxParcels {
		return ErrParcel.With("parcels has %d entries; a location names at most %d", len(d.GetParcels()), maxParcels)
	}
	seen := map[string]bool{}
	for i, c := range d.GetParcels() {
		if c == nil {
			return ErrParcel.With("parcels has an empty entry at position %d", i+1)
		}
		if err := checkParcel(i, c); err != nil {
			return err
		}
		key := strings.Join([]string{c.GetMunicipality(), c.GetSection(), c.GetSheet(), c.GetParcel(), c.GetSubordinate()}, " ")
		if seen[key] {
			return ErrParcel.With("parcel %d (%s) is named twice", i+1, key)
		}
		seen[key] = true
	}
	return nil
}

func checkParcel(i int, c *placev1.CadastralParcel) error {
	for _, f := range [...]struct {
		field, value string
		form         *regexp.Regexp
		needed       bool
		how          string
	}{
		{"municipality", c.GetMunicipality(), belfiore, true, "the cadastral code of a letter and three digits, such as B534"},
		{"section", c.GetSection(), section, false, "1 to 3 capital letters or digits"},
		{"sheet", c.GetSheet(), sheet, true, "the foglio: 1 to 4 digits without leading zeros"},
		{"parcel", c.GetParcel(), parcel, true, "the particella: 1 to 5 digits without leading zeros, such as 123 or 123/4"},
		{"subordinate", c.GetSubordinate(), subordinate, false, "the subalterno: 1 to 4 digits without leading zeros"},
	} {
		if f.value == "" && !f.needed {
			continue
		}
		if !f.form.MatchString(f.value) {
			return ErrParcel.With("parcel %d: %s is %q; write %s", i+1, f.field, clip(f.value), f.how)
		}
	}
	if c.GetAreaM2() < 0 || c.GetAreaM2() > maxArea {
		return ErrParcel.With("parcel %d: area_m2 is %d; write whole square metres, 0 to %d", i+1, c.GetAreaM2(), int64(maxArea))
	}
	return nil
}

// checkCoordinates refuses what lies on no globe.
func checkCoordinates(d *placev1.Details) error {
	c := d.GetCoordinates()
	if c == nil {
		return nil
	}
	if c.GetLatitude() < -90_000_000 || c.GetLatitude() > 90_000_000 {
		return ErrShape.With("coordinates.latitude is %d; write millionths of a degree, -90000000 to 90000000", c.GetLatitude())
	}
	if c.GetLongitude() < -180_000_000 || c.GetLongitude() > 180_000_000 {
		return ErrShape.With("coordinates.longitude is %d; write millionths of a degree, -180000000 to 180000000", c.GetLongitude())
	}
	return nil
}

func checkParentID(d *placev1.Details) error {
	if d.GetParent() == "" {
		return nil
	}
	return checkID(d.GetParent())
}

func checkDays(d *placev1.Details) error {
	if err := checkDay("active_from", d.GetActiveFrom()); err != nil {
		return err
	}
	if d.GetActiveTo() == "" {
		return nil
	}
	if err := checkDay("active_to", d.GetActiveTo()); err != nil {
		return err
	}
	if d.GetActiveTo() < d.GetActiveFrom() {
		return ErrDate.With("active_to is %s, before active_from %s", d.GetActiveTo(), d.GetActiveFrom())
	}
	return nil
}

func checkDay(field, day string) error {
	if err := module.CheckDate(field, day); err != nil {
		return ErrDate.With("%v", err)
	}
	if day < firstDay || day > lastDay {
		return ErrDate.With("%s is %s; it must lie between %s and %s", field, day, firstDay, lastDay)
	}
	return nil
}

func clip(s string) string {
	if len(s) > 60 {
		return s[:60] + "…"
	}
	return s
}
