package main

import (
	"context"
	"crypto/ecdsa"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/viper"
	"golang.org/x/term"

	"github.com/filiera-chain/filiera/client"
	"github.com/filiera-chain/filiera/keys"
)

// Exit codes, a promise to scripts.
const (
	exitDone        = 0
	exitRefused     = 1
	exitUsage       = 2
	exitUnreachable = 3
	exitUnverified  = 4
)

// errUnverified ends a command whose check failed and has been reported.
var errUnverified = errors.New("verification failed")

// errReported ends a command that has reported single refusals itself.
var errReported = errors.New("some rows were refused")

// env is what the commands share: the streams, the clock, chance, settings and
// language.
type env struct {
	in       io.Reader
	out, err io.Writer
	now      func() time.Time
	random   io.Reader
	v        *viper.Viper
	lang     string
	words    map[string]string
	// opened are keys that this command opened: a password is asked for once.
	opened map[string]*ecdsa.PrivateKey
}

func newEnv(args []string) *env {
	e := &env{in: os.Stdin, out: os.Stdout, err: os.Stderr, now: time.Now, random: rand.Reader, v: viper.New()}
	// Help is written before flags are read, so the language is looked for
	// here; configure has the last word.
	lang := languageOf(args, os.Getenv)
	if e.useLanguage(lang) != nil {
		e.lang, e.words = "en", english
	}
	return e
}

// languageOf finds the language: --lang, FILIERA_LANG, then the system's.
func languageOf(args []string, getenv func(string) string) string {
	for i, a := range args {
		if v, ok := strings.CutPrefix(a, "--lang="); ok {
			return v
		}
		if a == "--lang" && i+1 < len(args) {
			return args[i+1]
		}
	}
	if v := getenv("FILIERA_LANG"); v != "" {
		return v
	}
	for _, name := range []string{"LC_ALL", "LC_MESSAGES", "LANG"} {
		if v := getenv(name); v != "" {
			if strings.HasPrefix(v, "it") {
				return "it"
			}
			break
		}
	}
	return "en"
}

func (e *env) useLanguage(lang string) error {
	switch lang {
	case "it":
		e.lang, e.words = lang, italian
	case "en":
		e.lang, e.words = lang, english
	default:
		return usage("%s", e.t("bad.lang", lang))
	}
	return nil
}

// t gives a sentence of the catalogue in the language in use.
func (e *env) t(key string, args ...any) string {
	text, ok := e.words[key]
	if !ok {
		text = english[key]
	}
	if len(args) == 0 {
		return text
	}
	return fmt.Sprintf(text, args...)
}

func (e *env) home() string { return e.v.GetString("home") }

// client gives a client of the node in the settings.
func (e *env) client() (*client.Client, error) {
	c, err := client.New(e.v.GetString("node"), client.WithLanguage(e.lang))
	if err != nil {
		return nil, usageError{err}
	}
	return c, nil
}

// ring opens the key folder: the setting "keys-dir", or keys in the home. The
// setting "light-scrypt" makes new key files cheap to open; it is for tests and
// throwaway demonstrations only, and is no flag so that nobody takes it up.
func (e *env) ring() (*keys.Ring, error) {
	dir := e.v.GetString("keys-dir")
	if dir == "" {
		dir = filepath.Join(e.home(), "keys")
	}
	if e.v.GetBool("light-scrypt") {
		return keys.Open(dir, keys.LightScrypt())
	}
	return keys.Open(dir)
}

func (e *env) passwordFrom() keys.PasswordFrom {
	return keys.PasswordFrom{File: e.v.GetString("password-file"), FD: e.v.GetInt("password-fd")}
}

// unlock opens the key named name, or the one of --from.
func (e *env) unlock(name string) (*ecdsa.PrivateKey, string, error) {
	if name == "" {
		name = e.v.GetString("from")
	}
	if name == "" {
		return nil, "", usage("%s", e.t("need.from"))
	}
	if key := e.opened[name]; key != nil {
		return key, name, nil
	}
	ring, err := e.ring()
	if err != nil {
		return nil, "", err
	}
	// Whether the key exists is found out before anybody types a password.
	if _, err := ring.Show(name); err != nil {
		return nil, "", usageError{err}
	}
	password, err := e.passwordFrom().Existing(e.t("ask.password", name))
	if err != nil {
		return nil, "", usageError{err}
	}
	key, err := ring.Unlock(name, password)
	if err != nil {
		return nil, "", usageError{err}
	}
	if e.opened == nil {
		e.opened = map[string]*ecdsa.PrivateKey{}
	}
	e.opened[name] = key
	return key, name, nil
}

// readInput reads a file, or standard input for "-", of at most limit bytes.
func (e *env) readInput(path string, limit int64) ([]byte, error) {
	from := e.in
	if path != "-" {
		f, err := os.Open(path)
		if err != nil {
			return nil, usageError{err}
		}
		defer f.Close()
		from = f
	}
	data, err := io.ReadAll(io.LimitReader(from, limit+1))
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", path, err)
	}
	if int64(len(data)) > limit {
		return nil, usage("%s", e.t("file.too.large", path, limit))
	}
	return data, nil
}

// terminal says whether w is a screen that can be drawn on.
func terminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}

// finish reports err, if any, and gives the exit code.
func (e *env) finish(cmd *cobra.Command, err error) int {
	var (
		refused *client.Problem
		lost    *client.Unreachable
	)
	switch {
	case err == nil:
		return exitDone
	case errors.Is(err, errUnverified):
		return exitUnverified
	case errors.Is(err, errReported):
		return exitRefused
	case errors.As(err, &lost):
		fmt.Fprintln(e.err, e.t("unreachable", lost.URL, lost.Err))
		return exitUnreachable
	case errors.As(err, &refused):
		return e.finishProblem(refused)
	case errors.Is(err, context.Canceled):
		fmt.Fprintln(e.err, e.t("interrupted"))
		return exitUnreachable
	}
	fmt.Fprintln(e.err, "filiera: "+err.Error())
	var wrong usageError
	if errors.As(err, &wrong) && cmd != nil {
		fmt.Fprintln(e.err, e.t("see.help", cmd.CommandPath()))
	}
	return exitUsage
}

// finishProblem prints what the ledger or its node answered: code and sentence.
func (e *env) finishProblem(p *client.Problem) int {
	fmt.Fprintln(e.err, p.Error())
	if p.Hash != "" {
		fmt.Fprintln(e.err, e.t("refused.hash", p.Hash))
	}
	switch {
	case p.NodeFault():
		return exitUnreachable
	case p.Status == http.StatusBadRequest && !strings.HasPrefix(p.Code, "tx."):
		return exitUsage // a question badly put, as by a filter that is no word of the list
	}
	return exitRefused
}
