package signedfile

import (
	"bytes"
	"errors"
	"fmt"
)

// Bounds of one container. Streaming writers divide contents into chunks of 1,000
// bytes or more, so 2^18 nodes hold every file that is read here.
const (
	maxDepth = 40
	maxNodes = 1 << 18
)

// node is one element of BER (X.690), which includes DER. Signed files are written
// with lengths that are left open and octet strings in pieces, which encoding/asn1
// does not read.
type node struct {
	class       byte // 0 universal, 2 context
	tag         uint32
	constructed bool
	// content of a primitive element; raw is the element with its header.
	content, raw []byte
	children     []node
	// definite says that all lengths in it are written, so that raw may be DER.
	definite bool
}

// Universal tags in use.
const (
	tagInteger     = 2
	tagBitString   = 3
	tagOctetString = 4
	tagOID         = 6
	tagSequence    = 16
	tagSet         = 17
	tagUTCTime     = 23
	tagGeneralized = 24
)

// errCut says that bytes are missing at the end.
var errCut = errors.New("it is cut off")

type reader struct{ nodes int }

// readBER reads one element and gives what follows it.
func readBER(b []byte) (*node, []byte, error) {
	r := &reader{nodes: maxNodes}
	n, rest, err := r.read(b, 0)
	if err != nil {
		return nil, nil, err
	}
	return &n, rest, nil
}

func (r *reader) read(b []byte, depth int) (node, []byte, error) {
	n := node{}
	if r.nodes--; r.nodes < 0 {
		return n, nil, fmt.Errorf("it has more than %d elements", maxNodes)
	}
	if depth > maxDepth {
		return n, nil, fmt.Errorf("its elements are nested more than %d deep", maxDepth)
	}
	length, open, head, err := n.header(b)
	if err != nil {
		return n, nil, err
	}
	body := b[head:]
	if !open && length > len(body) {
		return n, nil, fmt.Errorf("an element announces %d bytes and %d follow: %w", length, len(body), errCut)
	}
	if !n.constructed {
		n.content, n.raw, n.definite = body[:length], b[:head+length], true
		return n, body[length:], nil
	}
	n.definite = !open
	if !open {
		body = body[:length]
	}
	for {
		switch {
		case !open && len(body) == 0:
			n.raw, n.content = b[:head+length], b[head:head+length]
			return n, b[head+length:], nil
		case open && len(body) < 2:
			return n, nil, fmt.Errorf("an element of open length has no end: %w", errCut)
		case open && body[0] == 0 && body[1] == 0:
			end := len(b) - len(body)
			n.raw, n.content = b[:end+2], b[head:end]
			return n, body[2:], nil
		}
		child, rest, err := r.read(body, depth+1)
		if err != nil {
			return n, nil, err
		}
		n.definite = n.definite && child.definite
		n.children = append(n.children, child)
		body = rest
	}
}

// header reads tag and length.
func (n *node) header(b []byte) (length int, open bool, head int, err error) {
	if len(b) < 2 {
		return 0, false, 0, fmt.Errorf("an element has no header: %w", errCut)
	}
	n.class, n.constructed, n.tag = b[0]>>6, b[0]&0x20 != 0, uint32(b[0]&0x1f)
	i := 1
	if n.tag == 0x1f {
		n.tag = 0
		for {
			if i >= len(b) || i > 4 {
				return 0, false, 0, errors.New("an element's tag is too long")
			}
			c := b[i]
			i++
			n.tag = n.tag<<7 | uint32(c&0x7f)
			if c&0x80 == 0 {
				break
			}
		}
	}
	if i >= len(b) {
		return 0, false, 0, fmt.Errorf("an element has no length: %w", errCut)
	}
	c := b[i]
	i++
	switch {
	case c < 0x80:
		return int(c), false, i, nil
	case c == 0x80:
		if !n.constructed {
			return 0, false, 0, errors.New("a primitive element has an open length")
		}
		return 0, true, i, nil
	}
	octets := int(c & 0x7f)
	if octets > 4 || i+octets > len(b) {
		return 0, false, 0, fmt.Errorf("an element's length has %d bytes: %w", octets, errCut)
	}
	size := uint64(0)
	for _, o := range b[i : i+octets] {
		size = size<<8 | uint64(o)
	}
	if size > 1<<31-1 {
		return 0, false, 0, fmt.Errorf("an element announces %d bytes", size)
	}
	return int(size), false, i + octets, nil
}

func (n *node) is(tag uint32) bool { return n != nil && n.class == 0 && n.tag == tag }

func (n *node) context(tag uint32) bool { return n != nil && n.class == 2 && n.tag == tag }

// at gives a child, or nil.
func (n *node) at(i int) *node {
	if n == nil || i < 0 || i >= len(n.children) {
		return nil
	}
	return &n.children[i]
}

// octets joins the pieces of an octet string. It copies only where there are some.
func (n *node) octets() ([]byte, error) {
	if !n.is(tagOctetString) && !n.context(n.tag) {
		return nil, errors.New("an octet string was expected")
	}
	if !n.constructed {
		return n.content, nil
	}
	var out bytes.Buffer
	for i := range n.children {
		c := &n.children[i]
		if !c.is(tagOctetString) {
			return nil, errors.New("an octet string has a piece that is none")
		}
		piece, err := c.octets()
		if err != nil {
			return nil, err
		}
		out.Write(piece)
	}
	return out.Bytes(), nil
}

// oid gives an object identifier in dotted form, or "".
func (n *node) oid() string {
	if !n.is(tagOID) || n.constructed || len(n.content) == 0 || len(n.content) > 64 {
		return ""
	}
	out, v, first := make([]byte, 0, 32), uint64(0), true
	for i, c := range n.content {
		if v > 1<<56 {
			return ""
		}
		v = v<<7 | uint64(c&0x7f)
		if c&0x80 != 0 {
			if i == len(n.content)-1 {
				return ""
			}
			continue
		}
		if first {
			root := min(v/40, 2)
			out = fmt.Appendf(out, "%d.%d", root, v-40*root)
			first = false
		} else {
			out = fmt.Appendf(out, ".%d", v)
		}
		v = 0
	}
	return string(out)
}

// small gives an integer of 0 to 127, or -1.
func (n *node) small() int {
	if !n.is(tagInteger) || len(n.content) != 1 || n.content[0] > 127 {
		return -1
	}
	return int(n.content[0])
}

// der writes an element with definite lengths. Only what a signature covers is
// written so, which is small.
func (n *node) der(tag byte) []byte {
	var body []byte
	if !n.constructed || n.definite {
		body = n.content
	} else {
		for i := range n.children {
			c := &n.children[i]
			if c.definite {
				body = append(body, c.raw...)
				continue
			}
			body = append(body, c.der(c.raw[0])...)
		}
	}
	return wrap(tag, body)
}

// wrap writes a header before a body.
func wrap(tag byte, body []byte) []byte {
	n := len(body)
	out := []byte{tag}
	switch {
	case n < 0x80:
		out = append(out, byte(n))
	case n < 1<<8:
		out = append(out, 0x81, byte(n))
	case n < 1<<16:
		out = append(out, 0x82, byte(n>>8), byte(n))
	case n < 1<<24:
		out = append(out, 0x83, byte(n>>16), byte(n>>8), byte(n))
	default:
		out = append(out, 0x84, byte(n>>24), byte(n>>16), byte(n>>8), byte(n))
	}
	return append(out, body...)
}
