package registry

import (
	"encoding/hex"

	"github.com/ethereum/go-ethereum/crypto"

	registryv1 "github.com/filiera-chain/filiera/api/registry/v1"
	"github.com/filiera-chain/filiera/envelope"
	"github.com/filiera-chain/filiera/gs1"
	"github.com/filiera-chain/filiera/module"
)

// Bounds of what one record may hold.
const (
	maxReason       = 500
	maxScope        = 300
	maxGrants       = 200
	maxHistory      = 100
	maxAlternateIDs = 10
)

// CheckID refuses a participant id of the wrong shape.
func CheckID(field, id string) error { return shape(module.CheckSlug(field, id, 3, 40)) }

// CheckSpecificationID refuses a specification id of the wrong shape.
func CheckSpecificationID(field, id string) error { return shape(module.CheckSlug(field, id, 3, 64)) }

func shape(err error) error {
	if err != nil {
		return ErrShape.With("%v", err)
	}
	return nil
}

func checkReason(s string) error { return shape(module.CheckText("reason", s, 3, maxReason)) }

func checkGrant(g *registryv1.NewGrant) error {
	if g == nil {
		return ErrShape.With("grant is missing")
	}
	if _, known := registryv1.Role_name[int32(g.GetRole())]; !known || g.GetRole() == registryv1.Role_ROLE_UNSPECIFIED {
		return ErrShape.With("role %d is not a role; write authority, certifier, producer, processor, carrier, distributor, auditor or operator", g.GetRole())
	}
	if g.GetRole() == registryv1.Role_ROLE_AUTHORITY {
		return ErrByProposal.With("the authority role is given by proposal: submit admit_authority")
	}
	if len(g.GetSpecifications()) > maxScope || len(g.GetPlaces()) > maxScope {
		return ErrShape.With("a grant names at most %d specifications and %d places", maxScope, maxScope)
	}
	for _, s := range g.GetSpecifications() {
		if err := CheckSpecificationID("specification in scope", s); err != nil {
			return err
		}
	}
	for _, p := range g.GetPlaces() {
		if err := shape(module.CheckMunicipality("place in scope", p)); err != nil {
			return err
		}
	}
	return shape(module.CheckSpan("grant validity", g.GetValidFrom(), g.GetValidUntil()))
}

func checkNewKey(k *registryv1.NewKey) error {
	if k == nil {
		return ErrShape.With("key is missing")
	}
	if err := shape(module.CheckSlug("key label", k.GetLabel(), 1, 40)); err != nil {
		return err
	}
	if _, err := crypto.DecompressPubkey(k.GetPublicKey()); err != nil {
		return ErrShape.With("key %s: the public key is not a compressed secp256k1 point of 33 bytes", k.GetLabel())
	}
	if len(k.GetProof()) != crypto.SignatureLength {
		return ErrKeyProof.With("key %s: the proof has %d bytes; it takes %d", k.GetLabel(), len(k.GetProof()), crypto.SignatureLength)
	}
	return nil
}

// provenAddress gives the address of a new key once its proof holds.
func provenAddress(chainID, participant string, k *registryv1.NewKey) ([]byte, error) {
	pub, err := crypto.DecompressPubkey(k.GetPublicKey())
	if err != nil {
		return nil, ErrShape.With("key %s: the public key is not a point", k.GetLabel())
	}
	address := crypto.PubkeyToAddress(*pub).Bytes()
	signer, err := envelope.RecoverAddress(envelope.KeyProofDigest(chainID, participant, k.GetLabel()), k.GetProof())
	if err != nil || string(signer) != string(address) {
		return nil, ErrKeyProof.With("key %s did not sign that it speaks for %s on %s; make the request again with the key itself", k.GetLabel(), participant, chainID)
	}
	return address, nil
}

func checkAlternateID(a *registryv1.AlternateID) error {
	switch a.GetScheme() {
	case registryv1.AlternateIDScheme_ALTERNATE_ID_SCHEME_VAT_IT:
		return CheckVAT(a.GetValue())
	case registryv1.AlternateIDScheme_ALTERNATE_ID_SCHEME_GLN:
		if got, err := gs1.ParseGLN(a.GetValue()); err != nil || got != a.GetValue() {
			return ErrAlternateID.With("GLN %q: write 13 digits with the right check digit", a.GetValue())
		}
		return nil
	case registryv1.AlternateIDScheme_ALTERNATE_ID_SCHEME_FISCAL_CODE_COMMITMENT:
		// Sixteen characters would be the fiscal code itself: personal data.
		if b, err := hex.DecodeString(a.GetValue()); err != nil || len(b) != 32 || hex.EncodeToString(b) != a.GetValue() {
			return ErrAlternateID.With("a fiscal code stands on the ledger only as a salted commitment: 64 lower-case hexadecimal digits")
		}
		return nil
	default:
		return ErrAlternateID.With("alternate id scheme %d is not known; use VAT number, GLN or fiscal code commitment", a.GetScheme())
	}
}

// CheckVAT refuses an Italian VAT number (partita IVA) whose 11 digits fail
// the control digit: digits in even places are doubled, less 9 above 9, and the
// sum of all must end in zero (D.P.R. 633/1972 art. 35; the arithmetic is that
// of the Agenzia delle Entrate's published algorithm).
func CheckVAT(s string) error {
	if len(s) != 11 {
		return ErrAlternateID.With("VAT number %q has %d characters; write 11 digits without IT", clip(s), len(s))
	}
	sum := 0
	for i := range 11 {
		d := int(s[i]) - '0'
		if d < 0 || d > 9 {
			return ErrAlternateID.With("VAT number %q holds %q; write 11 digits", clip(s), s[i])
		}
		if i%2 == 1 {
			if d *= 2; d > 9 {
				d -= 9
			}
		}
		sum += d
	}
	if sum%10 != 0 || s == "00000000000" {
		return ErrAlternateID.With("VAT number %s fails its check digit; look at it again", s)
	}
	return nil
}

func clip(s string) string {
	if len(s) > 30 {
		return s[:30] + "…"
	}
	return s
}
