package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"
	"sigs.k8s.io/yaml"
)

// print writes v as JSON or YAML when asked to, otherwise as the table that
// draw fills. v is anything encoding/json takes, or JSON already.
func (e *env) print(v any, draw func(t *table)) error {
	switch e.v.GetString("output") {
	case "json":
		return e.printJSON(v)
	case "yaml":
		data, err := json.Marshal(v)
		if err != nil {
			return err
		}
		if data, err = yaml.JSONToYAML(data); err != nil {
			return err
		}
		_, err = e.out.Write(data)
		return err
	}
	t := &table{}
	draw(t)
	return t.write(e.out)
}

func (e *env) printJSON(v any) error {
	data, err := json.Marshal(v)
	if err != nil {
		return err
	}
	var out bytes.Buffer
	if err := json.Indent(&out, data, "", "  "); err != nil {
		return err
	}
	out.WriteByte('\n')
	_, err = e.out.Write(out.Bytes())
	return err
}

// protoJSON writes m as JSON with the field names of the schema. The library
// varies its spaces on purpose; indenting again makes the bytes the same on
// every run.
func protoJSON(m proto.Message) (json.RawMessage, error) {
	data, err := protojson.MarshalOptions{UseProtoNames: true}.Marshal(m)
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	err = json.Compact(&out, data)
	return out.Bytes(), err
}

// table is text in columns: rows under a head, or names beside values.
type table struct{ rows [][]string }

func (t *table) row(cells ...any) {
	row := make([]string, len(cells))
	for i, c := range cells {
		row[i] = clean(fmt.Sprint(c))
	}
	t.rows = append(t.rows, row)
}

// line adds name and value, unless the value is empty.
func (t *table) line(name string, value any) {
	if s := fmt.Sprint(value); s != "" {
		t.row(name, s)
	}
}

func (t *table) write(w io.Writer) error {
	tw := tabwriter.NewWriter(w, 0, 4, 2, ' ', 0)
	for _, r := range t.rows {
		for i, c := range r {
			if c == "" && i < len(r)-1 {
				r[i] = "-"
			}
		}
		if _, err := fmt.Fprintln(tw, strings.TrimRight(strings.Join(r, "\t"), "\t")); err != nil {
			return err
		}
	}
	return tw.Flush()
}

// clean keeps what others wrote on the ledger from moving the cursor or
// breaking the table.
func clean(s string) string {
	return strings.Map(func(r rune) rune {
		if r < 0x20 || (r >= 0x7f && r < 0xa0) {
			return ' '
		}
		return r
	}, s)
}
