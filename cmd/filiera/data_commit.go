package main

import (
	"cmp"
	"fmt"
	"io"
	"slices"

	"github.com/spf13/cobra"

	privacyv1 "github.com/filiera-chain/filiera/api/privacy/v1"
	"github.com/filiera-chain/filiera/client"
	"github.com/filiera-chain/filiera/commitment"
	"github.com/filiera-chain/filiera/private"
	"github.com/filiera-chain/filiera/x/privacy"
)

func dataCommit(e *env) *cobra.Command {
	cmd := e.leaf("commit [GTIN LOT]", "data.commit.short", `
filiera data commit 8012345678907 L26-001 --field price --file price.txt --as text --from pastificio --password-file password.txt
filiera data commit 8012345678907 L26-001 --field recipe --file recipe.txt --field price --file price.txt --from pastificio --password-file password.txt
filiera data commit --product 8012345678907 --field recipe --value-from-stdin --from pastificio --password-file password.txt`,
		cobra.MaximumNArgs(2), e.runDataCommit)
	cmd.Long = e.t("data.commit.long")
	f := cmd.Flags()
	e.subjectFlags(f)
	f.StringArray("field", nil, e.t("flag.data-field"))
	f.StringArray("file", nil, e.t("flag.data-file"))
	f.Bool("value-from-stdin", false, e.t("flag.value-from-stdin"))
	f.String("as", "", e.t("flag.data-as"))
	return e.changing(cmd)
}

// typed is a value as it was given, before it is committed to.
type typed struct {
	field string
	form  commitment.Form
	value []byte
}

// typedValues reads the values from files or standard input: a value in an
// argument would be seen by other users and kept by the shell.
func (e *env) typedValues(cmd *cobra.Command) ([]typed, error) {
	fields, _ := cmd.Flags().GetStringArray("field")
	files, _ := cmd.Flags().GetStringArray("file")
	stdin, _ := cmd.Flags().GetBool("value-from-stdin")
	as, _ := cmd.Flags().GetString("as")
	if len(fields) == 0 || stdin && (len(fields) != 1 || len(files) != 0) || !stdin && len(files) != len(fields) {
		return nil, usage("%s", e.t("data.need.value"))
	}
	if stdin {
		if e.v.GetString("password-file") == "-" {
			return nil, usage("%s", e.t("data.stdin.twice"))
		}
		files = []string{"-"}
	}
	var out []typed
	for i, field := range fields {
		if slices.ContainsFunc(out, func(t typed) bool { return t.field == field }) {
			return nil, usage("%s", e.t("data.field.twice", field))
		}
		form := commitment.Form(as)
		if as == "" {
			form = commitment.Bytes
			if stdin {
				form = commitment.Text
			}
		}
		raw, err := e.readInput(files[i], commitment.MaxValue)
		if err != nil {
			return nil, err
		}
		value, err := form.Canonical(raw)
		if err != nil {
			return nil, usage("%s: %v", files[i], err)
		}
		out = append(out, typed{field, form, value})
	}
	slices.SortFunc(out, func(a, b typed) int { return cmp.Compare(a.field, b.field) })
	return out, nil
}

// runDataCommit keeps the openings before it sends the commitment: a commitment
// whose opening is lost could never be shown. After an interruption the same
// values are committed to once: what is kept of them is taken up.
func (e *env) runDataCommit(cmd *cobra.Command, args []string) error {
	if e.v.GetBool("generate-only") { // it would be sent without its opening being kept
		return usage("%s", e.t("data.not.generate"))
	}
	subject, err := e.subject(cmd, args)
	if err != nil {
		return err
	}
	place, err := privacy.SubjectOf(subject)
	if err != nil {
		return usageError{err}
	}
	values, err := e.typedValues(cmd)
	if err != nil {
		return err
	}
	m, err := e.me(cmd.Context())
	if err != nil {
		return err
	}
	chain, err := e.chainID(cmd.Context())
	if err != nil {
		return err
	}
	where := commitment.Place{ChainID: chain, Participant: m.participant, Subject: place}
	if e.v.GetBool("dry-run") {
		// Nothing is kept, so what was drawn is good for nothing but to look at.
		openings, err := e.draw(where, values)
		if err != nil {
			return err
		}
		fields, _ := recordOf(where, openings)
		_, err = e.execute(cmd.Context(), &privacyv1.MsgCommit{Subject: subject, Fields: fields})
		return err
	}
	store, unlock, err := e.lockedStore(m)
	if err != nil {
		return err
	}
	defer unlock()
	openings, err := keptBefore(store, where, values)
	if err != nil {
		return err
	}
	again := openings != nil
	if !again {
		if openings, err = e.draw(where, values); err != nil {
			return err
		}
	}
	fields, id := recordOf(where, openings)
	for _, o := range openings {
		if err := store.Put(private.Name{Commitment: id, Field: o.Field}, o); err != nil {
			return err
		}
	}
	name := private.Name{Commitment: id}.ID()
	if again {
		fmt.Fprintln(e.err, e.t("data.commit.again", name))
		if _, err := m.client.Commitment(cmd.Context(), name, false); err == nil {
			return e.printCommitted(name, nil)
		} else if !notOnLedger(err) {
			return err
		}
	}
	r, err := e.execute(cmd.Context(), &privacyv1.MsgCommit{Subject: subject, Fields: fields})
	if refusedByLedger(err) {
		for _, o := range openings {
			if _, gone := store.Erase(private.Name{Commitment: id, Field: o.Field}); gone != nil {
				return gone
			}
		}
	}
	if err != nil {
		return err
	}
	return e.printCommitted(name, r)
}

func (e *env) printCommitted(name string, r *client.TxResult) error {
	shown := map[string]any{"commitment": name}
	if r != nil {
		shown["tx"] = r
	}
	return e.print(shown, func(t *table) {
		t.line(e.t("data.commitment"), name)
		if r != nil {
			e.drawTx(t, r)
		}
	})
}

// draw draws a salt for each value.
func (e *env) draw(where commitment.Place, values []typed) (openings []*commitment.Opening, err error) {
	for _, v := range values {
		o := &commitment.Opening{Place: where, Form: v.form, Value: v.value}
		o.Field = v.field
		if _, err := io.ReadFull(e.random, o.Salt[:]); err != nil {
			return nil, fmt.Errorf("draw a salt: %w", err)
		}
		openings = append(openings, o)
	}
	return openings, nil
}

// recordOf gives the fields of the record of openings in order of name, and the
// id that it has.
func recordOf(where commitment.Place, openings []*commitment.Opening) (fields []*privacyv1.NewField, id [commitment.Size]byte) {
	var named []commitment.Named
	for _, o := range openings {
		sum := o.Commitment()
		fields = append(fields, &privacyv1.NewField{Name: o.Field, Commitment: sum[:]})
		named = append(named, commitment.Named{Name: o.Field, Commitment: sum[:]})
	}
	return fields, commitment.ID(where.ChainID, where.Participant, where.Subject, named)
}
