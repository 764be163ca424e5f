package module

import (
	"context"
	"time"

	"cosmossdk.io/collections/corecompat"
	"google.golang.org/protobuf/proto"
)

// KV is a module's access to state: the method set that
// cosmossdk.io/collections asks for. Keys are non-empty; a nil value is absent.
type KV = corecompat.KVStore

// Signer is who signed the transaction at work, as authentication found it.
type Signer struct {
	// Participant id; it was active when the transaction was authenticated.
	Participant string
	// Address is the 20-byte Ethereum address of the signing key.
	Address []byte
	// KeyLabel is the participant's own name of that key.
	KeyLabel string
}

// Block is what an act may know of the block it runs in.
type Block struct {
	ChainID string
	Height  int64
	// Time is the block's time in unix seconds: the only clock there is.
	Time int64
}

// base carries the state through the context.Context that collections take.
type base struct {
	kv KV
}

type baseKey struct{}

func (*base) Deadline() (time.Time, bool) { return time.Time{}, false }
func (*base) Done() <-chan struct{}       { return nil }
func (*base) Err() error                  { return nil }

func (b *base) Value(key any) any {
	if _, ok := key.(baseKey); ok {
		return b
	}
	return nil
}

// Reader is what a question is handed: state without any way to write it,
// because the state behind it refuses writes.
type Reader struct {
	base
	Block
}

// NewReader gives a reader over kv. Safe for as long as kv is.
func NewReader(kv KV, block Block) *Reader {
	return &Reader{base: base{kv: kv}, Block: block}
}

// Context is what an act is handed: state, block, signer, and a place for
// announcements. It serves one transaction and is not safe for concurrent use.
type Context struct {
	base
	Block
	Signer Signer
	// Act is the position of the running act in its transaction, from 0.
	Act           uint32
	announcements []proto.Message
}

// NewContext gives a context over kv.
func NewContext(kv KV, block Block, signer Signer) *Context {
	return &Context{base: base{kv: kv}, Block: block, Signer: signer}
}

// Emit announces what happened. Announcements of a refused transaction are
// dropped with everything else it did.
func (c *Context) Emit(m proto.Message) { c.announcements = append(c.announcements, m) }

// Announcements returns what was emitted, in order.
func (c *Context) Announcements() []proto.Message { return c.announcements }

// Reader gives the same state to a question.
func (c *Context) Reader() *Reader { return NewReader(c.kv, c.Block) }

// accessor opens the window named name of the state that ctx carries.
func accessor(name string) func(context.Context) KV {
	prefix := []byte(name + "/")
	return func(ctx context.Context) KV {
		b, ok := ctx.Value(baseKey{}).(*base)
		if !ok {
			// Only code of ours can get here with a foreign context; there
			// is no state to fall back on.
			panic("module: this context carries no state; pass a *module.Context or *module.Reader")
		}
		return window{kv: b.kv, prefix: prefix}
	}
}

// Over gives a context over what r reads, for checks that must not write: the
// state behind a reader of committed state refuses writes, and announcements
// are dropped with the context.
func Over(r *Reader) *Context { return NewContext(r.kv, r.Block, Signer{}) }
