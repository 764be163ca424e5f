package story

import (
	"crypto/ecdsa"
	"crypto/sha256"
	"encoding/hex"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/ethereum/go-ethereum/crypto"

	certv1 "github.com/filiera-chain/filiera/api/cert/v1"
	registryv1 "github.com/filiera-chain/filiera/api/registry/v1"
	tracev1 "github.com/filiera-chain/filiera/api/trace/v1"
	"github.com/filiera-chain/filiera/credential"
	"github.com/filiera-chain/filiera/envelope"
	"github.com/filiera-chain/filiera/module"
	"github.com/filiera-chain/filiera/module/moduletest"
	"github.com/filiera-chain/filiera/store"
	"github.com/filiera-chain/filiera/store/proof"
	"github.com/filiera-chain/filiera/verify"
	"github.com/filiera-chain/filiera/x/cert"
	"github.com/filiera-chain/filiera/x/control"
	"github.com/filiera-chain/filiera/x/lineage"
	"github.com/filiera-chain/filiera/x/matter"
	"github.com/filiera-chain/filiera/x/place"
	"github.com/filiera-chain/filiera/x/product"
	"github.com/filiera-chain/filiera/x/registry"
	"github.com/filiera-chain/filiera/x/trace"
)

const (
	chain       = "filiera-demo"
	certificate = "urn:uuid:3b0f2c52-6f2a-4c3e-9d0b-0d6a2f6a7c11"
)

// play is the story carried out on the real modules and the real store.
type play struct {
	*moduletest.World
	t *testing.T
	s *Story
}

func by(id string) module.Signer { return module.Signer{Participant: id, KeyLabel: "main"} }

func (p *play) must(err error) {
	p.t.Helper()
	if err != nil {
		p.t.Fatal(err)
	}
}

func (p *play) key(id string) *ecdsa.PrivateKey {
	seed := sha256.Sum256([]byte("test key of " + id))
	key, err := crypto.ToECDSA(seed[:])
	p.must(err)
	return key
}

func (p *play) enrolment(who *Participant) *registryv1.MsgEnrol {
	grants, err := who.Grants()
	p.must(err)
	key := p.key(who.ID)
	sig, err := crypto.Sign(envelope.KeyProofDigest(chain, who.ID, "main"), key)
	p.must(err)
	return &registryv1.MsgEnrol{
		Id: who.ID, Name: who.Name, AlternateIds: who.AlternateIDs(), Grants: grants,
		Key: &registryv1.NewKey{Label: "main", PublicKey: crypto.CompressPubkey(&key.PublicKey), Proof: sig},
	}
}

func newPlay(t *testing.T, at time.Time) *play {
	r := registry.New()
	pr := product.New(r)
	block := module.Block{ChainID: chain, Height: 1, Time: at.Unix()}
	p := &play{t: t, s: written(t, at)}
	l := lineage.New(r)
	ct := control.New(r, pr, l)
	p.World = moduletest.New(t, block, r.Module(), pr.Module(), l.Module(), ct.Module(), cert.New(r, pr, ct).Module(), trace.New(r, pr, matter.New(r, place.New(r), pr, l, cert.New(r, pr, control.New(r, pr, l))), l).Module())
	genesis := p.Context(module.Signer{})
	p.must(r.SetParams(genesis, registry.DefaultParams()))
	region := p.s.Participant("regione-marche")
	p.must(r.Enrol(genesis, p.enrolment(region)))
	p.must(r.AdmitAuthority(genesis, region.ID))
	p.must(r.AdmitValidator(genesis, &registryv1.AdmitValidator{PublicKey: make([]byte, 32), Participant: region.ID, Name: "one", Power: 10}))
	return p
}

// register plays everything up to the batches.
func (p *play) register() {
	for i := range p.s.Participants {
		who := &p.s.Participants[i]
		if !who.Is("authority") {
			p.Do(by("regione-marche"), p.enrolment(who))
		}
	}
	p.Do(by("regione-marche"), p.s.RegisterSpecification())
	for i := range p.s.Participants {
		acts, err := p.s.Participants[i].Accredits()
		p.must(err)
		for _, act := range acts {
			p.Do(by("regione-marche"), act)
		}
	}
	p.Do(by(p.s.Product.Owner), p.s.RegisterProduct())
	batches, err := p.s.RegisterBatches()
	p.must(err)
	for _, act := range batches {
		p.Do(by(p.s.Product.Owner), act)
	}
}

// capture sends every document and wants each event recorded under the hash
// that it states.
func (p *play) capture() {
	for i, path := range p.s.Events {
		data, err := os.ReadFile(path)
		p.must(err)
		result := p.Do(by(p.s.Product.Owner), &tracev1.MsgCapture{Document: data}).(*tracev1.CaptureResult)
		r := result.GetReceipts()[0]
		if id := "ni:///sha-256;" + hex.EncodeToString(r.GetId()) + "?ver=CBV2.0"; r.GetOutcome() != tracev1.Outcome_OUTCOME_ACCEPTED || id != p.s.EventIDs[i] {
			p.t.Errorf("%s: %s under %s; the story says %s", path, r.GetOutcome(), id, p.s.EventIDs[i])
		}
	}
}

// attest signs the draft as the control body and lets somebody else submit it.
func (p *play) attest() {
	data, err := os.ReadFile(p.s.DraftFile)
	p.must(err)
	draft, err := credential.ParseDraft(data)
	p.must(err)
	for i, f := range draft.Files {
		document, err := os.ReadFile(filepath.Join(p.s.Dir, f.Path))
		p.must(err)
		draft.SetFile(i, sha256.Sum256(document), int64(len(document)))
	}
	issuer := credential.IssuerURN(chain, "amap-apc")
	a, err := draft.Finish(certificate, issuer)
	p.must(err)
	compact, err := credential.Sign(a, issuer+"#main", p.key("amap-apc"), p.Block.Time)
	p.must(err)
	p.Do(by("distribuzione-esempio"), &certv1.MsgIssue{Credential: []byte(compact)})
}

func (p *play) judge(lot string) *verify.Answer {
	records, err := verify.Gather(source{p.Branch}, p.s.GTIN, lot)
	p.must(err)
	return verify.Judge(records, verify.Ledger{ChainID: chain, Height: p.Block.Height, Time: time.Unix(p.Block.Time, 0)}, "it")
}

// source reads the state as the verifier asks for it.
type source struct{ branch *store.Branch }

func (s source) Get(key []byte) ([]byte, error) { return s.branch.Get(key) }

func (s source) Range(from, to []byte) (pairs []proof.Pair, err error) {
	it, err := s.branch.Iterator(from, to)
	if err != nil {
		return nil, err
	}
	for ; it.Valid(); it.Next() {
		pairs = append(pairs, proof.Pair{Key: append([]byte(nil), it.Key()...), Value: append([]byte(nil), it.Value()...)})
	}
	return pairs, it.Close()
}

func (p *play) wants(want verify.Verdict) *verify.Answer {
	p.t.Helper()
	a := p.judge(p.s.Lot)
	if a.Verdict != want {
		p.t.Errorf("verdict %s, want %s: %+v", a.Verdict, want, a.Reasons)
	}
	return a
}

func TestTheStoryPlaysOnTheRealModules(t *testing.T) {
	for _, at := range days {
		t.Run(at.Format(time.RFC3339), func(t *testing.T) {
			p := newPlay(t, at)
			if a := p.judge(p.s.Lot); a.Verdict != verify.Unknown {
				t.Errorf("before anything: %s", a.Verdict)
			}
			p.register()
			p.wants(verify.NotCertified)
			p.capture()
			p.attest()
			a := p.wants(verify.Authentic)
			if len(a.Journey) != 4 || len(a.Inputs) != 2 || len(a.Attestations) != 1 {
				t.Errorf("journey of %d, %d inputs, %d attestations", len(a.Journey), len(a.Inputs), len(a.Attestations))
			}
			if a := p.judge(p.s.AbsentLot); a.Verdict != verify.Unknown {
				t.Errorf("a lot that was never made is %s", a.Verdict)
			}
			amap := by("amap-apc")
			p.Do(amap, &certv1.MsgSuspend{Attestation: certificate, Reason: "sample to be tested again"})
			p.wants(verify.Suspended)
			p.Do(amap, &certv1.MsgReinstate{Attestation: certificate, Reason: "second test passed"})
			p.wants(verify.Authentic)
			p.Do(amap, &certv1.MsgRevoke{Attestation: certificate, Reason: "eggs not traceable"})
			p.wants(verify.NotCertified)
		})
	}
}
