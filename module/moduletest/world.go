// Package moduletest runs a module's acts on a real state in tests: the store
// that the chain uses, on a memory database, with every truth checked after
// every act.
package moduletest

import (
	"errors"
	"testing"

	dbm "github.com/cosmos/cosmos-db"
	"google.golang.org/protobuf/proto"

	"github.com/filiera-chain/filiera/module"
	"github.com/filiera-chain/filiera/store"
)

// T is what testing.T and rapid.T share.
type T interface {
	Helper()
	Fatalf(format string, args ...any)
	Errorf(format string, args ...any)
}

// World is a state and a clock that only the test moves.
type World struct {
	T       T
	Block   module.Block
	Branch  *store.Branch
	modules []*module.Module
	// Said holds the announcements of the last act that was carried out.
	Said []proto.Message
}

// New gives an empty world for the modules, in rank order.
func New(t T, block module.Block, modules ...*module.Module) *World {
	t.Helper()
	if err := module.CheckTable(modules); err != nil {
		t.Fatalf("%v", err)
	}
	s, err := store.Open(dbm.NewMemDB(), store.Options{})
	if err != nil {
		t.Fatalf("open the store: %v", err)
	}
	return &World{T: t, Block: block, Branch: s.Branch(), modules: modules}
}

// Context gives a context over the state itself, for arranging.
func (w *World) Context(signer module.Signer) *module.Context {
	return module.NewContext(w.Branch, w.Block, signer)
}

// Reader gives a reader over the state.
func (w *World) Reader() *module.Reader { return module.NewReader(w.Branch, w.Block) }

// Try carries an act out as the chain does: checked, on a branch, kept only if
// it does not refuse; then every truth is checked.
func (w *World) Try(signer module.Signer, m proto.Message) (proto.Message, error) {
	w.T.Helper()
	act := w.act(m)
	if err := act.Check(m); err != nil {
		return nil, err
	}
	branch := w.Branch.Branch()
	ctx := module.NewContext(branch, w.Block, signer)
	out, err := act.Run(ctx, m)
	if err != nil {
		branch.Discard()
		return nil, err
	}
	branch.Write()
	w.Said = ctx.Announcements()
	w.CheckTruths()
	return out, nil
}

// Do is Try for an act that must be carried out.
func (w *World) Do(signer module.Signer, m proto.Message) proto.Message {
	w.T.Helper()
	out, err := w.Try(signer, m)
	if err != nil {
		w.T.Fatalf("%s: %v", m.ProtoReflect().Descriptor().Name(), err)
	}
	return out
}

// Refuses is Try for an act that must be refused with want.
func (w *World) Refuses(want *module.Error, signer module.Signer, m proto.Message) {
	w.T.Helper()
	_, err := w.Try(signer, m)
	if !errors.Is(err, want) {
		w.T.Errorf("%s: got %v; want the refusal %s", m.ProtoReflect().Descriptor().Name(), err, want.ID())
	}
}

// EndBlock lets every module do what time brings, and moves to the next block.
func (w *World) EndBlock(seconds int64) {
	w.T.Helper()
	ctx := w.Context(module.Signer{})
	for _, m := range w.modules {
		if m.EndBlock == nil {
			continue
		}
		if err := m.EndBlock(ctx); err != nil {
			w.T.Fatalf("end of block in %s: %v", m.Name, err)
		}
	}
	w.Said = ctx.Announcements()
	w.CheckTruths()
	w.Block.Height++
	w.Block.Time += seconds
}

// CheckTruths runs every invariant.
func (w *World) CheckTruths() {
	w.T.Helper()
	for _, m := range w.modules {
		for _, inv := range m.Invariants {
			if err := inv.Check(w.Reader()); err != nil {
				w.T.Fatalf("%s: %s: %v", m.Name, inv.Name, err)
			}
		}
	}
}

func (w *World) act(m proto.Message) module.Act {
	w.T.Helper()
	for _, mod := range w.modules {
		for _, a := range mod.Acts {
			if a.Message.ProtoReflect().Descriptor().FullName() == m.ProtoReflect().Descriptor().FullName() {
				return a
			}
		}
	}
	w.T.Fatalf("no module carries out %s", m.ProtoReflect().Descriptor().FullName())
	return module.Act{}
}

var _ T = (*testing.T)(nil)
