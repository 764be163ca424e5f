package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"github.com/filiera-chain/filiera/report"
)

func traceReport(e *env) *cobra.Command {
	cmd := e.leaf("report GTIN LOT", "trace.report.short",
		"filiera trace report 8012345678907 L26-001 --out rapporto-lotto.pdf\nfiliera trace report 8012345678907 L26-001 --format csv", cobra.ExactArgs(2), e.runReport)
	f := cmd.Flags()
	f.String("format", "pdf", e.t("flag.report-format"))
	f.String("comma", ";", e.t("flag.comma"))
	f.String("out", "", e.t("flag.convert.out"))
	return cmd
}

func (e *env) runReport(cmd *cobra.Command, args []string) error {
	format, _ := cmd.Flags().GetString("format")
	comma, _ := cmd.Flags().GetString("comma")
	out, _ := cmd.Flags().GetString("out")
	switch {
	case format != "pdf" && format != "csv" && format != "json":
		return usage("%s", e.t("bad.report-format", format))
	case format == "pdf" && out == "":
		return usage("%s", e.t("need.out"))
	case comma != ";" && comma != ",":
		return usage("--comma is %q; write ; or ,", comma)
	}
	gtin, lot, err := e.findBatch(cmd.Context(), args[0], args[1])
	if err != nil {
		return err
	}
	c, err := e.client()
	if err != nil {
		return err
	}
	raw, err := c.Get(cmd.Context(), batchPath(gtin, lot)+"/article18", nil)
	if err != nil {
		return err
	}
	r := new(report.Article18)
	if err := json.Unmarshal(raw, r); err != nil {
		return fmt.Errorf("%s did not answer with a report: %w", c.URL(), err)
	}
	if r.More {
		fmt.Fprintln(e.err, e.t("report.more"))
	}
	var b bytes.Buffer
	switch format {
	case "pdf":
		err = report.PDF(&b, r, e.lang)
	case "csv":
		err = report.CSV(&b, r, e.lang, rune(comma[0]))
	default:
		b.Write(append(raw, '\n'))
	}
	if err != nil {
		return err
	}
	if out == "" {
		_, err = b.WriteTo(e.out)
		return err
	}
	if err := os.WriteFile(out, b.Bytes(), 0o644); err != nil {
		return err
	}
	fmt.Fprintln(e.err, e.t("report.written", out))
	return nil
}
