package credential

import (
	"bytes"
	"encoding/hex"
	"errors"
	"fmt"
	"path"
	"strings"
)

// MaxDraft bounds a draft, in bytes.
const MaxDraft = 256 << 10

// Draft is a certificate that an inspector is writing: what a file says,
// before documents are hashed, identity is added and a key signs.
type Draft struct {
	// Attestation is what the file says. ID and Issuer may be empty, and the
	// evidence of Files has no hash yet; see [Draft.Finish].
	Attestation Attestation
	// Files are the documents to hash, see [Draft.SetFile].
	Files []DraftFile

	references []reference
}

// DraftFile is a document named by its path.
type DraftFile struct {
	Path     string // as written, relative to the draft
	Evidence int    // its place in Attestation.Evidence
	Line     int    // in the draft
}

// reference is a point's document named by path or name.
type reference struct{ point, evidence int }

// ParseDraft reads a draft from YAML or JSON (a file that starts with a brace).
// Fields, with Italian names beside the English ones where an inspector meets
// them:
//
//	id, issuer (emittente), replaces (sostituisce)           optional
//	valid_from (valido_dal), valid_until (valido_fino_al)    2026-11-23 or RFC 3339
//	specification (disciplinare): {id, version (versione)}
//	batches (lotti):    [{gtin, lot (lotto), quantity (quantità), unit (unità)}]
//	points (punti):     [{id, clause (articolo), requirement (requisito), basis (base),
//	                      result (esito), value (valore), unit, method (metodo), document (documento)}]
//	evidence (documenti): [{file}] or [{sha256, size, media_type, name}]
//
// A day alone begins at 00:00:00 UTC in valid_from and ends at 23:59:59 UTC in
// valid_until. Quantities are decimals as [quantity.ParseDecimal] reads them;
// a decimal that is not whole in its unit is kept in a finer one. A point's
// document is a hash, or the file or name of an evidence entry.
//
// The error lists everything found wrong, a line each, with line and field.
func ParseDraft(data []byte) (*Draft, error) {
	if len(data) > MaxDraft {
		return nil, fmt.Errorf("the draft has %d bytes, more than the %d allowed", len(data), MaxDraft)
	}
	data = bytes.TrimPrefix(data, []byte("\ufeff"))
	parse := parseYAML
	if bytes.HasPrefix(bytes.TrimLeft(data, " \t\r\n"), []byte("{")) {
		parse = parseJSON
	}
	root, err := parse(data)
	if err != nil {
		return nil, fmt.Errorf("the draft is not readable: %w", err)
	}
	if err := root.inEnglish(); err != nil {
		return nil, err
	}
	r := &draftReader{}
	d := r.draft(root)
	return d, errors.Join(r.errs...)
}

// SetFile records the hash and size in bytes of the document Files[i].
func (d *Draft) SetFile(i int, sha256 [32]byte, size int64) {
	e := &d.Attestation.Evidence[d.Files[i].Evidence]
	e.SHA256, e.Size = hex.EncodeToString(sha256[:]), size
}

// Finish adds what the draft leaves out and checks the whole. id is used when
// the draft has none; issuer must be the one that the draft states, if any.
func (d *Draft) Finish(id, issuer string) (*Attestation, error) {
	a := d.Attestation
	if a.ID == "" {
		a.ID = id
	}
	if a.Issuer != "" && a.Issuer != issuer {
		return nil, fmt.Errorf("the draft says issuer %s, but the key belongs to %s", a.Issuer, issuer)
	}
	a.Issuer = issuer
	a.Points = append([]Point(nil), a.Points...)
	for _, ref := range d.references {
		a.Points[ref.point].Document = a.Evidence[ref.evidence].SHA256
	}
	return &a, a.Validate()
}

// italian maps the names and words of a draft in Italian to those of the
// certificate, and the certificate's own spelling to the draft's.
var italian = map[string]string{
	"emittente": "issuer", "sostituisce": "replaces", "disciplinare": "specification", "versione": "version",
	"valido_dal": "valid_from", "valido_fino_al": "valid_until", "validFrom": "valid_from", "validUntil": "valid_until",
	"lotti": "batches", "lotto": "lot", "quantità": "quantity", "quantita": "quantity", "unità": "unit", "unita": "unit",
	"punti": "points", "articolo": "clause", "requisito": "requirement", "base": "basis", "esito": "result",
	"valore": "value", "metodo": "method", "documento": "document", "documenti": "evidence",
	"nome": "name", "tipo": "media_type", "mediaType": "media_type", "dimensione": "size",
}

var (
	basisWords = map[string]Basis{
		"declared": Declared, "checked": Checked, "measured": Measured,
		"dichiarato": Declared, "verificato": Checked, "misurato": Measured,
	}
	resultWords = map[string]Result{
		"pass": Pass, "fail": Fail, "not_applicable": NotApplicable,
		"conforme": Pass, "non conforme": Fail, "non applicabile": NotApplicable,
	}
)

// inEnglish renames members; the two names of one field count as a repetition.
func (n *node) inEnglish() error {
	old := n.members
	n.members = nil
	for _, m := range old {
		name := m.name
		if english, ok := italian[name]; ok {
			name = english
		}
		if err := n.add(name, m.value); err != nil {
			return err
		}
		if err := m.value.inEnglish(); err != nil {
			return err
		}
	}
	for _, item := range n.items {
		if err := item.inEnglish(); err != nil {
			return err
		}
	}
	return nil
}

// mediaTypes of the documents that inspectors attach; the host's own table is
// not asked, so the same draft gives the same certificate everywhere.
var mediaTypes = map[string]string{
	".pdf": "application/pdf", ".p7m": "application/pkcs7-mime", ".xml": "application/xml", ".json": "application/json",
	".csv": "text/csv", ".txt": "text/plain", ".jpg": "image/jpeg", ".jpeg": "image/jpeg", ".png": "image/png",
	".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
	".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
	".odt":  "application/vnd.oasis.opendocument.text", ".ods": "application/vnd.oasis.opendocument.spreadsheet",
}

func mediaTypeOf(file string) string {
	if m, ok := mediaTypes[strings.ToLower(path.Ext(file))]; ok {
		return m
	}
	return "application/octet-stream"
}

// baseName is the last part of a path written on any system.
func baseName(file string) string {
	return file[strings.LastIndexAny(file, `/\`)+1:]
}
