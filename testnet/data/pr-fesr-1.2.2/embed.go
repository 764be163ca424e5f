// Package plan holds the acts and the budget of action 1.2.2 of the PR FESR Marche 2021-27, as
// the demonstration loads them; README.md says where each fact is from.
package plan

import "embed"

// Files are what is written out beside the demonstration, by path.
//
//go:embed *.csv *.txt acts/*.txt
var Files embed.FS
