package gateway

import (
	"context"
	"encoding/json"

	"github.com/danielgtaylor/huma/v2"

	ledgerv1 "github.com/filiera-chain/filiera/api/ledger/v1"
	"github.com/filiera-chain/filiera/index"
	"github.com/filiera-chain/filiera/module/statekey"
	"github.com/filiera-chain/filiera/verify"
)

func (g *Gateway) registerRoutes() {
	const tag = "Registers"
	huma.Register(g.api, op("listRegisters", "/v1/registers", tag, "Certified public registers", "In order of id."), g.listRegisters)
	huma.Register(g.api, op("getRegister", "/v1/registers/{id}", tag, "One register", "Its size and root; the rows are with the body that keeps it. Unknown: register.not_found."), g.getRegister)
	huma.Register(g.api, op("listAppends", "/v1/registers/{id}/appends", tag, "The appends to a register", "The latest first."), g.listAppends)
	huma.Register(g.api, op("getAppend", "/v1/registers/{id}/appends/{number}", tag, "One append to a register",
		"What the register was after it. With proof, the register's record, this one and, with earlier, that of an append before it: what proofs about rows carry. Unknown: register.not_found."), g.getAppend)
}

type registersIn struct {
	Paging
	Kind   string `query:"kind" doc:"Such as waste"`
	Keeper string `query:"body" doc:"The body that keeps it"`
	Open   bool   `query:"open" doc:"Only those that are not closed"`
}

func (g *Gateway) listRegisters(ctx context.Context, in *registersIn) (*body[List[Record[*ledgerv1.Register]]], error) {
	kind, err := filterWord[ledgerv1.RegisterKind]("kind", in.Kind, ledgerv1.RegisterKind(0).Descriptor())
	if err != nil {
		return nil, err
	}
	l, err := g.c.Index.Registers(ctx, index.RegisterFilter{Kind: kind, Body: in.Keeper, Open: in.Open}, in.page())
	return respond(g, List[Record[*ledgerv1.Register]]{records(l.Items), l.Next}, err)
}

// RegisterPath names a register in a path.
type RegisterPath struct {
	ID string `path:"id" maxLength:"64"`
}

type registerIn struct {
	RegisterPath
	Proof bool `query:"proof" doc:"Add the proof"`
}

// RegisterDetail is a register.
type RegisterDetail struct {
	Height   int64                      `json:"height"`
	Register Record[*ledgerv1.Register] `json:"register"`
	Proof    json.RawMessage            `json:"proof,omitempty" doc:"Asked for: a proof of the form filiera-record/1"`
}

func registerAt(v View, id string) (*ledgerv1.Register, error) {
	r, err := lookUp[ledgerv1.Register](v, statekey.Register(id))
	if err == nil && r == nil {
		err = notFound("register", "no register has the id %q", clip(id))
	}
	return r, err
}

func (g *Gateway) getRegister(ctx context.Context, in *registerIn) (*body[RegisterDetail], error) {
	d := RegisterDetail{}
	err := g.c.Ledger.View(func(v View) error {
		r, err := registerAt(v, in.ID)
		if err != nil {
			return err
		}
		if d.Height, d.Register = v.Height(), record(r); in.Proof {
			d.Proof, err = g.proveIn(ctx, v, statekey.Register(in.ID))
		}
		return err
	})
	return respond(g, d, err)
}

type appendsIn struct {
	Paging
	RegisterPath
}

func (g *Gateway) listAppends(ctx context.Context, in *appendsIn) (*body[List[Record[*ledgerv1.RegisterAppend]]], error) {
	l, err := g.c.Index.RegisterAppends(ctx, in.ID, in.page())
	return respond(g, List[Record[*ledgerv1.RegisterAppend]]{records(l.Items), l.Next}, err)
}

type appendIn struct {
	RegisterPath
	Number  uint64 `path:"number" minimum:"1"`
	Earlier uint64 `query:"earlier" doc:"The number of an append before it, to be proven too"`
	Proof   bool   `query:"proof" doc:"Add the proof"`
}

// AppendDetail is an append to a register.
type AppendDetail struct {
	Height   int64                            `json:"height"`
	Register Record[*ledgerv1.Register]       `json:"register"`
	Append   Record[*ledgerv1.RegisterAppend] `json:"append"`
	Proof    json.RawMessage                  `json:"proof,omitempty" doc:"Asked for: a proof of the form filiera-record/1"`
}

func (g *Gateway) getAppend(ctx context.Context, in *appendIn) (*body[AppendDetail], error) {
	d := AppendDetail{}
	if in.Earlier >= in.Number && in.Earlier != 0 {
		return nil, badRequest("earlier", "append %d is not before append %d", in.Earlier, in.Number)
	}
	err := g.c.Ledger.View(func(v View) error {
		r, err := registerAt(v, in.ID)
		if err != nil {
			return err
		}
		a, err := lookUp[ledgerv1.RegisterAppend](v, statekey.RegisterAppend(in.ID, in.Number))
		if err != nil {
			return err
		}
		if a == nil {
			return notFound("register", "register %q has no append %d; its last one is %d", clip(in.ID), in.Number, r.GetAppends())
		}
		if d.Height, d.Register, d.Append = v.Height(), record(r), record(a); in.Proof {
			d.Proof, err = g.proveIn(ctx, v, verify.RegisterKeys(in.ID, in.Earlier, in.Number)...)
		}
		return err
	})
	return respond(g, d, err)
}
