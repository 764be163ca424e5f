package control

import (
	"fmt"
	"slices"

	"cosmossdk.io/collections"

	controlv1 "github.com/filiera-chain/filiera/api/control/v1"
	"github.com/filiera-chain/filiera/module"
)

// invariants are the truths that no act may break.
func (c *Control) invariants() []module.Invariant {
	return []module.Invariant{
		{Name: "every request follows its lifecycle and its number was given", Check: c.requestsHold},
		{Name: "the counters of a request agree with its non-conformities and results", Check: c.countersHold},
		{Name: "the queue holds exactly the batches of requests that have not ended, once per certifier", Check: c.queueHolds},
		{Name: "a batch is blocked by exactly its open major non-conformities", Check: c.majorsHold},
		{Name: "nothing is recorded outside a request", Check: c.recordsHold},
	}
}

// each reads every request and says of which one a check failed.
func (c *Control) each(rd *module.Reader, check func(*controlv1.ControlRequest) error) error {
	return c.requests.Walk(rd, nil, func(id string, r *controlv1.ControlRequest) (bool, error) {
		if r.GetId() != id {
			return true, fmt.Errorf("request %s is kept under %s", r.GetId(), id)
		}
		if err := check(r); err != nil {
			return true, fmt.Errorf("request %s: %w", id, err)
		}
		return false, nil
	})
}

func (c *Control) requestsHold(rd *module.Reader) error {
	return c.each(rd, func(r *controlv1.ControlRequest) error {
		last, err := c.last.Get(rd, r.GetCertifier())
		if err != nil {
			return err
		}
		var n uint64
		if _, err := fmt.Sscanf(r.GetId(), r.GetCertifier()+":%d", &n); err != nil || n < 1 || n > last {
			return fmt.Errorf("its number is not among the %d of %s", last, r.GetCertifier())
		}
		lines := r.GetHistory()
		if len(lines) == 0 || len(lines) > maxHistory || lines[0].GetStatus() != StatusWord(requested) {
			return fmt.Errorf("its history of %d lines does not begin with requested or is too long", len(lines))
		}
		if lines[len(lines)-1].GetStatus() != StatusWord(r.GetStatus()) {
			return fmt.Errorf("it is %s and its last line says %s", StatusWord(r.GetStatus()), lines[len(lines)-1].GetStatus())
		}
		for i := 1; i < len(lines); i++ {
			if !leads(lines[i-1].GetStatus(), lines[i].GetStatus()) {
				return fmt.Errorf("line %d goes from %s to %s", i+1, lines[i-1].GetStatus(), lines[i].GetStatus())
			}
		}
		if (r.GetAttestation() != "") != (r.GetStatus() == attested) {
			return fmt.Errorf("it is %s and names attestation %q", StatusWord(r.GetStatus()), r.GetAttestation())
		}
		return nil
	})
}

// leads says whether some verb goes from a state to another.
func leads(from, to string) bool {
	for _, v := range [...]verb{schedule, decline, answer, refuse, withdraw} {
		if StatusWord(rules[v].to) == to {
			return slices.ContainsFunc(rules[v].from, func(s controlv1.RequestStatus) bool { return StatusWord(s) == from })
		}
	}
	return false
}

func (c *Control) countersHold(rd *module.Reader) error {
	return c.each(rd, func(r *controlv1.ControlRequest) error {
		var minor, major uint32
		for n := uint32(1); n <= r.GetLastFinding(); n++ {
			f, err := c.findings.Get(rd, collections.Join(r.GetId(), n))
			switch {
			case err != nil:
				return fmt.Errorf("non-conformity %d: %w", n, err)
			case f.GetClosedAt() != 0:
			case f.GetSeverity() == controlv1.Severity_SEVERITY_MAJOR:
				major++
			default:
				minor++
			}
		}
		for n := uint32(1); n <= r.GetLastResult(); n++ {
			if _, err := c.results.Get(rd, collections.Join(r.GetId(), n)); err != nil {
				return fmt.Errorf("result %d: %w", n, err)
			}
		}
		if minor != r.GetOpenMinor() || major != r.GetOpenMajor() {
			return fmt.Errorf("%d minor and %d major are open; it counts %d and %d", minor, major, r.GetOpenMinor(), r.GetOpenMajor())
		}
		return nil
	})
}

func (c *Control) queueHolds(rd *module.Reader) error {
	want, seen := 0, map[[3]string]bool{}
	err := c.each(rd, func(r *controlv1.ControlRequest) error {
		for _, b := range r.GetBatches() {
			has, err := c.open.Has(rd, collections.Join3(b.GetBatch().GetGtin(), b.GetBatch().GetLot(), r.GetId()))
			if err != nil || has == isFinal(r.GetStatus()) {
				return fmt.Errorf("it is %s and lot %q in the queue: %t (%v)", StatusWord(r.GetStatus()), b.GetBatch().GetLot(), has, err)
			}
			if !has {
				continue
			}
			want++
			k := [3]string{r.GetCertifier(), b.GetBatch().GetGtin(), b.GetBatch().GetLot()}
			if seen[k] {
				return fmt.Errorf("batch %s lot %q has another one to %s", k[1], k[2], k[0])
			}
			seen[k] = true
		}
		return nil
	})
	if err != nil {
		return err
	}
	held := 0
	err = c.open.Walk(rd, nil, func(collections.Triple[string, string, string]) (bool, error) { held++; return false, nil })
	if err == nil && held != want {
		return fmt.Errorf("%d batches wait and the queue holds %d", want, held)
	}
	return err
}

func (c *Control) majorsHold(rd *module.Reader) error {
	want := 0
	err := c.findings.Walk(rd, nil, func(_ collections.Pair[string, uint32], f *controlv1.NonConformity) (bool, error) {
		blocks := f.GetSeverity() == controlv1.Severity_SEVERITY_MAJOR && f.GetClosedAt() == 0
		for _, b := range f.GetBatches() {
			has, err := c.majors.Has(rd, collections.Join4(b.GetGtin(), b.GetLot(), f.GetRequest(), f.GetNumber()))
			if err != nil || has != blocks {
				return true, fmt.Errorf("non-conformity %d of %s should block lot %q: %t, blocks: %t (%v)", f.GetNumber(), f.GetRequest(), b.GetLot(), blocks, has, err)
			}
			if has {
				want++
			}
		}
		return false, nil
	})
	if err != nil {
		return err
	}
	held := 0
	err = c.majors.Walk(rd, nil, func(collections.Quad[string, string, string, uint32]) (bool, error) { held++; return false, nil })
	if err == nil && held != want {
		return fmt.Errorf("%d batches should be blocked and %d are", want, held)
	}
	return err
}

func (c *Control) recordsHold(rd *module.Reader) error {
	err := c.findings.Walk(rd, nil, func(k collections.Pair[string, uint32], f *controlv1.NonConformity) (bool, error) {
		r, err := c.requests.Get(rd, k.K1())
		if err == nil && (f.GetRequest() != k.K1() || f.GetNumber() != k.K2() || k.K2() < 1 || k.K2() > r.GetLastFinding() || len(f.GetBatches()) == 0) {
			err = fmt.Errorf("non-conformity %d of %s is kept under %d of %s, which has %d", f.GetNumber(), f.GetRequest(), k.K2(), k.K1(), r.GetLastFinding())
		}
		return err != nil, err
	})
	if err != nil {
		return err
	}
	return c.results.Walk(rd, nil, func(k collections.Pair[string, uint32], l *controlv1.LabResult) (bool, error) {
		r, err := c.requests.Get(rd, k.K1())
		if err == nil && (l.GetRequest() != k.K1() || l.GetNumber() != k.K2() || k.K2() < 1 || k.K2() > r.GetLastResult() || !names(r, l.GetBatch())) {
			err = fmt.Errorf("result %d of %s is kept under %d of %s, which has %d", l.GetNumber(), l.GetRequest(), k.K2(), k.K1(), r.GetLastResult())
		}
		return err != nil, err
	})
}
