package evidence

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"
)

// sniffLen is how many bytes tell what a document is.
const sniffLen = 4096

// kind is a type of document, known by how its bytes begin.
type kind struct {
	name, media string
	is          func(head []byte) bool
}

func begins(with ...string) func([]byte) bool {
	return func(head []byte) bool {
		return slices.ContainsFunc(with, func(w string) bool { return bytes.HasPrefix(head, []byte(w)) })
	}
}

// kinds are all types that a store can take. SVG, HTML, XML, archives and office
// files are left out on purpose: they hold programs.
var kinds = []kind{
	{"pdf", "application/pdf", begins("%PDF-1.", "%PDF-2.")},
	{"p7m", "application/pkcs7-mime", isSignedData},
	{"png", "image/png", begins("\x89PNG\r\n\x1a\n")},
	{"jpeg", "image/jpeg", begins("\xff\xd8\xff")},
	{"webp", "image/webp", func(h []byte) bool { return len(h) >= 12 && string(h[:4]) == "RIFF" && string(h[8:12]) == "WEBP" }},
	{"tiff", "image/tiff", begins("II*\x00", "MM\x00*")},
	{"text", "text/plain; charset=utf-8", isText},
}

// Types are the short names of all types that a store can take.
func Types() []string {
	var out []string
	for _, k := range kinds {
		out = append(out, k.name)
	}
	return out
}

// DefaultTypes are those that a store takes unless told otherwise.
func DefaultTypes() []string { return []string{"pdf", "p7m", "png", "jpeg", "webp", "tiff"} }

// check refuses limits that make no sense.
func (l *Limits) check() error {
	if l.MaxBytes <= 0 || l.Quota <= 0 {
		return fmt.Errorf("a store of documents needs bounds above 0; they are %d bytes each and %d in all", l.MaxBytes, l.Quota)
	}
	if len(l.Types) == 0 {
		l.Types = DefaultTypes()
	}
	for _, t := range l.Types {
		if !slices.Contains(Types(), t) {
			return fmt.Errorf("there is no type of document %q; write some of %s", t, strings.Join(Types(), ", "))
		}
	}
	return nil
}

// sniff gives the media type of a document that the store takes.
func (l *Limits) sniff(head []byte) (string, error) {
	for _, k := range kinds {
		if k.is(head) && slices.Contains(l.Types, k.name) {
			return k.media, nil
		}
	}
	return "", fmt.Errorf("%w: its bytes begin as none of %s", ErrType, strings.Join(l.Types, ", "))
}

// mediaOf is sniff for what was taken before, perhaps under other limits.
func mediaOf(head []byte) string {
	for _, k := range kinds {
		if k.is(head) {
			return k.media
		}
	}
	return "application/octet-stream"
}

// isSignedData knows a CMS ContentInfo of type signedData (RFC 5652, section 3)
// in DER or BER, or in PEM.
func isSignedData(head []byte) bool {
	if begins("-----BEGIN PKCS7-----", "-----BEGIN CMS-----")(head) {
		return true
	}
	if len(head) < 2 || head[0] != 0x30 {
		return false
	}
	length := 2
	if head[1] > 0x80 { // long form: so many bytes of length follow
		length += int(head[1] & 0x7f)
	}
	oid := []byte{0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07, 0x02}
	return length <= 6 && len(head) > length && bytes.HasPrefix(head[length:], oid)
}

// isText knows UTF-8 without control characters that does not begin as markup.
func isText(head []byte) bool {
	if len(head) == sniffLen { // the last letter may be cut
		for range utf8.UTFMax - 1 {
			if r, n := utf8.DecodeLastRune(head); r == utf8.RuneError && n == 1 {
				head = head[:len(head)-1]
			}
		}
	}
	if len(head) == 0 || !utf8.Valid(head) || bytes.HasPrefix(bytes.TrimSpace(head), []byte("<")) {
		return false
	}
	for _, r := range string(head) {
		if r < 0x20 && r != '\n' && r != '\r' && r != '\t' || r == 0x7f {
			return false
		}
	}
	return true
}
