package units

import (
	"crypto/aes"
	"crypto/cipher"
	"encoding/binary"
	"fmt"
)

// SerialLen is the length of a serial number that a Sequence makes: 64 bits in
// Crockford's base 32.
const SerialLen = 13

// Bounds of a Sequence: a run has a tag of 40 bits, an item a position of 24.
const (
	positionBits = 24
	maxTag       = 1<<40 - 1
)

// Sequence makes the serial numbers of a run: a permutation of 64 bits, keyed by
// the producer's key and the GTIN, of tag and position. So no two positions of a
// run give one number, nor do two runs of a product with different tags; and who
// lacks the key hits one of ten million with a guess in two million million.
type Sequence struct {
	block   cipher.Block
	tag     uint64
	in, out [aes.BlockSize]byte
}

// Sequence gives the serial numbers of a run. tag tells the runs of a product
// apart; the millisecond in which a run is made does.
func (k Key) Sequence(gtin string, tag uint64) (*Sequence, error) {
	if tag > maxTag {
		return nil, fmt.Errorf("the tag of a run is %d; it is at most %d", tag, uint64(maxTag))
	}
	block, err := aes.NewCipher(k.derive("serial", gtin))
	if err != nil {
		return nil, err
	}
	return &Sequence{block: block, tag: tag}, nil
}

// rounds of the Feistel network, as many as NIST SP 800-38G has for FF1.
const rounds = 10

// At gives the serial number at a position, from 0 and below 2^24.
func (s *Sequence) At(position uint32) string {
	x := s.tag<<positionBits | uint64(position)
	left, right := uint32(x>>32), uint32(x)
	for r := range rounds {
		left, right = right, left^s.round(byte(r), right)
	}
	var b [8]byte
	binary.BigEndian.PutUint64(b[:], uint64(left)<<32|uint64(right))
	// 65 bits, of which the first is 0.
	var shifted [9]byte
	carry := byte(0)
	for i, c := range b {
		shifted[i], carry = carry<<7|c>>1, c&1
	}
	shifted[8] = carry << 7
	var text [SerialLen]byte
	encode(text[:], shifted[:])
	return string(text[:])
}

func (s *Sequence) round(r byte, half uint32) uint32 {
	s.in[0] = r
	binary.BigEndian.PutUint32(s.in[1:], half)
	s.block.Encrypt(s.out[:], s.in[:])
	return binary.BigEndian.Uint32(s.out[:])
}
