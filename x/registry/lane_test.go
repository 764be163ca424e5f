package registry_test

import (
	"testing"

	"pgregory.net/rapid"

	"github.com/filiera-chain/filiera/envelope"
	"github.com/filiera-chain/filiera/module"
	"github.com/filiera-chain/filiera/x/registry"
)

// A lane is compared with a plain set of the numbers it has taken.
func TestLaneTakesEachNumberOnceInAnyOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := newWorld(t)
		params := registry.DefaultParams()
		address := make([]byte, 20)
		used, highest := map[uint64]bool{}, uint64(0)
		for range rapid.IntRange(1, 200).Draw(t, "steps") {
			seq := rapid.OneOf(
				rapid.Uint64Range(0, 30),
				rapid.Custom(func(t *rapid.T) uint64 { return highest + rapid.Uint64Range(0, 1100).Draw(t, "ahead") }),
				rapid.Custom(func(t *rapid.T) uint64 { return highest - min(highest, rapid.Uint64Range(0, 1100).Draw(t, "behind")) }),
			).Draw(t, "sequence")
			ctx := w.Context(module.Signer{})
			checked := w.r.CheckLane(ctx, params, address, 7, seq)
			err := w.r.UseLane(ctx, params, address, 7, seq, start+60)
			want := (*module.Error)(nil)
			switch {
			case seq == 0 || used[seq]:
				want = envelope.ErrReplayed
			case highest > seq && highest-seq > 1024:
				want = envelope.ErrStale
			}
			// A number that was used and has left the window is stale.
			if seq != 0 && highest > seq && highest-seq > 1024 {
				want = envelope.ErrStale
			}
			if want == nil && err != nil || want != nil && !isRefusal(err, want) {
				t.Fatalf("sequence %d with highest %d: got %v, want %v", seq, highest, err, want)
			}
			if (checked == nil) != (err == nil) {
				t.Fatalf("CheckLane said %v and UseLane %v", checked, err)
			}
			if err == nil {
				used[seq], highest = true, max(highest, seq)
			}
		}
		w.CheckTruths()
	})
}

func TestLanesAreLimitedAndForgotten(t *testing.T) {
	w := newWorld(t)
	params := registry.DefaultParams()
	params.MaxLanesPerSigner = 3
	address := append(make([]byte, 19), 9)
	use := func(lane uint64) error {
		return w.r.UseLane(w.Context(module.Signer{}), params, address, lane, 1, w.Block.Time+60)
	}
	for lane := range uint64(3) {
		must(t, use(lane))
	}
	if err := use(3); !isRefusal(err, envelope.ErrLanes) {
		t.Fatalf("a fourth lane: %v", err)
	}
	// Lanes are forgotten only once the last transaction in them has expired.
	w.EndBlock(60)
	if err := use(3); !isRefusal(err, envelope.ErrLanes) {
		t.Fatalf("a transaction may still enter at its expiry: %v", err)
	}
	w.Block.Time += 700
	w.EndBlock(1)
	must(t, use(3))
	w.CheckTruths()
}

func TestExpiry(t *testing.T) {
	p := registry.DefaultParams()
	for _, c := range []struct {
		name string
		at   int64
		want *module.Error
	}{
		{"missing", 0, envelope.ErrExpiry},
		{"negative", -5, envelope.ErrExpiry},
		{"a second ago", start - 1, envelope.ErrExpired},
		{"now", start, nil},
		{"as far as it may be", start + p.GetMaxExpirySeconds(), nil},
		{"a second too far", start + p.GetMaxExpirySeconds() + 1, envelope.ErrExpiry},
	} {
		if err := registry.CheckExpiry(p, start, c.at); c.want == nil && err != nil || c.want != nil && !isRefusal(err, c.want) {
			t.Errorf("%s: got %v, want %v", c.name, err, c.want)
		}
	}
}

func TestVATNumbers(t *testing.T) {
	for s, ok := range map[string]bool{
		"00743110157": true, "80008630420": true, // both are published by their bodies
		"00743110158": false, "0074311015": false, "007431101577": false, "0074311015x": false, "00000000000": false, "": false, "IT743110157": false,
	} {
		if err := registry.CheckVAT(s); (err == nil) != ok {
			t.Errorf("%q: %v", s, err)
		}
	}
}

func TestNeededApprovals(t *testing.T) {
	p := registry.DefaultParams()
	for n, want := range map[int]int{1: 1, 2: 2, 3: 2, 4: 3, 5: 3, 7: 4} {
		if got := registry.Needed(p, n); got != want {
			t.Errorf("%d authorities: %d approvals, want %d", n, got, want)
		}
	}
}
