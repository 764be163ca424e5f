package batchfile

import (
	"bufio"
	"bytes"
	"io"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"
)

// charset is decided at the first letter outside ASCII: until then UTF-8 and
// Windows-1252 are the same, and a letter of one is hardly ever valid in the
// other. So no second pass over the file is needed.
type charset uint8

const (
	undecided charset = iota
	utf8Set
	windows1252
)

// open looks at the first bytes: a byte order mark decides, and files that are
// no tables at all are named.
func openText(r io.Reader) (*bufio.Reader, charset, *Problem) {
	in := bufio.NewReaderSize(r, maxRow+16)
	head, err := in.Peek(4)
	if err != nil && err != io.EOF && len(head) == 0 {
		return nil, 0, &Problem{
			Code:      "unreadable",
			MessageIT: "il file non si riesce a leggere: " + err.Error(), MessageEN: "the file cannot be read: " + err.Error(),
		}
	}
	switch {
	case bytes.HasPrefix(head, []byte{0xd0, 0xcf, 0x11, 0xe0}):
		return nil, 0, &Problem{
			Code:      "excel_workbook",
			MessageIT: "questo è un file di Excel vecchio (.xls) o protetto da password: in Excel salvarlo senza password come «Cartella di lavoro Excel (.xlsx)»",
			MessageEN: "this is an old Excel file (.xls) or one with a password: in Excel save it without a password as “Excel workbook (.xlsx)”",
		}
	case bytes.HasPrefix(head, []byte("\xef\xbb\xbf")):
		_, err := in.Discard(3)
		if err != nil {
			return nil, 0, &Problem{Code: "unreadable", MessageIT: "il file non si riesce a leggere", MessageEN: "the file cannot be read"}
		}
		return in, utf8Set, nil
	case bytes.HasPrefix(head, []byte{0xff, 0xfe}), bytes.HasPrefix(head, []byte{0xfe, 0xff}):
		// Excel's “Unicode text”
		dec := unicode.UTF16(unicode.LittleEndian, unicode.ExpectBOM).NewDecoder()
		return bufio.NewReaderSize(dec.Reader(in), maxRow+16), utf8Set, nil
	}
	return in, undecided, nil
}

// decode turns a cell into trimmed UTF-8; ok is false for bytes that mean
// nothing in the file's character set, and for control characters.
func (c *charset) decode(cell string) (text string, ok bool) {
	text = cell
	if !isASCII(cell) {
		if *c == undecided {
			*c = windows1252
			if utf8.ValidString(cell) {
				*c = utf8Set
			}
		}
		if *c == windows1252 {
			if t, err := charmap.Windows1252.NewDecoder().String(cell); err == nil {
				text = t
			}
		}
	}
	ok = utf8.ValidString(text)
	for _, r := range text {
		ok = ok && r != utf8.RuneError && (r >= 0x20 || r == '\t') && (r < 0x7f || r > 0x9f)
	}
	return strings.Trim(strings.ToValidUTF8(text, "\ufffd"), " \t\u00a0\u202f\ufeff"), ok
}

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}
