package gs1

import (
	"slices"
	"strings"
	"testing"
)

// foodLabels has at least one label for every AI that labels and documents of
// food carry.
var foodLabels = []struct{ bracketed, link string }{
	{"(00)006141411234567890", "https://id.gs1.org/00/006141411234567890"},
	{"(01)08012345678907(10)L26/1(17)281231(11)261123(13)261124(15)281130(16)281130(20)07", "https://id.gs1.org/01/08012345678907/10/L26%2F1?11=261123&13=261124&15=281130&16=281130&17=281231&20=07"},
	{"(01)08012345678907(22)2A(10)1(21)S-1", "https://id.gs1.org/01/08012345678907/22/2A/10/1/21/S-1"},
	{"(00)006141411234567890(02)08012345678907(37)12", "https://id.gs1.org/00/006141411234567890?02=08012345678907&37=12"},
	{"(01)98012345678900(30)8(3103)000250(3922)1234(3932)978995", "https://id.gs1.org/01/98012345678900?30=8&3103=000250&3922=1234&3932=978995"},
	{"(01)08012345678907(240)A1(241)B2(251)mucca-7(400)ORD1(410)8012345000005(416)8012345000005(421)38063828(422)380(423)380250", "https://id.gs1.org/01/08012345678907?240=A1&241=B2&251=mucca-7&400=ORD1&410=8012345000005&416=8012345000005&421=38063828&422=380&423=380250"},
	{"(414)8012345000005(254)silo 2", ""}, // a space is outside the character set
	{"(414)8012345000005(254)silo-2", "https://id.gs1.org/414/8012345000005/254/silo-2"},
	{"(01)08012345678907(7001)1234567890123(7003)2812312359(7006)261123(7007)260601260630(7008)ANE(8008)26112308", "https://id.gs1.org/01/08012345678907?7001=1234567890123&7003=2812312359&7006=261123&7007=260601260630&7008=ANE&8008=26112308"},
	{"(01)08012345678907(8200)https://example.org/p", "none"},
}

func TestLabelsAreReadAndPrintedEveryWay(t *testing.T) {
	for _, c := range foodLabels {
		e, err := Read(c.bracketed)
		if c.link == "" {
			if err == nil {
				t.Errorf("%s was read", c.bracketed)
			}
			continue
		}
		if err != nil {
			t.Errorf("%s: %v", c.bracketed, err)
			continue
		}
		link, err := e.CanonicalDigitalLink()
		if c.link == "none" { // the dictionary keeps AI 8200 out of links
			if err == nil {
				t.Errorf("%s as a link is %s", c.bracketed, link)
			}
			link, err = c.bracketed, nil
			c.link = link
		}
		if err != nil || link != c.link {
			t.Errorf("%s as a link is %s, %v; want %s", c.bracketed, link, err, c.link)
		}
		want := sorted(e)
		for _, text := range []string{
			e.String(), "]C1" + e.ElementString(), "]d2" + e.ElementString(), "]Q3" + e.ElementString(), "]e0" + e.ElementString(),
			"^" + strings.ReplaceAll(e.ElementString(), "\x1d", "^"), link, " " + link + "\n", withParameter(link),
		} {
			again, err := Read(text)
			if err != nil || sorted(again) != want {
				t.Errorf("%q is %s, %v; want %s", text, again, err, want)
			}
		}
	}
}

// withParameter adds to a link what advertising adds.
func withParameter(link string) string {
	switch {
	case !strings.HasPrefix(link, "https://"):
		return link
	case strings.Contains(link, "?"):
		return link + "&utm_source=x#y"
	}
	return link + "?utm_source=x#y"
}

// sorted writes the elements in order of their AI, which scanners need not keep.
func sorted(e Elements) string {
	list := slices.Clone(e)
	slices.SortFunc(list, func(a, b Element) int { return strings.Compare(a.AI, b.AI) })
	return list.String()
}

func TestWhatElementsMean(t *testing.T) {
	for text, want := range map[string]Meaning{
		"(11)261123":         {"date", "2026-11-23", ""},
		"(17)280200":         {"date", "2028-02-29", ""}, // day 00 is the last of the month
		"(15)990101":         {"date", "1999-01-01", ""},
		"(3103)000250":       {"measure", "0.250", "kg"},
		"(3100)000250":       {"measure", "250", "kg"},
		"(3105)000250":       {"measure", "0.00250", "kg"},
		"(3152)012345":       {"measure", "123.45", "l"},
		"(3303)100000":       {"measure", "100.000", "kg"},
		"(30)0008":           {"count", "8", ""},
		"(37)12":             {"count", "12", ""},
		"(3922)1234":         {"amount", "12.34", ""},
		"(3932)978995":       {"amount", "9.95", "978"},
		"(3940)0010":         {"percent", "10", "%"},
		"(421)38063828":      {"place", "63828", "380"},
		"(422)380":           {"country", "380", ""},
		"(423)380250":        {"country", "380 250", ""},
		"(7003)2812312359":   {"time", "2028-12-31T23:59", ""},
		"(7006)261123":       {"date", "2026-11-23", ""},
		"(7007)260601":       {"date", "2026-06-01", ""},
		"(7007)260601260630": {"date", "2026-06-01/2026-06-30", ""},
		"(8008)26112308":     {"time", "2026-11-23T08:00", ""},
		"(8008)261123081530": {"time", "2026-11-23T08:15:30", ""},
		"(10)L1":             {"text", "L1", ""},
		"(414)8012345000005": {"key", "8012345000005", ""},
		"(02)08012345678907": {"key", "08012345678907", ""},
		"(01)08012345678907": {"key", "08012345678907", ""},
		"(251)mucca-7":       {"text", "mucca-7", ""},
	} {
		e, err := ParseElementString(text)
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		if got, err := e[0].Meaning(2026); err != nil || got != want {
			t.Errorf("%s means %+v, %v; want %+v", text, got, err, want)
		}
	}
	if m, err := (Element{"7007", "260630260601"}).Meaning(2026); err == nil {
		t.Errorf("a harvest that ends before it begins means %+v", m)
	}
}

func TestTitlesAreInBothLanguages(t *testing.T) {
	for code, want := range map[string][2]string{"10": {"lotto", "batch or lot"}, "3103": {"peso netto", "net weight"}, "8001": {"DIMENSIONS", "DIMENSIONS"}, "77": {"", ""}} {
		if it, en := Title(code, "it"), Title(code, "en"); it != want[0] || en != want[1] {
			t.Errorf("%s is %q, %q", code, it, en)
		}
	}
	for code := range aiTitles {
		if dictionary[code] == nil && dictionary[code+"0"] == nil {
			t.Errorf("%s has a title and is no AI", code)
		}
	}
}

func TestLenientReading(t *testing.T) {
	for text, want := range map[string]string{
		"https://example.com/gtin/8012345678907/lot/A":     "(01)08012345678907(10)A",
		"https://example.com/01/8012345678907":             "(01)08012345678907",
		"https://example.com/01/08012345678907?89=NEW&x=1": "(01)08012345678907(89)NEW",
		"(01)08012345678907":                               "(01)08012345678907",
		"urn:epc:class:lgtin:8012345.067890.A":             "(01)08012345678907(10)A",
		"urn:epc:id:sgln:8012345.00000.silo":               "(414)8012345000005(254)silo",
	} {
		if e, err := ReadLenient(text); err != nil || e.String() != want {
			t.Errorf("%s is %s, %v; want %s", text, e, err, want)
		}
	}
	for _, text := range []string{
		"https://example.com/01/8012345678907", "https://example.com/gtin/08012345678907", "https://example.com/01/08012345678907?89=NEW",
		"", "urn:x", "(01)08012345678908", "]E08012345678908", strings.Repeat("(10)A", 2000), "^",
	} {
		if e, err := Read(text); err == nil {
			t.Errorf("%q was read as %s", text, e)
		}
	}
	for _, text := range []string{"https://example.com/01/08012345678908", "https://example.com/01/08012345678907?89=", "https://example.com/01/08012345678907?12345=x", "https://example.com/01/08012345678907?89=a%00"} {
		if e, err := ReadLenient(text); err == nil {
			t.Errorf("%q was read as %s", text, e)
		}
	}
}

func TestLocationIDsAreReadAndWritten(t *testing.T) {
	for text, uri := range map[string]string{
		"8012345000005":        "https://id.gs1.org/414/8012345000005",
		"8012345000005.silo-2": "https://id.gs1.org/414/8012345000005/254/silo-2",
		"8012345000005.a/b":    "https://id.gs1.org/414/8012345000005/254/a%2Fb",
		"pastificio/cella-1":   "urn:filiera:location:pastificio:cella-1",
		"8012345000005/cella":  "urn:filiera:location:8012345000005:cella", // an owner whose id is digits
	} {
		l, err := ParseLocationID(text)
		if err != nil || l.String() != text || l.URI() != uri {
			t.Errorf("%s is %q, %s, %v; want %s", text, l, l.URI(), err, uri)
		}
		if ids := LocationIDs(uri); len(ids) == 0 || ids[0] != l {
			t.Errorf("%s names %v, want %v", uri, ids, l)
		}
	}
}
