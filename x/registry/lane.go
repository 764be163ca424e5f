package registry

import (
	"context"
	"encoding/binary"

	"cosmossdk.io/collections"

	registryv1 "github.com/filiera-chain/filiera/api/registry/v1"
	"github.com/filiera-chain/filiera/envelope"
	"github.com/filiera-chain/filiera/module"
)

const (
	// laneWindow is how far behind its highest sequence number a lane still
	// tells used from unused.
	laneWindow = 1024
	windowLen  = laneWindow / 8
	// laneTick rounds a lane's expiry up, so that a busy lane's place in the
	// expiry order moves once per tick and not once per transaction.
	laneTick = 600
)

// CheckExpiry refuses an expires_at that has passed at second now, or is
// further ahead than the parameters let it be.
func CheckExpiry(p *registryv1.Params, now, expiresAt int64) error {
	switch {
	case expiresAt <= 0:
		return envelope.ErrExpiry.With("expires_at is %d; write unix seconds after the ledger's time, at most %d s ahead", expiresAt, p.GetMaxExpirySeconds())
	case expiresAt < now:
		return envelope.ErrExpired.With("the transaction expired at %d and the ledger's time is %d; sign it again", expiresAt, now)
	case expiresAt > now+p.GetMaxExpirySeconds():
		return envelope.ErrExpiry.With("expires_at %d is %d s ahead of the ledger's time; at most %d s are taken", expiresAt, expiresAt-now, p.GetMaxExpirySeconds())
	}
	return nil
}

// CheckLane refuses a sequence number that the lane already used or has left
// too far behind. It writes nothing.
func (r *Registry) CheckLane(ctx context.Context, p *registryv1.Params, address []byte, lane, sequence uint64) error {
	l, err := module.Find(ctx, r.lanes, collections.Join(address, lane))
	if err != nil {
		return err
	}
	if l == nil {
		if err := use(newLane(), sequence); err != nil {
			return err
		}
		return r.roomForLane(ctx, p, address)
	}
	return use(l, sequence)
}

func newLane() *registryv1.Lane { return &registryv1.Lane{Window: make([]byte, windowLen)} }

// UseLane marks a sequence number of a lane as used, for a transaction that
// enters a block.
func (r *Registry) UseLane(ctx *module.Context, p *registryv1.Params, address []byte, lane, sequence uint64, expiresAt int64) error {
	key := collections.Join(address, lane)
	l, err := module.Find(ctx, r.lanes, key)
	if err != nil {
		return err
	}
	fresh := l == nil
	if fresh {
		l = newLane()
	}
	// Every refusal comes before the first write.
	if err := use(l, sequence); err != nil {
		return err
	}
	if fresh {
		if err := r.openLane(ctx, p, address); err != nil {
			return err
		}
	}
	if tick := (expiresAt + laneTick - 1) / laneTick * laneTick; tick > l.GetLastExpiry() {
		if err := r.moveExpiry(ctx, address, lane, l.GetLastExpiry(), tick); err != nil {
			return err
		}
		l.LastExpiry = tick
	}
	return r.lanes.Set(ctx, key, l)
}

// use marks sequence in l, or refuses it.
func use(l *registryv1.Lane, sequence uint64) error {
	if sequence == 0 {
		return envelope.ErrReplayed.With("sequence is 0; sequence numbers start from 1")
	}
	if len(l.Window) != windowLen {
		l.Window = make([]byte, windowLen)
	}
	if sequence > l.Highest {
		advance(l, sequence)
		return nil
	}
	behind := l.Highest - sequence
	if behind == 0 {
		return envelope.ErrReplayed.With("sequence %d was already used in this lane", sequence)
	}
	if behind > laneWindow {
		return envelope.ErrStale.With("sequence %d is %d behind the lane's highest, %d; at most %d behind are taken", sequence, behind, l.Highest, laneWindow)
	}
	i := behind - 1
	if l.Window[i/8]&(1<<(i%8)) != 0 {
		return envelope.ErrReplayed.With("sequence %d was already used in this lane", sequence)
	}
	l.Window[i/8] |= 1 << (i % 8)
	return nil
}

// advance moves the window so that sequence is the highest, and marks the old
// highest as used behind it.
func advance(l *registryv1.Lane, sequence uint64) {
	shift := sequence - l.Highest
	first := l.Highest == 0
	l.Highest = sequence
	if shift > laneWindow {
		clear(l.Window)
		return
	}
	shiftLeft(l.Window, uint(shift))
	if i := shift - 1; !first {
		l.Window[i/8] |= 1 << (i % 8)
	}
}

// shiftLeft moves every bit of the little-endian bitmap w up by n places.
func shiftLeft(w []byte, n uint) {
	words, bits := n/64, n%64
	for i := windowLen/8 - 1; i >= 0; i-- {
		var v uint64
		if j := i - int(words); j >= 0 {
			v = binary.LittleEndian.Uint64(w[j*8:]) << bits
			if bits > 0 && j > 0 {
				v |= binary.LittleEndian.Uint64(w[(j-1)*8:]) >> (64 - bits)
			}
		}
		binary.LittleEndian.PutUint64(w[i*8:], v)
	}
}

func (r *Registry) lanesOf(ctx context.Context, address []byte) (uint64, error) {
	n, err := r.laneCount.Get(ctx, address)
	if isNotFound(err) {
		return 0, nil
	}
	return n, err
}

func (r *Registry) roomForLane(ctx context.Context, p *registryv1.Params, address []byte) error {
	n, err := r.lanesOf(ctx, address)
	if err != nil {
		return err
	}
	if n >= uint64(p.GetMaxLanesPerSigner()) {
		return envelope.ErrLanes.With("the key has %d lanes that have not expired, which is the most; let a process use one lane for all it sends", n)
	}
	return nil
}

func (r *Registry) openLane(ctx *module.Context, p *registryv1.Params, address []byte) error {
	if err := r.roomForLane(ctx, p, address); err != nil {
		return err
	}
	n, err := r.lanesOf(ctx, address)
	if err != nil {
		return err
	}
	return r.laneCount.Set(ctx, address, n+1)
}

func (r *Registry) moveExpiry(ctx *module.Context, address []byte, lane uint64, from, to int64) error {
	if from != 0 {
		if err := r.laneExpiry.Remove(ctx, collections.Join3(from, address, lane)); err != nil {
			return err
		}
	}
	return r.laneExpiry.Set(ctx, collections.Join3(to, address, lane))
}

// pruneLanes forgets lanes whose every transaction has expired, a bounded
// number per block, so that nothing here grows with history.
func (r *Registry) pruneLanes(ctx *module.Context, limit uint32) error {
	var gone []collections.Triple[int64, []byte, uint64]
	err := r.laneExpiry.Walk(ctx, nil, func(k collections.Triple[int64, []byte, uint64]) (bool, error) {
		// A transaction may still enter at its very expires_at.
		if k.K1() >= ctx.Time || uint32(len(gone)) >= limit {
			return true, nil
		}
		gone = append(gone, k)
		return false, nil
	})
	if err != nil {
		return err
	}
	for _, k := range gone {
		if err := r.forgetLane(ctx, k); err != nil {
			return err
		}
	}
	return nil
}

func (r *Registry) forgetLane(ctx *module.Context, k collections.Triple[int64, []byte, uint64]) error {
	if err := r.laneExpiry.Remove(ctx, k); err != nil {
		return err
	}
	if err := r.lanes.Remove(ctx, collections.Join(k.K2(), k.K3())); err != nil {
		return err
	}
	n, err := r.lanesOf(ctx, k.K2())
	if err != nil {
		return err
	}
	if n <= 1 {
		return r.laneCount.Remove(ctx, k.K2())
	}
	return r.laneCount.Set(ctx, k.K2(), n-1)
}
