package product

import (
	"net/url"
	"regexp"
	"strings"

	productv1 "github.com/filiera-chain/filiera/api/product/v1"
	"github.com/filiera-chain/filiera/gs1"
	"github.com/filiera-chain/filiera/module"
)

// Bounds of what may be said of one product, or of one batch of it.
const (
	maxDescriptions = 60   // that stand at once
	maxNumber       = 1000 // ever given
	maxHref         = 500
	maxTitle        = 200
	maxLanguages    = 10
	maxContexts     = 10
	maxContentSize  = 1 << 40
)

func checkLink(l *productv1.Link) error {
	if l == nil {
		return ErrShape.With("link is missing")
	}
	for _, check := range [...]func(*productv1.Link) error{checkLinkType, checkHref, checkTitle, checkLanguages, checkMediaType, checkContent, checkContexts} {
		if err := check(l); err != nil {
			return err
		}
	}
	return nil
}

// reserved are link types that a resolver itself gives.
var reserved = map[string]bool{"gs1:defaultLink": true, "gs1:defaultLinkMulti": true, "gs1:handledBy": true}

func checkLinkType(l *productv1.Link) error {
	t, known := gs1.LookupLinkType(l.GetLinkType())
	switch {
	case !known:
		return ErrLink.With("link_type is %q, which is not in the GS1 Web Vocabulary; write one such as gs1:pip, gs1:certificationInfo, gs1:traceability, gs1:relatedImage or gs1:recipeInfo", clip(l.GetLinkType()))
	case t.CURIE != l.GetLinkType():
		return ErrLink.With("link_type is %q; write it %s", clip(l.GetLinkType()), t.CURIE)
	case reserved[t.CURIE]:
		return ErrLink.With("link_type is %s, which a resolver gives; say what the link is for, such as gs1:pip", t.CURIE)
	case t.Status != "stable":
		return ErrLink.With("link_type is %s, which the vocabulary has given up (%s); write another", t.CURIE, t.Label)
	}
	return nil
}

// hrefChars are those of RFC 3986 but quotes and brackets, and the braces of a
// variable.
var hrefChars = regexp.MustCompile(`^[A-Za-z0-9._~:/?#@!$&()*+,;=%{}-]+$`)

// variables are what a resolver fills in.
var variables = map[string]bool{"gtin": true, "lot": true, "serial": true}

func checkHref(l *productv1.Link) error {
	href := l.GetHref()
	if len(href) > maxHref {
		return ErrLink.With("href has %d characters; it takes at most %d", len(href), maxHref)
	}
	if !hrefChars.MatchString(href) || !strings.HasPrefix(href, "https://") {
		return ErrLink.With("href is %q; write an address that begins with https:// and percent-encode what an address cannot hold", clip(href))
	}
	if err := checkVariables(href); err != nil {
		return err
	}
	u, err := url.Parse(strings.NewReplacer("{", "", "}", "").Replace(href))
	if err != nil || u.Host == "" || u.User != nil || !strings.Contains(u.Hostname(), ".") || strings.Contains(u.Host, ":") && u.Port() == "" {
		return ErrLink.With("href is %q; write the address of a public page: a domain name, no user name", clip(href))
	}
	if authority, _, _ := strings.Cut(href[len("https://"):], "/"); strings.ContainsAny(authority, "{}") {
		return ErrLink.With("href is %q; a variable may stand after the domain name only", clip(href))
	}
	return nil
}

// checkVariables refuses braces that are not around a variable.
func checkVariables(href string) error {
	for rest := href; ; {
		before, after, open := strings.Cut(rest, "{")
		if strings.Contains(before, "}") {
			return ErrLink.With("href is %q, where a brace closes that was not opened", clip(href))
		}
		if !open {
			return nil
		}
		name, tail, closed := strings.Cut(after, "}")
		if !closed || !variables[name] {
			return ErrLink.With("href is %q; the variables are {gtin}, {lot} and {serial}", clip(href))
		}
		rest = tail
	}
}

func checkTitle(l *productv1.Link) error {
	return shape(module.CheckText("title", l.GetTitle(), 1, maxTitle))
}

// languageForm is the part of BCP 47 that the GS1 linkset schema takes: a
// language of two letters, with a region or without.
var languageForm = regexp.MustCompile(`^[a-z]{2}(-[A-Z]{2})?$`)

func checkLanguages(l *productv1.Link) error {
	return checkWords("languages", l.GetLanguages(), maxLanguages, languageForm, "a language as it or it-IT")
}

var contextForm = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{0,39}$`)

func checkContexts(l *productv1.Link) error {
	return checkWords("contexts", l.GetContexts(), maxContexts, contextForm, "1 to 40 letters, digits, full stops, hyphens and underscores")
}

func checkWords(field string, list []string, most int, form *regexp.Regexp, how string) error {
	if len(list) > most {
		return ErrLink.With("%s has %d entries; it takes at most %d", field, len(list), most)
	}
	seen := map[string]bool{}
	for _, s := range list {
		if !form.MatchString(s) {
			return ErrLink.With("%s holds %q; write %s", field, clip(s), how)
		}
		if seen[s] {
			return ErrLink.With("%s holds %s twice", field, s)
		}
		seen[s] = true
	}
	return nil
}

// mediaTypeForm is RFC 6838, section 4.2, in lower case.
var mediaTypeForm = regexp.MustCompile(`^(application|audio|font|image|message|model|multipart|text|video)/[a-z0-9][a-z0-9!#$&^_.+-]{0,80}$`)

func checkMediaType(l *productv1.Link) error {
	if m := l.GetMediaType(); m != "" && !mediaTypeForm.MatchString(m) {
		return ErrLink.With("media_type is %q; write a type and subtype in lower case, such as image/jpeg or application/pdf", clip(m))
	}
	return nil
}

// pages are the types whose content changes by nature: what is shown there today
// need not be there tomorrow, so a hash of it would say nothing.
var pages = map[string]bool{"": true, "text/html": true, "application/xhtml+xml": true, "application/json": true, "application/ld+json": true, "application/linkset+json": true}

// checkContent asks for the hash of what stays as it is: images and documents.
func checkContent(l *productv1.Link) error {
	if len(l.GetSha256()) == 0 && l.GetSize() == 0 {
		if !pages[l.GetMediaType()] {
			return ErrLink.With("sha256 and size are missing; a link to %s carries the hash of its content, so that it can be seen to be the same", l.GetMediaType())
		}
		return nil
	}
	if err := module.CheckHash("sha256", l.GetSha256()); err != nil {
		return ErrLink.With("%v", err)
	}
	if l.GetSize() < 1 || l.GetSize() > maxContentSize {
		return ErrLink.With("size is %d; write the content's bytes, 1 to %d", l.GetSize(), int64(maxContentSize))
	}
	if strings.Contains(l.GetHref(), "{") {
		return ErrLink.With("href has variables and sha256 one content; write one or the other")
	}
	return nil
}
