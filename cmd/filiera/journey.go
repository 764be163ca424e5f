package main

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/filiera-chain/filiera/verify"
)

func traceJourney(e *env) *cobra.Command {
	return e.leaf("journey GTIN LOT", "trace.journey.short", "filiera trace journey 8012345678907 L26-001", cobra.ExactArgs(2),
		func(cmd *cobra.Command, args []string) error {
			gtin, lot, err := e.findBatch(cmd.Context(), args[0], args[1])
			if err != nil {
				return err
			}
			c, err := e.client()
			if err != nil {
				return err
			}
			raw, err := c.Journey(cmd.Context(), gtin, lot, nil)
			if err != nil {
				return err
			}
			events, err := journeyOf(raw)
			if err != nil {
				return fmt.Errorf("the node answered something else than a journey: %w", err)
			}
			return e.print(raw, func(t *table) {
				t.row(strings.ToUpper(e.t("time")), strings.ToUpper(e.t("step")), strings.ToUpper(e.t("place")), strings.ToUpper(e.t("actor")))
				for _, ev := range events {
					e.drawEvent(t, ev)
				}
			})
		})
}

// journeyOf reads the list under "items" or "journey".
func journeyOf(raw []byte) ([]verify.EventView, error) {
	var answer struct {
		Items   []verify.EventView `json:"items"`
		Journey []verify.EventView `json:"journey"`
	}
	err := json.Unmarshal(raw, &answer)
	return append(answer.Items, answer.Journey...), err
}

func (e *env) drawEvent(t *table, ev verify.EventView) {
	step, when := ev.StepText, ev.LocalTime
	if step == "" {
		step = last(ev.Step)
	}
	if when == "" {
		when = ev.Time
	}
	t.row(when, step, ev.Place, actorName(ev.Actor))
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
