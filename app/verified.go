package app

import (
	"sync"

	"github.com/filiera-chain/filiera/envelope"
)

// verifiedBytes is how much transaction text the cache below may hold.
const verifiedBytes = 64 << 20

// verified is a decoded transaction whose signature was checked.
type verified struct {
	tx *envelope.Decoded
	// signer is the 20-byte address of the key that signed.
	signer []byte
}

// verifiedCache remembers what CheckTx decoded and verified, so that the
// proposal and the block do not pay again. What it holds never changes a
// result, only its cost. Safe for concurrent use.
type verifiedCache struct {
	mu    sync.Mutex
	byID  map[[32]byte]*verified
	order [][32]byte // oldest first; may name entries already taken
	bytes int
	limit int
}

func newVerifiedCache(limit int) *verifiedCache {
	return &verifiedCache{byID: map[[32]byte]*verified{}, limit: limit}
}

func (c *verifiedCache) get(id [32]byte) *verified {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.byID[id]
}

func (c *verifiedCache) put(v *verified) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if _, there := c.byID[v.tx.Hash]; there {
		return
	}
	c.byID[v.tx.Hash] = v
	c.order = append(c.order, v.tx.Hash)
	c.bytes += len(v.tx.Raw)
	for c.bytes > c.limit && len(c.order) > 0 {
		c.drop(c.order[0])
		c.order = c.order[1:]
	}
}

// forget drops transactions that a committed block has dealt with.
func (c *verifiedCache) forget(ids [][32]byte) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, id := range ids {
		c.drop(id)
	}
	// The order list sheds what was dropped once most of it is gone.
	if len(c.order) > 1024 && len(c.order) > 4*len(c.byID) {
		kept := c.order[:0]
		for _, id := range c.order {
			if _, there := c.byID[id]; there {
				kept = append(kept, id)
			}
		}
		c.order = kept
	}
}

func (c *verifiedCache) drop(id [32]byte) {
	if v, there := c.byID[id]; there {
		c.bytes -= len(v.tx.Raw)
		delete(c.byID, id)
	}
}
