package signedfile

import (
	"bytes"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strconv"
)

// maxRanges is how many signatures of a PDF are read.
const maxRanges = 64

// byteRange is what a signature of a PDF covers: two stretches with the signature
// between them (ISO 32000-1, 12.8.1).
type byteRange struct{ start, length, resume, rest int64 }

func (r byteRange) end() int64 { return r.resume + r.rest }

func (r byteRange) covered(b []byte) []byte {
	return slices.Concat(b[r.start:r.start+r.length], b[r.resume:r.end()])
}

// readPDF looks for signatures in a PDF. Own says that the PDF is the file, and not
// what stood in a container.
func (f *File) readPDF(b []byte, own bool) error {
	if !bytes.HasPrefix(b, []byte("%PDF-")) {
		return errors.New("the file is called a PDF and does not begin as one")
	}
	if !bytes.Contains(b[max(0, len(b)-2048):], []byte("%%EOF")) {
		return errors.New("the PDF is cut off: it has no %%EOF at its end")
	}
	ranges, err := byteRanges(b)
	if err != nil || len(ranges) == 0 {
		return err
	}
	slices.SortFunc(ranges, func(x, y byteRange) int { return int(x.end() - y.end()) })
	last := ranges[len(ranges)-1]
	signed := false
	for _, r := range ranges {
		covered := r.covered(b)
		s, err := pdfSignature(b[r.start+r.length : r.resume])
		if err != nil {
			f.Signers = append(f.Signers, Signer{State: Broken, Why: err.Error()})
		} else if s.contentType == oidTSTInfo {
			f.Stamps++
			continue
		} else {
			for i := range s.signers {
				f.Signers = append(f.Signers, s.checkDetached(&s.signers[i], covered))
			}
		}
		if own && !signed {
			f.Container, f.Layers = PAdES, 1
			p := pieceOf(covered)
			f.Inner = &p
		}
		signed = true
	}
	if own {
		f.Unsigned = int64(len(b)) - last.end()
	}
	return nil
}

// byteRanges finds every signature's range. One that is still to be filled in is
// passed over; one that does not fit the file is refused.
func byteRanges(b []byte) ([]byteRange, error) {
	var out []byteRange
	mark := []byte("/ByteRange")
	for at := 0; ; {
		i := bytes.Index(b[at:], mark)
		if i < 0 {
			return out, nil
		}
		at += i + len(mark)
		r, ok := parseRange(b[at:min(len(b), at+128)])
		if !ok || slices.Contains(out, r) {
			continue
		}
		size := int64(len(b))
		if r.start != 0 || r.length <= 0 || r.resume <= r.length || r.rest < 0 || r.resume > size {
			return nil, fmt.Errorf("the PDF has a signature over the bytes [%d %d %d %d] of %d: it is cut off, or was changed", r.start, r.length, r.resume, r.rest, size)
		}
		if r.rest > size-r.resume {
			return nil, fmt.Errorf("the PDF is cut off: a signature covers it up to byte %d, and it has %d", r.end(), size)
		}
		if out = append(out, r); len(out) > maxRanges {
			return nil, fmt.Errorf("the PDF has more than %d signatures", maxRanges)
		}
	}
}

// parseRange reads "[a b c d]".
func parseRange(b []byte) (byteRange, bool) {
	open := bytes.IndexByte(b, '[')
	end := bytes.IndexByte(b, ']')
	if open < 0 || end < open || len(bytes.TrimSpace(b[:open])) != 0 {
		return byteRange{}, false
	}
	fields := bytes.Fields(b[open+1 : end])
	if len(fields) != 4 {
		return byteRange{}, false
	}
	var n [4]int64
	for i, f := range fields {
		v, err := strconv.ParseUint(string(f), 10, 40)
		if err != nil {
			return byteRange{}, false
		}
		n[i] = int64(v)
	}
	return byteRange{n[0], n[1], n[2], n[3]}, true
}

// pdfSignature reads "<hex digits>", zeros behind the container.
func pdfSignature(gap []byte) (*signedData, error) {
	gap = bytes.TrimSpace(gap)
	if len(gap) < 2 || gap[0] != '<' || gap[len(gap)-1] != '>' {
		return nil, errors.New("between what the signature covers there is not the signature alone")
	}
	digits := bytes.Join(bytes.Fields(gap[1:len(gap)-1]), nil)
	raw := make([]byte, len(digits)/2)
	if _, err := hex.Decode(raw, digits); err != nil {
		return nil, fmt.Errorf("the signature is not written in hex: %w", err)
	}
	s, rest, err := parseSignedData(raw)
	if err != nil {
		return nil, fmt.Errorf("the signature cannot be read: %w", err)
	}
	if len(bytes.Trim(rest, "\x00")) != 0 {
		return nil, errors.New("something else than zeros follows the signature")
	}
	if len(s.signers) == 0 {
		return nil, errors.New("the container has no signature")
	}
	return s, nil
}
