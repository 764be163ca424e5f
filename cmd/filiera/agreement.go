package main

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"google.golang.org/protobuf/proto"

	agreementv1 "github.com/filiera-chain/filiera/api/agreement/v1"
	basev1 "github.com/filiera-chain/filiera/api/base/v1"
	"github.com/filiera-chain/filiera/client"
	"github.com/filiera-chain/filiera/gs1"
	"github.com/filiera-chain/filiera/rules"
)

func agreementCommand(e *env) *cobra.Command {
	return e.group("agreement", "agreement.short", agreementPropose(e), agreementSign(e), agreementAct(e, "decline", func(n uint64, reason string) proto.Message {
		return &agreementv1.MsgDecline{Agreement: n, Reason: reason}
	}), agreementAct(e, "dissolve", func(n uint64, reason string) proto.Message {
		return &agreementv1.MsgDissolve{Agreement: n, Reason: reason}
	}), agreementSettle(e), agreementList(e), agreementShow(e))
}

// terms is the file that agreement propose reads.
type terms struct {
	Title      string         `yaml:"title,required" doc:"What is agreed, in a few words; public"`
	Document   string         `yaml:"document,required" doc:"File of the text that the parties sign; only its hash is recorded"`
	Parties    []string       `yaml:"parties,required" doc:"Participants that are bound"`
	SignUntil  string         `yaml:"sign_until,required" doc:"Last day for signing, YYYY-MM-DD"`
	Deliveries []termDelivery `yaml:"deliveries,required" doc:"What is owed"`
}

type termDelivery struct {
	Seller         string `yaml:"seller,required" doc:"Who delivers"`
	Buyer          string `yaml:"buyer,required" doc:"Who receives"`
	GTIN           string `yaml:"gtin,required" doc:"Product"`
	Quantity       int64  `yaml:"quantity,required" doc:"Base units of the product"`
	Unit           string `yaml:"unit,required" doc:"Base unit of the product (UN/ECE)"`
	Due            string `yaml:"due,required" doc:"Last day, YYYY-MM-DD"`
	Attested       bool   `yaml:"attested" doc:"Only goods under a certificate in force count"`
	PenaltyPerUnit int64  `yaml:"penalty_per_unit_cents" doc:"Euro cents for each unit that is missing"`
	Penalty        int64  `yaml:"penalty_cents" doc:"Euro cents once, if anything is missing"`
}

func agreementPropose(e *env) *cobra.Command {
	cmd := e.leaf("propose FILE", "agreement.propose.short", "filiera agreement propose fornitura.yaml --identification spid.json --means spid-l2"+signs, cobra.ExactArgs(1),
		func(cmd *cobra.Command, args []string) error {
			data, err := e.readInput(args[0], maxContract)
			if err != nil {
				return err
			}
			var x terms
			if err := rules.ReadYAML(data, &x, "the agreement"); err != nil {
				return inFile(args[0], err)
			}
			m, err := x.message()
			if err != nil {
				return err
			}
			if m.Identification, err = e.identification(cmd); err != nil {
				return err
			}
			return e.carryNumbered(cmd.Context(), m, "agreement")
		})
	cmd.Long = e.t("agreement.propose.long")
	e.identificationFlags(cmd)
	return e.changing(cmd)
}

func (x *terms) message() (*agreementv1.MsgPropose, error) {
	hash, _, err := hashFile(x.Document)
	if err != nil {
		return nil, usageError{err}
	}
	m := &agreementv1.MsgPropose{Title: x.Title, DocumentSha256: hash[:], Parties: x.Parties}
	if m.SignUntil, err = lastSecond("sign_until", x.SignUntil); err != nil {
		return nil, err
	}
	for _, d := range x.Deliveries {
		gtin, err := gs1.ParseGTIN(d.GTIN)
		if err != nil {
			return nil, usageError{err}
		}
		due, err := lastSecond("due", d.Due)
		if err != nil {
			return nil, err
		}
		m.Deliveries = append(m.Deliveries, &agreementv1.NewDelivery{
			Seller: d.Seller, Buyer: d.Buyer, Gtin: gtin, Quantity: &basev1.Quantity{Amount: d.Quantity, Unit: d.Unit}, DueAt: due, Attested: d.Attested,
			PenaltyPerUnit: d.PenaltyPerUnit, Penalty: d.Penalty,
		})
	}
	return m, nil
}

func lastSecond(field, day string) (int64, error) {
	t, err := time.Parse(time.DateOnly, day)
	if err != nil {
		return 0, usage("%s is %q; write a day as YYYY-MM-DD", field, day)
	}
	return t.Add(24*time.Hour - time.Second).Unix(), nil
}

func (e *env) identificationFlags(cmd *cobra.Command) {
	cmd.Flags().String("means", "", e.t("flag.means"))
	cmd.Flags().String("identification", "", e.t("flag.identification-file"))
	cmd.Flags().String("identification-sha256", "", e.t("flag.identification-sha256"))
}

func (e *env) identification(cmd *cobra.Command) (*agreementv1.Identification, error) {
	hash, err := e.documentFlag(cmd, "identification")
	if err != nil {
		return nil, err
	}
	if len(hash) == 0 {
		return nil, usage("%s", e.t("need.flag", "identification"))
	}
	return &agreementv1.Identification{Means: flagText(cmd, "means"), Sha256: hash}, nil
}

func agreementNumber(text string) (uint64, error) {
	n, err := strconv.ParseUint(text, 10, 64)
	if err != nil || n == 0 {
		return 0, usage("the agreement is %q; write its number", text)
	}
	return n, nil
}

func agreementSign(e *env) *cobra.Command {
	cmd := e.leaf("sign AGREEMENT", "agreement.sign.short", "filiera agreement sign 1 --document contratto.pdf --identification spid.json --means cie"+signs, cobra.ExactArgs(1),
		func(cmd *cobra.Command, args []string) error {
			n, err := agreementNumber(args[0])
			if err != nil {
				return err
			}
			m := &agreementv1.MsgSign{Agreement: n}
			if m.DocumentSha256, err = e.documentFlag(cmd, "document"); err != nil {
				return err
			}
			if m.Identification, err = e.identification(cmd); err != nil {
				return err
			}
			return e.carry(cmd.Context(), m)
		})
	e.documentFlags(cmd, "document")
	e.identificationFlags(cmd)
	return e.changing(cmd)
}

func agreementAct(e *env, verb string, act func(n uint64, reason string) proto.Message) *cobra.Command {
	cmd := e.leaf(verb+" AGREEMENT", "agreement."+verb+".short", "filiera agreement "+verb+" 1 --reason 'non serve più'"+signs, cobra.ExactArgs(1),
		func(cmd *cobra.Command, args []string) error {
			n, err := agreementNumber(args[0])
			if err != nil {
				return err
			}
			return e.carry(cmd.Context(), act(n, flagText(cmd, "reason")))
		})
	cmd.Flags().String("reason", "", e.t("flag.reason"))
	return e.changing(cmd)
}

func agreementSettle(e *env) *cobra.Command {
	cmd := e.leaf("settle AGREEMENT", "agreement.settle.short", "filiera agreement settle 1 --consequence 0"+signs, cobra.ExactArgs(1),
		func(cmd *cobra.Command, args []string) error {
			n, err := agreementNumber(args[0])
			if err != nil {
				return err
			}
			i, _ := cmd.Flags().GetUint32("consequence")
			return e.carry(cmd.Context(), &agreementv1.MsgSettle{Agreement: n, Consequence: i})
		})
	cmd.Flags().Uint32("consequence", 0, e.t("flag.consequence"))
	return e.changing(cmd)
}

func agreementList(e *env) *cobra.Command {
	return listCommand(e, listing[client.Agreement]{
		path: "/v1/agreements", key: "agreement.list.short", example: "filiera agreement list --state in_force", filters: []string{"state", "party"},
		head: []string{"N.", "STATE", "TITLE", "PARTIES", "PROPOSED"},
		row: func(a *client.Agreement) []any {
			var parties []string
			for _, p := range a.Parties {
				parties = append(parties, p.Participant)
			}
			return []any{int64(a.Number), e.t("agreement.state." + string(a.State)), a.Title, strings.Join(parties, ", "), a.ProposedAt}
		},
	})
}

func agreementShow(e *env) *cobra.Command {
	return showCommand(e, "show AGREEMENT", "agreement.show.short", "filiera agreement show 1", 1,
		func(args []string) (string, error) {
			n, err := agreementNumber(args[0])
			return "/v1/agreements/" + strconv.FormatUint(n, 10), err
		},
		func(t *table, d *client.AgreementDetail) { e.drawAgreement(t, &d.Agreement) })
}

func (e *env) drawAgreement(t *table, a *client.Agreement) {
	t.line(e.t("agreement.agreement"), fmt.Sprintf("%d  %s", a.Number, a.Title))
	t.line(e.t("state"), e.t("agreement.state."+string(a.State)))
	t.line(e.t("agreement.text"), a.DocumentSHA256)
	for _, p := range a.Parties {
		signed := e.t("agreement.unsigned")
		if p.SignedAt != 0 {
			signed = p.SignedAt.String() + "  " + p.IdentificationMeans
		}
		t.line(e.t("agreement.party"), p.Participant+"  "+signed)
	}
	for _, d := range a.Deliveries {
		amount := func(n client.Whole) string { return e.amount(client.Quantity{Amount: n, Unit: d.Quantity.Unit}) }
		t.line(e.t("agreement.delivery"), fmt.Sprintf("%s → %s  %s  %s / %s  %s%s", d.Seller, d.Buyer, d.GTIN, amount(d.Delivered), amount(d.Quantity.Amount), e.t("agreement.due", d.DueAt), e.attestedOnly(d.Attested)))
	}
	for _, c := range a.Consequences {
		t.line(e.t("agreement.breach"), fmt.Sprintf("%s → %s  %s  %s", c.Debtor, c.Creditor, euro(int64(c.AmountCents), e.lang), settled(e, c.SettledAt)))
	}
	t.line(e.t("reason"), a.Reason)
}

func (e *env) attestedOnly(is bool) string {
	if is {
		return "  " + e.t("agreement.attested")
	}
	return ""
}

func settled(e *env, at client.Instant) string {
	if at == 0 {
		return e.t("agreement.open")
	}
	return e.t("agreement.settled", at)
}

// euro writes cents as Italians or English write them.
func euro(cents int64, lang string) string {
	group, point := ".", ","
	if lang == "en" {
		group, point = ",", "."
	}
	digits := strconv.FormatInt(cents/100, 10)
	for i := len(digits) - 3; i > 0; i -= 3 {
		digits = digits[:i] + group + digits[i:]
	}
	return fmt.Sprintf("%s%s%02d €", digits, point, cents%100)
}
