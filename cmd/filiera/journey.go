package main

import (
	"net/url"
	"strings"

	"github.com/spf13/cobra"

	"github.com/filiera-chain/filiera/gs1"
	"github.com/filiera-chain/filiera/verify"
)

// journeyStep is what a table shows of a step of the journey.
type journeyStep struct {
	Record struct {
		Type       string `json:"type"`
		EventTime  string `json:"event_time"`
		BizStep    string `json:"biz_step"`
		ReadPoint  string `json:"read_point"`
		Reporter   string `json:"reporter"`
		RecordedAt string `json:"recorded_at"`
	} `json:"record"`
	Tx          string     `json:"tx"`
	ReadPoint   *stepPlace `json:"read_point"`
	BizLocation *stepPlace `json:"biz_location"`
}

// stepPlace is the registered place of a step.
type stepPlace struct {
	Name         string `json:"name"`
	Municipality string `json:"municipality"`
}

// where is the registered place, or else what the event calls it.
func (s *journeyStep) where() string {
	for _, p := range []*stepPlace{s.ReadPoint, s.BizLocation} {
		switch {
		case p == nil:
		case p.Municipality == "":
			return p.Name
		default:
			return p.Name + " (ISTAT " + p.Municipality + ")"
		}
	}
	return s.Record.ReadPoint
}

type journeyPage struct {
	Items         []journeyStep `json:"items"`
	NextPageToken string        `json:"next_page_token"`
}

func traceJourney(e *env) *cobra.Command {
	return e.paged(e.leaf("journey GTIN LOT", "trace.journey.short", "filiera trace journey 8012345678907 L26-001", cobra.ExactArgs(2),
		func(cmd *cobra.Command, args []string) error {
			gtin, err := gs1.ParseGTIN(args[0])
			if err != nil {
				return usageError{err}
			}
			query := url.Values{}
			e.paging(cmd, query)
			return ask(cmd.Context(), e, batchPath(gtin, args[1])+"/trace", query, func(t *table, p *journeyPage) {
				t.row(strings.ToUpper(e.t("time")), strings.ToUpper(e.t("step")), strings.ToUpper(e.t("place")), strings.ToUpper(e.t("actor")))
				for _, s := range p.Items {
					t.row(s.Record.EventTime, last(s.Record.BizStep), s.where(), s.Record.Reporter)
				}
				e.hintNext(p.NextPageToken)
			})
		}))
}

func actorName(a *verify.ActorView) string {
	switch {
	case a == nil:
		return ""
	case a.Name != "":
		return a.Name
	}
	return a.ID
}
