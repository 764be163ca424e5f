package cert

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"google.golang.org/protobuf/proto"
	"pgregory.net/rapid"

	basev1 "github.com/filiera-chain/filiera/api/base/v1"
	certv1 "github.com/filiera-chain/filiera/api/cert/v1"
	productv1 "github.com/filiera-chain/filiera/api/product/v1"
	registryv1 "github.com/filiera-chain/filiera/api/registry/v1"
	"github.com/filiera-chain/filiera/credential"
	"github.com/filiera-chain/filiera/module"
	"github.com/filiera-chain/filiera/x/registry"
)

func TestTheLifecycleAllowsTheseMovesAndNoOthers(t *testing.T) {
	allowed := map[string]string{
		"issued suspend its certifier":                 Suspended,
		"issued suspend an authority":                  Suspended,
		"suspended reinstate its certifier":            Reinstated,
		"issued revoke its certifier":                  Revoked,
		"issued revoke an authority":                   Revoked,
		"suspended revoke its certifier":               Revoked,
		"suspended revoke an authority":                Revoked,
		"issued replace its certifier":                 Replaced,
		"suspended replace its certifier":              Replaced,
		"suspended propose to reinstate its certifier": Pending,
		"pending countersign its certifier":            Issued,
		"issued reduce its certifier":                  Reduced,
		"pending revoke its certifier":                 Revoked,
		"pending revoke an authority":                  Revoked,
		"pending replace its certifier":                Replaced,
		"pending expire the block's time":              Expired,
		"issued expire the block's time":               Expired,
		"suspended expire the block's time":            Expired,
	}
	seen := 0
	for _, state := range []string{"", Pending, Issued, Reduced, Suspended, Reinstated, Revoked, Replaced, Expired} {
		for _, v := range []verb{suspend, reinstate, propose, countersign, reduce, revoke, replace, expire} {
			for _, who := range []party{byCertifier, byAuthority, byTime, byOther} {
				move := fmt.Sprintf("%s %s %s", state, v, who)
				to, err := next(state, v, who)
				if want := allowed[move]; to != want || (err == nil) != (want != "") {
					t.Errorf("%s leads to %q (%v), want %q", move, to, err, want)
				}
				if err == nil {
					seen++
					continue
				}
				if !errors.Is(err, ErrNotAllowed) && !errors.Is(err, ErrState) {
					t.Errorf("%s: %v is neither refusal", move, err)
				}
				if errors.Is(err, ErrState) && !strings.Contains(err.Error(), "is "+state) {
					t.Errorf("%s: %q does not name the state", move, err)
				}
			}
		}
	}
	if seen != len(allowed) {
		t.Errorf("%d moves were allowed, want %d", seen, len(allowed))
	}
}

func TestTheStateIsTheLastLineUnlessTimeHasEndedIt(t *testing.T) {
	for _, c := range []struct {
		last           string
		before, atTime string
	}{
		{Issued, Issued, Expired},
		{Reinstated, Issued, Expired},
		{Reduced, Issued, Expired},
		{Pending, Pending, Expired},
		{Suspended, Suspended, Expired},
		{Revoked, Revoked, Revoked},
		{Replaced, Replaced, Replaced},
		{Expired, Expired, Expired},
	} {
		a := &certv1.Attestation{ValidUntil: 100, History: []*basev1.StatusLine{{Status: Issued}, {Status: c.last}}}
		if got := State(a, 99); got != c.before {
			t.Errorf("%s at its last second is %s, want %s", c.last, got, c.before)
		}
		if got := State(a, 100); got != c.atTime {
			t.Errorf("%s at the first second no longer valid is %s, want %s", c.last, got, c.atTime)
		}
	}
	if got := State(&certv1.Attestation{}, 0); got != "" {
		t.Errorf("an attestation without history is %q", got)
	}
}

// model is what the ledger was told, in the plainest form.
type model struct {
	certifier string
	state     string // of the last line, reinstated read as issued
	until     int64
	amount    map[string]int64
	lines     int
	old       *model // that it replaces
	issued    bool   // was in force at some time
	pending   string // key that may not countersign
}

func (m *model) at(now int64) string {
	if (m.state == Issued || m.state == Suspended || m.state == Pending) && now >= m.until {
		return Expired
	}
	return m.state
}

type story struct {
	*ledger
	known []*model
	holds map[string]int64
	// two says that the body's accreditation asks for two persons.
	two bool
}

func TestRandomLifecyclesAgreeWithTheModel(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := &story{ledger: newLedger(t), holds: map[string]int64{"A": 1000, "B": 500}}
		params := registry.DefaultParams()
		params.ExpiriesPerBlock = 1 // so that the block's work falls behind
		s.must(s.registry.SetParams(module.NewContext(s.kv, s.block, module.Signer{}), params))
		t.Repeat(map[string]func(*rapid.T){
			"a certificate comes": s.comes,
			"somebody acts":       s.acts,
			"a key signs":         s.signs,
			"the body reduces":    s.reduces,
			"the act is renewed":  s.renewed,
			"time passes":         func(t *rapid.T) { s.pass(rapid.Int64Range(1, 20).Draw(t, "seconds")) },
			"":                    s.check,
		})
	})
}

func (s *story) inForce(lot string) (sum int64) {
	for _, m := range s.known {
		if m.at(s.block.Time) == Issued {
			sum += m.amount[lot]
		}
	}
	return sum
}

func (s *story) comes(t *rapid.T) {
	m := &model{
		certifier: rapid.SampledFrom([]string{body, otherBody}).Draw(t, "certifier"), state: Issued,
		until: s.block.Time + rapid.Int64Range(0, 100).Draw(t, "lasts"), amount: map[string]int64{}, lines: 1,
	}
	d := certificate(len(s.known), 0).by(m.certifier)
	d.Batches, d.ValidFrom, d.ValidUntil = nil, start-1, m.until
	if n := len(s.known); n%2 == 0 {
		d.Status = &credential.Status{Base: statusBase, List: 1, Index: uint32(n)}
	}
	for _, lot := range rapid.SampledFrom([][]string{{"A"}, {"B"}, {"A", "B"}}).Draw(t, "lots") {
		m.amount[lot] = rapid.Int64Range(1, 700).Draw(t, "amount")
		d.Batches = append(d.Batches, credential.CoveredBatch{GTIN: pastaGTIN, Lot: lot, Amount: m.amount[lot], Unit: "GRM"})
	}
	var old *model
	sound := m.until > s.block.Time
	if n := rapid.IntRange(-2, len(s.known)-1).Draw(t, "replaces"); n >= 0 {
		old, d.Replaces = s.known[n], urn(n)
		state := old.at(s.block.Time)
		sound = sound && old.certifier == m.certifier && (state == Issued || state == Suspended || state == Pending)
	}
	m.old = old
	pending := s.two && m.certifier == body
	if !pending {
		sound = sound && s.fits(m, old)
	}
	if err := s.issue(d); (err == nil) != sound {
		t.Fatalf("certificate of %v replacing %q: %v", m, d.Replaces, err)
	}
	if !sound {
		return
	}
	s.known = append(s.known, m)
	if pending {
		m.state, m.pending = Pending, "main"
		return
	}
	m.issued = true
	s.replaced(old)
}

// fits says whether there is room for m once old is gone.
func (s *story) fits(m, old *model) bool {
	for lot, amount := range m.amount {
		freed := int64(0)
		if old != nil && old.at(s.block.Time) == Issued {
			freed = old.amount[lot]
		}
		if s.inForce(lot)-freed+amount > s.holds[lot] {
			return false
		}
	}
	return true
}

func (s *story) replaced(old *model) {
	if old != nil {
		old.state, old.lines = Replaced, old.lines+1
	}
}

// renewed makes the body's accreditation ask for one person or two.
func (s *story) renewed(t *rapid.T) {
	s.two = rapid.Bool().Draw(t, "two persons")
	s.must(s.do(region, &registryv1.MsgAccredit{Certifier: body, Specification: pastaSpec, ValidUntil: start + 2*year, Reference: "Example act", TwoPerson: s.two}))
}

func (s *story) signs(t *rapid.T) {
	if len(s.known) == 0 {
		return
	}
	n := rapid.IntRange(0, len(s.known)-1).Draw(t, "attestation")
	label := rapid.SampledFrom([]string{"main", "second"}).Draw(t, "key")
	m := s.known[n]
	sound := m.certifier == body && m.at(s.block.Time) == Pending && label != m.pending
	old := m.old
	if m.issued {
		old = nil // it ended the old one when it first came into force
	}
	if old != nil {
		state := old.at(s.block.Time)
		sound = sound && (state == Issued || state == Suspended || state == Pending)
	}
	sound = sound && s.fits(m, old)
	if err := s.doWith(body, label, countersigning(n)); (err == nil) != sound {
		t.Fatalf("key %s countersigns attestation %d, which is %s: %v", label, n, m.at(s.block.Time), err)
	}
	if sound {
		s.replaced(old)
		m.state, m.pending, m.issued, m.lines = Issued, "", true, m.lines+1
	}
}

func (s *story) reduces(t *rapid.T) {
	if len(s.known) == 0 {
		return
	}
	n := rapid.IntRange(0, len(s.known)-1).Draw(t, "attestation")
	lot := rapid.SampledFrom([]string{"A", "B"}).Draw(t, "lot")
	left := rapid.Int64Range(0, 700).Draw(t, "left")
	m := s.known[n]
	sound := m.certifier == body && m.at(s.block.Time) == Issued && left > 0 && left < m.amount[lot]
	if err := s.do(body, reducing(n, lot, left)); (err == nil) != sound {
		t.Fatalf("attestation %d of %v is reduced to %d: %v", n, m, left, err)
	}
	if sound {
		m.amount[lot], m.lines = left, m.lines+1
	}
}

func (s *story) acts(t *rapid.T) {
	if len(s.known) == 0 {
		return
	}
	n := rapid.IntRange(0, len(s.known)-1).Draw(t, "attestation")
	m, who := s.known[n], rapid.SampledFrom([]string{body, otherBody, region, pastaMaker}).Draw(t, "who")
	state := m.at(s.block.Time)
	mine, power := who == m.certifier, who == region
	to, sound, act := "", false, proto.Message(nil)
	switch rapid.IntRange(0, 2).Draw(t, "act") {
	case 0:
		to, sound, act = Suspended, (mine || power) && state == Issued, suspending(n)
	case 1:
		to, sound, act = Issued, mine && state == Suspended, reinstating(n)
		if s.two && mine && who == body {
			to = Pending
		} else {
			sound = sound && s.fits(m, nil)
		}
	case 2:
		to, sound, act = Revoked, (mine || power) && (state == Issued || state == Suspended || state == Pending), revoking(n)
	}
	if err := s.do(who, act); (err == nil) != sound {
		t.Fatalf("%s makes attestation %d, which is %s, %s: %v", who, n, state, to, err)
	}
	if sound {
		m.state, m.lines = to, m.lines+1
		if to == Pending {
			m.pending = "main"
		}
	}
}

func (s *story) check(t *rapid.T) {
	for n, m := range s.known {
		a := s.attestation(urn(n))
		if got, want := State(a, s.block.Time), m.at(s.block.Time); got != want {
			t.Fatalf("attestation %d is %s, want %s: %v", n, got, want, a.GetHistory())
		}
		last := a.GetHistory()[len(a.GetHistory())-1].GetStatus()
		if State(a, a.GetValidUntil()-1) != last && settled(last) != State(a, a.GetValidUntil()-1) {
			t.Fatalf("the last line of attestation %d is %s", n, last)
		}
		if extra := len(a.GetHistory()) - m.lines; extra != 0 && (extra != 1 || last != Expired) {
			t.Fatalf("attestation %d has %d lines, want %d", n, len(a.GetHistory()), m.lines)
		}
	}
	for lot, whole := range s.holds {
		list, err := s.cert.AttestationsOf(s.reader(), pastaGTIN, lot)
		s.must(err)
		got := attested(list, &productv1.Batch{Gtin: pastaGTIN, Lot: lot}, s.block.Time)
		if got != s.inForce(lot) || got > whole {
			t.Fatalf("%d of lot %s are attested, the model says %d of %d", got, lot, s.inForce(lot), whole)
		}
	}
}
