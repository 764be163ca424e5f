package gateway

import (
	"bytes"
	"context"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"strings"
	"time"

	abci "github.com/cometbft/cometbft/abci/types"
	"github.com/danielgtaylor/huma/v2"
	"google.golang.org/protobuf/proto"

	"github.com/filiera-chain/filiera/envelope"
	"github.com/filiera-chain/filiera/index"
)

// Rehearse tries a transaction on the committed state and keeps nothing. signer
// is the address (20 bytes) for which one that is not signed is tried; now is in
// unix seconds. act is the one that is refused, from 1, or 0. An error is a
// failure of the machine.
type Rehearse func(raw, signer []byte, now int64) (height int64, participant string, act uint32, result *abci.ExecTxResult, err error)

// rehearsalsAtOnce bounds the work that is thrown away.
const rehearsalsAtOnce = 2

const rehearseRoute = "POST /v1/txs/rehearse"

func (g *Gateway) rehearseRoutes() {
	huma.Register(g.api, huma.Operation{
		OperationID: "rehearseTx", Method: http.MethodPost, Path: "/v1/txs/rehearse", Tags: []string{"Transactions"},
		Summary: "What a transaction would come to", MaxBodyBytes: envelope.HardLimit + 1, BodyReadTimeout: time.Minute,
		Description: "The body is the transaction's bytes, tried on the last committed state; nothing is kept and nothing is sent. It need not be signed: " +
			"with 65 zero bytes for a signature, signer names the key that is to sign it. What the ledger would refuse is answered 200 with the refusal's code.",
	}, g.rehearse)
}

type rehearseIn struct {
	Signer  string `query:"signer" doc:"Address of the key, 40 hex digits, with or without 0x; for a transaction that is not signed"`
	RawBody []byte `contentType:"application/octet-stream"`
}

// Rehearsal is what a transaction would come to.
type Rehearsal struct {
	Height    int64             `json:"height" doc:"The committed height that it was tried on"`
	Code      uint32            `json:"code" doc:"0 when it would be carried out, else the refusal's number in its codespace"`
	Codespace string            `json:"codespace,omitempty"`
	ID        string            `json:"id,omitempty" doc:"The refusal's stable word"`
	Message   string            `json:"message,omitempty" doc:"The refusal's sentence"`
	Act       uint32            `json:"act,omitempty" doc:"The act that would be refused, from 1"`
	Signer    string            `json:"signer,omitempty" doc:"Participant"`
	Results   []json.RawMessage `json:"results,omitempty" doc:"One per act; null where the act has none"`
	Changes   []Change          `json:"changes,omitempty" doc:"Records that would be written, in order"`
}

// Change is a record that a transaction would write.
type Change struct {
	Type   string `json:"type" doc:"The announcement's name, as in /v1/stream"`
	Record any    `json:"record"`
}

func (g *Gateway) rehearse(ctx context.Context, in *rehearseIn) (*body[Rehearsal], error) {
	if g.c.Rehearse == nil {
		return nil, problem(http.StatusServiceUnavailable, "gateway.no_rehearsals", "this gateway tries no transactions")
	}
	signer, err := hex.DecodeString(strings.TrimPrefix(in.Signer, "0x"))
	if err != nil || len(signer) != 20 && len(signer) != 0 {
		return nil, badRequest("signer", "signer is %q; write the 40 hex digits of an address", clip(in.Signer))
	}
	select {
	case g.rehearsalSlots <- struct{}{}:
		defer func() { <-g.rehearsalSlots }()
	case <-ctx.Done():
		return nil, problem(http.StatusServiceUnavailable, "gateway.busy", "too many transactions are being tried; ask again")
	}
	raw := bytes.Clone(in.RawBody)
	height, participant, act, result, err := g.c.Rehearse(raw, signer, g.now().Unix())
	if err != nil {
		return nil, g.fail(err)
	}
	if result.Code == envelope.ErrUndecodable.Code && result.Codespace == envelope.ErrUndecodable.Codespace {
		return nil, refusal(result.Code, result.Codespace, result.Info, result.Log)
	}
	out := Rehearsal{Height: height, Code: result.Code, Codespace: result.Codespace, Signer: participant, Act: act}
	if result.Code != 0 {
		out.ID, out.Message = result.Info, result.Log
		return &body[Rehearsal]{out}, nil
	}
	if tx, err := envelope.Decode(raw); err == nil {
		fate := index.Tx{Results: result.Data}
		for _, m := range tx.Acts {
			fate.Acts = append(fate.Acts, string(m.ProtoReflect().Descriptor().FullName()))
		}
		out.Results = results(&fate)
	}
	tried := index.Block{Txs: [][]byte{raw}, Results: []*abci.ExecTxResult{result}}
	err = index.EachAnnouncement(&tried, func(_ []byte, m proto.Message) error {
		out.Changes = append(out.Changes, Change{string(m.ProtoReflect().Descriptor().FullName()), recordOf(m)})
		return nil
	})
	if err != nil {
		return nil, g.fail(err)
	}
	return &body[Rehearsal]{out}, nil
}
