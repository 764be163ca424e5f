package testnet

import (
	"context"
	"fmt"
	"path/filepath"
	"time"

	"github.com/cometbft/cometbft/abci/example/kvstore"
	cmtcfg "github.com/cometbft/cometbft/config"
	"github.com/cometbft/cometbft/crypto/ed25519"
	"github.com/cometbft/cometbft/libs/log"
	cmtnode "github.com/cometbft/cometbft/node"
	"github.com/cometbft/cometbft/p2p"
	"github.com/cometbft/cometbft/privval"
	"github.com/cometbft/cometbft/proxy"
	"github.com/cometbft/cometbft/types"

	"github.com/filiera-chain/filiera/node"
)

// KVStore is CometBFT's own example application on the same engine
// configuration, in a process of its own: the yardstick of a comparison.
type KVStore struct {
	Home node.Home
	RPC  string // http://…

	program string
	process *Process
}

// NewKVStore makes its home.
func NewKVStore(program, dir string) (*KVStore, error) {
	rpc, err := FreePort()
	if err != nil {
		return nil, err
	}
	k := &KVStore{Home: node.Home(filepath.Join(dir, "kvstore")), RPC: "http://" + rpc, program: program}
	if err := node.Init(k.Home, "kvstore", tune(rpc)); err != nil {
		return nil, err
	}
	key, err := node.ValidatorKey(k.Home)
	if err != nil {
		return nil, err
	}
	doc := node.NewGenesisDoc("kvstore-load", time.Now().Add(-time.Second), nil)
	doc.Validators = []types.GenesisValidator{{PubKey: ed25519.PubKey(key), Power: 10, Name: "kvstore"}}
	return k, node.WriteGenesis(k.Home, doc)
}

// Start runs it; the program is this one, which runs RunKVStore when asked.
func (k *KVStore) Start(ctx context.Context) error {
	var err error
	if k.process, err = Run(k.program, nil, "load", "kvstore", "--home", string(k.Home)); err != nil {
		return err
	}
	return k.process.WaitFor(ctx, k.RPC+"/health")
}

// Stop ends it.
func (k *KVStore) Stop() error { return k.process.Stop() }

// KVPairs makes n transactions of that application, each of size bytes.
func KVPairs(n, size int) [][]byte {
	txs := make([][]byte, n)
	for i := range txs {
		tx := fmt.Appendf(nil, "key%012d=", i)
		for len(tx) < size {
			tx = append(tx, 'a'+byte(len(tx)%26))
		}
		txs[i] = tx
	}
	return txs
}

// RunKVStore runs the example application in this process until ctx is done.
func RunKVStore(ctx context.Context, home node.Home) error {
	c, err := node.LoadEngine(home)
	if err != nil {
		return err
	}
	c.Instrumentation.Prometheus = false
	node.TuneMemory(0) // the same collector as ours, or the comparison is not one
	key, err := p2p.LoadNodeKey(c.NodeKeyFile())
	if err != nil {
		return err
	}
	application := kvstore.NewPersistentApplication(home.Data())
	n, err := cmtnode.NewNode(c, privval.LoadFilePV(c.PrivValidatorKeyFile(), c.PrivValidatorStateFile()), key,
		proxy.NewConnSyncLocalClientCreator(application), cmtnode.DefaultGenesisDocProviderFunc(c), cmtcfg.DefaultDBProvider,
		cmtnode.DefaultMetricsProvider(c.Instrumentation), log.NewNopLogger())
	if err != nil {
		return err
	}
	if err := n.Start(); err != nil {
		return err
	}
	<-ctx.Done()
	if err := n.Stop(); err != nil {
		return err
	}
	n.Wait()
	return nil
}
