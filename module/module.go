package module

import (
	"context"
	"errors"
	"fmt"

	"cosmossdk.io/collections"
	"google.golang.org/protobuf/proto"
)

// Module is what a package under x/ offers the app. All fields are read once,
// at construction; the functions are called from one goroutine at a time for
// acts, and from many for questions.
type Module struct {
	// Name is the package's name, the codespace of its refusals and the
	// window of its state.
	Name string
	// Schema holds every table.
	Schema collections.Schema
	Acts   []Act
	// EndBlock does what time brings, bounded per block. May be nil.
	EndBlock   func(*Context) error
	Queries    []Query
	Invariants []Invariant
	Errors     []*Error
	// Records announces every record there is, so that a read model can begin
	// at a genesis that holds some. May be nil.
	Records func(r *Reader, announce func(proto.Message)) error
}

// Act binds a message to what it does.
type Act struct {
	// Message is a zero value of the message type.
	Message proto.Message
	// Check refuses a malformed message without state.
	Check func(proto.Message) error
	// Run does it, and returns its result message or nil.
	Run func(*Context, proto.Message) (proto.Message, error)
}

// On binds a message type to its two functions.
func On[M proto.Message](check func(M) error, run func(*Context, M) error) Act {
	return OnResult(check, func(ctx *Context, m M) (proto.Message, error) { return nil, run(ctx, m) })
}

// OnResult is On for an act that answers with a result message.
func OnResult[M proto.Message](check func(M) error, run func(*Context, M) (proto.Message, error)) Act {
	var zero M
	return Act{
		Message: zero,
		Check:   func(m proto.Message) error { return check(m.(M)) },
		Run:     func(ctx *Context, m proto.Message) (proto.Message, error) { return run(ctx, m.(M)) },
	}
}

// Query is a question answered over ABCI at /filiera.{module}.v1.Query/{Method}.
type Query struct {
	Method string
	// Request is a zero value of the request type.
	Request proto.Message
	Answer  func(*Reader, proto.Message) (proto.Message, error)
}

// Ask binds a request type to its answer.
func Ask[Q, A proto.Message](method string, answer func(*Reader, Q) (A, error)) Query {
	var zero Q
	return Query{Method: method, Request: zero, Answer: func(r *Reader, q proto.Message) (proto.Message, error) {
		a, err := answer(r, q.(Q))
		if err != nil {
			return nil, err
		}
		return a, nil
	}}
}

// Invariant is a truth that no act may break; it reads and reports.
type Invariant struct {
	// Name is a short sentence.
	Name  string
	Check func(*Reader) error
}

// NewSchemaBuilder starts the tables of the module named name.
func NewSchemaBuilder(name string) *collections.SchemaBuilder {
	return collections.NewSchemaBuilderFromAccessor(accessor(name))
}

// Find reads one record: (nil, nil) when it is absent. The record is the
// caller's to change.
func Find[K any, V any](ctx context.Context, m collections.Map[K, *V], key K) (*V, error) {
	v, err := m.Get(ctx, key)
	if errors.Is(err, collections.ErrNotFound) {
		return nil, nil
	}
	return v, err
}

// Each walks a whole table and hands out its records in key order.
func Each[K, V any](r *Reader, m collections.Map[K, V], fn func(V)) error {
	return m.Walk(r, nil, func(_ K, v V) (bool, error) {
		fn(v)
		return false, nil
	})
}

// CheckTable refuses modules that collide: two of one name, two acts on one
// message, two refusals on one code or name. Called once, at construction.
func CheckTable(modules []*Module) error {
	names, acts, codes := map[string]bool{}, map[string]string{}, map[string]bool{}
	for _, m := range modules {
		if names[m.Name] {
			return fmt.Errorf("two modules are named %q", m.Name)
		}
		names[m.Name] = true
		for _, a := range m.Acts {
			n := string(a.Message.ProtoReflect().Descriptor().FullName())
			if other, taken := acts[n]; taken {
				return fmt.Errorf("act %s is handled by both %s and %s", n, other, m.Name)
			}
			acts[n] = m.Name
		}
		if err := checkErrors(m.Errors, codes); err != nil {
			return err
		}
	}
	return nil
}

func checkErrors(list []*Error, seen map[string]bool) error {
	for _, e := range list {
		for _, k := range []string{fmt.Sprintf("%s %d", e.Codespace, e.Code), e.ID()} {
			if seen[k] {
				return fmt.Errorf("two refusals share %s", k)
			}
			seen[k] = true
		}
		if e.Code == 0 {
			return fmt.Errorf("refusal %s has code 0, which means success", e.ID())
		}
	}
	return nil
}
