package node

import (
	"crypto/ecdsa"
	"fmt"
	"net/netip"
	"os"

	"github.com/spf13/viper"

	cmtcfg "github.com/cometbft/cometbft/config"
)

// Config is what a node is started with.
type Config struct {
	Home Home
	// Gateway is the HTTP address; "" starts none.
	Gateway string
	// StateBackend is the database of the state: goleveldb or pebbledb.
	StateBackend string
	// StateMemory is how many bytes of the state's tree stay in memory; 0 is
	// the store's default.
	StateMemory int64
	// LogLevel is CometBFT's: "info", or "consensus:debug,*:error".
	LogLevel string
	// LogFormat is "plain" or "json".
	LogFormat string
	// Metrics registers the engine's collectors with the process's default
	// registry; two nodes in one process cannot both.
	Metrics bool
	// IndexDB is where the read model is kept: postgres://… for a database that
	// several nodes may share, or "" for a file of the home.
	IndexDB string
	// ReadsPerSecond limits each address at the gateway; 0 is its default.
	ReadsPerSecond float64
	// Proxies are networks of reverse proxies whose X-Forwarded-For is believed.
	Proxies []netip.Prefix
	// EPCISSigners are unlocked keys, by their names in the key folder, that the
	// node signs EPCIS captures with for the holders of its tokens; none turns
	// capture off.
	EPCISSigners map[string]*ecdsa.PrivateKey
	// WebhookNetworks are networks that are not public and may be called by EPCIS
	// subscriptions all the same.
	WebhookNetworks []netip.Prefix
	// Mailbox keeps sealed packages of private fields for their recipients.
	Mailbox bool
	// Documents says what the gateway serves and takes by hash.
	Documents Documents
	// UnitsDir is a folder of tree files of units that the gateway proves items
	// from; "" is a folder of the home. UnitRelay, when there, signs the reveals of
	// codes that people type on its pages.
	UnitsDir  string
	UnitRelay *ecdsa.PrivateKey
	// Release is the program's version.
	Release string
	// Tune may change the engine's configuration after it is read.
	Tune func(*cmtcfg.Config)
}

func (c Config) indexPlace() string {
	if c.IndexDB != "" {
		return c.IndexDB
	}
	return c.Home.Index()
}

// LoadEngine reads the engine's configuration of a home.
func LoadEngine(home Home) (*cmtcfg.Config, error) {
	if _, err := os.Stat(home.EngineConfig()); err != nil {
		return nil, fmt.Errorf("%s is not a node's home (%s is missing); run filiera init", home, home.EngineConfig())
	}
	v := viper.New()
	v.SetConfigFile(home.EngineConfig())
	if err := v.ReadInConfig(); err != nil {
		return nil, fmt.Errorf("read %s: %w", home.EngineConfig(), err)
	}
	c := EngineDefaults(home)
	if err := v.Unmarshal(c); err != nil {
		return nil, fmt.Errorf("read %s: %w", home.EngineConfig(), err)
	}
	c.SetRoot(string(home))
	if err := c.ValidateBasic(); err != nil {
		return nil, fmt.Errorf("%s: %w", home.EngineConfig(), err)
	}
	if c.Storage.DiscardABCIResponses {
		return nil, fmt.Errorf("%s: storage.discard_abci_responses must be false: the read model is built from the responses", home.EngineConfig())
	}
	return c, nil
}
