package cert

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"flag"
	"os"
	"testing"

	"cosmossdk.io/collections"
	"google.golang.org/protobuf/proto"

	certv1 "github.com/filiera-chain/filiera/api/cert/v1"
	"github.com/filiera-chain/filiera/module"
	"github.com/filiera-chain/filiera/module/statekey"
)

var update = flag.Bool("update", false, "write the golden files anew")

// golden is one stored record, key and value in hexadecimal.
type golden struct {
	Record string `json:"record"`
	Key    string `json:"key"`
	Value  string `json:"value"`
}

// stored lists what the ledger holds under a prefix.
func (l *ledger) stored(record string, from, to []byte) (list []golden) {
	it, err := l.kv.Iterator(from, to)
	l.must(err)
	defer it.Close()
	for ; it.Valid(); it.Next() {
		list = append(list, golden{record, hex.EncodeToString(it.Key()), hex.EncodeToString(it.Value())})
	}
	return list
}

func TestStoredRecordsAreTheGoldenBytes(t *testing.T) {
	l := newLedger(t)
	l.must(l.issue(certificate(1, 600)))
	l.must(l.do(region, suspending(1)))
	var got []golden
	got = append(got, l.stored("attestation", []byte("cert/\x01"), []byte("cert/\x02"))...)
	got = append(got, l.stored("attestation of a batch", []byte("cert/\x02"), []byte("cert/\x03"))...)
	got = append(got, l.stored("expiry", []byte("cert/\x03"), []byte("cert/\x04"))...)
	text, err := json.MarshalIndent(got, "", "  ")
	l.must(err)
	text = append(text, '\n')
	if *update {
		l.must(os.WriteFile("testdata/records.json", text, 0o644))
	}
	want, err := os.ReadFile("testdata/records.json")
	l.must(err)
	if !bytes.Equal(text, want) {
		t.Errorf("stored records changed; a ledger that holds the old bytes would not agree:\n%s", text)
	}
}

func TestPublishedKeysFindTheRecords(t *testing.T) {
	l := newLedger(t)
	l.must(l.issue(certificate(1, 100)))
	l.must(l.issue(certificate(2, 100)))
	other := certificate(3, 100)
	other.Batches[0].Lot = "B"
	l.must(l.issue(other))
	value, err := l.kv.Get(statekey.Attestation(urn(2)))
	l.must(err)
	a := new(certv1.Attestation)
	l.must(proto.Unmarshal(value, a))
	if a.GetId() != urn(2) {
		t.Errorf("the record is %v", a)
	}
	from, to := statekey.AttestationsOf(pastaGTIN, "A")
	list := l.stored("", from, to)
	if len(list) != 2 {
		t.Fatalf("the range holds %v", list)
	}
	for i, g := range list {
		key, err := hex.DecodeString(g.Key)
		l.must(err)
		if got := string(key[len(from):]); got != urn(i+1) {
			t.Errorf("entry %d is %q", i, got)
		}
	}
}

func TestRefusalsAndActsCollideWithNothing(t *testing.T) {
	if err := module.CheckTable(newLedger(t).modules()); err != nil {
		t.Fatal(err)
	}
}

func TestQuestions(t *testing.T) {
	l := newLedger(t)
	l.must(l.issue(certificate(1, 100)))
	a, err := l.cert.queryAttestation(l.reader(), &certv1.AttestationRequest{Id: urn(1)})
	if err != nil || a.GetId() != urn(1) {
		t.Errorf("attestation = %v (%v)", a, err)
	}
	_, err = l.cert.queryAttestation(l.reader(), &certv1.AttestationRequest{Id: urn(2)})
	refused(t, ErrAttestation, err)
	_, err = l.cert.queryAttestation(l.reader(), &certv1.AttestationRequest{})
	refused(t, ErrShape, err)
	_, err = l.cert.queryAttestationsOfBatch(l.reader(), &certv1.AttestationsOfBatchRequest{Gtin: "1", Lot: "A"})
	refused(t, ErrShape, err)
	_, err = l.cert.queryAttestationsOfBatch(l.reader(), &certv1.AttestationsOfBatchRequest{Gtin: pastaGTIN, Lot: "\x00"})
	refused(t, ErrShape, err)
	none, err := l.cert.queryAttestationsOfBatch(l.reader(), &certv1.AttestationsOfBatchRequest{Gtin: pastaGTIN, Lot: "B"})
	if err != nil || len(none.GetAttestations()) != 0 {
		t.Errorf("attestations = %v (%v)", none, err)
	}
}

// Each truth is broken by hand, because an invariant that cannot fail proves
// nothing.
func TestEachTruthNoticesItsBreach(t *testing.T) {
	breaches := map[string]func(*Cert, *module.Context, *certv1.Attestation) error{
		"every history follows the lifecycle and is bounded": func(c *Cert, ctx *module.Context, a *certv1.Attestation) error {
			a.History = append(a.History, proto.CloneOf(a.GetHistory()[0]))
			return c.attestations.Set(ctx, a.GetId(), a)
		},
		"the expiry table holds exactly the attestations that have not ended": func(c *Cert, ctx *module.Context, a *certv1.Attestation) error {
			return c.expiry.Remove(ctx, collections.Join(a.GetValidUntil(), a.GetId()))
		},
		"the index by batch holds exactly the batches that attestations cover": func(c *Cert, ctx *module.Context, a *certv1.Attestation) error {
			return c.byBatch.Set(ctx, collections.Join3(pastaGTIN, "B", a.GetId()))
		},
		"what is attested in force never exceeds the batch, in its unit and under its specification": func(c *Cert, ctx *module.Context, a *certv1.Attestation) error {
			a.Batches[0].Quantity.Amount = 1001
			return c.attestations.Set(ctx, a.GetId(), a)
		},
		"what batches cover went down by the reductions told of, never up": func(c *Cert, ctx *module.Context, a *certv1.Attestation) error {
			a.Reductions = append(a.Reductions, &certv1.Reduction{Batch: a.GetBatches()[0].GetBatch(), Before: 100, After: 50})
			return c.attestations.Set(ctx, a.GetId(), a)
		},
		"an attestation is pending exactly while a key that may not countersign is named": func(c *Cert, ctx *module.Context, a *certv1.Attestation) error {
			a.PendingKey = "main"
			return c.attestations.Set(ctx, a.GetId(), a)
		},
		"the status lists say of each attestation what its history says": func(c *Cert, ctx *module.Context, a *certv1.Attestation) error {
			a.StatusList = 1
			return c.entries.Set(ctx, entryOf(a), &certv1.StatusEntry{Attestation: a.GetId(), Revoked: true})
		},
		"no more is sold under a certificate than it attests, nor of a batch than there was": func(c *Cert, ctx *module.Context, a *certv1.Attestation) error {
			return c.putSold(ctx, pastaGTIN, "A", a.GetId(), 101)
		},
		"whoever replaces and whoever is replaced name each other": func(c *Cert, ctx *module.Context, a *certv1.Attestation) error {
			a.ReplacedBy = urn(9)
			return c.attestations.Set(ctx, a.GetId(), a)
		},
	}
	l := newLedger(t)
	l.must(l.issue(certificate(1, 100)))
	for _, i := range l.cert.Module().Invariants {
		breach, known := breaches[i.Name]
		if !known {
			t.Errorf("no breach is tried of: %s", i.Name)
			continue
		}
		branch := l.kv.Branch()
		ctx := module.NewContext(branch, l.block, module.Signer{})
		l.must(breach(l.cert, ctx, l.attestation(urn(1))))
		if i.Check(ctx.Reader()) == nil {
			t.Errorf("went unnoticed: %s", i.Name)
		}
	}
}
