package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"google.golang.org/protobuf/proto"

	privacyv1 "github.com/filiera-chain/filiera/api/privacy/v1"
	"github.com/filiera-chain/filiera/client"
	"github.com/filiera-chain/filiera/private"
)

func dataErase(e *env) *cobra.Command {
	cmd := e.leaf("erase ID", "data.erase.short", fmt.Sprintf(`
filiera data erase %[1]s --field price --reason "richiesta dell'interessato" --from pastificio --password-file password.txt
filiera data erase %[1]s --reason 'ended' --dry-run --from amap --password-file password.txt`, exampleCommitment), cobra.ExactArgs(1), e.runDataErase)
	cmd.Long = e.t("data.erase.long")
	cmd.Flags().StringArray("field", nil, e.t("flag.data-fields"))
	cmd.Flags().String("reason", "", e.t("flag.reason"))
	return e.changing(cmd)
}

// runDataErase shreds first and sends the receipt then: a receipt must be true
// when it is signed. Run again, it sends what was not sent.
func (e *env) runDataErase(cmd *cobra.Command, args []string) error {
	reason, _ := cmd.Flags().GetString("reason")
	if reason == "" {
		return usage("%s", e.t("need.flag", "reason"))
	}
	if e.v.GetBool("generate-only") { // a receipt signed elsewhere would say what nobody did
		return usage("%s", e.t("data.not.generate"))
	}
	name, err := private.ParseName(args[0], "x")
	if err != nil {
		return usageError{err}
	}
	m, err := e.me(cmd.Context())
	if err != nil {
		return err
	}
	d, err := m.client.Commitment(cmd.Context(), name.ID(), false)
	if notOnLedger(err) {
		chosen, _ := cmd.Flags().GetStringArray("field")
		return e.eraseUnknown(m, name, chosen)
	}
	if err != nil {
		return err
	}
	fields, receipt := e.receiptFor(cmd, m, d, name, reason)
	if len(fields) == 0 {
		return usage("%s", e.t("data.nothing.to.erase", m.participant, name.ID()))
	}
	if !e.v.GetBool("dry-run") {
		if err := e.shred(cmd.Context(), m, name, fields); err != nil {
			return err
		}
	}
	r, err := e.execute(cmd.Context(), receipt)
	if err != nil || r == nil {
		return err
	}
	return e.receipt(r)
}

// receiptFor is the act that says that fields are erased: of who committed, or
// of a holder.
func (e *env) receiptFor(cmd *cobra.Command, m *me, d *client.CommitmentDetail, name private.Name, reason string) ([]string, proto.Message) {
	if d.Commitment.Participant == m.participant {
		fields := fieldsOf(cmd, &d.Commitment, func(f *client.PrivateField) bool { return f.ErasedAt == 0 })
		return fields, &privacyv1.MsgErase{Commitment: name.Commitment[:], Fields: fields, Reason: reason}
	}
	fields := fieldsOf(cmd, &d.Commitment, func(f *client.PrivateField) bool {
		return slices.ContainsFunc(d.Holdings, func(h client.Holding) bool {
			return h.Field == f.Name && h.Participant == m.participant && h.ErasedAt == 0
		})
	})
	return fields, &privacyv1.MsgAcknowledgeErasure{Commitment: name.Commitment[:], Fields: fields, Reason: reason}
}

// shred erases what is left of the same values elsewhere first: afterwards
// nobody could tell what it was.
func (e *env) shred(ctx context.Context, m *me, name private.Name, fields []string) error {
	store, unlock, err := e.lockedStore(m)
	if err != nil {
		return err
	}
	defer unlock()
	copies, err := otherCopies(store, name, fields)
	if err != nil {
		return err
	}
	if err := e.eraseCopies(ctx, m, store, copies); err != nil {
		return err
	}
	for _, name.Field = range fields {
		had, err := store.Erase(name)
		if err != nil {
			return err
		}
		fmt.Fprintln(e.err, e.t(map[bool]string{true: "data.shredded", false: "data.was.not.kept"}[had], name.Field))
	}
	fmt.Fprintln(e.err, e.t("data.erase.papers"))
	return nil
}

// refusedByLedger tells that the act itself was refused, so that nothing is on
// the ledger. A transaction that is said to be used or late may have entered
// before its answer was lost.
func refusedByLedger(err error) bool {
	var no *client.Problem
	return errors.As(err, &no) && !no.NodeFault() && no.Code != "privacy.duplicate_commitment" &&
		(strings.HasPrefix(no.Code, "privacy.") || strings.HasPrefix(no.Code, "registry."))
}
