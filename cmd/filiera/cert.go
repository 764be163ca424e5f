package main

import (
	"strings"

	"github.com/spf13/cobra"
	"google.golang.org/protobuf/proto"

	certv1 "github.com/filiera-chain/filiera/api/cert/v1"
	"github.com/filiera-chain/filiera/client"
	"github.com/filiera-chain/filiera/credential"
)

func certCommand(e *env) *cobra.Command {
	return e.group("cert", "cert.short",
		certSign(e), certSubmit(e), certVerify(e), certShow(e), certList(e),
		certSuspend(e),
		certChange(e, "reinstate", func(id, r string) proto.Message { return &certv1.MsgReinstate{Attestation: id, Reason: r} }),
		certChange(e, "revoke", func(id, r string) proto.Message { return &certv1.MsgRevoke{Attestation: id, Reason: r} }),
		certReduce(e), certCountersign(e), certTotals(e), certStatusList(e), certRequests(e), certLab(e),
	)
}

const exampleAttestation = "urn:uuid:6fd1b1c4-0d2a-4f63-9a1f-5b8a4a0c2e11"

// certChange is a command that changes the state of one attestation, named by
// its id or by the certificate's file.
func certChange(e *env, verb string, act func(id, reason string) proto.Message) *cobra.Command {
	return reasoned(e, verb+" ID", "cert."+verb+".short",
		"filiera cert "+verb+" "+exampleAttestation+" --reason 'verifica supplementare' --from amap --password-file password.txt",
		func(_ *cobra.Command, args []string, reason string) (proto.Message, error) {
			id, err := e.attestationID(args[0])
			if err != nil {
				return nil, err
			}
			return act(id, reason), nil
		})
}

// attestationID takes an id as it is, a bare UUID, or a certificate's file.
func (e *env) attestationID(s string) (string, error) {
	switch {
	case strings.HasPrefix(s, "urn:uuid:"):
		return s, nil
	case len(s) == 36 && strings.Count(s, "-") == 4:
		return "urn:uuid:" + strings.ToLower(s), nil
	}
	c, err := e.readCertificate(s)
	if err != nil {
		return "", err
	}
	return c.Attestation.ID, nil
}

// readCertificate reads a certificate's file; space around it, as editors and
// mail programs leave, is no part of it.
func (e *env) readCertificate(path string) (*credential.Credential, error) {
	data, err := e.readInput(path, credential.MaxSize+1024)
	if err != nil {
		return nil, err
	}
	c, err := credential.Parse([]byte(strings.TrimSpace(string(data))))
	if err != nil {
		return nil, usage("%s: %v", path, err)
	}
	return c, nil
}

func certSubmit(e *env) *cobra.Command {
	cmd := e.leaf("submit FILE", "cert.submit.short",
		"filiera cert submit certificate.jwt --from pastificio --password-file password.txt", cobra.ExactArgs(1),
		func(cmd *cobra.Command, args []string) error {
			c, err := e.readCertificate(args[0])
			if err != nil {
				return err
			}
			acts := []proto.Message{&certv1.MsgIssue{Credential: []byte(c.Compact)}}
			if id, _ := cmd.Flags().GetString("request"); id != "" {
				acts = append(acts, &certv1.MsgAnswerRequest{Request: id, Attestation: c.Attestation.ID})
			}
			return e.carry(cmd.Context(), acts...)
		})
	cmd.Flags().String("request", "", e.t("flag.answer-request"))
	return e.changing(cmd)
}

func certList(e *env) *cobra.Command {
	return listCommand(e, listing[client.Attestation]{
		path: "/v1/attestations", key: "cert.list.short", example: "filiera cert list --certifier amap-apc --status issued",
		filters: []string{"certifier", "specification", "gtin", "lot", "status"},
		head: []string{
			"ID", strings.ToUpper(e.t("certifier")), strings.ToUpper(e.t("specification")),
			strings.ToUpper(e.t("state")), strings.ToUpper(e.t("until")),
		},
		row: func(a *client.Attestation) []any {
			return []any{a.ID, a.Certifier, a.Specification, a.Status(), a.ValidUntil}
		},
	})
}

func certShow(e *env) *cobra.Command {
	path := func(args []string) (string, error) {
		id, err := e.attestationID(args[0])
		if err != nil {
			return "", err
		}
		return at("attestations")([]string{id})
	}
	return showCommand(e, "show ID", "cert.show.short", "filiera cert show "+exampleAttestation, 1, path,
		func(t *table, a *client.Attestation) {
			t.line("id", a.ID)
			t.line(e.t("certifier"), a.Certifier)
			t.line(e.t("specification"), a.Specification+"  "+e.t("version.n", int64(a.SpecificationVersion)))
			for _, b := range a.Batches {
				t.line(e.t("batch"), b.GTIN+"  "+b.Lot+"  "+e.amount(b.Quantity))
			}
			t.line(e.t("valid"), e.spanText(a.ValidFrom, a.ValidUntil))
			t.line(e.t("key"), a.KeyLabel)
			t.line(e.t("credential.hash"), a.CredentialSHA256)
			t.line(e.t("replaces"), a.Replaces)
			t.line(e.t("replaced.by"), a.ReplacedBy)
			t.line(e.t("submitted.by"), a.SubmittedBy)
			t.line(e.t("countersigned.by"), a.CountersignedBy)
			if a.StatusList > 0 {
				t.line(e.t("status.list"), e.t("status.index", a.StatusURL, int64(a.StatusList), int64(a.StatusIndex)))
			}
			for _, h := range a.History {
				t.line(h.Status, h.At.String()+"  "+h.Actor+"  "+h.Reason)
			}
		})
}
