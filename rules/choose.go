package rules

import (
	"fmt"
	"slices"
)

// Choose gives the version, of those of one contract, that holds for a case: the
// one in force on the day that decides; the latest of several. If none is in
// force, it gives the latest, which then judges nothing. versions is not empty.
func Choose(versions []*Contract, f *Facts) *Contract {
	var best, latest *Contract
	for _, v := range versions {
		if latest == nil || v.Doc.Version > latest.Doc.Version {
			latest = v
		}
		if v.inForce(&Prepared{facts: *f}) && (best == nil || v.Doc.Version > best.Doc.Version) {
			best = v
		}
	}
	if best == nil {
		return latest
	}
	return best
}

// Change is a new value of a parameter, written as the contract writes it.
type Change struct{ Parameter, Value, Day string }

// WithParameters gives the contract with other figures, which a role (authority or
// consortium) sets without a new version. A parameter that the role may not
// change, or another kind of value, is refused. The contract itself stays.
func (c *Contract) WithParameters(role string, changes []Change) (*Contract, error) {
	doc := *c.Doc
	doc.Parameters = slices.Clone(doc.Parameters)
	for _, ch := range changes {
		i := slices.IndexFunc(doc.Parameters, func(x Parameter) bool { return x.ID == ch.Parameter })
		if i < 0 {
			return nil, fmt.Errorf("the contract has no parameter %s", clip(ch.Parameter))
		}
		x := &doc.Parameters[i]
		switch {
		case x.Change == "" || x.Change == "nobody":
			return nil, fmt.Errorf("nobody may change %s without a new version", x.ID)
		case x.Change != role:
			return nil, fmt.Errorf("%s is changed by the %s, not by the %s", x.ID, x.Change, clip(role))
		case (x.Value == "") != (ch.Value == "") || (x.Day == "") != (ch.Day == ""):
			return nil, fmt.Errorf("%s takes another kind of value", x.ID)
		}
		before, _, _ := x.read()
		x.Value, x.Day = ch.Value, ch.Day
		p := &problems{}
		if x.check(p); len(p.list) > 0 {
			return nil, p.list
		}
		if after, _, _ := x.read(); after.dim != before.dim {
			return nil, fmt.Errorf("%s is %s, not %s", x.ID, before.dim, after.dim)
		}
	}
	out, err := Compile(&doc)
	if err != nil {
		return nil, err
	}
	out.Hash = c.Hash
	return out, nil
}
