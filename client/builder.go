package client

import (
	"crypto/ecdsa"
	"crypto/rand"
	"encoding/binary"
	"fmt"
	"io"
	"sync/atomic"
	"time"

	"google.golang.org/protobuf/proto"

	registryv1 "github.com/filiera-chain/filiera/api/registry/v1"
	txv1 "github.com/filiera-chain/filiera/api/tx/v1"
	"github.com/filiera-chain/filiera/envelope"
)

// DefaultLifetime is how long after it is built a transaction may still enter.
const DefaultLifetime = 10 * time.Minute

// Builder makes transactions for one chain: one lane, numbered from 1. One
// builder per process is enough for any number of goroutines; a number that is
// never sent leaves a harmless gap.
type Builder struct {
	chainID  string
	lane     uint64
	sequence atomic.Uint64
	lifetime time.Duration
	now      func() time.Time
	random   io.Reader
}

// BuilderOption changes how [NewBuilder] sets up a builder.
type BuilderOption func(*Builder)

// WithClock replaces the clock that expires_at is reckoned from.
func WithClock(now func() time.Time) BuilderOption { return func(b *Builder) { b.now = now } }

// WithRandom replaces the source that the lane is drawn from.
func WithRandom(r io.Reader) BuilderOption { return func(b *Builder) { b.random = r } }

// WithLifetime replaces [DefaultLifetime].
func WithLifetime(d time.Duration) BuilderOption { return func(b *Builder) { b.lifetime = d } }

// WithParams shortens the lifetime to what the ledger takes, less a minute for
// a clock that runs ahead of the ledger's.
func WithParams(p *registryv1.Params) BuilderOption {
	return func(b *Builder) {
		limit := time.Duration(p.GetMaxExpirySeconds()) * time.Second
		if limit > 2*time.Minute {
			limit -= time.Minute
		} else {
			limit /= 2
		}
		if limit > 0 && b.lifetime > limit {
			b.lifetime = limit
		}
	}
}

// NewBuilder draws a lane for this process. Options apply in order.
func NewBuilder(chainID string, options ...BuilderOption) (*Builder, error) {
	if err := envelope.CheckChainID(chainID); err != nil {
		return nil, err
	}
	b := &Builder{chainID: chainID, lifetime: DefaultLifetime, now: time.Now, random: rand.Reader}
	for _, o := range options {
		o(b)
	}
	if b.lifetime < time.Second {
		return nil, fmt.Errorf("the lifetime of a transaction is %v; it takes at least one second", b.lifetime)
	}
	var lane [8]byte
	if _, err := io.ReadFull(b.random, lane[:]); err != nil {
		return nil, fmt.Errorf("draw a lane: %w", err)
	}
	b.lane = binary.BigEndian.Uint64(lane[:])
	return b, nil
}

// ChainID is the chain it builds for.
func (b *Builder) ChainID() string { return b.chainID }

// Body makes the unsigned body of a transaction that carries acts in order.
func (b *Builder) Body(memo string, acts ...proto.Message) (*txv1.TxBody, error) {
	body := &txv1.TxBody{ChainId: b.chainID, Memo: memo}
	for _, m := range acts {
		act, err := envelope.Act(m)
		if err != nil {
			return nil, err
		}
		body.Acts = append(body.Acts, act)
	}
	body.Lane = b.lane
	body.Sequence = b.sequence.Add(1)
	body.ExpiresAt = b.now().Add(b.lifetime).Unix()
	return body, nil
}

// Sign makes a transaction of acts, in order, all or none, signed by key.
func (b *Builder) Sign(key *ecdsa.PrivateKey, acts ...proto.Message) ([]byte, error) {
	body, err := b.Body("", acts...)
	if err != nil {
		return nil, err
	}
	return envelope.Sign(body, key)
}
