package credential

import (
	"bytes"
	"encoding/json"
	"time"
)

const (
	contextVC      = "https://www.w3.org/ns/credentials/v2"
	contextFiliera = "https://filiera.example/ns/attestation/v1"
	typeVC         = "VerifiableCredential"
	typeFiliera    = "ProductAttestation"
)

// The wire types fix the order of members, so that the same attestation, key
// and time always give the same certificate.
type wireCredential struct {
	Context    []string     `json:"@context"`
	ID         string       `json:"id"`
	Type       []string     `json:"type"`
	Issuer     string       `json:"issuer"`
	ValidFrom  string       `json:"validFrom"`
	ValidUntil string       `json:"validUntil"`
	Status     []wireStatus `json:"credentialStatus,omitempty"`
	Subject    wireSubject  `json:"credentialSubject"`
	IssuedAt   int64        `json:"iat"`
}

type wireSubject struct {
	Specification wireSpec       `json:"specification"`
	Batches       []wireBatch    `json:"batches"`
	Points        []wirePoint    `json:"points,omitempty"`
	Evidence      []wireEvidence `json:"evidence,omitempty"`
	Replaces      string         `json:"replaces,omitempty"`
}

type wireSpec struct {
	ID      string `json:"id"`
	Version uint32 `json:"version"`
}

type wireBatch struct {
	GTIN     string       `json:"gtin"`
	Lot      string       `json:"lot"`
	Quantity wireQuantity `json:"quantity"`
}

type wireQuantity struct {
	Amount int64  `json:"amount"`
	Unit   string `json:"unit"`
}

type wirePoint struct {
	ID          string `json:"id"`
	Clause      string `json:"clause"`
	Requirement string `json:"requirement"`
	Basis       Basis  `json:"basis"`
	Result      Result `json:"result"`
	Value       string `json:"value,omitempty"`
	Unit        string `json:"unit,omitempty"`
	Method      string `json:"method,omitempty"`
	Document    string `json:"document,omitempty"`
}

type wireEvidence struct {
	SHA256    string `json:"sha256"`
	Size      int64  `json:"size"`
	MediaType string `json:"mediaType"`
	Name      string `json:"name"`
}

// payload writes the credential object; a has been validated.
func (a *Attestation) payload(iat int64) ([]byte, error) {
	w := wireCredential{
		Context: []string{contextVC, contextFiliera}, ID: a.ID,
		Type: []string{typeVC, typeFiliera}, Issuer: a.Issuer,
		ValidFrom: formatTime(a.ValidFrom), ValidUntil: formatTime(a.ValidUntil),
		Subject: wireSubject{
			Specification: wireSpec{a.SpecID, a.SpecVersion},
			Replaces:      a.Replaces,
		},
		IssuedAt: iat,
	}
	if a.Status != nil {
		_, certifier, err := ParseIssuer(a.Issuer)
		if err != nil {
			return nil, err
		}
		w.Status = a.Status.entries(certifier)
	}
	for _, b := range a.Batches {
		w.Subject.Batches = append(w.Subject.Batches, wireBatch{b.GTIN, b.Lot, wireQuantity{b.Amount, b.Unit}})
	}
	for _, p := range a.Points {
		w.Subject.Points = append(w.Subject.Points, wirePoint(p))
	}
	for _, e := range a.Evidence {
		w.Subject.Evidence = append(w.Subject.Evidence, wireEvidence(e))
	}
	return marshal(w)
}

func marshal(v any) ([]byte, error) {
	var buf bytes.Buffer
	enc := json.NewEncoder(&buf)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return nil, err
	}
	return bytes.TrimSuffix(buf.Bytes(), []byte("\n")), nil
}

const timeLayout = "2006-01-02T15:04:05Z"

// formatTime writes Unix seconds as RFC 3339 in UTC.
func formatTime(sec int64) string { return time.Unix(sec, 0).UTC().Format(timeLayout) }
