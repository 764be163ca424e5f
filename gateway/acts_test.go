package gateway

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"

	"google.golang.org/protobuf/proto"

	"github.com/filiera-chain/filiera/acts"
	ledgerv1 "github.com/filiera-chain/filiera/api/ledger/v1"
	"github.com/filiera-chain/filiera/index"
	"github.com/filiera-chain/filiera/module/statekey"
	"github.com/filiera-chain/filiera/verify"
)

const (
	testDGR   = "regione-marche:dgr:203:2023"
	testOther = "regione-marche:dgr:248:2024"
)

// decisions commits two acts, of which the second amends the first.
func (w *world) decisions() (file []byte) {
	file = bytes.Repeat([]byte{0xab}, 32)
	make := func(number, date string, sum []byte) *ledgerv1.Act {
		return &ledgerv1.Act{
			Id: acts.ID(ledgerv1.ActKind_ACT_KIND_DGR, "regione-marche", number, "", date), Kind: ledgerv1.ActKind_ACT_KIND_DGR, Body: "regione-marche", BodyName: "Giunta regionale",
			Number: number, Date: date, Subject: "Modalità attuative " + number, Cups: []string{"C11G0600000000" + date[3:4]}, InForceFrom: date, DepositedBy: "amap-apc", KeyLabel: "main",
			DepositedAt: firstTime, DepositedHeight: 3,
			Documents: []*ledgerv1.Document{{Sha256: sum, Sha512: bytes.Repeat([]byte{1}, 64), Size: 5, MediaType: "application/pdf", Container: ledgerv1.Container_CONTAINER_NONE}},
		}
	}
	first, second := make("203", "2023-02-20", file), make("248", "2024-02-26", bytes.Repeat([]byte{0xcd}, 32))
	r := &ledgerv1.Relation{From: testOther, Kind: ledgerv1.ActRelation_ACT_RELATION_AMENDS, To: testDGR, EffectiveFrom: "2024-02-26", ConsolidatedSha256: bytes.Repeat([]byte{2}, 32), DeclaredBy: "regione-marche", DeclaredAt: firstTime, DeclaredHeight: 3}
	first.Changes = []*ledgerv1.Relation{r}
	use := &ledgerv1.DocumentUses{Sha256: file, Uses: []*ledgerv1.DocumentUse{{Act: testDGR, Role: ledgerv1.DocumentUse_ROLE_WHOLE}}}
	w.commit(action{
		acts: []proto.Message{&ledgerv1.MsgNotariseAct{}},
		state: map[string]proto.Message{
			string(statekey.LedgerAct(testDGR)): first, string(statekey.LedgerAct(testOther)): second, string(statekey.LedgerDocument(file)): use,
		},
		say: []proto.Message{index.AnnounceRecord(first), index.AnnounceRecord(second), index.AnnounceRecord(r)},
	})
	return file
}

func TestActsAreAnswered(t *testing.T) {
	w := newWorld(t)
	w.story()
	file := hex.EncodeToString(w.decisions())
	w.commit()
	for ask, want := range map[string]string{
		"/v1/acts":                                     `items.0.id=` + testOther + ` items.1.id=` + testDGR + ` items.1.changes.0.kind=amends`,
		"/v1/acts?kind=dgr&to=2023-12-31":              `items.0.id=` + testDGR + ` items.1=<nil>`,
		"/v1/acts?kind=legge-regionale":                `items.0=<nil>`,
		"/v1/acts?cup=c11g06000000004":                 `items.0.id=` + testOther + ` items.1=<nil>`,
		"/v1/acts?in_force_on=2023-05-05":              `items.0.id=` + testDGR + ` items.1=<nil>`,
		"/v1/acts/" + testDGR:                          `act.number=203 act.documents.0.size=5 standing=in_force text.1.act=` + testOther + ` text.1.relation=amends consolidated_sha256=` + strings.Repeat("02", 32),
		"/v1/acts/" + testDGR + "?as_of=2023-03-01":    `standing=in_force text.1=<nil>`,
		"/v1/acts/" + testDGR + "?as_of=2023-02-19":    `standing=not_yet`,
		"/v1/act-relations?to=" + testDGR:              `items.0.from=` + testOther,
		"/v1/act-relations?from=" + testDGR:            `items.0=<nil>`,
		"/v1/acts/" + testOther + "?proof=true":        `proof.format=filiera-record/1`,
		"/v1/acts/by-hash/" + file:                     `known=true uses.0.act=` + testDGR + ` uses.0.role=whole acts.0.subject=Modalità attuative 203`,
		"/v1/acts/by-hash/" + strings.Repeat("00", 32): `known=false`,
		"/v1/search?q=modalita&kind=act":               `items.1.key=` + testOther,
	} {
		r := w.get(ask)
		for _, one := range fields(want) {
			path, value, _ := strings.Cut(one, "=")
			if got := fmt.Sprint(r.at(path)); r.status != 200 || got != value {
				t.Errorf("%s: %d, %s is %s, want %s", ask, r.status, path, got, value)
			}
		}
	}
	for ask, code := range map[string]string{
		"/v1/acts/nothing": "act.not_found", "/v1/acts/by-hash/abc": "sha256.invalid", "/v1/acts?cup=1": "cup.invalid", "/v1/acts?kind=poem": "kind.invalid", "/v1/acts/" + testDGR + "?as_of=yesterday": "as_of.invalid",
	} {
		if r := w.get(ask); !strings.Contains(string(r.body), code) || r.status == 200 {
			t.Errorf("%s: %d %s", ask, r.status, r.body)
		}
	}
}

func TestAnActHasAPage(t *testing.T) {
	w := newWorld(t)
	w.story()
	w.decisions()
	w.commit()
	r := w.do("GET", "/acts/"+testDGR+"?lang=it", nil, "Accept", browser)
	for _, want := range []string{"<html lang=\"it\">", "Modalità attuative 203", "In vigore, per quanto", "2024-02-26 · modificato da " + testOther, strings.Repeat("ab", 32), "art. 41), non qualificata", "/v1/acts/" + testDGR, "nessuno: il deposito"} {
		if r.status != 200 || !strings.Contains(string(r.body), want) {
			t.Errorf("%d: it does not say %q:\n%s", r.status, want, r.body)
		}
	}
	if r := w.do("GET", "/acts/none?lang=en", nil, "Accept", browser); r.status != 404 || !strings.Contains(string(r.body), "no act of this id") {
		t.Errorf("%d %s", r.status, r.body)
	}
}

func TestWhatIsKnownOfAFileIsProven(t *testing.T) {
	w := newWorld(t)
	w.story()
	file := w.decisions()
	w.commit()
	trust := verify.Trust{ValidatorsHash: w.set().Hash(), ChainID: testChain}
	prove := func(sum []byte) []byte {
		t.Helper()
		r := w.get("/v1/acts/by-hash/" + hex.EncodeToString(sum) + "?proof=true")
		var a struct{ Proof json.RawMessage }
		must(t, json.Unmarshal(r.body, &a))
		return a.Proof
	}
	raw := prove(file)
	f, err := verify.CheckFileProof(raw, trust, file)
	must(t, err)
	if len(f.Uses) != 1 || f.Acts[0].GetId() != testDGR || f.Acts[0].GetChanges()[0].GetFrom() != testOther || f.Names["amap-apc"] != "AMAP-APC" {
		t.Errorf("got %+v", f)
	}
	changed := bytes.Clone(file)
	changed[31] ^= 1
	var other *verify.OtherFileError
	if _, err := verify.CheckFileProof(raw, trust, changed); !errors.As(err, &other) || !strings.Contains(err.Error(), hex.EncodeToString(file)) {
		t.Errorf("one bit of the file differs: %v", err)
	}
	absent := prove(changed)
	if f, err := verify.CheckFileProof(absent, trust, changed); err != nil || len(f.Uses) != 0 {
		t.Errorf("absence: %+v %v", f, err)
	}
	// Every byte of both proofs, changed in turn: none holds.
	for _, p := range []struct{ proof, sum []byte }{{raw, file}, {absent, changed}} {
		for i := range p.proof {
			b := bytes.Clone(p.proof)
			b[i] ^= 1
			if _, err := verify.CheckFileProof(b, trust, p.sum); err == nil {
				t.Fatalf("byte %d of the proof changed, and it holds", i)
			}
		}
	}
	if _, err := verify.CheckFileProof(raw, verify.Trust{}, file); err == nil {
		t.Error("no trust is enough")
	}
}
