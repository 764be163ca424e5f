package main

import (
	"context"
	"encoding/base32"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	cmtcfg "github.com/cometbft/cometbft/config"

	"github.com/filiera-chain/filiera/node"
	"github.com/filiera-chain/filiera/testnet/story"
)

// demoChain is the chain of the demonstration.
const demoChain = "filiera-demo"

// demoMark is the file by which a folder is known as a demonstration's, so that
// no other folder is ever emptied.
const demoMark = ".filiera-demo"

// demoCommand tells the story of a real product on a node of its own. Every
// step after the node's start is a command of this program, run as a user
// would, and shown.
func demoCommand(e *env) *cobra.Command {
	cmd := e.leaf("demo", "demo.short", "filiera demo --dir build/demo", cobra.NoArgs,
		func(cmd *cobra.Command, _ []string) error {
			d, err := e.newDemo()
			if err != nil {
				return err
			}
			return d.run(cmd.Context())
		})
	f := cmd.Flags()
	f.String("dir", filepath.Join("build", "demo"), e.t("flag.demo-dir"))
	f.Bool("exit", false, e.t("flag.demo-exit"))
	f.String("gateway", node.DefaultGateway, e.t("flag.gateway"))
	return cmd
}

// demo is a demonstration under way.
type demo struct {
	e     *env
	dir   string
	home  node.Home
	story *story.Story
	cli   *player
	url   string
}

func (e *env) newDemo() (*demo, error) {
	dir := e.v.GetString("dir")
	d := &demo{e: e, dir: dir, home: node.Home(dir)}
	if err := d.clear(); err != nil {
		return nil, usageError{err}
	}
	program, err := os.Executable()
	if err != nil {
		return nil, err
	}
	d.cli = &player{e: e, program: program, dir: dir}
	return d, nil
}

// clear makes an empty folder, removing an earlier demonstration.
func (d *demo) clear() error {
	entries, err := os.ReadDir(d.dir)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	if _, err := os.Stat(filepath.Join(d.dir, demoMark)); err != nil && len(entries) > 0 {
		return errors.New(d.e.t("demo.not.ours", d.dir))
	}
	if err := os.RemoveAll(d.dir); err != nil {
		return err
	}
	if err := os.MkdirAll(d.dir, 0o700); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(d.dir, demoMark), nil, 0o600)
}

func (d *demo) run(ctx context.Context) (err error) {
	if d.story, err = story.Write(d.dir, d.e.now()); err != nil {
		return err
	}
	n, err := d.open(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, n.Stop()) }()
	if err := d.tell(ctx); err != nil {
		return err
	}
	if d.e.v.GetBool("exit") {
		fmt.Fprintln(d.e.out, d.e.t("demo.done", d.dir))
		return nil
	}
	d.invite()
	select {
	case <-ctx.Done():
		fmt.Fprintln(d.e.err, d.e.t("start.stopping"))
		return nil
	case <-n.Failed():
		return errStopped
	}
}

// open makes home, keys and genesis, and starts the node.
func (d *demo) open(ctx context.Context) (*node.Node, error) {
	d.say("demo.title")
	err := node.Init(d.home, "demo", func(c *cmtcfg.Config) {
		c.RPC.ListenAddress = "" // the gateway is the only door that is shown
		c.P2P.ListenAddress = "tcp://127.0.0.1:0"
	})
	if err != nil {
		return nil, err
	}
	if err := node.StartGenesis(d.home, demoChain, d.e.now().Add(-1e9)); err != nil {
		return nil, err
	}
	if err := d.makeKeys(ctx); err != nil {
		return nil, err
	}
	gateway, err := freeAddress(d.e.v.GetString("gateway"))
	if err != nil {
		return nil, usageError{err}
	}
	n, err := node.Start(ctx, node.Config{Home: d.home, Gateway: gateway, LogLevel: "consensus:error,*:none", Metrics: true, Release: version()}, d.e.logger())
	if err != nil {
		return nil, err
	}
	d.url = n.GatewayURL()
	d.cli.node = d.url
	return n, copyFile(d.home.Genesis(), filepath.Join(d.dir, "genesis.json"))
}

// freeAddress gives address, or if somebody listens there, any free port.
func freeAddress(address string) (string, error) {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return "", fmt.Errorf("gateway address %q: %w", address, err)
	}
	for _, a := range []string{address, net.JoinHostPort(host, "0")} {
		l, err := net.Listen("tcp", a)
		if err != nil {
			continue
		}
		free := l.Addr().String()
		return free, l.Close()
	}
	return "", fmt.Errorf("no port is free on %s", host)
}

// makeKeys makes one key for each participant, and puts the authority and the
// validator into genesis.
func (d *demo) makeKeys(ctx context.Context) error {
	secret := make([]byte, 15)
	if _, err := io.ReadFull(d.e.random, secret); err != nil {
		return err
	}
	d.cli.password = filepath.Join(d.home.Keys(), "password.txt")
	if err := os.WriteFile(d.cli.password, []byte(base32.StdEncoding.EncodeToString(secret)+"\n"), 0o600); err != nil {
		return err
	}
	d.say("demo.keys")
	for _, p := range d.story.Participants {
		if _, err := d.cli.quiet(ctx, "keys", "add", p.ID); err != nil {
			return err
		}
		request, err := d.cli.quiet(ctx, "keys", "prove", p.ID, "--participant", p.ID, "--label", "ufficio", "--chain-id", demoChain)
		if err != nil {
			return err
		}
		if err := os.WriteFile(d.request(p.ID), request, 0o600); err != nil {
			return err
		}
		if !p.Is("authority") {
			continue
		}
		if _, err := d.cli.show(ctx, "genesis", "add-participant", "--request", d.request(p.ID), "--name", p.Name, "--authority"); err != nil {
			return err
		}
		if _, err := d.cli.show(ctx, "genesis", "add-validator", "--participant", p.ID, "--name", "demo"); err != nil {
			return err
		}
	}
	_, err := d.cli.show(ctx, "genesis", "validate")
	return err
}

func (d *demo) request(participant string) string {
	return filepath.Join(d.home.Keys(), participant+".request")
}

func (d *demo) say(key string, args ...any) {
	fmt.Fprintf(d.e.out, "\n%s\n", d.e.t(key, args...))
}

func copyFile(from, to string) error {
	data, err := os.ReadFile(from)
	if err != nil {
		return err
	}
	return os.WriteFile(to, data, 0o600)
}
