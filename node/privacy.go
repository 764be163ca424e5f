package node

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	privacyv1 "github.com/filiera-chain/filiera/api/privacy/v1"
	"github.com/filiera-chain/filiera/app"
	"github.com/filiera-chain/filiera/evidence"
	"github.com/filiera-chain/filiera/gateway"
	"github.com/filiera-chain/filiera/module"
	"github.com/filiera-chain/filiera/private"
)

// Private is the directory of participants' openings of private fields.
func (h Home) Private() string { return filepath.Join(string(h), "private") }

// Mailbox is the directory of sealed packages that wait for their recipients.
func (h Home) Mailbox() string { return filepath.Join(string(h), "mailbox") }

// Documents is the directory of documents by their hash.
func (h Home) Documents() string { return filepath.Join(string(h), "documents") }

// Audit is the file of who left and took packages and gave documents.
func (h Home) Audit() string { return filepath.Join(string(h), "audit.jsonl") }

// Documents says what the gateway serves and takes by hash.
type Documents struct {
	// Accept lets participants add documents over the gateway.
	Accept bool
	// Limits of the store; zero means evidence.DefaultLimits.
	Limits evidence.Limits
	// S3 is the address of a bucket that keeps them instead of the home, with
	// the file of its credentials ("" takes the environment's).
	S3, S3Credentials string
}

// Open opens the store of documents of a home.
func (d Documents) Open(ctx context.Context, home Home) (evidence.Store, error) {
	l := d.Limits
	if l.MaxBytes == 0 {
		l.MaxBytes = evidence.DefaultLimits().MaxBytes
	}
	if l.Quota == 0 {
		l.Quota = evidence.DefaultLimits().Quota
	}
	if d.S3 != "" {
		return evidence.OpenS3(ctx, evidence.S3Config{Address: d.S3, CredentialsFile: d.S3Credentials, Temp: filepath.Join(home.Documents(), "under-way"), Limits: l})
	}
	return evidence.OpenLocal(home.Documents(), l)
}

// privacy answers from the application's last committed state.
type privacy struct{ app *app.App }

func (p privacy) Whole(id []byte) (a *privacyv1.CommitmentResponse, err error) {
	err = p.app.Read(func(rd *module.Reader) error {
		a, err = p.app.Modules().Privacy.Whole(rd, id)
		return err
	})
	return a, err
}

func (p privacy) Entitled(participant string, id []byte, field string) (a *privacyv1.EntitledResponse, err error) {
	err = p.app.Read(func(rd *module.Reader) error {
		a, err = p.app.Modules().Privacy.Entitled(rd, rd.Time, participant, id, field)
		return err
	})
	return a, err
}

func (p privacy) Neighbours(id []byte) (list []string, err error) {
	err = p.app.Read(func(rd *module.Reader) error {
		whole, err := p.app.Modules().Privacy.Whole(rd, id)
		if err != nil {
			return err
		}
		list, err = p.app.Modules().Privacy.Neighbours(rd, whole.GetCommitment())
		return err
	})
	return list, err
}

// openPrivacy opens what the gateway keeps for participants.
func (n *Node) openPrivacy(ctx context.Context, c *gateway.Config) (err error) {
	c.Privacy = privacy{n.app}
	if c.Documents, err = n.cfg.Documents.Open(ctx, n.cfg.Home); err != nil {
		return fmt.Errorf("open the documents: %w", err)
	}
	c.AcceptDocuments = n.cfg.Documents.Accept
	if !n.cfg.Mailbox && !c.AcceptDocuments {
		return nil
	}
	f, err := os.OpenFile(n.cfg.Home.Audit(), os.O_WRONLY|os.O_APPEND|os.O_CREATE, 0o600)
	if err != nil {
		return fmt.Errorf("open the audit file: %w", err)
	}
	n.onClose(f.Close)
	c.Audit = slog.New(slog.NewJSONHandler(f, nil))
	if n.cfg.Mailbox {
		c.Mailbox, err = private.OpenMailbox(n.cfg.Home.Mailbox(), private.DefaultMailboxLimits(), time.Now)
	}
	return err
}

// sweepEvery is the least time between two looks for erased fields.
const sweepEvery = time.Second

// sweep takes erased fields out of the mailbox as blocks erase them.
func (n *Node) sweep(ctx context.Context, g *gateway.Gateway) {
	for {
		next := n.engine.blocks.wait()
		if err := g.SweepMailbox(); err != nil {
			n.log.Error("the mailbox could not be swept", "err", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(sweepEvery):
		}
		select {
		case <-ctx.Done():
			return
		case <-next:
		}
	}
}
