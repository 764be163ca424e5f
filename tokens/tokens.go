// Package tokens keeps the bearer tokens of a node: each stands for one of the
// node's keys, and whoever holds it lets the node sign as that key's participant.
//
// A token is 256 random bits. What is kept is its SHA-256 only, in a file per
// token (mode 0600) in a folder of the node's home, so that adding or revoking one
// takes effect at once and needs no lock. A File is safe for concurrent use, and so
// are several processes on one folder.
package tokens

import (
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"sort"
	"strings"
	"sync"
	"time"
)

// Token is what is kept of a token.
type Token struct {
	// ID names the token in lists: 8 hexadecimal digits, part of the token.
	ID string `json:"id"`
	// Key is the name of the key in the node's key folder.
	Key string `json:"key"`
	// Label says who holds it.
	Label string `json:"label,omitempty"`
	// SHA256 of the whole token, 64 hexadecimal digits.
	SHA256 string `json:"sha256"`
	// CreatedAt and ExpiresAt in unix seconds; 0 never expires.
	CreatedAt int64 `json:"created_at"`
	ExpiresAt int64 `json:"expires_at,omitempty"`
}

// Expired says whether the token is not good any more.
func (t Token) Expired(now time.Time) bool { return t.ExpiresAt != 0 && now.Unix() >= t.ExpiresAt }

// File is a folder of tokens.
type File struct {
	dir string

	mu     sync.Mutex
	known  map[string]Token
	readAt time.Time // when known was read, by the machine's clock
	dirAt  time.Time // the folder's time then
}

// Open names the folder; it is made when the first token is added.
func Open(dir string) *File { return &File{dir: dir} }

const (
	prefix    = "filiera_"
	maxFile   = 4 << 10
	maxTokens = 1000
	maxLabel  = 100
)

var idForm = regexp.MustCompile(`^[0-9a-f]{8}$`)

// ErrUnknown is answered for a token that is not there.
var ErrUnknown = errors.New("there is no such token")

// Add makes a token for a key, good for lifetime, or for ever when that is 0. The
// secret is given here and never again.
func (f *File) Add(key, label string, lifetime time.Duration, now time.Time, random io.Reader) (secret string, t Token, err error) {
	if len(label) > maxLabel {
		return "", t, fmt.Errorf("the label has %d bytes; at most %d are taken", len(label), maxLabel)
	}
	if lifetime < 0 {
		return "", t, fmt.Errorf("the lifetime is %v; it cannot be in the past", lifetime)
	}
	list, err := f.List()
	if err != nil {
		return "", t, err
	}
	if len(list) >= maxTokens {
		return "", t, fmt.Errorf("there are %d tokens; revoke some first", len(list))
	}
	if random == nil {
		random = rand.Reader
	}
	var id [4]byte
	var bits [32]byte
	if _, err := io.ReadFull(random, id[:]); err != nil {
		return "", t, fmt.Errorf("draw a token: %w", err)
	}
	if _, err := io.ReadFull(random, bits[:]); err != nil {
		return "", t, fmt.Errorf("draw a token: %w", err)
	}
	t = Token{ID: hex.EncodeToString(id[:]), Key: key, Label: label, CreatedAt: now.Unix()}
	if lifetime > 0 {
		t.ExpiresAt = now.Add(lifetime).Unix()
	}
	secret = prefix + t.ID + "_" + base64.RawURLEncoding.EncodeToString(bits[:])
	sum := sha256.Sum256([]byte(secret))
	t.SHA256 = hex.EncodeToString(sum[:])
	return secret, t, f.write(t)
}

func (f *File) path(id string) string { return filepath.Join(f.dir, id+".json") }

func (f *File) write(t Token) (err error) {
	if err := os.MkdirAll(f.dir, 0o700); err != nil {
		return fmt.Errorf("make the folder of tokens: %w", err)
	}
	b, err := json.MarshalIndent(t, "", "  ")
	if err != nil {
		return err
	}
	// The name appears with the whole file: a node may be looking.
	temp, err := os.CreateTemp(f.dir, ".new-*")
	if err != nil {
		return fmt.Errorf("write the token: %w", err)
	}
	defer func() { err = errors.Join(err, os.Remove(temp.Name())) }()
	_, err = temp.Write(append(b, '\n'))
	if err = errors.Join(err, temp.Sync(), temp.Close()); err != nil {
		return fmt.Errorf("write the token: %w", err)
	}
	if err := os.Link(temp.Name(), f.path(t.ID)); err != nil {
		return fmt.Errorf("write the token: %w", err)
	}
	return nil
}

// Revoke forgets a token: from now on it is good for nothing.
func (f *File) Revoke(id string) error {
	if !idForm.MatchString(id) {
		return fmt.Errorf("%q: %w", id, ErrUnknown)
	}
	err := os.Remove(f.path(id))
	if errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("%s: %w", id, ErrUnknown)
	}
	return err
}

// List gives the tokens, the oldest first.
func (f *File) List() ([]Token, error) {
	known, err := f.read()
	if err != nil {
		return nil, err
	}
	out := make([]Token, 0, len(known))
	for _, t := range known {
		out = append(out, t)
	}
	sort.Slice(out, func(i, j int) bool {
		if out[i].CreatedAt != out[j].CreatedAt {
			return out[i].CreatedAt < out[j].CreatedAt
		}
		return out[i].ID < out[j].ID
	})
	return out, nil
}

func (f *File) read() (map[string]Token, error) {
	entries, err := os.ReadDir(f.dir)
	if errors.Is(err, os.ErrNotExist) {
		return map[string]Token{}, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read the tokens: %w", err)
	}
	known := map[string]Token{}
	for _, e := range entries {
		id, is := strings.CutSuffix(e.Name(), ".json")
		if !is || !idForm.MatchString(id) {
			continue
		}
		t, err := readToken(f.path(id), id)
		if errors.Is(err, os.ErrNotExist) {
			continue // revoked meanwhile
		}
		if err != nil {
			return nil, err
		}
		known[id] = t
	}
	return known, nil
}

func readToken(path, id string) (Token, error) {
	file, err := os.Open(path)
	if err != nil {
		return Token{}, err
	}
	defer file.Close()
	var t Token
	dec := json.NewDecoder(io.LimitReader(file, maxFile))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&t); err != nil {
		return Token{}, fmt.Errorf("%s is not a token's file: %w", path, err)
	}
	if t.ID != id || t.Key == "" || len(t.SHA256) != 64 {
		return Token{}, fmt.Errorf("%s is not the file of token %s", path, id)
	}
	return t, nil
}

// settled is how old a change of the folder must be for its time to tell it
// apart from the next: file systems count in ticks.
const settled = 2 * time.Second

// tokens gives what is there now, read again where the folder has changed.
func (f *File) tokens() (map[string]Token, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	info, err := os.Stat(f.dir)
	if errors.Is(err, os.ErrNotExist) {
		f.known = nil
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read the tokens: %w", err)
	}
	if f.known != nil && info.ModTime().Equal(f.dirAt) && f.readAt.Sub(f.dirAt) > settled {
		return f.known, nil
	}
	at := time.Now()
	known, err := f.read()
	if err != nil {
		return nil, err
	}
	f.known, f.readAt, f.dirAt = known, at, info.ModTime()
	return known, nil
}

// Find gives the token that a secret is, ErrUnknown when it is none or has
// expired. It takes as long for a wrong secret as for a right one.
func (f *File) Find(secret string, now time.Time) (Token, error) {
	known, err := f.tokens()
	if err != nil {
		return Token{}, err
	}
	rest, _ := strings.CutPrefix(secret, prefix)
	id, _, _ := strings.Cut(rest, "_")
	t, there := known[id]
	want, err := hex.DecodeString(t.SHA256)
	if err != nil || len(want) != sha256.Size {
		want = make([]byte, sha256.Size)
	}
	sum := sha256.Sum256([]byte(secret))
	if subtle.ConstantTimeCompare(sum[:], want) != 1 || !there || t.Expired(now) {
		return Token{}, ErrUnknown
	}
	return t, nil
}
