package ledger

import (
	"bytes"
	"fmt"
	"math/bits"

	"cosmossdk.io/collections"

	ledgerv1 "github.com/filiera-chain/filiera/api/ledger/v1"
	"github.com/filiera-chain/filiera/module"
	"github.com/filiera-chain/filiera/registers"
)

func (l *Ledger) registerInvariants() []module.Invariant {
	return []module.Invariant{{Name: "every register is what its last append says, and its appends follow one another", Check: l.registersAgree}}
}

func (l *Ledger) registersAgree(rd *module.Reader) error {
	total := uint64(0)
	err := l.registers.Walk(rd, nil, func(id string, r *ledgerv1.Register) (bool, error) {
		total += r.GetAppends()
		root := frontierOf(r.GetFrontier()).Root()
		if len(r.GetFrontier()) != bits.OnesCount64(r.GetSize()) || !bytes.Equal(root[:], r.GetRoot()) {
			return true, fmt.Errorf("register %s of %d entries has %d subtrees and the root %x", id, r.GetSize(), len(r.GetFrontier()), r.GetRoot())
		}
		size, last := uint64(0), registers.Empty()
		was := last[:]
		for n := uint64(1); n <= r.GetAppends(); n++ {
			a, err := module.Find(rd, l.appends, collections.Join(id, n))
			if err != nil {
				return true, err
			}
			if a == nil || a.GetFromSize() != size || a.GetSize() <= size {
				return true, fmt.Errorf("append %d of %s is %v and follows %d entries", n, id, a, size)
			}
			size, was = a.GetSize(), a.GetRoot()
		}
		if size != r.GetSize() || !bytes.Equal(was, r.GetRoot()) {
			return true, fmt.Errorf("register %s says %d entries and root %x; its appends %d and %x", id, r.GetSize(), r.GetRoot(), size, was)
		}
		return false, nil
	})
	if err != nil {
		return err
	}
	n := uint64(0)
	err = l.appends.Walk(rd, nil, func(collections.Pair[string, uint64], *ledgerv1.RegisterAppend) (bool, error) {
		n++
		return false, nil
	})
	if err == nil && n != total {
		err = fmt.Errorf("%d appends are of registers that say %d", n, total)
	}
	return err
}
