package budget

import (
	"errors"
	"fmt"
	"slices"

	ledgerv1 "github.com/filiera-chain/filiera/api/ledger/v1"
)

// MostLines bounds the lines of one answer.
const MostLines = 2000

// ErrTooMany says that an answer would have more lines than one may.
var ErrTooMany = errors.New("too many lines for one answer")

// Child is a line right below another one, and what stands on it.
type Child struct {
	ID      string
	Amounts *ledgerv1.BudgetAmounts
}

// Reader is a book as far as a tree is read from it. A line that is not there is
// nil, amounts that are not there are empty.
type Reader interface {
	Line(id string) (*ledgerv1.BudgetLine, error)
	Amounts(parent, id string) (*ledgerv1.BudgetAmounts, error)
	// Children lists the lines right below one, all of them, in order of id; the
	// roots for "". More than most is an error.
	Children(parent string, most int) ([]Child, error)
	// Days tells what was added to a line, day by day until one (all for ""), and on
	// each day height by height.
	Days(line, until string, fn func(day string, height int64, a *ledgerv1.BudgetAmounts) error) error
}

// View chooses what of a book is read.
type View struct {
	// Line is the top; "" for all roots.
	Line string
	// AsOf is the last day that counts, AtHeight the last height; "" and 0 for all.
	AsOf     string
	AtHeight int64
	// DownTo is the last level that is shown.
	DownTo ledgerv1.BudgetLevel
}

// now says whether the view is of everything that is recorded.
func (v View) now() bool { return v.AsOf == "" && v.AtHeight == 0 }

// Gather reads a tree, each line before those below it, those in order of id. Where
// every line below one is read, their sum is held against what that one says: an
// answer that does not add up is an error. A line that is not there gives nothing.
// Of the past, lines that had nothing are left out.
func Gather(r Reader, v View) ([]*ledgerv1.BudgetLineState, error) {
	if v.DownTo == 0 {
		v.DownTo = ledgerv1.BudgetLevel_BUDGET_LEVEL_CALL
	}
	g := &gatherer{r: r, v: v}
	if v.Line == "" {
		_, _, err := g.below("")
		return g.out, err
	}
	l, err := r.Line(v.Line)
	if err != nil || l == nil {
		return nil, err
	}
	_, err = g.visit(l, nil)
	return g.out, err
}

type gatherer struct {
	r   Reader
	v   View
	out []*ledgerv1.BudgetLineState
}

// below reads all lines right below one, and adds up what stands in and under them.
func (g *gatherer) below(parent string) (total []int64, all bool, err error) {
	children, err := g.r.Children(parent, MostLines)
	if err != nil {
		return nil, false, err
	}
	all = true
	for _, c := range children {
		l, err := g.r.Line(c.ID)
		if err != nil {
			return nil, false, err
		}
		if l == nil {
			return nil, false, fmt.Errorf("the line %s stands below %q and is not there", c.ID, parent)
		}
		if l.GetLevel() > g.v.DownTo && parent != "" {
			all = false
			continue
		}
		sub, err := g.visit(l, c.Amounts)
		if err != nil {
			return nil, false, err
		}
		total = Plus(total, sub)
	}
	return total, all, nil
}

// visit shows a line and what is below it. now is what stands on it, nil if not read.
func (g *gatherer) visit(l *ledgerv1.BudgetLine, now *ledgerv1.BudgetAmounts) ([]int64, error) {
	if len(g.out) >= MostLines {
		return nil, fmt.Errorf("%w: the tree has more than %d; ask for one of its parts, or for fewer levels", ErrTooMany, MostLines)
	}
	a, err := g.amounts(l, now)
	if err != nil {
		return nil, err
	}
	if !g.v.now() && (Zero(a) || g.v.AtHeight != 0 && l.GetOpenedHeight() > g.v.AtHeight) && len(l.GetPath()) > 0 && l.GetId() != g.v.Line {
		return nil, nil
	}
	g.out = append(g.out, &ledgerv1.BudgetLineState{Line: l, Amounts: a})
	if l.GetLevel() >= g.v.DownTo {
		return a.GetSubtree(), nil
	}
	total, all, err := g.below(l.GetId())
	if err != nil || !all {
		return a.GetSubtree(), err
	}
	own := a.GetOwn()
	if sum := Plus(own[:min(len(own), SubtreeAccounts)], total); !slices.Equal(sum, trim(a.GetSubtree())) {
		return nil, fmt.Errorf("I2: %s itself and the lines below it add up to %v, and it says %v", l.GetId(), sum, a.GetSubtree())
	}
	return a.GetSubtree(), nil
}

func (g *gatherer) amounts(l *ledgerv1.BudgetLine, now *ledgerv1.BudgetAmounts) (*ledgerv1.BudgetAmounts, error) {
	if g.v.now() {
		if now != nil {
			return now, nil
		}
		return g.r.Amounts(parentOf(l), l.GetId())
	}
	total := &ledgerv1.BudgetAmounts{}
	err := g.r.Days(l.GetId(), g.v.AsOf, func(_ string, height int64, a *ledgerv1.BudgetAmounts) error {
		if g.v.AtHeight == 0 || height <= g.v.AtHeight {
			total = PlusAmounts(total, a)
		}
		return nil
	})
	return total, err
}
