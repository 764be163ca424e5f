package budget

import (
	"slices"

	ledgerv1 "github.com/filiera-chain/filiera/api/ledger/v1"
)

// Of gives the cents on an account of a list by account; the first is account 1.
func Of(list []int64, a ledgerv1.BudgetAccount) int64 {
	if i := int(a) - 1; i >= 0 && i < len(list) {
		return list[i]
	}
	return 0
}

// Add gives the list with cents more on an account, zeros at its end left out, so
// that equal amounts have one form. The list given is not changed.
func Add(list []int64, a ledgerv1.BudgetAccount, cents int64) []int64 {
	i := int(a) - 1
	out := make([]int64, max(len(list), i+1))
	copy(out, list)
	out[i] += cents
	return trim(out)
}

func trim(list []int64) []int64 {
	n := len(list)
	for n > 0 && list[n-1] == 0 {
		n--
	}
	return list[:n:n]
}

// Plus adds lists account by account.
func Plus(x, y []int64) []int64 {
	out := make([]int64, max(len(x), len(y)))
	copy(out, x)
	for i, c := range y {
		out[i] += c
	}
	return trim(out)
}

// PlusAmounts adds what stands on lines, or what was added to them.
func PlusAmounts(x, y *ledgerv1.BudgetAmounts) *ledgerv1.BudgetAmounts {
	return &ledgerv1.BudgetAmounts{Own: Plus(x.GetOwn(), y.GetOwn()), Subtree: Plus(x.GetSubtree(), y.GetSubtree())}
}

// Zero says whether nothing stands on any account.
func Zero(a *ledgerv1.BudgetAmounts) bool {
	some := func(c int64) bool { return c != 0 }
	return !slices.ContainsFunc(a.GetOwn(), some) && !slices.ContainsFunc(a.GetSubtree(), some)
}

// Whole says whether nothing stands on a line itself; contra accounts do not count.
func Whole(own []int64) bool { return len(trim(own[:min(len(own), SubtreeAccounts)])) == 0 }

// Endowment is all that was given to a line, whatever became of it: accounts 1 to
// 7. Interest is no part of it.
func Endowment(list []int64) int64 { return sum(list, Available, Savings) }

// Held is what stands with a beneficiary: neither freed nor to be recovered.
func Held(list []int64) int64 { return sum(list, Available, Paid) }

func sum(list []int64, from, to ledgerv1.BudgetAccount) int64 {
	total := int64(0)
	for a := from; a <= to; a++ {
		total += Of(list, a)
	}
	return total
}

// Figures is what stands on a line as accounts offices count it, cents: what is
// committed has the liquidated and the paid in it, what is liquidated the paid.
type Figures struct {
	Endowment, Available, Reserved, Committed, Liquidated, Paid, ToRecover, Savings, Interest int64
}

// FiguresOf counts a list by account.
func FiguresOf(list []int64) Figures {
	paid, liquidated := Of(list, Paid), Of(list, Liquidated)
	return Figures{
		Endowment: Endowment(list), Available: Of(list, Available), Reserved: Of(list, Reserved), Committed: Of(list, Committed) + liquidated + paid, Liquidated: liquidated + paid, Paid: paid,
		ToRecover: Of(list, ToRecover), Savings: Of(list, Savings), Interest: Of(list, Interest),
	}
}
