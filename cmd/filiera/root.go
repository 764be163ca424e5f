package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime/debug"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
	"github.com/spf13/viper"
)

// usageError is a wrong use of the command line or a wrong file: exit code 2.
type usageError struct{ error }

func usage(format string, args ...any) error { return usageError{fmt.Errorf(format, args...)} }

func newRoot(e *env) *cobra.Command {
	root := &cobra.Command{
		Use:           "filiera",
		Short:         e.t("root.short"),
		Long:          e.t("root.long"),
		Example:       "  filiera verify 08012345678907 L26-001",
		Version:       version(),
		SilenceErrors: true,
		SilenceUsage:  true,
		Args:          cobra.NoArgs,
		RunE:          func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	root.SetIn(e.in)
	root.SetOut(e.out)
	root.SetErr(e.err)
	root.SetVersionTemplate("filiera {{.Version}}\n")
	root.SetFlagErrorFunc(func(_ *cobra.Command, err error) error { return usageError{err} })
	root.CompletionOptions.HiddenDefaultCmd = true
	globalFlags(e, root.PersistentFlags())
	root.PersistentPreRunE = func(cmd *cobra.Command, _ []string) error { return e.configure(cmd) }
	for _, group := range groups() {
		root.AddCommand(group(e))
	}
	root.SetUsageTemplate(e.headings(root.UsageTemplate()))
	finishTree(e, root)
	return root
}

// globalFlags are those that every command takes. Each is also a FILIERA_…
// variable and a key of <home>/config.toml; the command line wins over the
// variable, and the variable over the file.
func globalFlags(e *env, f *pflag.FlagSet) {
	f.String("home", defaultHome(), e.t("flag.home"))
	f.String("node", "http://127.0.0.1:8080", e.t("flag.node"))
	f.String("from", "", e.t("flag.from"))
	f.StringP("output", "o", "table", e.t("flag.output"))
	f.String("password-file", "", e.t("flag.password-file"))
	f.Int("password-fd", 0, e.t("flag.password-fd"))
	f.Bool("no-color", false, e.t("flag.no-color"))
	f.String("lang", e.lang, e.t("flag.lang"))
}

// headings puts cobra's own words of a help page into the language in use.
func (e *env) headings(template string) string {
	for _, h := range []string{"Usage:", "Examples:", "Available Commands:", "Global Flags:", "Flags:"} {
		key := "help." + strings.ToLower(strings.ReplaceAll(strings.TrimSuffix(h, ":"), " ", "."))
		if rest, ok := strings.CutPrefix(template, h); ok {
			template = e.t(key) + ":" + rest
		}
		template = strings.ReplaceAll(template, "\n"+h, "\n"+e.t(key)+":")
		template = strings.ReplaceAll(template, "}}"+h, "}}"+e.t(key)+":")
	}
	use := `Use "{{.CommandPath}} [command] --help" for more information about a command.`
	return strings.ReplaceAll(template, use, e.t("help.more"))
}

func defaultHome() string {
	home, err := os.UserHomeDir()
	if err != nil {
		return ".filiera"
	}
	return filepath.Join(home, ".filiera")
}

// finishTree gives every command what cobra leaves to the author: a group
// without a verb shows its help, an unknown verb is wrong usage, and wrong
// arguments are too.
func finishTree(e *env, cmd *cobra.Command) {
	cmd.Flags().BoolP("help", "h", false, e.t("flag.help"))
	for _, c := range cmd.Commands() {
		if c.HasSubCommands() && c.RunE == nil {
			c.Args = cobra.ArbitraryArgs
			c.RunE = func(c *cobra.Command, args []string) error {
				if len(args) > 0 {
					return usage("%s", e.t("unknown.command", args[0], c.CommandPath()))
				}
				return c.Help()
			}
		}
		if check := c.Args; check != nil {
			c.Args = func(c *cobra.Command, args []string) error {
				if err := check(c, args); err != nil {
					return usageError{err}
				}
				return nil
			}
		}
		finishTree(e, c)
	}
}

// configure reads the settings for the command about to run.
func (e *env) configure(cmd *cobra.Command) error {
	e.v = viper.New()
	e.v.SetEnvPrefix("FILIERA")
	e.v.SetEnvKeyReplacer(strings.NewReplacer("-", "_"))
	e.v.AutomaticEnv()
	if err := e.v.BindPFlags(cmd.Flags()); err != nil {
		return err
	}
	if err := e.readConfig(); err != nil {
		return err
	}
	switch o := e.v.GetString("output"); o {
	case "table", "json", "yaml":
	case "csv":
		if cmd.Annotations[csvOutput] == "" {
			return usage("%s", e.t("bad.output", o))
		}
	default:
		return usage("%s", e.t("bad.output", o))
	}
	return e.useLanguage(e.v.GetString("lang"))
}

// readConfig reads <home>/config.toml. A key may be written with hyphens, as
// the flag is, or with underscores, as TOML likes it.
func (e *env) readConfig() error {
	path := filepath.Join(e.v.GetString("home"), "config.toml")
	file := viper.New()
	file.SetConfigFile(path)
	err := file.ReadInConfig()
	switch {
	case errors.Is(err, os.ErrNotExist):
		return nil
	case err != nil:
		return usage("%s", e.t("bad.config", path, err))
	}
	settings := make(map[string]any)
	for key, value := range file.AllSettings() {
		settings[strings.ReplaceAll(key, "_", "-")] = value
	}
	return e.v.MergeConfigMap(settings)
}

// version is the module's version or the commit it was built from.
func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "(unknown)"
	}
	if v := info.Main.Version; v != "" && v != "(devel)" {
		return v
	}
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" && len(s.Value) >= 12 {
			return "devel " + s.Value[:12]
		}
	}
	return "devel"
}
