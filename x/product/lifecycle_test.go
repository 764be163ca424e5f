package product

import (
	"fmt"
	"slices"
	"testing"

	"google.golang.org/protobuf/proto"
	"pgregory.net/rapid"

	basev1 "github.com/filiera-chain/filiera/api/base/v1"
	productv1 "github.com/filiera-chain/filiera/api/product/v1"
	"github.com/filiera-chain/filiera/module"
)

func TestStatusMovesOnlyAsTheTableSays(t *testing.T) {
	allowed := [][2]productv1.BatchStatus{{active, withdrawn}, {withdrawn, active}}
	for from := range productv1.BatchStatus(5) {
		for to := range productv1.BatchStatus(5) {
			if want := slices.Contains(allowed, [2]productv1.BatchStatus{from, to}); canMove(from, to) != want {
				t.Errorf("%s to %s: %t, want %t", StatusWord(from), StatusWord(to), !want, want)
			}
		}
	}
}

func TestTheLastBegunVersionIsTheOneALinearSearchFinds(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		days := rapid.SliceOfNDistinct(rapid.IntRange(0, 60), 0, 20, rapid.ID).Draw(t, "days")
		slices.Sort(days)
		write := func(d int) string { return module.Day(start + int64(d)*daySeconds) }
		day := write(rapid.IntRange(0, 60).Draw(t, "day"))
		want, asked := uint32(0), 0
		for i, d := range days {
			if write(d) <= day {
				want = uint32(i + 1)
			}
		}
		got, err := lastBegun(uint32(len(days)), day, func(n uint32) (string, error) { asked++; return write(days[n-1]), nil })
		if err != nil || got != want {
			t.Fatalf("got %d, want %d (%v)", got, want, err)
		}
		if asked > 6 {
			t.Fatalf("%d versions were read to find one of %d", asked, len(days))
		}
	})
}

// story is the ledger beside a plain model of what it was told.
type story struct {
	*ledger
	versions []*productv1.NewVersion
	texts    map[uint32]proto.Message
	batches  map[string]*productv1.Batch
}

func TestRandomActsKeepEveryTruthAndChangeNothingPublished(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := &story{ledger: newLedger(t).withPasta(), versions: []*productv1.NewVersion{versionFrom("2013-11-13")}, texts: map[uint32]proto.Message{}, batches: map[string]*productv1.Batch{}}
		t.Repeat(map[string]func(*rapid.T){
			"a version is published": s.publish,
			"a batch is registered":  s.register,
			"a status changes":       s.change,
			"time passes":            func(t *rapid.T) { s.pass(rapid.Int64Range(0, 20).Draw(t, "days")) },
			"":                       s.check,
		})
	})
}

func day(t *rapid.T, label string) string {
	return module.Day(start + rapid.Int64Range(-40, 40).Draw(t, label)*daySeconds)
}

func (s *story) publish(t *rapid.T) {
	m := publish(day(t, "from"))
	if rapid.Bool().Draw(t, "ends") {
		m.Version.InForceTo = day(t, "to")
	}
	sound := m.Version.InForceFrom > s.versions[len(s.versions)-1].GetInForceFrom() && (m.Version.InForceTo == "" || m.Version.InForceTo >= m.Version.InForceFrom)
	if err := s.do(region, m); (err == nil) != sound {
		t.Fatalf("version from %s to %q: %v", m.Version.InForceFrom, m.Version.InForceTo, err)
	}
	if sound {
		s.versions = append(s.versions, m.Version)
	}
}

// modelVersion is the version of a day by the plainest reading of the rule.
func (s *story) modelVersion(day string) uint32 {
	last := 0
	for i, v := range s.versions {
		if v.GetInForceFrom() <= day {
			last = i + 1
		}
	}
	if last == 0 || s.versions[last-1].GetInForceTo() != "" && s.versions[last-1].GetInForceTo() < day {
		return 0
	}
	return uint32(last)
}

func (s *story) register(t *rapid.T) {
	m := pastaBatch()
	m.Lot = fmt.Sprint(rapid.IntRange(0, 12).Draw(t, "lot"))
	m.ProductionDate, m.ExpiryDate = day(t, "made"), ""
	m.Quantity = &basev1.Quantity{Amount: rapid.Int64Range(-1, 3).Draw(t, "amount"), Unit: "GRM"}
	m.Place = rapid.SampledFrom([]string{campofilone, campofilone, fermo}).Draw(t, "place")
	version := s.modelVersion(m.ProductionDate)
	sound := version != 0 && s.batches[m.Lot] == nil && m.Quantity.Amount > 0 && m.Place == campofilone && m.ProductionDate <= module.Day(s.block.Time+daySeconds)
	err := s.do(pastaMaker, m)
	if s.block.Time >= start+365*daySeconds {
		sound = false // the maker's grant has ended
	}
	if (err == nil) != sound {
		t.Fatalf("batch %v: %v", m, err)
	}
	if !sound {
		return
	}
	b, err := s.product.Batch(s.reader(), pastaGTIN, m.Lot)
	s.must(err)
	if b.GetSpecificationVersion() != version {
		t.Fatalf("a batch of %s is bound to version %d, the model says %d", m.ProductionDate, b.GetSpecificationVersion(), version)
	}
	s.batches[m.Lot] = b
}

func (s *story) change(t *rapid.T) {
	lot := fmt.Sprint(rapid.IntRange(0, 12).Draw(t, "lot"))
	who := rapid.SampledFrom([]string{region, pastaMaker, oilMaker}).Draw(t, "who")
	acts := map[productv1.BatchStatus]proto.Message{
		withdrawn: &productv1.MsgWithdrawBatch{Gtin: pastaGTIN, Lot: lot, Reason: "random"},
		active:    &productv1.MsgReleaseBatch{Gtin: pastaGTIN, Lot: lot, Reason: "random"},
	}
	may := map[productv1.BatchStatus][]string{withdrawn: {pastaMaker}, active: {region}}
	to := rapid.SampledFrom([]productv1.BatchStatus{active, withdrawn}).Draw(t, "to")
	b := s.batches[lot]
	sound := b != nil && slices.Contains(may[to], who) && canMove(b.GetStatus(), to)
	if err := s.do(who, acts[to]); (err == nil) != sound {
		t.Fatalf("%s makes lot %s %s: %v", who, lot, StatusWord(to), err)
	}
	if sound {
		b.Status, b.StatusReason, b.StatusSince, b.StatusBy = to, "random", s.block.Time, who
	}
}

// check compares every batch with the model and every version with itself.
func (s *story) check(t *rapid.T) {
	for lot, want := range s.batches {
		if got, err := s.product.Batch(s.reader(), pastaGTIN, lot); err != nil || !proto.Equal(got, want) {
			t.Fatalf("lot %s is %v, want %v (%v)", lot, got, want, err)
		}
	}
	for n := uint32(1); n <= uint32(len(s.versions)); n++ {
		v, err := s.product.SpecificationVersion(s.reader(), pastaSpec, n)
		s.must(err)
		if s.texts[n] == nil {
			s.texts[n] = proto.Clone(v)
		}
		if !proto.Equal(s.texts[n], v) {
			t.Fatalf("version %d was %v and is %v", n, s.texts[n], v)
		}
	}
}
