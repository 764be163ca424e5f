package main

import (
	"encoding/json"
	"fmt"
	"net/url"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	tracev1 "github.com/filiera-chain/filiera/api/trace/v1"
	"github.com/filiera-chain/filiera/client"
	"github.com/filiera-chain/filiera/envelope"
	"github.com/filiera-chain/filiera/epcis/schema"
	"github.com/filiera-chain/filiera/gs1"
)

func traceCommand(e *env) *cobra.Command {
	return e.group("trace", "trace.short", traceJourney(e), traceCapture(e), traceQuery(e))
}

// fileReceipt is what became of one captured file.
type fileReceipt struct {
	File   string         `json:"file"`
	State  string         `json:"state"` // captured, refused, invalid, valid, sent
	Hash   string         `json:"hash,omitempty"`
	Height int64          `json:"height,omitempty"`
	Code   string         `json:"code,omitempty"`
	Reason string         `json:"message,omitempty"`
	Events []eventReceipt `json:"events,omitempty"`
}

type eventReceipt struct {
	ID      string      `json:"id"`
	Outcome client.Word `json:"outcome"` // accepted, duplicate
}

func traceCapture(e *env) *cobra.Command {
	return e.changing(e.leaf("capture FILE...", "trace.capture.short",
		"filiera trace capture events/01-farina.json events/02-produzione.json --from pastificio --password-file password.txt",
		cobra.MinimumNArgs(1), e.runCapture))
}

// runCapture holds every file against the standard before it sends any, one
// transaction per file, in order.
func (e *env) runCapture(cmd *cobra.Command, args []string) error {
	documents := make([][]byte, len(args))
	receipts := make([]*fileReceipt, len(args))
	invalid := false
	for i, path := range args {
		data, err := e.readInput(path, envelope.HardLimit)
		if err != nil {
			return err
		}
		documents[i], receipts[i] = data, &fileReceipt{File: path, State: "valid"}
		if err := schema.Validate(data); err != nil {
			invalid = true
			receipts[i].State, receipts[i].Code, receipts[i].Reason = "invalid", "trace.invalid_document", err.Error()
		}
	}
	if invalid {
		return e.printReceipts(receipts)
	}
	if e.v.GetBool("generate-only") {
		if len(args) != 1 {
			return usage("%s", e.t("one.file.only"))
		}
		return e.carry(cmd.Context(), &tracev1.MsgCapture{Document: documents[0]})
	}
	if e.v.GetBool("dry-run") {
		return e.printReceipts(receipts)
	}
	if err := e.captureAll(cmd, documents, receipts); err != nil {
		return err
	}
	return e.printReceipts(receipts)
}

func (e *env) captureAll(cmd *cobra.Command, documents [][]byte, receipts []*fileReceipt) error {
	builder, err := e.builder(cmd.Context())
	if err != nil {
		return err
	}
	key, _, err := e.unlock("")
	if err != nil {
		return err
	}
	for i, document := range documents {
		raw, err := builder.Sign(key, &tracev1.MsgCapture{Document: document})
		if err != nil {
			return err
		}
		result, err := e.send(cmd.Context(), raw)
		if err := receipts[i].record(result, err); err != nil {
			return err
		}
	}
	return nil
}

// record writes the fate of a file, or gives err back when it is no refusal.
func (r *fileReceipt) record(result *client.TxResult, err error) error {
	if p, ok := err.(*client.Problem); ok && !p.NodeFault() { //nolint:errorlint // the client gives it bare
		r.State, r.Code, r.Reason, r.Hash, r.Height = "refused", p.Code, p.Detail, p.Hash, p.Height
		return nil
	}
	if err != nil {
		return err
	}
	r.State, r.Hash, r.Height = "captured", result.Hash, int64(result.Height)
	if r.Height == 0 {
		r.State = "sent"
	}
	for _, raw := range result.Results {
		var answer struct {
			Receipts []eventReceipt `json:"receipts"`
		}
		if err := json.Unmarshal(raw, &answer); err != nil {
			return fmt.Errorf("the receipts of %s cannot be read: %w", r.File, err)
		}
		r.Events = append(r.Events, answer.Receipts...)
	}
	return nil
}

func (e *env) printReceipts(receipts []*fileReceipt) error {
	refused := false
	err := e.print(map[string]any{"files": receipts}, func(t *table) {
		for _, r := range receipts {
			detail := r.Hash
			if r.Code != "" {
				detail = r.Code + ": " + r.Reason
			}
			t.row(r.File, e.t("capture."+r.State), detail)
			for _, ev := range r.Events {
				t.row("  "+ev.ID, e.t("outcome."+string(ev.Outcome)))
			}
		}
	})
	for _, r := range receipts {
		if r.Code != "" {
			refused = true
			fmt.Fprintf(e.err, "%s: %s: %s\n", r.File, r.Code, r.Reason)
		}
	}
	if err == nil && refused {
		return errReported
	}
	return err
}

func traceQuery(e *env) *cobra.Command {
	cmd := e.leaf("query", "trace.query.short", "filiera trace query --gtin 8012345678907 --lot L26-001 --output json", cobra.NoArgs, e.runQuery)
	f := cmd.Flags()
	f.String("gtin", "", e.t("flag.gtin"))
	f.String("lot", "", e.t("flag.lot"))
	f.String("type", "", e.t("flag.event-type"))
	f.String("biz-step", "", e.t("flag.biz-step"))
	f.String("since", "", e.t("flag.since"))
	f.String("before", "", e.t("flag.before"))
	f.StringArray("param", nil, e.t("flag.param"))
	return e.paged(cmd)
}

// runQuery asks the EPCIS query interface in the standard's own words (EPCIS
// 2.0 section 8.2.7.1).
func (e *env) runQuery(cmd *cobra.Command, _ []string) error {
	query, err := epcisQuery(cmd)
	if err != nil {
		return err
	}
	c, err := e.client()
	if err != nil {
		return err
	}
	document, next, err := c.Events(cmd.Context(), query)
	if err != nil {
		return err
	}
	return e.print(document, func(t *table) {
		t.row(strings.ToUpper(e.t("time")), strings.ToUpper(e.t("type")), strings.ToUpper(e.t("step")), strings.ToUpper(e.t("place")))
		for _, ev := range eventsOf(document) {
			t.row(ev.EventTime, ev.Type, last(ev.BizStep), ev.ReadPoint.ID)
		}
		e.hintNext(next)
	})
}

func epcisQuery(cmd *cobra.Command) (url.Values, error) {
	f := cmd.Flags()
	get := func(name string) string { s, _ := f.GetString(name); return s }
	query := url.Values{}
	for flag, param := range map[string]string{
		"type": "eventType", "biz-step": "EQ_bizStep", "since": "GE_eventTime", "before": "LT_eventTime", "page-token": "nextPageToken",
	} {
		if v := get(flag); v != "" {
			query.Set(param, v)
		}
	}
	if n, _ := f.GetInt("limit"); n > 0 {
		query.Set("perPage", strconv.Itoa(n))
	}
	if g := get("gtin"); g != "" {
		gtin, err := gs1.ParseGTIN(g)
		if err != nil {
			return nil, usageError{err}
		}
		lot := get("lot")
		if lot == "" {
			return nil, usage("--gtin needs --lot too")
		}
		query.Set("MATCH_anyEPCClass", gs1.ClassURI(gtin, lot))
	}
	extra, _ := f.GetStringArray("param")
	for _, p := range extra {
		name, value, ok := strings.Cut(p, "=")
		if !ok {
			return nil, usage("--param is %q; write NAME=VALUE, as EQ_action=OBSERVE", p)
		}
		query.Add(name, value)
	}
	return query, nil
}

// epcisEvent is what a table shows of an event.
type epcisEvent struct {
	Type      string `json:"type"`
	EventTime string `json:"eventTime"`
	BizStep   string `json:"bizStep"`
	ReadPoint struct {
		ID string `json:"id"`
	} `json:"readPoint"`
}

// eventsOf finds the events of an EPCIS query document, or of a plain one.
func eventsOf(document []byte) []epcisEvent {
	var d struct {
		Body struct {
			Query struct {
				Results struct {
					Events []epcisEvent `json:"eventList"`
				} `json:"resultsBody"`
			} `json:"queryResults"`
			Events []epcisEvent `json:"eventList"`
		} `json:"epcisBody"`
	}
	if json.Unmarshal(document, &d) != nil {
		return nil
	}
	return append(d.Body.Query.Results.Events, d.Body.Events...)
}

// last is the word at the end of a URI or of a compact name.
func last(uri string) string {
	return uri[strings.LastIndexAny(uri, "/:-")+1:]
}
