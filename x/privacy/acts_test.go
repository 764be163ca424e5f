package privacy_test

import (
	"bytes"
	"fmt"
	"testing"

	privacyv1 "github.com/filiera-chain/filiera/api/privacy/v1"
	registryv1 "github.com/filiera-chain/filiera/api/registry/v1"
	tracev1 "github.com/filiera-chain/filiera/api/trace/v1"
	"github.com/filiera-chain/filiera/commitment"
	"github.com/filiera-chain/filiera/module"
	"github.com/filiera-chain/filiera/x/privacy"
)

var (
	aboutP     = aboutBatch(pasta, "P")
	aboutPasta = &privacyv1.Subject{Of: &privacyv1.Subject_Product{Product: pasta}}
	aboutEvent = &privacyv1.Subject{Of: &privacyv1.Subject_Event{Event: eventID(2)}}
	aboutCert  = &privacyv1.Subject{Of: &privacyv1.Subject_Attestation{Attestation: certA}}
)

func TestACommitmentIsKeptAsItWasMade(t *testing.T) {
	w := newWorld(t)
	id := w.commit("maker", aboutP, "price", "recipe")
	if len(w.Said) != 1 || !bytes.Equal(w.Said[0].(*privacyv1.CommitmentChanged).GetCommitment().GetId(), id) {
		t.Errorf("announced %v", w.Said)
	}
	c := w.record(id).GetCommitment()
	if c.GetParticipant() != "maker" || c.GetChainId() != chain || len(c.GetFields()) != 2 || c.GetCommittedAt() != start || c.GetCommittedHeight() != 1 {
		t.Errorf("kept %v", c)
	}
}

func TestWhoMayCommit(t *testing.T) {
	w := newWorld(t)
	for _, c := range []struct {
		who  string
		s    *privacyv1.Subject
		want *module.Error
	}{
		{"maker", aboutP, nil},
		{"body", aboutP, nil},
		{"auditor", aboutP, nil},
		{"region", aboutP, nil},
		{"mill", aboutP, privacy.ErrNotYours},
		{"otherbody", aboutP, privacy.ErrNotYours},
		{"stranger", aboutP, privacy.ErrNotYours},
		{"maker", aboutPasta, nil},
		{"rival", aboutPasta, privacy.ErrNotYours},
		{"maker", aboutEvent, nil},
		{"mill", aboutEvent, nil}, // its flour stands in it
		{"stranger", aboutEvent, privacy.ErrNotYours},
		{"body", aboutCert, nil},
		{"maker", aboutCert, nil},
		{"otherbody", aboutCert, privacy.ErrNotYours},
		{"maker", aboutBatch(pasta, "NONE"), privacy.ErrSubject},
		{"maker", &privacyv1.Subject{Of: &privacyv1.Subject_Product{Product: "04006381333931"}}, privacy.ErrSubject},
		{"maker", &privacyv1.Subject{Of: &privacyv1.Subject_Event{Event: eventID(99)}}, privacy.ErrSubject},
		{"maker", &privacyv1.Subject{Of: &privacyv1.Subject_Attestation{Attestation: "urn:uuid:22222222-2222-4222-8222-222222222222"}}, privacy.ErrSubject},
	} {
		t.Run(fmt.Sprintf("%s about %v", c.who, c.s), func(t *testing.T) {
			w.T = t
			m := w.newCommit(c.who, c.s, "recipe")
			if c.want == nil {
				w.Do(by(c.who), m)
				return
			}
			w.Refuses(c.want, by(c.who), m)
		})
	}
}

func TestBadCommitmentsAreRefused(t *testing.T) {
	w := newWorld(t)
	for name, change := range map[string]func(*privacyv1.MsgCommit){
		"no subject":                     func(m *privacyv1.MsgCommit) { m.Subject = nil },
		"a GTIN of 13 digits":            func(m *privacyv1.MsgCommit) { m.Subject = aboutBatch("9521234000013", "P") },
		"a wrong check digit":            func(m *privacyv1.MsgCommit) { m.Subject = aboutBatch("09521234000014", "P") },
		"a lot of a zero byte":           func(m *privacyv1.MsgCommit) { m.Subject = aboutBatch(pasta, "P\x00") },
		"an event of 31 bytes":           func(m *privacyv1.MsgCommit) { m.Subject.Of = &privacyv1.Subject_Event{Event: make([]byte, 31)} },
		"an attestation without its urn": func(m *privacyv1.MsgCommit) { m.Subject.Of = &privacyv1.Subject_Attestation{Attestation: certA[9:]} },
		"no field":                       func(m *privacyv1.MsgCommit) { m.Fields = nil },
		"a field in capitals":            func(m *privacyv1.MsgCommit) { m.Fields[0].Name = "Price" },
		"fields out of order":            func(m *privacyv1.MsgCommit) { m.Fields[0], m.Fields[1] = m.Fields[1], m.Fields[0] },
		"a field twice":                  func(m *privacyv1.MsgCommit) { m.Fields[1].Name = m.Fields[0].Name },
		"a short commitment":             func(m *privacyv1.MsgCommit) { m.Fields[0].Commitment = make([]byte, 31) },
		"one commitment for two fields":  func(m *privacyv1.MsgCommit) { m.Fields[0].Commitment = m.Fields[1].Commitment },
		"65 fields":                      func(m *privacyv1.MsgCommit) { m.Fields = w.newCommit("maker", aboutP, fieldNames(65)...).Fields },
	} {
		t.Run(name, func(t *testing.T) {
			w.T = t
			m := w.newCommit("maker", aboutBatch(pasta, "P"), "price", "recipe")
			change(m)
			w.Refuses(privacy.ErrShape, by("maker"), m)
		})
	}
	w.T = t
	w.Do(by("maker"), w.newCommit("maker", aboutP, fieldNames(64)...))
	again := w.newCommit("maker", aboutP, "price")
	w.Do(by("maker"), again)
	w.Refuses(privacy.ErrTaken, by("maker"), again)
	for range 30 {
		w.commit("maker", aboutP, "price")
	}
	w.Refuses(privacy.ErrLimit, by("maker"), w.newCommit("maker", aboutP, "price"))
	w.commit("body", aboutP, "price") // others have room of their own
}

func TestEntitlementIsFoundWhenAskedFor(t *testing.T) {
	w := newWorld(t)
	id := w.commit("maker", aboutP, "price", "recipe")
	const no = "privacy.not_entitled"
	w.grounds(id, "price", map[string]string{"maker": "own", "mill": no, "body": no, "region": no, "nobody": "registry.unknown_participant"})

	w.Do(by("maker"), toParticipant(id, "stranger", "price"))
	w.grounds(id, "price", map[string]string{"stranger": "participant", "mill": no})
	w.grounds(id, "recipe", map[string]string{"stranger": no})

	w.Do(by("maker"), toRole(id, registryv1.Role_ROLE_CERTIFIER, spec, "recipe"))
	w.grounds(id, "recipe", map[string]string{"body": "role", "otherbody": no, "region": no})
	w.Do(by("maker"), toRole(id, registryv1.Role_ROLE_CERTIFIER, "", "recipe"))
	w.grounds(id, "recipe", map[string]string{"otherbody": "role"})
	w.Do(by("maker"), toRole(id, registryv1.Role_ROLE_AUTHORITY, "", "price"))
	w.grounds(id, "price", map[string]string{"region": "role", "auditor": no})

	w.Do(by("maker"), toChain(id, "price"))
	// Up: mill and farm. Beside, through the same flour: rival and kitchen.
	w.grounds(id, "price", map[string]string{"mill": "chain", "farm": "chain", "rival": no, "kitchen": no})

	w.Do(by("region"), &registryv1.MsgSuspendParticipant{Participant: "mill", Reason: "a check is under way"})
	w.Do(by("region"), &registryv1.MsgSuspendParticipant{Participant: "stranger", Reason: "a check is under way"})
	w.grounds(id, "price", map[string]string{"mill": "registry.inactive_participant", "stranger": "registry.inactive_participant", "farm": "chain"})

	w.Do(by("maker"), &privacyv1.MsgRevokeAccess{Commitment: id, Grant: 5, Reason: "contract ended"})
	w.grounds(id, "price", map[string]string{"farm": no, "region": "role"})

	w.Block.Time = start + 2000 // the accreditation is over
	w.Do(by("maker"), &privacyv1.MsgRevokeAccess{Commitment: id, Grant: 3, Reason: "too wide"})
	w.grounds(id, "recipe", map[string]string{"body": no})
}

func TestAGrantEndsBySecond(t *testing.T) {
	w := newWorld(t)
	id := w.commit("maker", aboutP, "price")
	m := toParticipant(id, "mill", "price")
	m.ValidUntil = start
	w.Refuses(privacy.ErrShape, by("maker"), m)
	m.ValidUntil = start + 10
	w.Do(by("maker"), m)
	w.Block.Time = start + 9
	w.grounds(id, "price", map[string]string{"mill": "participant"})
	w.Block.Time = start + 10
	w.grounds(id, "price", map[string]string{"mill": "privacy.not_entitled"})
}

func TestTheChainGoesUpAndDownAndNotAcross(t *testing.T) {
	w := newWorld(t)
	neighbours := func(owner string, s *privacyv1.Subject) string {
		t.Helper()
		id := w.commit(owner, s, "price")
		list, err := w.privacy.Neighbours(w.Reader(), w.record(id).GetCommitment())
		if err != nil {
			return module.AsError(err).ID()
		}
		return fmt.Sprint(list)
	}
	for want, got := range map[string]string{
		"[kitchen maker mill rival]": neighbours("farm", aboutBatch(wheat, "W")),
		"[farm kitchen maker rival]": neighbours("mill", aboutBatch(flour, "F")),
		"[farm mill rival]":          neighbours("kitchen", aboutBatch(dish, "D")),
		"[farm mill]":                neighbours("maker", aboutP),
		"privacy.no_chain":           neighbours("maker", aboutPasta),
	} {
		if got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
	// A transformation that was declared wrong leads nowhere.
	w.transform(1, "mill", wheat+"/W", flour+"/F", &tracev1.Declaration{DeclaredBy: "mill"})
	if got := neighbours("maker", aboutP); got != "[mill]" {
		t.Errorf("after the declaration: %s", got)
	}
}

func TestAChainThatIsTooWideIsRefused(t *testing.T) {
	w := newWorld(t)
	id := w.commit("maker", aboutP, "price")
	w.Do(by("maker"), toChain(id, "price"))
	for i := range 1001 {
		n := eventID(0)
		n[0], n[1] = byte(i>>8), byte(i)
		w.transformID(n, "farm", fmt.Sprintf("%s/X%d", wheat, i), pasta+"/P")
	}
	w.grounds(id, "price", map[string]string{"mill": "privacy.chain_too_wide", "maker": "own"})
}

func TestErasureEndsEveryEntitlementAndLeavesTheRest(t *testing.T) {
	w := newWorld(t)
	id := w.commit("maker", aboutP, "price", "recipe")
	w.Do(by("maker"), toParticipant(id, "mill", "price", "recipe"))
	w.Do(by("maker"), &privacyv1.MsgRecordDelivery{Commitment: id, Fields: []string{"price", "recipe"}, Participants: []string{"body", "mill"}})
	before := w.record(id).GetCommitment()
	w.Refuses(privacy.ErrNotYours, by("mill"), &privacyv1.MsgErase{Commitment: id, Fields: []string{"price"}, Reason: "they asked"})
	w.Block.Time += 60
	w.Do(by("maker"), &privacyv1.MsgErase{Commitment: id, Fields: []string{"price"}, Reason: "they asked"})
	w.grounds(id, "price", map[string]string{"mill": "privacy.erased", "maker": "privacy.erased"})
	w.grounds(id, "recipe", map[string]string{"mill": "participant", "maker": "own"})
	after := w.record(id).GetCommitment()
	f := after.GetFields()[0]
	if f.GetErasedAt() != start+60 || f.GetErasureReason() != "they asked" || f.GetErasureKeyLabel() != "main" {
		t.Errorf("the receipt says %v", f)
	}
	for i := range before.GetFields() {
		if !bytes.Equal(before.GetFields()[i].GetCommitment(), after.GetFields()[i].GetCommitment()) {
			t.Errorf("field %d changed its commitment", i)
		}
	}
	for _, m := range []*privacyv1.MsgErase{
		{Commitment: id, Fields: []string{"price"}, Reason: "again"},
	} {
		w.Refuses(privacy.ErrErased, by("maker"), m)
	}
	w.Refuses(privacy.ErrErased, by("maker"), toParticipant(id, "body", "price"))
	w.Refuses(privacy.ErrErased, by("maker"), &privacyv1.MsgRecordDelivery{Commitment: id, Fields: []string{"price"}, Participants: []string{"farm"}})
	w.Refuses(privacy.ErrField, by("maker"), &privacyv1.MsgErase{Commitment: id, Fields: []string{"volume"}, Reason: "they asked"})
	w.Refuses(privacy.ErrCommitment, by("maker"), &privacyv1.MsgErase{Commitment: eventID(7), Fields: []string{"price"}, Reason: "they asked"})
	w.Refuses(privacy.ErrShape, by("maker"), &privacyv1.MsgErase{Commitment: id, Fields: []string{"recipe"}})
}

func TestHoldersAcknowledge(t *testing.T) {
	w := newWorld(t)
	id := w.commit("maker", aboutP, "price", "recipe")
	delivery := &privacyv1.MsgRecordDelivery{Commitment: id, Fields: []string{"price"}, Participants: []string{"body", "mill"}}
	w.Do(by("maker"), delivery)
	w.Do(by("maker"), delivery) // told twice is told once
	if c := w.record(id); c.GetCommitment().GetHoldings() != 2 || len(c.GetHoldings()) != 2 {
		t.Errorf("holdings %v", c.GetHoldings())
	}
	ack := func(fields ...string) *privacyv1.MsgAcknowledgeErasure {
		return &privacyv1.MsgAcknowledgeErasure{Commitment: id, Fields: fields, Reason: "erased from our files"}
	}
	w.Refuses(privacy.ErrNotHolder, by("farm"), ack("price"))
	w.Refuses(privacy.ErrNotHolder, by("mill"), ack("recipe"))
	w.Refuses(privacy.ErrField, by("mill"), ack("volume"))
	w.Do(by("mill"), ack("price"))
	w.Refuses(privacy.ErrGone, by("mill"), ack("price"))
	holdings := w.record(id).GetHoldings()
	if holdings[0].GetParticipant() != "body" || holdings[0].GetErasedAt() != 0 || holdings[1].GetErasedAt() != start || holdings[1].GetErasureKeyLabel() != "main" {
		t.Errorf("holdings %v", holdings)
	}
	w.Do(by("maker"), delivery) // handed over again: held again
	if h := w.record(id).GetHoldings()[1]; h.GetErasedAt() != 0 {
		t.Errorf("the mill holds it again: %v", h)
	}
	w.Refuses(privacy.ErrRecipient, by("maker"), &privacyv1.MsgRecordDelivery{Commitment: id, Fields: []string{"price"}, Participants: []string{"maker"}})
	w.Refuses(privacy.ErrRecipient, by("maker"), &privacyv1.MsgRecordDelivery{Commitment: id, Fields: []string{"price"}, Participants: []string{"nobody-here"}})
	w.Refuses(privacy.ErrNotYours, by("mill"), delivery)
}

func TestGrantsAreTheOwnersAndNameWhatIsThere(t *testing.T) {
	w := newWorld(t)
	id := w.commit("maker", aboutP, "price")
	product := w.commit("maker", aboutPasta, "recipe")
	w.Refuses(privacy.ErrNotYours, by("mill"), toParticipant(id, "farm", "price"))
	w.Refuses(privacy.ErrField, by("maker"), toParticipant(id, "farm", "volume"))
	w.Refuses(privacy.ErrRecipient, by("maker"), toParticipant(id, "nobody-here", "price"))
	w.Refuses(privacy.ErrRecipient, by("maker"), toParticipant(id, "maker", "price"))
	w.Refuses(privacy.ErrRecipient, by("maker"), toRole(id, registryv1.Role_ROLE_CERTIFIER, "no-such-spec", "price"))
	w.Refuses(privacy.ErrShape, by("maker"), toRole(id, registryv1.Role_ROLE_CARRIER, "", "price"))
	w.Refuses(privacy.ErrShape, by("maker"), &privacyv1.MsgGrantAccess{Commitment: id, Fields: []string{"price"}})
	w.Refuses(privacy.ErrNoChain, by("maker"), toChain(product, "recipe"))
	w.Refuses(privacy.ErrGrant, by("maker"), &privacyv1.MsgRevokeAccess{Commitment: id, Grant: 1, Reason: "no more"})
	w.Do(by("maker"), toParticipant(id, "farm", "price"))
	w.Refuses(privacy.ErrNotYours, by("farm"), &privacyv1.MsgRevokeAccess{Commitment: id, Grant: 1, Reason: "no more"})
	w.Do(by("maker"), &privacyv1.MsgRevokeAccess{Commitment: id, Grant: 1, Reason: "no more"})
	w.Refuses(privacy.ErrGrantOver, by("maker"), &privacyv1.MsgRevokeAccess{Commitment: id, Grant: 1, Reason: "no more"})
	for range 199 {
		w.Do(by("maker"), toParticipant(id, "farm", "price"))
	}
	w.Refuses(privacy.ErrLimit, by("maker"), toParticipant(id, "farm", "price"))
}

func TestHoldingsHaveABound(t *testing.T) {
	w := newWorld(t)
	names := fieldNames(64)
	id := w.commit("maker", aboutP, names...)
	all := []string{"auditor", "body", "farm", "kitchen", "mill", "otherbody", "region", "rival", "stranger"}
	w.Do(by("maker"), &privacyv1.MsgRecordDelivery{Commitment: id, Fields: names, Participants: all})
	if got := w.record(id).GetCommitment().GetHoldings(); got != 64*9 {
		t.Errorf("%d holdings", got)
	}
	many := make([]string, 51)
	for i := range many {
		many[i] = fmt.Sprintf("firm-%02d", i)
	}
	w.Refuses(privacy.ErrShape, by("maker"), &privacyv1.MsgRecordDelivery{Commitment: id, Fields: names, Participants: many})
}

func TestSubjectsHaveOneSpelling(t *testing.T) {
	for _, s := range []commitment.Subject{
		"batch/" + pasta + "/P/1", commitment.Subject("event/" + fmt.Sprintf("%064x", 1)), "attestation/" + certA, "product/" + pasta,
	} {
		if err := s.Check(); err != nil {
			t.Errorf("%s: %v", s, err)
		}
	}
}
