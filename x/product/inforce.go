package product

import (
	"context"

	productv1 "github.com/filiera-chain/filiera/api/product/v1"
)

// lastBegun gives the number of the last of n versions that began on or before
// day, or 0. from gives the first day of a version; days ascend with the
// numbers. The newest is asked first, because most batches are of today.
func lastBegun(n uint32, day string, from func(uint32) (string, error)) (uint32, error) {
	if n == 0 {
		return 0, nil
	}
	newest, err := from(n)
	if err != nil || newest <= day {
		return n, err
	}
	low, high := uint32(0), n // low has begun (or is none), high has not
	for low+1 < high {
		mid := low + (high-low)/2
		first, err := from(mid)
		if err != nil {
			return 0, err
		}
		if first <= day {
			low = mid
		} else {
			high = mid
		}
	}
	return low, nil
}

// covers says whether v, which has begun, has not ended by day. An open version
// lasts until the next one begins.
func covers(v *productv1.SpecificationVersion, day string) bool {
	return v.GetInForceTo() == "" || day <= v.GetInForceTo()
}

// inForce gives the version of spec in force on day, or refuses saying between
// which days there is one.
func (p *Product) inForce(ctx context.Context, spec *productv1.Specification, day string) (*productv1.SpecificationVersion, error) {
	var last *productv1.SpecificationVersion
	n, err := lastBegun(spec.GetLatestVersion(), day, func(n uint32) (string, error) {
		v, err := p.version(ctx, spec.GetId(), n)
		last = v
		return v.GetInForceFrom(), err
	})
	if err != nil {
		return nil, err
	}
	if n == 0 {
		return nil, ErrNotInForce.With("production_date is %s, before the first version of %s came into force on %s", day, spec.GetId(), last.GetInForceFrom())
	}
	if last.GetVersion() != n {
		if last, err = p.version(ctx, spec.GetId(), n); err != nil {
			return nil, err
		}
	}
	if !covers(last, day) {
		return nil, ErrNotInForce.With("production_date is %s, but version %d of %s was in force from %s to %s and none followed it by that day", day, n, spec.GetId(), last.GetInForceFrom(), last.GetInForceTo())
	}
	return last, nil
}
