package main

import (
	"encoding/hex"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"google.golang.org/protobuf/proto"

	basev1 "github.com/filiera-chain/filiera/api/base/v1"
	custodyv1 "github.com/filiera-chain/filiera/api/custody/v1"
	"github.com/filiera-chain/filiera/client"
	"github.com/filiera-chain/filiera/gs1"
)

// offerDays is how long an offer waits when nobody says.
const offerDays = 14

func batchTransfer(e *env) *cobra.Command {
	return e.group("transfer", "batch.transfer.short", transferOffer(e), transferAccept(e), transferRefuse(e), transferDispute(e), transferAgree(e),
		transferCancel(e), transferTie(e), transferList(e), transferShow(e))
}

func transferOffer(e *env) *cobra.Command {
	cmd := e.leaf("offer", "batch.transfer.offer.short", `
filiera batch transfer offer --to distributore-example --goods '8012345678907/L26-001=100 kg' --document rapporto.pdf`+signs+`
filiera batch transfer offer --to distributore-example --sscc 395212340000000014 --until 2098-12-24`+signs,
		cobra.NoArgs, func(cmd *cobra.Command, _ []string) error {
			m, err := e.offered(cmd)
			if err != nil {
				return err
			}
			return e.carryNumbered(cmd.Context(), m, "offer")
		})
	f := cmd.Flags()
	f.String("to", "", e.t("flag.offer-to"))
	f.StringArray("goods", nil, e.t("flag.goods"))
	f.String("sscc", "", e.t("flag.sscc"))
	f.String("until", "", e.t("flag.offer-until", offerDays))
	f.String("note", "", e.t("flag.note"))
	f.String("shipping-event", "", e.t("flag.shipping-event"))
	e.documentFlags(cmd, "document")
	return e.changing(cmd)
}

func (e *env) offered(cmd *cobra.Command) (*custodyv1.MsgOffer, error) {
	f := cmd.Flags()
	m := &custodyv1.MsgOffer{}
	m.Receiver, _ = f.GetString("to")
	m.Note, _ = f.GetString("note")
	goods, _ := f.GetStringArray("goods")
	unit, _ := f.GetString("sscc")
	if m.Receiver == "" || (len(goods) == 0) == (unit == "") {
		return nil, usage("%s", e.t("need.goods"))
	}
	for _, text := range goods {
		u, err := readUse(text)
		if err != nil {
			return nil, err
		}
		m.Goods = append(m.Goods, &custodyv1.Goods{Batch: u.GetBatch(), Quantity: u.GetQuantity()})
	}
	var err error
	if m.Sscc, err = readSSCC(unit); err != nil {
		return nil, err
	}
	until, _ := f.GetString("until")
	end := e.now().AddDate(0, 0, offerDays)
	if until != "" {
		if end, err = time.Parse(time.DateOnly, until); err != nil {
			return nil, usage("--until is %q; write a day as YYYY-MM-DD", until)
		}
		end = end.Add(24*time.Hour - time.Second)
	}
	m.ExpiresAt = end.Unix()
	if m.DocumentSha256, err = e.documentFlag(cmd, "document"); err != nil {
		return nil, err
	}
	m.ShippingEvent, err = eventFlag(cmd, "shipping-event")
	return m, err
}

// readSSCC reads the digits of a unit's code, with its application identifier or
// spaces as scanners give them; empty stays empty.
func readSSCC(text string) (string, error) {
	if text == "" {
		return "", nil
	}
	digits := strings.NewReplacer(" ", "", "(00)", "").Replace(text)
	if len(digits) == 20 {
		digits = strings.TrimPrefix(digits, "00")
	}
	sscc, err := gs1.ParseSSCC(digits)
	if err != nil {
		return "", usageError{err}
	}
	return sscc, nil
}

// eventFlag reads the id of an event, as trace hash and trace capture print it.
func eventFlag(cmd *cobra.Command, name string) ([]byte, error) {
	text, _ := cmd.Flags().GetString(name)
	text = strings.TrimPrefix(text, "ni:///sha-256;")
	text, _, _ = strings.Cut(text, "?")
	id, err := hex.DecodeString(text)
	if err != nil || len(id) != 0 && len(id) != 32 {
		return nil, usage("--%s is %q; write the 64 hexadecimal digits of the event", name, text)
	}
	return id, nil
}

func offerNumber(text string) (uint64, error) {
	n, err := strconv.ParseUint(text, 10, 64)
	if err != nil || n == 0 {
		return 0, usage("the offer is %q; write its number", text)
	}
	return n, nil
}

// answering makes a command about one offer.
func (e *env) answering(verb, flags string, act func(cmd *cobra.Command, offer uint64) (proto.Message, error)) *cobra.Command {
	cmd := e.leaf(verb+" OFFER", "batch.transfer."+verb+".short", "filiera batch transfer "+verb+" 1"+flags+signs, cobra.ExactArgs(1),
		func(cmd *cobra.Command, args []string) error {
			n, err := offerNumber(args[0])
			if err != nil {
				return err
			}
			m, err := act(cmd, n)
			if err != nil {
				return err
			}
			return e.carry(cmd.Context(), m)
		})
	return e.changing(cmd)
}

func transferAccept(e *env) *cobra.Command {
	return e.answering("accept", "", func(_ *cobra.Command, n uint64) (proto.Message, error) {
		return &custodyv1.MsgAccept{Offer: n}, nil
	})
}

func transferAgree(e *env) *cobra.Command {
	cmd := e.answering("agree", " --write-off-missing", func(cmd *cobra.Command, n uint64) (proto.Message, error) {
		off, _ := cmd.Flags().GetBool("write-off-missing")
		return &custodyv1.MsgAgree{Offer: n, WriteOffMissing: off}, nil
	})
	cmd.Flags().Bool("write-off-missing", false, e.t("flag.write-off-missing"))
	return cmd
}

// reasonedAnswer is answering with a reason.
func (e *env) reasonedAnswer(verb, flags, reason string, act func(cmd *cobra.Command, n uint64, reason string) (proto.Message, error)) *cobra.Command {
	cmd := e.answering(verb, flags+" --reason '"+reason+"'", func(cmd *cobra.Command, n uint64) (proto.Message, error) {
		text, _ := cmd.Flags().GetString("reason")
		if text == "" {
			return nil, usage("%s", e.t("need.flag", "reason"))
		}
		return act(cmd, n, text)
	})
	cmd.Flags().String("reason", "", e.t("flag.reason"))
	return cmd
}

func transferRefuse(e *env) *cobra.Command {
	return e.reasonedAnswer("refuse", "", "non ordinato", func(_ *cobra.Command, n uint64, reason string) (proto.Message, error) {
		return &custodyv1.MsgRefuse{Offer: n, Reason: reason}, nil
	})
}

func transferCancel(e *env) *cobra.Command {
	return e.reasonedAnswer("cancel", "", "lotto sbagliato", func(_ *cobra.Command, n uint64, reason string) (proto.Message, error) {
		return &custodyv1.MsgCancel{Offer: n, Reason: reason}, nil
	})
}

func transferDispute(e *env) *cobra.Command {
	cmd := e.reasonedAnswer("dispute", " --counted '95 kg'", "un sacco rotto", func(cmd *cobra.Command, n uint64, reason string) (proto.Message, error) {
		m := &custodyv1.MsgDispute{Offer: n, Reason: reason}
		counted, _ := cmd.Flags().GetStringArray("counted")
		if len(counted) == 0 {
			return nil, usage("%s", e.t("need.flag", "counted"))
		}
		for _, text := range counted {
			if strings.TrimSpace(text) == "0" {
				m.Counted = append(m.Counted, &basev1.Quantity{})
				continue
			}
			q, err := writtenSmall(text)
			if err != nil {
				return nil, err
			}
			m.Counted = append(m.Counted, q)
		}
		return m, nil
	})
	cmd.Flags().StringArray("counted", nil, e.t("flag.counted"))
	return cmd
}

func transferTie(e *env) *cobra.Command {
	cmd := e.answering("tie", " --event "+strings.Repeat("ab", 32), func(cmd *cobra.Command, n uint64) (proto.Message, error) {
		id, err := eventFlag(cmd, "event")
		if err == nil && len(id) == 0 {
			err = usage("%s", e.t("need.flag", "event"))
		}
		return &custodyv1.MsgTie{Offer: n, Event: id}, err
	})
	cmd.Flags().String("event", "", e.t("flag.tied-event"))
	return cmd
}

func transferList(e *env) *cobra.Command {
	return listCommand(e, listing[client.Offer]{
		path: "/v1/offers", key: "batch.transfer.list.short", example: "filiera batch transfer list --receiver distributore-example --status open",
		filters: []string{"sender", "receiver", "status", "gtin", "lot", "sscc"},
		head:    []string{"N.", strings.ToUpper(e.t("offer.sender")), strings.ToUpper(e.t("offer.receiver")), strings.ToUpper(e.t("offer.goods")), strings.ToUpper(e.t("offer.until")), strings.ToUpper(e.t("state"))},
		row: func(o *client.Offer) []any {
			return []any{int64(o.Number), o.Sender, o.Receiver, e.offeredGoods(o), o.ExpiresAt.String(), e.t("offer." + string(o.Status))}
		},
	})
}

// offeredGoods is what an offer is about, on one line.
func (e *env) offeredGoods(o *client.Offer) string {
	var list []string
	if o.SSCC != "" {
		list = append(list, "(00)"+o.SSCC+":")
	}
	for i, l := range o.Lines {
		if i == 3 {
			list = append(list, "…")
			break
		}
		list = append(list, l.Batch.GTIN+"/"+l.Batch.Lot+" "+e.amount(l.Quantity))
	}
	return strings.Join(list, " ")
}

func transferShow(e *env) *cobra.Command {
	return e.leaf("show OFFER", "batch.transfer.show.short", "filiera batch transfer show 1", cobra.ExactArgs(1), func(cmd *cobra.Command, args []string) error {
		n, err := offerNumber(args[0])
		if err != nil {
			return err
		}
		return ask(cmd.Context(), e, "/v1/offers/"+strconv.FormatUint(n, 10), nil, func(t *table, o *client.Offer) {
			t.line("N.", int64(o.Number))
			t.line(e.t("state"), e.t("offer."+string(o.Status)))
			t.line(e.t("offer.sender"), o.Sender)
			t.line(e.t("offer.receiver"), o.Receiver)
			if o.SSCC != "" {
				t.line("SSCC", o.SSCC)
			}
			for _, l := range o.Lines {
				text := e.amount(l.Quantity)
				if l.Counted != nil {
					text += ", " + e.t("offer.counted", e.amount(*l.Counted))
				}
				t.line(l.Batch.GTIN+"/"+l.Batch.Lot, text)
			}
			t.line(e.t("offer.until"), o.ExpiresAt.String())
			for _, line := range [][2]string{{"reason", o.Reason}, {"offer.document", o.DocumentSHA256}, {"offer.note", o.Note}, {"offer.shipping", o.ShippingEvent}, {"offer.receiving", o.ReceivingEvent}} {
				if line[1] != "" {
					t.line(e.t(line[0]), line[1])
				}
			}
			if o.Entry != 0 {
				t.line(e.t("matter.kind"), int64(o.Entry))
			}
		})
	})
}

func batchHolders(e *env) *cobra.Command {
	cmd := e.leaf("holders GTIN LOT", "batch.holders.short", "filiera batch holders 8012345678907 L26-001\nfiliera batch holders 8012345678907 L26-001 --proof --output json", cobra.ExactArgs(2),
		func(cmd *cobra.Command, args []string) error {
			gtin, lot, err := e.findBatch(cmd.Context(), args[0], args[1])
			if err != nil {
				return err
			}
			query := url.Values{}
			if proof, _ := cmd.Flags().GetBool("proof"); proof {
				query.Set("proof", "true")
			}
			return ask(cmd.Context(), e, batchPath(gtin, lot)+"/holders", query, func(t *table, h *client.Holders) {
				amount := func(n client.Whole) string { return e.amount(client.Quantity{Amount: n, Unit: h.Unit}) }
				t.row(strings.ToUpper(e.t("holder")), strings.ToUpper(e.t("matter.left")), strings.ToUpper(e.t("holder.packed")), strings.ToUpper(e.t("matter.sold")))
				for _, one := range h.Items {
					t.row(one.Holder, amount(one.Left), amount(one.Packed), amount(one.Sold))
				}
				t.row(e.t("holder.all"), amount(h.Left), "", "")
			})
		})
	cmd.Flags().Bool("proof", false, e.t("flag.record-proof"))
	return cmd
}
