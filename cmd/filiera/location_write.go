package main

import (
	"bytes"
	"strconv"
	"strings"

	"github.com/spf13/cobra"
	"google.golang.org/protobuf/proto"
	"sigs.k8s.io/yaml"

	placev1 "github.com/filiera-chain/filiera/api/place/v1"
)

// maxPlaces bounds the places of one file: they go in one transaction.
const maxPlaces = 100

func locationRegister(e *env) *cobra.Command {
	cmd := e.leaf("register [ID]", "location.register.short", `
filiera location register 8012345000005 --name 'Laboratorio di Campofilone' --kind plant --municipality 109004 --parcel B534:12:345:2=820 --coordinates 43.0791,13.8167 --active-from 2013-11-13 --from pastificio --password-file password.txt
filiera location register laboratorio --name 'Laboratorio' --kind plant --municipality 109004 --active-from 2013-11-13 --from pastificio --password-file password.txt
filiera location register --file places.yaml --from pastificio --password-file password.txt`, cobra.MaximumNArgs(1),
		func(cmd *cobra.Command, args []string) error {
			file, _ := cmd.Flags().GetString("file")
			if (file == "") == (len(args) == 0) {
				return usage("%s", e.t("location.or.file"))
			}
			if file != "" {
				acts, err := e.placesOf(file)
				if err != nil {
					return err
				}
				return e.carry(cmd.Context(), acts...)
			}
			d := new(locationDetails)
			if err := d.flags(cmd); err != nil {
				return err
			}
			m, err := d.message()
			if err != nil {
				return err
			}
			return e.carry(cmd.Context(), &placev1.MsgRegisterLocation{Id: args[0], Details: m})
		})
	cmd.Flags().String("file", "", e.t("flag.places-file"))
	return e.changing(e.detailFlags(cmd))
}

func locationAmend(e *env) *cobra.Command {
	cmd := e.leaf("amend ID", "location.amend.short", `
filiera location amend pastificio-example/laboratorio --name 'Laboratorio e magazzino' --reason 'nuovo magazzino' --from pastificio --password-file password.txt`, cobra.ExactArgs(1),
		func(cmd *cobra.Command, args []string) error {
			reason, _ := cmd.Flags().GetString("reason")
			if reason == "" {
				return usage("%s", e.t("need.flag", "reason"))
			}
			id, err := locationID(args[0])
			if err != nil {
				return err
			}
			l, err := e.readLocation(cmd.Context(), id)
			if err != nil {
				return err
			}
			if err := l.Details.flags(cmd); err != nil {
				return err
			}
			m, err := l.Details.message()
			if err != nil {
				return err
			}
			return e.carry(cmd.Context(), &placev1.MsgAmendLocation{Id: l.ID, Details: m, Reason: reason})
		})
	cmd.Flags().String("reason", "", e.t("flag.reason"))
	return e.changing(e.detailFlags(cmd))
}

func (e *env) detailFlags(cmd *cobra.Command) *cobra.Command {
	f := cmd.Flags()
	f.String("name", "", e.t("flag.location-name"))
	f.String("kind", "", e.t("flag.location-kind", strings.Join(kinds(), ", ")))
	f.String("country", "", e.t("flag.country"))
	f.String("municipality", "", e.t("flag.location-municipality"))
	f.StringArray("parcel", nil, e.t("flag.parcel"))
	f.String("coordinates", "", e.t("flag.coordinates"))
	f.String("parent", "", e.t("flag.location-parent"))
	f.String("active-from", "", e.t("flag.active-from"))
	f.String("active-to", "", e.t("flag.active-to"))
	f.Int64("heads", 0, e.t("flag.heads"))
	return cmd
}

// flags takes over the flags that were given; the others leave what is there.
func (d *locationDetails) flags(cmd *cobra.Command) error {
	f := cmd.Flags()
	for name, into := range map[string]*string{
		"name": &d.Name, "kind": &d.Kind, "country": &d.Country, "municipality": &d.Municipality, "parent": &d.Parent,
		"active-from": &d.ActiveFrom, "active-to": &d.ActiveTo,
	} {
		if f.Changed(name) {
			*into, _ = f.GetString(name)
		}
	}
	if f.Changed("heads") {
		d.Heads, _ = f.GetInt64("heads")
	}
	if f.Changed("parcel") {
		written, _ := f.GetStringArray("parcel")
		d.Parcels = nil
		for _, s := range written {
			p, err := readParcel(s)
			if err != nil {
				return err
			}
			d.Parcels = append(d.Parcels, p)
		}
	}
	if !f.Changed("coordinates") {
		return nil
	}
	d.Coordinates = nil
	s, _ := f.GetString("coordinates")
	if s == "" {
		return nil
	}
	lat, lon, ok := strings.Cut(s, ",")
	latitude, latErr := microdegrees(lat)
	longitude, lonErr := microdegrees(lon)
	if !ok || latErr != nil || lonErr != nil {
		return usage("the coordinates are %q; write latitude and longitude in degrees with a full stop and at most six decimals, as 43.0791,13.8167", s)
	}
	d.Coordinates = &struct {
		Latitude  int32 `json:"latitude"`
		Longitude int32 `json:"longitude"`
	}{latitude, longitude}
	return nil
}

// microdegrees reads degrees as they are written, without a float.
func microdegrees(s string) (int32, error) {
	s = strings.TrimSpace(s)
	number, negative := strings.CutPrefix(s, "-")
	whole, fraction, _ := strings.Cut(number, ".")
	if whole == "" || len(fraction) > 6 || strings.Trim(whole+fraction, "0123456789") != "" {
		return 0, strconv.ErrSyntax
	}
	n, err := strconv.ParseInt(whole+fraction+strings.Repeat("0", 6-len(fraction)), 10, 32)
	if negative {
		n = -n
	}
	return int32(n), err
}

// readParcel reads B534:12:345, with :subalterno and =square metres where there
// are any; B534.A is a section.
func readParcel(s string) (locatedParcel, error) {
	reference, area, hasArea := strings.Cut(s, "=")
	parts := strings.Split(reference, ":")
	if len(parts) != 3 && len(parts) != 4 {
		return locatedParcel{}, usage("the parcel is %q; write cadastral municipality, sheet and parcel as B534:12:345, with :subordinate and =square metres where there are any", s)
	}
	p := locatedParcel{Sheet: parts[1], Parcel: parts[2]}
	p.Municipality, p.Section, _ = strings.Cut(parts[0], ".")
	if len(parts) == 4 {
		p.Subordinate = parts[3]
	}
	if !hasArea {
		return p, nil
	}
	var err error
	if p.AreaM2, err = strconv.ParseInt(area, 10, 64); err != nil {
		return p, usage("the area of the parcel %q is %q; write whole square metres", s, area)
	}
	return p, nil
}

// placeFile is a place of a file: its id beside its details.
type placeFile struct {
	ID              string `json:"id"`
	locationDetails `json:",inline"`
}

// placesOf reads one place, or a list of them, in YAML or JSON.
func (e *env) placesOf(path string) ([]proto.Message, error) {
	data, err := e.readInput(path, maxSpecFile)
	if err != nil {
		return nil, err
	}
	raw, err := yaml.YAMLToJSONStrict(data)
	if err != nil {
		return nil, usage("%s: %v", path, err)
	}
	if !bytes.HasPrefix(bytes.TrimSpace(raw), []byte("[")) {
		raw = append(append([]byte("["), raw...), ']')
	}
	var places []placeFile
	if err := yaml.UnmarshalStrict(raw, &places); err != nil {
		return nil, usage("%s: %v", path, err)
	}
	if len(places) == 0 || len(places) > maxPlaces {
		return nil, usage("%s has %d places; one file takes 1 to %d", path, len(places), maxPlaces)
	}
	var acts []proto.Message
	for _, p := range places {
		m, err := p.message()
		if err != nil {
			return nil, usage("%s: place %q: %v", path, p.ID, err)
		}
		acts = append(acts, &placev1.MsgRegisterLocation{Id: p.ID, Details: m})
	}
	return acts, nil
}
