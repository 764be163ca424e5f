package store

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"testing"

	ics23 "github.com/cosmos/ics23/go"

	"github.com/filiera-chain/filiera/store/proof"
	"github.com/filiera-chain/filiera/store/storetest"
)

var update = flag.Bool("update", false, "write testdata/vectors.json anew")

// vectors is what testdata/vectors.json holds, for verifiers in other languages. All bytes are in hexadecimal.
type vectors struct {
	Spec   string        `json:"spec"`
	Root   string        `json:"root"`
	State  []vectorPair  `json:"state"`
	Proofs []vectorProof `json:"proofs"`
	Ranges []vectorRange `json:"ranges"`
}

type vectorPair struct {
	Key   string `json:"key"`
	Value string `json:"value"`
}

// vectorProof is an ICS23 CommitmentProof in protobuf, and whether it must verify.
type vectorProof struct {
	Name  string  `json:"name"`
	Kind  string  `json:"kind"` // membership or absence
	Key   string  `json:"key"`
	Value *string `json:"value,omitempty"` // as the proof shows it
	Proof string  `json:"proof"`
	Valid bool    `json:"valid"`
}

// vectorRange is a range proof in its wire form; start and end are absent where the range is open.
type vectorRange struct {
	Name  string       `json:"name"`
	Start *string      `json:"start,omitempty"`
	End   *string      `json:"end,omitempty"`
	Limit int          `json:"limit,omitempty"`
	Proof string       `json:"proof"`
	Pairs []vectorPair `json:"pairs"`
	Next  string       `json:"next,omitempty"`
}

func vectorState() storetest.Model {
	m := storetest.Model{
		"\x00":                             "lowest",
		"\xff\xff":                         "highest",
		"batch/08032853720012/L26A":        "Maccheroncini di Campofilone, lotto L26A",
		"batch/08032853720012/L26A/events": "a key that another one begins",
		"batch/08032853720012/L26B":        "",
		"attestation/\x00\x01\x02\x80":     "binary key",
		"attestation/\x00\x01\x02\x80\x00": "one zero byte longer",
		"participant/amap":                 "control body",
	}
	for i := range 40 {
		m[fmt.Sprintf("item/%014d", 8032853720000+i*37)] = fmt.Sprintf("trade item %d", i)
	}
	return m
}

func ptr(s string) *string { return &s }

func makeVectors(t *testing.T) vectors {
	m := vectorState()
	s := withState(t, m, Options{})
	out := vectors{Spec: "ics23 TendermintSpec", Root: hex.EncodeToString(s.AppHash())}
	for _, k := range m.Keys() {
		out.State = append(out.State, vectorPair{hex.EncodeToString([]byte(k)), hex.EncodeToString([]byte(m[k]))})
	}
	view(t, s, func(v *View) {
		add := func(name, kind, key, value string, p *ics23.CommitmentProof, valid bool) {
			vp := vectorProof{Name: name, Kind: kind, Key: hex.EncodeToString([]byte(key)), Proof: hex.EncodeToString(encodeProof(t, p)), Valid: valid}
			if kind == "membership" {
				vp.Value = ptr(hex.EncodeToString([]byte(value)))
			}
			out.Proofs = append(out.Proofs, vp)
		}
		prove := func(key string) *ics23.CommitmentProof {
			p, err := v.Prove([]byte(key))
			must(t, err)
			return p
		}
		for _, k := range []string{"\x00", "\xff\xff", "batch/08032853720012/L26A", "batch/08032853720012/L26A/events", "attestation/\x00\x01\x02\x80", "attestation/\x00\x01\x02\x80\x00", "item/08032853720037"} {
			add("value of "+fmt.Sprintf("%q", k), "membership", k, m[k], prove(k), true)
		}
		add("empty value, shown as the bytes reserved for it", "membership", "batch/08032853720012/L26B", string(proof.EmptyValue()), prove("batch/08032853720012/L26B"), true)
		for _, k := range []string{"batch/08032853720012/L26C", "batch/08032853720012/L26", "batch/08032853720012/L26A\x00", "item/08032853720038", "\x00\x00", "\xff\xff\xff"} {
			add("absence of "+fmt.Sprintf("%q", k), "absence", k, "", prove(k), true)
		}
		real := "batch/08032853720012/L26A"
		add("another value", "membership", real, "forged", prove(real), false)
		add("another key", "membership", "participant/amap", m[real], prove(real), false)
		np := prove("batch/08032853720012/L26C")
		np.GetNonexist().Key = []byte(real)
		add("absence of a key that is there", "absence", real, "", np, false)
		cut := prove("item/08032853720038")
		cut.GetNonexist().Left = nil
		add("absence without the left neighbour", "absence", "item/08032853720038", "", cut, false)
		out.Ranges = vectorRanges(t, v)
	})
	return out
}

func vectorRanges(t *testing.T, v *View) []vectorRange {
	t.Helper()
	var out []vectorRange
	for _, c := range []struct {
		name       string
		start, end []byte
		limit      int
	}{
		{"everything", nil, nil, 0},
		{"one module", []byte("batch/"), []byte("batch0"), 0},
		{"nothing in between", []byte("batch0"), []byte("item/"), 0},
		{"the first three", []byte("item/"), []byte("item0"), 3},
		{"to the end", []byte("participant/"), nil, 0},
	} {
		p, err := v.ProveRange(c.start, c.end, c.limit)
		must(t, err)
		raw, err := p.MarshalBinary()
		must(t, err)
		pairs, err := VerifyRange(v.AppHash(), p, c.start, c.end)
		must(t, err)
		r := vectorRange{Name: c.name, Limit: c.limit, Proof: hex.EncodeToString(raw), Next: hex.EncodeToString(p.Next), Pairs: []vectorPair{}}
		if c.start != nil {
			r.Start = ptr(hex.EncodeToString(c.start))
		}
		if c.end != nil {
			r.End = ptr(hex.EncodeToString(c.end))
		}
		for _, pair := range pairs {
			r.Pairs = append(r.Pairs, vectorPair{hex.EncodeToString(pair.Key), hex.EncodeToString(pair.Value)})
		}
		out = append(out, r)
	}
	return out
}

// TestVectorsHold compares the proofs of a fixed state with those in testdata, byte for byte: a difference means that roots or proofs of running
// chains would change. With -update it writes the file anew.
func TestVectorsHold(t *testing.T) {
	const path = "testdata/vectors.json"
	made := makeVectors(t)
	if made.Root != hex.EncodeToString(vectorState().Root()) {
		t.Fatalf("root %s, the model %x", made.Root, vectorState().Root())
	}
	raw, err := json.MarshalIndent(made, "", " ")
	must(t, err)
	raw = append(raw, '\n')
	if *update {
		must(t, os.WriteFile(path, raw, 0o644))
	}
	kept, err := os.ReadFile(path)
	must(t, err)
	if !bytes.Equal(kept, raw) {
		t.Fatalf("%s no longer matches what the store makes; if the change is meant, run: go test ./store -run TestVectorsHold -update", path)
	}
	checkVectors(t, kept)
}

// checkVectors verifies the file as another program would: from its text alone.
func checkVectors(t *testing.T, raw []byte) {
	t.Helper()
	var vs vectors
	must(t, json.Unmarshal(raw, &vs))
	root := unhex(t, vs.Root)
	for _, c := range vs.Proofs {
		p, key := decodeProof(t, unhex(t, c.Proof)), unhex(t, c.Key)
		var ok bool
		if c.Kind == "membership" {
			ok = ics23.VerifyMembership(ics23.TendermintSpec, root, p, key, unhex(t, *c.Value))
		} else {
			ok = ics23.VerifyNonMembership(ics23.TendermintSpec, root, p, key)
		}
		if ok != c.Valid {
			t.Errorf("%s: ICS23 says %v, the vector %v", c.Name, ok, c.Valid)
		}
	}
}

func unhex(t *testing.T, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(s)
	must(t, err)
	return b
}
