package quantity

import (
	"fmt"
	"math/big"
	"strings"
)

// Quantity is a whole, non-negative number of one unit, such as {12500, "GRM"}.
// The zero value has no unit and is not a valid quantity.
type Quantity struct {
	Amount int64  // how many of the unit, 0 or more
	Unit   string // UN/ECE code
}

// New returns a checked quantity.
func New(amount int64, unit string) (Quantity, error) {
	q := Quantity{amount, unit}
	return q, q.Check()
}

// Check refuses an unknown unit and a negative amount.
func (q Quantity) Check() error {
	if _, err := lookup(q.Unit); err != nil {
		return err
	}
	if q.Amount < 0 {
		return fmt.Errorf("the quantity %s is negative", q)
	}
	return nil
}

// String writes the quantity for logs and errors: "12500 GRM".
func (q Quantity) String() string { return fmt.Sprintf("%d %s", q.Amount, q.Unit) }

// Parse reads a decimal in plain form (see ParseDecimal) of a unit into a whole
// quantity of base. See ToBase.
func Parse(decimal, unit, base string) (Quantity, error) {
	amount, err := ToBase(decimal, unit, base)
	if err != nil {
		return Quantity{}, err
	}
	return Quantity{amount, base}, nil
}

// ToBase converts a decimal in plain form ("12.5") of a unit into a whole number
// of baseUnit, exactly. It refuses what is negative, what exceeds 64 bits, units
// of another dimension, and what does not fit, naming a unit that would:
// "12.5 KGM is 12500 GRM: write it in GRM".
func ToBase(decimal, unit, baseUnit string) (int64, error) {
	from, err := lookup(unit)
	if err != nil {
		return 0, err
	}
	to, err := lookup(baseUnit)
	if err != nil {
		return 0, err
	}
	if err := sameDimension(from, to); err != nil {
		return 0, err
	}
	digits, scale, err := unscaled(decimal)
	if err != nil {
		return 0, err
	}
	amount, exact := divide(digits, scale, from.Factor, to.Factor)
	if !exact {
		return 0, doesNotFit(decimal, digits, scale, from, to)
	}
	if !amount.IsInt64() {
		return 0, fmt.Errorf("%s %s is more than %s can count in 64 bits: use a larger unit", decimal, unit, baseUnit)
	}
	return amount.Int64(), nil
}

// unscaled splits a plain decimal into an integer and its number of decimals.
func unscaled(decimal string) (digits *big.Int, scale int, err error) {
	if len(decimal) > maxDecimal {
		return nil, 0, fmt.Errorf("the number %s has %d characters: at most %d are read", quote(decimal), len(decimal), maxDecimal)
	}
	if strings.HasPrefix(decimal, "-") {
		return nil, 0, fmt.Errorf("the quantity %s is negative", quote(decimal))
	}
	whole, decimals, hasPoint := strings.Cut(decimal, ".")
	if !isDigits(whole) || (hasPoint && !isDigits(decimals)) {
		return nil, 0, fmt.Errorf("%s is not a plain decimal such as 12.5", quote(decimal))
	}
	n, ok := new(big.Int).SetString(whole+decimals, 10)
	if !ok {
		return nil, 0, fmt.Errorf("%s is not a plain decimal such as 12.5", quote(decimal))
	}
	return n, len(decimals), nil
}

// divide computes digits / 10^scale * from / to, and whether it is whole.
func divide(digits *big.Int, scale int, from, to int64) (*big.Int, bool) {
	divisor := new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(scale)), nil)
	divisor.Mul(divisor, big.NewInt(to))
	product := new(big.Int).Mul(digits, big.NewInt(from))
	quotient, rest := product.QuoRem(product, divisor, new(big.Int))
	return quotient, rest.Sign() == 0
}

// doesNotFit names the largest smaller everyday unit in which the amount is whole.
func doesNotFit(decimal string, digits *big.Int, scale int, from, to *Unit) error {
	for _, code := range everyday[to.Dimension] {
		u := byCode[code]
		if u.Factor >= to.Factor {
			continue
		}
		if amount, exact := divide(digits, scale, from.Factor, u.Factor); exact {
			return fmt.Errorf("%s %s is %s %s: write it in %s, because %s counts whole units only", decimal, from.Code, amount, u.Code, u.Code, to.Code)
		}
	}
	return fmt.Errorf("%s %s is not a whole number of %s, nor of any smaller unit: nothing is rounded, so write fewer decimals", decimal, from.Code, to.Code)
}

// To converts exactly into another unit of the same dimension.
func (q Quantity) To(unit string) (Quantity, error) {
	if err := q.Check(); err != nil {
		return Quantity{}, err
	}
	return Parse(fmt.Sprintf("%d", q.Amount), q.Unit, unit)
}

// Add returns q + other, in the unit of q. It refuses what does not convert
// exactly and what exceeds 64 bits.
func (q Quantity) Add(other Quantity) (Quantity, error) {
	other, err := q.matched(other)
	if err != nil {
		return Quantity{}, err
	}
	sum := q.Amount + other.Amount
	if sum < 0 {
		return Quantity{}, fmt.Errorf("%s and %s together exceed 64 bits", q, other)
	}
	return Quantity{sum, q.Unit}, nil
}

// Sub returns q - other, in the unit of q. It refuses a result below zero.
func (q Quantity) Sub(other Quantity) (Quantity, error) {
	other, err := q.matched(other)
	if err != nil {
		return Quantity{}, err
	}
	if other.Amount > q.Amount {
		return Quantity{}, fmt.Errorf("%s cannot be taken from %s: %d %s are missing", other, q, other.Amount-q.Amount, q.Unit)
	}
	return Quantity{q.Amount - other.Amount, q.Unit}, nil
}

// Compare returns -1, 0 or +1 as q is less than, equal to or more than other,
// whatever their units, which must measure the same.
func (q Quantity) Compare(other Quantity) (int, error) {
	if err := q.Check(); err != nil {
		return 0, err
	}
	if err := other.Check(); err != nil {
		return 0, err
	}
	a, b := byCode[q.Unit], byCode[other.Unit]
	if err := sameDimension(a, b); err != nil {
		return 0, err
	}
	left := new(big.Int).Mul(big.NewInt(q.Amount), big.NewInt(a.Factor))
	return left.Cmp(new(big.Int).Mul(big.NewInt(other.Amount), big.NewInt(b.Factor))), nil
}

// matched checks both quantities and gives other in the unit of q.
func (q Quantity) matched(other Quantity) (Quantity, error) {
	if err := q.Check(); err != nil {
		return Quantity{}, err
	}
	return other.To(q.Unit)
}
