package main

import (
	"crypto/x509"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	ledgerv1 "github.com/filiera-chain/filiera/api/ledger/v1"
	"github.com/filiera-chain/filiera/signedfile"
)

// document is a file of an act, as it is here.
type actFile struct {
	path string
	*signedfile.File
	token []byte
}

// readDocument reads and recognises a file.
func readDocument(path string) (*signedfile.File, error) {
	st, err := os.Stat(path)
	if err != nil {
		return nil, usageError{err}
	}
	if st.Size() > signedfile.MaxFile {
		return nil, usage("%s: %d > %d byte", path, st.Size(), int64(signedfile.MaxFile))
	}
	b, err := os.ReadFile(path)
	if err != nil {
		return nil, usageError{err}
	}
	f, err := signedfile.Read(path, b)
	if err != nil {
		return nil, usage("%s: %v", path, err)
	}
	return f, nil
}

// isToken says whether a file is a time stamp that belongs to the one beside it.
func isToken(path string) bool {
	ending := strings.ToLower(filepath.Ext(path))
	return ending == ".tsr" || ending == ".tst"
}

// documentPaths lists files, and the files of folders in order of path; hidden ones
// and time stamps are left out of folders.
func documentPaths(args []string) ([]string, error) {
	var out []string
	for _, a := range args {
		st, err := os.Stat(a)
		if err != nil {
			return nil, usageError{err}
		}
		if !st.IsDir() {
			out = append(out, a)
			continue
		}
		err = filepath.WalkDir(a, func(path string, d fs.DirEntry, err error) error {
			hidden := path != a && strings.HasPrefix(d.Name(), ".")
			switch {
			case err != nil:
				return err
			case d.IsDir() && hidden:
				return fs.SkipDir
			case d.Type().IsRegular() && !hidden && !isToken(path):
				out = append(out, path)
			}
			return nil
		})
		if err != nil {
			return nil, usageError{err}
		}
	}
	if len(out) == 0 {
		return nil, usage("no file in %s", strings.Join(args, ", "))
	}
	return slices.Compact(out), nil
}

// documentsOf reads the files of an act. A time stamp beside a file, FILE.tsr or
// FILE.tst, is taken with it.
func (e *env) documentsOf(paths []string, o *actOptions) ([]*actFile, error) {
	var out []*actFile
	for _, path := range paths {
		f, err := readDocument(path)
		if err != nil {
			return nil, err
		}
		for i, s := range f.Signers {
			if s.State == signedfile.Broken && !o.asIs {
				return nil, usage("%s", e.t("act.broken", path, i+1, s.Why))
			}
		}
		d := &actFile{path: path, File: f}
		if d.token, err = e.tokenOf(path, f, o); err != nil {
			return nil, err
		}
		out = append(out, d)
	}
	return out, nil
}

// actOptions are how files are taken.
type actOptions struct {
	asIs, unverified bool
	token            string
	roots            *x509.CertPool
}

// tokenOf finds the time stamp of a file, and verifies it.
func (e *env) tokenOf(path string, f *signedfile.File, o *actOptions) ([]byte, error) {
	from := o.token
	if from == "" {
		for _, beside := range []string{path + ".tsr", path + ".tst"} {
			if isFileThere(beside) {
				from = beside
			}
		}
	}
	if from == "" {
		return nil, nil
	}
	raw, err := e.readInput(from, signedfile.MaxToken)
	if err != nil {
		return nil, err
	}
	if raw, err = signedfile.TokenFromResponse(raw); err != nil {
		return nil, usage("%s: %v", from, err)
	}
	t, err := signedfile.ParseToken(raw)
	if err == nil {
		err = t.Of(f.SHA256[:], f.SHA512[:])
	}
	if err != nil {
		return nil, usage("%s: %v", from, err)
	}
	switch {
	case o.roots != nil:
		who, err := t.Verify(o.roots)
		if err != nil {
			return nil, usage("%s: %v", from, err)
		}
		fmt.Fprintln(e.err, e.t("act.token-good", from, who, t.GenTime.Format("2006-01-02T15:04:05Z")))
	case !o.unverified:
		return nil, usage("%s", e.t("act.need-roots", from))
	}
	return raw, nil
}

func isFileThere(path string) bool {
	st, err := os.Stat(path)
	return err == nil && st.Mode().IsRegular()
}

// rootsFrom reads the authorities that --tsa-roots trusts; nil for none.
func (e *env) rootsFrom(path string) (*x509.CertPool, error) {
	if path == "" {
		return nil, nil
	}
	b, err := e.readInput(path, 1<<20)
	if err != nil {
		return nil, err
	}
	pool, err := signedfile.Roots(b)
	if err != nil {
		return nil, usage("%s: %v", path, err)
	}
	return pool, nil
}

var containers = map[signedfile.Container]ledgerv1.Container{
	signedfile.None: ledgerv1.Container_CONTAINER_NONE, signedfile.PAdES: ledgerv1.Container_CONTAINER_PADES,
	signedfile.CAdES: ledgerv1.Container_CONTAINER_CADES, signedfile.EML: ledgerv1.Container_CONTAINER_EML,
}

// record is what the ledger is told of a file: hashes and counts, no names.
func (d *actFile) record(title string, urls []string) *ledgerv1.Document {
	out := &ledgerv1.Document{
		Sha256: d.SHA256[:], Sha512: d.SHA512[:], Size: d.Size, MediaType: d.MediaType, Container: containers[d.Container], Title: title, Urls: urls, Token: d.token,
	}
	if d.Inner != nil {
		out.InnerSha256, out.InnerSize, out.InnerMediaType = d.Inner.SHA256[:], d.Inner.Size, d.Inner.MediaType
		out.Signatures = uint32(len(d.Signers))
	}
	for i := range d.Parts {
		out.Parts = append(out.Parts, d.Parts[i].SHA256[:])
	}
	return out
}

var errNoActs = errors.New("the list has no rows")
