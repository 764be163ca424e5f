package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/filiera-chain/filiera/acts"
	ledgerv1 "github.com/filiera-chain/filiera/api/ledger/v1"
	"github.com/filiera-chain/filiera/signedfile"
	"github.com/filiera-chain/filiera/verify"
)

// The verdicts of act verify.
const (
	fileNotarised = "notarised"
	fileUnknown   = "not_notarised"
	fileOther     = "other_file"
)

func actVerify(e *env) *cobra.Command {
	cmd := e.leaf("verify FILE", "act.verify.short", `
filiera act verify decreto.pdf
filiera act verify decreto.pdf --save fascicolo-atto.json
filiera act verify decreto.pdf --bundle fascicolo-atto.json --trust-hash "$(cat trust-hash.txt)"`, cobra.ExactArgs(1), e.runActVerify)
	cmd.Long = e.t("act.verify.long")
	f := cmd.Flags()
	f.String("bundle", "", e.t("flag.act-bundle"))
	f.String("save", "", e.t("flag.save"))
	f.String("trust-hash", "", e.t("flag.trust-hash"))
	f.String("trust-hash-file", "", e.t("flag.trust-hash-file"))
	f.String("genesis", "", e.t("flag.genesis"))
	f.String("tsa-roots", "", e.t("flag.act-tsa-roots"))
	return cmd
}

// fileReport is what act verify found.
type fileReport struct {
	File    string `json:"file"`
	Verdict string `json:"verdict"`
	// Why, where the file is not that of the proof.
	Why       string       `json:"why,omitempty"`
	SHA256    string       `json:"sha256"`
	SHA512    string       `json:"sha512"`
	Size      int64        `json:"size"`
	MediaType string       `json:"media_type"`
	Container string       `json:"container"`
	Inner     string       `json:"inner_sha256,omitempty"`
	Signers   []signerLine `json:"signers,omitempty"`
	Acts      []actLine    `json:"acts"`
	// More is how many further acts have the file.
	More    int    `json:"more,omitempty"`
	ChainID string `json:"chain_id,omitempty"`
	Height  int64  `json:"height,omitempty"`
	AsOf    string `json:"as_of,omitempty"`
	// TrustedNode says that the proof was checked against a hash that the same node
	// gave.
	TrustedNode bool   `json:"trusted_node"`
	Claim       string `json:"claim"`
}

// signerLine is a signature in the file, read from the file.
type signerLine struct {
	State   string `json:"state"`
	Why     string `json:"why,omitempty"`
	Subject string `json:"subject,omitempty"`
	Issuer  string `json:"issuer,omitempty"`
	At      string `json:"at,omitempty"`
}

// actLine is an act that the file belongs to, as it stands on the day of the proof.
type actLine struct {
	ID            string       `json:"id"`
	Role          string       `json:"role"`
	Subject       string       `json:"subject"`
	Date          string       `json:"date"`
	DepositedBy   string       `json:"deposited_by"`
	DepositorName string       `json:"depositor_name,omitempty"`
	DepositedAt   string       `json:"deposited_at"`
	Height        int64        `json:"deposited_height"`
	Standing      string       `json:"standing"`
	Why           string       `json:"why,omitempty"`
	Changes       []changeLine `json:"changes"`
	Vouchings     []vouchLine  `json:"vouchings"`
	StampedAt     string       `json:"stamped_at,omitempty"`
	// StampedBy is the authority, once its token was verified against --tsa-roots.
	StampedBy  string `json:"stamped_by,omitempty"`
	StampError string `json:"stamp_error,omitempty"`
}

type changeLine struct {
	Relation      string `json:"relation"`
	Act           string `json:"act"`
	EffectiveFrom string `json:"effective_from"`
}

type vouchLine struct {
	Participant string `json:"participant"`
	Name        string `json:"name,omitempty"`
	Statement   string `json:"statement"`
	At          string `json:"at"`
}

func (e *env) runActVerify(cmd *cobra.Command, args []string) error {
	f, err := readDocument(args[0])
	if err != nil {
		return err
	}
	r := e.newFileReport(args[0], f)
	trust, trusted, err := e.trust(cmd)
	if err != nil {
		return err
	}
	found, sum, err := e.findFile(cmd, f, r, trust, trusted)
	var other *verify.OtherFileError
	var failed *verify.CheckError
	switch {
	case errors.As(err, &other):
		about := make([]string, len(other.Proven))
		for i, sum := range other.Proven {
			about[i] = hexOf(sum)
		}
		r.Verdict, r.Why = fileOther, e.t("act.about", strings.Join(about, ", "))
		return e.endFile(r, e.t("act.other-file"))
	case errors.As(err, &failed):
		fmt.Fprintln(e.err, failed)
		fmt.Fprintln(e.err, e.t("verify.failed"))
		return errUnverified
	case err != nil:
		return err
	}
	roots, _ := cmd.Flags().GetString("tsa-roots")
	if err := e.fillActs(r, f, found, sum, roots); err != nil {
		return err
	}
	if r.Verdict == fileUnknown {
		return e.endFile(r, e.t("act.unknown-file", r.ChainID, r.Height))
	}
	return e.endFile(r, "")
}

func (e *env) newFileReport(path string, f *signedfile.File) *fileReport {
	r := &fileReport{
		File: filepath.Base(path), SHA256: hexOf(f.SHA256[:]), SHA512: hexOf(f.SHA512[:]), Size: f.Size, MediaType: f.MediaType, Container: string(f.Container),
		Acts: []actLine{}, Claim: e.t("act.claim"),
	}
	if f.Inner != nil {
		r.Inner = hexOf(f.Inner.SHA256[:])
	}
	for _, s := range f.Signers {
		line := signerLine{State: string(s.State), Why: s.Why, Subject: s.Subject, Issuer: s.Issuer}
		if !s.At.IsZero() {
			line.At = s.At.Format(time.RFC3339)
		}
		r.Signers = append(r.Signers, line)
	}
	return r
}

// findFile checks the proof of a bundle or of the node: of the file, else of what
// was signed in it. It gives the hash that the proof is about.
func (e *env) findFile(cmd *cobra.Command, f *signedfile.File, r *fileReport, trust verify.Trust, trusted bool) (*verify.FileActs, []byte, error) {
	sums := [][]byte{f.SHA256[:]}
	if f.Inner != nil {
		sums = append(sums, f.Inner.SHA256[:])
	}
	var prove func([]byte) ([]byte, error)
	if bundle, _ := cmd.Flags().GetString("bundle"); bundle != "" {
		if !trusted {
			return nil, nil, usage("%s", e.t("need.trust"))
		}
		raw, err := e.readInput(bundle, verify.MaxBundleBytes)
		if err != nil {
			return nil, nil, err
		}
		prove = func([]byte) ([]byte, error) { return raw, nil }
	} else {
		c, err := e.client()
		if err != nil {
			return nil, nil, err
		}
		if !trusted {
			if trust, err = e.nodesTrust(cmd.Context(), c); err != nil {
				return nil, nil, err
			}
			r.TrustedNode = true
		}
		prove = func(sum []byte) ([]byte, error) {
			d, err := c.File(cmd.Context(), hexOf(sum), true)
			if err != nil {
				return nil, err
			}
			return d.Proof, nil
		}
	}
	save, _ := cmd.Flags().GetString("save")
	return e.firstKnown(sums, trust, save, prove)
}

// firstKnown gives the first of some hashes that the ledger is shown to know, or
// else what is shown of the first.
func (e *env) firstKnown(sums [][]byte, trust verify.Trust, save string, prove func([]byte) ([]byte, error)) (*verify.FileActs, []byte, error) {
	var first *verify.FileActs
	var firstRaw []byte
	var firstErr error
	for i, sum := range sums {
		raw, err := prove(sum)
		if err != nil {
			return nil, nil, err
		}
		found, err := verify.CheckFileProof(raw, trust, sum)
		if err == nil && len(found.Uses) > 0 {
			return found, sum, e.saveBundle(save, raw)
		}
		if i == 0 {
			first, firstRaw, firstErr = found, raw, err
		} else if firstErr != nil && err == nil {
			first, firstRaw, firstErr = found, raw, nil
		}
	}
	if firstErr != nil {
		return nil, nil, firstErr
	}
	return first, sums[0], e.saveBundle(save, firstRaw)
}

func (e *env) saveBundle(path string, raw []byte) error {
	if path == "" {
		return nil
	}
	if err := os.WriteFile(path, raw, 0o644); err != nil {
		return usageError{err}
	}
	fmt.Fprintln(e.err, e.t("bundle.saved", path))
	return nil
}

// fillActs writes what was proven into the report.
func (e *env) fillActs(r *fileReport, f *signedfile.File, found *verify.FileActs, sum []byte, rootsPath string) error {
	roots, err := e.rootsFrom(rootsPath)
	if err != nil {
		return err
	}
	r.ChainID, r.Height = found.Ledger.ChainID, found.Ledger.Height
	r.AsOf = found.Ledger.Time.UTC().Add(time.Hour).Format(time.DateOnly)
	r.Verdict, r.More = fileUnknown, found.More
	for _, use := range found.Uses {
		i := slices.IndexFunc(found.Acts, func(a *ledgerv1.Act) bool { return a.GetId() == use.GetAct() })
		if i < 0 || int(use.GetDocument()) >= len(found.Acts[i].GetDocuments()) {
			continue
		}
		a, d := found.Acts[i], found.Acts[i].GetDocuments()[use.GetDocument()]
		role := documentRole(use.GetRole())
		if role == "whole" && slices.Equal(sum, f.SHA256[:]) && (!slices.Equal(d.GetSha512(), f.SHA512[:]) || d.GetSize() != f.Size) {
			r.Verdict, r.Why = fileOther, e.t("act.sha512-differs")
			return nil
		}
		line := e.actLine(a, r.AsOf, found.Names)
		if line.Role = role; role == "whole" && !slices.Equal(sum, f.SHA256[:]) {
			line.Role = "inner"
		}
		if len(d.GetToken()) > 0 {
			line.StampedAt = utc(d.GetStampedAt())
			if t, err := signedfile.ParseToken(d.GetToken()); err != nil {
				line.StampError = err.Error()
			} else if roots != nil {
				if line.StampedBy, err = t.Verify(roots); err != nil {
					line.StampError = err.Error()
				}
			}
		}
		r.Verdict = fileNotarised
		r.Acts = append(r.Acts, line)
	}
	return nil
}

func documentRole(r ledgerv1.DocumentUse_Role) string {
	switch r {
	case ledgerv1.DocumentUse_ROLE_INNER:
		return "inner"
	case ledgerv1.DocumentUse_ROLE_PART:
		return "part"
	}
	return "whole"
}

func (e *env) actLine(a *ledgerv1.Act, day string, names map[string]string) actLine {
	standing, _ := acts.At(a, day)
	line := actLine{
		ID: a.GetId(), Subject: a.GetSubject(), Date: a.GetDate(), DepositedBy: a.GetDepositedBy(), DepositorName: names[a.GetDepositedBy()], DepositedAt: utc(a.GetDepositedAt()),
		Height: a.GetDepositedHeight(), Standing: string(standing), Why: acts.Why(a, day), Changes: []changeLine{}, Vouchings: []vouchLine{},
	}
	for _, c := range acts.Changes(a, day) {
		line.Changes = append(line.Changes, changeLine{acts.RelationWord(c.GetKind()), c.GetFrom(), c.GetEffectiveFrom()})
	}
	if _, end := acts.At(a, day); end != nil {
		line.Changes = append(line.Changes, changeLine{acts.RelationWord(end.GetKind()), end.GetFrom(), end.GetEffectiveFrom()})
	}
	for _, v := range a.GetVouchings() {
		line.Vouchings = append(line.Vouchings, vouchLine{v.GetParticipant(), names[v.GetParticipant()], v.GetStatement(), utc(v.GetVouchedAt())})
	}
	return line
}

// endFile prints the report; words on standard error make it a failure.
func (e *env) endFile(r *fileReport, words string) error {
	if r.Verdict == fileOther && words == "" {
		words = r.Why
	}
	if err := e.print(r, func(t *table) { e.drawFile(t, r) }); err != nil {
		return err
	}
	for _, a := range r.Acts {
		if words == "" {
			words = a.StampError
		}
	}
	if words != "" {
		fmt.Fprintln(e.err, words)
		return errUnverified
	}
	return nil
}

func (e *env) drawFile(t *table, r *fileReport) {
	t.line(e.t("act.file"), r.File)
	t.line(e.t("act.verdict"), e.t("act.verdict."+r.Verdict))
	t.line("", r.Why)
	t.line("SHA-256", r.SHA256)
	t.line(e.t("act.kind-of-file"), fmt.Sprintf("%s  %s  %d byte", r.MediaType, r.Container, r.Size))
	for _, s := range r.Signers {
		t.line(e.t("act.signature"), e.t("act.signature."+s.State)+"  "+s.Subject+"  "+s.At)
		t.line("", s.Why)
	}
	for _, a := range r.Acts {
		t.line(e.t("act.act"), a.ID+"  "+a.Subject)
		t.line("", e.t("act.role."+a.Role))
		t.line(e.t("act.deposited"), fmt.Sprintf("%s  %s  %s", a.DepositedAt, named(a.DepositedBy, a.DepositorName), e.t("act.height", a.Height)))
		t.line(e.t("act.on", r.AsOf), e.t("act.standing."+a.Standing))
		for _, c := range a.Changes {
			t.line("", e.t("act.changed."+c.Relation, c.Act)+"  "+c.EffectiveFrom)
		}
		for _, v := range a.Vouchings {
			t.line(e.t("act.vouched"), fmt.Sprintf("%s  %s  %q", v.At, named(v.Participant, v.Name), v.Statement))
		}
		if len(a.Vouchings) == 0 {
			t.line(e.t("act.vouched"), e.t("act.nobody"))
		}
		switch {
		case a.StampedBy != "":
			t.line(e.t("act.token"), a.StampedAt+"  "+a.StampedBy)
		case a.StampError != "":
			t.line(e.t("act.token"), a.StampError)
		case a.StampedAt != "":
			t.line(e.t("act.token"), a.StampedAt+"  "+e.t("act.token-unverified"))
		}
	}
	if r.More > 0 {
		t.line("", e.t("act.more", r.More))
	}
	if r.Height != 0 {
		t.line(e.t("act.proof"), e.t("act.proof-of", r.ChainID, r.Height, r.AsOf))
	}
	if r.TrustedNode {
		t.line("", e.t("act.trusted-node"))
	}
	t.line(e.t("act.worth"), r.Claim)
}

func named(id, name string) string {
	if name == "" || name == id {
		return id
	}
	return name + " (" + id + ")"
}
