package index

import (
	abci "github.com/cometbft/cometbft/abci/types"
	"google.golang.org/protobuf/proto"

	"github.com/filiera-chain/filiera/envelope"
)

// EachAnnouncement gives what a block announced, in order: of each successful
// transaction, with its hash, then of the block itself, with none. fn's error
// ends it. What this version does not know is passed over.
func EachAnnouncement(b *Block, fn func(txHash []byte, m proto.Message) error) error {
	of := func(hash []byte, events []abci.Event) error {
		for i := range events {
			m, err := announcement(&events[i])
			if err != nil {
				return err
			}
			if m == nil {
				continue
			}
			if err := fn(hash, m); err != nil {
				return err
			}
		}
		return nil
	}
	if err := of(nil, b.Genesis); err != nil {
		return err
	}
	for i, r := range b.Results {
		if r.Code != abci.CodeTypeOK || i >= len(b.Txs) {
			continue
		}
		hash := envelope.Hash(b.Txs[i])
		if err := of(hash[:], r.Events); err != nil {
			return err
		}
	}
	return of(nil, b.EndEvents)
}
