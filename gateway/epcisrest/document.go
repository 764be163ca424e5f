package epcisrest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"time"

	"github.com/filiera-chain/filiera/epcis"
	"github.com/filiera-chain/filiera/index"
)

// answer is an EPCISQueryDocument to be written.
type answer struct {
	events                    []*index.EPCISEvent
	queryName, subscriptionID string
	format                    string
}

const simpleQuery = "SimpleEventQuery"

// readLimits are above what the chain takes.
var readLimits = epcis.Limits{MaxBytes: 16 << 20, MaxValues: 4 << 20, MaxEvents: 1}

// document writes an answer, and its prefixes for GS1-Extensions. The members of
// an event are given as they were captured, text for text, but for recordTime,
// which is the ledger's, eventID where the event has none, and a context where
// the events differ in it.
func (s *Service) document(a answer) (body []byte, prefixes string, err error) {
	var merged contexts
	owns := make([][]epcis.Value, len(a.events))
	for i, e := range a.events {
		var context epcis.Value
		if len(e.Context) > 0 {
			if context, err = epcis.ParseJSON(e.Context, readLimits); err != nil {
				return nil, "", fmt.Errorf("the context of event %x: %w", e.ID, err)
			}
			own, standard := ownContext(&context)
			owns[i] = own
			merged.add(own, standard)
			continue
		}
		merged.add(nil, standardContext)
	}
	var list bytes.Buffer
	for i, e := range a.events {
		if i > 0 {
			list.WriteByte(',')
		}
		if err := s.event(&list, e, owns[i], merged.alike, a.format); err != nil {
			return nil, "", err
		}
	}
	if a.queryName == "" {
		a.queryName = simpleQuery
	}
	name, err := json.Marshal(a.queryName)
	if err != nil {
		return nil, "", err
	}
	head := merged.head()
	var out bytes.Buffer
	out.WriteString(`{"@context":`)
	out.Write(head.AppendCanonical(nil))
	fmt.Fprintf(&out, `,"type":"EPCISQueryDocument","schemaVersion":"2.0","creationDate":%q,"epcisBody":{"queryResults":{"queryName":%s,`,
		formatTime(s.now().UnixMilli()), name)
	if a.subscriptionID != "" {
		fmt.Fprintf(&out, `"subscriptionID":%q,`, a.subscriptionID)
	}
	out.WriteString(`"resultsBody":{"eventList":[`)
	out.Write(list.Bytes())
	out.WriteString("]}}}}\n")
	return out.Bytes(), declaredPrefixes(owns), nil
}

func formatTime(ms int64) string { return epcis.FormatTime(ms) }

// member is a member of an event as written.
type member struct {
	name  string
	value json.RawMessage
}

func members(object []byte) ([]member, error) {
	dec := json.NewDecoder(bytes.NewReader(object))
	if t, err := dec.Token(); err != nil || t != json.Delim('{') {
		return nil, fmt.Errorf("an event is no object: %w", err)
	}
	var out []member
	for dec.More() {
		name, err := dec.Token()
		if err != nil {
			return nil, err
		}
		m := member{name: name.(string)}
		if err := dec.Decode(&m.value); err != nil {
			return nil, err
		}
		out = append(out, m)
	}
	return out, nil
}

// event writes one event of an answer. own is the context of its document, which
// the head of the answer may say already.
func (s *Service) event(out *bytes.Buffer, e *index.EPCISEvent, own []epcis.Value, said bool, format string) error {
	list, err := members(e.Document)
	if err != nil {
		return fmt.Errorf("event %x: %w", e.ID, err)
	}
	written, hasID := 0, false
	put := func(name string, value []byte) {
		if written++; written > 1 {
			out.WriteByte(',')
		}
		key, _ := json.Marshal(name)
		out.Write(key)
		out.WriteByte(':')
		out.Write(value)
	}
	out.WriteByte('{')
	var context json.RawMessage
	for _, m := range list {
		switch m.name {
		case "recordTime":
			continue
		case "@context":
			context = m.value
			continue
		case "eventID":
			hasID = true
		}
		value := m.value
		if format == formatLink {
			if value, err = asLinks(m.name, value); err != nil {
				return fmt.Errorf("event %x: %w", e.ID, err)
			}
		}
		put(m.name, value)
	}
	if !hasID {
		put("eventID", quoted(hashURI(e.ID)))
	}
	put("recordTime", quoted(formatTime(e.RecordTime)))
	if joined := joinContexts(own, said, context); joined != nil {
		put("@context", joined)
	}
	out.WriteByte('}')
	return nil
}

func quoted(s string) []byte {
	b, _ := json.Marshal(s)
	return b
}

// hashURI is the CBV 2.0 event hash whose digest names the event on the ledger.
func hashURI(id []byte) string { return fmt.Sprintf("ni:///sha-256;%x?ver=CBV2.0", id) }

// joinContexts gives the context of an event: its document's, as far as it is not
// said at the head, followed by its own.
func joinContexts(document []epcis.Value, said bool, event json.RawMessage) []byte {
	var list []epcis.Value
	if !said {
		list = append(list, document...)
	}
	if event != nil {
		v, err := epcis.ParseJSON(event, readLimits)
		if err != nil {
			return event
		}
		own, _ := ownContext(&v)
		if said && text(own) == text(document) {
			return nil // one bare event: its context is its document's
		}
		for i := range own {
			list = append(without(list, &own[i]), own[i])
		}
	}
	if len(list) == 0 {
		return nil
	}
	return (&epcis.Value{Kind: epcis.Array, Items: list}).AppendCanonical(nil)
}

// without drops an equal item: a context must not repeat one.
func without(list []epcis.Value, item *epcis.Value) []epcis.Value {
	key := string(item.AppendCanonical(nil))
	kept := list[:0:0]
	for i := range list {
		if string(list[i].AppendCanonical(nil)) != key {
			kept = append(kept, list[i])
		}
	}
	return kept
}

// linkedFields hold identifiers, plain or inside these members.
var linkedFields = map[string][]string{
	"epcList": nil, "childEPCs": nil, "inputEPCList": nil, "outputEPCList": nil, "parentID": nil,
	"quantityList": {"epcClass"}, "childQuantityList": {"epcClass"}, "inputQuantityList": {"epcClass"}, "outputQuantityList": {"epcClass"},
	"readPoint": {"id"}, "bizLocation": {"id"}, "sourceList": {"source"}, "destinationList": {"destination"},
	"bizTransactionList": {"bizTransaction"}, "transformationID": nil,
}

// asLinks writes the EPC URNs of a field as GS1 Digital Links.
func asLinks(field string, value json.RawMessage) (json.RawMessage, error) {
	inside, ok := linkedFields[field]
	if !ok || !bytes.Contains(value, []byte("urn:epc:")) {
		return value, nil
	}
	v, err := epcis.ParseJSON(value, readLimits)
	if err != nil {
		return nil, err
	}
	linkAll(&v, inside)
	return v.AppendCanonical(nil), nil
}

func linkAll(v *epcis.Value, inside []string) {
	switch v.Kind {
	case epcis.Array:
		for i := range v.Items {
			linkAll(&v.Items[i], inside)
		}
	case epcis.Object:
		for _, name := range inside {
			if m := v.Get(name); m != nil {
				linkAll(m, nil)
			}
		}
	case epcis.String:
		if bytes.HasPrefix([]byte(v.Text), []byte("urn:epc:")) {
			v.Text = epcis.CanonicalID(v.Text)
		}
	}
}

// tokenLife is how long a page token is promised to be good. Tokens hold the
// place where a page ended and nothing of this node, so they do not expire
// before the ledger's tables change.
const tokenLife = 30 * 24 * time.Hour
