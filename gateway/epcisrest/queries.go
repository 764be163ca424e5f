package epcisrest

import (
	"context"
	"database/sql"
	"encoding/base64"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"regexp"
	"strings"

	"github.com/filiera-chain/filiera/epcis"
	"github.com/filiera-chain/filiera/epcis/schema"
)

// Bounds of named queries.
const (
	maxQueryBytes = 64 << 10
	maxQueries    = 200 // of one participant
)

var queryNameForm = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._~-]{0,63}$`)

// namedQuery is a query that is kept under a name.
type namedQuery struct {
	name, participant, query string
}

// compileJSON reads a query as JSON, whose @context declares its prefixes.
func compileJSON(text []byte) (query, *Problem) {
	tree, err := epcis.ParseJSON(text, epcis.Limits{MaxBytes: maxQueryBytes})
	if err != nil {
		return query{}, exception("QueryValidationException", "%v", err)
	}
	if tree.Kind != epcis.Object {
		return query{}, exception("QueryValidationException", "the query is %s; it must be an object of parameters", tree.Kind)
	}
	params := map[string][]string{}
	for i := range tree.Members {
		m := &tree.Members[i]
		if m.Name == "@context" {
			continue
		}
		values, ok := texts(&m.Value)
		if !ok {
			return query{}, exception("QueryValidationException", "%s is neither text, a number, nor a list of them", clip(m.Name))
		}
		params[m.Name] = values
	}
	return compile(params, epcis.NamesOf(tree.Get("@context")))
}

// texts gives the values of a parameter.
func texts(v *epcis.Value) ([]string, bool) {
	switch v.Kind {
	case epcis.Null:
		return nil, true
	case epcis.String, epcis.Number, epcis.Bool:
		return []string{v.Text}, true
	case epcis.Array:
		out := []string{}
		for i := range v.Items {
			one, ok := texts(&v.Items[i])
			if !ok || len(one) != 1 || v.Items[i].Kind == epcis.Array {
				return nil, false
			}
			out = append(out, one...)
		}
		return out, len(out) > 0
	}
	return nil, false
}

func (s *Service) postQuery(w http.ResponseWriter, r *http.Request, _ negotiated) *Problem {
	s.keepPrivate(w)
	if p := noParameters(r); p != nil {
		return p
	}
	who, p := s.identify(w, r)
	if p != nil {
		return p
	}
	q, p := readQuery(w, r)
	if p != nil {
		return p
	}
	q.participant = who.participant
	switch err := s.c.Store.addQuery(r.Context(), q, s.now().UnixMilli()); {
	case errors.Is(err, errTaken):
		return exception("ResourceAlreadyExistsException", "there is a query %s already; choose another name", q.name)
	case errors.Is(err, errTooMany):
		return exception("ImplementationException", "%s has %d named queries; delete some first", who.participant, maxQueries).
			with(http.StatusRequestEntityTooLarge, "epcis.too_many")
	case err != nil:
		return s.failed(err)
	}
	w.Header().Set("Location", "/epcis/queries/"+q.name)
	w.WriteHeader(http.StatusCreated)
	return nil
}

func readQuery(w http.ResponseWriter, r *http.Request) (q namedQuery, p *Problem) {
	raw, p := readBody(w, r, maxQueryBytes)
	if p != nil {
		return q, p
	}
	tree, err := epcis.ParseJSON(raw, epcis.Limits{MaxBytes: maxQueryBytes})
	if err != nil {
		return q, exception("QueryValidationException", "%v", err)
	}
	for _, m := range tree.Members {
		if m.Name != "name" && m.Name != "query" {
			return q, exception("QueryValidationException", "%s is no member of a named query, which has name and query", clip(m.Name))
		}
	}
	name, body := tree.Get("name"), tree.Get("query")
	if name == nil || body == nil || !queryNameForm.MatchString(name.Text) || name.Kind != epcis.String {
		return q, exception("QueryValidationException", "a named query has a name of at most 64 letters, digits, dots, lines and tildes, and a query")
	}
	if name.Text == simpleQuery {
		return q, exception("ResourceAlreadyExistsException", "%s is the name of queries that have none", simpleQuery)
	}
	q = namedQuery{name: name.Text, query: string(body.AppendCanonical(nil))}
	if err := schema.ValidateQuery([]byte(q.query)); err != nil {
		return q, exception("QueryValidationException", "query: %v", err)
	}
	_, p = compileJSON([]byte(q.query))
	return q, p
}

// keepPrivate takes back what lets the scripts of other sites read an answer.
func (s *Service) keepPrivate(w http.ResponseWriter) {
	for _, name := range [...]string{"Access-Control-Allow-Origin", "Access-Control-Expose-Headers"} {
		w.Header().Del(name)
	}
}

// shownQuery is a named query as it is answered.
type shownQuery struct {
	Name  string          `json:"name"`
	Query json.RawMessage `json:"query"`
}

func (s *Service) getQueries(w http.ResponseWriter, r *http.Request, _ negotiated) *Problem {
	params, page, p := parameters(r)
	if p != nil {
		return p
	}
	for name := range params {
		return unknown(name)
	}
	out := []shownQuery{}
	if s.c.Store == nil {
		return s.writeValue(w, r, http.StatusOK, out)
	}
	after, err := base64.RawURLEncoding.DecodeString(page.token)
	if err != nil || len(after) > 64 {
		return badParameter("nextPageToken", "it is not one that this list gave")
	}
	list, err := s.c.Store.queries(r.Context(), string(after), page.perPage+1)
	if err != nil {
		return s.failed(err)
	}
	if len(list) > page.perPage {
		list = list[:page.perPage]
		s.linkNext(w, r, base64.RawURLEncoding.EncodeToString([]byte(list[len(list)-1].name)))
	}
	for _, q := range list {
		out = append(out, shownQuery{q.name, json.RawMessage(q.query)})
	}
	return s.writeValue(w, r, http.StatusOK, out)
}

// named finds the query of the path.
func (s *Service) named(r *http.Request) (*namedQuery, *Problem) {
	name := r.PathValue("queryName")
	missing := exception("NoSuchNameException", "there is no query %s", clip(name))
	if s.c.Store == nil {
		return nil, missing
	}
	q, err := s.c.Store.query(r.Context(), name)
	if err != nil {
		return nil, s.failed(err)
	}
	if q == nil {
		return nil, missing
	}
	return q, nil
}

func (s *Service) getQuery(w http.ResponseWriter, r *http.Request, _ negotiated) *Problem {
	if p := noParameters(r); p != nil {
		return p
	}
	q, p := s.named(r)
	if p != nil {
		return p
	}
	return s.writeValue(w, r, http.StatusOK, shownQuery{q.name, json.RawMessage(q.query)})
}

func (s *Service) deleteQuery(w http.ResponseWriter, r *http.Request, _ negotiated) *Problem {
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
	if q.participant != who.participant {
		return exception("SecurityException", "the query %s belongs to %s", q.name, q.participant)
	}
	if err := s.c.Store.deleteQuery(r.Context(), q.name); err != nil {
		return s.failed(err)
	}
	s.subs.ring()
	w.WriteHeader(http.StatusNoContent)
	return nil
}

func (s *Service) getQueryEvents(w http.ResponseWriter, r *http.Request, n negotiated) *Problem {
	q, p := s.named(r)
	if p != nil {
		return p
	}
	compiled, p := compileJSON([]byte(q.query))
	if p != nil {
		return p
	}
	if strings.EqualFold(r.Header.Get("Upgrade"), "websocket") {
		return s.openSocket(w, r, n, q, compiled)
	}
	ctx, cancel := context.WithTimeout(r.Context(), answerWithin)
	defer cancel()
	r = r.WithContext(ctx)
	params, page, p := parameters(r)
	if p != nil {
		return p
	}
	for name := range params {
		return unknown(name)
	}
	return s.answerQuery(w, r, n, compiled, page, q.name)
}

var (
	errTaken   = errors.New("the name is taken")
	errTooMany = errors.New("there are too many")
)

func (s *Store) addQuery(ctx context.Context, q namedQuery, at int64) error {
	return s.change(ctx, func(tx *sql.Tx) error {
		var n, mine int
		err := tx.QueryRowContext(ctx, `SELECT count(*) FROM queries WHERE name = ?`, q.name).Scan(&n)
		if err == nil && n > 0 {
			err = errTaken
		}
		if err != nil {
			return err
		}
		err = tx.QueryRowContext(ctx, `SELECT count(*) FROM queries WHERE participant = ?`, q.participant).Scan(&mine)
		if err == nil && mine >= maxQueries {
			err = errTooMany
		}
		if err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, `INSERT INTO queries VALUES (?,?,?,?)`, q.name, q.participant, q.query, at)
		return err
	})
}

func (s *Store) query(ctx context.Context, name string) (*namedQuery, error) {
	q := &namedQuery{}
	err := s.db.QueryRowContext(ctx, `SELECT name, participant, query FROM queries WHERE name = ?`, name).Scan(&q.name, &q.participant, &q.query)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	return q, err
}

func (s *Store) queries(ctx context.Context, after string, limit int) ([]namedQuery, error) {
	rows, err := s.db.QueryContext(ctx, `SELECT name, participant, query FROM queries WHERE name > ? ORDER BY name LIMIT ?`, after, limit)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []namedQuery
	for rows.Next() {
		var q namedQuery
		if err := rows.Scan(&q.name, &q.participant, &q.query); err != nil {
			return nil, err
		}
		out = append(out, q)
	}
	return out, rows.Err()
}

// deleteQuery forgets a query and the subscriptions to it.
func (s *Store) deleteQuery(ctx context.Context, name string) error {
	return s.change(ctx, func(tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, `DELETE FROM subscriptions WHERE query = ?`, name); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, `DELETE FROM queries WHERE name = ?`, name)
		return err
	})
}

// queryPath is where a named query stands.
func queryPath(name string) string { return "/epcis/queries/" + url.PathEscape(name) }
