package credential_test

import (
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"math/big"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/ethereum/go-ethereum/crypto"
	"github.com/piprate/json-gold/ld"

	"github.com/filiera-chain/filiera/credential"
	"github.com/filiera-chain/filiera/epcis"
)

// offline serves contexts from files and nothing from the network.
type offline map[string]string

func (o offline) LoadDocument(url string) (*ld.RemoteDocument, error) {
	name, known := o[url]
	if !known {
		return nil, fmt.Errorf("no context %s is at hand", url)
	}
	raw, err := os.ReadFile(name)
	if err != nil {
		return nil, err
	}
	doc, err := ld.DocumentFromReader(bytes.NewReader(raw))
	return &ld.RemoteDocument{DocumentURL: url, Document: doc}, err
}

var contexts = offline{
	"https://www.w3.org/ns/credentials/v2":          "testdata/contexts/credentials-v2.jsonld",
	"https://www.w3.org/ns/credentials/examples/v2": "testdata/contexts/examples-v2.jsonld",
	"https://filiera.example/ns/attestation/v1":     "context/attestation-v1.jsonld",
}

// rdfc canonicalises JSON-LD by RDF Dataset Canonicalization.
func rdfc(doc any) (string, error) {
	options := ld.NewJsonLdOptions("")
	options.DocumentLoader, options.Format, options.Algorithm, options.ProcessingMode = contexts, "application/n-quads", ld.AlgorithmURDNA2015, ld.JsonLd_1_1
	out, err := ld.NewJsonLdProcessor().Normalize(doc, options)
	text, _ := out.(string)
	return text, err
}

// jcs canonicalises JSON by RFC 8785.
func jcs(doc any) (string, error) {
	raw, err := json.Marshal(doc)
	if err != nil {
		return "", err
	}
	v, err := epcis.ParseJSON(raw, epcis.DefaultLimits())
	return string(v.AppendCanonical(nil)), err
}

// base58 reads multibase base58btc, whose sign is z.
func base58(t *testing.T, s string) []byte {
	t.Helper()
	const alphabet = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
	n := new(big.Int)
	for _, c := range strings.TrimPrefix(s, "z") {
		i := strings.IndexRune(alphabet, c)
		if i < 0 || s[0] != 'z' {
			t.Fatalf("%q is not base58btc", s)
		}
		n.Add(n.Mul(n, big.NewInt(58)), big.NewInt(int64(i)))
	}
	return n.Bytes()
}

// suite is one of the two ways in which the example is signed.
type suite struct {
	name, mark   string
	canonicalise func(any) (string, error)
}

const vectors = "testdata/w3c-vc/eddsa"

func TestStandardDataIntegrityEdDSA(t *testing.T) {
	var pair struct{ PublicKeyMultibase string }
	mustJSON(t, filepath.Join(vectors, "keyPair.json"), &pair)
	public := base58(t, pair.PublicKeyMultibase)
	if len(public) != 34 || public[0] != 0xed || public[1] != 0x01 {
		t.Fatalf("%x is no Ed25519 key in multicodec", public)
	}
	suites := []suite{{"eddsa-jcs-2022", "JCS", jcs}, {"eddsa-rdfc-2022", "DataInt", rdfc}}
	accepted := 0
	for _, s := range suites {
		if t.Run(s.name, func(t *testing.T) { s.check(t, public[2:]) }) {
			accepted++
		}
	}
	t.Logf("standard: w3c-vc: %d cases, %d accepted, %d refused", len(suites), accepted, len(suites)-accepted)
}

// check works out every intermediate value and compares it with the published
// one; then it changes what was signed.
func (s suite) check(t *testing.T, public ed25519.PublicKey) {
	file := func(name, ext string) string { return filepath.Join(vectors, s.name, name+s.mark+ext) }
	text := func(name string) string {
		raw, err := os.ReadFile(file(name, ".txt"))
		if err != nil {
			t.Fatal(err)
		}
		return string(raw)
	}
	same := func(name, got string) {
		if want := text(name); strings.TrimSpace(got) != strings.TrimSpace(want) {
			t.Errorf("%s is\n%s\nwant\n%s", name, got, want)
		}
	}
	var document, unsigned, config map[string]any
	mustJSON(t, file("signed", ".json"), &document)
	mustJSON(t, filepath.Join(vectors, "unsigned.json"), &unsigned)
	mustJSON(t, file("proofConfig", ".json"), &config)
	proof := document["proof"].(map[string]any)
	delete(document, "proof")
	if fmt.Sprint(document) != fmt.Sprint(unsigned) {
		t.Error("the signed document without its proof is not the unsigned one")
	}
	value := proof["proofValue"].(string)
	delete(proof, "proofValue")
	proof["@context"] = document["@context"]
	if fmt.Sprint(proof) != fmt.Sprint(config) {
		t.Errorf("the proof's options are %v, want %v", proof, config)
	}

	canonDoc, err := s.canonicalise(document)
	if err != nil {
		t.Fatal(err)
	}
	canonProof, err := s.canonicalise(proof)
	if err != nil {
		t.Fatal(err)
	}
	docHash, proofHash := sha256.Sum256([]byte(canonDoc)), sha256.Sum256([]byte(canonProof))
	combined := append(proofHash[:], docHash[:]...)
	same("canonDoc", canonDoc)
	same("docHash", hex.EncodeToString(docHash[:]))
	same("proofCanon", canonProof)
	same("proofHash", hex.EncodeToString(proofHash[:]))
	same("combinedHash", hex.EncodeToString(combined))
	same("sigBTC58", value)
	signature := base58(t, value)
	same("sigHex", hex.EncodeToString(signature))
	if !ed25519.Verify(public, combined, signature) {
		t.Error("the signature does not hold")
	}
	document["name"] = "Another Credential"
	changed, err := s.canonicalise(document)
	if err != nil {
		t.Fatal(err)
	}
	other := sha256.Sum256([]byte(changed))
	if ed25519.Verify(public, append(proofHash[:], other[:]...), signature) {
		t.Error("the signature holds for a changed document")
	}
}

func mustJSON(t *testing.T, path string, into any) {
	t.Helper()
	raw, err := os.ReadFile(path)
	if err == nil {
		err = json.Unmarshal(raw, into)
	}
	if err != nil {
		t.Fatalf("%s: %v", path, err)
	}
}

// TestTheContextGivesEveryMemberOfACertificateAMeaning expands a certificate
// with the W3C's context and ours: no member may be lost, none may clash.
func TestTheContextGivesEveryMemberOfACertificateAMeaning(t *testing.T) {
	key, err := crypto.ToECDSA(crypto.Keccak256([]byte("context")))
	if err != nil {
		t.Fatal(err)
	}
	a := fullAttestation()
	text, err := credential.Sign(a, a.Issuer+"#main", key, 1_800_000_000)
	if err != nil {
		t.Fatal(err)
	}
	payload, err := base64Raw.DecodeString(strings.Split(text, ".")[1])
	if err != nil {
		t.Fatal(err)
	}
	var doc map[string]any
	if err := json.Unmarshal(payload, &doc); err != nil {
		t.Fatal(err)
	}
	quads, err := rdfc(doc)
	if err != nil {
		t.Fatal(err)
	}
	const ns = "https://filiera.example/ns/attestation/v1#"
	for _, term := range []string{
		"ProductAttestation", "specification", "specificationId", "version", "batches", "gtin", "lot", "quantity", "amount", "unit",
		"points", "pointId", "clause", "requirement", "basis", "checked", "result", "pass", "value", "method", "document", "evidence", "sha256",
		"size", "mediaType", "fileName", "replaces",
	} {
		if !strings.Contains(quads, "<"+ns+term+">") {
			t.Errorf("%s has no meaning in\n%s", term, quads)
		}
	}
	for _, term := range []string{"BitstringStatusListEntry", "statusPurpose", "statusListIndex", "statusListCredential"} {
		if !strings.Contains(quads, "https://www.w3.org/ns/credentials/status#"+term) {
			t.Errorf("%s has no meaning in\n%s", term, quads)
		}
	}
}
