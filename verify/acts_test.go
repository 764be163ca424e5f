package verify

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"testing"

	dbm "github.com/cosmos/cosmos-db"

	ledgerv1 "github.com/filiera-chain/filiera/api/ledger/v1"
	registryv1 "github.com/filiera-chain/filiera/api/registry/v1"
	"github.com/filiera-chain/filiera/module"
	"github.com/filiera-chain/filiera/module/statekey"
	"github.com/filiera-chain/filiera/store"
)

var letter = bytes.Repeat([]byte{0xab}, 32)

// file proves what a state knows of a file that belongs to n acts, and of one that it
// does not know.
func file(t testing.TB, n int) (known, absent []byte, trust Trust) {
	t.Helper()
	s, err := store.Open(dbm.NewMemDB(), store.Options{})
	must(t, err)
	b := s.Branch()
	uses := &ledgerv1.DocumentUses{Sha256: letter}
	for i := range n {
		a := &ledgerv1.Act{Id: fmt.Sprintf("regione-marche:dgr:%02d:2024", i), DepositedBy: fmt.Sprintf("body-%d", i%7), Documents: []*ledgerv1.Document{{Sha256: letter}}}
		uses.Uses = append(uses.Uses, &ledgerv1.DocumentUse{Act: a.GetId(), Role: ledgerv1.DocumentUse_ROLE_WHOLE})
		p := &registryv1.Participant{Id: a.GetDepositedBy(), Name: "Body " + a.GetDepositedBy()}
		raw, err := module.Marshal(a)
		must(t, err)
		must(t, b.Set(statekey.LedgerAct(a.GetId()), raw))
		raw, err = module.Marshal(p)
		must(t, err)
		must(t, b.Set(statekey.Participant(p.GetId()), raw))
	}
	raw, err := module.Marshal(uses)
	must(t, err)
	must(t, b.Set(statekey.LedgerDocument(letter), raw))
	_, err = s.Prepare(stateHeight, b)
	must(t, err)
	must(t, s.Commit())
	h := sign(t, s.AppHash(), voted())
	prove := func(sum []byte) (out []byte) {
		must(t, s.View(func(v *store.View) error {
			f, err := GatherFile(Live(v), sum)
			if err != nil {
				return err
			}
			p, err := ProveRecords(Live(v), f.Keys, v, h)
			if err != nil {
				return err
			}
			out, err = p.Encode()
			return err
		}))
		return out
	}
	return prove(letter), prove(make([]byte, 32)), Trust{ValidatorsHash: h.Validators.Hash(), ChainID: chainID}
}

func TestAFileOfManyActs(t *testing.T) {
	raw, absent, trust := file(t, 13)
	f, err := CheckFileProof(raw, trust, letter)
	must(t, err)
	if len(f.Uses) != 13 || len(f.Acts) != 10 || f.More != 3 || len(f.Names) != 5 || len(f.Keys) > maxProvenRecords || f.Names["body-0"] != "Body body-0" {
		t.Errorf("%d uses, %d acts, %d more, %d names", len(f.Uses), len(f.Acts), f.More, len(f.Names))
	}
	if f, err := CheckFileProof(absent, trust, make([]byte, 32)); err != nil || len(f.Uses) != 0 {
		t.Errorf("a file that nobody notarised: %v %v", f, err)
	}
	var other *OtherFileError
	if _, err := CheckFileProof(absent, trust, letter); !errors.As(err, &other) {
		t.Errorf("a proof about another file: %v", err)
	}
	// One record less: the answer rests on what is not proven. The lot of another
	// proof's records beside: it does not rest on them.
	r, err := decodeRecordProof(raw)
	must(t, err)
	for i := range r.Records {
		less := *r
		less.Records = slices.Delete(slices.Clone(r.Records), i, i+1)
		cut, err := less.Encode()
		must(t, err)
		if _, err := CheckFileProof(cut, trust, letter); err == nil {
			t.Errorf("without record %d it holds", i)
		}
	}
	more, err := decodeRecordProof(absent)
	must(t, err)
	more.Records = append(more.Records, r.Records...)
	slices.SortFunc(more.Records, func(a, b BundleRecord) int { return bytes.Compare(a.Key, b.Key) })
	both, err := more.Encode()
	must(t, err)
	if _, err := CheckFileProof(both, trust, make([]byte, 32)); err == nil {
		t.Error("records on which nothing rests are taken")
	}
}

func FuzzCheckFileProof(f *testing.F) {
	raw, absent, trust := file(f, 2)
	f.Add(raw)
	f.Add(absent)
	f.Fuzz(func(t *testing.T, b []byte) {
		for _, sum := range [][]byte{letter, make([]byte, 32)} {
			if _, err := CheckFileProof(b, trust, sum); err == nil && !bytes.Equal(b, raw) && !bytes.Equal(b, absent) {
				t.Errorf("another proof is taken: %s", b)
			}
		}
	})
}
