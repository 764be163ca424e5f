package main

import (
	"fmt"
	"net/url"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/filiera-chain/filiera/client"
)

// matterCommands are those of batch that move matter, and show where it is.
func matterCommands(e *env) []*cobra.Command {
	return []*cobra.Command{
		batchHarvest(e), batchMake(e), batchSplit(e), batchMerge(e), batchSell(e), batchReturn(e), batchWriteOff(e), batchReverse(e),
		batchTransfer(e), batchHolders(e), batchBalance(e), batchEntries(e), batchBook(e),
	}
}

func batchBalance(e *env) *cobra.Command {
	cmd := e.leaf("balance GTIN LOT", "batch.balance.short",
		"filiera batch balance 8012345678907 L26-001\nfiliera batch balance 8012345678907 L26-001 --height 120 --output json", cobra.ExactArgs(2),
		func(cmd *cobra.Command, args []string) error {
			gtin, lot, err := e.findBatch(cmd.Context(), args[0], args[1])
			if err != nil {
				return err
			}
			query := url.Values{}
			if h, _ := cmd.Flags().GetInt64("height"); h > 0 {
				query.Set("height", strconv.FormatInt(h, 10))
			}
			e.twoTimes(cmd, query)
			if proof, _ := cmd.Flags().GetBool("proof"); proof {
				query.Set("proof", "true")
			}
			return ask(cmd.Context(), e, batchPath(gtin, lot)+"/balance", query, func(t *table, s *client.Stock) {
				amount := func(n client.Whole) string { return e.amount(client.Quantity{Amount: n, Unit: s.Unit}) }
				t.line("GTIN", gtin)
				t.line(e.t("lot"), lot)
				t.line(e.t("tx.height"), int64(s.Height))
				t.line(e.t("matter.entered"), amount(s.Entered))
				t.line(e.t("matter.left"), amount(s.Left))
				for _, line := range []struct {
					key string
					n   client.Whole
				}{{"matter.consumed", s.Consumed}, {"matter.moved", s.Moved}, {"matter.sold", s.Sold}, {"matter.written-off", s.WrittenOff}} {
					if line.n != 0 {
						t.line(e.t(line.key), amount(line.n))
					}
				}
			})
		})
	cmd.Flags().Int64("height", 0, e.t("flag.at-height"))
	e.twoTimesFlags(cmd)
	cmd.Flags().Bool("proof", false, e.t("flag.record-proof"))
	return cmd
}

func batchEntries(e *env) *cobra.Command {
	return e.paged(e.twoTimesFlags(e.leaf("entries GTIN LOT", "batch.entries.short", "filiera batch entries 8012345678907 L26-001\nfiliera batch entries 8012345678907 L26-001 --known-at 2026-11-30 --true-for 2026-11-20", cobra.ExactArgs(2),
		func(cmd *cobra.Command, args []string) error {
			gtin, lot, err := e.findBatch(cmd.Context(), args[0], args[1])
			if err != nil {
				return err
			}
			query := url.Values{}
			e.paging(cmd, query)
			e.twoTimes(cmd, query)
			return ask(cmd.Context(), e, batchPath(gtin, lot)+"/entries", query, func(t *table, p *client.Page[client.Entry]) {
				t.row("N.", strings.ToUpper(e.t("matter.day")), strings.ToUpper(e.t("matter.kind")), strings.ToUpper(e.t("quantity")), strings.ToUpper(e.t("matter.with")), strings.ToUpper(e.t("actor")))
				for i := range p.Items {
					e.drawEntry(t, &p.Items[i], gtin, lot)
				}
				e.hintNext(p.NextPageToken)
			})
		})))
}

// twoTimesFlags ask for the book as it was known at one time, about what had
// happened by another.
func (e *env) twoTimesFlags(cmd *cobra.Command) *cobra.Command {
	cmd.Flags().String("known-at", "", e.t("flag.known-at"))
	cmd.Flags().String("true-for", "", e.t("flag.true-for"))
	return cmd
}

func (e *env) twoTimes(cmd *cobra.Command, query url.Values) {
	for flag, name := range map[string]string{"known-at": "known_at", "true-for": "true_for"} {
		if v, _ := cmd.Flags().GetString(flag); v != "" {
			query.Set(name, v)
		}
	}
}

// drawEntry shows an entry from one batch's side.
func (e *env) drawEntry(t *table, entry *client.Entry, gtin, lot string) {
	amount, others := "", []string{}
	if entry.Kind == "transfer" {
		amount, others = e.handed(entry, gtin, lot)
		entry.Postings = nil
	}
	for _, p := range entry.Postings {
		if p.Batch.GTIN == gtin && p.Batch.Lot == lot && p.Account == "stock" {
			amount = e.signed(p.Amount, p.Unit)
			continue
		}
		switch {
		case p.Account == "stock":
			others = append(others, p.Batch.GTIN+"/"+p.Batch.Lot)
		case p.What != "":
			others = append(others, p.What)
		default:
			others = append(others, e.t("account."+string(p.Account)))
		}
	}
	kind := e.t("entry." + string(entry.Kind))
	if entry.Reverses != 0 {
		kind += fmt.Sprintf(" %d", entry.Reverses)
	}
	if entry.ReversedBy != 0 {
		kind += " " + e.t("entry.taken-back", int64(entry.ReversedBy))
	}
	if entry.Corrects != 0 {
		kind += " " + e.t("entry.corrects", int64(entry.Corrects))
	}
	if entry.LateDays != 0 {
		kind += " " + e.t("entry.late", int64(entry.LateDays))
	}
	t.row(int64(entry.Number), entry.Day, kind, amount, strings.Join(others, ", "), entry.Actor)
}

// handed is how much of a batch a transfer moves, and from whom to whom.
func (e *env) handed(entry *client.Entry, gtin, lot string) (amount string, others []string) {
	for _, p := range entry.Postings {
		if p.Batch.GTIN != gtin || p.Batch.Lot != lot {
			continue
		}
		if p.Amount > 0 {
			amount, others = e.amount(client.Quantity{Amount: p.Amount, Unit: p.Unit}), append(others, "→ "+p.Holder)
		} else {
			others = append(others, p.Holder)
		}
	}
	return amount, []string{strings.Join(others, " ")}
}

func (e *env) signed(n client.Whole, unit string) string {
	if n < 0 {
		return "−" + e.amount(client.Quantity{Amount: -n, Unit: unit})
	}
	return "+" + e.amount(client.Quantity{Amount: n, Unit: unit})
}

func batchBook(e *env) *cobra.Command {
	return e.leaf("book", "batch.book.short", "filiera batch book", cobra.NoArgs, func(cmd *cobra.Command, _ []string) error {
		type book struct {
			Height   client.Whole `json:"height"`
			Accounts []struct {
				Account client.Word  `json:"account"`
				MassMg  client.Whole `json:"mass_mg"`
			} `json:"accounts"`
		}
		return ask(cmd.Context(), e, "/v1/matter", nil, func(t *table, b *book) {
			for _, a := range b.Accounts {
				t.line(e.t("account."+string(a.Account)), e.signed(a.MassMg, "MGM"))
			}
			t.line(e.t("tx.height"), int64(b.Height))
		})
	})
}
