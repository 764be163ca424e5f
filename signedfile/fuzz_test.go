package signedfile

import (
	"testing"

	"github.com/filiera-chain/filiera/signedfile/filetest"
)

// fuzz reads mutated files: an answer always, of the right size, and the same
// twice.
func fuzz(f *testing.F, name string, seeds ...[]byte) {
	for _, s := range seeds {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		one, err := Read(name, b)
		if err != nil {
			return
		}
		two, err := Read(name, b)
		if err != nil || one.SHA256 != two.SHA256 || len(one.Signers) != len(two.Signers) || one.Size != int64(len(b)) {
			t.Errorf("read twice: %+v and %+v, %v", one, two, err)
		}
		if one.Inner != nil && one.Inner.Size > one.Size {
			t.Errorf("%d bytes in a file of %d", one.Inner.Size, one.Size)
		}
		if len(one.Parts) > maxAttachments || one.Layers > maxLayers {
			t.Errorf("over the bounds: %+v", one)
		}
	})
}

func FuzzReadContainer(f *testing.F) {
	o := filetest.New(f, f.TempDir(), false)
	fuzz(f, "x.p7m", o.Envelop([]byte("x")), o.Envelop([]byte("x"), "-stream"), o.Envelop(o.Envelop([]byte("x"))), o.Detached([]byte("x")))
}

func FuzzReadPDF(f *testing.F) {
	o := filetest.New(f, f.TempDir(), false)
	fuzz(f, "x.pdf", filetest.PDF("x"), o.SignPDF(filetest.PDF("x")))
}

func FuzzReadMail(f *testing.F) {
	o := filetest.New(f, f.TempDir(), false)
	fuzz(f, "x.eml", letter(filetest.PDF("x"), o.Envelop([]byte("x"))), []byte("From: a\r\nDate: b\r\n\r\nc"))
}

func FuzzToken(f *testing.F) {
	o := filetest.New(f, f.TempDir(), false)
	roots, err := Roots(o.Root)
	if err != nil {
		f.Fatal(err)
	}
	given := map[string]bool{}
	for _, answer := range [][]byte{o.Response([]byte("x"), "sha256"), o.Response([]byte("x"), "sha512")} {
		raw, err := TokenFromResponse(answer)
		if err != nil {
			f.Fatal(err)
		}
		tok, err := ParseToken(raw)
		if err != nil {
			f.Fatal(err)
		}
		given[string(tok.info)] = true
		f.Add(raw)
		f.Add(answer)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		raw, err := TokenFromResponse(b)
		if err != nil {
			return
		}
		tok, err := ParseToken(raw)
		if err != nil {
			return
		}
		if _, err := tok.Verify(roots); err == nil && !given[string(tok.info)] {
			t.Errorf("a token that was never given is verified: %x", b)
		}
	})
}
