package product

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"flag"
	"os"
	"testing"

	"cosmossdk.io/collections"
	"google.golang.org/protobuf/proto"

	productv1 "github.com/filiera-chain/filiera/api/product/v1"
	"github.com/filiera-chain/filiera/module"
	"github.com/filiera-chain/filiera/module/statekey"
)

var update = flag.Bool("update", false, "write the golden files anew")

func versionKey(id string, n uint32) collections.Pair[string, uint32] { return collections.Join(id, n) }

// golden is one stored record, key and value in hexadecimal.
type golden struct {
	Record string `json:"record"`
	Key    string `json:"key"`
	Value  string `json:"value"`
}

func TestStoredRecordsAreTheGoldenBytesUnderTheirPublishedKeys(t *testing.T) {
	l := newLedger(t).withBatch()
	var got []golden
	for _, r := range []struct {
		name string
		key  []byte
		into proto.Message
	}{
		{"specification", statekey.Specification(pastaSpec), &productv1.Specification{}},
		{"specification version", statekey.SpecificationVersion(pastaSpec, 1), &productv1.SpecificationVersion{}},
		{"product", statekey.Product(pastaGTIN), &productv1.Product{}},
		{"batch", statekey.Batch(pastaGTIN, "24123"), &productv1.Batch{}},
	} {
		value, err := l.kv.Get(r.key)
		if err != nil || value == nil {
			t.Fatalf("%s: nothing under %x (%v)", r.name, r.key, err)
		}
		l.must(proto.Unmarshal(value, r.into))
		l.must(module.NoUnknown(r.into))
		got = append(got, golden{r.name, hex.EncodeToString(r.key), hex.EncodeToString(value)})
	}
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

func TestAVersionIsDecodedOnceForTheSameBytes(t *testing.T) {
	c := newVersionCodec()
	one, err := c.Encode(&productv1.SpecificationVersion{Specification: "a", Version: 1})
	if err != nil {
		t.Fatal(err)
	}
	first, err := c.Decode(one)
	if err != nil {
		t.Fatal(err)
	}
	if again, _ := c.Decode(bytes.Clone(one)); again != first {
		t.Error("the same bytes were decoded twice")
	}
	for i := range uint32(3 * versionsKept) {
		b, _ := c.Encode(&productv1.SpecificationVersion{Specification: "b", Version: i})
		if v, err := c.Decode(b); err != nil || v.GetVersion() != i {
			t.Fatalf("version %d decoded as %v (%v)", i, v, err)
		}
		if len(c.seen) > versionsKept {
			t.Fatalf("%d decoded versions are kept", len(c.seen))
		}
	}
	if _, err := c.Decode([]byte{0xff}); err == nil {
		t.Error("bytes that are no record were decoded")
	}
}

func TestRefusalsAndActsCollideWithNothing(t *testing.T) {
	l := newLedger(t)
	if err := module.CheckTable([]*module.Module{l.registry.Module(), l.product.Module()}); err != nil {
		t.Fatal(err)
	}
}

func TestQuestionsAboutWhatIsNotThereAreRefused(t *testing.T) {
	l := newLedger(t)
	refused := func(want *module.Error, err error) {
		t.Helper()
		if module.AsError(err).ID() != want.ID() {
			t.Errorf("got %v, want %s", err, want.ID())
		}
	}
	_, err := l.product.queryBatch(l.reader(), &productv1.BatchRequest{Gtin: pastaGTIN, Lot: "1"})
	refused(ErrBatch, err)
	_, err = l.product.queryBatch(l.reader(), &productv1.BatchRequest{Gtin: pastaGTIN, Lot: "a\x00b"})
	refused(ErrLot, err)
	_, err = l.product.queryProduct(l.reader(), &productv1.ProductRequest{Gtin: pastaGTIN})
	refused(ErrProduct, err)
	_, err = l.product.queryProduct(l.reader(), &productv1.ProductRequest{Gtin: "1"})
	refused(ErrGTIN, err)
	_, err = l.product.querySpecification(l.reader(), &productv1.SpecificationRequest{Id: pastaSpec})
	refused(ErrSpecification, err)
	_, err = l.product.querySpecification(l.reader(), &productv1.SpecificationRequest{Id: "\x00"})
	refused(ErrShape, err)
}
