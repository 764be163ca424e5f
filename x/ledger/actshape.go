package ledger

import (
	"bytes"
	"fmt"
	"net/url"
	"strings"

	"github.com/filiera-chain/filiera/acts"
	ledgerv1 "github.com/filiera-chain/filiera/api/ledger/v1"
	"github.com/filiera-chain/filiera/module"
	"github.com/filiera-chain/filiera/signedfile"
)

// Bounds of one act.
const (
	maxDocuments  = 20
	maxParts      = 64
	maxURLs       = 5
	maxBases      = 16
	maxCUPs       = 20
	maxSignatures = 640
	maxUses       = 64
	maxVouchings  = 32
	maxChanges    = 256
	maxPast       = 16
	maxSize       = 1 << 40
	maxNumber     = 40
	maxOffice     = 20
)

func checkActID(field, id string) error {
	bad := len(id) == 0 || len(id) > 160 || strings.Count(id, ":") != 3
	for i := 0; i < len(id) && !bad; i++ {
		c := id[i]
		bad = (c < 'a' || c > 'z') && (c < '0' || c > '9') && c != ':' && c != '.' && c != '-'
	}
	if bad {
		return ErrShape.With("%s is %q; write an act's id, such as regione-marche:dgr:203:2023", field, clip(id))
	}
	return nil
}

// checkNumber refuses what is no number or code of an office: letters, digits and
// inner hyphens, of either case.
func checkNumber(field, s string, most int) error {
	bad := len(s) == 0 || len(s) > most || s[0] == '-' || s[len(s)-1] == '-'
	for i := 0; i < len(s) && !bad; i++ {
		c := s[i]
		bad = (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') && (c < '0' || c > '9') && c != '-'
	}
	if bad {
		return ErrShape.With("%s is %q; write 1 to %d letters, digits and inner hyphens", field, clip(s), most)
	}
	return nil
}

func checkNotarise(m *ledgerv1.MsgNotariseAct) error {
	if !knownKind(m.GetKind()) {
		return ErrShape.With("kind is %d; write one of the list, such as dgr", m.GetKind())
	}
	if err := shape(module.CheckSlug("body", m.GetBody(), 3, 40)); err != nil {
		return err
	}
	if err := checkNumber("number", m.GetNumber(), maxNumber); err != nil {
		return err
	}
	if m.GetOffice() != "" {
		if err := checkNumber("office", m.GetOffice(), maxOffice); err != nil {
			return err
		}
	}
	for _, err := range []error{
		module.CheckText("body_name", m.GetBodyName(), 3, 200), module.CheckText("subject", m.GetSubject(), 3, 1000), module.CheckDate("date", m.GetDate()),
		optionalDate("in_force_from", m.GetInForceFrom()), optionalDate("in_force_to", m.GetInForceTo()),
	} {
		if err != nil {
			return shape(err)
		}
	}
	if err := checkLines(m.GetLegalBasis(), m.GetCups()); err != nil {
		return err
	}
	if err := checkForce(m); err != nil {
		return err
	}
	return checkDocuments(m.GetDocuments())
}

func checkForce(m *ledgerv1.MsgNotariseAct) error {
	if m.GetDate() < "1861-03-17" {
		return ErrDates.With("date is %s; there is no act before 17 March 1861", m.GetDate())
	}
	from := m.GetInForceFrom()
	if from == "" {
		from = m.GetDate()
	}
	if from < m.GetDate() {
		return ErrDates.With("in_force_from is %s and the act is of %s; it cannot be in force before it was made", from, m.GetDate())
	}
	if to := m.GetInForceTo(); to != "" && to < from {
		return ErrDates.With("in_force_to is %s and it is in force from %s", to, from)
	}
	return nil
}

func checkLines(basis, cups []string) error {
	if n := len(basis); n > maxBases {
		return ErrShape.With("legal_basis has %d lines; it takes at most %d", n, maxBases)
	}
	for _, line := range basis {
		if err := module.CheckText("legal_basis", line, 2, 300); err != nil {
			return shape(err)
		}
	}
	if n := len(cups); n > maxCUPs {
		return ErrShape.With("cups has %d codes; it takes at most %d", n, maxCUPs)
	}
	seen := map[string]bool{}
	for _, c := range cups {
		if err := acts.CheckCUP("cups", c); err != nil {
			return shape(err)
		}
		if seen[c] {
			return ErrShape.With("cups names %s twice", c)
		}
		seen[c] = true
	}
	return nil
}

func checkDocuments(list []*ledgerv1.Document) error {
	if n := len(list); n == 0 || n > maxDocuments {
		return ErrShape.With("documents has %d files; an act has 1 to %d", n, maxDocuments)
	}
	for i, d := range list {
		if err := checkDocument(fmt.Sprintf("documents[%d]", i), d); err != nil {
			return err
		}
		for _, other := range list[:i] {
			if bytes.Equal(other.GetSha256(), d.GetSha256()) {
				return ErrShape.With("documents names the file %x twice", d.GetSha256())
			}
		}
	}
	return nil
}

func checkDocument(field string, d *ledgerv1.Document) error {
	if err := shape(module.CheckHash(field+".sha256", d.GetSha256())); err != nil {
		return err
	}
	if n := len(d.GetSha512()); n != 64 {
		return ErrShape.With("%s.sha512 has %d bytes; a SHA-512 hash has 64", field, n)
	}
	if d.GetSize() < 1 || d.GetSize() > maxSize {
		return ErrShape.With("%s.size is %d; a document has 1 to %d bytes", field, d.GetSize(), int64(maxSize))
	}
	if err := module.CheckText(field+".title", d.GetTitle(), 0, 200); err != nil {
		return shape(err)
	}
	if err := checkMedia(field+".media_type", d.GetMediaType()); err != nil {
		return err
	}
	if err := checkInner(field, d); err != nil {
		return err
	}
	if err := checkURLs(field+".urls", d.GetUrls()); err != nil {
		return err
	}
	if d.GetStampedAt() != 0 {
		return ErrShape.With("%s.stamped_at is set; the ledger reads it from the token", field)
	}
	if len(d.GetToken()) > signedfile.MaxToken {
		return ErrShape.With("%s.token has %d bytes; at most %d are taken", field, len(d.GetToken()), signedfile.MaxToken)
	}
	return nil
}

// checkInner holds the container against what is said to be in it.
func checkInner(field string, d *ledgerv1.Document) error {
	signed := false
	switch d.GetContainer() {
	case ledgerv1.Container_CONTAINER_NONE, ledgerv1.Container_CONTAINER_EML:
	case ledgerv1.Container_CONTAINER_PADES, ledgerv1.Container_CONTAINER_CADES:
		signed = true
	default:
		return ErrShape.With("%s.container is %d; write none, pades, cades or eml", field, d.GetContainer())
	}
	if !signed && (len(d.GetInnerSha256()) != 0 || d.GetInnerSize() != 0 || d.GetInnerMediaType() != "" || d.GetSignatures() != 0) {
		return ErrShape.With("%s has something signed in it, and its container has no signatures", field)
	}
	if signed {
		if err := shape(module.CheckHash(field+".inner_sha256", d.GetInnerSha256())); err != nil {
			return err
		}
		if d.GetInnerSize() < 0 || d.GetInnerSize() > d.GetSize() || d.GetSignatures() < 1 || d.GetSignatures() > maxSignatures {
			return ErrShape.With("%s has %d signed bytes of %d and %d signatures", field, d.GetInnerSize(), d.GetSize(), d.GetSignatures())
		}
		if err := checkMedia(field+".inner_media_type", d.GetInnerMediaType()); err != nil {
			return err
		}
	}
	if n := len(d.GetParts()); n > maxParts || n > 0 && d.GetContainer() != ledgerv1.Container_CONTAINER_EML {
		return ErrShape.With("%s.parts has %d hashes; a message has at most %d attachments, other files none", field, n, maxParts)
	}
	for _, p := range d.GetParts() {
		if err := shape(module.CheckHash(field+".parts", p)); err != nil {
			return err
		}
	}
	return nil
}

// checkMedia takes type/subtype without parameters.
func checkMedia(field, s string) error {
	kind, sub, ok := strings.Cut(s, "/")
	bad := !ok || len(s) > 100 || kind == "" || sub == ""
	for i := 0; i < len(s) && !bad; i++ {
		c := s[i]
		bad = (c < 'a' || c > 'z') && (c < '0' || c > '9') && !strings.ContainsRune("/.+-", rune(c))
	}
	if bad || strings.Contains(sub, "/") {
		return ErrShape.With("%s is %q; write a media type in small letters, such as application/pdf", field, clip(s))
	}
	return nil
}

func checkURLs(field string, list []string) error {
	if n := len(list); n > maxURLs {
		return ErrShape.With("%s has %d addresses; it takes at most %d", field, n, maxURLs)
	}
	for _, u := range list {
		if err := checkURL(field, u); err != nil {
			return err
		}
	}
	return nil
}

func checkURL(field, s string) error {
	u, err := url.Parse(s)
	if err != nil || len(s) > 500 || u.Scheme != "https" || u.Host == "" || u.User != nil {
		return ErrShape.With("%s is %q; write an address that begins with https:// and has no password in it", field, clip(s))
	}
	return shape(module.CheckText(field, s, 1, 500))
}

func optionalDate(field, s string) error {
	if s == "" {
		return nil
	}
	return module.CheckDate(field, s)
}

func clip(s string) string {
	if len(s) > 60 {
		return s[:60] + "…"
	}
	return s
}
