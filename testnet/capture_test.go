package testnet_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// manyEvents writes a document of n events, each of a lot of its own.
func manyEvents(t *testing.T, path string, n int) {
	t.Helper()
	var b bytes.Buffer
	b.WriteString(`{"@context":"https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld","type":"EPCISDocument","schemaVersion":"2.0",` +
		`"creationDate":"2026-01-01T00:00:00Z","epcisBody":{"eventList":[`)
	for i := range n {
		if i > 0 {
			b.WriteByte(',')
		}
		fmt.Fprintf(&b, `{"type":"ObjectEvent","action":"OBSERVE","eventTime":"2026-01-01T00:00:00Z","eventTimeZoneOffset":"+00:00","bizStep":"shipping",`+
			`"quantityList":[{"epcClass":"urn:epc:class:lgtin:4012345.012345.L%06d","quantity":1,"uom":"KGM"}]}`, i)
	}
	b.WriteString(`]}}`)
	check(t, os.WriteFile(path, b.Bytes(), 0o644))
}

// capturing starts the capture of a document.
func (o *office) capturing(file, receipts string) *exec.Cmd {
	return exec.Command(program, "trace", "capture", file, "--from", "office", "--password-file", o.pwd,
		"--receipts", receipts, "--output", "json", "--home", o.home, "--node", o.ledger.Gateway)
}

// outcomes counts what became of the events of a document.
func outcomes(t *testing.T, receipts string) map[string]int {
	t.Helper()
	data, err := os.ReadFile(receipts)
	check(t, err)
	var r struct {
		Files []struct {
			Events []struct {
				Index   int
				ID      string
				Outcome string
			}
		}
	}
	check(t, json.Unmarshal(data, &r))
	counts, ids := map[string]int{}, map[string]bool{}
	for i, e := range r.Files[0].Events {
		if e.Index != i || ids[e.ID] {
			t.Fatalf("receipt %d is of event %d with id %q, which must be new", i, e.Index, e.ID)
		}
		ids[e.ID] = true
		counts[e.Outcome]++
	}
	return counts
}

// A capture that is killed between its transactions goes on where it stopped:
// every event is on the ledger once, and has a receipt.
func TestAKilledCaptureGoesOn(t *testing.T) {
	const events = 12_000
	l := startLedger(t, 1)
	o := newOffice(t, l)
	file, receipts := filepath.Join(o.dir, "many.json"), filepath.Join(o.dir, "receipts.json")
	manyEvents(t, file, events)

	killed := o.capturing(file, receipts)
	check(t, killed.Start())
	done := 0
	for deadline := time.Now().Add(time.Minute); done < 3 && time.Now().Before(deadline); {
		logs, err := filepath.Glob(filepath.Join(o.home, "captures", "*.jsonl"))
		check(t, err)
		for _, path := range logs {
			text, err := os.ReadFile(path)
			check(t, err)
			done = strings.Count(string(text), `"events":`)
		}
	}
	check(t, killed.Process.Kill())
	if err := killed.Wait(); err == nil {
		t.Fatal("the capture was through before it could be killed: the test proves nothing")
	}
	if done < 3 {
		t.Fatalf("only %d transactions were dealt with in a minute", done)
	}

	again := o.capturing(file, receipts)
	var said bytes.Buffer
	again.Stderr = &said
	if err := again.Run(); err != nil {
		t.Fatalf("the second run: %v\n%s", err, said.Bytes())
	}
	if !strings.Contains(said.String(), "going on") {
		t.Errorf("the second run does not say that it goes on:\n%s", said.Bytes())
	}
	got := outcomes(t, receipts)
	// The one transaction whose answer was lost is asked for: each is accepted once.
	if got["accepted"] != events {
		t.Errorf("after both runs: %v of %d events", got, events)
	}
	check(t, o.capturing(file, receipts).Run())
	if got := outcomes(t, receipts); got["duplicate"] != events {
		t.Errorf("a third run: %v, want all %d there already", got, events)
	}
	check(t, l.Stop())
}
