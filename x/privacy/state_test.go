package privacy

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"flag"
	"os"
	"testing"

	"cosmossdk.io/collections"
	dbm "github.com/cosmos/cosmos-db"
	"google.golang.org/protobuf/proto"

	basev1 "github.com/filiera-chain/filiera/api/base/v1"
	privacyv1 "github.com/filiera-chain/filiera/api/privacy/v1"
	productv1 "github.com/filiera-chain/filiera/api/product/v1"
	registryv1 "github.com/filiera-chain/filiera/api/registry/v1"
	"github.com/filiera-chain/filiera/module"
	"github.com/filiera-chain/filiera/module/statekey"
	"github.com/filiera-chain/filiera/store"
	"github.com/filiera-chain/filiera/x/cert"
	"github.com/filiera-chain/filiera/x/control"
	"github.com/filiera-chain/filiera/x/lineage"
	"github.com/filiera-chain/filiera/x/matter"
	"github.com/filiera-chain/filiera/x/place"
	"github.com/filiera-chain/filiera/x/product"
	"github.com/filiera-chain/filiera/x/registry"
	"github.com/filiera-chain/filiera/x/trace"
)

var update = flag.Bool("update", false, "write the golden files anew")

const gtin, lotA = "09521234000013", "A/1"

// kept is a state with one commitment of two fields, a grant, a holding and an
// erasure.
func kept1(t *testing.T) (*Privacy, *store.Branch, *module.Context, *privacyv1.Commitment) {
	t.Helper()
	s, err := store.Open(dbm.NewMemDB(), store.Options{})
	must(t, err)
	r := registry.New()
	p := product.New(r)
	l := lineage.New(r)
	m := matter.New(r, place.New(r), p, l, cert.New(r, p, control.New(r, p, l)))
	x := New(r, p, m, cert.New(r, p, control.New(r, p, l)), trace.New(r, p, m, l))
	branch := s.Branch()
	block := module.Block{ChainID: "test-1", Height: 5, Time: 1_780_000_000}
	ctx := module.NewContext(branch, block, module.Signer{Participant: "maker", KeyLabel: "main"})
	lay := func(key []byte, m proto.Message) {
		b, err := module.Marshal(m)
		must(t, err)
		must(t, branch.Set(key, b))
	}
	for _, id := range []string{"maker", "mill"} {
		lay(statekey.Participant(id), &registryv1.Participant{Id: id, Status: registryv1.ParticipantStatus_PARTICIPANT_STATUS_ACTIVE})
	}
	lay(statekey.Batch(gtin, lotA), &productv1.Batch{Gtin: gtin, Lot: lotA, Owner: "maker", Custodian: "maker"})
	hash := func(s string) []byte { h := sha256.Sum256([]byte(s)); return h[:] }
	subject := &privacyv1.Subject{Of: &privacyv1.Subject_Batch{Batch: &basev1.BatchID{Gtin: gtin, Lot: lotA}}}
	must(t, x.commit(ctx, &privacyv1.MsgCommit{Subject: subject, Fields: []*privacyv1.NewField{{Name: "price", Commitment: hash("p")}, {Name: "recipe", Commitment: hash("r")}}}))
	list, err := x.About(ctx, "batch/"+gtin+"/"+lotA)
	must(t, err)
	id := list[0].GetId()
	must(t, x.grantAccess(ctx, &privacyv1.MsgGrantAccess{Commitment: id, Fields: []string{"price"}, To: &privacyv1.MsgGrantAccess_Participant{Participant: "mill"}}))
	must(t, x.recordDelivery(ctx, &privacyv1.MsgRecordDelivery{Commitment: id, Fields: []string{"price"}, Participants: []string{"mill"}}))
	must(t, x.erase(ctx, &privacyv1.MsgErase{Commitment: id, Fields: []string{"price"}, Reason: "they asked"}))
	c, err := x.mustCommitment(ctx, id)
	must(t, err)
	return x, branch, ctx, c
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func TestStoredRecordsAreTheGoldenBytes(t *testing.T) {
	_, branch, _, _ := kept1(t)
	type golden struct{ Key, Value string }
	var got []golden
	it, err := branch.Iterator([]byte("privacy/"), []byte("privacy0"))
	must(t, err)
	defer it.Close()
	for ; it.Valid(); it.Next() {
		got = append(got, golden{hex.EncodeToString(it.Key()), hex.EncodeToString(it.Value())})
	}
	text, err := json.MarshalIndent(got, "", "  ")
	must(t, err)
	text = append(text, '\n')
	if *update {
		must(t, os.WriteFile("testdata/records.json", text, 0o644))
	}
	want, err := os.ReadFile("testdata/records.json")
	if err != nil || !bytes.Equal(text, want) {
		t.Errorf("stored records changed (%v); a ledger that holds the old bytes would not agree:\n%s", err, text)
	}
}

func TestPublishedKeysFindTheRecords(t *testing.T) {
	_, branch, _, c := kept1(t)
	value, err := branch.Get(statekey.Commitment(c.GetId()))
	must(t, err)
	got := new(privacyv1.Commitment)
	must(t, proto.Unmarshal(value, got))
	if !proto.Equal(got, c) {
		t.Errorf("the key gives %v", got)
	}
	start, end := statekey.CommitmentsAbout("batch/" + gtin + "/" + lotA)
	it, err := branch.Iterator(start, end)
	must(t, err)
	defer it.Close()
	if !it.Valid() || string(it.Key()[len(start):]) != "maker\x00"+string(c.GetId()) {
		t.Errorf("the range begins with %q", it.Key())
	}
	if it.Next(); it.Valid() {
		t.Errorf("the range holds %q too", it.Key())
	}
}

func TestEachTruthNoticesItsBreach(t *testing.T) {
	breaches := map[string][]func(*Privacy, *module.Context, *privacyv1.Commitment) error{
		"every commitment has the id of what it says, and its fields are in order": {
			func(p *Privacy, ctx *module.Context, c *privacyv1.Commitment) error {
				c.Fields[0].Commitment[0] ^= 1
				return p.commitments.Set(ctx, c.GetId(), c)
			},
			func(p *Privacy, ctx *module.Context, c *privacyv1.Commitment) error {
				c.Participant = "mill"
				return p.commitments.Set(ctx, c.GetId(), c)
			},
		},
		"the index by subject holds exactly the commitments, within its bounds": {
			func(p *Privacy, ctx *module.Context, c *privacyv1.Commitment) error {
				return p.bySubject.Remove(ctx, collections.Join3("batch/"+gtin+"/"+lotA, "maker", c.GetId()))
			},
			func(p *Privacy, ctx *module.Context, c *privacyv1.Commitment) error {
				return p.bySubject.Set(ctx, collections.Join3("product/"+gtin, "maker", c.GetId()))
			},
		},
		"the grants of a commitment have no gaps and name its fields": {
			func(p *Privacy, ctx *module.Context, c *privacyv1.Commitment) error {
				return p.grants.Set(ctx, collections.Join(c.GetId(), uint32(2)), &privacyv1.Grant{Commitment: c.GetId(), Number: 2})
			},
			func(p *Privacy, ctx *module.Context, c *privacyv1.Commitment) error {
				g, err := p.grants.Get(ctx, collections.Join(c.GetId(), uint32(1)))
				if err != nil {
					return err
				}
				g.Fields = []string{"volume"}
				return p.grants.Set(ctx, collections.Join(c.GetId(), uint32(1)), g)
			},
		},
		"the holdings of a commitment are as many as it says and name its fields": {
			func(p *Privacy, ctx *module.Context, c *privacyv1.Commitment) error {
				return p.holdings.Remove(ctx, collections.Join3(c.GetId(), "price", "mill"))
			},
		},
		"every erasure has a time and a reason": {
			func(p *Privacy, ctx *module.Context, c *privacyv1.Commitment) error {
				c.Fields[0].ErasureReason = ""
				return p.commitments.Set(ctx, c.GetId(), c)
			},
			func(p *Privacy, ctx *module.Context, c *privacyv1.Commitment) error {
				return p.holdings.Set(ctx, collections.Join3(c.GetId(), "price", "mill"), &privacyv1.Holding{Commitment: c.GetId(), Field: "price", Participant: "mill", ErasedAt: 9})
			},
		},
	}
	x, branch, ctx, c := kept1(t)
	for _, i := range x.Module().Invariants {
		must(t, i.Check(ctx.Reader()))
		if len(breaches[i.Name]) == 0 {
			t.Errorf("no breach is tried of: %s", i.Name)
		}
		for n, breach := range breaches[i.Name] {
			b := branch.Branch()
			broken := module.NewContext(b, ctx.Block, ctx.Signer)
			must(t, breach(x, broken, proto.CloneOf(c)))
			if i.Check(broken.Reader()) == nil {
				t.Errorf("breach %d went unnoticed: %s", n, i.Name)
			}
		}
	}
}

func TestQuestions(t *testing.T) {
	x, _, ctx, c := kept1(t)
	rd := ctx.Reader()
	whole, err := x.queryCommitment(rd, &privacyv1.CommitmentRequest{Id: c.GetId()})
	if err != nil || len(whole.GetGrants()) != 1 || len(whole.GetHoldings()) != 1 {
		t.Errorf("%v (%v)", whole, err)
	}
	about, err := x.queryCommitmentsOfSubject(rd, &privacyv1.CommitmentsOfSubjectRequest{Subject: c.GetSubject()})
	if err != nil || len(about.GetCommitments()) != 1 {
		t.Errorf("%v (%v)", about, err)
	}
	if a, err := x.queryEntitled(rd, &privacyv1.EntitledRequest{Commitment: c.GetId(), Field: "recipe", Participant: "maker"}); err != nil || a.GetGround() != GroundOwn {
		t.Errorf("%v (%v)", a, err)
	}
	if a, err := x.queryNeighbours(rd, &privacyv1.NeighboursRequest{Commitment: c.GetId()}); err != nil || len(a.GetParticipants()) != 0 {
		t.Errorf("%v (%v)", a, err)
	}
	for want, ask := range map[string]func() error{
		"privacy.malformed": func() error { _, err := x.queryCommitment(rd, &privacyv1.CommitmentRequest{}); return err },
		"privacy.unknown_commitment": func() error {
			_, err := x.queryNeighbours(rd, &privacyv1.NeighboursRequest{Commitment: make([]byte, 32)})
			return err
		},
		"privacy.erased": func() error {
			_, err := x.queryEntitled(rd, &privacyv1.EntitledRequest{Commitment: c.GetId(), Field: "price", Participant: "mill"})
			return err
		},
	} {
		if err := ask(); err == nil || module.AsError(err).ID() != want {
			t.Errorf("got %v, want %s", err, want)
		}
	}
	var said []proto.Message
	must(t, x.records(rd, func(m proto.Message) { said = append(said, m) }))
	if len(said) != 3 {
		t.Errorf("a genesis announces %v", said)
	}
}
