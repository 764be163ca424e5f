package cert

import (
	"errors"
	"fmt"

	"cosmossdk.io/collections"

	certv1 "github.com/filiera-chain/filiera/api/cert/v1"
	"github.com/filiera-chain/filiera/module"
)

// invariants are the truths that no act may break.
func (c *Cert) invariants() []module.Invariant {
	return []module.Invariant{
		{Name: "every history follows the lifecycle and is bounded", Check: c.historiesHold},
		{Name: "the expiry table holds exactly the attestations that have not ended", Check: c.expiryAgrees},
		{Name: "the index by batch holds exactly the batches that attestations cover", Check: c.byBatchAgrees},
		{Name: "what is attested in force never exceeds the batch, in its unit and under its specification", Check: c.coverageHolds},
		{Name: "what batches cover went down by the reductions told of, never up", Check: c.reductionsHold},
		{Name: "an attestation is pending exactly while a key that may not countersign is named", Check: c.pendingHolds},
		{Name: "the status lists say of each attestation what its history says", Check: c.statusListsAgree},
		{Name: "no more is sold under a certificate than it attests, nor of a batch than there was", Check: c.soldHolds},
		{Name: "whoever replaces and whoever is replaced name each other", Check: c.replacementsAgree},
	}
}

// each reads every attestation and says of which one a check failed.
func (c *Cert) each(rd *module.Reader, check func(*certv1.Attestation) error) error {
	return c.attestations.Walk(rd, nil, func(id string, a *certv1.Attestation) (bool, error) {
		if a.GetId() != id {
			return true, fmt.Errorf("attestation %s is kept under %s", a.GetId(), id)
		}
		if err := check(a); err != nil {
			return true, fmt.Errorf("attestation %s: %w", id, err)
		}
		return false, nil
	})
}

func (c *Cert) historiesHold(rd *module.Reader) error { return c.each(rd, historyHolds) }

// historyHolds replays the lines of a against the lifecycle.
func historyHolds(a *certv1.Attestation) error {
	lines := a.GetHistory()
	if len(lines) == 0 || len(lines) > maxHistory || lines[0].GetStatus() != Issued && lines[0].GetStatus() != Pending {
		return fmt.Errorf("its history of %d lines does not begin with issued or pending or is too long", len(lines))
	}
	for i := 1; i < len(lines); i++ {
		if !leads(settled(lines[i-1].GetStatus()), lines[i].GetStatus()) {
			return fmt.Errorf("line %d goes from %s to %s", i+1, lines[i-1].GetStatus(), lines[i].GetStatus())
		}
		if lines[i].GetAt() < lines[i-1].GetAt() || lines[i].GetHeight() < lines[i-1].GetHeight() {
			return fmt.Errorf("line %d is older than the one before it", i+1)
		}
	}
	return nil
}

// leads says whether some verb goes from a state to a line.
func leads(from, line string) bool {
	for _, v := range [...]verb{suspend, reinstate, propose, countersign, reduce, revoke, replace, expire} {
		if rules[v].to == line {
			return contains(rules[v].from, from)
		}
	}
	return false
}

func (c *Cert) expiryAgrees(rd *module.Reader) error {
	live := 0
	err := c.each(rd, func(a *certv1.Attestation) error {
		has, err := c.expiry.Has(rd, collections.Join(a.GetValidUntil(), a.GetId()))
		if err != nil {
			return err
		}
		over := isFinal(a.GetHistory()[len(a.GetHistory())-1].GetStatus())
		if has == over {
			return fmt.Errorf("ended: %t, in the expiry table: %t", over, has)
		}
		if has {
			live++
		}
		return nil
	})
	if err != nil {
		return err
	}
	held := 0
	err = c.expiry.Walk(rd, nil, func(collections.Pair[int64, string]) (bool, error) { held++; return false, nil })
	if err == nil && held != live {
		return fmt.Errorf("%d attestations have not ended and the expiry table holds %d", live, held)
	}
	return err
}

func (c *Cert) byBatchAgrees(rd *module.Reader) error {
	named := 0
	err := c.each(rd, func(a *certv1.Attestation) error {
		for _, b := range a.GetBatches() {
			has, err := c.byBatch.Has(rd, collections.Join3(b.GetBatch().GetGtin(), b.GetBatch().GetLot(), a.GetId()))
			if err != nil || !has {
				return fmt.Errorf("batch %s lot %q is not indexed (%v)", b.GetBatch().GetGtin(), b.GetBatch().GetLot(), err)
			}
			named++
		}
		return nil
	})
	if err != nil {
		return err
	}
	held := 0
	err = c.byBatch.Walk(rd, nil, func(collections.Triple[string, string, string]) (bool, error) { held++; return false, nil })
	if err == nil && held != named {
		return fmt.Errorf("attestations cover %d batches and the index holds %d", named, held)
	}
	return err
}

func (c *Cert) coverageHolds(rd *module.Reader) error {
	return c.each(rd, func(a *certv1.Attestation) error {
		for _, b := range a.GetBatches() {
			if err := c.batchCovered(rd, a, b); err != nil {
				return err
			}
		}
		return nil
	})
}

func (c *Cert) batchCovered(rd *module.Reader, a *certv1.Attestation, b *certv1.CoveredBatch) error {
	batch, err := c.products.Batch(rd, b.GetBatch().GetGtin(), b.GetBatch().GetLot())
	if err != nil {
		return err
	}
	// A batch may have been withdrawn since; everything else about it stays.
	if err := fits(a, b, batch); err != nil && !errors.Is(err, ErrBatchState) {
		return err
	}
	list, err := c.AttestationsOf(rd, batch.GetGtin(), batch.GetLot())
	if err != nil {
		return err
	}
	if len(list) > maxPerBatch {
		return fmt.Errorf("batch %s lot %q has %d attestations", batch.GetGtin(), batch.GetLot(), len(list))
	}
	return room(batch, attested(list, batch, rd.Time), 0, 0)
}

func (c *Cert) replacementsAgree(rd *module.Reader) error {
	return c.each(rd, func(a *certv1.Attestation) error {
		if id := a.GetReplaces(); id != "" && everIssued(a) {
			if old, err := c.attestations.Get(rd, id); err != nil || old.GetReplacedBy() != a.GetId() || old.GetCertifier() != a.GetCertifier() {
				return fmt.Errorf("it replaces %s, which names %q of %s (%v)", id, old.GetReplacedBy(), old.GetCertifier(), err)
			}
		}
		replaced := a.GetHistory()[len(a.GetHistory())-1].GetStatus() == Replaced
		if id := a.GetReplacedBy(); (id != "") != replaced {
			return fmt.Errorf("replaced: %t, by %q", replaced, id)
		} else if replaced {
			if by, err := c.attestations.Get(rd, id); err != nil || by.GetReplaces() != a.GetId() {
				return fmt.Errorf("it is replaced by %s, which replaces %q (%v)", id, by.GetReplaces(), err)
			}
		}
		return nil
	})
}
