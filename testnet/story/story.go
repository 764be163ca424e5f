package story

import (
	"bytes"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"text/template"
	"time"

	"golang.org/x/text/encoding/charmap"

	"github.com/filiera-chain/filiera/epcis"
	"github.com/filiera-chain/filiera/gs1"
	"github.com/filiera-chain/filiera/testnet/data/campofilone"
)

// Story is what was written and where. Paths begin with Dir.
type Story struct {
	Dir string
	// GTIN (14 digits) and Lot name the batch whose journey is told.
	GTIN, Lot string
	// AbsentLot is a well-formed lot of the same product that nobody registers.
	AbsentLot string

	// TooShort and Enough are the drafts of certificates of two other batches: one
	// was dried an hour too little, the other just long enough.
	TooShort, Enough Draft

	ParticipantsFile, SpecificationFile, SpecificationDocument, ProductFile, BatchesFile, DraftFile string
	// Events are the EPCIS documents, in the order in which they happened.
	Events []string
	// EventIDs are their event hashes, one event each.
	EventIDs []string

	Participants  []Participant
	Specification Specification
	Product       Product
}

// Write writes the story as told on the day of base, in Italy, into dir, which
// is made if it is missing. Files of an earlier story are replaced.
func Write(dir string, base time.Time) (*Story, error) {
	t, err := newTeller(base)
	if err != nil {
		return nil, err
	}
	s := &Story{
		Dir: dir, GTIN: "0" + t.Pasta, Lot: t.Lot(), AbsentLot: t.LotOf(t.Made(), "Z"),
		ParticipantsFile: filepath.Join(dir, "participants.yaml"), SpecificationFile: filepath.Join(dir, "specification.yaml"),
		SpecificationDocument: filepath.Join(dir, "specification.md"), ProductFile: filepath.Join(dir, "product.yaml"),
		BatchesFile: filepath.Join(dir, "batches.csv"), DraftFile: filepath.Join(dir, "certificate.yaml"),
	}
	err = fs.WalkDir(campofilone.Files, ".", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || path == draftTemplate {
			return err
		}
		return s.write(t, path)
	})
	if err != nil {
		return nil, err
	}
	drafts := t.drafts()
	s.TooShort, s.Enough = drafts[1], drafts[2]
	for _, d := range drafts {
		t.Draft = d
		text, err := t.fill(draftTemplate)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", d.File, err)
		}
		if err := os.WriteFile(filepath.Join(dir, d.File), text, 0o644); err != nil {
			return nil, err
		}
	}
	return s, s.read()
}

// draftTemplate is written once for each draft.
const draftTemplate = "certificate.yaml.tmpl"

// write fills one template in.
func (s *Story) write(t *teller, path string) error {
	text, err := t.fill(path)
	if err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	name := filepath.Join(s.Dir, filepath.FromSlash(strings.TrimSuffix(path, ".tmpl")))
	switch filepath.Ext(name) {
	case ".csv":
		if text, err = asExcel(text); err != nil {
			return fmt.Errorf("%s: %w", path, err)
		}
	case ".json":
		id, err := eventID(text)
		if err != nil {
			return fmt.Errorf("%s: %w", path, err)
		}
		text = bytes.Replace(text, []byte(unknownID), []byte(id), 1)
		s.Events, s.EventIDs = append(s.Events, name), append(s.EventIDs, id)
	}
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		return err
	}
	return os.WriteFile(name, text, 0o644)
}

// unknownID stands in a document until its event is hashed; eventID is no part
// of what is hashed.
const unknownID = "urn:uuid:00000000-0000-4000-8000-000000000000"

// eventID gives the CBV 2.0 hash of the one event of a document.
func eventID(document []byte) (string, error) {
	doc, err := epcis.Parse(document, epcis.Limits{})
	if err != nil {
		return "", err
	}
	if len(doc.Events) != 1 || doc.Events[0].EventID != unknownID {
		return "", fmt.Errorf("it must tell one event, with {{.EventID}} as its eventID")
	}
	return doc.Events[0].Hash(epcis.CBV20), nil
}

// asExcel saves a table as Excel in Italy does: Windows-1252, lines that end
// with carriage return and line feed.
func asExcel(text []byte) ([]byte, error) {
	return charmap.Windows1252.NewEncoder().Bytes(bytes.ReplaceAll(text, []byte("\n"), []byte("\r\n")))
}

func (t *teller) fill(path string) ([]byte, error) {
	source, err := campofilone.Files.ReadFile(path)
	if err != nil {
		return nil, err
	}
	tmpl, err := template.New(path).Option("missingkey=error").Parse(string(source))
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	err = tmpl.Execute(&out, t)
	return out.Bytes(), err
}

// numbered appends the GS1 check digit.
func numbered(digits string) (string, error) {
	check, err := gs1.CheckDigit(digits)
	return digits + string(check), err
}
