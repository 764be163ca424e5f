package main

import (
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/filiera-chain/filiera/client"
)

func recallCommand(e *env) *cobra.Command {
	return e.group("recall", "recall.short",
		recallOpen(e, "open", false), recallOpen(e, "drill", true), recallList(e), recallShow(e), recallBatches(e), recallReport(e),
		recallAcknowledge(e), recallLift(e), recallClose(e), recallNotice(e))
}

func recallList(e *env) *cobra.Command {
	cmd := e.leaf("list", "recall.list.short", "filiera recall list --open", cobra.NoArgs, func(cmd *cobra.Command, _ []string) error {
		query := url.Values{}
		for _, name := range []string{"gtin", "lot"} {
			if v, _ := cmd.Flags().GetString(name); v != "" {
				query.Set(name, v)
			}
		}
		if open, _ := cmd.Flags().GetBool("open"); open {
			query.Set("state", "open")
		}
		e.paging(cmd, query)
		return ask(cmd.Context(), e, "/v1/recalls", query, func(t *table, p *client.Page[client.RecallSummary]) {
			head := []any{"N."}
			for _, w := range []string{"recall.kind", "state", "recall.hazard", "recall.opened", "recall.by", "recall.reached", "reason"} {
				head = append(head, strings.ToUpper(e.t(w)))
			}
			t.row(head...)
			for i := range p.Items {
				r := &p.Items[i].Recall
				t.row(int64(r.Number), e.recallKind(r.Drill), e.t("recall.state."+string(r.State)), string(r.Hazard), r.OpenedAt, r.OpenedBy, int64(p.Items[i].Spread.Reached), r.Reason)
			}
			e.hintNext(p.NextPageToken)
		})
	})
	cmd.Flags().Bool("open", false, e.t("flag.recall-open"))
	cmd.Flags().String("gtin", "", e.t("flag.gtin"))
	cmd.Flags().String("lot", "", e.t("flag.lot"))
	return e.paged(cmd)
}

func (e *env) recallKind(drill bool) string {
	if drill {
		return e.t("recall.kind.drill")
	}
	return e.t("recall.kind.real")
}

// recallPath reads the number of a recall into its path.
func (e *env) recallPath(text, rest string) (string, error) {
	n, err := e.recallNumber(text)
	return "/v1/recalls/" + strconv.FormatUint(n, 10) + rest, err
}

func recallShow(e *env) *cobra.Command {
	cmd := e.leaf("show RECALL", "recall.show.short", "filiera recall show 1\nfiliera recall show 1 --proof --output json", cobra.ExactArgs(1),
		func(cmd *cobra.Command, args []string) error {
			path, err := e.recallPath(args[0], "")
			if err != nil {
				return err
			}
			query := url.Values{}
			if proof, _ := cmd.Flags().GetBool("proof"); proof {
				query.Set("proof", "true")
			}
			return ask(cmd.Context(), e, path, query, e.drawRecall)
		})
	cmd.Flags().Bool("proof", false, e.t("flag.record-proof"))
	return cmd
}

func (e *env) drawRecall(t *table, d *client.RecallDetail) {
	r := &d.Recall
	t.line(e.recallKind(r.Drill), int64(r.Number))
	t.line(e.t("state"), e.t("recall.state."+string(r.State)))
	t.line(e.t("recall.hazard"), string(r.Hazard))
	t.line(e.t("reason"), r.Reason)
	t.line(e.t("recall.basis"), r.LegalBasis)
	t.line(e.t("recall.opened"), r.OpenedAt.String()+"  "+r.OpenedBy)
	t.line(e.t("recall.deadline"), r.DeadlineAt)
	for i := range r.Targets {
		t.line(e.t("recall.target"), targetText(&r.Targets[i]))
	}
	t.line(e.t("recall.reached"), int64(d.Spread.Reached))
	if d.Spread.SettledHeight == 0 {
		t.line("", e.t("recall.spreading", int64(d.Spread.Tail-d.Spread.Head)))
	} else {
		t.line("", e.t("recall.settled", int64(d.Spread.FirstSettledHeight), lasted(d.Spread.FirstSettledAt-d.Spread.BegunAt)))
	}
	if d.Notice != nil {
		text := d.Notice.TextIT
		if e.lang == "en" && d.Notice.TextEN != "" {
			text = d.Notice.TextEN
		}
		t.line(e.t("recall.notice"), text)
	}
	if r.Acknowledgements > 0 {
		t.line(e.t("recall.acks"), fmt.Sprintf("%d  (%s: %d)", r.Acknowledgements, e.t("recall.late"), r.LateAcknowledgements))
	}
	if r.Lifts > 0 {
		t.line(e.t("recall.lifted"), int64(r.Lifts))
	}
	if r.Outcome != "" {
		t.line(e.t("recall.outcome"), r.Outcome+"  "+r.ClosedAt.String()+"  "+r.ClosedBy)
	}
}

func lasted(seconds client.Instant) string { return (time.Duration(seconds) * time.Second).String() }

func targetText(x *client.RecallTarget) string {
	if x.Certificate != "" {
		return x.Certificate
	}
	text := string(x.Kind) + "  " + x.Batch.GTIN + "/" + x.Batch.Lot
	if strings.HasSuffix(string(x.Kind), "units") {
		text += fmt.Sprintf(":%d-%d", x.FirstUnit, x.LastUnit)
	}
	return text
}

func recallBatches(e *env) *cobra.Command {
	cmd := e.leaf("batches RECALL", "recall.batches.short", "filiera recall batches 1 --waiting --output json", cobra.ExactArgs(1),
		func(cmd *cobra.Command, args []string) error {
			path, err := e.recallPath(args[0], "/batches")
			if err != nil {
				return err
			}
			query := url.Values{}
			if holder, _ := cmd.Flags().GetString("holder"); holder != "" {
				query.Set("holder", holder)
			}
			if waiting, _ := cmd.Flags().GetBool("waiting"); waiting {
				query.Set("waiting", "true")
				query.Set("state", "recalled")
			}
			e.paging(cmd, query)
			return ask(cmd.Context(), e, path, query, e.drawRecalled)
		})
	cmd.Flags().String("holder", "", e.t("flag.recall-holder"))
	cmd.Flags().Bool("waiting", false, e.t("flag.recall-missing"))
	return e.paged(cmd)
}

// drawRecalled shows a line for each batch and who has some of it.
func (e *env) drawRecalled(t *table, p *client.Page[client.RecallBatch]) {
	head := []any{"GTIN"}
	for _, w := range []string{"lot", "recall", "recall.left", "recall.sold", "recall.holder", "quantity", "recall.acks", "recall.via"} {
		head = append(head, strings.ToUpper(e.t(w)))
	}
	t.row(head...)
	for i := range p.Items {
		b := &p.Items[i]
		amount := func(n client.Whole) string { return e.amount(client.Quantity{Amount: n, Unit: b.Unit}) }
		holders := b.Holders
		if len(holders) == 0 {
			holders = []client.RecallHolder{{}}
		}
		for _, h := range holders {
			said := e.yesNo(h.Acknowledged) + e.late(h.Overdue)
			if h.Participant == "" {
				said = ""
			}
			t.row(b.GTIN, b.Lot, e.yesNo(b.Recalled), amount(b.Left), amount(b.Sold), h.Participant, amount(h.Left), said, strings.Trim(b.Mark.Via.GTIN+"/"+b.Mark.Via.Lot, "/"))
		}
	}
	e.hintNext(p.NextPageToken)
}

func recallReport(e *env) *cobra.Command {
	return e.leaf("report RECALL", "recall.report.short", "filiera recall report 1", cobra.ExactArgs(1), func(cmd *cobra.Command, args []string) error {
		path, err := e.recallPath(args[0], "/report")
		if err != nil {
			return err
		}
		return ask(cmd.Context(), e, path, nil, func(t *table, r *client.RecallReport) {
			t.line(e.recallKind(r.Drill), int64(r.Recall))
			t.line(e.t("recall.opened"), r.OpenedAt)
			if r.SettledHeight == 0 {
				t.line("", e.t("recall.spreading", int64(r.Waiting)))
			} else {
				t.line("", e.t("recall.settled", int64(r.SettledHeight), lasted(client.Instant(r.SecondsToReach))))
			}
			t.line(e.t("recall.reached"), int64(r.Recalled+r.LetOut))
			t.line(e.t("recall.lifted"), int64(r.LetOut))
			t.line(e.t("recall.acks"), fmt.Sprintf("%d / %d  (%s: %d)", r.Acknowledged, r.Holdings, e.t("recall.late"), r.Late))
			for _, p := range r.Products {
				amount := func(n client.Whole) string { return e.amount(client.Quantity{Amount: n, Unit: p.Unit}) }
				t.line(p.GTIN, fmt.Sprintf("%d  %s %s  %s %s", p.Batches, e.t("recall.left"), amount(p.Left), e.t("recall.sold"), amount(p.Sold)))
			}
			for _, h := range r.Holders {
				t.line(h.Participant, fmt.Sprintf("%d  %s %d", h.Batches, e.t("recall.acks"), h.Acknowledged))
			}
		})
	})
}
