package story

import (
	"bytes"
	"crypto/sha256"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/filiera-chain/filiera/batchfile"
	"github.com/filiera-chain/filiera/credential"
	"github.com/filiera-chain/filiera/epcis"
	"github.com/filiera-chain/filiera/epcis/schema"
	"github.com/filiera-chain/filiera/gs1"
	"github.com/filiera-chain/filiera/x/registry"
)

var base = time.Date(2026, 11, 23, 6, 40, 0, 0, time.UTC)

func written(t *testing.T, at time.Time) *Story {
	t.Helper()
	s, err := Write(t.TempDir(), at)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func contents(t *testing.T, dir string) map[string]string {
	t.Helper()
	files := map[string]string{}
	err := filepath.WalkDir(dir, func(path string, entry os.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		data, err := os.ReadFile(path)
		name, _ := filepath.Rel(dir, path)
		files[filepath.ToSlash(name)] = string(data)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

func TestTheSameDayGivesTheSameBytesAndAnotherDayDoesNot(t *testing.T) {
	one, same, next := written(t, base), written(t, base.Add(10*time.Hour)), written(t, base.AddDate(0, 0, 1))
	a, b, c := contents(t, one.Dir), contents(t, same.Dir), contents(t, next.Dir)
	if len(a) != 16 {
		t.Errorf("%d files were written", len(a))
	}
	for name, text := range a {
		if b[name] != text {
			t.Errorf("%s differs within one day", name)
		}
		fixed := strings.HasPrefix(name, "product") || strings.HasPrefix(name, "specification") || name == "participants.yaml"
		if (c[name] == text) != fixed {
			t.Errorf("%s: the same on the next day: %t", name, c[name] == text)
		}
		if strings.Contains(text, "{{") || strings.Contains(text, "<no value>") {
			t.Errorf("%s holds what was not filled in", name)
		}
	}
}

// days are base days of every kind: summer, winter, the days around the change
// of the clocks, the turn of the year, a leap day, and hours at which the day in
// Italy is not that of UTC.
var days = []time.Time{
	base,
	time.Date(2026, 7, 15, 12, 0, 0, 0, time.UTC),
	time.Date(2026, 3, 29, 12, 0, 0, 0, time.UTC),
	time.Date(2026, 4, 1, 0, 30, 0, 0, time.UTC),
	time.Date(2026, 10, 26, 0, 30, 0, 0, time.UTC),
	time.Date(2027, 1, 2, 23, 30, 0, 0, time.UTC),
	time.Date(2028, 3, 3, 22, 59, 0, 0, time.UTC),
	time.Date(2026, 7, 15, 22, 30, 0, 0, time.UTC),
}

func TestEveryDocumentIsEPCISAndSaysItsHash(t *testing.T) {
	for _, at := range days {
		s := written(t, at)
		if len(s.Events) != 6 {
			t.Fatalf("%d events", len(s.Events))
		}
		last := int64(0)
		for i, path := range s.Events {
			data, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if err := schema.Validate(data); err != nil {
				t.Errorf("%s: %v", path, err)
			}
			doc, err := epcis.Parse(data, epcis.Limits{})
			if err != nil {
				t.Fatalf("%s: %v", path, err)
			}
			e := doc.Events[0]
			if e.EventID != e.Hash(epcis.CBV20) || e.EventID != s.EventIDs[i] {
				t.Errorf("%s: eventID %s, story %s, hash %s", path, e.EventID, s.EventIDs[i], e.Hash(epcis.CBV20))
			}
			if e.EventTime <= last || e.EventTime >= at.UnixMilli() || e.EventTime < at.UnixMilli()-6*24*3600*1000 {
				t.Errorf("%s happened at %s, told at %s", path, e.EventTimeText, at)
			}
			last = e.EventTime
			if clock := e.EventTimeText[len(e.EventTimeText)-6:]; clock != e.TimeZoneOffset {
				t.Errorf("%s: time %s, offset %s", path, e.EventTimeText, e.TimeZoneOffset)
			}
			for _, lot := range e.Lots {
				if _, err := gs1.ParseGTIN(lot.GTIN); err != nil || !strings.HasPrefix(lot.GTIN, "0952") {
					t.Errorf("%s names GTIN %s (%v)", path, lot.GTIN, err)
				}
			}
		}
	}
}

func TestItalianTimeFollowsTheClocks(t *testing.T) {
	for _, c := range []struct {
		at   string
		want time.Duration
	}{
		{"2026-03-29T00:59:59Z", winter},
		{"2026-03-29T01:00:00Z", summer},
		{"2026-10-25T00:59:59Z", summer},
		{"2026-10-25T01:00:00Z", winter},
		{"2024-03-31T01:00:00Z", summer},
		{"2024-10-27T01:00:00Z", winter},
	} {
		at, err := time.Parse(time.RFC3339, c.at)
		if err != nil {
			t.Fatal(err)
		}
		if got := italy(at); got != c.want {
			t.Errorf("%s: %s ahead of UTC, want %s", c.at, got, c.want)
		}
	}
}

func TestTheTableReadsBackAsExcelWroteIt(t *testing.T) {
	for _, at := range days {
		s := written(t, at)
		data, err := os.ReadFile(s.BatchesFile)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.HasPrefix(data, []byte("GTIN;Lotto;Quantit\xe0;Unit\xe0;")) || !bytes.Contains(data, []byte("108,25;kg;")) || bytes.Contains(bytes.ReplaceAll(data, []byte("\r\n"), nil), []byte("\n")) {
			t.Errorf("the table is not as Excel in Italy saves it:\n%q", data)
		}
		rows, problems, err := batchfile.ReadAll(bytes.NewReader(data), batchfile.Options{})
		if err != nil || len(problems) > 0 || len(rows) != 4 {
			t.Fatalf("%d rows, %v, %v", len(rows), problems, err)
		}
		if r := rows[0]; r.GTIN != s.GTIN || r.Lot != s.Lot || r.Quantity != "108.25" || r.Unit != "KGM" || r.Place != "109004" {
			t.Errorf("the first row is %+v; the story is of %s lot %s", r, s.GTIN, s.Lot)
		}
		for _, r := range rows {
			if r.Lot == s.AbsentLot {
				t.Errorf("lot %s is said to be absent", r.Lot)
			}
		}
		acts, err := s.RegisterBatches()
		if err != nil || acts[0].GetQuantity().GetAmount() != 108_250 || acts[2].GetQuantity().GetAmount() != 1_024_750 {
			t.Errorf("the acts are %v (%v)", acts, err)
		}
	}
}

func TestTheDraftBecomesACertificate(t *testing.T) {
	s := written(t, base)
	data, err := os.ReadFile(s.DraftFile)
	if err != nil {
		t.Fatal(err)
	}
	draft, err := credential.ParseDraft(data)
	if err != nil {
		t.Fatal(err)
	}
	for i, f := range draft.Files {
		document, err := os.ReadFile(filepath.Join(s.Dir, f.Path))
		if err != nil {
			t.Fatal(err)
		}
		draft.SetFile(i, sha256.Sum256(document), int64(len(document)))
	}
	a, err := draft.Finish("urn:uuid:3b0f2c52-6f2a-4c3e-9d0b-0d6a2f6a7c11", credential.IssuerURN("filiera-demo", "amap-apc"))
	if err != nil {
		t.Fatal(err)
	}
	basis := map[credential.Basis]int{}
	own := len(a.Points) - len(s.Specification.Version.Requirements) // the body's own points come last
	for i, p := range a.Points {
		basis[p.Basis]++
		if i < len(s.Specification.Version.Requirements) && p.ID != s.Specification.Version.Requirements[i].ID {
			t.Errorf("point %d is %s, requirement %d is %s", i, p.ID, i, s.Specification.Version.Requirements[i].ID)
		}
	}
	if own != 4 || basis[credential.Measured] != 8 || basis[credential.Checked] != 8 || basis[credential.Declared] != 2 {
		t.Errorf("%d points for %d requirements: %v", len(a.Points), len(s.Specification.Version.Requirements), basis)
	}
	if b := a.Batches[0]; b.GTIN != s.GTIN || b.Lot != s.Lot || b.Amount != 108_250 || b.Unit != "GRM" {
		t.Errorf("it covers %+v", b)
	}
	if a.ValidFrom > base.Unix() || a.ValidUntil < base.AddDate(0, 11, 0).Unix() {
		t.Errorf("it is valid from %d to %d", a.ValidFrom, a.ValidUntil)
	}
}

func TestInventedNumbersAreValidAndMarked(t *testing.T) {
	s := written(t, base)
	for _, p := range s.Participants {
		if p.VAT != "" {
			if err := registry.CheckVAT(p.VAT); err != nil {
				t.Error(err)
			}
		}
		if p.GLN != "" {
			if _, err := gs1.ParseGLN(p.GLN); err != nil || !strings.HasPrefix(p.GLN, "952") {
				t.Errorf("GLN %s: %v", p.GLN, err)
			}
		}
		if (p.VAT != "" || p.GLN != "") != p.Example || p.Example != strings.Contains(p.Name, "example") {
			t.Errorf("%s has invented numbers and is not marked as an example", p.ID)
		}
	}
	if s.Participant("nobody") != nil || !s.Participant("amap-apc").Is("certifier") || s.Participant("amap-apc").Is("producer") {
		t.Error("participants are not found as written")
	}
	if grants, err := s.Participant("regione-marche").Grants(); err != nil || len(grants) != 0 {
		t.Errorf("the authority role is given by decision, not by %v (%v)", grants, err)
	}
}

func TestBadDirectoriesAreSaid(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Write(filepath.Join(file, "under"), base); err == nil {
		t.Error("a directory under a file was accepted")
	}
}
