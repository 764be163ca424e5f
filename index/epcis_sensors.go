package index

import "github.com/filiera-chain/filiera/epcis"

// Standard fields of sensor metadata and reports, by how a query compares them.
var (
	sensorTimes = []string{"time", "startTime", "endTime"}
	sensorIDs   = []string{
		"deviceID", "deviceMetadata", "rawData", "dataProcessingMethod", "bizRules", "microorganism", "chemicalSubstance", "uriValue",
		"coordinateReferenceSystem",
	}
	sensorTexts   = []string{"stringValue", "hexBinaryValue", "booleanValue"}
	sensorAmounts = []string{"value", "minValue", "maxValue", "meanValue", "sDev", "percValue"}
	sensorOwn     = ownNames(sensorTimes, sensorIDs, sensorTexts, sensorAmounts, []string{"type", "exception", "component", "percRank", "uom"})
)

func ownNames(lists ...[]string) func(string) bool {
	own := map[string]bool{}
	for _, l := range lists {
		for _, name := range l {
			own[name] = true
		}
	}
	return func(name string) bool { return own[name] }
}

func (t *terms) sensors() {
	list := items(t.event.Tree().Get("sensorElementList"))
	if len(list) > 0 {
		t.add("sensorElementList", "")
	}
	for i := range list {
		t.sensorFields(list[i].Get("sensorMetadata"), "sm")
		for _, report := range items(list[i].Get("sensorReport")) {
			t.sensorFields(&report, "sr")
			t.measurement(&report)
		}
		t.properties("se", &list[i], func(name string) bool { return name == "sensorMetadata" || name == "sensorReport" })
	}
}

// sensorFields adds what metadata and reports have in common.
func (t *terms) sensorFields(v *epcis.Value, ext string) {
	if v == nil {
		return
	}
	for _, name := range sensorTimes {
		t.moment(name, v.Get(name))
	}
	for _, name := range sensorIDs {
		if x := v.Get(name); x != nil {
			t.add(name, id(x.Text))
		}
	}
	t.properties(ext, v, sensorOwn)
}

func (t *terms) measurement(v *epcis.Value) {
	if kind := v.Get("type"); kind != nil {
		t.add("type.sensor", epcis.CanonicalWord("type", kind.Text))
	}
	for _, name := range sensorTexts {
		if x := v.Get(name); x != nil {
			t.add(name, x.Text)
		}
	}
	if rank := v.Get("percRank"); rank != nil {
		t.number("percRank", rank.Text)
	}
	uom := v.Get("uom")
	for _, name := range sensorAmounts {
		if x := v.Get(name); x != nil && x.Kind == epcis.Number && uom != nil {
			t.number(name+"_"+uom.Text, x.Text)
		}
	}
}

// properties adds the members of v that are not its own fields: extensions.
func (t *terms) properties(prefix string, v *epcis.Value, own func(string) bool) {
	if v == nil || v.Kind != epcis.Object {
		return
	}
	for i := range v.Members {
		m := &v.Members[i]
		if own == nil || !own(m.Name) {
			t.property(prefix+":"+t.event.FullName(m.Name), prefix+"i:", &m.Value)
		}
	}
}

// property adds the values of an extension, and what is inside it under inner.
func (t *terms) property(field, inner string, v *epcis.Value) {
	switch v.Kind {
	case epcis.Array:
		for i := range v.Items {
			t.property(field, inner, &v.Items[i])
		}
	case epcis.Object:
		t.add(field, "")
		if typed := v.Get("@value"); typed != nil {
			t.property(field, inner, typed)
			return
		}
		for i := range v.Members {
			m := &v.Members[i]
			t.property(inner+t.event.FullName(m.Name), inner, &m.Value)
		}
	case epcis.Number:
		t.add(field, v.Text)
		t.number(field, v.Text)
	default:
		t.add(field, id(v.Text))
		t.moment(field, v)
	}
}
