package index

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"strings"
)

// Dump implements Model: one line per row, tables and rows in order of name and
// key. It reads one moment of the file.
func (db *DB) Dump(ctx context.Context, w io.Writer) error {
	tx, err := db.read.BeginTx(ctx, nil)
	if err != nil {
		return fmt.Errorf("read model: dump: %w", err)
	}
	defer tx.Rollback() //nolint:errcheck // it only reads
	out := bufio.NewWriter(w)
	for _, t := range tables {
		cols := strings.Join(t.cols, ",")
		rows, err := tx.QueryContext(ctx, "SELECT "+cols+" FROM "+t.name+" ORDER BY "+strings.Join(t.cols[:t.key], ","))
		if err != nil {
			return fmt.Errorf("read model: dump: %w", err)
		}
		values, dest := make([]any, len(t.cols)), make([]any, len(t.cols))
		for i := range values {
			dest[i] = &values[i]
		}
		for rows.Next() {
			if err := rows.Scan(dest...); err != nil {
				return fmt.Errorf("read model: dump: %w", err)
			}
			fmt.Fprintf(out, "%s", t.name)
			for _, v := range values {
				if b, ok := v.([]byte); ok {
					fmt.Fprintf(out, " %x", b)
				} else {
					fmt.Fprintf(out, " %#v", v)
				}
			}
			fmt.Fprintln(out)
		}
		if err := rows.Close(); err != nil {
			return fmt.Errorf("read model: dump: %w", err)
		}
		if err := rows.Err(); err != nil {
			return fmt.Errorf("read model: dump: %w", err)
		}
	}
	return out.Flush()
}
