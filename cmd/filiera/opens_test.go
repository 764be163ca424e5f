package main

import (
	"crypto/ecdsa"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/filiera-chain/filiera/keys"
	"github.com/filiera-chain/filiera/private"
)

// opensScript tries to read a value with every key that there is: opens DIR FILE HOME…
// fails unless some store or sealed package under DIR gives the text of FILE to
// a key of one of the homes; ! opens fails when any does, and wants to have
// searched something.
func opensScript(ts *testscript.TestScript, neg bool, args []string) {
	if len(args) < 3 {
		ts.Fatalf("usage: opens DIR FILE HOME…")
	}
	value := strings.TrimRight(ts.ReadFile(args[1]), "\n")
	signing := signingKeys(ts, args[2:])
	files, found := 0, ""
	ts.Check(filepath.WalkDir(ts.MkAbs(args[0]), func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		files++
		for _, key := range signing {
			for _, got := range openedWith(ts, path, key) {
				if strings.TrimRight(got, "\n") == value {
					found = path
				}
			}
		}
		return nil
	}))
	switch {
	case files == 0 || len(signing) == 0:
		ts.Fatalf("%d files of %s were tried with %d keys", files, args[0], len(signing))
	case neg && found != "":
		ts.Fatalf("%q is read from %s", value, found)
	case !neg && found == "":
		ts.Fatalf("%q is read from none of %d files of %s", value, files, args[0])
	}
}

func signingKeys(ts *testscript.TestScript, homes []string) (out []*ecdsa.PrivateKey) {
	password, _, _ := strings.Cut(ts.ReadFile("password.txt"), "\n")
	for _, home := range homes {
		ring, err := keys.Open(filepath.Join(ts.MkAbs(home), "keys"))
		ts.Check(err)
		list, err := ring.List()
		ts.Check(err)
		for _, info := range list {
			key, err := ring.Unlock(info.Name, password)
			ts.Check(err)
			out = append(out, key)
		}
	}
	return out
}

// openedWith gives what a key opens of a file: all of a store, or one package.
func openedWith(ts *testscript.TestScript, path string, key *ecdsa.PrivateKey) (values []string) {
	if filepath.Base(path) == "store.json" {
		store, err := private.Open(filepath.Dir(path), key)
		if err != nil {
			return nil // locked with other keys
		}
		names, err := store.List()
		ts.Check(err)
		for _, n := range names {
			if o, err := store.Get(n); err == nil {
				values = append(values, string(o.Value))
			}
		}
		return values
	}
	raw, err := os.ReadFile(path)
	if err != nil {
		return nil // a node at work removes files
	}
	p, err := private.DecodePackage(raw)
	if err != nil {
		return nil
	}
	o, err := p.Open(key)
	if err != nil {
		return nil
	}
	return []string{string(o.Value)}
}
