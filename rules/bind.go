package rules

import (
	"cmp"
	"errors"
	"slices"
	"strings"

	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
)

// formError is that a fact is written in a way that its kind does not have.
type formError struct{ what, why string }

func (f formError) Error() string { return f.what + ": " + f.why }

// belowError is that only a bound from above is known of a measure.
type belowError struct {
	what  string
	bound int64
}

func (b belowError) Error() string { return b.what + " is below what the method quantifies" }

// bind reads what a case says of one of the contract's facts.
func (f *Fact) bind(p *Prepared, unit Unit) ref.Val {
	i, found := slices.BinarySearchFunc(p.facts.Known, f.ID, func(k Known, id string) int { return cmp.Compare(k.ID, id) })
	if !found {
		return types.WrapErr(missing{f.ID})
	}
	v, err := f.read(&p.facts.Known[i], unit)
	if err != nil {
		var b belowError
		if errors.As(err, &b) {
			return types.WrapErr(b)
		}
		return types.WrapErr(formError{f.ID, err.Error()})
	}
	return v
}

func (f *Fact) read(k *Known, unit Unit) (ref.Val, error) {
	if (f.Kind == "span") != (k.Text == "") {
		return nil, errors.New("a span has from and to, and everything else is")
	}
	switch f.Kind {
	case "measure":
		return readMeasure(f.ID, k.Text, unit)
	case "date":
		d, err := ParseDate(k.Text)
		return types.Int(d), err
	case "flag":
		switch k.Text {
		case "true":
			return types.True, nil
		case "false":
			return types.False, nil
		}
		return nil, errors.New("true or false, not " + clip(k.Text))
	case "span":
		s, err := readSpan(k)
		if err != nil {
			return nil, err
		}
		return wrap(s), nil
	}
	if !slices.Contains(f.Values, k.Text) {
		return nil, errors.New("it may be " + strings.Join(f.Values, ", ") + ", not " + clip(k.Text))
	}
	return types.String(k.Text), nil
}

func readMeasure(id, text string, unit Unit) (ref.Val, error) {
	bound, below := strings.CutPrefix(text, "<")
	v, u, err := ParseAmount(bound)
	if err != nil {
		return nil, err
	}
	if u.Dim != unit.Dim {
		return nil, errors.New(u.Name + " is a unit of " + u.Dim.String() + ", not of " + unit.Dim.String())
	}
	if below {
		return nil, belowError{id, v}
	}
	return types.Int(v), nil
}

func readSpan(k *Known) (*Span, error) {
	var s Span
	var err error
	if s.StartDay, s.Start, err = moment(k.From); err != nil {
		return nil, err
	}
	if s.EndDay, s.End, err = moment(k.To); err != nil {
		return nil, err
	}
	if s.EndDay < s.StartDay || s.Start.Given && s.End.Given && s.End.N < s.Start.N {
		return nil, errors.New("it ends before it begins")
	}
	return &s, nil
}

// moment reads a date, or an instant, whose day is that of its own offset.
func moment(text string) (Date, Quantity[dimTime], error) {
	if len(text) <= len("2006-01-02") {
		d, err := ParseDate(text)
		return d, Quantity[dimTime]{}, err
	}
	at, err := parseInstant(text)
	if err != nil {
		return 0, Quantity[dimTime]{}, err
	}
	d, err := ParseDate(text[:10])
	return d, Quantity[dimTime]{at, true}, err
}
