package credential

import (
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"strings"
)

// bitstringBytes is the length of a list's bit string.
const bitstringBytes = StatusListSize / 8

// Bitstring is the bits of a status list. Index 0 is the leftmost bit of the
// first byte (W3C Bitstring Status List v1.0 §3.3).
type Bitstring [bitstringBytes]byte

// Has tells the bit at index, which is below StatusListSize.
func (b *Bitstring) Has(index uint32) bool { return b[index/8]&(0x80>>(index%8)) != 0 }

// Set sets the bit at index, which is below StatusListSize.
func (b *Bitstring) Set(index uint32) { b[index/8] |= 0x80 >> (index % 8) }

// Encode writes the bits as a list's encodedList: GZIP, then multibase
// base64url without padding, whose sign is "u".
func (b *Bitstring) Encode() (string, error) {
	var out bytes.Buffer
	w, err := gzip.NewWriterLevel(&out, gzip.BestCompression)
	if err == nil {
		_, err = w.Write(b[:])
	}
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		return "", fmt.Errorf("compress a status list: %w", err)
	}
	return "u" + base64url.EncodeToString(out.Bytes()), nil
}

// DecodeBitstring reads an encodedList of exactly StatusListSize entries. It
// never unpacks more than that.
func DecodeBitstring(encoded string) (*Bitstring, error) {
	text, ok := strings.CutPrefix(encoded, "u")
	if !ok {
		return nil, errors.New("the list does not begin with u, the sign of base64url (multibase)")
	}
	raw, err := decode64(text)
	if err != nil {
		return nil, fmt.Errorf("the list %w", err)
	}
	in := bytes.NewReader(raw)
	r, err := gzip.NewReader(in)
	if err != nil {
		return nil, errors.New("the list is not compressed with GZIP")
	}
	r.Multistream(false)
	bits, err := io.ReadAll(io.LimitReader(r, bitstringBytes+1))
	switch {
	case err != nil:
		return nil, errors.New("the list does not unpack: its GZIP data is damaged")
	case len(bits) != bitstringBytes:
		return nil, fmt.Errorf("the list does not unpack to %d bytes: it must have %d entries", bitstringBytes, StatusListSize)
	case in.Len() > 0:
		return nil, fmt.Errorf("%d bytes follow the list's GZIP data", in.Len())
	}
	return (*Bitstring)(bits), nil
}
