package index

import (
	"bytes"
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"strings"
)

// argsPerStatement bounds the parameters of one statement. The engine compiles
// each statement anew, so a statement should carry many rows.
const argsPerStatement = 800

// upserts caches the statement of each table and number of rows.
var upserts [tableCount]map[int]string

//nolint:gochecknoinits // fills a table of constants
func init() {
	for t := range tables {
		upserts[t] = map[int]string{}
		for _, n := range rowCounts(t) {
			upserts[t][n] = upsert(t, n)
		}
	}
}

// rowCounts gives the sizes of statement in use: full, and powers of two below.
func rowCounts(t int) []int {
	out := []int{argsPerStatement / len(tables[t].cols)}
	for n := 64; n > 0; n /= 2 {
		if n < out[0] {
			out = append(out, n)
		}
	}
	return out
}

// upsert writes rows by key, replacing those that are there.
func upsert(t, rows int) string {
	d := tables[t]
	s := "INSERT INTO " + d.name + " (" + strings.Join(d.cols, ",") + ") VALUES " + placeholders(rows, len(d.cols)) +
		" ON CONFLICT (" + strings.Join(d.cols[:d.key], ",") + ") DO "
	if d.key == len(d.cols) {
		return s + "NOTHING"
	}
	set := make([]string, 0, len(d.cols))
	for _, c := range d.cols[d.key:] {
		set = append(set, c+"=excluded."+c)
	}
	return s + "UPDATE SET " + strings.Join(set, ",")
}

// Apply implements Model. Once ctx is done it stops between statements and
// leaves nothing behind.
func (db *DB) Apply(ctx context.Context, blocks []Block) error {
	db.mu.Lock()
	defer db.mu.Unlock()
	err := db.connect(ctx)
	if err == nil {
		err = db.apply(ctx, blocks)
	}
	if err != nil {
		db.disconnect()
	}
	return err
}

// connect opens the writer and learns where the file stands.
func (db *DB) connect(ctx context.Context) error {
	if db.conn != nil {
		return nil
	}
	conn, err := db.write.Conn(ctx)
	if err != nil {
		return fmt.Errorf("read model: %w", err)
	}
	db.conn, db.signers = conn, map[string]string{}
	if err := db.takeLease(ctx); err != nil {
		return err
	}
	if err := conn.QueryRowContext(ctx, `SELECT coalesce(max(height), 0) FROM blocks`).Scan(&db.height); err != nil {
		return fmt.Errorf("read model: %w", err)
	}
	rows, err := conn.QueryContext(ctx, `SELECT address, participant FROM keys`)
	if err != nil {
		return fmt.Errorf("read model: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var address []byte
		var participant string
		if err := rows.Scan(&address, &participant); err != nil {
			return fmt.Errorf("read model: %w", err)
		}
		db.signers[string(address)] = participant
	}
	return rows.Err()
}

// takeLease makes this the one projector that writes, until its connection ends.
func (db *DB) takeLease(ctx context.Context) error {
	if db.engine.lease == "" {
		return nil
	}
	var ours bool
	if err := db.conn.QueryRowContext(ctx, db.engine.lease).Scan(&ours); err != nil {
		return fmt.Errorf("read model: %w", err)
	}
	if !ours {
		return ErrLease
	}
	return nil
}

// Release implements Model.
func (db *DB) Release() {
	if db.engine.lease == "" {
		return
	}
	db.mu.Lock()
	defer db.mu.Unlock()
	db.disconnect()
}

// Leads implements Model.
func (db *DB) Leads() bool {
	db.mu.Lock()
	defer db.mu.Unlock()
	return db.conn != nil
}

// disconnect drops the writer and what it knew; an open transaction goes with
// it.
func (db *DB) disconnect() {
	if db.conn == nil {
		return
	}
	_, _ = db.conn.ExecContext(context.Background(), "ROLLBACK") // fails where none is open
	if db.engine.unlease != "" {
		// The server notices a closed connection a little later than it is closed.
		_, _ = db.conn.ExecContext(context.Background(), db.engine.unlease)
	}
	_ = db.conn.Raw(func(any) error { return driver.ErrBadConn }) // the pool forgets this connection
	_ = db.conn.Close()
	db.conn, db.signers = nil, nil
}

func (db *DB) apply(ctx context.Context, blocks []Block) error {
	fresh, err := db.fresh(ctx, blocks)
	if err != nil || len(fresh) == 0 {
		return err
	}
	p := projection{signers: db.signers, first: db.height == 0}
	for i := range fresh {
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := p.block(&fresh[i]); err != nil {
			return fmt.Errorf("read model: %w", err)
		}
	}
	if err := db.flush(ctx, &p.changes); err != nil {
		return fmt.Errorf("read model: write blocks %d to %d: %w", fresh[0].Height, fresh[len(fresh)-1].Height, err)
	}
	db.height = fresh[len(fresh)-1].Height
	return nil
}

// fresh passes over the blocks that were applied before.
func (db *DB) fresh(ctx context.Context, blocks []Block) ([]Block, error) {
	next := db.height + 1
	for i := range blocks {
		b := &blocks[i]
		switch {
		case b.Height < 1:
			return nil, fmt.Errorf("read model: there is no block %d", b.Height)
		case i > 0 && b.Height != blocks[i-1].Height+1:
			return nil, fmt.Errorf("read model: block %d follows %d: %w", b.Height, blocks[i-1].Height, ErrGap)
		case b.Height < next:
			if err := db.same(ctx, b); err != nil {
				return nil, err
			}
		case b.Height > next && db.height > 0:
			return nil, fmt.Errorf("read model: block %d came where %d should: %w", b.Height, next, ErrGap)
		default:
			return blocks[i:], checkRun(blocks[i:])
		}
	}
	return nil, nil
}

func checkRun(blocks []Block) error {
	for i := 1; i < len(blocks); i++ {
		if blocks[i].Height != blocks[i-1].Height+1 {
			return fmt.Errorf("read model: block %d follows %d: %w", blocks[i].Height, blocks[i-1].Height, ErrGap)
		}
	}
	return nil
}

// same refuses a block other than the one applied at its height.
func (db *DB) same(ctx context.Context, b *Block) error {
	var hash []byte
	err := db.conn.QueryRowContext(ctx, db.engine.bind(`SELECT hash FROM blocks WHERE height = ?`), b.Height).Scan(&hash)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return fmt.Errorf("read model: block %d comes before the first one applied: %w", b.Height, ErrGap)
	case err != nil:
		return fmt.Errorf("read model: %w", err)
	case !bytes.Equal(hash, b.Hash):
		return fmt.Errorf("read model: block %d is %X, here it was %X: %w", b.Height, b.Hash, hash, ErrFork)
	}
	return nil
}

// flush writes all rows in one transaction. In a file the statements get a
// context that never ends, because watching one costs the engine a goroutine each.
func (db *DB) flush(ctx context.Context, c *changes) error {
	if err := db.exec(ctx, db.engine.begin); err != nil {
		return err
	}
	for t := range tables {
		rows := c.sorted(t)
		for _, n := range rowCounts(t) {
			for len(rows) >= n {
				args := make([]any, 0, n*len(tables[t].cols))
				for _, r := range rows[:n] {
					args = append(args, r...)
				}
				if err := db.exec(ctx, db.engine.bind(upserts[t][n]), args...); err != nil {
					return fmt.Errorf("%s: %w", tables[t].name, err)
				}
				rows = rows[n:]
			}
		}
	}
	return db.exec(ctx, "COMMIT")
}

func (db *DB) exec(ctx context.Context, stmt string, args ...any) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if db.engine.within == 0 {
		_, err := db.conn.ExecContext(context.Background(), stmt, args...)
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, db.engine.within)
	defer cancel()
	_, err := db.conn.ExecContext(ctx, stmt, args...)
	return err
}
