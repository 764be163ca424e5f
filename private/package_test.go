package private

import (
	"bytes"
	"encoding/hex"
	"errors"
	"strings"
	"testing"

	"github.com/decred/dcrd/dcrec/secp256k1/v4"
	"github.com/ethereum/go-ethereum/crypto"
	"github.com/ethereum/go-ethereum/crypto/ecies"
	"pgregory.net/rapid"

	"github.com/filiera-chain/filiera/commitment"
)

func sealed(t testing.TB, to string) *Package {
	t.Helper()
	o, n := opening("price", secret)
	p, err := Seal(o, n, to, crypto.CompressPubkey(&keyOf(t, to).PublicKey))
	must(t, err)
	return p
}

func TestAPackageOpensForItsRecipientOnly(t *testing.T) {
	p := sealed(t, "mill")
	raw, err := p.Encode()
	must(t, err)
	p, err = DecodePackage(append(raw, "\r\n"...))
	must(t, err)
	o, err := p.Open(keyOf(t, "mill"))
	must(t, err)
	want, _ := opening("price", secret)
	sum := want.Commitment()
	must(t, o.Check(sum[:]))
	if _, err := p.Open(keyOf(t, "farm")); !errors.Is(err, ErrNotForKey) {
		t.Errorf("another key: %v", err)
	}
	if again := sealed(t, "mill"); again.Ephemeral == p.Ephemeral || bytes.Equal(again.Ciphertext, p.Ciphertext) {
		t.Error("two packages of one opening are alike")
	}
	for name, s := range spellings(secret) {
		if bytes.Contains(raw, s) {
			t.Errorf("the package tells the value as %s", name)
		}
	}
}

func TestAChangedPackageDoesNotOpen(t *testing.T) {
	for name, change := range map[string]func(*Package){
		"chain":      func(p *Package) { p.ChainID = "test-2" },
		"commitment": func(p *Package) { p.Commitment = strings.Repeat("00", 32) },
		"field":      func(p *Package) { p.Field = "recipe" },
		"from":       func(p *Package) { p.From = "rival" },
		"to":         func(p *Package) { p.To = "farm" },
		"ephemeral": func(p *Package) {
			p.Ephemeral = hex.EncodeToString(crypto.CompressPubkey(&keyOf(t, "x").PublicKey))
		},
		"no point":   func(p *Package) { p.Ephemeral = strings.Repeat("00", 33) },
		"ciphertext": func(p *Package) { p.Ciphertext[3] ^= 1 },
		"short":      func(p *Package) { p.Ciphertext = p.Ciphertext[:20] },
	} {
		p := sealed(t, "mill")
		change(p)
		if _, err := p.Open(keyOf(t, "mill")); err == nil {
			t.Errorf("with another %s it opens", name)
		}
	}
}

// TestTheAgreementIsThatOfAnotherLibrary checks the shared secret against
// go-ethereum's ECIES.
func TestTheAgreementIsThatOfAnotherLibrary(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		a, b := keyOf(t, rapid.String().Draw(r, "a")), keyOf(t, rapid.String().Draw(r, "b"))
		theirs, err := ecies.ImportECDSA(a).GenerateShared(ecies.ImportECDSAPublic(&b.PublicKey), 16, 16)
		must(t, err)
		pub, err := secp256k1.ParsePubKey(crypto.CompressPubkey(&b.PublicKey))
		must(t, err)
		ours := secp256k1.GenerateSharedSecret(secp256k1.PrivKeyFromBytes(crypto.FromECDSA(a)), pub)
		if !bytes.Equal(ours, theirs) {
			r.Fatalf("%x and %x", ours, theirs)
		}
	})
}

func TestBadPackagesAreRefused(t *testing.T) {
	raw, err := sealed(t, "mill").Encode()
	must(t, err)
	good := string(raw)
	for name, bad := range map[string]string{
		"nothing":              "",
		"another format":       strings.Replace(good, "sealed/1", "sealed/2", 1),
		"a member twice":       strings.Replace(good, `"to"`, `"to":"farm","to"`, 1),
		"a member more":        strings.Replace(good, `"to"`, `"x":1,"to"`, 1),
		"a recipient's folder": strings.Replace(good, `"to":"mill"`, `"to":"../mill"`, 1),
		"a sender in capitals": strings.Replace(good, `"from":"maker"`, `"from":"Maker"`, 1),
		"a field with dots":    strings.Replace(good, `"field":"price"`, `"field":"../x"`, 1),
		"a short address":      strings.Replace(good, `"address":"`, `"address":"00`, 1),
		"too many bytes":       good + strings.Repeat("x", MaxPackage),
	} {
		if _, err := DecodePackage([]byte(bad)); err == nil || bad == good {
			t.Errorf("%s is read", name)
		}
	}
}

func TestTheLargestValueFits(t *testing.T) {
	o, n := opening("evidence", "")
	o.Form, o.Value = commitment.Bytes, bytes.Repeat([]byte{0xff}, commitment.MaxValue)
	s, err := Open(t.TempDir(), keyOf(t, "maker"))
	must(t, err)
	must(t, s.Put(n, o))
	if _, err := s.Get(n); err != nil {
		t.Error(err)
	}
	p, err := Seal(o, n, "mill", crypto.CompressPubkey(&keyOf(t, "mill").PublicKey))
	must(t, err)
	raw, err := p.Encode()
	must(t, err)
	p, err = DecodePackage(raw)
	must(t, err)
	if _, err := p.Open(keyOf(t, "mill")); err != nil {
		t.Error(err)
	}
}

func FuzzDecodePackage(f *testing.F) {
	raw, err := sealed(f, "mill").Encode()
	must(f, err)
	f.Add(raw)
	f.Add([]byte(`{"format":"filiera-sealed/1"}`))
	key := keyOf(f, "mill")
	f.Fuzz(func(t *testing.T, raw []byte) {
		p, err := DecodePackage(raw)
		if err != nil {
			return
		}
		again, err := p.Encode()
		if err != nil || !bytes.Equal(again, bytes.TrimSpace(raw)) {
			t.Errorf("%q is read and written as %q (%v)", raw, again, err)
		}
		_, _ = p.Open(key) // must not panic
	})
}
