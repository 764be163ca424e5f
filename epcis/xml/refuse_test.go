package xml_test

import (
	"errors"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/filiera-chain/filiera/epcis"
	"github.com/filiera-chain/filiera/epcis/xml"
)

const open = `<epcis:EPCISDocument xmlns:epcis="urn:epcglobal:epcis:xsd:2" xmlns:example="https://ns.example.org/epcis/" schemaVersion="2.0" creationDate="2026-05-04T08:30:00Z"><EPCISBody><EventList>`

const shut = `</EventList></EPCISBody></epcis:EPCISDocument>`

// object gives an ObjectEvent with more inside.
func object(more string) string {
	return `<ObjectEvent><eventTime>2026-05-04T08:30:00+02:00</eventTime><eventTimeZoneOffset>+02:00</eventTimeZoneOffset>` +
		`<epcList><epc>urn:epc:id:sgtin:4012345.011122.25</epc></epcList><action>OBSERVE</action>` + more + `</ObjectEvent>`
}

func TestRefusals(t *testing.T) {
	laughs := `<!DOCTYPE lolz [<!ENTITY lol "lol"><!ENTITY lol2 "&lol;&lol;&lol;&lol;&lol;&lol;&lol;&lol;&lol;&lol;">]>`
	for name, c := range map[string]struct {
		xml  string
		want []string
	}{
		"billion laughs":         {`<?xml version="1.0"?>` + "\n" + laughs + open + object("<bizStep>&lol2;</bizStep>") + shut, []string{"line 2, column 1", "DOCTYPE", "write the text itself"}},
		"external entity":        {`<!DOCTYPE d [<!ENTITY x SYSTEM "file:///etc/passwd">]>` + open + shut, []string{"DOCTYPE"}},
		"external DTD":           {`<!DOCTYPE d SYSTEM "http://127.0.0.1:1/x.dtd">` + open + shut, []string{"DOCTYPE"}},
		"entity without DTD":     {open + object("<bizStep>&xxe;</bizStep>") + shut, []string{"line 1", "&xxe;", "write the character itself"}},
		"instruction":            {`<?xml-stylesheet href="x.xsl"?>` + open + shut, []string{"xml-stylesheet", "take it out"}},
		"second declaration":     {"\n" + `<?xml version="1.0"?>` + open + shut, []string{"line 2", "very beginning"}},
		"deep":                   {open + object(strings.Repeat("<example:a>", 60)+strings.Repeat("</example:a>", 60)) + shut, []string{"nested more than 48"}},
		"many elements":          {open + strings.Repeat("<a/>", 1) + strings.Repeat(object(strings.Repeat("<example:a/>", 1000)), 101) + shut, []string{"no event type"}},
		"many inner elements":    {open + strings.Repeat(object(strings.Repeat("<example:a/>", 1000)), 101) + shut, []string{"more than 100000 elements"}},
		"many attributes":        {open + object("<example:a "+many(65, func(i string) string { return "a" + i + `="1" ` })+"/>") + shut, []string{"65 attributes"}},
		"many namespaces":        {open + object(many(65, func(i string) string { return `<a:a xmlns:a="https://example.org/` + i + `/"/>` })) + shut, []string{"more than 64 namespaces"}},
		"encoding":               {`<?xml version="1.0" encoding="EBCDIC-IT"?>` + open + shut, []string{`"EBCDIC-IT" is not read`, "UTF-8"}},
		"false UTF-16":           {`<?xml version="1.0" encoding="UTF-16"?>` + open + shut, []string{"says that it is UTF-16"}},
		"UTF-16 without mark":    {"<\x00a\x00", []string{"without a byte order mark"}},
		"broken UTF-16":          {"\xff\xfe<\x00\x00\xd8", []string{"not valid UTF-16"}},
		"not UTF-8":              {"<a>\n caff\xe8</a>", []string{"line 2, column 6", "windows-1252"}},
		"undeclared prefix":      {open + object("<lab:moisture>12</lab:moisture>") + shut, []string{`prefix "lab" is not declared`, "xmlns:lab"}},
		"undeclared attribute":   {open + object(`<example:a lab:b="1"/>`) + shut, []string{`prefix "lab" is not declared`}},
		"attribute twice":        {open + object(`<example:a b="1" b="2"/>`) + shut, []string{"given twice"}},
		"attribute twice by URI": {open + object(`<example:a xmlns:e="https://ns.example.org/epcis/" e:b="1" example:b="2"/>`) + shut, []string{"given twice"}},
		"prefix twice":           {open + object(`<a:a xmlns:a="https://a.example/" xmlns:a="https://b.example/"/>`) + shut, []string{"declared twice"}},
		"xmlns as prefix":        {open + object(`<a xmlns:xmlns="https://a.example/"/>`) + shut, []string{"XML's own"}},
		"namespace no URI":       {open + object(`<a:a xmlns:a="no uri"/>`) + shut, []string{`"no uri" is not a URI`}},
		"wrong end":              {open + "\n<ObjectEvent>\n</AggregationEvent>" + shut, []string{"line 3, column 1", "</AggregationEvent> stands where <ObjectEvent>, begun in line 2"}},
		"cut off":                {open + "<ObjectEvent>", []string{"the rest of the file is missing"}},
		"empty":                  {"", []string{"no root element"}},
		"no XML":                 {`{"type":"EPCISDocument"}`, []string{"outside the root element"}},
		"two roots":              {open + shut + open + shut, []string{"second root"}},
		"text after":             {open + shut + "x", []string{"text outside"}},
		"other root":             {`<Invoice/>`, []string{"<Invoice>: it must be EPCISDocument"}},
		"other namespace":        {`<EPCISDocument xmlns="urn:other"/>`, []string{`"urn:other"`, "urn:epcglobal:epcis:xsd:2"}},
		"master data only":       {`<EPCISMasterDataDocument/>`, []string{"master data only"}},
		"a query":                {`<q:EPCISQueryDocument xmlns:q="urn:epcglobal:epcis-query:xsd:1" schemaVersion="1.2" creationDate="2026-05-04T08:30:00Z"><EPCISBody><q:Poll/></EPCISBody></q:EPCISQueryDocument>`, []string{"only QueryResults"}},
		"version 3":              {strings.Replace(open, `"2.0"`, `"3.0"`, 1) + shut, []string{`schemaVersion is "3.0"`}},
		"no date":                {strings.Replace(open, ` creationDate="2026-05-04T08:30:00Z"`, "", 1) + shut, []string{"creationDate is missing"}},
		"no body":                {`<e:EPCISDocument xmlns:e="urn:epcglobal:epcis:xsd:1" schemaVersion="1.2" creationDate="2026-05-04T08:30:00Z"/>`, []string{"<EPCISBody> is missing"}},
		"two lists":              {open + `</EventList><EventList>` + shut, []string{"second <EventList>"}},
		"text between events":    {open + "oops" + object("") + shut, []string{"text in <EventList>"}},
		"other event":            {open + "<HarvestEvent/>" + shut, []string{"<HarvestEvent> is no event type"}},
		"unknown field":          {open + object("<quality>good</quality>") + shut, []string{"<quality> is no field of a ObjectEvent", "<example:quality>"}},
		"field of another":       {open + object("<parentID>urn:a:b</parentID>") + shut, []string{"<parentID> is no field"}},
		"field twice":            {open + object("<action>ADD</action>") + shut, []string{"<action> is given twice"}},
		"text in event":          {open + object("text") + shut, []string{"holds elements only"}},
		"element in text":        {open + object("<bizStep><b/></bizStep>") + shut, []string{"holds text only"}},
		"empty field":            {open + object("<bizStep/>") + shut, []string{"<bizStep> is empty"}},
		"mixed extension":        {open + object("<example:a>text<example:b/></example:a>") + shut, []string{"side by side"}},
		"time without zone":      {open + strings.Replace(object(""), "08:30:00+02:00<", "08:30:00<", 1) + shut, []string{"eventTime", "with a zone"}},
		"EPC no URI":             {open + object("<quantityList><quantityElement><epcClass>4012345</epcClass></quantityElement></quantityList>") + shut, []string{`"4012345" in <epcClass> is not a URI`}},
		"quantity text":          {open + object("<quantityList><quantityElement><epcClass>urn:a:b</epcClass><quantity>INF</quantity></quantityElement></quantityList>") + shut, []string{`quantity is "INF"`, "12.5"}},
		"quantity huge":          {open + object("<quantityList><quantityElement><epcClass>urn:a:b</epcClass><quantity>1e99</quantity></quantityElement></quantityList>") + shut, []string{"out of the range"}},
		"word unknown":           {open + object("<bizStep>harvesting</bizStep>") + shut, []string{`bizStep is "harvesting"`, "neither a word of the standard"}},
		"CBV of another list":    {open + object("<bizStep>urn:epcglobal:cbv:nolist:x</bizStep>") + shut, []string{"neither a word"}},
		"source without type":    {open + object("<sourceList><source>urn:a:b</source></sourceList>") + shut, []string{"<source> has no type"}},
		"bare ilmd":              {open + object("<ilmd><lotNumber>1</lotNumber></ilmd>") + shut, []string{"<cbvmda:lotNumber>"}},
		"sensor attribute":       {open + object(`<sensorElementList><sensorElement><sensorReport type="Temperature" worth="1"/></sensorElement></sensorElementList>`) + shut, []string{`no attribute "worth"`}},
		"sensor number":          {open + object(`<sensorElementList><sensorElement><sensorReport type="Temperature" value="warm"/></sensorElement></sensorElementList>`) + shut, []string{`value is "warm"`}},
		"attribute of event":     {open + `<ObjectEvent id="1"/>` + shut, []string{`no attribute "id"`}},
	} {
		t.Run(name, func(t *testing.T) {
			out, _, err := xml.Convert([]byte(c.xml), xml.Limits{})
			var fault *xml.Error
			if !errors.As(err, &fault) {
				t.Fatalf("it is taken, or the error is no *Error: %v %s", err, out)
			}
			for _, want := range c.want {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("%q does not say %q", err, want)
				}
			}
		})
	}
	if _, _, err := xml.Convert(make([]byte, 101), xml.Limits{MaxBytes: 100}); err == nil || !strings.Contains(err.Error(), "101 bytes") {
		t.Errorf("a large document: %v", err)
	}
}

func many(n int, do func(i string) string) string {
	var b strings.Builder
	for i := range n {
		b.WriteString(do(strings.Repeat("i", i+1)))
	}
	return b.String()
}

// TestEncodings reads one document in each encoding that is taken.
func TestEncodings(t *testing.T) {
	body := open + object("<example:qualità>caffè – £</example:qualità>") + shut
	latin := strings.NewReplacer("à", "\xe0", "è", "\xe8", "–", "-", "£", "\xa3").Replace(body)
	windows := strings.NewReplacer("à", "\xe0", "è", "\xe8", "–", "\x96", "£", "\xa3").Replace(body)
	for name, c := range map[string]struct{ xml, want string }{
		"none":              {body, "caffè – £"},
		"UTF-8":             {`<?xml version="1.0" encoding="UTF-8"?>` + body, "caffè – £"},
		"UTF-8 with a mark": {"\ufeff" + `<?xml version="1.0" encoding='utf-8'?>` + body, "caffè – £"},
		"ISO-8859-1":        {`<?xml version="1.0" encoding="iso-8859-1"?>` + latin, "caffè - £"},
		"Windows-1252":      {`<?xml version="1.0" encoding="windows-1252"?>` + windows, "caffè – £"},
		"UTF-16LE":          {wide(`<?xml version="1.0" encoding="UTF-16"?>`+body, false), "caffè – £"},
		"UTF-16BE":          {wide(body, true), "caffè – £"},
	} {
		t.Run(name, func(t *testing.T) {
			doc, _, _ := convert(t, []byte(c.xml))
			if got, _ := doc.Events[0].Property("https://ns.example.org/epcis/qualità"); got.Text != c.want {
				t.Errorf("%q, want %q", got.Text, c.want)
			}
		})
	}
}

func wide(s string, big bool) string {
	var b []byte
	for _, u := range append([]uint16{0xfeff}, utf16.Encode([]rune(s))...) {
		if big {
			b = append(b, byte(u>>8), byte(u))
		} else {
			b = append(b, byte(u), byte(u>>8))
		}
	}
	return string(b)
}

// TestWhatIsTaken holds single pieces of XML against the JSON they become.
func TestWhatIsTaken(t *testing.T) {
	for name, c := range map[string]struct{ xml, want string }{
		"words as URNs, links and bare":   {"<bizStep>urn:epcglobal:cbv:bizstep:shipping</bizStep><disposition>in_transit</disposition>", `"bizStep":"shipping","disposition":"in_transit"`},
		"a word of an older CBV":          {"<bizStep>urn:epcglobal:cbv:bizstep:drying</bizStep>", `"bizStep":"https://ref.gs1.org/cbv/BizStep-drying"`},
		"a word of one's own":             {"<bizStep>https://ns.example.org/step/drying</bizStep>", `"bizStep":"https://ns.example.org/step/drying"`},
		"comments split text":             {"<bizStep>ship<!-- x -->ping</bizStep>", `"bizStep":"shipping"`},
		"character data section":          {"<example:a><![CDATA[<b> & c]]></example:a>", `"example:a":"<b> & c"`},
		"characters by number":            {"<example:a>caff&#232; &amp; t&#xe8;</example:a>", `"example:a":"caffè & tè"`},
		"repeated extension":              {"<example:a>1</example:a><example:b/><example:a>2</example:a>", `"example:a":["1","2"],"example:b":""`},
		"default namespace":               {`<a xmlns="https://other.example/ns#">1</a>`, `"ns1:a":"1"`},
		"prefix that the standard has":    {`<cbvmda:a xmlns:cbvmda="https://other.example/ns#">1</cbvmda:a>`, `"ns1:a":"1"`},
		"prefix of a field":               {`<action:a xmlns:action="https://other.example/ns#">1</action:a>`, `"ns1:a":"1"`},
		"one prefix, two namespaces":      {`<x:a xmlns:x="https://one.example/">1</x:a><x:a xmlns:x="https://two.example/">2</x:a>`, `"x:a":"1","ns1:a":"2"`},
		"CBV master data":                 {`<m:lotNumber xmlns:m="urn:epcglobal:cbv:mda">7</m:lotNumber>`, `"cbvmda:lotNumber":"7"`},
		"nothing, said so":                {`<recordTime xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:nil="true"/>`, `"action":"OBSERVE"}`},
		"several certificates":            {`<certificationInfo>https://a.example/1</certificationInfo><certificationInfo>https://a.example/2</certificationInfo>`, `"certificationInfo":["https://a.example/1","https://a.example/2"]`},
		"a certificate in GS1's elements": {`<certificationInfo><g:CertificationDetails xmlns:g="https://gs1.org/voc/"><g:certificationURI>https://a.example/1</g:certificationURI></g:CertificationDetails></certificationInfo>`, `"certificationInfo":"https://a.example/1"`},
		"dispositions that last":          {`<extension><persistentDisposition><unset>urn:epcglobal:cbv:disp:active</unset><set>urn:epcglobal:cbv:disp:damaged</set></persistentDisposition></extension>`, `"persistentDisposition":{"set":["damaged"],"unset":["active"]}`},
		"a place with more":               {`<readPoint><id>urn:a:b</id><extension><example:dock>7</example:dock></extension></readPoint>`, `"readPoint":{"id":"urn:a:b","example:dock":"7"}`},
		"a component by its CURIE":        {`<sensorElementList><sensorElement><sensorReport type="gs1:Length" component="cbv:Comp-northing" value="-.50" booleanValue="1"/></sensorElement></sensorElementList>`, `{"type":"Length","component":"northing","value":-0.5,"booleanValue":true}`},
		"a prefix used in a value":        {`<sensorElementList><sensorElement><sensorReport type="example:Crunch" stringValue=" x "/></sensorElement></sensorElementList>`, `{"example":"https://ns.example.org/epcis/"}`},
	} {
		t.Run(name, func(t *testing.T) {
			_, out, _ := convert(t, []byte(open+object(c.xml)+shut))
			if !strings.Contains(string(out), c.want) {
				t.Errorf("%s is not in\n%s", c.want, out)
			}
		})
	}
}

// FuzzConvert: nothing from outside makes it panic; what it gives is JSON that
// the ledger's own reader takes or refuses with a reason, and converting is a
// function of its input.
func FuzzConvert(f *testing.F) {
	for _, pair := range pairs {
		f.Add(read(f, "testdata/pairs", pair.xml))
	}
	f.Add(read(f, "testdata/pairs/header-1.1.xml"))
	f.Add([]byte(wide(open+object("")+shut, true)))
	f.Fuzz(func(t *testing.T, data []byte) {
		out, notes, err := xml.Convert(data, xml.Limits{MaxBytes: 1 << 16})
		if err != nil {
			var fault *xml.Error
			if !errors.As(err, &fault) || len(err.Error()) > 1000 || strings.Contains(err.Error(), "\n") {
				t.Fatalf("a bad error: %v", err)
			}
			return
		}
		if len(notes) > 51 || len(out) > 40*len(data)+1000 {
			t.Fatalf("%d notes, %d bytes of %d", len(notes), len(out), len(data))
		}
		if _, err := epcis.ParseJSON(out, epcis.Limits{MaxBytes: len(out) + 1, MaxDepth: 200, MaxValues: 1 << 20}); err != nil {
			t.Fatalf("%v in %s", err, out)
		}
		again, _, _ := xml.Convert(data, xml.Limits{MaxBytes: 1 << 16})
		if string(again) != string(out) {
			t.Fatal("the result changes")
		}
	})
}
