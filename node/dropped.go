package node

import (
	"context"
	"log/slog"

	"github.com/cometbft/cometbft/mempool"
	"github.com/cometbft/cometbft/types"
)

// dropped hands the transactions that the application gave up to the mempool,
// which cannot be touched while it is making a proposal.
type dropped struct{ keys chan types.TxKey }

// What does not fit is given up again at the next proposal.
func newDropped() *dropped { return &dropped{keys: make(chan types.TxKey, 1024)} }

// push never blocks.
func (d *dropped) push(tx []byte) {
	select {
	case d.keys <- types.Tx(tx).Key():
	default:
	}
}

func (d *dropped) run(ctx context.Context, pool mempool.Mempool, log *slog.Logger) {
	for {
		select {
		case <-ctx.Done():
			return
		case key := <-d.keys:
			// An error says that it is gone already.
			if err := pool.RemoveTxByKey(key); err == nil {
				log.Info("a waiting transaction can enter no block and was dropped", "tx", key)
			}
		}
	}
}
