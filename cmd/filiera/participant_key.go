package main

import (
	"github.com/spf13/cobra"
	"google.golang.org/protobuf/proto"

	registryv1 "github.com/filiera-chain/filiera/api/registry/v1"
)

// newKeyCommand is a changing command whose new key comes as a request file.
func newKeyCommand(e *env, use, key, example string, act func(cmd *cobra.Command, k *registryv1.NewKey) proto.Message) *cobra.Command {
	cmd := e.leaf(use, key, example, cobra.NoArgs, func(cmd *cobra.Command, _ []string) error {
		path, _ := cmd.Flags().GetString("request")
		if path == "" {
			return usage("%s", e.t("need.request"))
		}
		request, k, err := e.readRequest(path)
		if err != nil {
			return err
		}
		if e.v.GetString("chain-id") == "" {
			e.v.Set("chain-id", request.ChainID)
		}
		return e.carry(cmd.Context(), act(cmd, k))
	})
	cmd.Flags().String("request", "", e.t("flag.request"))
	return e.changing(cmd)
}

func participantRotateKey(e *env) *cobra.Command {
	cmd := newKeyCommand(e, "rotate-key", "participant.rotate.short",
		"filiera participant rotate-key --request request.json --reason 'cambio annuale' --from pastificio --password-file password.txt",
		func(cmd *cobra.Command, k *registryv1.NewKey) proto.Message {
			reason, _ := cmd.Flags().GetString("reason")
			return &registryv1.MsgRotateKey{Key: k, Reason: reason}
		})
	cmd.Flags().String("reason", "", e.t("flag.reason"))
	return cmd
}

func participantAddKey(e *env) *cobra.Command {
	return newKeyCommand(e, "add-key", "participant.add-key.short",
		"filiera participant add-key --request request.json --from pastificio --password-file password.txt",
		func(_ *cobra.Command, k *registryv1.NewKey) proto.Message { return &registryv1.MsgAddKey{Key: k} })
}

func participantRetireKey(e *env) *cobra.Command {
	cmd := reasoned(e, "retire-key ID", "participant.retire-key.short",
		"filiera participant retire-key pastificio-example --label ufficio --reason 'computer smarrito' --from regione --password-file password.txt",
		func(cmd *cobra.Command, args []string, reason string) (proto.Message, error) {
			label, _ := cmd.Flags().GetString("label")
			if label == "" {
				return nil, usage("%s", e.t("need.flag", "label"))
			}
			return &registryv1.MsgRetireKey{Participant: args[0], Label: label, Reason: reason}, nil
		})
	cmd.Flags().String("label", "", e.t("flag.label"))
	return cmd
}

func participantAddID(e *env) *cobra.Command {
	cmd := e.leaf("add-id ID", "participant.add-id.short",
		"filiera participant add-id pastificio-example --gln 8012345000005 --from regione --password-file password.txt", cobra.ExactArgs(1),
		func(cmd *cobra.Command, args []string) error {
			var acts []proto.Message
			for _, a := range alternateIDs(cmd) {
				acts = append(acts, &registryv1.MsgAddAlternateID{Participant: args[0], AlternateId: a})
			}
			if len(acts) == 0 {
				return usage("%s", e.t("need.flag", "vat, --gln"))
			}
			return e.carry(cmd.Context(), acts...)
		})
	e.alternateFlags(cmd)
	return e.changing(cmd)
}

func participantAccredit(e *env) *cobra.Command {
	cmd := e.leaf("accredit ID", "participant.accredit.short",
		"filiera participant accredit amap-apc --spec maccheroncini-di-campofilone-igp --reference 'DM 8 ottobre 1999' --valid-from 2026-01-01 --valid-until 2028-12-31 --from regione --password-file password.txt",
		cobra.ExactArgs(1),
		func(cmd *cobra.Command, args []string) error {
			specs, _ := cmd.Flags().GetStringSlice("spec")
			reference, _ := cmd.Flags().GetString("reference")
			from, until, err := span(cmd)
			if err != nil {
				return err
			}
			two, _ := cmd.Flags().GetBool("two-person")
			var acts []proto.Message
			for _, s := range specs {
				acts = append(acts, &registryv1.MsgAccredit{
					Certifier: args[0], Specification: s, ValidFrom: from, ValidUntil: until, Reference: reference, TwoPerson: two,
				})
			}
			if len(acts) == 0 {
				return usage("%s", e.t("need.flag", "spec"))
			}
			return e.carry(cmd.Context(), acts...)
		})
	cmd.Flags().StringSlice("spec", nil, e.t("flag.spec"))
	cmd.Flags().String("reference", "", e.t("flag.reference"))
	cmd.Flags().Bool("two-person", false, e.t("flag.two-person"))
	e.spanFlags(cmd)
	return e.changing(cmd)
}

func accreditationChange(e *env, verb string, act func(certifier, spec, reason string) proto.Message) *cobra.Command {
	cmd := reasoned(e, verb+" ID", "participant."+verb+".short",
		"filiera participant "+verb+" amap-apc --spec maccheroncini-di-campofilone-igp --reason 'verifica ispettiva' --from regione --password-file password.txt",
		func(cmd *cobra.Command, args []string, reason string) (proto.Message, error) {
			spec, _ := cmd.Flags().GetString("spec")
			if spec == "" {
				return nil, usage("%s", e.t("need.flag", "spec"))
			}
			return act(args[0], spec, reason), nil
		})
	cmd.Flags().String("spec", "", e.t("flag.spec"))
	return cmd
}
