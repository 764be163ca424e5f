package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"mime"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/spf13/cobra"
	"google.golang.org/protobuf/proto"

	productv1 "github.com/filiera-chain/filiera/api/product/v1"
	"github.com/filiera-chain/filiera/gs1"
)

func productDescribe(e *env) *cobra.Command {
	cmd := e.leaf("describe GTIN", "product.describe.short", `
filiera product describe 8012345678907 --type gs1:pip --href https://pastificio.example.org/maccheroncini --title 'La nostra pasta' --language it --from pastificio --password-file password.txt
filiera product describe 8012345678907 --type gs1:relatedImage --href https://pastificio.example.org/foto.jpg --title Foto --content foto.jpg --from pastificio --password-file password.txt
filiera product describe 8012345678907 --lot L26-001 --type gs1:certificationInfo --href https://pastificio.example.org/c/L26-001 --title Certificato --from pastificio --password-file password.txt`, cobra.ExactArgs(1),
		func(cmd *cobra.Command, args []string) error {
			gtin, err := gs1.ParseGTIN(args[0])
			if err != nil {
				return usageError{err}
			}
			link, err := e.writtenLink(cmd)
			if err != nil {
				return err
			}
			lot, _ := cmd.Flags().GetString("lot")
			return e.carry(cmd.Context(), &productv1.MsgDescribeProduct{Gtin: gtin, Lot: lot, Link: link})
		})
	cmd.Long = e.t("product.describe.long")
	f := cmd.Flags()
	f.String("lot", "", e.t("flag.link-lot"))
	f.String("type", "", e.t("flag.link-type"))
	f.String("href", "", e.t("flag.href"))
	f.String("title", "", e.t("flag.title"))
	f.StringSlice("language", nil, e.t("flag.link-language"))
	f.String("media-type", "", e.t("flag.media-type"))
	f.String("content", "", e.t("flag.content"))
	f.String("sha256", "", e.t("flag.sha256"))
	f.Int64("size", 0, e.t("flag.size"))
	f.StringSlice("context", nil, e.t("flag.link-context"))
	return e.changing(cmd)
}

func (e *env) writtenLink(cmd *cobra.Command) (*productv1.Link, error) {
	f := cmd.Flags()
	l := new(productv1.Link)
	l.LinkType, _ = f.GetString("type")
	l.Href, _ = f.GetString("href")
	l.Title, _ = f.GetString("title")
	l.Languages, _ = f.GetStringSlice("language")
	l.MediaType, _ = f.GetString("media-type")
	l.Contexts, _ = f.GetStringSlice("context")
	l.Size, _ = f.GetInt64("size")
	if l.LinkType == "" || l.Href == "" || l.Title == "" {
		return nil, usage("%s", e.t("need.flag", "type, --href, --title"))
	}
	known, ok := gs1.LookupLinkType(l.LinkType)
	if !ok {
		return nil, usage("%s", e.t("bad.link-type", l.LinkType))
	}
	l.LinkType = known.CURIE
	hash, _ := f.GetString("sha256")
	content, _ := f.GetString("content")
	if content != "" {
		return l, hashContent(l, content)
	}
	var err error
	if l.Sha256, err = hex.DecodeString(hash); err != nil {
		return nil, usage("--sha256 is %q; write 64 hex digits", hash)
	}
	return l, nil
}

// hashContent reads the file that stands under the address, for its hash, size
// and type.
func hashContent(l *productv1.Link, path string) error {
	file, err := os.Open(path)
	if err != nil {
		return usageError{err}
	}
	defer file.Close()
	h := sha256.New()
	if l.Size, err = io.Copy(h, file); err != nil {
		return err
	}
	l.Sha256 = h.Sum(nil)
	if l.MediaType == "" {
		l.MediaType, _, _ = strings.Cut(mime.TypeByExtension(strings.ToLower(filepath.Ext(path))), ";")
	}
	if l.MediaType == "" {
		return usage("the type of %s cannot be told from its name; give --media-type", path)
	}
	return nil
}

func productWithdrawLink(e *env) *cobra.Command {
	cmd := reasoned(e, "withdraw-link GTIN NUMBER", "product.withdraw-link.short",
		"filiera product withdraw-link 8012345678907 1 --reason 'foto vecchia' --from pastificio --password-file password.txt",
		func(cmd *cobra.Command, args []string, reason string) (proto.Message, error) {
			gtin, err := gs1.ParseGTIN(args[0])
			if err != nil {
				return nil, usageError{err}
			}
			n, err := strconv.ParseUint(args[1], 10, 32)
			if err != nil {
				return nil, usage("the number of the link is %q; filiera product links shows it", args[1])
			}
			lot, _ := cmd.Flags().GetString("lot")
			return &productv1.MsgWithdrawDescription{Gtin: gtin, Lot: lot, Number: uint32(n), Reason: reason}, nil
		})
	cmd.Flags().String("lot", "", e.t("flag.link-lot"))
	return cmd
}

// describedLinks is what the gateway answers of a product's links.
type describedLinks struct {
	Items []struct {
		Number int64 `json:"number"`
		Link   struct {
			LinkType  string   `json:"link_type"`
			Href      string   `json:"href"`
			Title     string   `json:"title"`
			Languages []string `json:"languages"`
			MediaType string   `json:"media_type"`
			SHA256    string   `json:"sha256"`
		} `json:"link"`
		WithdrawnAt     string `json:"withdrawn_at"`
		WithdrawnReason string `json:"withdrawn_reason"`
	} `json:"items"`
}

func productLinks(e *env) *cobra.Command {
	cmd := e.leaf("links GTIN", "product.links.short", `
filiera product links 8012345678907
filiera product links 8012345678907 --lot L26-001 --check foto.jpg`, cobra.ExactArgs(1),
		func(cmd *cobra.Command, args []string) error {
			gtin, err := gs1.ParseGTIN(args[0])
			if err != nil {
				return usageError{err}
			}
			path := "/v1/products/" + url.PathEscape(gtin) + "/links"
			if lot, _ := cmd.Flags().GetString("lot"); lot != "" {
				path = batchPath(gtin, lot) + "/links"
			}
			same, err := sameAs(cmd)
			if err != nil {
				return err
			}
			return ask(cmd.Context(), e, path, nil, func(t *table, l *describedLinks) {
				t.row("N", strings.ToUpper(e.t("link.type")), strings.ToUpper(e.t("link.title")), strings.ToUpper(e.t("link.address")), strings.ToUpper(e.t("link.content")), strings.ToUpper(e.t("state")))
				for _, d := range l.Items {
					state := e.t("link.stands")
					if d.WithdrawnAt != "" {
						state = e.t("link.withdrawn", d.WithdrawnReason)
					}
					t.row(d.Number, d.Link.LinkType, d.Link.Title, d.Link.Href, e.contentWord(d.Link.SHA256, same), state)
				}
			})
		})
	cmd.Flags().String("lot", "", e.t("flag.link-lot"))
	cmd.Flags().String("check", "", e.t("flag.link-check"))
	return cmd
}

// sameAs is the hash of the file that --check names, or nil.
func sameAs(cmd *cobra.Command) ([]byte, error) {
	path, _ := cmd.Flags().GetString("check")
	if path == "" {
		return nil, nil
	}
	l := &productv1.Link{MediaType: "application/octet-stream"}
	err := hashContent(l, path)
	return l.GetSha256(), err
}

// contentWord says whether a link's content is the file at hand.
func (e *env) contentWord(hash string, same []byte) string {
	recorded, err := hex.DecodeString(hash)
	switch {
	case hash == "" || err != nil:
		return ""
	case same == nil:
		return hash[:12] + "…"
	case bytes.Equal(recorded, same):
		return e.t("link.same")
	}
	return e.t("link.other")
}
