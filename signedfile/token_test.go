package signedfile

import (
	"bytes"
	"crypto/sha256"
	"crypto/sha512"
	"strings"
	"testing"
	"time"

	"github.com/filiera-chain/filiera/signedfile/filetest"
)

func TestTokensOfARealAuthority(t *testing.T) {
	doc := []byte("decreto 14/TDI")
	a, b := sha256.Sum256(doc), sha512.Sum512(doc)
	for _, rsa := range []bool{false, true} {
		o := filetest.New(t, t.TempDir(), rsa)
		roots, err := Roots(o.Root)
		if err != nil {
			t.Fatal(err)
		}
		for _, hash := range []string{"sha256", "sha512"} {
			response := o.Response(doc, hash)
			raw, err := TokenFromResponse(response)
			if err != nil {
				t.Fatal(err)
			}
			tok, err := ParseToken(raw)
			if err != nil {
				t.Fatal(err)
			}
			who, err := tok.Verify(roots)
			if err != nil || who != "CN=Example TSA" {
				t.Errorf("%s: %q %v", hash, who, err)
			}
			if err := tok.Of(a[:], b[:]); err != nil || tok.Policy != "1.3.6.1.4.1.99999.1" || time.Since(tok.GenTime).Abs() > time.Hour {
				t.Errorf("%s: %v %+v", hash, err, tok)
			}
			if err := tok.Of(make([]byte, 32), make([]byte, 64)); err == nil {
				t.Error("it is of another file too")
			}
			same, err := TokenFromResponse(raw)
			if err != nil || !bytes.Equal(same, raw) {
				t.Errorf("a token is not taken as it is: %v", err)
			}
		}
	}
}

// TestTamperedTokensAreRefused changes every byte of a token, one after the other:
// none of them is parsed, of the file, and verified.
func TestTamperedTokensAreRefused(t *testing.T) {
	doc := []byte("decreto 14/TDI")
	a, b := sha256.Sum256(doc), sha512.Sum512(doc)
	o := filetest.New(t, t.TempDir(), false)
	roots, err := Roots(o.Root)
	if err != nil {
		t.Fatal(err)
	}
	raw := o.Stamp(doc, "sha256")
	good, err := ParseToken(raw)
	if err != nil {
		t.Fatal(err)
	}
	accepted, idle := 0, 0
	for i := range raw {
		changed := bytes.Clone(raw)
		changed[i] ^= 0x01
		tok, err := ParseToken(changed)
		if err != nil || tok.Of(a[:], b[:]) != nil {
			continue
		}
		if _, err := tok.Verify(roots); err != nil {
			continue
		}
		// What nothing covers: tags that no reader looks at, such as that of the null
		// beside an algorithm's name. The statement itself must be the same.
		idle++
		if !bytes.Equal(tok.info, good.info) || !tok.GenTime.Equal(good.GenTime) {
			accepted++
			t.Errorf("byte %d of %d changed, and the token states something else", i, len(raw))
		}
	}
	t.Logf("%d bytes changed in turn: %d accepted with another statement, %d where no signature looks", len(raw), accepted, idle)
	if idle > 8 {
		t.Errorf("%d of %d bytes can be changed", idle, len(raw))
	}
}

func TestTokensThatAreNoneAreRefused(t *testing.T) {
	doc := []byte("decreto")
	o, other := filetest.New(t, t.TempDir(), false), filetest.New(t, t.TempDir(), false)
	roots, err := Roots(o.Root)
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		raw   []byte
		words string
	}{
		"another authority's":               {other.Stamp(doc, "sha256"), "no trusted root"},
		"of a certificate for two things":   {o.StampWithAny("both", doc), "not for time stamps alone"},
		"of a signer of documents":          {o.StampWithAny("signer", doc), "not for time stamps alone"},
		"cut off":                           {o.Stamp(doc, "sha256")[:300], "cut off"},
		"a signed document":                 {o.Envelop(doc), "no TSTInfo"},
		"longer than a token can be":        {make([]byte, MaxToken+1), "at most"},
		"with SHA-1":                        {o.Stamp(doc, "sha1"), "neither SHA-256"},
		"with something behind it":          {append(o.Stamp(doc, "sha256"), 0), "1 bytes follow"},
		"the answer, and not what is in it": {o.Response(doc, "sha256"), "not a CMS"},
	} {
		tok, err := ParseToken(c.raw)
		if err == nil {
			_, err = tok.Verify(roots)
		}
		if err == nil || !strings.Contains(err.Error(), c.words) {
			t.Errorf("%s: got %v; want words %q", name, err, c.words)
		}
	}
	if _, err := TokenFromResponse([]byte{0x30, 0x05, 0x30, 0x03, 0x02, 0x01, 0x02}); err == nil || !strings.Contains(err.Error(), "refused") {
		t.Errorf("a refusal of the authority: %v", err)
	}
	if _, err := Roots([]byte("nothing")); err == nil {
		t.Error("no roots are taken")
	}
	old, err := ParseToken(o.Stamp(doc, "sha256"))
	if err != nil {
		t.Fatal(err)
	}
	old.GenTime = old.GenTime.AddDate(-3, 0, 0)
	if _, err := old.Verify(roots); err == nil {
		t.Error("a token of before its certificate is taken")
	}
}
