package main

import (
	"encoding/json"
	"fmt"
	"net/url"
	"strings"

	"github.com/spf13/cobra"

	"github.com/filiera-chain/filiera/client"
	"github.com/filiera-chain/filiera/units"
	"github.com/filiera-chain/filiera/units/tree"
	"github.com/filiera-chain/filiera/verify"
)

func unitCommand(e *env) *cobra.Command {
	return e.group("unit", "unit.short",
		unitGenerate(e), unitCommit(e), unitLabels(e), unitProve(e), unitVoid(e), unitAcquit(e), unitList(e), unitRecords(e), unitShow(e), unitCheck(e))
}

func unitList(e *env) *cobra.Command {
	return e.paged(e.leaf("list GTIN LOT", "unit.list.short", "filiera unit list 8012345678907 L26-001", cobra.ExactArgs(2),
		func(cmd *cobra.Command, args []string) error {
			gtin, lot, err := e.findBatch(cmd.Context(), args[0], args[1])
			if err != nil {
				return err
			}
			query := url.Values{}
			e.paging(cmd, query)
			return ask(cmd.Context(), e, batchPath(gtin, lot)+"/units", query, func(t *table, r *client.UnitRuns) {
				t.row(strings.ToUpper(e.t("unit.run")), strings.ToUpper(e.t("units")), strings.ToUpper(e.t("unit.each")), strings.ToUpper(e.t("unit.void-count")),
					strings.ToUpper(e.t("unit.opened")), strings.ToUpper(e.t("unit.kind")), strings.ToUpper(e.t("actor")), "ROOT")
				for _, x := range r.Items {
					t.row(int64(x.Number), int64(x.Count), e.amount(client.Quantity{Amount: x.Content, Unit: r.Tally.Unit}), int64(x.Voided), int64(x.Acquitted),
						e.t("unit.kind."+string(x.Serials)), x.CommittedBy, x.Root[:min(16, len(x.Root))])
				}
				e.hintNext(r.NextPageToken)
			})
		}))
}

// unitRecords lists what happened to single units, such as codes that were revealed
// again: where copies show first.
func unitRecords(e *env) *cobra.Command {
	cmd := e.paged(e.leaf("records GTIN LOT", "unit.records.short", "filiera unit records 8012345678907 L26-001 --revealed-again", cobra.ExactArgs(2),
		func(cmd *cobra.Command, args []string) error {
			gtin, lot, err := e.findBatch(cmd.Context(), args[0], args[1])
			if err != nil {
				return err
			}
			query := url.Values{}
			e.paging(cmd, query)
			if again, _ := cmd.Flags().GetBool("revealed-again"); again {
				query.Set("revealed_again", "true")
			}
			return ask(cmd.Context(), e, batchPath(gtin, lot)+"/units/records", query, func(t *table, p *client.Page[client.UnitRecord]) {
				t.row(strings.ToUpper(e.t("unit.run")), strings.ToUpper(e.t("unit.position")), strings.ToUpper(e.t("unit.voided")), strings.ToUpper(e.t("unit.times")),
					strings.ToUpper(e.t("unit.first")), strings.ToUpper(e.t("unit.last")))
				for _, u := range p.Items {
					voiding := ""
					if u.Voiding != 0 {
						voiding = e.t("unit.voiding", int64(u.Voiding))
					}
					t.row(int64(u.Run), int64(u.Index), voiding, int64(u.Reveals), u.AcquittedAt, u.LastRevealedAt)
				}
				e.hintNext(p.NextPageToken)
			})
		}))
	cmd.Flags().Bool("revealed-again", false, e.t("flag.revealed-again"))
	return cmd
}

func unitShow(e *env) *cobra.Command {
	cmd := e.leaf("show GTIN LOT SERIAL", "unit.show.short", "filiera unit show 8012345678907 L26-001 7FD0ENCXCEWQX --dir etichette", cobra.ExactArgs(3),
		func(cmd *cobra.Command, args []string) error {
			gtin, lot, err := e.findBatch(cmd.Context(), args[0], args[1])
			if err != nil {
				return err
			}
			shown, err := e.shownUnit(cmd, gtin, lot, args[2])
			if err != nil {
				return err
			}
			u, reasons, err := e.askUnit(cmd, gtin, lot, args[2], shown)
			if err != nil {
				return err
			}
			return e.print(u, func(t *table) { e.drawUnit(t, u, reasons) })
		})
	e.shownFlags(cmd)
	return cmd
}

// shownFlags are where the proof of an item may come from.
func (e *env) shownFlags(cmd *cobra.Command) {
	cmd.Flags().String("dir", "", e.t("flag.unit-dir"))
	cmd.Flags().String("unit-proof", "", e.t("flag.unit-proof"))
	cmd.Flags().Uint32("run", 0, e.t("flag.unit-run"))
}

// shownUnit is the proof that was given, or that a folder gives; "" where the node
// may have one.
func (e *env) shownUnit(cmd *cobra.Command, gtin, lot, serial string) (string, error) {
	if text, _ := cmd.Flags().GetString("unit-proof"); text != "" {
		return text, nil
	}
	if dir, _ := cmd.Flags().GetString("dir"); dir != "" {
		evidence, err := e.evidenceOf(cmd, dir, gtin, lot, serial)
		if err != nil || evidence.Presence == nil {
			// A folder is one run of perhaps many: what it lacks may be in another.
			return "", err
		}
		return evidence.Text(), nil
	}
	return "", nil
}

// evidenceOf proves an item from a folder.
func (e *env) evidenceOf(cmd *cobra.Command, dir, gtin, lot, serial string) (*units.Evidence, error) {
	m, f, err := tree.OpenFolder(dir)
	if err != nil {
		return nil, usageError{err}
	}
	defer f.Close()
	if m.GTIN != gtin || m.Lot != lot {
		return nil, usage("%s", e.t("unit.other-batch", dir, m.GTIN, m.Lot))
	}
	run, _ := cmd.Flags().GetUint32("run")
	if run == 0 {
		run = m.Run
	}
	if run == 0 {
		return nil, usage("%s", e.t("unit.no-run", dir))
	}
	here, absent, err := f.Prove(units.IDOf(gtin, lot, serial), run)
	if err != nil {
		return nil, err
	}
	if here != nil {
		return &units.Evidence{Presence: here}, nil
	}
	return &units.Evidence{Absences: []*units.Absence{absent}}, nil
}

// askUnit asks what the ledger knows of an item.
func (e *env) askUnit(cmd *cobra.Command, gtin, lot, serial, shown string) (*verify.UnitView, []verify.Reason, error) {
	c, err := e.client()
	if err != nil {
		return nil, nil, err
	}
	v, err := c.VerifyItem(cmd.Context(), gtin, lot, serial, shown, false)
	if err != nil {
		return nil, nil, err
	}
	a := new(verify.Answer)
	if err := json.Unmarshal(v.Answer, a); err != nil {
		return nil, nil, fmt.Errorf("the node answered something else than a verdict: %w", err)
	}
	if a.Unit == nil {
		return nil, nil, &client.Problem{Status: 404, Code: "unit.not_found", Detail: e.t("unit.none", lot, gtin)}
	}
	return a.Unit, a.Reasons, nil
}

func (e *env) drawUnit(t *table, u *verify.UnitView, reasons []verify.Reason) {
	t.line(e.t("unit.serial"), u.Serial)
	t.line(e.t("state"), e.t("unit.status."+u.Status))
	if u.Run != 0 {
		t.line(e.t("unit.run"), u.Run)
		t.line(e.t("unit.each"), e.amount(client.Quantity{Amount: client.Whole(u.Content.Amount), Unit: u.Content.Unit}))
		t.line(e.t("unit.committed"), u.CommittedAt)
	}
	t.line(e.t("unit.first"), u.AcquittedAt)
	if u.Reveals > 0 {
		t.line(e.t("unit.times"), u.Reveals)
	}
	t.line(e.t("unit.last"), u.LastRevealedAt)
	t.line(e.t("unit.voided"), u.VoidedAt)
	for _, r := range reasons {
		if strings.HasPrefix(r.Code, "unit_") || r.Code == "more_units_than_goods" {
			t.line("", r.Sentence)
		}
	}
}

func unitProve(e *env) *cobra.Command {
	cmd := e.leaf("prove GTIN LOT SERIAL", "unit.prove.short", `
filiera unit prove 8012345678907 L26-001 7FD0ENCXCEWQX --dir etichette
filiera unit prove 8012345678907 L26-001 7FD0ENCXCEWQX`, cobra.ExactArgs(3),
		func(cmd *cobra.Command, args []string) error {
			dir, _ := cmd.Flags().GetString("dir")
			p := &client.UnitProof{Serial: args[2], Status: "absent"}
			if dir == "" {
				gtin, lot, err := e.findBatch(cmd.Context(), args[0], args[1])
				if err != nil {
					return err
				}
				c, err := e.client()
				if err != nil {
					return err
				}
				if p, err = c.UnitProof(cmd.Context(), gtin, lot, args[2]); err != nil {
					return err
				}
			} else {
				id, err := batchID(args[0], args[1])
				if err != nil {
					return err
				}
				evidence, err := e.evidenceOf(cmd, dir, id.GetGtin(), id.GetLot(), args[2])
				if err != nil {
					return err
				}
				if p.Proof = evidence.Text(); evidence.Presence != nil {
					p.Status, p.Run = "in_batch", client.Whole(evidence.Presence.Run)
				}
			}
			return e.print(p, func(t *table) {
				t.line(e.t("unit.serial"), p.Serial)
				t.line(e.t("state"), e.t("unit.status."+p.Status))
				if p.Run != 0 {
					t.line(e.t("unit.run"), int64(p.Run))
				}
				t.line(e.t("unit.proof"), p.Proof)
			})
		})
	cmd.Flags().String("dir", "", e.t("flag.unit-dir"))
	cmd.Flags().Uint32("run", 0, e.t("flag.unit-run"))
	return cmd
}

func unitCheck(e *env) *cobra.Command {
	return e.leaf("check FILE", "unit.check.short", "filiera unit check etichette/*.units", cobra.MinimumNArgs(1), func(_ *cobra.Command, args []string) error {
		type checked struct {
			File  string `json:"file"`
			GTIN  string `json:"gtin"`
			Lot   string `json:"lot"`
			Count uint32 `json:"count"`
			Root  string `json:"root"`
		}
		out := []checked{}
		for _, path := range args {
			f, err := tree.Open(path)
			if err != nil {
				return usageError{err}
			}
			err = f.Check()
			_ = f.Close()
			if err != nil {
				fmt.Fprintln(e.err, err)
				return errUnverified
			}
			out = append(out, checked{path, f.GTIN, f.Lot, f.Count, f.Root.String()})
		}
		return e.print(out, func(t *table) {
			t.row(strings.ToUpper(e.t("file")), "GTIN", strings.ToUpper(e.t("lot")), strings.ToUpper(e.t("units")), "ROOT")
			for _, c := range out {
				t.row(c.File, c.GTIN, c.Lot, c.Count, c.Root)
			}
		})
	})
}
