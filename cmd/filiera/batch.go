package main

import (
	"context"
	"net/url"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
	"google.golang.org/protobuf/proto"

	productv1 "github.com/filiera-chain/filiera/api/product/v1"
	"github.com/filiera-chain/filiera/client"
	"github.com/filiera-chain/filiera/gs1"
	"github.com/filiera-chain/filiera/module"
)

func batchCommand(e *env) *cobra.Command {
	return e.group("batch", "batch.short", append(matterCommands(e),
		batchList(e), batchShow(e), batchRegister(e), batchTemplate(e), batchImport(e),
		batchChange(e, "withdraw", func(g, l, r string) proto.Message {
			return &productv1.MsgWithdrawBatch{Gtin: g, Lot: l, Reason: r}
		}),
		batchRecall(e),
		batchChange(e, "release", func(g, l, r string) proto.Message {
			return &productv1.MsgReleaseBatch{Gtin: g, Lot: l, Reason: r}
		}),
	)...)
}

func batchRegister(e *env) *cobra.Command {
	cmd := e.leaf("register GTIN LOT", "batch.register.short",
		"filiera batch register 8012345678907 L26-001 --quantity '120,5 kg' --produced 2026-11-20 --expires 2028-11-20 --place 109004 --from pastificio --password-file password.txt",
		cobra.ExactArgs(2),
		func(cmd *cobra.Command, args []string) error {
			msg, err := e.newBatch(cmd, args)
			if err != nil {
				return err
			}
			return e.carry(cmd.Context(), msg)
		})
	e.newBatchFlags(cmd)
	return e.changing(cmd)
}

// newBatchFlags are those of a batch that comes into being; newBatch reads them.
func (e *env) newBatchFlags(cmd *cobra.Command) *pflag.FlagSet {
	f := cmd.Flags()
	f.String("quantity", "", e.t("flag.quantity"))
	f.String("unit", "", e.t("flag.count-unit"))
	f.String("produced", "", e.t("flag.produced"))
	f.String("expires", "", e.t("flag.expires"))
	f.String("place", "", e.t("flag.place"))
	return f
}

func (e *env) newBatch(cmd *cobra.Command, args []string) (*productv1.MsgRegisterBatch, error) {
	gtin, err := gs1.ParseGTIN(args[0])
	if err != nil {
		return nil, usageError{err}
	}
	lot, err := gs1.NormaliseItalianLot(args[1])
	if err != nil {
		return nil, usageError{err}
	}
	f := cmd.Flags()
	written, _ := f.GetString("quantity")
	msg := &productv1.MsgRegisterBatch{Gtin: gtin, Lot: lot}
	msg.ProductionDate, _ = f.GetString("produced")
	msg.ExpiryDate, _ = f.GetString("expires")
	msg.Place, _ = f.GetString("place")
	if written == "" || msg.ProductionDate == "" {
		return nil, usage("%s", e.t("need.flag", "quantity, --produced"))
	}
	if err := module.CheckDate("--produced", msg.ProductionDate); err != nil {
		return nil, usageError{err}
	}
	unit, err := e.countUnit(cmd, gtin)
	if err != nil {
		return nil, err
	}
	msg.Quantity, err = writtenQuantity(written, unit)
	return msg, err
}

// countUnit is the unit in which batches of the product are counted: the one
// given, or the product's own, which the node knows. With the chain id given
// and nothing to send, no node is asked and the quantity's unit stands.
func (e *env) countUnit(cmd *cobra.Command, gtin string) (string, error) {
	if unit, _ := cmd.Flags().GetString("unit"); unit != "" {
		return unit, nil
	}
	if e.v.GetString("chain-id") != "" && e.v.GetBool("generate-only") {
		return "", nil
	}
	c, err := e.client()
	if err != nil {
		return "", err
	}
	p, err := c.Product(cmd.Context(), gtin)
	if err != nil {
		return "", err
	}
	return p.BaseUnit, nil
}

func batchList(e *env) *cobra.Command {
	return listCommand(e, listing[client.Batch]{
		path: "/v1/batches", key: "batch.list.short", example: "filiera batch list --gtin 08012345678907 --status active",
		filters:  []string{"gtin", "owner", "custodian", "specification", "status", "produced-from", "produced-to"},
		switches: []string{"late", "recalled"},
		head: []string{
			"GTIN", strings.ToUpper(e.t("lot")), strings.ToUpper(e.t("quantity")), strings.ToUpper(e.t("produced")),
			strings.ToUpper(e.t("state")), strings.ToUpper(e.t("owner")),
		},
		row: func(b *client.Batch) []any {
			return []any{b.GTIN, b.Lot, e.amount(b.Quantity), b.ProductionDate, b.Status, b.Owner}
		},
	})
}

func batchShow(e *env) *cobra.Command {
	return e.leaf("show GTIN LOT", "batch.show.short", "filiera batch show 8012345678907 L26-001", cobra.ExactArgs(2),
		func(cmd *cobra.Command, args []string) error {
			gtin, lot, err := e.findBatch(cmd.Context(), args[0], args[1])
			if err != nil {
				return err
			}
			return ask(cmd.Context(), e, batchPath(gtin, lot), nil, func(t *table, b *client.Batch) { e.drawBatch(t, b) })
		})
}

func batchPath(gtin, lot string) string {
	return "/v1/batches/" + url.PathEscape(gtin) + "/" + url.PathEscape(lot)
}

// findBatch reads the names of a batch as a person types them: the lot may
// carry the label's mark, so its readings are looked up in order. When none is
// registered, the first stands, and the ledger answers about that.
func (e *env) findBatch(ctx context.Context, gtin, typed string) (string, string, error) {
	gtin, err := gs1.ParseGTIN(gtin)
	if err != nil {
		return "", "", usageError{err}
	}
	lots := gs1.LotCandidates(typed)
	if len(lots) == 0 {
		_, err := gs1.ParseLot(typed)
		return "", "", usage("%v", err)
	}
	c, err := e.client()
	if err != nil {
		return "", "", err
	}
	for _, lot := range lots {
		b, err := c.Batch(ctx, gtin, lot)
		if err == nil {
			return gtin, b.Lot, nil
		}
		if !client.IsNotFound(err) {
			return "", "", err
		}
	}
	return gtin, lots[0], nil
}

func (e *env) drawBatch(t *table, b *client.Batch) {
	t.line("GTIN", b.GTIN)
	t.line(e.t("lot"), b.Lot)
	t.line(e.t("state"), b.Status)
	t.line(e.t("reason"), b.StatusReason)
	t.line(e.t("quantity"), e.amount(b.Quantity))
	if b.Specification != "" {
		t.line(e.t("specification"), b.Specification+"  "+e.t("version.n", int64(b.SpecificationVersion)))
	}
	t.line(e.t("produced"), b.ProductionDate)
	t.line(e.t("expires"), b.ExpiryDate)
	t.line(e.t("place"), b.Place)
	t.line(e.t("owner"), b.Owner)
	t.line(e.t("custodian"), b.Custodian)
	t.line(e.t("registered"), b.RegisteredAt)
	if b.LateDays > 0 {
		t.line(e.t("batch.late"), e.t("batch.late-days", int64(b.LateDays)))
	}
	t.line(e.t("tx.height"), int64(b.RegisteredHeight))
}

// batchChange is a command that changes the state of one batch.
func batchChange(e *env, verb string, act func(gtin, lot, reason string) proto.Message) *cobra.Command {
	return reasoned(e, verb+" GTIN LOT", "batch."+verb+".short",
		"filiera batch "+verb+" 8012345678907 L26-001 --reason 'corpo estraneo' --from pastificio --password-file password.txt",
		func(cmd *cobra.Command, args []string, reason string) (proto.Message, error) {
			if e.v.GetString("chain-id") != "" && e.v.GetBool("generate-only") {
				gtin, err := gs1.ParseGTIN(args[0])
				if err != nil {
					return nil, usageError{err}
				}
				lot, err := gs1.ParseLot(args[1])
				if err != nil {
					return nil, usageError{err}
				}
				return act(gtin, lot, reason), nil
			}
			gtin, lot, err := e.findBatch(cmd.Context(), args[0], args[1])
			if err != nil {
				return nil, err
			}
			return act(gtin, lot, reason), nil
		})
}
