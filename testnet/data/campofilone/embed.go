// Package campofilone holds the templates of the demonstration's story, a batch
// of Maccheroncini di Campofilone IGP. The package story fills them in; README.md
// says what in them is real, from where, and what is invented.
package campofilone

import "embed"

// Files are the templates, by path. Each is written out under its name without
// ".tmpl".
//
//go:embed *.tmpl events/*.tmpl evidence/*.tmpl
var Files embed.FS
