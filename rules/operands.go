package rules

import (
	"strings"

	"cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/types/ref"
)

// operand is something that a rule looks at: a name, or a field of one.
type operand struct {
	text   string // as the expression writes it: batch.place.municipality
	slot   int    // -1 for the entry of a list
	fields []string
	kind   kind
	unit   Unit
	label  Text
}

// operandsOf lists what a rule looks at, once each, in the order of its
// expressions.
func (s *scope) operandsOf(r *rule) []operand {
	var out []operand
	seen := map[string]bool{}
	for _, e := range r.all() {
		tree := e.tree.NativeRep()
		skip := map[int64]bool{}
		visit(tree.Expr(), func(x ast.Expr) {
			if x.Kind() == ast.SelectKind {
				skip[x.AsSelect().Operand().ID()] = true
			}
			if skip[x.ID()] {
				if x.Kind() == ast.SelectKind {
					skip[x.AsSelect().Operand().ID()] = true
				}
				return
			}
			o, ok := s.operand(tree, x)
			if ok && !seen[o.text] {
				seen[o.text] = true
				out = append(out, o)
			}
		})
	}
	return out
}

func (s *scope) operand(tree *ast.AST, x ast.Expr) (operand, bool) {
	var fields []string
	at := x
	for at.Kind() == ast.SelectKind {
		fields = append([]string{at.AsSelect().FieldName()}, fields...)
		at = at.AsSelect().Operand()
	}
	if at.Kind() != ast.IdentKind {
		return operand{}, false
	}
	root := at.AsIdent()
	o := operand{text: strings.Join(append([]string{root}, fields...), "."), slot: -1, fields: fields}
	k := s.each
	if i, own := s.c.at[root]; own {
		n := s.c.names[i]
		o.slot, k, o.unit, o.label = i, n.kind, n.unit, n.label
	} else if root != entryName || s.each.cel == nil {
		return operand{}, false
	}
	for _, f := range fields {
		obj := objects[k.cel.TypeName()]
		if obj == nil {
			return operand{}, false
		}
		m := obj.fields[obj.at[f]]
		k, o.unit, o.label = m.kind, unitOf(m.kind.dim), fieldWords[obj.name+"."+f]
	}
	o.kind = k
	return o, k.cel != nil
}

// read gives an operand's value, or nil where it is not known.
func (o *operand) read(a *activation) ref.Val {
	v := a.it
	if o.slot >= 0 {
		v, _ = a.value(o.slot).(ref.Val)
	}
	for _, f := range o.fields {
		t, is := v.(*thing)
		if !is {
			return nil
		}
		m := &t.o.fields[t.o.at[f]]
		next, err := m.get(t.p)
		if err != nil {
			return nil
		}
		v, _ = next.(ref.Val)
	}
	return v
}
