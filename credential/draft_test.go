package credential

import (
	"os"
	"reflect"
	"strings"
	"testing"
)

const testID = "urn:uuid:0b9f6a4e-3c1d-4e7a-9b52-7f1d3c5a8e21"

func readDraft(t *testing.T, file string) *Draft {
	t.Helper()
	data, err := os.ReadFile("testdata/" + file)
	if err != nil {
		t.Fatal(err)
	}
	d, err := ParseDraft(data)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestDraftInItalian(t *testing.T) {
	d := readDraft(t, "bozza.yaml")
	if want := []DraftFile{{Path: "prove/Rapporto n. 42.pdf", Evidence: 0, Line: 18}}; !reflect.DeepEqual(d.Files, want) {
		t.Fatalf("files %+v", d.Files)
	}
	if _, err := d.Finish(testID, testIssuer); err == nil || !strings.Contains(err.Error(), "evidence[0].sha256") {
		t.Errorf("finished before the file was hashed: %v", err)
	}
	d.SetFile(0, [32]byte{0xcd}, 12)
	a, err := d.Finish(testID, testIssuer)
	if err != nil {
		t.Fatal(err)
	}
	hash := "cd" + strings.Repeat("00", 31)
	want := &Attestation{
		ID: testID, Issuer: testIssuer, ValidFrom: 1795392000, ValidUntil: 1826927999,
		SpecID: "maccheroncini-di-campofilone-igp", SpecVersion: 1,
		Batches: []CoveredBatch{
			{GTIN: "08012345678907", Lot: "1E5", Amount: 120500, Unit: "GRM"},
			{GTIN: "08012345678907", Lot: "L26/11-B", Amount: 480, Unit: "H87"},
		},
		Evidence: []Evidence{
			{SHA256: hash, Size: 12, MediaType: "application/pdf", Name: "Rapporto n. 42.pdf"},
			{SHA256: strings.Repeat("ab", 32), Size: 48211, MediaType: "application/pdf", Name: "verbale.pdf"},
		},
		Points: []Point{
			{ID: "zona", Clause: "art. 3", Requirement: "Prodotto nel comune di Campofilone", Basis: Checked, Result: Pass, Document: strings.Repeat("ab", 32)},
			{
				ID: "proteine", Clause: "art. 2", Requirement: "Proteine almeno 12,50 % sulla sostanza secca", Basis: Measured, Result: Pass,
				Value: "13.10", Unit: "% s.s.", Method: "N × 5,70", Document: hash,
			},
			{ID: "uova", Clause: "art. 5", Requirement: "Da 7 a 10 uova per kg di sfarinato", Basis: Declared, Result: NotApplicable},
		},
	}
	if !reflect.DeepEqual(a, want) {
		t.Errorf("\n got %+v\nwant %+v", a, want)
	}
	if _, err := Sign(a, testKid, testKey(t, "one"), testIAT); err != nil {
		t.Error(err)
	}
	if _, err := d.Finish(testID, "urn:filiera:filiera-test:other"); err == nil || !strings.Contains(err.Error(), "the key belongs to") {
		t.Errorf("another issuer: %v", err)
	}
}

func TestDraftInJSON(t *testing.T) {
	a, err := readDraft(t, "draft.json").Finish(testID, testIssuer)
	if err != nil {
		t.Fatal(err)
	}
	if a.ValidFrom != 1795420800 || !reflect.DeepEqual(a.Batches, []CoveredBatch{{"08012345678907", "A", 3, "KGM"}}) {
		t.Errorf("%+v", a)
	}
}

func TestDraftComplaints(t *testing.T) {
	data, err := os.ReadFile("testdata/bozza.yaml")
	if err != nil {
		t.Fatal(err)
	}
	good := string(data)
	for _, c := range []struct{ from, to, want string }{
		{"valido_dal: 2026-11-23\n", "", "line 2: valid_from is missing"},
		{"2026-11-23", "23/11/2026", `line 3: valid_from is "23/11/2026"`},
		{"2027-11-22", "2025-11-22", "line 4: valid_until must come after"},
		{"versione: 1", "versione: uno", `line 7: specification.version is "uno"`},
		{"gtin: 8012345678907", "gtin: 8012345678901", "line 9: batches[0].gtin:"},
		{"lotto: 1E5", "lotto: lotto 5", "line 10: batches[0].lot:"},
		{"lotto: 1E5", "lotto: L26/11-B", "batches[1] repeats batches[0]"},
		{"quantità: 120,5", "quantità: 1.234", "line 11: batches[0].quantity:"},
		{"quantità: 480", "quantità: 480,5", "line 15: batches[1].quantity:"},
		{"quantità: 480", "quantità: 0", "line 15: batches[1].quantity is 0 H87"},
		{"quantità: 480", "quantità: -1", "line 15: batches[1].quantity:"},
		{"unità: pz", "unità: boh", "line 15: batches[1].quantity:"},
		{"base: verificato", "base: visto", `line 27: points[0].basis is "visto"`},
		{"esito: conforme", "esito: ok", `line 28: points[0].result is "ok"`},
		{"esito: conforme", "esito: ok\n    result: pass", `appears twice`},
		{"documento: verbale.pdf", "documento: altro.pdf", `line 29: points[0].document is "altro.pdf"`},
		{"articolo: art. 3\n", "note: x\n", `line 25: points[0] has the unknown field "note"`},
		{"    valore: 13.10\n", "", "line 30: points[1].value is missing"},
		{"id: uova", "id: zona", "as points[0]"},
		{"tipo: application/pdf", "tipo: pdf", "evidence[1].mediaType"},
		{"dimensione: 48211", "dimensione: 4e4", `line 20: evidence[1].size is "4e4"`},
		{"file: prove", "size: 4\n    file: prove", "give the file alone"},
		{"lotti:", "lotti: &x", ""},
		{"lotti:\n", "lotti: 5\nx:\n", "batches is a number"},
		{"id: zona", "id: *x", "unknown anchor"},
		{"valido_dal", "\tvalido_dal", "not readable"},
		{"id: zona", "id: !!binary aaaa", "tag !!binary"},
		{"id: zona", "id: [[[[[[[[[[]]]]]]]]]]", "nested deeper"},
		{"id: zona", "id: {a: b}", "points[0].id is an object"},
		{"id: zona", "id: \xff", "UTF-8"},
		{"id: zona", "? [a]\n    : b\n    id: zona", "field name must be plain"},
		{"# Certificato", "a: b\n---\n#", "more than one YAML document"},
	} {
		if !strings.Contains(good, c.from) {
			t.Fatalf("%q is not in the draft", c.from)
		}
		_, err := ParseDraft([]byte(strings.Replace(good, c.from, c.to, 1)))
		if c.want == "" {
			if err != nil {
				t.Errorf("%q: %v", c.to, err)
			}
			continue
		}
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%q:\n got %v\nwant %s", c.to, err, c.want)
		}
	}
	aliased := strings.Replace(strings.Replace(good, "id: zona", "id: &z zona", 1), "id: uova", "id: *z", 1)
	if _, err := ParseDraft([]byte(aliased)); err == nil || !strings.Contains(err.Error(), "aliases are not read") {
		t.Errorf("alias: %v", err)
	}
	for _, empty := range []string{"", "# only a comment\n", "text", "[]", "{}", "{", strings.Repeat(" ", MaxDraft+1)} {
		if _, err := ParseDraft([]byte(empty)); err == nil {
			t.Errorf("%.20q was accepted", empty)
		}
	}
}

func TestDraftReportsEverything(t *testing.T) {
	_, err := ParseDraft([]byte("valid_from: x\nbatches: [{gtin: 1}]\npoints: [{id: a}]\n"))
	if err == nil || strings.Count(err.Error(), "\n") < 8 {
		t.Errorf("%v", err)
	}
}

func FuzzParseDraft(f *testing.F) {
	for _, file := range []string{"testdata/bozza.yaml", "testdata/draft.json"} {
		data, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	f.Add([]byte("a: &a [*a]"))
	f.Fuzz(func(t *testing.T, data []byte) {
		d, err := ParseDraft(data)
		if err != nil {
			return
		}
		for i := range d.Files {
			d.SetFile(i, [32]byte{byte(i + 1)}, int64(i))
		}
		issuer := d.Attestation.Issuer
		if issuer == "" {
			issuer = testIssuer
		}
		if a, err := d.Finish(testID, issuer); err == nil {
			if _, err := a.payload(0); err != nil {
				t.Fatal(err)
			}
		}
	})
}
