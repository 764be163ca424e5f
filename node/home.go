package node

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	cmtcfg "github.com/cometbft/cometbft/config"
	"github.com/cometbft/cometbft/p2p"
	"github.com/cometbft/cometbft/privval"
	"github.com/cometbft/cometbft/types"

	"github.com/filiera-chain/filiera/envelope"
)

// DefaultGateway is where the gateway listens unless told otherwise.
const DefaultGateway = "127.0.0.1:8080"

// Home names the files of a node's home directory.
type Home string

// Genesis is the genesis document.
func (h Home) Genesis() string { return filepath.Join(string(h), "config", "genesis.json") }

// EngineConfig is CometBFT's own configuration.
func (h Home) EngineConfig() string { return filepath.Join(string(h), "config", "config.toml") }

// Data is the directory of blocks, state and read model.
func (h Home) Data() string { return filepath.Join(string(h), "data") }

// Index is the read model's file.
func (h Home) Index() string { return filepath.Join(h.Data(), "index.db") }

// Keys is the directory of encrypted key files.
func (h Home) Keys() string { return filepath.Join(string(h), "keys") }

// EPCIS is the file of capture jobs, named queries and subscriptions.
func (h Home) EPCIS() string { return filepath.Join(h.Data(), "epcis.db") }

// Tokens is the directory of bearer tokens, of which it holds hashes.
func (h Home) Tokens() string { return filepath.Join(string(h), "tokens") }

// EngineDefaults is CometBFT's configuration as this ledger wants it: loopback
// binds, no transaction index (the read model does that work), no empty blocks,
// no second check of waiting transactions.
func EngineDefaults(home Home) *cmtcfg.Config {
	c := cmtcfg.DefaultConfig()
	c.SetRoot(string(home))
	c.RPC.ListenAddress = "tcp://127.0.0.1:26657"
	c.P2P.ListenAddress = "tcp://127.0.0.1:26656"
	c.P2P.AddrBookStrict = false
	c.P2P.AllowDuplicateIP = true
	c.TxIndex.Indexer = "null"
	c.Storage.DiscardABCIResponses = false
	c.Mempool.Recheck = false
	c.Mempool.Size = 100_000
	c.Mempool.CacheSize = 200_000
	c.Mempool.MaxTxsBytes = 256 << 20
	c.Mempool.MaxTxBytes = envelope.HardLimit
	c.Mempool.ExperimentalMaxGossipConnectionsToPersistentPeers = 4
	c.Mempool.ExperimentalMaxGossipConnectionsToNonPersistentPeers = 4
	c.Consensus.CreateEmptyBlocks = false
	c.Consensus.CreateEmptyBlocksInterval = 30 * time.Second
	c.Consensus.TimeoutCommit = 0
	c.Instrumentation.Prometheus = true
	c.Instrumentation.PrometheusListenAddr = "" // served by the gateway
	return c
}

// ErrExists is answered when a home is already there.
var ErrExists = errors.New("this home already holds a node; choose another --home or remove it")

// Init makes a node's home: engine configuration, node key, validator key. The
// genesis document comes from the genesis commands or is copied in. tune may
// change the engine's configuration before it is written, or be nil.
func Init(home Home, moniker string, tune func(*cmtcfg.Config)) error {
	if _, err := os.Stat(home.EngineConfig()); err == nil {
		return fmt.Errorf("%s: %w", home, ErrExists)
	}
	for _, dir := range []string{filepath.Dir(home.EngineConfig()), home.Data(), home.Keys()} {
		if err := os.MkdirAll(dir, 0o700); err != nil {
			return fmt.Errorf("make the home: %w", err)
		}
	}
	c := EngineDefaults(home)
	c.Moniker = moniker
	if tune != nil {
		tune(c)
	}
	if err := c.ValidateBasic(); err != nil {
		return fmt.Errorf("engine configuration: %w", err)
	}
	cmtcfg.WriteConfigFile(home.EngineConfig(), c)
	if _, err := p2p.LoadOrGenNodeKey(c.NodeKeyFile()); err != nil {
		return fmt.Errorf("make the node key: %w", err)
	}
	privval.GenFilePV(c.PrivValidatorKeyFile(), c.PrivValidatorStateFile()).Save()
	return nil
}

// ValidatorKey is the home's validator public key, 32 bytes of ed25519.
func ValidatorKey(home Home) ([]byte, error) {
	c := EngineDefaults(home)
	if _, err := os.Stat(c.PrivValidatorKeyFile()); err != nil {
		return nil, fmt.Errorf("no validator key in %s; run filiera init first: %w", home, err)
	}
	pub, err := privval.LoadFilePVEmptyState(c.PrivValidatorKeyFile(), "").GetPubKey()
	if err != nil {
		return nil, err
	}
	return pub.Bytes(), nil
}

// NewGenesisDoc wraps an app_state into a genesis document. The validators
// come from the registry inside it, so that they are stated once.
func NewGenesisDoc(chainID string, at time.Time, appState []byte) *types.GenesisDoc {
	p := types.DefaultConsensusParams()
	p.Block.MaxBytes = 8 << 20
	p.Block.MaxGas = -1
	return &types.GenesisDoc{
		ChainID: chainID, GenesisTime: at.UTC().Truncate(time.Second), InitialHeight: 1,
		ConsensusParams: p, AppState: appState,
	}
}
