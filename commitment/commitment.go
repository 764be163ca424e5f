package commitment

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"github.com/filiera-chain/filiera/gs1"
)

// Sizes in bytes.
const (
	SaltSize = 32
	Size     = sha256.Size
	// MaxValue is the longest value of a field.
	MaxValue = 4 << 20
)

// MaxFields is how many fields one commitment record holds.
const MaxFields = 64

// Domain lines: a commitment is nothing but a commitment, an id nothing but an
// id.
const (
	fieldDomain  = "filiera private field v1\n"
	recordDomain = "filiera commitment v1\n"
)

// Subject is what fields are about, as text: "batch/<14 digits>/<lot>",
// "event/<64 hex digits>", "attestation/<urn:uuid:…>" or "product/<14 digits>".
type Subject string

// Batch, Event, Attestation and Product name subjects. They check nothing.
func Batch(gtin, lot string) Subject { return Subject("batch/" + gtin + "/" + lot) }
func Event(id []byte) Subject        { return Subject("event/" + hex.EncodeToString(id)) }
func Attestation(id string) Subject  { return Subject("attestation/" + id) }
func Product(gtin string) Subject    { return Subject("product/" + gtin) }
func (s Subject) parts() (string, string) {
	kind, rest, _ := strings.Cut(string(s), "/")
	return kind, rest
}

// Kind is batch, event, attestation or product.
func (s Subject) Kind() string { kind, _ := s.parts(); return kind }

// Batch gives GTIN and lot of a batch; false for another subject.
func (s Subject) Batch() (gtin, lot string, ok bool) {
	kind, rest := s.parts()
	if kind != "batch" || len(rest) < 16 || rest[14] != '/' {
		return "", "", false
	}
	return rest[:14], rest[15:], true
}

// Check refuses a subject that is not written in its one way.
func (s Subject) Check() error {
	kind, rest := s.parts()
	bad := func(err error) error { return fmt.Errorf("the subject %q is not valid: %w", clip(string(s)), err) }
	switch kind {
	case "batch":
		gtin, lot, ok := s.Batch()
		if !ok {
			return bad(errors.New("a batch is batch/<14 digits>/<lot>"))
		}
		if err := checkGTIN(gtin); err != nil {
			return bad(err)
		}
		if _, err := gs1.ParseLot(lot); err != nil {
			return bad(err)
		}
		return nil
	case "product":
		if err := checkGTIN(rest); err != nil {
			return bad(err)
		}
		return nil
	case "event":
		if b, err := hex.DecodeString(rest); err != nil || len(b) != 32 || rest != strings.ToLower(rest) {
			return bad(errors.New("an event is event/<64 small hex digits>"))
		}
		return nil
	case "attestation":
		if !strings.HasPrefix(rest, "urn:uuid:") || len(rest) != 45 || rest != strings.ToLower(rest) {
			return bad(errors.New("an attestation is attestation/urn:uuid:… in small letters"))
		}
		return nil
	}
	return bad(errors.New("it begins with batch/, event/, attestation/ or product/"))
}

func checkGTIN(s string) error {
	canonical, err := gs1.ParseGTIN(s)
	if err == nil && canonical != s {
		err = errors.New("a GTIN is written with 14 digits here")
	}
	return err
}

// Form says what a value's bytes are.
type Form string

const (
	// Text is UTF-8 in normal form C, lines ended by U+000A and none at the end.
	Text Form = "text"
	// Bytes are bytes as they are.
	Bytes Form = "bytes"
)

// Canonical gives the one spelling of a value: of text, whatever line ends and
// composition of letters it was typed with. It refuses what is too long and
// text that is not UTF-8 or holds a zero byte.
func (f Form) Canonical(value []byte) ([]byte, error) {
	if len(value) > MaxValue {
		return nil, fmt.Errorf("the value has %d bytes; a private field takes at most %d", len(value), MaxValue)
	}
	switch f {
	case Bytes:
		return value, nil
	case Text:
		if !utf8.Valid(value) || strings.IndexByte(string(value), 0) >= 0 {
			return nil, errors.New("the value is not UTF-8 text; commit it as bytes")
		}
		text := strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(string(value))
		out := norm.NFC.Bytes([]byte(strings.TrimRight(text, "\n")))
		if len(out) > MaxValue {
			return nil, fmt.Errorf("the value has %d bytes in normal form C; a private field takes at most %d", len(out), MaxValue)
		}
		return out, nil
	}
	return nil, fmt.Errorf("the form %q is not one; write text or bytes", clip(string(f)))
}

// Place says what a value is the value of.
type Place struct {
	ChainID     string
	Participant string
	Subject     Subject
	Field       string
}

// Of gives the commitment to a canonical value.
func Of(p Place, form Form, salt [SaltSize]byte, value []byte) [Size]byte {
	h := hmac.New(sha256.New, salt[:])
	h.Write([]byte(fieldDomain))
	for _, s := range []string{p.ChainID, p.Participant, string(p.Subject), p.Field, string(form)} {
		part(h, []byte(s))
	}
	part(h, value)
	return [Size]byte(h.Sum(nil))
}

// Named is a field's name with its commitment.
type Named struct {
	Name       string
	Commitment []byte
}

// ID names a record of fields, which are in order of name.
func ID(chainID, participant string, subject Subject, fields []Named) [Size]byte {
	h := sha256.New()
	h.Write([]byte(recordDomain))
	part(h, []byte(chainID))
	part(h, []byte(participant))
	part(h, []byte(subject))
	count(h, len(fields))
	for _, f := range fields {
		part(h, []byte(f.Name))
		part(h, f.Commitment)
	}
	return [Size]byte(h.Sum(nil))
}

// part writes bytes behind their length, so that no two lists of parts give the
// same bytes.
func part(h hash.Hash, b []byte) {
	count(h, len(b))
	h.Write(b)
}

func count(h hash.Hash, n int) {
	var b [4]byte
	binary.BigEndian.PutUint32(b[:], uint32(n))
	h.Write(b[:])
}

func clip(s string) string {
	if len(s) > 60 {
		return strings.ToValidUTF8(s[:60], "") + "…"
	}
	return s
}
