package main

import (
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	cmtcfg "github.com/cometbft/cometbft/config"

	"github.com/filiera-chain/filiera/envelope"
	"github.com/filiera-chain/filiera/node"
)

// initCommand makes a node's home, with a genesis document of its own or, to
// join a chain, with the chain's.
func initCommand(e *env) *cobra.Command {
	cmd := e.leaf("init [MONIKER]", "init.short",
		"filiera init nodo-1 --chain-id filiera-marche-1",
		cobra.MaximumNArgs(1),
		func(cmd *cobra.Command, args []string) error { return e.makeHome(cmd, args) })
	f := cmd.Flags()
	f.String("chain-id", "", e.t("flag.chain-id"))
	f.String("genesis", "", e.t("flag.init-genesis"))
	f.String("p2p", "tcp://127.0.0.1:26656", e.t("flag.p2p"))
	f.String("rpc", "tcp://127.0.0.1:26657", e.t("flag.rpc"))
	f.StringSlice("peer", nil, e.t("flag.peer"))
	return cmd
}

func (e *env) makeHome(cmd *cobra.Command, args []string) error {
	moniker := "filiera"
	if len(args) == 1 {
		moniker = args[0]
	} else if name, err := os.Hostname(); err == nil && name != "" {
		moniker = name
	}
	chainID, from := e.v.GetString("chain-id"), e.v.GetString("genesis")
	if (chainID == "") == (from == "") {
		return usage("%s", e.t("init.need"))
	}
	if chainID != "" {
		if err := envelope.CheckChainID(chainID); err != nil {
			return usageError{err}
		}
	}
	home := node.Home(e.home())
	if err := node.Init(home, moniker, func(c *cmtcfg.Config) { tuneEngine(cmd, c) }); err != nil {
		return usageError{err}
	}
	if err := e.placeGenesis(home, chainID, from); err != nil {
		return err
	}
	doc, err := node.ReadGenesis(home)
	if err != nil {
		return err
	}
	return e.print(map[string]string{"home": string(home), "chain_id": doc.ChainID, "moniker": moniker}, func(t *table) {
		t.line(e.t("init.home"), string(home))
		t.line(e.t("chain.id"), doc.ChainID)
		t.line(e.t("init.moniker"), moniker)
		t.line(e.t("init.next"), e.t("init.next.text"))
	})
}

func tuneEngine(cmd *cobra.Command, c *cmtcfg.Config) {
	f := cmd.Flags()
	c.P2P.ListenAddress, _ = f.GetString("p2p")
	c.RPC.ListenAddress, _ = f.GetString("rpc")
	peers, _ := f.GetStringSlice("peer")
	for i, p := range peers {
		if i > 0 {
			c.P2P.PersistentPeers += ","
		}
		c.P2P.PersistentPeers += p
	}
}

func (e *env) placeGenesis(home node.Home, chainID, from string) error {
	if from == "" {
		// A second early, so that the first block is not in the future.
		return node.StartGenesis(home, chainID, e.now().Add(-time.Second))
	}
	data, err := e.readInput(from, 256<<20)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(home.Genesis()), 0o700); err != nil {
		return err
	}
	if err := os.WriteFile(home.Genesis(), data, 0o644); err != nil {
		return err
	}
	if _, err := node.CheckGenesis(home); err != nil {
		return usageError{err}
	}
	return nil
}
