package trace_test

import (
	"encoding/json"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	tracev1 "github.com/filiera-chain/filiera/api/trace/v1"
	"github.com/filiera-chain/filiera/module"
	"github.com/filiera-chain/filiera/x/trace"
)

const cases = "../../epcis/testdata/"

// files lists the documents under a folder.
func files(t *testing.T, folder string) (list []string) {
	t.Helper()
	must(t, filepath.WalkDir(cases+folder, func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() && strings.HasPrefix(filepath.Ext(path), ".json") && filepath.Base(path) != "expected.json" && filepath.Base(path) != "expected-verdicts.json" {
			list = append(list, path)
		}
		return err
	}))
	if len(list) == 0 {
		t.Fatalf("no documents in %s", folder)
	}
	return list
}

// capturesOrRefuses carries a document out, twice: once taken, all of it is
// known; refused, nothing of it is.
func capturesOrRefuses(t *testing.T, path string, valid bool) {
	t.Helper()
	data, err := os.ReadFile(path)
	must(t, err)
	w := newWorld(t)
	before, said := len(w.Branch.Changes()), len(w.Said)
	m := &tracev1.MsgCapture{Document: data}
	if _, err := w.Try(by("maker"), m); (err == nil) != valid {
		t.Errorf("%s: %s %v", path, module.AsError(err).ID(), err)
		return
	}
	if !valid {
		if len(w.Branch.Changes()) != before || len(w.Said) != said {
			t.Errorf("%s: refused, and it left a trace", path)
		}
		return
	}
	if got := outcomes(w.Do(by("maker"), m).(*tracev1.CaptureResult)); strings.Trim(strings.ReplaceAll(got, "duplicate", ""), " ") != "" {
		t.Errorf("%s, a second time: %s", path, got)
	}
}

// twice is the one example of GS1 that no reader could tell the meaning of: it
// gives an event two eventIDs.
const twice = "AssociationEvent-h.jsonld"

func TestStandardGS1ExamplesAreCaptured(t *testing.T) {
	n, refused := 0, 0
	for _, path := range files(t, "gs1-epcis/examples") {
		n++
		if filepath.Base(path) == twice {
			refused++
			data, err := os.ReadFile(path)
			must(t, err)
			newWorld(t).refuses(trace.ErrDocument, "maker", data, `"eventID" is given twice`)
			continue
		}
		capturesOrRefuses(t, path, true)
	}
	t.Logf("standard: gs1-epcis examples in consensus: %d cases, %d accepted, %d refused (%s has a member twice)", n, n-refused, refused, twice)
}

func TestStandardOpenEPCISVerdictsHoldInConsensus(t *testing.T) {
	var verdicts struct {
		Cases []struct{ File, Schema, Expect string }
	}
	data, err := os.ReadFile(cases + "openepcis/expected-verdicts.json")
	must(t, err)
	must(t, json.Unmarshal(data, &verdicts))
	n, accepted := 0, 0
	for _, c := range verdicts.Cases {
		if c.Schema != "epcis" {
			continue // the body of a named query is no document to capture
		}
		n++
		valid := c.Expect == "VALID"
		if valid {
			accepted++
		}
		capturesOrRefuses(t, cases+"openepcis/"+c.File, valid)
	}
	t.Logf("standard: openepcis-test-resources in consensus: %d cases, %d accepted, %d refused", n, accepted, n-accepted)
}

func TestStandardFoodChainIsCaptured(t *testing.T) {
	clean, original := files(t, "fsma204/clean"), files(t, "fsma204/original")
	for _, path := range clean {
		capturesOrRefuses(t, path, true)
	}
	for _, path := range original {
		capturesOrRefuses(t, path, false)
	}
	t.Logf("standard: food-chain-fsma204 in consensus: %d cases, %d accepted, %d refused", len(clean)+len(original), len(clean), len(original))
}
