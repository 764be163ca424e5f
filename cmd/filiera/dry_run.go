package main

import (
	"context"
	"strings"

	txv1 "github.com/filiera-chain/filiera/api/tx/v1"
	"github.com/filiera-chain/filiera/client"
	"github.com/filiera-chain/filiera/envelope"
)

// dryRun shows a transaction and what the ledger would make of it. The ledger is
// asked where that is possible: with a node, and with a key that would sign.
// What is sent for that is not signed.
func (e *env) dryRun(ctx context.Context, body *txv1.TxBody) error {
	data, err := protoJSON(body)
	if err != nil {
		return err
	}
	r, why, err := e.rehearse(ctx, body)
	if err != nil {
		return err
	}
	out := map[string]any{"dry_run": true, "body": data}
	if r != nil {
		out["rehearsal"] = r
	}
	err = e.print(out, func(t *table) {
		t.line(e.t("dry.run"), e.t("nothing.sent"))
		t.line(e.t("chain.id"), body.GetChainId())
		for _, a := range body.GetActs() {
			m := envelope.Message(a)
			text, err := protoJSON(m)
			if err != nil {
				text = []byte(err.Error())
			}
			t.line(string(m.ProtoReflect().Descriptor().Name()), string(text))
		}
		if r == nil {
			t.line(e.t("rehearsal"), why)
			return
		}
		e.drawRehearsal(t, r)
	})
	if err != nil || r == nil {
		return err
	}
	return r.Err()
}

// rehearse asks the ledger; where it cannot, it gives nil and says why.
func (e *env) rehearse(ctx context.Context, body *txv1.TxBody) (r *client.Rehearsal, why string, err error) {
	if e.v.GetString("chain-id") != "" {
		return nil, e.t("rehearsal.offline"), nil
	}
	if e.v.GetString("from") == "" {
		return nil, e.t("rehearsal.nobody"), nil
	}
	_, address, err := e.signerAddress()
	if err != nil {
		return nil, "", err
	}
	c, err := e.client()
	if err != nil {
		return nil, "", err
	}
	r, err = c.Rehearse(ctx, body, address)
	return r, "", err
}

func (e *env) drawRehearsal(t *table, r *client.Rehearsal) {
	t.line(e.t("rehearsal"), e.t("rehearsal.at", r.Height, r.Signer))
	if r.Code != 0 {
		t.line(e.t("tx.state"), e.t("rehearsal.refused"))
		return
	}
	t.line(e.t("tx.state"), e.t("rehearsal.done"))
	for _, c := range r.Changes {
		t.line(e.t("rehearsal.change"), strings.TrimPrefix(c.Type, "filiera."))
	}
}
