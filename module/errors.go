package module

import (
	"errors"
	"fmt"
)

// Error is a refusal. Codespace, code and name are stable and stand in
// docs/formats/errors.md; the sentence is for people and may improve.
type Error struct {
	// Codespace is the module that refuses.
	Codespace string
	// Code is its number, from 1; unique in the codespace.
	Code uint32
	// Name is its word, such as "unknown_unit"; unique in the codespace.
	Name string
	// About says in one line when it is given, for the reference page.
	About string

	sentence string
	is       *Error
}

// NewError declares a refusal. Declared refusals are listed in the module's
// Errors, where collisions stop the process from starting.
func NewError(codespace string, code uint32, name, about string) *Error {
	return &Error{Codespace: codespace, Code: code, Name: name, About: about}
}

// With gives the refusal its sentence: which field, which value, what to do.
func (e *Error) With(format string, args ...any) *Error {
	c := *e
	c.sentence, c.is = fmt.Sprintf(format, args...), e.root()
	return &c
}

func (e *Error) root() *Error {
	if e.is != nil {
		return e.is
	}
	return e
}

// Error gives the sentence, or the declaration where none was given.
func (e *Error) Error() string {
	if e.sentence != "" {
		return e.sentence
	}
	return e.About
}

// ID is the stable word that programs match: "product.unknown_unit".
func (e *Error) ID() string { return e.Codespace + "." + e.Name }

// Is makes errors.Is match a sentence with its declaration.
func (e *Error) Is(target error) bool {
	t, ok := target.(*Error)
	return ok && t.root() == e.root()
}

// ErrInternal is answered when a module fails without refusing: state that
// cannot be read, a record that cannot be decoded. It never hides a refusal.
var ErrInternal = NewError("app", 1, "internal", "the node could not carry out the act; its log says why")

// AsError finds the refusal in err, or wraps err as internal.
func AsError(err error) *Error {
	var e *Error
	if errors.As(err, &e) {
		return e
	}
	return ErrInternal.With("internal error: %v", err)
}
