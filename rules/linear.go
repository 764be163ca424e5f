package rules

import "math/big"

// inequality is Σ a[i]·x[i] ≤ b, or < b, over the rationals, and how it was made of
// the system's own inequalities: by[k] times the k-th.
type inequality struct {
	a      []*big.Rat
	b      *big.Rat
	strict bool
	by     []*big.Rat
}

// maxInequalities bounds the work of one elimination; a system that grows beyond is
// given up as undecided.
const maxInequalities = 3000

// contradiction looks for a combination of inequalities that says 0 ≤ b for a
// negative b (Fourier and Motzkin's elimination; by Farkas's lemma there is one if
// and only if no point satisfies them all). It returns the multipliers, nil if
// there is none or if the system grew too large.
func contradiction(system []inequality, unknowns int) []*big.Rat {
	rows := make([]inequality, len(system))
	for k, s := range system {
		rows[k] = s
		rows[k].by = zeros(len(system))
		rows[k].by[k].SetInt64(1)
	}
	for x := range unknowns {
		var up, down, rest []inequality
		for _, r := range rows {
			switch r.a[x].Sign() {
			case 1:
				up = append(up, r)
			case -1:
				down = append(down, r)
			default:
				rest = append(rest, r)
			}
		}
		if len(up)*len(down)+len(rest) > maxInequalities {
			return nil
		}
		for _, u := range up {
			for _, d := range down {
				rest = append(rest, combined(u, d, x))
			}
		}
		rows = rest
	}
	var best []*big.Rat
	for _, r := range rows {
		if s := r.b.Sign(); (s < 0 || s == 0 && r.strict) && (best == nil || used(r.by) < used(best)) {
			best = r.by
		}
	}
	return best
}

// combined adds up two inequalities so that an unknown falls out.
func combined(u, d inequality, x int) inequality {
	p := new(big.Rat).Inv(u.a[x])
	q := new(big.Rat).Inv(d.a[x])
	q.Neg(q)
	sum := func(a, b *big.Rat) *big.Rat {
		return new(big.Rat).Add(new(big.Rat).Mul(a, p), new(big.Rat).Mul(b, q))
	}
	out := inequality{b: sum(u.b, d.b), strict: u.strict || d.strict}
	for i := range u.a {
		out.a = append(out.a, sum(u.a[i], d.a[i]))
	}
	for i := range u.by {
		out.by = append(out.by, sum(u.by[i], d.by[i]))
	}
	return out
}

func zeros(n int) []*big.Rat {
	out := make([]*big.Rat, n)
	for i := range out {
		out[i] = new(big.Rat)
	}
	return out
}

func used(by []*big.Rat) int {
	n := 0
	for _, m := range by {
		if m.Sign() != 0 {
			n++
		}
	}
	return n
}
