package epcis

import (
	"maps"
	"strings"
)

// prefixes maps the prefixes of CURIEs to namespaces. Expansion is by table, not
// by a JSON-LD processor: processors differ, and none may decide inside consensus.
type prefixes map[string]string

// builtIn prefixes. cbvmda has no final colon here, though the context published
// by GS1 writes one: the published hash values do it so when the document does
// not declare the prefix itself.
var builtIn = prefixes{
	"gs1": gs1Namespace, "cbv": cbvNamespace, "epcis": epcisNamespace, "cbvmda": "urn:epcglobal:cbv:mda",
}

// newPrefixes reads the declarations of contexts; later ones win, except that
// gs1 always means the namespace in force.
func newPrefixes(contexts ...*Value) prefixes {
	p := maps.Clone(builtIn)
	for _, context := range contexts {
		p.declare(context)
	}
	p["gs1"] = gs1Namespace
	return p
}

func (p prefixes) declare(context *Value) {
	if context == nil {
		return
	}
	for i := range context.items() {
		p.declare(&context.Items[i])
	}
	for i := range context.Members {
		m := &context.Members[i]
		namespace := m.Value.text()
		if m.Value.Kind == Object {
			namespace = m.Value.Get("@id").text()
		}
		if namespace != "" && !strings.HasPrefix(m.Name, "@") {
			p[m.Name] = namespace
		}
	}
}

// split expands a member name into namespace and local name. A bare name has no
// namespace. A full URI is divided after its last "/" or "#", a URN before its
// last colon.
func (p prefixes) split(name string) (namespace, local string) {
	prefix, rest, ok := strings.Cut(name, ":")
	if !ok {
		return "", name
	}
	if namespace, ok := p[prefix]; ok && !strings.HasPrefix(rest, "//") {
		return namespace, rest
	}
	if i := strings.LastIndexAny(name, "/#"); i >= 0 && i < len(name)-1 {
		return name[:i+1], name[i+1:]
	}
	i := strings.LastIndexByte(name, ':')
	return name[:i], name[i+1:]
}

// hashed writes a name as the event hash does: {namespace}local.
func (p prefixes) hashed(name string) string {
	namespace, local := p.split(name)
	if namespace == "" {
		return strings.TrimPrefix(local, "@") // "@id" and "id" are one
	}
	return "{" + namespace + "}" + local
}

// joined writes a name as one URI.
func (p prefixes) joined(name string) string {
	namespace, local := p.split(name)
	if namespace == "" || strings.HasSuffix(namespace, "/") || strings.HasSuffix(namespace, "#") || strings.HasSuffix(namespace, ":") {
		return namespace + local
	}
	if strings.HasPrefix(namespace, "urn:") || !strings.Contains(namespace, "/") {
		return namespace + ":" + local
	}
	return namespace + "/" + local
}
