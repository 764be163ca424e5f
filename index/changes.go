package index

import (
	"encoding/binary"
	"sort"
)

// changes gathers the rows that some blocks write: one row per key, the last
// one wins, so that a statement never meets a key twice.
type changes struct {
	rows [tableCount]map[string][]any
}

// put writes a row whose first columns are the table's key. No engine need take
// bytes that are no text, or NUL, in a text column: what a document brought of
// them is replaced, alike on all.
func (c *changes) put(t int, row ...any) {
	for i, v := range row {
		if s, is := v.(string); is {
			row[i] = text(s)
		}
	}
	if c.rows[t] == nil {
		c.rows[t] = make(map[string][]any)
	}
	c.rows[t][keyOf(row[:tables[t].key])] = row
}

// sorted gives a table's rows in order of their keys: rows that are neighbours
// on disk are written one after the other.
func (c *changes) sorted(t int) [][]any {
	keys := make([]string, 0, len(c.rows[t]))
	for k := range c.rows[t] {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	out := make([][]any, len(keys))
	for i, k := range keys {
		out[i] = c.rows[t][k]
	}
	return out
}

// keyOf encodes key columns so that different keys differ. Numbers are
// big-endian and sort as they should while they are not negative.
func keyOf(cols []any) string {
	var b []byte
	for _, c := range cols {
		switch v := c.(type) {
		case string:
			b = append(append(b, v...), 0)
		case []byte:
			b = append(binary.BigEndian.AppendUint32(b, uint32(len(v))), v...)
		case int64:
			b = binary.BigEndian.AppendUint64(b, uint64(v))
		}
	}
	return string(b)
}
