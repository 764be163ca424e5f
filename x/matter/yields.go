package matter

import (
	"math/big"

	matterv1 "github.com/filiera-chain/filiera/api/matter/v1"
	productv1 "github.com/filiera-chain/filiera/api/product/v1"
	"github.com/filiera-chain/filiera/quantity"
)

// making is a transformation under way.
type making struct {
	m       *Matter
	in      []*goods
	outside []*matterv1.OutsideInput
	out     []*goods
	stages  []*productv1.Stage // of out
}

// yields refuses more than the inputs may give. What several outputs take of one
// kind of input is added up: the same grapes do not make two wines.
func (w *making) yields() error {
	specification := ""
	var order []string
	needed := map[string]*big.Rat{}
	rule := map[string]*productv1.Yield{}
	for i, g := range w.out {
		stage := w.stages[i]
		if stage == nil {
			continue
		}
		if len(stage.GetYields()) == 0 {
			return ErrStage.With("lot %s of GTIN %s is of the stage %s, which is harvested and not made", g.batch.GetLot(), g.batch.GetGtin(), stage.GetId())
		}
		if specification != "" && specification != g.batch.GetSpecification() {
			return ErrMixed.With("batches of %s and of %s are made at once; tell it in two steps, each with its own inputs", specification, g.batch.GetSpecification())
		}
		specification = g.batch.GetSpecification()
		for _, y := range stage.GetYields() {
			n, err := neededOf(y, g)
			if err != nil {
				return err
			}
			key := y.GetFrom() + " " + dimension(y.GetInput().GetUnit())
			if needed[key] == nil {
				needed[key], rule[key] = new(big.Rat), y
				order = append(order, key)
			}
			needed[key].Add(needed[key], n)
		}
	}
	for _, key := range order {
		y := rule[key]
		have, err := w.available(specification, y)
		if err != nil {
			return err
		}
		if needed[key].Cmp(new(big.Rat).SetInt(have)) > 0 {
			least := roundedUp(needed[key])
			short := new(big.Int).Sub(least, have)
			unit := y.GetInput().GetUnit()
			return ErrYield.With("what is made takes %s of %s, at %s from %s, and %s go in: %s are missing", smallestText(least, unit), y.GetFrom(),
				amountOf(y.GetOutput()).Display("en"), amountOf(y.GetInput()).Display("en"), smallestText(have, unit), smallestText(short, unit))
		}
	}
	return nil
}

// neededOf gives how much input an output takes, in the smallest unit of the
// yield's input, exactly: what several outputs take is rounded once.
func neededOf(y *productv1.Yield, g *goods) (*big.Rat, error) {
	made := quantity.Quantity{Amount: g.amount, Unit: g.product.GetBaseUnit()}.Smallest()
	switch {
	case quantity.Alike(y.GetOutput().GetUnit(), g.product.GetBaseUnit()):
	case quantity.Alike(y.GetOutput().GetUnit(), "MGM"): // pieces, by their mass
		made = bigOf(g.mass)
	default:
		return nil, ErrUnit.With("the specification counts what is made in %s, and GTIN %s is counted in %s", y.GetOutput().GetUnit(), g.product.GetGtin(), g.product.GetBaseUnit())
	}
	return new(big.Rat).SetFrac(made.Mul(made, amountOf(y.GetInput()).Smallest()), amountOf(y.GetOutput()).Smallest()), nil
}

func roundedUp(r *big.Rat) *big.Int {
	n := new(big.Int).Add(r.Num(), new(big.Int).Sub(r.Denom(), big.NewInt(1)))
	return n.Div(n, r.Denom())
}

// available adds up the inputs that a yield counts: of the stage of the same
// specification, and, where it lets them, from outside.
func (w *making) available(specification string, y *productv1.Yield) (*big.Int, error) {
	sum := new(big.Int)
	unit := y.GetInput().GetUnit()
	for _, g := range w.in {
		if g.product.GetSpecification() != specification || g.product.GetStage() != y.GetFrom() {
			continue
		}
		switch {
		case quantity.Alike(unit, "MGM"):
			sum.Add(sum, bigOf(g.mass))
		case quantity.Alike(unit, g.product.GetBaseUnit()):
			sum.Add(sum, quantity.Quantity{Amount: g.amount, Unit: g.product.GetBaseUnit()}.Smallest())
		default:
			return nil, ErrUnit.With("the specification counts %s in %s, and GTIN %s is counted in %s", y.GetFrom(), unit, g.product.GetGtin(), g.product.GetBaseUnit())
		}
	}
	if !y.GetOutside() {
		return sum, nil
	}
	for _, o := range w.outside {
		switch {
		case o.GetStage() != y.GetFrom():
		case quantity.Alike(unit, "MGM"):
			sum.Add(sum, bigOf(outsideMass(o)))
		case quantity.Alike(unit, o.GetQuantity().GetUnit()):
			sum.Add(sum, amountOf(o.GetQuantity()).Smallest())
		default:
			return nil, ErrUnit.With("the specification counts %s in %s, and %s of %s come in", y.GetFrom(), unit, amountOf(o.GetQuantity()), clip(o.GetWhat()))
		}
	}
	return sum, nil
}

func dimension(unit string) string {
	u, _ := quantity.LookupUnit(unit)
	return string(u.Dimension)
}

func bigOf(n int64) *big.Int { return big.NewInt(n) }
