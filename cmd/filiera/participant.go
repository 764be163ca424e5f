package main

import (
	"strings"

	"github.com/spf13/cobra"
	"google.golang.org/protobuf/proto"

	registryv1 "github.com/filiera-chain/filiera/api/registry/v1"
	"github.com/filiera-chain/filiera/client"
)

func participantCommand(e *env) *cobra.Command {
	return e.group("participant", "participant.short",
		participantRegister(e), participantShow(e), participantList(e),
		participantGrant(e), participantRevoke(e), participantSuspend(e), participantReinstate(e),
		participantRotateKey(e), participantAddKey(e), participantRetireKey(e), participantAddID(e),
		participantAccredit(e),
		accreditationChange(e, "suspend-accreditation", func(c, s, r string) proto.Message {
			return &registryv1.MsgSuspendAccreditation{Certifier: c, Specification: s, Reason: r}
		}),
		accreditationChange(e, "reinstate-accreditation", func(c, s, r string) proto.Message {
			return &registryv1.MsgReinstateAccreditation{Certifier: c, Specification: s, Reason: r}
		}),
		accreditationChange(e, "revoke-accreditation", func(c, s, r string) proto.Message {
			return &registryv1.MsgRevokeAccreditation{Certifier: c, Specification: s, Reason: r}
		}),
	)
}

func participantRegister(e *env) *cobra.Command {
	cmd := e.leaf("register [ID]", "participant.register.short",
		"filiera participant register --request request.json --name 'Pastificio Esempio S.r.l.' --role producer --spec maccheroncini-di-campofilone-igp --place 109004 --from regione --password-file password.txt",
		cobra.MaximumNArgs(1),
		func(cmd *cobra.Command, args []string) error {
			path, _ := cmd.Flags().GetString("request")
			if path == "" {
				return usage("%s", e.t("need.request"))
			}
			request, key, err := e.readRequest(path)
			if err != nil {
				return err
			}
			if len(args) == 1 && args[0] != request.Participant {
				return usage("%s", e.t("request.other", request.Participant, args[0]))
			}
			// The proof holds for one chain, so the transaction is for it too.
			if e.v.GetString("chain-id") == "" {
				e.v.Set("chain-id", request.ChainID)
			}
			name, _ := cmd.Flags().GetString("name")
			msg := &registryv1.MsgEnrol{Id: request.Participant, Name: name, Key: key, AlternateIds: alternateIDs(cmd)}
			if msg.Grants, err = grants(cmd); err != nil {
				return err
			}
			return e.carry(cmd.Context(), msg)
		})
	cmd.Flags().String("request", "", e.t("flag.request"))
	cmd.Flags().String("name", "", e.t("flag.name"))
	e.alternateFlags(cmd)
	e.grantFlags(cmd)
	return e.changing(cmd)
}

func (e *env) alternateFlags(cmd *cobra.Command) {
	cmd.Flags().StringSlice("vat", nil, e.t("flag.vat"))
	cmd.Flags().StringSlice("gln", nil, e.t("flag.gln"))
	cmd.Flags().StringSlice("fiscal-code-commitment", nil, e.t("flag.fiscal-code-commitment"))
}

func alternateIDs(cmd *cobra.Command) []*registryv1.AlternateID {
	var ids []*registryv1.AlternateID
	for _, f := range []struct {
		flag   string
		scheme registryv1.AlternateIDScheme
	}{
		{"vat", registryv1.AlternateIDScheme_ALTERNATE_ID_SCHEME_VAT_IT},
		{"gln", registryv1.AlternateIDScheme_ALTERNATE_ID_SCHEME_GLN},
		{"fiscal-code-commitment", registryv1.AlternateIDScheme_ALTERNATE_ID_SCHEME_FISCAL_CODE_COMMITMENT},
	} {
		values, _ := cmd.Flags().GetStringSlice(f.flag)
		for _, v := range values {
			ids = append(ids, &registryv1.AlternateID{Scheme: f.scheme, Value: v})
		}
	}
	return ids
}

func (e *env) grantFlags(cmd *cobra.Command) {
	cmd.Flags().StringSlice("role", nil, e.t("flag.role"))
	cmd.Flags().StringSlice("spec", nil, e.t("flag.scope-spec"))
	cmd.Flags().StringSlice("place", nil, e.t("flag.scope-place"))
	e.spanFlags(cmd)
}

// grants reads one grant per --role, all with the same scope and dates.
func grants(cmd *cobra.Command) ([]*registryv1.NewGrant, error) {
	roles, _ := cmd.Flags().GetStringSlice("role")
	specs, _ := cmd.Flags().GetStringSlice("spec")
	places, _ := cmd.Flags().GetStringSlice("place")
	from, until, err := span(cmd)
	if err != nil {
		return nil, err
	}
	var list []*registryv1.NewGrant
	for _, name := range roles {
		role, ok := registryv1.Role_value["ROLE_"+strings.ToUpper(strings.ReplaceAll(name, "-", "_"))]
		if !ok || role == 0 {
			return nil, usage("--role is %q; write authority, certifier, producer, processor, carrier, distributor, auditor or operator", name)
		}
		list = append(list, &registryv1.NewGrant{
			Role: registryv1.Role(role), Specifications: specs, Places: places, ValidFrom: from, ValidUntil: until,
		})
	}
	return list, nil
}

func participantShow(e *env) *cobra.Command {
	return showCommand(e, "show ID", "participant.show.short", "filiera participant show regione-marche", 1, at("participants"),
		func(t *table, p *client.Participant) {
			t.line("id", p.ID)
			t.line(e.t("name"), p.Name)
			t.line(e.t("state"), p.Status)
			t.line(e.t("reason"), p.StatusReason)
			for _, a := range p.AlternateIDs {
				t.line(string(a.Scheme), a.Value)
			}
			for _, k := range p.Keys {
				state := e.t("live")
				if k.RetiredAt != 0 {
					state = e.t("retired", k.RetiredAt)
				}
				t.line(e.t("key"), k.Label+"  "+k.Address+"  "+state)
			}
			for _, g := range p.Grants {
				t.line(e.t("grant.n", int64(g.Number)), e.grantText(g))
			}
			for _, a := range p.Accreditations {
				t.line(e.t("accreditation"), a.Specification+"  "+string(a.Status)+"  "+e.spanText(a.ValidFrom, a.ValidUntil)+"  "+a.Reference)
				if a.TwoPerson {
					t.line("", e.t("two.person"))
				}
			}
		})
}

func (e *env) grantText(g client.Grant) string {
	parts := []string{string(g.Role)}
	if len(g.Specifications) > 0 {
		parts = append(parts, strings.Join(g.Specifications, ","))
	}
	if len(g.Places) > 0 {
		parts = append(parts, strings.Join(g.Places, ","))
	}
	if s := e.spanText(g.ValidFrom, g.ValidUntil); s != "" {
		parts = append(parts, s)
	}
	if g.RevokedAt != 0 {
		parts = append(parts, e.t("revoked.at", g.RevokedAt, g.RevokedReason))
	}
	return strings.Join(parts, "  ")
}

func (e *env) spanText(from, until client.Instant) string {
	switch {
	case from == 0 && until == 0:
		return ""
	case until == 0:
		return e.t("span.from", from)
	case from == 0:
		return e.t("span.until", until)
	}
	return e.t("span.both", from, until)
}

func participantList(e *env) *cobra.Command {
	return listCommand(e, listing[client.Participant]{
		path: "/v1/participants", key: "participant.list.short", example: "filiera participant list --role certifier",
		filters: []string{"role", "status"}, head: []string{"ID", strings.ToUpper(e.t("name")), strings.ToUpper(e.t("state"))},
		row: func(p *client.Participant) []any { return []any{p.ID, p.Name, p.Status} },
	})
}

func participantGrant(e *env) *cobra.Command {
	cmd := e.leaf("grant ID", "participant.grant.short",
		"filiera participant grant pastificio-example --role processor --valid-until 2027-12-31 --from regione --password-file password.txt",
		cobra.ExactArgs(1),
		func(cmd *cobra.Command, args []string) error {
			list, err := grants(cmd)
			if err != nil {
				return err
			}
			if len(list) == 0 {
				return usage("%s", e.t("need.flag", "role"))
			}
			var acts []proto.Message
			for _, g := range list {
				acts = append(acts, &registryv1.MsgGrantRole{Participant: args[0], Grant: g})
			}
			return e.carry(cmd.Context(), acts...)
		})
	e.grantFlags(cmd)
	return e.changing(cmd)
}

func participantRevoke(e *env) *cobra.Command {
	cmd := reasoned(e, "revoke ID", "participant.revoke.short",
		"filiera participant revoke pastificio-example --grant 2 --reason 'cessata attività' --from regione --password-file password.txt",
		func(cmd *cobra.Command, args []string, reason string) (proto.Message, error) {
			if n, _ := cmd.Flags().GetUint32("grant"); n > 0 {
				return &registryv1.MsgRevokeRole{Participant: args[0], Grant: n, Reason: reason}, nil
			}
			return &registryv1.MsgRevokeParticipant{Participant: args[0], Reason: reason}, nil
		})
	cmd.Flags().Uint32("grant", 0, e.t("flag.grant"))
	return cmd
}

func participantSuspend(e *env) *cobra.Command {
	return reasoned(e, "suspend ID", "participant.suspend.short",
		"filiera participant suspend pastificio-example --reason 'controllo in corso' --from regione --password-file password.txt",
		func(_ *cobra.Command, args []string, reason string) (proto.Message, error) {
			return &registryv1.MsgSuspendParticipant{Participant: args[0], Reason: reason}, nil
		})
}

func participantReinstate(e *env) *cobra.Command {
	return reasoned(e, "reinstate ID", "participant.reinstate.short",
		"filiera participant reinstate pastificio-example --reason 'controllo concluso' --from regione --password-file password.txt",
		func(_ *cobra.Command, args []string, reason string) (proto.Message, error) {
			return &registryv1.MsgReinstateParticipant{Participant: args[0], Reason: reason}, nil
		})
}

// reasoned is a changing command over one record that takes a reason.
func reasoned(e *env, use, key, example string, act func(cmd *cobra.Command, args []string, reason string) (proto.Message, error)) *cobra.Command {
	cmd := e.leaf(use, key, example, cobra.ExactArgs(len(strings.Fields(use))-1),
		func(cmd *cobra.Command, args []string) error {
			reason, _ := cmd.Flags().GetString("reason")
			if reason == "" {
				return usage("%s", e.t("need.flag", "reason"))
			}
			m, err := act(cmd, args, reason)
			if err != nil {
				return err
			}
			return e.carry(cmd.Context(), m)
		})
	cmd.Flags().String("reason", "", e.t("flag.reason"))
	return e.changing(cmd)
}
