package main

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"github.com/filiera-chain/filiera/client"
	"github.com/filiera-chain/filiera/gs1"
	"github.com/filiera-chain/filiera/verify"
)

// Bounds of what verify reads, in bytes.
const (
	maxBundle  = 256 << 20
	maxGenesis = 64 << 20
)

func verifyCommand(e *env) *cobra.Command {
	cmd := e.leaf("verify TARGET", "verify.short", `
filiera verify 8012345678907 L26-001
filiera verify https://id.example.it/01/08012345678907/10/L26-001
filiera verify 8012345678907 L26-001 --proof --save bundle.json
filiera verify --bundle bundle.json --trust-hash "$(cat trust-hash.txt)"`, cobra.MaximumNArgs(3), e.runVerify)
	cmd.Long = e.t("verify.long")
	f := cmd.Flags()
	f.Bool("proof", false, e.t("flag.proof"))
	f.String("save", "", e.t("flag.save"))
	f.String("bundle", "", e.t("flag.bundle"))
	f.String("trust-hash", "", e.t("flag.trust-hash"))
	f.String("trust-hash-file", "", e.t("flag.trust-hash-file"))
	f.String("genesis", "", e.t("flag.genesis"))
	f.String("expect", "", e.t("flag.expect"))
	f.String("unit-proof", "", e.t("flag.unit-proof"))
	f.Int64("position", -1, e.t("flag.unit-position"))
	return cmd
}

// verifyOutput is the answer in JSON: the answer itself and, when a proof was
// checked, how far it holds.
type verifyOutput struct {
	*verify.Answer
	Report *verify.Report `json:"report,omitempty"`
	// TrustedNode says that nothing was proven, or only against the hash that
	// the same node gave.
	TrustedNode bool `json:"trusted_node"`
}

func (e *env) runVerify(cmd *cobra.Command, args []string) error {
	target, err := parseTarget(args)
	if err != nil {
		return err
	}
	if bundle, _ := cmd.Flags().GetString("bundle"); bundle != "" {
		return e.verifyBundle(cmd, bundle, target)
	}
	if target.GTIN == "" {
		return usage("%s", e.t("need.target"))
	}
	return e.verifyOnline(cmd, target)
}

// parseTarget reads what stands on the label; no argument at all is no target.
func parseTarget(args []string) (verify.Target, error) {
	if len(args) == 0 {
		return verify.Target{}, nil
	}
	t, err := verify.ParseTarget(strings.Join(args, " "))
	if err != nil {
		return t, usageError{err}
	}
	return t, nil
}

// trust reads what is trusted beforehand; ok is false when nothing was given.
func (e *env) trust(cmd *cobra.Command) (t verify.Trust, ok bool, err error) {
	if path, _ := cmd.Flags().GetString("genesis"); path != "" {
		doc, err := e.readInput(path, maxGenesis)
		if err != nil {
			return t, false, err
		}
		if t, err = trustGenesis(cmd.Context(), doc); err != nil {
			return t, false, usage("%s: %v", path, err)
		}
		ok = true
	}
	s, err := e.trustHash(cmd)
	if err != nil {
		return t, false, err
	}
	if s != "" {
		hash, err := hex.DecodeString(strings.TrimPrefix(s, "0x"))
		if err != nil || len(hash) != 32 {
			return t, false, usage("--trust-hash is %q; write the 64 hexadecimal digits of the validators' hash", s)
		}
		t.ValidatorsHash, ok = hash, true
	}
	return t, ok, nil
}

// trustHash is the setting, or what stands in the file.
func (e *env) trustHash(cmd *cobra.Command) (string, error) {
	path, _ := cmd.Flags().GetString("trust-hash-file")
	if path == "" {
		return strings.TrimSpace(e.v.GetString("trust-hash")), nil
	}
	data, err := e.readInput(path, 1024)
	return strings.TrimSpace(string(data)), err
}

// verifyBundle checks a bundle with no node.
func (e *env) verifyBundle(cmd *cobra.Command, path string, target verify.Target) error {
	trust, ok, err := e.trust(cmd)
	if err != nil {
		return err
	}
	if !ok {
		return usage("%s", e.t("need.trust"))
	}
	raw, err := e.readInput(path, maxBundle)
	if err != nil {
		return err
	}
	trust.GTIN = target.GTIN
	return e.checkBundle(cmd, raw, trust, target, false)
}

// checkBundle checks and prints. The lot as typed may have several readings;
// the bundle must be about one of them.
func (e *env) checkBundle(cmd *cobra.Command, raw []byte, trust verify.Trust, target verify.Target, nodesWord bool) error {
	report, err := verify.Check(raw, trust)
	var failed *verify.CheckError
	if err != nil && !errors.As(err, &failed) {
		return err
	}
	if lots := target.LotCandidates(); report.OK && len(lots) > 0 && !contains(lots, report.Lot) {
		report.OK = false
		report.Checks = append(report.Checks, verify.CheckResult{Name: verify.CheckTarget, Detail: e.t("bundle.other.lot", report.Lot, target.Lot)})
	}
	if report.OK && target.Serial != report.Serial && target.Serial != "" {
		report.OK = false
		report.Checks = append(report.Checks, verify.CheckResult{Name: verify.CheckTarget, Detail: e.t("bundle.other.item", report.Serial, target.Serial)})
	}
	if n, _ := cmd.Flags().GetInt64("position"); n >= 0 && report.Records != nil {
		position := uint64(n)
		report.Records.UnitPosition = &position
	}
	out := &verifyOutput{Answer: report.Answer(e.lang), Report: report, TrustedNode: nodesWord}
	if err := e.printVerify(out); err != nil {
		return err
	}
	if !report.OK {
		fmt.Fprintln(e.err, e.t("verify.failed"))
		return errUnverified
	}
	return e.expect(cmd, out.Answer)
}

// carried is the proof of an item that its own address brings; "" for none.
func carried(args []string) string {
	if len(args) != 1 {
		return ""
	}
	u, err := url.Parse(args[0])
	if err != nil {
		return ""
	}
	return u.Query().Get(unitProofField)
}

func contains(list []string, s string) bool {
	for _, v := range list {
		if v == s {
			return true
		}
	}
	return false
}

// expect makes another verdict than the one of --expect a failure.
func (e *env) expect(cmd *cobra.Command, a *verify.Answer) error {
	want, _ := cmd.Flags().GetString("expect")
	if want == "" || want == string(a.Verdict) {
		return nil
	}
	fmt.Fprintln(e.err, e.t("verify.unexpected", want, a.Verdict))
	return errUnverified
}

func (e *env) verifyOnline(cmd *cobra.Command, target verify.Target) error {
	c, err := e.client()
	if err != nil {
		return err
	}
	save, _ := cmd.Flags().GetString("save")
	proof, _ := cmd.Flags().GetBool("proof")
	trust, trusted, err := e.trust(cmd)
	if err != nil {
		return err
	}
	position, _ := cmd.Flags().GetInt64("position")
	proof = proof || save != "" || trusted || position >= 0
	unitProof, _ := cmd.Flags().GetString("unit-proof")
	if unitProof == "" {
		unitProof = carried(cmd.Flags().Args())
	}
	v, err := e.askVerify(cmd.Context(), c, target, unitProof, proof)
	if err != nil {
		return err
	}
	if !proof {
		answer := new(verify.Answer)
		if err := json.Unmarshal(v.Answer, answer); err != nil {
			return fmt.Errorf("the node answered something else than a verdict: %w", err)
		}
		if err := e.printVerify(&verifyOutput{Answer: answer, TrustedNode: true}); err != nil {
			return err
		}
		return e.expect(cmd, answer)
	}
	if v.Bundle == nil {
		return fmt.Errorf("%s gave no proof though asked for one", c.URL())
	}
	if save != "" {
		if err := os.WriteFile(save, v.Bundle, 0o644); err != nil {
			return usageError{err}
		}
		fmt.Fprintln(e.err, e.t("bundle.saved", save))
	}
	if !trusted {
		if trust, err = e.nodesTrust(cmd.Context(), c); err != nil {
			return err
		}
	}
	trust.GTIN = target.GTIN
	return e.checkBundle(cmd, v.Bundle, trust, target, !trusted)
}

// askVerify asks for each reading of the lot until the ledger knows one; the
// first reading's answer stands when it knows none.
func (e *env) askVerify(ctx context.Context, c *client.Client, target verify.Target, unitProof string, proof bool) (*client.Verification, error) {
	var first *client.Verification
	for _, lot := range target.LotCandidates() {
		v, err := c.VerifyItem(ctx, target.GTIN, lot, target.Serial, unitProof, proof)
		if err != nil {
			return nil, err
		}
		var answer struct {
			Verdict verify.Verdict `json:"verdict"`
		}
		if err := json.Unmarshal(v.Answer, &answer); err != nil {
			return nil, err
		}
		if answer.Verdict != "unknown" {
			return v, nil
		}
		if first == nil {
			first = v
		}
	}
	if first == nil {
		_, err := gs1.ParseLot(target.Lot)
		return nil, usage("%v", err)
	}
	return first, nil
}

// nodesTrust takes the validators' hash from the node asked: enough to see
// that its answer holds together, not that it is the ledger's.
func (e *env) nodesTrust(ctx context.Context, c *client.Client) (verify.Trust, error) {
	s, err := c.Status(ctx)
	if err != nil {
		return verify.Trust{}, err
	}
	hash, err := hex.DecodeString(s.ValidatorsHash)
	return verify.Trust{ValidatorsHash: hash, ChainID: s.ChainID}, err
}
