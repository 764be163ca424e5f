package resolver

import (
	"net/http"
	"strconv"
	"strings"

	"golang.org/x/text/language"
)

// Wishes are what a request says that links may be chosen by.
type Wishes struct {
	// Languages in order of preference, BCP 47.
	Languages []string
	Context   string
	Accept    Accept
}

// WishesOf reads a request's headers and its query parameter context.
func WishesOf(r *http.Request) Wishes {
	w := Wishes{Context: r.URL.Query().Get("context"), Accept: ParseAccept(r.Header.Get("Accept"))}
	tags, _, err := language.ParseAcceptLanguage(r.Header.Get("Accept-Language"))
	if err != nil {
		return w // a header that cannot be read wishes for nothing
	}
	for _, t := range tags {
		w.Languages = append(w.Languages, t.String())
	}
	return w
}

// choose narrows links of one type. Something is always left of something.
func (w Wishes) choose(links []Link) []Link {
	links = w.byLanguage(links)
	links = narrow(links, func(l Link) bool { return w.Context != "" && has(l.Contexts, w.Context) })
	if w.Context == "" {
		links = narrow(links, func(l Link) bool { return len(l.Contexts) == 0 })
	}
	return narrow(links, func(l Link) bool { return l.MediaType != "" && w.Accept.names(l.MediaType) })
}

// byLanguage looks up each language of the request, then its shorter forms (RFC
// 4647, section 3.4); then a link in another form of the same language, then one
// of no language, then the languages of the first link.
func (w Wishes) byLanguage(links []Link) []Link {
	if len(links) < 2 {
		return links
	}
	for _, tag := range w.Languages {
		for t := tag; t != ""; t = shorter(t) {
			if found := in(links, func(l string) bool { return strings.EqualFold(l, t) }); found != nil {
				return found
			}
		}
	}
	for _, tag := range w.Languages {
		base, _, _ := strings.Cut(tag, "-")
		if found := in(links, func(l string) bool { b, _, _ := strings.Cut(l, "-"); return strings.EqualFold(b, base) }); found != nil {
			return found
		}
	}
	if found := narrow(links, func(l Link) bool { return len(l.Languages) == 0 || has(l.Languages, "und") }); len(found) < len(links) {
		return found
	}
	first := links[0].Languages
	return narrow(links, func(l Link) bool { return strings.Join(l.Languages, " ") == strings.Join(first, " ") })
}

func shorter(tag string) string {
	i := strings.LastIndexByte(tag, '-')
	if i < 0 {
		return ""
	}
	return tag[:i]
}

func in(links []Link, match func(string) bool) []Link {
	var out []Link
	for _, l := range links {
		for _, lang := range l.Languages {
			if match(lang) {
				out = append(out, l)
				break
			}
		}
	}
	return out
}

// narrow keeps the links that pass, or all when none does.
func narrow(links []Link, pass func(Link) bool) []Link {
	var out []Link
	for _, l := range links {
		if pass(l) {
			out = append(out, l)
		}
	}
	if out == nil {
		return links
	}
	return out
}

func has(list []string, s string) bool {
	for _, x := range list {
		if x == s {
			return true
		}
	}
	return false
}

// Accept is an Accept header (RFC 9110, section 12.5.1).
type Accept []mediaRange

type mediaRange struct {
	kind string // type/subtype in lower case
	q    float64
}

const maxRanges = 50

// ParseAccept reads a header; what cannot be read of it is left out.
func ParseAccept(header string) Accept {
	var out Accept
	for _, part := range strings.Split(header, ",") {
		kind, parameters, _ := strings.Cut(part, ";")
		m := mediaRange{strings.ToLower(strings.TrimSpace(kind)), 1}
		if strings.Count(m.kind, "/") != 1 || len(out) >= maxRanges {
			continue
		}
		for _, p := range strings.Split(parameters, ";") {
			if name, value, _ := strings.Cut(strings.TrimSpace(p), "="); strings.EqualFold(name, "q") {
				if q, err := strconv.ParseFloat(value, 64); err == nil && q >= 0 && q <= 1 {
					m.q = q
				}
			}
		}
		out = append(out, m)
	}
	return out
}

// weight is how much a type is wished for: by the range that names it most
// closely.
func (a Accept) weight(kind string) float64 {
	if len(a) == 0 {
		return 1
	}
	best, closeness := 0.0, -1
	family, _, _ := strings.Cut(kind, "/")
	for _, m := range a {
		c := -1
		switch m.kind {
		case kind:
			c = 2
		case family + "/*":
			c = 1
		case "*/*":
			c = 0
		}
		if c > closeness {
			best, closeness = m.q, c
		}
	}
	return best
}

// Best gives the one of kinds that is wished for most, the first among equals;
// the first one when none is wished for.
func (a Accept) Best(kinds ...string) string {
	best := kinds[0]
	for _, k := range kinds[1:] {
		if a.weight(k) > a.weight(best) {
			best = k
		}
	}
	return best
}

// names says whether a range names the type itself.
func (a Accept) names(kind string) bool {
	for _, m := range a {
		if m.kind == kind && m.q > 0 {
			return true
		}
	}
	return false
}
