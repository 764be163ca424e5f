package rules

import (
	"errors"
	"reflect"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
)

// Span is a phase with its beginning and end.
type Span struct {
	StartDay Date              `yaml:"start_day" doc:"Day of the beginning."`
	EndDay   Date              `yaml:"end_day" doc:"Day of the end."`
	Start    Quantity[dimTime] `yaml:"start" doc:"Instant of the beginning."`
	End      Quantity[dimTime] `yaml:"end" doc:"Instant of the end."`
}

type dimTime struct{}

func (dimTime) dim() Dimension { return Instant }

// objects are the types whose fields expressions may name.
var objects = objectTypes(Place{}, Actor{}, Batch{}, Input{}, Plot{}, Animal{}, Attestation{}, Issue{}, Offer{}, Span{})

// object describes one of them.
type object struct {
	name   string
	cel    *cel.Type
	fields []member
	at     map[string]int
}

type member struct {
	name string
	doc  string
	kind kind
	at   int
}

// kind is what an expression has: a CEL type and, for whole numbers, a dimension.
type kind struct {
	cel *cel.Type
	dim Dimension
}

func objectTypes(samples ...any) map[string]*object {
	known := map[string]*object{}
	for _, s := range samples {
		t := reflect.TypeOf(s)
		o := &object{name: t.Name(), cel: cel.ObjectType(t.Name()), at: map[string]int{}}
		for _, f := range fieldsOf(t) {
			o.at[f.name] = len(o.fields)
			o.fields = append(o.fields, member{f.name, f.doc, kindOf(t.Field(f.index).Type), f.index})
		}
		known[o.name] = o
	}
	return known
}

func kindOf(t reflect.Type) kind {
	switch v := reflect.New(t).Interface().(type) {
	case *Date:
		return kind{cel.IntType, Day}
	case *Answer:
		return kind{cel.BoolType, None}
	case interface {
		known() (int64, Dimension, bool)
	}:
		_, d, _ := v.known()
		return kind{cel.IntType, d}
	}
	switch t.Kind() {
	case reflect.Struct:
		return kind{cel.ObjectType(t.Name()), None}
	case reflect.Slice:
		return kind{cel.ListType(kindOf(t.Elem()).cel), None}
	case reflect.Bool:
		return kind{cel.BoolType, None}
	}
	return kind{cel.StringType, None}
}

// missing is the error of asking for what is not known.
type missing struct{ what string }

func (m missing) Error() string { return m.what + " is not known" }

// get reads a member of what p points to.
func (m *member) get(p any) (any, error) {
	f := reflect.ValueOf(p).Elem().Field(m.at)
	switch v := f.Addr().Interface().(type) {
	case *string:
		if *v != "" {
			return types.String(*v), nil
		}
	case *Date:
		if *v != 0 {
			return types.Int(*v), nil
		}
	case *Answer:
		if *v != NotStated {
			return types.Bool(*v == Yes), nil
		}
	case interface {
		known() (int64, Dimension, bool)
	}:
		if n, _, given := v.known(); given {
			return types.Int(n), nil
		}
	case *[]string:
		return words(*v), nil
	default:
		if f.Kind() == reflect.Struct {
			return wrap(v), nil
		}
	}
	return nil, missing{m.name}
}

// thing is a value of an object type: p points to the struct.
type thing struct {
	o *object
	p any
}

// wrap makes a value of a pointer to one of the object types.
func wrap(p any) ref.Val { return &thing{objects[reflect.TypeOf(p).Elem().Name()], p} }

func wrapAll[T any](list []T) ref.Val {
	out := make([]ref.Val, len(list))
	for i := range list {
		out[i] = wrap(&list[i])
	}
	return types.NewRefValList(adapter{}, out)
}

func words(list []string) ref.Val { return types.NewStringList(adapter{}, list) }

var errConvert = errors.New("the value has no other form")

func (t *thing) ConvertToNative(reflect.Type) (any, error) { return nil, errConvert }
func (t *thing) ConvertToType(ref.Type) ref.Val            { return types.WrapErr(errConvert) }
func (t *thing) Equal(other ref.Val) ref.Val {
	o, is := other.(*thing)
	return types.Bool(is && reflect.DeepEqual(t.p, o.p))
}
func (t *thing) Type() ref.Type { return t.o.cel }
func (t *thing) Value() any     { return t.p }

// adapter makes values of the few Go types that reach CEL.
type adapter struct{}

func (adapter) NativeToValue(v any) ref.Val {
	if r, is := v.(ref.Val); is {
		return r
	}
	return types.DefaultTypeAdapter.NativeToValue(v)
}

// provider tells CEL of the object types. Nothing can be constructed.
type provider struct{}

func (provider) EnumValue(name string) ref.Val    { return types.NewErr("there is no %s", name) }
func (provider) FindIdent(string) (ref.Val, bool) { return nil, false }
func (provider) NewValue(n string, _ map[string]ref.Val) ref.Val {
	return types.NewErr("a %s cannot be made in an expression", n)
}

func (provider) FindStructType(name string) (*types.Type, bool) {
	if o := objects[name]; o != nil {
		return types.NewTypeTypeWithParam(o.cel), true
	}
	return nil, false
}

func (provider) FindStructFieldNames(name string) ([]string, bool) {
	o := objects[name]
	if o == nil {
		return nil, false
	}
	var names []string
	for _, f := range o.fields {
		names = append(names, f.name)
	}
	return names, true
}

func (provider) FindStructFieldType(name, field string) (*types.FieldType, bool) {
	o := objects[name]
	if o == nil {
		return nil, false
	}
	i, has := o.at[field]
	if !has {
		return nil, false
	}
	m := &o.fields[i]
	return &types.FieldType{
		Type:    m.kind.cel,
		IsSet:   func(p any) bool { _, err := m.get(pointer(p)); return err == nil },
		GetFrom: func(p any) (any, error) { return m.get(pointer(p)) },
	}, true
}

func pointer(v any) any {
	if t, is := v.(*thing); is {
		return t.p
	}
	return v
}

// builtin is a variable that every contract has.
type builtin struct {
	name string
	kind kind
	doc  Text
	get  func(*Prepared) ref.Val
}

var builtins = []builtin{
	{"today", kind{cel.IntType, Day}, Text{"il giorno del blocco", "the block's day"}, func(p *Prepared) ref.Val { return types.Int(p.facts.Today) }},
	{"signer", kind{cel: cel.ObjectType("Actor")}, Text{"chi ha firmato la transazione", "who signed the transaction"}, func(p *Prepared) ref.Val { return wrap(&p.facts.Signer) }},
	{"batch", kind{cel: cel.ObjectType("Batch")}, Text{"il lotto giudicato", "the batch that is judged"}, func(p *Prepared) ref.Val { return wrap(&p.facts.Batch) }},
	{"inputs", kind{cel: cel.ListType(cel.ObjectType("Input"))}, Text{"ciò di cui il lotto è fatto", "what the batch was made from"}, func(p *Prepared) ref.Val { return wrapAll(p.facts.Inputs) }},
	{"land", kind{cel: cel.ListType(cel.ObjectType("Plot"))}, Text{"i terreni del raccolto", "the land of the harvest"}, func(p *Prepared) ref.Val { return wrapAll(p.facts.Land) }},
	{"animals", kind{cel: cel.ListType(cel.ObjectType("Animal"))}, Text{"gli animali", "the animals"}, func(p *Prepared) ref.Val { return wrapAll(p.facts.Animals) }},
	{"attestation", kind{cel: cel.ObjectType("Attestation")}, Text{"l'attestazione presentata", "the attestation that is submitted"}, func(p *Prepared) ref.Val { return wrap(&p.facts.Attestation) }},
	{"attestations", kind{cel: cel.ListType(cel.ObjectType("Attestation"))}, Text{"le attestazioni vigenti del lotto", "the attestations of the batch that stand"}, func(p *Prepared) ref.Val { return wrapAll(p.facts.Attestations) }},
	{"units", kind{cel: cel.ObjectType("Issue")}, Text{"le unità emesse", "the units that are issued"}, func(p *Prepared) ref.Val { return wrap(&p.facts.Units) }},
	{"offer", kind{cel: cel.ObjectType("Offer")}, Text{"l'offerta di custodia", "the offer of custody"}, func(p *Prepared) ref.Val { return wrap(&p.facts.Offer) }},
}

// entryName is what expressions call the entry that a rule is judged for.
const entryName = "it"

// Prepared are facts in the form in which contracts judge them. It may serve any
// number of contracts, one after the other or at once.
type Prepared struct {
	facts  Facts
	values []ref.Val
}

func (p *Prepared) bind() {
	p.values = make([]ref.Val, len(builtins))
	for i, b := range builtins {
		p.values[i] = b.get(p)
	}
}

// entries are the entries of one of the lists that a rule may be judged for.
func (p *Prepared) entries(list string) ref.Val {
	for i, b := range builtins {
		if b.name == list {
			return p.values[i]
		}
	}
	return types.NewStringList(adapter{}, nil)
}
