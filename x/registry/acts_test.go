package registry_test

import (
	"errors"
	"testing"

	registryv1 "github.com/filiera-chain/filiera/api/registry/v1"
	"github.com/filiera-chain/filiera/module"
	"github.com/filiera-chain/filiera/module/statekey"
	"github.com/filiera-chain/filiera/x/registry"
)

func isRefusal(err error, want *module.Error) bool { return errors.Is(err, want) }

func TestParticipantStatus(t *testing.T) {
	w := newWorld(t)
	w.enrol("firm", producer(nil, nil))
	suspend := &registryv1.MsgSuspendParticipant{Participant: "firm", Reason: "register gaps"}
	reinstate := &registryv1.MsgReinstateParticipant{Participant: "firm", Reason: "gaps closed"}
	revoke := &registryv1.MsgRevokeParticipant{Participant: "firm", Reason: "ceased"}

	w.Refuses(registry.ErrState, by("region"), reinstate)
	w.Refuses(registry.ErrNotAllowed, by("firm"), suspend)
	w.Do(by("region"), suspend)
	if err := w.r.Allowed(w.Reader(), start, "firm", "", "", registryv1.Role_ROLE_PRODUCER); !isRefusal(err, registry.ErrInactive) {
		t.Errorf("a suspended firm is not allowed to act: %v", err)
	}
	w.Refuses(registry.ErrState, by("region"), suspend)
	w.Do(by("region"), reinstate)
	w.Do(by("ministry"), revoke)
	w.Refuses(registry.ErrState, by("region"), reinstate)
	w.Refuses(registry.ErrByProposal, by("region"), &registryv1.MsgSuspendParticipant{Participant: "ministry", Reason: "rivalry"})
	w.Refuses(registry.ErrNoParticipant, by("region"), &registryv1.MsgSuspendParticipant{Participant: "nobody", Reason: "unknown"})
}

func TestGrantsEnd(t *testing.T) {
	w := newWorld(t)
	w.enrol("firm", producer(nil, nil))
	w.Do(by("region"), &registryv1.MsgGrantRole{Participant: "firm", Grant: &registryv1.NewGrant{Role: registryv1.Role_ROLE_CARRIER, ValidFrom: start}})
	revoke := &registryv1.MsgRevokeRole{Participant: "firm", Grant: 1, Reason: "no longer produces"}
	w.Do(by("region"), revoke)
	w.Refuses(registry.ErrState, by("region"), revoke)
	w.Refuses(registry.ErrNoGrant, by("region"), &registryv1.MsgRevokeRole{Participant: "firm", Grant: 3, Reason: "typing"})
	w.Refuses(registry.ErrByProposal, by("region"), &registryv1.MsgRevokeRole{Participant: "ministry", Grant: 1, Reason: "rivalry"})
	if err := w.r.Allowed(w.Reader(), start, "firm", "", "", registryv1.Role_ROLE_PRODUCER); !isRefusal(err, registry.ErrNotAllowed) {
		t.Errorf("a revoked grant allows nothing: %v", err)
	}
	if err := w.r.Allowed(w.Reader(), start, "firm", "", "", registryv1.Role_ROLE_CARRIER); err != nil {
		t.Errorf("the other grant stands: %v", err)
	}
}

func TestKeys(t *testing.T) {
	w := newWorld(t)
	w.enrol("firm", producer(nil, nil))
	retire := func(label string) *registryv1.MsgRetireKey {
		return &registryv1.MsgRetireKey{Participant: "firm", Label: label, Reason: "laptop stolen"}
	}
	w.Refuses(registry.ErrLastKey, by("firm"), retire("main"))
	w.Refuses(registry.ErrNoKey, by("firm"), retire("other"))
	w.Do(by("firm"), &registryv1.MsgAddKey{Key: w.newKey("firm", "backup")})
	w.Refuses(registry.ErrTaken, by("firm"), &registryv1.MsgAddKey{Key: w.newKey("firm", "backup")})
	w.Do(by("firm"), retire("backup"))
	w.Refuses(registry.ErrState, by("firm"), retire("backup"))
	w.Refuses(registry.ErrTaken, by("firm"), &registryv1.MsgAddKey{Key: w.newKey("firm", "backup")})
	w.Do(by("firm"), &registryv1.MsgRotateKey{Key: w.newKey("firm", "year-two"), Reason: "yearly change"})
	k, err := w.r.KeyByLabel(w.Reader(), "firm", "main")
	must(t, err)
	if k.GetRetiredAt() == 0 {
		t.Error("rotation retires the key that signed")
	}
	t.Run("an authority may retire the last key of a firm that lost it", func(t *testing.T) {
		w.T = t
		w.Do(by("region"), retire("year-two"))
	})
	t.Run("a firm may not retire another's key", func(t *testing.T) {
		w.T = t
		w.enrol("rival", producer(nil, nil))
		w.Refuses(registry.ErrNotAllowed, by("rival"), &registryv1.MsgRetireKey{Participant: "region", Label: "main", Reason: "mischief"})
	})
}

func TestAccreditation(t *testing.T) {
	w := newWorld(t)
	w.enrol("amap-apc", certifier("maccheroncini"))
	accredit := &registryv1.MsgAccredit{Certifier: "amap-apc", Specification: "maccheroncini", ValidFrom: start + 10, ValidUntil: start + 100, Reference: "DM 1/2026"}
	about := func(reason string) (string, string, string) { return "amap-apc", "maccheroncini", reason }
	suspend := &registryv1.MsgSuspendAccreditation{}
	suspend.Certifier, suspend.Specification, suspend.Reason = about("audit failed")
	reinstate := &registryv1.MsgReinstateAccreditation{}
	reinstate.Certifier, reinstate.Specification, reinstate.Reason = about("audit passed")
	revoke := &registryv1.MsgRevokeAccreditation{}
	revoke.Certifier, revoke.Specification, revoke.Reason = about("gave up")
	check := func(when string, at int64, ok bool) {
		t.Helper()
		err := w.r.Accredited(w.Reader(), at, "amap-apc", "maccheroncini")
		if ok != (err == nil) {
			t.Errorf("%s: %v", when, err)
		}
	}
	check("before any accreditation", start, false)
	w.Refuses(registry.ErrAccreditation, by("region"), suspend)
	w.Refuses(registry.ErrScope, by("region"), &registryv1.MsgAccredit{Certifier: "amap-apc", Specification: "ciauscolo", ValidFrom: start, Reference: "DM 2/2026"})
	w.Do(by("region"), accredit)
	check("before its first second", start+9, false)
	check("in its dates", start+10, true)
	check("after its last second", start+100, false)
	w.Do(by("region"), suspend)
	check("suspended", start+10, false)
	w.Refuses(registry.ErrState, by("region"), accredit)
	w.Do(by("region"), reinstate)
	check("reinstated", start+10, true)
	w.Do(by("region"), revoke)
	check("revoked", start+10, false)
	w.Refuses(registry.ErrState, by("region"), reinstate)
	w.Do(by("region"), accredit)
	check("accredited again", start+10, true)
}

func TestProposals(t *testing.T) {
	w := newWorld(t)
	w.enrol("chamber")
	admit := func(id string) *registryv1.MsgSubmitProposal {
		return &registryv1.MsgSubmitProposal{Reason: "a new peer", Decision: &registryv1.Decision{
			Kind: &registryv1.Decision_AdmitAuthority{AdmitAuthority: &registryv1.AdmitAuthority{Participant: id}},
		}}
	}
	w.Refuses(registry.ErrNotAllowed, by("chamber"), admit("chamber"))
	p := w.Do(by("region"), admit("chamber")).(*registryv1.Proposal)
	if p.GetStatus() != registryv1.ProposalStatus_PROPOSAL_STATUS_OPEN {
		t.Fatalf("one of two authorities is not more than half: %s", p.GetStatus())
	}
	approve := &registryv1.MsgApproveProposal{Proposal: p.GetId()}
	w.Refuses(registry.ErrApproved, by("region"), approve)
	w.Do(by("ministry"), approve)
	if err := w.r.Allowed(w.Reader(), start, "chamber", "", "", registryv1.Role_ROLE_AUTHORITY); err != nil {
		t.Fatalf("two of two authorities admitted it: %v", err)
	}
	w.Refuses(registry.ErrState, by("chamber"), approve)

	t.Run("a proposal left open expires", func(t *testing.T) {
		w.T = t
		w.enrol("late")
		p := w.Do(by("region"), admit("late")).(*registryv1.Proposal)
		w.Block.Time = p.GetExpiresAt()
		w.Refuses(registry.ErrState, by("ministry"), &registryv1.MsgApproveProposal{Proposal: p.GetId()})
	})
	t.Run("the approval of a removed authority no longer counts", func(t *testing.T) {
		w.T = t
		// Three authorities: two carry a decision.
		p := w.Do(by("chamber"), admit("late")).(*registryv1.Proposal)
		out := w.Do(by("region"), remove("chamber")).(*registryv1.Proposal)
		w.Do(by("ministry"), &registryv1.MsgApproveProposal{Proposal: out.GetId()})
		w.Do(by("region"), &registryv1.MsgApproveProposal{Proposal: p.GetId()})
		if err := w.r.Allowed(w.Reader(), w.Block.Time, "late", "", "", registryv1.Role_ROLE_AUTHORITY); err == nil {
			t.Fatal("one standing approval of two authorities must not carry")
		}
	})
	t.Run("the last authority stays", func(t *testing.T) {
		w.T = t
		out := w.Do(by("region"), remove("ministry")).(*registryv1.Proposal)
		w.Do(by("ministry"), &registryv1.MsgApproveProposal{Proposal: out.GetId()})
		w.Refuses(registry.ErrLastAuthority, by("region"), remove("region"))
	})
}

func remove(id string) *registryv1.MsgSubmitProposal {
	return &registryv1.MsgSubmitProposal{Reason: "it asked to leave", Decision: &registryv1.Decision{
		Kind: &registryv1.Decision_RemoveAuthority{RemoveAuthority: &registryv1.RemoveAuthority{Participant: id, Reason: "it asked to leave"}},
	}}
}

func TestParametersChangeByProposal(t *testing.T) {
	w := newWorld(t)
	bad := registry.DefaultParams()
	bad.MaxTxBytes = 10
	set := func(p *registryv1.Params) *registryv1.MsgSubmitProposal {
		return &registryv1.MsgSubmitProposal{Reason: "more room", Decision: &registryv1.Decision{
			Kind: &registryv1.Decision_SetParams{SetParams: &registryv1.SetParams{Params: p}},
		}}
	}
	w.Refuses(registry.ErrParams, by("region"), set(bad))
	never := registry.DefaultParams()
	never.ApprovalNumerator = never.ApprovalDenominator
	w.Refuses(registry.ErrParams, by("region"), set(never))
	good := registry.DefaultParams()
	good.MaxMsgsPerTx = 7
	p := w.Do(by("region"), set(good)).(*registryv1.Proposal)
	w.Do(by("ministry"), &registryv1.MsgApproveProposal{Proposal: p.GetId()})
	now, err := w.r.Params(w.Reader())
	must(t, err)
	if now.GetMaxMsgsPerTx() != 7 {
		t.Errorf("max_msgs_per_tx is %d, want 7", now.GetMaxMsgsPerTx())
	}
}

func TestValidatorsChangeByProposal(t *testing.T) {
	w := newWorld(t)
	second := append(make([]byte, 31), 2)
	decide := func(d *registryv1.Decision) error {
		out, err := w.Try(by("region"), &registryv1.MsgSubmitProposal{Reason: "network change", Decision: d})
		if err != nil {
			return err
		}
		_, err = w.Try(by("ministry"), &registryv1.MsgApproveProposal{Proposal: out.(*registryv1.Proposal).GetId()})
		return err
	}
	admit := &registryv1.Decision{Kind: &registryv1.Decision_AdmitValidator{AdmitValidator: &registryv1.AdmitValidator{PublicKey: second, Participant: "ministry", Name: "two", Power: 5}}}
	retire := func(key []byte) *registryv1.Decision {
		return &registryv1.Decision{Kind: &registryv1.Decision_RetireValidator{RetireValidator: &registryv1.RetireValidator{PublicKey: key, Reason: "moved"}}}
	}
	if err := decide(retire(make([]byte, 32))); !isRefusal(err, registry.ErrValidator) {
		t.Errorf("the last validator stays: %v", err)
	}
	must(t, decide(admit))
	if err := decide(admit); !isRefusal(err, registry.ErrValidator) {
		t.Errorf("a key is admitted once: %v", err)
	}
	must(t, decide(retire(make([]byte, 32))))
	list, err := w.r.Validators(w.Reader())
	must(t, err)
	if len(list) != 1 || list[0].GetName() != "two" {
		t.Errorf("validators: %v", list)
	}
}

func TestStateKeysAreThoseOfTheTables(t *testing.T) {
	w := newWorld(t)
	w.enrol("amap-apc", certifier())
	w.Do(by("region"), &registryv1.MsgAccredit{Certifier: "amap-apc", Specification: "maccheroncini", ValidFrom: start, Reference: "DM 1/2026"})
	k, err := w.r.KeyByLabel(w.Reader(), "amap-apc", "main")
	must(t, err)
	for name, raw := range map[string][]byte{
		"participant":   statekey.Participant("amap-apc"),
		"key":           statekey.Address(k.GetAddress()),
		"accreditation": statekey.Accreditation("amap-apc", "maccheroncini"),
	} {
		if v, err := w.Branch.Get(raw); err != nil || v == nil {
			t.Errorf("%s is not at %q (%v)", name, raw, err)
		}
	}
}
