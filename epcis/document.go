package epcis

import "fmt"

// Document is a parsed EPCIS document, query document, or bare event.
type Document struct {
	Kind               string // "EPCISDocument", "EPCISQueryDocument", or the type of a bare event
	SchemaVersion      string // "" for a bare event
	CreationTime       int64  // milliseconds since 1970, 0 when absent
	InstanceIdentifier string
	Sender, Receiver   string
	Events             []Event // in document order

	Tree Value // the whole document as read
}

var documentShape = object{map[string]check{
	"@context": checkContext, "id": isURI, "type": isText, "schemaVersion": isVersion, "creationDate": isTime,
	"instanceIdentifier": isText, "sender": isText, "receiver": isText, "epcisHeader": isHeader,
	"epcisBody": object{map[string]check{"eventList": isArray}, []string{"eventList"}, anyNames}.check,
}, []string{"@context", "type", "schemaVersion", "creationDate", "epcisBody"}, uriNames}

var queryDocumentShape = object{map[string]check{
	"@context": checkContext, "id": isURI, "type": isText, "schemaVersion": isVersion, "creationDate": isTime,
	"epcisBody": object{map[string]check{"queryResults": queryResults.check}, []string{"queryResults"}, uriNames}.check,
}, []string{"@context", "type", "epcisBody"}, uriNames}

var queryResults = object{map[string]check{
	"queryName": isText, "subscriptionID": isText,
	"resultsBody": object{map[string]check{"eventList": isArray, "vocabularyList": vocabularies}, []string{"eventList"}, uriNames}.check,
}, []string{"queryName", "resultsBody"}, uriNames}

// Master data, which is carried but not used. Source: EPCIS 2.0.1, section 7.3.
var (
	attribute = object{map[string]check{"id": isURI, "attribute": func(path string, v *Value) error {
		if v.Kind == String || v.Kind == Number || v.Kind == Object {
			return nil
		}
		return wrong(path, "%s must be a string, a number or an object", show(v))
	}}, []string{"id"}, anyNames}
	vocabularyElement = object{map[string]check{"id": isURI, "attributes": listOf(attribute.check, 0, false), "children": uris}, []string{"id"}, anyNames}
	vocabularies      = listOf(object{map[string]check{"type": isURI, "vocabularyElementList": listOf(vocabularyElement.check, 0, false)}, []string{"type"}, anyNames}.check, 0, false)
	isHeader          = object{map[string]check{"epcisMasterData": object{map[string]check{"vocabularyList": vocabularies}, nil, anyNames}.check}, nil, uriNames}.check
)

// Parse reads an EPCISDocument, an EPCISQueryDocument or one bare event, checks
// its structure and returns its events. The first fault ends it, as an *Error
// with the path, or as an error about the JSON itself.
func Parse(data []byte, limits Limits) (*Document, error) {
	limits = limits.orDefaults()
	tree, err := ParseJSON(data, limits)
	if err != nil {
		return nil, err
	}
	return fromTree(tree, limits)
}

func fromTree(tree Value, limits Limits) (*Document, error) {
	if tree.Kind != Object {
		return nil, wrong("document", "%s is %s: an EPCIS document is an object", show(&tree), tree.Kind)
	}
	doc := &Document{Kind: tree.Get("type").text(), Tree: tree}
	var list *Value
	var path string
	switch doc.Kind {
	case "EPCISDocument":
		if err := documentShape.check("document", &doc.Tree); err != nil {
			return nil, err
		}
		list, path = doc.Tree.Get("epcisBody").Get("eventList"), "epcisBody.eventList"
	case "EPCISQueryDocument":
		if err := queryDocumentShape.check("document", &doc.Tree); err != nil {
			return nil, err
		}
		list, path = doc.Tree.Get("epcisBody").Get("queryResults").Get("resultsBody").Get("eventList"), "epcisBody.queryResults.resultsBody.eventList"
	default:
		return doc, doc.bare()
	}
	doc.head()
	return doc, doc.readEvents(list, path, limits)
}

// bare reads the document as one event.
func (d *Document) bare() error {
	if d.Tree.Get("@context") == nil && shapes[EventType(d.Kind)].fields != nil {
		return wrong("document", "@context is missing: an event outside a document must carry its own")
	}
	if shapes[EventType(d.Kind)].fields == nil {
		kind := d.Tree.Get("type")
		if kind == nil {
			return wrong("document", "type is missing: it must be EPCISDocument, EPCISQueryDocument or an event type")
		}
		return wrong("document.type", "%s is neither EPCISDocument, EPCISQueryDocument nor an EPCIS 2.0 event type", show(kind))
	}
	if err := checkEvent("event", &d.Tree); err != nil {
		return err
	}
	d.Events = []Event{newEvent("event", &d.Tree, nil)}
	return nil
}

func (d *Document) head() {
	d.SchemaVersion = d.Tree.Get("schemaVersion").text()
	d.CreationTime, _ = parseTimeOrZero(d.Tree.Get("creationDate").text())
	d.InstanceIdentifier = d.Tree.Get("instanceIdentifier").text()
	d.Sender = d.Tree.Get("sender").text()
	d.Receiver = d.Tree.Get("receiver").text()
}

func parseTimeOrZero(s string) (int64, bool) {
	if s == "" {
		return 0, false
	}
	return parseTime(s)
}

func (d *Document) readEvents(list *Value, path string, limits Limits) error {
	if len(list.Items) > limits.MaxEvents {
		text := fmt.Sprintf("there are %d events: at most %d are read; split the document", len(list.Items), limits.MaxEvents)
		return &Error{Path: path, Text: text, TooMany: true}
	}
	context := d.Tree.Get("@context")
	for i := range list.Items {
		at := fmt.Sprintf("%s[%d]", path, i)
		if err := checkEvent(at, &list.Items[i]); err != nil {
			if !limits.KeepFaulty {
				return err
			}
			d.Events = append(d.Events, Event{Path: at, Fault: err})
			continue
		}
		d.Events = append(d.Events, newEvent(at, &list.Items[i], context))
	}
	return nil
}
