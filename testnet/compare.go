package testnet

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"

	"github.com/filiera-chain/filiera/testnet/load"
)

// CompareOptions say how the two nodes are measured.
type CompareOptions struct {
	// Program is the filiera binary, which is both nodes.
	Program string
	// Rounds are pairs of saturating runs, taken in turn.
	Rounds int
	// Seconds is the length of each run.
	Seconds float64
	// Rate is that of the runs whose latency counts.
	Rate    float64
	Senders int
	// Keys is how many producers sign.
	Keys int
	// ReadModel keeps gateway and read model running on our side, which the
	// other does not have; without it both are validators alone.
	ReadModel bool
	// Say reports each run as it ends.
	Say func(name string, r *load.Result)
}

// Comparison is what was measured.
type Comparison struct {
	Filiera []*load.Result `json:"filiera"`
	KVStore []*load.Result `json:"kvstore"`
	// Ratios are committed transactions per second, round by round.
	Ratios []float64 `json:"ratios"`
	Ratio  float64   `json:"median_ratio"`
	// At the fixed rate.
	FilieraPaced *load.Result `json:"filiera_paced"`
	KVStorePaced *load.Result `json:"kvstore_paced"`
}

// most is how many transactions a saturating run may need per second; a run
// ends by the clock, and what it did not need is thrown away.
const most = 20_000

// Compare measures this ledger beside CometBFT's kvstore: same machine, same
// engine configuration, same bytes per transaction, in turn.
func Compare(ctx context.Context, o CompareOptions) (*Comparison, error) {
	c := &Comparison{}
	for round := range o.Rounds {
		ours := func() error { return o.ledger(ctx, 0, &c.Filiera) }
		theirs := func() error { return o.kvstore(ctx, 0, c.txBytes(), &c.KVStore) }
		order := []func() error{ours, theirs}
		// Ours goes first in the first round: it sets the size.
		if round%2 == 1 {
			slices.Reverse(order)
		}
		for _, f := range order {
			if err := f(); err != nil {
				return nil, err
			}
		}
		c.Ratios = append(c.Ratios, c.Filiera[round].PerSecond/c.KVStore[round].PerSecond)
	}
	c.Ratio = median(c.Ratios)
	if o.Rate <= 0 {
		return c, nil
	}
	var ours, theirs []*load.Result
	if err := o.ledger(ctx, o.Rate, &ours); err != nil {
		return nil, err
	}
	if err := o.kvstore(ctx, o.Rate, c.txBytes(), &theirs); err != nil {
		return nil, err
	}
	c.FilieraPaced, c.KVStorePaced = ours[0], theirs[0]
	return c, nil
}

func (c *Comparison) txBytes() int {
	if len(c.Filiera) == 0 {
		return 0
	}
	return c.Filiera[0].TxBytes
}

func median(list []float64) float64 {
	s := slices.Sorted(slices.Values(list))
	if len(s) == 0 {
		return 0
	}
	return s[len(s)/2]
}

func (o CompareOptions) count(rate float64) int {
	if rate > 0 {
		return int(rate * o.Seconds)
	}
	return int(most * o.Seconds)
}

func (o CompareOptions) load(rpc string, rate float64) load.Options {
	return load.Options{RPC: rpc, Rate: rate, Senders: o.Senders, Seconds: o.Seconds}
}

func (o CompareOptions) ledger(ctx context.Context, rate float64, into *[]*load.Result) (err error) {
	r, err := MeasureLedger(ctx, o.Program, o.Keys, o.ReadModel, o.count(rate), o.load("", rate))
	if err != nil {
		return err
	}
	*into = append(*into, r)
	o.say("filiera", r)
	return nil
}

func (o CompareOptions) say(name string, r *load.Result) {
	if o.Say != nil {
		o.Say(name, r)
	}
}

// MeasureLedger measures a throwaway ledger with n transactions.
func MeasureLedger(ctx context.Context, program string, keys int, readModel bool, n int, o load.Options) (r *load.Result, err error) {
	dir, err := os.MkdirTemp("", "filiera-load-")
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	l, err := NewLedger(program, dir, keys)
	if err != nil {
		return nil, err
	}
	if err := l.Start(ctx); err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, l.Stop()) }()
	if err := l.Stage(ctx); err != nil {
		return nil, fmt.Errorf("prepare the ledger: %w", err)
	}
	if !readModel {
		if err := l.Bare(ctx); err != nil {
			return nil, err
		}
	}
	txs, err := l.Sign(n)
	if err != nil {
		return nil, err
	}
	o.RPC = l.RPC
	return load.Run(ctx, o, txs)
}

func (o CompareOptions) kvstore(ctx context.Context, rate float64, size int, into *[]*load.Result) (err error) {
	dir, err := os.MkdirTemp("", "filiera-load-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	k, err := NewKVStore(o.Program, dir)
	if err != nil {
		return err
	}
	if err := k.Start(ctx); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, k.Stop()) }()
	r, err := load.Run(ctx, o.load(k.RPC, rate), KVPairs(o.count(rate), size))
	if err != nil {
		return err
	}
	*into = append(*into, r)
	o.say("kvstore", r)
	return nil
}
