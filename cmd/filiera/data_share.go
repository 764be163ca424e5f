package main

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"

	"github.com/spf13/cobra"
	"google.golang.org/protobuf/proto"

	privacyv1 "github.com/filiera-chain/filiera/api/privacy/v1"
	registryv1 "github.com/filiera-chain/filiera/api/registry/v1"
	"github.com/filiera-chain/filiera/client"
	"github.com/filiera-chain/filiera/private"
)

// mostRecipients is how many participants packages are made for at once.
const mostRecipients = 500

func dataShare(e *env) *cobra.Command {
	cmd := e.leaf("share ID", "data.share.short", fmt.Sprintf(`
filiera data share %[1]s --field price --to amap-apc --from pastificio --password-file password.txt
filiera data share %[1]s --role certifier --specification maccheroncini-di-campofilone-igp --mailbox --from pastificio --password-file password.txt
filiera data share %[1]s --field price --chain --out packages --from pastificio --password-file password.txt`, exampleCommitment),
		cobra.ExactArgs(1), e.runDataShare)
	cmd.Long = e.t("data.share.long")
	f := cmd.Flags()
	f.StringArray("field", nil, e.t("flag.data-fields"))
	f.String("to", "", e.t("flag.data-to"))
	f.String("role", "", e.t("flag.data-role"))
	f.String("specification", "", e.t("flag.data-specification"))
	f.Bool("chain", false, e.t("flag.data-chain"))
	f.String("valid-until", "", e.t("flag.valid-until"))
	f.String("out", "", e.t("flag.data-out"))
	f.Bool("mailbox", false, e.t("flag.data-mailbox"))
	f.Bool("grant-only", false, e.t("flag.data-grant-only"))
	return e.changing(cmd)
}

// grantTo reads whom the grant is for.
func (e *env) grantTo(cmd *cobra.Command, m *privacyv1.MsgGrantAccess) error {
	to, _ := cmd.Flags().GetString("to")
	role, _ := cmd.Flags().GetString("role")
	spec, _ := cmd.Flags().GetString("specification")
	chain, _ := cmd.Flags().GetBool("chain")
	named := 0
	for _, yes := range []bool{to != "", role != "", chain} {
		if yes {
			named++
		}
	}
	if named != 1 || spec != "" && role == "" {
		return usage("%s", e.t("data.need.to"))
	}
	switch {
	case to != "":
		m.To = &privacyv1.MsgGrantAccess_Participant{Participant: to}
	case chain:
		m.To = &privacyv1.MsgGrantAccess_Chain{Chain: &privacyv1.ChainGrant{}}
	default:
		r := map[string]registryv1.Role{
			"certifier": registryv1.Role_ROLE_CERTIFIER, "authority": registryv1.Role_ROLE_AUTHORITY, "auditor": registryv1.Role_ROLE_AUDITOR,
		}[role]
		if r == 0 {
			return usage("%s", e.t("data.bad.role", role))
		}
		m.To = &privacyv1.MsgGrantAccess_Role{Role: &privacyv1.RoleGrant{Role: r, Specification: spec}}
	}
	return nil
}

// runDataShare grants access, then seals the openings to those whom the grant
// names now, notes them as holders, and hands the packages over: in this order,
// so that nobody has an opening who is not entitled and known to have it.
func (e *env) runDataShare(cmd *cobra.Command, args []string) error {
	ctx := cmd.Context()
	name, err := private.ParseName(args[0], "x")
	if err != nil {
		return usageError{err}
	}
	grant := &privacyv1.MsgGrantAccess{Commitment: name.Commitment[:]}
	if err := e.grantTo(cmd, grant); err != nil {
		return err
	}
	until, _ := cmd.Flags().GetString("valid-until")
	if grant.ValidUntil, err = instant("valid-until", until, 24*60*60*1e9); err != nil {
		return err
	}
	m, err := e.me(ctx)
	if err != nil {
		return err
	}
	d, err := m.client.Commitment(ctx, name.ID(), false)
	if err != nil {
		return err
	}
	grant.Fields = fieldsOf(cmd, &d.Commitment, func(f *client.PrivateField) bool { return f.ErasedAt == 0 })
	r, err := e.execute(ctx, grant)
	if err != nil || r == nil {
		return err
	}
	out, _ := cmd.Flags().GetString("out")
	mailbox, _ := cmd.Flags().GetBool("mailbox")
	only, _ := cmd.Flags().GetBool("grant-only")
	switch {
	case only, e.v.GetBool("no-wait"): // nobody is entitled before the grant is there
		out, mailbox = "", false
	case out == "" && !mailbox:
		out = "."
	}
	var packages []*private.Package
	if out != "" || mailbox {
		if packages, err = e.sealAll(ctx, m, name, grant); err != nil {
			return err
		}
		if err := e.handOver(ctx, m, name, packages, out, mailbox); err != nil {
			return err
		}
	}
	return e.printShared(r, packages)
}

// sealAll seals every field to every participant that the grant entitles.
func (e *env) sealAll(ctx context.Context, m *me, name private.Name, grant *privacyv1.MsgGrantAccess) ([]*private.Package, error) {
	store, err := e.openStore(m)
	if err != nil {
		return nil, err
	}
	recipients, err := e.recipients(ctx, m.client, name, grant)
	if err != nil {
		return nil, err
	}
	var out []*private.Package
	for _, field := range grant.GetFields() {
		name.Field = field
		o, err := store.Get(name)
		if err != nil {
			return nil, usage("%s: %v", field, err)
		}
		for _, who := range recipients {
			p, err := e.sealTo(ctx, m, name, who)
			if err != nil {
				return nil, err
			}
			if p == nil {
				continue
			}
			sealed, err := private.Seal(o, name, who, p)
			if err != nil {
				return nil, err
			}
			out = append(out, sealed)
		}
	}
	return out, nil
}

// sealTo gives the newest live key of a participant that is entitled to a field,
// nil for one that is not, is myself, or has no key.
func (e *env) sealTo(ctx context.Context, m *me, name private.Name, who string) ([]byte, error) {
	if who == m.participant {
		return nil, nil
	}
	if err := m.client.Entitled(ctx, name.ID(), name.Field, who); err != nil {
		var no *client.Problem
		if errors.As(err, &no) && no.Status == http.StatusForbidden {
			fmt.Fprintln(e.err, e.t("data.not.entitled", who, no.Detail))
			return nil, nil
		}
		return nil, err
	}
	p, err := m.client.Participant(ctx, who)
	if err != nil {
		return nil, err
	}
	var newest *client.Key
	for i := range p.Keys {
		if k := &p.Keys[i]; k.RetiredAt == 0 && (newest == nil || k.AddedAt >= newest.AddedAt) {
			newest = k
		}
	}
	if newest == nil {
		fmt.Fprintln(e.err, e.t("data.no.key", who))
		return nil, nil
	}
	return hex.DecodeString(newest.PublicKey)
}

// recipients lists whom a grant may name now; entitlement is asked one by one.
func (e *env) recipients(ctx context.Context, c *client.Client, name private.Name, grant *privacyv1.MsgGrantAccess) ([]string, error) {
	if grant.GetParticipant() != "" {
		return []string{grant.GetParticipant()}, nil
	}
	if grant.GetChain() != nil {
		return c.Neighbours(ctx, name.ID())
	}
	var out []string
	query := url.Values{"role": {roleWord(grant.GetRole().GetRole())}, "status": {"active"}, "limit": {"500"}}
	for {
		page, err := c.Participants(ctx, query)
		if err != nil {
			return nil, err
		}
		for _, p := range page.Items {
			out = append(out, p.ID)
		}
		if len(out) > mostRecipients {
			return nil, usage("%s", e.t("data.too.many", mostRecipients))
		}
		if page.NextPageToken == "" {
			return out, nil
		}
		query.Set("page_token", page.NextPageToken)
	}
}

func roleWord(r registryv1.Role) string {
	return map[registryv1.Role]string{
		registryv1.Role_ROLE_CERTIFIER: "certifier", registryv1.Role_ROLE_AUTHORITY: "authority", registryv1.Role_ROLE_AUDITOR: "auditor",
	}[r]
}

// handOver notes the recipients as holders on the ledger, then gives out.
func (e *env) handOver(ctx context.Context, m *me, name private.Name, packages []*private.Package, out string, mailbox bool) error {
	if len(packages) == 0 {
		return nil
	}
	acts := deliveries(name, packages)
	for part := range slices.Chunk(acts, 10) {
		if _, err := e.execute(ctx, part...); err != nil {
			return err
		}
	}
	for _, p := range packages {
		raw, err := p.Encode()
		if err != nil {
			return err
		}
		if out != "" {
			if _, err := writePackage(out, p, raw); err != nil {
				return err
			}
		}
		if mailbox {
			if err := m.client.SendPackage(ctx, m.key, raw); err != nil {
				return err
			}
		}
	}
	return nil
}

// deliveries are the acts that note who is handed what: one per field and 50
// participants.
func deliveries(name private.Name, packages []*private.Package) (acts []proto.Message) {
	byField := map[string][]string{}
	for _, p := range packages {
		byField[p.Field] = append(byField[p.Field], p.To)
	}
	fields := make([]string, 0, len(byField))
	for f := range byField {
		fields = append(fields, f)
	}
	slices.Sort(fields)
	for _, f := range fields {
		slices.Sort(byField[f])
		for part := range slices.Chunk(slices.Compact(byField[f]), 50) {
			acts = append(acts, &privacyv1.MsgRecordDelivery{Commitment: name.Commitment[:], Fields: []string{f}, Participants: part})
		}
	}
	return acts
}

// packageFile names a package by so much of the commitment that nobody can make
// another of the same name.
func packageFile(p *private.Package) string {
	return p.Field + "-" + p.Commitment[:32] + "-" + p.To + ".sealed.json"
}

// writePackage writes a package whole or not at all, over an earlier one of the
// same field: that may be sealed to a key that is gone.
func writePackage(dir string, p *private.Package, raw []byte) (file string, err error) {
	file = filepath.Join(dir, packageFile(p))
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return file, usageError{err}
	}
	f, err := os.CreateTemp(dir, ".package-*") // mode 0600
	if err != nil {
		return file, usageError{err}
	}
	_, err = f.Write(append(raw, '\n'))
	if err = errors.Join(err, f.Sync(), f.Close()); err == nil {
		err = os.Rename(f.Name(), file)
	}
	if err != nil {
		return file, errors.Join(usageError{err}, os.Remove(f.Name()))
	}
	return file, nil
}

func (e *env) printShared(r *client.TxResult, packages []*private.Package) error {
	type line struct {
		Field string `json:"field"`
		To    string `json:"to"`
		File  string `json:"file"`
	}
	list := []line{}
	for _, p := range packages {
		list = append(list, line{p.Field, p.To, packageFile(p)})
	}
	return e.print(map[string]any{"tx": r, "packages": list}, func(t *table) {
		e.drawTx(t, r)
		for _, l := range list {
			t.line(e.t("data.package"), l.Field+" -> "+l.To+"  "+l.File)
		}
	})
}

func dataRevoke(e *env) *cobra.Command {
	return reasoned(e, "revoke ID GRANT", "data.revoke.short",
		"filiera data revoke "+exampleCommitment+" 1 --reason 'contratto concluso' --from pastificio --password-file password.txt",
		func(_ *cobra.Command, args []string, reason string) (proto.Message, error) {
			name, err := private.ParseName(args[0], "x")
			if err != nil {
				return nil, usageError{err}
			}
			var n uint32
			if _, err := fmt.Sscan(args[1], &n); err != nil || n == 0 {
				return nil, usage("%s", e.t("data.bad.grant", args[1]))
			}
			return &privacyv1.MsgRevokeAccess{Commitment: name.Commitment[:], Grant: n, Reason: reason}, nil
		})
}
