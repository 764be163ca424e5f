package main

import (
	"context"
	"os"
	"path/filepath"
	"strings"
)

// certifyRegister has the Region keep the list of the grants as a certified register;
// a citizen checks with no node that one is in it, and another is not.
func (d *demo) certifyRegister(ctx context.Context) error {
	region := d.one("authority").ID
	d.say("demo.register")
	const id = "concessioni-sdi"
	dir, rows := d.file(id+".register"), filepath.Join(d.file("pr-fesr-1.2.2"), "grants.csv")
	there, none := d.file("register-row.json"), d.file("register-absence.json")
	for _, args := range [][]string{
		{"register", "open", id, "--kind", "funds", "--title", "Concessioni Servizi Digitali Integrati", "--body", region, "--columns", "set,kind,line,to_line,amount,date,act", "--key-column", "to_line", "--act", "regione-marche:dgr:248:2024", "--dir", dir, "--from", region},
		{"register", "append", id, rows, "--dir", dir, "--from", region},
		{"register", "prove", id, "--key", "sdi-007", "--dir", dir, "--out", there},
		{"register", "prove", id, "--absent", "sdi-191", "--dir", dir, "--out", none},
	} {
		if _, err := d.cli.show(ctx, args...); err != nil {
			return err
		}
	}
	hash, err := os.ReadFile(d.file("trust-hash.txt"))
	if err != nil {
		return err
	}
	for _, proof := range []string{there, none} {
		if _, err := d.cli.offline().show(ctx, "register", "verify", proof, "--trust-hash", strings.TrimSpace(string(hash))); err != nil {
			return err
		}
	}
	return nil
}
