package private

import (
	"bytes"
	"os"
	"strings"
	"testing"

	"github.com/ethereum/go-ethereum/crypto"
	"pgregory.net/rapid"

	"github.com/filiera-chain/filiera/commitment"
)

func TestPaddingHidesLengthsAndComesOff(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		n := rapid.IntRange(1, maxPadded).Draw(r, "length")
		p := padded(n)
		if p < n || p%leastPad != 0 || p-n >= max(leastPad, n/8) {
			r.Fatalf("%d is filled up to %d", n, p)
		}
		raw := append(bytes.Repeat([]byte{' '}, min(n, 5000)), '}')
		if got := unpad(pad(raw)); !bytes.Equal(got, raw) {
			r.Fatalf("%d bytes come back as %d", len(raw), len(got))
		}
	})
	lengths := map[int]bool{}
	for n := 1; n <= maxPadded; n++ {
		lengths[padded(n)] = true
	}
	if len(lengths) > 200 {
		t.Errorf("there are %d lengths", len(lengths))
	}
}

// TestLengthsTellNothing holds files and packages of values of very different
// lengths against each other.
func TestLengthsTellNothing(t *testing.T) {
	dir := t.TempDir()
	s, err := Open(dir, keyOf(t, "maker"))
	must(t, err)
	var files, packages []int
	for i, value := range []string{"9", "12,50 EUR al kg, franco mulino", strings.Repeat("uova ", 80)} {
		o, n := opening("price", value)
		n.Commitment[0] = byte(i)
		must(t, s.Put(n, o))
		st, err := os.Stat(s.path(n, valueSuffix))
		must(t, err)
		p, err := Seal(o, n, "mill", crypto.CompressPubkey(&keyOf(t, "mill").PublicKey))
		must(t, err)
		files, packages = append(files, int(st.Size())), append(packages, len(p.Ciphertext))
	}
	for i := range files {
		if files[i] != files[0] || packages[i] != packages[0] {
			t.Errorf("files have %v bytes and packages %v", files, packages)
		}
	}
	o, _ := opening("evidence", "")
	o.Form, o.Value = commitment.Bytes, bytes.Repeat([]byte{0xff}, commitment.MaxValue)
	raw, err := o.Encode()
	must(t, err)
	if padded(len(raw)+4<<10) > maxPadded {
		t.Errorf("the longest opening is filled up to %d bytes, and %d are read", padded(len(raw)+4<<10), maxPadded)
	}
}
