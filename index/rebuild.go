package index

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
)

// blocksPerWrite and txsPerWrite bound what enters in one SQL transaction.
const (
	blocksPerWrite = 64
	txsPerWrite    = 20_000
)

// Rebuild makes the read model at path, or at an address as for Open, anew from
// source: beside the old one, which it replaces once the new one is whole. Nobody
// may have the old one open. progress, if any, is told how far it is.
func Rebuild(ctx context.Context, source Source, path string, progress func(height, last int64)) error {
	if IsPostgres(path) {
		if err := rebuildPostgres(ctx, source, path, progress); err != nil {
			return fmt.Errorf("rebuild the read model: %w", err)
		}
		return nil
	}
	beside := path + ".rebuild"
	if err := removeFiles(beside); err != nil {
		return fmt.Errorf("rebuild the read model: %w", err)
	}
	db, err := Open(beside)
	if err != nil {
		return err
	}
	if err := errors.Join(fill(ctx, db, source, progress), db.Close()); err != nil {
		return fmt.Errorf("rebuild the read model: %w", errors.Join(err, removeFiles(beside)))
	}
	if err := errors.Join(fold(ctx, beside), retire(ctx, path)); err != nil {
		return fmt.Errorf("rebuild the read model: %w", err)
	}
	if err := os.Rename(beside, path); err != nil {
		return fmt.Errorf("rebuild the read model: %w", err)
	}
	return nil
}

// fill applies all blocks of source to db.
func fill(ctx context.Context, db Model, source Source, progress func(height, last int64)) error {
	for {
		height, err := db.Height(ctx)
		if err != nil {
			return err
		}
		last, err := source.LastHeight()
		if err != nil {
			return err
		}
		if progress != nil {
			progress(height, last)
		}
		if height >= last {
			return nil
		}
		if _, err := step(ctx, db, source, height, last); err != nil {
			return err
		}
	}
}

// step applies the next blocks after height, at most up to last, and gives
// them.
func step(ctx context.Context, db Model, source Source, height, last int64) ([]Block, error) {
	from := height + 1
	if height == 0 {
		from = source.First()
	}
	var blocks []Block
	for h, txs := from, 0; h <= last && len(blocks) < blocksPerWrite && txs < txsPerWrite; h++ {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		b, err := source.Block(h)
		if err != nil {
			return nil, fmt.Errorf("block %d: %w", h, err)
		}
		blocks, txs = append(blocks, b), txs+len(b.Txs)
	}
	return blocks, db.Apply(ctx, blocks)
}

// fold brings everything that stands beside a database into its one file.
func fold(ctx context.Context, path string) error {
	db, err := sql.Open(driverName, dsn(path, false))
	if err != nil {
		return err
	}
	var mode string
	err = db.QueryRowContext(ctx, `PRAGMA journal_mode = DELETE`).Scan(&mode)
	if err == nil && mode != "delete" {
		err = fmt.Errorf("%s is in use; stop the node first", path)
	}
	return errors.Join(err, db.Close())
}

// retire folds the old file, so that nothing of it is left beside the new one.
// A file that is none of the engine's has nothing to fold, and goes.
func retire(ctx context.Context, path string) error {
	if _, err := os.Stat(path); errors.Is(err, os.ErrNotExist) {
		return removeFiles(path)
	}
	if readable(ctx, path) {
		return fold(ctx, path)
	}
	return removeFiles(path)
}

// readable says whether the engine can open the file at all.
func readable(ctx context.Context, path string) bool {
	db, err := sql.Open(driverName, "file:"+path+"?_pragma=busy_timeout(5000)")
	if err != nil {
		return false
	}
	defer db.Close()
	var n int
	err = db.QueryRowContext(ctx, `SELECT count(*) FROM sqlite_master`).Scan(&n)
	return err == nil
}
