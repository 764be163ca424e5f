package node

import (
	"context"
	"errors"
	"fmt"
	"os"

	"google.golang.org/protobuf/proto"

	registryv1 "github.com/filiera-chain/filiera/api/registry/v1"
	"github.com/filiera-chain/filiera/gateway/epcisrest"
	"github.com/filiera-chain/filiera/module/statekey"
	"github.com/filiera-chain/filiera/store"
	"github.com/filiera-chain/filiera/tokens"
)

// startEPCIS brings up the EPCIS interface of the gateway. Queries are always
// answered; jobs, named queries and subscriptions need a key to be unlocked for
// them, or to have been so before: what was begun goes on.
func (n *Node) startEPCIS(ctx context.Context) (*epcisrest.Service, error) {
	c := epcisrest.Config{
		ChainID: n.app.ChainID(), Index: n.index, Projector: n.projector, Broadcast: n.engine.BroadcastTx, Head: n.app.Height,
		Participant: n.participantOf, Signers: n.cfg.EPCISSigners, WebhookNetworks: n.cfg.WebhookNetworks, Log: n.log, Version: n.cfg.Release,
	}
	_, err := os.Stat(n.cfg.Home.EPCIS())
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, err
	}
	if len(n.cfg.EPCISSigners) > 0 || err == nil {
		kept, err := epcisrest.OpenStore(n.cfg.Home.EPCIS())
		if err != nil {
			return nil, err
		}
		n.onClose(kept.Close)
		c.Store = kept
	}
	if len(n.cfg.EPCISSigners) > 0 {
		c.Tokens = tokens.Open(n.cfg.Home.Tokens())
	}
	s, err := epcisrest.New(c)
	if err != nil {
		return nil, fmt.Errorf("the EPCIS interface: %w", err)
	}
	n.work(func() { s.Run(ctx) })
	return s, nil
}

// participantOf is whose key an address is on the ledger, "" when nobody's.
func (n *Node) participantOf(address [20]byte) (participant string, err error) {
	err = n.app.View(func(v *store.View) error {
		raw, err := v.Get(statekey.Address(address[:]))
		if err != nil || raw == nil {
			return err
		}
		var key registryv1.Key
		if err := proto.Unmarshal(raw, &key); err != nil {
			return err
		}
		participant = key.GetParticipant()
		return nil
	})
	return participant, err
}
