package epcisrest

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"mime"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/filiera-chain/filiera/epcis"
	"github.com/filiera-chain/filiera/epcis/schema"
)

// The behaviours of GS1-Capture-Error-Behaviour.
const (
	rollback = "rollback"
	proceed  = "proceed"
)

// Bounds of a capture that proceeds, which is divided into several transactions,
// and of the jobs of a participant that wait.
const (
	proceedBytes  = 16 << 20
	proceedEvents = 20_000
	maxWaiting    = 100
)

// limits are what one transaction of the ledger takes.
type limits struct{ events, bytes, tx int }

func (s *Service) limits(ctx context.Context) limits {
	l := limits{events: 500, bytes: 512 << 10, tx: 1 << 20}
	p, err := s.c.Index.Params(ctx)
	if err != nil || p == nil {
		return l
	}
	for _, f := range [...]struct {
		own   *int
		value uint64
	}{{&l.events, uint64(p.GetMaxEventsPerDocument())}, {&l.bytes, uint64(p.GetMaxDocumentBytes())}, {&l.tx, uint64(p.GetMaxTxBytes())}} {
		if f.value > 0 && f.value < math.MaxInt32 {
			*f.own = int(f.value)
		}
	}
	// What a transaction holds beside the document: numbers, signature, names.
	const around = 1 << 10
	l.bytes = min(l.bytes, l.tx-around)
	return l
}

// captured is a document that may be captured.
type captured struct {
	json   []byte
	doc    *epcis.Document
	single bool
}

// readCapture reads a request's document and checks it against the standard's
// schema and its structural rules.
func (s *Service) readCapture(w http.ResponseWriter, r *http.Request, most, events int) (captured, *Problem) {
	raw, p := readDocument(w, r, most)
	if p != nil {
		return captured{}, p
	}
	bounds := epcis.Limits{MaxBytes: most, MaxValues: max(40_000, most/8), MaxEvents: events}
	if err := schema.ValidateLimits(raw, bounds); err != nil {
		return captured{}, exception("ValidationException", "%v", err)
	}
	doc, err := epcis.Parse(raw, epcis.Limits{MaxBytes: most, MaxValues: bounds.MaxValues, MaxEvents: math.MaxInt32})
	if err != nil {
		return captured{}, exception("ValidationException", "%v", err)
	}
	if len(doc.Events) > events {
		return captured{}, exception("CaptureLimitExceededException", "the document has %d events; at most %d are taken at once", len(doc.Events), events)
	}
	if len(doc.Events) == 0 {
		return captured{}, exception("ValidationException", "the document has no events: the ledger records events, and no EPCIS master data")
	}
	return captured{json: raw, doc: doc, single: doc.Kind != "EPCISDocument" && doc.Kind != "EPCISQueryDocument"}, nil
}

// readBody reads a body of JSON, of at most most bytes.
func readBody(w http.ResponseWriter, r *http.Request, most int) ([]byte, *Problem) {
	kind, params, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil && r.Header.Get("Content-Type") != "" {
		return nil, exception("UnsupportedMediaTypeException", "Content-Type is %s, which cannot be read", clip(r.Header.Get("Content-Type")))
	}
	if kind != jsonType && kind != "application/ld+json" {
		return nil, exception("UnsupportedMediaTypeException", "Content-Type is %s; send application/json, application/ld+json or, to capture, application/xml", clip(kind))
	}
	if c := params["charset"]; c != "" && !strings.EqualFold(c, "utf-8") {
		return nil, exception("UnsupportedMediaTypeException", "the charset is %s; JSON is sent in UTF-8", clip(c))
	}
	return readBytes(w, r, most)
}

func readBytes(w http.ResponseWriter, r *http.Request, most int) ([]byte, *Problem) {
	if e := r.Header.Get("Content-Encoding"); e != "" && e != "identity" {
		return nil, exception("UnsupportedMediaTypeException", "Content-Encoding is %s; send the document as it is", clip(e))
	}
	raw, err := io.ReadAll(http.MaxBytesReader(w, r.Body, int64(most)))
	var tooLarge *http.MaxBytesError
	switch {
	case errors.As(err, &tooLarge):
		return nil, exception("CaptureLimitExceededException", "the body has more than %d bytes; divide it, or capture it with GS1-Capture-Error-Behaviour: proceed, which takes %d", most, proceedBytes)
	case err != nil:
		return nil, exception("ValidationException", "the body cannot be read: %v", err)
	}
	return raw, nil
}

// postCapture takes a document and answers with the job that captures it.
func (s *Service) postCapture(w http.ResponseWriter, r *http.Request, _ negotiated) *Problem {
	if p := noParameters(r); p != nil {
		return p
	}
	who, p := s.identify(w, r)
	if p != nil {
		return p
	}
	behaviour := rollback
	if v := r.Header.Get("GS1-Capture-Error-Behaviour"); v != "" {
		behaviour = v
	}
	own := s.limits(r.Context())
	most, events := own.bytes, own.events
	switch behaviour {
	case rollback:
	case proceed:
		most, events = proceedBytes, proceedEvents
	default:
		return exception("NotAcceptableException", "GS1-Capture-Error-Behaviour is %s; write rollback or proceed", clip(behaviour))
	}
	c, p := s.readCapture(w, r, most, events)
	if p != nil {
		return p
	}
	j, p := s.newJob(r.Context(), who, behaviour, c, own)
	if p != nil {
		return p
	}
	h := w.Header()
	h.Set("Location", "/epcis/capture/"+j.id)
	h.Set("GS1-Capture-Error-Behaviour", behaviour)
	w.WriteHeader(http.StatusAccepted)
	return nil
}

// newJob keeps a job and wakes the worker.
func (s *Service) newJob(ctx context.Context, who holder, behaviour string, c captured, own limits) (*job, *Problem) {
	n, err := s.c.Store.countRunning(ctx, who.participant)
	if err != nil {
		return nil, s.failed(err)
	}
	if n >= maxWaiting {
		return nil, exception("CaptureLimitExceededException", "%d captures of %s wait already; send more when they are done", n, who.participant).
			with(http.StatusTooManyRequests, "epcis.capture_waiting")
	}
	parts, p := divide(behaviour, c, own)
	if p != nil {
		return nil, p
	}
	id := make([]byte, 16)
	if _, err := io.ReadFull(rand.Reader, id); err != nil {
		return nil, s.failed(err)
	}
	j := &job{
		id: fmt.Sprintf("%x", id), participant: who.participant, key: who.token.Key, behaviour: behaviour,
		createdAt: s.now().UnixMilli(), success: true, errors: "[]", events: len(c.doc.Events),
	}
	if err := s.c.Store.addJob(ctx, j, c.json, parts); err != nil {
		return nil, s.failed(err)
	}
	s.jobs.ring()
	return j, nil
}

// divide says which events go into one transaction each. All or none is what one
// transaction can promise, so a rollback is never divided.
func divide(behaviour string, c captured, own limits) ([]part, *Problem) {
	if behaviour == rollback || len(c.json) <= own.bytes && len(c.doc.Events) <= own.events {
		if len(c.json) > own.bytes {
			return nil, exception("CaptureLimitExceededException", "the document has %d bytes; at most %d are taken all or none", len(c.json), own.bytes)
		}
		return []part{{first: 0, count: len(c.doc.Events)}}, nil
	}
	// The head of a document of our own stands before the events of each part.
	const head = 512
	budget := own.bytes - head - len(contextOf(c.doc))
	var out []part
	size := 0
	for i := range c.doc.Events {
		n := len(eventJSON(c.doc, i)) + 1
		if n > budget {
			return nil, exception("CaptureLimitExceededException", "event %d has %d bytes; at most %d are taken", i, n, budget)
		}
		if len(out) == 0 || size+n > budget || out[len(out)-1].count >= own.events {
			out, size = append(out, part{first: i}), 0
		}
		out[len(out)-1].count++
		size += n
	}
	return out, nil
}

func contextOf(d *epcis.Document) []byte { return canonical(d.Tree.Get("@context")) }

// eventJSON is an event of a document as it stands there.
func eventJSON(d *epcis.Document, i int) []byte {
	if d.Kind != "EPCISDocument" && d.Kind != "EPCISQueryDocument" {
		return d.Tree.AppendCanonical(nil)
	}
	return d.Events[i].Tree().AppendCanonical(nil)
}

// eventWithin is how long the capture of one event is waited for.
const eventWithin = 25 * time.Second

// postEvent captures one event and answers once it is on the ledger.
func (s *Service) postEvent(w http.ResponseWriter, r *http.Request, _ negotiated) *Problem {
	for _, name := range [...]string{"Access-Control-Allow-Origin", "Access-Control-Expose-Headers"} {
		w.Header().Del(name)
	}
	if p := noParameters(r); p != nil {
		return p
	}
	who, p := s.identify(w, r)
	if p != nil {
		return p
	}
	own := s.limits(r.Context())
	c, p := s.readCapture(w, r, own.bytes, 1)
	if p != nil {
		return p
	}
	if !c.single {
		return exception("ValidationException", "the body is an %s; send one event here, and documents to /epcis/capture", c.doc.Kind)
	}
	e := &c.doc.Events[0]
	id := e.EventID
	if id == "" {
		id = e.Hash(epcis.CBV20)
	}
	location := "/epcis/events/" + url.PathEscape(id)
	exists := exception("ResourceAlreadyExistsException", "the event is on the ledger already: %s", location)
	if e.ErrorDeclaration == nil {
		if known, p := s.isKnown(r.Context(), e); p != nil {
			return p
		} else if known {
			return exists
		}
	}
	j, p := s.newJob(r.Context(), who, rollback, c, own)
	if p != nil {
		return p
	}
	ctx, cancel := context.WithTimeout(r.Context(), eventWithin)
	defer cancel()
	done, err := s.waitJob(ctx, who.participant, j.id)
	switch {
	case err != nil || done == nil || done.finishedAt == 0:
		// It is kept and will be captured: say where its fate will stand.
		w.Header().Set("Location", "/epcis/capture/"+j.id)
		w.WriteHeader(http.StatusAccepted)
		return nil
	case !done.success:
		return refusedEvent(done)
	case done.duplicate > 0:
		return exists
	}
	w.Header().Set("Location", location)
	s.writeJSON(w, r, http.StatusCreated, append(c.json, '\n'))
	return nil
}

func (s *Service) isKnown(ctx context.Context, e *epcis.Event) (bool, *Problem) {
	sum, _, err := epcis.ParseHash(e.Hash(epcis.CBV20))
	if err != nil {
		return false, s.failed(err)
	}
	found, err := s.c.Index.Event(ctx, sum[:])
	if err != nil {
		return false, s.failed(err)
	}
	return found != nil, nil
}

// refusedEvent is the first problem of a job.
func refusedEvent(j *job) *Problem {
	var list []*Problem
	if json.Unmarshal([]byte(j.errors), &list) != nil || len(list) == 0 {
		return exception("ValidationException", "the ledger refused the event")
	}
	return list[0]
}
