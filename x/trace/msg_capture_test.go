package trace_test

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"strings"
	"testing"

	registryv1 "github.com/filiera-chain/filiera/api/registry/v1"
	tracev1 "github.com/filiera-chain/filiera/api/trace/v1"
	"github.com/filiera-chain/filiera/epcis"
	"github.com/filiera-chain/filiera/gs1"
	"github.com/filiera-chain/filiera/module"
	"github.com/filiera-chain/filiera/x/registry"
	"github.com/filiera-chain/filiera/x/trace"
)

func TestAnEventIsKeptWithWhatItSays(t *testing.T) {
	w := newWorld(t)
	d := packing(lot(pasta, "A"))
	d.Disposition = "in_progress"
	doc := document(t, d)
	result := w.Do(by("maker"), &tracev1.MsgCapture{Document: doc}).(*tracev1.CaptureResult)
	parsed, err := epcis.Parse(doc, epcis.Limits{})
	must(t, err)
	sum, _, err := epcis.ParseHash(parsed.Events[0].Hash(epcis.CBV20))
	must(t, err)
	if id := result.GetReceipts()[0].GetId(); !bytes.Equal(id, sum[:]) {
		t.Fatalf("the receipt names %x; the event's hash is %x", id, sum)
	}
	e, err := w.trace.Event(w.Reader(), sum[:])
	must(t, err)
	content := sha256.Sum256(parsed.Events[0].Raw)
	if e.GetType() != "ObjectEvent" || e.GetEventTimeMs() != (start-3600)*1000 || e.GetTimeZoneOffset() != "+01:00" || e.GetAction() != "OBSERVE" ||
		e.GetBizStep() != epcis.BizStepURI("packing") || e.GetDisposition() != epcis.DispositionURI("in_progress") ||
		e.GetReadPoint() != "https://id.gs1.org/414/9521234000006" || e.GetBizLocation() != "" || e.GetReporter() != "maker" ||
		e.GetRecordedAt() != start || e.GetRecordedHeight() != 1 || !bytes.Equal(e.GetContentSha256(), content[:]) {
		t.Errorf("kept: %v", e)
	}
	b := e.GetBatches()[0]
	if len(e.GetBatches()) != 1 || b.GetBatch().GetGtin() != pasta || b.GetBatch().GetLot() != "A" || b.GetPart() != tracev1.Part_PART_SUBJECT ||
		b.GetQuantity() != "2.5" || b.GetUnit() != "KGM" || !b.GetRegistered() {
		t.Errorf("lots: %v", e.GetBatches())
	}
	said, ok := w.Said[0].(*tracev1.EventCaptured)
	if len(w.Said) != 1 || !ok || said.GetEvent() == nil || said.GetAct() != 0 || said.GetIndex() != 0 {
		t.Errorf("announced: %v", w.Said)
	}
}

func TestATransformationJoinsTheJourneysOfItsLots(t *testing.T) {
	w := newWorld(t)
	w.capture("maker", intake(lot(flour, "F1")))
	w.capture("maker", making([]epcis.Quantity{lot(flour, "F1"), lot(pasta, "B")}, []epcis.Quantity{lot(pasta, "A")}))
	for code, want := range map[string]int{"A": 1, "B": 1} {
		if got := w.journey(pasta, code); len(got) != want {
			t.Errorf("lot %s has %d events", code, len(got))
		}
	}
	inFlour := w.outside(flour, "F1", "maker")
	if len(inFlour) != 2 || inFlour[0].GetType() != "TransformationEvent" || inFlour[1].GetType() != "ObjectEvent" {
		t.Fatalf("what maker told of the flour, in order of event time: %v", inFlour)
	}
	parts := ""
	for _, b := range inFlour[0].GetBatches() {
		parts += fmt.Sprintf("%s %s %t; ", b.GetBatch().GetLot(), b.GetPart(), b.GetRegistered())
	}
	if parts != "F1 PART_INPUT false; B PART_INPUT true; A PART_OUTPUT true; " {
		t.Errorf("parts: %s", parts)
	}
}

func TestTheSameEventToldAgainWritesNothing(t *testing.T) {
	w := newWorld(t)
	d := packing(lot(pasta, "A"))
	w.capture("maker", d)
	before := len(w.Branch.Changes())
	named := d
	named.EventID = "urn:uuid:1"
	for name, c := range map[string]struct {
		who string
		doc []byte
	}{
		"by the same reporter":             {"maker", document(t, d)},
		"by somebody who could not report": {"auditor", document(t, d)},
		"twice in one document":            {"maker", document(t, d, d)},
		"in another spelling":              {"maker", replaced(t, document(t, d), `"packing"`, `"https://ref.gs1.org/cbv/BizStep-packing"`)},
		"with an id of its own":            {"maker", document(t, named)},
	} {
		t.Run(name, func(t *testing.T) {
			w.T = t
			result := w.Do(by(c.who), &tracev1.MsgCapture{Document: c.doc}).(*tracev1.CaptureResult)
			if got := strings.ReplaceAll(outcomes(result), "duplicate", ""); strings.TrimSpace(got) != "" {
				t.Errorf("outcomes %q", outcomes(result))
			}
			if len(w.Said) != 0 || len(w.Branch.Changes()) != before {
				t.Error("something was written or announced")
			}
		})
	}
	w.T = t
	other := packing(lot(pasta, "B"))
	if got := outcomes(w.capture("maker", other, d, other)); got != "accepted duplicate duplicate" {
		t.Errorf("outcomes %q", got)
	}
	if len(w.Said) != 1 || w.Said[0].(*tracev1.EventCaptured).GetIndex() != 0 {
		t.Errorf("announced: %v", w.Said)
	}
}

func TestOneBadEventRefusesTheWholeDocument(t *testing.T) {
	w := newWorld(t)
	w.refuses(trace.ErrUnknownLot, "maker", document(t, packing(lot(pasta, "A")), packing(lot(pasta, "Z"))), "eventList[1]", "register the lot first")
	if got := w.journey(pasta, "A"); len(got) != 0 {
		t.Errorf("%d events were kept", len(got))
	}
}

func TestWhoMayReport(t *testing.T) {
	w := newWorld(t)
	out := packing(lot(flour, "F"))
	gone := intake(lot(flour, "F"))
	gone.Action = "DELETE"
	noStep := intake(lot(flour, "F"))
	noStep.BizStep = ""
	n := int64(0)
	for name, c := range map[string]struct {
		who   string
		draft epcis.Draft
		want  *module.Error
	}{
		"the owner reports about its batch":                      {"maker", packing(lot(pasta, "A")), nil},
		"the owner reports about several of its batches":         {"maker", packing(lot(pasta, "A"), lot(pasta, "B")), nil},
		"another reporter is no holder":                          {"carrier", packing(lot(pasta, "A")), trace.ErrNotHolder},
		"one foreign batch among own ones is too much":           {"maker", packing(lot(pasta, "A"), lot(sauce, "S")), trace.ErrNotHolder},
		"a scope that covers no such specification is too small": {"oil-carrier", packing(lot(pasta, "A")), registry.ErrScope},
		"an auditor does not report":                             {"auditor", packing(lot(pasta, "A")), registry.ErrNotAllowed},
		"a stranger does not report":                             {"stranger", packing(lot(pasta, "A")), registry.ErrNoParticipant},
		"a lot of a registered product must be registered":       {"maker", packing(lot(pasta, "Z")), trace.ErrUnknownLot},
		"so must it as an input":                                 {"maker", making([]epcis.Quantity{lot(pasta, "Z")}, []epcis.Quantity{lot(pasta, "A")}), trace.ErrUnknownLot},
		"a maker takes in what comes from outside":               {"maker", intake(lot(flour, "F")), nil},
		"a processor takes in what comes from outside":           {"other", intake(lot(flour, "F2")), nil},
		"a carrier tells of what comes from outside":             {"carrier", intake(lot(flour, "F3")), nil},
		"an auditor tells nothing of what comes from outside":    {"auditor", intake(lot(flour, "F3")), registry.ErrNotAllowed},
		"a lot from outside is shipped":                          {"maker", out, nil},
		"a lot from outside is destroyed":                        {"maker", gone, nil},
		"a lot from outside needs no step":                       {"maker", noStep, nil},
		"a lot from outside is used up beside own ones":          {"maker", making([]epcis.Quantity{lot(flour, "F")}, []epcis.Quantity{lot(pasta, "A")}), nil},
		"own lots become what is registered elsewhere":           {"maker", making([]epcis.Quantity{lot(pasta, "A")}, []epcis.Quantity{lot(flour, "F")}), nil},
		"somebody else's batch is no input":                      {"other", making([]epcis.Quantity{lot(pasta, "A")}, []epcis.Quantity{lot(sauce, "S")}), trace.ErrNotHolder},
		"somebody else's batch is no output":                     {"other", making([]epcis.Quantity{lot(sauce, "S")}, []epcis.Quantity{lot(pasta, "A")}), trace.ErrNotHolder},
		"a lot is not made of itself":                            {"maker", making([]epcis.Quantity{lot(pasta, "A")}, []epcis.Quantity{lot(pasta, "A")}), trace.ErrOwnInput},
	} {
		t.Run(name, func(t *testing.T) {
			w.T = t
			n++
			c.draft.Time -= n // so that no two cases tell one event
			if c.want != nil {
				w.refuses(c.want, c.who, document(t, c.draft))
			} else if got := outcomes(w.capture(c.who, c.draft)); got != "accepted" {
				t.Errorf("outcome %q", got)
			}
		})
	}
}

func TestARoleThatIsOverReportsNothing(t *testing.T) {
	w := newWorld(t)
	w.Block.Time += 30 * 24 * 3600
	w.refuses(registry.ErrDates, "maker", document(t, packing(lot(pasta, "A"))))
	w.refuses(registry.ErrDates, "maker", document(t, intake(lot(flour, "F"))))
	w.Block.Time--
	w.capture("maker", packing(lot(pasta, "A")))
}

func TestASuspendedReporterIsRefused(t *testing.T) {
	w := newWorld(t)
	w.Do(by("region"), &registryv1.MsgSuspendParticipant{Participant: "maker", Reason: "inspection"})
	_, err := w.Try(by("maker"), &tracev1.MsgCapture{Document: document(t, packing(lot(pasta, "A")))})
	if err == nil || module.AsError(err).Codespace != "registry" {
		t.Errorf("got %v", err)
	}
}

func TestWhatAnEventMayName(t *testing.T) {
	w := newWorld(t)
	with := func(change func(*epcis.Draft)) epcis.Draft {
		d := packing(lot(pasta, "A"))
		change(&d)
		return d
	}
	n := int64(0)
	class := func(uri string) epcis.Quantity { return epcis.Quantity{EPCClass: uri, Amount: "1"} }
	for name, c := range map[string]struct {
		draft epcis.Draft
		want  *module.Error
	}{
		"a logistic unit beside a lot":       {with(func(d *epcis.Draft) { d.EPCs = []string{"https://id.gs1.org/00/395212340000000014"} }), nil},
		"a logistic unit alone":              {with(func(d *epcis.Draft) { d.EPCs, d.Quantities = []string{"https://id.gs1.org/00/395212340000000014"}, nil }), nil},
		"a wrong logistic unit beside a lot": {with(func(d *epcis.Draft) { d.EPCs = []string{"https://id.gs1.org/00/395212340000000015"} }), trace.ErrIdentifier},
		"an identifier of another scheme":    {with(func(d *epcis.Draft) { d.EPCs = []string{"urn:uuid:7c6e2f7e-12f4-4c7e-9d0e-5f6f1f6f2b7a"} }), nil},
		"an item of a registered product":    {with(func(d *epcis.Draft) { d.EPCs = []string{gs1.InstanceURI(pasta, "7")} }), trace.ErrUnit},
		"an item with its lot":               {with(func(d *epcis.Draft) { d.EPCs = []string{"https://id.gs1.org/01/" + pasta + "/10/A/21/7"} }), nil},
		"an item with its lot alone": {with(func(d *epcis.Draft) {
			d.EPCs, d.Quantities = []string{"https://id.gs1.org/01/" + pasta + "/10/A/21/8"}, nil
		}), nil},
		"an item with an unregistered lot":     {with(func(d *epcis.Draft) { d.EPCs = []string{"https://id.gs1.org/01/" + pasta + "/10/Z/21/7"} }), trace.ErrUnknownLot},
		"an item of a product from outside":    {with(func(d *epcis.Draft) { d.EPCs = []string{gs1.InstanceURI(flour, "7")} }), nil},
		"a registered product without its lot": {with(func(d *epcis.Draft) { d.Quantities = append(d.Quantities, class("https://id.gs1.org/01/"+pasta)) }), trace.ErrNoLot},
		"a pattern of a registered product": {with(func(d *epcis.Draft) {
			d.Quantities = append(d.Quantities, class("urn:epc:idpat:sgtin:9521234.000001.*"))
		}), trace.ErrNoLot},
		"a lot as an EPC URN": {with(func(d *epcis.Draft) { d.Quantities = []epcis.Quantity{class("urn:epc:class:lgtin:9521234.000001.B")} }), nil},
		"a lot under the producer's own domain": {with(func(d *epcis.Draft) {
			d.Quantities = []epcis.Quantity{class("https://pasta.example/p/01/" + pasta + "/10/B")}
		}), nil},
		"a lot whose GTIN has a wrong digit": {with(func(d *epcis.Draft) {
			d.Quantities = append(d.Quantities, class("https://id.gs1.org/01/09521234000014/10/A"))
		}), trace.ErrIdentifier},
		"a broken EPC URN":                      {with(func(d *epcis.Draft) { d.EPCs = []string{"urn:epc:id:sgtin:9521234"} }), trace.ErrIdentifier},
		"a key at GS1's address that is none":   {with(func(d *epcis.Draft) { d.EPCs = []string{"https://id.gs1.org/01/1/10/A"} }), trace.ErrIdentifier},
		"an identifier of another scheme alone": {with(func(d *epcis.Draft) { d.EPCs, d.Quantities = []string{"urn:x:1"}, nil }), nil},
		"a quantity of zero":                    {with(func(d *epcis.Draft) { d.Quantities[0].Amount = "0" }), trace.ErrQuantity},
		"a quantity of zero in decimals":        {with(func(d *epcis.Draft) { d.Quantities[0].Amount = "0.00" }), trace.ErrQuantity},
		"a negative quantity":                   {with(func(d *epcis.Draft) { d.Quantities[0].Amount = "-2" }), trace.ErrQuantity},
		"no quantity":                           {with(func(d *epcis.Draft) { d.Quantities[0].Amount, d.Quantities[0].UOM = "", "" }), nil},
		"a place whose name goes on and on":     {with(func(d *epcis.Draft) { d.ReadPoint = "https://example.org/" + strings.Repeat("a", 500) }), trace.ErrLimit},
		"a step whose name goes on and on":      {with(func(d *epcis.Draft) { d.BizStep = "https://example.org/" + strings.Repeat("a", 500) }), trace.ErrLimit},
		"a time before 1990":                    {with(func(d *epcis.Draft) { d.Time = 631_151_999_999 }), trace.ErrTime},
		"the first second of 1990":              {with(func(d *epcis.Draft) { d.Time = 631_152_000_000 }), nil},
		"a little ahead of the block":           {with(func(d *epcis.Draft) { d.Time = (start + 300) * 1000 }), nil},
		"a millisecond more":                    {with(func(d *epcis.Draft) { d.Time = (start+300)*1000 + 1 }), trace.ErrTime},
		"an event id of another scheme":         {with(func(d *epcis.Draft) { d.EventID = "urn:uuid:2" }), nil},
		"an event hash of an earlier algorithm": {with(func(d *epcis.Draft) { d.EventID = "ni:///sha-256;" + strings.Repeat("0", 64) + "?ver=CBV2.0" }), nil},
		"an event hash by another function":     {with(func(d *epcis.Draft) { d.EventID = "ni:///sha-512;00?ver=CBV2.0" }), nil},
		"more lots than one event takes":        {with(func(d *epcis.Draft) { d.Quantities = manyLots(501) }), trace.ErrLimit},
		"as many lots as one event takes":       {intake(manyLots(500)...), nil},
		"a lot stated twice":                    {with(func(d *epcis.Draft) { d.Quantities = append(d.Quantities, lot(pasta, "A")) }), trace.ErrQuantity},
		"a lot stated in two units": {with(func(d *epcis.Draft) {
			d.Quantities = append(d.Quantities, epcis.Quantity{EPCClass: gs1.ClassURI(pasta, "A"), Amount: "4", UOM: "LTR"})
		}), trace.ErrQuantity},
		"a lot stated with and without amount": {with(func(d *epcis.Draft) {
			d.Quantities = append(d.Quantities, epcis.Quantity{EPCClass: gs1.ClassURI(pasta, "A")})
		}), trace.ErrQuantity},
		"fewer pieces than items": {with(func(d *epcis.Draft) {
			d.EPCs = []string{"https://id.gs1.org/01/" + pasta + "/10/A/21/7", "https://id.gs1.org/01/" + pasta + "/10/A/21/8"}
			d.Quantities = []epcis.Quantity{{EPCClass: gs1.ClassURI(pasta, "A"), Amount: "1"}}
		}), trace.ErrQuantity},
		"a negative quantity of a class from outside": {with(func(d *epcis.Draft) {
			d.Quantities = append(d.Quantities, epcis.Quantity{EPCClass: "urn:x:class", Amount: "-1"})
		}), trace.ErrQuantity},
		"a product from outside in two spellings and two units": {with(func(d *epcis.Draft) {
			d.Quantities = append(d.Quantities, epcis.Quantity{EPCClass: "https://id.gs1.org/01/" + flour, Amount: "1", UOM: "KGM"},
				epcis.Quantity{EPCClass: "HTTPS://mill.example/01/" + flour, Amount: "3", UOM: "LTR"})
		}), trace.ErrQuantity},
		"as many pieces as items": {with(func(d *epcis.Draft) {
			d.EPCs = []string{"https://id.gs1.org/01/" + pasta + "/10/A/21/7", "https://id.gs1.org/01/" + pasta + "/10/A/21/8"}
			d.Quantities = []epcis.Quantity{{EPCClass: gs1.ClassURI(pasta, "A"), Amount: "2"}}
		}), nil},
		"an event id that goes on and on": {with(func(d *epcis.Draft) { d.EventID = "urn:x:" + strings.Repeat("a", 500) }), trace.ErrLimit},
		"own lots packed in a unit":       {aggregation(lot(pasta, "A"), lot(pasta, "B")), nil},
		"another's lot packed in a unit":  {aggregation(lot(pasta, "A"), lot(sauce, "S")), trace.ErrNotHolder},
		"a wrong unit to pack in": {func() epcis.Draft {
			d := aggregation(lot(pasta, "A"))
			d.ParentID = "https://id.gs1.org/00/395212340000000015"
			return d
		}(), trace.ErrIdentifier},
		"an association":      {epcis.Draft{Type: epcis.AssociationEvent, Time: start * 1000, Action: "ADD", ParentID: "urn:x:1", ChildQuantities: []epcis.Quantity{lot(pasta, "A")}}, nil},
		"a transaction event": {epcis.Draft{Type: epcis.TransactionEvent, Time: start * 1000, Action: "ADD", BizTransactions: []epcis.TypedID{{Type: "inv", ID: "urn:x:1"}}, Quantities: []epcis.Quantity{lot(pasta, "A")}}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			w.T = t
			if n++; c.draft.Time == packing().Time {
				c.draft.Time -= 1000 * n // so that no two cases tell one event
			}
			if c.want != nil {
				w.refuses(c.want, "maker", document(t, c.draft), "eventList[0]")
			} else if got := outcomes(w.capture("maker", c.draft)); got != "accepted" {
				t.Errorf("outcome %q", got)
			}
		})
	}
}

// aggregation packs lots in a logistic unit.
func aggregation(lots ...epcis.Quantity) epcis.Draft {
	return epcis.Draft{
		Type: epcis.AggregationEvent, Time: (start - 1800) * 1000, Offset: "+01:00", Action: "ADD", BizStep: "packing",
		ParentID: "https://id.gs1.org/00/395212340000000014", ChildQuantities: lots,
	}
}

func manyLots(n int) []epcis.Quantity {
	var lots []epcis.Quantity
	for i := range n {
		lots = append(lots, lot(flour, fmt.Sprintf("F%d", i)))
	}
	return lots
}

func TestAnEventHashIsItsOwnOrAName(t *testing.T) {
	w := newWorld(t)
	d := packing(lot(pasta, "A"))
	_, doc, err := epcis.NewDocument(start * 1000).Add(d).Build()
	must(t, err)
	right := doc.Events[0].Hash(epcis.CBV20)
	for eventID, kept := range map[string]string{
		right:                           "",
		doc.Events[0].Hash(epcis.CBV21): "",
		strings.Replace(right, right[14:20], "000000", 1): strings.Replace(right, right[14:20], "000000", 1),
	} {
		fresh := newWorld(t)
		d.EventID = eventID
		id := fresh.capture("maker", d).GetReceipts()[0].GetId()
		if e, err := fresh.trace.Event(fresh.Reader(), id); err != nil || e.GetEventId() != kept {
			t.Errorf("eventID %s is kept as %q (%v)", eventID, e.GetEventId(), err)
		}
	}
	d.EventID = ""
	w.capture("maker", d)
	other := packing(lot(pasta, "B"))
	other.EventID = right
	w.refuses(trace.ErrEventID, "maker", document(t, other), right, "another event of the ledger")
}

func TestItemsOfOneLotGiveOneEntry(t *testing.T) {
	w := newWorld(t)
	d := packing()
	for i := range 40 {
		d.EPCs = append(d.EPCs, fmt.Sprintf("https://id.gs1.org/01/%s/10/A/21/%d", pasta, i))
	}
	w.capture("maker", d)
	if got := w.journey(pasta, "A"); len(got) != 1 || len(got[0].GetBatches()) != 1 {
		t.Errorf("journey: %v", got)
	}
}

func TestWhatADocumentMayBe(t *testing.T) {
	w := newWorld(t)
	good := document(t, packing(lot(pasta, "A")))
	parsed, err := epcis.Parse(good, epcis.Limits{})
	must(t, err)
	params := registry.DefaultParams()
	params.MaxDocumentBytes, params.MaxEventsPerDocument = 4000, 3
	must(t, w.registry.SetParams(w.Context(module.Signer{}), params))
	hour := func(i int) epcis.Draft {
		d := packing(lot(pasta, "A"))
		d.Time -= int64(i) * 3_600_000
		return d
	}
	big := append(bytes.Clone(good), bytes.Repeat([]byte{' '}, 4000)...)
	for name, c := range map[string]struct {
		doc  []byte
		want *module.Error
	}{
		"empty":                      {nil, trace.ErrDocument},
		"not JSON":                   {[]byte("<epcis/>"), trace.ErrDocument},
		"not EPCIS":                  {[]byte(`{"type":"Invoice"}`), trace.ErrDocument},
		"not UTF-8":                  {append([]byte{0xff}, good...), trace.ErrDocument},
		"a name given twice":         {replaced(t, good, `"action":`, `"action": "OBSERVE", "action":`), trace.ErrDocument},
		"nested too deep":            {replaced(t, good, `"action":`, `"ex:deep": `+strings.Repeat("[", 100)+strings.Repeat("]", 100)+`, "action":`), trace.ErrDocument},
		"without events":             {document(t), trace.ErrDocument},
		"more bytes than allowed":    {big, trace.ErrTooLarge},
		"more bytes than ever":       {make([]byte, 4<<20+1), trace.ErrTooLarge},
		"more events than allowed":   {compact(t, hour(1), hour(2), hour(3), hour(4)), trace.ErrTooMany},
		"as many events as allowed":  {compact(t, hour(1), hour(2), hour(3)), nil},
		"one bare event":             {parsed.Events[0].Raw, nil},
		"an answer to a query":       {queryDocument(parsed), nil},
		"a bare event without place": {bytes.Replace(parsed.Events[0].Raw, []byte(`"@context"`), []byte(`"ex:context"`), 1), trace.ErrDocument},
	} {
		t.Run(name, func(t *testing.T) {
			w.T = t
			if c.want != nil {
				w.refuses(c.want, "maker", c.doc)
			} else {
				w.Do(by("maker"), &tracev1.MsgCapture{Document: c.doc})
			}
		})
	}
}

// compact writes a document without white space.
func compact(t *testing.T, drafts ...epcis.Draft) []byte {
	doc, err := epcis.Parse(document(t, drafts...), epcis.Limits{})
	must(t, err)
	return doc.Tree.AppendCanonical(nil)
}

func queryDocument(doc *epcis.Document) []byte {
	return fmt.Appendf(nil, `{"@context":["%s"],"type":"EPCISQueryDocument","epcisBody":{"queryResults":{"queryName":"q","resultsBody":{"eventList":[%s]}}}}`,
		epcis.ContextURL, doc.Events[0].Raw)
}
