package main

import (
	"github.com/ethereum/go-ethereum/crypto"

	"github.com/filiera-chain/filiera/credential"
)

type statusListVector struct {
	Compact string         `json:"compact"`
	JWK     credential.JWK `json:"jwk"`
	// Certificate names its index in the list.
	Certificate string `json:"certificate"`
	// Set and Clear are indexes of certificates that are revoked, and that are
	// not.
	Set   []uint32 `json:"set"`
	Clear []uint32 `json:"clear"`
}

// statusList signs a list of revoked certificates, and a certificate that is in
// it.
func statusList() (any, error) {
	key, err := signingKey()
	if err != nil {
		return nil, err
	}
	const base, issuer = "https://registro.example", "urn:filiera:filiera-interop:agenzia"
	out := statusListVector{Set: []uint32{0, 7, 8, 4711, credential.StatusListSize - 1}, Clear: []uint32{1, 6, 9, 4710, 4712, credential.StatusListSize - 2}}
	bits := new(credential.Bitstring)
	for _, i := range out.Set {
		bits.Set(i)
	}
	out.Compact, err = credential.SignStatusList(&credential.StatusList{
		Issuer: issuer, Base: base, List: 1, Purpose: credential.Revocation, ValidFrom: 1795392000, ValidUntil: 1826927999, TTL: 300_000, Bits: bits,
	}, issuer+"#main", key, 1795424400)
	if err != nil {
		return nil, err
	}
	out.Certificate, err = credential.Sign(&credential.Attestation{
		ID: "urn:uuid:0b9f6a4e-3c1d-4e7a-9b52-7f1d3c5a8e22", Issuer: issuer, ValidFrom: 1795392000, ValidUntil: 1826927999,
		SpecID: "ciauscolo-igp", SpecVersion: 1, Batches: []credential.CoveredBatch{{GTIN: "08001234567897", Lot: "L24124", Amount: 1, Unit: "GRM"}},
		Status: &credential.Status{Base: base, List: 1, Index: 4711},
	}, issuer+"#main", key, 1795424400)
	if err != nil {
		return nil, err
	}
	out.JWK, err = credential.PublicJWK(crypto.CompressPubkey(&key.PublicKey), issuer+"#main")
	return out, err
}
