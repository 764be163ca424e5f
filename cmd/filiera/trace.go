package main

import (
	"encoding/json"
	"fmt"
	"net/url"
	"strings"

	"github.com/spf13/cobra"

	tracev1 "github.com/filiera-chain/filiera/api/trace/v1"
	"github.com/filiera-chain/filiera/client"
	"github.com/filiera-chain/filiera/envelope"
	"github.com/filiera-chain/filiera/epcis/schema"
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
	return e.paged(cmd)
}

// runQuery lists recorded events, with the filters of the gateway.
func (e *env) runQuery(cmd *cobra.Command, _ []string) error {
	f := cmd.Flags()
	query := url.Values{}
	for flag, param := range map[string]string{
		"gtin": "gtin", "lot": "lot", "type": "type", "biz-step": "biz_step", "since": "from", "before": "to",
	} {
		if v, _ := f.GetString(flag); v != "" {
			query.Set(param, v)
		}
	}
	if query.Get("lot") != "" && query.Get("gtin") == "" {
		return usage("--lot needs --gtin too")
	}
	e.paging(cmd, query)
	return ask(cmd.Context(), e, "/v1/events", query, func(t *table, p *journeyPage) {
		t.row(strings.ToUpper(e.t("time")), strings.ToUpper(e.t("step")), strings.ToUpper(e.t("place")), strings.ToUpper(e.t("actor")))
		for _, s := range p.Items {
			t.row(s.Record.EventTime, last(s.Record.BizStep), s.Record.ReadPoint, s.Record.Reporter)
		}
		e.hintNext(p.NextPageToken)
	})
}

// last is the word at the end of a URI or of a compact name.
func last(uri string) string {
	return uri[strings.LastIndexAny(uri, "/:-")+1:]
}
