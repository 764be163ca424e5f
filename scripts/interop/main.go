// Command interop writes what Filiera makes (proofs, a key file, a certificate)
// for check.mjs to check with libraries of another ecosystem, and opens the key
// file that check.mjs writes with one of them.
//
//	go run ./scripts/interop write DIR
//	go run ./scripts/interop read DIR
package main

import (
	"crypto/ecdsa"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"

	dbm "github.com/cosmos/cosmos-db"
	"github.com/ethereum/go-ethereum/crypto"

	"github.com/filiera-chain/filiera/credential"
	"github.com/filiera-chain/filiera/keys"
	"github.com/filiera-chain/filiera/module/statekey"
	"github.com/filiera-chain/filiera/store"
)

// password is the same text for the two sides in two Unicode forms: here é and ò are
// one code point each; check.mjs writes them as two.
const password = "perch\u00e9 n\u00f2? \u00bd"

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "interop:", err)
		os.Exit(1)
	}
}

func run(args []string) error {
	if len(args) == 2 && args[0] == "write" {
		return write(args[1])
	}
	if len(args) == 2 && args[0] == "read" {
		return read(args[1])
	}
	return fmt.Errorf("usage: interop write|read DIR")
}

// signingKey is public and protects nothing.
func signingKey() (*ecdsa.PrivateKey, error) {
	return crypto.ToECDSA(crypto.Keccak256([]byte("filiera interop key")))
}

func write(dir string) error {
	for name, make := range map[string]func() (any, error){"proofs.json": proofs, "key.json": keyFile, "certificate.json": certificate, "statuslist.json": statusList, "bundle.json": bundle} {
		v, err := make()
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		raw, err := json.Marshal(v)
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		if err := os.WriteFile(filepath.Join(dir, name), raw, 0o600); err != nil {
			return err
		}
	}
	return nil
}

type vectors struct {
	Root    string   `json:"root"`
	Present []vector `json:"present"`
	Absent  []vector `json:"absent"`
}

type vector struct {
	Key   string `json:"key"`
	Value string `json:"value,omitempty"`
	Proof string `json:"proof"` // ics23.CommitmentProof
}

// proofs fills a store with keys of the ledger's own shapes, some of them prefixes of others, and proves each of them
// and the gaps before, between and after them.
func proofs() (any, error) {
	s, err := store.Open(dbm.NewMemDB(), store.Options{})
	if err != nil {
		return nil, err
	}
	b := s.Branch()
	var keys, gaps [][]byte
	for i := range 60 {
		id := fmt.Sprintf("caseificio-%d", i)
		keys = append(keys, statekey.Participant(id), statekey.Batch("08001234567897", fmt.Sprintf("L%d", i)))
		gaps = append(gaps, statekey.Participant(id+"x"), statekey.Product(fmt.Sprintf("%014d", i)))
	}
	gaps = append(gaps, []byte{0}, []byte("zzz"), []byte("registry/"))
	for i, k := range keys {
		if err := b.Set(k, fmt.Appendf(nil, "value %d", i)); err != nil {
			return nil, err
		}
	}
	if _, err := s.Prepare(1, b); err != nil {
		return nil, err
	}
	if err := s.Commit(); err != nil {
		return nil, err
	}
	out := vectors{Root: hex.EncodeToString(s.AppHash())}
	return out, s.View(func(v *store.View) error {
		for _, k := range keys {
			if err := out.prove(v, k); err != nil {
				return err
			}
		}
		for _, k := range gaps {
			if err := out.prove(v, k); err != nil {
				return err
			}
		}
		return nil
	})
}

func (out *vectors) prove(v *store.View, key []byte) error {
	value, err := v.Get(key)
	if err != nil {
		return err
	}
	p, err := v.Prove(key)
	if err != nil {
		return err
	}
	raw, err := p.Marshal()
	if err != nil {
		return err
	}
	one := vector{Key: hex.EncodeToString(key), Value: hex.EncodeToString(value), Proof: hex.EncodeToString(raw)}
	if value == nil {
		out.Absent = append(out.Absent, one)
	} else {
		out.Present = append(out.Present, one)
	}
	return nil
}

type keyVector struct {
	File    json.RawMessage `json:"file"`
	Private string          `json:"private"`
	Address string          `json:"address"`
}

// scryptN is the light cost, so that the check takes a moment and not a minute.
const scryptN = 4096

func keyFile() (any, error) {
	key, err := signingKey()
	if err != nil {
		return nil, err
	}
	file, err := keys.Encrypt(key, password, scryptN, 6)
	if err != nil {
		return nil, err
	}
	address, err := keys.Address(crypto.CompressPubkey(&key.PublicKey))
	return keyVector{file, "0x" + hex.EncodeToString(crypto.FromECDSA(key)), address}, err
}

type certificateVector struct {
	Compact string         `json:"compact"`
	JWK     credential.JWK `json:"jwk"`
	Kid     string         `json:"kid"`
	Issuer  string         `json:"issuer"`
}

func certificate() (any, error) {
	key, err := signingKey()
	if err != nil {
		return nil, err
	}
	a := &credential.Attestation{
		ID: "urn:uuid:0b9f6a4e-3c1d-4e7a-9b52-7f1d3c5a8e21", Issuer: "urn:filiera:filiera-interop:agenzia",
		ValidFrom: 1795392000, ValidUntil: 1826927999, SpecID: "ciauscolo-igp", SpecVersion: 1,
		Batches: []credential.CoveredBatch{{GTIN: "08001234567897", Lot: "L24123", Amount: 400000, Unit: "GRM"}},
		Points: []credential.Point{
			{ID: "maturing", Clause: "art. 5", Requirement: "Stagionatura di almeno 15 giorni", Basis: credential.Checked, Result: credential.Pass},
		},
	}
	kid := a.Issuer + "#main"
	compact, err := credential.Sign(a, kid, key, 1795424400)
	if err != nil {
		return nil, err
	}
	jwk, err := credential.PublicJWK(crypto.CompressPubkey(&key.PublicKey), kid)
	return certificateVector{compact, jwk, kid, a.Issuer}, err
}

// read opens the key file that ethers wrote and compares the key.
func read(dir string) error {
	var want struct {
		Private string          `json:"private"`
		File    json.RawMessage `json:"file"`
	}
	raw, err := os.ReadFile(filepath.Join(dir, "ethers.json"))
	if err != nil {
		return err
	}
	if err := json.Unmarshal(raw, &want); err != nil {
		return fmt.Errorf("ethers.json: %w", err)
	}
	key, err := keys.Decrypt(want.File, password)
	if err != nil {
		return fmt.Errorf("the key file made by ethers does not open: %w", err)
	}
	if got := "0x" + hex.EncodeToString(crypto.FromECDSA(key)); got != want.Private {
		return fmt.Errorf("the key file made by ethers opens to another key than ethers put there")
	}
	if _, err := keys.Decrypt(want.File, password+"!"); err == nil {
		return fmt.Errorf("the key file made by ethers opens with a wrong password")
	}
	fmt.Println("ok  a key file made by ethers opens in Filiera")
	return nil
}
