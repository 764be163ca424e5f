package gateway

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/filiera-chain/filiera/evidence"
)

func withDocuments(t *testing.T, accept bool, l evidence.Limits) (*world, *evidence.Local, string) {
	t.Helper()
	dir := t.TempDir()
	s, err := evidence.OpenLocal(dir, l)
	must(t, err)
	w := newWorld(t, func(c *Config) { c.Documents, c.AcceptDocuments = s, accept })
	w.story()
	w.keyed()
	return w, s, dir
}

func address(b []byte) string {
	sum := sha256.Sum256(b)
	return "/v1/documents/" + hex.EncodeToString(sum[:])
}

func TestADocumentIsGivenAndServedAsAFile(t *testing.T) {
	w, _, dir := withDocuments(t, true, evidence.DefaultLimits())
	content := []byte("%PDF-1.7\n" + strings.Repeat("rapporto di prova ", 1000))
	path := address(content)
	r := w.signed("amap-apc", "PUT", path, content)
	if r.status != 201 || r.at("type") != "application/pdf" || r.at("size") != float64(len(content)) {
		t.Fatalf("%d %s", r.status, r.body)
	}
	if r := w.signed("amap-apc", "PUT", path, content); r.status != 200 {
		t.Errorf("given again: %d %s", r.status, r.body)
	}
	r = w.get(path)
	if r.status != 200 || !bytes.Equal(r.body, content) {
		t.Errorf("%d, %d bytes", r.status, len(r.body))
	}
	for name, want := range map[string]string{
		"Content-Type": "application/pdf", "X-Content-Type-Options": "nosniff", "Content-Security-Policy": "sandbox; default-src 'none'; frame-ancestors 'none'",
		"ETag": `"` + path[14:] + `"`, "Content-Disposition": `attachment; filename="` + path[14:] + `.pdf"`, "Accept-Ranges": "bytes",
	} {
		if r.header.Get(name) != want {
			t.Errorf("%s: %q, want %q", name, r.header.Get(name), want)
		}
	}
	if r := w.do("GET", path, nil, "Range", "bytes=9-16"); r.status != 206 || string(r.body) != "rapporto" {
		t.Errorf("a part: %d %q", r.status, r.body)
	}
	if r := w.do("GET", path, nil, "Range", "bytes=999999-"); r.status != 416 {
		t.Errorf("beyond the end: %d", r.status)
	}
	if r := w.do("GET", path, nil, "If-None-Match", `"`+path[14:]+`"`); r.status != 304 {
		t.Errorf("known already: %d", r.status)
	}
	if r := w.do("HEAD", path, nil); r.status != 200 || r.header.Get("Content-Length") != itoa5(len(content)) || len(r.body) != 0 {
		t.Errorf("HEAD: %d %v", r.status, r.header)
	}
	files, err := filepath.Glob(filepath.Join(dir, "*", "*", "*"))
	must(t, err)
	must(t, os.WriteFile(files[0], []byte("%PDF-1.7\nanother"), 0o600))
	if r := w.get(path); r.status != 500 || r.at("code") != "document.damaged" {
		t.Errorf("a damaged document: %d %s", r.status, r.body)
	}
}

func itoa5(n int) string {
	return string([]byte{byte('0' + n/10000), byte('0' + n/1000%10), byte('0' + n/100%10), byte('0' + n/10%10), byte('0' + n%10)})
}

func TestDocumentsThatAreRefused(t *testing.T) {
	w, s, _ := withDocuments(t, true, evidence.Limits{MaxBytes: 1000, Quota: 1500})
	pdf := func(n int) []byte { return append([]byte("%PDF-1.7\n"), bytes.Repeat([]byte{'x'}, n)...) }
	for name, c := range map[string]struct {
		who, path string
		content   []byte
		want      string
	}{
		"a web page":          {"amap-apc", "", []byte("<html><script>"), "document.type"},
		"a large one":         {"amap-apc", "", pdf(2000), "document.too_large"},
		"an address of ours":  {"amap-apc", "/v1/documents/" + strings.Repeat("0", 64), pdf(1), "auth.refused"},
		"no address":          {"amap-apc", "/v1/documents/x", pdf(1), "sha256.invalid"},
		"a stranger's":        {"nobody", "", pdf(1), "auth.refused"},
		"a query beside":      {"amap-apc", address(pdf(1)) + "?x=1", pdf(1), "query.unknown"},
		"what nobody brought": {"amap-apc", "", nil, "document.type"},
	} {
		if c.path == "" {
			c.path = address(c.content)
		}
		if r := w.signed(c.who, "PUT", c.path, c.content); r.at("code") != c.want {
			t.Errorf("%s: %d %s, want %s", name, r.status, r.body, c.want)
		}
	}
	if r := w.do("PUT", address(pdf(1)), bytes.NewReader(pdf(1))); r.status != 401 {
		t.Errorf("without a signature: %d", r.status)
	}
	// The signature is over the hash in the path; another body under it fails.
	head := w.header2("amap-apc", w.challenge(), "PUT", address(pdf(1)), pdf(1))
	if r := w.do("PUT", address(pdf(1)), bytes.NewReader(pdf(2)), "Authorization", head); r.status != 422 || r.at("code") != "document.hash" {
		t.Errorf("another body: %d %s", r.status, r.body)
	}
	if r := w.signed("amap-apc", "PUT", address(pdf(900)), pdf(900)); r.status != 201 {
		t.Errorf("%d %s", r.status, r.body)
	}
	if r := w.signed("amap-apc", "PUT", address(pdf(800)), pdf(800)); r.status != 507 || r.at("code") != "document.quota" {
		t.Errorf("%d %s", r.status, r.body)
	}
	n, _, err := evidence.Check(context.Background(), s, func(evidence.Info, error) { t.Error("damaged") })
	if n != 1 || err != nil {
		t.Errorf("%d documents: %v", n, err)
	}
	if r := w.get(address(pdf(3))); r.status != 404 || r.at("code") != "document.not_found" {
		t.Errorf("%d %s", r.status, r.body)
	}

	shut, _, _ := withDocuments(t, false, evidence.DefaultLimits())
	if r := shut.signed("amap-apc", "PUT", address(pdf(1)), pdf(1)); r.status != 403 || r.at("code") != "documents.read_only" {
		t.Errorf("a node that takes none: %d %s", r.status, r.body)
	}
	none := newWorld(t)
	if r := none.get(address(pdf(1))); r.status != 404 || r.at("code") != "documents.off" {
		t.Errorf("a node that keeps none: %d %s", r.status, r.body)
	}
}
