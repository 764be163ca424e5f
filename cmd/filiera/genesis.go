package main

import (
	"encoding/json"
	"fmt"

	"github.com/spf13/cobra"

	registryv1 "github.com/filiera-chain/filiera/api/registry/v1"
	"github.com/filiera-chain/filiera/app"
	"github.com/filiera-chain/filiera/node"
)

// genesisCommand works on the genesis document of the home, before the chain
// begins.
func genesisCommand(e *env) *cobra.Command {
	return e.group("genesis", "genesis.short",
		genesisAddParticipant(e), genesisAddValidator(e), genesisValidate(e), genesisExport(e))
}

func genesisAddParticipant(e *env) *cobra.Command {
	cmd := e.leaf("add-participant", "genesis.add-participant.short",
		"filiera genesis add-participant --request request.json --name 'Regione Marche' --authority",
		cobra.NoArgs,
		func(cmd *cobra.Command, _ []string) error {
			path, _ := cmd.Flags().GetString("request")
			if path == "" {
				return usage("%s", e.t("need.request"))
			}
			request, key, err := e.readRequest(path)
			if err != nil {
				return err
			}
			doc, err := node.ReadGenesis(node.Home(e.home()))
			if err != nil {
				return usageError{err}
			}
			if request.ChainID != doc.ChainID {
				return usage("%s", e.t("genesis.other.chain", request.ChainID, doc.ChainID))
			}
			name, _ := cmd.Flags().GetString("name")
			authority, _ := cmd.Flags().GetBool("authority")
			roles, err := grants(cmd)
			if err != nil {
				return err
			}
			m := &registryv1.MsgEnrol{Id: request.Participant, Name: name, Key: key, AlternateIds: alternateIDs(cmd), Grants: roles}
			return e.editGenesis(func(g *app.Genesis) error { return g.Enrol(m, authority) })
		})
	cmd.Flags().String("request", "", e.t("flag.request"))
	cmd.Flags().String("name", "", e.t("flag.name"))
	cmd.Flags().Bool("authority", false, e.t("flag.authority"))
	e.alternateFlags(cmd)
	e.grantFlags(cmd)
	return cmd
}

func genesisAddValidator(e *env) *cobra.Command {
	cmd := e.leaf("add-validator", "genesis.add-validator.short",
		"filiera genesis add-validator --participant regione-marche --name nodo-1",
		cobra.NoArgs,
		func(cmd *cobra.Command, _ []string) error {
			f := cmd.Flags()
			of, _ := f.GetString("validator-home")
			if of == "" {
				of = e.home()
			}
			key, err := node.ValidatorKey(node.Home(of))
			if err != nil {
				return usageError{err}
			}
			v := &registryv1.AdmitValidator{PublicKey: key}
			v.Participant, _ = f.GetString("participant")
			v.Name, _ = f.GetString("name")
			v.Power, _ = f.GetInt64("power")
			return e.editGenesis(func(g *app.Genesis) error { return g.AdmitValidator(v) })
		})
	f := cmd.Flags()
	f.String("participant", "", e.t("flag.validator-participant"))
	f.String("name", "", e.t("flag.validator-name"))
	f.Int64("power", 10, e.t("flag.power"))
	f.String("validator-home", "", e.t("flag.validator-home"))
	return cmd
}

func (e *env) editGenesis(edit func(*app.Genesis) error) error {
	if err := node.EditGenesis(node.Home(e.home()), edit); err != nil {
		return usageError{err}
	}
	fmt.Fprintln(e.err, e.t("genesis.written", node.Home(e.home()).Genesis()))
	return nil
}

func genesisValidate(e *env) *cobra.Command {
	return e.leaf("validate", "genesis.validate.short", "filiera genesis validate", cobra.NoArgs,
		func(*cobra.Command, []string) error {
			doc, err := node.CheckGenesis(node.Home(e.home()))
			if err != nil {
				return usageError{err}
			}
			return e.print(map[string]any{"chain_id": doc.ChainID, "valid": true}, func(t *table) {
				t.line(e.t("chain.id"), doc.ChainID)
				t.line(e.t("genesis.state"), e.t("genesis.valid"))
			})
		})
}

// genesisExport writes the state of a home whose node is stopped as a genesis
// document for a new chain.
func genesisExport(e *env) *cobra.Command {
	cmd := e.leaf("export", "genesis.export.short", "filiera genesis export --chain-id filiera-marche-2 >genesis.json", cobra.NoArgs,
		func(*cobra.Command, []string) error {
			doc, err := node.ExportGenesis(node.Home(e.home()), e.v.GetString("chain-id"))
			if err != nil {
				return usageError{err}
			}
			data, err := json.Marshal(doc)
			if err != nil {
				return err
			}
			return e.printJSON(json.RawMessage(data))
		})
	cmd.Flags().String("chain-id", "", e.t("flag.new-chain-id"))
	return cmd
}
