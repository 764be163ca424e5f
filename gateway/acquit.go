package gateway

import (
	"context"
	"crypto/ecdsa"
	"errors"
	"fmt"
	"net/http"
	"time"

	"google.golang.org/protobuf/proto"

	basev1 "github.com/filiera-chain/filiera/api/base/v1"
	txv1 "github.com/filiera-chain/filiera/api/tx/v1"
	unitv1 "github.com/filiera-chain/filiera/api/unit/v1"
	"github.com/filiera-chain/filiera/client"
	"github.com/filiera-chain/filiera/envelope"
	"github.com/filiera-chain/filiera/gs1"
	"github.com/filiera-chain/filiera/module/statekey"
	"github.com/filiera-chain/filiera/units"
)

const (
	acquitRoute     = "POST /v1/units/acquit"
	acquitPageRoute = "POST /units/acquit"
	maxAcquitBody   = 16 << 10
	// acquitsAtOnce bounds the reveals under way; acquitTries how often one is sent
	// that another overtook.
	acquitsAtOnce = 32
	acquitTries   = 4
	acquitWithin  = 25 * time.Second
)

// acquitLimits bound the reveals of one address: who opens a case of bottles is
// let through, who guesses codes is not.
func acquitLimits(l Limits) Limits {
	l.ReadsPerSecond, l.Burst = 0.1, 12
	return l
}

// Relay carries reveals to the ledger in the name of the node's operator.
type Relay struct {
	Key     *ecdsa.PrivateKey
	Builder *client.Builder
}

type acquitIn struct {
	Body struct {
		GTIN   string `json:"gtin" maxLength:"14" doc:"GTIN of 8, 12, 13 or 14 digits"`
		Lot    string `json:"lot" maxLength:"200"`
		Serial string `json:"serial" maxLength:"20"`
		Code   string `json:"code" maxLength:"64" doc:"The code under the cap, as it was typed"`
		Proof  string `json:"unit_proof,omitempty" maxLength:"2048" doc:"What came with the serial number; may be left out where this node keeps the tree file"`
	}
}

// Acquittal is what the ledger now says of the code.
type Acquittal struct {
	GTIN        string    `json:"gtin"`
	Lot         string    `json:"lot"`
	Serial      string    `json:"serial"`
	Already     bool      `json:"already" doc:"The code had been revealed before"`
	Void        bool      `json:"void" doc:"The item is void"`
	Reveals     uint32    `json:"reveals" doc:"How often the code was revealed by now"`
	AcquittedAt time.Time `json:"acquitted_at" doc:"When first"`
	Hash        string    `json:"hash,omitempty" doc:"The transaction; none where no further reveal is counted"`
	Height      int64     `json:"height,omitempty"`
}

func (g *Gateway) acquitUnit(ctx context.Context, in *acquitIn) (*body[Acquittal], error) {
	b := in.Body
	a, err := g.acquit(ctx, BatchPath{b.GTIN, b.Lot}, b.Serial, b.Code, b.Proof)
	return respond(g, a, err)
}

// reveal is an item whose code somebody knows.
type reveal struct {
	gtin, lot, serial string
	code              units.Code
	id                units.ID
	proof             *units.Presence
}

// acquit checks a code here, and records its reveal there.
func (g *Gateway) acquit(ctx context.Context, path BatchPath, serialNumber, code, shown string) (a Acquittal, err error) {
	if g.c.Relay == nil {
		return a, problem(http.StatusNotImplemented, "unit.no_relay", "this node carries no reveals to the ledger; ask on the producer's page, or with filiera unit acquit")
	}
	if err := serial(serialNumber); err != nil {
		return a, err
	}
	r := reveal{serial: serialNumber}
	if r.code, err = units.ParseCode(code); err != nil {
		return a, badRequest("code", "%v", err)
	}
	select {
	case g.acquitSlots <- struct{}{}:
		defer func() { <-g.acquitSlots }()
	default:
		return a, problem(http.StatusServiceUnavailable, "gateway.busy", "too many codes are being revealed; try again in a minute")
	}
	ctx, cancel := context.WithTimeout(ctx, acquitWithin)
	defer cancel()
	for range acquitTries {
		before, err := g.revealable(path, shown, &r)
		if err != nil {
			return a, err
		}
		if before.GetReveals() >= units.Reveals {
			return known(&r, before), nil
		}
		a, err = g.relay(ctx, &r, int(before.GetReveals())+1)
		var p *Problem
		if errors.As(err, &p) && p.Code == "unit.reveal_repeated" {
			continue // another reveal came first
		}
		return a, err
	}
	return a, problem(http.StatusServiceUnavailable, "gateway.busy", "the code is being revealed elsewhere at the same time; try again")
}

// known is the answer where nothing more is recorded.
func known(r *reveal, u *unitv1.Unit) Acquittal {
	return Acquittal{
		GTIN: r.gtin, Lot: r.lot, Serial: r.serial, Already: true, Void: u.GetVoiding() != 0 || u.GetVoidWhenAcquitted(), Reveals: u.GetReveals(),
		AcquittedAt: time.Unix(u.GetAcquittedAt(), 0).UTC(),
	}
}

// revealable finds the item, checks that the code is its own, and gives what
// happened to it.
func (g *Gateway) revealable(path BatchPath, shown string, r *reveal) (u *unitv1.Unit, err error) {
	err = g.c.Ledger.View(func(v View) error {
		b, err := typedBatch(v, path)
		if err != nil {
			return err
		}
		r.gtin, r.lot, r.id = b.GetGtin(), b.GetLot(), units.IDOf(b.GetGtin(), b.GetLot(), r.serial)
		e, err := g.evidence(v, r, shown)
		if err != nil {
			return err
		}
		if e.Presence == nil {
			return problem(http.StatusUnprocessableEntity, "unit.unknown", "the serial number %s is none of lot %s", r.serial, r.lot)
		}
		r.proof = e.Presence
		run, err := lookUp[unitv1.Run](v, statekey.UnitRun(r.gtin, r.lot, r.proof.Run))
		if err != nil {
			return err
		}
		if run == nil {
			return problem(http.StatusUnprocessableEntity, "unit.unknown_run", "lot %s has no run %d", r.lot, r.proof.Run)
		}
		if err := r.proof.Check(r.id, units.Hash(run.GetRoot()), run.GetCount()); err != nil {
			return problem(http.StatusUnprocessableEntity, "unit.bad_proof", "%v", err)
		}
		if units.TokenOf(r.id, r.code, 0) != r.proof.Tip {
			return problem(http.StatusUnprocessableEntity, "unit.wrong_code", "the code is not that of this item; type it as it stands under the cap")
		}
		u, err = lookUp[unitv1.Unit](v, statekey.Unit(r.gtin, r.lot, r.proof.Run, r.proof.Index))
		return err
	})
	return u, err
}

// evidence is what was shown, or what this node can show.
func (g *Gateway) evidence(v View, r *reveal, shown string) (*units.Evidence, error) {
	if shown != "" {
		e, err := units.Parse(shown)
		if err != nil {
			return nil, badRequest("unit_proof", "%v", err)
		}
		return e, nil
	}
	e, err := g.shown(v, r.gtin, r.lot, r.serial)
	if err == nil && e == nil {
		err = problem(http.StatusUnprocessableEntity, "unit.no_tree", "this node cannot tell the items of lot %s apart; follow the code on the label, which brings the proof", r.lot)
	}
	return e, err
}

// relay records the nth reveal and waits for the ledger's word.
func (g *Gateway) relay(ctx context.Context, r *reveal, n int) (a Acquittal, err error) {
	token := units.TokenOf(r.id, r.code, n)
	raw, err := g.c.Relay.Builder.Sign(g.c.Relay.Key, &unitv1.MsgAcquitUnit{
		Batch: &basev1.BatchID{Gtin: r.gtin, Lot: r.lot}, Serial: r.serial, Proof: r.proof.Bytes(), Token: token[:],
	})
	if err != nil {
		return a, err
	}
	if _, err := g.sendTx(ctx, &sendIn{RawBody: raw}); err != nil {
		return a, err
	}
	tx, err := g.wait(ctx, envelope.Hash(raw), acquitWithin)
	if err != nil {
		return a, err
	}
	if tx.Code != 0 {
		return a, refusal(tx.Code, tx.Codespace, tx.ID, tx.Message)
	}
	out, err := acquitResult(tx.Results)
	if err != nil {
		return a, err
	}
	return Acquittal{
		GTIN: r.gtin, Lot: r.lot, Serial: r.serial, Already: out.GetReveals() > 1, Void: out.GetVoid(), Reveals: out.GetReveals(),
		AcquittedAt: time.Unix(out.GetAcquittedAt(), 0).UTC(), Hash: upperHex(tx.Hash), Height: tx.Height,
	}, nil
}

// acquitResult reads what the one act of a transaction answered.
func acquitResult(raw []byte) (*unitv1.AcquitUnitResult, error) {
	var r txv1.TxResult
	if err := proto.Unmarshal(raw, &r); err != nil {
		return nil, err
	}
	if len(r.GetResults()) != 1 {
		return nil, errors.New("gateway: a reveal has no result")
	}
	out := new(unitv1.AcquitUnitResult)
	return out, proto.Unmarshal(r.GetResults()[0], out)
}

// acquitPage takes the form of an item's page, and shows the page with the answer.
func (g *Gateway) acquitPage(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, maxAcquitBody)
	if err := r.ParseForm(); err != nil {
		badRequest("form", "the form cannot be read: %v", err).write(w)
		return
	}
	f := r.PostForm
	words := pageWords["it"]
	if f.Get("lang") == "en" {
		words = pageWords["en"]
	}
	p := &linkPage{W: words, Tone: "bad"}
	a, err := g.acquit(r.Context(), BatchPath{f.Get("gtin"), f.Get("lot")}, f.Get("serial"), f.Get("code"), f.Get("unit_proof"))
	var refused *Problem
	switch {
	case errors.As(g.fail(err), &refused) && err != nil:
		p.status, p.Headline, p.Text = refused.Status, words["code.failed"], refused.Detail
		if text := words["problem."+refused.Code]; text != "" {
			p.Text = text
		}
	case a.Void:
		p.Headline, p.Text = words["code.void"], words["code.void.text"]
	case a.Already:
		p.Headline, p.Text = words["code.again"], fmt.Sprintf(words["code.again.text"], a.Reveals, a.AcquittedAt.Format("2006-01-02 15:04 UTC"))
	default:
		p.Tone, p.Headline, p.Text = "good", words["code.first"], words["code.first.text"]
	}
	if err == nil {
		p.fact("gtin", a.GTIN)
		p.fact("lot", a.Lot)
		p.fact("serial", a.Serial)
		p.Record = "/v1/verify" + gs1.Elements{{AI: "01", Value: a.GTIN}, {AI: "10", Value: a.Lot}, {AI: "21", Value: a.Serial}}.PathString()
	}
	g.render(w, p)
}
