package node

import (
	"context"
	"fmt"

	cmtcfg "github.com/cometbft/cometbft/config"

	"github.com/filiera-chain/filiera/index"
)

// startProjector opens the read model and lets it follow the chain.
func (n *Node) startProjector(ctx context.Context, _ *cmtcfg.Config) error {
	db, err := index.Open(n.cfg.Home.Index())
	if err != nil {
		return fmt.Errorf("open the read model: %w", err)
	}
	n.index = db
	n.onClose(db.Close)
	n.projector = index.NewProjector(db, n.source(), n.log)
	n.workers.Add(3)
	go func() {
		defer n.workers.Done()
		n.dropped.run(ctx, n.comet.Mempool(), n.log)
	}()
	go func() {
		defer n.workers.Done()
		n.projector.Run(ctx)
	}()
	go func() {
		defer n.workers.Done()
		n.relay(ctx)
	}()
	return nil
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
