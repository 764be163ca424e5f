package epcisrest

import (
	"mime"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/filiera-chain/filiera/epcis"
)

// The versions that are spoken. Requests may ask for a range that holds them.
const (
	epcisVersion = "2.0.0"
	cbvVersion   = "2.0.0"
)

// Formats of identifiers in answers (GS1-EPC-Format).
const (
	formatAsIs = "No_Preference"
	formatLink = "Always_GS1_Digital_Link"
	formatURN  = "Always_EPC_URN"
	formatKept = "Never_Translates"
)

// negotiated is what request headers asked for.
type negotiated struct {
	format string
	// names are the prefixes that GS1-Extensions declares.
	names epcis.Names
	// declared are those prefixes as a JSON-LD context; nil when none.
	declared *epcis.Value
}

// negotiate reads the headers that every request may have. What cannot be met is
// refused and never overlooked.
func (s *Service) negotiate(w http.ResponseWriter, r *http.Request) (negotiated, *Problem) {
	n := negotiated{format: formatAsIs}
	for _, v := range [...]struct{ name, own string }{{"EPCIS", epcisVersion}, {"CBV", cbvVersion}} {
		if p := s.versions(r, v.name, v.own); p != nil {
			return n, p
		}
	}
	if f := r.Header.Get("GS1-EPC-Format"); f != "" {
		n.format = f
	}
	switch n.format {
	case formatAsIs, formatKept, formatLink:
	case formatURN:
		return n, exception("NotAcceptableException", "GS1-EPC-Format: %s needs the lengths of all company prefixes, which no node has; ask for %s or %s", formatURN, formatLink, formatKept)
	default:
		return n, exception("NotAcceptableException", "GS1-EPC-Format is %s; write one of %s, %s, %s", clip(n.format), formatAsIs, formatKept, formatLink)
	}
	switch f := r.Header.Get("GS1-CBV-XML-Format"); f {
	case "", "No_Preference", "Never_Translates", "Always_Web_URI", "Always_URN": // of XML answers, of which there are none
	default:
		return n, exception("NotAcceptableException", "GS1-CBV-XML-Format is %s, which is no format of EPCIS 2.0", clip(f))
	}
	if p := acceptsJSON(r); p != nil {
		return n, p
	}
	var p *Problem
	n.declared, p = extensions(r.Header.Values("GS1-Extensions"))
	n.names = epcis.NamesOf(n.declared)
	h := w.Header()
	h.Set("GS1-EPCIS-Version", epcisVersion)
	h.Set("GS1-CBV-Version", cbvVersion)
	return n, p
}

// versions checks the range and the version that a request asks for.
func (s *Service) versions(r *http.Request, standard, own string) *Problem {
	for _, b := range [...]struct {
		suffix string
		wrong  func(int) bool
	}{
		{"Version", func(c int) bool { return c != 0 }},
		{"Min", func(c int) bool { return c > 0 }},
		{"Max", func(c int) bool { return c < 0 }},
	} {
		name := "GS1-" + standard + "-" + b.suffix
		asked := r.Header.Get(name)
		if asked == "" {
			continue
		}
		order, ok := compareVersions(asked, own)
		if !ok || b.wrong(order) {
			return exception("NotAcceptableException", "%s is %s; this node speaks %s %s", name, clip(asked), standard, own)
		}
	}
	return nil
}

// compareVersions orders a and b; a version of fewer numbers is one of any
// revision: 2.0 equals 2.0.0. A revision of the text (2.0.1) is the same version.
func compareVersions(a, b string) (int, bool) {
	x, y := strings.Split(a, "."), strings.Split(b, ".")
	if len(x) > 4 {
		return 0, false
	}
	for i, part := range x {
		n, err := strconv.Atoi(part)
		if err != nil || n < 0 {
			return 0, false
		}
		if i > 1 || i >= len(y) {
			continue
		}
		if own, _ := strconv.Atoi(y[i]); n != own {
			return n - own, true
		}
	}
	return 0, true
}

// acceptsJSON refuses a request that wants something else than JSON.
func acceptsJSON(r *http.Request) *Problem {
	accept := strings.Join(r.Header.Values("Accept"), ",")
	if strings.TrimSpace(accept) == "" {
		return nil
	}
	for _, item := range strings.Split(accept, ",") {
		kind, params, err := mime.ParseMediaType(strings.TrimSpace(item))
		if err != nil || params["q"] == "0" {
			continue
		}
		switch kind {
		case "*/*", "application/*", jsonType, "application/ld+json", "application/problem+json":
			return nil
		}
	}
	return exception("NotAcceptableException", "answers are application/json or application/ld+json; Accept is %s", clip(accept))
}

const jsonType = "application/json"

// extensions reads "ex=https://ns.example.com/,other=…" as a JSON-LD context.
func extensions(headers []string) (*epcis.Value, *Problem) {
	joined := strings.Join(headers, ",")
	if strings.TrimSpace(joined) == "" {
		return nil, nil
	}
	context := &epcis.Value{Kind: epcis.Object}
	for _, item := range strings.Split(joined, ",") {
		if item = strings.TrimSpace(item); item == "" {
			continue
		}
		prefix, namespace, ok := strings.Cut(item, "=")
		if prefix = strings.TrimSpace(prefix); !ok || prefix == "" || !strings.Contains(namespace, ":") || len(context.Members) >= 32 {
			return nil, exception("NotAcceptableException", "GS1-Extensions holds %s; write prefix=namespace, separated by commas", clip(item))
		}
		context.Members = append(context.Members, epcis.Member{Name: prefix, Value: epcis.Value{Kind: epcis.String, Text: strings.TrimSpace(namespace)}})
	}
	return context, nil
}

// discovery answers OPTIONS: what the resource can do.
func (s *Service) discovery(w http.ResponseWriter, r *http.Request, methods []string, capture bool) {
	h := w.Header()
	allow := append([]string{http.MethodOptions}, methods...)
	slices.Sort(allow)
	h.Set("Allow", strings.Join(allow, ", "))
	for _, v := range [...]struct{ name, own string }{{"EPCIS", epcisVersion}, {"CBV", cbvVersion}} {
		for _, suffix := range [...]string{"Version", "Min", "Max"} {
			h.Set("GS1-"+v.name+"-"+suffix, v.own)
		}
	}
	h.Set("GS1-EPC-Format", strings.Join([]string{formatAsIs, formatLink, formatKept}, ", "))
	h.Set("GS1-CBV-XML-Format", "Never_Translates")
	h.Set("GS1-Vendor-Version", "filiera "+s.c.Version)
	if capture {
		limits := s.limits(r.Context())
		h.Set("GS1-EPCIS-Capture-Limit", strconv.Itoa(limits.events))
		h.Set("GS1-EPCIS-Capture-File-Size-Limit", strconv.Itoa(limits.bytes))
		h.Set("GS1-Capture-Error-Behaviour", "rollback, proceed")
	}
	w.WriteHeader(http.StatusNoContent)
}
