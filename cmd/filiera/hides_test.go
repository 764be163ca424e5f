package main

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"unicode/utf16"

	"github.com/rogpeppe/go-internal/testscript"
)

// hides searches a folder for a value: hides DIR FILE fails when any file under
// DIR holds the text of FILE, raw, in hex, in base64 at any offset, or in UTF-16;
// ! hides wants it to be found. It also wants to have searched something.
func hides(ts *testscript.TestScript, neg bool, args []string) {
	if len(args) != 2 {
		ts.Fatalf("usage: hides DIR FILE")
	}
	value := strings.TrimRight(ts.ReadFile(args[1]), "\n")
	files, found := 0, ""
	ts.Check(filepath.WalkDir(ts.MkAbs(args[0]), func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		raw, err := os.ReadFile(path)
		if os.IsNotExist(err) {
			return nil // a node at work removes files
		}
		files++
		for name, s := range spellings(value) {
			if bytes.Contains(raw, s) {
				found = path + " (" + name + ")"
			}
		}
		return err
	}))
	switch {
	case files == 0:
		ts.Fatalf("%s holds no file to search", args[0])
	case neg && found == "":
		ts.Fatalf("%q is in none of %d files of %s", value, files, args[0])
	case !neg && found != "":
		ts.Fatalf("%q is in %s", value, found)
	}
}

// spellings are the ways in which a value may stand in a file.
func spellings(value string) map[string][]byte {
	var le, be []byte
	for _, u := range utf16.Encode([]rune(value)) {
		le, be = binary.LittleEndian.AppendUint16(le, u), binary.BigEndian.AppendUint16(be, u)
	}
	small := hex.EncodeToString([]byte(value))
	out := map[string][]byte{"raw": []byte(value), "hex": []byte(small), "HEX": []byte(strings.ToUpper(small)), "UTF-16LE": le, "UTF-16BE": be}
	// Base64 differs by offset; the middle does not depend on what is around.
	for i := range 3 {
		coded := base64.StdEncoding.EncodeToString([]byte(strings.Repeat("x", i) + value))
		out["base64 "+string(rune('0'+i))] = []byte(coded[4 : len(coded)-4])
	}
	return out
}
