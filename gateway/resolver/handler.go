package resolver

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"strings"

	"github.com/filiera-chain/filiera/gs1"
)

// Source gives the links of a path: a key and its qualifiers. Entries of other
// qualifiers of the same key may be among them.
type Source interface {
	Entries(ctx context.Context, path gs1.Elements, base string) ([]Entry, error)
}

// Host is what the resolver stands on.
type Host interface {
	// Base is the address under which the request came, such as
	// https://registry.example.org, without a slash at the end.
	Base(r *http.Request) string
	// Page answers with what the host itself knows, as text/html or
	// application/json, whichever is said.
	Page(w http.ResponseWriter, r *http.Request, path gs1.Elements, media string)
	// Choices shows links of which none is better, to a browser.
	Choices(w http.ResponseWriter, r *http.Request, path gs1.Elements, links []Link)
	// Fail answers with an error.
	Fail(w http.ResponseWriter, r *http.Request, status int, code, sentence string)
	// Broken answers when a source fails.
	Broken(w http.ResponseWriter, r *http.Request, err error)
}

// Handler is the resolver as an http.Handler. Safe for concurrent use.
type Handler struct {
	Source Source
	Host   Host
}

// ServeHTTP implements http.Handler for GET and HEAD.
func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Add("Vary", "Accept, Accept-Language")
	elements, err := parse(r)
	if err != nil {
		h.Host.Fail(w, r, http.StatusBadRequest, "digital_link.invalid", err.Error())
		return
	}
	path, base := elements.Path(), h.Host.Base(r)
	entries, err := h.Source.Entries(r.Context(), path, base)
	if err != nil {
		h.Host.Broken(w, r, err)
		return
	}
	levels := Match(entries, path)
	here := base + path.PathString()
	w.Header().Add("Link", "<"+here+`?linkType=linkset>; rel="linkset"; type="`+LinksetType+`"`)
	ask := asked(r)
	wishes := WishesOf(r)
	switch media := wishes.Accept.Best("text/html", "application/json", LinksetType); {
	case ask == "linkset" || ask == "all" || ask == "" && media == LinksetType:
		h.linkset(w, r, levels, path, base)
	case ask == "" || isDefault(ask):
		h.byDefault(w, r, levels, path, wishes, media)
	default:
		h.ofType(w, r, levels, path, wishes, ask)
	}
}

// parse reads the request's own URI as a Digital Link. A slash at its end is
// tolerated.
func parse(r *http.Request) (gs1.Elements, error) {
	uri := gs1.CanonicalStem + strings.TrimSuffix(r.URL.EscapedPath(), "/")
	if r.URL.RawQuery != "" {
		uri += "?" + r.URL.RawQuery
	}
	return gs1.ParseDigitalLink(uri)
}

// asked is the link type asked for; the standard spells the parameter linkType,
// older resolvers linktype.
func asked(r *http.Request) string {
	q := r.URL.Query()
	if t := q.Get("linkType"); t != "" {
		return t
	}
	return q.Get("linktype")
}

func isDefault(s string) bool {
	t, known := gs1.LookupLinkType(s)
	return known && (t.CURIE == "gs1:defaultLink" || t.CURIE == "gs1:defaultLinkMulti")
}

func (h *Handler) linkset(w http.ResponseWriter, r *http.Request, levels []Level, path gs1.Elements, base string) {
	if len(levels) == 0 {
		h.unknown(w, r, path)
		return
	}
	body, err := Linkset(levels, base)
	if err != nil {
		h.Host.Broken(w, r, err)
		return
	}
	w.Header().Add("Link", "<"+base+ContextPath+`>; rel="http://www.w3.org/ns/json-ld#context"; type="application/ld+json"`)
	write(w, http.StatusOK, LinksetType, body)
}

func (h *Handler) unknown(w http.ResponseWriter, r *http.Request, path gs1.Elements) {
	h.Host.Fail(w, r, http.StatusNotFound, "digital_link.not_found", "nothing is known here of "+path.String())
}

func (h *Handler) byDefault(w http.ResponseWriter, r *http.Request, levels []Level, path gs1.Elements, wishes Wishes, media string) {
	links := Default(levels, wishes)
	if len(links) == 0 || links[0].Own {
		h.Host.Page(w, r, path, media)
		return
	}
	h.lead(w, r, levels, path, links)
}

func (h *Handler) ofType(w http.ResponseWriter, r *http.Request, levels []Level, path gs1.Elements, wishes Wishes, ask string) {
	t := ask
	if known, ok := gs1.LookupLinkType(ask); ok {
		t = known.URI
	}
	links := OfType(levels, t, wishes)
	if len(links) == 0 {
		h.Host.Fail(w, r, http.StatusNotFound, "digital_link.no_such_link", "there is no link of the type "+clip(ask)+" for "+path.String()+"; linkType=linkset lists those there are")
		return
	}
	h.lead(w, r, levels, path, links)
}

// lead redirects to the one link, or shows the several that are equally good.
func (h *Handler) lead(w http.ResponseWriter, r *http.Request, levels []Level, path gs1.Elements, links []Link) {
	if len(links) == 1 {
		w.Header().Set("Location", passOn(links[0], r.URL.RawQuery))
		w.WriteHeader(http.StatusTemporaryRedirect)
		return
	}
	if WishesOf(r).Accept.Best(LinksetType, "text/html", "application/json") == "text/html" {
		h.Host.Choices(w, r, path, links)
		return
	}
	level := Level{Anchor: path, Links: links}
	for i := range levels {
		if level.Description == "" {
			level.Description = levels[i].Description
		}
	}
	body, err := Linkset([]Level{level}, h.Host.Base(r))
	if err != nil {
		h.Host.Broken(w, r, err)
		return
	}
	write(w, http.StatusMultipleChoices, LinksetType, body)
}

// passOn adds the request's query to a link's: a scanner's data attributes are
// for the page that it is led to. The host's own page is not told again which
// link was asked for.
func passOn(l Link, query string) string {
	if l.Own {
		query = without(query, "linkType", "linktype")
	}
	if query == "" {
		return l.Href
	}
	href, fragment, hasFragment := strings.Cut(l.Href, "#")
	separator := "?"
	if strings.Contains(href, "?") {
		separator = "&"
	}
	href += separator + query
	if hasFragment {
		href += "#" + fragment
	}
	return href
}

func without(query string, names ...string) string {
	var kept []string
	for _, field := range strings.Split(query, "&") {
		name, _, _ := strings.Cut(field, "=")
		if plain, err := url.QueryUnescape(name); err == nil && field != "" && !has(names, plain) {
			kept = append(kept, field)
		}
	}
	return strings.Join(kept, "&")
}

func write(w http.ResponseWriter, status int, media string, body []byte) {
	w.Header().Set("Content-Type", media)
	w.WriteHeader(status)
	_, _ = w.Write(append(body, '\n'))
}

func clip(s string) string {
	s = strings.ToValidUTF8(s, "\uFFFD")
	if len(s) > 80 {
		return strings.ToValidUTF8(s[:80], "") + "…"
	}
	return s
}

// Paths of the resolver's own documents.
const (
	DescriptionPath = "/.well-known/gs1resolver"
	ContextPath     = "/.well-known/gs1resolver/context.jsonld"
)

// Describe writes the resolver description file (GS1-Conformant Resolver
// Standard 1.2, section 8) of a resolver under base.
func Describe(name, base string) ([]byte, error) {
	types := ordered{}
	for _, t := range gs1.LinkTypes() {
		types = append(types, member{t.CURIE, map[string]string{"title": t.Label, "description": t.Comment, "url": t.URI}})
	}
	return json.Marshal(ordered{
		{"name", name},
		{"resolverRoot", base},
		{"supportedPrimaryKeys", gs1.PrimaryKeys()},
		{"supportedLinkType", []map[string]string{{"namespace": gs1.VocabularyStem, "prefix": "gs1:"}}},
		{"linkTypeDefaultCanBeLinkset", true},
		{"supportsLanguageVariants", true},
		{"supportsSemanticInterpretation", false},
		{"supportsCompression", false},
		{"validatesAIcombinations", true},
		{"jsonLdContext", base + ContextPath},
		{"activeLinkTypes", ordered{{"en", types}}},
	})
}

// Context is the JSON-LD context under which a linkset is linked data: anchors
// are subjects, link types properties, targets resources.
const Context = `{"@context":{"@version":1.1,"anchor":"@id","href":"@id","linkset":"@graph","hreflang":{"@id":"http://purl.org/dc/terms/language","@container":"@set"},` +
	`"title":"http://purl.org/dc/terms/title","type":"http://purl.org/dc/terms/format","context":null,` +
	`"itemDescription":"http://www.w3.org/2000/01/rdf-schema#comment","gs1":"https://ref.gs1.org/voc/"}}`
