package tree

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"io"

	"github.com/filiera-chain/filiera/gs1"
	"github.com/filiera-chain/filiera/units"
)

const (
	magic      = "filiera-units/1\n"
	headerSize = 128
	leafSize   = units.IDSize + units.TokenSize + 4
	// blockSize is a power of two, so that the blocks' roots are nodes of the tree.
	blockSize = 256
	maxBlocks = (units.MaxUnits + blockSize - 1) / blockSize
)

// Header says what a tree file is of.
type Header struct {
	// GTIN has 14 digits.
	GTIN, Lot string
	Count     uint32
	Root      units.Hash
}

func (h *Header) bytes() []byte {
	b := append(make([]byte, 0, headerSize), magic...)
	b = binary.BigEndian.AppendUint32(b, h.Count)
	b = append(b, h.GTIN...)
	b = append(append(b, byte(len(h.Lot))), h.Lot...)
	b = append(b, make([]byte, 20-len(h.Lot))...)
	b = append(b, h.Root[:]...)
	return b[:headerSize]
}

// readHeader refuses all but the one form.
func readHeader(r io.Reader) (*Header, error) {
	var b [headerSize]byte
	if _, err := io.ReadFull(r, b[:]); err != nil || string(b[:len(magic)]) != magic {
		return nil, fmt.Errorf("it does not begin with %q", magic[:len(magic)-1])
	}
	rest := b[len(magic):]
	h := &Header{Count: binary.BigEndian.Uint32(rest), GTIN: string(rest[4:18])}
	size := int(rest[18])
	if size > 20 {
		return nil, fmt.Errorf("its lot has %d characters", size)
	}
	h.Lot, h.Root = string(rest[19:19+size]), units.Hash(rest[39:])
	if !bytes.Equal(h.bytes(), b[:]) {
		return nil, fmt.Errorf("its header is not in its one form")
	}
	if _, err := gs1.ParseGTIN(h.GTIN); err != nil {
		return nil, err
	}
	if _, err := gs1.ParseLot(h.Lot); err != nil {
		return nil, err
	}
	if h.Count == 0 || h.Count > units.MaxUnits {
		return nil, fmt.Errorf("it is of %d items; a run has 1 to %d", h.Count, units.MaxUnits)
	}
	return h, nil
}

func (h *Header) blocks() int { return int((h.Count + blockSize - 1) / blockSize) }

func (h *Header) size() int64 {
	return headerSize + int64(h.Count)*leafSize + int64(h.blocks())*units.HashSize
}

func appendLeaf(b []byte, l units.Leaf) []byte {
	return binary.BigEndian.AppendUint32(append(append(b, l.ID[:]...), l.Tip[:]...), l.Number)
}

func leafAt(b []byte, i int) units.Leaf {
	b = b[i*leafSize:]
	return units.Leaf{ID: units.ID(b), Tip: units.Token(b[units.IDSize:]), Number: binary.BigEndian.Uint32(b[units.IDSize+units.TokenSize:])}
}
