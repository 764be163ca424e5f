package product

import (
	"sync"

	"cosmossdk.io/collections/codec"

	productv1 "github.com/filiera-chain/filiera/api/product/v1"
	"github.com/filiera-chain/filiera/module"
)

// versionsKept bounds the decoded versions held in memory. A record may reach
// some hundred kilobytes, and a region has some dozens of specifications.
const versionsKept = 64

// versionCodec decodes each distinct text once. Every registration of a batch
// reads a version, whose zone and requirements are long, and published texts
// never change. Records are found by their bytes, not by their key, so that a
// version read on a branch that is thrown away leaves nothing wrong behind.
// Safe for concurrent use.
type versionCodec struct {
	codec.ValueCodec[*productv1.SpecificationVersion]
	mu   sync.RWMutex
	seen map[string]*productv1.SpecificationVersion
}

func newVersionCodec() *versionCodec {
	return &versionCodec{
		ValueCodec: module.Record[productv1.SpecificationVersion](),
		seen:       make(map[string]*productv1.SpecificationVersion, versionsKept),
	}
}

func (c *versionCodec) Decode(b []byte) (*productv1.SpecificationVersion, error) {
	c.mu.RLock()
	v := c.seen[string(b)]
	c.mu.RUnlock()
	if v != nil {
		return v, nil
	}
	v, err := c.ValueCodec.Decode(b)
	if err != nil {
		return nil, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.seen) >= versionsKept {
		clear(c.seen)
	}
	c.seen[string(b)] = v
	return v, nil
}
