package credential_test

import (
	"encoding/base64"
	"math/rand"
	"strings"
	"testing"

	"github.com/ethereum/go-ethereum/crypto"
	"pgregory.net/rapid"

	"github.com/filiera-chain/filiera/credential"
)

var base64Raw = base64.RawURLEncoding

// fullAttestation has every member that a certificate may have.
func fullAttestation() *credential.Attestation {
	return &credential.Attestation{
		ID: "urn:uuid:6fd1b1c4-0d2a-4f63-9a1f-5b8a4a0c2e11", Issuer: "urn:filiera:test-1:amap-apc", ValidFrom: 1_800_000_000, ValidUntil: 1_900_000_000,
		SpecID: "maccheroncini", SpecVersion: 1, Replaces: "urn:uuid:6fd1b1c4-0d2a-4f63-9a1f-5b8a4a0c2e12",
		Batches: []credential.CoveredBatch{{GTIN: "08001234567897", Lot: "A", Amount: 100, Unit: "GRM"}},
		Points: []credential.Point{{
			ID: "protein", Clause: "art. 2", Requirement: "Protein", Basis: credential.Checked, Result: credential.Pass, Value: "13.1", Unit: "%", Method: "ISO",
			Document: strings.Repeat("ab", 32),
		}},
		Evidence: []credential.Evidence{{SHA256: strings.Repeat("ab", 32), Size: 7, MediaType: "application/pdf", Name: "r.pdf"}},
		Status:   &credential.Status{Base: "https://registro.example", List: 2, Index: 131071},
	}
}

func TestAStatusComesBackAsItWasSigned(t *testing.T) {
	key, _ := crypto.ToECDSA(crypto.Keccak256([]byte("status")))
	rapid.Check(t, func(t *rapid.T) {
		a := fullAttestation()
		a.Status.Index = rapid.Uint32Range(0, credential.StatusListSize-1).Draw(t, "index")
		a.Status.List = rapid.Uint32Range(1, 1<<32-1).Draw(t, "list")
		a.Status.Base = rapid.SampledFrom([]string{"https://registro.example", "http://127.0.0.1:8080", "https://a.example/filiera"}).Draw(t, "base")
		text, err := credential.Sign(a, a.Issuer+"#main", key, 1_800_000_000)
		if err != nil {
			t.Fatal(err)
		}
		c, err := credential.Parse([]byte(text))
		if err != nil {
			t.Fatal(err)
		}
		if *c.Attestation.Status != *a.Status {
			t.Fatalf("signed %+v, read %+v", a.Status, c.Attestation.Status)
		}
	})
}

func TestAStatusThatIsNotInItsOneFormIsRefused(t *testing.T) {
	key, _ := crypto.ToECDSA(crypto.Keccak256([]byte("status")))
	a := fullAttestation()
	good, err := credential.Sign(a, a.Issuer+"#main", key, 1_800_000_000)
	if err != nil {
		t.Fatal(err)
	}
	parts := strings.Split(good, ".")
	payload, _ := base64Raw.DecodeString(parts[1])
	for name, change := range map[string][2]string{
		"another certifier's list":   {"/status-lists/amap-apc/2/revocation\"", "/status-lists/altri/2/revocation\""},
		"two indexes":                {`"statusPurpose":"suspension","statusListIndex":"131071"`, `"statusPurpose":"suspension","statusListIndex":"7"`},
		"an index as a number":       {`"statusListIndex":"131071"`, `"statusListIndex":131071`},
		"an index with a zero":       {`"131071"`, `"0131071"`},
		"an index beyond the list":   {"131071", "131072"},
		"another type":               {"BitstringStatusListEntry", "StatusList2021Entry"},
		"another purpose":            {`"statusPurpose":"suspension"`, `"statusPurpose":"refresh"`},
		"another member":             {`"statusPurpose":"suspension"`, `"statusPurpose":"suspension","statusSize":"1"`},
		"no URL":                     {"https://registro.example/v1", "registro.example/v1"},
		"a URL with a question mark": {"https://registro.example/v1", "https://registro.example/?x=/v1"},
		"list 0":                     {"/amap-apc/2/", "/amap-apc/0/"},
	} {
		changed := strings.ReplaceAll(string(payload), change[0], change[1])
		if changed == string(payload) {
			t.Fatalf("%s: nothing was changed in %s", name, payload)
		}
		if _, err := credential.Parse([]byte(parts[0] + "." + base64Raw.EncodeToString([]byte(changed)) + "." + parts[2])); err == nil {
			t.Errorf("%s is read", name)
		}
	}
	for _, base := range []string{"", "https://", "https://a.example/", "ftp://a.example", "https://a b", "https://a.example//x", "https://" + strings.Repeat("a", 200)} {
		if credential.CheckStatusBase(base) == nil {
			t.Errorf("the base %q is taken", base)
		}
	}
	a.Status.List = 0
	if a.Validate() == nil {
		t.Error("list 0 is taken")
	}
}

func list() *credential.StatusList {
	return &credential.StatusList{
		Issuer: "urn:filiera:test-1:amap-apc", Base: "https://registro.example", List: 1, Purpose: credential.Suspension,
		ValidFrom: 1_800_000_000, ValidUntil: 1_800_086_400, TTL: 300_000, Bits: new(credential.Bitstring),
	}
}

// TestIndexZeroIsTheLeftmostBit is the specification's order of bits.
func TestIndexZeroIsTheLeftmostBit(t *testing.T) {
	var b credential.Bitstring
	b.Set(0)
	b.Set(15)
	if b[0] != 0x80 || b[1] != 0x01 || !b.Has(0) || !b.Has(15) || b.Has(1) || b.Has(14) {
		t.Errorf("the bits are %08b %08b", b[0], b[1])
	}
}

func TestASignedListComesBackAsItWasSigned(t *testing.T) {
	key, _ := crypto.ToECDSA(crypto.Keccak256([]byte("list")))
	chance := rand.New(rand.NewSource(1))
	for _, set := range []int{0, 1, 1000, credential.StatusListSize} {
		l := list()
		for range set {
			l.Bits.Set(uint32(chance.Intn(credential.StatusListSize)))
		}
		text, err := credential.SignStatusList(l, l.Issuer+"#main", key, 1_800_000_000)
		if err != nil {
			t.Fatal(err)
		}
		got, err := credential.ParseStatusList([]byte(text))
		if err != nil {
			t.Fatal(err)
		}
		if *got.Bits != *l.Bits || got.Base != l.Base || got.List != 1 || got.Purpose != l.Purpose || got.TTL != l.TTL || got.ValidUntil != l.ValidUntil || got.IssuedAt != 1_800_000_000 {
			t.Errorf("%d set: %+v", set, got.StatusList)
		}
		if err := got.Verify(crypto.CompressPubkey(&key.PublicKey)); err != nil {
			t.Error(err)
		}
		raw, err := l.JSON()
		if err != nil {
			t.Fatal(err)
		}
		unsigned, err := credential.ReadStatusList(raw)
		if err != nil || *unsigned.Bits != *l.Bits {
			t.Errorf("unsigned: %v", err)
		}
		if _, err := credential.ParseStatusList(raw); err == nil {
			t.Error("an unsigned list passes for a signed one")
		}
	}
}

func TestAListIsRefusedWhen(t *testing.T) {
	key, _ := crypto.ToECDSA(crypto.Keccak256([]byte("list")))
	for name, change := range map[string]func(*credential.StatusList){
		"its purpose is another":       func(l *credential.StatusList) { l.Purpose = "refresh" },
		"it ends before it begins":     func(l *credential.StatusList) { l.ValidUntil = l.ValidFrom },
		"it has no bits":               func(l *credential.StatusList) { l.Bits = nil },
		"its URL has a slash too many": func(l *credential.StatusList) { l.Base += "/" },
		"it is list 0":                 func(l *credential.StatusList) { l.List = 0 },
		"its time to live is before":   func(l *credential.StatusList) { l.TTL = -1 },
		"its issuer is nobody":         func(l *credential.StatusList) { l.Issuer = "amap" },
	} {
		l := list()
		change(l)
		if _, err := credential.SignStatusList(l, "urn:filiera:test-1:amap-apc#main", key, 0); err == nil {
			t.Errorf("it is signed though %s", name)
		}
	}
	if _, err := credential.SignStatusList(list(), "urn:filiera:test-1:altri#main", key, 0); err == nil {
		t.Error("another participant's key signs it")
	}
}

func TestEncodedListsAreReadWithinBounds(t *testing.T) {
	good, err := list().Bits.Encode()
	if err != nil {
		t.Fatal(err)
	}
	for name, bad := range map[string]string{
		"no sign":         good[1:],
		"base64 padding":  good + "=",
		"no GZIP":         "u" + base64Raw.EncodeToString([]byte("hello")),
		"damaged":         good[:20] + "AAAA" + good[24:],
		"cut":             good[:len(good)-4],
		"something after": "u" + base64Raw.EncodeToString(append(unbase(good), 0)),
		"empty":           "u",
	} {
		if _, err := credential.DecodeBitstring(bad); err == nil {
			t.Errorf("%s: it is read", name)
		}
	}
}

func unbase(s string) []byte {
	b, _ := base64Raw.DecodeString(s[1:])
	return b
}

func FuzzParseStatusList(f *testing.F) {
	key, _ := crypto.ToECDSA(crypto.Keccak256([]byte("list")))
	text, err := credential.SignStatusList(list(), "urn:filiera:test-1:amap-apc#main", key, 1_800_000_000)
	if err != nil {
		f.Fatal(err)
	}
	raw, err := list().JSON()
	if err != nil {
		f.Fatal(err)
	}
	f.Add([]byte(text))
	f.Add(raw)
	f.Fuzz(func(t *testing.T, data []byte) {
		if l, err := credential.ParseStatusList(data); err == nil {
			if err := l.Validate(); err != nil {
				t.Fatal(err)
			}
		}
		if l, err := credential.ReadStatusList(data); err == nil {
			again, err := l.JSON()
			if err != nil {
				t.Fatal(err)
			}
			if _, err := credential.ReadStatusList(again); err != nil {
				t.Fatal(err)
			}
		}
	})
}
