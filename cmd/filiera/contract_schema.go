package main

import (
	"github.com/spf13/cobra"

	"github.com/filiera-chain/filiera/rules/suite"
)

func contractSchema(e *env) *cobra.Command {
	cmd := e.leaf("schema", "contract.schema.short", `
filiera contract schema >contract.schema.json
filiera contract schema --cases >tests.schema.json`, cobra.NoArgs,
		func(cmd *cobra.Command, _ []string) error {
			of := suite.ContractSchema
			if cases, _ := cmd.Flags().GetBool("cases"); cases {
				of = suite.CasesSchema
			}
			data, err := of()
			if err != nil {
				return err
			}
			_, err = e.out.Write(data)
			return err
		})
	cmd.Long = e.t("contract.schema.long")
	cmd.Flags().Bool("cases", false, e.t("flag.schema-cases"))
	return cmd
}
