package index

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strings"
)

// listing is a question for a part of a list, ordered by key columns.
type listing struct {
	// name of the list, from which page tokens are good for no other.
	name string
	// selects names what to read; its first columns are the key's.
	selects, from string
	key           []keyColumn
	desc          bool
	where         []string
	args          []any
}

type keyColumn struct {
	name string
	kind byte // 't'ext, 'i'nteger, 'b'ytes
}

func (l *listing) filter(on bool, cond string, args ...any) {
	if on {
		l.where, l.args = append(l.where, cond), append(l.args, args...)
	}
}

// token is what a page token holds: the list, its filter, and the key after
// which to go on.
type token struct {
	List   string            `json:"l"`
	Filter string            `json:"f"`
	Key    []json.RawMessage `json:"k"`
}

const maxToken = 1024

// filterTag ties a token to the filter it was given for.
func (l *listing) filterTag() string {
	h := sha256.New()
	for i := range l.where {
		fmt.Fprintf(h, "%s\x00", l.where[i])
	}
	for _, a := range l.args {
		fmt.Fprintf(h, "%T %v\x00", a, a)
	}
	return hex.EncodeToString(h.Sum(nil)[:8])
}

func (l *listing) encode(key []any) (string, error) {
	t := token{List: l.name, Filter: l.filterTag()}
	for _, k := range key {
		if b, ok := k.([]byte); ok {
			k = hex.EncodeToString(b)
		}
		b, err := json.Marshal(k)
		if err != nil {
			return "", err
		}
		t.Key = append(t.Key, b)
	}
	b, err := json.Marshal(t)
	return base64.RawURLEncoding.EncodeToString(b), err
}

func (l *listing) decode(s string) ([]any, error) {
	if len(s) > maxToken {
		return nil, ErrPageToken
	}
	b, err := base64.RawURLEncoding.Strict().DecodeString(s)
	if err != nil {
		return nil, ErrPageToken
	}
	var t token
	dec := json.NewDecoder(bytes.NewReader(b))
	dec.DisallowUnknownFields()
	if dec.Decode(&t) != nil || dec.More() || t.List != l.name || t.Filter != l.filterTag() || len(t.Key) != len(l.key) {
		return nil, ErrPageToken
	}
	key := make([]any, len(t.Key))
	for i, raw := range t.Key {
		if key[i], err = decodeKey(l.key[i].kind, raw); err != nil {
			return nil, ErrPageToken
		}
	}
	return key, nil
}

func decodeKey(kind byte, raw json.RawMessage) (any, error) {
	if kind == 'i' {
		var n int64
		err := json.Unmarshal(raw, &n)
		return n, err
	}
	var s string
	if err := json.Unmarshal(raw, &s); err != nil {
		return nil, err
	}
	if kind == 'b' {
		return hex.DecodeString(s)
	}
	return s, nil
}

// sql gives the statement and its arguments, for limit+1 rows.
func (l *listing) sql(limit int, after []any) (string, []any) {
	names := make([]string, len(l.key))
	for i, k := range l.key {
		names[i] = k.name
	}
	where, args := append([]string(nil), l.where...), append([]any(nil), l.args...)
	op, dir := ">", ""
	if l.desc {
		op, dir = "<", " DESC"
	}
	if after != nil {
		where = append(where, fmt.Sprintf("(%s) %s %s", strings.Join(names, ","), op, placeholders(1, len(names))))
		args = append(args, after...)
	}
	s := "SELECT " + l.selects + " FROM " + l.from
	if len(where) > 0 {
		s += " WHERE " + strings.Join(where, " AND ")
	}
	return s + " ORDER BY " + strings.Join(names, dir+",") + dir + " LIMIT ?", append(args, limit+1)
}

// scanner is the row that a list's reader is handed.
type scanner interface{ Scan(dest ...any) error }

// list answers l. read gives a row's item and its key.
func list[T any](ctx context.Context, db *DB, l *listing, p Page, read func(scanner) (T, []any, error)) (List[T], error) {
	out := List[T]{Items: []T{}}
	limit := p.Limit
	if limit <= 0 {
		limit = DefaultLimit
	}
	limit = min(limit, MaxLimit)
	var after []any
	if p.Token != "" {
		var err error
		if after, err = l.decode(p.Token); err != nil {
			return out, err
		}
	}
	stmt, args := l.sql(limit, after)
	rows, err := db.query(ctx, stmt, args...)
	if err != nil {
		return out, fmt.Errorf("read model: list %s: %w", l.name, err)
	}
	defer rows.Close()
	var last []any
	for rows.Next() {
		if len(out.Items) == limit {
			if out.Next, err = l.encode(last); err != nil {
				return out, err
			}
			break
		}
		item, key, err := read(rows)
		if err != nil {
			return out, fmt.Errorf("read model: list %s: %w", l.name, err)
		}
		out.Items, last = append(out.Items, item), key
	}
	return out, rows.Err()
}
