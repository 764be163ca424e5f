package testnet

import (
	"context"
	"crypto/ecdsa"
	"fmt"
	"path/filepath"
	"time"

	cmtcfg "github.com/cometbft/cometbft/config"
	"github.com/ethereum/go-ethereum/crypto"
	"google.golang.org/protobuf/proto"

	basev1 "github.com/filiera-chain/filiera/api/base/v1"
	productv1 "github.com/filiera-chain/filiera/api/product/v1"
	registryv1 "github.com/filiera-chain/filiera/api/registry/v1"
	"github.com/filiera-chain/filiera/app"
	"github.com/filiera-chain/filiera/client"
	"github.com/filiera-chain/filiera/envelope"
	"github.com/filiera-chain/filiera/gs1"
	"github.com/filiera-chain/filiera/node"
)

// ChainID is the chain of throwaway ledgers.
const ChainID = "filiera-load"

const (
	authorityID = "authority"
	specID      = "load-specification"
	zone        = "109004"
)

// Sender is a producer with a key and a product of its own.
type Sender struct {
	Key  *ecdsa.PrivateKey
	ID   string
	GTIN string
}

// Ledger is a single-validator node in a process of its own, with producers
// ready to register batches. Everything in it is thrown away.
type Ledger struct {
	Home    node.Home
	Gateway string // http://…
	RPC     string // http://…
	Senders []*Sender

	program   string
	authority *ecdsa.PrivateKey
	process   *Process
}

// tune makes the two nodes of a comparison alike: larger RPC batches.
func tune(rpc string) func(*cmtcfg.Config) {
	return func(c *cmtcfg.Config) {
		c.RPC.ListenAddress = "tcp://" + rpc
		c.RPC.MaxRequestBatchSize = 1000
		c.RPC.MaxBodyBytes = 8 << 20
		c.P2P.ListenAddress = "tcp://127.0.0.1:0"
	}
}

// NewLedger makes the home of a ledger with some producers. program is the
// filiera binary.
func NewLedger(program, dir string, producers int) (*Ledger, error) {
	l, err := newLedger(program, node.Home(filepath.Join(dir, "ledger")))
	if err != nil {
		return nil, err
	}
	if err := node.Init(l.Home, "load", tune(l.RPC[len("http://"):])); err != nil {
		return nil, err
	}
	return l, l.writeGenesis(producers, l.Home)
}

// newLedger gives a node addresses of its own.
func newLedger(program string, home node.Home) (*Ledger, error) {
	gateway, err := FreePort()
	if err != nil {
		return nil, err
	}
	rpc, err := FreePort()
	if err != nil {
		return nil, err
	}
	return &Ledger{Home: home, Gateway: "http://" + gateway, RPC: "http://" + rpc, program: program}, nil
}

// writeGenesis makes the genesis document of a chain with some producers and
// the validators of some homes, and puts it into l's home.
func (l *Ledger) writeGenesis(producers int, validators ...node.Home) error {
	if err := node.StartGenesis(l.Home, ChainID, time.Now().Add(-time.Second)); err != nil {
		return err
	}
	return node.EditGenesis(l.Home, func(g *app.Genesis) error { return l.found(g, producers, validators) })
}

// found puts the authority, the validators and the producers into genesis.
func (l *Ledger) found(g *app.Genesis, producers int, validators []node.Home) error {
	var err error
	if l.authority, err = crypto.GenerateKey(); err != nil {
		return err
	}
	if err := enrol(g, authorityID, l.authority, true); err != nil {
		return err
	}
	for _, home := range validators {
		key, err := node.ValidatorKey(home)
		if err != nil {
			return err
		}
		v := &registryv1.AdmitValidator{PublicKey: key, Participant: authorityID, Name: filepath.Base(string(home)), Power: 10}
		if err := g.AdmitValidator(v); err != nil {
			return err
		}
	}
	for i := range producers {
		s := &Sender{ID: fmt.Sprintf("producer-%d", i+1), GTIN: exampleGTIN(i)}
		if s.Key, err = crypto.GenerateKey(); err != nil {
			return err
		}
		if err := enrol(g, s.ID, s.Key, false, registryv1.Role_ROLE_PRODUCER); err != nil {
			return err
		}
		l.Senders = append(l.Senders, s)
	}
	return nil
}

// exampleGTIN gives a GTIN of the range that GS1 keeps for examples (952).
func exampleGTIN(i int) string {
	body := fmt.Sprintf("0952%09d", i)
	digit, err := gs1.CheckDigit(body)
	if err != nil {
		panic(err) // thirteen digits always have one
	}
	return body + string(digit)
}

func enrol(g *app.Genesis, id string, key *ecdsa.PrivateKey, authority bool, roles ...registryv1.Role) error {
	proof, err := crypto.Sign(envelope.KeyProofDigest(ChainID, id, "main"), key)
	if err != nil {
		return err
	}
	m := &registryv1.MsgEnrol{Id: id, Name: "Example " + id, Key: &registryv1.NewKey{
		Label: "main", PublicKey: crypto.CompressPubkey(&key.PublicKey), Proof: proof,
	}}
	for _, r := range roles {
		m.Grants = append(m.Grants, &registryv1.NewGrant{Role: r})
	}
	return g.Enrol(m, authority)
}

// Start runs the node and waits until it answers.
func (l *Ledger) Start(ctx context.Context, args ...string) error {
	if err := l.launch(args...); err != nil {
		return err
	}
	return l.ready(ctx)
}

// launch runs the node without waiting for it.
func (l *Ledger) launch(args ...string) error {
	var err error
	all := append([]string{"start", "--home", string(l.Home), "--gateway", l.Gateway[len("http://"):]}, args...)
	l.process, err = Run(l.program, nil, all...)
	return err
}

// ready waits until the node answers and has caught up.
func (l *Ledger) ready(ctx context.Context) error {
	if err := l.process.WaitFor(ctx, l.Gateway+"/readyz"); err != nil {
		return err
	}
	return l.process.WaitFor(ctx, l.RPC+"/health")
}

// Bare stops the node and runs it again as a validator alone: no gateway, and
// so no read model.
func (l *Ledger) Bare(ctx context.Context) error {
	if err := l.Stop(); err != nil {
		return err
	}
	var err error
	if l.process, err = Run(l.program, nil, "start", "--home", string(l.Home), "--gateway", ""); err != nil {
		return err
	}
	return l.process.WaitFor(ctx, l.RPC+"/health")
}

// Stop ends the node as an operator does.
func (l *Ledger) Stop() error { return l.process.Stop() }

// Kill ends the node as a power cut does.
func (l *Ledger) Kill() { l.process.Kill() }

// Client talks to the gateway.
func (l *Ledger) Client() (*client.Client, error) { return client.New(l.Gateway) }

// Stage registers the specification and each producer's product.
func (l *Ledger) Stage(ctx context.Context) error {
	spec := &productv1.MsgRegisterSpecification{
		Id: specID, Name: "Example specification", Scheme: productv1.Scheme_SCHEME_QM,
		Version: &productv1.NewVersion{LegalBasis: "Example", DocumentSha256: make([]byte, 32), Municipalities: []string{zone}, InForceFrom: "2020-01-01"},
	}
	if err := l.send(ctx, l.authority, spec); err != nil {
		return err
	}
	for _, s := range l.Senders {
		m := &productv1.MsgRegisterProduct{Gtin: s.GTIN, Specification: specID, Name: "Example product", BaseUnit: "GRM"}
		if err := l.send(ctx, s.Key, m); err != nil {
			return err
		}
	}
	return nil
}

func (l *Ledger) send(ctx context.Context, key *ecdsa.PrivateKey, m proto.Message) error {
	c, err := l.Client()
	if err != nil {
		return err
	}
	b, err := client.NewBuilder(ChainID)
	if err != nil {
		return err
	}
	raw, err := b.Sign(key, m)
	if err != nil {
		return err
	}
	hash, err := c.Submit(ctx, raw)
	if err != nil {
		return err
	}
	r, err := c.Wait(ctx, hash)
	if err != nil {
		return err
	}
	return r.Err()
}

// Sign makes n transactions, one batch registration each, shared among the
// senders; each sender numbers its own in a lane of its own.
func (l *Ledger) Sign(n int) ([][]byte, error) { return SignBatches(l.Senders, ChainID, "L", n) }

// SignBatches makes n transactions of one batch registration each. prefix sets
// their lots apart from those of other calls.
func SignBatches(senders []*Sender, chainID, prefix string, n int) ([][]byte, error) {
	builders := make([]*client.Builder, len(senders))
	for i := range senders {
		var err error
		if builders[i], err = client.NewBuilder(chainID, client.WithLifetime(time.Hour)); err != nil {
			return nil, err
		}
	}
	today := time.Now().UTC().Format(time.DateOnly)
	txs := make([][]byte, n)
	for i := range txs {
		s := senders[i%len(senders)]
		raw, err := builders[i%len(senders)].Sign(s.Key, &productv1.MsgRegisterBatch{
			Gtin: s.GTIN, Lot: fmt.Sprintf("%s%08d", prefix, i), Quantity: &basev1.Quantity{Amount: 1000, Unit: "GRM"},
			ProductionDate: today, ExpiryDate: "2099-12-31", Place: zone,
		})
		if err != nil {
			return nil, err
		}
		txs[i] = raw
	}
	return txs, nil
}
