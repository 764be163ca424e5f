package gateway

import (
	"context"
	"encoding/json"
	"net/http"
	"net/netip"
	"net/url"
	"regexp"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	placev1 "github.com/filiera-chain/filiera/api/place/v1"
	productv1 "github.com/filiera-chain/filiera/api/product/v1"
	"github.com/filiera-chain/filiera/gateway/resolver"
	"github.com/filiera-chain/filiera/gs1"
	"github.com/filiera-chain/filiera/module/statekey"
)

// registryEntry is the link type of this node's own pages.
const registryEntry = gs1.VocabularyStem + "registryEntry"

const masterData = gs1.VocabularyStem + "masterData"

func (g *Gateway) digitalLinkRoutes() {
	h := &resolver.Handler{Source: linkSource{g}, Host: g}
	for _, key := range gs1.PrimaryKeys() {
		g.mux.Handle("GET /"+key+"/{rest...}", h)
	}
	g.mux.HandleFunc("GET "+resolver.DescriptionPath, func(w http.ResponseWriter, r *http.Request) {
		b, err := resolver.Describe("Filiera, "+g.c.Ledger.ChainID(), g.Base(r))
		if err != nil {
			g.Broken(w, r, err)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write(b)
	})
	g.static(resolver.ContextPath, "application/ld+json", []byte(resolver.Context))
	g.describeDigitalLinks()
}

// describeDigitalLinks adds the resolver to the OpenAPI document.
func (g *Gateway) describeDigitalLinks() {
	const about = "GS1 Digital Link. A browser gets this node's page with the verdict, application/json the same answer as JSON (that of /v1/verify, " +
		"or the record), application/linkset+json or linkType=linkset every link known. With linkType=gs1:pip or another, 307 to the link of that " +
		"type that fits Accept-Language best, 300 where several do, 404 where none is there. Links hang on the serial, the lot or the product: the " +
		"finest that has one answers. Qualifiers 22, 10, 21 (235; 254 for places) in their order; data attributes in the query are checked and passed on. " +
		"400 for what is no Digital Link."
	for _, d := range []struct{ id, path, summary string }{
		{"resolveProduct", "/01/{gtin}", "What is known of a trade item"},
		{"resolveBatch", "/01/{gtin}/10/{lot}", "What is known of a batch"},
		{"resolveItem", "/01/{gtin}/10/{lot}/21/{serial}", "What is known of one item"},
		{"resolvePlace", "/414/{gln}", "What is known of a place"},
		{"resolvePlaceExtended", "/414/{gln}/254/{extension}", "What is known of a place within a place"},
	} {
		o := op(d.id, d.path, "Resolver", d.summary, about)
		for _, m := range regexp.MustCompile(`\{(\w+)\}`).FindAllStringSubmatch(d.path, -1) {
			o.Parameters = append(o.Parameters, &huma.Param{Name: m[1], In: "path", Required: true, Schema: &huma.Schema{Type: huma.TypeString}})
		}
		o.Parameters = append(o.Parameters, &huma.Param{Name: "linkType", In: "query", Schema: &huma.Schema{Type: huma.TypeString}, Description: "linkset, or a GS1 link type such as gs1:pip"},
			&huma.Param{Name: "context", In: "query", Schema: &huma.Schema{Type: huma.TypeString}, Description: "Chooses among links of one type"},
			&huma.Param{Name: "lang", In: "query", Schema: &huma.Schema{Type: huma.TypeString, Enum: []any{"it", "en"}}, Description: "Language of the page; without it, Accept-Language, else Italian"})
		o.Responses = map[string]*huma.Response{
			"200": {Description: "OK", Content: map[string]*huma.MediaType{
				"text/html": {Schema: &huma.Schema{Type: huma.TypeString}}, resolver.LinksetType: {Schema: &huma.Schema{Type: huma.TypeObject}},
			}},
			"300": {Description: "Several links are equally good"}, "307": {Description: "The link asked for"},
			"400": {Description: "Not a Digital Link"}, "404": {Description: "Nothing is known, or no link of the type asked for"},
		}
		g.api.OpenAPI().AddOperation(&o)
	}
	for path, summary := range map[string]string{
		resolver.DescriptionPath: "What this resolver can do", resolver.ContextPath: "JSON-LD context of the linksets",
	} {
		o := op("get"+map[bool]string{true: "ResolverDescription", false: "LinksetContext"}[path == resolver.DescriptionPath], path, "Resolver", summary, "")
		o.Responses = map[string]*huma.Response{"200": {Description: "OK"}}
		g.api.OpenAPI().AddOperation(&o)
	}
}

// linkSource gives the links that stand on the ledger.
type linkSource struct{ g *Gateway }

// Entries implements resolver.Source.
func (s linkSource) Entries(_ context.Context, path gs1.Elements, base string) (entries []resolver.Entry, err error) {
	err = s.g.c.Ledger.View(func(v View) error {
		switch path[0].AI {
		case "01":
			entries, err = productEntries(v, path, base)
		case "414":
			entries, err = placeEntries(v, path, base)
		}
		return err
	})
	return entries, err
}

func productEntries(v View, path gs1.Elements, base string) ([]resolver.Entry, error) {
	key := path[0]
	p, err := lookUp[productv1.Product](v, statekey.Product(key.Value))
	if err != nil || p == nil {
		return nil, err
	}
	entries := []resolver.Entry{ownEntry(key, nil, p.GetName(), base, "/v1/products/"+key.Value)}
	given, err := descriptions(v, key.Value, "")
	if err != nil {
		return nil, err
	}
	entries = append(entries, described(key, nil, p.GetName(), given)...)
	lot := path.Lot()
	if lot == "" {
		return entries, nil
	}
	b, err := lookUp[productv1.Batch](v, statekey.Batch(key.Value, lot))
	if err != nil || b == nil {
		return entries, err
	}
	of := []resolver.Qualifier{{AI: "10", Value: lot}}
	name := p.GetName() + ", " + gs1.ItalianLotLabel(lot)
	if given, err = descriptions(v, key.Value, lot); err != nil {
		return nil, err
	}
	entries = append(entries, ownEntry(key, of, name, base, "/v1/batches/"+key.Value+"/"+url.PathEscape(lot)))
	return append(entries, described(key, of, name, given)...), nil
}

func placeEntries(v View, path gs1.Elements, base string) ([]resolver.Entry, error) {
	whole := gs1.LocationID{GLN: path[0].Value}
	ids := []gs1.LocationID{whole}
	if extension, ok := path.Get("254"); ok {
		ids = append(ids, gs1.LocationID{GLN: whole.GLN, Extension: extension})
	}
	var entries []resolver.Entry
	for _, id := range ids {
		l, err := lookUp[placev1.Location](v, statekey.Location(id.String()))
		if err != nil {
			return nil, err
		}
		if l == nil {
			continue
		}
		var of []resolver.Qualifier
		if id.Extension != "" {
			of = []resolver.Qualifier{{AI: "254", Value: id.Extension}}
		}
		entries = append(entries, ownEntry(path[0], of, l.GetDetails().GetName(), base, "/v1/locations/"+url.PathEscape(id.String())))
	}
	return entries, nil
}

// ownEntry leads to this node's own page, the default, and to the record.
func ownEntry(key gs1.Element, of []resolver.Qualifier, name, base, record string) resolver.Entry {
	page := gs1.Elements{key}
	for _, q := range of {
		page = append(page, gs1.Element{AI: q.AI, Value: q.Value})
	}
	return resolver.Entry{Key: key, Qualifiers: of, Description: name, Default: registryEntry, Links: []resolver.Link{
		{Type: registryEntry, Href: base + page.PathString(), Title: name, MediaType: "text/html", Languages: []string{"it", "en"}, Own: true},
		{Type: masterData, Href: base + record, Title: name, MediaType: "application/json"},
	}}
}

// described makes entries of the links that an owner gave and did not withdraw.
// A link with a variable answers where its qualifier stands in the request.
func described(key gs1.Element, of []resolver.Qualifier, name string, given []*productv1.Description) []resolver.Entry {
	var entries []resolver.Entry
	for _, d := range given {
		if d.GetWithdrawnAt() != 0 {
			continue
		}
		l := d.GetLink()
		known, ok := gs1.LookupLinkType(l.GetLinkType())
		if !ok {
			continue // of a later edition of the vocabulary than this program's
		}
		e := resolver.Entry{Key: key, Qualifiers: of, Description: name, Links: []resolver.Link{{
			Type: known.URI, Href: strings.ReplaceAll(l.GetHref(), "{gtin}", key.Value), Title: l.GetTitle(), MediaType: l.GetMediaType(),
			Languages: l.GetLanguages(), Contexts: l.GetContexts(),
		}}}
		if len(of) > 0 {
			e.Links[0].Href = strings.ReplaceAll(e.Links[0].Href, "{lot}", url.QueryEscape(of[0].Value))
		}
		for _, variable := range []struct{ ai, name string }{{"10", "lot"}, {"21", "serial"}} {
			if strings.Contains(e.Links[0].Href, "{"+variable.name+"}") {
				e.Qualifiers = append(e.Qualifiers[:len(e.Qualifiers):len(e.Qualifiers)], resolver.Qualifier{AI: variable.ai, Variable: variable.name})
				e.Description = ""
			}
		}
		entries = append(entries, e)
	}
	return entries
}

// hostForm is what a Host header may hold to be shown in a link.
var hostForm = regexp.MustCompile(`^[A-Za-z0-9.-]+(:[0-9]+)?$|^\[[0-9A-Fa-f:.]+\](:[0-9]+)?$`)

// Base implements resolver.Host.
func (g *Gateway) Base(r *http.Request) string {
	host := r.Host
	if len(host) > 255 || !hostForm.MatchString(host) {
		host = "localhost"
	}
	if r.TLS != nil || g.behindTLS(r) {
		return "https://" + host
	}
	return "http://" + host
}

// behindTLS says whether a proxy that is believed took the request over TLS.
func (g *Gateway) behindTLS(r *http.Request) bool {
	peer, err := netip.ParseAddrPort(r.RemoteAddr)
	return err == nil && g.limiter.believed(peer.Addr().Unmap()) && strings.EqualFold(r.Header.Get("X-Forwarded-Proto"), "https")
}

// Page implements resolver.Host.
func (g *Gateway) Page(w http.ResponseWriter, r *http.Request, path gs1.Elements, media string) {
	p, err := g.pageOf(r, path)
	if err != nil {
		g.Broken(w, r, err)
		return
	}
	if p == nil {
		g.Fail(w, r, http.StatusNotFound, "digital_link.not_found", g.wordsOf(r)["unknown"]+" "+path.String())
		return
	}
	if media == "application/json" {
		if p.status == http.StatusNotFound {
			problem(p.status, "batch.not_found", "%s", p.Headline).write(w)
			return
		}
		b, err := json.Marshal(p.json)
		if err != nil {
			g.Broken(w, r, err)
			return
		}
		w.Header().Set("Content-Type", media)
		_, _ = w.Write(append(b, '\n'))
		return
	}
	g.render(w, p)
}

// Fail implements resolver.Host.
func (g *Gateway) Fail(w http.ResponseWriter, r *http.Request, status int, code, sentence string) {
	if resolver.ParseAccept(r.Header.Get("Accept")).Best("application/problem+json", "text/html") != "text/html" {
		problem(status, code, "%s", sentence).write(w)
		return
	}
	words := g.wordsOf(r)
	g.render(w, &linkPage{W: words, Headline: words["failed"], Text: clip(sentence), Tone: "bad", status: status})
}

// Broken implements resolver.Host.
func (g *Gateway) Broken(w http.ResponseWriter, _ *http.Request, err error) {
	p, ok := g.fail(err).(*Problem) //nolint:errorlint // fail gives nothing else
	if !ok {
		p = errInternal()
	}
	p.write(w)
}

// Choices implements resolver.Host.
func (g *Gateway) Choices(w http.ResponseWriter, r *http.Request, path gs1.Elements, links []resolver.Link) {
	words := g.wordsOf(r)
	p := &linkPage{W: words, Headline: words["choose"], Text: path.String(), status: http.StatusMultipleChoices}
	for _, l := range links {
		p.Links = append(p.Links, pageLink{l.Href, l.Title, strings.Join(l.Languages, ", "), l.MediaType})
	}
	g.render(w, p)
}
