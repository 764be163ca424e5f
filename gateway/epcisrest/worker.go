package epcisrest

import (
	"context"
	"fmt"
	"time"

	abci "github.com/cometbft/cometbft/abci/types"

	tracev1 "github.com/filiera-chain/filiera/api/trace/v1"
	"github.com/filiera-chain/filiera/client"
	"github.com/filiera-chain/filiera/envelope"
	"github.com/filiera-chain/filiera/index"
)

const (
	// jobsAtOnce is how many capture jobs run beside each other.
	jobsAtOnce = 8
	// jobsKept is how long a job can be asked for after it ended.
	jobsKept = 30 * 24 * time.Hour
	// askAgain is how often a transaction whose block does not come is handed to
	// the mempool again: a node that died forgot it.
	askAgain = 3 * time.Second
	pruneAt  = 6 * time.Hour
)

// Run does what outlives requests, until ctx is done: it captures the jobs that
// are kept, those of before a restart first, and serves the subscriptions.
func (s *Service) Run(ctx context.Context) {
	cancel := s.c.Projector.Subscribe(func(index.Projected) { s.blocks.ring() })
	defer cancel()
	if s.c.Store == nil {
		<-ctx.Done()
		s.shut()
		return
	}
	for _, f := range []func(context.Context){s.runJobs, s.runSubscriptions, s.runPruning} {
		s.running.Add(1)
		go func() {
			defer s.running.Done()
			f(ctx)
		}()
	}
	<-ctx.Done()
	s.shut()
	s.running.Wait()
}

// shut tells the websockets to end, and waits until they have.
func (s *Service) shut() {
	s.stopOnce.Do(func() { close(s.stop) })
	s.sockets.close()
}

func (s *Service) runPruning(ctx context.Context) {
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-timer.C:
		}
		if err := s.c.Store.prune(ctx, s.now().Add(-jobsKept)); err != nil && ctx.Err() == nil {
			s.log.Error("old capture jobs could not be forgotten", "err", err)
		}
		timer.Reset(pruneAt)
	}
}

// runJobs starts the jobs in their order, a few at once.
func (s *Service) runJobs(ctx context.Context) {
	room := make(chan struct{}, jobsAtOnce)
	after := int64(0)
	for {
		next := s.jobs.wait()
		list, err := s.c.Store.runningJobs(ctx, after, jobsAtOnce)
		if err != nil && ctx.Err() == nil {
			s.log.Error("capture jobs cannot be read", "err", err)
		}
		for _, j := range list {
			select {
			case room <- struct{}{}:
			case <-ctx.Done():
				return
			}
			after = j.number
			s.running.Add(1)
			go func() {
				defer func() { <-room; s.running.Done() }()
				s.runJob(ctx, j)
			}()
		}
		if len(list) > 0 {
			continue
		}
		select {
		case <-ctx.Done():
			return
		case <-next:
		case <-time.After(askAgain):
		}
	}
}

// runJob captures what is left of a job. When the node stops it stays where it
// is, and goes on at the next start.
func (s *Service) runJob(ctx context.Context, j *job) {
	err := s.captureParts(ctx, j)
	if err != nil && ctx.Err() != nil {
		return
	}
	if err != nil {
		s.log.Error("a capture job failed", "job", j.id, "err", err)
		j.addError(exception("ImplementationException", "the node could not finish the capture; its log says why"))
	}
	if err := s.c.Store.finish(context.WithoutCancel(ctx), j, s.now()); err != nil {
		s.log.Error("the end of a capture job could not be kept", "job", j.id, "err", err)
	}
	s.jobs.ring()
}

func (s *Service) captureParts(ctx context.Context, j *job) error {
	document, parts, err := s.c.Store.work(ctx, j.number)
	if err != nil {
		return err
	}
	split := &splitter{raw: document, whole: len(parts) == 1}
	for _, p := range parts {
		if p.done {
			continue
		}
		tx, refusal, err := s.capturePart(ctx, j, &p, split)
		if err != nil {
			return err
		}
		if refusal != nil {
			j.refuse(p, refusal)
		} else if err := j.count(p, tx); err != nil {
			return err
		}
		// What is known is kept even while the node stops.
		if err := s.c.Store.partDone(context.WithoutCancel(ctx), j, p); err != nil {
			return err
		}
		s.jobs.ring()
	}
	return nil
}

// capturePart brings a part's transaction into a block and gives its fate, or the
// refusal of a transaction that no block will hold.
func (s *Service) capturePart(ctx context.Context, j *job, p *part, split *splitter) (*index.Tx, *Problem, error) {
	for {
		if len(p.raw) == 0 {
			if err := s.sign(ctx, j, p, split); err != nil {
				return nil, nil, err
			}
		}
		tx, refusal, err := s.settle(ctx, p)
		if err != nil || tx != nil || refusal != nil {
			return tx, refusal, err
		}
		// Its time has passed and no block holds it: nothing was written.
		p.raw = nil
	}
}

// sign makes a part's transaction and keeps it.
func (s *Service) sign(ctx context.Context, j *job, p *part, split *splitter) error {
	key := s.c.Signers[j.key]
	if key == nil {
		return fmt.Errorf("the key %s is not unlocked any more", j.key)
	}
	document, err := split.part(*p)
	if err != nil {
		return err
	}
	m := &tracev1.MsgCapture{Document: document}
	if j.behaviour == proceed {
		m.ErrorBehaviour = tracev1.ErrorBehaviour_ERROR_BEHAVIOUR_PROCEED
	}
	builder, err := s.builderNow(ctx)
	if err != nil {
		return err
	}
	body, err := builder.Body("", m)
	if err != nil {
		return err
	}
	if p.raw, err = envelope.Sign(body, key); err != nil {
		return err
	}
	hash := envelope.Hash(p.raw)
	p.hash, p.expiresAt = hash[:], body.GetExpiresAt()
	return s.c.Store.signed(ctx, j.number, *p)
}

// builderNow gives what makes transactions that live as long as the ledger lets
// them: anew when that has changed.
func (s *Service) builderNow(ctx context.Context) (*client.Builder, error) {
	params, err := s.c.Index.Params(ctx)
	if err != nil {
		return nil, err
	}
	s.building.Lock()
	defer s.building.Unlock()
	if s.builder != nil && s.lifetime == params.GetMaxExpirySeconds() {
		return s.builder, nil
	}
	b, err := client.NewBuilder(s.c.ChainID, client.WithClock(s.now), client.WithParams(params))
	if err != nil {
		return nil, err
	}
	s.builder, s.lifetime = b, params.GetMaxExpirySeconds()
	return b, nil
}

// idExpired is the refusal of a transaction that came too late: another one may be
// made in its place.
var idExpired = envelope.ErrExpired.ID()

// settle sends a transaction until its fate is known. Without an error it gives
// the fate, or the refusal at the door, or neither when it expired unheard.
func (s *Service) settle(ctx context.Context, p *part) (*index.Tx, *Problem, error) {
	var sentAt time.Time
	var refused *abci.ResponseCheckTx
	for {
		next := s.blocks.wait()
		// How far the read model is, before it is asked: what it does not hold
		// then is in no block up to there.
		at := s.c.Projector.Status()
		tx, err := s.c.Index.Tx(ctx, p.hash)
		if err != nil {
			return nil, nil, err
		}
		if tx != nil && tx.Code != 0 && tx.ID == idExpired {
			return nil, nil, nil
		}
		if tx != nil {
			return tx, nil, nil
		}
		behind := at.Failure != "" || at.Lag() > 0
		if refused != nil && !behind {
			if refused.Info == idExpired {
				return nil, nil, nil
			}
			return nil, refusal(refused.Info, refused.Log), nil
		}
		if refused == nil && s.now().Sub(sentAt) >= askAgain {
			sentAt = s.now()
			res, err := s.c.Broadcast(ctx, p.raw)
			switch {
			case ctx.Err() != nil:
				return nil, nil, ctx.Err()
			case err != nil:
				s.log.Warn("the engine did not take a capture; it is sent again", "err", err)
			case res.Code != 0 && final(res):
				// Not in a block, unless it entered one that the read model has
				// still to see: look again once it has.
				if refused, err = s.behindHead(ctx, res); err != nil {
					return nil, nil, err
				}
				continue
			}
		}
		select {
		case <-next:
		case <-time.After(askAgain):
		case <-ctx.Done():
			return nil, nil, ctx.Err()
		}
	}
}

// behindHead waits until the read model holds every block that was committed
// when the transaction was refused.
func (s *Service) behindHead(ctx context.Context, res *abci.ResponseCheckTx) (*abci.ResponseCheckTx, error) {
	s.c.Projector.Notify()
	for {
		next := s.blocks.wait()
		at := s.c.Projector.Status()
		if at.Failure == "" && s.c.Head() <= at.Height {
			return res, nil
		}
		select {
		case <-next:
		case <-time.After(askAgain):
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

// final says whether a refusal at the door stands for good: too many of a key in
// one block, or a mempool that has no room, pass.
func final(res *abci.ResponseCheckTx) bool {
	return res.Info != "tx.too_many_in_block" && res.Info != "tx.too_many_lanes" && res.Info != "app.internal"
}
