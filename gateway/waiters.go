package gateway

import (
	"sync"

	"github.com/filiera-chain/filiera/index"
)

// waiters are the requests that wait for a transaction. A block wakes those
// whose transaction it holds and nobody else.
type waiters struct {
	most int

	mu      sync.Mutex
	waiting map[[32]byte]map[chan struct{}]struct{}
	n       int
}

func newWaiters(most int) *waiters {
	return &waiters{most: most, waiting: map[[32]byte]map[chan struct{}]struct{}{}}
}

// add gives a channel that closes once hash is projected, or false when too
// many wait already. leave must be called.
func (w *waiters) add(hash [32]byte) (woken <-chan struct{}, leave func(), ok bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.n >= w.most {
		return nil, nil, false
	}
	c := make(chan struct{})
	if w.waiting[hash] == nil {
		w.waiting[hash] = map[chan struct{}]struct{}{}
	}
	w.waiting[hash][c] = struct{}{}
	w.n++
	return c, func() { w.remove(hash, c) }, true
}

func (w *waiters) remove(hash [32]byte, c chan struct{}) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if _, there := w.waiting[hash][c]; !there {
		return
	}
	delete(w.waiting[hash], c)
	if len(w.waiting[hash]) == 0 {
		delete(w.waiting, hash)
	}
	w.n--
}

// projected wakes who waits for a transaction of the block.
func (w *waiters) projected(b index.Projected) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.n == 0 {
		return
	}
	for _, h := range b.TxHashes {
		for c := range w.waiting[h] {
			close(c)
			w.n--
		}
		delete(w.waiting, h)
	}
}

func (w *waiters) count() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.n
}
