package ledger

import (
	"context"

	"cosmossdk.io/collections"
	"google.golang.org/protobuf/proto"

	ledgerv1 "github.com/filiera-chain/filiera/api/ledger/v1"
	"github.com/filiera-chain/filiera/module"
)

type registerTables struct {
	// registers: id -> register.
	registers collections.Map[string, *ledgerv1.Register]
	// appends: (register, number) -> append.
	appends collections.Map[collections.Pair[string, uint64], *ledgerv1.RegisterAppend]
}

func newRegisterTables(b *collections.SchemaBuilder) registerTables {
	numbered := collections.PairKeyCodec(collections.StringKey, collections.Uint64Key)
	return registerTables{
		registers: collections.NewMap(b, collections.NewPrefix(20), "registers", collections.StringKey, module.Record[ledgerv1.Register]()),
		appends:   collections.NewMap(b, collections.NewPrefix(21), "register_appends", numbered, module.Record[ledgerv1.RegisterAppend]()),
	}
}

func (l *Ledger) registerActs() []module.Act {
	return []module.Act{module.On(checkOpenRegister, l.openRegister), module.OnResult(checkAppendRegister, l.appendRegister), module.On(checkCloseRegister, l.closeRegister)}
}

func (l *Ledger) registerQueries() []module.Query {
	return []module.Query{module.Ask("Register", l.queryRegister), module.Ask("RegisterAppend", l.queryRegisterAppend)}
}

func (l *Ledger) registerRecords(rd *module.Reader, announce func(proto.Message)) error {
	err := module.Each(rd, l.registers, func(r *ledgerv1.Register) { announce(&ledgerv1.RegisterChanged{Register: r}) })
	if err != nil {
		return err
	}
	return module.Each(rd, l.appends, func(a *ledgerv1.RegisterAppend) { announce(&ledgerv1.RegisterAppended{Append: a}) })
}

// register finds a register or refuses.
func (l *Ledger) register(ctx context.Context, field, id string) (*ledgerv1.Register, error) {
	r, err := module.Find(ctx, l.registers, id)
	if err == nil && r == nil {
		err = ErrRegister.With("%s is %q; no register has this id, so open it first", field, clip(id))
	}
	return r, err
}

// openedRegister is register, and refuses one that is closed.
func (l *Ledger) openedRegister(ctx context.Context, field, id string) (*ledgerv1.Register, error) {
	r, err := l.register(ctx, field, id)
	if err == nil && r.GetClosedAt() != 0 {
		err = ErrRegisterClosed.With("%s is closed since height %d: %s", id, r.GetClosedHeight(), r.GetClosedReason())
	}
	return r, err
}

func (l *Ledger) putRegister(ctx *module.Context, r *ledgerv1.Register) error {
	ctx.Emit(&ledgerv1.RegisterChanged{Register: r})
	return l.registers.Set(ctx, r.GetId(), r)
}

func (l *Ledger) queryRegister(rd *module.Reader, q *ledgerv1.RegisterRequest) (*ledgerv1.Register, error) {
	return l.register(rd, "id", q.GetId())
}

func (l *Ledger) queryRegisterAppend(rd *module.Reader, q *ledgerv1.RegisterAppendRequest) (*ledgerv1.RegisterAppend, error) {
	a, err := module.Find(rd, l.appends, collections.Join(q.GetRegister(), q.GetNumber()))
	if err == nil && a == nil {
		err = ErrRegister.With("register %q has no append %d", clip(q.GetRegister()), q.GetNumber())
	}
	return a, err
}
