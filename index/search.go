package index

import (
	"context"
	"fmt"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// Hit is a record that a search found.
type Hit struct {
	// Kind is participant, specification, product, batch or location.
	Kind string `json:"kind"`
	// Key is the record's id; of a batch, GTIN and lot parted by a space.
	Key string `json:"key"`
	// Name is what it is called; of a batch, its lot.
	Name string `json:"name"`
}

// Bounds of a search: words that are looked for, and characters of each.
const (
	maxWords = 8
	maxWord  = 40
)

// words folds a text to what searches compare: small letters without accents,
// parted at whatever is neither letter nor digit.
func words(s string) []string {
	var b strings.Builder
	for _, r := range norm.NFKD.String(s) {
		switch {
		case unicode.Is(unicode.Mn, r):
		case unicode.IsLetter(r) || unicode.IsDigit(r):
			b.WriteRune(unicode.ToLower(r))
		default:
			b.WriteByte(' ')
		}
	}
	list := strings.Fields(b.String())
	for i, w := range list {
		if runes := []rune(w); len(runes) > maxWord {
			list[i] = string(runes[:maxWord])
		}
	}
	return list
}

// findable writes the words under which a record is found. Words that a record
// no longer has keep finding it by its former name.
func (p *projection) findable(kind, key, name string, texts ...string) {
	p.put(tSearchable, kind, key, name)
	for _, t := range append(texts, name) {
		for _, w := range words(t) {
			p.put(tSearchWords, kind, key, w)
		}
	}
}

// lotWord is a lot's one word: "L. 26-A" and "l26a" are the same.
func lotWord(lot string) string { return strings.Join(words(lot), "") }

// lotSpellings are the words under which a lot may stand that somebody typed
// with or without the L that Italian labels put before it.
func lotSpellings(word string) []string {
	out := []string{word, "l" + word}
	if bare, ok := strings.CutPrefix(word, "l"); ok && bare != "" {
		out = append(out, bare)
	}
	return out
}

// after returns the least text that is greater than all that begin with prefix.
func after(prefix string) string { return prefix + string(unicode.MaxRune) }

// mostLots bounds how many lots of one spelling are looked at: a search for "2"
// is no question.
const mostLots = 1000

// Search implements Model; in order of kind and key. A record is found when
// every word of the text begins one of its words, a batch when the text begins
// its lot.
func (db *DB) Search(ctx context.Context, text, kind string, p Page) (List[Hit], error) {
	asked := words(text)
	if len(asked) == 0 || len(asked) > maxWords {
		return List[Hit]{Items: []Hit{}}, fmt.Errorf("%w: it has %d words; write 1 to %d", ErrSearch, len(asked), maxWords)
	}
	l := &listing{name: "search", selects: "kind, key, name", key: textKey("kind", "key")}
	parts := []string{"SELECT kind, key, name FROM searchable WHERE (kind, key) IN (SELECT kind, key FROM search_words WHERE word >= ? AND word < ?)"}
	l.args = append(l.args, longest(asked), after(longest(asked)))
	for _, w := range asked {
		parts[0] += " AND EXISTS (SELECT 1 FROM search_words w WHERE w.kind = searchable.kind AND w.key = searchable.key AND w.word >= ? AND w.word < ?)"
		l.args = append(l.args, w, after(w))
	}
	for _, lot := range lotSpellings(strings.Join(asked, "")) {
		parts = append(parts, fmt.Sprintf("SELECT * FROM (SELECT 'batch' AS kind, gtin || ' ' || lot AS key, lot AS name FROM lot_words WHERE word >= ? AND word < ? ORDER BY word, gtin, lot LIMIT %d) AS lots", mostLots))
		l.args = append(l.args, lot, after(lot))
	}
	l.from = "(" + strings.Join(parts, " UNION ") + ") AS found"
	l.filter(kind != "", "kind = ?", kind)
	return list(ctx, db, l, p, func(s scanner) (Hit, []any, error) {
		var h Hit
		err := s.Scan(&h.Kind, &h.Key, &h.Name)
		return h, []any{h.Kind, h.Key}, err
	})
}

// longest is the word that fewest records are likely to have.
func longest(list []string) string {
	best := ""
	for _, w := range list {
		if len(w) > len(best) {
			best = w
		}
	}
	return best
}
