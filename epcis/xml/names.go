package xml

import (
	"strconv"
	"strings"

	"github.com/filiera-chain/filiera/epcis"
)

// Namespaces of EPCIS, and those whose prefixes the published context gives.
const (
	cbvmdaNS = "urn:epcglobal:cbv:mda"
	rdfsNS   = "http://www.w3.org/2000/01/rdf-schema#"
	rdfNS    = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
	sbdhNS   = "http://www.unece.org/cefact/namespaces/StandardBusinessDocumentHeader"
)

// epcisNS are the namespaces of EPCIS's own elements, which stand in none
// themselves: a sender that qualifies them all the same is understood.
var epcisNS = map[string]bool{
	"": true, "urn:epcglobal:epcis:xsd:1": true, "urn:epcglobal:epcis:xsd:2": true,
	"urn:epcglobal:epcis-query:xsd:1": true, "urn:epcglobal:epcis-query:xsd:2": true,
}

// published are the prefixes that the published context declares and protects.
var published = map[string]string{
	"https://ref.gs1.org/epcis/": "epcis", "https://ref.gs1.org/cbv/": "cbv",
	cbvmdaNS: "cbvmda", cbvmdaNS + ":": "cbvmda",
	"https://ref.gs1.org/voc/": "gs1", "https://gs1.org/voc/": "gs1", "http://gs1.org/voc/": "gs1",
	"https://www.gs1.org/voc/": "gs1", "http://www.gs1.org/voc/": "gs1",
}

// reserved are the other names that the published context gives a meaning, and
// the schemes of URIs that events are full of: a prefix so called would change
// what they mean.
var reserved = newSet("epcis cbv cbvmda gs1 owl xsd dcterms id type baseURL " +
	"ObjectEvent AggregationEvent TransactionEvent TransformationEvent AssociationEvent Collection member eventTime recordTime " +
	"eventTimeZoneOffset action certificationInfo bizStep disposition bizLocation readPoint transformationID epcList sourceList " +
	"destinationList persistentDisposition quantity epcClass uom quantityList bizTransactionList parentID childEPCs " +
	"childQuantityList inputEPCList outputEPCList inputQuantityList outputQuantityList sensorElementList errorDeclaration eventID " +
	"creationDate sender receiver instanceIdentifier schemaVersion ilmd EPCISDocument EPCISQueryDocument epcisHeader masterData " +
	"epcisMasterData vocabularyList epcisBody queryResults subscriptionID queryName resultsBody eventList children " +
	"http https urn ni geo tag data did info mailto tel ftp file ws wss")

func newSet(words string) map[string]bool {
	set := map[string]bool{}
	for _, word := range strings.Fields(words) {
		set[word] = true
	}
	return set
}

// namer chooses a prefix for each namespace that the document uses.
type namer struct {
	most     int
	prefixes map[string]string // by namespace
	taken    map[string]bool
	context  []epcis.Member
}

func newNamer(most int) *namer {
	return &namer{most: most, prefixes: map[string]string{}, taken: map[string]bool{}}
}

// Bounds on what is repeated with each name.
const (
	maxPrefix    = 32
	maxNamespace = 256
)

// prefix gives the prefix of a namespace: the one the document wrote where it
// can be had, otherwise a new one.
func (n *namer) prefix(r *reader, at int, space, wish string) (string, error) {
	if p, ok := published[space]; ok {
		return p, nil
	}
	if p, ok := n.prefixes[space]; ok {
		return p, nil
	}
	switch {
	case len(n.prefixes) >= n.most:
		return "", r.fault(at, "the document uses more than %d namespaces: split it into several", n.most)
	case len(space) > maxNamespace:
		return "", r.fault(at, "a namespace has %d bytes: at most %d are read", len(space), maxNamespace)
	case !isURI(space):
		return "", r.fault(at, "the namespace %s is not a URI: write one such as https://ns.example.org/epcis/", quote(space))
	}
	p := wish
	if space == rdfsNS {
		p, wish = "rdfs", "rdfs" // which the event hash knows by this name
	}
	if !usablePrefix(wish) || n.taken[wish] || (wish == "rdfs") != (space == rdfsNS) {
		for i := 1; ; i++ {
			if p = "ns" + strconv.Itoa(i); !n.taken[p] {
				break
			}
		}
	}
	n.taken[p], n.prefixes[space] = true, p
	n.context = append(n.context, epcis.Member{Name: p, Value: prefixDefinition(space)})
	return p, nil
}

// prefixDefinition declares a namespace in a context. JSON-LD takes a plain one
// for a prefix only when it ends in a delimiter.
func prefixDefinition(space string) epcis.Value {
	if strings.IndexByte(":/?#[]@", space[len(space)-1]) >= 0 {
		return text(space)
	}
	return object("@id", text(space), "@prefix", epcis.Value{Kind: epcis.Bool, Text: "true"})
}

func usablePrefix(s string) bool {
	if s == "" || len(s) > maxPrefix || reserved[s] {
		return false
	}
	for i := 0; i < len(s); i++ {
		if c := s[i]; !letter(c) && (i == 0 || ((c < '0' || c > '9') && c != '-' && c != '.')) {
			return false
		}
	}
	return true
}

func letter(c byte) bool { return (c|0x20) >= 'a' && (c|0x20) <= 'z' }

// isURI wants a scheme, a colon and no characters that URIs do not have.
func isURI(s string) bool {
	scheme, rest, ok := strings.Cut(s, ":")
	if !ok || rest == "" || scheme == "" || !letter(scheme[0]) || strings.Trim(scheme, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+-.") != "" {
		return false
	}
	for i := 0; i < len(rest); i++ {
		if c := rest[i]; c <= ' ' || c == 0x7f || strings.IndexByte("\"<>\\^`{|}", c) >= 0 {
			return false
		}
	}
	return true
}

// Small values.

func text(s string) epcis.Value { return epcis.Value{Kind: epcis.String, Text: s} }

func object(pairs ...any) epcis.Value {
	v := epcis.Value{Kind: epcis.Object}
	for i := 0; i < len(pairs); i += 2 {
		v.Members = append(v.Members, epcis.Member{Name: pairs[i].(string), Value: pairs[i+1].(epcis.Value)})
	}
	return v
}

func array(items ...epcis.Value) epcis.Value { return epcis.Value{Kind: epcis.Array, Items: items} }

// appendJSON writes a value on one line with its members in their order.
func appendJSON(dst []byte, v *epcis.Value) []byte {
	switch v.Kind {
	case epcis.Array:
		dst = append(dst, '[')
		for i := range v.Items {
			if i > 0 {
				dst = append(dst, ',')
			}
			dst = appendJSON(dst, &v.Items[i])
		}
		return append(dst, ']')
	case epcis.Object:
		dst = append(dst, '{')
		for i := range v.Members {
			if i > 0 {
				dst = append(dst, ',')
			}
			name := text(v.Members[i].Name)
			dst = append(name.AppendCanonical(dst), ':')
			dst = appendJSON(dst, &v.Members[i].Value)
		}
		return append(dst, '}')
	}
	return v.AppendCanonical(dst)
}

// members builds an object whose members come one by one.
type members struct {
	value epcis.Value
	index map[string]int
}

func newMembers() *members {
	return &members{value: epcis.Value{Kind: epcis.Object}, index: map[string]int{}}
}

func (m *members) has(name string) bool { _, ok := m.index[name]; return ok }

func (m *members) set(name string, v epcis.Value) {
	m.index[name] = len(m.value.Members)
	m.value.Members = append(m.value.Members, epcis.Member{Name: name, Value: v})
}

// add sets a member, or makes it an array when it is there already.
func (m *members) add(name string, v epcis.Value) {
	i, ok := m.index[name]
	if !ok {
		m.set(name, v)
		return
	}
	if old := &m.value.Members[i].Value; old.Kind == epcis.Array {
		old.Items = append(old.Items, v)
	} else {
		*old = array(*old, v)
	}
}
