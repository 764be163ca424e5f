package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	basev1 "github.com/filiera-chain/filiera/api/base/v1"
	unitv1 "github.com/filiera-chain/filiera/api/unit/v1"
	"github.com/filiera-chain/filiera/client"
	"github.com/filiera-chain/filiera/quantity"
	"github.com/filiera-chain/filiera/units"
	"github.com/filiera-chain/filiera/units/tree"
)

// voidPortion is how many units one act makes void.
const voidPortion = 1000

func unitCommit(e *env) *cobra.Command {
	cmd := e.leaf("commit DIR", "unit.commit.short", "filiera unit commit serie-2 --content '250 g'"+signs, cobra.ExactArgs(1),
		func(cmd *cobra.Command, args []string) error {
			m, f, err := tree.OpenFolder(args[0])
			if err != nil {
				return usageError{err}
			}
			defer f.Close()
			if m.Run != 0 {
				return usage("%s", e.t("unit.committed-already", args[0], m.Run))
			}
			act := &unitv1.MsgCommitUnits{Batch: &basev1.BatchID{Gtin: m.GTIN, Lot: m.Lot}, Root: f.Root[:], Count: m.Count, Serials: unitv1.SerialKind_SERIAL_KIND_DERIVED}
			if m.Serials == tree.Brought {
				act.Serials = unitv1.SerialKind_SERIAL_KIND_BROUGHT
			}
			act.Note, _ = cmd.Flags().GetString("note")
			if act.Content, err = e.unitContent(cmd, m.GTIN); err != nil {
				return err
			}
			r, err := e.execute(cmd.Context(), act)
			if r == nil || err != nil {
				return err
			}
			if err := e.noteRun(args[0], m, r); err != nil {
				return err
			}
			return e.receipt(r)
		})
	cmd.Flags().String("content", "", e.t("flag.unit-content"))
	cmd.Flags().String("note", "", e.t("flag.note"))
	return e.changing(cmd)
}

// noteRun writes the number that the ledger gave into the folder.
func (e *env) noteRun(dir string, m *tree.Manifest, r *client.TxResult) error {
	var result struct {
		Run uint32 `json:"run"`
	}
	if len(r.Results) != 1 || json.Unmarshal(r.Results[0], &result) != nil || result.Run == 0 {
		return nil // it was sent, and nobody waited
	}
	m.Run = result.Run
	fmt.Fprintln(e.err, e.t("unit.numbered", m.Run, m.GTIN, m.Lot))
	return tree.WriteManifest(dir, m)
}

// unitContent is what a unit holds, in the product's base unit: of the flag, or
// what the product says.
func (e *env) unitContent(cmd *cobra.Command, gtin string) (int64, error) {
	text, _ := cmd.Flags().GetString("content")
	var p *client.Product
	if e.v.GetString("chain-id") == "" {
		c, err := e.client()
		if err != nil {
			return 0, err
		}
		if p, err = c.Product(cmd.Context(), gtin); err != nil {
			return 0, err
		}
	}
	if text != "" {
		base := ""
		if p != nil {
			base = p.BaseUnit
		}
		q, err := writtenQuantity(text, base)
		return q.GetAmount(), err
	}
	if p == nil {
		return 0, usage("%s", e.t("need.flag", "content"))
	}
	if u, _ := quantity.LookupUnit(p.BaseUnit); u.Dimension == quantity.Count {
		return 1, nil
	}
	if p.NetContent == nil || !quantity.Alike(p.NetContent.Unit, p.BaseUnit) {
		return 0, usage("%s", e.t("need.flag", "content"))
	}
	q, err := quantity.Quantity{Amount: int64(p.NetContent.Amount), Unit: p.NetContent.Unit}.To(p.BaseUnit)
	if err != nil {
		return 0, usageError{err}
	}
	return q.Amount, nil
}

func unitVoid(e *env) *cobra.Command {
	cmd := e.leaf("void DIR", "unit.void.short", `
filiera unit void etichette --numbers 100-180 --reason 'rotolo strappato'`+signs+`
filiera unit void etichette --serial 7FD0ENCXCEWQX --reason 'bottiglia rotta'`+signs+`
filiera unit void etichette --rest --reason 'stampa annullata'`+signs, cobra.ExactArgs(1),
		func(cmd *cobra.Command, args []string) error {
			m, err := tree.ReadManifest(args[0])
			if err != nil {
				return usageError{err}
			}
			run, _ := cmd.Flags().GetUint32("run")
			if run == 0 {
				run = m.Run
			}
			reason, _ := cmd.Flags().GetString("reason")
			if run == 0 {
				return usage("%s", e.t("unit.no-run", args[0]))
			}
			if reason == "" {
				return usage("%s", e.t("need.flag", "reason"))
			}
			act := func() *unitv1.MsgVoidUnits {
				return &unitv1.MsgVoidUnits{Batch: &basev1.BatchID{Gtin: m.GTIN, Lot: m.Lot}, Run: run, Reason: reason}
			}
			if rest, _ := cmd.Flags().GetBool("rest"); rest {
				a := act()
				a.Rest = true
				return e.carry(cmd.Context(), a)
			}
			places, err := e.placesOfUnits(cmd, args[0], m)
			if err != nil {
				return err
			}
			for part := range slices.Chunk(places, voidPortion) {
				a := act()
				a.Spans = spansOf(part)
				if err := e.carry(cmd.Context(), a); err != nil {
					return err
				}
			}
			return nil
		})
	f := cmd.Flags()
	f.StringArray("serial", nil, e.t("flag.unit-serial"))
	f.String("serials", "", e.t("flag.unit-void-serials"))
	f.String("numbers", "", e.t("flag.unit-numbers"))
	f.Bool("rest", false, e.t("flag.unit-rest"))
	f.Uint32("run", 0, e.t("flag.unit-run"))
	f.String("reason", "", e.t("flag.reason"))
	return e.changing(cmd)
}

// placesOfUnits finds the positions of the units that are named, in order.
func (e *env) placesOfUnits(cmd *cobra.Command, dir string, m *tree.Manifest) ([]uint32, error) {
	serials, err := e.namedSerials(cmd, dir)
	if err != nil {
		return nil, err
	}
	_, f, err := tree.OpenFolder(dir)
	if err != nil {
		return nil, usageError{err}
	}
	defer f.Close()
	var places []uint32
	for _, s := range serials {
		at, err := f.Find(units.IDOf(m.GTIN, m.Lot, s))
		if err != nil {
			return nil, err
		}
		if at < 0 {
			return nil, usage("%s", e.t("unit.not-in-run", s))
		}
		places = append(places, uint32(at))
	}
	slices.Sort(places)
	return slices.Compact(places), nil
}

func (e *env) namedSerials(cmd *cobra.Command, dir string) ([]string, error) {
	serials, _ := cmd.Flags().GetStringArray("serial")
	if path, _ := cmd.Flags().GetString("serials"); path != "" {
		f, err := os.Open(path)
		if err != nil {
			return nil, usageError{err}
		}
		defer f.Close()
		l := tree.NewList(f)
		for {
			s, err := l.Next()
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				return nil, usage("%s: %v", path, err)
			}
			serials = append(serials, s)
		}
	}
	if text, _ := cmd.Flags().GetString("numbers"); text != "" {
		first, last, err := e.numbers(text)
		if err != nil {
			return nil, err
		}
		more, err := tree.SerialsAt(dir, first, last)
		if err != nil {
			return nil, usageError{err}
		}
		serials = append(serials, more...)
	}
	if len(serials) == 0 {
		return nil, usage("%s", e.t("unit.name-units"))
	}
	return serials, nil
}

// numbers reads "100-180" or "100": lines of the run's list.
func (e *env) numbers(text string) (uint32, uint32, error) {
	a, b, ok := strings.Cut(text, "-")
	if !ok {
		b = a
	}
	first, err1 := strconv.ParseUint(strings.TrimSpace(a), 10, 32)
	last, err2 := strconv.ParseUint(strings.TrimSpace(b), 10, 32)
	if err1 != nil || err2 != nil || first == 0 || last < first || last > units.MaxUnits {
		return 0, 0, usage("%s", e.t("unit.bad-numbers", text))
	}
	return uint32(first), uint32(last), nil
}

// spansOf joins positions in order that follow one another.
func spansOf(places []uint32) []*unitv1.Span {
	var out []*unitv1.Span
	for _, p := range places {
		if n := len(out); n > 0 && out[n-1].Last+1 == p {
			out[n-1].Last = p
			continue
		}
		out = append(out, &unitv1.Span{First: p, Last: p})
	}
	return out
}

func unitAcquit(e *env) *cobra.Command {
	cmd := e.leaf("acquit GTIN LOT SERIAL", "unit.acquit.short", `
filiera unit acquit 8012345678907 L26-001 7FD0ENCXCEWQX --code D9D0-4ZXP-VJQ1-V6YR
filiera unit acquit 8012345678907 L26-001 7FD0ENCXCEWQX --code D9D0-4ZXP-VJQ1-V6YR --dir etichette`+signs, cobra.ExactArgs(3),
		func(cmd *cobra.Command, args []string) error {
			gtin, lot, err := e.findBatch(cmd.Context(), args[0], args[1])
			if err != nil {
				return err
			}
			text, _ := cmd.Flags().GetString("code")
			if text == "" {
				return usage("%s", e.t("need.flag", "code"))
			}
			code, err := units.ParseCode(text)
			if err != nil {
				return usageError{err}
			}
			shown, err := e.shownUnit(cmd, gtin, lot, args[2])
			if err != nil {
				return err
			}
			if e.v.GetString("from") == "" {
				return e.acquitThere(cmd, client.Reveal{GTIN: gtin, Lot: lot, Serial: args[2], Code: code.String(), Proof: shown})
			}
			return e.acquitHere(cmd, gtin, lot, args[2], code, shown)
		})
	cmd.Flags().String("code", "", e.t("flag.unit-code"))
	e.shownFlags(cmd)
	return e.changing(cmd)
}

// acquitThere has the node record the reveal in its own name.
func (e *env) acquitThere(cmd *cobra.Command, r client.Reveal) error {
	if e.v.GetBool("dry-run") || e.v.GetBool("generate-only") {
		return usage("%s", e.t("need.from"))
	}
	c, err := e.client()
	if err != nil {
		return err
	}
	raw, err := c.Acquit(cmd.Context(), r)
	if err != nil {
		return err
	}
	var a struct {
		Already     bool   `json:"already"`
		Void        bool   `json:"void"`
		Reveals     int    `json:"reveals"`
		AcquittedAt string `json:"acquitted_at"`
		Hash        string `json:"hash"`
	}
	if err := json.Unmarshal(raw, &a); err != nil {
		return err
	}
	return e.print(raw, func(t *table) {
		t.line(e.t("unit.serial"), r.Serial)
		t.line(e.t("state"), e.acquitWord(a.Already, a.Void))
		t.line(e.t("unit.times"), a.Reveals)
		t.line(e.t("unit.first"), a.AcquittedAt)
		t.line(e.t("tx.hash"), a.Hash)
	})
}

func (e *env) acquitWord(already, void bool) string {
	switch {
	case void:
		return e.t("unit.status.void")
	case already:
		return e.t("unit.status.revealed_again")
	}
	return e.t("unit.first-time")
}

// acquitHere signs the reveal with one's own key.
func (e *env) acquitHere(cmd *cobra.Command, gtin, lot, serial string, code units.Code, shown string) error {
	if shown == "" {
		c, err := e.client()
		if err != nil {
			return err
		}
		p, err := c.UnitProof(cmd.Context(), gtin, lot, serial)
		if err != nil {
			return err
		}
		shown = p.Proof
	}
	evidence, err := units.Parse(shown)
	if err != nil {
		return usageError{err}
	}
	if evidence.Presence == nil {
		return usage("%s", e.t("unit.not-in-run", serial))
	}
	u, _, err := e.askUnit(cmd, gtin, lot, serial, shown)
	if err != nil {
		return err
	}
	id := units.IDOf(gtin, lot, serial)
	if units.TokenOf(id, code, 0) != evidence.Presence.Tip {
		return usage("%s", e.t("unit.wrong-code"))
	}
	if u.Reveals >= units.Reveals {
		return &client.Problem{Status: 422, Code: "unit.limit_reached", Detail: e.t("unit.no-more", u.Reveals)}
	}
	token := units.TokenOf(id, code, int(u.Reveals)+1)
	r, err := e.execute(cmd.Context(), &unitv1.MsgAcquitUnit{
		Batch: &basev1.BatchID{Gtin: gtin, Lot: lot}, Serial: serial, Proof: evidence.Presence.Bytes(), Token: token[:],
	})
	if r == nil || err != nil {
		return err
	}
	var result struct {
		Reveals int  `json:"reveals"`
		Void    bool `json:"void"`
	}
	if len(r.Results) == 1 && json.Unmarshal(r.Results[0], &result) == nil && result.Reveals > 0 {
		fmt.Fprintln(e.err, e.t("unit.outcome", e.acquitWord(result.Reveals > 1, result.Void), result.Reveals))
	}
	return e.receipt(r)
}
