package main

import (
	"context"
	"crypto/ecdsa"
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/filiera-chain/filiera/client"
	"github.com/filiera-chain/filiera/evidence"
	"github.com/filiera-chain/filiera/gs1"
	"github.com/filiera-chain/filiera/node"
	"github.com/filiera-chain/filiera/private"

	basev1 "github.com/filiera-chain/filiera/api/base/v1"
	privacyv1 "github.com/filiera-chain/filiera/api/privacy/v1"
)

func dataCommand(e *env) *cobra.Command {
	return e.group("data", "data.short",
		dataCommit(e), dataShare(e), dataOpen(e), dataFetch(e), dataErase(e), dataRevoke(e), dataList(e), dataReceipts(e), dataRekey(e))
}

const exampleCommitment = "4f1c9d5f0c7e0c5a5a3c2f1d8b7a69584736251403f2e1d0c9b8a7968574635f"

// dataFlags are those of the node that keeps packages and documents for others.
func dataFlags(e *env, f *pflag.FlagSet) {
	f.Bool("mailbox", false, e.t("flag.mailbox"))
	f.Bool("accept-documents", false, e.t("flag.accept-documents"))
	f.Int64("document-max-mib", 32, e.t("flag.document-max-mib"))
	f.Int64("document-quota-mib", 10<<10, e.t("flag.document-quota-mib"))
	f.StringSlice("document-types", evidence.DefaultTypes(), e.t("flag.document-types", strings.Join(evidence.Types(), ", ")))
	f.String("documents-s3", "", e.t("flag.documents-s3"))
	f.String("documents-s3-credentials", "", e.t("flag.documents-s3-credentials"))
}

// documents says where documents are, from the settings.
func (e *env) documents() node.Documents {
	return node.Documents{
		Accept: e.v.GetBool("accept-documents"), S3: e.v.GetString("documents-s3"), S3Credentials: e.v.GetString("documents-s3-credentials"),
		Limits: evidence.Limits{MaxBytes: e.v.GetInt64("document-max-mib") << 20, Quota: e.v.GetInt64("document-quota-mib") << 20, Types: e.v.GetStringSlice("document-types")},
	}
}

// me is who acts: a key and whose it is on the ledger.
type me struct {
	key         *ecdsa.PrivateKey
	participant string
	client      *client.Client
}

// me unlocks the key of --from and asks the ledger whose it is.
func (e *env) me(ctx context.Context) (*me, error) {
	key, _, err := e.unlock("")
	if err != nil {
		return nil, err
	}
	c, err := e.client()
	if err != nil {
		return nil, err
	}
	k, err := c.KeyOf(ctx, &key.PublicKey)
	if err != nil {
		return nil, err
	}
	return &me{key, k.Participant, c}, nil
}

// openStore opens my openings. The folder is named after the participant, whose
// name is a word without dots or slashes.
func (e *env) openStore(m *me) (*private.Store, error) {
	s, err := private.Open(filepath.Join(node.Home(e.home()).Private(), m.participant), m.key)
	if errors.Is(err, private.ErrOtherKey) {
		return nil, usageError{err}
	}
	return s, err
}

// subjectFlags name what a field is about; a batch is named by the arguments.
func (e *env) subjectFlags(f *pflag.FlagSet) {
	f.String("product", "", e.t("flag.data-product"))
	f.String("event", "", e.t("flag.data-event"))
	f.String("attestation", "", e.t("flag.data-attestation"))
}

// subject reads the one thing that a field is about.
func (e *env) subject(cmd *cobra.Command, args []string) (*privacyv1.Subject, error) {
	product, _ := cmd.Flags().GetString("product")
	event, _ := cmd.Flags().GetString("event")
	attestation, _ := cmd.Flags().GetString("attestation")
	named := 0
	for _, s := range []string{product, event, attestation, strings.Join(args, "")} {
		if s != "" {
			named++
		}
	}
	if named != 1 || len(args) == 1 {
		return nil, usage("%s", e.t("data.need.subject"))
	}
	switch {
	case product != "":
		id, err := gs1.ParseGTIN(product)
		if err != nil {
			return nil, usageError{err}
		}
		return &privacyv1.Subject{Of: &privacyv1.Subject_Product{Product: id}}, nil
	case event != "":
		n, err := private.ParseName(event, "x")
		if err != nil {
			return nil, usage("%s", e.t("data.bad.event", event))
		}
		return &privacyv1.Subject{Of: &privacyv1.Subject_Event{Event: n.Commitment[:]}}, nil
	case attestation != "":
		return &privacyv1.Subject{Of: &privacyv1.Subject_Attestation{Attestation: attestation}}, nil
	}
	id, err := gs1.ParseGTIN(args[0])
	if err != nil {
		return nil, usageError{err}
	}
	if _, err := gs1.ParseLot(args[1]); err != nil {
		return nil, usageError{err}
	}
	return &privacyv1.Subject{Of: &privacyv1.Subject_Batch{Batch: &basev1.BatchID{Gtin: id, Lot: args[1]}}}, nil
}

// fieldsOf are the fields named by --field, or all that choose takes; ascending.
func fieldsOf(cmd *cobra.Command, c *client.Commitment, choose func(*client.PrivateField) bool) []string {
	fields, _ := cmd.Flags().GetStringArray("field")
	if len(fields) == 0 {
		for i := range c.Fields {
			if choose(&c.Fields[i]) {
				fields = append(fields, c.Fields[i].Name)
			}
		}
	}
	slices.Sort(fields)
	return slices.Compact(fields)
}

func dataList(e *env) *cobra.Command {
	return listCommand(e, listing[client.Commitment]{
		path: "/v1/commitments", key: "data.list.short", example: "filiera data list --committed-by pastificio-example\nfiliera data list --subject batch/08012345678907/L26-001 --output json",
		filters: []string{"committed-by", "subject"},
		head:    []string{"ID", strings.ToUpper(e.t("data.participant")), strings.ToUpper(e.t("data.subject")), strings.ToUpper(e.t("data.fields")), strings.ToUpper(e.t("data.committed"))},
		row: func(c *client.Commitment) []any {
			return []any{c.ID, c.Participant, subjectWords(c.Subject), e.fieldWords(c), c.CommittedAt}
		},
	})
}

// fieldWords lists the fields of a record, and says which are erased.
func (e *env) fieldWords(c *client.Commitment) string {
	var out []string
	for _, f := range c.Fields {
		name := f.Name
		if f.ErasedAt != 0 {
			name += " (" + e.t("data.erased") + ")"
		}
		out = append(out, name)
	}
	return strings.Join(out, ", ")
}

// subjectWords is a subject in a few words.
func subjectWords(raw json.RawMessage) string {
	var s struct {
		Batch *struct {
			GTIN string `json:"gtin"`
			Lot  string `json:"lot"`
		} `json:"batch"`
		Event       string `json:"event"`
		Attestation string `json:"attestation"`
		Product     string `json:"product"`
	}
	if json.Unmarshal(raw, &s) != nil {
		return string(raw)
	}
	if s.Batch != nil {
		return s.Batch.GTIN + " " + s.Batch.Lot
	}
	return s.Event + s.Attestation + s.Product
}

func dataReceipts(e *env) *cobra.Command {
	path := func(args []string) (string, error) {
		if _, err := private.ParseName(args[0], "x"); err != nil {
			return "", usageError{err}
		}
		return at("commitments")(args)
	}
	return showCommand(e, "receipts ID", "data.receipts.short", "filiera data receipts "+exampleCommitment, 1, path,
		func(t *table, d *client.CommitmentDetail) {
			t.line("id", d.Commitment.ID)
			t.line(e.t("data.participant"), d.Commitment.Participant)
			t.line(e.t("data.subject"), subjectWords(d.Commitment.Subject))
			for _, f := range d.Commitment.Fields {
				t.line(e.t("data.field")+" "+f.Name, e.receiptWords(f.ErasedAt, f.ErasureKeyLabel, f.ErasureReason))
			}
			for _, g := range d.Grants {
				t.line(e.t("data.grant", int64(g.Number)), strings.Join(g.Fields, ", ")+" -> "+e.grantee(&g))
			}
			for _, h := range d.Holdings {
				t.line(e.t("data.holder")+" "+h.Participant, h.Field+"  "+h.DeliveredAt.String()+"  "+e.receiptWords(h.ErasedAt, h.ErasureKeyLabel, h.ErasureReason))
			}
		})
}

// receiptWords says since when, by which key and why an opening is erased.
func (e *env) receiptWords(at client.Instant, key, reason string) string {
	if at == 0 {
		return e.t("data.kept")
	}
	return e.t("data.erased") + " " + at.String() + "  " + e.t("key") + " " + key + "  " + reason
}

func (e *env) grantee(g *client.AccessGrant) string {
	to := g.Participant
	if g.Role != nil {
		to = strings.TrimSpace(string(g.Role.Role) + " " + g.Role.Specification)
	} else if to == "" {
		to = e.t("data.chain")
	}
	if g.ValidUntil != 0 {
		to += "  " + e.t("until") + " " + g.ValidUntil.String()
	}
	if g.RevokedAt != 0 {
		to += "  " + e.t("data.revoked") + " " + g.RevokedAt.String() + "  " + g.RevokedReason
	}
	return to
}

// dataRekey lets another key of the participant open its private data, as after
// a rotation.
func dataRekey(e *env) *cobra.Command {
	cmd := e.leaf("rekey KEY", "data.rekey.short", "filiera data rekey amap --from pastificio --password-file password.txt", cobra.ExactArgs(1),
		func(cmd *cobra.Command, args []string) error {
			m, err := e.me(cmd.Context())
			if err != nil {
				return err
			}
			fresh, _, err := e.unlock(args[0])
			if err != nil {
				return err
			}
			k, err := m.client.KeyOf(cmd.Context(), &fresh.PublicKey)
			if err != nil {
				return err
			}
			if k.Participant != m.participant {
				return usage("%s", e.t("data.rekey.other", args[0], k.Participant, m.participant))
			}
			if e.v.GetBool("dry-run") {
				return e.printNothingDone(args[0])
			}
			store, err := e.openStore(m)
			if err != nil {
				return err
			}
			if err := store.AddKey(fresh); err != nil {
				return err
			}
			fmt.Fprintln(e.err, e.t("data.rekeyed", args[0], m.participant))
			return nil
		})
	cmd.Flags().Bool("dry-run", false, e.t("flag.dry-run"))
	return cmd
}
