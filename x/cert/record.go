package cert

import (
	"encoding/hex"

	basev1 "github.com/filiera-chain/filiera/api/base/v1"
	certv1 "github.com/filiera-chain/filiera/api/cert/v1"
	"github.com/filiera-chain/filiera/credential"
)

var bases = map[credential.Basis]certv1.Basis{
	credential.Declared: certv1.Basis_BASIS_DECLARED,
	credential.Checked:  certv1.Basis_BASIS_CHECKED,
	credential.Measured: certv1.Basis_BASIS_MEASURED,
}

var results = map[credential.Result]certv1.Result{
	credential.Pass:          certv1.Result_RESULT_PASS,
	credential.Fail:          certv1.Result_RESULT_FAIL,
	credential.NotApplicable: certv1.Result_RESULT_NOT_APPLICABLE,
}

// record writes a certificate as the ledger keeps it, without history.
func record(c *credential.Credential, certifier string) *certv1.Attestation {
	hash := c.Hash()
	a := &certv1.Attestation{
		Id: c.Attestation.ID, Certifier: certifier, Specification: c.Attestation.SpecID, SpecificationVersion: c.Attestation.SpecVersion,
		ValidFrom: c.Attestation.ValidFrom, ValidUntil: c.Attestation.ValidUntil, KeyLabel: c.KeyLabel, CredentialSha256: hash[:],
		Replaces: c.Attestation.Replaces,
	}
	if s := c.Attestation.Status; s != nil {
		a.StatusUrl, a.StatusList, a.StatusIndex = s.Base, s.List, s.Index
	}
	for _, b := range c.Attestation.Batches {
		a.Batches = append(a.Batches, &certv1.CoveredBatch{
			Batch:    &basev1.BatchID{Gtin: b.GTIN, Lot: b.Lot},
			Quantity: &basev1.Quantity{Amount: b.Amount, Unit: b.Unit},
		})
	}
	for _, p := range c.Attestation.Points {
		a.Points = append(a.Points, &certv1.Point{
			Id: p.ID, Clause: p.Clause, Text: p.Requirement, Basis: bases[p.Basis], Result: results[p.Result],
			Value: p.Value, Unit: p.Unit, Method: p.Method,
		})
	}
	for _, e := range c.Attestation.Evidence {
		sum, _ := hex.DecodeString(e.SHA256) // Parse held it to 64 hexadecimal digits
		a.Evidence = append(a.Evidence, &certv1.Evidence{Sha256: sum, Size: e.Size, MediaType: e.MediaType, Name: e.Name})
	}
	return a
}
