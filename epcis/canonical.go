package epcis

import (
	"slices"
	"strings"
	"unicode/utf16"
)

// AppendCanonical appends the value as canonical JSON: members sorted by the
// UTF-16 units of their names, no white space, shortest escapes, as RFC 8785
// has it. Numbers differ from that RFC: they are the exact plain decimal that
// was read, where it would round them to a 64-bit float.
func (v *Value) AppendCanonical(dst []byte) []byte {
	switch v.Kind {
	case String:
		return appendString(dst, v.Text)
	case Array:
		dst = append(dst, '[')
		for i := range v.Items {
			if i > 0 {
				dst = append(dst, ',')
			}
			dst = v.Items[i].AppendCanonical(dst)
		}
		return append(dst, ']')
	case Object:
		dst = append(dst, '{')
		for i, m := range sortedMembers(v.Members) {
			if i > 0 {
				dst = append(dst, ',')
			}
			dst = append(appendString(dst, m.Name), ':')
			dst = m.Value.AppendCanonical(dst)
		}
		return append(dst, '}')
	case Null:
		return append(dst, "null"...)
	}
	return append(dst, v.Text...)
}

func sortedMembers(members []Member) []*Member {
	sorted := make([]*Member, len(members))
	for i := range members {
		sorted[i] = &members[i]
	}
	slices.SortFunc(sorted, func(a, b *Member) int { return compareUTF16(a.Name, b.Name) })
	return sorted
}

// compareUTF16 orders text by UTF-16 code units, which differs from bytes only
// where one side lies beyond U+FFFF.
func compareUTF16(a, b string) int {
	if c := strings.Compare(a, b); c == 0 || (ascii(a) && ascii(b)) {
		return c
	}
	return slices.Compare(utf16.Encode([]rune(a)), utf16.Encode([]rune(b)))
}

func ascii(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] >= 0x80 {
			return false
		}
	}
	return true
}

// AppendIndented appends the value as JSON for people: members in their order,
// two spaces per level.
func (v *Value) AppendIndented(dst []byte, indent string) []byte {
	inner := indent + "  "
	switch {
	case v.Kind == Array && len(v.Items) > 0:
		for i := range v.Items {
			dst = append(dst, "[,"[min(i, 1)], '\n')
			dst = v.Items[i].AppendIndented(append(dst, inner...), inner)
		}
		return append(append(append(dst, '\n'), indent...), ']')
	case v.Kind == Object && len(v.Members) > 0:
		for i := range v.Members {
			dst = append(append(dst, "{,"[min(i, 1)], '\n'), inner...)
			dst = append(appendString(dst, v.Members[i].Name), ": "...)
			dst = v.Members[i].Value.AppendIndented(dst, inner)
		}
		return append(append(append(dst, '\n'), indent...), '}')
	}
	return v.AppendCanonical(dst)
}

func appendString(dst []byte, s string) []byte {
	const hex = "0123456789abcdef"
	dst = append(dst, '"')
	for i := 0; i < len(s); i++ {
		c := s[i]
		switch short := strings.IndexByte("\"\\\b\f\n\r\t", c); {
		case short >= 0:
			dst = append(dst, '\\', `"\bfnrt`[short])
		case c < 0x20:
			dst = append(dst, '\\', 'u', '0', '0', hex[c>>4], hex[c&15])
		default:
			dst = append(dst, c)
		}
	}
	return append(dst, '"')
}
