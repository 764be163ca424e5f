package proof_test

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	ics23 "github.com/cosmos/ics23/go"

	"github.com/filiera-chain/filiera/store/proof"
)

// tree is one of the trees that the proofs are of; ours are of Tendermint's
// shape, so what the store's verifier says is held against those as well.
type tree struct {
	folder string
	spec   *ics23.ProofSpec
	ours   bool
}

var trees = []tree{
	{"tendermint", ics23.TendermintSpec, true},
	{"iavl", ics23.IavlSpec, false},
	{"smt", ics23.SmtSpec, false},
}

// holds says whether the proof holds for the key and the value, an empty value
// being absence.
func (tr tree) holds(root []byte, p *ics23.CommitmentProof, key, value []byte) (library, ours bool) {
	if len(value) == 0 {
		return ics23.VerifyNonMembership(tr.spec, root, p, key), proof.VerifyAbsence(root, p, key) == nil
	}
	return ics23.VerifyMembership(tr.spec, root, p, key, value), proof.VerifyMembership(root, p, key, value) == nil
}

func (tr tree) check(t *testing.T, what string, root []byte, p *ics23.CommitmentProof, key, value []byte, want bool) {
	t.Helper()
	library, ours := tr.holds(root, p, key, value)
	if library != want {
		t.Errorf("%s: the library answers %v", what, library)
	}
	if ours != (want && tr.ours) {
		t.Errorf("%s: the store's verifier answers %v", what, ours)
	}
}

// flip changes one bit of byte i in a copy.
func flip(b []byte, i int) []byte {
	out := bytes.Clone(b)
	out[i] ^= 1
	return out
}

func TestStandardProofs(t *testing.T) {
	cases, refused := 0, 0
	for _, tr := range trees {
		files, err := filepath.Glob(filepath.Join("testdata/ics23", tr.folder, "*.json"))
		if err != nil || len(files) == 0 {
			t.Fatalf("no proofs of %s (%v)", tr.folder, err)
		}
		for _, file := range files {
			var v struct{ Root, Proof, Key, Value string }
			readJSON(t, file, &v)
			root, key, value := unhex(t, v.Root), unhex(t, v.Key), unhex(t, v.Value)
			p := new(ics23.CommitmentProof)
			if err := p.Unmarshal(unhex(t, v.Proof)); err != nil {
				t.Fatalf("%s: %v", file, err)
			}
			cases++
			tr.check(t, file, root, p, key, value, true)
			for i := range root {
				refused++
				tr.check(t, file+", another root", flip(root, i), p, key, value, false)
			}
			for i := range value {
				refused++
				tr.check(t, file+", another value", root, p, key, flip(value, i), false)
			}
			if len(value) == 0 {
				continue // a neighbouring key is absent as well, by the same proof
			}
			for i := range key {
				refused++
				tr.check(t, file+", another key", root, p, flip(key, i), value, false)
			}
		}
	}
	t.Logf("standard: ics23 proofs: %d cases, %d accepted, %d refused once one byte differs", cases, cases, refused)
}

func TestStandardOperations(t *testing.T) {
	cases, refused := 0, 0
	same := func(name string, got []byte, err error, isErr bool, want []byte) {
		cases++
		if isErr {
			refused++
		}
		if (err != nil) != isErr || (!isErr && !bytes.Equal(got, want)) {
			t.Errorf("%s: %x (%v), not %x (refused: %v)", name, got, err, want, isErr)
		}
	}
	var hashes map[string]struct {
		HashOp       ics23.HashOp
		Preimage     string
		ExpectedHash string
	}
	readJSON(t, "testdata/ics23/TestDoHashData.json", &hashes)
	for name, c := range hashes {
		got, err := (&ics23.InnerOp{Hash: c.HashOp}).Apply([]byte(c.Preimage))
		same(name, got, err, false, unhex(t, c.ExpectedHash))
	}
	var leaves map[string]struct {
		Op                   *ics23.LeafOp
		Key, Value, Expected []byte
		IsErr                bool
	}
	readJSON(t, "testdata/ics23/TestLeafOpData.json", &leaves)
	for name, c := range leaves {
		got, err := c.Op.Apply(c.Key, c.Value)
		same(name, got, err, c.IsErr, c.Expected)
	}
	var inner map[string]struct {
		Op              *ics23.InnerOp
		Child, Expected []byte
		IsErr           bool
	}
	readJSON(t, "testdata/ics23/TestInnerOpData.json", &inner)
	for name, c := range inner {
		got, err := c.Op.Apply(c.Child)
		same(name, got, err, c.IsErr, c.Expected)
	}
	var whole map[string]struct {
		Proof    *ics23.ExistenceProof
		Expected []byte
		IsErr    bool
	}
	readJSON(t, "testdata/ics23/TestExistenceProofData.json", &whole)
	for name, c := range whole {
		got, err := c.Proof.Calculate()
		same(name, got, err, c.IsErr, c.Expected)
	}
	t.Logf("standard: ics23 operations: %d cases, %d accepted, %d refused", cases, cases-refused, refused)
}

func readJSON(t *testing.T, file string, into any) {
	t.Helper()
	b, err := os.ReadFile(file)
	if err == nil {
		err = json.Unmarshal(b, into)
	}
	if err != nil {
		t.Fatalf("%s: %v", file, err)
	}
}

func unhex(t *testing.T, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(strings.TrimSpace(s))
	if err != nil {
		t.Fatal(err)
	}
	return b
}
