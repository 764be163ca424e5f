package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/filiera-chain/filiera/client"
	"github.com/filiera-chain/filiera/commitment"
	"github.com/filiera-chain/filiera/private"
)

// An interrupted commit leaves openings of which the ledger may know the
// commitment or not. Committing to the same values again takes them up; erasing
// a value takes those of the same value along.

// keptAbout are the openings that I keep about a subject as who committed, by
// commitment.
func keptAbout(store *private.Store, place commitment.Place) (map[[commitment.Size]byte][]*commitment.Opening, error) {
	names, err := store.List()
	if err != nil {
		return nil, err
	}
	out := map[[commitment.Size]byte][]*commitment.Opening{}
	for _, n := range names {
		o, err := store.Get(n)
		if unreadable(err) {
			continue
		}
		if err != nil {
			return nil, err
		}
		if o.ChainID == place.ChainID && o.Participant == place.Participant && o.Subject == place.Subject {
			out[n.Commitment] = append(out[n.Commitment], o)
		}
	}
	return out, nil
}

// unreadable tells of what nobody can open: the key of a value that was never
// written or is erased, and a damaged file, which keeps nobody from erasing.
func unreadable(err error) bool {
	return errors.Is(err, private.ErrNotKept) || errors.Is(err, private.ErrDamaged)
}

// keptBefore gives the openings of an earlier commit to the very same values,
// whole as it was sent or was to be sent; nil when there is none.
func keptBefore(store *private.Store, place commitment.Place, values []typed) ([]*commitment.Opening, error) {
	kept, err := keptAbout(store, place)
	if err != nil {
		return nil, err
	}
	for id, openings := range kept {
		same := slices.EqualFunc(openings, values, func(o *commitment.Opening, v typed) bool {
			return o.Field == v.field && o.Form == v.form && bytes.Equal(o.Value, v.value)
		})
		if _, of := recordOf(place, openings); same && of == id {
			return openings, nil
		}
	}
	return nil, nil
}

// otherCopies are what I keep of the same values, about the same thing, under
// other commitments.
func otherCopies(store *private.Store, name private.Name, fields []string) (out []private.Name, err error) {
	for _, name.Field = range fields {
		o, err := store.Get(name)
		if unreadable(err) {
			continue
		}
		if err != nil {
			return nil, err
		}
		kept, err := keptAbout(store, o.Place)
		if err != nil {
			return nil, err
		}
		for id, others := range kept {
			for _, other := range others {
				if id != name.Commitment && other.Field == o.Field && bytes.Equal(other.Value, o.Value) {
					out = append(out, private.Name{Commitment: id, Field: o.Field})
				}
			}
		}
	}
	slices.SortFunc(out, func(a, b private.Name) int { return bytes.Compare(a.Commitment[:], b.Commitment[:]) })
	return out, nil
}

// eraseCopies erases the copies whose commitment never reached the ledger, which
// nobody would look for, and names the others.
func (e *env) eraseCopies(ctx context.Context, m *me, store *private.Store, copies []private.Name) error {
	for _, n := range copies {
		_, err := m.client.Commitment(ctx, n.ID(), false)
		switch {
		case err == nil:
			fmt.Fprintln(e.err, e.t("data.other.copy", n.Field, n.ID()))
			continue
		case !notOnLedger(err):
			return err
		}
		if _, err := store.Erase(n); err != nil {
			return err
		}
		fmt.Fprintln(e.err, e.t("data.left.over", n.Field, n.ID()))
	}
	return nil
}

// eraseUnknown erases what is kept under a commitment that the ledger does not
// know: there is nobody to give a receipt to.
func (e *env) eraseUnknown(m *me, name private.Name, chosen []string) error {
	store, unlock, err := e.lockedStore(m)
	if err != nil {
		return err
	}
	defer unlock()
	names, err := store.List()
	if err != nil {
		return err
	}
	found := false
	for _, n := range names {
		if n.Commitment != name.Commitment || len(chosen) > 0 && !slices.Contains(chosen, n.Field) {
			continue
		}
		found = true
		if e.v.GetBool("dry-run") {
			fmt.Fprintln(e.err, e.t("data.would.shred", n.Field))
			continue
		}
		if _, err := store.Erase(n); err != nil {
			return err
		}
		fmt.Fprintln(e.err, e.t("data.left.over", n.Field, n.ID()))
	}
	if !found {
		return usage("%s", e.t("data.nothing.to.erase", m.participant, name.ID()))
	}
	return nil
}

func notOnLedger(err error) bool {
	var no *client.Problem
	return errors.As(err, &no) && no.Code == "commitment.not_found"
}

// lockedStore is openStore for who changes it.
func (e *env) lockedStore(m *me) (*private.Store, func(), error) {
	store, err := e.openStore(m)
	if err != nil {
		return nil, nil, err
	}
	unlock, err := store.Lock()
	return store, unlock, err
}
