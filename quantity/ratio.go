package quantity

import "math/big"

// Smallest is the amount in the smallest unit of its dimension (milligrams,
// millilitres, square centimetres, pieces); 0 for a unit that is not known.
func (q Quantity) Smallest() *big.Int {
	u, known := byCode[q.Unit]
	if !known {
		return new(big.Int)
	}
	return new(big.Int).Mul(big.NewInt(q.Amount), big.NewInt(u.Factor))
}

// Alike says whether two units measure the same, so that amounts convert.
func Alike(a, b string) bool {
	ua, ok := byCode[a]
	ub, also := byCode[b]
	return ok && also && ua.Dimension == ub.Dimension
}

// Ratio is so much output for so much input, such as 70 LTR for 100 KGM.
type Ratio struct{ Output, Input Quantity }

// Needed gives how much input so much output takes, in Input's unit, rounded up;
// false for an output in units that do not convert, and for amounts beyond int64.
func (r Ratio) Needed(output Quantity) (Quantity, bool) {
	per := r.Output.Smallest()
	if per.Sign() <= 0 || !Alike(output.Unit, r.Output.Unit) {
		return Quantity{}, false
	}
	n := output.Smallest()
	n.Mul(n, big.NewInt(r.Input.Amount))
	n.Add(n, new(big.Int).Sub(per, big.NewInt(1))).Div(n, per)
	if !n.IsInt64() {
		return Quantity{}, false
	}
	return Quantity{n.Int64(), r.Input.Unit}, true
}

// AtMost gives how much output so much input may become, rounded down. Both are
// in the smallest units of their dimensions.
func (r Ratio) AtMost(input *big.Int) *big.Int {
	per := r.Input.Smallest()
	if per.Sign() <= 0 {
		return new(big.Int)
	}
	n := new(big.Int).Mul(input, r.Output.Smallest())
	return n.Div(n, per)
}
