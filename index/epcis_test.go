package index

import (
	"bytes"
	"fmt"
	"math/big"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"google.golang.org/protobuf/proto"
	"pgregory.net/rapid"

	tracev1 "github.com/filiera-chain/filiera/api/trace/v1"
	"github.com/filiera-chain/filiera/epcis"
)

// capture adds a transaction that captures a document, as the module announces
// it.
func (c *chain) capture(b *Block, document string) {
	c.t.Helper()
	doc, err := epcis.Parse([]byte(document), epcis.Limits{})
	if err != nil {
		c.t.Fatal(err)
	}
	var say []proto.Message
	for i := range doc.Events {
		e := &doc.Events[i]
		sum, _, err := epcis.ParseHash(e.Hash(epcis.CBV20))
		if err != nil {
			c.t.Fatal(err)
		}
		say = append(say, &tracev1.EventCaptured{Index: uint32(i), Event: &tracev1.Event{Id: sum[:], Type: string(e.Type), EventTimeMs: e.EventTime}})
	}
	b.add(c.tx([]proto.Message{&tracev1.MsgCapture{Document: []byte(document)}}, 0, say...))
}

const epcisHead = `{"@context":["https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld",{"ex":"https://ns.example.com/epcis/"}],
"type":"EPCISDocument","schemaVersion":"2.0","creationDate":"2026-11-23T09:00:00Z","epcisBody":{"eventList":[`

const pressing = epcisHead + `{"type":"TransformationEvent","eventTime":"2026-11-20T08:00:00.000+01:00","eventTimeZoneOffset":"+01:00",
"inputQuantityList":[{"epcClass":"urn:epc:class:lgtin:4012345.012345.998877","quantity":1200,"uom":"KGM"}],
"outputQuantityList":[{"epcClass":"https://id.gs1.org/01/08031234500013/10/L261120","quantity":180.5,"uom":"LTR"}],
"bizStep":"commissioning","disposition":"active","readPoint":{"id":"urn:epc:id:sgln:0614141.07346.1234","ex:line":"north"},
"bizTransactionList":[{"type":"po","bizTransaction":"urn:epcglobal:cbv:bt:0614141073467:1152"}],
"ilmd":{"cbvmda:lotNumber":"L261120","ex:oil":{"ex:acidity":0.3,"ex:pressed":"2026-11-20T07:00:00Z"}},"ex:variety":["leccino","frantoio"],"ex:moisture":-12.5},
{"type":"ObjectEvent","action":"OBSERVE","eventTime":"2026-11-21T08:00:00Z","eventTimeZoneOffset":"+00:00","eventID":"urn:uuid:6f1f2a3c-0000-4000-8000-000000000007",
"epcList":["urn:epc:id:sgtin:4012345.012345.77","https://example.org/01/08031234500013/10/L261120/21/5"],"bizStep":"shipping",
"sensorElementList":[{"sensorMetadata":{"time":"2026-11-21T07:59:00Z","deviceID":"urn:epc:id:giai:4000001.111"},
"sensorReport":[{"type":"Temperature","value":4.5,"uom":"CEL"}]}]}]}}`

func seqs(t *testing.T, m Model, q EPCISQuery) []int64 {
	t.Helper()
	var out []int64
	for _, e := range pages(t, 1, func(p Page) (List[*EPCISEvent], error) { return m.EPCISEvents(t.Context(), q, p) }) {
		out = append(out, e.Seq)
	}
	return out
}

func one1(field string, op EPCISOp, values ...string) EPCISQuery {
	return EPCISQuery{Where: []EPCISCondition{{{Field: field, Op: op, Values: values}}}}
}

func TestEPCISEventsAnswerByTheirTerms(t *testing.T) {
	eachModel(t, func(t *testing.T, m Model) {
		c := newChain(t, 1, 0)
		var b Block
		c.capture(&b, pressing)
		c.seal(b)
		apply(t, m, c.blocks)
		const made, shipped = int64(2 << 20), int64(2<<20 + 1)
		const x = "x:https://ns.example.com/epcis/"
		ms := SortableTime
		moment := func(s string) string {
			at, err := epcis.ParseTime(s)
			if err != nil {
				t.Fatal(err)
			}
			return ms(at)
		}
		for name, tc := range map[string]struct {
			q    EPCISQuery
			want []int64
		}{
			"everything, as recorded":   {EPCISQuery{}, []int64{made, shipped}},
			"type":                      {one1("type", EPCISEqual, "ObjectEvent"), []int64{shipped}},
			"one of several":            {one1("type", EPCISEqual, "ObjectEvent", "TransformationEvent"), []int64{made, shipped}},
			"business step":             {one1("bizStep", EPCISEqual, "https://ref.gs1.org/cbv/BizStep-shipping"), []int64{shipped}},
			"URN stored, link asked":    {one1("epc", EPCISEqual, "https://id.gs1.org/01/04012345123456/21/77"), []int64{shipped}},
			"link stored, other domain": {one1("epc", EPCISEqual, "https://id.gs1.org/01/08031234500013/21/5"), []int64{shipped}},
			"lot of an instance":        {one1("epc^", EPCISEqual, "https://id.gs1.org/01/08031234500013/10/L261120"), []int64{shipped}},
			"item of an instance":       {one1("anyEPC^", EPCISEqual, "https://id.gs1.org/01/08031234500013"), []int64{shipped}},
			"class in":                  {one1("inputEPCClass", EPCISEqual, "https://id.gs1.org/01/04012345123456/10/998877"), []int64{made}},
			"class out is not in":       {one1("inputEPCClass", EPCISEqual, "https://id.gs1.org/01/08031234500013/10/L261120"), nil},
			"item of a class":           {one1("anyEPCClass^", EPCISEqual, "https://id.gs1.org/01/08031234500013"), []int64{made}},
			"pattern of a company":      {one1("epc", EPCISLike, "https://id.gs1.org/01/_4012345%"), []int64{shipped}},
			"place":                     {one1("readPoint", EPCISEqual, "https://id.gs1.org/414/0614141073467/254/1234"), []int64{made}},
			"within a place":            {one1("readPoint^", EPCISEqual, "https://id.gs1.org/414/0614141073467"), []int64{made}},
			"extension of a place":      {one1("rp:https://ns.example.com/epcis/line", EPCISEqual, "north"), []int64{made}},
			"transaction":               {one1("bizTransaction_https://ref.gs1.org/cbv/BTT-po", EPCISEqual, "urn:epcglobal:cbv:bt:0614141073467:1152"), []int64{made}},
			"quantity":                  {one1("#quantity_LTR", EPCISEqual, SortableNumber("180.5")), []int64{made}},
			"quantity of any unit":      {one1("#quantity", EPCISGreater, SortableNumber("1199.99")), []int64{made}},
			"quantity too large":        {one1("#quantity", EPCISGreater, SortableNumber("1200")), nil},
			"ILMD":                      {one1("m:urn:epcglobal:cbv:mda:lotNumber", EPCISEqual, "L261120"), []int64{made}},
			"inside ILMD":               {one1("#mi:https://ns.example.com/epcis/acidity", EPCISAtMost, SortableNumber("0.3")), []int64{made}},
			"time inside ILMD":          {one1("@mi:https://ns.example.com/epcis/pressed", EPCISLess, moment("2026-11-20T08:00:00+01:00")), nil},
			"array of an extension":     {one1(x+"variety", EPCISEqual, "frantoio"), []int64{made}},
			"negative number":           {one1("#"+x+"moisture", EPCISLess, SortableNumber("-12.4")), []int64{made}},
			"there is an extension":     {one1(x+"moisture", EPCISExists), []int64{made}},
			"there is none":             {one1(x+"nothing", EPCISExists), nil},
			"own event id":              {one1("eventID", EPCISEqual, "urn:uuid:6f1f2a3c-0000-4000-8000-000000000007"), []int64{shipped}},
			"sensor value":              {one1("#value_CEL", EPCISAtLeast, SortableNumber("4.5")), []int64{shipped}},
			"sensor type":               {one1("type.sensor", EPCISEqual, "https://ref.gs1.org/voc/Temperature"), []int64{shipped}},
			"device":                    {one1("deviceID", EPCISEqual, "https://id.gs1.org/8004/4000001111"), []int64{shipped}},
			"latest event first":        {EPCISQuery{ByEventTime: true, Descending: true}, []int64{shipped, made}},
			"recorded after the first":  {EPCISQuery{AfterSeq: made}, []int64{shipped}},
			"recorded before a moment":  {EPCISQuery{ToRecordTime: new(int64)}, nil},
			"both of two conditions": {EPCISQuery{Where: []EPCISCondition{
				one1("type", EPCISEqual, "ObjectEvent").Where[0], one1("#quantity_LTR", EPCISEqual, SortableNumber("180.5")).Where[0],
			}}, nil},
			"either of two tests": {EPCISQuery{Where: []EPCISCondition{{
				{Field: "epc", Op: EPCISEqual, Values: []string{"nobody"}}, {Field: "action", Op: EPCISEqual, Values: []string{"OBSERVE"}},
			}}}, []int64{shipped}},
		} {
			t.Run(name, func(t *testing.T) {
				if got := seqs(t, m, tc.q); !slices.Equal(got, tc.want) {
					t.Errorf("got %v, want %v", got, tc.want)
				}
				if n, err := m.EPCISCount(t.Context(), tc.q, 10); err != nil || n != len(tc.want) {
					t.Errorf("counted %d (%v), want %d", n, err, len(tc.want))
				}
			})
		}
		steps := pages(t, 1, func(p Page) (List[string], error) { return m.EPCISValues(t.Context(), "bizStep", p) })
		if want := []string{"https://ref.gs1.org/cbv/BizStep-commissioning", "https://ref.gs1.org/cbv/BizStep-shipping"}; !slices.Equal(steps, want) {
			t.Errorf("business steps: %v", steps)
		}
		at, err := m.EPCISSeqBefore(t.Context(), c.blocks[1].Time.Add(time.Second))
		if before, err2 := m.EPCISSeqBefore(t.Context(), c.blocks[1].Time); err != nil || err2 != nil || at != shipped || before != 0 {
			t.Errorf("before the block %d, after it %d (%v, %v)", before, at, err, err2)
		}
		if n, err := m.EPCISCount(t.Context(), EPCISQuery{}, 1); n != 1 || err != nil {
			t.Errorf("counted %d, at most 1: %v", n, err)
		}
	})
}

// A page of a growing list goes on where the one before it ended.
func TestEPCISPagesStandStillWhileTheChainGrows(t *testing.T) {
	eachModel(t, func(t *testing.T, m Model) {
		c := newChain(t, 1, 0)
		grow := func() {
			var b Block
			for i := range 3 {
				c.capture(&b, strings.ReplaceAll(pressing, "L261120", fmt.Sprintf("L%d-%d", len(c.blocks), i)))
			}
			c.seal(b)
			apply(t, m, c.blocks)
		}
		grow()
		q := EPCISQuery{Descending: true}
		first, err := m.EPCISEvents(t.Context(), q, Page{Limit: 4})
		if err != nil || len(first.Items) != 4 || first.Next == "" {
			t.Fatal(first, err)
		}
		grow()
		rest, err := m.EPCISEvents(t.Context(), q, Page{Limit: 4, Token: first.Next})
		if err != nil || len(rest.Items) != 2 || rest.Next != "" || rest.Items[0].Seq != first.Items[3].Seq-1 {
			t.Fatalf("%+v %v", rest, err)
		}
		if _, err := m.EPCISEvents(t.Context(), EPCISQuery{}, Page{Token: first.Next}); err == nil {
			t.Fatal("a token of another order was taken")
		}
	})
}

// Every example of others whose structure is right has terms, its own among them.
func TestEveryExampleHasTerms(t *testing.T) {
	n := 0
	err := filepath.WalkDir("../epcis/testdata", func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.Contains(filepath.Ext(path), "json") {
			return err
		}
		raw, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		doc, err := epcis.Parse(raw, epcis.Limits{})
		if err != nil {
			return nil // not an event, or meant to be refused
		}
		apart := takeApart(raw)
		if len(apart.events) != len(doc.Events) {
			t.Errorf("%s: %d events of %d", path, len(apart.events), len(doc.Events))
			return nil
		}
		for i := range doc.Events {
			list := documentTerms(string(apart.events[i]), apart.context)
			want := term{"eventID", doc.Events[i].Hash(epcis.CBV20)}
			if !slices.Contains(list, want) || len(list) < 3 {
				t.Errorf("%s, event %d: %d terms, without its hash", path, i, len(list))
			}
			n++
		}
		return nil
	})
	if err != nil || n < 100 {
		t.Fatalf("%d events: %v", n, err)
	}
}

func TestSortableNumbersSortAsNumbers(t *testing.T) {
	decimal := rapid.Custom(func(t *rapid.T) string {
		return rapid.StringMatching(`-?(0|[1-9][0-9]{0,12})(\.[0-9]{1,12})?`).Draw(t, "decimal")
	})
	rapid.Check(t, func(t *rapid.T) {
		a, b := decimal.Draw(t, "a"), decimal.Draw(t, "b")
		x, ok := new(big.Rat).SetString(a)
		y, ok2 := new(big.Rat).SetString(b)
		if !ok || !ok2 {
			t.Fatal(a, b)
		}
		if got := strings.Compare(SortableNumber(a), SortableNumber(b)); got != x.Cmp(y) {
			t.Fatalf("%s and %s compare %d, their texts %q and %q %d", a, b, x.Cmp(y), SortableNumber(a), SortableNumber(b), got)
		}
	})
}

// An error declaration repeats the event that it declares wrong, and is found
// beside it with what it says itself.
func TestAnErrorDeclarationStandsBesideItsEvent(t *testing.T) {
	eachModel(t, func(t *testing.T, m Model) {
		wrong := epcisHead + `{"type":"ObjectEvent","action":"OBSERVE","eventTime":"2026-11-21T08:00:00Z","eventTimeZoneOffset":"+00:00",
"epcList":["urn:epc:id:sgtin:4012345.012345.77"],"bizStep":"shipping"`
		declaring := wrong + `,"errorDeclaration":{"declarationTime":"2026-11-22T08:00:00Z","reason":"incorrect_data",
"correctiveEventIDs":["urn:uuid:6f1f2a3c-0000-4000-8000-000000000008"],"ex:who":"office"}}]}}`
		c := newChain(t, 1, 0)
		var b Block
		c.capture(&b, wrong+`}]}}`)
		doc, err := epcis.Parse([]byte(declaring), epcis.Limits{})
		if err != nil {
			t.Fatal(err)
		}
		sum, _, err := epcis.ParseHash(doc.Events[0].Hash(epcis.CBV20))
		if err != nil {
			t.Fatal(err)
		}
		b.add(c.tx([]proto.Message{&tracev1.MsgCapture{Document: []byte(declaring)}}, 0,
			&tracev1.EventDeclaredWrong{Event: &tracev1.Event{Id: sum[:], EventTimeMs: doc.Events[0].EventTime}}))
		c.seal(b)
		apply(t, m, c.blocks)
		if got := seqs(t, m, one1("epc", EPCISEqual, "https://id.gs1.org/01/04012345123456/21/77")); len(got) != 2 {
			t.Errorf("both: %v", got)
		}
		for _, q := range []EPCISQuery{
			one1("errorDeclaration", EPCISExists), one1("errorReason", EPCISEqual, "https://ref.gs1.org/cbv/ER-incorrect_data"),
			one1("correctiveEventID", EPCISEqual, "urn:uuid:6f1f2a3c-0000-4000-8000-000000000008"),
			one1("ed:https://ns.example.com/epcis/who", EPCISEqual, "office"),
			one1("@errorDeclarationTime", EPCISAtLeast, SortableTime(doc.Events[0].ErrorDeclaration.DeclarationTime)),
		} {
			list, err := m.EPCISEvents(t.Context(), q, Page{})
			if err != nil || len(list.Items) != 1 || !strings.Contains(string(list.Items[0].Document), "errorDeclaration") || len(list.Items[0].Context) == 0 {
				t.Errorf("%v: %v %v", q.Where, list, err)
			}
		}
	})
}

// What anybody may capture fits into the keys of every engine.
func TestTermsAreBounded(t *testing.T) {
	long, name, space := strings.Repeat("n", 5000), strings.Repeat("n", 253), "https://ns.example.com/"+strings.Repeat("s", 200)+"/"
	head := strings.Replace(epcisHead, "https://ns.example.com/epcis/", space, 1)
	document := head + `{"type":"ObjectEvent","action":"OBSERVE","eventTime":"2026-11-21T08:00:00Z","eventTimeZoneOffset":"+00:00",
"epcList":["urn:epc:id:sgtin:4012345.012345.77"],"ex:` + name + `":"` + long + `","ex:nul":"a\u0000b"}]}}`
	eachModel(t, func(t *testing.T, m Model) {
		c := newChain(t, 1, 0)
		var b Block
		c.capture(&b, document)
		c.seal(b)
		apply(t, m, c.blocks)
		for _, q := range []EPCISQuery{
			one1("x:"+space+name, EPCISEqual, TermValue(long)),
			one1("x:"+space+"nul", EPCISEqual, TermValue("a\x00b")),
		} {
			if got := seqs(t, m, q); len(got) != 1 {
				t.Errorf("%d events", len(got))
			}
		}
	})
	for _, term := range documentTerms(strings.TrimSuffix(strings.TrimPrefix(document, head), "]}}"), `{"ex":"`+space+`"}`) {
		if len(term.field) > longestTerm || len(term.value) > longestTerm || strings.Contains(term.value, "\x00") {
			t.Errorf("%.40s… is not bounded", term.field)
		}
	}
}

// An event that its owner told anew is found once, as the owner told it.
func TestAnAdoptedEventIsShownOnce(t *testing.T) {
	eachModel(t, func(t *testing.T, m Model) {
		c := newChain(t, 1, 0)
		var first, second Block
		c.capture(&first, pressing)
		doc, err := epcis.Parse([]byte(pressing), epcis.Limits{})
		if err != nil {
			t.Fatal(err)
		}
		sum, _, err := epcis.ParseHash(doc.Events[0].Hash(epcis.CBV20))
		if err != nil {
			t.Fatal(err)
		}
		told := &tracev1.Event{Id: sum[:], Type: "TransformationEvent", EventTimeMs: doc.Events[0].EventTime, Reporter: "stranger"}
		wrong := proto.Clone(told).(*tracev1.Event)
		wrong.Declarations = []*tracev1.Declaration{{Id: make([]byte, 32), DeclaredBy: "stranger"}}
		first.add(c.tx([]proto.Message{&tracev1.MsgCapture{Document: []byte(pressing)}}, 0, &tracev1.EventDeclaredWrong{Event: wrong}))
		c.seal(first)
		own := proto.Clone(told).(*tracev1.Event)
		own.Reporter = "owner"
		second.add(c.tx([]proto.Message{&tracev1.MsgCapture{Document: []byte(pressing)}}, 0, &tracev1.EventCaptured{Event: own, Adopted: true}))
		c.seal(second)
		apply(t, m, c.blocks)
		if got, want := seqs(t, m, EPCISQuery{}), []int64{2<<20 + 1, 3 << 20}; !slices.Equal(got, want) {
			t.Errorf("%v, want %v", got, want)
		}
		if got := seqs(t, m, one1("bizStep", EPCISEqual, "https://ref.gs1.org/cbv/BizStep-commissioning")); !slices.Equal(got, []int64{3 << 20}) {
			t.Errorf("by a term: %v", got)
		}
		l, err := m.Events(t.Context(), EventFilter{}, Page{})
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range l.Items {
			if bytes.Equal(e.Record.GetId(), sum[:]) && (e.Record.GetReporter() != "owner" || len(e.Record.GetDeclarations()) != 0) {
				t.Errorf("shown as %v", e.Record)
			}
		}
	})
}
