package credential

import (
	_ "embed" // holds the context
	"slices"
)

//go:embed context/attestation-v1.jsonld
var attestationContext []byte

// Context is the JSON-LD context of certificates, the document that
// https://filiera.example/ns/attestation/v1 names.
func Context() []byte { return slices.Clone(attestationContext) }
