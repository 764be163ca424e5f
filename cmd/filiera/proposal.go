package main

import (
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	registryv1 "github.com/filiera-chain/filiera/api/registry/v1"
	"github.com/filiera-chain/filiera/client"
)

func proposalCommand(e *env) *cobra.Command {
	return e.group("proposal", "proposal.short", proposalList(e), proposalShow(e), proposalParams(e), proposalSubmit(e), proposalApprove(e))
}

func proposalList(e *env) *cobra.Command {
	return listCommand(e, listing[client.Proposal]{
		path: "/v1/proposals", key: "proposal.list.short", example: "filiera proposal list --status open", filters: []string{"status"},
		head: []string{"ID", strings.ToUpper(e.t("decision")), strings.ToUpper(e.t("state")), strings.ToUpper(e.t("approvals")), strings.ToUpper(e.t("proposer"))},
		row: func(p *client.Proposal) []any {
			return []any{int64(p.ID), decisionText(p.Decision), p.Status, len(p.Approvals), p.Proposer}
		},
	})
}

// decisionText names the decision: the one member of its object.
func decisionText(raw json.RawMessage) string {
	var members map[string]json.RawMessage
	if json.Unmarshal(raw, &members) != nil || len(members) != 1 {
		return string(raw)
	}
	for name, value := range members {
		return name + " " + string(value)
	}
	return ""
}

func proposalShow(e *env) *cobra.Command {
	return showCommand(e, "show NUMBER", "proposal.show.short", "filiera proposal show 1", 1, at("proposals"),
		func(t *table, p *client.Proposal) {
			t.line("id", int64(p.ID))
			t.line(e.t("decision"), decisionText(p.Decision))
			t.line(e.t("reason"), p.Reason)
			t.line(e.t("state"), p.Status)
			t.line(e.t("proposer"), p.Proposer)
			for _, a := range p.Approvals {
				t.line(e.t("approved.by"), fmt.Sprintf("%s  %s", a.Participant, a.At))
			}
			t.line(e.t("until"), p.ExpiresAt)
			t.line(e.t("closed"), p.ClosedAt)
		})
}

func proposalParams(e *env) *cobra.Command {
	return e.leaf("params", "proposal.params.short", "filiera proposal params", cobra.NoArgs,
		func(cmd *cobra.Command, _ []string) error {
			return ask(cmd.Context(), e, "/v1/params", nil, func(t *table, p *map[string]json.RawMessage) {
				t.row(strings.ToUpper(e.t("parameter")), strings.ToUpper(e.t("value")))
				for _, name := range slices.Sorted(maps.Keys(*p)) {
					if v := (*p)[name]; !strings.HasPrefix(name, "$") {
						t.row(name, strings.Trim(string(v), `"`))
					}
				}
			})
		})
}

func proposalApprove(e *env) *cobra.Command {
	return e.changing(e.leaf("approve NUMBER", "proposal.approve.short",
		"filiera proposal approve 1 --from regione --password-file password.txt", cobra.ExactArgs(1),
		func(cmd *cobra.Command, args []string) error {
			n, err := strconv.ParseUint(args[0], 10, 64)
			if err != nil {
				return usage("%q is no proposal number", args[0])
			}
			return e.carry(cmd.Context(), &registryv1.MsgApproveProposal{Proposal: n})
		}))
}

func proposalSubmit(e *env) *cobra.Command {
	return e.group("submit", "proposal.submit.short",
		submitting(e, "admit-authority PARTICIPANT", "proposal.admit-authority.short",
			"filiera proposal submit admit-authority camera-commercio --reason 'ingresso della Camera di commercio' --from regione --password-file password.txt", 1,
			func(_ *cobra.Command, args []string, _ string) (*registryv1.Decision, error) {
				return &registryv1.Decision{Kind: &registryv1.Decision_AdmitAuthority{
					AdmitAuthority: &registryv1.AdmitAuthority{Participant: args[0]},
				}}, nil
			}),
		submitting(e, "remove-authority PARTICIPANT", "proposal.remove-authority.short",
			"filiera proposal submit remove-authority camera-commercio --reason 'uscita dalla rete' --from regione --password-file password.txt", 1,
			func(_ *cobra.Command, args []string, reason string) (*registryv1.Decision, error) {
				return &registryv1.Decision{Kind: &registryv1.Decision_RemoveAuthority{
					RemoveAuthority: &registryv1.RemoveAuthority{Participant: args[0], Reason: reason},
				}}, nil
			}),
		submitting(e, "set-params NAME=VALUE...", "proposal.set-params.short",
			"filiera proposal submit set-params max_tx_bytes=2097152 --reason 'documenti più grandi' --from regione --password-file password.txt", -1,
			e.setParams),
		submitAdmitValidator(e), submitRetireValidator(e),
	)
}

type decide func(cmd *cobra.Command, args []string, reason string) (*registryv1.Decision, error)

// submitting is a command that submits one kind of decision; n is how many
// arguments it takes, -1 for one or more.
func submitting(e *env, use, key, example string, n int, decision decide) *cobra.Command {
	args := cobra.MinimumNArgs(1)
	if n >= 0 {
		args = cobra.ExactArgs(n)
	}
	cmd := e.leaf(use, key, example, args, func(cmd *cobra.Command, args []string) error {
		reason, _ := cmd.Flags().GetString("reason")
		if reason == "" {
			return usage("%s", e.t("need.flag", "reason"))
		}
		d, err := decision(cmd, args, reason)
		if err != nil {
			return err
		}
		return e.carry(cmd.Context(), &registryv1.MsgSubmitProposal{Decision: d, Reason: reason})
	})
	cmd.Flags().String("reason", "", e.t("flag.reason"))
	return e.changing(cmd)
}

// setParams changes the named parameters and keeps the others as they are on
// the ledger now.
func (e *env) setParams(cmd *cobra.Command, args []string, _ string) (*registryv1.Decision, error) {
	c, err := e.client()
	if err != nil {
		return nil, err
	}
	params, err := c.Params(cmd.Context())
	if err != nil {
		return nil, err
	}
	for _, a := range args {
		if err := setParam(params, a); err != nil {
			return nil, err
		}
	}
	return &registryv1.Decision{Kind: &registryv1.Decision_SetParams{SetParams: &registryv1.SetParams{Params: params}}}, nil
}

func setParam(params *registryv1.Params, assignment string) error {
	name, value, ok := strings.Cut(assignment, "=")
	m := proto.Message(params).ProtoReflect()
	field := m.Descriptor().Fields().ByName(protoreflect.Name(strings.ReplaceAll(name, "-", "_")))
	if !ok || field == nil {
		return usage("%q names no parameter; write name=number, with a name of `filiera proposal params`", assignment)
	}
	switch field.Kind() {
	case protoreflect.Uint32Kind:
		n, err := strconv.ParseUint(value, 10, 32)
		if err != nil {
			return usage("%q: write a whole number", assignment)
		}
		m.Set(field, protoreflect.ValueOfUint32(uint32(n)))
	default:
		n, err := strconv.ParseInt(value, 10, 64)
		if err != nil {
			return usage("%q: write a whole number", assignment)
		}
		m.Set(field, protoreflect.ValueOfInt64(n))
	}
	return nil
}

const validatorKeyExample = "0f1e2d3c4b5a69788796a5b4c3d2e1f00f1e2d3c4b5a69788796a5b4c3d2e1f0"

func submitAdmitValidator(e *env) *cobra.Command {
	cmd := submitting(e, "admit-validator PUBLIC-KEY-HEX", "proposal.admit-validator.short",
		"filiera proposal submit admit-validator "+validatorKeyExample+" --participant camera-commercio --name nodo-1 --power 10 --reason 'secondo nodo' --from regione --password-file password.txt", 1,
		func(cmd *cobra.Command, args []string, _ string) (*registryv1.Decision, error) {
			pub, err := validatorKey(args[0])
			if err != nil {
				return nil, err
			}
			participant, _ := cmd.Flags().GetString("participant")
			name, _ := cmd.Flags().GetString("name")
			power, _ := cmd.Flags().GetInt64("power")
			return &registryv1.Decision{Kind: &registryv1.Decision_AdmitValidator{AdmitValidator: &registryv1.AdmitValidator{
				PublicKey: pub, Participant: participant, Name: name, Power: power,
			}}}, nil
		})
	cmd.Flags().String("participant", "", e.t("flag.operator"))
	cmd.Flags().String("name", "", e.t("flag.validator-name"))
	cmd.Flags().Int64("power", 10, e.t("flag.power"))
	return cmd
}

func submitRetireValidator(e *env) *cobra.Command {
	return submitting(e, "retire-validator PUBLIC-KEY-HEX", "proposal.retire-validator.short",
		"filiera proposal submit retire-validator "+validatorKeyExample+" --reason 'nodo dismesso' --from regione --password-file password.txt", 1,
		func(_ *cobra.Command, args []string, reason string) (*registryv1.Decision, error) {
			pub, err := validatorKey(args[0])
			if err != nil {
				return nil, err
			}
			return &registryv1.Decision{Kind: &registryv1.Decision_RetireValidator{
				RetireValidator: &registryv1.RetireValidator{PublicKey: pub, Reason: reason},
			}}, nil
		})
}

func validatorKey(s string) ([]byte, error) {
	b, err := hex.DecodeString(strings.TrimPrefix(s, "0x"))
	if err != nil || len(b) != 32 {
		return nil, usage("%q is no validator key: write the 64 hexadecimal digits of its Ed25519 public key", s)
	}
	return b, nil
}
