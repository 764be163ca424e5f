package units

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"strings"
)

// alphabet is Crockford's base 32: no I, L, O or U.
const alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"

var value = func() (v [256]int8) {
	for i := range v {
		v[i] = -1
	}
	for i := range alphabet {
		v[alphabet[i]] = int8(i)
		v[alphabet[i]|0x20] = int8(i)
	}
	for as, chars := range map[byte]string{'0': "Oo", '1': "IiLl"} { //filiera:unordered each letter is set once
		for i := range chars {
			v[chars[i]] = v[as]
		}
	}
	return v
}()

// CodeLen is the length of a code: 15 characters of chance, 75 bits, and one that
// shows a slip of the hand.
const CodeLen = 16

// Code is what stands under the cap, in its one form: 16 capital characters.
type Code string

// ParseCode reads a code as somebody typed it: in any case, with hyphens and
// spaces anywhere, O for 0, I or L for 1.
func ParseCode(s string) (Code, error) {
	if len(s) > 64 {
		return "", fmt.Errorf("the code has %d characters; it has %d", len(s), CodeLen)
	}
	var b []byte
	for i := range len(s) {
		switch c := s[i]; {
		case c == '-' || c == ' ':
		case value[c] < 0:
			return "", fmt.Errorf("the code holds %q, which no code has: it is made of digits and letters without U", s[i:i+1])
		default:
			b = append(b, alphabet[value[c]])
		}
	}
	if len(b) != CodeLen {
		return "", fmt.Errorf("the code has %d characters; it has %d", len(b), CodeLen)
	}
	if checkChar(string(b[:CodeLen-1])) != b[CodeLen-1] {
		return "", errors.New("the code was not typed as it stands: its last character does not fit the others")
	}
	return Code(b), nil
}

// String writes the code in groups of four, as it is printed.
func (c Code) String() string {
	if len(c) != CodeLen {
		return string(c)
	}
	return string(c[:4] + "-" + c[4:8] + "-" + c[8:12] + "-" + c[12:])
}

// checkChar is the Luhn algorithm modulo 32: it shows every wrong character, and
// nearly every pair that changed places.
func checkChar(s string) byte {
	sum, factor := 0, 2
	for i := len(s) - 1; i >= 0; i-- {
		n := factor * int(value[s[i]])
		sum += n/32 + n%32
		factor = 3 - factor
	}
	return alphabet[(32-sum%32)%32]
}

// Key is what a producer makes serial numbers and codes from. Who has it can make
// every code of the producer.
type Key [32]byte

// ParseKey reads a key in hex.
func ParseKey(s string) (k Key, err error) {
	b, err := hex.DecodeString(strings.TrimSpace(s))
	if err != nil || len(b) != len(k) {
		return k, errors.New("a key of units is 64 hexadecimal digits")
	}
	return Key(b), nil
}

func (k Key) derive(what string, parts ...string) []byte {
	h := hmac.New(sha256.New, k[:])
	h.Write([]byte("filiera/units/" + what))
	for _, p := range parts {
		h.Write([]byte{byte(len(p))})
		h.Write([]byte(p))
	}
	return h.Sum(nil)
}

// Coder makes the codes of one batch. It belongs to one goroutine.
type Coder struct {
	mac hash.Hash
	sum [sha256.Size]byte
}

// Coder gives what makes the codes of a batch.
func (k Key) Coder(gtin, lot string) *Coder {
	return &Coder{mac: hmac.New(sha256.New, k.derive("acquit", gtin, lot))}
}

// Code gives the code of an item.
func (c *Coder) Code(serial string) Code {
	c.mac.Reset()
	c.mac.Write([]byte(serial))
	sum := c.mac.Sum(c.sum[:0])
	var b [CodeLen]byte
	encode(b[:CodeLen-1], sum)
	b[CodeLen-1] = checkChar(string(b[:CodeLen-1]))
	return Code(b[:])
}

// encode fills text with the first 5·len(text) bits of b.
func encode(text, b []byte) {
	bits, have, at := uint(0), uint(0), 0
	for i := range text {
		if have < 5 {
			bits, have = bits<<8|uint(b[at]), have+8
			at++
		}
		have -= 5
		text[i] = alphabet[bits>>have&31]
	}
}
