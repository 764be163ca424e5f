package module

import (
	"fmt"

	"cosmossdk.io/collections/codec"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
)

var (
	marshal   = proto.MarshalOptions{Deterministic: true}
	unmarshal = proto.UnmarshalOptions{}
)

// message ties a record's Go type to the pointer that is its proto.Message.
type message[T any] interface {
	*T
	proto.Message
}

// Record is the value codec of a protobuf record. Encoding is deterministic
// for the messages of this project, which hold no maps; decoding refuses
// unknown fields, so that a record of a later version is not read as less than
// it is.
func Record[T any, P message[T]]() codec.ValueCodec[*T] { return record[T, P]{} }

type record[T any, P message[T]] struct{}

func (record[T, P]) Encode(v *T) ([]byte, error) { return Marshal(P(v)) }

func (record[T, P]) Decode(b []byte) (*T, error) {
	v := new(T)
	if err := unmarshal.Unmarshal(b, P(v)); err != nil {
		return nil, err
	}
	return v, NoUnknown(P(v))
}

func (record[T, P]) EncodeJSON(v *T) ([]byte, error) {
	return protojson.MarshalOptions{UseProtoNames: true}.Marshal(P(v))
}

func (record[T, P]) DecodeJSON(b []byte) (*T, error) {
	v := new(T)
	return v, protojson.Unmarshal(b, P(v))
}

func (record[T, P]) Stringify(v *T) string { return fmt.Sprint(P(v)) }

func (record[T, P]) ValueType() string {
	return string(P(new(T)).ProtoReflect().Descriptor().FullName())
}

// Marshal is the one way in which state and transactions are encoded.
func Marshal(m proto.Message) ([]byte, error) {
	b, err := marshal.Marshal(m)
	if b == nil && err == nil {
		b = []byte{} // an empty record is present, and nil means absent
	}
	return b, err
}

// NoUnknown refuses a message that carries, at any depth, a field that this
// version does not know: what cannot be understood must not be agreed upon.
func NoUnknown(m proto.Message) error { return noUnknown(m.ProtoReflect()) }

func noUnknown(m protoreflect.Message) error {
	if u := m.GetUnknown(); len(u) > 0 {
		return fmt.Errorf("%s holds a field that this version does not know", m.Descriptor().FullName())
	}
	var err error
	m.Range(func(fd protoreflect.FieldDescriptor, v protoreflect.Value) bool {
		switch {
		case fd.Message() == nil:
		case fd.IsList():
			for i := range v.List().Len() {
				if err = noUnknown(v.List().Get(i).Message()); err != nil {
					return false
				}
			}
		default:
			err = noUnknown(v.Message())
		}
		return err == nil
	})
	return err
}
