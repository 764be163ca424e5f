package epcis

// Kind is the type of a JSON value.
type Kind uint8

// The kinds of JSON values.
const (
	Null Kind = iota
	Bool
	Number
	String
	Array
	Object
)

var kindNames = [...]string{"null", "a boolean", "a number", "a string", "an array", "an object"}

func (k Kind) String() string { return kindNames[k] }

// Value is a JSON value that keeps the order of its members.
type Value struct {
	Kind    Kind
	Text    string   // a string's content; a number in plain decimal form; "true" or "false"
	Items   []Value  // of an array
	Members []Member // of an object, in document order, names unique
}

// Member is a name and value of an object.
type Member struct {
	Name  string
	Value Value
}

// Get returns the member of an object by name, or nil.
func (v *Value) Get(name string) *Value {
	if v == nil {
		return nil
	}
	for i := range v.Members {
		if v.Members[i].Name == name {
			return &v.Members[i].Value
		}
	}
	return nil
}

// text returns the content of a string value, or "".
func (v *Value) text() string {
	if v == nil || v.Kind != String {
		return ""
	}
	return v.Text
}

// items returns the items of an array value, or nil.
func (v *Value) items() []Value {
	if v == nil || v.Kind != Array {
		return nil
	}
	return v.Items
}

func str(s string) Value { return Value{Kind: String, Text: s} }

// set appends a member, or replaces the one of that name.
func (v *Value) set(name string, value Value) {
	if old := v.Get(name); old != nil {
		*old = value
		return
	}
	v.Members = append(v.Members, Member{name, value})
}
