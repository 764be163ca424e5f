package quantity

import (
	"fmt"
	"math/big"
	"strings"
)

// CheckMeasured refuses what is not a plain decimal as a measurement keeps it:
// optional "-", digits without needless leading zeros and, when there are
// decimals, "." and digits. Trailing zeros stay, because they say how fine the
// reading was. At most 30 bytes.
func CheckMeasured(decimal string) error {
	text := strings.TrimPrefix(decimal, "-")
	whole, decimals, hasPoint := strings.Cut(text, ".")
	if len(decimal) > 30 || !isDigits(whole) || len(whole) > 1 && whole[0] == '0' || hasPoint && !isDigits(decimals) {
		return fmt.Errorf("%s is not a plain decimal such as 12.50, of at most 30 characters", quote(decimal))
	}
	return nil
}

// CompareMeasured compares two decimals that [CheckMeasured] accepts, exactly:
// -1, 0 or 1.
func CompareMeasured(a, b string) (int, error) {
	x, err := rational(a)
	if err != nil {
		return 0, err
	}
	y, err := rational(b)
	if err != nil {
		return 0, err
	}
	return x.Cmp(y), nil
}

func rational(decimal string) (*big.Rat, error) {
	if err := CheckMeasured(decimal); err != nil {
		return nil, err
	}
	r, ok := new(big.Rat).SetString(decimal)
	if !ok {
		return nil, fmt.Errorf("%s is not a plain decimal such as 12.50", quote(decimal))
	}
	return r, nil
}
