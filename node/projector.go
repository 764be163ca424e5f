package node

import (
	"context"
	"fmt"

	"github.com/filiera-chain/filiera/index"
)

// startWorkers lets the mempool be cleaned and, if anybody is going to read it,
// the read model follow the chain: a validator without a gateway keeps none.
func (n *Node) startWorkers(ctx context.Context) error {
	n.work(func() { n.dropped.run(ctx, n.comet.Mempool(), n.log) })
	if n.cfg.Gateway == "" {
		return nil
	}
	db, err := index.Open(n.cfg.indexPlace())
	if err != nil {
		return fmt.Errorf("open the read model: %w", err)
	}
	n.index = db
	n.onClose(db.Close)
	n.projector = index.NewProjector(db, n.source(), n.log)
	n.work(func() { n.projector.Run(ctx) })
	n.work(func() { n.relay(ctx) })
	return nil
}

// work runs f until the node stops.
func (n *Node) work(f func()) {
	n.workers.Add(1)
	go func() {
		defer n.workers.Done()
		f()
	}()
}

// relay rings the projector at each committed block.
func (n *Node) relay(ctx context.Context) {
	for {
		next := n.engine.blocks.wait()
		n.projector.Notify()
		select {
		case <-ctx.Done():
			return
		case <-next:
		}
	}
}

func (n *Node) source() *index.NodeSource {
	return &index.NodeSource{
		Blocks: n.comet.BlockStore(), Results: n.engine.states, InitialHeight: n.comet.GenesisDoc().InitialHeight,
		Committed: func() (int64, error) { return n.app.Height(), nil },
	}
}
