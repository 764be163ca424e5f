package signedfile

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net/mail"
	"net/textproto"
	"strings"
)

// Bounds of a message.
const (
	maxAttachments = 64
	maxMailDepth   = 8
	maxMailParts   = 512
)

// isMail says whether bytes begin as a message does: a header that names a sender
// or a relay, and a date or an identity.
func isMail(b []byte) bool {
	head := b[:min(len(b), 64<<10)]
	colon := bytes.IndexByte(head, ':')
	if colon < 1 || colon > 76 || bytes.ContainsAny(head[:colon], " \t\r\n{<") {
		return false
	}
	m, err := mail.ReadMessage(bytes.NewReader(head))
	if err != nil {
		return false
	}
	h := m.Header
	return (h.Get("From") != "" || h.Get("Received") != "" || h.Get("Return-Path") != "") && (h.Get("Date") != "" || h.Get("Message-Id") != "" || h.Get("Mime-Version") != "")
}

// mailer walks through a message and keeps its attachments.
type mailer struct {
	f     *File
	parts int
}

func (f *File) readMail(b []byte) error {
	f.MediaType, f.Container = "message/rfc822", EML
	w := &mailer{f: f}
	if err := w.message(b, 0); err != nil {
		return fmt.Errorf("the message cannot be read: %w", err)
	}
	return nil
}

func (w *mailer) message(b []byte, depth int) error {
	m, err := mail.ReadMessage(bytes.NewReader(b))
	if err != nil {
		return err
	}
	if m.Header.Get("Content-Type") == "" && m.Header.Get("From") == "" && m.Header.Get("Date") == "" && m.Header.Get("Received") == "" {
		return errors.New("it has no header of a message")
	}
	return w.entity(textproto.MIMEHeader(m.Header), m.Body, depth)
}

// entity reads a part: divides it, or keeps it.
func (w *mailer) entity(h textproto.MIMEHeader, body io.Reader, depth int) error {
	if w.parts++; w.parts > maxMailParts {
		return fmt.Errorf("it has more than %d parts", maxMailParts)
	}
	if depth > maxMailDepth {
		return fmt.Errorf("its parts are nested more than %d deep", maxMailDepth)
	}
	kind, params, err := mime.ParseMediaType(h.Get("Content-Type"))
	if err != nil {
		kind, params = "text/plain", nil
	}
	if strings.HasPrefix(kind, "multipart/") {
		return w.divide(params["boundary"], body, depth)
	}
	content, err := decode(h.Get("Content-Transfer-Encoding"), body)
	if err != nil {
		return err
	}
	disposition, dparams, err := mime.ParseMediaType(h.Get("Content-Disposition"))
	if err != nil {
		disposition, dparams = "", nil
	}
	name := dparams["filename"]
	if name == "" {
		name = params["name"]
	}
	if name == "" && disposition != "attachment" && kind != "message/rfc822" && strings.HasPrefix(kind, "text/") {
		return nil // the words of the message itself
	}
	if err := w.keep(content, name); err != nil {
		return err
	}
	if kind == "message/rfc822" {
		return w.message(content, depth+1)
	}
	return nil
}

func (w *mailer) divide(boundary string, body io.Reader, depth int) error {
	if boundary == "" {
		return errors.New("a part that is to be divided has no boundary")
	}
	r := multipart.NewReader(body, boundary)
	for {
		p, err := r.NextRawPart()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("its parts do not end as they should, so it may be cut off: %w", err)
		}
		if err := w.entity(p.Header, p, depth+1); err != nil {
			return err
		}
	}
}

// keep notes an attachment, and what was signed in it.
func (w *mailer) keep(content []byte, name string) error {
	add := func(p Piece) error {
		for _, old := range w.f.Parts {
			if old.SHA256 == p.SHA256 {
				return nil
			}
		}
		if w.f.Parts = append(w.f.Parts, p); len(w.f.Parts) > maxAttachments {
			return fmt.Errorf("it has more than %d attachments", maxAttachments)
		}
		return nil
	}
	p := pieceOf(content)
	p.Name = name
	if err := add(p); err != nil {
		return err
	}
	raw := unarmour(content)
	if !looksLikeCMS(raw) {
		return nil
	}
	in := &File{}
	if err := in.readCMS(raw, ""); err != nil {
		return fmt.Errorf("the attachment %q: %w", name, err)
	}
	if in.Inner == nil {
		return nil
	}
	in.Inner.Name = strings.TrimSuffix(name, ".p7m")
	return add(*in.Inner)
}

func decode(encoding string, body io.Reader) ([]byte, error) {
	switch strings.ToLower(strings.TrimSpace(encoding)) {
	case "base64":
		body = base64.NewDecoder(base64.StdEncoding, body)
	case "quoted-printable":
		body = quotedprintable.NewReader(body)
	}
	b, err := io.ReadAll(body)
	if err != nil {
		return nil, fmt.Errorf("a part cannot be decoded, so the message may be cut off: %w", err)
	}
	return b, nil
}
