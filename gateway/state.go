package gateway

import (
	"fmt"
	"slices"

	"google.golang.org/protobuf/proto"

	productv1 "github.com/filiera-chain/filiera/api/product/v1"
	"github.com/filiera-chain/filiera/module/statekey"
)

// message ties a record's Go type to the pointer that is its proto.Message.
type message[T any] interface {
	*T
	proto.Message
}

// lookUp reads one record; nil when it is absent.
func lookUp[T any, P message[T]](v View, key []byte) (P, error) {
	b, err := v.Get(key)
	if err != nil || b == nil {
		return nil, err
	}
	m := P(new(T))
	if err := proto.Unmarshal(b, m); err != nil {
		return nil, fmt.Errorf("the record of key %x: %w", key, err)
	}
	return m, nil
}

// eachRecord tells the records of a range in order of key. The range is bounded by
// the ledger.
func eachRecord[T any, P message[T]](v View, start, end []byte, fn func(key []byte, m P) error) error {
	it, err := v.Iterator(start, end)
	if err != nil {
		return err
	}
	defer it.Close()
	for ; it.Valid(); it.Next() {
		m := P(new(T))
		if err := proto.Unmarshal(it.Value(), m); err != nil {
			return fmt.Errorf("the record of key %x: %w", it.Key(), err)
		}
		if err := fn(slices.Clone(it.Key()), m); err != nil {
			return err
		}
	}
	return it.Error()
}

// fetch is lookUp on the last committed state.
func fetch[T any, P message[T]](g *Gateway, key []byte) (P, error) {
	var m P
	err := g.c.Ledger.View(func(v View) (err error) {
		m, err = lookUp[T, P](v, key)
		return err
	})
	return m, err
}

// findLot gives the first of the lots that exists, or the first one, and false,
// when none does.
func findLot(v View, gtin string, lots []string) (string, bool, error) {
	for _, lot := range lots {
		b, err := v.Get(statekey.Batch(gtin, lot))
		if err != nil {
			return "", false, err
		}
		if b != nil {
			return lot, true, nil
		}
	}
	return lots[0], false, nil
}

// findBatch reads a batch whose lot was typed.
func findBatch(v View, gtin string, lots []string) (*productv1.Batch, error) {
	lot, found, err := findLot(v, gtin, lots)
	if err != nil || !found {
		return nil, err
	}
	return lookUp[productv1.Batch](v, statekey.Batch(gtin, lot))
}
