package epcisrest

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"time"

	_ "modernc.org/sqlite" // the embedded engine, without cgo
)

// Store is what this node alone knows: capture jobs with their signed
// transactions, named queries, subscriptions. One SQLite file, readable by its
// owner only, because secrets of subscriptions stand in it. Every change is synced
// before it counts. Safe for concurrent use by one process.
type Store struct{ db *sql.DB }

const storeVersion = "1"

const storeSchema = `
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
-- times in unix milliseconds; finished_at is 0 while the job runs; the document
-- is emptied when it ends
CREATE TABLE jobs (number INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, participant TEXT NOT NULL, key TEXT NOT NULL,
  behaviour TEXT NOT NULL, created_at INTEGER NOT NULL, finished_at INTEGER NOT NULL, success INTEGER NOT NULL, errors TEXT NOT NULL,
  events INTEGER NOT NULL, accepted INTEGER NOT NULL, duplicate INTEGER NOT NULL, refused INTEGER NOT NULL, document BLOB NOT NULL);
CREATE INDEX jobs_running ON jobs (number) WHERE finished_at = 0;
CREATE INDEX jobs_participant ON jobs (participant, number);
-- a part is a run of events in one transaction; raw is empty until it is signed
CREATE TABLE parts (job INTEGER NOT NULL, first INTEGER NOT NULL, count INTEGER NOT NULL, raw BLOB NOT NULL, hash BLOB NOT NULL,
  expires_at INTEGER NOT NULL, done INTEGER NOT NULL, PRIMARY KEY (job, first)) WITHOUT ROWID;
CREATE TABLE queries (name TEXT PRIMARY KEY, participant TEXT NOT NULL, query TEXT NOT NULL, created_at INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE subscriptions (id TEXT PRIMARY KEY, query TEXT NOT NULL, participant TEXT NOT NULL, definition TEXT NOT NULL,
  secret TEXT NOT NULL, created_at INTEGER NOT NULL, after_seq INTEGER NOT NULL, next_at INTEGER NOT NULL, failures INTEGER NOT NULL,
  notified_at INTEGER NOT NULL, last_error TEXT NOT NULL) WITHOUT ROWID;
CREATE INDEX subscriptions_query ON subscriptions (query, id);
`

// OpenStore opens the store at path, making it if there is none.
func OpenStore(path string) (*Store, error) {
	// Made first, so that it never is readable by others.
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("open the store of EPCIS captures: %w", err)
	}
	if err := f.Close(); err != nil {
		return nil, err
	}
	q := url.Values{"_pragma": {"busy_timeout(10000)", "journal_mode(WAL)", "synchronous(FULL)", "foreign_keys(0)"}, "_txlock": {"immediate"}}
	dsn := (&url.URL{Scheme: "file", Opaque: (&url.URL{Path: path}).EscapedPath(), RawQuery: q.Encode()}).String()
	db, err := sql.Open("sqlite", dsn)
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(4)
	s := &Store{db}
	if err := s.prepare(context.Background()); err != nil {
		return nil, errors.Join(fmt.Errorf("open the store of EPCIS captures %s: %w", path, err), db.Close())
	}
	return s, nil
}

func (s *Store) prepare(ctx context.Context) error {
	return s.change(ctx, func(tx *sql.Tx) error {
		var n int
		if err := tx.QueryRowContext(ctx, `SELECT count(*) FROM sqlite_master`).Scan(&n); err != nil {
			return err
		}
		if n == 0 {
			_, err := tx.ExecContext(ctx, storeSchema+`INSERT INTO meta VALUES ('version', '`+storeVersion+`')`)
			return err
		}
		var v string
		if err := tx.QueryRowContext(ctx, `SELECT value FROM meta WHERE key = 'version'`).Scan(&v); err != nil || v != storeVersion {
			return fmt.Errorf("it is of version %q, this program's is %s: %w", v, storeVersion, err)
		}
		return nil
	})
}

// Close closes the file.
func (s *Store) Close() error { return s.db.Close() }

// change runs f in one transaction.
func (s *Store) change(ctx context.Context, f func(*sql.Tx) error) error {
	tx, err := s.db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback() //nolint:errcheck // a no-op once committed
	if err := f(tx); err != nil {
		return err
	}
	return tx.Commit()
}

// job is a capture job.
type job struct {
	number                       int64
	id, participant, key         string
	behaviour                    string
	createdAt, finishedAt        int64
	success                      bool
	errors                       string // a JSON array of problems
	events                       int
	accepted, duplicate, refused int
}

const jobColumns = "number, id, participant, key, behaviour, created_at, finished_at, success, errors, events, accepted, duplicate, refused"

func readJob(row interface{ Scan(...any) error }) (*job, error) {
	j := &job{}
	err := row.Scan(&j.number, &j.id, &j.participant, &j.key, &j.behaviour, &j.createdAt, &j.finishedAt, &j.success, &j.errors,
		&j.events, &j.accepted, &j.duplicate, &j.refused)
	return j, err
}

// part is a run of a job's events in one transaction.
type part struct {
	first, count int
	raw, hash    []byte
	expiresAt    int64 // unix seconds
	done         bool
}

// addJob keeps a new job with its document and how it is divided.
func (s *Store) addJob(ctx context.Context, j *job, document []byte, parts []part) error {
	return s.change(ctx, func(tx *sql.Tx) error {
		res, err := tx.ExecContext(ctx, `INSERT INTO jobs (id, participant, key, behaviour, created_at, finished_at, success, errors, events,
			accepted, duplicate, refused, document) VALUES (?,?,?,?,?,0,1,'[]',?,0,0,0,?)`,
			j.id, j.participant, j.key, j.behaviour, j.createdAt, j.events, document)
		if err != nil {
			return err
		}
		if j.number, err = res.LastInsertId(); err != nil {
			return err
		}
		for _, p := range parts {
			if _, err := tx.ExecContext(ctx, `INSERT INTO parts VALUES (?,?,?,x'',x'',0,0)`, j.number, p.first, p.count); err != nil {
				return err
			}
		}
		return nil
	})
}

// jobByID gives a job of a participant; nil when it has none of that name.
func (s *Store) jobByID(ctx context.Context, participant, id string) (*job, error) {
	j, err := readJob(s.db.QueryRowContext(ctx, `SELECT `+jobColumns+` FROM jobs WHERE id = ? AND participant = ?`, id, participant))
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	return j, err
}

// jobsOf lists the jobs of a participant before a number, the latest first.
func (s *Store) jobsOf(ctx context.Context, participant string, before int64, limit int) ([]*job, error) {
	return s.listJobs(ctx, `SELECT `+jobColumns+` FROM jobs WHERE participant = ? AND number < ? ORDER BY number DESC LIMIT ?`, participant, before, limit)
}

// runningJobs lists jobs that have not ended, after a number, the oldest first.
func (s *Store) runningJobs(ctx context.Context, after int64, limit int) ([]*job, error) {
	return s.listJobs(ctx, `SELECT `+jobColumns+` FROM jobs WHERE finished_at = 0 AND number > ? ORDER BY number LIMIT ?`, after, limit)
}

func (s *Store) listJobs(ctx context.Context, stmt string, args ...any) ([]*job, error) {
	rows, err := s.db.QueryContext(ctx, stmt, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []*job
	for rows.Next() {
		j, err := readJob(rows)
		if err != nil {
			return nil, err
		}
		out = append(out, j)
	}
	return out, rows.Err()
}

// countRunning counts the jobs of a participant that have not ended.
func (s *Store) countRunning(ctx context.Context, participant string) (n int, err error) {
	err = s.db.QueryRowContext(ctx, `SELECT count(*) FROM jobs WHERE finished_at = 0 AND participant = ?`, participant).Scan(&n)
	return n, err
}

// work gives the document and the parts of a job.
func (s *Store) work(ctx context.Context, number int64) (document []byte, parts []part, err error) {
	if err := s.db.QueryRowContext(ctx, `SELECT document FROM jobs WHERE number = ?`, number).Scan(&document); err != nil {
		return nil, nil, err
	}
	rows, err := s.db.QueryContext(ctx, `SELECT first, count, raw, hash, expires_at, done FROM parts WHERE job = ? ORDER BY first`, number)
	if err != nil {
		return nil, nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var p part
		if err := rows.Scan(&p.first, &p.count, &p.raw, &p.hash, &p.expiresAt, &p.done); err != nil {
			return nil, nil, err
		}
		parts = append(parts, p)
	}
	return document, parts, rows.Err()
}

// signed keeps the transaction of a part: before it is sent, so that its fate
// can be found whatever happens.
func (s *Store) signed(ctx context.Context, number int64, p part) error {
	_, err := s.db.ExecContext(ctx, `UPDATE parts SET raw = ?, hash = ?, expires_at = ? WHERE job = ? AND first = ?`,
		p.raw, p.hash, p.expiresAt, number, p.first)
	return err
}

// partDone keeps what came of a part, once: the counts of a part that was done
// before are not added again.
func (s *Store) partDone(ctx context.Context, j *job, p part) error {
	return s.change(ctx, func(tx *sql.Tx) error {
		res, err := tx.ExecContext(ctx, `UPDATE parts SET done = 1, raw = x'' WHERE job = ? AND first = ? AND done = 0`, j.number, p.first)
		if err != nil {
			return err
		}
		if n, err := res.RowsAffected(); err != nil || n == 0 {
			return err
		}
		_, err = tx.ExecContext(ctx, `UPDATE jobs SET success = ?, errors = ?, accepted = ?, duplicate = ?, refused = ? WHERE number = ?`,
			j.success, j.errors, j.accepted, j.duplicate, j.refused, j.number)
		return err
	})
}

// finish ends a job and lets its document go.
func (s *Store) finish(ctx context.Context, j *job, at time.Time) error {
	_, err := s.db.ExecContext(ctx, `UPDATE jobs SET finished_at = ?, success = ?, errors = ?, document = x'' WHERE number = ?`,
		at.UnixMilli(), j.success, j.errors, j.number)
	return err
}

// prune forgets jobs that ended before a moment.
func (s *Store) prune(ctx context.Context, before time.Time) error {
	return s.change(ctx, func(tx *sql.Tx) error {
		for _, stmt := range [...]string{
			`DELETE FROM parts WHERE job IN (SELECT number FROM jobs WHERE finished_at > 0 AND finished_at < ?)`,
			`DELETE FROM jobs WHERE finished_at > 0 AND finished_at < ?`,
		} {
			if _, err := tx.ExecContext(ctx, stmt, before.UnixMilli()); err != nil {
				return err
			}
		}
		return nil
	})
}
