package main

import (
	"crypto/rand"
	"crypto/sha256"
	"fmt"
	"io"
	"math/big"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/filiera-chain/filiera/credential"
)

// maxEvidence bounds a document of evidence, in bytes.
const maxEvidence = 4 << 30

func certSign(e *env) *cobra.Command {
	cmd := e.leaf("sign FILE", "cert.sign.short",
		"filiera cert sign certificato.yaml --chain-id filiera-demo --participant amap-apc --key amap --password-file password.txt --out certificate.jwt",
		cobra.ExactArgs(1), e.runCertSign)
	f := cmd.Flags()
	f.String("key", "", e.t("flag.key"))
	f.String("out", "", e.t("flag.out"))
	f.String("chain-id", "", e.t("flag.chain-id"))
	f.String("participant", "", e.t("flag.certifier-id"))
	f.String("label", "", e.t("flag.label"))
	f.String("id", "", e.t("flag.attestation-id"))
	f.String("status-url", "", e.t("flag.status-url"))
	f.Uint32("status-list", 1, e.t("flag.status-list"))
	f.Int64("status-index", -1, e.t("flag.status-index"))
	f.String("issued-at", "", e.t("flag.issued-at"))
	f.String("keys-dir", "", e.t("flag.keys-dir"))
	f.Bool("dry-run", false, e.t("flag.dry-run"))
	return cmd
}

// runCertSign makes a certificate from a draft. It asks no node: chain id and
// participant come from flags, the config file, or the draft's issuer.
func (e *env) runCertSign(cmd *cobra.Command, args []string) error {
	data, err := e.readInput(args[0], credential.MaxDraft)
	if err != nil {
		return err
	}
	draft, err := credential.ParseDraft(data)
	if err != nil {
		return usage("%s:\n%v", args[0], err)
	}
	if err := hashEvidence(draft, filepath.Dir(args[0])); err != nil {
		return err
	}
	issuer, err := e.issuer(draft)
	if err != nil {
		return err
	}
	id, _ := cmd.Flags().GetString("id")
	if id == "" {
		if id, err = e.newUUID(); err != nil {
			return err
		}
	}
	if draft.Attestation.Status, err = e.status(); err != nil {
		return err
	}
	attestation, err := draft.Finish(id, issuer)
	if err != nil {
		return usage("%s: %v", args[0], err)
	}
	if e.v.GetBool("dry-run") {
		return e.printDraft(attestation)
	}
	return e.signDraft(cmd, attestation)
}

func (e *env) signDraft(cmd *cobra.Command, attestation *credential.Attestation) error {
	issued := e.now().Unix()
	if s, _ := cmd.Flags().GetString("issued-at"); s != "" {
		var err error
		if issued, err = instant("issued-at", s, 0); err != nil {
			return err
		}
	}
	name, _ := cmd.Flags().GetString("key")
	key, name, err := e.unlock(name)
	if err != nil {
		return err
	}
	label := e.v.GetString("label")
	if label == "" {
		label = name
	}
	compact, err := credential.Sign(attestation, attestation.Issuer+"#"+label, key, issued)
	if err != nil {
		return usageError{err}
	}
	if err := e.writeOut(cmd, []byte(compact+"\n"), 0o644); err != nil {
		return err
	}
	fmt.Fprintln(e.err, e.t("cert.signed", attestation.ID, attestation.Issuer, label))
	return nil
}

// issuer is that of the settings, or the draft's own.
func (e *env) issuer(draft *credential.Draft) (string, error) {
	chain, participant := e.v.GetString("chain-id"), e.v.GetString("participant")
	if stated := draft.Attestation.Issuer; stated != "" && (chain == "" || participant == "") {
		return stated, nil
	}
	if chain == "" || participant == "" {
		return "", usage("%s", e.t("need.issuer"))
	}
	return credential.IssuerURN(chain, participant), nil
}

// status draws an index in the certifier's status list; nil where no URL of
// status lists is set. A random index tells nothing of how many certificates
// there are, nor of their order.
func (e *env) status() (*credential.Status, error) {
	base := strings.TrimSuffix(e.v.GetString("status-url"), "/")
	if base == "" {
		return nil, nil
	}
	if err := credential.CheckStatusBase(base); err != nil {
		return nil, usageError{err}
	}
	index := e.v.GetInt64("status-index")
	if index < 0 {
		n, err := rand.Int(e.random, big.NewInt(credential.StatusListSize))
		if err != nil {
			return nil, fmt.Errorf("draw an index: %w", err)
		}
		index = n.Int64()
	}
	if index >= credential.StatusListSize {
		return nil, usage("%s", e.t("bad.status.index", index, int64(credential.StatusListSize)))
	}
	return &credential.Status{Base: base, List: e.v.GetUint32("status-list"), Index: uint32(index)}, nil
}

// newUUID draws a random id (RFC 9562, version 4).
func (e *env) newUUID() (string, error) {
	var b [16]byte
	if _, err := io.ReadFull(e.random, b[:]); err != nil {
		return "", fmt.Errorf("draw an id: %w", err)
	}
	b[6] = b[6]&0x0f | 0x40
	b[8] = b[8]&0x3f | 0x80
	return credential.FormatUUID(b), nil
}

// hashEvidence hashes the documents that the draft names by path, relative to
// itself. They stay where they are; only the hashes go into the certificate.
func hashEvidence(draft *credential.Draft, dir string) error {
	for i, doc := range draft.Files {
		path := doc.Path
		if !filepath.IsAbs(path) {
			path = filepath.Join(dir, path)
		}
		hash, size, err := hashFile(path)
		if err != nil {
			return usage("line %d: the document %s cannot be read: %v", doc.Line, doc.Path, err)
		}
		draft.SetFile(i, hash, size)
	}
	return nil
}

func hashFile(path string) (hash [32]byte, size int64, err error) {
	f, err := os.Open(path)
	if err != nil {
		return hash, 0, err
	}
	defer f.Close()
	h := sha256.New()
	if size, err = io.Copy(h, io.LimitReader(f, maxEvidence+1)); err != nil {
		return hash, 0, err
	}
	if size > maxEvidence {
		return hash, 0, fmt.Errorf("it has more than %d bytes", int64(maxEvidence))
	}
	return [32]byte(h.Sum(nil)), size, nil
}

func (e *env) printDraft(a *credential.Attestation) error {
	return e.print(map[string]any{"dry_run": true, "attestation": a}, func(t *table) {
		t.line(e.t("dry.run"), e.t("nothing.signed"))
		e.drawAttestation(t, a)
	})
}

func (e *env) drawAttestation(t *table, a *credential.Attestation) {
	t.line("id", a.ID)
	t.line(e.t("certifier"), a.Issuer)
	t.line(e.t("specification"), fmt.Sprintf("%s  %s", a.SpecID, e.t("version.n", int64(a.SpecVersion))))
	t.line(e.t("valid"), e.t("span.both", utc(a.ValidFrom), utc(a.ValidUntil)))
	for _, b := range a.Batches {
		t.line(e.t("batch"), fmt.Sprintf("%s  %s  %d %s", b.GTIN, b.Lot, b.Amount, b.Unit))
	}
	for _, p := range a.Points {
		t.line(fmt.Sprintf("%s (%s)", p.ID, e.t("basis."+string(p.Basis))), fmt.Sprintf("%s  %s %s", e.t("result."+string(p.Result)), p.Value, p.Unit))
	}
	for _, d := range a.Evidence {
		t.line(e.t("document"), d.SHA256+"  "+d.Name)
	}
	t.line(e.t("replaces"), a.Replaces)
	if s := a.Status; s != nil {
		t.line(e.t("status.list"), e.t("status.index", s.Base, int64(s.List), int64(s.Index)))
	}
}

func utc(unix int64) string { return time.Unix(unix, 0).UTC().Format(time.RFC3339) }
