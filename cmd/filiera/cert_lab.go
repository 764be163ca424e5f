package main

import (
	"bytes"
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	basev1 "github.com/filiera-chain/filiera/api/base/v1"
	controlv1 "github.com/filiera-chain/filiera/api/control/v1"
	productv1 "github.com/filiera-chain/filiera/api/product/v1"
	"github.com/filiera-chain/filiera/batchfile"
	"github.com/filiera-chain/filiera/client"
	"github.com/filiera-chain/filiera/x/control"
)

// requestsLab records one result, typed.
func requestsLab(e *env) *cobra.Command {
	cmd := e.leaf("lab ID", "cert.requests.lab.short",
		"filiera cert requests lab "+exampleRequest+" --batch 8012345678907/L26-001 --parameter umidità --value 12,10 --unit % --method 'ISO 712' --sample 26/01873 --laboratory-name 'Laboratorio Esempio' --report-date 2024-11-23 --from amap --password-file password.txt",
		cobra.ExactArgs(1), func(cmd *cobra.Command, args []string) error {
			n := &controlv1.NewLabResult{Request: args[0]}
			for flag, into := range map[string]*string{
				"requirement": &n.Requirement, "parameter": &n.Parameter, "method": &n.Method, "value": &n.Value, "unit": &n.Unit, "uncertainty": &n.Uncertainty,
				"sample": &n.Sample, "laboratory": &n.Laboratory, "laboratory-name": &n.LaboratoryName, "report-date": &n.ReportDate,
			} {
				*into, _ = cmd.Flags().GetString(flag)
			}
			if rest, below := strings.CutPrefix(n.Value, "<"); below {
				n.Value, n.Below = strings.TrimSpace(rest), true
			}
			n.Value, n.Uncertainty = strings.Replace(n.Value, ",", ".", 1), strings.Replace(n.Uncertainty, ",", ".", 1)
			batch, _ := cmd.Flags().GetString("batch")
			var err error
			if n.Batch, err = slashBatch(batch); err != nil {
				return err
			}
			if n.ReportSha256, err = e.documentFlag(cmd, "report"); err != nil {
				return err
			}
			return e.carry(cmd.Context(), &controlv1.MsgRecordLabResults{Results: []*controlv1.NewLabResult{n}})
		})
	for _, name := range []string{"requirement", "parameter", "method", "value", "uncertainty", "sample", "laboratory", "laboratory-name", "report-date"} {
		cmd.Flags().String(name, "", e.t("flag."+name))
	}
	cmd.Flags().String("unit", "", e.t("flag.value-unit"))
	cmd.Flags().String("batch", "", e.t("flag.lab-batch"))
	e.documentFlags(cmd, "report")
	return e.changing(cmd)
}

func certLab(e *env) *cobra.Command {
	cmd := e.leaf("import FILE", "cert.lab.import.short",
		"filiera cert lab import analisi.csv --certifier amap-apc --laboratory-name 'Laboratorio Esempio' --from amap --password-file password.txt",
		cobra.ExactArgs(1), e.runLabImport)
	cmd.Flags().String("certifier", "", e.t("flag.lab-certifier"))
	cmd.Flags().String("request", "", e.t("flag.lab-request"))
	cmd.Flags().String("laboratory", "", e.t("flag.laboratory"))
	cmd.Flags().String("laboratory-name", "", e.t("flag.laboratory-name"))
	cmd.Flags().Bool("skip-bad", false, e.t("flag.skip-bad"))
	return e.group("lab", "cert.lab.short", e.changing(cmd))
}

// labRow is one row of an imported table with its fate.
type labRow struct {
	Line      int    `json:"line"`
	Request   string `json:"request,omitempty"`
	GTIN      string `json:"gtin,omitempty"`
	Lot       string `json:"lot,omitempty"`
	Parameter string `json:"parameter,omitempty"`
	Value     string `json:"value,omitempty"`
	Verdict   string `json:"verdict,omitempty"`
	State     string `json:"state"`
	Column    string `json:"column,omitempty"`
	Code      string `json:"code,omitempty"`
	Message   string `json:"message,omitempty"`

	result *controlv1.NewLabResult
}

// The states of an imported result, beside those of an imported batch.
const (
	labDry     = "would_record"
	labDone    = "recorded"
	labAlready = "already_recorded"
)

func (r *labRow) refuse(code, message string) { r.State, r.Code, r.Message = rowRefused, code, message }

type labReport struct {
	File    string         `json:"file"`
	DryRun  bool           `json:"dry_run,omitempty"`
	Summary map[string]int `json:"summary"`
	Rows    []*labRow      `json:"rows"`
}

// runLabImport checks every row against the file's rules and the ledger's
// records before it sends any.
func (e *env) runLabImport(cmd *cobra.Command, args []string) error {
	data, err := e.readInput(args[0], maxTable)
	if err != nil {
		return err
	}
	rows, err := e.labRows(data)
	if err != nil {
		return err
	}
	check := &labCheck{e: e, cmd: cmd, requests: map[string]*client.ControlRequest{}, specs: map[string]*client.Specification{}}
	if check.c, err = e.client(); err != nil {
		return err
	}
	for _, r := range rows {
		if r.State != rowReady {
			continue
		}
		if err := check.row(cmd.Context(), r); err != nil {
			return err
		}
	}
	report := &labReport{File: args[0], DryRun: e.v.GetBool("dry-run"), Rows: rows}
	bad := slices.ContainsFunc(rows, func(r *labRow) bool { return r.State == rowMalformed || r.State == rowRefused })
	skip, _ := cmd.Flags().GetBool("skip-bad")
	switch {
	case report.DryRun:
		setAll(rows, rowReady, labDry)
	case bad && !skip:
		setAll(rows, rowReady, rowNotSent)
		fmt.Fprintln(e.err, e.t("import.nothing.sent"))
	default:
		if sent, err := e.sendLab(cmd.Context(), rows); err != nil || !sent {
			return err
		}
	}
	return e.printLab(report)
}

func setAll(rows []*labRow, from, to string) {
	for _, r := range rows {
		if r.State == from {
			r.State = to
		}
	}
}

// labRows reads the table; a row with several problems is shown with each.
func (e *env) labRows(data []byte) ([]*labRow, error) {
	good, problems, err := batchfile.ReadLab(bytes.NewReader(data))
	var whole batchfile.Problems
	if errors.As(err, &whole) {
		return nil, usage("%s", whole.Text(e.lang))
	}
	if err != nil {
		return nil, err
	}
	var rows []*labRow
	for _, p := range problems {
		message := p.MessageEN
		if e.lang == "it" {
			message = p.MessageIT
		}
		rows = append(rows, &labRow{Line: p.Line, Column: p.Header, Value: p.Value, State: rowMalformed, Code: p.Code, Message: message})
	}
	for i := range good {
		g := &good[i]
		report, _ := hex.DecodeString(g.Report) // held to 64 digits by the reader
		r := &labRow{Line: g.Line, Request: g.Request, GTIN: g.GTIN, Lot: g.Lot, Parameter: g.Parameter, Value: g.Value, State: rowReady}
		if g.Below {
			r.Value = "< " + g.Value
		}
		r.result = &controlv1.NewLabResult{
			Request: g.Request, Batch: &basev1.BatchID{Gtin: g.GTIN, Lot: g.Lot}, Requirement: g.Requirement, Parameter: g.Parameter, Method: g.Method,
			Value: g.Value, Below: g.Below, Unit: g.Unit, Uncertainty: g.Uncertainty, Sample: g.Sample, LaboratoryName: g.Laboratory,
			ReportDate: g.ReportDate, ReportSha256: report,
		}
		rows = append(rows, r)
	}
	slices.SortStableFunc(rows, func(a, b *labRow) int { return a.Line - b.Line })
	return rows, nil
}

// labCheck holds rows against what the ledger has.
type labCheck struct {
	e        *env
	c        *client.Client
	cmd      *cobra.Command
	requests map[string]*client.ControlRequest
	specs    map[string]*client.Specification
}

// row fills in what the table leaves out, and refuses what the ledger would.
func (k *labCheck) row(ctx context.Context, r *labRow) error {
	if r.result.LaboratoryName == "" {
		r.result.Laboratory, _ = k.cmd.Flags().GetString("laboratory")
		r.result.LaboratoryName, _ = k.cmd.Flags().GetString("laboratory-name")
	}
	if (r.result.Laboratory == "") == (r.result.LaboratoryName == "") {
		r.refuse("control.malformed", k.e.t("lab.no.laboratory"))
		return nil
	}
	request, err := k.request(ctx, r)
	if err != nil || request == nil {
		return err
	}
	r.Request, r.result.Request = request.ID, request.ID
	switch {
	case request.Status != "scheduled":
		r.refuse("control.wrong_state", k.e.t("lab.not.scheduled", request.ID, k.e.t("request."+string(request.Status))))
	case !slices.ContainsFunc(request.Batches, func(b client.BatchRef) bool { return b.GTIN == r.GTIN && b.Lot == r.Lot }):
		r.refuse("control.batch_not_requested", k.e.t("lab.other.batch", r.GTIN, r.Lot, request.ID))
	case slices.ContainsFunc(request.Results, func(l client.LabResult) bool { return same(&l, r.result) }):
		r.State = labAlready
	default:
		return k.judge(ctx, r, request)
	}
	return nil
}

// same says whether a result is recorded already, so that importing a file
// twice records it once.
func same(l *client.LabResult, n *controlv1.NewLabResult) bool {
	return l.Batch.GTIN == n.GetBatch().GetGtin() && l.Batch.Lot == n.GetBatch().GetLot() && l.Sample == n.GetSample() &&
		l.Parameter == n.GetParameter() && l.Method == n.GetMethod() && l.Value == n.GetValue() && l.ReportDate == n.GetReportDate()
}

// request finds the request of a row: its own, that of --request, or the one
// that is scheduled for the batch.
func (k *labCheck) request(ctx context.Context, r *labRow) (*client.ControlRequest, error) {
	id := r.Request
	if id == "" {
		id, _ = k.cmd.Flags().GetString("request")
	}
	if id == "" {
		query := url.Values{"gtin": {r.GTIN}, "lot": {r.Lot}, "status": {"scheduled"}}
		if certifier, _ := k.cmd.Flags().GetString("certifier"); certifier != "" {
			query.Set("certifier", certifier)
		}
		p, err := k.c.ControlRequests(ctx, query)
		if err != nil {
			return nil, err
		}
		if len(p.Items) != 1 {
			r.refuse("control.unknown_request", k.e.t("lab.no.request", len(p.Items), r.GTIN, r.Lot))
			return nil, nil
		}
		id = p.Items[0].ID
	}
	if known, ok := k.requests[id]; ok {
		return known, nil
	}
	found, err := k.c.ControlRequest(ctx, id)
	if client.IsNotFound(err) {
		r.refuse("control.unknown_request", k.e.t("lab.unknown.request", id))
		return nil, nil
	}
	k.requests[id] = found
	return found, err
}

// judge tells beforehand how the ledger will judge the value.
func (k *labCheck) judge(ctx context.Context, r *labRow, request *client.ControlRequest) error {
	if r.result.Requirement == "" {
		r.Verdict = "not_judged"
		return nil
	}
	spec, known := k.specs[request.Specification]
	if !known {
		var err error
		if spec, err = k.c.Specification(ctx, request.Specification); err != nil {
			return err
		}
		k.specs[request.Specification] = spec
	}
	for _, v := range spec.Versions {
		if v.Version != request.SpecificationVersion {
			continue
		}
		for _, q := range v.Requirements {
			if q.ID == r.result.Requirement {
				return k.against(r, &q)
			}
		}
	}
	r.refuse("control.unknown_requirement", k.e.t("lab.no.requirement", r.result.Requirement, request.Specification))
	return nil
}

func (k *labCheck) against(r *labRow, q *client.Requirement) error {
	if (q.Minimum != "" || q.Maximum != "") && q.Unit != r.result.Unit {
		r.refuse("control.wrong_unit", k.e.t("lab.other.unit", r.result.Unit, q.Unit))
		return nil
	}
	v, err := control.Judge(&productv1.Requirement{Minimum: q.Minimum, Maximum: q.Maximum}, r.result.Value, r.result.Below)
	r.Verdict = strings.ToLower(strings.TrimPrefix(v.String(), "VERDICT_"))
	return err
}

// labPerTx is how many results go into one transaction.
const labPerTx = 100

// sendLab records what is ready; sent is false where a transaction was only
// printed.
func (e *env) sendLab(ctx context.Context, rows []*labRow) (sent bool, err error) {
	var ready []*labRow
	for _, r := range rows {
		if r.State == rowReady {
			ready = append(ready, r)
		}
	}
	if e.v.GetBool("generate-only") && len(ready) > labPerTx {
		return false, usage("%s", e.t("lab.too.many", len(ready), labPerTx))
	}
	for part := range slices.Chunk(ready, labPerTx) {
		msg := &controlv1.MsgRecordLabResults{}
		for _, r := range part {
			msg.Results = append(msg.Results, r.result)
		}
		result, err := e.execute(ctx, msg)
		var refusal *client.Problem
		switch {
		case errors.As(err, &refusal):
			for _, r := range part {
				r.refuse(refusal.Code, refusal.Detail)
			}
		case err != nil:
			return false, err
		case result == nil:
			return false, nil
		default:
			for _, r := range part {
				r.State = labDone
			}
		}
	}
	return true, nil
}

func (e *env) printLab(report *labReport) error {
	report.Summary = map[string]int{}
	refused := false
	for _, r := range report.Rows {
		report.Summary[r.State]++
		refused = refused || r.State == rowMalformed || r.State == rowRefused
	}
	err := e.print(report, func(t *table) {
		t.row(strings.ToUpper(e.t("line")), strings.ToUpper(e.t("request")), strings.ToUpper(e.t("lot")), strings.ToUpper(e.t("parameter")),
			strings.ToUpper(e.t("value")), strings.ToUpper(e.t("verdict")), strings.ToUpper(e.t("outcome")), "")
		for _, r := range report.Rows {
			verdict, message := r.Verdict, r.Message
			if verdict != "" {
				verdict = e.t("verdict." + verdict)
			}
			if r.Column != "" {
				message = r.Column + ": " + message
			}
			if r.Code != "" {
				message = r.Code + "  " + message
			}
			t.row(r.Line, r.Request, r.Lot, r.Parameter, r.Value, verdict, e.t("lab."+r.State), message)
		}
	})
	for _, state := range []string{labDone, labDry, labAlready, rowNotSent, rowMalformed, rowRefused} {
		if n := report.Summary[state]; n > 0 {
			fmt.Fprintf(e.err, "%s: %d\n", e.t("lab."+state), n)
		}
	}
	if err == nil && refused {
		return errReported
	}
	return err
}
