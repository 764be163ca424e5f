package main

import (
	"strings"

	"github.com/spf13/cobra"
	"google.golang.org/protobuf/proto"

	basev1 "github.com/filiera-chain/filiera/api/base/v1"
	custodyv1 "github.com/filiera-chain/filiera/api/custody/v1"
	"github.com/filiera-chain/filiera/client"
)

const exampleSSCC = "395212340000000014"

// logisticCommand is about pallets, cases and other units under an SSCC.
func logisticCommand(e *env) *cobra.Command {
	return e.group("logistic", "logistic.short", logisticPack(e), logisticUnpack(e), logisticList(e), logisticShow(e))
}

// inside reads what is put into a unit or taken out.
func (e *env) inside(cmd *cobra.Command) (contents []*custodyv1.Content, children []string, event []byte, err error) {
	goods, _ := cmd.Flags().GetStringArray("goods")
	for _, text := range goods {
		u, err := readUse(text)
		if err != nil {
			return nil, nil, nil, err
		}
		contents = append(contents, &custodyv1.Content{Batch: u.GetBatch(), Quantity: u.GetQuantity()})
	}
	items, _ := cmd.Flags().GetStringArray("items")
	for _, text := range items {
		name, list, ok := strings.Cut(text, "=")
		id, err := slashBatch(name)
		if err != nil {
			return nil, nil, nil, err
		}
		serials := strings.Split(list, ",")
		if !ok || list == "" {
			return nil, nil, nil, usage("%q names no items; write GTIN/LOT=SERIAL,SERIAL", text)
		}
		contents = append(contents, &custodyv1.Content{Batch: id, Quantity: &basev1.Quantity{Amount: int64(len(serials)), Unit: "H87"}, Serials: serials})
	}
	units, _ := cmd.Flags().GetStringArray("unit")
	for _, text := range units {
		sscc, err := readSSCC(text)
		if err != nil {
			return nil, nil, nil, err
		}
		children = append(children, sscc)
	}
	event, err = eventFlag(cmd, "event")
	return contents, children, event, err
}

func (e *env) packing(verb, example string, act func(sscc string, contents []*custodyv1.Content, children []string, event []byte) proto.Message) *cobra.Command {
	cmd := e.leaf(verb+" SSCC", "logistic."+verb+".short", example, cobra.ExactArgs(1), func(cmd *cobra.Command, args []string) error {
		sscc, err := readSSCC(args[0])
		if err != nil {
			return err
		}
		contents, children, event, err := e.inside(cmd)
		if err != nil {
			return err
		}
		return e.carry(cmd.Context(), act(sscc, contents, children, event))
	})
	f := cmd.Flags()
	f.StringArray("goods", nil, e.t("flag.goods"))
	f.StringArray("items", nil, e.t("flag.items"))
	f.StringArray("unit", nil, e.t("flag.unit-inside"))
	f.String("event", "", e.t("flag.aggregation-event"))
	return e.changing(cmd)
}

func logisticPack(e *env) *cobra.Command {
	return e.packing("pack", `
filiera logistic pack `+exampleSSCC+` --goods '8012345678907/L26-001=100 kg'`+signs+`
filiera logistic pack `+exampleSSCC+` --items 8012345678907/L26-001=S1,S2 --unit 395212340000000021`+signs,
		func(sscc string, contents []*custodyv1.Content, children []string, event []byte) proto.Message {
			return &custodyv1.MsgPack{Sscc: sscc, Contents: contents, Children: children, Event: event}
		})
}

func logisticUnpack(e *env) *cobra.Command {
	return e.packing("unpack", "filiera logistic unpack "+exampleSSCC+signs,
		func(sscc string, contents []*custodyv1.Content, children []string, event []byte) proto.Message {
			return &custodyv1.MsgUnpack{Sscc: sscc, Contents: contents, Children: children, Event: event}
		})
}

func logisticList(e *env) *cobra.Command {
	return listCommand(e, listing[client.LogisticUnit]{
		path: "/v1/logistic-units", key: "logistic.list.short", example: "filiera logistic list --holder pastificio-example",
		filters: []string{"holder", "in-unit", "gtin", "lot"},
		head:    []string{"SSCC", strings.ToUpper(e.t("holder")), strings.ToUpper(e.t("unit.in")), strings.ToUpper(e.t("unit.units")), strings.ToUpper(e.t("offer.goods"))},
		row: func(u *client.LogisticUnit) []any {
			return []any{u.SSCC, u.Holder, u.Parent, len(u.Children), e.unitGoods(u)}
		},
	})
}

func (e *env) unitGoods(u *client.LogisticUnit) string {
	var list []string
	for i, c := range u.Contents {
		if i == 3 {
			list = append(list, "…")
			break
		}
		list = append(list, c.Batch.GTIN+"/"+c.Batch.Lot+" "+e.amount(c.Quantity))
	}
	return strings.Join(list, ", ")
}

func logisticShow(e *env) *cobra.Command {
	return e.leaf("show SSCC", "logistic.show.short", "filiera logistic show "+exampleSSCC, cobra.ExactArgs(1), func(cmd *cobra.Command, args []string) error {
		sscc, err := readSSCC(args[0])
		if err != nil {
			return err
		}
		return ask(cmd.Context(), e, "/v1/logistic-units/"+sscc, nil, func(t *table, u *client.LogisticUnit) {
			t.line("SSCC", u.SSCC)
			t.line(e.t("holder"), u.Holder)
			if u.Parent != "" {
				t.line(e.t("unit.in"), u.Parent)
			}
			if len(u.Contents)+len(u.Children) == 0 {
				t.line(e.t("offer.goods"), e.t("unit.empty"))
			}
			for _, c := range u.Contents {
				text := e.amount(c.Quantity)
				if len(c.Serials) > 0 {
					text += ": " + strings.Join(c.Serials, ", ")
				}
				t.line(c.Batch.GTIN+"/"+c.Batch.Lot, text)
			}
			for _, child := range u.Children {
				t.line(e.t("unit.unit"), child)
			}
		})
	})
}
