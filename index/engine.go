package index

import (
	"context"
	"database/sql"
	"errors"
	"strconv"
	"strings"
	"time"
)

// ErrLease says that another projector writes this read model: this one follows.
var ErrLease = errors.New("another projector holds the lease of this read model")

// engine is a kind of SQL database that can hold the read model. Statements are
// written for SQLite, and in the words that both engines share.
type engine struct {
	name string
	// bind rewrites the placeholders of a statement.
	bind func(string) string
	// ddl rewrites the definition of tables.
	ddl func(string) string
	// hasTables answers 0 while the read model has no tables.
	hasTables string
	begin     string
	// guard comes first in the transaction that makes the tables; "" for none.
	guard string
	// lease is asked on the writer's connection and answers whether it may write
	// for as long as that connection lives; "" where no other can.
	lease string
	// unlease gives it back.
	unlease string
	// within bounds one statement of the writer; 0 leaves it to the engine.
	within time.Duration
}

var sqliteEngine = &engine{
	name: "sqlite", bind: same, ddl: same, begin: "BEGIN IMMEDIATE",
	hasTables: `SELECT count(*) FROM sqlite_master`,
}

func same(s string) string { return s }

// numbered turns each ? into $1, $2, …: no statement of ours has one elsewhere.
func numbered(stmt string) string {
	if strings.IndexByte(stmt, '?') < 0 {
		return stmt
	}
	var b strings.Builder
	n := 0
	for i := 0; i < len(stmt); i++ {
		if stmt[i] != '?' {
			b.WriteByte(stmt[i])
			continue
		}
		n++
		b.WriteByte('$')
		b.WriteString(strconv.Itoa(n))
	}
	return b.String()
}

// query and queryRow ask the read connections.
func (db *DB) query(ctx context.Context, stmt string, args ...any) (*sql.Rows, error) {
	return db.read.QueryContext(ctx, db.engine.bind(stmt), args...)
}

func (db *DB) queryRow(ctx context.Context, stmt string, args ...any) *sql.Row {
	return db.read.QueryRowContext(ctx, db.engine.bind(stmt), args...)
}
