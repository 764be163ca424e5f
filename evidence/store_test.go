package evidence

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"io"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/minio/minio-go/v7"
)

// place is a store with the folder in which its files can be found.
type place struct {
	Store
	dir  string
	open func(l Limits) (Store, error)
}

// stores are the two kinds; every test below runs on both.
func stores(t *testing.T) map[string]func(t *testing.T, l Limits) *place {
	host, bucket := startServer(t)
	file := filepath.Join(t.TempDir(), "credentials")
	must(t, os.WriteFile(file, []byte("[default]\naws_access_key_id = "+accessKey+"\naws_secret_access_key = "+secretKey+"\n"), 0o600))
	n := 0
	return map[string]func(t *testing.T, l Limits) *place{
		"local": func(t *testing.T, l Limits) *place {
			dir := t.TempDir()
			open := func(l Limits) (Store, error) { return OpenLocal(dir, l) }
			s, err := open(l)
			must(t, err)
			return &place{s, dir, open}
		},
		"S3": func(t *testing.T, l Limits) *place {
			n++
			prefix, temp := "test"+string(rune('a'+n)), t.TempDir()
			open := func(l Limits) (Store, error) {
				return OpenS3(t.Context(), S3Config{Address: "http://" + host + "/papers/" + prefix + "?region=us-east-1", CredentialsFile: file, Temp: temp, Limits: l})
			}
			s, err := open(l)
			must(t, err)
			return &place{s, filepath.Join(bucket, prefix), open}
		},
	}
}

func pdf(text string) []byte { return []byte("%PDF-1.7\n" + text) }

func put(t *testing.T, s Store, b []byte) Info {
	t.Helper()
	i, fresh, err := s.Put(t.Context(), bytes.NewReader(b), nil)
	must(t, err)
	if !fresh {
		t.Errorf("%s is said to be there already", i.Sum)
	}
	return i
}

func read(t *testing.T, s Store, sum Sum) []byte {
	t.Helper()
	d, err := s.Open(t.Context(), sum)
	must(t, err)
	defer d.Close()
	b, err := io.ReadAll(d)
	must(t, err)
	if int64(len(b)) != d.Size || d.Sum != sum {
		t.Errorf("%d bytes read of %d", len(b), d.Size)
	}
	return b
}

func files(t *testing.T, dir string) (out []string) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err == nil && !e.IsDir() {
			out = append(out, path)
		}
		return err
	})
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		t.Fatal(err)
	}
	return out
}

func TestBothStoresAreAlike(t *testing.T) {
	tests := map[string]func(t *testing.T, open func(t *testing.T, l Limits) *place){
		"a document comes back as it went": comesBack, "what is refused leaves nothing": leavesNothing,
		"a damaged document is not given out": damaged, "the quota holds": quotaHolds, "documents are listed, checked and removed": listed,
		"many at once": manyAtOnce, "strangers' files are left alone": strangers,
	}
	for kind, open := range stores(t) {
		for name, test := range tests {
			t.Run(kind+"/"+name, func(t *testing.T) { test(t, open) })
		}
	}
}

func comesBack(t *testing.T, open func(t *testing.T, l Limits) *place) {
	s := open(t, DefaultLimits())
	content := pdf(strings.Repeat("evidence ", 200_000))
	want := Sum(sha256.Sum256(content))
	if _, err := s.Open(t.Context(), want); !errors.Is(err, ErrNotFound) {
		t.Errorf("before: %v", err)
	}
	if _, err := s.Stat(t.Context(), want); !errors.Is(err, ErrNotFound) {
		t.Errorf("before: %v", err)
	}
	i := put(t, s, content)
	if i != (Info{want, int64(len(content)), "application/pdf"}) {
		t.Errorf("took %+v", i)
	}
	if got := read(t, s, want); !bytes.Equal(got, content) {
		t.Error("another content comes back")
	}
	if st, err := s.Stat(t.Context(), want); err != nil || st != i {
		t.Errorf("stat %+v %v", st, err)
	}
	if _, fresh, err := s.Put(t.Context(), bytes.NewReader(content), &want); fresh || err != nil {
		t.Errorf("again: %t %v", fresh, err)
	}
	d, err := s.Open(t.Context(), want)
	must(t, err)
	_, err = d.Seek(1000, io.SeekStart)
	must(t, err)
	part := make([]byte, 10)
	_, err = io.ReadFull(d, part)
	must(t, errors.Join(err, d.Close()))
	if !bytes.Equal(part, content[1000:1010]) {
		t.Errorf("from the middle: %q", part)
	}
	again, err := s.open(DefaultLimits()) // another process
	must(t, err)
	read(t, again, want)
	hex := want.String()
	if _, err := os.Stat(filepath.Join(s.dir, hex[:2], hex[2:4], hex)); err != nil {
		t.Errorf("its name is not its address: %v", err)
	}
}

func leavesNothing(t *testing.T, open func(t *testing.T, l Limits) *place) {
	s := open(t, Limits{MaxBytes: 100, Quota: 1000})
	other := Sum{1}
	broken := io.MultiReader(bytes.NewReader(pdf("x")), errReader{})
	for name, c := range map[string]struct {
		r    io.Reader
		sum  *Sum
		want error
	}{
		"too large":         {bytes.NewReader(pdf(strings.Repeat("x", 200))), nil, ErrTooLarge},
		"another hash":      {bytes.NewReader(pdf("x")), &other, ErrHash},
		"a web page":        {strings.NewReader("<!doctype html><script>alert(1)</script>"), nil, ErrType},
		"a drawing":         {strings.NewReader(`<svg xmlns="http://www.w3.org/2000/svg"/>`), nil, ErrType},
		"a program":         {strings.NewReader("MZ\x90\x00"), nil, ErrType},
		"an archive":        {strings.NewReader("PK\x03\x04"), nil, ErrType},
		"text, not enabled": {strings.NewReader("ciao"), nil, ErrType},
		"nothing":           {strings.NewReader(""), nil, ErrType},
		"a cut line":        {broken, nil, errCut},
	} {
		if _, fresh, err := s.Put(t.Context(), c.r, c.sum); !errors.Is(err, c.want) || fresh {
			t.Errorf("%s: %v", name, err)
		}
	}
	if f := files(t, s.dir); len(f) != 0 {
		t.Errorf("left: %v", f)
	}
	put(t, s, pdf(strings.Repeat("x", 91))) // exactly as much as it takes
}

var errCut = errors.New("the line was cut")

type errReader struct{}

func (errReader) Read([]byte) (int, error) { return 0, errCut }

func damaged(t *testing.T, open func(t *testing.T, l Limits) *place) {
	s := open(t, DefaultLimits())
	content := pdf("a report")
	i := put(t, s, content)
	hex := i.Sum.String()
	path := filepath.Join(s.dir, hex[:2], hex[2:4], hex)
	f, err := os.OpenFile(path, os.O_WRONLY, 0)
	must(t, err)
	_, err = f.WriteAt([]byte("X"), 12)
	must(t, errors.Join(err, f.Close()))
	if _, err := s.Open(t.Context(), i.Sum); !errors.Is(err, ErrCorrupt) {
		t.Errorf("a changed byte: %v", err)
	}
	var found []Info
	n, _, err := Check(t.Context(), s, func(i Info, err error) { found = append(found, i) })
	if n != 1 || err != nil || len(found) != 1 || found[0].Sum != i.Sum {
		t.Errorf("checked %d, found %v, %v", n, found, err)
	}
	// The true document, given again, takes its place.
	if _, fresh, err := s.Put(t.Context(), bytes.NewReader(content), nil); fresh || err != nil {
		t.Errorf("given again: %t %v", fresh, err)
	}
	read(t, s, i.Sum)
}

func quotaHolds(t *testing.T, open func(t *testing.T, l Limits) *place) {
	l := Limits{MaxBytes: 100, Quota: 100}
	s := open(t, l)
	i := put(t, s, pdf(strings.Repeat("a", 51))) // 60 bytes
	if _, _, err := s.Put(t.Context(), bytes.NewReader(pdf(strings.Repeat("b", 51))), nil); !errors.Is(err, ErrQuota) {
		t.Errorf("120 bytes of 100: %v", err)
	}
	if _, fresh, err := s.Put(t.Context(), bytes.NewReader(pdf(strings.Repeat("a", 51))), nil); fresh || err != nil {
		t.Errorf("what is there already needs no room: %v", err)
	}
	again, err := s.open(l)
	must(t, err)
	if _, _, err := again.Put(t.Context(), bytes.NewReader(pdf(strings.Repeat("b", 51))), nil); !errors.Is(err, ErrQuota) {
		t.Errorf("after a restart: %v", err)
	}
	must(t, again.Remove(t.Context(), i.Sum))
	put(t, again, pdf(strings.Repeat("b", 51)))
}

func listed(t *testing.T, open func(t *testing.T, l Limits) *place) {
	s := open(t, DefaultLimits())
	want := map[Sum]int64{}
	for _, text := range []string{"one", "two", "three", "four", "five"} {
		i := put(t, s, pdf(text))
		want[i.Sum] = i.Size
	}
	last := ""
	must(t, s.List(t.Context(), func(i Info) error {
		if i.Sum.String() <= last || want[i.Sum] != i.Size {
			t.Errorf("%s of %d bytes after %s", i.Sum, i.Size, last)
		}
		last = i.Sum.String()
		delete(want, i.Sum)
		return nil
	}))
	if len(want) != 0 {
		t.Errorf("not listed: %v", want)
	}
	if n, bytes, err := Check(t.Context(), s, func(i Info, err error) { t.Errorf("%s: %v", i.Sum, err) }); n != 5 || bytes != 9*5+19 || err != nil {
		t.Errorf("checked %d of %d bytes: %v", n, bytes, err)
	}
	sum, err := ParseSum(last)
	must(t, err)
	must(t, s.Remove(t.Context(), sum))
	if err := s.Remove(t.Context(), sum); !errors.Is(err, ErrNotFound) {
		t.Errorf("removed twice: %v", err)
	}
	if _, err := s.Open(t.Context(), sum); !errors.Is(err, ErrNotFound) {
		t.Errorf("after removal: %v", err)
	}
	stopped := errors.New("enough")
	if err := s.List(t.Context(), func(Info) error { return stopped }); !errors.Is(err, stopped) {
		t.Errorf("a list that is stopped: %v", err)
	}
}

func manyAtOnce(t *testing.T, open func(t *testing.T, l Limits) *place) {
	s := open(t, DefaultLimits())
	var mu sync.Mutex
	var wg sync.WaitGroup
	fresh := 0
	for i := range 24 {
		wg.Go(func() {
			_, f, err := s.Put(t.Context(), bytes.NewReader(pdf(string(rune('a'+i%3)))), nil)
			mu.Lock()
			defer mu.Unlock()
			if err != nil {
				t.Error(err)
			}
			if f {
				fresh++
			}
		})
	}
	wg.Wait()
	if fresh != 3 {
		t.Errorf("%d documents are said to be new; there are 3", fresh)
	}
	n, _, err := Check(t.Context(), s, func(i Info, err error) { t.Errorf("%s: %v", i.Sum, err) })
	if n != 3 || err != nil {
		t.Errorf("%d documents: %v", n, err)
	}
}

func strangers(t *testing.T, open func(t *testing.T, l Limits) *place) {
	s := open(t, DefaultLimits())
	put(t, s, pdf("one"))
	sum := Sum(sha256.Sum256([]byte("x")))
	must(t, os.WriteFile(filepath.Join(s.dir, sum.String()), []byte("not in its place"), 0o600))
	must(t, os.WriteFile(filepath.Join(s.dir, "README"), []byte("x"), 0o600))
	n := 0
	must(t, s.List(t.Context(), func(Info) error { n++; return nil }))
	if n != 1 {
		t.Errorf("%d documents listed", n)
	}
}

func TestTypesAreKnownByTheirBytes(t *testing.T) {
	der := "\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02\xa0\x80"
	b64 := func(s string) string { b, err := base64.StdEncoding.DecodeString(s); must(t, err); return string(b) }
	all := Limits{MaxBytes: 1, Quota: 1, Types: Types()}
	for _, c := range []struct{ head, want string }{
		{"%PDF-1.4\n", "application/pdf"},
		{"%PDF-2.0\n", "application/pdf"},
		{" %PDF-1.4", "text/plain; charset=utf-8"},
		{"\x30\x80" + der, "application/pkcs7-mime"},                 // indefinite length
		{"\x30\x82\x04\x00" + der, "application/pkcs7-mime"},         // two bytes of length
		{"\x30\x84\x00\x01\x00\x00" + der, "application/pkcs7-mime"}, // four
		{"\x30\x85\x00\x00\x01\x00\x00" + der, ""},
		{"\x30\x82\x04\x00\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x03", ""}, // enveloped, not signed
		{"\x30\x80", ""},
		{"-----BEGIN PKCS7-----\nMII", "application/pkcs7-mime"},
		{b64("iVBORw0KGgoAAAANSUhEUg=="), "image/png"},
		{"\xff\xd8\xff\xe0", "image/jpeg"},
		{"RIFF\x00\x00\x00\x00WEBPVP8 ", "image/webp"},
		{"RIFF\x00\x00\x00\x00WAVEfmt ", ""},
		{"II*\x00", "image/tiff"},
		{"MM\x00*", "image/tiff"},
		{"GIF89a\x01\x00", ""},
		{"perché no; 12,5 %\n", "text/plain; charset=utf-8"},
		{strings.Repeat("a", sniffLen-1) + "\xc3", "text/plain; charset=utf-8"},
		{"\n <html>", ""},
		{"a\x00b", ""},
		{"", ""},
	} {
		got, err := all.sniff([]byte(c.head))
		if (err != nil) != (c.want == "") || got != c.want {
			t.Errorf("%.20q is %q (%v), want %q", c.head, got, err, c.want)
		}
	}
	for _, bad := range []Limits{{}, {MaxBytes: 1}, {MaxBytes: 1, Quota: 1, Types: []string{"svg"}}} {
		if bad.check() == nil {
			t.Errorf("%+v is taken", bad)
		}
	}
}

func TestHashesAreRead(t *testing.T) {
	sum := Sum(sha256.Sum256(nil))
	for _, s := range []string{sum.String(), strings.ToUpper(hex.EncodeToString(sum[:]))} {
		if got, err := ParseSum(s); err != nil || got != sum {
			t.Errorf("%s: %v", s, err)
		}
	}
	for _, s := range []string{"", "../../etc/passwd", strings.Repeat("0", 63), strings.Repeat("0", 66)} {
		if _, err := ParseSum(s); err == nil {
			t.Errorf("%q is taken", s)
		}
	}
}

func TestS3AddressesAndCredentials(t *testing.T) {
	for _, bad := range []string{
		"", "papers", "https://host", "https://host/", "ftp://host/papers", "http://storage.example/papers", "https://key:secret@host/papers",
	} {
		_, err := parseS3(bad)
		if err == nil || strings.Contains(err.Error(), "secret@") {
			t.Errorf("%q: %v", bad, err)
		}
	}
	open := filepath.Join(t.TempDir(), "credentials")
	must(t, os.WriteFile(open, []byte("[default]\n"), 0o644))
	c := S3Config{Address: "https://host/papers", CredentialsFile: open, Limits: DefaultLimits()}
	if _, err := OpenS3(context.Background(), c); err == nil || !strings.Contains(err.Error(), "chmod 600") {
		t.Errorf("a file that others read: %v", err)
	}
}

func TestS3NeedsItsBucketAndItsKey(t *testing.T) {
	host, _ := startServer(t)
	t.Setenv("AWS_ACCESS_KEY_ID", accessKey)
	t.Setenv("AWS_SECRET_ACCESS_KEY", secretKey)
	c := S3Config{Address: "http://" + host + "/other?region=us-east-1", Temp: t.TempDir(), Limits: DefaultLimits()}
	if _, err := OpenS3(t.Context(), c); err == nil || !strings.Contains(err.Error(), "no bucket") {
		t.Errorf("%v", err)
	}
	c.Address = "http://" + host + "/papers?region=us-east-1"
	s, err := OpenS3(t.Context(), c) // with the credentials of the environment
	must(t, err)
	put(t, s, pdf("one"))
	t.Setenv("AWS_SECRET_ACCESS_KEY", "wrong")
	if _, err := OpenS3(t.Context(), c); err == nil || strings.Contains(err.Error(), "wrong\"") {
		t.Errorf("a wrong secret: %v", err)
	}
}

// TestS3IsToldNotToReplace: the server itself refuses to write over a document.
func TestS3IsToldNotToReplace(t *testing.T) {
	s := stores(t)["S3"](t, DefaultLimits()).Store.(*S3)
	put(t, s, pdf("one"))
	in, err := spool(s.temp, bytes.NewReader(pdf("one")), s.limits, nil)
	must(t, err)
	defer in.drop()
	if err := s.send(t.Context(), in, false); minio.ToErrorResponse(err).StatusCode != http.StatusPreconditionFailed {
		t.Errorf("the server answers %v", err)
	}
}

func FuzzSniff(f *testing.F) {
	for _, seed := range []string{"%PDF-1.7", "\x30\x82\x04\x00\x06\x09", "RIFF0000WEBP", "ciao", "\x30\x80"} {
		f.Add([]byte(seed))
	}
	all := Limits{Types: Types()}
	f.Fuzz(func(t *testing.T, head []byte) {
		media, err := all.sniff(head)
		if (err == nil) != (media != "") || err == nil && mediaOf(head) != media {
			t.Errorf("%q: %q %v", head, media, err)
		}
	})
}
