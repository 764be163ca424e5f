package privacy_test

import (
	"errors"
	"testing"

	"google.golang.org/protobuf/proto"
	"pgregory.net/rapid"

	privacyv1 "github.com/filiera-chain/filiera/api/privacy/v1"
	registryv1 "github.com/filiera-chain/filiera/api/registry/v1"
	"github.com/filiera-chain/filiera/module"
)

// TestNoStoryBreaksATruth lets anybody try anything, in any order. The world
// checks every truth after every act; beside them, no field that was erased is
// ever shown to anybody, nobody sees without a ground, and commitments stay.
func TestNoStoryBreaksATruth(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := newWorld(t)
		who := rapid.SampledFrom([]string{"maker", "mill", "farm", "rival", "body", "otherbody", "auditor", "region", "stranger"})
		fields := rapid.SampledFrom([][]string{{"price"}, {"recipe"}, {"price", "recipe"}})
		subjects := rapid.SampledFrom([]*privacyv1.Subject{aboutP, aboutPasta, aboutEvent, aboutCert, aboutBatch(flour, "F")})
		type made struct {
			id     []byte
			first  *privacyv1.Commitment
			fields []string
		}
		var all []made
		for range rapid.IntRange(1, 25).Draw(t, "acts") {
			signer := who.Draw(t, "signer")
			w.Block.Height++
			w.Block.Time += int64(rapid.IntRange(0, 100).Draw(t, "seconds"))
			if len(all) == 0 || rapid.IntRange(0, 4).Draw(t, "new") == 0 {
				names := fields.Draw(t, "fields")
				m := w.newCommit(signer, subjects.Draw(t, "subject"), names...)
				if _, err := w.Try(by(signer), m); err == nil {
					c := w.Said[0].(*privacyv1.CommitmentChanged).GetCommitment()
					all = append(all, made{c.GetId(), proto.CloneOf(c), names})
				}
				continue
			}
			c := rapid.SampledFrom(all).Draw(t, "commitment")
			if rapid.Bool().Draw(t, "own") {
				signer = c.first.GetParticipant()
			}
			names := fields.Draw(t, "fields")
			var m proto.Message
			switch rapid.IntRange(0, 7).Draw(t, "act") {
			case 0:
				m = toParticipant(c.id, who.Draw(t, "to"), names...)
			case 1:
				m = toRole(c.id, registryv1.Role_ROLE_CERTIFIER, spec, names...)
			case 2:
				m = toChain(c.id, names...)
			case 3:
				m = &privacyv1.MsgRevokeAccess{Commitment: c.id, Grant: uint32(rapid.IntRange(1, 3).Draw(t, "grant")), Reason: "no more"}
			case 4:
				m = &privacyv1.MsgRecordDelivery{Commitment: c.id, Fields: names, Participants: []string{who.Draw(t, "to")}}
			case 5:
				m = &privacyv1.MsgErase{Commitment: c.id, Fields: names, Reason: "they asked"}
			case 6:
				m = &privacyv1.MsgAcknowledgeErasure{Commitment: c.id, Fields: names, Reason: "erased here"}
			default:
				m = &registryv1.MsgSuspendParticipant{Participant: who.Draw(t, "suspended"), Reason: "a check is under way"}
				signer = "region"
			}
			_, err := w.Try(by(signer), m)
			var refusal *module.Error
			if err != nil && !errors.As(err, &refusal) {
				t.Fatalf("%T is no refusal: %v", m, err)
			}
		}
		for _, c := range all {
			now := w.record(c.id)
			for i, f := range now.GetCommitment().GetFields() {
				if string(f.GetCommitment()) != string(c.first.GetFields()[i].GetCommitment()) {
					t.Fatalf("field %s changed its commitment", f.GetName())
				}
				for _, id := range []string{"maker", "mill", "farm", "rival", "body", "auditor", "region", "stranger"} {
					ground := w.ground(id, c.id, f.GetName())
					saw := ground == "own" || ground == "participant" || ground == "role" || ground == "chain"
					if saw && f.GetErasedAt() != 0 {
						t.Fatalf("%s sees the erased field %s: %s", id, f.GetName(), ground)
					}
					if saw && ground != "own" && len(now.GetGrants()) == 0 {
						t.Fatalf("%s sees field %s and there is no grant", id, f.GetName())
					}
				}
			}
		}
	})
}
