package gateway

import (
	"bytes"
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/reflect/protoregistry"

	txv1 "github.com/filiera-chain/filiera/api/tx/v1"
	"github.com/filiera-chain/filiera/envelope"
	"github.com/filiera-chain/filiera/index"
)

const (
	sendRoute = "POST /v1/txs"
	waitRoute = "GET /v1/txs/{hash}/wait"
	// sendWithin bounds how long a transaction waits for room in the mempool.
	sendWithin = 5 * time.Minute
	maxWait    = 60 * time.Second
)

func (g *Gateway) txRoutes() {
	huma.Register(g.api, huma.Operation{
		OperationID: "sendTx", Method: http.MethodPost, Path: "/v1/txs", Tags: []string{"Transactions"},
		Summary: "Send a signed transaction", DefaultStatus: http.StatusAccepted, MaxBodyBytes: envelope.HardLimit + 1, BodyReadTimeout: time.Minute,
		Description: "The body is the transaction's bytes. It is answered once the mempool has it, and waits while that is full. " +
			"Sending the same bytes again while they wait is answered alike. What the ledger refuses is 422 with the refusal's " +
			"code, such as tx.replayed; bytes that are no transaction are 400.",
	}, g.sendTx)
	huma.Register(g.api, op("getTx", "/v1/txs/{hash}", "Transactions", "The fate of a transaction",
		"Not committed, or not yet: tx.not_found."), g.getTx)
	huma.Register(g.api, op("waitTx", "/v1/txs/{hash}/wait", "Transactions", "Wait for a transaction",
		"As the fate, once it is committed and in the read model. Not by then: 408 tx.timeout."), g.waitTx)
}

// TxFate is a committed transaction and what came of it.
type TxFate struct {
	Hash      string            `json:"hash" doc:"SHA-256 of the transaction, 64 hex digits"`
	Height    int64             `json:"height"`
	Index     uint32            `json:"index" doc:"Its position in the block"`
	Code      uint32            `json:"code" doc:"0 when it was carried out, else the refusal's number in its codespace"`
	Codespace string            `json:"codespace,omitempty"`
	ID        string            `json:"id,omitempty" doc:"The refusal's stable word"`
	Message   string            `json:"message,omitempty" doc:"The refusal's sentence"`
	Signer    string            `json:"signer,omitempty" doc:"Participant"`
	Acts      []string          `json:"acts" doc:"The messages' full names, in order"`
	Results   []json.RawMessage `json:"results,omitempty" doc:"One per act of a transaction that was carried out; null where the act has none"`
	Time      time.Time         `json:"time" doc:"The block's"`
}

type sendIn struct {
	RawBody []byte `contentType:"application/octet-stream"`
}

type sent struct {
	Hash string `json:"hash" doc:"SHA-256 of the transaction, 64 hex digits"`
}

func (g *Gateway) sendTx(ctx context.Context, in *sendIn) (*body[sent], error) {
	if len(in.RawBody) == 0 {
		return nil, problem(http.StatusBadRequest, envelope.ErrUndecodable.ID(), "the body is empty; send the transaction's bytes")
	}
	// The framework's buffer serves the next request once this one is
	// answered, and the mempool keeps what it is handed.
	raw := bytes.Clone(in.RawBody)
	hash := envelope.Hash(raw)
	res, err := g.c.Engine.BroadcastTx(ctx, raw)
	switch {
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, context.Canceled):
		return nil, problem(http.StatusServiceUnavailable, "mempool.full", "the node had no room for the transaction for %s; it is not sent", sendWithin).withHash(hash[:])
	case err != nil:
		g.log.Error("the engine did not take a transaction", "err", err)
		return nil, problem(http.StatusServiceUnavailable, "engine.unavailable", "the node cannot take transactions now; its log says why").withHash(hash[:])
	case res.Code != 0:
		return nil, refusal(res.Code, res.Codespace, res.Info, res.Log).withHash(hash[:])
	}
	return &body[sent]{sent{upperHex(hash[:])}}, nil
}

// refusal is what the ledger said against a transaction.
func refusal(code uint32, codespace, id, sentence string) *Problem {
	if id == "" {
		id = "app.internal"
	}
	status := http.StatusUnprocessableEntity
	if codespace == envelope.ErrTooLarge.Codespace {
		switch code {
		case envelope.ErrTooLarge.Code:
			status = http.StatusRequestEntityTooLarge
		case envelope.ErrUndecodable.Code:
			status = http.StatusBadRequest
		}
	}
	return problem(status, id, "%s", sentence)
}

// HashIn names a transaction in a path.
type HashIn struct {
	Hash string `path:"hash" doc:"SHA-256 of the transaction, 64 hex digits"`
}

func (in *HashIn) parse() (hash [32]byte, err error) {
	b, err := hex.DecodeString(strings.TrimPrefix(in.Hash, "0x"))
	if err != nil || len(b) != len(hash) {
		return hash, badRequest("hash", "the hash is %q; write 64 hex digits", clip(in.Hash))
	}
	return [32]byte(b), nil
}

func (g *Gateway) getTx(ctx context.Context, in *HashIn) (*body[TxFate], error) {
	hash, err := in.parse()
	if err != nil {
		return nil, err
	}
	tx, err := g.c.Index.Tx(ctx, hash[:])
	if err == nil && tx == nil {
		err = notFound("tx", "no committed block holds the transaction; it may be on its way").withHash(hash[:])
	}
	if err != nil {
		return nil, g.fail(err)
	}
	return &body[TxFate]{fate(tx)}, nil
}

type waitIn struct {
	HashIn
	Timeout string `query:"timeout" default:"30s" doc:"How long to wait, such as 10s; at most 60s"`
}

func (g *Gateway) waitTx(ctx context.Context, in *waitIn) (*body[TxFate], error) {
	hash, err := in.parse()
	if err != nil {
		return nil, err
	}
	timeout, err := time.ParseDuration(in.Timeout)
	if err != nil || timeout < 0 || timeout > maxWait {
		return nil, badRequest("timeout", "timeout is %q; write a time such as 10s, at most %s", clip(in.Timeout), maxWait)
	}
	tx, err := g.wait(ctx, hash, timeout)
	if err != nil {
		return nil, g.fail(err)
	}
	return &body[TxFate]{fate(tx)}, nil
}

// wait looks, and if it finds nothing, waits for the block that holds the
// transaction. It is on the list before it looks, so no block is missed.
func (g *Gateway) wait(ctx context.Context, hash [32]byte, timeout time.Duration) (*index.Tx, error) {
	woken, leave, ok := g.waiters.add(hash)
	if !ok {
		return nil, problem(http.StatusServiceUnavailable, "gateway.too_many_waiters", "too many requests wait for transactions; ask again").withHash(hash[:])
	}
	defer leave()
	tx, err := g.c.Index.Tx(ctx, hash[:])
	if err != nil || tx != nil {
		return tx, err
	}
	timer := time.NewTimer(timeout)
	defer timer.Stop()
	select {
	case <-woken:
	case <-timer.C:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	tx, err = g.c.Index.Tx(ctx, hash[:])
	if err == nil && tx == nil {
		err = problem(http.StatusRequestTimeout, "tx.timeout", "the transaction was not committed within %s; it may still be", timeout).withHash(hash[:])
	}
	return tx, err
}

func fate(tx *index.Tx) TxFate {
	f := TxFate{
		Hash: upperHex(tx.Hash), Height: tx.Height, Index: tx.Index, Code: tx.Code, Codespace: tx.Codespace, ID: tx.ID,
		Message: tx.Message, Signer: tx.Signer, Acts: tx.Acts, Time: tx.Time,
	}
	if f.Acts == nil {
		f.Acts = []string{}
	}
	if tx.Code == 0 {
		f.Results = results(tx)
	}
	return f
}

// results shows what each act answered with.
func results(tx *index.Tx) []json.RawMessage {
	var r txv1.TxResult
	if proto.Unmarshal(tx.Results, &r) != nil {
		return nil
	}
	var out []json.RawMessage
	for i, b := range r.GetResults() {
		if i >= len(tx.Acts) {
			break
		}
		out = append(out, result(tx.Acts[i], b))
	}
	return out
}

// sharedResults names the results that several acts of a package have.
var sharedResults = map[string]protoreflect.FullName{
	"filiera.matter.v1":  "filiera.matter.v1.PostedResult",
	"filiera.custody.v1": "filiera.custody.v1.OfferResult",
}

// result decodes the result of MsgX as XResult of the same package, or as the one
// that its package's acts share.
func result(act string, b []byte) json.RawMessage {
	none := json.RawMessage("null")
	if len(b) == 0 {
		return none
	}
	t, err := protoregistry.GlobalTypes.FindMessageByName(protoreflect.FullName(strings.Replace(act, ".Msg", ".", 1) + "Result"))
	if err != nil {
		t, err = protoregistry.GlobalTypes.FindMessageByName(sharedResults[string(protoreflect.FullName(act).Parent())])
	}
	if err != nil {
		return none
	}
	m := t.New()
	if proto.Unmarshal(b, m.Interface()) != nil {
		return none
	}
	shown, err := show(m).MarshalJSON()
	if err != nil {
		return none
	}
	return shown
}
