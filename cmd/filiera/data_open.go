package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"
	"google.golang.org/protobuf/proto"

	privacyv1 "github.com/filiera-chain/filiera/api/privacy/v1"
	"github.com/filiera-chain/filiera/client"
	"github.com/filiera-chain/filiera/commitment"
	"github.com/filiera-chain/filiera/module/statekey"
	"github.com/filiera-chain/filiera/private"
	"github.com/filiera-chain/filiera/verify"
)

func dataOpen(e *env) *cobra.Command {
	cmd := e.leaf("open FILE|ID", "data.open.short", `
filiera data open sealed.json --from amap --password-file password.txt
filiera data open sealed.json --keep --trust-hash "$(cat trust-hash.txt)" --from amap --password-file password.txt
filiera data open `+exampleCommitment+` --field price --from pastificio --password-file password.txt`, cobra.ExactArgs(1), e.runDataOpen)
	cmd.Long = e.t("data.open.long")
	f := cmd.Flags()
	f.String("field", "", e.t("flag.data-open-field"))
	f.Bool("keep", false, e.t("flag.data-keep"))
	f.String("out", "", e.t("flag.data-value-out"))
	f.String("trust-hash", "", e.t("flag.trust-hash"))
	f.String("trust-hash-file", "", e.t("flag.trust-hash-file"))
	f.String("genesis", "", e.t("flag.genesis"))
	return cmd
}

// runDataOpen shows a value after it was held to the ledger's own commitment.
func (e *env) runDataOpen(cmd *cobra.Command, args []string) error {
	ctx := cmd.Context()
	field, _ := cmd.Flags().GetString("field")
	var sealed *private.Package
	name, notID := private.ParseName(args[0], "x")
	if notID != nil {
		raw, err := e.readInput(args[0], private.MaxPackage+1024)
		if err != nil {
			return err
		}
		if sealed, err = private.DecodePackage(raw); err != nil {
			return usage("%s: %v", args[0], err)
		}
		if name, err = sealed.Name(); err != nil {
			return usageError{err}
		}
	} else if name.Field = field; field == "" {
		return usage("%s", e.t("need.flag", "field"))
	}
	m, err := e.me(ctx)
	if err != nil {
		return err
	}
	record, trustedNode, err := e.provenCommitment(cmd, m.client, name)
	if err != nil {
		return err
	}
	o, err := e.opening(m, name, sealed)
	if err != nil {
		return err
	}
	if err := opens(o, record, name); err != nil {
		fmt.Fprintln(e.err, e.t("data.does.not.open", err))
		return errUnverified
	}
	if keep, _ := cmd.Flags().GetBool("keep"); keep {
		if err := e.keep(m, name, o, record); err != nil {
			return err
		}
	}
	return e.printOpening(cmd, o, record, trustedNode)
}

// opening takes it from the package, or from what I keep.
func (e *env) opening(m *me, name private.Name, sealed *private.Package) (*commitment.Opening, error) {
	if sealed != nil {
		o, err := sealed.Open(m.key)
		if err != nil {
			return nil, usageError{err}
		}
		return o, nil
	}
	store, err := e.openStore(m)
	if err != nil {
		return nil, err
	}
	o, err := store.Get(name)
	if errors.Is(err, private.ErrNotKept) {
		return nil, usageError{err}
	}
	return o, err
}

// provenCommitment gives the record as the ledger proves it. Without a trusted
// hash the proof is held to the hash that the same node gives.
func (e *env) provenCommitment(cmd *cobra.Command, c *client.Client, name private.Name) (*privacyv1.Commitment, bool, error) {
	trust, trusted, err := e.trust(cmd)
	if err != nil {
		return nil, false, err
	}
	d, err := c.Commitment(cmd.Context(), name.ID(), true)
	if err != nil {
		return nil, false, err
	}
	if !trusted {
		if trust, err = e.nodesTrust(cmd.Context(), c); err != nil {
			return nil, false, err
		}
	}
	values, _, err := verify.CheckRecordProof(d.Proof, trust, statekey.Commitment(name.Commitment[:]))
	if err != nil {
		fmt.Fprintln(e.err, err)
		return nil, false, errUnverified
	}
	record := new(privacyv1.Commitment)
	if values[0] == nil || proto.Unmarshal(values[0], record) != nil {
		fmt.Fprintln(e.err, e.t("data.no.record", name.ID()))
		return nil, false, errUnverified
	}
	return record, !trusted, nil
}

// opens holds an opening to a record: its field, and the record's own words.
func opens(o *commitment.Opening, c *privacyv1.Commitment, name private.Name) error {
	if o.ChainID != c.GetChainId() || o.Participant != c.GetParticipant() || o.Field != name.Field {
		return fmt.Errorf("it is of %s on %s, and the record of %s on %s", o.Participant, o.ChainID, c.GetParticipant(), c.GetChainId())
	}
	for _, f := range c.GetFields() {
		if f.GetName() == name.Field {
			return o.Check(f.GetCommitment())
		}
	}
	return fmt.Errorf("the record has no field %s", name.Field)
}

// keep puts an opening of somebody else's field beside my own, unless it is
// erased.
func (e *env) keep(m *me, name private.Name, o *commitment.Opening, c *privacyv1.Commitment) error {
	for _, f := range c.GetFields() {
		if f.GetName() == name.Field && f.GetErasedAt() != 0 {
			return usage("%s", e.t("data.keep.erased", name.Field, client.Instant(f.GetErasedAt()).String()))
		}
	}
	store, unlock, err := e.lockedStore(m)
	if err != nil {
		return err
	}
	defer unlock()
	return store.Put(name, o)
}

// opened is an opening for programs.
type opened struct {
	Commitment  string         `json:"commitment"`
	Participant string         `json:"participant"`
	Subject     string         `json:"subject"`
	Field       string         `json:"field"`
	Form        string         `json:"form"`
	CommittedAt client.Instant `json:"committed_at"`
	ErasedAt    client.Instant `json:"erased_at,omitempty"`
	Text        *string        `json:"text,omitempty"`
	Bytes       []byte         `json:"bytes,omitempty"`
	TrustedNode bool           `json:"trusted_node"`
}

func (e *env) printOpening(cmd *cobra.Command, o *commitment.Opening, c *privacyv1.Commitment, trustedNode bool) error {
	out, _ := cmd.Flags().GetString("out")
	if out != "" {
		return e.writeOut(cmd, o.Value, 0o600)
	}
	v := opened{
		Commitment: fmt.Sprintf("%x", c.GetId()), Participant: o.Participant, Subject: string(o.Subject), Field: o.Field, Form: string(o.Form),
		CommittedAt: client.Instant(c.GetCommittedAt()), TrustedNode: trustedNode,
	}
	for _, f := range c.GetFields() {
		if f.GetName() == o.Field {
			v.ErasedAt = client.Instant(f.GetErasedAt())
		}
	}
	if text := string(o.Value); o.Form == commitment.Text {
		v.Text = &text
	} else {
		v.Bytes = o.Value
	}
	return e.print(v, func(t *table) {
		t.line(e.t("data.commitment"), v.Commitment)
		t.line(e.t("data.participant"), v.Participant)
		t.line(e.t("data.subject"), v.Subject)
		t.line(e.t("data.committed"), v.CommittedAt)
		t.line(e.t("data.erased"), v.ErasedAt)
		if v.Text != nil {
			t.line(o.Field, *v.Text)
		} else {
			t.line(o.Field, e.t("data.bytes", len(o.Value)))
		}
		t.line(e.t("data.proof"), e.t(map[bool]string{true: "data.proof.node", false: "data.proof.trusted"}[trustedNode]))
	})
}

func dataFetch(e *env) *cobra.Command {
	cmd := e.leaf("fetch", "data.fetch.short", "filiera data fetch --out packages --from amap --password-file password.txt", cobra.NoArgs, e.runDataFetch)
	cmd.Flags().String("out", ".", e.t("flag.data-out"))
	cmd.Flags().Bool("remove", false, e.t("flag.data-remove"))
	return cmd
}

// runDataFetch takes what waits in the node's mailbox. What is refused, as a
// package whose grant has ended, keeps no other from being taken.
func (e *env) runDataFetch(cmd *cobra.Command, _ []string) error {
	m, err := e.me(cmd.Context())
	if err != nil {
		return err
	}
	waiting, err := m.client.Packages(cmd.Context(), m.key)
	if err != nil {
		return err
	}
	out, _ := cmd.Flags().GetString("out")
	remove, _ := cmd.Flags().GetBool("remove")
	files := []string{}
	var refused error
	for _, w := range waiting {
		file, err := e.fetchOne(cmd.Context(), m, w, out, remove)
		var no *client.Problem
		if errors.As(err, &no) && !no.NodeFault() {
			if refused != nil {
				fmt.Fprintln(e.err, refused)
			}
			refused = err
			continue
		}
		if err != nil {
			return err
		}
		files = append(files, file)
	}
	if refused != nil && len(files) == 0 {
		return refused
	}
	if err := e.print(map[string]any{"files": files}, func(t *table) {
		for _, f := range files {
			t.line(e.t("data.package"), f)
		}
		if len(files) == 0 {
			t.line(e.t("data.package"), e.t("data.none.waits"))
		}
	}); err != nil {
		return err
	}
	return refused
}

func (e *env) fetchOne(ctx context.Context, m *me, w client.WaitingPackage, out string, remove bool) (string, error) {
	raw, err := m.client.Package(ctx, m.key, w.ID)
	if err != nil {
		return "", err
	}
	p, err := private.DecodePackage(raw)
	if err != nil {
		return "", fmt.Errorf("%s gave something else than a package: %w", m.client.URL(), err)
	}
	file, err := writePackage(out, p, raw)
	if err == nil && remove {
		err = m.client.RemovePackage(ctx, m.key, w.ID)
	}
	return file, err
}
