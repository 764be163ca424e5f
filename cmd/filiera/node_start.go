package main

import (
	"errors"
	"fmt"
	"log/slog"
	"strings"

	"github.com/spf13/cobra"

	"github.com/filiera-chain/filiera/node"
)

// errStopped is reported when the engine stopped by itself.
var errStopped = errors.New("the engine stopped by itself; its log says why")

// startCommand runs a node until it is told to stop.
func startCommand(e *env) *cobra.Command {
	cmd := e.leaf("start", "start.short",
		"filiera start --gateway 127.0.0.1:8080",
		cobra.NoArgs,
		func(cmd *cobra.Command, _ []string) error {
			cfg := e.nodeConfig()
			var err error
			if cfg.IndexDB, err = e.indexDB(cmd); err != nil {
				return err
			}
			if err := e.captureConfig(&cfg); err != nil {
				return err
			}
			if err := e.unitsConfig(&cfg); err != nil {
				return err
			}
			n, err := node.Start(cmd.Context(), cfg, e.logger())
			if err != nil {
				return usageError{err}
			}
			fmt.Fprintln(e.err, e.t("start.running", n.App().ChainID(), n.GatewayURL()))
			select {
			case <-cmd.Context().Done():
				fmt.Fprintln(e.err, e.t("start.stopping"))
				return n.Stop()
			case <-n.Failed():
				return errors.Join(errStopped, n.Stop())
			}
		})
	f := cmd.Flags()
	f.String("gateway", node.DefaultGateway, e.t("flag.gateway"))
	f.String("state-backend", "goleveldb", e.t("flag.state-backend"))
	f.Int64("state-memory", 0, e.t("flag.state-memory"))
	f.String("log-level", "error", e.t("flag.log-level"))
	f.String("log-format", "plain", e.t("flag.log-format"))
	f.String("index-db", "", e.t("flag.index-db"))
	f.Float64("reads-per-second", 0, e.t("flag.reads-per-second"))
	f.StringSlice("epcis-capture", nil, e.t("flag.epcis-capture"))
	f.StringSlice("epcis-webhook-networks", nil, e.t("flag.epcis-webhook-networks"))
	f.String("keys-dir", "", e.t("flag.keys-dir"))
	dataFlags(e, f)
	f.StringSlice("proxies", nil, e.t("flag.proxies"))
	f.String("units-dir", "", e.t("flag.units-dir"))
	f.String("unit-relay", "", e.t("flag.unit-relay"))
	return cmd
}

func (e *env) nodeConfig() node.Config {
	return node.Config{
		Home: node.Home(e.home()), Gateway: e.v.GetString("gateway"), StateBackend: e.v.GetString("state-backend"),
		StateMemory: e.v.GetInt64("state-memory") << 20, LogLevel: e.v.GetString("log-level"), LogFormat: e.v.GetString("log-format"),
		ReadsPerSecond: e.v.GetFloat64("reads-per-second"), Metrics: true, Release: version(),
		Mailbox: e.v.GetBool("mailbox"), Documents: e.documents(),
	}
}

// logger is for everything of the node that is not the engine.
func (e *env) logger() *slog.Logger {
	var level slog.Level
	word, _, _ := strings.Cut(e.v.GetString("log-level"), ",")
	if i := strings.LastIndexByte(word, ':'); i >= 0 {
		word = word[i+1:]
	}
	if err := level.UnmarshalText([]byte(word)); err != nil {
		level = slog.LevelError
	}
	options := &slog.HandlerOptions{Level: level}
	if e.v.GetString("log-format") == "json" {
		return slog.New(slog.NewJSONHandler(e.err, options))
	}
	return slog.New(slog.NewTextHandler(e.err, options))
}
