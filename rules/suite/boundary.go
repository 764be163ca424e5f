package suite

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/filiera-chain/filiera/rules"
)

// cases are the three that a limit stands for.
func (b *Boundary) cases(f *File) ([]Case, error) {
	var out []Case
	for _, offset := range []int64{-1, 0, 1} {
		text, err := shift(b.Limit, b.Step, offset)
		if err != nil {
			return nil, err
		}
		c := Case{At: b.At, Name: fmt.Sprintf("%s: %s = %s", b.Rule, b.Fact, text), On: b.On}
		if b.fails(offset) {
			c.Fail = append([]string{b.Rule}, b.Also...)
		}
		c.facts = merge(&f.Base, &b.Set)
		before, err := put(c.facts, b.Fact, text)
		if err != nil {
			return nil, err
		}
		if b.Against != "" {
			if err := balance(c.facts, b.Against, before, text); err != nil {
				return nil, err
			}
		}
		out = append(out, c)
	}
	return out, nil
}

func (b *Boundary) fails(offset int64) bool {
	switch b.Side {
	case "min":
		return offset < 0
	case "max":
		return offset > 0
	case "above":
		return offset <= 0
	default:
		return offset >= 0
	}
}

// shift is a text that is so many steps from another: a date, an instant or an
// amount.
func shift(text, step string, times int64) (string, error) {
	n, unit, err := rules.ParseAmount(step)
	if err != nil {
		return "", fmt.Errorf("step: %w", err)
	}
	n *= times
	if t, err := time.Parse(time.DateOnly, text); err == nil {
		if unit.Dim != rules.Days {
			return "", fmt.Errorf("a date moves by days, not by %s", step)
		}
		return t.AddDate(0, 0, int(n)).Format(time.DateOnly), nil
	}
	if t, err := time.Parse(time.RFC3339, text); err == nil {
		if unit.Dim != rules.Time {
			return "", fmt.Errorf("an instant moves by s, min or h, not by %s", step)
		}
		return t.Add(time.Duration(n) * time.Second).Format(time.RFC3339), nil
	}
	v, own, err := rules.ParseAmount(text)
	if err != nil {
		return "", err
	}
	if own.Dim != unit.Dim {
		return "", fmt.Errorf("%s does not move by %s", text, step)
	}
	return amount(v+n, own), nil
}

// amount writes a value so that it reads back exactly.
func amount(v int64, u rules.Unit) string {
	if u.Dim == rules.Time {
		return strconv.FormatInt(v, 10) + " s"
	}
	text := rules.FormatAmount(v, rules.Unit{Name: "", Dim: u.Dim, Size: u.Size}, rules.English)
	return strings.TrimSpace(strings.ReplaceAll(text, ",", "") + " " + u.Name)
}

// balance takes from one amount what another gained.
func balance(facts *node, path, before, after string) error {
	old, u, err := rules.ParseAmount(before)
	if err != nil {
		return err
	}
	now, _, err := rules.ParseAmount(after)
	if err != nil {
		return err
	}
	rest, err := look(facts, path)
	if err != nil {
		return err
	}
	v, _, err := rules.ParseAmount(rest)
	if err != nil {
		return err
	}
	_, err = put(facts, path, amount(v-(now-old), u))
	return err
}
