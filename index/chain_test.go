package index

import (
	"crypto/sha256"
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	abci "github.com/cometbft/cometbft/abci/types"
	"github.com/ethereum/go-ethereum/crypto"
	"google.golang.org/protobuf/proto"

	basev1 "github.com/filiera-chain/filiera/api/base/v1"
	certv1 "github.com/filiera-chain/filiera/api/cert/v1"
	productv1 "github.com/filiera-chain/filiera/api/product/v1"
	registryv1 "github.com/filiera-chain/filiera/api/registry/v1"
	tracev1 "github.com/filiera-chain/filiera/api/trace/v1"
	txv1 "github.com/filiera-chain/filiera/api/tx/v1"
	"github.com/filiera-chain/filiera/envelope"
)

// chain is a source of made-up blocks, all of them from one seed.
type chain struct {
	t      testing.TB
	mu     sync.Mutex
	blocks []Block
	rand   *rand.Rand
	seq    uint64
}

func newChain(t testing.TB, blocks, txs int) *chain {
	c := &chain{t: t, rand: rand.New(rand.NewPCG(7, 11))}
	c.grow(blocks, txs)
	return c
}

func (c *chain) First() int64 { return 1 }

func (c *chain) LastHeight() (int64, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return int64(len(c.blocks)), nil
}

func (c *chain) Block(h int64) (Block, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if h < 1 || h > int64(len(c.blocks)) {
		return Block{}, fmt.Errorf("no block %d", h)
	}
	return c.blocks[h-1], nil
}

// all gives the first n blocks.
func (c *chain) all(n int) []Block { return c.blocks[:n] }

var testKey, _ = crypto.ToECDSA(crypto.Keccak256([]byte("a key for tests")))

// tx signs acts; result announces what they changed.
func (c *chain) tx(acts []proto.Message, code uint32, announce ...proto.Message) ([]byte, *abci.ExecTxResult) {
	c.seq++
	body := &txv1.TxBody{ChainId: "test-1", Lane: 1, Sequence: c.seq, ExpiresAt: 2_000_000_000}
	for _, m := range acts {
		a, err := envelope.Act(m)
		if err != nil {
			c.t.Fatal(err)
		}
		body.Acts = append(body.Acts, a)
	}
	raw, err := envelope.Sign(body, testKey)
	if err != nil {
		c.t.Fatal(err)
	}
	r := &abci.ExecTxResult{Code: code, Events: c.events(announce...)}
	if code != 0 {
		r.Codespace, r.Info, r.Log = "product", "product.duplicate_batch", "lot \"L1\" is registered already"
	}
	return raw, r
}

func (c *chain) events(announce ...proto.Message) []abci.Event {
	var out []abci.Event
	for _, m := range announce {
		e, err := Announce(m)
		if err != nil {
			c.t.Fatal(err)
		}
		out = append(out, e)
	}
	return out
}

func (c *chain) seal(b Block) {
	c.mu.Lock()
	defer c.mu.Unlock()
	b.Height = int64(len(c.blocks)) + 1
	b.Time = time.Unix(1_700_000_000+b.Height, 5).UTC()
	h := sha256.Sum256(fmt.Appendf(nil, "block %d of %d", b.Height, len(b.Txs)))
	b.Hash = h[:]
	c.blocks = append(c.blocks, b)
}

func (b *Block) add(raw []byte, r *abci.ExecTxResult) {
	b.Txs, b.Results = append(b.Txs, raw), append(b.Results, r)
}

const testDocument = `{"@context":["https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld"],"type":"EPCISDocument",
 "schemaVersion":"2.0","epcisBody":{"eventList":[{"type":"ObjectEvent","n":0},{"type":"ObjectEvent","n":1}]}}`

// grow adds blocks: the first one fills the registry, the others do a bit of
// everything.
func (c *chain) grow(blocks, txs int) {
	for range blocks {
		var b Block
		if len(c.blocks) == 0 {
			c.registry(&b)
		}
		for range txs {
			c.randomTx(&b)
		}
		if c.rand.IntN(3) == 0 {
			b.EndEvents = c.events(c.attestation(c.rand.IntN(9), "expired"))
		}
		c.seal(b)
	}
}

func (c *chain) registry(b *Block) {
	addr := crypto.PubkeyToAddress(testKey.PublicKey)
	b.Genesis = c.events(
		AnnounceRecord(&registryv1.Participant{Id: "regione-marche", Status: 1}),
		AnnounceRecord(&registryv1.Participant{Id: "amap-apc", Status: 1}),
		AnnounceRecord(&registryv1.Participant{Id: "pastificio", Name: "Pastificio", Status: 1}),
		AnnounceRecord(&registryv1.Key{Address: addr[:], Participant: "pastificio", Label: "ufficio"}),
		AnnounceRecord(&registryv1.Grant{Participant: "regione-marche", Number: 1, Role: registryv1.Role_ROLE_AUTHORITY}),
		AnnounceRecord(&registryv1.Grant{Participant: "amap-apc", Number: 1, Role: registryv1.Role_ROLE_CERTIFIER}),
		AnnounceRecord(&registryv1.Grant{Participant: "pastificio", Number: 1, Role: registryv1.Role_ROLE_CERTIFIER, RevokedAt: 9}),
		AnnounceRecord(&registryv1.Params{MaxTxBytes: 1 << 20}),
		AnnounceRecord(&registryv1.Validator{PublicKey: []byte("validator one"), Power: 10, Participant: "regione-marche"}),
		AnnounceRecord(&registryv1.Validator{PublicKey: []byte("validator two"), Power: 0}),
	)
	b.add(c.tx([]proto.Message{&registryv1.MsgAccredit{Certifier: "amap-apc", Specification: "maccheroncini"}}, 0,
		&registryv1.AccreditationChanged{Accreditation: &registryv1.Accreditation{Certifier: "amap-apc", Specification: "maccheroncini", Status: 1}}))
	b.add(c.tx([]proto.Message{&registryv1.MsgSubmitProposal{Reason: "one"}}, 0,
		&registryv1.ProposalChanged{Proposal: &registryv1.Proposal{Id: 1, Status: 2}},
		&registryv1.ProposalChanged{Proposal: &registryv1.Proposal{Id: 2, Status: 1}}))
	b.add(c.tx([]proto.Message{&productv1.MsgRegisterSpecification{Id: "maccheroncini"}}, 0,
		&productv1.SpecificationChanged{Specification: &productv1.Specification{Id: "maccheroncini", Scheme: productv1.Scheme_SCHEME_IGP, LatestVersion: 2}},
		&productv1.VersionPublished{Version: &productv1.SpecificationVersion{Specification: "maccheroncini", Version: 2}},
		&productv1.VersionPublished{Version: &productv1.SpecificationVersion{Specification: "maccheroncini", Version: 1}}))
	b.add([]byte("no transaction at all \xff"), &abci.ExecTxResult{Code: 2, Codespace: "tx", Info: "tx.undecodable", Log: "bytes \xff"})
}

func gtin(n int) string { return fmt.Sprintf("0%012d5", n) }

func (c *chain) attestation(n int, status string) *certv1.AttestationChanged {
	return &certv1.AttestationChanged{Attestation: &certv1.Attestation{
		Id: fmt.Sprintf("urn:uuid:%d", n), Certifier: "amap-apc", Specification: "maccheroncini",
		Batches: []*certv1.CoveredBatch{{Batch: &basev1.BatchID{Gtin: gtin(n % 5), Lot: fmt.Sprintf("L%d", n)}}},
		History: []*basev1.StatusLine{{Status: "issued"}, {Status: status}},
	}}
}

func (c *chain) randomTx(b *Block) {
	n := c.rand.IntN(60)
	g, lot := gtin(n%5), fmt.Sprintf("L%d", n)
	switch c.rand.IntN(6) {
	case 0:
		b.add(c.tx([]proto.Message{&productv1.MsgRegisterProduct{Gtin: g}}, 0,
			&productv1.ProductChanged{Product: &productv1.Product{Gtin: g, Owner: owner(n), Specification: "maccheroncini"}}))
	case 1, 2:
		b.add(c.tx([]proto.Message{&productv1.MsgRegisterBatch{Gtin: g, Lot: lot}}, 0, c.batch(n, productv1.BatchStatus(1+c.rand.IntN(3)))))
	case 3:
		// Refused: what it announced must not show.
		b.add(c.tx([]proto.Message{&productv1.MsgRegisterBatch{Gtin: g, Lot: "REFUSED"}}, 4,
			&productv1.BatchChanged{Batch: &productv1.Batch{Gtin: g, Lot: "REFUSED"}}))
	case 4:
		b.add(c.tx([]proto.Message{&certv1.MsgSuspend{}}, 0, c.attestation(n%9, "suspended")))
	default:
		b.add(c.tx([]proto.Message{&productv1.MsgRegisterProduct{}, &tracev1.MsgCapture{Document: []byte(testDocument)}}, 0,
			c.captured(n, 0), c.captured(n, 1)))
	}
}

func owner(n int) string {
	if n%2 == 0 {
		return "pastificio"
	}
	return "mulino"
}

func (c *chain) batch(n int, status productv1.BatchStatus) *productv1.BatchChanged {
	return &productv1.BatchChanged{Batch: &productv1.Batch{
		Gtin: gtin(n % 5), Lot: fmt.Sprintf("L%d", n), Owner: owner(n), Custodian: "pastificio", Specification: "maccheroncini",
		Status: status, ProductionDate: fmt.Sprintf("2026-11-%02d", 1+n%28), Quantity: &basev1.Quantity{Amount: 1500, Unit: "KGM"},
	}}
}

func (c *chain) captured(n int, index uint32) *tracev1.EventCaptured {
	id := sha256.Sum256(fmt.Appendf(nil, "event %d %d", n, index))
	return &tracev1.EventCaptured{Act: 1, Index: index, Event: &tracev1.Event{
		Id: id[:], Type: "ObjectEvent", EventTimeMs: int64(n) * 1000, Action: "ADD", Reporter: owner(n), BizStep: "urn:step",
		Batches: []*tracev1.Involved{{Batch: &basev1.BatchID{Gtin: gtin(n % 5), Lot: fmt.Sprintf("L%d", n)}, Part: 1}},
	}}
}
