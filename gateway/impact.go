package gateway

import (
	"context"
	"encoding/hex"
	"errors"
	"net/http"
	"sort"
	"strconv"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"google.golang.org/protobuf/proto"

	basev1 "github.com/filiera-chain/filiera/api/base/v1"
	certv1 "github.com/filiera-chain/filiera/api/cert/v1"
	productv1 "github.com/filiera-chain/filiera/api/product/v1"
	tracev1 "github.com/filiera-chain/filiera/api/trace/v1"
	"github.com/filiera-chain/filiera/module/statekey"
	"github.com/filiera-chain/filiera/verify"
)

// maxImpact bounds how many batches a preview follows.
const maxImpact = 5000

// Impact is what a suspension of a certificate would touch.
type Impact struct {
	Attestation string `json:"attestation"`
	State       string `json:"state" doc:"The last line of its history"`
	Height      int64  `json:"height" doc:"Of the state looked at"`
	Total       int    `json:"total" doc:"Batches touched"`
	Truncated   bool   `json:"truncated" doc:"There are more than are followed"`
	// Custodians hold some of the batches, in order of id.
	Custodians    []string      `json:"custodians" doc:"Participants that hold some of the batches of this part"`
	Items         []ImpactBatch `json:"items"`
	NextPageToken string        `json:"next_page_token" doc:"Asks for what follows; empty at the end"`
}

// ImpactBatch is a batch that a suspension would touch.
type ImpactBatch struct {
	GTIN       string         `json:"gtin"`
	Lot        string         `json:"lot"`
	Depth      int            `json:"depth" doc:"0 for a batch that the certificate covers, else the transformations between"`
	Event      string         `json:"event,omitempty" doc:"The transformation that led to it"`
	Registered bool           `json:"registered"`
	Product    string         `json:"product,omitempty" doc:"Name of the product"`
	Owner      string         `json:"owner,omitempty"`
	Custodian  string         `json:"custodian,omitempty" doc:"Who holds it now"`
	Status     string         `json:"status,omitempty"`
	Before     verify.Verdict `json:"verdict_before"`
	After      verify.Verdict `json:"verdict_after" doc:"If the certificate were suspended now"`
}

type impactIn struct {
	ID        string `path:"id" maxLength:"200" doc:"The record's id"`
	Limit     int    `query:"limit" minimum:"1" maximum:"100" default:"50" doc:"The most items to answer"`
	PageToken string `query:"page_token" maxLength:"20" doc:"next_page_token of the part before"`
}

func (g *Gateway) impactRoutes() {
	huma.Register(g.api, op("getImpact", "/v1/attestations/{id}/impact", "Attestations", "What a suspension would touch",
		"The batches that it covers and what was made of them, nearest first, with who holds each and the verdict before and after. "+
			"Unknown: attestation.not_found."), g.getImpact)
}

func (g *Gateway) getImpact(ctx context.Context, in *impactIn) (*body[Impact], error) {
	from, err := strconv.Atoi(in.PageToken)
	if in.PageToken == "" {
		from, err = 0, nil
	}
	if err != nil || from < 0 || from > maxImpact {
		return nil, badRequest("page_token", "the page token is %q, which this list does not give", clip(in.PageToken))
	}
	var out Impact
	err = g.c.Ledger.View(func(v View) error {
		if err := needBlock(v); err != nil {
			return err
		}
		a, err := lookUp[certv1.Attestation](v, statekey.Attestation(in.ID))
		if err != nil {
			return err
		}
		if a == nil {
			return notFound("attestation", "there is no attestation %q", clip(in.ID))
		}
		at, err := g.blockTime(ctx, v.Height())
		if err != nil {
			return err
		}
		p := &preview{v: v, a: a, at: verify.Ledger{ChainID: g.c.Ledger.ChainID(), Height: v.Height(), Time: at, AppHash: v.AppHash()}}
		out, err = p.part(ctx, from, in.Limit)
		return err
	})
	if errors.Is(err, verify.ErrTooMuch) {
		err = problem(http.StatusUnprocessableEntity, "verify.too_much", "%v", err)
	}
	return respond(g, out, err)
}

// preview works out what suspending a would touch, in one state.
type preview struct {
	v  View
	a  *certv1.Attestation
	at verify.Ledger
}

// touched is a batch on the way down.
type touched struct {
	gtin, lot string
	depth     int
	event     []byte
}

func (p *preview) part(ctx context.Context, from, limit int) (Impact, error) {
	all, truncated, err := p.follow(ctx)
	out := Impact{
		Attestation: p.a.GetId(), State: p.a.GetHistory()[len(p.a.GetHistory())-1].GetStatus(), Height: p.v.Height(),
		Total: len(all), Truncated: truncated, Items: []ImpactBatch{}, Custodians: []string{},
	}
	if err != nil || from >= len(all) {
		return out, err
	}
	holders := map[string]bool{}
	for _, t := range all[from:min(from+limit, len(all))] {
		if err := ctx.Err(); err != nil {
			return out, err
		}
		b, err := p.show(t)
		if err != nil {
			return out, err
		}
		out.Items = append(out.Items, b)
		if b.Custodian != "" && !holders[b.Custodian] {
			holders[b.Custodian] = true
			out.Custodians = append(out.Custodians, b.Custodian)
		}
	}
	sort.Strings(out.Custodians)
	if from+limit < len(all) {
		out.NextPageToken = strconv.Itoa(from + limit)
	}
	return out, nil
}

// follow lists the batches covered and all that was made of them, nearest first
// and then by name, each once: goods may return into what they were made of.
func (p *preview) follow(ctx context.Context) (all []touched, truncated bool, err error) {
	seen := map[[2]string]bool{}
	var level []touched
	for _, b := range p.a.GetBatches() {
		level = append(level, touched{gtin: b.GetBatch().GetGtin(), lot: b.GetBatch().GetLot()})
	}
	for len(level) > 0 {
		sort.Slice(level, func(i, j int) bool {
			return level[i].gtin < level[j].gtin || level[i].gtin == level[j].gtin && level[i].lot < level[j].lot
		})
		var next []touched
		for _, t := range level {
			k := [2]string{t.gtin, t.lot}
			if seen[k] {
				continue
			}
			if len(all) >= maxImpact {
				return all, true, nil
			}
			if err := ctx.Err(); err != nil {
				return nil, false, err
			}
			seen[k] = true
			all = append(all, t)
			made, err := p.madeOf(t)
			if err != nil {
				return nil, false, err
			}
			next = append(next, made...)
		}
		level = next
	}
	return all, false, nil
}

// madeOf lists what transformations made of a batch, as its journey tells or,
// for a lot that is known by its code only, as anybody told. One that was
// declared wrong did not happen.
func (p *preview) madeOf(t touched) ([]touched, error) {
	start, end := statekey.JourneyOf(t.gtin, t.lot)
	journey, err := p.madeIn(t, start, end)
	if err != nil {
		return nil, err
	}
	start, end = statekey.OutsideOfAny(t.gtin, t.lot)
	outside, err := p.madeIn(t, start, end)
	return append(journey, outside...), err
}

const eventIDLen = 32

func (p *preview) madeIn(t touched, start, end []byte) ([]touched, error) {
	it, err := p.v.Iterator(start, end)
	if err != nil {
		return nil, err
	}
	defer it.Close() //nolint:errcheck // it only reads
	var out []touched
	for n := 0; it.Valid() && n < verify.MaxEvents; it.Next() {
		n++
		if len(it.Key()) < len(start)+8+eventIDLen {
			continue
		}
		e, err := lookUp[tracev1.Event](p.v, statekey.Event(it.Key()[len(it.Key())-eventIDLen:]))
		if err != nil {
			return nil, err
		}
		if len(e.GetDeclarations()) > 0 || !consumes(e, t) {
			continue
		}
		for _, b := range e.GetBatches() {
			if b.GetPart() == tracev1.Part_PART_OUTPUT && b.GetBatch().GetLot() != "" {
				out = append(out, touched{b.GetBatch().GetGtin(), b.GetBatch().GetLot(), t.depth + 1, e.GetId()})
			}
		}
	}
	return out, it.Error()
}

func consumes(e *tracev1.Event, t touched) bool {
	for _, b := range e.GetBatches() {
		if b.GetPart() == tracev1.Part_PART_INPUT && b.GetBatch().GetGtin() == t.gtin && b.GetBatch().GetLot() == t.lot {
			return true
		}
	}
	return false
}

// show judges a batch twice: as things stand, and with the certificate
// suspended.
func (p *preview) show(t touched) (ImpactBatch, error) {
	out := ImpactBatch{GTIN: t.gtin, Lot: t.lot, Depth: t.depth, Event: hex.EncodeToString(t.event)}
	r, err := verify.Gather(verify.Live(p.v), t.gtin, t.lot)
	if err != nil {
		return out, err
	}
	out.Before = verify.Judge(r, p.at, "en").Verdict
	for i, a := range r.Attestations {
		if a.GetId() == p.a.GetId() {
			r.Attestations[i] = suspendedNow(a, p.at.Time)
		}
	}
	out.After = verify.Judge(r, p.at, "en").Verdict
	if r.Product != nil {
		out.Product = r.Product.GetName()
	}
	if b := r.Batch; b != nil {
		out.Registered, out.Owner, out.Custodian = true, b.GetOwner(), b.GetCustodian()
		out.Status = word(productv1.BatchStatus(0).Descriptor(), b.GetStatus().Number())
	}
	return out, nil
}

// suspendedNow is what a would be if it were in force and were suspended.
func suspendedNow(a *certv1.Attestation, at time.Time) *certv1.Attestation {
	switch a.GetHistory()[len(a.GetHistory())-1].GetStatus() {
	case "issued", "reinstated", "reduced":
	default:
		return a
	}
	c := proto.CloneOf(a)
	c.History = append(c.History, &basev1.StatusLine{Status: "suspended", Actor: a.GetCertifier(), At: at.Unix()})
	return c
}
