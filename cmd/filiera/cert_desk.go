package main

import (
	"encoding/csv"
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"google.golang.org/protobuf/proto"

	basev1 "github.com/filiera-chain/filiera/api/base/v1"
	certv1 "github.com/filiera-chain/filiera/api/cert/v1"
	"github.com/filiera-chain/filiera/client"
	"github.com/filiera-chain/filiera/gs1"
)

// csvOutput marks a command that can also write CSV.
const csvOutput = "csv"

// certSuspend suspends, or shows what a suspension would touch.
func certSuspend(e *env) *cobra.Command {
	cmd := certChange(e, "suspend", func(id, r string) proto.Message { return &certv1.MsgSuspend{Attestation: id, Reason: r} })
	cmd.Example += "\n  filiera cert suspend " + exampleAttestation + " --preview"
	send := cmd.RunE
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		if preview, _ := cmd.Flags().GetBool("preview"); !preview {
			return send(cmd, args)
		}
		id, err := e.attestationID(args[0])
		if err != nil {
			return err
		}
		query := url.Values{}
		e.paging(cmd, query)
		return ask(cmd.Context(), e, "/v1/attestations/"+url.PathEscape(id)+"/impact", query, e.drawImpact)
	}
	cmd.Flags().Bool("preview", false, e.t("flag.preview"))
	return e.paged(cmd)
}

func (e *env) drawImpact(t *table, i *client.Impact) {
	t.row("GTIN", strings.ToUpper(e.t("lot")), strings.ToUpper(e.t("steps")), strings.ToUpper(e.t("product")), strings.ToUpper(e.t("custodian")),
		strings.ToUpper(e.t("verdict.now")), strings.ToUpper(e.t("verdict.then")))
	for _, b := range i.Items {
		t.row(b.GTIN, b.Lot, int64(b.Depth), b.Product, b.Custodian, b.Before, b.After)
	}
	fmt.Fprintln(e.err, e.t("impact.total", int64(i.Total), i.State, int64(i.Height)))
	if i.Truncated {
		fmt.Fprintln(e.err, e.t("impact.truncated"))
	}
	e.hintNext(i.NextPageToken)
}

func certReduce(e *env) *cobra.Command {
	cmd := reasoned(e, "reduce ID GTIN LOT", "cert.reduce.short",
		"filiera cert reduce "+exampleAttestation+" 8012345678907 L26-001 --to '96,5 kg' --unit GRM --reason 'un bancale declassato' --from amap --password-file password.txt",
		func(cmd *cobra.Command, args []string, reason string) (proto.Message, error) {
			id, err := e.attestationID(args[0])
			if err != nil {
				return nil, err
			}
			batch, err := batchID(args[1], args[2])
			if err != nil {
				return nil, err
			}
			to, _ := cmd.Flags().GetString("to")
			if to == "" {
				return nil, usage("%s", e.t("need.flag", "to"))
			}
			q, err := e.inUnitOf(cmd, batch, to)
			if err != nil {
				return nil, err
			}
			return &certv1.MsgReduce{Attestation: id, Batch: batch, Quantity: q, Reason: reason}, nil
		})
	cmd.Flags().String("to", "", e.t("flag.to"))
	cmd.Flags().String("unit", "", e.t("flag.batch-unit"))
	return cmd
}

func batchID(code, lot string) (*basev1.BatchID, error) {
	gtin, err := gs1.ParseGTIN(code)
	if err != nil {
		return nil, usageError{err}
	}
	if _, err := gs1.ParseLot(lot); err != nil {
		return nil, usageError{err}
	}
	return &basev1.BatchID{Gtin: gtin, Lot: lot}, nil
}

// inUnitOf reads a quantity in the unit in which the batch is counted: that of
// --unit, or what the node says.
func (e *env) inUnitOf(cmd *cobra.Command, b *basev1.BatchID, text string) (*basev1.Quantity, error) {
	unit, _ := cmd.Flags().GetString("unit")
	if unit == "" {
		batch, err := e.batch(cmd, b)
		if err != nil {
			return nil, err
		}
		unit = batch.Quantity.Unit
	}
	return writtenQuantity(text, unit)
}

func (e *env) batch(cmd *cobra.Command, b *basev1.BatchID) (*client.Batch, error) {
	c, err := e.client()
	if err != nil {
		return nil, err
	}
	return c.Batch(cmd.Context(), b.GetGtin(), b.GetLot())
}

func certCountersign(e *env) *cobra.Command {
	cmd := e.leaf("countersign ID", "cert.countersign.short",
		"filiera cert countersign "+exampleAttestation+" --from amap --password-file password.txt", cobra.ExactArgs(1),
		func(cmd *cobra.Command, args []string) error {
			id, err := e.attestationID(args[0])
			if err != nil {
				return err
			}
			reason, _ := cmd.Flags().GetString("reason")
			return e.carry(cmd.Context(), &certv1.MsgCountersign{Attestation: id, Reason: reason})
		})
	cmd.Flags().String("reason", "", e.t("flag.reason"))
	return e.changing(cmd)
}

func certTotals(e *env) *cobra.Command {
	cmd := e.leaf("totals", "cert.totals.short", "filiera cert totals --month 2026-11 --certifier amap-apc --output csv", cobra.NoArgs,
		func(cmd *cobra.Command, _ []string) error {
			month, _ := cmd.Flags().GetString("month")
			if month == "" {
				month = e.now().UTC().Format("2006-01")
			}
			if _, err := time.Parse("2006-01", month); err != nil {
				return usage("%s", e.t("bad.month", month))
			}
			query := url.Values{"month": {month}}
			for _, name := range []string{"certifier", "specification"} {
				if v, _ := cmd.Flags().GetString(name); v != "" {
					query.Set(name, v)
				}
			}
			if e.v.GetString("output") == csvOutput {
				return e.totalsCSV(cmd, query)
			}
			return ask(cmd.Context(), e, "/v1/attestations/totals", query, func(t *table, r *client.Totals) {
				t.row(strings.ToUpper(e.t("certifier")), strings.ToUpper(e.t("specification")), strings.ToUpper(e.t("move")),
					strings.ToUpper(e.t("certificates")), strings.ToUpper(e.t("quantity")))
				for _, i := range r.Items {
					t.row(i.Certifier, i.Specification, e.move(i.Move), int64(i.Attestations), e.amount(client.Quantity{Amount: i.Amount, Unit: i.Unit}))
				}
			})
		})
	cmd.Flags().String("month", "", e.t("flag.month"))
	cmd.Flags().String("certifier", "", e.t("flag.certifier"))
	cmd.Flags().String("specification", "", e.t("flag.specification"))
	cmd.Annotations = map[string]string{csvOutput: "yes"}
	return cmd
}

// move is the word for what became of certificates.
func (e *env) move(word string) string {
	if text := e.t("move." + word); text != "" {
		return text
	}
	return word
}

// totalsCSV writes a table with names of columns that stay, whatever the
// language: other programs read it. Amounts are whole numbers of the unit.
func (e *env) totalsCSV(cmd *cobra.Command, query url.Values) error {
	c, err := e.client()
	if err != nil {
		return err
	}
	r, err := c.Totals(cmd.Context(), query)
	if err != nil {
		return err
	}
	w := csv.NewWriter(e.out)
	w.Comma = ';'
	rows := [][]string{{"month", "certifier", "specification", "move", "certificates", "amount", "unit"}}
	for _, i := range r.Items {
		rows = append(rows, []string{
			i.Month, i.Certifier, i.Specification, i.Move, strconv.FormatInt(int64(i.Attestations), 10), strconv.FormatInt(int64(i.Amount), 10), i.Unit,
		})
	}
	return w.WriteAll(rows)
}
