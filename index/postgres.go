package index

import (
	"context"
	"errors"
	"fmt"
	"net"
	"regexp"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
)

// postgresEngine is PostgreSQL 13 or later. Text is compared byte by byte, as
// SQLite does. The lease is an advisory lock of the writer's session: whoever
// loses the session loses the transaction with it, so a projector that was
// replaced cannot write.
var postgresEngine = &engine{
	name: "postgres", bind: numbered, ddl: postgresDDL, begin: "BEGIN",
	hasTables: `SELECT count(*) FROM information_schema.tables WHERE table_schema = current_schema() AND table_name = 'meta'`,
	guard:     `SELECT pg_advisory_xact_lock(` + lockClass + ` + 1, hashtext(current_schema()::text))`,
	lease:     `SELECT pg_try_advisory_lock(` + lockClass + `, hashtext(current_schema()::text))`,
	unlease:   `SELECT pg_advisory_unlock_all()`,
	within:    2 * time.Minute,
}

// lockClass keeps our advisory locks apart from those of other programs: the
// letters FIL.
const lockClass = "4606284"

// postgresDDL puts PostgreSQL's types in the place of SQLite's.
func postgresDDL(ddl string) string {
	return strings.NewReplacer(
		" INTEGER", " BIGINT", " BLOB", " BYTEA", " TEXT", ` TEXT COLLATE "C"`, " WITHOUT ROWID", "",
	).Replace(ddl)
}

// IsPostgres tells an address of PostgreSQL from the path of a file.
func IsPostgres(place string) bool {
	return strings.HasPrefix(place, "postgres://") || strings.HasPrefix(place, "postgresql://")
}

// defaultSchema is the schema where the address names none.
const defaultSchema = "filiera"

var schemaName = regexp.MustCompile(`^[a-z_][a-z0-9_]{0,48}$`)

// openPostgres opens the read model in the schema that search_path names.
func openPostgres(address string) (*DB, error) {
	c, schema, err := postgresConfig(address)
	if err != nil {
		return nil, err
	}
	return openPostgresIn(c, schema)
}

func openPostgresIn(c *pgx.ConnConfig, schema string) (*DB, error) {
	c = c.Copy()
	c.RuntimeParams["search_path"] = schema
	place := fmt.Sprintf("PostgreSQL %s, database %s, schema %s", c.Host, c.Database, schema)
	db := &DB{path: place, engine: postgresEngine, write: stdlib.OpenDB(*c), read: stdlib.OpenDB(*c)}
	db.write.SetMaxOpenConns(1)
	db.read.SetMaxOpenConns(readers)
	db.read.SetMaxIdleConns(readers)
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	_, err := db.write.ExecContext(ctx, `CREATE SCHEMA IF NOT EXISTS `+schema)
	if err == nil || raced(err) {
		err = db.prepare(ctx)
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("open the read model in %s: %w", place, err), db.Close())
	}
	return db, nil
}

// raced says that another made the schema at the same moment.
func raced(err error) bool {
	return strings.Contains(err.Error(), "23505") || strings.Contains(err.Error(), "42P06")
}

// postgresConfig reads an address. The password comes from it, from PGPASSWORD
// or from the file that PGPASSFILE names; errors do not show it.
func postgresConfig(address string) (*pgx.ConnConfig, string, error) {
	c, err := pgx.ParseConfig(address)
	if err != nil {
		return nil, "", fmt.Errorf("the address of the read model cannot be read: %w", err)
	}
	schema := c.RuntimeParams["search_path"]
	if schema == "" {
		schema = defaultSchema
	}
	if !schemaName.MatchString(schema) || schema == "public" {
		return nil, "", fmt.Errorf("search_path is %q; name one schema of the read model's own in small letters, such as filiera", schema)
	}
	// A host that vanished must not keep the lease, nor a question.
	c.RuntimeParams["tcp_keepalives_idle"], c.RuntimeParams["tcp_keepalives_interval"], c.RuntimeParams["tcp_keepalives_count"] = "5", "5", "3"
	c.RuntimeParams["application_name"] = "filiera"
	if c.ConnectTimeout == 0 {
		c.ConnectTimeout = 10 * time.Second
	}
	c.DialFunc = (&net.Dialer{KeepAlive: 5 * time.Second}).DialContext
	return c, schema, nil
}

// rebuildPostgres fills a schema beside the old one and puts it in its place.
// It needs the lease, so no node may be writing.
func rebuildPostgres(ctx context.Context, source Source, address string, progress func(height, last int64)) error {
	c, schema, err := postgresConfig(address)
	if err != nil {
		return err
	}
	old, err := openPostgresIn(c, schema)
	if errors.Is(err, ErrSchema) {
		old, err = nil, nil // of another version: there is nothing to hold
	}
	if err != nil {
		return err
	}
	if old != nil {
		defer old.Close()
		if err := old.connect(ctx); err != nil {
			old.disconnect()
			return fmt.Errorf("%w; stop the node that writes it first", err)
		}
		defer old.disconnect()
	}
	beside := schema + "_rebuild"
	if err := besides(ctx, c, `DROP SCHEMA IF EXISTS `+beside+` CASCADE`); err != nil {
		return err
	}
	db, err := openPostgresIn(c, beside)
	if err != nil {
		return err
	}
	if err := errors.Join(fill(ctx, db, source, progress), db.Close()); err != nil {
		return errors.Join(err, besides(ctx, c, `DROP SCHEMA IF EXISTS `+beside+` CASCADE`))
	}
	return besides(ctx, c, `BEGIN; DROP SCHEMA IF EXISTS `+schema+` CASCADE; ALTER SCHEMA `+beside+` RENAME TO `+schema+`; COMMIT`)
}

// besides carries statements out on a connection of their own.
func besides(ctx context.Context, c *pgx.ConnConfig, stmts string) error {
	db := stdlib.OpenDB(*c)
	_, err := db.ExecContext(ctx, stmts)
	return errors.Join(err, db.Close())
}
