package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// nowhere is an address where nothing listens: what is run against it works
// without a node or not at all.
const nowhere = "http://127.0.0.1:1"

// player runs commands of this program as a person at a terminal would.
type player struct {
	e        *env
	program  string
	dir      string
	node     string
	password string
}

// offline gives a player that reaches no node.
func (p *player) offline() *player {
	q := *p
	q.node = nowhere
	return &q
}

// name is the program as people type it: relative where that is shorter.
func (p *player) name() string {
	wd, err := os.Getwd()
	if err != nil {
		return p.program
	}
	rel, err := filepath.Rel(wd, p.program)
	if err != nil || strings.HasPrefix(rel, "..") {
		return p.program
	}
	if !strings.Contains(rel, string(filepath.Separator)) {
		return "." + string(filepath.Separator) + rel
	}
	return rel
}

// show prints the command, runs it and prints its answer.
func (p *player) show(ctx context.Context, args ...string) ([]byte, error) {
	fmt.Fprintf(p.e.out, "$ %s %s\n", p.name(), quote(args))
	out, err := p.quiet(ctx, args...)
	for line := range strings.Lines(string(out)) {
		fmt.Fprint(p.e.out, "    "+line)
	}
	return out, err
}

// refused is show for a command that the ledger refuses: with a code, and words that
// its sentence holds.
func (p *player) refused(ctx context.Context, code, words string, args ...string) error {
	fmt.Fprintf(p.e.out, "$ %s %s\n", p.name(), quote(args))
	_, err := p.quiet(ctx, args...)
	if err == nil || !strings.Contains(err.Error(), code) || !strings.Contains(err.Error(), words) {
		return fmt.Errorf("this was to be refused as %s (…%s…): %w", code, words, err)
	}
	_, said, _ := strings.Cut(err.Error(), "\n")
	for line := range strings.Lines(strings.TrimSpace(said) + "\n") {
		fmt.Fprint(p.e.out, "    "+line)
	}
	return nil
}

// quiet runs the command and gives what it printed.
func (p *player) quiet(ctx context.Context, args ...string) ([]byte, error) {
	cmd := exec.CommandContext(ctx, p.program, args...)
	cmd.Env = append(os.Environ(),
		"FILIERA_HOME="+p.dir, "FILIERA_PASSWORD_FILE="+p.password, "FILIERA_LANG="+p.e.lang,
		// The demonstration's keys guard nothing.
		"FILIERA_LIGHT_SCRYPT=true",
	)
	if p.node != "" {
		cmd.Env = append(cmd.Env, "FILIERA_NODE="+p.node)
	}
	var out, problems bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &problems
	if err := cmd.Run(); err != nil {
		return out.Bytes(), fmt.Errorf("%s %s: %w\n%s", p.name(), quote(args), err, problems.String())
	}
	return out.Bytes(), nil
}

// quote writes arguments so that a shell would read them back.
func quote(args []string) string {
	out := make([]string, len(args))
	for i, a := range args {
		if a == "" || strings.ContainsAny(a, " '\"$&()|;<>*?") {
			a = "'" + strings.ReplaceAll(a, "'", `'\''`) + "'"
		}
		out[i] = a
	}
	return strings.Join(out, " ")
}
