package main

import (
	"context"
	"crypto/ecdsa"
	"errors"
	"strings"

	"github.com/spf13/cobra"
	"golang.org/x/sync/errgroup"

	"github.com/filiera-chain/filiera/acts"
	ledgerv1 "github.com/filiera-chain/filiera/api/ledger/v1"
	"github.com/filiera-chain/filiera/client"
)

// actRow is one act that is to be notarised, and what became of it.
type actRow struct {
	ID      string   `json:"id"`
	Files   []string `json:"files"`
	State   string   `json:"state"` // done, already, refused, unanswered
	Code    string   `json:"code,omitempty"`
	Message string   `json:"message,omitempty"`
	Height  int64    `json:"height,omitempty"`
	Hash    string   `json:"hash,omitempty"`

	msg *ledgerv1.MsgNotariseAct
}

// The states of a row.
const (
	actDone, actAlready, actRefused, actUnanswered = "done", "already", "refused", "unanswered"
)

func actNotarise(e *env) *cobra.Command {
	cmd := e.leaf("notarise [FILE|FOLDER]...", "act.notarise.short", `
filiera act notarise decreto.pdf --kind decreto-dirigenziale --number 14/TDI --date 2025-02-11 --body regione-marche --body-name 'Regione Marche' --subject 'Borgo Digitale Diffuso' --from regione --password-file password.txt
filiera act notarise --list atti.csv --from regione --password-file password.txt`, cobra.ArbitraryArgs, e.runNotarise)
	cmd.Long = e.t("act.notarise.long", strings.Join(acts.KindWords(), ", "))
	f := cmd.Flags()
	f.String("list", "", e.t("flag.act-list"))
	f.String("kind", "", e.t("flag.act-kind"))
	f.String("number", "", e.t("flag.act-number"))
	f.String("office", "", e.t("flag.act-office"))
	f.String("date", "", e.t("flag.act-date"))
	f.String("body", "", e.t("flag.act-body"))
	f.String("body-name", "", e.t("flag.act-body-name"))
	f.String("subject", "", e.t("flag.act-subject"))
	f.StringArray("legal-basis", nil, e.t("flag.act-basis"))
	f.StringArray("cup", nil, e.t("flag.act-cup"))
	f.String("in-force-from", "", e.t("flag.act-in-force-from"))
	f.String("in-force-to", "", e.t("flag.act-in-force-to"))
	f.StringArray("title", nil, e.t("flag.act-title"))
	f.StringArray("url", nil, e.t("flag.act-url"))
	f.String("token", "", e.t("flag.act-token"))
	f.String("tsa-roots", "", e.t("flag.act-tsa-roots"))
	f.Bool("unverified-token", false, e.t("flag.act-unverified"))
	f.Bool("as-is", false, e.t("flag.act-as-is"))
	f.Int("in-flight", 64, e.t("flag.in-flight"))
	return e.changing(cmd)
}

func (e *env) runNotarise(cmd *cobra.Command, args []string) error {
	o := &actOptions{}
	o.asIs, _ = cmd.Flags().GetBool("as-is")
	o.unverified, _ = cmd.Flags().GetBool("unverified-token")
	o.token, _ = cmd.Flags().GetString("token")
	roots, _ := cmd.Flags().GetString("tsa-roots")
	var err error
	if o.roots, err = e.rootsFrom(roots); err != nil {
		return err
	}
	list, _ := cmd.Flags().GetString("list")
	var rows []*actRow
	switch {
	case list != "" && len(args) > 0:
		return usage("%s", e.t("act.list-or-files"))
	case list != "":
		rows, err = e.actsOfList(list, o)
	case len(args) == 0:
		return usage("%s", e.t("act.need-files"))
	default:
		rows, err = e.actOfFlags(cmd, args, o)
	}
	if err != nil {
		return err
	}
	if e.v.GetBool("dry-run") || e.v.GetBool("generate-only") {
		for _, r := range rows {
			if err := e.carry(cmd.Context(), r.msg); err != nil {
				return err
			}
		}
		return nil
	}
	return e.notarise(cmd, rows)
}

// actOfFlags makes one act of the flags and all files.
func (e *env) actOfFlags(cmd *cobra.Command, args []string, o *actOptions) ([]*actRow, error) {
	paths, err := documentPaths(args)
	if err != nil {
		return nil, err
	}
	if o.token != "" && len(paths) != 1 {
		return nil, usage("%s", e.t("act.one-token", len(paths)))
	}
	text := func(name string) string { v, _ := cmd.Flags().GetString(name); return strings.TrimSpace(v) }
	many := func(name string) []string { v, _ := cmd.Flags().GetStringArray(name); return v }
	m, err := e.newAct(map[string]string{
		"kind": text("kind"), "number": text("number"), "office": text("office"), "date": text("date"), "body": text("body"), "body_name": text("body-name"),
		"subject": text("subject"), "in_force_from": text("in-force-from"), "in_force_to": text("in-force-to"),
	})
	if err != nil {
		return nil, err
	}
	m.LegalBasis, m.Cups = many("legal-basis"), many("cup")
	titles, urls := many("title"), many("url")
	if len(titles) > len(paths) || len(urls) > 0 && len(paths) > 1 {
		return nil, usage("%s", e.t("act.titles"))
	}
	files, err := e.documentsOf(paths, o)
	if err != nil {
		return nil, err
	}
	r := &actRow{msg: m}
	for i, f := range files {
		title := ""
		if i < len(titles) {
			title = titles[i]
		}
		r.add(f, title, urls)
	}
	r.name()
	return []*actRow{r}, nil
}

// newAct reads what names an act. A number such as 14/TDI is the number and the
// code of its office.
func (e *env) newAct(v map[string]string) (*ledgerv1.MsgNotariseAct, error) {
	for _, need := range []string{"kind", "number", "date", "body", "subject"} {
		if v[need] == "" {
			return nil, usage("%s", e.t("need.flag", strings.ReplaceAll(need, "_", "-")))
		}
	}
	kind, err := acts.ParseKind(v["kind"])
	if err != nil {
		return nil, usageError{err}
	}
	number, office, both := strings.Cut(v["number"], "/")
	if both && v["office"] != "" && v["office"] != office {
		return nil, usage("%s", e.t("act.two-offices", v["number"], v["office"]))
	}
	if !both {
		office = v["office"]
	}
	name := v["body_name"]
	if name == "" {
		name = v["body"]
	}
	return &ledgerv1.MsgNotariseAct{
		Kind: kind, Body: v["body"], BodyName: name, Number: number, Office: office, Date: v["date"], Subject: v["subject"],
		InForceFrom: v["in_force_from"], InForceTo: v["in_force_to"],
	}, nil
}

func (r *actRow) add(f *actFile, title string, urls []string) {
	r.Files = append(r.Files, f.path)
	r.msg.Documents = append(r.msg.Documents, f.record(title, urls))
}

func (r *actRow) name() {
	r.ID = acts.ID(r.msg.GetKind(), r.msg.GetBody(), r.msg.GetNumber(), r.msg.GetOffice(), r.msg.GetDate())
}

// notarise sends each act that is not on the ledger with these files, many at once,
// and says what became of each. What was sent before a cut is found by its hash.
func (e *env) notarise(cmd *cobra.Command, rows []*actRow) error {
	c, err := e.client()
	if err != nil {
		return err
	}
	builder, err := e.builder(cmd.Context())
	if err != nil {
		return err
	}
	key, _, err := e.unlock("")
	if err != nil {
		return err
	}
	n, _ := cmd.Flags().GetInt("in-flight")
	if n < 1 || n > maxInFlight {
		return usage("--in-flight is %d; it takes 1 to %d", n, maxInFlight)
	}
	var bar *progress
	if len(rows) > 1 {
		bar = newProgressOf(e, len(rows), "act.progress")
		defer bar.end()
	}
	var g errgroup.Group
	g.SetLimit(n)
	for _, r := range rows {
		g.Go(func() error {
			e.notariseOne(cmd.Context(), c, builder, key, r)
			if bar != nil {
				bar.step()
			}
			return nil
		})
	}
	if err := g.Wait(); err != nil {
		return err
	}
	return e.printActs(rows)
}

func (e *env) notariseOne(ctx context.Context, c *client.Client, b *client.Builder, key *ecdsa.PrivateKey, r *actRow) {
	there, err := alreadyThere(ctx, c, r)
	if err == nil && there {
		r.State = actAlready
		return
	}
	var raw []byte
	if err == nil {
		raw, err = b.Sign(key, r.msg)
	}
	if err == nil {
		r.Hash, err = c.Deliver(ctx, raw)
	}
	var result *client.TxResult
	if err == nil && !e.v.GetBool("no-wait") {
		wait, stop := context.WithTimeout(ctx, e.timeout())
		defer stop()
		if result, err = c.Wait(wait, r.Hash); err == nil {
			r.Height = int64(result.Height)
			err = result.Err()
		}
	}
	var p *client.Problem
	switch {
	case err == nil:
		r.State = actDone
	case errors.As(err, &p) && !p.NodeFault():
		r.State, r.Code, r.Message = actRefused, p.Code, p.Detail
	default:
		r.State, r.Code, r.Message = actUnanswered, "client.no_answer", err.Error()
	}
}

// alreadyThere says whether every file of the act is on the ledger as its own.
func alreadyThere(ctx context.Context, c *client.Client, r *actRow) (bool, error) {
	for _, d := range r.msg.GetDocuments() {
		f, err := c.File(ctx, hexOf(d.GetSha256()), false)
		if err != nil {
			return false, err
		}
		mine := false
		for _, u := range f.Uses {
			mine = mine || u.Act == r.ID && u.Role == "whole"
		}
		if !mine {
			return false, nil
		}
		for i := range f.Acts {
			if f.Acts[i].ID == r.ID {
				r.Height = int64(f.Acts[i].DepositedHeight)
			}
		}
	}
	return true, nil
}

func (e *env) printActs(rows []*actRow) error {
	bad, unanswered := false, false
	err := e.print(map[string]any{"acts": rows}, func(t *table) {
		t.row("ID", strings.ToUpper(e.t("act.documents")), strings.ToUpper(e.t("state")), strings.ToUpper(e.t("tx.height")), "")
		for _, r := range rows {
			t.row(r.ID, len(r.Files), e.t("act.state."+r.State), r.Height, strings.TrimSpace(r.Code+"  "+r.Message))
		}
	})
	for _, r := range rows {
		bad, unanswered = bad || r.State == actRefused, unanswered || r.State == actUnanswered
	}
	switch {
	case err != nil:
		return err
	case len(rows) == 1 && bad:
		return &client.Problem{Status: 422, Code: rows[0].Code, Detail: rows[0].Message, Hash: rows[0].Hash}
	case unanswered && !bad:
		return &client.Unreachable{URL: e.v.GetString("node"), Err: errors.New(firstMessage(rows))}
	case bad:
		return errReported
	}
	return nil
}

func firstMessage(rows []*actRow) string {
	for _, r := range rows {
		if r.State == actUnanswered {
			return r.Message
		}
	}
	return ""
}
