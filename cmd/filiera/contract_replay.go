package main

import (
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/filiera-chain/filiera/client"
	"github.com/filiera-chain/filiera/rules"
)

// replayed is what a contract would say of a batch, beside what was said.
type replayed struct {
	GTIN     string   `json:"gtin"`
	Lot      string   `json:"lot"`
	Produced string   `json:"production_date"`
	Trigger  string   `json:"trigger"`
	Subject  string   `json:"subject,omitempty"`
	InForce  bool     `json:"in_force"`
	Decision string   `json:"decision"`
	NotMet   []string `json:"not_met"`
	// Then is what the ledger's ruling was; empty where there is none.
	Then string `json:"then,omitempty"`
}

type replay struct {
	Contract string     `json:"contract"`
	Version  int64      `json:"version"`
	Batches  int        `json:"batches"`
	Changed  int        `json:"changed"`
	Refused  int        `json:"refused"`
	Cases    []replayed `json:"cases"`
}

func contractReplay(e *env) *cobra.Command {
	cmd := e.leaf("replay FILE", "contract.replay.short", "filiera contract replay "+exampleContract+" --produced-from 2026-01-01", cobra.ExactArgs(1),
		func(cmd *cobra.Command, args []string) error {
			c, err := e.openContract(args[0])
			if err != nil {
				return err
			}
			out, err := e.replay(cmd, c)
			if err != nil {
				return err
			}
			return e.print(out, func(t *table) { e.drawReplay(t, out) })
		})
	cmd.Long = e.t("contract.replay.long")
	f := cmd.Flags()
	f.String("specification", "", e.t("flag.specification"))
	f.String("gtin", "", e.t("flag.gtin"))
	f.String("produced-from", "", e.t("flag.produced-from"))
	f.String("produced-to", "", e.t("flag.produced-to"))
	f.Int("limit", 500, e.t("flag.replay-limit"))
	f.Bool("regardless", false, e.t("flag.regardless"))
	return cmd
}

// replay tries a contract on batches of the ledger and writes nothing.
func (e *env) replay(cmd *cobra.Command, c *rules.Contract) (*replay, error) {
	f := cmd.Flags()
	query := url.Values{}
	spec, _ := f.GetString("specification")
	if spec == "" {
		spec = c.Doc.Specification
	}
	for name, v := range map[string]string{"specification": spec, "gtin": flagText(cmd, "gtin"), "from": flagText(cmd, "produced-from"), "to": flagText(cmd, "produced-to")} {
		if v != "" {
			query.Set(name, v)
		}
	}
	if regardless, _ := f.GetBool("regardless"); regardless {
		c = timeless(c)
	}
	limit, _ := f.GetInt("limit")
	out := &replay{Contract: c.Doc.ID, Version: c.Doc.Version, Cases: []replayed{}}
	for out.Batches < limit {
		query.Set("limit", strconv.Itoa(min(100, limit-out.Batches)))
		var page client.Page[client.Batch]
		if err := e.get(cmd, "/v1/batches", query, &page); err != nil {
			return nil, err
		}
		for i := range page.Items {
			if err := e.replayBatch(cmd, c, &page.Items[i], out); err != nil {
				return nil, err
			}
			out.Batches++
		}
		if page.NextPageToken == "" {
			break
		}
		query.Set("page_token", page.NextPageToken)
	}
	return out, nil
}

func flagText(cmd *cobra.Command, name string) string {
	v, _ := cmd.Flags().GetString(name)
	return v
}

// timeless is a contract that is in force on every day, to see what it would have
// said of older batches.
func timeless(c *rules.Contract) *rules.Contract {
	doc := *c.Doc
	doc.InForce.From, doc.InForce.To = 1, 0
	if day, err := rules.ParseDate("1900-01-01"); err == nil {
		doc.InForce.From = day
	}
	if out, err := rules.Compile(&doc); err == nil {
		return out
	}
	return c
}

func (e *env) replayBatch(cmd *cobra.Command, c *rules.Contract, b *client.Batch, out *replay) error {
	var then client.BatchRulings
	if err := e.get(cmd, batchPath(b.GTIN, b.Lot)+"/rulings", nil, &then); err != nil {
		return err
	}
	if c.Concerns(rules.OnBatch) {
		if err := e.replayCase(cmd, c, b, rules.OnBatch, "", &then, out); err != nil {
			return err
		}
	}
	if !c.Concerns(rules.OnAttestation) {
		return nil
	}
	var list client.Page[struct {
		ID string `json:"id"`
	}]
	if err := e.get(cmd, "/v1/attestations", url.Values{"gtin": {b.GTIN}, "lot": {b.Lot}}, &list); err != nil {
		return err
	}
	for _, a := range list.Items {
		if err := e.replayCase(cmd, c, b, rules.OnAttestation, a.ID, &then, out); err != nil {
			return err
		}
	}
	return nil
}

func (e *env) replayCase(cmd *cobra.Command, c *rules.Contract, b *client.Batch, on rules.Trigger, attestation string, then *client.BatchRulings, out *replay) error {
	facts, err := e.chainFacts(cmd, b.GTIN, b.Lot, attestation)
	if err != nil {
		return err
	}
	p, err := rules.Prepare(facts)
	if err != nil {
		return err
	}
	ev := c.Evaluate(on, p, rules.MaxCost)
	one := replayed{GTIN: b.GTIN, Lot: b.Lot, Produced: b.ProductionDate, Trigger: string(on), Subject: attestation, InForce: ev.InForce, Decision: string(ev.Decision), NotMet: []string{}}
	for i := range ev.Results {
		if r := &ev.Results[i]; r.Outcome != rules.Pass && r.Outcome != rules.Idle {
			one.NotMet = append(one.NotMet, r.Message(e.language()))
		}
	}
	if i := slices.IndexFunc(then.Rulings, func(r client.BatchRuling) bool {
		return r.Ruling.Contract == c.Doc.ID && r.Ruling.Trigger == string(on) && r.Ruling.Subject == attestation
	}); i >= 0 {
		one.Then = then.Rulings[i].Ruling.Decision
	}
	if ev.InForce && one.Decision != one.Then {
		out.Changed++
	}
	if ev.Decision == rules.Refuse {
		out.Refused++
	}
	out.Cases = append(out.Cases, one)
	return nil
}

// chainFacts asks the node what contracts see of a batch.
func (e *env) chainFacts(cmd *cobra.Command, gtin, lot, attestation string) (*rules.Facts, error) {
	query := url.Values{}
	if attestation != "" {
		query.Set("attestation", attestation)
	}
	var f client.BatchFacts
	if err := e.get(cmd, batchPath(gtin, lot)+"/facts", query, &f); err != nil {
		return nil, err
	}
	return rules.ParseFacts([]byte(f.Facts))
}

func (e *env) drawReplay(t *table, r *replay) {
	t.row("GTIN", strings.ToUpper(e.t("lot")), strings.ToUpper(e.t("produced")), "TRIGGER", strings.ToUpper(e.t("contract.then")), strings.ToUpper(e.t("contract.now")), "")
	for _, c := range r.Cases {
		now := c.Decision
		if !c.InForce {
			now = e.t("contract.notinforce")
		}
		t.row(c.GTIN, c.Lot, c.Produced, c.Trigger, c.Then, now, strings.Join(c.NotMet, "; "))
	}
	t.row(e.t("contract.replayed", fmt.Sprintf("%s %d", r.Contract, r.Version), r.Batches, len(r.Cases), r.Changed, r.Refused))
}
