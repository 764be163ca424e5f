package main

import (
	"encoding/binary"
	"strings"
	"testing"
	"unicode/utf16"
)

// wideText is text in UTF-16 with a byte order mark.
func wideText(s string, order binary.ByteOrder) string {
	out := make([]byte, 2)
	order.PutUint16(out, 0xfeff)
	for _, u := range utf16.Encode([]rune(s)) {
		unit := make([]byte, 2)
		order.PutUint16(unit, u)
		out = append(out, unit...)
	}
	return string(out)
}

func TestWhatADocumentBeginsWith(t *testing.T) {
	const mark = "\xef\xbb\xbf"
	for name, c := range map[string]struct {
		head, fault string
		xml         bool
	}{
		"JSON":               {" {\"type\":1}", "", false},
		"XML":                {"\n <?xml version=\"1.0\"?>", "", true},
		"XML with mark":      {mark + "<a/>", "", true},
		"XML in UTF-16":      {wideText("<a/>", binary.LittleEndian), "", true},
		"XML in UTF-16, big": {wideText("<a/>", binary.BigEndian), "", true},
		"JSON with mark":     {mark + "{}", "byte order mark", false},
		"JSON in UTF-16":     {wideText(" {}", binary.LittleEndian), "UTF-16", true},
		"JSON UTF-16, big":   {wideText("[]", binary.BigEndian), "UTF-16", true},
		"nothing":            {"", "empty", false},
		"white space":        {" \r\n", "empty", false},
		"something else":     {"\x00\x01", "", false},
	} {
		t.Run(name, func(t *testing.T) {
			err := badText([]byte(c.head))
			if (err == nil) != (c.fault == "") || (err != nil && !strings.Contains(err.Error(), c.fault)) {
				t.Errorf("%v, want %q", err, c.fault)
			}
			if got := xmlBegins([]byte(c.head)); got != c.xml {
				t.Errorf("XML: %v", got)
			}
		})
	}
}

func TestMessagesNameTheEventOfTheWhole(t *testing.T) {
	for in, want := range map[string]string{
		"epcisBody.eventList[0].action: no": "epcisBody.eventList[1000].action: no",
		"eventList[7] and eventList[12]":    "eventList[1007] and eventList[1012]",
		"sensorElementList[3] is empty":     "sensorElementList[3] is empty",
		"eventList[99999999999999999999]":   "eventList[99999999999999999999]",
		"nothing to name":                   "nothing to name",
	} {
		if got := shiftText(in, 1000); got != want {
			t.Errorf("%q becomes %q, want %q", in, got, want)
		}
	}
}

func TestReceiptCellsAreNoFormulas(t *testing.T) {
	for in, want := range map[string]string{
		"":                 "",
		"urn:x:1":          "urn:x:1",
		"=1+1":             "'=1+1",
		"@SUM(A1)":         "'@SUM(A1)",
		"-1":               "'-1",
		"+39":              "'+39",
		"ni:///sha-256;ab": "ni:///sha-256;ab",
	} {
		if got := cell(in); got != want {
			t.Errorf("%q becomes %q, want %q", in, got, want)
		}
	}
}
