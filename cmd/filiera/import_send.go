package main

import (
	"context"
	"crypto/ecdsa"
	"errors"
	"fmt"
	"io"
	"slices"
	"sync"

	"github.com/schollz/progressbar/v3"
	"github.com/spf13/cobra"
	"golang.org/x/sync/errgroup"

	basev1 "github.com/filiera-chain/filiera/api/base/v1"
	productv1 "github.com/filiera-chain/filiera/api/product/v1"
	"github.com/filiera-chain/filiera/client"
)

// maxInFlight stays well inside the 1,024 numbers that a lane remembers, so
// that a transaction overtaken by all others still enters.
const maxInFlight = 512

// sendRows sends every ready row as a transaction of its own, many at once, in
// one lane, and waits for each.
func (e *env) sendRows(cmd *cobra.Command, c *client.Client, from string, rows []*importRow) error {
	ready := slices.DeleteFunc(slices.Clone(rows), func(r *importRow) bool { return r.State != rowReady })
	if len(ready) == 0 {
		return nil
	}
	builder, err := e.builder(cmd.Context())
	if err != nil {
		return err
	}
	key, _, err := e.unlock(from)
	if err != nil {
		return err
	}
	n, _ := cmd.Flags().GetInt("in-flight")
	if n < 1 || n > maxInFlight {
		return usage("--in-flight is %d; it takes 1 to %d", n, maxInFlight)
	}
	progress := newProgress(e, len(ready))
	var g errgroup.Group
	g.SetLimit(n)
	for _, r := range ready {
		g.Go(func() error {
			e.sendRow(cmd.Context(), c, builder, key, r)
			progress.step()
			return nil
		})
	}
	err = g.Wait()
	progress.end()
	return err
}

func (r *importRow) act() *productv1.MsgRegisterBatch {
	return &productv1.MsgRegisterBatch{
		Gtin: r.GTIN, Lot: r.Lot, Quantity: &basev1.Quantity{Amount: r.amount, Unit: r.unit},
		ProductionDate: r.row.ProductionDate, ExpiryDate: r.row.ExpiryDate, Place: r.row.Place,
	}
}

// sendRow sends one row and writes its fate into it.
func (e *env) sendRow(ctx context.Context, c *client.Client, builder *client.Builder, key *ecdsa.PrivateKey, r *importRow) {
	raw, err := builder.Sign(key, r.act())
	if err == nil {
		r.Hash, err = c.Deliver(ctx, raw)
	}
	if err == nil && e.v.GetBool("no-wait") {
		r.State = rowDone
		return
	}
	var result *client.TxResult
	if err == nil {
		waitCtx, stop := context.WithTimeout(ctx, e.timeout())
		defer stop()
		result, err = c.Wait(waitCtx, r.Hash)
	}
	if err == nil {
		r.Height = int64(result.Height)
		err = result.Err()
	}
	var p *client.Problem
	switch {
	case err == nil:
		r.State = rowDone
	case errors.As(err, &p) && !p.NodeFault():
		r.refuse(p.Code, p.Detail)
	default:
		r.State, r.Code, r.Message = rowUnanswered, "client.no_answer", err.Error()
	}
}

// progress shows how far long work is: a bar on a terminal, a line every tenth
// elsewhere. It may be stepped by many goroutines.
type progress struct {
	mu          sync.Mutex
	out         io.Writer
	bar         *progressbar.ProgressBar
	done, total int
	text        string
}

func newProgress(e *env, total int) *progress { return newProgressOf(e, total, "import.progress") }

// newProgressOf is newProgress with other words before the numbers.
func newProgressOf(e *env, total int, words string) *progress {
	p := &progress{out: e.err, total: total, text: e.t(words)}
	if terminal(e.err) {
		p.bar = progressbar.NewOptions(total,
			progressbar.OptionSetWriter(e.err), progressbar.OptionSetDescription(p.text),
			progressbar.OptionShowCount(), progressbar.OptionShowIts(), progressbar.OptionClearOnFinish(),
			progressbar.OptionEnableColorCodes(!e.v.GetBool("no-color")))
	}
	return p
}

func (p *progress) step() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.done++
	if p.bar != nil {
		_ = p.bar.Add(1) // a bar that cannot be drawn stops nothing
		return
	}
	if p.done == p.total || p.done*10/p.total != (p.done-1)*10/p.total {
		fmt.Fprintf(p.out, "%s %d/%d\n", p.text, p.done, p.total)
	}
}

func (p *progress) end() {
	if p.bar != nil {
		_ = p.bar.Finish()
	}
}
