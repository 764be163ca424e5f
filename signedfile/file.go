package signedfile

import (
	"bytes"
	"crypto/sha256"
	"crypto/sha512"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"unicode/utf8"
)

// MaxFile is the most bytes of a file that is looked into: 128 MiB.
const MaxFile = 128 << 20

// maxLayers is how many containers may stand in one another.
const maxLayers = 5

// Container is what the signatures of a file stand in.
type Container string

// The containers.
const (
	None  Container = "none"
	PAdES Container = "pades"
	CAdES Container = "cades"
	EML   Container = "eml"
)

// Piece is some bytes of a file, or that stood in it.
type Piece struct {
	SHA256    [32]byte
	Size      int64
	MediaType string
	// Name as a message gives it. It may name a person: it is for showing where the
	// file is.
	Name string
}

// File is what a file is, from its bytes.
type File struct {
	SHA256    [32]byte
	SHA512    [64]byte
	Size      int64
	MediaType string
	Container Container
	// Inner is what was signed: the file inside a container, or of a PDF the bytes
	// that its first signature covers. Nil for None and EML.
	Inner *Piece
	// Layers is how many containers stand in one another around Inner.
	Layers int
	// Signers has one for each signature, the outermost first; not for the ledger.
	Signers []Signer
	// Stamps is how many time stamps of the document a PDF has in it.
	Stamps int
	// Unsigned is how many bytes follow what the last signature of a PDF covers.
	Unsigned int64
	// Parts are the attachments of a message, and what was signed in them.
	Parts []Piece
}

func pieceOf(b []byte) Piece {
	return Piece{SHA256: sha256.Sum256(b), Size: int64(len(b)), MediaType: Sniff(b)}
}

// Read says what a file is. The name's ending only raises what is expected of the
// bytes: one that ends in .p7m, .pdf or .eml must be what it is called. What is
// recognised and cut off, or contradicts itself, is refused.
func Read(name string, b []byte) (*File, error) {
	if len(b) == 0 {
		return nil, errors.New("the file is empty")
	}
	if len(b) > MaxFile {
		return nil, fmt.Errorf("the file has %d bytes; at most %d are read", len(b), MaxFile)
	}
	f := &File{SHA256: sha256.Sum256(b), SHA512: sha512.Sum512(b), Size: int64(len(b)), MediaType: Sniff(b), Container: None}
	ending := strings.ToLower(filepath.Ext(name))
	raw := unarmour(b)
	switch {
	case looksLikeCMS(raw) || ending == ".p7m" || ending == ".p7s":
		return f, f.readCMS(raw, ending)
	case f.MediaType == "application/pdf" || ending == ".pdf":
		return f, f.readPDF(b, true)
	case f.MediaType == "message/rfc822" || ending == ".eml":
		return f, f.readMail(b)
	}
	return f, nil
}

// readCMS takes containers off until what they hold is none.
func (f *File) readCMS(raw []byte, ending string) error {
	f.MediaType = "application/pkcs7-mime"
	content := raw
	for {
		s, rest, err := parseSignedData(content)
		if err == nil && len(bytes.Trim(rest, "\x00\r\n \t")) != 0 {
			err = fmt.Errorf("%d bytes follow it", len(rest))
		}
		if err != nil {
			if f.Layers > 0 {
				return fmt.Errorf("the container inside %d others: %w", f.Layers, err)
			}
			return fmt.Errorf("the file is not a whole signed container (.p7m): %w", err)
		}
		if len(s.signers) == 0 {
			return errors.New("the container has no signature")
		}
		if s.content == nil {
			if f.Layers > 0 {
				return errors.New("a container holds a signature without what it signs")
			}
			if ending == ".p7m" {
				return errors.New("the container holds a signature and not the document that was signed: notarise both files, and call this one .p7s")
			}
			f.MediaType = "application/pkcs7-signature"
			return nil
		}
		for i := range s.signers {
			f.Signers = append(f.Signers, s.check(&s.signers[i], s.content))
		}
		f.Container, f.Layers, content = CAdES, f.Layers+1, s.content
		inner := unarmour(content)
		if !looksLikeCMS(inner) {
			break
		}
		if f.Layers == maxLayers {
			return fmt.Errorf("more than %d containers stand in one another", maxLayers)
		}
		content = inner
	}
	p := pieceOf(content)
	f.Inner = &p
	if p.MediaType == "application/pdf" {
		return f.readPDF(content, false)
	}
	return nil
}

// magic are types known by how their bytes begin.
var magic = []struct{ begin, media string }{
	{"%PDF-", "application/pdf"},
	{"\x89PNG\r\n\x1a\n", "image/png"},
	{"\xff\xd8\xff", "image/jpeg"},
	{"II*\x00", "image/tiff"},
	{"MM\x00*", "image/tiff"},
	{"GIF8", "image/gif"},
	{"PK\x03\x04", "application/zip"},
	{"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "application/x-ole-storage"},
	{"{\\rtf", "application/rtf"},
	{"<?xml", "application/xml"},
}

// Sniff tells a media type from the first bytes; application/octet-stream where
// they tell none.
func Sniff(b []byte) string {
	for _, m := range magic {
		if bytes.HasPrefix(b, []byte(m.begin)) {
			return m.media
		}
	}
	if looksLikeCMS(unarmour(b[:min(len(b), 4096)])) || looksLikeCMS(b) {
		return "application/pkcs7-mime"
	}
	if isMail(b) {
		return "message/rfc822"
	}
	head := b[:min(len(b), 4096)]
	for len(head) > 0 && len(head) < len(b) && !utf8.Valid(head) && len(head) > 4092 {
		head = head[:len(head)-1]
	}
	if !utf8.Valid(head) || bytes.ContainsFunc(head, func(r rune) bool { return r < ' ' && r != '\n' && r != '\r' && r != '\t' && r != '\f' }) {
		return "application/octet-stream"
	}
	return "text/plain"
}
