package main

import (
	"fmt"
	"net/url"
	"strconv"
	"time"

	"github.com/spf13/cobra"
	"google.golang.org/protobuf/proto"

	certv1 "github.com/filiera-chain/filiera/api/cert/v1"
	"github.com/filiera-chain/filiera/credential"
	"github.com/filiera-chain/filiera/verify"
)

func certStatusList(e *env) *cobra.Command {
	return e.group("status-list", "cert.status-list.short", statusListShow(e), statusListSign(e))
}

func statusListShow(e *env) *cobra.Command {
	cmd := e.leaf("show CERTIFIER", "cert.status-list.show.short", `
filiera cert status-list show amap-apc --list 1
filiera cert status-list show amap-apc --list 1 --proof --trust-hash-file trust-hash.txt`, cobra.ExactArgs(1),
		func(cmd *cobra.Command, args []string) error {
			if proven, _ := cmd.Flags().GetBool("proof"); proven {
				return e.provenStatusList(cmd, args[0])
			}
			shown := []statusListView{}
			for _, purpose := range []string{credential.Revocation, credential.Suspension} {
				l, err := e.statusList(cmd, args[0], purpose)
				if err != nil {
					return err
				}
				v := statusListView{Purpose: purpose, Indexes: []uint32{}}
				if v.URL, err = l.URL(); err != nil {
					return err
				}
				v.Indexes = indexes(l.Bits)
				shown = append(shown, v)
			}
			return e.print(shown, func(t *table) { e.drawStatusLists(t, shown) })
		})
	cmd.Flags().Uint32("list", 1, e.t("flag.list"))
	cmd.Flags().Bool("proof", false, e.t("flag.list-proof"))
	cmd.Flags().String("trust-hash", "", e.t("flag.trust-hash"))
	cmd.Flags().String("trust-hash-file", "", e.t("flag.trust-hash-file"))
	return cmd
}

func indexes(b *credential.Bitstring) []uint32 {
	out := []uint32{}
	for i := range uint32(credential.StatusListSize) {
		if b.Has(i) {
			out = append(out, i)
		}
	}
	return out
}

func (e *env) drawStatusLists(t *table, shown []statusListView) {
	for _, v := range shown {
		t.line(e.t("purpose."+v.Purpose), fmt.Sprintf("%d  %v", len(v.Indexes), v.Indexes[:min(len(v.Indexes), 20)]))
		t.line("", v.URL)
	}
}

// provenStatusList checks the proof of a list here, so that the node is not
// believed.
func (e *env) provenStatusList(cmd *cobra.Command, certifier string) error {
	trust, ok, err := e.trust(cmd)
	if err != nil {
		return err
	}
	if !ok {
		return usage("%s", e.t("need.trust"))
	}
	c, err := e.client()
	if err != nil {
		return err
	}
	list, _ := cmd.Flags().GetUint32("list")
	raw, err := c.Get(cmd.Context(), "/v1/status-lists/"+url.PathEscape(certifier)+"/"+strconv.FormatUint(uint64(list), 10)+"/proof", nil)
	if err != nil {
		return err
	}
	r, err := verify.CheckStatusList(raw, trust)
	if err == nil && (r.Certifier != certifier || r.List != list) {
		err = fmt.Errorf("it is of list %d of %s", r.List, r.Certifier)
	}
	if err != nil {
		fmt.Fprintln(e.err, e.t("list.unproven", err))
		return errUnverified
	}
	shown := []statusListView{{Purpose: credential.Revocation, Indexes: indexes((*credential.Bitstring)(r.Revoked))}, {Purpose: credential.Suspension, Indexes: indexes((*credential.Bitstring)(r.Suspended))}}
	fmt.Fprintln(e.err, e.t("list.proven", r.Entries, r.Ledger.ChainID, r.Ledger.Height))
	return e.print(shown, func(t *table) { e.drawStatusLists(t, shown) })
}

type statusListView struct {
	Purpose string   `json:"purpose"`
	URL     string   `json:"url,omitempty"`
	Indexes []uint32 `json:"indexes"`
}

// statusList asks the node what a list says now.
func (e *env) statusList(cmd *cobra.Command, certifier, purpose string) (*credential.StatusList, error) {
	c, err := e.client()
	if err != nil {
		return nil, err
	}
	list, _ := cmd.Flags().GetUint32("list")
	raw, err := c.StatusList(cmd.Context(), certifier, strconv.FormatUint(uint64(list), 10), purpose)
	if err != nil {
		return nil, err
	}
	return credential.ReadStatusList(raw)
}

// statusListSign signs what the lists say now, and publishes them. The ledger
// takes a list only if it says what the ledger says, so a node that lies about
// it gains nothing.
func statusListSign(e *env) *cobra.Command {
	cmd := e.leaf("sign CERTIFIER", "cert.status-list.sign.short",
		"filiera cert status-list sign amap-apc --list 1 --valid-for 168h --label amap --from amap --password-file password.txt", cobra.ExactArgs(1),
		func(cmd *cobra.Command, args []string) error {
			purposes, _ := cmd.Flags().GetStringSlice("purpose")
			validFor, _ := cmd.Flags().GetDuration("valid-for")
			if validFor < time.Minute {
				return usage("%s", e.t("bad.valid-for", validFor))
			}
			var lists []*credential.StatusList
			for _, purpose := range purposes {
				l, err := e.statusList(cmd, args[0], purpose)
				if err != nil {
					return err
				}
				l.ValidFrom = e.now().Unix()
				l.ValidUntil = e.now().Add(validFor).Unix()
				lists = append(lists, l)
			}
			return e.signLists(cmd, lists)
		})
	f := cmd.Flags()
	f.Uint32("list", 1, e.t("flag.list"))
	f.StringSlice("purpose", []string{credential.Revocation, credential.Suspension}, e.t("flag.purpose"))
	f.Duration("valid-for", 7*24*time.Hour, e.t("flag.valid-for"))
	f.String("label", "", e.t("flag.label"))
	return e.changing(cmd)
}

func (e *env) signLists(cmd *cobra.Command, lists []*credential.StatusList) error {
	key, name, err := e.unlock("")
	if err != nil {
		return err
	}
	label := e.v.GetString("label")
	if label == "" {
		label = name
	}
	var acts []proto.Message
	for _, l := range lists {
		compact, err := credential.SignStatusList(l, l.Issuer+"#"+label, key, e.now().Unix())
		if err != nil {
			return usageError{err}
		}
		acts = append(acts, &certv1.MsgPublishStatusList{Credential: []byte(compact)})
	}
	return e.carry(cmd.Context(), acts...)
}
