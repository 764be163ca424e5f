package main

import (
	"os"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// every calls do for each command of the program in a language.
func every(t *testing.T, lang string, do func(t *testing.T, c *cobra.Command)) {
	t.Helper()
	var walk func(c *cobra.Command)
	walk = func(c *cobra.Command) {
		if c.Name() == "help" || c.Name() == "completion" {
			return
		}
		t.Run(strings.ReplaceAll(c.CommandPath(), " ", "/"), func(t *testing.T) { do(t, c) })
		for _, child := range c.Commands() {
			walk(child)
		}
	}
	walk(newRoot(newEnv([]string{"--lang", lang})))
}

func TestEveryCommandAndFlagExplainsItself(t *testing.T) {
	for _, lang := range []string{"it", "en"} {
		every(t, lang, func(t *testing.T, c *cobra.Command) {
			if c.Short == "" {
				t.Error("the command has no help")
			}
			if !strings.Contains(c.Example, "filiera ") {
				t.Error("the command has no example")
			}
			c.Flags().VisitAll(func(f *pflag.Flag) {
				if f.Usage == "" {
					t.Errorf("--%s has no help", f.Name)
				}
			})
		})
	}
}

func TestListsPageAndChangesRehearse(t *testing.T) {
	every(t, "en", func(t *testing.T, c *cobra.Command) {
		if c.Name() == "list" && (c.Flags().Lookup("limit") == nil || c.Flags().Lookup("page-token") == nil) {
			t.Error("a list takes --limit and --page-token")
		}
		if (c.Flags().Lookup("no-wait") != nil || c.Flags().Lookup("generate-only") != nil) && c.Flags().Lookup("dry-run") == nil {
			t.Error("a command that changes the ledger takes --dry-run")
		}
	})
}

// TestExamplesParse holds every example against the flags and arguments of the
// command that it is an example of; testdata/examples.txtar runs them.
func TestExamplesParse(t *testing.T) {
	n := 0
	for _, line := range examples() {
		n++
		t.Run(line, func(t *testing.T) {
			args := shellWords(line)
			root := newRoot(newEnv(args))
			cmd, rest, err := root.Find(args[1:])
			if err != nil {
				t.Fatal(err)
			}
			if err := cmd.ParseFlags(rest); err != nil {
				t.Fatal(err)
			}
			if err := cmd.ValidateArgs(cmd.Flags().Args()); err != nil {
				t.Fatal(err)
			}
		})
	}
	if n < 50 {
		t.Fatalf("only %d examples found", n)
	}
}

// examples gives each example line of every command, once.
func examples() []string {
	var lines []string
	seen := map[string]bool{}
	var walk func(c *cobra.Command)
	walk = func(c *cobra.Command) {
		for line := range strings.Lines(c.Example) {
			if line = strings.TrimSpace(line); strings.HasPrefix(line, "filiera ") && !seen[line] {
				seen[line] = true
				lines = append(lines, line)
			}
		}
		for _, child := range c.Commands() {
			walk(child)
		}
	}
	walk(newRoot(newEnv([]string{"--lang", "en"})))
	return lines
}

// shellWords splits a line as a shell does, as far as examples need it:
// quotes, and redirections dropped.
func shellWords(line string) []string {
	var words []string
	var word strings.Builder
	var quote rune
	open := false
	end := func() {
		if s := word.String(); open && !strings.HasPrefix(s, ">") {
			words = append(words, s)
		}
		word.Reset()
		open = false
	}
	for _, r := range line {
		switch {
		case quote != 0 && r == quote:
			quote = 0
		case quote != 0:
			word.WriteRune(r)
		case r == '\'' || r == '"':
			quote, open = r, true
		case r == ' ':
			end()
		default:
			word.WriteRune(r)
			open = true
		}
	}
	end()
	return words
}

func TestLanguageIsFound(t *testing.T) {
	for _, c := range []struct {
		name string
		args []string
		env  map[string]string
		want string
	}{
		{"the flag wins", []string{"status", "--lang", "it"}, map[string]string{"FILIERA_LANG": "en"}, "it"},
		{"the flag with an equals sign", []string{"--lang=it"}, nil, "it"},
		{"then the variable", nil, map[string]string{"FILIERA_LANG": "it", "LANG": "en_GB.UTF-8"}, "it"},
		{"then the system", nil, map[string]string{"LANG": "it_IT.UTF-8"}, "it"},
		{"LC_ALL before LANG", nil, map[string]string{"LC_ALL": "C", "LANG": "it_IT.UTF-8"}, "en"},
		{"nothing is known", nil, nil, "en"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := languageOf(c.args, func(k string) string { return c.env[k] }); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

func TestMain(m *testing.M) {
	os.Exit(runScripts(m))
}
