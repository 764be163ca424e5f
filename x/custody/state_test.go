package custody_test

import (
	"testing"

	"google.golang.org/protobuf/proto"

	custodyv1 "github.com/filiera-chain/filiera/api/custody/v1"
	matterv1 "github.com/filiera-chain/filiera/api/matter/v1"
	"github.com/filiera-chain/filiera/module/statekey"
)

// The keys that others prove records by are those under which they stand.
func TestKeysAreTrue(t *testing.T) {
	w := packed(t)
	n := w.offer("miller", offerTo("shop", goods(flour, "F1", 1, "GRM")))
	w.Do(by("shop"), &custodyv1.MsgAccept{Offer: n})
	for _, c := range []struct {
		key  []byte
		into proto.Message
		is   func(proto.Message) bool
	}{
		{statekey.Offer(n), &custodyv1.Offer{}, func(m proto.Message) bool { return m.(*custodyv1.Offer).GetReceiver() == "shop" }},
		{statekey.LogisticUnit(case1), &custodyv1.LogisticUnit{}, func(m proto.Message) bool { return m.(*custodyv1.LogisticUnit).GetParent() == pallet }},
		{statekey.Holding(flour, "F1", "shop"), &matterv1.Holding{}, func(m proto.Message) bool { return m.(*matterv1.Holding).GetLeft() == 1 }},
	} {
		raw, err := w.Branch.Get(c.key)
		must(t, err)
		if err := proto.Unmarshal(raw, c.into); err != nil || raw == nil || !c.is(c.into) {
			t.Errorf("under %x stands %v, %v", c.key, c.into, err)
		}
	}
	start, end := statekey.HoldingsOf(flour, "F1")
	it, err := w.Branch.Iterator(start, end)
	must(t, err)
	defer it.Close()
	found := 0
	for ; it.Valid(); it.Next() {
		found++
	}
	if found != 2 {
		t.Errorf("%d holdings are found", found)
	}
}
