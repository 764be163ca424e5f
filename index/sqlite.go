package index

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"strings"
	"sync"

	_ "modernc.org/sqlite" // the embedded engine, without cgo
)

// driverName is the engine's; tests put a failing one in its place.
const driverName = "sqlite"

// readers is how many questions are answered at once.
const readers = 8

// DB is the read model in one SQLite file (and, while it is open, the -wal and
// -shm files beside it), or in one schema of a PostgreSQL database that several
// nodes share. In a file, a write is durable against the death of the process
// at once and against power loss at the next checkpoint: what is lost then, the
// blocks give again.
type DB struct {
	path, driver string
	engine       *engine
	read         *sql.DB

	mu     sync.Mutex // one writer
	write  *sql.DB
	conn   *sql.Conn // nil after a failure, opened anew by the next Apply
	height int64     // last applied, as of conn
	// signers: key address to participant, as of conn.
	signers map[string]string
}

var _ Model = (*DB)(nil)

// Open opens the read model at place, making it if there is none: the path of a
// file, or postgres://user@host/database?search_path=schema. One of another
// version is ErrSchema.
func Open(place string) (*DB, error) {
	if IsPostgres(place) {
		return openPostgres(place)
	}
	return openWith(driverName, place)
}

func openWith(driver, path string) (*DB, error) {
	db := &DB{path: path, driver: driver, engine: sqliteEngine}
	var err error
	if db.write, err = sql.Open(driver, dsn(path, false)); err != nil {
		return nil, fmt.Errorf("open the read model %s: %w", path, err)
	}
	db.write.SetMaxOpenConns(1)
	if err := db.prepare(context.Background()); err != nil {
		return nil, errors.Join(fmt.Errorf("open the read model %s: %w", path, err), db.write.Close())
	}
	if db.read, err = sql.Open(driver, dsn(path, true)); err != nil {
		return nil, errors.Join(fmt.Errorf("open the read model %s: %w", path, err), db.Close())
	}
	db.read.SetMaxOpenConns(readers)
	db.read.SetMaxIdleConns(readers)
	return db, nil
}

func dsn(path string, readOnly bool) string {
	q := url.Values{"_pragma": {"busy_timeout(5000)", "foreign_keys(0)", "cache_size(-16000)", "temp_store(2)", "case_sensitive_like(1)"}}
	if readOnly {
		q.Add("_pragma", "query_only(1)")
	} else {
		q.Add("_pragma", "journal_mode(WAL)")
		q.Add("_pragma", "synchronous(NORMAL)")
		q.Add("_pragma", "wal_autocheckpoint(4000)")
	}
	return (&url.URL{Scheme: "file", Opaque: (&url.URL{Path: path}).EscapedPath(), RawQuery: q.Encode()}).String()
}

// prepare makes the tables of an empty file and checks those of another.
func (db *DB) prepare(ctx context.Context) error {
	var n int
	tx, err := db.write.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback()        //nolint:errcheck // a no-op once committed
	if db.engine.guard != "" { // two nodes may open an empty database at once
		if _, err := tx.ExecContext(ctx, db.engine.guard); err != nil {
			return err
		}
	}
	if err := tx.QueryRowContext(ctx, db.engine.hasTables).Scan(&n); err != nil {
		return err
	}
	if n == 0 {
		for _, stmt := range []string{db.engine.ddl(schema), `INSERT INTO meta VALUES ('schema', '` + schemaVersion + `')`} {
			if _, err := tx.ExecContext(ctx, stmt); err != nil {
				return err
			}
		}
		return tx.Commit()
	}
	if err := tx.Commit(); err != nil {
		return err
	}
	var v string
	err = db.write.QueryRowContext(ctx, `SELECT value FROM meta WHERE key = 'schema'`).Scan(&v)
	if err != nil || v != schemaVersion {
		return fmt.Errorf("%w (it says version %q, this is %q)", ErrSchema, v, schemaVersion)
	}
	return nil
}

// Close ends every question and closes the file.
func (db *DB) Close() error {
	db.mu.Lock()
	defer db.mu.Unlock()
	var errs []error
	if db.conn != nil {
		errs = append(errs, db.conn.Close())
		db.conn = nil
	}
	if db.read != nil {
		errs = append(errs, db.read.Close())
	}
	return errors.Join(append(errs, db.write.Close())...)
}

// Path is where the read model is, in words that hold no password.
func (db *DB) Path() string { return db.path }

// Height implements Model.
func (db *DB) Height(ctx context.Context) (int64, error) {
	var h int64
	err := db.queryRow(ctx, `SELECT coalesce(max(height), 0) FROM blocks`).Scan(&h)
	return h, err
}

// removeFiles deletes a database file with what stands beside it.
func removeFiles(path string) error {
	var errs []error
	for _, suffix := range []string{"", "-wal", "-shm", "-journal"} {
		if err := os.Remove(path + suffix); err != nil && !errors.Is(err, os.ErrNotExist) {
			errs = append(errs, err)
		}
	}
	return errors.Join(errs...)
}

// placeholders gives "(?,?),(?,?)" for n rows of c columns.
func placeholders(n, c int) string {
	row := "(" + strings.TrimSuffix(strings.Repeat("?,", c), ",") + ")"
	return strings.TrimSuffix(strings.Repeat(row+",", n), ",")
}
