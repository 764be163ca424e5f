package ledger

import (
	"slices"

	ledgerv1 "github.com/filiera-chain/filiera/api/ledger/v1"
	"github.com/filiera-chain/filiera/module"
	"github.com/filiera-chain/filiera/registers"
)

const maxColumnName = 64

func checkOpenRegister(m *ledgerv1.MsgOpenRegister) error {
	if m.GetKind() < ledgerv1.RegisterKind_REGISTER_KIND_FUNDS || m.GetKind() > ledgerv1.RegisterKind_REGISTER_KIND_OTHER {
		return ErrShape.With("kind is %d; write funds, competitions, tourism, transport, waste, health, agrifood or other", m.GetKind())
	}
	for _, err := range []error{
		module.CheckSlug("id", m.GetId(), 3, 64), module.CheckSlug("body", m.GetBody(), 3, 40), module.CheckText("title", m.GetTitle(), 3, maxTitle), optionalHash("schema_sha256", m.GetSchemaSha256()),
	} {
		if err != nil {
			return shape(err)
		}
	}
	if err := checkColumns(m.GetColumns(), m.GetKeyColumn()); err != nil {
		return err
	}
	if m.GetAct() != "" {
		return checkActID("act", m.GetAct())
	}
	return nil
}

func optionalHash(field string, b []byte) error {
	if len(b) == 0 {
		return nil
	}
	return module.CheckHash(field, b)
}

func checkColumns(columns []string, key string) error {
	if n := len(columns); n == 0 || n > registers.MaxColumns {
		return ErrShape.With("there are %d columns; a register has 1 to %d", n, registers.MaxColumns)
	}
	seen := map[string]bool{}
	for _, c := range columns {
		if err := module.CheckText("columns", c, 1, maxColumnName); err != nil {
			return shape(err)
		}
		if seen[c] {
			return ErrShape.With("column %q stands there twice", c)
		}
		seen[c] = true
	}
	if key != "" && !slices.Contains(columns, key) {
		return ErrShape.With("key_column is %q, which is none of the columns", clip(key))
	}
	return nil
}

// openRegister opens a register without entries.
func (l *Ledger) openRegister(ctx *module.Context, m *ledgerv1.MsgOpenRegister) error {
	old, err := module.Find(ctx, l.registers, m.GetId())
	if err != nil {
		return err
	}
	if old != nil {
		return ErrRegisterTwice.With("%s is open since height %d: %s", old.GetId(), old.GetOpenedHeight(), old.GetTitle())
	}
	if err := l.maySpeak(ctx, m.GetBody(), "open its registers"); err != nil {
		return err
	}
	if err := l.restsOn(ctx, m.GetAct()); err != nil {
		return err
	}
	root := registers.Empty()
	r := &ledgerv1.Register{
		Id: m.GetId(), Kind: m.GetKind(), Title: m.GetTitle(), Body: m.GetBody(), Columns: m.GetColumns(), KeyColumn: m.GetKeyColumn(), SchemaSha256: m.GetSchemaSha256(), Act: m.GetAct(), Root: root[:],
		OpenedBy: ctx.Signer.Participant, KeyLabel: ctx.Signer.KeyLabel, OpenedAt: ctx.Time, OpenedHeight: ctx.Height,
	}
	if r.GetKeyColumn() != "" {
		r.SortedRoot = root[:]
	}
	return l.putRegister(ctx, r)
}

// restsOn refuses an act that is not in force today; "" is none.
func (l *Ledger) restsOn(ctx *module.Context, act string) error {
	if act == "" {
		return nil
	}
	today := italianToday(ctx)
	in, err := l.InForce(ctx, act, today)
	if err == nil && !in {
		err = ErrNotInForce.With("act %s is not in force on %s", act, today)
	}
	return err
}
