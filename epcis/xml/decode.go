package xml

import (
	"bytes"
	"regexp"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"
)

// declared finds the encoding in an XML declaration, which is ASCII in every
// encoding that is read but UTF-16.
var declared = regexp.MustCompile(`^<\?xml[^>]*?[ \t\r\n]encoding[ \t\r\n]*=[ \t\r\n]*(?:"([^"]*)"|'([^']*)')`)

// maxDeclaration is how far the declaration is looked for, bytes.
const maxDeclaration = 256

// decodeText turns the document into UTF-8 without a byte order mark.
func decodeText(data []byte) (string, error) {
	switch {
	case bytes.HasPrefix(data, []byte("\xef\xbb\xbf")):
		return checkUTF8(data[3:])
	case bytes.HasPrefix(data, []byte("\xff\xfe")), bytes.HasPrefix(data, []byte("\xfe\xff")):
		return decodeUTF16(data)
	case len(data) >= 2 && (data[0] == 0 || data[1] == 0):
		return "", &Error{Text: "the document is UTF-16 or UTF-32 without a byte order mark: save it as UTF-8"}
	}
	name := "UTF-8"
	if m := declared.FindSubmatch(data[:min(len(data), maxDeclaration)]); m != nil {
		name = string(m[1]) + string(m[2])
	}
	var table encoding.Encoding
	switch strings.ToLower(name) {
	case "utf-8", "utf8", "us-ascii", "ascii":
		return checkUTF8(data)
	case "iso-8859-1", "iso_8859-1", "latin1", "l1":
		table = charmap.ISO8859_1
	case "windows-1252", "cp1252":
		table = charmap.Windows1252
	case "utf-16", "utf-16le", "utf-16be":
		return "", &Error{1, 1, "the document says that it is " + strings.ToUpper(name) + " and is not: save it as UTF-8 and declare encoding=\"UTF-8\""}
	default:
		return "", &Error{1, 1, "the encoding " + quote(name) + " is not read: save the document as UTF-8 and declare encoding=\"UTF-8\""}
	}
	text, err := table.NewDecoder().Bytes(data)
	if err != nil {
		return "", &Error{Text: "the document cannot be read as " + name + ": save it as UTF-8"}
	}
	return string(text), nil
}

func checkUTF8(data []byte) (string, error) {
	if utf8.Valid(data) {
		return string(data), nil
	}
	r := &reader{text: string(data)}
	at := 0
	for at < len(data) {
		c, n := utf8.DecodeRune(data[at:])
		if c == utf8.RuneError && n == 1 {
			break
		}
		at += n
	}
	return "", r.fault(at, "the document is not valid UTF-8: save it as UTF-8, or declare the encoding that it has, such as encoding=\"windows-1252\"")
}

func decodeUTF16(data []byte) (string, error) {
	broken := &Error{Text: "the document begins as UTF-16 and is not valid UTF-16: save it as UTF-8"}
	text, err := unicode.UTF16(unicode.BigEndian, unicode.ExpectBOM).NewDecoder().Bytes(data)
	if err != nil || len(data)%2 != 0 || bytes.ContainsRune(text, utf8.RuneError) {
		return "", broken
	}
	if m := declared.FindSubmatch(text[:min(len(text), maxDeclaration)]); m != nil {
		if name := string(m[1]) + string(m[2]); !strings.HasPrefix(strings.ToLower(name), "utf-16") {
			return "", &Error{1, 1, "the document is UTF-16 and declares " + quote(name) + ": declare encoding=\"UTF-16\", or save it as UTF-8"}
		}
	}
	return string(text), nil
}
