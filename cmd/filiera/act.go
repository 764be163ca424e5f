package main

import (
	"encoding/hex"
	"fmt"
	"net/url"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"github.com/filiera-chain/filiera/acts"
	ledgerv1 "github.com/filiera-chain/filiera/api/ledger/v1"
	"github.com/filiera-chain/filiera/client"
)

func actCommand(e *env) *cobra.Command {
	return e.group("act", "act.short", actNotarise(e), actVerify(e), actShow(e), actList(e), actRelate(e), actWithdraw(e), actVouch(e), actDescribe(e), actReceipt(e))
}

const exampleAct = "regione-marche:dgr:203:2023"

func actList(e *env) *cobra.Command {
	cmd := e.leaf("list", "act.list.short", "filiera act list --kind dgr --in-force-on 2024-02-26", cobra.NoArgs, func(cmd *cobra.Command, _ []string) error {
		query := url.Values{}
		for flag, name := range map[string]string{"kind": "kind", "body": "body", "cup": "cup", "deposited-by": "deposited_by", "since": "from", "until": "to", "in-force-on": "in_force_on"} {
			if v, _ := cmd.Flags().GetString(flag); v != "" {
				query.Set(name, v)
			}
		}
		e.paging(cmd, query)
		return ask(cmd.Context(), e, "/v1/acts", query, func(t *table, p *client.Page[client.Act]) {
			t.row("ID", strings.ToUpper(e.t("act.date")), strings.ToUpper(e.t("act.subject")), strings.ToUpper(e.t("act.deposited")), strings.ToUpper(e.t("act.documents")))
			for i := range p.Items {
				a := &p.Items[i]
				t.row(a.ID, a.Date, a.Subject, a.DepositedAt.String()+"  "+a.DepositedBy, len(a.Documents))
			}
			e.hintNext(p.NextPageToken)
		})
	})
	f := cmd.Flags()
	f.String("kind", "", e.t("flag.kind"))
	f.String("body", "", e.t("flag.act-body-filter"))
	f.String("cup", "", e.t("flag.act-cup-filter"))
	f.String("deposited-by", "", e.t("flag.act-deposited-by"))
	f.String("since", "", e.t("flag.act-since"))
	f.String("until", "", e.t("flag.act-until"))
	f.String("in-force-on", "", e.t("flag.act-in-force-on"))
	return e.paged(cmd)
}

func actShow(e *env) *cobra.Command {
	cmd := e.leaf("show ID", "act.show.short", "filiera act show "+exampleAct+"\nfiliera act show "+exampleAct+" --as-of 2024-03-01", cobra.ExactArgs(1),
		func(cmd *cobra.Command, args []string) error {
			query := url.Values{}
			if day, _ := cmd.Flags().GetString("as-of"); day != "" {
				query.Set("as_of", day)
			}
			if proof, _ := cmd.Flags().GetBool("proof"); proof {
				query.Set("proof", "true")
			}
			path, _ := at("acts")(args)
			c, err := e.client()
			if err != nil {
				return err
			}
			relations := map[string][]client.ActRelation{}
			if e.v.GetString("output") == "table" {
				for _, direction := range []string{"from", "to"} {
					if relations[direction], err = actRelations(cmd, c, direction, args[0]); err != nil {
						return err
					}
				}
			}
			return ask(cmd.Context(), e, path, query, func(t *table, d *client.ActDetail) { e.drawAct(t, d, relations) })
		})
	cmd.Flags().String("as-of", "", e.t("flag.act-as-of"))
	cmd.Flags().Bool("proof", false, e.t("flag.record-proof"))
	return cmd
}

// actRelations asks for the first relations of an act, in a direction.
func actRelations(cmd *cobra.Command, c *client.Client, direction, id string) ([]client.ActRelation, error) {
	p, err := c.ActRelations(cmd.Context(), url.Values{direction: {id}})
	if err != nil {
		return nil, err
	}
	return p.Items, nil
}

func (e *env) drawAct(t *table, d *client.ActDetail, relations map[string][]client.ActRelation) {
	a := &d.Act
	t.line("id", a.ID)
	t.line(e.t("act.subject"), a.Subject)
	t.line(e.t("act.body"), a.BodyName+" ("+a.Body+")")
	t.line(e.t("act.date"), a.Date)
	for _, line := range a.LegalBasis {
		t.line(e.t("act.basis"), line)
	}
	t.line("CUP", strings.Join(a.CUPs, ", "))
	standing := e.t("act.standing." + d.Standing)
	if d.EndedBy != nil {
		standing += "  " + d.EndedBy.From + "  " + d.EndedBy.EffectiveFrom
	}
	t.line(e.t("act.on", d.AsOf), standing)
	for i := range a.Documents {
		x := &a.Documents[i]
		t.line(e.t("act.document"), strings.TrimSpace(fmt.Sprintf("%s  %d  %s  %s", x.SHA256, x.Size, x.MediaType, x.Title)))
		if x.InnerSHA256 != "" {
			t.line("", e.t("act.inner", x.InnerSHA256, int64(x.Signatures)))
		}
		for _, p := range x.Parts {
			t.line("", e.t("act.part", p))
		}
		if x.StampedAt != 0 {
			t.line("", e.t("act.stamped", x.StampedAt))
		}
		for _, u := range x.URLs {
			t.line("", u)
		}
	}
	t.line(e.t("act.deposited"), fmt.Sprintf("%s  %s  %s", a.DepositedAt, a.DepositedBy, e.t("act.height", int64(a.DepositedHeight))))
	for _, v := range a.Vouchings {
		t.line(e.t("act.vouched"), fmt.Sprintf("%s  %s  %q", v.VouchedAt, v.Participant, v.Statement))
	}
	for _, p := range d.Text[min(1, len(d.Text)):] {
		t.line(e.t("act.text"), e.t("act.changed."+p.Relation, p.Act)+"  "+p.EffectiveFrom)
	}
	t.line(e.t("act.consolidated"), d.ConsolidatedSHA256)
	for _, x := range a.Past {
		t.line(e.t("act.before"), fmt.Sprintf("%s  (%s, %s: %s)", x.Subject, x.CorrectedAt, x.CorrectedBy, x.Reason))
	}
	for _, r := range relations["from"] {
		t.line(e.t("act.relation."+string(r.Kind)), r.To+"  "+r.EffectiveFrom)
	}
	for _, r := range relations["to"] {
		t.line("", e.t("act.changed."+string(r.Kind), r.From)+"  "+r.EffectiveFrom)
	}
}

// relationFlags are the three words that name a relation.
func relationArgs(args []string) (*ledgerv1.MsgRelateActs, error) {
	kind, err := acts.ParseRelation(args[1])
	if err != nil {
		return nil, usageError{err}
	}
	return &ledgerv1.MsgRelateActs{From: args[0], Kind: kind, To: args[2]}, nil
}

func actRelate(e *env) *cobra.Command {
	cmd := e.leaf("relate FROM RELATION TO", "act.relate.short",
		"filiera act relate regione-marche:dgr:248:2024 amends "+exampleAct+" --effective-from 2024-02-26 --from regione --password-file password.txt", cobra.ExactArgs(3),
		func(cmd *cobra.Command, args []string) error {
			m, err := relationArgs(args)
			if err != nil {
				return err
			}
			m.EffectiveFrom, _ = cmd.Flags().GetString("effective-from")
			m.Note, _ = cmd.Flags().GetString("note")
			if path, _ := cmd.Flags().GetString("consolidated"); path != "" {
				f, err := readDocument(path)
				if err != nil {
					return err
				}
				m.ConsolidatedSha256 = f.SHA256[:]
			}
			return e.carry(cmd.Context(), m)
		})
	cmd.Long = e.t("act.relate.long")
	f := cmd.Flags()
	f.String("effective-from", "", e.t("flag.act-effective"))
	f.String("note", "", e.t("flag.note"))
	f.String("consolidated", "", e.t("flag.act-consolidated"))
	return e.changing(cmd)
}

func actWithdraw(e *env) *cobra.Command {
	cmd := e.leaf("withdraw FROM RELATION TO", "act.withdraw.short",
		"filiera act withdraw regione-marche:dgr:248:2024 amends "+exampleAct+" --reason 'atto sbagliato' --from regione --password-file password.txt", cobra.ExactArgs(3),
		func(cmd *cobra.Command, args []string) error {
			m, err := relationArgs(args)
			if err != nil {
				return err
			}
			reason, _ := cmd.Flags().GetString("reason")
			if reason == "" {
				return usage("%s", e.t("need.flag", "reason"))
			}
			return e.carry(cmd.Context(), &ledgerv1.MsgWithdrawRelation{From: m.From, Kind: m.Kind, To: m.To, Reason: reason})
		})
	cmd.Flags().String("reason", "", e.t("flag.reason"))
	return e.changing(cmd)
}

func actVouch(e *env) *cobra.Command {
	cmd := e.leaf("vouch ID", "act.vouch.short", "filiera act vouch "+exampleAct+" --statement \"Conforme all'originale agli atti\" --from regione --password-file password.txt", cobra.ExactArgs(1),
		func(cmd *cobra.Command, args []string) error {
			statement, _ := cmd.Flags().GetString("statement")
			if statement == "" {
				return usage("%s", e.t("need.flag", "statement"))
			}
			return e.carry(cmd.Context(), &ledgerv1.MsgVouchForAct{Act: args[0], Statement: statement})
		})
	cmd.Flags().String("statement", "", e.t("flag.act-statement"))
	return e.changing(cmd)
}

// hexOf writes a hash.
func hexOf(b []byte) string { return hex.EncodeToString(b) }

// writeFile writes what a command made, where it was told to.
func (e *env) writeFile(path string, data []byte) error {
	if err := os.WriteFile(path, data, 0o644); err != nil {
		return usageError{err}
	}
	return nil
}
