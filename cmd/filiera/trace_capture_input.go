package main

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/filiera-chain/filiera/epcis/split"
	"github.com/filiera-chain/filiera/epcis/xml"
)

// maxXML is the largest XML document, bytes: it is converted in memory. JSON is
// read as a stream and has no bound but the disk's.
const maxXML = 256 << 20

// captureInput is one document to capture, in JSON by now.
type captureInput struct {
	path    string
	file    *os.File // the document, or its conversion
	scratch bool     // file is ours to remove
	digest  string   // SHA-256 of what is in file, hexadecimal
	small   []byte   // the whole, where one transaction can carry it as it is
	doc     *split.Document
	faults  map[int]error // events that are not sent, by index
	receipt *fileReceipt
	tried   bool // the ledger tried it, and its receipts say what would be
}

func (in *captureInput) close() {
	if in.file == nil {
		return
	}
	_ = in.file.Close()
	if in.scratch {
		_ = os.Remove(in.file.Name())
	}
}

// captureInputs opens the files, those in folders, and standard input. What
// cannot be read is a wrong use; what is no EPCIS is told in its receipt.
func (e *env) captureInputs(args []string) (inputs []*captureInput, err error) {
	var paths []string
	for _, arg := range args {
		found, err := documentsAt(arg)
		if err != nil {
			return nil, usageError{err}
		}
		if len(found) == 0 {
			return nil, usage("%s", e.t("capture.empty.folder", arg))
		}
		paths = append(paths, found...)
	}
	for _, path := range paths {
		in, err := e.openInput(path)
		if err != nil {
			for _, opened := range inputs {
				opened.close()
			}
			return nil, err
		}
		inputs = append(inputs, in)
	}
	return inputs, nil
}

// documentsAt gives the file, or the documents in the folder in the order of
// their names.
func documentsAt(path string) ([]string, error) {
	st, err := os.Stat(path)
	if path == "-" || (err == nil && !st.IsDir()) {
		return []string{path}, nil
	}
	if err != nil {
		return nil, err
	}
	var found []string
	err = filepath.WalkDir(path, func(p string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case strings.HasPrefix(d.Name(), ".") && p != path:
			if d.IsDir() {
				return filepath.SkipDir
			}
		case d.Type().IsRegular() && slices.Contains([]string{".json", ".jsonld", ".xml"}, strings.ToLower(filepath.Ext(p))):
			found = append(found, p)
		}
		return nil
	})
	slices.Sort(found)
	return found, err
}

func (e *env) openInput(path string) (*captureInput, error) {
	in := &captureInput{path: path, faults: map[int]error{}, receipt: &fileReceipt{File: path, State: "valid"}}
	if path == "-" {
		if err := in.spool(e.in); err != nil {
			return nil, fmt.Errorf("read standard input: %w", err)
		}
	} else {
		f, err := os.Open(path)
		if err != nil {
			return nil, usageError{err}
		}
		in.file = f
	}
	if err := e.toJSON(in); err != nil {
		in.close()
		return nil, err
	}
	return in, nil
}

// spool copies r into a file of its own, to be read twice.
func (in *captureInput) spool(r io.Reader) error {
	f, err := os.CreateTemp("", "filiera-capture-*.json")
	if err != nil {
		return err
	}
	if in.file != nil {
		in.close()
	}
	in.file, in.scratch = f, true
	_, err = io.Copy(f, r)
	return err
}

// toJSON converts XML, and takes the digest of what will be sent.
func (e *env) toJSON(in *captureInput) error {
	head, err := in.head()
	if err != nil {
		return fmt.Errorf("read %s: %w", in.path, err)
	}
	if err := badText(head); err != nil {
		in.receipt.invalid(err)
		return nil
	}
	if xmlBegins(head) {
		data, err := in.readAll(maxXML)
		if err != nil {
			return err
		}
		json, notes, err := convertXML(data)
		if err != nil {
			in.receipt.invalid(err)
			return nil
		}
		for _, n := range notes {
			fmt.Fprintf(e.err, "%s: %s\n", in.path, n)
		}
		if err := in.spool(bytes.NewReader(json)); err != nil {
			return err
		}
	}
	h := sha256.New()
	if err := in.rewind(); err != nil {
		return err
	}
	if _, err := io.Copy(h, in.file); err != nil {
		return fmt.Errorf("read %s: %w", in.path, err)
	}
	in.digest = hex.EncodeToString(h.Sum(nil))
	return nil
}

func (in *captureInput) rewind() error {
	_, err := in.file.Seek(0, io.SeekStart)
	return err
}

func (in *captureInput) readAll(limit int64) ([]byte, error) {
	if err := in.rewind(); err != nil {
		return nil, err
	}
	data, err := io.ReadAll(io.LimitReader(in.file, limit+1))
	if err == nil && int64(len(data)) > limit {
		err = usage("%s has more than %d bytes; divide it", in.path, limit)
	}
	return data, err
}

// head is what a document begins with, by which XML is told from JSON.
func (in *captureInput) head() ([]byte, error) {
	if err := in.rewind(); err != nil {
		return nil, err
	}
	head := make([]byte, 512)
	n, err := io.ReadFull(in.file, head)
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		err = nil
	}
	return head[:n], err
}

// badText names what programs that save files do to JSON, whose standard (RFC
// 8259, section 8.1) wants UTF-8 without a byte order mark.
func badText(head []byte) error {
	switch text := bytes.TrimSpace(bytes.ReplaceAll(bytes.TrimLeft(head, "\xff\xfe"), []byte{0}, nil)); {
	case len(bytes.TrimSpace(head)) == 0:
		return errors.New("the file is empty")
	case xmlBegins(head) && (bytes.HasPrefix(text, []byte("{")) || bytes.HasPrefix(text, []byte("["))):
		return errors.New("it is JSON in UTF-16: save it as UTF-8")
	case bytes.HasPrefix(head, []byte("\xef\xbb\xbf")) && !xmlBegins(head):
		return errors.New("it begins with a byte order mark, which JSON does not have: save it as UTF-8 without one")
	}
	return nil
}

func xmlBegins(head []byte) bool {
	if bytes.HasPrefix(head, []byte("\xff\xfe")) || bytes.HasPrefix(head, []byte("\xfe\xff")) {
		return true // UTF-16, which JSON is not sent in
	}
	head = bytes.TrimLeft(bytes.TrimPrefix(head, []byte("\xef\xbb\xbf")), " \t\r\n")
	return bytes.HasPrefix(head, []byte("<"))
}

// convertXML converts with bounds for documents that will be divided.
func convertXML(data []byte) ([]byte, []xml.Note, error) {
	return xml.Convert(data, xml.Limits{MaxBytes: maxXML, MaxElements: maxXML / 8})
}

// divide reads the document once. One that fits into a transaction is sent byte
// for byte as it is.
func (in *captureInput) divide(limits split.Limits) error {
	if err := in.rewind(); err != nil {
		return err
	}
	doc, err := split.Read(bufio.NewReaderSize(in.file, 1<<16), limits)
	if err != nil {
		return err
	}
	in.doc = doc
	st, err := in.file.Stat()
	if err != nil {
		return err
	}
	if st.Size() <= int64(limits.MaxBytes) && doc.Events <= limits.MaxEvents {
		in.small, err = in.readAll(int64(limits.MaxBytes))
	}
	return err
}

// pieces yields what goes into one transaction each, in order.
func (in *captureInput) pieces(yield func(split.Piece) error) error {
	if in.small != nil {
		return yield(split.Piece{Count: in.doc.Events, Document: in.small})
	}
	if err := in.rewind(); err != nil {
		return err
	}
	return in.doc.Pieces(bufio.NewReaderSize(in.file, 1<<16), yield)
}

// eachPiece divides a document in memory.
func eachPiece(document []byte, limits split.Limits, yield func(split.Piece) error) error {
	doc, err := split.Read(bytes.NewReader(document), limits)
	if err != nil {
		return err
	}
	return doc.Pieces(bytes.NewReader(document), yield)
}

// eventIndex is how paths in messages name an event of a document.
var eventIndex = regexp.MustCompile(`eventList\[(\d+)\]`)

// shiftText makes the index of an event in a piece that in the whole document.
func shiftText(message string, first int) string {
	return eventIndex.ReplaceAllStringFunc(message, func(m string) string {
		n, err := strconv.Atoi(m[len("eventList[") : len(m)-1])
		if err != nil {
			return m
		}
		return "eventList[" + strconv.Itoa(n+first) + "]"
	})
}

func shiftIndex(err error, first int) error {
	if first == 0 {
		return err
	}
	return fmt.Errorf("%s", shiftText(err.Error(), first))
}
