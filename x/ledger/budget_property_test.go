package ledger_test

import (
	"errors"
	"fmt"
	"testing"

	dbm "github.com/cosmos/cosmos-db"

	ledgerv1 "github.com/filiera-chain/filiera/api/ledger/v1"
	"github.com/filiera-chain/filiera/budget"
	"github.com/filiera-chain/filiera/module"
	"github.com/filiera-chain/filiera/module/moduletest"
	"github.com/filiera-chain/filiera/store"
)

// decree14 is the manager's decree of the toy.
const decree14 = "regione-marche:decreto-dirigenziale:14:2025"

// The steps of one book, and the books: 100,000 movements in all.
const (
	stepsOfBook = 10_000
	books       = 10
)

// TestTheBudgetHoldsOver100000Steps does random things to budgets on the real store:
// appropriations, transfers, partial and final commitments, payments, voids,
// expiries, savings, revocations, recoveries, corrections, sets of which one part
// does not fit, days in the past, restarts. What stands on every account is what a
// plain book says, and the truths I1 to I9 hold when the whole is reckoned again.
func TestTheBudgetHoldsOver100000Steps(t *testing.T) {
	runs := make([]*budgetRun, books)
	t.Run("books", func(t *testing.T) {
		for seed := range runs {
			t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
				t.Parallel()
				runs[seed] = &budgetRun{t: t, toy: newToy(uint64(seed))}
				runs[seed].run()
			})
		}
	})
	reached(t, runs)
}

// reached fails where the books never came to something: a test that does not reach
// what it is about proves nothing.
func reached(t *testing.T, runs []*budgetRun) {
	accepted, refused, expired := map[ledgerv1.MovementKind]int{}, map[string]int{}, 0
	for _, r := range runs {
		for k, n := range r.accepted {
			accepted[k] += n
		}
		for id, n := range r.refused {
			refused[id] += n
		}
		expired += r.expired
	}
	for k := budget.Stanziamento; k <= budget.Rettifica; k++ {
		if k != budget.Scadenza && accepted[k] < books {
			t.Errorf("%d times %s was carried out: the test does not reach it", accepted[k], budget.KindWord(k))
		}
	}
	for _, id := range []string{
		"ledger.i2_more_than_available", "ledger.i3_transfer_not_neutral", "ledger.i4_phase_exceeded", "ledger.i6_cap_exceeded", "ledger.i7_reserve_broken", "ledger.i9_return_not_exact", "ledger.out_of_order",
	} {
		if refused[id] == 0 {
			t.Errorf("nothing was refused as %s: the test does not reach it", id)
		}
	}
	if expired == 0 {
		t.Error("no reservation ran out")
	}
	t.Logf("carried out %v, refused %v, ran out %d", accepted, refused, expired)
}

type budgetRun struct {
	*treasury
	t        *testing.T
	toy      *toy
	db       dbm.DB
	store    *store.Store
	act      module.Act
	accepted map[ledgerv1.MovementKind]int
	refused  map[string]int
	expired  int
}

func (r *budgetRun) run() {
	r.accepted, r.refused = map[ledgerv1.MovementKind]int{}, map[string]int{}
	r.db = dbm.NewMemDB()
	r.reopen()
	r.treasury = newTreasuryOn(newWorldOn(moduletest.T(r.t), r.store.Branch()))
	r.openCall(euros(45_000), euros(100_000))
	r.Do(by(region), &ledgerv1.MsgListBeneficiaries{Call: "bando", Add: []string{name(1), name(2), name(3)}, Act: mapo})
	for i := 1; i <= grantsOfToy; i++ {
		r.openGrant(fmt.Sprintf("g-%03d", i), name(i), euros(50_000))
	}
	for _, a := range r.ledger.Module().Acts {
		if a.Message.ProtoReflect().Descriptor().Name() == "MsgMoveBudget" {
			r.act = a
		}
	}
	for i := range stepsOfBook {
		r.step(i)
		if r.t.Failed() {
			r.t.Fatalf("at step %d", i)
		}
	}
	r.check(stepsOfBook)
}

// reopen begins again from what is on the disk.
func (r *budgetRun) reopen() {
	s, err := store.Open(r.db, store.Options{})
	if err != nil {
		r.t.Fatalf("open the store: %v", err)
	}
	r.store = s
}

func (r *budgetRun) commit() {
	if _, err := r.store.Prepare(r.Block.Height, r.Branch); err != nil {
		r.t.Fatal(err)
	}
	if err := r.store.Commit(); err != nil {
		r.t.Fatal(err)
	}
	r.Branch = r.store.Branch()
}

func (r *budgetRun) step(i int) {
	if i%25 == 24 {
		r.endBlock(i)
	}
	list, what := r.toy.next()
	m := set(list...)
	branch := r.Branch.Branch()
	err := r.act.Check(m)
	if err == nil {
		_, err = r.act.Run(module.NewContext(branch, r.Block, by(region)), m)
	}
	var refusal *module.Error
	switch {
	case err == nil:
		branch.Write()
		if !r.toy.fits(what) {
			r.t.Errorf("the ledger carried out what does not fit: %v", list)
		}
		r.toy.carry(list, what)
		for _, n := range list {
			r.accepted[n.GetKind()]++
		}
	case errors.As(err, &refusal):
		branch.Discard()
		r.refused[refusal.ID()]++
	default:
		r.t.Errorf("%v: failed: %v", list, err)
	}
	if i%2000 == 1999 || i < 400 && i%50 == 0 {
		r.check(i)
	}
}

// endBlock lets time go by; at the end of some blocks the node restarts.
func (r *budgetRun) endBlock(i int) {
	ctx := r.Context(module.Signer{})
	if err := r.ledger.Module().EndBlock(ctx); err != nil {
		r.t.Fatalf("end of the block: %v", err)
	}
	for _, said := range ctx.Announcements() {
		if b, ok := said.(*ledgerv1.BudgetMoved); ok {
			r.expired++
			g := b.GetMovement().GetLegs()[0]
			r.toy.apply(change_{budget.Scadenza, g.GetCents(), []step{{
				from: place{g.GetFromLine(), g.GetFromAccount()}, to: place{g.GetToLine(), g.GetToAccount()}, fromPos: g.GetFromPosition(), cents: g.GetCents(),
			}}})
		}
	}
	r.commit()
	r.Block.Height++
	if i > stepsOfBook/2 {
		r.Block.Time = start + 25*3600 // the day after: reservations run out
	}
	if i%500 == 499 {
		if err := r.store.Close(); err != nil {
			r.t.Fatal(err)
		}
		r.reopen()
		r.Branch = r.store.Branch()
	}
}

// check holds every account against the plain book, and reckons the whole again.
func (r *budgetRun) check(i int) {
	r.T.Helper()
	for _, id := range append([]string{"pr", "1.2.2", "g-001", "g-005", "g-012"}, moving...) {
		own := r.state(id, "", 0).GetOwn()
		for a := budget.Available; a <= budget.InterestSource; a++ {
			if got, want := budget.Of(own, a), r.toy.own[place{id, a}]; got != want {
				r.t.Errorf("step %d: %s has %s %s; the plain book says %s", i, id, budget.Plain(got), budget.AccountWord(a), budget.Plain(want))
			}
		}
	}
	r.CheckTruths()
}
