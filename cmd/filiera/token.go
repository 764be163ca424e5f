package main

import (
	"crypto/ecdsa"
	"errors"
	"net/netip"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/filiera-chain/filiera/keys"
	"github.com/filiera-chain/filiera/node"
	"github.com/filiera-chain/filiera/tokens"
)

// tokenCommand keeps the bearer tokens of a node: it works on the home, whether
// or not the node runs.
func tokenCommand(e *env) *cobra.Command {
	g := e.group("token", "token.short", tokenAdd(e), tokenList(e), tokenRevoke(e))
	g.PersistentFlags().String("keys-dir", "", e.t("flag.keys-dir"))
	return g
}

func (e *env) tokens() *tokens.File { return tokens.Open(node.Home(e.home()).Tokens()) }

func tokenAdd(e *env) *cobra.Command {
	cmd := e.leaf("add", "token.add.short", "filiera token add --key pastificio --label 'gestionale' --valid-for 8760h", cobra.NoArgs,
		func(cmd *cobra.Command, _ []string) error {
			name, _ := cmd.Flags().GetString("key")
			label, _ := cmd.Flags().GetString("label")
			lifetime, _ := cmd.Flags().GetDuration("valid-for")
			if name == "" {
				return usage("%s", e.t("token.need.key"))
			}
			ring, err := e.ring()
			if err != nil {
				return err
			}
			if _, err := ring.Show(name); err != nil {
				return usageError{err}
			}
			if e.v.GetBool("dry-run") {
				return e.printNothingDone(name)
			}
			secret, t, err := e.tokens().Add(name, label, lifetime, e.now(), e.random)
			if err != nil {
				return usageError{err}
			}
			// The secret is shown once, here: it is kept nowhere.
			return e.print(map[string]any{"token": secret, "id": t.ID, "key": t.Key, "label": t.Label, "expires_at": expiry(t)}, func(tab *table) {
				tab.line(e.t("token.token"), secret)
				tab.line(e.t("token.id"), t.ID)
				tab.line(e.t("token.key"), t.Key)
				tab.line(e.t("token.label"), t.Label)
				tab.line(e.t("token.expires"), expiry(t))
			})
		})
	f := cmd.Flags()
	f.String("key", "", e.t("flag.token.key"))
	f.String("label", "", e.t("flag.token.label"))
	f.Duration("valid-for", 0, e.t("flag.token.valid-for"))
	f.Bool("dry-run", false, e.t("flag.dry-run"))
	return cmd
}

func expiry(t tokens.Token) string {
	if t.ExpiresAt == 0 {
		return ""
	}
	return unixTime(t.ExpiresAt)
}

func unixTime(seconds int64) string { return time.Unix(seconds, 0).UTC().Format(time.RFC3339) }

// tokenRow is a token as lists show it: without its hash.
type tokenRow struct {
	ID        string `json:"id"`
	Key       string `json:"key"`
	Label     string `json:"label"`
	CreatedAt string `json:"created_at"`
	ExpiresAt string `json:"expires_at"`
}

func tokenList(e *env) *cobra.Command {
	cmd := e.leaf("list", "token.list.short", "filiera token list --output json", cobra.NoArgs,
		func(cmd *cobra.Command, _ []string) error {
			list, err := e.tokens().List()
			if err != nil {
				return err
			}
			limit, _ := cmd.Flags().GetInt("limit")
			after, _ := cmd.Flags().GetString("page-token")
			page := struct {
				Items         []tokenRow `json:"items"`
				NextPageToken string     `json:"next_page_token"`
			}{Items: []tokenRow{}}
			skipping := after != ""
			for _, t := range list {
				if skipping {
					skipping = t.ID != after
					continue
				}
				if limit > 0 && len(page.Items) == limit {
					page.NextPageToken = page.Items[limit-1].ID
					break
				}
				page.Items = append(page.Items, tokenRow{t.ID, t.Key, t.Label, unixTime(t.CreatedAt), expiry(t)})
			}
			return e.print(page, func(tab *table) {
				tab.row(e.t("token.id"), e.t("token.key"), e.t("token.label"), e.t("created"), e.t("token.expires"))
				for _, t := range page.Items {
					tab.row(t.ID, t.Key, t.Label, t.CreatedAt, t.ExpiresAt)
				}
				e.hintNext(page.NextPageToken)
			})
		})
	return e.paged(cmd)
}

func tokenRevoke(e *env) *cobra.Command {
	cmd := e.leaf("revoke [ID]", "token.revoke.short", "filiera token revoke --key pastificio", cobra.MaximumNArgs(1),
		func(cmd *cobra.Command, args []string) error {
			key, _ := cmd.Flags().GetString("key")
			if (len(args) == 0) == (key == "") {
				return usage("%s", e.t("token.which"))
			}
			list, err := e.tokens().List()
			if err != nil {
				return err
			}
			ids := []string{}
			for _, t := range list {
				if key != "" && t.Key == key || len(args) > 0 && t.ID == args[0] {
					ids = append(ids, t.ID)
				}
			}
			if len(args) > 0 && len(ids) == 0 {
				return usage("%s", e.t("token.unknown", args[0]))
			}
			if e.v.GetBool("dry-run") {
				return e.printNothingDone(strings.Join(ids, " "))
			}
			for _, id := range ids {
				// One that somebody else revoked meanwhile is revoked as well.
				if err := e.tokens().Revoke(id); err != nil && !errors.Is(err, tokens.ErrUnknown) {
					return err
				}
			}
			return e.print(map[string]any{"revoked": ids}, func(tab *table) { tab.row(e.t("token.revoked"), strings.Join(ids, " ")) })
		})
	cmd.Flags().String("key", "", e.t("flag.token.all"))
	cmd.Flags().Bool("dry-run", false, e.t("flag.dry-run"))
	return cmd
}

// captureConfig unlocks the keys that --epcis-capture names: each as NAME, opened
// with the password of --password-file, or as NAME=FILE with one of its own.
func (e *env) captureConfig(cfg *node.Config) error {
	for _, text := range e.v.GetStringSlice("epcis-webhook-networks") {
		p, err := netip.ParsePrefix(strings.TrimSpace(text))
		if err != nil {
			return usage("%s", e.t("token.bad.network", text, err))
		}
		cfg.WebhookNetworks = append(cfg.WebhookNetworks, p.Masked())
	}
	named := e.v.GetStringSlice("epcis-capture")
	if len(named) == 0 {
		return nil
	}
	if cfg.Gateway == "" {
		return usage("%s", e.t("token.no.gateway"))
	}
	cfg.EPCISSigners = map[string]*ecdsa.PrivateKey{}
	for _, item := range named {
		name, key, err := e.lentKey(item)
		if err != nil {
			return err
		}
		cfg.EPCISSigners[name] = key
	}
	return nil
}

// lentKey opens a key that the node signs with: NAME, or NAME=PASSWORD-FILE.
func (e *env) lentKey(item string) (string, *ecdsa.PrivateKey, error) {
	ring, err := e.ring()
	if err != nil {
		return "", nil, err
	}
	name, file, own := strings.Cut(strings.TrimSpace(item), "=")
	if _, err := ring.Show(name); err != nil {
		return "", nil, usageError{err}
	}
	from := e.passwordFrom()
	if own {
		from = keys.PasswordFrom{File: file}
	}
	password, err := from.Existing(e.t("ask.password", name))
	if err != nil {
		return "", nil, usageError{err}
	}
	key, err := ring.Unlock(name, password)
	if err != nil {
		return "", nil, usageError{err}
	}
	return name, key, nil
}

// proxies reads the networks of reverse proxies that are believed.
func (e *env) proxies() (list []netip.Prefix, err error) {
	for _, text := range e.v.GetStringSlice("proxies") {
		p, err := netip.ParsePrefix(strings.TrimSpace(text))
		if err != nil {
			return nil, usage("%s", e.t("bad.proxies", text, err))
		}
		list = append(list, p.Masked())
	}
	return list, nil
}

// unitsConfig says where tree files of units are, and who signs reveals of codes.
func (e *env) unitsConfig(cfg *node.Config) error {
	cfg.UnitsDir = e.v.GetString("units-dir")
	var err error
	if cfg.Proxies, err = e.proxies(); err != nil {
		return err
	}
	item := e.v.GetString("unit-relay")
	if item == "" {
		return nil
	}
	if cfg.Gateway == "" {
		return usage("%s", e.t("unit.relay-needs-gateway"))
	}
	_, cfg.UnitRelay, err = e.lentKey(item)
	return err
}
