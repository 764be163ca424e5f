package ledger_test

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"testing"

	"google.golang.org/protobuf/proto"
	"pgregory.net/rapid"

	ledgerv1 "github.com/filiera-chain/filiera/api/ledger/v1"
	"github.com/filiera-chain/filiera/budget"
	"github.com/filiera-chain/filiera/module"
	"github.com/filiera-chain/filiera/module/statekey"
	"github.com/filiera-chain/filiera/registers"
	"github.com/filiera-chain/filiera/x/ledger"
)

type leavesOf []registers.Hash

func (l leavesOf) Leaf(i uint64) (registers.Hash, error) { return l[i], nil }

func entries(n int) leavesOf {
	out := make(leavesOf, n)
	for i := range out {
		out[i] = registers.Entry{Row: sha256.Sum256([]byte(fmt.Sprint(i)))}.Leaf()
	}
	return out
}

func appendOf(t interface{ Fatalf(string, ...any) }, l leavesOf, from, to uint64) *ledgerv1.MsgAppendRegister {
	roots, err := registers.Subtrees(l, from, to)
	if err != nil {
		t.Fatalf("%v", err)
	}
	m := &ledgerv1.MsgAppendRegister{Register: "gare", FromSize: from, Entries: to - from}
	for i := range roots {
		m.Subtrees = append(m.Subtrees, roots[i][:])
	}
	return m
}

func newRegister(sorted string) *ledgerv1.MsgOpenRegister {
	return &ledgerv1.MsgOpenRegister{Id: "gare", Kind: ledgerv1.RegisterKind_REGISTER_KIND_COMPETITIONS, Title: "Gare e concorsi", Body: "comune-di-jesi", Columns: []string{"numero", "esito"}, KeyColumn: sorted}
}

// However it is appended to, a register's root is that of its rows, and every append
// keeps what it was.
func TestARegisterGrows(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := newWorld(t)
		jesi := by("comune-di-jesi")
		w.Do(jesi, newRegister(""))
		l := entries(rapid.IntRange(1, 120).Draw(t, "rows"))
		for size, number := uint64(0), uint64(1); size < uint64(len(l)); number++ {
			next := size + uint64(rapid.IntRange(1, len(l)-int(size)).Draw(t, "added"))
			out := w.Do(jesi, appendOf(t, l, size, next)).(*ledgerv1.AppendRegisterResult)
			want, _ := registers.Range(l, 0, next)
			if out.GetNumber() != number || out.GetSize() != next || !bytes.Equal(out.GetRoot(), want[:]) {
				t.Fatalf("append %d: %v; want the root %x", number, out, want)
			}
			if next < uint64(len(l)) {
				w.Refuses(ledger.ErrRegisterSize, jesi, appendOf(t, l, size, next))
			}
			size = next
		}
	})
}

func TestRegistersThatAreRefused(t *testing.T) {
	w := newWorld(t)
	jesi := by("comune-di-jesi")
	w.Do(jesi, newRegister("numero"))
	l := entries(10)
	good := func(change func(*ledgerv1.MsgAppendRegister)) *ledgerv1.MsgAppendRegister {
		m := appendOf(t, l, 0, 5)
		m.SortedRoot = make([]byte, 32)
		if change != nil {
			change(m)
		}
		return m
	}
	for _, c := range []struct {
		name string
		want *module.Error
		by   string
		m    proto.Message
	}{
		{"again", ledger.ErrRegisterTwice, "comune-di-jesi", newRegister("numero")},
		{"another's", ledger.ErrSpeak, "maker", good(nil)},
		{"of another's", ledger.ErrSpeak, "maker", &ledgerv1.MsgOpenRegister{Id: "altro", Kind: 1, Title: "Altro", Body: "comune-di-jesi", Columns: []string{"a"}}},
		{"a key that is no column", ledger.ErrShape, "comune-di-jesi", newRegister("codice")},
		{"no sorted root", ledger.ErrSorted, "comune-di-jesi", good(func(m *ledgerv1.MsgAppendRegister) { m.SortedRoot = nil })},
		{"one subtree too few", ledger.ErrSubtrees, "comune-di-jesi", good(func(m *ledgerv1.MsgAppendRegister) { m.Subtrees = m.Subtrees[1:] })},
		{"a hash of the wrong length", ledger.ErrShape, "comune-di-jesi", good(func(m *ledgerv1.MsgAppendRegister) { m.Subtrees[0] = m.Subtrees[0][:31] })},
		{"a gap", ledger.ErrRegisterSize, "comune-di-jesi", good(func(m *ledgerv1.MsgAppendRegister) { m.FromSize = 1 })},
		{"nothing", ledger.ErrShape, "comune-di-jesi", good(func(m *ledgerv1.MsgAppendRegister) { m.Entries = 0 })},
		{"too much", ledger.ErrShape, "comune-di-jesi", good(func(m *ledgerv1.MsgAppendRegister) { m.Entries = 1 << 63 })},
		{"an act that is not there", ledger.ErrAct, "comune-di-jesi", good(func(m *ledgerv1.MsgAppendRegister) { m.Act = mapo })},
		{"no register", ledger.ErrRegister, "comune-di-jesi", good(func(m *ledgerv1.MsgAppendRegister) { m.Register = "altro" })},
		{"a period that ends before it begins", ledger.ErrDates, "comune-di-jesi", good(func(m *ledgerv1.MsgAppendRegister) { m.PeriodFrom, m.PeriodTo = "2026-02-01", "2026-01-01" })},
	} {
		if _, err := w.Try(by(c.by), c.m); module.AsError(err).ID() != c.want.ID() {
			t.Errorf("%s: %v; want %s", c.name, err, c.want.ID())
		}
	}
	w.Do(jesi, good(nil))
	w.Do(jesi, &ledgerv1.MsgCloseRegister{Register: "gare", Reason: "fine anno"})
	again := appendOf(t, l, 5, 7)
	again.SortedRoot = make([]byte, 32)
	w.Refuses(ledger.ErrRegisterClosed, jesi, again)
}

// Records stand where package statekey says.
func TestKeysOfRegistersAndBudget(t *testing.T) {
	w := newTreasury(t)
	w.Do(by("comune-di-jesi"), newRegister(""))
	w.Do(by("comune-di-jesi"), appendOf(t, entries(3), 0, 3))
	w.openCall(euros(45_000), 0)
	w.fund()
	w.openGrant("g-001", name(1), euros(45_000))
	w.move(give(1))
	w.move(mv(budget.Prenotazione, "g-001", 100, citing(change), dated("2024-03-02"), as("p-1")))
	w.move(mv(budget.Rettifica, "", 40, citing(change), dated("2024-03-03"), func(m *ledgerv1.NewMovement) { m.Corrects = 8 }))
	for _, c := range []struct {
		key  []byte
		into proto.Message
	}{
		{statekey.Register("gare"), new(ledgerv1.Register)},
		{statekey.RegisterAppend("gare", 1), new(ledgerv1.RegisterAppend)},
		{statekey.BudgetLine("1.2.2"), new(ledgerv1.BudgetLine)},
		{statekey.BudgetAmounts("pr", "1.2.2"), new(ledgerv1.BudgetAmounts)},
		{statekey.Movement(1), new(ledgerv1.Movement)},
		{statekey.Position("p-1"), new(ledgerv1.Position)},
		{statekey.CallShare("bando", name(1)), new(ledgerv1.CallShare)},
		{statekey.Corrected(8), new(ledgerv1.Corrected)},
	} {
		raw, err := w.Branch.Get(c.key)
		if err != nil || len(raw) == 0 || proto.Unmarshal(raw, c.into) != nil {
			t.Errorf("nothing stands at %q", c.key)
		}
	}
	for name, rng := range map[string][2][]byte{
		"appends": both(statekey.RegisterAppends("gare")), "children": both(statekey.BudgetChildren("pr")), "days": both(statekey.BudgetDays("1.2.2", "2023-02-22")), "of line": both(statekey.MovementsOfLine("g-001")),
		"of act": both(statekey.MovementsOfAct(change)), "of beneficiary": both(statekey.LinesOfBeneficiary(name(1))),
	} {
		it, err := w.Branch.Iterator(rng[0], rng[1])
		if err != nil || !it.Valid() {
			t.Errorf("%s: nothing stands from %q", name, rng[0])
		}
		check(it.Close())
	}
}

func both(start, end []byte) [2][]byte { return [2][]byte{start, end} }

func check(err error) {
	if err != nil {
		panic(err)
	}
}
