package store

import (
	"crypto/sha256"
	"encoding/binary"

	"github.com/filiera-chain/filiera/store/proof"
)

// Hash is the size-fixed form in which the tree holds SHA-256 digests.
type hash = [sha256.Size]byte

// emptyRoot is the root of a tree without keys: SHA-256 of the empty string, as CometBFT's merkle package has it.
var emptyRoot = sha256.Sum256(nil)

// leafHash is the leaf of ICS23's TendermintSpec: SHA256(0x00 ‖ uvarint(len key) ‖ key ‖ 0x20 ‖ SHA256(value)).
// buf is scratch space, returned for the next call. An empty value is committed as proof.EmptyValue, because
// ICS23 verifiers refuse a proof of an empty value.
func leafHash(buf, key, value []byte) (hash, []byte) {
	if len(value) == 0 {
		value = proof.EmptyValue()
	}
	vh := sha256.Sum256(value)
	buf = append(buf[:0], 0)
	buf = binary.AppendUvarint(buf, uint64(len(key)))
	buf = append(buf, key...)
	buf = append(buf, sha256.Size)
	buf = append(buf, vh[:]...)
	return sha256.Sum256(buf), buf
}

// innerHash is the inner node of ICS23's TendermintSpec: SHA256(0x01 ‖ left ‖ right).
func innerHash(left, right *hash) hash {
	var buf [1 + 2*sha256.Size]byte
	buf[0] = 1
	copy(buf[1:], left[:])
	copy(buf[1+sha256.Size:], right[:])
	return sha256.Sum256(buf[:])
}
