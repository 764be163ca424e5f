package gateway

import (
	"context"
	"encoding/hex"
	"errors"
	"log/slog"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/filiera-chain/filiera/private"
)

// The mailbox passes sealed packages from who committed to a field to who is
// entitled to it. Entitlement is asked of the state at every step, so that a
// grant that ended, a field that was erased and a participant that was suspended
// count at once; whatever cannot be found out counts as no.
func (g *Gateway) mailboxRoutes() {
	signed := huma.Middlewares{g.limited, g.claimed}
	route := func(method, path, id, summary, about string) huma.Operation {
		return huma.Operation{OperationID: id, Method: method, Path: path, Tags: []string{"Privacy"}, Summary: summary, Description: about, Middlewares: signed}
	}
	send := route(http.MethodPost, "/v1/data/packages", "sendPackage", "Leave a sealed package for its recipient",
		"Signed by who committed to the field; the recipient must be entitled to it. Off unless the node keeps a mailbox.")
	send.MaxBodyBytes, send.BodyReadTimeout, send.DefaultStatus = private.MaxPackage+1, time.Minute, http.StatusCreated
	send.SkipValidateBody = true // the package has one form, which its own reader knows
	huma.Register(g.api, send, g.sendPackage)
	huma.Register(g.api, route(http.MethodGet, "/v1/data/packages", "listPackages", "What waits for the signer", "Signed. Oldest first."), g.listPackages)
	huma.Register(g.api, route(http.MethodGet, "/v1/data/packages/{id}", "getPackage", "Take a sealed package", "Signed by its recipient, who must be entitled to the field now."), g.getPackage)
	remove := route(http.MethodDelete, "/v1/data/packages/{id}", "removePackage", "Remove a package that was taken", "Signed by its recipient.")
	remove.DefaultStatus = http.StatusNoContent
	huma.Register(g.api, remove, g.removePackage)
}

func (g *Gateway) mailbox() (*private.Mailbox, error) {
	if g.c.Mailbox == nil {
		return nil, problem(http.StatusNotFound, "mailbox.off", "this node keeps no mailbox; hand the package over as a file, or ask a node that was started with --mailbox")
	}
	return g.c.Mailbox, nil
}

// audit writes who did what with which field: never a value, never a package.
func (g *Gateway) audit(what, who string, h private.Header, err error) {
	outcome := "done"
	if p := new(Problem); errors.As(err, &p) {
		outcome = p.Code
	} else if err != nil {
		outcome = "failed"
	}
	g.c.Audit.Info(what, slog.String("participant", who), slog.String("commitment", h.Commitment), slog.String("field", h.Field),
		slog.String("from", h.From), slog.String("to", h.To), slog.String("outcome", outcome))
}

// PackageInfo is a package that waits.
type PackageInfo struct {
	ID         string    `json:"id" doc:"SHA-256 of the package, 64 hex digits"`
	Commitment string    `json:"commitment"`
	Field      string    `json:"field"`
	From       string    `json:"from"`
	To         string    `json:"to"`
	Size       int64     `json:"size" doc:"Bytes"`
	At         time.Time `json:"at" doc:"When it was left here"`
}

func infoOf(w *private.Waiting) PackageInfo {
	return PackageInfo{w.ID, w.Commitment, w.Field, w.From, w.To, w.Size, w.At.UTC()}
}

type packageIn struct {
	RawBody []byte `contentType:"application/json"`
}

func (g *Gateway) sendPackage(ctx context.Context, in *packageIn) (*body[PackageInfo], error) {
	box, err := g.mailbox()
	if err != nil {
		return nil, err
	}
	who, err := g.signer(ctx, in.RawBody)
	if err != nil {
		return nil, g.fail(err)
	}
	p, err := private.DecodePackage(in.RawBody)
	if err != nil {
		return nil, badRequest("package", "%v", err)
	}
	w, err := g.leave(box, who, p)
	g.audit("package left", who, p.Header, err)
	if err != nil {
		return nil, g.fail(err)
	}
	return &body[PackageInfo]{infoOf(w)}, nil
}

func (g *Gateway) leave(box *private.Mailbox, who string, p *private.Package) (*private.Waiting, error) {
	if p.ChainID != g.c.Ledger.ChainID() {
		return nil, badRequest("package", "the package is of the ledger %q; this one is %q", clip(p.ChainID), g.c.Ledger.ChainID())
	}
	id, err := hex.DecodeString(p.Commitment)
	if err != nil {
		return nil, badRequest("package", "the commitment is %q", clip(p.Commitment))
	}
	whole, err := g.c.Privacy.Whole(id)
	if err != nil {
		return nil, g.refused(err)
	}
	if owner := whole.GetCommitment().GetParticipant(); owner != who || p.From != who {
		return nil, problem(http.StatusForbidden, "privacy.not_allowed", "the field is of %s; only it leaves packages of it, and the request is signed by %s", owner, who)
	}
	if _, err := g.c.Privacy.Entitled(p.To, id, p.Field); err != nil {
		return nil, g.refused(err)
	}
	w, err := box.Put(p)
	if errors.Is(err, private.ErrFull) {
		err = problem(http.StatusInsufficientStorage, "mailbox.full", "%v", err)
	}
	return w, err
}

// Packages are those that wait.
type Packages struct {
	Items []PackageInfo `json:"items"`
}

func (g *Gateway) listPackages(ctx context.Context, _ *struct{}) (*body[Packages], error) {
	box, err := g.mailbox()
	if err != nil {
		return nil, err
	}
	who, err := g.signer(ctx, nil)
	if err != nil {
		return nil, g.fail(err)
	}
	out := Packages{Items: []PackageInfo{}}
	for _, w := range box.For(who) {
		out.Items = append(out.Items, infoOf(w))
	}
	return &body[Packages]{out}, nil
}

type packageIDIn struct {
	ID string `path:"id" doc:"SHA-256 of the package, 64 hex digits"`
}

// find looks for a package of the signer. Another's is not there.
func (g *Gateway) find(ctx context.Context, id string) (*private.Mailbox, *private.Waiting, string, error) {
	box, err := g.mailbox()
	if err != nil {
		return nil, nil, "", err
	}
	who, err := g.signer(ctx, nil)
	if err != nil {
		return nil, nil, "", g.fail(err)
	}
	w, err := box.Find(who, id)
	if err != nil {
		err = notFound("package", "no package %q waits for %s", clip(id), who)
	}
	return box, w, who, err
}

type rawPackage struct {
	ContentType string `header:"Content-Type"`
	Body        []byte
}

func (g *Gateway) getPackage(ctx context.Context, in *packageIDIn) (*rawPackage, error) {
	box, w, who, err := g.find(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	raw, err := g.take(box, w, who)
	g.audit("package taken", who, w.Header, err)
	if err != nil {
		return nil, g.fail(err)
	}
	return &rawPackage{"application/json", raw}, nil
}

func (g *Gateway) take(box *private.Mailbox, w *private.Waiting, who string) ([]byte, error) {
	id, err := hex.DecodeString(w.Commitment)
	if err != nil {
		return nil, err
	}
	if _, err := g.c.Privacy.Entitled(who, id, w.Field); err != nil {
		return nil, g.refused(err)
	}
	return box.Read(w)
}

func (g *Gateway) removePackage(ctx context.Context, in *packageIDIn) (*struct{}, error) {
	box, w, who, err := g.find(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	err = box.Remove(w)
	g.audit("package removed", who, w.Header, err)
	return nil, g.fail(err)
}

// SweepMailbox removes packages that are too old or whose field is erased; to
// be called after blocks.
func (g *Gateway) SweepMailbox() error {
	if g.c.Mailbox == nil {
		return nil
	}
	n, err := g.c.Mailbox.Sweep(func(id, field string) (bool, error) {
		raw, err := hex.DecodeString(id)
		if err != nil {
			return false, err
		}
		whole, err := g.c.Privacy.Whole(raw)
		if err != nil {
			return false, err
		}
		for _, f := range whole.GetCommitment().GetFields() {
			if f.GetName() == field {
				return f.GetErasedAt() != 0, nil
			}
		}
		return true, nil // no such field: nobody can ever be entitled to it
	})
	if n > 0 {
		g.c.Audit.Info("packages swept", slog.Int("count", n))
	}
	return err
}
