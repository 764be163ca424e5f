package verify

import (
	"bytes"
	"slices"
	"testing"

	"github.com/filiera-chain/filiera/store/proof"
)

// FuzzDecodeBundle: whatever is accepted has one form.
func FuzzDecodeBundle(f *testing.F) {
	b, _ := story().prove(f, gtin, lot, few())
	f.Add(encode(f, b))
	f.Add([]byte(`{"format":"filiera-bundle/1","chain_id":"c","target":{"gtin":"1","lot":"2"},"header":"","commit":"","validators":[{"public_key":"","power":1}],"records":[{"key":"00","absent":true,"proof":""}],"ranges":[]}`))
	f.Add([]byte("null"))
	f.Fuzz(func(t *testing.T, raw []byte) {
		b, err := DecodeBundle(raw)
		if err != nil {
			return
		}
		again, err := b.Encode()
		if err != nil || !bytes.Equal(again, raw) {
			t.Fatalf("accepted %q, which encodes to %q (%v)", raw, again, err)
		}
	})
}

// FuzzCheck: nothing but the bundles that the chain made is accepted, and nothing panics. The input is a whole bundle, or
// takes the place of one binary part of a good one.
func FuzzCheck(f *testing.F) {
	good, trust := story().prove(f, gtin, lot, few())
	raw := encode(f, good)
	f.Add(raw, uint8(0), uint8(0))
	f.Add([]byte(good.Header), uint8(1), uint8(0))
	f.Add([]byte(good.Commit), uint8(2), uint8(0))
	f.Add([]byte(good.Records[3].Proof), uint8(3), uint8(3))
	f.Add([]byte(good.Ranges[1].Proof), uint8(4), uint8(1))
	f.Add([]byte(*good.Records[0].Value), uint8(5), uint8(0))
	f.Fuzz(func(t *testing.T, part []byte, which, index uint8) {
		raw := part
		if which != 0 {
			b := *good
			b.Records, b.Ranges = slices.Clone(b.Records), slices.Clone(b.Ranges)
			replace(&b, part, which, int(index))
			var err error
			if raw, err = b.Encode(); err != nil {
				return
			}
		}
		r, err := Check(raw, trust)
		if err != nil {
			return
		}
		if r.GTIN != gtin || r.Lot != lot || r.Answer("it").Verdict != Authentic {
			t.Fatalf("accepted a bundle that the chain did not make: %+v", r)
		}
	})
}

func replace(b *Bundle, part []byte, which uint8, index int) {
	switch which {
	case 1:
		b.Header = part
	case 2:
		b.Commit = part
	case 3:
		b.Records[index%len(b.Records)].Proof = part
	case 4:
		b.Ranges[index%len(b.Ranges)].Proof = part
	case 5:
		if r := &b.Records[index%len(b.Records)]; r.Value != nil {
			v := Hex(part)
			r.Value = &v
		}
	}
}

// FuzzJudge: whatever records a state may hold, gathering and judging them neither panics nor leaves the answer without a reason.
func FuzzJudge(f *testing.F) {
	rec := recordedStory(f)
	for _, key := range sortedKeys(rec.keys) {
		f.Add([]byte(key), rec.keys[key])
	}
	f.Fuzz(func(t *testing.T, key, value []byte) {
		r, err := Gather(replaced{rec.src, key, value}, gtin, lot)
		if err != nil {
			return
		}
		a := Judge(r, ledger(), "en")
		if len(a.Reasons) == 0 || a.Verdict == "" || a.Headline == "" {
			t.Fatalf("answer %+v", a)
		}
	})
}

// frozen serves what was read of a state that is gone.
type frozen struct {
	keys   map[string][]byte
	ranges map[string][]proof.Pair
}

func (s frozen) Get(key []byte) ([]byte, error)              { return s.keys[string(key)], nil }
func (s frozen) Range(start, _ []byte) ([]proof.Pair, error) { return s.ranges[string(start)], nil }

// replaced is a source in which one record has another value.
type replaced struct {
	Source
	key, value []byte
}

func (r replaced) Get(key []byte) ([]byte, error) {
	if bytes.Equal(key, r.key) {
		return r.value, nil
	}
	return r.Source.Get(key)
}
