package main

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/url"
	"strings"

	"github.com/spf13/cobra"
	"google.golang.org/protobuf/proto"

	basev1 "github.com/filiera-chain/filiera/api/base/v1"
	certv1 "github.com/filiera-chain/filiera/api/cert/v1"
	controlv1 "github.com/filiera-chain/filiera/api/control/v1"
	"github.com/filiera-chain/filiera/client"
)

func certRequests(e *env) *cobra.Command {
	return e.group("requests", "cert.requests.short",
		requestsList(e), requestsShow(e), requestsRequest(e), requestsSchedule(e), requestsFinding(e), requestsCloseFinding(e),
		requestsLab(e), requestsDecline(e), requestsClose(e))
}

func requestsList(e *env) *cobra.Command {
	cmd := e.leaf("list", "cert.requests.list.short", "filiera cert requests list --certifier amap-apc --status scheduled", cobra.NoArgs,
		func(cmd *cobra.Command, _ []string) error {
			query := url.Values{}
			for _, name := range []string{"certifier", "requester", "specification", "status", "gtin", "lot"} {
				if v, _ := cmd.Flags().GetString(name); v != "" {
					query.Set(name, v)
				}
			}
			all, _ := cmd.Flags().GetBool("all")
			overdue, _ := cmd.Flags().GetBool("overdue")
			if overdue {
				query.Set("overdue", "true")
			} else if !all && query.Get("status") == "" {
				query.Set("open", "true")
			}
			e.paging(cmd, query)
			return ask(cmd.Context(), e, "/v1/requests", query, e.drawQueue)
		})
	for _, name := range []string{"certifier", "requester", "specification", "status", "gtin", "lot"} {
		cmd.Flags().String(name, "", e.t("flag."+name))
	}
	cmd.Flags().Bool("overdue", false, e.t("flag.overdue"))
	cmd.Flags().Bool("all", false, e.t("flag.all-requests"))
	return e.paged(cmd)
}

func (e *env) drawQueue(t *table, p *client.Page[client.ControlRequest]) {
	var head []any
	for _, w := range []string{"request", "due", "state", "scheduled", "certifier", "requester", "batches", "open.findings"} {
		head = append(head, strings.ToUpper(e.t(w)))
	}
	t.row(head...)
	for i := range p.Items {
		r := &p.Items[i]
		t.row(r.ID, r.DueDate, e.t("request."+string(r.Status)), r.ScheduledDate, r.Certifier, r.Requester, e.batchList(r.Batches), e.openFindings(r))
	}
	e.hintNext(p.NextPageToken)
}

func (e *env) openFindings(r *client.ControlRequest) string {
	if r.OpenMajor == 0 && r.OpenMinor == 0 {
		return ""
	}
	return e.t("findings.open", int64(r.OpenMajor), int64(r.OpenMinor))
}

func (e *env) batchList(list []client.BatchRef) string {
	names := make([]string, len(list))
	for i, b := range list {
		names[i] = strings.TrimSpace(b.GTIN + " " + b.Lot + " " + e.amount(b.Quantity))
	}
	return strings.Join(names, ", ")
}

const exampleRequest = "amap-apc:17"

func requestsShow(e *env) *cobra.Command {
	return showCommand(e, "show ID", "cert.requests.show.short", "filiera cert requests show "+exampleRequest, 1, at("requests"),
		func(t *table, r *client.ControlRequest) {
			t.line(e.t("request"), r.ID)
			t.line(e.t("state"), e.t("request."+string(r.Status)))
			t.line(e.t("certifier"), r.Certifier)
			t.line(e.t("requester"), r.Requester)
			t.line(e.t("specification"), r.Specification+"  "+e.t("version.n", int64(r.SpecificationVersion)))
			for _, b := range r.Batches {
				t.line(e.t("batch"), e.batchList([]client.BatchRef{b}))
			}
			t.line(e.t("ready"), r.RequestedDate)
			t.line(e.t("due"), r.DueDate+e.late(r.Overdue))
			t.line(e.t("note"), r.Note)
			if r.ScheduledDate != "" {
				t.line(e.t("scheduled"), r.ScheduledDate+"  "+e.t("kind."+string(r.Kind))+"  "+r.Inspector)
			}
			for _, f := range r.Findings {
				t.line(e.t("finding.n", int64(f.Number)), e.findingText(&f))
			}
			for _, l := range r.Results {
				t.line(e.t("result.n", int64(l.Number)), e.resultText(&l))
			}
			t.line(e.t("attestation"), r.Attestation)
			for _, h := range r.History {
				t.line(e.t("request."+h.Status), h.At.String()+"  "+h.Actor+"  "+h.Reason)
			}
		})
}

func (e *env) late(overdue bool) string {
	if overdue {
		return "  " + e.t("overdue")
	}
	return ""
}

func (e *env) findingText(f *client.Finding) string {
	text := e.t("severity."+string(f.Severity)) + "  " + strings.TrimSpace(f.Requirement+" "+f.Clause) + ": " + f.Text
	if f.ClosedAt != 0 {
		return text + "  " + e.t("closed.on", f.ClosedAt, f.ClosedBy)
	}
	return text + "  " + e.t("deadline.on", f.DeadlineDate) + e.late(f.Overdue)
}

func (e *env) resultText(l *client.LabResult) string {
	value := l.Value
	if l.Below {
		value = "< " + value
	}
	if l.Uncertainty != "" {
		value += " ± " + l.Uncertainty
	}
	return fmt.Sprintf("%s  %s %s  %s  %s  %s  %s", l.Parameter, value, l.Unit, l.Method, l.Sample, l.Batch.Lot, e.t("verdict."+string(l.Verdict)))
}

func requestsRequest(e *env) *cobra.Command {
	cmd := e.leaf("request CERTIFIER", "cert.requests.request.short",
		"filiera cert requests request amap-apc --batch '8012345678907/L26-001=120,5 kg' --date 2098-11-25 --due 2098-12-05 --from pastificio --password-file password.txt",
		cobra.ExactArgs(1), func(cmd *cobra.Command, args []string) error {
			msg := &controlv1.MsgRequestControl{Certifier: args[0]}
			f := cmd.Flags()
			msg.RequestedDate, _ = f.GetString("date")
			msg.DueDate, _ = f.GetString("due")
			msg.Note, _ = f.GetString("note")
			if msg.RequestedDate == "" {
				msg.RequestedDate = e.now().UTC().Format("2006-01-02")
			}
			list, _ := f.GetStringArray("batch")
			if len(list) == 0 {
				return usage("%s", e.t("need.flag", "batch"))
			}
			for _, text := range list {
				b, err := e.requestedBatch(cmd, text)
				if err != nil {
					return err
				}
				msg.Batches = append(msg.Batches, b)
			}
			return e.carryNumbered(cmd.Context(), msg, "request")
		})
	cmd.Flags().StringArray("batch", nil, e.t("flag.request-batch"))
	cmd.Flags().String("date", "", e.t("flag.ready-date"))
	cmd.Flags().String("due", "", e.t("flag.due"))
	cmd.Flags().String("note", "", e.t("flag.note"))
	cmd.Flags().String("unit", "", e.t("flag.batch-unit"))
	return e.changing(cmd)
}

// requestedBatch reads GTIN/LOT=QUANTITY; without a quantity, all of the batch.
func (e *env) requestedBatch(cmd *cobra.Command, text string) (*controlv1.RequestedBatch, error) {
	name, amount, stated := strings.Cut(text, "=")
	id, err := slashBatch(name)
	if err != nil {
		return nil, err
	}
	if stated {
		q, err := e.inUnitOf(cmd, id, amount)
		return &controlv1.RequestedBatch{Batch: id, Quantity: q}, err
	}
	b, err := e.batch(cmd, id)
	if err != nil {
		return nil, err
	}
	return &controlv1.RequestedBatch{Batch: id, Quantity: &basev1.Quantity{Amount: int64(b.Quantity.Amount), Unit: b.Quantity.Unit}}, nil
}

// slashBatch reads GTIN/LOT; a lot may hold slashes itself.
func slashBatch(text string) (*basev1.BatchID, error) {
	code, lot, ok := strings.Cut(text, "/")
	if !ok {
		return nil, usage("--batch is %q; write GTIN/LOT, such as 8012345678907/L26-001", text)
	}
	return batchID(code, lot)
}

// carryNumbered is carry for an act whose result is a number that people need.
func (e *env) carryNumbered(ctx context.Context, act proto.Message, member string) error {
	r, err := e.execute(ctx, act)
	if r == nil || err != nil {
		return err
	}
	if len(r.Results) == 1 {
		var result map[string]any
		if json.Unmarshal(r.Results[0], &result) == nil && result[member] != nil {
			fmt.Fprintln(e.err, e.t("numbered."+member, fmt.Sprint(result[member])))
		}
	}
	return e.receipt(r)
}

func requestsSchedule(e *env) *cobra.Command {
	cmd := e.leaf("schedule ID", "cert.requests.schedule.short",
		"filiera cert requests schedule "+exampleRequest+" --date 2098-11-26 --kind on-site --inspector isp-04 --from amap --password-file password.txt",
		cobra.ExactArgs(1), func(cmd *cobra.Command, args []string) error {
			date, _ := cmd.Flags().GetString("date")
			inspector, _ := cmd.Flags().GetString("inspector")
			kind, err := flagWord(cmd, "kind", "CONTROL_KIND_", controlv1.ControlKind_value)
			if err != nil {
				return err
			}
			return e.carry(cmd.Context(), &controlv1.MsgScheduleControl{Request: args[0], Date: date, Kind: controlv1.ControlKind(kind), Inspector: inspector})
		})
	cmd.Flags().String("date", "", e.t("flag.control-date"))
	cmd.Flags().String("kind", "on-site", e.t("flag.control-kind"))
	cmd.Flags().String("inspector", "", e.t("flag.inspector"))
	return e.changing(cmd)
}

// flagWord reads a word of a list, written with hyphens.
func flagWord(cmd *cobra.Command, flag, prefix string, values map[string]int32) (int32, error) {
	s, _ := cmd.Flags().GetString(flag)
	n := values[prefix+strings.ToUpper(strings.ReplaceAll(s, "-", "_"))]
	if n == 0 {
		return 0, usage("--%s is %q; see --help for the words that it takes", flag, s)
	}
	return n, nil
}

func requestsFinding(e *env) *cobra.Command {
	cmd := e.leaf("finding ID", "cert.requests.finding.short",
		"filiera cert requests finding "+exampleRequest+" --severity minor --clause 'art. 5' --text 'registro di essiccazione incompleto' --deadline 2098-12-10 --from amap --password-file password.txt",
		cobra.ExactArgs(1), func(cmd *cobra.Command, args []string) error {
			severity, err := flagWord(cmd, "severity", "SEVERITY_", controlv1.Severity_value)
			if err != nil {
				return err
			}
			f := cmd.Flags()
			msg := &controlv1.MsgRecordFinding{Request: args[0], Severity: controlv1.Severity(severity)}
			msg.Requirement, _ = f.GetString("requirement")
			msg.Clause, _ = f.GetString("clause")
			msg.Text, _ = f.GetString("text")
			msg.DeadlineDate, _ = f.GetString("deadline")
			list, _ := f.GetStringArray("batch")
			for _, text := range list {
				id, err := slashBatch(text)
				if err != nil {
					return err
				}
				msg.Batches = append(msg.Batches, id)
			}
			return e.carryNumbered(cmd.Context(), msg, "number")
		})
	f := cmd.Flags()
	f.String("severity", "", e.t("flag.severity"))
	f.String("requirement", "", e.t("flag.requirement"))
	f.String("clause", "", e.t("flag.clause"))
	f.String("text", "", e.t("flag.finding-text"))
	f.String("deadline", "", e.t("flag.deadline"))
	f.StringArray("batch", nil, e.t("flag.finding-batch"))
	return e.changing(cmd)
}

func requestsCloseFinding(e *env) *cobra.Command {
	cmd := e.leaf("close-finding ID", "cert.requests.close-finding.short",
		"filiera cert requests close-finding "+exampleRequest+" --number 1 --note 'registro completato' --evidence verbale.txt --from amap --password-file password.txt",
		cobra.ExactArgs(1), func(cmd *cobra.Command, args []string) error {
			number, _ := cmd.Flags().GetUint32("number")
			note, _ := cmd.Flags().GetString("note")
			hash, err := e.documentFlag(cmd, "evidence")
			if err != nil {
				return err
			}
			return e.carry(cmd.Context(), &controlv1.MsgCloseFinding{Request: args[0], Number: number, Note: note, EvidenceSha256: hash})
		})
	cmd.Flags().Uint32("number", 1, e.t("flag.finding-number"))
	cmd.Flags().String("note", "", e.t("flag.closing-note"))
	e.documentFlags(cmd, "evidence")
	return e.changing(cmd)
}

// documentFlags names a document by its file, which is hashed, or by its hash.
func (e *env) documentFlags(cmd *cobra.Command, name string) {
	cmd.Flags().String(name, "", e.t("flag."+name+"-file"))
	cmd.Flags().String(name+"-sha256", "", e.t("flag."+name+"-sha256"))
}

func (e *env) documentFlag(cmd *cobra.Command, name string) ([]byte, error) {
	path, _ := cmd.Flags().GetString(name)
	stated, _ := cmd.Flags().GetString(name + "-sha256")
	if path != "" {
		hash, _, err := hashFile(path)
		if err != nil {
			return nil, usageError{err}
		}
		return hash[:], nil
	}
	hash, err := hex.DecodeString(stated)
	if err != nil {
		return nil, usage("--%s-sha256 is %q; write 64 hexadecimal digits", name, stated)
	}
	return hash, nil
}

func requestsDecline(e *env) *cobra.Command {
	cmd := reasoned(e, "decline ID", "cert.requests.decline.short",
		"filiera cert requests decline "+exampleRequest+" --code no-capacity --reason 'nessun ispettore libero prima della data' --from amap --password-file password.txt",
		func(cmd *cobra.Command, args []string, reason string) (proto.Message, error) {
			code, err := flagWord(cmd, "code", "DECLINE_CODE_", controlv1.DeclineCode_value)
			return &controlv1.MsgDeclineControl{Request: args[0], Code: controlv1.DeclineCode(code), Reason: reason}, err
		})
	cmd.Flags().String("code", "other", e.t("flag.decline-code"))
	return cmd
}

// requestsClose ends a request in one of three ways.
func requestsClose(e *env) *cobra.Command {
	cmd := e.leaf("close ID", "cert.requests.close.short", `
filiera cert requests close `+exampleRequest+` --attestation `+exampleAttestation+` --from amap --password-file password.txt
filiera cert requests close `+exampleRequest+` --refuse --reason 'non conforme' --from amap --password-file password.txt
filiera cert requests close `+exampleRequest+` --withdraw --reason 'lotto non pronto' --from pastificio --password-file password.txt`,
		cobra.ExactArgs(1), func(cmd *cobra.Command, args []string) error {
			attestation, _ := cmd.Flags().GetString("attestation")
			refuse, _ := cmd.Flags().GetBool("refuse")
			withdraw, _ := cmd.Flags().GetBool("withdraw")
			reason, _ := cmd.Flags().GetString("reason")
			switch {
			case attestation != "" && !refuse && !withdraw:
				id, err := e.attestationID(attestation)
				if err != nil {
					return err
				}
				return e.carry(cmd.Context(), &certv1.MsgAnswerRequest{Request: args[0], Attestation: id})
			case refuse && attestation == "" && !withdraw:
				return e.carry(cmd.Context(), &controlv1.MsgRefuseControl{Request: args[0], Reason: reason})
			case withdraw && attestation == "" && !refuse:
				return e.carry(cmd.Context(), &controlv1.MsgWithdrawControl{Request: args[0], Reason: reason})
			}
			return usage("%s", e.t("need.outcome"))
		})
	cmd.Flags().String("attestation", "", e.t("flag.closing-attestation"))
	cmd.Flags().Bool("refuse", false, e.t("flag.refuse"))
	cmd.Flags().Bool("withdraw", false, e.t("flag.withdraw"))
	cmd.Flags().String("reason", "", e.t("flag.reason"))
	return e.changing(cmd)
}
