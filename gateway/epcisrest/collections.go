package epcisrest

import (
	"encoding/json"
	"net/http"
	"strings"

	"github.com/filiera-chain/filiera/epcis"
	"github.com/filiera-chain/filiera/index"
)

// collection is a top-level resource: the values of a field in captured events.
type collection struct {
	name string
	// terms are the fields whose values are listed, one after the other.
	terms []string
	// vocabulary of its words, "" for identifiers.
	vocabulary string
	// find gives the condition for one value.
	find func(value string) (index.EPCISCondition, bool)
}

var collections = []collection{
	{name: "eventTypes", terms: []string{"type"}, find: func(v string) (index.EPCISCondition, bool) {
		return index.EPCISCondition{equalTo("type", []string{v})}, true
	}},
	{name: "epcs", terms: []string{"anyEPC", "anyEPCClass"}, find: func(v string) (index.EPCISCondition, bool) {
		return append(matching("anyEPC", []string{v}), matching("anyEPCClass", []string{v})...), strings.Contains(v, ":")
	}},
	{name: "bizSteps", terms: []string{"bizStep"}, vocabulary: "bizStep", find: findWord("bizStep")},
	{name: "bizLocations", terms: []string{"bizLocation"}, find: findID("bizLocation")},
	{name: "readPoints", terms: []string{"readPoint"}, find: findID("readPoint")},
	{name: "dispositions", terms: []string{"disposition"}, vocabulary: "disposition", find: findWord("disposition")},
}

func findWord(field string) func(string) (index.EPCISCondition, bool) {
	return func(v string) (index.EPCISCondition, bool) {
		uri := epcis.CanonicalWord(field, v)
		return index.EPCISCondition{equalTo(field, []string{uri})}, strings.Contains(uri, ":")
	}
}

func findID(field string) func(string) (index.EPCISCondition, bool) {
	return func(v string) (index.EPCISCondition, bool) {
		return index.EPCISCondition{equalTo(field, []string{epcis.CanonicalID(v)})}, strings.Contains(v, ":")
	}
}

// listed is a collection as it is answered.
type listed struct {
	Context any      `json:"@context"`
	Type    string   `json:"type"`
	Member  []string `json:"member"`
}

func (s *Service) writeList(w http.ResponseWriter, r *http.Request, members []string) *Problem {
	body, err := json.Marshal(listed{standardContext, "Collection", members})
	if err != nil {
		return s.failed(err)
	}
	s.writeJSON(w, r, http.StatusOK, append(body, '\n'))
	return nil
}

func (s *Service) getTop(w http.ResponseWriter, r *http.Request, _ negotiated) *Problem {
	if p := noParameters(r); p != nil {
		return p
	}
	return s.writeList(w, r, []string{"events", "eventTypes", "epcs", "bizSteps", "bizLocations", "readPoints", "dispositions", "capture", "queries"})
}

func noParameters(r *http.Request) *Problem {
	params, _, p := parameters(r)
	for name := range params {
		return unknown(name)
	}
	return p
}

// eventTypes are all that may be captured, whether or not any was.
var eventTypes = []string{"AggregationEvent", "AssociationEvent", "ObjectEvent", "TransactionEvent", "TransformationEvent"}

func (s *Service) getCollection(c collection) handler {
	return func(w http.ResponseWriter, r *http.Request, _ negotiated) *Problem {
		params, page, p := parameters(r)
		if p != nil {
			return p
		}
		for name := range params {
			return unknown(name)
		}
		if c.name == "eventTypes" {
			return s.writeList(w, r, eventTypes)
		}
		list, next, p := s.values(r, c, page)
		if p != nil {
			return p
		}
		s.linkNext(w, r, next)
		return s.writeList(w, r, list)
	}
}

// values gives a page of a collection. A token begins with the number of the
// term that it goes on in.
func (s *Service) values(r *http.Request, c collection, page paging) (out []string, next string, p *Problem) {
	at, token := 0, page.token
	if token != "" {
		number, rest, _ := strings.Cut(token, ".")
		if len(number) != 1 || number[0] < '0' || int(number[0]-'0') >= len(c.terms) {
			return nil, "", s.failed(index.ErrPageToken)
		}
		at, token = int(number[0]-'0'), rest
	}
	out = []string{}
	seen := map[string]bool{}
	for ; at < len(c.terms) && len(out) < page.perPage; at, token = at+1, "" {
		list, err := s.c.Index.EPCISValues(r.Context(), c.terms[at], index.Page{Limit: page.perPage - len(out), Token: token})
		if err != nil {
			return nil, "", s.failed(err)
		}
		for _, v := range list.Items {
			if v = epcis.BareWord(c.vocabulary, v); !seen[v] {
				seen[v] = true
				out = append(out, v)
			}
		}
		if list.Next != "" {
			return out, string(rune('0'+at)) + "." + list.Next, nil
		}
	}
	if at < len(c.terms) {
		next = string(rune('0'+at)) + "."
	}
	return out, next, nil
}

// getMember says what there is of one value, if there is any event with it.
func (s *Service) getMember(c collection) handler {
	return func(w http.ResponseWriter, r *http.Request, _ negotiated) *Problem {
		if p := noParameters(r); p != nil {
			return p
		}
		if p := s.known(r, c); p != nil {
			return p
		}
		return s.writeList(w, r, []string{"events"})
	}
}

func (s *Service) known(r *http.Request, c collection) *Problem {
	value := r.PathValue("value")
	missing := exception("NoSuchResourceException", "no event has %s among its %s", clip(value), c.name)
	condition, ok := c.find(value)
	if !ok {
		return missing
	}
	if c.name == "eventTypes" {
		for _, t := range eventTypes {
			if t == value {
				return nil
			}
		}
	}
	n, err := s.c.Index.EPCISCount(r.Context(), index.EPCISQuery{Where: []index.EPCISCondition{condition}}, 1)
	if err != nil {
		return s.failed(err)
	}
	if n == 0 {
		return missing
	}
	return nil
}

func (s *Service) getMemberEvents(c collection) handler {
	return func(w http.ResponseWriter, r *http.Request, n negotiated) *Problem {
		if p := s.known(r, c); p != nil {
			return p
		}
		condition, _ := c.find(r.PathValue("value"))
		return s.queryEvents(w, r, n, []index.EPCISCondition{condition})
	}
}
