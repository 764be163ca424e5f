package main

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// writeReport keeps the fate of every row in a file: JSON, or CSV as Excel in
// Italy reads it.
func (e *env) writeReport(path string, report *importReport) error {
	var b bytes.Buffer
	switch strings.ToLower(filepath.Ext(path)) {
	case ".json":
		out := json.NewEncoder(&b)
		out.SetIndent("", "  ")
		if err := out.Encode(report); err != nil {
			return err
		}
	case ".csv":
		b.WriteString("\ufeff")
		out := csv.NewWriter(&b)
		out.Comma, out.UseCRLF = ';', true
		_ = out.Write([]string{e.t("line"), "GTIN", e.t("lot"), e.t("state"), e.t("detail"), "code", "hash", e.t("tx.height")}) // a buffer does not fail
		for _, r := range report.Rows {
			height := ""
			if r.Height > 0 {
				height = strconv.FormatInt(r.Height, 10)
			}
			_ = out.Write([]string{strconv.Itoa(r.Line), r.GTIN, r.Lot, e.t("row." + r.State), noFormula(r.Message), r.Code, r.Hash, height})
		}
		out.Flush()
	default:
		return usage("%s", e.t("report.extension", path))
	}
	return os.WriteFile(path, b.Bytes(), 0o644)
}

// noFormula keeps a spreadsheet from taking text out of a file for a formula.
func noFormula(s string) string {
	if s != "" && strings.IndexByte("=+-@\t\r", s[0]) >= 0 {
		return "'" + s
	}
	return s
}
