package main

import (
	"context"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/ethereum/go-ethereum/crypto"
	"github.com/spf13/cobra"

	"github.com/filiera-chain/filiera/client"
	"github.com/filiera-chain/filiera/credential"
)

// certReport is the answer of cert verify.
type certReport struct {
	OK            bool   `json:"ok"`
	Signature     string `json:"signature"`
	ID            string `json:"id"`
	Issuer        string `json:"issuer"`
	KeyLabel      string `json:"key_label"`
	IssuedAt      string `json:"issued_at"`
	SHA256        string `json:"credential_sha256"`
	ValidNow      bool   `json:"valid_now"`
	Status        string `json:"ledger_status,omitempty"`
	StatusReason  string `json:"ledger_reason,omitempty"`
	KeyFrom       string `json:"key_from"`
	AskedTheNode  bool   `json:"asked_the_node"`
	LedgerMatches bool   `json:"ledger_matches,omitempty"`
}

func certVerify(e *env) *cobra.Command {
	cmd := e.leaf("verify FILE", "cert.verify.short", `
filiera cert verify certificate.jwt --public-key amap.jwk.json
filiera cert verify certificate.jwt --participant-file amap-apc.json`, cobra.ExactArgs(1), e.runCertVerify)
	cmd.Flags().String("public-key", "", e.t("flag.public-key"))
	cmd.Flags().String("participant-file", "", e.t("flag.participant-file"))
	cmd.Flags().Bool("ask-node", false, e.t("flag.ask-node"))
	return cmd
}

// runCertVerify checks the signature. With a key at hand no node is needed;
// without one, the node gives the certifier's keys and the ledger's status.
func (e *env) runCertVerify(cmd *cobra.Command, args []string) error {
	c, err := e.readCertificate(args[0])
	if err != nil {
		return err
	}
	keyFile, _ := cmd.Flags().GetString("public-key")
	participantFile, _ := cmd.Flags().GetString("participant-file")
	askNode, _ := cmd.Flags().GetBool("ask-node")
	offline := keyFile != "" || participantFile != ""
	hash := c.Hash()
	r := &certReport{
		ID: c.Attestation.ID, Issuer: c.Attestation.Issuer, KeyLabel: c.KeyLabel,
		IssuedAt: utc(c.IssuedAt), SHA256: hex.EncodeToString(hash[:]),
	}
	now := e.now().Unix()
	r.ValidNow = now >= c.Attestation.ValidFrom && now < c.Attestation.ValidUntil
	pub, from, err := e.certifierKey(cmd.Context(), c, keyFile, participantFile)
	if err != nil {
		return err
	}
	r.KeyFrom = from
	if err := c.Verify(pub); err != nil {
		r.Signature = err.Error()
	} else {
		r.OK, r.Signature = true, "valid"
	}
	if r.OK && (askNode || !offline) {
		if err := e.askStatus(cmd.Context(), r); err != nil {
			return err
		}
	}
	return e.printCertReport(r, &c.Attestation)
}

func (e *env) certifierKey(ctx context.Context, c *credential.Credential, keyFile, participantFile string) (pub []byte, from string, err error) {
	if keyFile != "" {
		pub, err = e.readPublicKey(keyFile)
		return pub, keyFile, err
	}
	var p client.Participant
	_, id, err := credential.ParseIssuer(c.Attestation.Issuer)
	if err != nil {
		return nil, "", usageError{err}
	}
	if participantFile != "" {
		from = participantFile
		data, err := e.readInput(participantFile, maxKeyFile)
		if err != nil {
			return nil, "", err
		}
		if err := json.Unmarshal(data, &p); err != nil {
			return nil, "", usage("%s is not what `filiera participant show ID -o json` prints: %v", participantFile, err)
		}
	} else {
		cl, err := e.client()
		if err != nil {
			return nil, "", err
		}
		got, err := cl.Participant(ctx, id)
		if err != nil {
			return nil, "", err
		}
		p, from = *got, cl.URL()
	}
	if p.ID != id {
		return nil, "", usage("%s", e.t("cert.other.issuer", id, p.ID))
	}
	for _, k := range p.Keys {
		if k.Label == c.KeyLabel {
			pub, err := k.PublicBytes()
			return pub, from, err
		}
	}
	return nil, "", &client.Problem{Status: 422, Code: "cert.unknown_key", Detail: e.t("cert.no.key", id, c.KeyLabel)}
}

// readPublicKey reads a JWK, the .pub.json of a key folder, or hex digits.
func (e *env) readPublicKey(path string) ([]byte, error) {
	data, err := e.readInput(path, maxKeyFile)
	if err != nil {
		return nil, err
	}
	var doc struct {
		credential.JWK
		PublicKey string `json:"public_key"`
	}
	text := strings.TrimSpace(string(data))
	if json.Unmarshal(data, &doc) == nil {
		if doc.Kty != "" {
			return fromJWK(path, doc.JWK)
		}
		text = doc.PublicKey
	}
	pub, err := hex.DecodeString(strings.TrimPrefix(text, "0x"))
	if err != nil || len(pub) != 33 {
		return nil, usage("%s holds no public key: give a JWK, the .pub.json of a key, or 66 hexadecimal digits", path)
	}
	return pub, nil
}

// fromJWK gives the compressed point of a secp256k1 JWK (RFC 8812 section 3.1).
func fromJWK(path string, k credential.JWK) ([]byte, error) {
	x, err1 := base64.RawURLEncoding.DecodeString(k.X)
	y, err2 := base64.RawURLEncoding.DecodeString(k.Y)
	if k.Kty != "EC" || k.Crv != "secp256k1" || err1 != nil || err2 != nil || len(x) != 32 || len(y) != 32 {
		return nil, usage("%s is not a JWK of a secp256k1 public key", path)
	}
	pub, err := crypto.UnmarshalPubkey(append(append([]byte{4}, x...), y...))
	if err != nil {
		return nil, usage("%s: %v", path, err)
	}
	return crypto.CompressPubkey(pub), nil
}

// askStatus adds what the ledger says of the attestation.
func (e *env) askStatus(ctx context.Context, r *certReport) error {
	cl, err := e.client()
	if err != nil {
		return err
	}
	r.AskedTheNode = true
	a, err := cl.Attestation(ctx, r.ID)
	if client.IsNotFound(err) {
		r.Status = "not_submitted"
		return nil
	}
	if err != nil {
		return err
	}
	r.Status = a.Status()
	if n := len(a.History); n > 0 {
		r.StatusReason = a.History[n-1].Reason
	}
	r.LedgerMatches = strings.EqualFold(a.CredentialSHA256, r.SHA256)
	r.OK = r.LedgerMatches
	return nil
}

func (e *env) printCertReport(r *certReport, a *credential.Attestation) error {
	err := e.print(r, func(t *table) {
		if r.Signature == "valid" {
			t.line(e.t("signature"), e.t("signature.valid", r.KeyFrom))
		} else {
			t.line(e.t("signature"), e.t("signature.bad", r.Signature))
		}
		e.drawAttestation(t, a)
		t.line(e.t("issued"), r.IssuedAt)
		t.line(e.t("valid.now"), e.yesNo(r.ValidNow))
		switch {
		case !r.AskedTheNode:
			t.line(e.t("ledger"), e.t("ledger.not.asked"))
		case r.Status == "not_submitted":
			t.line(e.t("ledger"), e.t("ledger.not.submitted"))
		case !r.LedgerMatches:
			t.line(e.t("ledger"), e.t("ledger.differs"))
		default:
			t.line(e.t("ledger"), strings.TrimSpace(r.Status+"  "+r.StatusReason))
		}
	})
	if err != nil {
		return err
	}
	if !r.OK {
		fmt.Fprintln(e.err, e.t("cert.failed"))
		return errUnverified
	}
	return nil
}
