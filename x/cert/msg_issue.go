package cert

import (
	"cosmossdk.io/collections"

	basev1 "github.com/filiera-chain/filiera/api/base/v1"
	certv1 "github.com/filiera-chain/filiera/api/cert/v1"
	productv1 "github.com/filiera-chain/filiera/api/product/v1"
	"github.com/filiera-chain/filiera/credential"
	"github.com/filiera-chain/filiera/module"
	"github.com/filiera-chain/filiera/quantity"
)

// skewSeconds is how far ahead of block time a validity may begin: a body signs
// today what holds from tomorrow.
const skewSeconds = 24 * 3600

func checkIssue(m *certv1.MsgIssue) error {
	_, err := parse(m)
	return err
}

// parse reads the certificate and refuses what no state could make good.
func parse(m *certv1.MsgIssue) (*credential.Credential, error) {
	c, err := credential.Parse(m.GetCredential())
	if err != nil {
		return nil, ErrCredential.With("%v", err)
	}
	for _, p := range c.Attestation.Points {
		if p.Result == credential.Fail {
			return nil, ErrFailedPoint.With("point %s (%s) failed; a certificate attests only points that pass or do not apply", p.ID, p.Clause)
		}
	}
	return c, nil
}

// issue records a certificate that an accredited certifier signed. Whoever
// carries it here needs no role: the signature inside speaks.
func (c *Cert) issue(ctx *module.Context, m *certv1.MsgIssue) error {
	vc, err := parse(m)
	if err != nil {
		return err
	}
	certifier, err := c.authenticate(ctx, vc)
	if err != nil {
		return err
	}
	a := record(vc, certifier)
	if err := c.registry.Accredited(ctx, ctx.Time, certifier, a.GetSpecification()); err != nil {
		return err
	}
	if err := c.checkNew(ctx, a); err != nil {
		return err
	}
	if err := c.answersAll(ctx, a); err != nil {
		return err
	}
	two, err := c.registry.TwoPerson(ctx, certifier, a.GetSpecification())
	if err != nil {
		return err
	}
	if two {
		return c.enterPending(ctx, a)
	}
	// First what is replaced, so that what it attested is free again.
	if err := c.replaceOld(ctx, a); err != nil {
		return err
	}
	if err := c.checkBatches(ctx, a); err != nil {
		return err
	}
	return c.enter(ctx, a, Issued, "issued")
}

// enterPending records a certificate that a second person has still to sign.
// What it replaces stays in force until then, and so whether there is room is
// found out then.
func (c *Cert) enterPending(ctx *module.Context, a *certv1.Attestation) error {
	if a.GetReplaces() != "" {
		if _, err := c.replaceable(ctx, a); err != nil {
			return err
		}
	}
	for _, b := range a.GetBatches() {
		if _, err := c.checkBatch(ctx, a, b); err != nil {
			return err
		}
	}
	a.PendingKey = a.GetKeyLabel()
	return c.enter(ctx, a, Pending, "signed with the key "+a.GetKeyLabel()+"; another key of the body must countersign")
}

// authenticate finds the certifier and holds the signature to its key.
func (c *Cert) authenticate(ctx *module.Context, vc *credential.Credential) (certifier string, err error) {
	return c.authentic(ctx, vc.Attestation.Issuer, &vc.Sealed)
}

// authentic finds who issuer is, and holds the signature to its key.
func (c *Cert) authentic(ctx *module.Context, issuer string, sealed *credential.Sealed) (certifier string, err error) {
	chain, certifier, err := credential.ParseIssuer(issuer)
	if err != nil {
		return "", ErrCredential.With("%v", err)
	}
	if chain != ctx.ChainID {
		return "", ErrChain.With("the certificate's issuer is %s, of the ledger %q; this one is %q", issuer, chain, ctx.ChainID)
	}
	key, err := c.registry.KeyByLabel(ctx, certifier, sealed.KeyLabel)
	switch {
	case err != nil:
		return "", err
	case key == nil:
		return "", ErrKey.With("participant %s has no key labelled %q; look at the certificate's kid", certifier, sealed.KeyLabel)
	case key.GetRetiredAt() != 0:
		return "", ErrRetiredKey.With("key %q of %s is retired since %s (%s); sign again with a live key", sealed.KeyLabel, certifier, module.Day(key.GetRetiredAt()), key.GetRetiredReason())
	}
	if err := sealed.Verify(key.GetPublicKey()); err != nil {
		return "", ErrSignature.With("%v", err)
	}
	return certifier, nil
}

// checkNew refuses an id that is taken and a validity that is not sane today.
func (c *Cert) checkNew(ctx *module.Context, a *certv1.Attestation) error {
	old, err := c.Attestation(ctx, a.GetId())
	if err != nil {
		return err
	}
	if old != nil {
		return ErrTaken.With("attestation %s was issued by %s on %s and is %s", old.GetId(), old.GetCertifier(), module.Day(old.GetHistory()[0].GetAt()), State(old, ctx.Time))
	}
	switch {
	case a.GetValidUntil() <= a.GetValidFrom():
		return ErrValidity.With("validUntil (%d) must come after validFrom (%d)", a.GetValidUntil(), a.GetValidFrom())
	case a.GetValidUntil() <= ctx.Time:
		return ErrValidity.With("the certificate was valid until %s (second %d) and the block's time is %d; issue one that is not over", module.Day(a.GetValidUntil()), a.GetValidUntil(), ctx.Time)
	case a.GetValidFrom() > ctx.Time+skewSeconds:
		return ErrValidity.With("the certificate is valid from %s (second %d), more than a day after the block's time %d; submit it later", module.Day(a.GetValidFrom()), a.GetValidFrom(), ctx.Time)
	}
	return nil
}

// answersAll refuses a certificate that leaves a requirement of its version
// without a point. Failed points never come this far.
func (c *Cert) answersAll(ctx *module.Context, a *certv1.Attestation) error {
	v, err := c.products.SpecificationVersion(ctx, a.GetSpecification(), a.GetSpecificationVersion())
	if err != nil {
		return err
	}
	if v == nil {
		return ErrVersion.With("specification %s has no version %d", a.GetSpecification(), a.GetSpecificationVersion())
	}
	answered := make(map[string]bool, len(a.GetPoints()))
	for _, p := range a.GetPoints() {
		answered[p.GetId()] = true
	}
	for _, r := range v.GetRequirements() {
		if !answered[r.GetId()] {
			return ErrOpenPoint.With("requirement %s (%s) of version %d of %s is not answered; add a point with that id", r.GetId(), r.GetClause(), v.GetVersion(), v.GetSpecification())
		}
	}
	return nil
}

// replaceOld ends the attestation that a replaces, if any.
func (c *Cert) replaceOld(ctx *module.Context, a *certv1.Attestation) error {
	if a.GetReplaces() == "" {
		return nil
	}
	old, err := c.replaceable(ctx, a)
	if err != nil {
		return err
	}
	if err := c.inherit(ctx, old, a); err != nil {
		return err
	}
	old.ReplacedBy = a.GetId()
	return c.move(ctx, old, replace, byCertifier, a.GetCertifier(), "replaced by "+a.GetId())
}

// replaceable gives the attestation that a names as the one it replaces.
func (c *Cert) replaceable(ctx *module.Context, a *certv1.Attestation) (*certv1.Attestation, error) {
	old, err := c.mustAttestation(ctx, a.GetReplaces())
	if err != nil {
		return nil, err
	}
	if old.GetCertifier() != a.GetCertifier() {
		return nil, ErrNotAllowed.With("attestation %s is of %s; %s replaces only its own", old.GetId(), old.GetCertifier(), a.GetCertifier())
	}
	if _, err := next(State(old, ctx.Time), replace, byCertifier); err != nil {
		return nil, about(old, err)
	}
	return old, nil
}

// checkBatches refuses a batch that is not what a says of it, or that has no
// room for what a attests.
func (c *Cert) checkBatches(ctx *module.Context, a *certv1.Attestation) error {
	for _, b := range a.GetBatches() {
		batch, err := c.checkBatch(ctx, a, b)
		if err != nil {
			return err
		}
		if err := c.roomFor(ctx, ctx.Time, a.GetId(), batch, b.GetQuantity().GetAmount()); err != nil {
			return err
		}
	}
	return nil
}

// checkBatch refuses a batch that is not what a says of it, or that an open
// major non-conformity excludes.
func (c *Cert) checkBatch(ctx *module.Context, a *certv1.Attestation, b *certv1.CoveredBatch) (*productv1.Batch, error) {
	gtin, lot := b.GetBatch().GetGtin(), b.GetBatch().GetLot()
	batch, err := c.products.Batch(ctx, gtin, lot)
	if err != nil {
		return nil, err
	}
	if err := fits(a, b, batch); err != nil {
		return nil, err
	}
	return batch, c.controls.Clear(ctx, gtin, lot)
}

// fits refuses a covered batch that is not what the certificate says of it.
// Its status, which alone may change later, is looked at last.
func fits(a *certv1.Attestation, b *certv1.CoveredBatch, batch *productv1.Batch) error {
	gtin, lot := b.GetBatch().GetGtin(), b.GetBatch().GetLot()
	switch {
	case batch == nil:
		return ErrBatch.With("batch %s lot %q is not registered; its producer registers it first", gtin, lot)
	case batch.GetSpecification() != a.GetSpecification() || batch.GetSpecificationVersion() != a.GetSpecificationVersion():
		return ErrBinding.With("batch %s lot %q is bound to %s version %d; the certificate attests %s version %d", gtin, lot, orNone(batch.GetSpecification()), batch.GetSpecificationVersion(), a.GetSpecification(), a.GetSpecificationVersion())
	case batch.GetQuantity().GetUnit() != b.GetQuantity().GetUnit():
		return ErrUnit.With("batch %s lot %q is counted in %s; the certificate covers %s", gtin, lot, batch.GetQuantity().GetUnit(), quantity.Quantity{Amount: b.GetQuantity().GetAmount(), Unit: b.GetQuantity().GetUnit()})
	case batch.GetStatus() != productv1.BatchStatus_BATCH_STATUS_ACTIVE:
		return ErrBatchState.With("batch %s lot %q is not active since %s: %s", gtin, lot, module.Day(batch.GetStatusSince()), batch.GetStatusReason())
	}
	return nil
}

func orNone(spec string) string {
	if spec == "" {
		return "no specification"
	}
	return spec
}

// enter writes the new attestation and its indexes.
func (c *Cert) enter(ctx *module.Context, a *certv1.Attestation, status, reason string) error {
	for _, b := range a.GetBatches() {
		gtin, lot := b.GetBatch().GetGtin(), b.GetBatch().GetLot()
		others, err := c.AttestationsOf(ctx, gtin, lot)
		if err != nil {
			return err
		}
		if len(others) >= maxPerBatch {
			return ErrLimit.With("batch %s lot %q already has %d attestations, which is the most", gtin, lot, len(others))
		}
		if err := c.byBatch.Set(ctx, collections.Join3(gtin, lot, a.GetId())); err != nil {
			return err
		}
	}
	a.SubmittedBy = ctx.Signer.Participant
	a.History = []*basev1.StatusLine{{Status: status, Reason: reason, Actor: a.GetCertifier(), At: ctx.Time, Height: ctx.Height}}
	if err := c.takeIndex(ctx, a); err != nil {
		return err
	}
	if err := c.expiry.Set(ctx, collections.Join(a.GetValidUntil(), a.GetId())); err != nil {
		return err
	}
	return c.put(ctx, a)
}
