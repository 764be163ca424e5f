package main

import (
	"bufio"
	"encoding/csv"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"github.com/filiera-chain/filiera/units"
	"github.com/filiera-chain/filiera/units/tree"
)

// unitProofField is what the address of an item carries its proof in.
const unitProofField = "unit_proof"

func unitLabels(e *env) *cobra.Command {
	cmd := e.leaf("labels DIR", "unit.labels.short", "filiera unit labels etichette --numbers 1-100 --out etichette.csv", cobra.ExactArgs(1),
		func(cmd *cobra.Command, args []string) error {
			first, last := uint32(1), uint32(0)
			if text, _ := cmd.Flags().GetString("numbers"); text != "" {
				var err error
				if first, last, err = e.numbers(text); err != nil {
					return err
				}
			}
			m, f, err := tree.OpenFolder(args[0])
			if err != nil {
				return usageError{err}
			}
			defer f.Close()
			run, _ := cmd.Flags().GetUint32("run")
			if run == 0 {
				run = m.Run
			}
			if run == 0 {
				return usage("%s", e.t("unit.no-run", args[0]))
			}
			out, _ := cmd.Flags().GetString("out")
			if out == "" {
				return writeLabels(e.out, args[0], first, last, run, m, f)
			}
			return e.writeLabelsTo(out, func(w io.Writer) error { return writeLabels(w, args[0], first, last, run, m, f) })
		})
	cmd.Flags().String("numbers", "", e.t("flag.unit-numbers"))
	cmd.Flags().String("out", "", e.t("flag.unit-out"))
	cmd.Flags().Uint32("run", 0, e.t("flag.unit-run"))
	return cmd
}

// writeLabelsTo writes a file that only its owner reads, whole or not at all.
func (e *env) writeLabelsTo(path string, write func(io.Writer) error) error {
	f, err := os.OpenFile(path+".partial", os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return usageError{err}
	}
	err = write(f)
	if closed := f.Close(); err == nil {
		err = closed
	}
	if err != nil {
		_ = os.Remove(path + ".partial")
		return err
	}
	return os.Rename(path+".partial", path)
}

// writeLabels writes the list anew, with the proof in every address.
func writeLabels(to io.Writer, dir string, first, last, run uint32, m *tree.Manifest, f *tree.File) error {
	out := bufio.NewWriterSize(to, 1<<18)
	if _, err := out.WriteString(tree.ListHeader); err != nil {
		return err
	}
	w := csv.NewWriter(out)
	err := tree.EachLine(dir, first, last, func(row []string) error {
		here, _, err := f.Prove(units.IDOf(m.GTIN, m.Lot, row[1]), run)
		if err != nil {
			return err
		}
		if here == nil {
			return usage("%s: %s is not in the tree file; the folder holds files of different runs", dir, row[1])
		}
		proof := (&units.Evidence{Presence: here}).Text()
		separator := "?"
		if strings.Contains(row[3], "?") {
			separator = "&"
		}
		return w.Write([]string{row[0], row[1], row[2], row[3] + separator + unitProofField + "=" + proof})
	})
	if err != nil {
		return usageError{err}
	}
	if w.Flush(); w.Error() != nil {
		return w.Error()
	}
	return out.Flush()
}
