package gateway

import (
	"bytes"
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"golang.org/x/text/language"

	"github.com/filiera-chain/filiera/verify"
)

// proofWithin bounds the wait for the block that proves the state.
const proofWithin = 15 * time.Second

func (g *Gateway) verifyRoutes() {
	const about = "Judged over the last committed state. A lot typed with the Italian L, or without the L that the ledger has, is found " +
		"as well; asked_lot then shows what was asked. A batch that is not registered answers 200 with the verdict unknown. " +
		"With proof=true, proof is a bundle that filiera verify --bundle checks offline: every record that the answer rests on, " +
		"complete lists, header, commit and validators."
	huma.Register(g.api, op("verifyBatch", "/v1/verify/01/{gtin}/10/{lot}", "Verify", "The verdict on a batch and everything behind it", about),
		func(ctx context.Context, in *VerifyIn) (*body[Verification], error) {
			a, err := g.verify(ctx, in, verify.Item{})
			return respond(g, a, err)
		})
	huma.Register(g.api, op("verifyItem", "/v1/verify/01/{gtin}/10/{lot}/21/{serial}", "Verify", "The verdict on the batch of one item",
		about+" unit tells what is known of the item, where the batch has serial numbers committed: that it is one of them, with unit_proof as its label "+
			"brings it, or by the tree files that this node keeps; that it is void; when and how often the code under its cap was revealed."),
		func(ctx context.Context, in *verifyItemIn) (*body[Verification], error) {
			if err := serial(in.Serial); err != nil {
				return nil, err
			}
			a, err := g.verify(ctx, &in.VerifyIn, verify.Item{Serial: in.Serial, Proof: in.UnitProof})
			a.Serial = in.Serial
			return respond(g, a, err)
		})
}

// VerifyIn asks for a verdict.
type VerifyIn struct {
	BatchPath
	Proof    bool   `query:"proof" doc:"Add the bundle that proves the answer"`
	Lang     string `query:"lang" enum:"it,en" doc:"Language of the sentences; without it, Accept-Language, else Italian"`
	Depth    int    `query:"depth" minimum:"0" maximum:"8" default:"1" doc:"How many steps back inputs go; a proven answer has 1"`
	Accepted string `header:"Accept-Language"`
}

type verifyItemIn struct {
	VerifyIn
	Serial    string `path:"serial" doc:"Serial number, GS1 AI (21)"`
	UnitProof string `query:"unit_proof" maxLength:"65536" doc:"What came with the serial number: see docs/users/units.md"`
}

// Verification is the verify answer.
type Verification struct {
	*verify.Answer
	AskedLot string `json:"asked_lot,omitempty" doc:"The lot as asked, where another spelling of it was found"`
	Serial   string `json:"serial,omitempty" doc:"The serial number as asked"`
}

var languages = language.NewMatcher([]language.Tag{language.Italian, language.English})

// lang is the language of the sentences.
func (in *VerifyIn) lang() string {
	if in.Lang != "" {
		return in.Lang
	}
	if tags, _, err := language.ParseAcceptLanguage(in.Accepted); err == nil {
		if _, i, confidence := languages.Match(tags...); i == 1 && confidence > language.No {
			return "en"
		}
	}
	return "it"
}

func (g *Gateway) verify(ctx context.Context, in *VerifyIn, item verify.Item) (out Verification, err error) {
	id, err := gtin(in.GTIN)
	if err != nil {
		return out, err
	}
	candidates, err := lots(in.Lot)
	if err != nil {
		return out, err
	}
	if in.Proof && in.Depth != 1 {
		return out, badRequest("depth", "depth is %d; a proven answer has inputs one step deep: leave depth out", in.Depth)
	}
	err = g.c.Ledger.View(func(v View) error {
		if err := needBlock(v); err != nil {
			return err
		}
		lot, found, err := findLot(v, id, candidates)
		if err != nil {
			return err
		}
		if !found {
			lot = exact(in.Lot, candidates)
		}
		item = g.item(v, id, lot, item)
		if in.Proof {
			out.Answer, err = g.proven(ctx, v, id, lot, item, in.lang())
		} else {
			out.Answer, err = g.judged(ctx, v, id, lot, item, in)
		}
		return err
	})
	if errors.Is(err, verify.ErrTooMuch) {
		err = problem(http.StatusUnprocessableEntity, "verify.too_much", "%v", err)
	}
	if errors.Is(err, verify.ErrItem) {
		err = badRequest("unit_proof", "%v", err)
	}
	if err == nil && out.Lot != in.Lot {
		out.AskedLot = in.Lot
	}
	return out, err
}

// exact is what is said not to exist: the lot as typed, if it is one.
func exact(typed string, candidates []string) string {
	for _, c := range candidates {
		if c == typed {
			return c
		}
	}
	return candidates[0]
}

// judged is the answer without a proof, at the time of the last block.
func (g *Gateway) judged(ctx context.Context, v View, id, lot string, item verify.Item, in *VerifyIn) (*verify.Answer, error) {
	records, err := verify.GatherItem(verify.Live(v), id, lot, item, in.Depth)
	if err != nil {
		return nil, err
	}
	at, err := g.blockTime(ctx, v.Height())
	if err != nil {
		return nil, err
	}
	l := verify.Ledger{ChainID: g.c.Ledger.ChainID(), Height: v.Height(), Time: at, AppHash: v.AppHash()}
	return verify.Judge(records, l, in.lang()), nil
}

// blockTime is when a block was made; the last one asked for is remembered.
func (g *Gateway) blockTime(ctx context.Context, height int64) (time.Time, error) {
	if last := g.lastTime.Load(); last != nil && last.height == height {
		return last.at, nil
	}
	h, _, err := g.c.Engine.SignedHeader(ctx, height)
	if err != nil {
		return time.Time{}, err
	}
	if h == nil {
		return time.Time{}, problem(http.StatusServiceUnavailable, "node.catching_up", "the header of block %d is not there yet; ask again", height)
	}
	g.lastTime.Store(&heightTime{height, h.Time})
	return h.Time, nil
}

type heightTime struct {
	height int64
	at     time.Time
}

// proven is the answer with the bundle that proves it. The view stays what it
// is while the next block is waited for.
func (g *Gateway) proven(ctx context.Context, v View, id, lot string, item verify.Item, lang string) (*verify.Answer, error) {
	header, err := g.provingHeader(ctx, v)
	if err != nil {
		return nil, err
	}
	records, bundle, err := verify.ProveItem(verify.Live(v), id, lot, item, v, *header)
	if err != nil {
		return nil, err
	}
	a := verify.Judge(records, verify.LedgerOf(header.Header), lang)
	a.Proof, err = bundle.Encode()
	return a, err
}

// provingHeader gives a signed header that carries the view's root: that of the
// next block, or, on an idle chain, that of the last one if it changed nothing.
func (g *Gateway) provingHeader(ctx context.Context, v View) (*verify.SignedHeader, error) {
	next := v.Height() + 1
	g.proving.Add(1)
	defer g.proving.Add(-1)
	ctx, cancel := context.WithTimeout(ctx, g.proofWithin)
	defer cancel()
	for {
		for _, height := range []int64{next, next - 1} {
			h, vals, err := g.c.Engine.SignedHeader(ctx, height)
			if err != nil {
				return nil, err
			}
			if h != nil && bytes.Equal(h.AppHash, v.AppHash()) {
				return &verify.SignedHeader{Header: h.Header, Commit: h.Commit, Validators: vals}, nil
			}
		}
		if err := g.nextBlock(ctx, next); err != nil {
			return nil, problem(http.StatusServiceUnavailable, "proof.not_yet",
				"the block that proves the state of height %d is not signed yet; ask again", v.Height())
		}
	}
}

// nextBlock waits for a block, but looks again from time to time: the read
// model may be behind the chain.
func (g *Gateway) nextBlock(ctx context.Context, height int64) error {
	short, cancel := context.WithTimeout(ctx, 200*time.Millisecond)
	defer cancel()
	if g.c.Projector.Status().Height >= height {
		<-short.Done() // the block is there, its commit is still on its way
	} else {
		_ = g.c.Projector.WaitHeight(short, height)
	}
	return ctx.Err()
}
