package main

import (
	"context"
	"encoding/hex"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"google.golang.org/protobuf/proto"

	basev1 "github.com/filiera-chain/filiera/api/base/v1"
	recallv1 "github.com/filiera-chain/filiera/api/recall/v1"
	"github.com/filiera-chain/filiera/gs1"
)

// batchRecall calls one batch back, with all that was made of it.
func batchRecall(e *env) *cobra.Command {
	cmd := e.leaf("recall GTIN LOT", "batch.recall.short",
		"filiera batch recall 8012345678907 L26-001 --reason 'corpo estraneo' --hazard foreign_body"+signs, cobra.ExactArgs(2),
		func(cmd *cobra.Command, args []string) error {
			m := &recallv1.MsgOpenRecall{}
			if m.Reason, _ = cmd.Flags().GetString("reason"); m.Reason == "" {
				return usage("%s", e.t("need.flag", "reason"))
			}
			id, err := e.batchNamed(cmd.Context(), args[0]+"/"+args[1])
			if err != nil {
				return err
			}
			m.Targets = []*recallv1.Target{{Kind: recallv1.TargetKind_TARGET_KIND_LOT, Batch: id}}
			if err := e.recallTerms(cmd, m); err != nil {
				return err
			}
			return e.carryNumbered(cmd.Context(), m, "recall")
		})
	cmd.Flags().String("reason", "", e.t("flag.reason"))
	e.recallFlags(cmd)
	return e.changing(cmd)
}

func (e *env) recallFlags(cmd *cobra.Command) {
	f := cmd.Flags()
	f.String("hazard", "other", e.t("flag.hazard"))
	f.String("legal-basis", "Reg. (EC) 178/2002 art. 19", e.t("flag.recall-basis"))
	f.Duration("within", 72*time.Hour, e.t("flag.within"))
	f.String("deadline", "", e.t("flag.recall-deadline"))
}

// recallTerms reads what kind of recall it is, and until when it is to be
// acknowledged.
func (e *env) recallTerms(cmd *cobra.Command, m *recallv1.MsgOpenRecall) error {
	f := cmd.Flags()
	hazard, _ := f.GetString("hazard")
	n, known := recallv1.Hazard_value["HAZARD_"+strings.ToUpper(hazard)]
	if !known || n == 0 {
		return usage("%s", e.t("bad.hazard", hazard))
	}
	m.Hazard = recallv1.Hazard(n)
	m.LegalBasis, _ = f.GetString("legal-basis")
	within, _ := f.GetDuration("within")
	m.DeadlineAt = e.now().Add(within).Unix()
	if deadline, _ := f.GetString("deadline"); deadline != "" {
		at, err := instant("deadline", deadline, 24*time.Hour)
		if err != nil {
			return err
		}
		m.DeadlineAt = at
	}
	return nil
}

// batchNamed reads GTIN/LOT. Where nothing is sent, no node is asked and the lot
// stands as it was typed.
func (e *env) batchNamed(ctx context.Context, text string) (*basev1.BatchID, error) {
	code, typed, ok := strings.Cut(text, "/")
	if !ok {
		return nil, usage("%s", e.t("bad.batch", text))
	}
	if e.v.GetString("chain-id") != "" && e.v.GetBool("generate-only") {
		gtin, err := gs1.ParseGTIN(code)
		if err != nil {
			return nil, usageError{err}
		}
		lot, err := gs1.ParseLot(typed)
		if err != nil {
			return nil, usageError{err}
		}
		return &basev1.BatchID{Gtin: gtin, Lot: lot}, nil
	}
	gtin, lot, err := e.findBatch(ctx, code, typed)
	return &basev1.BatchID{Gtin: gtin, Lot: lot}, err
}

// batchesNamed reads lists of GTIN/LOT.
func (e *env) batchesNamed(ctx context.Context, list []string, kind recallv1.TargetKind) (out []*recallv1.Target, err error) {
	for _, text := range list {
		id, err := e.batchNamed(ctx, text)
		if err != nil {
			return nil, err
		}
		out = append(out, &recallv1.Target{Kind: kind, Batch: id})
	}
	return out, nil
}

// unitsNamed reads GTIN/LOT:FIRST-LAST.
func (e *env) unitsNamed(ctx context.Context, text string) (*recallv1.Target, error) {
	i := strings.LastIndexByte(text, ':')
	if i < 0 {
		return nil, usage("%s", e.t("bad.units", text))
	}
	a, b, ok := strings.Cut(text[i+1:], "-")
	first, err1 := strconv.ParseUint(a, 10, 64)
	last, err2 := strconv.ParseUint(b, 10, 64)
	if !ok || err1 != nil || err2 != nil {
		return nil, usage("%s", e.t("bad.units", text))
	}
	id, err := e.batchNamed(ctx, text[:i])
	return &recallv1.Target{Kind: recallv1.TargetKind_TARGET_KIND_UNITS, Batch: id, FirstUnit: first, LastUnit: last}, err
}

func (e *env) recallTargets(cmd *cobra.Command) ([]*recallv1.Target, error) {
	f := cmd.Flags()
	ctx := cmd.Context()
	lots, _ := f.GetStringArray("lot")
	inputs, _ := f.GetStringArray("input")
	units, _ := f.GetStringArray("units")
	certificates, _ := f.GetStringArray("certificate")
	targets, err := e.batchesNamed(ctx, lots, recallv1.TargetKind_TARGET_KIND_LOT)
	if err != nil {
		return nil, err
	}
	more, err := e.batchesNamed(ctx, inputs, recallv1.TargetKind_TARGET_KIND_INPUT)
	if err != nil {
		return nil, err
	}
	targets = append(targets, more...)
	for _, text := range units {
		t, err := e.unitsNamed(ctx, text)
		if err != nil {
			return nil, err
		}
		targets = append(targets, t)
	}
	for _, id := range certificates {
		targets = append(targets, &recallv1.Target{Kind: recallv1.TargetKind_TARGET_KIND_CERTIFICATE, Certificate: id})
	}
	if len(targets) == 0 {
		return nil, usage("%s", e.t("need.recall-target"))
	}
	return targets, nil
}

// recallOpen opens a recall, or a drill of one.
func recallOpen(e *env, name string, drill bool) *cobra.Command {
	example := "filiera recall open --lot 8012345678907/L26-001 --hazard foreign_body --reason 'schegge di vetro' --notice 'Non consumare e riportare in negozio.'" + signs + "\n" +
		"filiera recall open --input 8012345678907/F1 --reason 'micotossine nella farina' --hazard chemical --within 48h" + signs
	if drill {
		example = "filiera recall drill --lot 8012345678907/L26-001 --reason 'esercitazione annuale' --within 4h" + signs
	}
	cmd := e.leaf(name, "recall."+name+".short", example, cobra.NoArgs, func(cmd *cobra.Command, _ []string) error {
		f := cmd.Flags()
		m := &recallv1.MsgOpenRecall{Drill: drill}
		if m.Reason, _ = f.GetString("reason"); m.Reason == "" {
			return usage("%s", e.t("need.flag", "reason"))
		}
		if !drill {
			m.NoticeIt, _ = f.GetString("notice")
			m.NoticeEn, _ = f.GetString("notice-en")
		}
		if err := e.recallTerms(cmd, m); err != nil {
			return err
		}
		var err error
		if m.Targets, err = e.recallTargets(cmd); err != nil {
			return err
		}
		return e.carryNumbered(cmd.Context(), m, "recall")
	})
	f := cmd.Flags()
	f.StringArray("lot", nil, e.t("flag.recall-lot"))
	f.StringArray("input", nil, e.t("flag.recall-input"))
	f.StringArray("units", nil, e.t("flag.recall-units"))
	f.StringArray("certificate", nil, e.t("flag.recall-certificate"))
	f.String("reason", "", e.t("flag.reason"))
	if !drill {
		f.String("notice", "", e.t("flag.notice"))
		f.String("notice-en", "", e.t("flag.notice-en"))
	}
	e.recallFlags(cmd)
	return e.changing(cmd)
}

// recallNumber reads the number of a recall.
func (e *env) recallNumber(text string) (uint64, error) {
	n, err := strconv.ParseUint(text, 10, 64)
	if err != nil || n == 0 {
		return 0, usage("%s", e.t("bad.recall", text))
	}
	return n, nil
}

func recallAcknowledge(e *env) *cobra.Command {
	cmd := e.leaf("acknowledge RECALL GTIN LOT", "recall.acknowledge.short",
		"filiera recall acknowledge 1 8012345678907 L26-001 --found '80 kg' --quarantined '80 kg' --sold-on '40 kg' --note 'cella 3'"+signs, cobra.ExactArgs(3),
		func(cmd *cobra.Command, args []string) error {
			n, err := e.recallNumber(args[0])
			if err != nil {
				return err
			}
			id, err := e.batchNamed(cmd.Context(), args[1]+"/"+args[2])
			if err != nil {
				return err
			}
			finding := &recallv1.Finding{Batch: id}
			finding.Note, _ = cmd.Flags().GetString("note")
			unit, err := e.countUnit(cmd, id.GetGtin())
			if err != nil {
				return err
			}
			for _, of := range []struct {
				flag string
				into **basev1.Quantity
			}{{"found", &finding.Found}, {"quarantined", &finding.Quarantined}, {"destroyed", &finding.Destroyed}, {"sold-on", &finding.SoldOn}} {
				written, _ := cmd.Flags().GetString(of.flag)
				if written == "" {
					continue
				}
				if *of.into, err = writtenQuantity(written, unit); err != nil {
					return err
				}
			}
			return e.carry(cmd.Context(), &recallv1.MsgAcknowledgeRecall{Recall: n, Findings: []*recallv1.Finding{finding}})
		})
	f := cmd.Flags()
	f.String("found", "", e.t("flag.found"))
	f.String("quarantined", "", e.t("flag.quarantined"))
	f.String("destroyed", "", e.t("flag.destroyed"))
	f.String("sold-on", "", e.t("flag.sold-on"))
	f.String("note", "", e.t("flag.note"))
	f.String("unit", "", e.t("flag.count-unit"))
	return e.changing(cmd)
}

func recallLift(e *env) *cobra.Command {
	cmd := reasoned(e, "lift RECALL GTIN LOT", "recall.lift.short",
		"filiera recall lift 1 8012345678907 L26-002 --with-made --reason 'analisi pulita' --evidence rapporto.pdf"+signs,
		func(cmd *cobra.Command, args []string, reason string) (proto.Message, error) {
			n, err := e.recallNumber(args[0])
			if err != nil {
				return nil, err
			}
			id, err := e.batchNamed(cmd.Context(), args[1]+"/"+args[2])
			if err != nil {
				return nil, err
			}
			m := &recallv1.MsgLiftRecall{Recall: n, Batch: id, Reason: reason}
			m.WithMade, _ = cmd.Flags().GetBool("with-made")
			evidence, _ := cmd.Flags().GetString("evidence")
			m.EvidenceSha256, err = e.evidenceHash(evidence)
			return m, err
		})
	cmd.Flags().Bool("with-made", false, e.t("flag.with-made"))
	cmd.Flags().String("evidence", "", e.t("flag.lift-evidence"))
	return cmd
}

// evidenceHash reads a hash in hex, or takes the hash of a file.
func (e *env) evidenceHash(text string) ([]byte, error) {
	if text == "" {
		return nil, usage("%s", e.t("need.flag", "evidence"))
	}
	if raw, err := hex.DecodeString(text); err == nil && len(raw) == 32 {
		return raw, nil
	}
	sum, _, err := hashFile(text)
	return sum[:], err
}

func recallClose(e *env) *cobra.Command {
	cmd := e.leaf("close RECALL", "recall.close.short", "filiera recall close 1 --outcome 'tutto rientrato e distrutto'"+signs, cobra.ExactArgs(1),
		func(cmd *cobra.Command, args []string) error {
			n, err := e.recallNumber(args[0])
			if err != nil {
				return err
			}
			m := &recallv1.MsgCloseRecall{Recall: n}
			m.Unfounded, _ = cmd.Flags().GetBool("unfounded")
			if m.Outcome, _ = cmd.Flags().GetString("outcome"); m.Outcome == "" {
				return usage("%s", e.t("need.flag", "outcome"))
			}
			return e.carry(cmd.Context(), m)
		})
	cmd.Flags().Bool("unfounded", false, e.t("flag.unfounded"))
	cmd.Flags().String("outcome", "", e.t("flag.outcome"))
	return e.changing(cmd)
}

func recallNotice(e *env) *cobra.Command {
	cmd := e.leaf("notice RECALL", "recall.notice.short", `
filiera recall notice 1 --text 'Non consumare e riportare in negozio.' --text-en 'Do not consume; take it back.'`+signs+`
filiera recall notice 1 --withdraw --reason 'testo errato'`+signs, cobra.ExactArgs(1),
		func(cmd *cobra.Command, args []string) error {
			n, err := e.recallNumber(args[0])
			if err != nil {
				return err
			}
			f := cmd.Flags()
			reason, _ := f.GetString("reason")
			if off, _ := f.GetBool("withdraw"); off {
				if reason == "" {
					return usage("%s", e.t("need.flag", "reason"))
				}
				return e.carry(cmd.Context(), &recallv1.MsgWithdrawNotice{Recall: n, Reason: reason})
			}
			m := &recallv1.MsgPublishNotice{Recall: n, Reason: reason}
			m.TextEn, _ = f.GetString("text-en")
			if m.TextIt, _ = f.GetString("text"); m.TextIt == "" {
				return usage("%s", e.t("need.flag", "text"))
			}
			return e.carry(cmd.Context(), m)
		})
	f := cmd.Flags()
	f.String("text", "", e.t("flag.notice"))
	f.String("text-en", "", e.t("flag.notice-en"))
	f.String("reason", "", e.t("flag.notice-reason"))
	f.Bool("withdraw", false, e.t("flag.notice-withdraw"))
	return e.changing(cmd)
}
