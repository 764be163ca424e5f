package main

import (
	"net/url"
	"strings"

	"github.com/spf13/cobra"
)

func traceCommand(e *env) *cobra.Command {
	return e.group("trace", "trace.short", traceJourney(e), traceCapture(e), traceQuery(e), traceGraph(e), traceReport(e), traceConvert(e), traceHash(e))
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
