package epcis

import "slices"

// ErrorDeclaration says that an earlier event with the same content was wrong.
// Source: EPCIS 2.0, section 7.4.1.4.
type ErrorDeclaration struct {
	DeclarationTime int64  // milliseconds since 1970 UTC
	Reason          string // canonical URI, "" when absent
	// CorrectiveEventIDs are the eventIDs of the events that tell it right.
	CorrectiveEventIDs []string
	Extensions         []Property // by expanded name
}

// Canonical writes the declaration in one spelling: the same declaration gives
// the same bytes whatever zone, prefix or order it was written in.
func (d *ErrorDeclaration) Canonical() []byte {
	v := Value{Kind: Object}
	ids := slices.Sorted(slices.Values(d.CorrectiveEventIDs))
	list := Value{Kind: Array}
	for _, id := range slices.Compact(ids) {
		list.Items = append(list.Items, Value{Kind: String, Text: id})
	}
	v.set("declarationTime", Value{Kind: String, Text: FormatTime(d.DeclarationTime)})
	v.set("reason", Value{Kind: String, Text: d.Reason})
	v.set("correctiveEventIDs", list)
	extensions := Value{Kind: Array} // a list, since two prefixes may mean one name
	for _, p := range d.Extensions {
		extensions.Items = append(extensions.Items, Value{Kind: Array, Items: []Value{{Kind: String, Text: p.Name}, p.Value}})
	}
	slices.SortFunc(extensions.Items, func(a, b Value) int {
		return slices.Compare(a.AppendCanonical(nil), b.AppendCanonical(nil))
	})
	v.set("extensions", extensions)
	return v.AppendCanonical(nil)
}

func (e *Event) declaration(v *Value) *ErrorDeclaration {
	if v == nil {
		return nil
	}
	d := &ErrorDeclaration{Reason: vocab(&errorReasons, v.Get("reason")), Extensions: e.properties(v, errorDecl.fields)}
	d.DeclarationTime, _ = parseTimeOrZero(v.Get("declarationTime").text())
	for i := range v.Get("correctiveEventIDs").items() {
		d.CorrectiveEventIDs = append(d.CorrectiveEventIDs, v.Get("correctiveEventIDs").Items[i].Text)
	}
	return d
}
