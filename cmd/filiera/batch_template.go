package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/filiera-chain/filiera/batchfile"
	"github.com/filiera-chain/filiera/client"
	"github.com/filiera-chain/filiera/gs1"
)

// batchTemplate writes an empty table for the batches of one product.
func batchTemplate(e *env) *cobra.Command {
	return e.leaf("template GTIN FILE", "batch.template.short",
		"filiera batch template 8012345678907 lotti.xlsx --lang it", cobra.ExactArgs(2),
		func(cmd *cobra.Command, args []string) error {
			t, err := e.template(cmd, args[0])
			if err != nil {
				return err
			}
			var b bytes.Buffer
			switch strings.ToLower(filepath.Ext(args[1])) {
			case ".xlsx":
				err = t.WriteXLSX(&b)
			case ".csv":
				err = t.WriteCSV(&b)
			default:
				return usage("%s", e.t("template.extension", args[1]))
			}
			if err != nil {
				return err
			}
			// Somebody may have filled the old one in.
			f, err := os.OpenFile(args[1], os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
			if err != nil {
				return usageError{err}
			}
			if _, err := f.Write(b.Bytes()); err != nil {
				f.Close()
				return err
			}
			if err := f.Close(); err != nil {
				return err
			}
			return e.print(map[string]string{"file": args[1], "gtin": t.GTIN}, func(tb *table) { tb.line(e.t("file"), args[1]) })
		})
}

func (e *env) template(cmd *cobra.Command, code string) (*batchfile.Template, error) {
	gtin, err := gs1.ParseGTIN(code)
	if err != nil {
		return nil, usageError{err}
	}
	c, err := e.client()
	if err != nil {
		return nil, err
	}
	p, err := c.Product(cmd.Context(), gtin)
	if err != nil {
		return nil, err
	}
	t := &batchfile.Template{Lang: e.lang, GTIN: gtin, Name: p.Name, Unit: p.BaseUnit}
	if p.Specification == "" {
		return t, nil
	}
	spec, err := c.Specification(cmd.Context(), p.Specification)
	if err != nil {
		return nil, err
	}
	if v := spec.InForce(e.now().Format(time.DateOnly)); v != nil {
		t.Specification, t.Version, t.Municipalities = spec.Name, uint32(v.Version), v.Municipalities
		for _, r := range v.Requirements {
			t.Requirements = append(t.Requirements, requirementLine(r, e.lang))
		}
	}
	return t, nil
}

// requirementLine is a requirement's sentence in the language asked for, or in
// Italian, which every one has.
func requirementLine(r client.Requirement, lang string) string {
	text := r.TextIT
	if lang == "en" && r.TextEN != "" {
		text = r.TextEN
	}
	if r.Clause != "" {
		text += " (" + r.Clause + ")"
	}
	return text
}
