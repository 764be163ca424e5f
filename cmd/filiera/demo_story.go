package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/filiera-chain/filiera/contracts"
	"github.com/filiera-chain/filiera/testnet/story"
)

// tell plays the story, one command after the other.
func (d *demo) tell(ctx context.Context) error {
	for _, chapter := range []func(context.Context) error{
		d.admit, d.enact, d.produce, d.dryTooLittle, d.certify, d.verifyGood, d.verifyAbsent, d.suspendAndRevoke, d.certifyAgain, d.notarise, d.fund, d.certifyRegister,
	} {
		if err := chapter(ctx); err != nil {
			return err
		}
	}
	return nil
}

func (d *demo) file(name string) string { return filepath.Join(d.dir, name) }

// one finds the participant with a role.
func (d *demo) one(role string) *story.Participant {
	for i := range d.story.Participants {
		if d.story.Participants[i].Is(role) {
			return &d.story.Participants[i]
		}
	}
	return &story.Participant{}
}

// admit has the authority register the specification and admit the others.
func (d *demo) admit(ctx context.Context) error {
	region := d.one("authority").ID
	d.say("demo.admit")
	if _, err := d.cli.show(ctx, "spec", "register", d.story.SpecificationFile, "--from", region); err != nil {
		return err
	}
	for _, p := range d.story.Participants {
		if p.Is("authority") {
			continue
		}
		args := []string{"participant", "register", "--request", d.request(p.ID), "--name", p.Name, "--from", region}
		for _, r := range p.Roles {
			args = append(args, "--role", r.Role)
			args = appendEach(args, "--spec", r.Specifications)
			args = appendEach(args, "--place", r.Places)
			args = appendEach(args, "--valid-from", []string{r.From})
			args = appendEach(args, "--valid-until", []string{r.Until})
		}
		args = appendEach(args, "--vat", []string{p.VAT})
		args = appendEach(args, "--gln", []string{p.GLN})
		if _, err := d.cli.show(ctx, args...); err != nil {
			return err
		}
		for _, a := range p.Accreditations {
			args := []string{"participant", "accredit", p.ID, "--spec", a.Specification, "--reference", a.Reference, "--from", region}
			args = appendEach(args, "--valid-from", []string{a.From})
			args = appendEach(args, "--valid-until", []string{a.Until})
			if _, err := d.cli.show(ctx, args...); err != nil {
				return err
			}
		}
	}
	return nil
}

func appendEach(args []string, flag string, values []string) []string {
	for _, v := range values {
		if v != "" {
			args = append(args, flag, v)
		}
	}
	return args
}

// enact has Region and control body agree to the contract of the specification,
// which judges from then on.
func (d *demo) enact(ctx context.Context) error {
	d.say("demo.enact")
	const id = "maccheroncini-di-campofilone"
	text, err := contracts.Files.ReadFile(id + "/contract.yaml")
	if err != nil {
		return err
	}
	file := d.file("contract.yaml")
	if err := os.WriteFile(file, text, 0o644); err != nil {
		return err
	}
	region, body := d.one("authority").ID, d.one("certifier").ID
	for _, args := range [][]string{
		{"contract", "deploy", file, "--from", region},
		{"contract", "approve", file, "--as", "authority", "--from", region},
		{"contract", "approve", file, "--as", "control-body", "--from", body},
		{"contract", "activate", id, "1", "--from", region},
	} {
		if _, err := d.cli.show(ctx, args...); err != nil {
			return err
		}
	}
	return nil
}

// dryTooLittle has the ledger refuse the certificate of a batch that was dried an
// hour too little, and take that of one dried just long enough.
func (d *demo) dryTooLittle(ctx context.Context) error {
	d.say("demo.dry", d.story.TooShort.Lot, d.story.TooShort.Hours)
	carrier := d.one("distributor").ID
	if err := d.signDraft(ctx, d.file(d.story.TooShort.File), "certificate-23h.jwt"); err != nil {
		return err
	}
	if err := d.cli.refused(ctx, "rules.refused", "drying (metodo di ottenimento): required ≥ 24 h and ≤ 36 h, found 23 h", "cert", "submit", d.file("certificate-23h.jwt"), "--from", carrier); err != nil {
		return err
	}
	d.say("demo.dry.enough", d.story.Enough.Lot, d.story.Enough.Hours)
	if err := d.signDraft(ctx, d.file(d.story.Enough.File), "certificate-24h.jwt"); err != nil {
		return err
	}
	if _, err := d.cli.show(ctx, "cert", "submit", d.file("certificate-24h.jwt"), "--from", carrier); err != nil {
		return err
	}
	_, err := d.cli.show(ctx, "contract", "rulings", d.story.GTIN, d.story.Enough.Lot)
	return err
}

// produce has the pasta maker register product and batches and capture events.
func (d *demo) produce(ctx context.Context) error {
	maker := d.one("producer").ID
	d.say("demo.produce")
	for _, args := range [][]string{
		{"product", "register", "--file", d.story.ProductFile, "--from", maker},
		{"batch", "import", d.story.BatchesFile, "--from", maker},
		append(append([]string{"trace", "capture"}, d.story.Events...), "--from", maker),
	} {
		if _, err := d.cli.show(ctx, args...); err != nil {
			return err
		}
	}
	return nil
}

// certify signs a certificate on a machine with no network, and has somebody
// else carry it to the ledger.
func (d *demo) certify(ctx context.Context) error {
	d.say("demo.certify")
	if err := d.signOffline(ctx, "certificate.jwt"); err != nil {
		return err
	}
	_, err := d.cli.show(ctx, "cert", "submit", d.file("certificate.jwt"), "--from", d.one("distributor").ID)
	return err
}

func (d *demo) signOffline(ctx context.Context, name string) error {
	return d.signDraft(ctx, d.story.DraftFile, name)
}

func (d *demo) signDraft(ctx context.Context, draft, name string) error {
	body := d.one("certifier").ID
	// No node can be reached from here, whatever the program might try.
	_, err := d.cli.offline().show(ctx, "cert", "sign", draft, "--chain-id", demoChain, "--participant", body, "--key", body,
		"--label", "ufficio", "--out", d.file(name))
	return err
}

// verifyGood is the consumer: ask, keep the proof, check it with no node.
func (d *demo) verifyGood(ctx context.Context) error {
	d.say("demo.verify", d.story.GTIN, d.story.Lot)
	if err := d.verify(ctx, d.story.Lot, "bundle.json", "authentic"); err != nil {
		return err
	}
	hash, err := d.validatorsHash(ctx)
	if err != nil {
		return err
	}
	if err := os.WriteFile(d.file("trust-hash.txt"), []byte(hash+"\n"), 0o600); err != nil {
		return err
	}
	d.say("demo.offline")
	return d.check(ctx, "bundle.json", "authentic")
}

func (d *demo) verifyAbsent(ctx context.Context) error {
	d.say("demo.unknown", d.story.AbsentLot)
	if err := d.verify(ctx, d.story.AbsentLot, "bundle-unknown.json", "unknown"); err != nil {
		return err
	}
	return d.check(ctx, "bundle-unknown.json", "unknown")
}

func (d *demo) suspendAndRevoke(ctx context.Context) error {
	id, err := d.attestation(ctx)
	if err != nil {
		return err
	}
	body := d.one("certifier").ID
	for _, step := range []struct{ verb, reason, bundle, verdict string }{
		{"suspend", d.e.t("demo.why.suspend"), "", "suspended"},
		{"reinstate", d.e.t("demo.why.reinstate"), "", "authentic"},
		{"revoke", d.e.t("demo.why.revoke"), "bundle-revoked.json", "not_certified"},
	} {
		d.say("demo." + step.verb)
		if _, err := d.cli.show(ctx, "cert", step.verb, id, "--reason", step.reason, "--from", body); err != nil {
			return err
		}
		if err := d.verify(ctx, d.story.Lot, step.bundle, step.verdict); err != nil {
			return err
		}
	}
	return d.check(ctx, "bundle-revoked.json", "not_certified")
}

// certifyAgain ends the story well: a second inspection, a new certificate.
func (d *demo) certifyAgain(ctx context.Context) error {
	d.say("demo.again")
	if err := d.signOffline(ctx, "certificate-2.jwt"); err != nil {
		return err
	}
	if _, err := d.cli.show(ctx, "cert", "submit", d.file("certificate-2.jwt"), "--from", d.one("certifier").ID); err != nil {
		return err
	}
	return d.verify(ctx, d.story.Lot, "", "authentic")
}

// verify asks the node and insists on the verdict; a bundle, if named, is kept.
func (d *demo) verify(ctx context.Context, lot, bundle, verdict string) error {
	args := []string{"verify", d.story.GTIN, lot, "--expect", verdict}
	if bundle != "" {
		args = append(args, "--proof", "--save", d.file(bundle))
	}
	_, err := d.cli.show(ctx, args...)
	return err
}

// check verifies a bundle with no node and no home.
func (d *demo) check(ctx context.Context, bundle, verdict string) error {
	hash, err := os.ReadFile(d.file("trust-hash.txt"))
	if err != nil {
		return err
	}
	_, err = d.cli.offline().show(ctx, "verify", "--bundle", d.file(bundle), "--trust-hash", strings.TrimSpace(string(hash)), "--expect", verdict)
	return err
}

func (d *demo) validatorsHash(ctx context.Context) (string, error) {
	var s struct {
		ValidatorsHash string `json:"validators_hash"`
	}
	err := d.answer(ctx, &s, "status")
	return s.ValidatorsHash, err
}

func (d *demo) attestation(ctx context.Context) (string, error) {
	var list struct {
		Items []struct {
			ID string `json:"id"`
		} `json:"items"`
	}
	if err := d.answer(ctx, &list, "cert", "list", "--gtin", d.story.GTIN, "--lot", d.story.Lot); err != nil {
		return "", err
	}
	if len(list.Items) == 0 {
		return "", fmt.Errorf("the ledger lists no attestation")
	}
	return list.Items[0].ID, nil
}

func (d *demo) answer(ctx context.Context, into any, args ...string) error {
	out, err := d.cli.quiet(ctx, append(args, "--output", "json")...)
	if err != nil {
		return err
	}
	return json.NewDecoder(bytes.NewReader(out)).Decode(into)
}

// invite prints what to try while the node runs.
func (d *demo) invite() {
	hash, err := os.ReadFile(d.file("trust-hash.txt"))
	if err != nil {
		hash = []byte("…")
	}
	at := ""
	if d.url != "http://127.0.0.1:8080" {
		at = " --node " + d.url
	}
	d.say("demo.try")
	for _, line := range []string{
		fmt.Sprintf("%s verify %s %s%s", d.cli.name(), d.story.GTIN, d.story.Lot, at),
		fmt.Sprintf("%s verify --bundle %s --trust-hash %s", d.cli.name(), d.file("bundle.json"), strings.TrimSpace(string(hash))),
		fmt.Sprintf("%s batch list%s", d.cli.name(), at),
		fmt.Sprintf("%s trace journey %s %s%s", d.cli.name(), d.story.GTIN, d.story.Lot, at),
		fmt.Sprintf("%s cert list%s", d.cli.name(), at),
		fmt.Sprintf("%s contract show maccheroncini-di-campofilone%s", d.cli.name(), at),
		fmt.Sprintf("%s contract rulings %s %s%s", d.cli.name(), d.story.GTIN, d.story.Lot, at),
		fmt.Sprintf("%s act verify %s%s", d.cli.name(), filepath.Join(d.file("pr-fesr-1.2.2"), "acts", "dgr-248-2024.txt"), at),
		fmt.Sprintf("%s budget show --as-of 2024-02-25 --lang it%s", d.cli.name(), at),
		fmt.Sprintf("curl -s '%s/v1/verify/01/%s/10/%s?proof=true'", d.url, d.story.GTIN, d.story.Lot),
		fmt.Sprintf("curl -s %s/openapi.json", d.url),
		fmt.Sprintf("%s/docs", d.url),
	} {
		fmt.Fprintln(d.e.out, "  "+line)
	}
	fmt.Fprintf(d.e.out, "\n%s\n", d.e.t("demo.stop", d.dir))
}
