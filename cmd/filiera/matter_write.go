package main

import (
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"google.golang.org/protobuf/proto"

	basev1 "github.com/filiera-chain/filiera/api/base/v1"
	matterv1 "github.com/filiera-chain/filiera/api/matter/v1"
	"github.com/filiera-chain/filiera/gs1"
	"github.com/filiera-chain/filiera/quantity"
)

// signs are the flags of who signs, at the end of every example.
const signs = " --from pastificio --password-file password.txt"

func batchHarvest(e *env) *cobra.Command {
	cmd := e.leaf("harvest GTIN LOT", "batch.harvest.short",
		"filiera batch harvest 8012345678907 L26-001 --quantity '14000 kg' --year 2026 --claim 'pastificio-example/vigna=1 ha' --produced 2026-09-20 --place 109004"+signs,
		cobra.ExactArgs(2),
		func(cmd *cobra.Command, args []string) error {
			b, err := e.newBatch(cmd, args)
			if err != nil {
				return err
			}
			m := &matterv1.MsgHarvest{Batch: &matterv1.NewBatch{
				Gtin: b.GetGtin(), Lot: b.GetLot(), Quantity: b.GetQuantity(), ProductionDate: b.GetProductionDate(), ExpiryDate: b.GetExpiryDate(), Place: b.GetPlace(),
			}}
			m.HarvestYear, _ = cmd.Flags().GetUint32("year")
			claims, _ := cmd.Flags().GetStringArray("claim")
			if m.HarvestYear == 0 || len(claims) == 0 {
				return usage("%s", e.t("need.flag", "year, --claim"))
			}
			for _, text := range claims {
				c, err := readClaim(text)
				if err != nil {
					return err
				}
				m.Claims = append(m.Claims, c)
			}
			return e.post(cmd, m)
		})
	f := e.newBatchFlags(cmd)
	f.Uint32("year", 0, e.t("flag.harvest-year"))
	f.StringArray("claim", nil, e.t("flag.claim"))
	return e.changing(e.correcting(cmd))
}

// readClaim reads LOCATION=1,5 ha or LOCATION=10 capi.
func readClaim(text string) (*matterv1.Claim, error) {
	location, amount, ok := strings.Cut(text, "=")
	number, unit, and := strings.Cut(strings.TrimSpace(amount), " ")
	if !ok || !and || location == "" {
		return nil, usage("the claim is %q; write LOCATION=1,5 ha for land, or LOCATION=10 capi for animals", text)
	}
	switch strings.ToLower(strings.TrimSpace(unit)) {
	case "capi", "capo", "head", "heads":
		heads, err := strconv.ParseInt(number, 10, 64)
		if err != nil {
			return nil, usage("the claim is %q; write a whole number of animals", text)
		}
		return &matterv1.Claim{Location: location, Heads: heads}, nil
	}
	q, err := writtenQuantity(amount, "MTK")
	if err != nil {
		return nil, err
	}
	return &matterv1.Claim{Location: location, AreaM2: q.GetAmount()}, nil
}

func batchMake(e *env) *cobra.Command {
	cmd := e.leaf("make", "batch.make.short", `
filiera batch make --input '8012345678907/L26-001=100 kg' --makes '8012345678907/L26-002=90 kg' --produced 2026-11-20 --place 109004`+signs+`
filiera batch make --outside 'semola:flour=100 kg' --outside 'uova:eggs=700 pz@60 g' --makes '8012345678907/L26-002=90 kg' --produced 2026-11-20 --place 109004`+signs,
		cobra.NoArgs,
		func(cmd *cobra.Command, _ []string) error {
			m, err := e.transformation(cmd)
			if err != nil {
				return err
			}
			return e.post(cmd, m)
		})
	f := cmd.Flags()
	f.StringArray("input", nil, e.t("flag.input"))
	f.StringArray("outside", nil, e.t("flag.outside"))
	f.StringArray("makes", nil, e.t("flag.made"))
	f.String("produced", "", e.t("flag.produced"))
	f.String("expires", "", e.t("flag.expires"))
	f.String("place", "", e.t("flag.place"))
	f.String("reason", "", e.t("flag.note"))
	return e.changing(e.correcting(cmd))
}

func (e *env) transformation(cmd *cobra.Command) (*matterv1.MsgTransform, error) {
	f := cmd.Flags()
	m := &matterv1.MsgTransform{}
	m.Reason, _ = f.GetString("reason")
	produced, _ := f.GetString("produced")
	expires, _ := f.GetString("expires")
	place, _ := f.GetString("place")
	inputs, _ := f.GetStringArray("input")
	outside, _ := f.GetStringArray("outside")
	outputs, _ := f.GetStringArray("makes")
	if len(outputs) == 0 || produced == "" || place == "" {
		return nil, usage("%s", e.t("need.flag", "makes, --produced, --place"))
	}
	for _, text := range inputs {
		u, err := readUse(text)
		if err != nil {
			return nil, err
		}
		m.Inputs = append(m.Inputs, u)
	}
	for _, text := range outside {
		o, err := readOutside(text)
		if err != nil {
			return nil, err
		}
		m.Outside = append(m.Outside, o)
	}
	for _, text := range outputs {
		u, err := readUse(text)
		if err != nil {
			return nil, err
		}
		unit, err := e.countUnit(cmd, u.GetBatch().GetGtin())
		if err != nil {
			return nil, err
		}
		if unit != "" {
			q, err := quantity.Quantity{Amount: u.GetQuantity().GetAmount(), Unit: u.GetQuantity().GetUnit()}.To(unit)
			if err != nil {
				return nil, usageError{err}
			}
			u.Quantity = &basev1.Quantity{Amount: q.Amount, Unit: q.Unit}
		}
		m.Outputs = append(m.Outputs, &matterv1.NewBatch{
			Gtin: u.GetBatch().GetGtin(), Lot: u.GetBatch().GetLot(), Quantity: u.GetQuantity(), ProductionDate: produced, ExpiryDate: expires, Place: place,
		})
	}
	return m, nil
}

// readUse reads GTIN/LOT=QUANTITY.
func readUse(text string) (*matterv1.Use, error) {
	name, amount, ok := strings.Cut(text, "=")
	if !ok {
		return nil, usage("%q names no quantity; write GTIN/LOT=100 kg", text)
	}
	id, err := slashBatch(name)
	if err != nil {
		return nil, err
	}
	q, err := writtenSmall(amount)
	return &matterv1.Use{Batch: id, Quantity: q}, err
}

// writtenSmall reads a quantity in the unit that is written, or in the smallest
// that holds it in whole numbers.
func writtenSmall(text string) (*basev1.Quantity, error) {
	q, err := writtenQuantity(text, "")
	if err == nil {
		return q, nil
	}
	for _, unit := range []string{"GRM", "MGM", "MLT"} {
		if q, again := writtenQuantity(text, unit); again == nil {
			return q, nil
		}
	}
	return nil, err
}

// readOutside reads WHAT[:STAGE]=QUANTITY[@MASS OF ONE].
func readOutside(text string) (*matterv1.OutsideInput, error) {
	name, amount, ok := strings.Cut(text, "=")
	if !ok {
		return nil, usage("%q names no quantity; write WHAT=100 kg, or WHAT:STAGE=700 pz@60 g", text)
	}
	o := &matterv1.OutsideInput{}
	o.What, o.Stage, _ = strings.Cut(name, ":")
	amount, each, weighed := strings.Cut(amount, "@")
	var err error
	if o.Quantity, err = writtenSmall(amount); err != nil || !weighed {
		return o, err
	}
	one, err := writtenQuantity(each, "MGM")
	o.UnitMg = one.GetAmount()
	return o, err
}

func batchSplit(e *env) *cobra.Command {
	cmd := e.leaf("split GTIN LOT", "batch.split.short", "filiera batch split 8012345678907 L26-001 --into 'L26-001A=100 kg' --into 'L26-001B=20,5 kg'"+signs, cobra.ExactArgs(2),
		func(cmd *cobra.Command, args []string) error {
			id, err := batchID(args[0], args[1])
			if err != nil {
				return err
			}
			m := &matterv1.MsgSplit{From: id}
			parts, _ := cmd.Flags().GetStringArray("into")
			for _, text := range parts {
				lot, q, err := e.lotPart(text)
				if err != nil {
					return err
				}
				m.Parts = append(m.Parts, &matterv1.Part{Lot: lot, Quantity: q})
			}
			if len(m.Parts) == 0 {
				return usage("%s", e.t("need.flag", "into"))
			}
			return e.post(cmd, m)
		})
	cmd.Flags().StringArray("into", nil, e.t("flag.into"))
	return e.changing(e.correcting(cmd))
}

// lotPart reads LOT=QUANTITY.
func (e *env) lotPart(text string) (string, *basev1.Quantity, error) {
	name, amount, ok := strings.Cut(text, "=")
	lot, err := gs1.NormaliseItalianLot(name)
	if !ok || err != nil {
		return "", nil, usage("%q is no part; write LOT=100 kg", text)
	}
	q, err := writtenSmall(amount)
	return lot, q, err
}

func batchMerge(e *env) *cobra.Command {
	cmd := e.leaf("merge GTIN NEWLOT", "batch.merge.short", "filiera batch merge 8012345678907 L26-003 --input 'L26-001=100 kg' --input 'L26-002=20 kg'"+signs, cobra.ExactArgs(2),
		func(cmd *cobra.Command, args []string) error {
			id, err := batchID(args[0], args[1])
			if err != nil {
				return err
			}
			m := &matterv1.MsgMerge{Lot: id.GetLot()}
			inputs, _ := cmd.Flags().GetStringArray("input")
			for _, text := range inputs {
				lot, q, err := e.lotPart(text)
				if err != nil {
					return err
				}
				m.Inputs = append(m.Inputs, &matterv1.Use{Batch: &basev1.BatchID{Gtin: id.GetGtin(), Lot: lot}, Quantity: q})
			}
			if len(m.Inputs) < 2 {
				return usage("%s", e.t("need.flag", "input, --input"))
			}
			return e.post(cmd, m)
		})
	cmd.Flags().StringArray("input", nil, e.t("flag.merge-input"))
	return e.changing(e.correcting(cmd))
}

// single makes a command that moves so much of one batch.
func (e *env) single(verb string, act func(what *matterv1.Use, day, reason string) proto.Message) *cobra.Command {
	cmd := e.leaf(verb+" GTIN LOT", "batch."+verb+".short",
		"filiera batch "+verb+" 8012345678907 L26-001 --quantity '20 kg' --day 2026-11-20 --reason 'consegna 17'"+signs, cobra.ExactArgs(2),
		func(cmd *cobra.Command, args []string) error {
			id, err := batchID(args[0], args[1])
			if err != nil {
				return err
			}
			text, _ := cmd.Flags().GetString("quantity")
			if text == "" {
				return usage("%s", e.t("need.flag", "quantity"))
			}
			q, err := writtenSmall(text)
			if err != nil {
				return err
			}
			day, _ := cmd.Flags().GetString("day")
			if day == "" {
				day = e.now().Format(time.DateOnly)
			}
			reason, _ := cmd.Flags().GetString("reason")
			return e.post(cmd, act(&matterv1.Use{Batch: id, Quantity: q}, day, reason))
		})
	cmd.Flags().String("quantity", "", e.t("flag.moved-quantity"))
	cmd.Flags().String("day", "", e.t("flag.day"))
	cmd.Flags().String("reason", "", e.t("flag.reason"))
	return e.changing(e.correcting(cmd))
}

func batchSell(e *env) *cobra.Command {
	return e.single("sell", func(what *matterv1.Use, day, reason string) proto.Message {
		return &matterv1.MsgSell{What: what, Day: day, Reason: reason}
	})
}

func batchReturn(e *env) *cobra.Command {
	return e.single("return", func(what *matterv1.Use, day, reason string) proto.Message {
		return &matterv1.MsgReturn{What: what, Day: day, Reason: reason}
	})
}

func batchWriteOff(e *env) *cobra.Command {
	return e.single("write-off", func(what *matterv1.Use, day, reason string) proto.Message {
		return &matterv1.MsgWriteOff{What: what, Day: day, Reason: reason}
	})
}

func batchReverse(e *env) *cobra.Command {
	return reasoned(e, "reverse ENTRY", "batch.reverse.short", "filiera batch reverse 17 --reason 'vasca sbagliata'"+signs,
		func(_ *cobra.Command, args []string, reason string) (proto.Message, error) {
			n, err := strconv.ParseUint(args[0], 10, 64)
			if err != nil {
				return nil, usage("the entry is %q; write its number", args[0])
			}
			return &matterv1.MsgReverse{Entry: n, Reason: reason}, nil
		})
}
