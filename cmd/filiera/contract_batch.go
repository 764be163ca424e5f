package main

import (
	"encoding/json"
	"fmt"
	"net/url"
	"strings"

	"github.com/spf13/cobra"

	rulesv1 "github.com/filiera-chain/filiera/api/rules/v1"
	"github.com/filiera-chain/filiera/client"
	"github.com/filiera-chain/filiera/rules"
)

// get asks the node at path and reads the answer.
func (e *env) get(cmd *cobra.Command, path string, query url.Values, into any) error {
	c, err := e.client()
	if err != nil {
		return err
	}
	raw, err := c.Get(cmd.Context(), path, query)
	if err != nil {
		return err
	}
	return json.Unmarshal(raw, into)
}

func contractDeclare(e *env) *cobra.Command {
	cmd := e.leaf("declare GTIN LOT FILE", "contract.declare.short", "filiera contract declare 8012345678907 L26-001 dichiarati.yaml"+signs, cobra.ExactArgs(3),
		func(cmd *cobra.Command, args []string) error {
			data, err := e.readInput(args[2], maxContract)
			if err != nil {
				return err
			}
			if _, err := rules.ParseDeclared(data); err != nil {
				return inFile(args[2], err)
			}
			id, err := e.batchNamed(cmd.Context(), args[0]+"/"+args[1])
			if err != nil {
				return err
			}
			return e.carry(cmd.Context(), &rulesv1.MsgDeclareFacts{Batch: id, Facts: data})
		})
	cmd.Long = e.t("contract.declare.long")
	return e.changing(cmd)
}

func contractFacts(e *env) *cobra.Command {
	cmd := e.leaf("facts GTIN LOT", "contract.facts.short", "filiera contract facts 8012345678907 L26-001", cobra.ExactArgs(2),
		func(cmd *cobra.Command, args []string) error {
			query := url.Values{}
			if id, _ := cmd.Flags().GetString("attestation"); id != "" {
				query.Set("attestation", id)
			}
			return ask(cmd.Context(), e, batchPath(args[0], args[1])+"/facts", query, func(t *table, f *client.BatchFacts) { t.row(strings.TrimRight(f.Facts, "\n")) })
		})
	cmd.Flags().String("attestation", "", e.t("flag.points-of"))
	return cmd
}

func contractRulings(e *env) *cobra.Command {
	return e.leaf("rulings GTIN LOT", "contract.rulings.short", "filiera contract rulings 8012345678907 L26-001 --lang it", cobra.ExactArgs(2),
		func(cmd *cobra.Command, args []string) error {
			return ask(cmd.Context(), e, batchPath(args[0], args[1])+"/rulings", url.Values{"lang": {e.lang}}, e.drawRulings)
		})
}

func (e *env) drawRulings(t *table, r *client.BatchRulings) {
	for _, x := range r.Rulings {
		t.row(fmt.Sprintf("%s %d", x.Ruling.Contract, x.Ruling.Version), x.Ruling.Trigger, x.Ruling.Subject, x.Ruling.Decision, x.Ruling.JudgedAt)
		for _, w := range x.Words {
			t.row("", e.t("contract.outcome."+w.Outcome), w.Sentence)
		}
	}
	for i := range r.Consequences {
		t.row(e.consequenceRow(&r.Consequences[i])...)
	}
	for _, d := range r.Declarations {
		t.row(e.t("contract.declared"), d.Participant, d.At)
	}
}

func (e *env) consequenceRow(c *client.Consequence) []any {
	what := c.Word + c.Until
	if c.Points != 0 {
		what = fmt.Sprintf("%d → %s", c.Points, c.Participant)
	}
	return []any{c.Batch.GTIN, c.Batch.Lot, e.t("contract.kind." + string(c.Kind)), what, fmt.Sprintf("%s %d/%s", c.Contract, c.Version, c.Rule), c.Since, c.EndedAt}
}

func contractJudge(e *env) *cobra.Command {
	return e.changing(e.leaf("judge GTIN LOT", "contract.judge.short", "filiera contract judge 8012345678907 L26-001"+signs, cobra.ExactArgs(2),
		func(cmd *cobra.Command, args []string) error {
			id, err := e.batchNamed(cmd.Context(), args[0]+"/"+args[1])
			if err != nil {
				return err
			}
			return e.carry(cmd.Context(), &rulesv1.MsgJudge{Batch: id})
		}))
}

func contractNotice(e *env) *cobra.Command {
	return e.changing(e.leaf("notice ATTESTATION", "contract.notice.short", "filiera contract notice urn:uuid:6db5ff52-16fe-4b4f-9cd2-52d13cbf4137"+signs, cobra.ExactArgs(1),
		func(cmd *cobra.Command, args []string) error {
			return e.carry(cmd.Context(), &rulesv1.MsgGiveNotice{Attestation: args[0]})
		}))
}

func contractConsequences(e *env) *cobra.Command {
	cmd := listCommand(e, listing[client.Consequence]{
		path: "/v1/consequences", key: "contract.consequences.short", example: "filiera contract consequences --kind control --live", filters: []string{"kind", "contract", "gtin", "lot"}, switches: []string{"live"},
		head: []string{"GTIN", "LOT", "KIND", "WHAT", "RULE", "SINCE", "ENDED"},
		row:  e.consequenceRow,
	})
	cmd.Use = "consequences"
	return cmd
}

func contractRelease(e *env) *cobra.Command {
	cmd := e.leaf("release GTIN LOT", "contract.release.short", "filiera contract release 8012345678907 L26-001 --contract qm --rule controllo --kind hold --reason 'analisi ripetuta'"+signs, cobra.ExactArgs(2),
		func(cmd *cobra.Command, args []string) error {
			kind, err := flagWord(cmd, "kind", "CONSEQUENCE_KIND_", rulesv1.ConsequenceKind_value)
			if err != nil {
				return err
			}
			id, err := e.batchNamed(cmd.Context(), args[0]+"/"+args[1])
			if err != nil {
				return err
			}
			m := &rulesv1.MsgEndConsequence{Batch: id, Kind: rulesv1.ConsequenceKind(kind)}
			m.Contract, _ = cmd.Flags().GetString("contract")
			m.Rule, _ = cmd.Flags().GetString("rule")
			m.Reason, _ = cmd.Flags().GetString("reason")
			return e.carry(cmd.Context(), m)
		})
	f := cmd.Flags()
	f.String("contract", "", e.t("flag.contract"))
	f.String("rule", "", e.t("flag.rule"))
	f.String("kind", "hold", e.t("flag.kind"))
	f.String("reason", "", e.t("flag.reason"))
	return e.changing(cmd)
}

func contractPoints(e *env) *cobra.Command {
	cmd := listCommand(e, listing[client.Points]{
		path: "/v1/points", key: "contract.points.short", example: "filiera contract points --participant pastificio-esempio", filters: []string{"participant"},
		head: []string{"PARTICIPANT", "CONTRACT", "POINTS", "AWARDS"},
		row: func(p *client.Points) []any {
			return []any{p.Participant, p.Contract, int64(p.Points), int64(p.Awards)}
		},
	})
	cmd.Use = "points"
	return cmd
}
