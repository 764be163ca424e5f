// Package resolver answers GS1 Digital Link URIs: it redirects to the link that
// fits the request best, gives the list of links (RFC 9264), or lets the host
// answer with its own page. It keeps no links: a Source gives those of a key.
//
// Levels. A request names a key and qualifiers, such as a GTIN, a lot and a
// serial. Links may hang on any of them; the finest level that has a link of the
// type asked for answers, and without a type the finest level that has a default
// link. Among links of a type the request's languages choose, then its context
// and media types; if more than one is left, 300 shows them all.
//
// Source: GS1-Conformant Resolver Standard 1.2; GS1 Digital Link Standard: URI
// Syntax. Compressed links (GS1 Digital Link: Compression) are not read: they
// answer 400.
package resolver
