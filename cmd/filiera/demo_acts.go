package main

import (
	"context"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	plan "github.com/filiera-chain/filiera/testnet/data/pr-fesr-1.2.2"
)

// notarise has the Region put the acts of a plan on the ledger, and say what they do
// to one another; then a citizen verifies a file, at last with no node.
func (d *demo) notarise(ctx context.Context) error {
	region, dir := d.one("authority").ID, d.file("pr-fesr-1.2.2")
	if err := writeFS(plan.Files, dir); err != nil {
		return err
	}
	d.say("demo.acts")
	if _, err := d.cli.show(ctx, "act", "notarise", "--list", filepath.Join(dir, "acts.csv"), "--from", region); err != nil {
		return err
	}
	const mapo, amended = "regione-marche:dgr:203:2023", "regione-marche:dgr:248:2024"
	for _, args := range [][]string{
		{"act", "relate", amended, "amends", mapo, "--from", region},
		{"act", "relate", amended, "transfers", mapo, "--note", "1.550.000,00 €: 1.2.2.1 → 1.2.2.2", "--from", region},
	} {
		if _, err := d.cli.show(ctx, args...); err != nil {
			return err
		}
	}
	d.say("demo.act-file")
	file, bundle := filepath.Join(dir, "acts", "dgr-203-2023.txt"), d.file("bundle-act.json")
	for _, args := range [][]string{
		{"act", "verify", file, "--save", bundle},
		{"act", "receipt", mapo, "--out", d.file("ricevuta-dgr-203.pdf")},
	} {
		if _, err := d.cli.show(ctx, args...); err != nil {
			return err
		}
	}
	hash, err := os.ReadFile(d.file("trust-hash.txt"))
	if err != nil {
		return err
	}
	_, err = d.cli.offline().show(ctx, "act", "verify", file, "--bundle", bundle, "--trust-hash", strings.TrimSpace(string(hash)))
	return err
}

// writeFS writes files out under dir.
func writeFS(files fs.FS, dir string) error {
	return fs.WalkDir(files, ".", func(path string, entry fs.DirEntry, err error) error {
		to := filepath.Join(dir, filepath.FromSlash(path))
		if err != nil || entry.IsDir() {
			return orMake(err, to)
		}
		data, err := fs.ReadFile(files, path)
		if err != nil {
			return err
		}
		return os.WriteFile(to, data, 0o644)
	})
}

func orMake(err error, dir string) error {
	if err != nil {
		return err
	}
	return os.MkdirAll(dir, 0o755)
}
