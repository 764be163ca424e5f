package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"github.com/filiera-chain/filiera/epcis"
	"github.com/filiera-chain/filiera/epcis/schema"
)

// maxFilter bounds what trace convert and trace hash read, bytes.
const maxFilter = 64 << 20

func filterLimits() epcis.Limits {
	return epcis.Limits{MaxBytes: 4 * maxFilter, MaxValues: maxFilter, MaxEvents: maxFilter}
}

func traceConvert(e *env) *cobra.Command {
	cmd := e.leaf("convert FILE.xml|-", "trace.convert.short", "filiera trace convert events.xml --out events.json", cobra.ExactArgs(1), e.runConvert)
	cmd.Flags().String("out", "", e.t("flag.convert.out"))
	return cmd
}

// runConvert turns XML into JSON-LD and holds it against the standard's schema.
func (e *env) runConvert(cmd *cobra.Command, args []string) error {
	data, err := e.readInput(args[0], maxFilter)
	if err != nil {
		return err
	}
	if !xmlBegins(data) {
		return usage("%s", e.t("convert.not.xml", args[0]))
	}
	line, notes, err := convertXML(data)
	if err == nil {
		err = schema.ValidateLimits(line, filterLimits())
	}
	if err != nil {
		return e.notValid(args[0], err)
	}
	for _, n := range notes {
		fmt.Fprintf(e.err, "%s: %s\n", args[0], n)
	}
	var out bytes.Buffer
	if err := json.Indent(&out, line, "", "  "); err != nil {
		return err
	}
	out.WriteByte('\n')
	if path, _ := cmd.Flags().GetString("out"); path != "" {
		return os.WriteFile(path, out.Bytes(), 0o644)
	}
	_, err = e.out.Write(out.Bytes())
	return err
}

// notValid reports a document that is none: the code is 1, as of a refusal.
func (e *env) notValid(path string, err error) error {
	fmt.Fprintf(e.err, "%s: trace.invalid_document: %s\n", path, clean(err.Error()))
	return errReported
}

func traceHash(e *env) *cobra.Command {
	cmd := e.leaf("hash FILE|-", "trace.hash.short", "filiera trace hash events/01-farina.json", cobra.ExactArgs(1), e.runHash)
	cmd.Flags().Bool("prehash", false, e.t("flag.prehash"))
	return cmd
}

// eventHash is what trace hash says of an event.
type eventHash struct {
	Index   int    `json:"index"`
	Type    string `json:"type"`
	EventID string `json:"event_id,omitempty"`
	Hash    string `json:"hash"`
	PreHash string `json:"prehash,omitempty"`
}

// runHash prints the CBV 2.0 hash of each event of a document.
func (e *env) runHash(cmd *cobra.Command, args []string) error {
	data, err := e.readInput(args[0], maxFilter)
	if err != nil {
		return err
	}
	if err := badText(data); err != nil {
		return e.notValid(args[0], err)
	}
	if xmlBegins(data) {
		if data, _, err = convertXML(data); err != nil {
			return e.notValid(args[0], err)
		}
	}
	doc, err := epcis.Parse(data, filterLimits())
	if err != nil {
		return e.notValid(args[0], err)
	}
	prehash, _ := cmd.Flags().GetBool("prehash")
	hashes := make([]eventHash, len(doc.Events))
	for i := range doc.Events {
		ev := &doc.Events[i]
		hashes[i] = eventHash{Index: i, Type: string(ev.Type), EventID: ev.EventID, Hash: ev.Hash(epcis.CBV20)}
		if prehash {
			hashes[i].PreHash = ev.PreHash(epcis.CBV20)
		}
	}
	return e.print(map[string]any{"events": hashes}, func(t *table) {
		for _, h := range hashes {
			t.row(h.Index, h.Type, h.Hash)
			if prehash {
				t.row("", "", h.PreHash)
			}
		}
	})
}
