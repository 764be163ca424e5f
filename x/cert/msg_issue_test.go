package cert

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"math/big"
	"strings"
	"testing"

	"github.com/ethereum/go-ethereum/crypto"

	basev1 "github.com/filiera-chain/filiera/api/base/v1"
	certv1 "github.com/filiera-chain/filiera/api/cert/v1"
	registryv1 "github.com/filiera-chain/filiera/api/registry/v1"
	"github.com/filiera-chain/filiera/credential"
	"github.com/filiera-chain/filiera/module"
	"github.com/filiera-chain/filiera/x/lineage"
	"github.com/filiera-chain/filiera/x/registry"
)

func TestACertificateCarriedByAnybodyIsRecordedAsSigned(t *testing.T) {
	l := newLedger(t)
	m := certificate(1, 600).signed(t)
	l.must(l.do(pastaMaker, m))
	a := l.attestation(urn(1))
	vc, err := credential.Parse(m.GetCredential())
	l.must(err)
	if hash := vc.Hash(); !bytes.Equal(a.GetCredentialSha256(), hash[:]) {
		t.Errorf("hash is %x, want %x", a.GetCredentialSha256(), hash)
	}
	if a.GetCertifier() != body || a.GetSubmittedBy() != pastaMaker || a.GetKeyLabel() != "main" || a.GetSpecificationVersion() != 2 ||
		a.GetValidUntil() != start+year || len(a.GetEvidence()) != 1 || len(a.GetEvidence()[0].GetSha256()) != 32 {
		t.Errorf("attestation = %v", a)
	}
	if p := a.GetPoints()[0]; p.GetBasis() != certv1.Basis_BASIS_MEASURED || p.GetResult() != certv1.Result_RESULT_PASS || p.GetValue() != "13.1" || p.GetText() == "" {
		t.Errorf("point = %v", p)
	}
	if h := a.GetHistory(); len(h) != 1 || h[0].GetStatus() != Issued || h[0].GetActor() != body || h[0].GetHeight() != 1 {
		t.Errorf("history = %v", h)
	}
	list, err := l.cert.queryAttestationsOfBatch(l.reader(), &certv1.AttestationsOfBatchRequest{Gtin: "8001234567897", Lot: "A"})
	l.must(err)
	if len(list.GetAttestations()) != 1 || list.GetAttestations()[0].GetId() != urn(1) {
		t.Errorf("attestations of the batch = %v", list)
	}
}

func TestACertificateIsRefusedWhen(t *testing.T) {
	second := credential.CoveredBatch{GTIN: pastaGTIN, Lot: "B", Amount: 1, Unit: "GRM"}
	cases := []struct {
		name   string
		change func(*draft)
		want   *module.Error
	}{
		{"its issuer is of another ledger", func(d *draft) { d.Issuer = credential.IssuerURN("other-1", body) }, ErrChain},
		{"its issuer is not enrolled", func(d *draft) { d.by("nobody") }, ErrKey},
		{"its issuer has no key of that label", func(d *draft) { d.label = "third" }, ErrKey},
		{"another key signed", func(d *draft) { d.key = keyOf(otherBody, "main") }, ErrSignature},
		{"another key of the issuer signed", func(d *draft) { d.key = keyOf(body, "second") }, ErrSignature},
		{"its signature has a high S", func(d *draft) { d.tamper = highS }, ErrSignature},
		{"its issuer is not accredited", func(d *draft) { d.by(noBody) }, registry.ErrAccreditation},
		{"its issuer is no certifier", func(d *draft) { d.by(pastaMaker) }, registry.ErrNotAllowed},
		{"nobody is accredited for the specification", func(d *draft) { d.SpecID = "ciauscolo-igp" }, registry.ErrAccreditation},
		{"it ends at the block's second", func(d *draft) { d.ValidFrom, d.ValidUntil = start-day, start }, ErrValidity},
		{"it begins more than a day ahead", func(d *draft) { d.ValidFrom = start + day + 1 }, ErrValidity},
		{"its id is taken", func(d *draft) { d.ID = urn(900) }, ErrTaken},
		{"its specification has no such version", func(d *draft) { d.SpecVersion = 3 }, ErrVersion},
		{"a point failed", func(d *draft) { d.Points[0].Result = credential.Fail }, ErrFailedPoint},
		{"a point of the body's own failed", func(d *draft) {
			d.Points = append(d.Points, credential.Point{ID: "own", Clause: "art. 9", Requirement: "clean", Basis: credential.Checked, Result: credential.Fail})
		}, ErrFailedPoint},
		{"a requirement is not answered", func(d *draft) { d.Points = d.Points[:1] }, ErrOpenPoint},
		{"no requirement is answered", func(d *draft) { d.Points = nil }, ErrOpenPoint},
		{"a batch is unknown", func(d *draft) { d.Batches[0].Lot = "C" }, ErrBatch},
		{"a second batch is unknown", func(d *draft) { second := second; second.Lot = "C"; d.Batches = append(d.Batches, second) }, ErrBatch},
		{"a batch is bound to another version", func(d *draft) { d.Batches[0].Lot = "OLD" }, ErrBinding},
		{"a batch is made to no specification", func(d *draft) { d.Batches[0].GTIN, d.Batches[0].Lot = flourGTIN, "F" }, ErrBinding},
		{"a batch is counted in another unit", func(d *draft) { d.Batches[0].Unit = "KGM" }, ErrUnit},
		{"a batch is recalled", func(d *draft) { d.Batches = []credential.CoveredBatch{second} }, lineage.ErrRecalled},
		{"it covers more than the batch", func(d *draft) { d.Batches[0].Amount = 1001 }, ErrQuantity},
		{"it covers more than is left of the batch", func(d *draft) { d.Batches[0].Amount = 901 }, ErrQuantity},
		{"it replaces an unknown attestation", func(d *draft) { d.Replaces = urn(77) }, ErrAttestation},
		{"it replaces the attestation of another body", func(d *draft) { d.by(otherBody).Replaces = urn(900) }, ErrNotAllowed},
		{"it replaces a revoked attestation", func(d *draft) { d.Replaces = urn(901) }, ErrState},
		{"its text was changed after signing", func(d *draft) { d.tamper = func(s string) string { return "A" + s } }, ErrCredential},
		{"it is no certificate", func(d *draft) { d.tamper = func(string) string { return "hello" } }, ErrCredential},
		{"it is empty", func(d *draft) { d.tamper = func(string) string { return "" } }, ErrCredential},
		{"it is too long", func(d *draft) {
			d.tamper = func(s string) string { return s + strings.Repeat("A", credential.MaxSize) }
		}, ErrCredential},
	}
	l := newLedger(t)
	l.must(l.issue(certificate(900, 100)))
	l.must(l.issue(certificate(901, 50)))
	l.must(l.do(body, &certv1.MsgRevoke{Attestation: urn(901), Reason: "wrong lot"}))
	l.must(l.lineage.Call(module.NewContext(l.kv, l.block, module.Signer{}), 1, false, []*basev1.BatchID{{Gtin: pastaGTIN, Lot: "B"}}))
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			d := certificate(1, 100)
			c.change(d)
			before := len(l.kv.Changes())
			refused(t, c.want, l.issue(d))
			if after := len(l.kv.Changes()); after != before {
				t.Errorf("a refused act left %d changes", after-before)
			}
		})
	}
	l.must(l.issue(certificate(1, 900)))
}

// highS writes the other signature that satisfies the same equation.
func highS(text string) string {
	cut := strings.LastIndexByte(text, '.') + 1
	sig, err := base64.RawURLEncoding.DecodeString(text[cut:])
	if err != nil {
		panic(err)
	}
	s := new(big.Int).Sub(crypto.S256().Params().N, new(big.Int).SetBytes(sig[32:]))
	s.FillBytes(sig[32:])
	return text[:cut] + base64.RawURLEncoding.EncodeToString(sig)
}

func TestAuthorityOverTheIssuerIsAskedAtBlockTime(t *testing.T) {
	cases := []struct {
		name   string
		before func(*ledger)
		want   *module.Error
	}{
		{"its key was retired", func(l *ledger) {
			l.must(l.do(body, &registryv1.MsgRetireKey{Participant: body, Label: "main", Reason: "lost laptop"}))
		}, ErrRetiredKey},
		{"its accreditation is suspended", func(l *ledger) {
			l.must(l.do(region, &registryv1.MsgSuspendAccreditation{Certifier: body, Specification: pastaSpec, Reason: "under review"}))
		}, registry.ErrAccreditation},
		{"its accreditation has ended", func(l *ledger) { l.pass(2 * year) }, registry.ErrAccreditation},
		{"it is suspended", func(l *ledger) {
			l.must(l.do(region, &registryv1.MsgSuspendParticipant{Participant: body, Reason: "under review"}))
		}, registry.ErrInactive},
		{"its role was revoked", func(l *ledger) {
			l.must(l.do(region, &registryv1.MsgRevokeRole{Participant: body, Grant: 1, Reason: "merged"}))
		}, registry.ErrNotAllowed},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			l := newLedger(t)
			c.before(l)
			d := certificate(1, 100)
			d.ValidUntil = start + 5*year
			refused(t, c.want, l.issue(d))
		})
	}
}

func TestARefusedQuantitySaysTheFigures(t *testing.T) {
	l := newLedger(t)
	l.must(l.issue(certificate(1, 600)))
	got := fmt.Sprint(l.issue(certificate(2, 500)))
	for _, want := range []string{"1000 GRM", "600 are attested", "500 more", "by 100", "at most 400"} {
		if !strings.Contains(got, want) {
			t.Errorf("%q does not say %q", got, want)
		}
	}
	if errors.Is(l.issue(certificate(3, 400)), ErrQuantity) {
		t.Error("what is left of the batch cannot be attested")
	}
}

func TestWhatIsNotInForceLeavesRoom(t *testing.T) {
	l := newLedger(t)
	short := certificate(1, 1000)
	short.ValidUntil = start + 10
	l.must(l.issue(short))
	l.block.Time += 10 // over, though no block has written so
	l.must(l.issue(certificate(2, 1000)))
	l.must(l.do(body, &certv1.MsgSuspend{Attestation: urn(2), Reason: "new analysis"}))
	l.must(l.issue(certificate(3, 1000).by(otherBody)))
	l.must(l.do(otherBody, &certv1.MsgRevoke{Attestation: urn(3), Reason: "analysis failed"}))
	l.must(l.issue(certificate(4, 1000)))
	refused(t, ErrQuantity, l.issue(certificate(5, 1)))
}

func TestAReplacementIsLinkedBothWaysAndFreesWhatItReplaces(t *testing.T) {
	l := newLedger(t)
	l.must(l.issue(certificate(1, 800)))
	d := certificate(2, 1000)
	d.Replaces = urn(1)
	l.must(l.issue(d))
	old, fresh := l.attestation(urn(1)), l.attestation(urn(2))
	last := old.GetHistory()[1]
	if old.GetReplacedBy() != urn(2) || fresh.GetReplaces() != urn(1) || last.GetStatus() != Replaced || last.GetActor() != body {
		t.Errorf("old = %v, new = %v", old, fresh)
	}
	again := certificate(3, 1)
	again.Replaces = urn(1)
	refused(t, ErrState, l.issue(again))

	l.must(l.do(region, &certv1.MsgSuspend{Attestation: urn(2), Reason: "complaint"}))
	again.Replaces = urn(2)
	l.must(l.issue(again))
	if got := l.state(urn(2)); got != Replaced {
		t.Errorf("a suspended attestation that was replaced is %s", got)
	}
}

func TestARefusedReplacementLeavesTheOldOneInForce(t *testing.T) {
	l := newLedger(t)
	l.must(l.issue(certificate(1, 800)))
	d := certificate(2, 1001)
	d.Replaces = urn(1)
	refused(t, ErrQuantity, l.issue(d))
	if got := l.state(urn(1)); got != Issued {
		t.Errorf("the old attestation is %s", got)
	}
}

func TestOneCertificateCoversManyBatches(t *testing.T) {
	l := newLedger(t)
	d := certificate(1, 1000)
	d.Batches = append(d.Batches, credential.CoveredBatch{GTIN: pastaGTIN, Lot: "B", Amount: 500, Unit: "GRM"})
	l.must(l.issue(d))
	for _, lot := range []string{"A", "B"} {
		if list, err := l.cert.AttestationsOf(l.reader(), pastaGTIN, lot); err != nil || len(list) != 1 {
			t.Errorf("lot %s has %v (%v)", lot, list, err)
		}
	}
}

func TestABatchTakesABoundedNumberOfAttestations(t *testing.T) {
	l := newLedger(t)
	for n := range maxPerBatch {
		l.must(l.issue(certificate(n, 1)))
		l.must(l.do(body, &certv1.MsgRevoke{Attestation: urn(n), Reason: "again"}))
	}
	refused(t, ErrLimit, l.issue(certificate(maxPerBatch, 1)))
}
