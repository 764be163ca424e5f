package main

import (
	"crypto/sha256"
	"fmt"
	"net/url"
	"os"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	rulesv1 "github.com/filiera-chain/filiera/api/rules/v1"
	"github.com/filiera-chain/filiera/client"
)

const exampleContract = "contracts/maccheroncini-di-campofilone/contract.yaml"

// contractOnChain are the commands about contracts on the ledger.
func contractOnChain(e *env) []*cobra.Command {
	return []*cobra.Command{
		contractDeploy(e), contractApprove(e), contractActivate(e), contractWithdraw(e), contractSet(e),
		contractList(e), contractShow(e), contractText(e), contractReplay(e),
		contractDeclare(e), contractFacts(e), contractRulings(e), contractJudge(e), contractNotice(e), contractConsequences(e), contractRelease(e), contractPoints(e),
	}
}

func contractDeploy(e *env) *cobra.Command {
	return e.changing(e.leaf("deploy FILE", "contract.deploy.short", "filiera contract deploy "+exampleContract+signs, cobra.ExactArgs(1),
		func(cmd *cobra.Command, args []string) error {
			data, err := e.readInput(args[0], maxContract)
			if err != nil {
				return err
			}
			if one := e.check(args[0], data); len(one.Problems) > 0 {
				return inFile(args[0], problemsOf(one))
			}
			return e.carryNumbered(cmd.Context(), &rulesv1.MsgDeploy{Document: data}, "contract")
		}))
}

// problemsOf is the problems of a file as one error.
func problemsOf(c checked) error {
	var lines []string
	for _, p := range c.Problems {
		lines = append(lines, fmt.Sprintf("%d:%d: %s", p.Line, p.Column, p.Text))
	}
	return fmt.Errorf("%s", strings.Join(lines, "\n"))
}

// versionArgs reads CONTRACT VERSION.
func versionArgs(args []string) (string, uint32, error) {
	n, err := strconv.ParseUint(args[1], 10, 32)
	if err != nil || n == 0 {
		return "", 0, usage("the version is %q; write its number", args[1])
	}
	return args[0], uint32(n), nil
}

func contractApprove(e *env) *cobra.Command {
	cmd := e.leaf("approve FILE", "contract.approve.short", "filiera contract approve "+exampleContract+" --as authority"+signs, cobra.ExactArgs(1),
		func(cmd *cobra.Command, args []string) error {
			data, err := e.readInput(args[0], maxContract)
			if err != nil {
				return err
			}
			c, err := e.openContract(args[0])
			if err != nil {
				return err
			}
			hash := sha256.Sum256(data)
			as, _ := cmd.Flags().GetString("as")
			return e.carry(cmd.Context(), &rulesv1.MsgApprove{Contract: c.Doc.ID, Version: uint32(c.Doc.Version), Sha256: hash[:], As: strings.ReplaceAll(as, "-", "_")})
		})
	cmd.Long = e.t("contract.approve.long")
	cmd.Flags().String("as", "authority", e.t("flag.as"))
	return e.changing(cmd)
}

func contractActivate(e *env) *cobra.Command {
	cmd := e.leaf("activate CONTRACT VERSION", "contract.activate.short", "filiera contract activate maccheroncini-di-campofilone 1 --starting 2098-01-01"+signs, cobra.ExactArgs(2),
		func(cmd *cobra.Command, args []string) error {
			id, n, err := versionArgs(args)
			if err != nil {
				return err
			}
			from, _ := cmd.Flags().GetString("starting")
			return e.carry(cmd.Context(), &rulesv1.MsgActivate{Contract: id, Version: n, From: from})
		})
	cmd.Flags().String("starting", "", e.t("flag.starting"))
	return e.changing(cmd)
}

func contractWithdraw(e *env) *cobra.Command {
	cmd := e.leaf("withdraw CONTRACT VERSION", "contract.withdraw.short", "filiera contract withdraw maccheroncini-di-campofilone 1 --reason 'sostituito dal nuovo disciplinare'"+signs, cobra.ExactArgs(2),
		func(cmd *cobra.Command, args []string) error {
			id, n, err := versionArgs(args)
			if err != nil {
				return err
			}
			reason, _ := cmd.Flags().GetString("reason")
			return e.carry(cmd.Context(), &rulesv1.MsgWithdraw{Contract: id, Version: n, Reason: reason})
		})
	cmd.Flags().String("reason", "", e.t("flag.reason"))
	return e.changing(cmd)
}

func contractSet(e *env) *cobra.Command {
	cmd := e.leaf("set CONTRACT VERSION PARAMETER=VALUE", "contract.set.short", "filiera contract set verdicchio-dei-castelli-di-jesi 1 'tolerance=10 %' --as authority --starting 2098-08-01 --reason 'annata scarsa'"+signs, cobra.ExactArgs(3),
		func(cmd *cobra.Command, args []string) error {
			id, n, err := versionArgs(args)
			if err != nil {
				return err
			}
			name, value, ok := strings.Cut(args[2], "=")
			if !ok {
				return usage("%s", e.t("bad.setting", args[2]))
			}
			f := cmd.Flags()
			m := &rulesv1.MsgSetParameter{Contract: id, Version: n, Parameter: strings.TrimSpace(name), Value: strings.TrimSpace(value)}
			m.From, _ = f.GetString("starting")
			m.Reason, _ = f.GetString("reason")
			as, _ := f.GetString("as")
			m.As = strings.ReplaceAll(as, "-", "_")
			if day, _ := f.GetBool("day"); day {
				m.Day, m.Value = m.GetValue(), ""
			}
			return e.carry(cmd.Context(), m)
		})
	f := cmd.Flags()
	f.String("as", "authority", e.t("flag.as"))
	f.String("starting", "", e.t("flag.starting"))
	f.String("reason", "", e.t("flag.reason"))
	f.Bool("day", false, e.t("flag.setting-day"))
	return e.changing(cmd)
}

func contractList(e *env) *cobra.Command {
	return listCommand(e, listing[client.ContractVersion]{
		path: "/v1/contracts", key: "contract.list.short", example: "filiera contract list --status active", filters: []string{"specification", "status"},
		head: []string{"CONTRACT", "VERSION", "STATUS", "SPECIFICATION", "IN FORCE", "JUDGES FROM", "APPROVALS"},
		row: func(v *client.ContractVersion) []any {
			return []any{v.Contract, int64(v.Version), string(v.Status), v.Specification, strings.TrimSuffix(v.InForceFrom+" – "+v.InForceTo, " – "), v.ActiveFrom, fmt.Sprintf("%d/%d", len(v.Approvals), v.ApprovalsNeeded)}
		},
	})
}

func contractShow(e *env) *cobra.Command {
	return showCommand(e, "show CONTRACT", "contract.show.short", "filiera contract show maccheroncini-di-campofilone", 1,
		func(args []string) (string, error) { return "/v1/contracts/" + url.PathEscape(args[0]), nil },
		func(t *table, d *client.ContractDetail) {
			for i := range d.Versions {
				e.drawVersion(t, &d.Versions[i])
			}
		})
}

func (e *env) drawVersion(t *table, v *client.ContractVersion) {
	title := v.TitleIT
	if e.lang == "en" {
		title = v.TitleEN
	}
	t.line(e.t("contract.contract"), fmt.Sprintf("%s %d  %s", v.Contract, v.Version, title))
	t.line(e.t("state"), e.t("contract.status."+string(v.Status)))
	t.line("SHA-256", v.SHA256)
	t.line(e.t("specification"), v.Specification)
	t.line(e.t("contract.inforce"), strings.TrimSuffix(v.InForceFrom+" – "+v.InForceTo, " – "))
	t.line(e.t("contract.triggers"), strings.Join(v.Triggers, ", "))
	t.line(e.t("contract.deployed"), v.DeployedAt.String()+"  "+v.DeployedBy)
	for _, a := range v.Approvals {
		t.line(e.t("contract.approved"), a.At.String()+"  "+a.Participant+"  ("+a.As+")")
	}
	if missing := int(v.ApprovalsNeeded) - len(v.Approvals); missing > 0 && v.Status == "deployed" {
		t.line("", e.t("contract.waits", int64(v.ApprovalsNeeded), strings.Join(v.Approvers, ", ")))
	}
	t.line(e.t("contract.judges"), v.ActiveFrom)
	if v.SupersededBy != 0 {
		t.line(e.t("contract.superseded"), int64(v.SupersededBy))
	}
	for _, c := range v.Changes {
		t.line(e.t("contract.change"), fmt.Sprintf("%s = %s%s  %s  %s  %s", c.Parameter, c.Value, c.Day, c.From, c.SetBy, c.Reason))
	}
	if v.WithdrawnAt != 0 {
		t.line(e.t("contract.withdrawn"), v.WithdrawnAt.String()+"  "+v.WithdrawnReason)
	}
}

func contractText(e *env) *cobra.Command {
	cmd := e.leaf("text CONTRACT VERSION", "contract.text.short", "filiera contract text maccheroncini-di-campofilone 1 --out contratto.yaml", cobra.ExactArgs(2),
		func(cmd *cobra.Command, args []string) error {
			id, n, err := versionArgs(args)
			if err != nil {
				return err
			}
			x, err := e.contractText(cmd, id, n)
			if err != nil {
				return err
			}
			if out, _ := cmd.Flags().GetString("out"); out != "" {
				return os.WriteFile(out, []byte(x.Text), 0o644)
			}
			_, err = fmt.Fprint(e.out, x.Text)
			return err
		})
	cmd.Flags().String("out", "", e.t("flag.out"))
	return cmd
}

// contractText asks for the text of a version, and holds it to its hash.
func (e *env) contractText(cmd *cobra.Command, id string, n uint32) (*client.ContractText, error) {
	x := &client.ContractText{}
	if err := e.get(cmd, "/v1/contracts/"+url.PathEscape(id)+"/versions/"+strconv.FormatUint(uint64(n), 10), nil, x); err != nil {
		return nil, err
	}
	if sum := sha256.Sum256([]byte(x.Text)); fmt.Sprintf("%x", sum) != x.SHA256 {
		return nil, fmt.Errorf("%s", e.t("contract.wronghash", x.SHA256))
	}
	return x, nil
}
