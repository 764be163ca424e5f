package index

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"

	"google.golang.org/protobuf/proto"

	productv1 "github.com/filiera-chain/filiera/api/product/v1"
	registryv1 "github.com/filiera-chain/filiera/api/registry/v1"
	tracev1 "github.com/filiera-chain/filiera/api/trace/v1"
)

func newEvent() *tracev1.Event { return new(tracev1.Event) }

// all reads a whole list of records; stmt selects the record alone.
func all[T any, P message[T]](ctx context.Context, db *DB, stmt string, args ...any) ([]P, error) {
	rows, err := db.query(ctx, stmt, args...)
	if err != nil {
		return nil, fmt.Errorf("read model: %w", err)
	}
	defer rows.Close()
	out := []P{}
	for rows.Next() {
		var b sql.RawBytes
		if err := rows.Scan(&b); err != nil {
			return nil, fmt.Errorf("read model: %w", err)
		}
		m := P(new(T))
		if err := proto.Unmarshal(b, m); err != nil {
			return nil, fmt.Errorf("read model: %w", err)
		}
		out = append(out, m)
	}
	return out, rows.Err()
}

// one is all for a statement that finds at most one record: nil when none.
func one[T any, P message[T]](ctx context.Context, db *DB, stmt string, args ...any) (P, error) {
	found, err := all[T, P](ctx, db, stmt, args...)
	if err != nil || len(found) == 0 {
		return nil, err
	}
	return found[0], nil
}

// Keys implements Model.
func (db *DB) Keys(ctx context.Context, participant string) ([]*registryv1.Key, error) {
	return all[registryv1.Key](ctx, db, `SELECT record FROM keys WHERE participant = ? ORDER BY label`, participant)
}

// Grants implements Model.
func (db *DB) Grants(ctx context.Context, participant string) ([]*registryv1.Grant, error) {
	return all[registryv1.Grant](ctx, db, `SELECT record FROM grants WHERE participant = ? ORDER BY number`, participant)
}

// Accreditations implements Model.
func (db *DB) Accreditations(ctx context.Context, participant string) ([]*registryv1.Accreditation, error) {
	return all[registryv1.Accreditation](ctx, db,
		`SELECT record FROM accreditations WHERE certifier = ? ORDER BY specification`, participant)
}

// Validators implements Model.
func (db *DB) Validators(ctx context.Context) ([]*registryv1.Validator, error) {
	return all[registryv1.Validator](ctx, db, `SELECT record FROM validators WHERE power > 0 ORDER BY public_key`)
}

// Params implements Model.
func (db *DB) Params(ctx context.Context) (*registryv1.Params, error) {
	return one[registryv1.Params](ctx, db, `SELECT record FROM params WHERE id = 1`)
}

// Proposal implements Model.
func (db *DB) Proposal(ctx context.Context, id uint64) (*registryv1.Proposal, error) {
	return one[registryv1.Proposal](ctx, db, `SELECT record FROM proposals WHERE id = ?`, int64(id))
}

// Versions implements Model.
func (db *DB) Versions(ctx context.Context, specification string) ([]*productv1.SpecificationVersion, error) {
	return all[productv1.SpecificationVersion](ctx, db,
		`SELECT record FROM spec_versions WHERE specification = ? ORDER BY version`, specification)
}

// Event implements Model.
func (db *DB) Event(ctx context.Context, id []byte) (*Event, error) {
	e, _, err := readEvent(db.queryRow(ctx, `SELECT `+eventColumns+` FROM events WHERE id = ?`, nonNil(id)))
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read model: event: %w", err)
	}
	return e, nil
}

// Tx implements Model. If a block repeats a transaction, the first one counts:
// the second was refused as a replay.
func (db *DB) Tx(ctx context.Context, hash []byte) (*Tx, error) {
	if len(hash) != 32 {
		return nil, fmt.Errorf("a transaction's hash has 32 bytes, not %d", len(hash))
	}
	rows, err := db.query(ctx, `SELECT seq, hash, code, codespace, id, message, signer, acts, results, time
		FROM txs WHERE tag = ? ORDER BY seq`, tag(hash))
	if err != nil {
		return nil, fmt.Errorf("read model: transaction: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var seq, code, at int64
		var acts string
		t := &Tx{}
		if err := rows.Scan(&seq, &t.Hash, &code, &t.Codespace, &t.ID, &t.Message, &t.Signer, &acts, &t.Results, &at); err != nil {
			return nil, fmt.Errorf("read model: transaction: %w", err)
		}
		if !bytes.Equal(t.Hash, hash) {
			continue
		}
		t.Height, t.Index, t.Code, t.Time = seq>>seqShift, uint32(seq&(1<<seqShift-1)), uint32(code), time.Unix(0, at).UTC()
		if acts != "" {
			t.Acts = strings.Split(acts, ",")
		}
		return t, nil
	}
	return nil, rows.Err()
}
