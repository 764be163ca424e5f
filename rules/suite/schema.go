package suite

import "github.com/filiera-chain/filiera/rules"

// ContractSchema is the JSON Schema of contracts.
func ContractSchema() ([]byte, error) {
	return rules.Schema(rules.Document{}, "urn:filiera:schema:contract:1", "Filiera contract")
}

// CasesSchema is the JSON Schema of files of cases.
func CasesSchema() ([]byte, error) {
	return rules.Schema(File{}, "urn:filiera:schema:contract-tests:1", "Cases of a Filiera contract")
}
