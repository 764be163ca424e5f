package registers

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
)

// Format names the form of a proof about a register.
const Format = "filiera-register/1"

// MaxDocument bounds a proof, in bytes.
const MaxDocument = 8 << 20

// Kinds of proof.
const (
	KindInclusion   = "inclusion"
	KindConsistency = "consistency"
	KindAbsence     = "absence"
)

// Hex is a hash that JSON shows as 64 small hex digits.
type Hex Hash

// MarshalText writes the digits.
func (h Hex) MarshalText() ([]byte, error) { return hex.AppendEncode(nil, h[:]), nil }

// UnmarshalText reads 64 small hex digits, and nothing else.
func (h *Hex) UnmarshalText(b []byte) error {
	if len(b) != 2*HashLen || bytes.ContainsAny(b, "ABCDEF") {
		return errors.New("a hash must be 64 small hex digits")
	}
	_, err := hex.Decode(h[:], b)
	return err
}

// Document is a proof about a register, with what proves the register itself. One
// content has one form.
type Document struct {
	Format   string `json:"format"`
	Kind     string `json:"kind"`
	Register string `json:"register"`
	// Append is the number of the append whose root it leads to.
	Append      uint64          `json:"append"`
	Inclusion   *InclusionPart  `json:"inclusion,omitempty"`
	Consistency *EarlierPart    `json:"consistency,omitempty"`
	Absence     *AbsencePart    `json:"absence,omitempty"`
	Ledger      json.RawMessage `json:"ledger"`
}

// InclusionPart shows a row.
type InclusionPart struct {
	// Index is the row's place in the register, from 0.
	Index uint64   `json:"index"`
	Cells []string `json:"cells"`
	Salt  Hex      `json:"salt"`
	Key   Hex      `json:"key"`
	Path  []Hex    `json:"path"`
}

// EarlierPart shows that the register after an earlier append is the beginning of it.
type EarlierPart struct {
	Append uint64 `json:"earlier_append"`
	Path   []Hex  `json:"path"`
}

// AbsencePart shows that no row has a key.
type AbsencePart struct {
	Key  string `json:"key"`
	Salt Hex    `json:"key_salt"`
	// Hash is the key's, so that a proof about one key is not one about another that
	// would stand at the same place.
	Hash  Hex            `json:"key_hash"`
	Left  *NeighbourPart `json:"left,omitempty"`
	Right *NeighbourPart `json:"right,omitempty"`
}

// NeighbourPart is a Neighbour.
type NeighbourPart struct {
	Position uint64 `json:"position"`
	Key      Hex    `json:"key"`
	Index    uint64 `json:"index"`
	Row      Hex    `json:"row"`
	Sorted   []Hex  `json:"sorted_path"`
	Log      []Hex  `json:"log_path"`
}

// Encode gives the proof's one form.
func (d *Document) Encode() ([]byte, error) { return json.Marshal(d) }

// Decode reads a proof, in its one form and no other. It checks nothing of what it
// says.
func Decode(raw []byte) (*Document, error) {
	if len(raw) > MaxDocument {
		return nil, fmt.Errorf("the proof has %d bytes; at most %d are read", len(raw), MaxDocument)
	}
	d := new(Document)
	if err := json.Unmarshal(raw, d); err != nil {
		return nil, fmt.Errorf("the proof is not JSON of the form %s: %w", Format, err)
	}
	if d.Format != Format {
		return nil, fmt.Errorf("the proof's format is %q; this program reads %s", clip(d.Format), Format)
	}
	parts := 0
	for kind, there := range map[string]bool{KindInclusion: d.Inclusion != nil, KindConsistency: d.Consistency != nil, KindAbsence: d.Absence != nil} { //filiera:unordered each is counted
		if there {
			parts++
		}
		if there != (kind == d.Kind) {
			return nil, fmt.Errorf("the proof says that it is of %q and holds something else", clip(d.Kind))
		}
	}
	if parts != 1 || d.Append == 0 {
		return nil, errors.New("the proof is of nothing")
	}
	again, err := d.Encode()
	if err != nil || !bytes.Equal(again, raw) {
		return nil, errors.New("the proof is not in its one form: it was written by another program, or changed")
	}
	return d, nil
}

func clip(s string) string {
	if len(s) > 40 {
		return s[:40] + "…"
	}
	return s
}

// Check holds a proof against what is recorded: after its append and, of a proof of
// consistency, after the earlier one. keyColumn is the place of the column that holds
// the key, -1 for none.
func (d *Document) Check(now, earlier Anchor, columns, keyColumn int) error {
	switch d.Kind {
	case KindInclusion:
		return d.Inclusion.check(now, columns)
	case KindConsistency:
		if d.Consistency.Append >= d.Append {
			return errors.New("the earlier append is not earlier")
		}
		return CheckConsistency(earlier.Size, now.Size, earlier.Root, now.Root, hashes(d.Consistency.Path))
	case KindAbsence:
		if keyColumn < 0 {
			return errors.New("the register is not sorted, so that nothing shows what it does not have")
		}
		key := KeyHash(Hash(d.Absence.Salt), d.Absence.Key)
		if key != Hash(d.Absence.Hash) {
			return errors.New("the hash is not that of the key: the proof was changed")
		}
		return CheckAbsence(now, key, d.Absence.Left.neighbour(), d.Absence.Right.neighbour())
	}
	return fmt.Errorf("there is no proof of %q", clip(d.Kind))
}

func (p *InclusionPart) check(now Anchor, columns int) error {
	if len(p.Cells) != columns {
		return fmt.Errorf("the row has %d cells and the register %d columns", len(p.Cells), columns)
	}
	words, err := Words(p.Cells)
	if err != nil {
		return err
	}
	e := Entry{Key: Hash(p.Key), Row: RowHash(Hash(p.Salt), words)}
	return CheckInclusion(e.Leaf(), p.Index, now.Size, hashes(p.Path), now.Root)
}

func (p *NeighbourPart) neighbour() *Neighbour {
	if p == nil {
		return nil
	}
	return &Neighbour{Position: p.Position, Place: Place{Hash(p.Key), p.Index}, Row: Hash(p.Row), Sorted: hashes(p.Sorted), Log: hashes(p.Log)}
}

func hashes(list []Hex) []Hash {
	out := make([]Hash, len(list))
	for i, h := range list {
		out[i] = Hash(h)
	}
	return out
}

// HexPath shows hashes as a proof does.
func HexPath(list []Hash) []Hex {
	out := make([]Hex, len(list))
	for i, h := range list {
		out[i] = Hex(h)
	}
	return out
}
