package cert

import (
	"fmt"

	"google.golang.org/protobuf/proto"

	certv1 "github.com/filiera-chain/filiera/api/cert/v1"
	"github.com/filiera-chain/filiera/module"
)

func (c *Cert) reductionsHold(rd *module.Reader) error { return c.each(rd, reductionsHold) }

// reductionsHold holds the reductions of a against its history and against what
// it covers now.
func reductionsHold(a *certv1.Attestation) error {
	told := 0
	for _, line := range a.GetHistory() {
		if line.GetStatus() == Reduced {
			told++
		}
	}
	if told != len(a.GetReductions()) {
		return fmt.Errorf("%d lines tell of a reduction and %d are kept", told, len(a.GetReductions()))
	}
	now := map[[2]string]int64{}
	for i, r := range a.GetReductions() {
		k := [2]string{r.GetBatch().GetGtin(), r.GetBatch().GetLot()}
		if int(r.GetLine()) >= len(a.GetHistory()) || a.GetHistory()[r.GetLine()].GetStatus() != Reduced {
			return fmt.Errorf("reduction %d names line %d, which tells of none", i, r.GetLine())
		}
		if before, again := now[k]; r.GetAfter() < 1 || r.GetAfter() >= r.GetBefore() || again && before != r.GetBefore() {
			return fmt.Errorf("reduction %d goes from %d to %d", i, r.GetBefore(), r.GetAfter())
		}
		now[k] = r.GetAfter()
	}
	for _, b := range a.GetBatches() {
		k := [2]string{b.GetBatch().GetGtin(), b.GetBatch().GetLot()}
		if left, reduced := now[k]; reduced && left != b.GetQuantity().GetAmount() {
			return fmt.Errorf("batch %s lot %q was reduced to %d and %d are covered", k[0], k[1], left, b.GetQuantity().GetAmount())
		}
		delete(now, k)
	}
	if len(now) > 0 {
		return fmt.Errorf("%d batches were reduced that it does not cover", len(now))
	}
	return nil
}

func (c *Cert) pendingHolds(rd *module.Reader) error {
	return c.each(rd, func(a *certv1.Attestation) error {
		last := a.GetHistory()[len(a.GetHistory())-1].GetStatus()
		if last == Pending && a.GetPendingKey() == "" || !isFinal(last) && last != Pending && a.GetPendingKey() != "" {
			return fmt.Errorf("it is %s and waits for another key than %q", last, a.GetPendingKey())
		}
		return nil
	})
}

func (c *Cert) statusListsAgree(rd *module.Reader) error {
	listed := 0
	err := c.each(rd, func(a *certv1.Attestation) error {
		if a.GetStatusList() == 0 {
			return nil
		}
		listed++
		got, err := c.entries.Get(rd, entryOf(a))
		if err != nil {
			return fmt.Errorf("its entry %d of list %d: %w", a.GetStatusIndex(), a.GetStatusList(), err)
		}
		lines := a.GetHistory()
		last := lines[len(lines)-1].GetStatus()
		if last == Expired && len(lines) > 1 {
			last = lines[len(lines)-2].GetStatus()
		}
		if want := entry(a, last); !proto.Equal(got, want) {
			return fmt.Errorf("its entry says %v; it should say %v", got, want)
		}
		return nil
	})
	if err != nil {
		return err
	}
	held := 0
	err = c.entries.Walk(rd, nil, func(entryKey, *certv1.StatusEntry) (bool, error) { held++; return false, nil })
	if err == nil && held != listed {
		return fmt.Errorf("%d attestations stand in a status list and %d entries are kept", listed, held)
	}
	return err
}
