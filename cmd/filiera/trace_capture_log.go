package main

import (
	"bufio"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"
)

// captureLog remembers, on disk, which pieces of a large document were sent and
// what became of them, so that a capture cut off goes on where it stopped. It
// lies in <home>/captures, one JSON object per line, and is removed when the
// document is through. A document that one transaction carries has none: sent
// again, its events come back as duplicates.
type captureLog struct {
	path string
	file *os.File
	done map[int]pieceDone
	sent map[int][]byte // the transaction last sent with a piece, no answer known
}

type pieceDone struct {
	Piece  int            `json:"piece"`
	Tx     string         `json:"tx,omitempty"`
	Height int64          `json:"height,omitempty"`
	Events []eventReceipt `json:"events,omitempty"`
	// Sending is the signed transaction, of a piece of which no answer is known.
	Sending []byte `json:"sending,omitempty"`
}

// openCaptureLog finds the log of this document, for this chain, signer and
// division into pieces.
func (c *capture) openCaptureLog(in *captureInput) (*captureLog, error) {
	log := &captureLog{done: map[int]pieceDone{}, sent: map[int][]byte{}}
	if in.small != nil {
		return log, nil
	}
	key := sha256.Sum256(fmt.Appendf(nil, "%s\n%s\n%s\n%s\n%+v", in.digest, c.builder.ChainID(), c.signer, c.behaviour, c.limits))
	dir := filepath.Join(c.home(), "captures")
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	c.forgetOldLogs(dir)
	log.path = filepath.Join(dir, hex.EncodeToString(key[:16])+".jsonl")
	if err := log.load(); err != nil {
		return nil, fmt.Errorf("read %s: %w", log.path, err)
	}
	f, err := os.OpenFile(log.path, os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		return nil, err
	}
	log.file = f
	// A line cut off by a crash must not run into the next one.
	_, err = f.WriteString("\n")
	return log, err
}

// logsKept is how long the log of a document that was never finished stays.
// After it, its events come back as duplicates.
const logsKept = 30 * 24 * time.Hour

func (c *capture) forgetOldLogs(dir string) {
	logs, _ := filepath.Glob(filepath.Join(dir, "*.jsonl")) // the pattern is good
	for _, path := range logs {
		if st, err := os.Stat(path); err == nil && c.now().Sub(st.ModTime()) > logsKept {
			_ = os.Remove(path) // what stays does no harm
		}
	}
}

// load reads the lines that are whole; a crash may have cut the last.
func (l *captureLog) load() error {
	f, err := os.Open(l.path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	defer f.Close()
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 64<<20)
	for lines.Scan() {
		var p pieceDone
		switch {
		case json.Unmarshal(lines.Bytes(), &p) != nil:
		case p.Sending != nil:
			l.sent[p.Piece] = p.Sending
		case p.Tx != "":
			l.done[p.Piece] = p
			delete(l.sent, p.Piece)
		}
	}
	return lines.Err()
}

// known counts the events that were dealt with in a run before this one.
func (l *captureLog) known() (n int) {
	for _, p := range l.done {
		n += len(p.Events)
	}
	return n
}

func (l *captureLog) sending(piece int, raw []byte) error {
	return l.write(pieceDone{Piece: piece, Sending: raw})
}

func (l *captureLog) add(p pieceDone) error { return l.write(p) }

func (l *captureLog) write(p pieceDone) error {
	if l.file == nil {
		return nil
	}
	line, err := json.Marshal(p)
	if err != nil {
		return err
	}
	if _, err := l.file.Write(append(line, '\n')); err != nil {
		return err
	}
	return l.file.Sync()
}

func (l *captureLog) close() {
	if l.file != nil {
		_ = l.file.Close()
	}
}

// finish removes the log of a document that is through.
func (l *captureLog) finish() error {
	if l.file == nil {
		return nil
	}
	l.close()
	if err := os.Remove(l.path); !errors.Is(err, fs.ErrNotExist) { // a run beside this one may be through too
		return err
	}
	return nil
}
