package main

import (
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	ledgerv1 "github.com/filiera-chain/filiera/api/ledger/v1"
)

// actDescribe corrects how an act is described. What is not given stays as it is.
func actDescribe(e *env) *cobra.Command {
	cmd := e.leaf("describe ID", "act.describe.short",
		"filiera act describe "+exampleAct+" --subject 'Modalità attuative' --reason 'errore di battitura' --from regione --password-file password.txt", cobra.ExactArgs(1), e.runActDescribe)
	cmd.Long = e.t("act.describe.long")
	f := cmd.Flags()
	f.String("subject", "", e.t("flag.act-subject"))
	f.String("body-name", "", e.t("flag.act-body-name"))
	f.StringArray("legal-basis", nil, e.t("flag.act-basis"))
	f.StringArray("cup", nil, e.t("flag.act-cup"))
	f.StringArray("url", nil, e.t("flag.act-document-url"))
	f.String("reason", "", e.t("flag.reason"))
	return e.changing(cmd)
}

func (e *env) runActDescribe(cmd *cobra.Command, args []string) error {
	reason, _ := cmd.Flags().GetString("reason")
	if reason == "" {
		return usage("%s", e.t("need.flag", "reason"))
	}
	addresses, _ := cmd.Flags().GetStringArray("url")
	urls, err := e.documentURLs(addresses)
	if err != nil {
		return err
	}
	c, err := e.client()
	if err != nil {
		return err
	}
	d, err := c.Act(cmd.Context(), args[0], nil)
	if err != nil {
		return err
	}
	m := &ledgerv1.MsgDescribeAct{Act: args[0], BodyName: d.Act.BodyName, Subject: d.Act.Subject, LegalBasis: d.Act.LegalBasis, Cups: d.Act.CUPs, Urls: urls, Reason: reason}
	f := cmd.Flags()
	if f.Changed("subject") {
		m.Subject, _ = f.GetString("subject")
	}
	if f.Changed("body-name") {
		m.BodyName, _ = f.GetString("body-name")
	}
	if f.Changed("legal-basis") {
		m.LegalBasis, _ = f.GetStringArray("legal-basis")
	}
	if f.Changed("cup") {
		m.Cups, _ = f.GetStringArray("cup")
	}
	return e.carry(cmd.Context(), m)
}

// documentURLs reads addresses, each with the number of its document from 1 before
// it, as in "2=https://…"; without a number it is of the first.
func (e *env) documentURLs(list []string) ([]*ledgerv1.DocumentURLs, error) {
	const most = 20
	var by [most][]string
	for _, text := range list {
		n, address := 1, text
		if before, after, ok := strings.Cut(text, "="); ok && !strings.Contains(before, "/") {
			var err error
			if n, err = strconv.Atoi(before); err != nil || n < 1 || n > most {
				return nil, usage("%s", e.t("act.bad-url", text))
			}
			address = after
		}
		by[n-1] = append(by[n-1], address)
	}
	var out []*ledgerv1.DocumentURLs
	for i, urls := range by {
		if len(urls) > 0 {
			out = append(out, &ledgerv1.DocumentURLs{Document: uint32(i), Urls: urls})
		}
	}
	return out, nil
}
