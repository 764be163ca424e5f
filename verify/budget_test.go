package verify

import (
	"bytes"
	"errors"
	"slices"
	"testing"

	dbm "github.com/cosmos/cosmos-db"
	"google.golang.org/protobuf/proto"

	ledgerv1 "github.com/filiera-chain/filiera/api/ledger/v1"
	"github.com/filiera-chain/filiera/budget"
	"github.com/filiera-chain/filiera/module"
	"github.com/filiera-chain/filiera/module/statekey"
	"github.com/filiera-chain/filiera/registers"
	"github.com/filiera-chain/filiera/store"
)

// laid is a state of these records, with the header that signs it.
func laid(t testing.TB, records map[string]proto.Message) (*store.Store, SignedHeader, Trust) {
	t.Helper()
	s, err := store.Open(dbm.NewMemDB(), store.Options{})
	must(t, err)
	b := s.Branch()
	for key, m := range records {
		raw, err := module.Marshal(m)
		must(t, err)
		must(t, b.Set([]byte(key), raw))
	}
	_, err = s.Prepare(stateHeight, b)
	must(t, err)
	must(t, s.Commit())
	h := sign(t, s.AppHash(), voted())
	return s, h, Trust{ValidatorsHash: h.Validators.Hash(), ChainID: chainID}
}

// purse is a programme of 100.00 with two parts, of which one had less before.
func purse() map[string]proto.Message {
	out := map[string]proto.Message{}
	put := func(id string, level ledgerv1.BudgetLevel, path []string, own, sub []int64) {
		parent := ""
		if len(path) > 0 {
			parent = path[len(path)-1]
		}
		out[string(statekey.BudgetLine(id))] = &ledgerv1.BudgetLine{Id: id, Level: level, Path: path, Title: id}
		out[string(statekey.BudgetAmounts(parent, id))] = &ledgerv1.BudgetAmounts{Own: own, Subtree: sub}
	}
	day := func(line, day string, own, sub []int64) {
		start, _ := statekey.BudgetDays(line, "")
		out[string(append(append(start, day...), 0, 0, 0, 0, 0, 0, 0, 0, 7))] = &ledgerv1.BudgetAmounts{Own: own, Subtree: sub}
	}
	put("all", 1, nil, []int64{10, 0, 0, 0, 0, 0, 0, 0, -100}, []int64{100})
	put("a", 3, []string{"all"}, []int64{60}, []int64{60})
	put("b", 3, []string{"all"}, []int64{30}, []int64{30})
	day("all", "2024-01-01", []int64{40, 0, 0, 0, 0, 0, 0, 0, -100}, []int64{100})
	day("a", "2024-01-01", []int64{60}, []int64{60})
	day("all", "2024-02-26", []int64{-30}, nil)
	day("b", "2024-02-26", []int64{30}, []int64{30})
	return out
}

func proveBudget(t testing.TB, records map[string]proto.Message, v budget.View) ([]byte, Trust, error) {
	t.Helper()
	return proveTarget(t, records, TreeTarget(v))
}

func proveTarget(t testing.TB, records map[string]proto.Message, target BudgetTarget) ([]byte, Trust, error) {
	t.Helper()
	s, h, trust := laid(t, records)
	var raw []byte
	err := s.View(func(sv *store.View) error {
		_, p, err := ProveBudget(Live(sv), target, sv, h)
		if err != nil {
			return err
		}
		raw, err = p.Encode()
		return err
	})
	return raw, trust, err
}

func TestABudgetIsProven(t *testing.T) {
	for _, c := range []struct {
		view budget.View
		want []int64 // endowment of each line
	}{
		{budget.View{}, []int64{100, 60, 30}},
		{budget.View{AsOf: "2024-02-25"}, []int64{100, 60}},
		{budget.View{AsOf: "2024-02-26", AtHeight: 7}, []int64{100, 60, 30}},
		{budget.View{AtHeight: 6}, []int64{0}},
		{budget.View{Line: "b"}, []int64{30}},
		{budget.View{Line: "none"}, nil},
		{budget.View{DownTo: 1}, []int64{100}},
	} {
		raw, trust, err := proveBudget(t, purse(), c.view)
		must(t, err)
		shown, target, at, err := CheckBudgetProof(raw, trust)
		must(t, err)
		var got []int64
		for _, l := range shown.Lines {
			got = append(got, budget.Endowment(l.GetAmounts().GetSubtree()))
		}
		if !slices.Equal(got, c.want) || target.AsOf != c.view.AsOf || at.Height != stateHeight {
			t.Errorf("%+v: %v of %+v; want %v", c.view, got, target, c.want)
		}
		if _, _, _, err := CheckBudgetProof(raw, Trust{ValidatorsHash: bytes.Repeat([]byte{1}, 32)}); err == nil {
			t.Error("other validators are taken")
		}
	}
}

// What an act made of the budget, and what a beneficiary holds, are proven too.
func TestActsAndBeneficiariesAreProven(t *testing.T) {
	book := purse()
	const act = "regione-marche:dgr:248:2024"
	book[string(statekey.Movement(1))] = &ledgerv1.Movement{Number: 1, Act: act, Date: "2024-02-26", Legs: []*ledgerv1.BudgetLeg{{FromLine: "all", FromAccount: budget.Available, ToLine: "b", ToAccount: budget.Available, Cents: 30}}}
	start, _ := statekey.MovementsOfAct(act)
	book[string(append(start, 0, 0, 0, 0, 0, 0, 0, 1))] = &ledgerv1.Movement{}
	start, _ = statekey.LinesOfBeneficiary("ente-1")
	book[string(append(start, "b"...))] = &ledgerv1.BudgetLine{}
	raw, trust, err := proveTarget(t, book, BudgetTarget{Act: act, DownTo: "call"})
	must(t, err)
	shown, _, _, err := CheckBudgetProof(raw, trust)
	must(t, err)
	if shown.Movements != 1 || len(shown.Differences) != 2 || budget.Endowment(shown.Differences[1].Before.GetSubtree()) != 0 || budget.Endowment(shown.Differences[1].After.GetSubtree()) != 30 {
		t.Errorf("%+v", shown.Differences)
	}
	for asOf, want := range map[string]int64{"": 30, "2024-02-25": 0} {
		raw, trust, err := proveTarget(t, book, BudgetTarget{Beneficiary: "ente-1", AsOf: asOf, DownTo: "grant"})
		must(t, err)
		shown, _, _, err := CheckBudgetProof(raw, trust)
		must(t, err)
		if len(shown.Lines) != 1 || budget.Endowment(shown.Total) != want {
			t.Errorf("as of %q: %+v", asOf, shown)
		}
	}
	raw, trust, err = proveTarget(t, book, BudgetTarget{Beneficiary: "nobody", DownTo: "grant"})
	must(t, err)
	if shown, _, _, err := CheckBudgetProof(raw, trust); err != nil || len(shown.Lines) != 0 {
		t.Errorf("nobody: %+v, %v", shown, err)
	}
	if _, _, err := proveTarget(t, book, BudgetTarget{Beneficiary: "ente-1", Line: "b", DownTo: "grant"}); err == nil {
		t.Error("two things at once are proven")
	}
}

// A state whose sums do not come out is neither answered nor, by who would prove it
// all the same, believed.
func TestSumsThatDoNotComeOut(t *testing.T) {
	bad := purse()
	bad[string(statekey.BudgetAmounts("all", "b"))] = &ledgerv1.BudgetAmounts{Own: []int64{31}, Subtree: []int64{31}}
	if _, _, err := proveBudget(t, bad, budget.View{}); err == nil {
		t.Error("a sum that does not come out is answered")
	}
}

// Nothing can be left out of a proof, put beside it, or changed in it.
func TestABudgetProofIsOfOneThing(t *testing.T) {
	raw, trust, err := proveBudget(t, purse(), budget.View{AsOf: "2024-02-26"})
	must(t, err)
	p, err := decodeBudgetProof(raw)
	must(t, err)
	for i := range p.Ranges {
		less := *p
		less.Ranges = slices.Delete(slices.Clone(p.Ranges), i, i+1)
		cut, err := less.Encode()
		must(t, err)
		if _, _, _, err := CheckBudgetProof(cut, trust); err == nil {
			t.Errorf("without list %d it holds", i)
		}
	}
	for i := range p.Records {
		less := *p
		less.Records = slices.Delete(slices.Clone(p.Records), i, i+1)
		cut, err := less.Encode()
		must(t, err)
		if _, _, _, err := CheckBudgetProof(cut, trust); err == nil {
			t.Errorf("without record %d it holds", i)
		}
	}
	everyByte(t, raw, func(b []byte) error { _, _, _, err := CheckBudgetProof(b, trust); return err })
}

// everyByte changes each byte of a proof in turn.
func everyByte(t *testing.T, raw []byte, check func([]byte) error) {
	t.Helper()
	for i := range raw {
		other := bytes.Clone(raw)
		if other[i] ^= 1; check(other) == nil {
			t.Fatalf("byte %d changed from %q to %q, and it holds", i, raw[i], other[i])
		}
	}
}

func FuzzCheckBudgetProof(f *testing.F) {
	raw, trust, err := proveBudget(f, purse(), budget.View{AsOf: "2024-02-25"})
	must(f, err)
	f.Add(raw)
	f.Fuzz(func(t *testing.T, b []byte) {
		if _, _, _, err := CheckBudgetProof(b, trust); err == nil && !bytes.Equal(b, raw) {
			t.Errorf("another proof is taken: %s", b)
		}
	})
}

type plates []registers.Entry

func (p plates) Leaf(i uint64) (registers.Hash, error) { return p[i].Leaf(), nil }

type byKey []registers.Place

func (l byKey) Leaf(i uint64) (registers.Hash, error) { return l[i].Leaf(), nil }

// registerProofs are proofs of each kind about a register on a chain.
func registerProofs(t testing.TB) ([][]byte, Trust) {
	t.Helper()
	const id, n = "veicoli", 21
	secret := bytes.Repeat([]byte{7}, registers.SecretLen)
	var rows plates
	var places byKey
	for i := range uint64(n) {
		words, err := registers.Words([]string{string(rune('a' + i)), "Euro 6"})
		must(t, err)
		e := registers.Entry{Key: registers.KeyHash(registers.KeySalt(secret, id), string(rune('a'+i))), Row: registers.RowHash(registers.RowSalt(secret, id, i), words)}
		rows, places = append(rows, e), append(places, registers.Place{Key: e.Key, Index: i})
	}
	slices.SortFunc(places, registers.ComparePlaces)
	root := func(r registers.Reader, to uint64) []byte {
		h, err := registers.Range(r, 0, to)
		must(t, err)
		return h[:]
	}
	s, h, trust := laid(t, map[string]proto.Message{
		string(statekey.Register(id)):          &ledgerv1.Register{Id: id, Columns: []string{"targa", "classe"}, KeyColumn: "targa", Size: n, Appends: 2},
		string(statekey.RegisterAppend(id, 1)): &ledgerv1.RegisterAppend{Register: id, Number: 1, Size: 10, Root: root(rows, 10)},
		string(statekey.RegisterAppend(id, 2)): &ledgerv1.RegisterAppend{Register: id, Number: 2, FromSize: 10, Size: n, Root: root(rows, n), SortedRoot: root(places, n)},
	})
	path, err := registers.Inclusion(rows, 4, n)
	must(t, err)
	con, err := registers.Consistency(rows, 10, n)
	must(t, err)
	neighbour := func(at int) *registers.NeighbourPart {
		sorted, err := registers.Inclusion(places, uint64(at), n)
		must(t, err)
		log, err := registers.Inclusion(rows, places[at].Index, n)
		must(t, err)
		return &registers.NeighbourPart{
			Position: uint64(at), Key: registers.Hex(places[at].Key), Index: places[at].Index, Row: registers.Hex(rows[places[at].Index].Row), Sorted: registers.HexPath(sorted), Log: registers.HexPath(log),
		}
	}
	salt := registers.KeySalt(secret, id)
	key := registers.KeyHash(salt, "zz")
	at, _ := slices.BinarySearchFunc(places, registers.Place{Key: key}, registers.ComparePlaces)
	none := &registers.AbsencePart{Key: "zz", Salt: registers.Hex(salt), Hash: registers.Hex(key)}
	if at > 0 {
		none.Left = neighbour(at - 1)
	}
	if at < n {
		none.Right = neighbour(at)
	}
	docs := []*registers.Document{
		{Kind: registers.KindInclusion, Inclusion: &registers.InclusionPart{Index: 4, Cells: []string{"e", "Euro 6"}, Salt: registers.Hex(registers.RowSalt(secret, id, 4)), Key: registers.Hex(rows[4].Key), Path: registers.HexPath(path)}},
		{Kind: registers.KindConsistency, Consistency: &registers.EarlierPart{Append: 1, Path: registers.HexPath(con)}},
		{Kind: registers.KindAbsence, Absence: none},
	}
	var out [][]byte
	for _, d := range docs {
		d.Format, d.Register, d.Append = registers.Format, id, 2
		earlier := uint64(0)
		if d.Consistency != nil {
			earlier = 1
		}
		must(t, s.View(func(v *store.View) error {
			p, err := ProveRecords(Live(v), RegisterKeys(id, earlier, 2), v, h)
			if err != nil {
				return err
			}
			d.Ledger, err = p.Encode()
			return err
		}))
		raw, err := d.Encode()
		must(t, err)
		out = append(out, raw)
	}
	return out, trust
}

// Each kind of proof about a register holds, and fails when any byte is changed.
func TestRegisterProofs(t *testing.T) {
	proofs, trust := registerProofs(t)
	for _, raw := range proofs {
		p, err := CheckRegisterProof(raw, trust)
		must(t, err)
		if p.Append.GetSize() != 21 || p.Register.GetKeyColumn() != "targa" {
			t.Errorf("%v", p.Append)
		}
		everyByte(t, raw, func(b []byte) error { _, err := CheckRegisterProof(b, trust); return err })
	}
	var failed *CheckError
	if _, err := CheckRegisterProof(proofs[0], Trust{}); !errors.As(err, &failed) {
		t.Errorf("no trust is enough: %v", err)
	}
}

func FuzzCheckRegisterProof(f *testing.F) {
	proofs, trust := registerProofs(f)
	for _, raw := range proofs {
		f.Add(raw)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		if _, err := CheckRegisterProof(b, trust); err == nil && !slices.ContainsFunc(proofs, func(raw []byte) bool { return bytes.Equal(raw, b) }) {
			t.Errorf("another proof is taken: %s", b)
		}
	})
}
