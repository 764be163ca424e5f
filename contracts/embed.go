// Package contracts holds the contracts that come with the program: production
// specifications and policies, each with its cases and the clause that it carries.
package contracts

import "embed"

// Files are the contracts, by folder.
//
//go:embed */contract.yaml
var Files embed.FS
