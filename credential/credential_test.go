package credential

import (
	"crypto/ecdsa"
	"encoding/hex"
	"encoding/json"
	"errors"
	"flag"
	"math/big"
	"os"
	"reflect"
	"strings"
	"testing"

	"github.com/ethereum/go-ethereum/crypto"
	"pgregory.net/rapid"
)

var update = flag.Bool("update", false, "rewrite the golden files")

const (
	testIssuer = "urn:filiera:filiera-test:amap-apc"
	testKid    = testIssuer + "#signing-1"
	testIAT    = 1795424400 // 2026-11-23T09:00:00Z
)

// testKey is fixed and public: SHA-256 of its name.
func testKey(t testing.TB, name string) *ecdsa.PrivateKey {
	t.Helper()
	key, err := crypto.ToECDSA(crypto.Keccak256([]byte("filiera test key " + name)))
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func pubOf(key *ecdsa.PrivateKey) []byte { return crypto.CompressPubkey(&key.PublicKey) }

func example() *Attestation {
	return &Attestation{
		ID:         "urn:uuid:0b9f6a4e-3c1d-4e7a-9b52-7f1d3c5a8e21",
		Issuer:     testIssuer,
		ValidFrom:  1795392000, // 2026-11-23T00:00:00Z
		ValidUntil: 1826927999, // 2027-11-22T23:59:59Z
		SpecID:     "maccheroncini-di-campofilone-igp", SpecVersion: 1,
		Batches: []CoveredBatch{
			{GTIN: "08012345678907", Lot: "L26/11-A", Amount: 120500, Unit: "GRM"},
			{GTIN: "08012345678907", Lot: "L26/11-B", Amount: 480, Unit: "H87"},
		},
		Points: []Point{
			{ID: "zone", Clause: "art. 3", Requirement: "Made in the municipality of Campofilone", Basis: Checked, Result: Pass},
			{ID: "eggs", Clause: "art. 5", Requirement: "7 to 10 eggs per kg of flour", Basis: Declared, Result: Pass, Value: "8", Unit: "uova/kg"},
			{
				ID: "protein", Clause: "art. 2", Requirement: "Protein at least 12,50 % of dry matter", Basis: Measured, Result: Pass,
				Value: "13.1", Unit: "% s.s.", Method: "N × 5.70", Document: strings.Repeat("ab", 32),
			},
		},
		Evidence: []Evidence{{SHA256: strings.Repeat("ab", 32), Size: 48211, MediaType: "application/pdf", Name: "Rapporto di prova n. 42.pdf"}},
		Replaces: "urn:uuid:11111111-2222-4333-8444-555555555555",
	}
}

func sign(t testing.TB, a *Attestation) string {
	t.Helper()
	jwt, err := Sign(a, testKid, testKey(t, "one"), testIAT)
	if err != nil {
		t.Fatal(err)
	}
	return jwt
}

func TestGolden(t *testing.T) {
	const file = "testdata/golden.jwt"
	jwt := sign(t, example())
	if *update {
		if err := os.WriteFile(file, []byte(jwt), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if jwt != string(want) {
		t.Fatalf("the certificate changed:\n got %s\nwant %s", jwt, want)
	}
}

func TestRoundTrip(t *testing.T) {
	key := testKey(t, "one")
	c, err := Parse([]byte(sign(t, example())))
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(&c.Attestation, example()) {
		t.Errorf("parsed %+v", c.Attestation)
	}
	if c.KeyID != testKid || c.KeyLabel != "signing-1" || c.IssuedAt != testIAT {
		t.Errorf("kid %q label %q iat %d", c.KeyID, c.KeyLabel, c.IssuedAt)
	}
	if err := c.Verify(pubOf(key)); err != nil {
		t.Error(err)
	}
	if err := c.Verify(pubOf(testKey(t, "two"))); !errors.Is(err, ErrSignature) {
		t.Errorf("another key: %v", err)
	}
	if err := c.Verify(crypto.FromECDSAPub(&key.PublicKey)); !errors.Is(err, ErrSignature) {
		t.Errorf("an uncompressed key: %v", err)
	}
	if err := c.Verify(nil); !errors.Is(err, ErrSignature) {
		t.Errorf("no key: %v", err)
	}
}

// forge signs any header and payload text, well formed or not.
func forge(t testing.TB, header, payload string) string {
	t.Helper()
	input := base64url.EncodeToString([]byte(header)) + "." + base64url.EncodeToString([]byte(payload))
	sig, err := crypto.Sign(sha(input), testKey(t, "one"))
	if err != nil {
		t.Fatal(err)
	}
	return input + "." + base64url.EncodeToString(sig[:64])
}

const goodHeader = `{"alg":"ES256K","typ":"vc+jwt","cty":"vc","kid":"` + testKid + `"}`

func goodPayload(t testing.TB) string {
	t.Helper()
	b, err := example().payload(testIAT)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestParseAcceptsWhatMeansTheSame(t *testing.T) {
	p := goodPayload(t)
	for name, jwt := range map[string]string{
		"no cty":             forge(t, strings.Replace(goodHeader, `"cty":"vc",`, "", 1), p),
		"white space":        forge(t, " "+strings.ReplaceAll(goodHeader, ",", ",\n\t"), strings.ReplaceAll(p, "[", "[ ")),
		"escapes":            forge(t, goodHeader, strings.Replace(p, "Made in", `M\u0061de\u0020in`, 1)),
		"other member order": forge(t, `{"typ":"vc+jwt","kid":"`+testKid+`","alg":"ES256K"}`, p),
	} {
		c, err := Parse([]byte(jwt))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if err := c.Verify(pubOf(testKey(t, "one"))); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if !reflect.DeepEqual(&c.Attestation, example()) {
			t.Errorf("%s: parsed %+v", name, c.Attestation)
		}
	}
}

func TestParseRefusesHeaders(t *testing.T) {
	p := goodPayload(t)
	for header, want := range map[string]string{
		`{"alg":"none","typ":"vc+jwt","kid":"` + testKid + `"}`:                     `alg is "none"`,
		`{"alg":"ES256","typ":"vc+jwt","kid":"` + testKid + `"}`:                    `alg is "ES256"`,
		`{"alg":"HS256","typ":"vc+jwt","kid":"` + testKid + `"}`:                    `alg is "HS256"`,
		`{"typ":"vc+jwt","kid":"` + testKid + `"}`:                                  `alg is missing`,
		`{"alg":"ES256K","typ":"JWT","kid":"` + testKid + `"}`:                      `typ is "JWT"`,
		`{"alg":"ES256K","typ":"vc+jwt","cty":"vp","kid":"` + testKid + `"}`:        `cty is "vp"`,
		`{"alg":"ES256K","typ":"vc+jwt"}`:                                           `kid is missing`,
		`{"alg":"ES256K","typ":"vc+jwt","kid":"` + testIssuer + `"}`:                `kid is`,
		`{"alg":"ES256K","typ":"vc+jwt","kid":"urn:filiera:x:y#k"}`:                 `but its issuer`,
		`{"alg":"ES256K","typ":"vc+jwt","kid":"` + testKid + `","crit":["b64"]}`:    `unknown member "crit"`,
		`{"alg":"ES256K","typ":"vc+jwt","kid":"` + testKid + `","jwk":{}}`:          `unknown member "jwk"`,
		`{"alg":"none","alg":"ES256K","typ":"vc+jwt","kid":"` + testKid + `"}`:      `twice`,
		`{"alg":"ES256K","typ":"vc+jwt","kid":"` + testKid + `"}{}`:                 `more text`,
		`{"alg":"ES256K","typ":"vc+jwt","kid":"` + testKid + `","\u0061lg":"none"}`: `twice`,
		`["ES256K"]`: `must be an object`,
		``:           `ends where`,
	} {
		if _, err := Parse([]byte(forge(t, header, p))); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s\n got %v\nwant %s", header, err, want)
		}
	}
}

func TestParseRefusesPayloads(t *testing.T) {
	deep := strings.Repeat("[", 100_000)
	for _, c := range []struct{ from, to, want string }{
		{`"https://www.w3.org/ns/credentials/v2",`, ``, "@context must be"},
		{`ns/credentials/v2`, `2018/credentials/v1`, "@context must be"},
		{`"VerifiableCredential",`, ``, "type must be"},
		{`"iat":`, `"exp":`, `unknown member "exp"`},
		{`"iat":1795424400`, `"iat":1795424400.0`, "whole number"},
		{`"iat":1795424400`, `"iat":1.7954244e9`, "whole number"},
		{`"iat":1795424400`, `"iat":-1`, "between 1970"},
		{`"iat":1795424400`, `"iat":-0`, "whole number"},
		{`"iat":1795424400`, `"iat":01`, "not a JSON number"},
		{`"amount":120500`, `"amount":9007199254740992`, "2^53-1"},
		{`"amount":120500`, `"amount":99999999999999999999`, "whole number"},
		{`"amount":120500`, `"amount":"120500"`, "must be a whole number"},
		{`"amount":120500`, `"amount":0`, "from 1 to"},
		{`"amount":120500`, `"amount":-5`, "from 1 to"},
		{`"unit":"GRM"`, `"unit":"kg"`, "batches[0].quantity:"},
		{`"gtin":"08012345678907"`, `"gtin":"08012345678902"`, "batches[0].gtin:"},
		{`"gtin":"08012345678907"`, `"gtin":"8012345678907"`, "write all 14 digits"},
		{`L26/11-A`, `L26 11`, "batches[0].lot:"},
		{`L26/11-B`, `L26/11-A`, "repeats batches[0]"},
		{`"version":1`, `"version":0`, "from 1 to"},
		{`"version":1`, `"version":4294967296`, "from 1 to"},
		{`"basis":"declared"`, `"basis":"guessed"`, "declared, checked or measured"},
		{`"result":"pass"`, `"result":"ok"`, "pass, fail or not_applicable"},
		{`"value":"13.1",`, ``, "a measured point states"},
		{`"value":"8"`, `"value":""`, "is empty"},
		{`"id":"eggs"`, `"id":"zone"`, "as points[0]"},
		{`"clause":"art. 3"`, `"clause":"art. 3","note":"x"`, `unknown member "note"`},
		{`Made in`, `Made\u0000in`, "U+0000"},
		{`Made in`, `Made\u202ein`, "U+202E"},
		{`Made in`, `Made\ud83din`, "surrogate"},
		{`Made in`, "Made\xffin", "UTF-8"},
		{`Made in`, "Made\nin", "control character"},
		{`Made in`, `Made\xin`, "not a JSON escape"},
		{`"name":"Rapporto`, `"name":"../Rapporto`, "without folders"},
		{`application/pdf`, `pdf`, "type/subtype"},
		{`"size":48211`, `"size":-1`, "from 0 to"},
		{`2026-11-23T00:00:00Z`, `2026-11-23T00:00:00+01:00`, "UTC"},
		{`2026-11-23T00:00:00Z`, `2026-02-30T00:00:00Z`, "UTC"},
		{`2026-11-23T00:00:00Z`, `2026-11-23T00:00:00.5Z`, "UTC"},
		{`2026-11-23T00:00:00Z`, `2027-11-22T23:59:59Z`, "must come before"},
		{`urn:uuid:0b9f6a4e`, `urn:uuid:0B9F6A4E`, "lower case"},
		{`urn:uuid:11111111-2222-4333-8444-555555555555`, `urn:uuid:0b9f6a4e-3c1d-4e7a-9b52-7f1d3c5a8e21`, "names the attestation itself"},
		{`"issuer":"urn:filiera:`, `"issuer":"urn:other:`, "urn:filiera:"},
		{`"credentialSubject":{`, `"credentialSubject":{"extra":1,`, `unknown member "extra"`},
		{`"credentialSubject":{`, `"credentialSubject":{"replaces":null,`, "twice"},
		{`"credentialSubject":{`, `"credentialSubject":{"evidence":[],`, "twice"},
		{`"iat":1795424400`, `"iat":` + deep[:2000], "nested deeper"},
	} {
		p := strings.Replace(goodPayload(t), c.from, c.to, 1)
		if p == goodPayload(t) {
			t.Fatalf("%q is not in the payload", c.from)
		}
		if _, err := Parse([]byte(forge(t, goodHeader, p))); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%.60s -> %.60s\n got %v\nwant %s", c.from, c.to, err, c.want)
		}
	}
}

func TestParseRefusesCompactForms(t *testing.T) {
	good := sign(t, example())
	parts := strings.Split(good, ".")
	last := good[len(good)-1]
	// 64 bytes leave 4 unused bits in the last character: set one
	sloppy := good[:len(good)-1] + string(nextBase64(last))
	for name, jwt := range map[string]string{
		"two parts":             parts[0] + "." + parts[1],
		"four parts":            good + ".",
		"no signature":          parts[0] + "." + parts[1] + ".",
		"padding":               good + "==",
		"line break inside":     good[:40] + "\n" + good[40:],
		"line break after":      good + "\n",
		"space before":          " " + good,
		"standard alphabet":     strings.Replace(good, parts[2], "+/"+parts[2][2:], 1),
		"non-canonical bits":    sloppy,
		"long signature":        parts[0] + "." + parts[1] + "." + base64url.EncodeToString(make([]byte, 65)),
		"DER-sized signature":   parts[0] + "." + parts[1] + "." + base64url.EncodeToString(make([]byte, 70)),
		"empty":                 "",
		"too large":             strings.Repeat("A", MaxSize+1),
		"JSON serialisation":    `{"payload":"` + parts[1] + `","signatures":[]}`,
		"detached payload":      parts[0] + ".." + parts[2],
		"SD-JWT with separator": good + "~",
	} {
		if _, err := Parse([]byte(jwt)); err == nil {
			t.Errorf("%s was accepted", name)
		}
	}
}

func nextBase64(c byte) byte {
	const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
	return alphabet[strings.IndexByte(alphabet, c)|1]
}

func TestVerifyRefusesHighS(t *testing.T) {
	good := sign(t, example())
	parts := strings.Split(good, ".")
	sig, err := base64url.DecodeString(parts[2])
	if err != nil {
		t.Fatal(err)
	}
	n := crypto.S256().Params().N
	high := new(big.Int).Sub(n, new(big.Int).SetBytes(sig[32:]))
	high.FillBytes(sig[32:])
	c, err := Parse([]byte(parts[0] + "." + parts[1] + "." + base64url.EncodeToString(sig)))
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Verify(pubOf(testKey(t, "one"))); !errors.Is(err, ErrSignature) || !strings.Contains(err.Error(), "upper half") {
		t.Fatalf("high S: %v", err)
	}
	if got := hex.EncodeToString(halfOrder); got != new(big.Int).Rsh(n, 1).Text(16) {
		t.Fatalf("half of the order is %s", got)
	}
}

// Every bit of a certificate counts: flipping any one makes it unreadable or
// invalid.
func TestVerifyRefusesAnyFlippedBit(t *testing.T) {
	good := []byte(sign(t, example()))
	pub := pubOf(testKey(t, "one"))
	for i := range good {
		for bit := range 8 {
			bad := append([]byte(nil), good...)
			bad[i] ^= 1 << bit
			c, err := Parse(bad)
			if err == nil {
				err = c.Verify(pub)
			}
			if err == nil {
				t.Fatalf("byte %d with bit %d flipped still verifies", i, bit)
			}
		}
	}
}

func TestSignRefuses(t *testing.T) {
	key := testKey(t, "one")
	other := "urn:filiera:filiera-test:somebody#k"
	if _, err := Sign(example(), other, key, testIAT); err == nil || !strings.Contains(err.Error(), "key of the issuer") {
		t.Errorf("foreign kid: %v", err)
	}
	if _, err := Sign(example(), testKid, key, -1); err == nil {
		t.Error("a negative iat was accepted")
	}
	big := example()
	for i := range MaxPoints - len(big.Points) {
		big.Points = append(big.Points, Point{
			ID: "p" + string(rune('0'+i/100)) + string(rune('0'+i/10%10)) + string(rune('0'+i%10)), Clause: "1",
			Requirement: strings.Repeat("x", 500), Basis: Checked, Result: Pass,
		})
	}
	if _, err := Sign(big, testKid, key, testIAT); err == nil || !strings.Contains(err.Error(), "more than the 65536 allowed") {
		t.Errorf("oversized: %v", err)
	}
}

func TestJWK(t *testing.T) {
	key := testKey(t, "one")
	jwk, err := PublicJWK(pubOf(key), testKid)
	if err != nil {
		t.Fatal(err)
	}
	x, errX := base64url.DecodeString(jwk.X)
	y, errY := base64url.DecodeString(jwk.Y)
	full := crypto.FromECDSAPub(&key.PublicKey)
	if errX != nil || errY != nil || string(full[1:33]) != string(x) || string(full[33:]) != string(y) {
		t.Fatalf("%+v is not the key", jwk)
	}
	if b, _ := json.Marshal(jwk); !strings.Contains(string(b), `"crv":"secp256k1"`) {
		t.Fatalf("%s", b)
	}
	if _, err := PublicJWK(make([]byte, 33), ""); err == nil {
		t.Error("a point off the curve was exported")
	}
	if _, err := PublicJWK(full, ""); err == nil {
		t.Error("an uncompressed key was accepted")
	}
}

func TestIdentifiers(t *testing.T) {
	chain, who, err := ParseIssuer(IssuerURN("filiera-1", "amap-apc"))
	if err != nil || chain != "filiera-1" || who != "amap-apc" {
		t.Fatal(chain, who, err)
	}
	for _, bad := range []string{"", "urn:filiera:", "urn:filiera:a", "urn:filiera:a:b:c", "urn:filiera::b", "urn:filiera:a:b c", "URN:filiera:a:b"} {
		if _, _, err := ParseIssuer(bad); err == nil {
			t.Errorf("issuer %q was accepted", bad)
		}
	}
	id := FormatUUID([16]byte{0xff, 1, 2, 3, 4, 5, 0x46, 7, 0x88, 9, 10, 11, 12, 13, 14, 15})
	if err := checkUUID("id", id); err != nil || id != "urn:uuid:ff010203-0405-4607-8809-0a0b0c0d0e0f" {
		t.Error(id, err)
	}
}

// Whatever validates can be signed, read back equal and verified.
func TestRoundTripProperty(t *testing.T) {
	key := testKey(t, "one")
	text := rapid.StringMatching(`[A-Za-z0-9àèìòù€"\\<>&/ ]{1,30}`).Filter(func(s string) bool { return s == strings.TrimSpace(s) })
	rapid.Check(t, func(t *rapid.T) {
		a := example()
		a.ValidFrom = rapid.Int64Range(0, maxTime-1).Draw(t, "from")
		a.ValidUntil = rapid.Int64Range(a.ValidFrom+1, maxTime).Draw(t, "until")
		a.SpecVersion = rapid.Uint32Min(1).Draw(t, "version")
		a.Batches[0].Amount = rapid.Int64Range(1, MaxInteger).Draw(t, "amount")
		a.Points[0].Requirement = text.Draw(t, "requirement")
		a.Points[0].Value = text.Draw(t, "value")
		jwt, err := Sign(a, testKid, key, testIAT)
		if err != nil {
			t.Fatal(err)
		}
		c, err := Parse([]byte(jwt))
		if err != nil {
			t.Fatal(err)
		}
		if !reflect.DeepEqual(&c.Attestation, a) {
			t.Fatalf("read back %+v", c.Attestation)
		}
		if err := c.Verify(pubOf(key)); err != nil {
			t.Fatal(err)
		}
	})
}

func FuzzParse(f *testing.F) {
	good := sign(f, example())
	f.Add([]byte(good))
	f.Add([]byte(forge(f, goodHeader, `{"@context":[]}`)))
	f.Add([]byte(forge(f, `{"alg":"none"}`, goodPayload(f))))
	f.Add([]byte("..."))
	f.Fuzz(func(t *testing.T, data []byte) {
		c, err := Parse(data)
		if err != nil {
			return
		}
		if err := c.Attestation.Validate(); err != nil {
			t.Fatalf("parsed but not valid: %v", err)
		}
		if c.Verify(pubOf(testKey(t, "one"))) == nil && c.Hash() != [32]byte(sha(string(data))) {
			t.Fatal("the hash is not that of the text")
		}
	})
}

// FuzzPayload goes past the base64, which a byte fuzzer rarely crosses.
func FuzzPayload(f *testing.F) {
	f.Add(goodPayload(f))
	f.Add(`{"a":[{"b":"\ud83d\ude00"}],"c":-12.5e+3,"d":null,"e":true}`)
	f.Fuzz(func(t *testing.T, s string) {
		n, err := parseJSON([]byte(s))
		if err != nil {
			return
		}
		if !json.Valid([]byte(s)) {
			t.Fatalf("accepted what is not JSON: %q", s)
		}
		a, iat, err := decodePayload(n)
		if err != nil {
			return
		}
		again, err := a.payload(iat)
		if err != nil {
			t.Fatal(err)
		}
		n2, err := parseJSON(again)
		if err != nil {
			t.Fatal(err)
		}
		b, _, err := decodePayload(n2)
		if err != nil || !reflect.DeepEqual(a, b) {
			t.Fatalf("does not survive writing: %v", err)
		}
	})
}
