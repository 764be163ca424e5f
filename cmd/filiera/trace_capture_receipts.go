package main

import (
	"bytes"
	"encoding/csv"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/filiera-chain/filiera/client"
	"github.com/filiera-chain/filiera/epcis"
	"github.com/filiera-chain/filiera/epcis/split"
)

// fileReceipt is what became of one document.
type fileReceipt struct {
	File string `json:"file"`
	// State is captured, refused, invalid, valid, sent, interrupted.
	State string `json:"state"`
	// Hash and Height are of its first transaction.
	Hash   string `json:"hash,omitempty"`
	Height int64  `json:"height,omitempty"`
	Code   string `json:"code,omitempty"`
	Reason string `json:"message,omitempty"`
	// Total counts its events, Pieces the transactions that they need.
	Total  int            `json:"total"`
	Pieces int            `json:"pieces"`
	Events []eventReceipt `json:"events,omitempty"`
}

// eventReceipt is what became of one event.
type eventReceipt struct {
	Index int `json:"index"` // in the document, from 0
	// ID is the SHA-256 of the event's CBV 2.0 pre-hash text, hexadecimal.
	ID      string `json:"id,omitempty"`
	EventID string `json:"event_id,omitempty"`
	// Outcome is accepted, duplicate, correction, refused, not_sent, or unknown:
	// it was sent, and the answer did not come.
	Outcome client.Word `json:"outcome"`
	Code    string      `json:"code,omitempty"`
	Reason  string      `json:"message,omitempty"`
	Tx      string      `json:"tx,omitempty"`
	Height  int64       `json:"height,omitempty"`
}

const (
	outcomeRefused client.Word = "refused"
	outcomeNotSent client.Word = "not_sent"
	outcomeUnknown client.Word = "unknown"
)

func (r *fileReceipt) invalid(err error) {
	r.State, r.Code, r.Reason = "invalid", "trace.invalid_document", err.Error()
}

func (r *fileReceipt) took(hash string, height int64) {
	if r.Hash == "" {
		r.Hash, r.Height = hash, height
	}
}

func (r *eventReceipt) refuse(code, message string) {
	r.Outcome, r.Code, r.Reason = outcomeRefused, code, message
}

func (r *eventReceipt) describe(event *epcis.Event) {
	if sum, _, err := epcis.ParseHash(event.Hash(epcis.CBV20)); err == nil {
		r.ID = hex.EncodeToString(sum[:])
	}
	r.EventID = event.EventID
}

// fill writes the ledger's answers into the receipts that have no outcome yet.
func fill(receipts []eventReceipt, result *client.TxResult) error {
	var said []struct {
		ID      string      `json:"id"`
		Outcome client.Word `json:"outcome"`
		Refusal string      `json:"refusal"`
		Message string      `json:"message"`
	}
	for _, raw := range result.Results {
		var answer struct {
			Receipts json.RawMessage `json:"receipts"`
		}
		if err := json.Unmarshal(raw, &answer); err != nil {
			return err
		}
		if len(answer.Receipts) == 0 {
			continue
		}
		if err := json.Unmarshal(answer.Receipts, &said); err != nil {
			return err
		}
	}
	next := 0
	for i := range receipts {
		r := &receipts[i]
		if r.Outcome != "" {
			continue
		}
		if next == len(said) {
			return fmt.Errorf("the ledger answered for %d events and more were sent", next)
		}
		r.Outcome, r.Tx, r.Height = said[next].Outcome, result.Hash, int64(result.Height)
		if r.Outcome == outcomeRefused {
			r.Code, r.Reason = said[next].Refusal, shiftText(said[next].Message, r.Index-next)
		}
		if said[next].ID != "" {
			r.ID = said[next].ID
		}
		next++
	}
	return nil
}

// keepEvents writes a document with the events that keep wants, by their index,
// as they are written.
func keepEvents(document []byte, limits split.Limits, keep func(i int) bool) ([]byte, error) {
	doc, err := split.Read(bytes.NewReader(document), limits)
	if err != nil {
		return nil, err
	}
	return doc.Only(bytes.NewReader(document), keep)
}

func checkReceiptsPath(path string) error {
	switch strings.ToLower(filepath.Ext(path)) {
	case "", ".csv", ".json":
		if path == "" || filepath.Ext(path) != "" {
			return nil
		}
	}
	return usage("--receipts is %s; end the name with .csv or .json", path)
}

// finishCapture prints the receipts, writes them where --receipts says, and
// ends with refusal when anything was refused.
func (e *env) finishCapture(inputs []*captureInput) error {
	receipts := make([]*fileReceipt, len(inputs))
	counts := map[client.Word]int{}
	for i, in := range inputs {
		r := in.receipt
		if r.State == "refused" || r.State == "interrupted" {
			for n := len(r.Events); n < r.Total; n++ {
				r.Events = append(r.Events, eventReceipt{Index: n, Outcome: outcomeNotSent})
			}
		}
		if e.v.GetBool("dry-run") && !in.tried {
			r.Events = in.faultReceipts()
		}
		for _, ev := range r.Events {
			counts[ev.Outcome]++
		}
		receipts[i] = r
	}
	written := writeReceipts(e.v.GetString("receipts"), receipts)
	err := e.print(map[string]any{"files": receipts}, func(t *table) { e.drawReceipts(t, receipts) })
	e.sayCounts(counts)
	refused := counts[outcomeRefused] > 0
	for _, r := range receipts {
		if r.Code != "" {
			refused = true
			fmt.Fprintf(e.err, "%s: %s: %s\n", r.File, r.Code, clean(r.Reason))
		}
	}
	if err == nil {
		err = written
	}
	if err == nil && refused {
		return errReported
	}
	return err
}

// faultReceipts are of the events that would not be sent.
func (in *captureInput) faultReceipts() (out []eventReceipt) {
	for i := range in.receipt.Total {
		if fault := in.faults[i]; fault != nil {
			r := eventReceipt{Index: i}
			r.refuse("trace.invalid_document", fault.Error())
			out = append(out, r)
		}
	}
	return out
}

// mostShown is how many events a table shows one by one; of more, only those
// that want somebody's attention.
const mostShown = 50

func (e *env) drawReceipts(t *table, receipts []*fileReceipt) {
	total := 0
	for _, r := range receipts {
		total += len(r.Events)
	}
	for _, r := range receipts {
		detail := r.Hash
		if r.Code != "" {
			detail = r.Code + ": " + r.Reason
		}
		t.row(r.File, e.t("capture."+r.State), detail)
		for _, ev := range r.Events {
			if total > mostShown && ev.Outcome != outcomeRefused && ev.Outcome != outcomeUnknown {
				continue
			}
			id := ev.ID
			if id == "" {
				id = ev.EventID
			}
			cells := []any{fmt.Sprintf("  %d", ev.Index), id, e.t("outcome." + string(ev.Outcome))}
			if ev.Code != "" {
				cells = append(cells, ev.Code+": "+ev.Reason)
			}
			t.row(cells...)
		}
	}
}

func (e *env) sayCounts(counts map[client.Word]int) {
	for _, outcome := range [...]client.Word{"accepted", "duplicate", "correction", outcomeRefused, outcomeUnknown, outcomeNotSent} {
		if n := counts[outcome]; n > 0 {
			fmt.Fprintf(e.err, "%s: %d\n", e.t("outcome."+string(outcome)), n)
		}
	}
}

// writeReceipts writes a receipt per event as CSV, or the whole as JSON.
func writeReceipts(path string, receipts []*fileReceipt) error {
	if path == "" {
		return nil
	}
	var out bytes.Buffer
	if strings.EqualFold(filepath.Ext(path), ".json") {
		enc := json.NewEncoder(&out)
		enc.SetIndent("", "  ")
		if err := enc.Encode(map[string]any{"files": receipts}); err != nil {
			return err
		}
		return os.WriteFile(path, out.Bytes(), 0o644)
	}
	w := csv.NewWriter(&out)
	_ = w.Write([]string{"file", "index", "id", "event_id", "outcome", "code", "message", "height", "tx"}) // into memory
	for _, r := range receipts {
		if len(r.Events) == 0 {
			_ = w.Write([]string{cell(r.File), "", "", "", r.State, r.Code, cell(r.Reason), "", r.Hash})
		}
		for _, ev := range r.Events {
			_ = w.Write([]string{cell(r.File), strconv.Itoa(ev.Index), ev.ID, cell(ev.EventID), string(ev.Outcome), ev.Code, cell(ev.Reason), heightCell(ev.Height), ev.Tx})
		}
	}
	w.Flush()
	return os.WriteFile(path, out.Bytes(), 0o644)
}

// heightCell is empty for what is in no block.
func heightCell(h int64) string {
	if h == 0 {
		return ""
	}
	return strconv.FormatInt(h, 10)
}

// cell keeps what others wrote from being taken for a formula by a spreadsheet.
func cell(s string) string {
	if s = clean(s); s != "" && strings.ContainsRune("=+-@", rune(s[0])) {
		return "'" + s
	}
	return s
}
