package epcisrest

import (
	"context"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/filiera-chain/filiera/index"
)

// Pages: perPage when it is not given, and the most that it may be.
const (
	defaultPerPage = 30
	maxPerPage     = index.MaxLimit
)

// paging is the part of a list that is asked for.
type paging struct {
	perPage int
	token   string
}

// parameters splits the query string: paging, and the rest with the values of
// each, divided at "|".
func parameters(r *http.Request) (map[string][]string, paging, *Problem) {
	page := paging{perPage: defaultPerPage}
	// A semicolon, as in an event's hash, is a character like others.
	raw, err := url.ParseQuery(strings.ReplaceAll(r.URL.RawQuery, ";", "%3B"))
	if err != nil {
		return nil, page, exception("QueryParameterException", "the query string cannot be read: %v", err)
	}
	out := map[string][]string{}
	for name, values := range raw {
		if len(values) > 1 {
			return nil, page, badParameter(name, "it stands %d times; write it once, its values divided by |", len(values))
		}
		switch name {
		case "perPage":
			n, err := strconv.Atoi(values[0])
			if err != nil || n < 1 {
				return nil, page, badParameter(name, "it is %s; write a number from 1 to %d", clip(values[0]), maxPerPage)
			}
			page.perPage = min(n, maxPerPage)
		case "nextPageToken":
			page.token = values[0]
		default:
			out[name] = strings.Split(values[0], "|")
		}
	}
	return out, page, nil
}

func (s *Service) getEvents(w http.ResponseWriter, r *http.Request, n negotiated) *Problem {
	return s.queryEvents(w, r, n, nil)
}

// queryEvents answers the query of the address, and the conditions of the path.
func (s *Service) queryEvents(w http.ResponseWriter, r *http.Request, n negotiated, also []index.EPCISCondition) *Problem {
	params, page, p := parameters(r)
	if p != nil {
		return p
	}
	q, p := compile(params, n.names)
	if p != nil {
		return p
	}
	q.Where = append(q.Where, also...)
	return s.answerQuery(w, r, n, q, page, simpleQuery)
}

// answerQuery writes a page of the answer to a query.
func (s *Service) answerQuery(w http.ResponseWriter, r *http.Request, n negotiated, q query, page paging, name string) *Problem {
	list, next, p := s.find(r.Context(), q, page)
	if p != nil {
		return p
	}
	return s.writeEvents(w, r, answer{events: list, queryName: name, format: n.format}, next)
}

// find gives a page of events and the token of the next. Under eventCountLimit a
// token begins with how many events may still follow.
func (s *Service) find(ctx context.Context, q query, page paging) (events []*index.EPCISEvent, next string, problem *Problem) {
	ask, err := s.placed(ctx, q)
	if err != nil {
		return nil, "", s.failed(err)
	}
	if q.maxEventCount > 0 && page.token == "" {
		n, err := s.c.Index.EPCISCount(ctx, ask, q.maxEventCount+1)
		if err != nil {
			return nil, "", s.failed(err)
		}
		if n > q.maxEventCount {
			return nil, "", exception("QueryTooLargeException", "more than %d events answer the query, which is its maxEventCount", q.maxEventCount)
		}
	}
	limit, left := page.perPage, q.eventCountLimit
	if left > 0 {
		if page.token != "" {
			number, rest, ok := strings.Cut(page.token, ".")
			n, err := strconv.Atoi(number)
			if !ok || err != nil || n < 1 || n > left {
				return nil, "", s.failed(index.ErrPageToken)
			}
			left, page.token = n, rest
		}
		limit = min(limit, left)
	}
	if events, next, err = s.gather(ctx, ask, limit, page.token); err != nil {
		return nil, "", s.failed(err)
	}
	if q.eventCountLimit > 0 {
		if left -= len(events); left <= 0 || next == "" {
			next = ""
		} else {
			next = strconv.Itoa(left) + "." + next
		}
	}
	return events, next, nil
}

// Bounds of what one answer holds in memory: events are read a few at a time, and
// a page ends early when they are large, as the standard lets it.
const (
	eventsAtOnce = 50
	answerBytes  = 8 << 20
)

func (s *Service) gather(ctx context.Context, ask index.EPCISQuery, limit int, token string) (events []*index.EPCISEvent, next string, err error) {
	size := 0
	for {
		list, err := s.c.Index.EPCISEvents(ctx, ask, index.Page{Limit: min(eventsAtOnce, limit-len(events)), Token: token})
		if err != nil {
			return nil, "", err
		}
		for _, e := range list.Items {
			size += len(e.Document) + len(e.Context)
		}
		events, token = append(events, list.Items...), list.Next
		if token == "" || len(events) >= limit || size >= answerBytes {
			return events, token, nil
		}
	}
}

// writeEvents answers with an EPCISQueryDocument.
func (s *Service) writeEvents(w http.ResponseWriter, r *http.Request, a answer, next string) *Problem {
	body, prefixes, err := s.document(a)
	if err != nil {
		return s.failed(err)
	}
	h := w.Header()
	if prefixes != "" {
		h.Set("GS1-Extensions", prefixes)
	}
	h.Set("GS1-EPC-Format", a.format)
	s.linkNext(w, r, next)
	s.writeJSON(w, r, http.StatusOK, body)
	return nil
}

// linkNext says where the next page is. Source: RFC 8288.
func (s *Service) linkNext(w http.ResponseWriter, r *http.Request, next string) {
	if next == "" {
		return
	}
	q, _ := url.ParseQuery(strings.ReplaceAll(r.URL.RawQuery, ";", "%3B"))
	q.Set("nextPageToken", next)
	w.Header().Set("Link", "<"+r.URL.EscapedPath()+"?"+q.Encode()+`>; rel="next"`)
	w.Header().Set("GS1-Next-Page-Token-Expires", s.now().Add(tokenLife).UTC().Format(time.RFC3339))
}

func (s *Service) writeJSON(w http.ResponseWriter, r *http.Request, status int, body []byte) {
	kind := jsonType
	if accept := r.Header.Get("Accept"); strings.Contains(accept, "application/ld+json") && !strings.Contains(accept, jsonType) {
		kind = "application/ld+json"
	}
	w.Header().Set("Content-Type", kind)
	w.WriteHeader(status)
	_, _ = w.Write(body)
}

// getEvent answers with the events of one eventID: more than one where an error
// declaration repeats the event that it declares wrong.
func (s *Service) getEvent(w http.ResponseWriter, r *http.Request, n negotiated) *Problem {
	id := r.PathValue("eventID")
	// "?ver=CBV2.0" belongs to the hash of an event, but reads as a query where
	// nobody escaped the question mark.
	if v := r.URL.Query().Get("ver"); v != "" && strings.HasPrefix(id, "ni:") && !strings.Contains(id, "?") {
		id += "?ver=" + v
	}
	q := query{EPCISQuery: index.EPCISQuery{Where: []index.EPCISCondition{{equalTo("eventID", []string{id})}}}}
	list, _, p := s.find(r.Context(), q, paging{perPage: maxPerPage})
	if p != nil {
		return p
	}
	if len(list) == 0 {
		return exception("NoSuchResourceException", "no event has the eventID %s", clip(id))
	}
	return s.writeEvents(w, r, answer{events: list, queryName: simpleQuery, format: n.format}, "")
}

func (s *Service) deleteToken(http.ResponseWriter, *http.Request, negotiated) *Problem {
	return notImplemented("page tokens hold the place where a page ended and nothing of this node, so they cannot be withdrawn")
}
