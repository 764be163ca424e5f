package store

import (
	"bytes"
	"encoding/binary"
	"math/bits"
)

// The trie branches on the bits of raw keys. Each byte of a key is preceded by a presence bit of value 1 and the key is
// closed by one bit of value 0, so that a key that is a prefix of another has a place of its own, before the longer one.
// Bit i belongs to byte i/9; i%9 == 0 is the presence bit, i%9 == r >= 1 is bit 8-r of the byte (most significant first).
// Reading bits in this order compares keys exactly as bytes.Compare does.

// bitAt returns bit i of key; all bits past the end are 0.
func bitAt(key []byte, i uint32) byte {
	n, r := i/9, i%9
	if uint64(n) >= uint64(len(key)) {
		return 0
	}
	if r == 0 {
		return 1
	}
	return key[n] >> (8 - r) & 1
}

// wholeKey is the number of bits of a key of n bytes, its closing bit included.
func wholeKey(n int) uint32 { return uint32(n)*9 + 1 }

// critBit returns the first bit in which a and b differ, knowing that the first `from` bytes are equal;
// for equal keys it returns wholeKey(len(a)).
func critBit(a, b []byte, from int) uint32 {
	n := min(len(a), len(b))
	i := from
	for ; i+8 <= n; i += 8 {
		x := binary.BigEndian.Uint64(a[i:]) ^ binary.BigEndian.Uint64(b[i:])
		if x != 0 {
			z := bits.LeadingZeros64(x)
			return uint32(i+z/8)*9 + 1 + uint32(z%8)
		}
	}
	for ; i < n; i++ {
		if x := a[i] ^ b[i]; x != 0 {
			return uint32(i)*9 + 1 + uint32(bits.LeadingZeros8(x))
		}
	}
	if len(a) == len(b) {
		return wholeKey(n)
	}
	return uint32(n) * 9
}

// cutPrefix returns the bytes of key that hold its first bit bits, with the bits past them cleared.
// If bit is the whole key, the key itself is returned.
func cutPrefix(key []byte, bit uint32) []byte {
	n, r := int(bit/9), bit%9
	if bit >= wholeKey(len(key)) {
		return bytes.Clone(key)
	}
	if r == 0 {
		return bytes.Clone(key[:n])
	}
	buf := bytes.Clone(key[:n+1])
	buf[n] &= ^byte(0) << (9 - r)
	return buf
}

// prefixRange returns the range [start, end) of the keys that share the first bit bits of prefix (as cut by cutPrefix);
// a nil end means no upper bound.
func prefixRange(prefix []byte, bit uint32) (start, end []byte) {
	start = prefix
	if bit == wholeKey(len(prefix)) {
		return start, append(bytes.Clone(prefix), 0)
	}
	n, r := int(bit/9), bit%9
	if r == 0 {
		return start, successor(start)
	}
	last := int(start[n]) + 1<<(9-r)
	if last > 0xff {
		return start, successor(start[:n])
	}
	end = bytes.Clone(start)
	end[n] = byte(last)
	return start, end
}

// successor returns the smallest key above every key that starts with p, or nil if there is none.
func successor(p []byte) []byte {
	for i := len(p) - 1; i >= 0; i-- {
		if p[i] != 0xff {
			out := bytes.Clone(p[:i+1])
			out[i]++
			return out
		}
	}
	return nil
}
