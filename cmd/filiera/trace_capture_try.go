package main

import (
	"fmt"

	tracev1 "github.com/filiera-chain/filiera/api/trace/v1"
	"github.com/filiera-chain/filiera/client"
	"github.com/filiera-chain/filiera/epcis/split"
)

// rehearseAll lets the ledger try every piece, where there is a node and a key
// that would sign. Pieces do not see one another: an event that two of them have
// counts as new in both.
func (c *capture) rehearseAll(inputs []*captureInput) error {
	if c.v.GetString("chain-id") != "" || c.v.GetString("from") == "" {
		why := "rehearsal.nobody"
		if c.v.GetString("chain-id") != "" {
			why = "rehearsal.offline"
		}
		fmt.Fprintf(c.err, "%s: %s\n", c.t("rehearsal"), c.t(why))
		return nil
	}
	_, address, err := c.signerAddress()
	if err != nil {
		return err
	}
	node, err := c.client()
	if err != nil {
		return err
	}
	if c.builder, err = c.env.builder(c.ctx); err != nil {
		return err
	}
	for _, in := range inputs {
		if in.receipt.Code != "" {
			continue
		}
		err := in.pieces(func(p split.Piece) error {
			receipts, err := c.rehearsePiece(node, address, in, p)
			in.receipt.Events = append(in.receipt.Events, receipts...)
			return err
		})
		if err != nil {
			return err
		}
		in.tried = true
	}
	return nil
}

func (c *capture) rehearsePiece(node *client.Client, address string, in *captureInput, p split.Piece) ([]eventReceipt, error) {
	receipts, document, err := c.withoutFaults(in, p)
	if err != nil || document == nil {
		return receipts, err
	}
	body, err := c.builder.Body("", &tracev1.MsgCapture{Document: document, ErrorBehaviour: c.behaviour})
	if err != nil {
		return nil, err
	}
	r, err := node.Rehearse(c.ctx, body, address)
	if err != nil {
		return nil, err
	}
	if r.Code == 0 {
		return receipts, fill(receipts, &client.TxResult{Results: r.Results})
	}
	message := shiftText(r.Message, p.First)
	for i := range receipts {
		if receipts[i].Outcome == "" {
			receipts[i].refuse(r.ID, message)
		}
	}
	in.receipt.Code, in.receipt.Reason = r.ID, message
	return receipts, nil
}
