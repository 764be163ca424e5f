package rules

import (
	"bytes"
	"encoding/binary"
	"slices"
	"strings"
)

// key is what an entry of a list is, as bytes: two entries with equal keys are
// equal, so that sorting by keys leaves nothing to the order in which entries came.
type key struct {
	b []byte
	// long is a word beyond the bound, if any was met.
	long string
}

func (k *key) word(s string) {
	if len(s) > maxWord && k.long == "" {
		k.long = s
	}
	if strings.IndexByte(s, 0) >= 0 {
		s = strings.ReplaceAll(s, "\x00", "\x00\x01")
	}
	k.b = append(append(k.b, s...), 0, 0)
}

func (k *key) number(n int64) { k.b = binary.BigEndian.AppendUint64(k.b, uint64(n)^1<<63) }

func (k *key) quantity(n int64, given bool) {
	if !given {
		k.b = append(k.b, 0)
		return
	}
	k.b = append(k.b, 1)
	k.number(n)
}

func (k *key) answer(a Answer) { k.b = append(k.b, byte(a)) }

func (k *key) place(p *Place) {
	k.word(p.Municipality)
	k.answer(p.Confirmed)
}

func (i *Input) key(k *key) {
	k.word(i.What)
	k.word(i.Variety)
	k.word(i.Batch)
	k.quantity(i.Mass.N, i.Mass.Given)
	k.quantity(i.Volume.N, i.Volume.Given)
	k.quantity(i.Pieces.N, i.Pieces.Given)
	k.place(&i.Origin)
	k.word(i.Region)
	k.number(int64(i.ProductionDate))
	k.answer(i.Certified)
}

func (p *Plot) key(k *key) {
	k.word(p.ID)
	k.place(&p.Place)
	k.quantity(p.Area.N, p.Area.Given)
	k.quantity(p.Altitude.N, p.Altitude.Given)
	k.quantity(p.Plants.N, p.Plants.Given)
	k.word(p.Variety)
	k.word(p.Use)
	k.answer(p.Listed)
}

func (a *Animal) key(k *key) {
	k.word(a.ID)
	k.word(a.Breed)
	k.answer(a.HerdBook)
	k.number(int64(a.Born))
	k.number(int64(a.Slaughtered))
	k.word(a.Sex)
	k.place(&a.BornAt)
	k.place(&a.RaisedAt)
	k.word(a.Region)
	k.quantity(a.Weight.N, a.Weight.Given)
}

func (a *Attestation) key(k *key) {
	k.word(a.ID)
	k.word(a.Certifier)
	k.number(int64(a.Issued))
	k.quantity(a.Mass.N, a.Mass.Given)
	k.quantity(a.Volume.N, a.Volume.Given)
	k.quantity(a.Pieces.N, a.Pieces.Given)
}

// rest passes over the words that stand outside lists, for their bound.
func (k *key) rest(f *Facts) {
	b := &f.Batch
	for _, s := range [...]string{f.Signer.ID, b.GTIN, b.Lot, b.Specification, b.Stage, b.Owner, b.Place.Municipality, b.PackedAt.Municipality, f.Attestation.ID, f.Attestation.Certifier, f.Offer.To} {
		if len(s) > maxWord {
			k.word(s)
		}
	}
	for _, s := range f.Signer.Roles {
		if len(s) > maxWord {
			k.word(s)
		}
	}
	for i := range f.Known {
		x := &f.Known[i]
		if len(x.Text) > maxWord || len(x.From) > maxWord || len(x.To) > maxWord {
			k.word(x.Text + x.From + x.To)
		}
	}
}

// sorted copies a list into the order of its entries' keys.
func sorted[T any](list []T, k *key, of func(*T, *key)) []T {
	type keyed struct{ from, to, at int }
	keys := make([]keyed, len(list))
	k.b = k.b[:0]
	for i := range list {
		from := len(k.b)
		of(&list[i], k)
		keys[i] = keyed{from, len(k.b), i}
	}
	slices.SortFunc(keys, func(a, b keyed) int { return bytes.Compare(k.b[a.from:a.to], k.b[b.from:b.to]) })
	out := make([]T, len(list))
	for i, x := range keys {
		out[i] = list[x.at]
	}
	return out
}
