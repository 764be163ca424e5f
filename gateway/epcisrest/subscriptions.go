package epcisrest

import (
	"context"
	"crypto/rand"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/filiera-chain/filiera/epcis"
	"github.com/filiera-chain/filiera/index"
)

// Bounds of subscriptions.
const (
	maxSubscriptions     = 100 // of one participant
	maxSubscriptionBytes = 8 << 10
	maxSecret            = 512
)

// definition is what a subscriber asked for. Source: EPCIS 2.0.1, 8.2.5 and 12.7.
type definition struct {
	Dest              string    `json:"dest"`
	Stream            bool      `json:"stream,omitempty"`
	Schedule          *schedule `json:"schedule,omitempty"`
	ReportIfEmpty     bool      `json:"reportIfEmpty,omitempty"`
	InitialRecordTime string    `json:"initialRecordTime,omitempty"`
	EPCFormat         string    `json:"epcFormat,omitempty"`
}

// subscription is one that is kept, with how far it is.
type subscription struct {
	id, query, participant string
	definition             definition
	secret                 string
	createdAt              int64
	// afterSeq is the last event that was told; nextAt the unix milliseconds
	// before which nothing is told.
	afterSeq, nextAt int64
	failures         int
	notifiedAt       int64
	lastError        string
}

func badControls(format string, args ...any) *Problem {
	return exception("SubscriptionControlsException", format, args...)
}

func (s *Service) postSubscription(w http.ResponseWriter, r *http.Request, n negotiated) *Problem {
	if p := noParameters(r); p != nil {
		return p
	}
	who, p := s.identify(w, r)
	if p != nil {
		return p
	}
	q, p := s.named(r)
	if p != nil {
		return p
	}
	if p := subscribable(q); p != nil {
		return p
	}
	sub, p := s.readSubscription(w, r, n)
	if p != nil {
		return p
	}
	id := make([]byte, 16)
	if _, err := rand.Read(id); err != nil {
		return s.failed(err)
	}
	sub.id, sub.query, sub.participant = fmt.Sprintf("%x", id), q.name, who.participant
	switch err := s.c.Store.addSubscription(r.Context(), sub); {
	case errors.Is(err, errTooMany):
		return badControls("%s has %d subscriptions; delete some first", who.participant, maxSubscriptions).with(http.StatusRequestEntityTooLarge, "epcis.too_many")
	case err != nil:
		return s.failed(err)
	}
	s.subs.ring()
	w.Header().Set("Location", queryPath(q.name)+"/subscriptions/"+sub.id)
	return s.writeValue(w, r, http.StatusCreated, sub.shown())
}

// subscribable refuses queries whose answer is not a set of events but a number of
// them. Source: EPCIS 2.0.1, 8.2.7.1, eventCountLimit and maxEventCount.
func subscribable(q *namedQuery) *Problem {
	compiled, p := compileJSON([]byte(q.query))
	if p == nil && (compiled.eventCountLimit > 0 || compiled.maxEventCount > 0) {
		return badControls("the query %s has eventCountLimit or maxEventCount, which a subscription cannot keep", q.name)
	}
	return p
}

func (s *Service) readSubscription(w http.ResponseWriter, r *http.Request, n negotiated) (*subscription, *Problem) {
	raw, p := readBody(w, r, maxSubscriptionBytes)
	if p != nil {
		return nil, p
	}
	if _, err := epcis.ParseJSON(raw, epcis.Limits{MaxBytes: maxSubscriptionBytes}); err != nil {
		return nil, badControls("%v", err)
	}
	var body struct {
		definition
		SignatureToken string `json:"signatureToken"`
		Secret         string `json:"secret"` // as an example of the standard has it
	}
	dec := json.NewDecoder(strings.NewReader(string(raw)))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&body); err != nil {
		return nil, badControls("the subscription cannot be read: %v", err)
	}
	sub := &subscription{definition: body.definition, secret: body.SignatureToken, createdAt: s.now().UnixMilli()}
	if sub.secret == "" {
		sub.secret = body.Secret
	}
	if len(sub.secret) > maxSecret {
		return nil, badControls("signatureToken has %d bytes; at most %d are taken", len(sub.secret), maxSecret)
	}
	if err := checkDestination(sub.definition.Dest, s.c.WebhookNetworks); err != nil {
		return nil, badControls("dest: %v", err)
	}
	if sub.definition.EPCFormat == "" {
		sub.definition.EPCFormat = n.format
	}
	if f := sub.definition.EPCFormat; f != formatAsIs && f != formatKept && f != formatLink {
		return nil, badControls("epcFormat is %s; write one of %s, %s, %s", clip(f), formatAsIs, formatKept, formatLink)
	}
	return sub, s.begin(r.Context(), sub)
}

// begin sets when a subscription is first served, and from which event on.
func (s *Service) begin(ctx context.Context, sub *subscription) *Problem {
	d := &sub.definition
	if d.Stream == (d.Schedule != nil) {
		return badControls("give either stream: true or a schedule")
	}
	if d.Stream && d.ReportIfEmpty {
		return badControls("reportIfEmpty belongs to a schedule: a stream tells events as they come")
	}
	if d.Schedule != nil {
		t, err := d.Schedule.timetable()
		if err != nil {
			return badControls("schedule: %v", err)
		}
		next := t.next(s.now())
		if next.IsZero() {
			return badControls("the schedule has no moment at all")
		}
		sub.nextAt = next.UnixMilli()
	}
	at := s.c.Projector.Status().Height
	sub.afterSeq = index.EventSeqAfter(at) - 1
	if d.InitialRecordTime == "" {
		return nil
	}
	ms, err := epcis.ParseTime(d.InitialRecordTime)
	if err != nil {
		return badControls("initialRecordTime: %v", err)
	}
	if sub.afterSeq, err = s.c.Index.EPCISSeqBefore(ctx, time.UnixMilli(ms)); err != nil {
		return s.failed(err)
	}
	return nil
}

// shownSubscription is a subscription as it is answered: without its secret.
type shownSubscription struct {
	SubscriptionID string `json:"subscriptionID"`
	QueryName      string `json:"queryName"`
	CreatedAt      string `json:"createdAt"`
	LastNotifiedAt string `json:"lastNotifiedAt,omitempty"`
	// LastError says why the last call failed, while calls fail.
	LastError string `json:"filiera:lastError,omitempty"`
	definition
}

func (sub *subscription) shown() shownSubscription {
	out := shownSubscription{
		SubscriptionID: sub.id, QueryName: sub.query, CreatedAt: formatTime(sub.createdAt), LastError: sub.lastError, definition: sub.definition,
	}
	if sub.notifiedAt != 0 {
		out.LastNotifiedAt = formatTime(sub.notifiedAt)
	}
	return out
}

// own finds the subscription of the path, if the token's participant made it.
func (s *Service) own(w http.ResponseWriter, r *http.Request) (*subscription, *Problem) {
	if p := noParameters(r); p != nil {
		return nil, p
	}
	who, p := s.identify(w, r)
	if p != nil {
		return nil, p
	}
	q, p := s.named(r)
	if p != nil {
		return nil, p
	}
	sub, err := s.c.Store.subscription(r.Context(), r.PathValue("subscriptionID"))
	if err != nil {
		return nil, s.failed(err)
	}
	if sub == nil || sub.query != q.name || sub.participant != who.participant {
		return nil, exception("NoSuchNameException", "%s has no subscription %s to %s", who.participant, clip(r.PathValue("subscriptionID")), q.name)
	}
	return sub, nil
}

func (s *Service) getSubscription(w http.ResponseWriter, r *http.Request, _ negotiated) *Problem {
	sub, p := s.own(w, r)
	if p != nil {
		return p
	}
	return s.writeValue(w, r, http.StatusOK, sub.shown())
}

func (s *Service) deleteSubscription(w http.ResponseWriter, r *http.Request, _ negotiated) *Problem {
	sub, p := s.own(w, r)
	if p != nil {
		return p
	}
	if err := s.c.Store.deleteSubscription(r.Context(), sub.id); err != nil {
		return s.failed(err)
	}
	s.subs.ring()
	w.WriteHeader(http.StatusNoContent)
	return nil
}

func (s *Service) getSubscriptions(w http.ResponseWriter, r *http.Request, _ negotiated) *Problem {
	params, page, p := parameters(r)
	if p != nil {
		return p
	}
	for name := range params {
		return unknown(name)
	}
	who, p := s.identify(w, r)
	if p != nil {
		return p
	}
	q, p := s.named(r)
	if p != nil {
		return p
	}
	list, err := s.c.Store.subscriptions(r.Context(), `WHERE query = ? AND participant = ? AND id > ? ORDER BY id LIMIT ?`,
		q.name, who.participant, page.token, page.perPage+1)
	if err != nil {
		return s.failed(err)
	}
	if len(list) > page.perPage {
		list = list[:page.perPage]
		s.linkNext(w, r, list[len(list)-1].id)
	}
	out := make([]shownSubscription, len(list))
	for i, sub := range list {
		out[i] = sub.shown()
	}
	return s.writeValue(w, r, http.StatusOK, out)
}

const subscriptionColumns = "id, query, participant, definition, secret, created_at, after_seq, next_at, failures, notified_at, last_error"

func (s *Store) addSubscription(ctx context.Context, sub *subscription) error {
	text, err := json.Marshal(sub.definition)
	if err != nil {
		return err
	}
	return s.change(ctx, func(tx *sql.Tx) error {
		var n int
		err := tx.QueryRowContext(ctx, `SELECT count(*) FROM subscriptions WHERE participant = ?`, sub.participant).Scan(&n)
		if err == nil && n >= maxSubscriptions {
			err = errTooMany
		}
		if err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, `INSERT INTO subscriptions (`+subscriptionColumns+`) VALUES (?,?,?,?,?,?,?,?,0,0,'')`,
			sub.id, sub.query, sub.participant, string(text), sub.secret, sub.createdAt, sub.afterSeq, sub.nextAt)
		return err
	})
}

func (s *Store) subscriptions(ctx context.Context, where string, args ...any) ([]*subscription, error) {
	rows, err := s.db.QueryContext(ctx, `SELECT `+subscriptionColumns+` FROM subscriptions `+where, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []*subscription
	for rows.Next() {
		sub := &subscription{}
		var text string
		if err := rows.Scan(&sub.id, &sub.query, &sub.participant, &text, &sub.secret, &sub.createdAt, &sub.afterSeq, &sub.nextAt,
			&sub.failures, &sub.notifiedAt, &sub.lastError); err != nil {
			return nil, err
		}
		if err := json.Unmarshal([]byte(text), &sub.definition); err != nil {
			return nil, err
		}
		out = append(out, sub)
	}
	return out, rows.Err()
}

func (s *Store) subscription(ctx context.Context, id string) (*subscription, error) {
	list, err := s.subscriptions(ctx, `WHERE id = ?`, id)
	if err != nil || len(list) == 0 {
		return nil, err
	}
	return list[0], nil
}

func (s *Store) deleteSubscription(ctx context.Context, id string) error {
	_, err := s.db.ExecContext(ctx, `DELETE FROM subscriptions WHERE id = ?`, id)
	return err
}

// keepProgress keeps how far a subscription is.
func (s *Store) keepProgress(ctx context.Context, sub *subscription) error {
	_, err := s.db.ExecContext(ctx, `UPDATE subscriptions SET after_seq = ?, next_at = ?, failures = ?, notified_at = ?, last_error = ? WHERE id = ?`,
		sub.afterSeq, sub.nextAt, sub.failures, sub.notifiedAt, sub.lastError, sub.id)
	return err
}
