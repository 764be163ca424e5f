package main

import (
	"fmt"
	"os"
	"time"

	"github.com/schollz/progressbar/v3"
	"github.com/spf13/cobra"

	"github.com/filiera-chain/filiera/gs1"
	"github.com/filiera-chain/filiera/node"
	"github.com/filiera-chain/filiera/testnet"
	"github.com/filiera-chain/filiera/testnet/load"
)

// loadCommand measures how much a node commits, and how soon.
func loadCommand(e *env) *cobra.Command {
	cmd := e.leaf("load", "load.short",
		"filiera load --local --rate 500 --seconds 10\n  filiera load --rpc http://127.0.0.1:26657 --gtin 09521234000013 --from pastificio --password-file password.txt",
		cobra.NoArgs,
		func(cmd *cobra.Command, _ []string) error { return e.load(cmd) })
	f := cmd.Flags()
	loadFlags(e, cmd)
	f.Bool("local", false, e.t("flag.load-local"))
	f.String("rpc", "http://127.0.0.1:26657", e.t("flag.load-rpc"))
	f.String("gtin", "", e.t("flag.load-gtin"))
	f.Int("count", 0, e.t("flag.load-count"))
	f.String("chain-id", "", e.t("flag.chain-id"))
	cmd.AddCommand(loadCompare(e), loadMovements(e), loadKVStore(e))
	return cmd
}

func loadFlags(e *env, cmd *cobra.Command) {
	f := cmd.Flags()
	f.Float64("rate", 0, e.t("flag.load-rate"))
	f.Float64("seconds", 10, e.t("flag.load-seconds"))
	f.Int("senders", 4, e.t("flag.load-senders"))
	f.Int("keys", 4, e.t("flag.load-keys"))
}

func (e *env) load(cmd *cobra.Command) error {
	f := cmd.Flags()
	o := load.Options{RPC: e.v.GetString("rpc")}
	o.Rate, _ = f.GetFloat64("rate")
	o.Seconds, _ = f.GetFloat64("seconds")
	o.Senders, _ = f.GetInt("senders")
	count, _ := f.GetInt("count")
	if count == 0 {
		count = int(o.Seconds * max(o.Rate, 0))
		if o.Rate <= 0 {
			count = int(o.Seconds * 20_000)
		}
	}
	o.Progress = e.loadProgress(count)
	local, _ := f.GetBool("local")
	var (
		r   *load.Result
		err error
	)
	if local {
		keys, _ := f.GetInt("keys")
		r, err = e.loadLocal(cmd, keys, count, o)
	} else {
		r, err = e.loadNode(cmd, count, o)
	}
	if err != nil {
		return err
	}
	return e.print(r, func(t *table) { e.drawLoad(t, r) })
}

func (e *env) loadLocal(cmd *cobra.Command, keys, count int, o load.Options) (*load.Result, error) {
	program, err := os.Executable()
	if err != nil {
		return nil, err
	}
	return testnet.MeasureLedger(cmd.Context(), program, keys, true, count, o)
}

// loadNode loads a running node with one's own key and product.
func (e *env) loadNode(cmd *cobra.Command, count int, o load.Options) (*load.Result, error) {
	text, _ := cmd.Flags().GetString("gtin")
	gtin, err := gs1.ParseGTIN(text)
	if err != nil {
		return nil, usageError{err}
	}
	chain, err := e.chainID(cmd.Context())
	if err != nil {
		return nil, err
	}
	key, name, err := e.unlock("")
	if err != nil {
		return nil, err
	}
	// Lots of this run, and of no other.
	prefix := fmt.Sprintf("T%x", e.now().Unix())
	txs, err := testnet.SignBatches([]*testnet.Sender{{Key: key, ID: name, GTIN: gtin}}, chain, prefix, count)
	if err != nil {
		return nil, err
	}
	return load.Run(cmd.Context(), o, txs)
}

func (e *env) loadProgress(count int) func(sent, committed int) {
	if !terminal(e.err) {
		return nil
	}
	bar := progressbar.Default(int64(count), e.t("load.short"))
	return func(_, committed int) { _ = bar.Set(committed) }
}

func (e *env) drawLoad(t *table, r *load.Result) {
	t.line(e.t("load.committed"), r.Committed)
	t.line(e.t("load.rate"), fmt.Sprintf("%.0f tx/s", r.PerSecond))
	t.line(e.t("load.latency"), fmt.Sprintf("p50 %.1f ms, p90 %.1f ms, p99 %.1f ms", r.P50, r.P90, r.P99))
	t.line(e.t("load.blocks"), r.Blocks)
	t.line(e.t("load.size"), fmt.Sprintf("%d byte", r.TxBytes))
	for code, n := range r.Refused {
		t.line(e.t("tx.refused"), fmt.Sprintf("%d × %s", n, code))
	}
}

// loadMovements measures movements of the budget beside registrations of batches.
func loadMovements(e *env) *cobra.Command {
	cmd := e.leaf("movements", "load.movements.short", "filiera load movements --rounds 3 --seconds 10", cobra.NoArgs,
		func(cmd *cobra.Command, _ []string) error {
			o, err := e.compareOptions(cmd)
			if err != nil {
				return err
			}
			c, err := testnet.CompareMovements(cmd.Context(), o)
			if err != nil {
				return err
			}
			return e.print(c, func(t *table) {
				for i, ratio := range c.Ratios {
					t.line(e.t("load.round", i+1), fmt.Sprintf("%.0f movements/s, %.0f batches/s, %.2f", c.Movements[i].PerSecond, c.Batches[i].PerSecond, ratio))
				}
				t.line(e.t("load.ratio"), fmt.Sprintf("%.2f", c.Ratio))
			})
		})
	loadFlags(e, cmd)
	cmd.Flags().Int("rounds", 3, e.t("flag.load-rounds"))
	cmd.Flags().Bool("read-model", false, e.t("flag.load-read-model"))
	return cmd
}

func (e *env) compareOptions(cmd *cobra.Command) (testnet.CompareOptions, error) {
	f := cmd.Flags()
	program, err := os.Executable()
	if err != nil {
		return testnet.CompareOptions{}, err
	}
	o := testnet.CompareOptions{Program: program, Say: func(name string, r *load.Result) {
		fmt.Fprintf(e.err, "%s  %-9s %6.0f tx/s  p50 %.1f ms  p99 %.1f ms\n", time.Now().Format(time.TimeOnly), name, r.PerSecond, r.P50, r.P99)
	}}
	o.Rounds, _ = f.GetInt("rounds")
	o.Seconds, _ = f.GetFloat64("seconds")
	o.Rate, _ = f.GetFloat64("rate")
	o.Senders, _ = f.GetInt("senders")
	o.Keys, _ = f.GetInt("keys")
	o.ReadModel, _ = f.GetBool("read-model")
	return o, nil
}

func loadCompare(e *env) *cobra.Command {
	cmd := e.leaf("compare", "load.compare.short", "filiera load compare --rounds 3 --seconds 10", cobra.NoArgs,
		func(cmd *cobra.Command, _ []string) error {
			o, err := e.compareOptions(cmd)
			if err != nil {
				return err
			}
			c, err := testnet.Compare(cmd.Context(), o)
			if err != nil {
				return err
			}
			return e.print(c, func(t *table) { e.drawComparison(t, c) })
		})
	loadFlags(e, cmd)
	cmd.Flags().Lookup("rate").DefValue = "500"
	_ = cmd.Flags().Set("rate", "500")
	cmd.Flags().Int("rounds", 3, e.t("flag.load-rounds"))
	cmd.Flags().Bool("read-model", false, e.t("flag.load-read-model"))
	return cmd
}

func (e *env) drawComparison(t *table, c *testnet.Comparison) {
	for i, ratio := range c.Ratios {
		t.line(e.t("load.round", i+1), fmt.Sprintf("filiera %.0f tx/s, kvstore %.0f tx/s, %.2f", c.Filiera[i].PerSecond, c.KVStore[i].PerSecond, ratio))
	}
	t.line(e.t("load.ratio"), fmt.Sprintf("%.2f", c.Ratio))
	if p, k := c.FilieraPaced, c.KVStorePaced; p != nil && k != nil {
		t.line(e.t("load.paced"), fmt.Sprintf("filiera p50 %.1f ms, p99 %.1f ms; kvstore p50 %.1f ms, p99 %.1f ms", p.P50, p.P99, k.P50, k.P99))
	}
}

// loadKVStore is the yardstick's process; compare starts it.
func loadKVStore(e *env) *cobra.Command {
	cmd := e.leaf("kvstore", "load.kvstore.short", "filiera load kvstore --home /tmp/kvstore", cobra.NoArgs,
		func(cmd *cobra.Command, _ []string) error {
			return testnet.RunKVStore(cmd.Context(), node.Home(e.home()))
		})
	cmd.Hidden = true
	return cmd
}
