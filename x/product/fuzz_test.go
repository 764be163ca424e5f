package product

import (
	"net/url"
	"strings"
	"testing"

	productv1 "github.com/filiera-chain/filiera/api/product/v1"
)

// FuzzLink: an address that is taken leads to a host by https, before and after
// its variables are filled in, and holds nothing that breaks a header or a page.
func FuzzLink(f *testing.F) {
	for _, s := range []string{"https://example.org/{lot}?s={serial}#a", "https://a.b:443/%2e%2e/", "https://{lot}.b/", "https://a@b.c/", "https://[::1]/", "https://a.b\\@c.d/"} {
		f.Add(s, "gs1:pip", "it", "text/html")
	}
	f.Fuzz(func(t *testing.T, href, kind, lang, media string) {
		if checkLink(&productv1.Link{LinkType: kind, Href: href, Title: "t", Languages: []string{lang}, MediaType: media}) != nil {
			return
		}
		filled := strings.NewReplacer("{gtin}", pastaGTIN, "{lot}", "%2F%3A%40", "{serial}", "S1").Replace(href)
		u, err := url.Parse(filled)
		before, beforeErr := url.Parse(strings.NewReplacer("{gtin}", "x", "{lot}", "x", "{serial}", "x").Replace(href))
		if err != nil || beforeErr != nil || u.Scheme != "https" || u.Host == "" || u.Host != before.Host || u.User != nil || strings.ContainsAny(filled, "{}<>\"'\\ \r\n") {
			t.Fatalf("%q was taken: %v, %v", href, u, err)
		}
	})
}
