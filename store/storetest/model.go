// Package storetest holds what tests of the store, and of what is built on it, compare with: a plain model of the state with a root computed
// the slow, obvious way, and a database whose writes fail on demand.
package storetest

import (
	"crypto/sha256"
	"encoding/binary"
	"sort"
	"strings"

	"github.com/filiera-chain/filiera/store/proof"
)

// Model is the state as a plain map.
type Model map[string]string

// Keys returns the keys in order.
func (m Model) Keys() []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	return keys
}

// Clone returns a copy.
func (m Model) Clone() Model {
	out := make(Model, len(m))
	for k, v := range m {
		out[k] = v
	}
	return out
}

// Root computes the root from the definition: write each key as a string of bits, split the set of keys at the first bit in which they
// differ, hash upwards.
func (m Model) Root() []byte {
	if len(m) == 0 {
		h := sha256.Sum256(nil)
		return h[:]
	}
	keys := m.Keys()
	bits := make([]string, len(keys))
	for i, k := range keys {
		bits[i] = Bits(k)
	}
	return m.root(keys, bits, 0)
}

func (m Model) root(keys, bits []string, from int) []byte {
	if len(keys) == 1 {
		return Leaf(keys[0], m[keys[0]])
	}
	for bits[0][from] == bits[len(bits)-1][from] {
		from++
	}
	at := sort.Search(len(bits), func(i int) bool { return bits[i][from] == '1' })
	h := sha256.New()
	h.Write([]byte{1})
	h.Write(m.root(keys[:at], bits[:at], from))
	h.Write(m.root(keys[at:], bits[at:], from))
	return h.Sum(nil)
}

// Bits writes a key as the tree sees it: '1' before each byte, eight digits for the byte, and a closing '0'.
func Bits(key string) string {
	var b strings.Builder
	for i := range len(key) {
		b.WriteByte('1')
		for bit := 7; bit >= 0; bit-- {
			b.WriteByte('0' + key[i]>>bit&1)
		}
	}
	return b.String() + "0"
}

// Leaf is the leaf hash of ICS23's TendermintSpec.
func Leaf(key, value string) []byte {
	if value == "" {
		value = string(proof.EmptyValue())
	}
	vh := sha256.Sum256([]byte(value))
	b := binary.AppendUvarint([]byte{0}, uint64(len(key)))
	b = append(append(b, key...), sha256.Size)
	h := sha256.Sum256(append(b, vh[:]...))
	return h[:]
}
