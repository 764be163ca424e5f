package main

import (
	"context"
	"os"
	"path/filepath"
	"strings"
)

// fund has the Region enter the budget of the action whose acts are on the ledger,
// and a citizen reckon it again.
func (d *demo) fund(ctx context.Context) error {
	region, dir := d.one("authority").ID, d.file("pr-fesr-1.2.2")
	in := func(name string) string { return filepath.Join(dir, name) }
	d.say("demo.budget")
	if _, err := d.cli.show(ctx, "budget", "import", in("movements.csv"), "--lines", in("lines.csv"), "--from", region); err != nil {
		return err
	}
	for _, args := range [][]string{
		{"budget", "show"}, {"budget", "show", "--as-of", "2024-02-25"}, {"budget", "movements", "--act", "regione-marche:dgr:248:2024", "--kind", "trasferimento"},
	} {
		if _, err := d.cli.show(ctx, args...); err != nil {
			return err
		}
	}
	d.say("demo.grants")
	for _, args := range [][]string{
		{"budget", "reserve", "bando-servizi-digitali", "--file", in("villages.txt"), "--act", "regione-marche:dgr:248:2024", "--from", region},
		{"budget", "import", in("grants.csv"), "--lines", in("grants-lines.csv"), "--from", region},
	} {
		if _, err := d.cli.show(ctx, args...); err != nil {
			return err
		}
	}
	err := d.cli.refused(ctx, "ledger.i2_more_than_available", "45,000.00 € is missing", "budget", "import", in("grant-191.csv"), "--lines", in("grant-191-lines.csv"), "--from", region)
	if err != nil {
		return err
	}
	return d.reckon(ctx)
}

// reckon checks the whole book, and a saved state with no node.
func (d *demo) reckon(ctx context.Context) error {
	d.say("demo.reckon")
	proof := d.file("budget-2024-02-25.json")
	for _, args := range [][]string{{"budget", "check"}, {"budget", "show", "--as-of", "2024-02-25", "--save", proof}} {
		if _, err := d.cli.show(ctx, args...); err != nil {
			return err
		}
	}
	hash, err := os.ReadFile(d.file("trust-hash.txt"))
	if err != nil {
		return err
	}
	_, err = d.cli.offline().show(ctx, "budget", "verify", proof, "--trust-hash", strings.TrimSpace(string(hash)))
	return err
}
