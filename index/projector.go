package index

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/filiera-chain/filiera/envelope"
)

// Projector follows a source into a model. It runs beside consensus and never
// holds it up: Notify only rings a bell.
type Projector struct {
	model  Model
	source Source
	log    *slog.Logger
	bell   chan struct{}

	mu     sync.Mutex
	moved  chan struct{} // closed when state changes
	status Status
	subs   map[int]func(Projected)
	nextID int

	// Run's own: the last block told of, and when one was written.
	told   int64
	looked bool
	wrote  time.Time
}

// Status is how far a projector is.
type Status struct {
	// Height is the last applied height.
	Height int64
	// Head is the source's last height, as last seen.
	Head int64
	// Failure is why the last attempt failed; empty while all is well.
	Failure string
	// Leads says that this projector writes; else another does, and this one
	// finds what it wrote.
	Leads bool
}

// Lag is how many blocks are still to be applied.
func (s Status) Lag() int64 { return max(s.Head-s.Height, 0) }

// Projected is told to subscribers once a block is in the model.
type Projected struct {
	Height int64
	Time   time.Time
	// TxHashes are the block's transactions, in order.
	TxHashes [][32]byte
}

// NewProjector gives a projector; Run makes it work.
func NewProjector(m Model, s Source, log *slog.Logger) *Projector {
	return &Projector{
		model: m, source: s, log: log,
		bell: make(chan struct{}, 1), moved: make(chan struct{}), subs: map[int]func(Projected){},
	}
}

// Notify says that there may be a new block. It never blocks, and may be called
// from anywhere.
func (p *Projector) Notify() {
	select {
	case p.bell <- struct{}{}:
	default:
	}
}

// Subscribe has fn called for every block from now on, in order, from the
// projector's own goroutine: fn must be quick. The function returned ends it.
func (p *Projector) Subscribe(fn func(Projected)) (cancel func()) {
	p.mu.Lock()
	defer p.mu.Unlock()
	id := p.nextID
	p.nextID++
	p.subs[id] = fn
	return func() {
		p.mu.Lock()
		defer p.mu.Unlock()
		delete(p.subs, id)
	}
}

// Status is how far the projector is now.
func (p *Projector) Status() Status {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.status
}

// WaitHeight returns once height is applied, or with the context's error.
func (p *Projector) WaitHeight(ctx context.Context, height int64) error {
	for {
		p.mu.Lock()
		at, moved := p.status.Height, p.moved
		p.mu.Unlock()
		if at >= height {
			return nil
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-moved:
		}
	}
}

// The projector looks by itself this often, whether or not it was notified, and
// waits this long after a failure.
const (
	lookEvery  = time.Second
	retryAfter = time.Second
	// followEvery is how soon a projector that does not hold the lease looks
	// for a block that the holder should be writing.
	followEvery = 50 * time.Millisecond
	// idleLease is how long a lease is kept without a block to write: a node
	// that no longer gets blocks must not keep the others from theirs.
	idleLease = 10 * time.Second
)

// Run follows the source until ctx is done. A failure is logged, shown in
// Status and tried again: the blocks stay where they are.
func (p *Projector) Run(ctx context.Context) {
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-timer.C:
		case <-p.bell:
		}
		wait := lookEvery
		err := p.catchUp(ctx)
		switch {
		case errors.Is(err, ErrLease):
			wait = followEvery
		case err != nil && ctx.Err() == nil:
			p.log.Error("the read model does not follow the chain", "err", err)
			p.set(func(s *Status) { s.Failure = err.Error() })
			wait = retryAfter
		}
		timer.Reset(wait)
	}
}

// catchUp brings the model to the source's last height, or, where another holds
// the lease, finds what that one wrote.
func (p *Projector) catchUp(ctx context.Context) error {
	height, err := p.model.Height(ctx)
	if err != nil {
		return err
	}
	for {
		last, err := p.source.LastHeight()
		if err != nil {
			return err
		}
		if err := p.found(height, last); err != nil {
			return err
		}
		p.set(func(s *Status) { s.Height, s.Head, s.Failure, s.Leads = height, last, "", p.model.Leads() })
		if height >= last {
			p.idle()
			return nil
		}
		blocks, err := step(ctx, p.model, p.source, height, last)
		if err != nil {
			return err
		}
		p.wrote = time.Now()
		if height, err = p.model.Height(ctx); err != nil {
			return err
		}
		p.tell(blocks)
		p.told = max(p.told, blocks[len(blocks)-1].Height)
		p.set(func(s *Status) { s.Height, s.Leads = height, p.model.Leads() })
		if err := p.gather(ctx, blocks); err != nil {
			return err
		}
	}
}

// found tells subscribers of the blocks that another projector wrote.
func (p *Projector) found(height, last int64) error {
	if !p.looked { // what is there at first was there before
		p.looked, p.told = true, height
	}
	p.told = max(p.told, p.source.First()-1)
	for p.told < min(height, last) {
		b, err := p.source.Block(p.told + 1)
		if err != nil {
			return fmt.Errorf("block %d: %w", p.told+1, err)
		}
		p.tell([]Block{b})
		p.told++
	}
	return nil
}

// idle gives the lease back after some time without blocks.
func (p *Projector) idle() {
	if !p.wrote.IsZero() && time.Since(p.wrote) > idleLease {
		p.model.Release()
		p.wrote = time.Time{}
	}
}

// Under load a little patience pays: many blocks in one transaction of the
// read model cost much less than one by one, and consensus on the same machine
// has the use of what is saved.
const (
	busyTxs    = 200
	gatherTime = 250 * time.Millisecond
)

// gather waits for more blocks to come together when the last ones were full.
func (p *Projector) gather(ctx context.Context, blocks []Block) error {
	txs := 0
	for i := range blocks {
		txs += len(blocks[i].Txs)
	}
	if txs < busyTxs {
		return nil
	}
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(gatherTime):
		return nil
	}
}

// set changes the status and wakes who waits for it.
func (p *Projector) set(change func(*Status)) {
	p.mu.Lock()
	defer p.mu.Unlock()
	before := p.status.Height
	change(&p.status)
	if p.status.Height != before {
		close(p.moved)
		p.moved = make(chan struct{})
	}
}

func (p *Projector) tell(blocks []Block) {
	p.mu.Lock()
	subs := make([]func(Projected), 0, len(p.subs))
	for _, fn := range p.subs {
		subs = append(subs, fn)
	}
	p.mu.Unlock()
	if len(subs) == 0 {
		return
	}
	for i := range blocks {
		told := Projected{Height: blocks[i].Height, Time: blocks[i].Time, TxHashes: make([][32]byte, len(blocks[i].Txs))}
		for j, raw := range blocks[i].Txs {
			told.TxHashes[j] = envelope.Hash(raw)
		}
		for _, fn := range subs {
			fn(told)
		}
	}
}
