package main

import (
	"fmt"

	"github.com/spf13/cobra"
	"google.golang.org/protobuf/proto"

	matterv1 "github.com/filiera-chain/filiera/api/matter/v1"
)

// correcting lets a command of the book tell an earlier entry right.
func (e *env) correcting(cmd *cobra.Command) *cobra.Command {
	cmd.Flags().Uint64("corrects", 0, e.t("flag.corrects"))
	cmd.Flags().String("why", "", e.t("flag.why"))
	return cmd
}

// post carries an act of the book; with --corrects, in one act with the reversal of
// the entry that it tells right.
func (e *env) post(cmd *cobra.Command, m proto.Message) error {
	entry, _ := cmd.Flags().GetUint64("corrects")
	why, _ := cmd.Flags().GetString("why")
	if entry == 0 {
		if why != "" {
			return usage("%s", e.t("need.flag", "corrects"))
		}
		return e.carryNumbered(cmd.Context(), m, "entry")
	}
	if why == "" {
		return usage("%s", e.t("need.flag", "why"))
	}
	r := &matterv1.MsgReverse{Entry: entry, Reason: why}
	switch m := m.(type) {
	case *matterv1.MsgHarvest:
		r.Harvest = m
	case *matterv1.MsgTransform:
		r.Transform = m
	case *matterv1.MsgSplit:
		r.Split = m
	case *matterv1.MsgMerge:
		r.Merge = m
	case *matterv1.MsgWriteOff:
		r.WriteOff = m
	case *matterv1.MsgSell:
		r.Sell = m
	case *matterv1.MsgReturn:
		r.ReturnGoods = m
	default:
		return fmt.Errorf("%T tells no entry right", m)
	}
	return e.carryNumbered(cmd.Context(), r, "right")
}
