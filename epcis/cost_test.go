package epcis

import (
	"fmt"
	"strings"
	"testing"
)

// Documents made to be costly, at the bounds of DefaultLimits. What they cost is
// a ratio of output to input here, because time depends on the machine: neither
// the raw forms nor the pre-hash texts may grow far beyond the document.
func TestCostlyDocuments(t *testing.T) {
	const event = `{"type":"ObjectEvent","eventTime":"2026-05-04T08:30:00Z","eventTimeZoneOffset":"+02:00","action":"ADD","epcList":[]`
	wrap := func(context, events string) string {
		return `{"@context":[` + context + `],"type":"EPCISDocument","schemaVersion":"2.0","creationDate":"2026-05-04T08:30:00Z","epcisBody":{"eventList":[` + events + `]}}`
	}
	namespace := `{"a":"https://` + strings.Repeat("n", 240) + `/"}`
	for name, text := range map[string]string{
		"many events under a large context": wrap(namespace+strings.Repeat(`,{"b":"https://x.example/`+strings.Repeat("y", 200)+`/"}`, 1), strings.TrimSuffix(strings.Repeat(event+"},", 500), ",")),
		"many names in a long namespace":    wrap(namespace, event+many(12_000, func(i int) string { return fmt.Sprintf(`,"a:%d":1`, i) })+"}"),
		"many names nested deep": wrap(namespace, event+strings.Repeat(`,"a:x":{"a:z":1`, 1)+strings.Repeat(`,"a:x":{"a:z":1`, 20)+
			many(12_000, func(i int) string { return fmt.Sprintf(`,"a:%d":1`, i) })+strings.Repeat("}", 21)+"}"),
		"many identifiers": wrap(namespace, strings.Replace(event, "[]", "["+strings.TrimSuffix(many(10_000, func(i int) string { return fmt.Sprintf(`"urn:epc:id:sgtin:8001234.056789.%d",`, i) }), ",")+"]", 1)+"}"),
		"large numbers":    wrap(namespace, event+many(12_000, func(i int) string { return fmt.Sprintf(`,"a:%d":1e40`, i) })+"}"),
	} {
		doc, err := Parse([]byte(text), Limits{})
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		raw, pre := 0, 0
		for i := range doc.Events {
			raw += len(doc.Events[i].Raw)
			pre += len(doc.Events[i].PreHash(CBV20))
		}
		if raw > 8<<20 || pre > 8<<20 {
			t.Errorf("%s: %d bytes became %d of raw form and %d of pre-hash text", name, len(text), raw, pre)
		}
	}
}

// The event hash repeats a name for every item of its array, and a fault names
// its place: neither may multiply what was sent.
func TestLongNamesAreRefused(t *testing.T) {
	const event = `{"@context":["https://x.example/"],"type":"ObjectEvent","eventTime":"2026-05-04T08:30:00Z","eventTimeZoneOffset":"+02:00","action":"ADD","epcList":[],`
	list := "[" + strings.TrimSuffix(strings.Repeat("1,", 30_000), ",") + "]"
	name := func(n int) string { return "a:" + strings.Repeat("n", n-2) }
	for text, want := range map[string]string{
		event + `"` + name(257) + `":` + list + `}`:                                                                 "at most 256",
		event + `"a:x":{"b":[{"` + name(300_000) + `":1}]}}`:                                                        "event.a:x.b[0]: the name",
		event + `"` + name(256) + `":{"` + name(256) + `":` + strings.Replace(list, "1]", "null]", 1) + `}}`:        "[29999]: null says nothing",
		event + strings.Repeat(`"`+name(3000)+`":{`, 25) + strings.Repeat("}", 25) + `,"` + name(250_000) + `":1}}`: "",
	} {
		_, err := Parse([]byte(text), Limits{})
		if err == nil || !strings.Contains(err.Error(), want) || len(err.Error()) > 20_000 {
			t.Errorf("%.200v, want %s", err, want)
		}
	}
	if _, err := Parse([]byte(event+`"`+name(256)+`":`+list+`}`), Limits{}); err != nil {
		t.Errorf("a name of 256 bytes: %v", err)
	}
}

func many(n int, item func(int) string) string {
	var b strings.Builder
	for i := range n {
		b.WriteString(item(i))
	}
	return b.String()
}
