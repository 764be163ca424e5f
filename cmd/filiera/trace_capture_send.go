package main

import (
	"context"
	"errors"
	"fmt"

	tracev1 "github.com/filiera-chain/filiera/api/trace/v1"
	"github.com/filiera-chain/filiera/client"
	"github.com/filiera-chain/filiera/envelope"
)

// doneBefore gives what a run before this one wrote down of a piece, once the
// ledger confirms that it has the transaction; nil where there is nothing, or
// where the ledger does not know it (it may have been started anew under the
// same name): the piece is sent then.
func (c *capture) doneBefore(log *captureLog, number int) (*pieceDone, error) {
	done, ok := log.done[number]
	if !ok {
		return nil, nil
	}
	node, err := c.client()
	if err != nil {
		return nil, err
	}
	switch _, err := node.Tx(c.ctx, done.Tx); {
	case client.IsNotFound(err):
		return nil, nil
	case err != nil:
		return nil, err
	}
	return &done, nil
}

// deliver signs and sends a piece. The signed bytes are written down before
// they leave: if the answer is lost, the next run sends the same ones, which
// the ledger takes once.
func (c *capture) deliver(log *captureLog, number int, document []byte) (*client.TxResult, error) {
	if raw := log.sent[number]; raw != nil {
		if result, err := c.recall(raw); result != nil || err != nil {
			return result, err
		}
	}
	body, err := c.builder.Body(c.v.GetString("memo"), &tracev1.MsgCapture{Document: document, ErrorBehaviour: c.behaviour})
	if err != nil {
		return nil, err
	}
	raw, err := envelope.Sign(body, c.key)
	if err != nil {
		return nil, err
	}
	if err := log.sending(number, raw); err != nil {
		return nil, err
	}
	return c.send(c.ctx, raw)
}

// recall finds out what became of a transaction whose answer was lost. It gives
// nil where it was refused or can no longer enter: a new one must be signed.
func (c *capture) recall(raw []byte) (*client.TxResult, error) {
	node, err := c.client()
	if err != nil {
		return nil, err
	}
	sum := envelope.Hash(raw)
	hash := fmt.Sprintf("%X", sum[:])
	result, err := node.Tx(c.ctx, hash)
	if client.IsNotFound(err) {
		result, err = c.send(c.ctx, raw)
	} else if err == nil {
		err = result.Err()
	}
	var refusal *client.Problem
	if !errors.As(err, &refusal) || refusal.NodeFault() {
		return result, err
	}
	if refusal.Code != "tx.replayed" {
		return nil, nil
	}
	// A block has it, which the read model does not show yet.
	ctx, stop := context.WithTimeout(c.ctx, c.timeout())
	defer stop()
	if result, err = node.Wait(ctx, hash); err != nil || result.Err() != nil {
		return nil, err
	}
	return result, nil
}
