package epcis

import (
	"os"
	"path/filepath"
	"testing"
)

// seed adds the smaller published documents to a fuzz corpus.
func seed(f *testing.F) {
	for _, pattern := range []string{"testdata/event-hash/documents/*", "testdata/openepcis/Capture/*/*.json", "testdata/gs1-epcis/examples/*"} {
		files, err := filepath.Glob(pattern)
		if err != nil {
			f.Fatal(err)
		}
		for _, file := range files {
			if data, err := os.ReadFile(file); err == nil && len(data) < 2500 {
				f.Add(data)
			}
		}
	}
}

func FuzzParse(f *testing.F) {
	seed(f)
	f.Add([]byte(`{"type":"EPCISDocument","epcisBody":{"eventList":[{"type":7}]}}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		doc, err := Parse(data, Limits{})
		if err != nil {
			return
		}
		again, err := Parse(doc.Tree.AppendCanonical(nil), Limits{MaxBytes: 64 << 20})
		if err != nil {
			t.Fatalf("its canonical form is refused: %v", err)
		}
		if len(again.Events) != len(doc.Events) {
			t.Fatalf("%d events became %d", len(doc.Events), len(again.Events))
		}
	})
}

func FuzzPreHash(f *testing.F) {
	seed(f)
	f.Fuzz(func(t *testing.T, data []byte) {
		doc, err := Parse(data, Limits{})
		if err != nil {
			return
		}
		for i := range doc.Events {
			e := &doc.Events[i]
			alone, err := Parse(e.Raw, Limits{MaxBytes: 64 << 20})
			if err != nil {
				t.Fatalf("the raw form of %s is refused: %v\n%s", e.Path, err, e.Raw)
			}
			for _, version := range []Version{CBV20, CBV21} {
				if a, b := e.PreHash(version), alone.Events[0].PreHash(version); a != b {
					t.Fatalf("the raw form hashes differently:\n%s\n%s", a, b)
				}
				if _, _, err := ParseHash(e.Hash(version)); err != nil {
					t.Fatal(err)
				}
			}
		}
	})
}
