package cert

import (
	"testing"

	"google.golang.org/protobuf/proto"

	certv1 "github.com/filiera-chain/filiera/api/cert/v1"
	"github.com/filiera-chain/filiera/credential"
	"github.com/filiera-chain/filiera/module"
	"github.com/filiera-chain/filiera/module/statekey"
)

const statusBase = "https://registro.example"

// listed drafts a certificate whose state is published at index.
func listed(n int, amount int64, index uint32) *draft {
	d := certificate(n, amount)
	d.Status = &credential.Status{Base: statusBase, List: 1, Index: index}
	return d
}

// published signs the body's list as the ledger has it, changed.
func (l *ledger) published(purpose string, change func(*credential.StatusList)) *certv1.MsgPublishStatusList {
	l.Helper()
	revoked, suspended, _, err := l.cert.statusList(l.reader(), body, 1)
	l.must(err)
	list := &credential.StatusList{
		Issuer: credential.IssuerURN(chain, body), Base: statusBase, List: 1, Purpose: purpose,
		ValidFrom: l.block.Time, ValidUntil: l.block.Time + 7*day, TTL: 300_000, Bits: revoked,
	}
	if purpose == credential.Suspension {
		list.Bits = suspended
	}
	if change != nil {
		change(list)
	}
	_, signer, err := credential.ParseIssuer(list.Issuer)
	l.must(err)
	text, err := credential.SignStatusList(list, list.Issuer+"#main", keyOf(signer, "main"), l.block.Time)
	l.must(err)
	return &certv1.MsgPublishStatusList{Credential: []byte(text)}
}

func TestStatusListsSayWhatHistoriesSay(t *testing.T) {
	l := newLedger(t)
	for n, index := range []uint32{0, 7, 131071} {
		l.must(l.issue(listed(n, 100, index)))
	}
	refused(t, ErrIndexTaken, l.issue(listed(9, 100, 7)))
	elsewhere := listed(9, 100, 9)
	elsewhere.Status.Base = "https://altrove.example"
	refused(t, ErrStatusURL, l.issue(elsewhere))
	l.must(l.do(body, suspending(0)))
	l.must(l.do(body, revoking(2)))
	q, err := l.cert.queryStatusList(l.reader(), &certv1.StatusListRequest{Certifier: body, List: 1})
	l.must(err)
	revoked, suspended := credential.Bitstring(q.GetRevoked()), credential.Bitstring(q.GetSuspended())
	for _, c := range []struct {
		index              uint32
		revoked, suspended bool
	}{{0, false, true}, {7, false, false}, {131071, true, false}, {1, false, false}} {
		if revoked.Has(c.index) != c.revoked || suspended.Has(c.index) != c.suspended {
			t.Errorf("index %d: revoked %t, suspended %t", c.index, revoked.Has(c.index), suspended.Has(c.index))
		}
	}
	if q.GetEntries() != 3 {
		t.Errorf("%d entries", q.GetEntries())
	}
	d := listed(3, 50, 8)
	d.Replaces = urn(1)
	l.must(l.issue(d))
	revokedBits, suspendedBits, n, err := l.cert.statusList(l.reader(), body, 1)
	l.must(err)
	if !revokedBits.Has(7) || suspendedBits.Has(7) || n != 4 {
		t.Error("a replaced one is not revoked in the list")
	}
	refused(t, ErrShape, func() error {
		_, err := l.cert.queryStatusList(l.reader(), &certv1.StatusListRequest{Certifier: "?"})
		return err
	}())
}

func TestAPendingCertificateIsSuspendedInTheList(t *testing.T) {
	l := newLedger(t)
	twoPersons(l)
	l.must(l.issue(listed(1, 100, 5)))
	_, suspended, _, err := l.cert.statusList(l.reader(), body, 1)
	l.must(err)
	if !suspended.Has(5) {
		t.Error("pending, and a wallet would take it for valid")
	}
	l.must(l.doWith(body, "second", countersigning(1)))
	_, suspended, _, err = l.cert.statusList(l.reader(), body, 1)
	l.must(err)
	if suspended.Has(5) {
		t.Error("countersigned, and a wallet would take it for suspended")
	}
}

func TestASignedListIsKeptWhileItSaysWhatTheLedgerSays(t *testing.T) {
	l := newLedger(t)
	refused(t, ErrStale, l.do(pastaMaker, l.published(credential.Revocation, nil)))
	l.must(l.issue(listed(1, 100, 5)))
	l.must(l.issue(listed(2, 100, 6)))
	l.must(l.do(body, revoking(1)))
	before := l.published(credential.Revocation, nil)
	l.must(l.do(pastaMaker, before))
	refused(t, ErrStale, l.do(pastaMaker, before)) // carried again
	value, err := l.kv.Get(statekey.StatusList(body, 1, credential.Revocation))
	l.must(err)
	kept := new(certv1.StatusList)
	l.must(proto.Unmarshal(value, kept))
	if kept.GetCertifier() != body || kept.GetKeyLabel() != "main" || string(kept.GetCredential()) != string(before.GetCredential()) || kept.GetPublishedHeight() != l.block.Height {
		t.Errorf("kept %v", kept)
	}
	l.pass(10)
	l.must(l.do(body, revoking(2)))
	for name, c := range map[string]struct {
		m    *certv1.MsgPublishStatusList
		want *module.Error
	}{
		"it leaves a revoked one out": {l.published(credential.Revocation, func(s *credential.StatusList) { s.Bits = new(credential.Bitstring); s.Bits.Set(5) }), ErrStale},
		"it adds one":                 {l.published(credential.Revocation, func(s *credential.StatusList) { s.Bits.Set(9) }), ErrStale},
		"it is over": {l.published(credential.Revocation, func(s *credential.StatusList) {
			s.ValidFrom, s.ValidUntil = l.block.Time-10, l.block.Time
		}), ErrValidity},
		"it is valid for a year":     {l.published(credential.Revocation, func(s *credential.StatusList) { s.ValidUntil = l.block.Time + year }), ErrValidity},
		"it begins in two days":      {l.published(credential.Revocation, func(s *credential.StatusList) { s.ValidFrom = l.block.Time + 2*day }), ErrValidity},
		"it is of another list":      {l.published(credential.Revocation, func(s *credential.StatusList) { s.List = 2 }), ErrStale},
		"it is of another ledger":    {l.published(credential.Revocation, func(s *credential.StatusList) { s.Issuer = credential.IssuerURN("other-1", body) }), ErrChain},
		"its issuer is not enrolled": {l.published(credential.Revocation, func(s *credential.StatusList) { s.Issuer = credential.IssuerURN(chain, "nobody") }), ErrKey},
		"it is no list":              {&certv1.MsgPublishStatusList{Credential: []byte("x")}, ErrCredential},
	} {
		t.Run(name, func(t *testing.T) { refused(t, c.want, l.do(pastaMaker, c.m)) })
	}
	l.must(l.do(pastaMaker, l.published(credential.Revocation, nil)))
	l.must(l.do(pastaMaker, l.published(credential.Suspension, nil)))
}

func TestPublishedKeysFindTheStatusEntries(t *testing.T) {
	l := newLedger(t)
	l.must(l.issue(listed(1, 100, 0x01020304&0xffff)))
	value, err := l.kv.Get(statekey.StatusEntry(body, 1, 0x0304))
	l.must(err)
	e := new(certv1.StatusEntry)
	l.must(proto.Unmarshal(value, e))
	if e.GetAttestation() != urn(1) {
		t.Errorf("the entry is %v", e)
	}
	from, to := statekey.StatusEntries(body, 1)
	if got := l.stored("", from, to); len(got) != 1 || len(got[0].Key) != 2*len(from)+8 {
		t.Errorf("the range holds %v", got)
	}
	if from, to := statekey.StatusEntries(body, 2); len(l.stored("", from, to)) != 0 {
		t.Error("list 2 holds something")
	}
	if from, to := statekey.StatusEntries(body, 1<<32-1); string(from) >= string(to) || len(l.stored("", from, to)) != 0 {
		t.Error("the last list is no range")
	}
}
