package gateway

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"sort"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	certv1 "github.com/filiera-chain/filiera/api/cert/v1"
)

// Record shows a protobuf record as JSON, and its schema, from one description:
// names in snake_case; words of a list in lower case without the list's name;
// bytes in lower-case hex; times in RFC 3339, UTC; numbers as numbers; what is
// not set is left out.
type Record[P proto.Message] struct {
	Message P
	// Extra are members that do not stand in the record.
	Extra []Member
}

// Member is a further member of an object.
type Member struct {
	Name  string
	Value any
}

func record[P proto.Message](m P, extra ...Member) Record[P] { return Record[P]{m, extra} }

func records[P proto.Message](list []P) []Record[P] {
	out := make([]Record[P], len(list))
	for i, m := range list {
		out[i] = record(m)
	}
	return out
}

// MarshalJSON implements json.Marshaler.
func (r Record[P]) MarshalJSON() ([]byte, error) {
	members := show(r.Message.ProtoReflect())
	return object(append(members, r.Extra...)).MarshalJSON()
}

// Schema implements huma.SchemaProvider.
func (r *Record[P]) Schema(reg huma.Registry) *huma.Schema {
	var m P
	return describe(reg, m.ProtoReflect().Descriptor())
}

// object is a JSON object whose members keep their order.
type object []Member

func (o object) MarshalJSON() ([]byte, error) {
	var b bytes.Buffer
	b.WriteByte('{')
	for i, m := range o {
		if i > 0 {
			b.WriteByte(',')
		}
		name, err := json.Marshal(m.Name)
		if err != nil {
			return nil, err
		}
		value, err := json.Marshal(m.Value)
		if err != nil {
			return nil, err
		}
		b.Write(name)
		b.WriteByte(':')
		b.Write(value)
	}
	b.WriteByte('}')
	return b.Bytes(), nil
}

func show(m protoreflect.Message) object {
	out := object{}
	for _, fd := range fieldsOf(m.Descriptor()) {
		if !m.Has(fd) {
			continue
		}
		v := m.Get(fd)
		if !fd.IsList() {
			out = append(out, Member{nameOf(fd), showOne(fd, v)})
			continue
		}
		list := make([]any, v.List().Len())
		for i := range list {
			list[i] = showOne(fd, v.List().Get(i))
		}
		out = append(out, Member{nameOf(fd), list})
	}
	if a, ok := m.Interface().(*certv1.Attestation); ok && len(a.GetHistory()) > 0 {
		out = append(out, Member{"status", a.GetHistory()[len(a.GetHistory())-1].GetStatus()})
	}
	return out
}

func showOne(fd protoreflect.FieldDescriptor, v protoreflect.Value) any {
	switch fd.Kind() {
	case protoreflect.MessageKind:
		return show(v.Message())
	case protoreflect.BytesKind:
		return hex.EncodeToString(v.Bytes())
	case protoreflect.EnumKind:
		return word(fd.Enum(), v.Enum())
	case protoreflect.Int64Kind:
		switch timeOf(fd) {
		case time.Second:
			return time.Unix(v.Int(), 0).UTC().Format(time.RFC3339)
		case time.Millisecond:
			return time.UnixMilli(v.Int()).UTC().Format(time.RFC3339Nano)
		}
	}
	return v.Interface()
}

// fieldsOf gives a message's fields in order of their numbers.
func fieldsOf(d protoreflect.MessageDescriptor) []protoreflect.FieldDescriptor {
	out := make([]protoreflect.FieldDescriptor, d.Fields().Len())
	for i := range out {
		out[i] = d.Fields().Get(i)
	}
	sort.Slice(out, func(i, j int) bool { return out[i].Number() < out[j].Number() })
	return out
}

// timeOf is the unit of a field that holds a time since 1970, else 0. The
// records name such fields alike.
func timeOf(fd protoreflect.FieldDescriptor) time.Duration {
	n := string(fd.Name())
	switch {
	case fd.Kind() != protoreflect.Int64Kind:
		return 0
	case strings.HasSuffix(n, "_time_ms"):
		return time.Millisecond
	case n == "at", strings.HasSuffix(n, "_at"), strings.HasSuffix(n, "_since"), n == "valid_from", n == "valid_until":
		return time.Second
	}
	return 0
}

func nameOf(fd protoreflect.FieldDescriptor) string {
	if timeOf(fd) == time.Millisecond {
		return strings.TrimSuffix(string(fd.Name()), "_ms")
	}
	return string(fd.Name())
}

// word is an enum value as people write it: ROLE_AUTHORITY is authority.
func word(d protoreflect.EnumDescriptor, n protoreflect.EnumNumber) string {
	v := d.Values().ByNumber(n)
	if v == nil {
		return "unknown"
	}
	return strings.ToLower(strings.TrimPrefix(string(v.Name()), enumPrefix(d)))
}

// enumPrefix is what the values' names begin with; value 0 is X_UNSPECIFIED.
func enumPrefix(d protoreflect.EnumDescriptor) string {
	return strings.TrimSuffix(string(d.Values().ByNumber(0).Name()), "UNSPECIFIED")
}

// words are all values of an enum but the first.
func words(d protoreflect.EnumDescriptor) []any {
	var out []any
	for i := range d.Values().Len() {
		if n := d.Values().Get(i).Number(); n != 0 {
			out = append(out, word(d, n))
		}
	}
	return out
}

// number finds an enum value by its word; false when there is none. The empty
// word is value 0.
func number(d protoreflect.EnumDescriptor, s string) (protoreflect.EnumNumber, bool) {
	if s == "" {
		return 0, true
	}
	for i := range d.Values().Len() {
		v := d.Values().Get(i)
		if v.Number() != 0 && (word(d, v.Number()) == s || string(v.Name()) == s) {
			return v.Number(), true
		}
	}
	return 0, false
}

// describe registers the schema of a record's type and refers to it.
func describe(reg huma.Registry, d protoreflect.MessageDescriptor) *huma.Schema {
	return describeAs(reg, schemaName(d), d, nil)
}

// describeAs is describe under a name of its own, with further members.
func describeAs(reg huma.Registry, name string, d protoreflect.MessageDescriptor, more map[string]*huma.Schema) *huma.Schema {
	ref := &huma.Schema{Ref: "#/components/schemas/" + name}
	if _, done := reg.Map()[name]; done {
		return ref
	}
	s := &huma.Schema{Type: huma.TypeObject, Properties: map[string]*huma.Schema{}, AdditionalProperties: false}
	reg.Map()[name] = s
	for member, schema := range more {
		s.Properties[member] = schema
	}
	for _, fd := range fieldsOf(d) {
		f := describeOne(reg, fd)
		if fd.IsList() {
			f = &huma.Schema{Type: huma.TypeArray, Items: f}
		}
		s.Properties[nameOf(fd)] = f
	}
	if d.FullName() == (*certv1.Attestation)(nil).ProtoReflect().Descriptor().FullName() {
		s.Properties["status"] = &huma.Schema{Type: huma.TypeString, Description: "The last line of the history."}
	}
	return ref
}

// schemaName tells apart what two modules call alike, such as Quantity.
func schemaName(d protoreflect.MessageDescriptor) string {
	module := strings.Split(string(d.FullName()), ".")[1]
	return strings.ToUpper(module[:1]) + module[1:] + string(d.Name())
}

func describeOne(reg huma.Registry, fd protoreflect.FieldDescriptor) *huma.Schema {
	switch fd.Kind() {
	case protoreflect.MessageKind:
		return describe(reg, fd.Message())
	case protoreflect.BytesKind:
		return &huma.Schema{Type: huma.TypeString, Pattern: "^[0-9a-f]*$", Description: "Bytes in hex."}
	case protoreflect.EnumKind:
		return &huma.Schema{Type: huma.TypeString, Enum: words(fd.Enum())}
	case protoreflect.StringKind:
		return &huma.Schema{Type: huma.TypeString}
	case protoreflect.BoolKind:
		return &huma.Schema{Type: huma.TypeBoolean}
	}
	if timeOf(fd) != 0 {
		return &huma.Schema{Type: huma.TypeString, Format: "date-time"}
	}
	return &huma.Schema{Type: huma.TypeInteger, Format: "int64"}
}
