package node_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"sort"
	"strings"
	"testing"

	"github.com/piprate/json-gold/ld"

	"github.com/filiera-chain/filiera/epcis"
	"github.com/filiera-chain/filiera/epcis/schema"
)

// offline gives JSON-LD contexts from disk, and nothing from the network.
type offline struct{ standard any }

func newOffline(t *testing.T) offline {
	t.Helper()
	f, err := os.Open("testdata/gs1-epcis-context/epcis-context.jsonld")
	check(t, err)
	defer f.Close()
	doc, err := ld.DocumentFromReader(f)
	check(t, err)
	return offline{doc}
}

func (o offline) LoadDocument(u string) (*ld.RemoteDocument, error) {
	if strings.HasSuffix(u, "/epcis-context.jsonld") {
		return &ld.RemoteDocument{DocumentURL: u, Document: o.standard}, nil
	}
	return nil, ld.NewJsonLdError(ld.LoadingDocumentFailed, u+" is not on disk")
}

// expand gives the meaning of an event: JSON-LD in its expanded form.
func (o offline) expand(event map[string]any) (string, error) {
	b, err := json.Marshal(event)
	if err != nil {
		return "", err
	}
	doc, err := ld.DocumentFromReader(bytes.NewReader(b))
	if err != nil {
		return "", err
	}
	options := ld.NewJsonLdOptions("")
	options.DocumentLoader = o
	expanded, err := ld.NewJsonLdProcessor().Expand(doc, options)
	if err != nil {
		return "", err
	}
	b, err = json.Marshal(expanded)
	return string(b), err
}

// exact reads JSON with its numbers as they are written.
func exact(t *testing.T, raw []byte, into any) {
	t.Helper()
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.UseNumber()
	check(t, dec.Decode(into))
}

// example is an event of a document of somebody else.
type example struct {
	id    string // its hash
	event map[string]any
	// context of its document.
	context any
}

// examplesOf gives the events of a document as they stand in it.
func examplesOf(t *testing.T, raw []byte) []example {
	t.Helper()
	doc, err := epcis.Parse(raw, epcis.Limits{})
	check(t, err)
	out := make([]example, len(doc.Events))
	var context any
	if c := doc.Tree.Get("@context"); c != nil {
		exact(t, c.AppendCanonical(nil), &context)
	}
	for i := range doc.Events {
		out[i] = example{id: doc.Events[i].Hash(epcis.CBV20), context: context}
		exact(t, doc.Events[i].Tree().AppendCanonical(nil), &out[i].event)
	}
	return out
}

// alone is an event that carries all contexts that it stands under, without what
// the ledger sets.
func alone(event map[string]any, context any, withID bool) map[string]any {
	out := map[string]any{}
	for k, v := range event {
		out[k] = v
	}
	delete(out, "recordTime")
	if !withID {
		delete(out, "eventID")
	}
	contexts := []any{}
	for _, c := range []any{context, event["@context"]} {
		switch c := c.(type) {
		case nil:
		case []any:
			contexts = append(contexts, c...)
		default:
			contexts = append(contexts, c)
		}
	}
	out["@context"] = contexts
	return out
}

// content is an event without contexts and without what the ledger sets.
func content(event map[string]any, withID bool) string {
	out := alone(event, nil, withID)
	delete(out, "@context")
	b, _ := json.Marshal(out)
	return string(b)
}

// TestStandardEPCISByREST captures every valid document of GS1's and OpenEPCIS's
// examples through the REST interface, asks for each event by its hash, and holds
// what comes back against what was sent: member by member, and as JSON-LD.
func TestStandardEPCISByREST(t *testing.T) {
	// A participant's own eventID stands for one event: several are needed to
	// tell examples that use one eventID for different events.
	s := newStation(t, "producer-1", "producer-2", "producer-3", "producer-4", "producer-5", "producer-6")
	loader := newOffline(t)
	var paths []string
	check(t, filepath.WalkDir("../epcis/testdata", func(path string, d os.DirEntry, err error) error {
		if err == nil && !d.IsDir() && strings.HasPrefix(filepath.Ext(path), ".json") && !strings.Contains(path, "/jcs/") {
			paths = append(paths, path)
		}
		return err
	}))
	sort.Strings(paths)
	var documents, refused, events, expanded, plainOnly, known int
	reasons := map[string]int{}
	seen := map[string]bool{}
	for _, path := range paths {
		raw, err := os.ReadFile(path)
		check(t, err)
		if schema.Validate(raw) != nil {
			continue // not valid, or no EPCIS document
		}
		documents++
		r, job := s.captureAs(raw)
		if r.status != http.StatusAccepted {
			refused++
			reasons[fmt.Sprintf("%d at the door", r.status)]++
			// The standard's text asks for more than its schema, such as a parentID.
			if r.status != http.StatusBadRequest {
				t.Errorf("%s: %d %s", path, r.status, r.body)
			}
			t.Logf("%s: %s", path, r.body)
			continue
		}
		if !job.Success {
			refused++
			reasons[job.Errors[0].Code]++
			t.Logf("%s: %s: %s", path, job.Errors[0].Code, job.Errors[0].Detail)
			continue
		}
		for _, want := range examplesOf(t, raw) {
			declares := want.event["errorDeclaration"] != nil
			key := fmt.Sprint(want.id, declares, want.event["errorDeclaration"])
			if seen[key] {
				known++ // as an earlier document told it
				continue
			}
			seen[key] = true
			got, context := s.eventByHash(t, want.id, want.event)
			if got == nil {
				t.Errorf("%s: %s is not found", path, want.id)
				continue
			}
			events++
			_, withID := want.event["eventID"]
			if a, b := content(want.event, withID), content(got, withID); a != b {
				t.Errorf("%s came back otherwise:\nsent %s\ngot  %s", path, a, b)
			}
			a, err := loader.expand(alone(want.event, want.context, withID))
			if err != nil {
				plainOnly++ // the library cannot expand it: the members were compared above
				continue
			}
			b, err := loader.expand(alone(got, context, withID))
			if err != nil || a != b {
				t.Errorf("%s means something else (%v):\nsent %s\ngot  %s", path, err, a, b)
			}
			expanded++
		}
	}
	if events < 85 || expanded < 80 {
		t.Errorf("only %d events of %d documents came back, %d of them as JSON-LD", events, documents, expanded)
	}
	t.Logf("refused: %v; events: %d came back, %d equal as JSON-LD, %d of contexts that the library cannot expand equal member by member, %d were told by an earlier document",
		reasons, events, expanded, plainOnly, known)
	t.Logf("standard: EPCIS by REST: %d cases, %d accepted, %d refused", documents, documents-refused, refused)
}

// captureAs captures a document as the first participant whose eventIDs allow it.
func (s *station) captureAs(raw []byte) (r reply, job jobState) {
	s.t.Helper()
	for _, name := range s.names {
		s.token = s.tokens[name]
		if r = s.with("POST", "/epcis/capture", raw); r.status != http.StatusAccepted {
			return r, job
		}
		if job = s.ended(r.header.Get("Location")); job.Success || job.Errors[0].Code != "trace.event_id_taken" {
			return r, job
		}
	}
	return r, job
}

// eventByHash asks for an event; where the ledger has a declaration of error
// beside it, for the one of the two that is meant.
func (s *station) eventByHash(t *testing.T, hash string, want map[string]any) (map[string]any, any) {
	t.Helper()
	r := s.do("GET", "/epcis/events/"+url.PathEscape(hash), nil)
	if r.status != http.StatusOK {
		t.Fatalf("%s: %d %s", hash, r.status, r.body)
	}
	if err := schema.Validate(r.body); err != nil {
		t.Errorf("%s: the answer is not valid: %v", hash, err)
	}
	var doc struct {
		Context any `json:"@context"`
		Body    struct {
			Results struct {
				Body struct {
					Events []map[string]any `json:"eventList"`
				} `json:"resultsBody"`
			} `json:"queryResults"`
		} `json:"epcisBody"`
	}
	tree, err := epcis.ParseJSON(r.body, epcis.Limits{})
	check(t, err)
	exact(t, tree.AppendCanonical(nil), &doc) // 26.0 is 26
	for _, e := range doc.Body.Results.Body.Events {
		a, _ := json.Marshal(e["errorDeclaration"])
		b, _ := json.Marshal(want["errorDeclaration"])
		if string(a) == string(b) {
			return e, doc.Context
		}
	}
	return nil, nil
}
