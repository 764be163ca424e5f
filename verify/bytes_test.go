package verify

import (
	"bytes"
	"strings"
	"testing"
)

// TestEveryByteMatters changes each byte of real bundles: a hex digit to the next one, anything else by a bit.
func TestEveryByteMatters(t *testing.T) {
	small := story()
	small.batch, small.noise = nil, 2
	full := story()
	full.noise = 1
	for name, w := range map[string]*world{"unknown": small, "authentic": full} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b, trust := w.prove(t, gtin, lot, few())
			raw := encode(t, b)
			_, err := Check(raw, trust)
			must(t, err)
			failed := map[string]int{}
			for i := range raw {
				changed := bytes.Clone(raw)
				changed[i] = otherByte(raw[i])
				r, err := Check(changed, trust)
				if err == nil {
					t.Fatalf("byte %d (%q to %q) does not matter: …%s…", i, raw[i], changed[i], raw[max(0, i-40):min(len(raw), i+40)])
				}
				failed[r.Checks[len(r.Checks)-1].Name]++
			}
			// The flips must have reached every check that looks at bytes of the bundle.
			for _, c := range []string{CheckForm, CheckHeader, CheckValidators, CheckCommit, CheckRecords, CheckAnswer} {
				if failed[c] == 0 {
					t.Errorf("no flip was found by the check of %s: %v", c, failed)
				}
			}
			t.Logf("%d bytes, refused by %v", len(raw), failed)
		})
	}
}

const hexDigits = "0123456789abcdef"

func otherByte(c byte) byte {
	if i := strings.IndexByte(hexDigits, c); i >= 0 {
		return hexDigits[(i+1)%len(hexDigits)]
	}
	return c ^ 1
}

// TestEveryBitMatters flips each bit of the binary parts: the header, the commit, the keys, and a sample of the rest.
func TestEveryBitMatters(t *testing.T) {
	w := story()
	w.noise = 2
	b, trust := w.prove(t, gtin, lot, few())
	parts := map[string]*Hex{"header": &b.Header, "commit": &b.Commit}
	for i := range b.Validators {
		parts["validator"+hexDigits[i:i+1]] = &b.Validators[i].PublicKey
	}
	for i := range b.Ranges {
		parts["range start"+hexDigits[i:i+1]], parts["range end"+hexDigits[i:i+1]] = &b.Ranges[i].Start, &b.Ranges[i].End
		parts["range proof"+hexDigits[i:i+1]] = &b.Ranges[i].Proof
	}
	for i := 0; i < len(b.Records); i += 6 {
		parts["key"+hexDigits[i:i+1]], parts["value"+hexDigits[i:i+1]], parts["proof"+hexDigits[i:i+1]] = &b.Records[i].Key, b.Records[i].Value, &b.Records[i].Proof
	}
	for name, part := range parts {
		stride := 1
		if strings.HasPrefix(name, "range") || strings.HasPrefix(name, "value") || strings.HasPrefix(name, "proof") {
			stride = 37
		}
		for bit := 0; bit < 8*len(*part); bit += stride {
			(*part)[bit/8] ^= 1 << (bit % 8)
			if _, err := Check(encode(t, b), trust); err == nil {
				t.Errorf("bit %d of %s does not matter", bit, name)
			}
			(*part)[bit/8] ^= 1 << (bit % 8)
		}
	}
	if _, err := Check(encode(t, b), trust); err != nil {
		t.Errorf("the bundle put together again: %v", err)
	}
}
