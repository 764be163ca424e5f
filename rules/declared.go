package rules

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
)

// Declared is what a participant says of a batch beyond what is recorded: the
// facts of a case without those that only the ledger knows.
type Declared struct {
	Batch   Batch    `yaml:"batch" doc:"What the record of the batch does not say, such as altitude, pack_size or packed_at."`
	Inputs  []Input  `yaml:"inputs" doc:"Varieties, origins and regions of what it was made from; the masses are those of the book."`
	Land    []Plot   `yaml:"land" doc:"Altitude, plants and use of the land, by its id."`
	Animals []Animal `yaml:"animals" doc:"Animals that it comes from."`
	Known   []Known  `yaml:"known,named" doc:"What the contract's own facts are, by their names."`
}

// ParseDeclared reads a declaration from YAML, as strictly as contracts are read,
// and within the bounds of facts. The error is [Problems].
func ParseDeclared(data []byte) (*Declared, error) {
	d := &Declared{}
	if err := ReadYAML(data, d, "the declaration"); err != nil {
		return nil, err
	}
	f := &Facts{Inputs: d.Inputs, Land: d.Land, Animals: d.Animals, Known: d.Known}
	if _, err := Prepare(f); err != nil {
		return nil, Problems{{Text: err.Error()}}
	}
	return d, nil
}

// Add completes facts by a declaration. What is stated already stays: the ledger's
// own records come first, then what was added before. Inputs must agree: what is
// said to have gone in is what the book says went in, told in more detail. Land that
// was not stated before, where some was, is left out: it would thin out what is
// counted for each hectare. A declaration that is refused adds nothing.
func (f *Facts) Add(d *Declared) error {
	if err := f.addInputs(d.Inputs); err != nil {
		return err
	}
	complete(reflect.ValueOf(&f.Batch).Elem(), reflect.ValueOf(&d.Batch).Elem())
	stated := len(f.Land) > 0
	for i := range d.Land {
		at := slices.IndexFunc(f.Land, func(p Plot) bool { return p.ID == d.Land[i].ID && p.ID != "" })
		if at < 0 {
			if !stated {
				f.Land = append(f.Land, d.Land[i])
			}
			continue
		}
		complete(reflect.ValueOf(&f.Land[at]).Elem(), reflect.ValueOf(&d.Land[i]).Elem())
	}
	if len(f.Animals) == 0 {
		f.Animals = slices.Clone(d.Animals)
	}
	for _, k := range d.Known {
		if !slices.ContainsFunc(f.Known, func(x Known) bool { return x.ID == k.ID }) {
			f.Known = append(f.Known, k)
		}
	}
	return nil
}

// complete copies what from states and into does not.
func complete(into, from reflect.Value) {
	for i := range into.NumField() {
		a, b := into.Field(i), from.Field(i)
		if a.Kind() == reflect.Struct && !isScalar(a) {
			complete(a, b)
			continue
		}
		if a.IsZero() {
			a.Set(b)
		}
	}
}

func isScalar(v reflect.Value) bool {
	_, is := v.Addr().Interface().(scalar)
	return is
}

// name says which input of the book an entry tells of.
func (i *Input) name() string {
	if i.Batch != "" {
		return i.Batch
	}
	return strings.ToLower(i.What)
}

func (f *Facts) addInputs(list []Input) error {
	if len(list) == 0 {
		return nil
	}
	if len(f.Inputs) == 0 {
		f.Inputs = slices.Clone(list)
		return nil
	}
	var out []Input
	told := map[string]bool{}
	for i := range list {
		k := list[i].name()
		if told[k] {
			continue
		}
		told[k] = true
		detail, err := f.detail(k, list)
		if err != nil {
			return err
		}
		out = append(out, detail...)
	}
	for i := range f.Inputs {
		if !told[f.Inputs[i].name()] {
			out = append(out, f.Inputs[i])
		}
	}
	f.Inputs = out
	return nil
}

// detail tells one input of the book as the declaration parts it.
func (f *Facts) detail(key string, list []Input) ([]Input, error) {
	var book, told []Input
	for _, x := range f.Inputs {
		if x.name() == key {
			book = append(book, x)
		}
	}
	for _, x := range list {
		if x.name() == key {
			told = append(told, x)
		}
	}
	if len(book) == 0 {
		return nil, fmt.Errorf("the declaration says that %s went in, and the book of matter does not", clip(key))
	}
	if len(told) == 1 && len(book) == 1 {
		one := book[0]
		complete(reflect.ValueOf(&one).Elem(), reflect.ValueOf(&told[0]).Elem())
		if told[0].Mass.Given && told[0].Mass.N != book[0].Mass.N && book[0].Mass.Given {
			return nil, disagree(key, told[0].Mass.N, book[0].Mass.N, Mass)
		}
		return []Input{one}, nil
	}
	said, ok := massSum(told)
	is, known := massSum(book)
	if !ok {
		return nil, fmt.Errorf("the declaration parts %s: state the mass of each part", clip(key))
	}
	if known && said != is {
		return nil, disagree(key, said, is, Mass)
	}
	for i := range told {
		part := book[0]
		part.Mass, part.Volume, part.Pieces = told[i].Mass, told[i].Volume, told[i].Pieces
		complete(reflect.ValueOf(&part).Elem(), reflect.ValueOf(&told[i]).Elem())
		told[i] = part
	}
	if err := sameSum(key, book, told, func(x *Input) (int64, Dimension, bool) { return x.Volume.known() }); err != nil {
		return nil, err
	}
	return told, sameSum(key, book, told, func(x *Input) (int64, Dimension, bool) { return x.Pieces.known() })
}

// sameSum refuses parts that come to another volume or number than the book has;
// parts that state none of it are left unknown.
func sameSum(key string, book, told []Input, of func(*Input) (int64, Dimension, bool)) error {
	said, stated, whole, dim := totalOf(told, of)
	is, _, known, _ := totalOf(book, of)
	if stated && known && (!whole || said != is) {
		return disagree(key, said, is, dim)
	}
	return nil
}

// totalOf adds up a quantity of inputs: whether any states it, and whether all do.
func totalOf(list []Input, of func(*Input) (int64, Dimension, bool)) (total int64, some, all bool, dim Dimension) {
	all = true
	for i := range list {
		n, d, given := of(&list[i])
		fits := false
		total, fits = add(total, n)
		some, all, dim = some || given, all && given && fits, d
	}
	return total, some, all, dim
}

func massSum(list []Input) (int64, bool) {
	total, ok := int64(0), true
	for i := range list {
		var fits bool
		total, fits = add(total, list[i].Mass.N)
		ok = ok && fits && list[i].Mass.Given
	}
	return total, ok
}

func disagree(key string, said, is int64, dim Dimension) error {
	return fmt.Errorf("the declaration says that %s of %s went in, and the book of matter says %s", FormatAmount(said, unitOf(dim), English), clip(key), FormatAmount(is, unitOf(dim), English))
}
