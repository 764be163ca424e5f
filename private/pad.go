package private

import (
	"bytes"
	"math/bits"
)

// The length of a ciphertext is seen by whoever passes it on or lists a folder,
// and a price of nine characters is not one of five. Openings are therefore
// filled up with spaces, which end no opening, to one of few lengths: multiples
// of a KiB up to 32 KiB, and above that of a sixteenth to a thirty-second of
// what they have.
const (
	leastPad = 1 << 10
	// maxPadded is the most that the longest opening is filled up to.
	maxPadded = 22 << 18
)

// padded is the length to which n bytes are filled up.
func padded(n int) int {
	step := leastPad
	if n > 32*leastPad {
		step = 1 << (bits.Len(uint(n)) - 5)
	}
	return (n + step - 1) / step * step
}

func pad(raw []byte) []byte {
	out := make([]byte, 0, padded(len(raw)))
	out = append(out, raw...)
	return append(out, bytes.Repeat([]byte{' '}, cap(out)-len(out))...)
}

func unpad(plain []byte) []byte { return bytes.TrimRight(plain, " ") }
