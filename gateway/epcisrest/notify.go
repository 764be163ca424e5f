package epcisrest

import (
	"context"
	"sync"
	"time"

	"github.com/filiera-chain/filiera/index"
)

const (
	// callsAtOnce is how many webhooks are called beside each other.
	callsAtOnce = 16
	// eventsPerCall is the most events that one call tells, and callBytes about
	// how large it may grow.
	eventsPerCall = eventsAtOnce
	callBytes     = 4 << 20
	// firstPause and longestPause bound the wait after a call that failed: it
	// doubles, and the subscription is never given up.
	firstPause   = time.Second
	longestPause = 10 * time.Minute
	lookAgain    = 30 * time.Second
)

// runSubscriptions serves each subscription when it is due, one call of each at a
// time.
func (s *Service) runSubscriptions(ctx context.Context) {
	var mu sync.Mutex
	busy := map[string]bool{}
	room := make(chan struct{}, callsAtOnce)
	for {
		blocks, changed := s.blocks.wait(), s.subs.wait()
		list, err := s.c.Store.subscriptions(ctx, "")
		if err != nil && ctx.Err() == nil {
			s.log.Error("subscriptions cannot be read", "err", err)
		}
		wake := s.now().Add(lookAgain)
		for _, sub := range list {
			due := time.UnixMilli(sub.nextAt)
			if due.After(s.now()) {
				if due.Before(wake) {
					wake = due
				}
				continue
			}
			mu.Lock()
			taken := busy[sub.id]
			busy[sub.id] = true
			mu.Unlock()
			if taken {
				continue
			}
			select {
			case room <- struct{}{}:
			case <-ctx.Done():
				return
			}
			s.running.Add(1)
			go func() {
				defer s.running.Done()
				acted := s.notify(ctx, sub)
				mu.Lock()
				delete(busy, sub.id)
				mu.Unlock()
				<-room
				if acted {
					s.subs.ring() // it may be due again
				}
			}()
		}
		timer := time.NewTimer(max(wake.Sub(s.now()), 10*time.Millisecond))
		select {
		case <-ctx.Done():
			timer.Stop()
			return
		case <-blocks:
		case <-changed:
		case <-timer.C:
		}
		timer.Stop()
	}
}

// notify tells a subscriber the events that are new to it, and says whether it
// called. What was told is kept after each call that was answered well: after a
// crash a call may be repeated, and none is left out.
func (s *Service) notify(ctx context.Context, sub *subscription) (acted bool) {
	// The subscription may have moved since the list was read.
	now, err := s.c.Store.subscription(ctx, sub.id)
	if err != nil || now == nil || now.nextAt > s.now().UnixMilli() {
		return false
	}
	sub = now
	begun := sub.definition.Schedule != nil
	err = s.tell(ctx, sub, func(events []*index.EPCISEvent) error {
		acted = true
		return s.call(ctx, sub, events)
	})
	if ctx.Err() != nil {
		return false
	}
	switch {
	case err != nil:
		acted = true
		sub.failures++
		sub.lastError = clip(err.Error())
		sub.nextAt = s.now().Add(pause(sub.failures)).UnixMilli()
		s.log.Warn("a subscriber could not be told", "subscription", sub.id, "err", err)
	case begun:
		acted = true
		sub.failures, sub.lastError = 0, ""
		sub.nextAt = s.nextRun(sub)
	case acted || sub.failures > 0:
		sub.failures, sub.lastError, sub.nextAt = 0, "", 0
	default:
		return false
	}
	if err := s.c.Store.keepProgress(ctx, sub); err != nil && ctx.Err() == nil {
		s.log.Error("the progress of a subscription could not be kept", "subscription", sub.id, "err", err)
	}
	return acted
}

func pause(failures int) time.Duration {
	p := firstPause
	for range min(failures-1, 20) {
		if p *= 2; p >= longestPause {
			return longestPause
		}
	}
	return p
}

func (s *Service) nextRun(sub *subscription) int64 {
	t, err := sub.definition.Schedule.timetable()
	if err != nil {
		return s.now().Add(longestPause).UnixMilli()
	}
	next := t.next(s.now())
	if next.IsZero() {
		next = s.now().AddDate(searchYears, 0, 0)
	}
	return next.UnixMilli()
}

// tell hands the events that are new to a subscription to send, in the order of
// their recording.
func (s *Service) tell(ctx context.Context, sub *subscription, send func([]*index.EPCISEvent) error) error {
	kept, err := s.c.Store.query(ctx, sub.query)
	if err != nil || kept == nil {
		return err
	}
	q, p := compileJSON([]byte(kept.query))
	if p != nil {
		return p
	}
	told := false
	for {
		list, err := s.fresh(ctx, q, sub.afterSeq)
		if err != nil {
			return err
		}
		if len(list) == 0 {
			break
		}
		if err := send(list); err != nil {
			return err
		}
		told = true
		sub.afterSeq, sub.notifiedAt, sub.failures = list[len(list)-1].Seq, s.now().UnixMilli(), 0
		if sub.secret != noStore {
			// What was told is kept even while the node stops.
			if err := s.c.Store.keepProgress(context.WithoutCancel(ctx), sub); err != nil {
				return err
			}
		}
	}
	if !told && sub.definition.ReportIfEmpty {
		if err := send(nil); err != nil {
			return err
		}
		sub.notifiedAt = s.now().UnixMilli()
	}
	return nil
}

// noStore marks what a websocket follows, which nobody keeps.
const noStore = "\x00socket"

// fresh gives the next events of a query after a number.
func (s *Service) fresh(ctx context.Context, q query, after int64) ([]*index.EPCISEvent, error) {
	ask, err := s.placed(ctx, q)
	if err != nil {
		return nil, err
	}
	ask.ByEventTime, ask.Descending, ask.AfterSeq = false, false, max(after, 1)
	list, err := s.c.Index.EPCISEvents(ctx, ask, index.Page{Limit: eventsPerCall})
	size := 0
	for i, e := range list.Items {
		if size += len(e.Document) + len(e.Context); size > callBytes {
			return list.Items[:i+1], err // the others come with the next call
		}
	}
	return list.Items, err
}
