package index

import (
	"context"

	"google.golang.org/protobuf/proto"

	ledgerv1 "github.com/filiera-chain/filiera/api/ledger/v1"
)

// RegisterFilter chooses public registers; the zero value of a field does not filter.
type RegisterFilter struct {
	Kind ledgerv1.RegisterKind
	Body string
	// Open leaves out those that are closed.
	Open bool
}

// Registers implements Model; in order of id.
func (db *DB) Registers(ctx context.Context, f RegisterFilter, p Page) (List[*ledgerv1.Register], error) {
	l := &listing{name: "registers", selects: "id, record", from: "registers", key: textKey("id")}
	l.filter(f.Kind != 0, "kind = ?", int64(f.Kind))
	l.filter(f.Body != "", "body = ?", f.Body)
	l.filter(f.Open, "open = 1")
	return list(ctx, db, l, p, byText[ledgerv1.Register](1))
}

// RegisterAppends implements Model; the latest first.
func (db *DB) RegisterAppends(ctx context.Context, register string, p Page) (List[*ledgerv1.RegisterAppend], error) {
	l := &listing{name: "register_appends", selects: "number, record", from: "register_appends", key: []keyColumn{{"number", 'i'}}, desc: true}
	l.filter(true, "register = ?", register)
	return list(ctx, db, l, p, func(s scanner) (*ledgerv1.RegisterAppend, []any, error) {
		var number int64
		var b []byte
		if err := s.Scan(&number, &b); err != nil {
			return nil, nil, err
		}
		a := new(ledgerv1.RegisterAppend)
		return a, []any{number}, proto.Unmarshal(b, a)
	})
}
