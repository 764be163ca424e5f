package main

import (
	"context"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"

	txv1 "github.com/filiera-chain/filiera/api/tx/v1"
	"github.com/filiera-chain/filiera/client"
	"github.com/filiera-chain/filiera/envelope"
)

// changing gives cmd the flags of every command that changes the ledger.
func (e *env) changing(cmd *cobra.Command) *cobra.Command {
	f := cmd.Flags()
	f.Bool("dry-run", false, e.t("flag.dry-run"))
	f.Bool("generate-only", false, e.t("flag.generate-only"))
	f.String("chain-id", "", e.t("flag.chain-id"))
	f.Duration("expires-in", client.DefaultLifetime, e.t("flag.expires-in"))
	f.String("memo", "", e.t("flag.memo"))
	return e.waiting(cmd)
}

// waiting gives cmd the flags of every command that sends.
func (e *env) waiting(cmd *cobra.Command) *cobra.Command {
	f := cmd.Flags()
	f.Bool("no-wait", false, e.t("flag.no-wait"))
	f.Duration("timeout", time.Minute, e.t("flag.timeout"))
	return cmd
}

// carry does what a changing command is for, or stops where its flags say:
// build, sign, send, wait, print the receipt.
func (e *env) carry(ctx context.Context, acts ...proto.Message) error {
	r, err := e.execute(ctx, acts...)
	if r == nil || err != nil {
		return err
	}
	return e.receipt(r)
}

// execute is carry without the receipt. It gives nil when nothing was sent.
func (e *env) execute(ctx context.Context, acts ...proto.Message) (*client.TxResult, error) {
	builder, err := e.builder(ctx)
	if err != nil {
		return nil, err
	}
	body, err := builder.Body(e.v.GetString("memo"), acts...)
	if err != nil {
		return nil, usageError{err}
	}
	switch {
	case e.v.GetBool("generate-only"):
		return nil, e.printUnsigned(body)
	case e.v.GetBool("dry-run"):
		return nil, e.dryRun(ctx, body)
	}
	key, _, err := e.unlock("")
	if err != nil {
		return nil, err
	}
	raw, err := envelope.Sign(body, key)
	if err != nil {
		return nil, err
	}
	return e.send(ctx, raw)
}

// builder makes transactions for the chain of --chain-id, or of the node.
func (e *env) builder(ctx context.Context) (*client.Builder, error) {
	options := []client.BuilderOption{
		client.WithClock(e.now), client.WithRandom(e.random), client.WithLifetime(e.lifetime()),
	}
	chain, err := e.chainID(ctx)
	if err != nil {
		return nil, err
	}
	if e.v.GetString("chain-id") == "" {
		if c, err := e.client(); err == nil {
			if p, err := c.Params(ctx); err == nil {
				options = append(options, client.WithParams(p))
			}
		}
	}
	b, err := client.NewBuilder(chain, options...)
	if err != nil {
		return nil, usageError{err}
	}
	return b, nil
}

func (e *env) lifetime() time.Duration {
	if d := e.v.GetDuration("expires-in"); d != 0 {
		return d
	}
	return client.DefaultLifetime
}

func (e *env) chainID(ctx context.Context) (string, error) {
	if id := e.v.GetString("chain-id"); id != "" {
		return id, nil
	}
	c, err := e.client()
	if err != nil {
		return "", err
	}
	s, err := c.Status(ctx)
	if err != nil {
		return "", err
	}
	return s.ChainID, nil
}

// send hands raw to the node and waits for its fate, unless --no-wait.
func (e *env) send(ctx context.Context, raw []byte) (*client.TxResult, error) {
	c, err := e.client()
	if err != nil {
		return nil, err
	}
	hash, err := c.Deliver(ctx, raw)
	if err != nil {
		return nil, err
	}
	if e.v.GetBool("no-wait") {
		return &client.TxResult{Hash: hash}, nil
	}
	ctx, stop := context.WithTimeout(ctx, e.timeout())
	defer stop()
	r, err := c.Wait(ctx, hash)
	if err != nil {
		if ctx.Err() != nil {
			return nil, &client.Problem{Status: 408, Code: "tx.timeout", Detail: e.t("tx.timeout", e.timeout()), Hash: hash}
		}
		return nil, err
	}
	return r, r.Err()
}

func (e *env) timeout() time.Duration {
	if d := e.v.GetDuration("timeout"); d > 0 {
		return d
	}
	return time.Minute
}

func (e *env) receipt(r *client.TxResult) error {
	if r.Height == 0 {
		return e.print(map[string]string{"hash": r.Hash}, func(t *table) {
			t.line(e.t("tx.hash"), r.Hash)
			t.line(e.t("tx.state"), e.t("tx.sent"))
		})
	}
	return e.print(r, func(t *table) { e.drawTx(t, r) })
}

func (e *env) drawTx(t *table, r *client.TxResult) {
	t.line(e.t("tx.hash"), r.Hash)
	t.line(e.t("tx.height"), int64(r.Height))
	t.line(e.t("tx.time"), r.Time)
	t.line(e.t("tx.signer"), r.Signer)
	for _, a := range r.Acts {
		t.line(e.t("tx.act"), a)
	}
	if err := r.Err(); err != nil {
		t.line(e.t("tx.state"), e.t("tx.refused"))
		t.line(e.t("tx.code"), r.ID)
		t.line(e.t("tx.reason"), r.Message)
		return
	}
	t.line(e.t("tx.state"), e.t("tx.done"))
}

// printUnsigned writes the body for tx sign to add a signature to. It is JSON
// whatever the output setting, because another command reads it.
func (e *env) printUnsigned(body *txv1.TxBody) error {
	data, err := protoJSON(body)
	if err != nil {
		return err
	}
	return e.printJSON(data)
}

// signedFile is what tx sign writes and tx send reads. Only tx is sent; the
// rest is for people to read.
type signedFile struct {
	// Tx is the transaction's bytes in standard base64.
	Tx     string          `json:"tx"`
	Hash   string          `json:"hash"`
	Signer string          `json:"signer"`
	Body   json.RawMessage `json:"body"`
}

func readUnsigned(data []byte) (*txv1.TxBody, error) {
	body := new(txv1.TxBody)
	if err := protojson.Unmarshal(data, body); err != nil {
		return nil, usage("this is not an unsigned transaction as --generate-only prints it: %v", err)
	}
	return body, nil
}

func readSigned(data []byte) (*envelope.Decoded, error) {
	var f signedFile
	if err := json.Unmarshal(data, &f); err != nil || f.Tx == "" {
		return nil, usage("this is not a signed transaction as `filiera tx sign` writes it; sign it first")
	}
	raw, err := base64.StdEncoding.DecodeString(f.Tx)
	if err != nil {
		return nil, usage("the field tx is not base64: %v", err)
	}
	d, err := envelope.Decode(raw)
	if err != nil {
		return nil, usageError{err}
	}
	if f.Hash != "" && !strings.EqualFold(f.Hash, hex.EncodeToString(d.Hash[:])) {
		return nil, usage("the field hash is not that of the bytes in tx; the file was changed after it was signed")
	}
	return d, nil
}
