package main

import (
	"bytes"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"google.golang.org/protobuf/proto"

	"github.com/filiera-chain/filiera/acts"
	ledgerv1 "github.com/filiera-chain/filiera/api/ledger/v1"
	"github.com/filiera-chain/filiera/client"
	"github.com/filiera-chain/filiera/module/statekey"
	"github.com/filiera-chain/filiera/report"
	"github.com/filiera-chain/filiera/signedfile"
	"github.com/filiera-chain/filiera/verify"
)

func actReceipt(e *env) *cobra.Command {
	cmd := e.leaf("receipt ID|FILE", "act.receipt.short",
		"filiera act receipt "+exampleAct+" --out ricevuta.pdf\nfiliera act receipt decreto.pdf --out ricevuta.pdf --public-url https://registro.example.it", cobra.ExactArgs(1), e.runActReceipt)
	f := cmd.Flags()
	f.String("out", "", e.t("flag.convert.out"))
	f.String("public-url", "", e.t("flag.act-public-url"))
	f.String("trust-hash", "", e.t("flag.trust-hash"))
	f.String("trust-hash-file", "", e.t("flag.trust-hash-file"))
	f.String("genesis", "", e.t("flag.genesis"))
	return cmd
}

func (e *env) runActReceipt(cmd *cobra.Command, args []string) error {
	out, _ := cmd.Flags().GetString("out")
	if out == "" {
		return usage("%s", e.t("need.out"))
	}
	c, err := e.client()
	if err != nil {
		return err
	}
	trust, own, err := e.trust(cmd)
	if err != nil {
		return err
	}
	if !own {
		if trust, err = e.nodesTrust(cmd.Context(), c); err != nil {
			return err
		}
	}
	id, err := e.actNamed(cmd, c, args[0])
	if err != nil {
		return err
	}
	d, err := c.Act(cmd.Context(), id, url.Values{"proof": {"true"}})
	if err != nil {
		return err
	}
	values, at, err := verify.CheckRecordProof(d.Proof, trust, statekey.LedgerAct(id))
	if err != nil {
		return e.failedProof(err)
	}
	a := &ledgerv1.Act{}
	if err := proto.Unmarshal(values[0], a); err != nil || values[0] == nil {
		return fmt.Errorf("%s proved no act: %w", c.URL(), errors.Join(err, errUnverified))
	}
	public, _ := cmd.Flags().GetString("public-url")
	if public == "" {
		public = c.URL()
	}
	r := e.receiptOf(cmd, c, a, at)
	r.URL = strings.TrimSuffix(public, "/") + "/acts/" + url.PathEscape(id)
	r.Own, r.ValidatorsHash = own, hexOf(trust.ValidatorsHash)
	var b bytes.Buffer
	if err := report.WriteReceipt(&b, r); err != nil {
		return err
	}
	if err := e.writeFile(out, b.Bytes()); err != nil {
		return err
	}
	fmt.Fprintln(e.err, e.t("act.receipt-written", out))
	return nil
}

// failedProof reports a proof that does not hold.
func (e *env) failedProof(err error) error {
	var failed *verify.CheckError
	if !errors.As(err, &failed) {
		return err
	}
	fmt.Fprintln(e.err, failed)
	fmt.Fprintln(e.err, e.t("verify.failed"))
	return errUnverified
}

// actNamed is an act's id, or that of the first act that a file is the whole of.
func (e *env) actNamed(cmd *cobra.Command, c *client.Client, arg string) (string, error) {
	if !isFileThere(arg) {
		return arg, nil
	}
	f, err := readDocument(arg)
	if err != nil {
		return "", err
	}
	d, err := c.File(cmd.Context(), hexOf(f.SHA256[:]), false)
	if err != nil {
		return "", err
	}
	if len(d.Uses) == 0 {
		return "", &client.Problem{Status: 404, Code: "act.not_found", Detail: e.t("act.not-there", arg)}
	}
	return d.Uses[0].Act, nil
}

// receiptOf writes what was proven as people in an office read it, in Italian.
func (e *env) receiptOf(cmd *cobra.Command, c *client.Client, a *ledgerv1.Act, at verify.Ledger) *report.Receipt {
	day := at.Time.UTC().Add(time.Hour).Format(time.DateOnly)
	it := func(key string, args ...any) string {
		if len(args) == 0 {
			return italian[key]
		}
		return fmt.Sprintf(italian[key], args...)
	}
	number := a.GetNumber()
	if a.GetOffice() != "" {
		number += "/" + a.GetOffice()
	}
	r := &report.Receipt{
		ID: a.GetId(), Kind: strings.ReplaceAll(acts.KindWord(a.GetKind()), "-", " "), Number: number, Date: a.GetDate(), Body: named(a.GetBody(), a.GetBodyName()), Subject: a.GetSubject(),
		LegalBasis: a.GetLegalBasis(), CUPs: a.GetCups(), DepositedAt: utc(a.GetDepositedAt()), DepositedHeight: a.GetDepositedHeight(),
		ChainID: at.ChainID, Height: at.Height, AsOf: day, AppHash: hexOf(at.AppHash),
	}
	r.DepositedBy = named(a.GetDepositedBy(), e.nameOf(cmd, c, a.GetDepositedBy()))
	standing, end := acts.At(a, day)
	r.Standing = it("act.standing." + string(standing))
	changes := acts.Changes(a, day)
	if end != nil {
		changes = append(changes, end)
	}
	for _, x := range changes {
		r.Changes = append(r.Changes, it("act.changed."+acts.RelationWord(x.GetKind()), x.GetFrom())+", dal "+x.GetEffectiveFrom())
	}
	for _, v := range a.GetVouchings() {
		r.Vouchings = append(r.Vouchings, fmt.Sprintf("%s il %s: «%s»", named(v.GetParticipant(), e.nameOf(cmd, c, v.GetParticipant())), utc(v.GetVouchedAt()), v.GetStatement()))
	}
	for _, d := range a.GetDocuments() {
		x := report.ReceiptDocument{Title: d.GetTitle(), SHA256: hexOf(d.GetSha256()), SHA512: hexOf(d.GetSha512()), MediaType: d.GetMediaType(), InnerSHA256: hexOf(d.GetInnerSha256()), Size: d.GetSize()}
		if n := d.GetSignatures(); n > 0 {
			form := signedfile.CAdES
			if d.GetContainer() == ledgerv1.Container_CONTAINER_PADES {
				form = signedfile.PAdES
			}
			x.Form = it("act.form."+string(form), n)
		}
		if d.GetStampedAt() != 0 {
			x.StampedAt = utc(d.GetStampedAt())
		}
		r.Documents = append(r.Documents, x)
	}
	return r
}

// nameOf asks for a participant's name; "" where the node does not say.
func (e *env) nameOf(cmd *cobra.Command, c *client.Client, id string) string {
	p, err := c.Participant(cmd.Context(), id)
	if err != nil {
		return ""
	}
	return p.Name
}
