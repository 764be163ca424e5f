package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"strings"

	"github.com/spf13/cobra"
	"google.golang.org/protobuf/proto"

	placev1 "github.com/filiera-chain/filiera/api/place/v1"
	"github.com/filiera-chain/filiera/gs1"
)

func locationCommand(e *env) *cobra.Command {
	return e.group("location", "location.short", locationList(e), locationShow(e), locationRegister(e), locationAmend(e), locationClose(e),
		locationStatus(e, "suspend", func(id, reason string) proto.Message { return &placev1.MsgSuspendLocation{Id: id, Reason: reason} }),
		locationStatus(e, "reinstate", func(id, reason string) proto.Message { return &placev1.MsgReinstateLocation{Id: id, Reason: reason} }))
}

// locationRecord is a location as the gateway shows it.
type locationRecord struct {
	ID           string          `json:"id"`
	Owner        string          `json:"owner"`
	Details      locationDetails `json:"details"`
	Status       string          `json:"status"`
	StatusReason string          `json:"status_reason"`
	RegisteredAt string          `json:"registered_at"`
	URI          string          `json:"uri"`
	Revisions    []struct {
		Revision int64           `json:"revision"`
		Details  locationDetails `json:"details"`
		UntilAt  string          `json:"until_at"`
		Reason   string          `json:"reason"`
	} `json:"revisions"`
}

// locationDetails are details as the gateway shows them and as people write them
// in a file.
type locationDetails struct {
	Name         string          `json:"name"`
	Kind         string          `json:"kind"`
	Country      string          `json:"country,omitempty"`
	Municipality string          `json:"municipality,omitempty"`
	Parcels      []locatedParcel `json:"parcels,omitempty"`
	Coordinates  *struct {
		Latitude  int32 `json:"latitude"`
		Longitude int32 `json:"longitude"`
	} `json:"coordinates,omitempty"`
	Parent     string `json:"parent,omitempty"`
	ActiveFrom string `json:"active_from"`
	ActiveTo   string `json:"active_to,omitempty"`
	Heads      int64  `json:"heads,omitempty"`
}

type locatedParcel struct {
	Municipality string `json:"municipality"`
	Section      string `json:"section,omitempty"`
	Sheet        string `json:"sheet"`
	Parcel       string `json:"parcel"`
	Subordinate  string `json:"subordinate,omitempty"`
	AreaM2       int64  `json:"area_m2,omitempty"`
}

func (p locatedParcel) String() string {
	s := p.Municipality
	if p.Section != "" {
		s += "." + p.Section
	}
	s += ":" + p.Sheet + ":" + p.Parcel
	if p.Subordinate != "" {
		s += ":" + p.Subordinate
	}
	if p.AreaM2 != 0 {
		s += fmt.Sprintf("=%d m²", p.AreaM2)
	}
	return s
}

// message writes the details as the ledger takes them.
func (d *locationDetails) message() (*placev1.Details, error) {
	kind, ok := placev1.Kind_value["KIND_"+strings.ToUpper(strings.ReplaceAll(d.Kind, "-", "_"))]
	if !ok || kind == 0 {
		return nil, usage("the kind is %q; write one of %s", d.Kind, strings.Join(kinds(), ", "))
	}
	m := &placev1.Details{
		Name: d.Name, Kind: placev1.Kind(kind), Country: d.Country, Municipality: d.Municipality, Parent: d.Parent,
		ActiveFrom: d.ActiveFrom, ActiveTo: d.ActiveTo, Heads: d.Heads,
	}
	for _, p := range d.Parcels {
		m.Parcels = append(m.Parcels, &placev1.CadastralParcel{
			Municipality: p.Municipality, Section: p.Section, Sheet: p.Sheet, Parcel: p.Parcel, Subordinate: p.Subordinate, AreaM2: p.AreaM2,
		})
	}
	if c := d.Coordinates; c != nil {
		m.Coordinates = &placev1.Coordinates{Latitude: c.Latitude, Longitude: c.Longitude}
	}
	return m, nil
}

func kinds() []string {
	var out []string
	for n := int32(1); placev1.Kind_name[n] != ""; n++ {
		out = append(out, strings.ToLower(strings.TrimPrefix(placev1.Kind_name[n], "KIND_")))
	}
	return out
}

func locationList(e *env) *cobra.Command {
	return listCommand(e, listing[locationRecord]{
		path: "/v1/locations", key: "location.list.short", example: "filiera location list --municipality 109004 --kind plant",
		filters: []string{"owner", "municipality", "kind", "parent", "status"},
		head: []string{
			strings.ToUpper(e.t("location.id")), strings.ToUpper(e.t("name")), strings.ToUpper(e.t("location.kind")),
			strings.ToUpper(e.t("location.municipality")), strings.ToUpper(e.t("state")), strings.ToUpper(e.t("owner")),
		},
		row: func(l *locationRecord) []any {
			return []any{l.ID, l.Details.Name, l.Details.Kind, l.Details.Municipality + l.Details.Country, l.Status, l.Owner}
		},
	})
}

func locationPath(id string) (string, error) {
	if len(gs1.LocationIDs(id)) == 0 {
		_, err := gs1.ParseLocationID(id)
		return "", usageError{err}
	}
	return "/v1/locations/" + url.PathEscape(id), nil
}

func locationShow(e *env) *cobra.Command {
	return showCommand(e, "show ID", "location.show.short", `
filiera location show 8012345000005
filiera location show pastificio-example/laboratorio`, 1, func(args []string) (string, error) { return locationPath(args[0]) },
		func(t *table, l *locationRecord) {
			t.line(e.t("location.id"), l.ID)
			t.line("URI", l.URI)
			t.line(e.t("owner"), l.Owner)
			t.line(e.t("state"), l.Status)
			t.line(e.t("reason"), l.StatusReason)
			e.drawDetails(t, &l.Details)
			t.line(e.t("registered"), l.RegisteredAt)
			for _, r := range l.Revisions {
				t.line(e.t("location.revision", r.Revision), fmt.Sprintf("%s, %s %s: %s", r.Details.Name, e.t("location.until"), r.UntilAt, r.Reason))
			}
		})
}

func (e *env) drawDetails(t *table, d *locationDetails) {
	t.line(e.t("name"), d.Name)
	t.line(e.t("location.kind"), d.Kind)
	t.line(e.t("location.country"), d.Country)
	t.line(e.t("location.municipality"), d.Municipality)
	for _, p := range d.Parcels {
		t.line(e.t("location.parcel"), p.String())
	}
	if c := d.Coordinates; c != nil {
		t.line(e.t("location.coordinates"), degrees(c.Latitude)+" "+degrees(c.Longitude))
	}
	t.line(e.t("location.parent"), d.Parent)
	t.line(e.t("location.active"), strings.TrimSuffix(d.ActiveFrom+" – "+d.ActiveTo, " – "))
}

// degrees writes millionths of a degree.
func degrees(micro int32) string {
	sign, n := "", int64(micro)
	if n < 0 {
		sign, n = "-", -n
	}
	return fmt.Sprintf("%s%d.%06d", sign, n/1_000_000, n%1_000_000)
}

func locationClose(e *env) *cobra.Command {
	cmd := reasoned(e, "close ID", "location.close.short",
		"filiera location close pastificio-example/laboratorio --active-to 2026-11-30 --reason 'trasferito' --from pastificio --password-file password.txt",
		func(cmd *cobra.Command, args []string, reason string) (proto.Message, error) {
			id, err := locationID(args[0])
			if err != nil {
				return nil, err
			}
			last, _ := cmd.Flags().GetString("active-to")
			return &placev1.MsgCloseLocation{Id: id, ActiveTo: last, Reason: reason}, nil
		})
	cmd.Flags().String("active-to", "", e.t("flag.active-to"))
	return cmd
}

// locationID reads what names one place to be changed: an id, or its URI.
func locationID(s string) (string, error) {
	if ids := gs1.LocationIDs(s); len(ids) > 0 {
		return ids[0].String(), nil
	}
	_, err := gs1.ParseLocationID(s)
	return "", usageError{err}
}

func locationStatus(e *env, verb string, act func(id, reason string) proto.Message) *cobra.Command {
	return reasoned(e, verb+" ID", "location."+verb+".short",
		"filiera location "+verb+" pastificio-example/laboratorio --reason 'controllo sanitario' --from regione --password-file password.txt",
		func(_ *cobra.Command, args []string, reason string) (proto.Message, error) {
			id, err := locationID(args[0])
			if err != nil {
				return nil, err
			}
			return act(id, reason), nil
		})
}

// readLocation asks the node for a location.
func (e *env) readLocation(ctx context.Context, id string) (*locationRecord, error) {
	c, err := e.client()
	if err != nil {
		return nil, err
	}
	path, err := locationPath(id)
	if err != nil {
		return nil, err
	}
	raw, err := c.Get(ctx, path, nil)
	if err != nil {
		return nil, err
	}
	l := new(locationRecord)
	if err := json.Unmarshal(raw, l); err != nil {
		return nil, fmt.Errorf("%s%s answered something else than expected: %w", c.URL(), path, err)
	}
	return l, nil
}
