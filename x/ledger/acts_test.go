package ledger_test

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"

	"google.golang.org/protobuf/proto"
	"pgregory.net/rapid"

	ledgerv1 "github.com/filiera-chain/filiera/api/ledger/v1"
	"github.com/filiera-chain/filiera/module"
	"github.com/filiera-chain/filiera/module/statekey"
	"github.com/filiera-chain/filiera/signedfile"
	"github.com/filiera-chain/filiera/signedfile/filetest"
	"github.com/filiera-chain/filiera/x/ledger"
)

// says is Refuses, and the sentence holds words.
func (w *world) says(want *module.Error, signer module.Signer, m proto.Message, words string) {
	w.T.Helper()
	_, err := w.Try(signer, m)
	if !errors.Is(err, want) || !strings.Contains(fmt.Sprint(err), words) {
		w.T.Errorf("got %v; want %s with the words %q", err, want.ID(), words)
	}
}

func TestAnActIsNotarisedOnce(t *testing.T) {
	w := newWorld(t)
	m := dgr("203", "2023-02-20")
	m.LegalBasis, m.Cups = []string{"L.R. 36/2020"}, []string{"C11G06000000001"}
	if id := w.put(m); id != "regione-marche:dgr:203:2023" {
		t.Errorf("it is %s", id)
	}
	decree := act(ledgerv1.ActKind_ACT_KIND_DECRETO_DIRIGENZIALE, "regione-marche", "14", "2025-02-11")
	decree.Office = "TDI"
	if id := w.put(decree); id != "regione-marche:decreto-dirigenziale:14.tdi:2025" {
		t.Errorf("it is %s", id)
	}
	w.says(ledger.ErrActTwice, by("regione-marche"), dgr("203", "2023-06-01"), "regione-marche:dgr:203:2023 is on the ledger since 2026-11-23")
	other := act(ledgerv1.ActKind_ACT_KIND_DECRETO_DIRIGENZIALE, "regione-marche", "14", "2025-02-11")
	other.Office = "SDA" // another office counts for itself
	w.put(other)
	a, err := w.ledger.Act(w.Reader(), "regione-marche:dgr:203:2023")
	must(t, err)
	if a.GetInForceFrom() != "2023-02-20" || a.GetDepositedBy() != "regione-marche" || a.GetDepositedAt() != start || len(a.GetVouchings()) != 0 {
		t.Errorf("got %v", a)
	}
}

func TestBadActsAreRefusedWithWords(t *testing.T) {
	for name, c := range map[string]struct {
		want   *module.Error
		words  string
		change func(*ledgerv1.MsgNotariseAct)
	}{
		"a CUP with a small letter":         {ledger.ErrShape, "a CUP is a capital letter", func(m *ledgerv1.MsgNotariseAct) { m.Cups = []string{"c11G06000000001"} }},
		"a CUP of 14 characters":            {ledger.ErrShape, "C11G0600000000", func(m *ledgerv1.MsgNotariseAct) { m.Cups = []string{"C11G0600000000"} }},
		"a CUP twice":                       {ledger.ErrShape, "twice", func(m *ledgerv1.MsgNotariseAct) { m.Cups = []string{"C11G06000000001", "C11G06000000001"} }},
		"a SHA-256 of 31 bytes":             {ledger.ErrShape, "31 bytes", func(m *ledgerv1.MsgNotariseAct) { m.Documents[0].Sha256 = make([]byte, 31) }},
		"a SHA-512 of 32 bytes":             {ledger.ErrShape, "32 bytes; a SHA-512 hash has 64", func(m *ledgerv1.MsgNotariseAct) { m.Documents[0].Sha512 = make([]byte, 32) }},
		"no document":                       {ledger.ErrShape, "0 files", func(m *ledgerv1.MsgNotariseAct) { m.Documents = nil }},
		"the same file twice":               {ledger.ErrShape, "twice", func(m *ledgerv1.MsgNotariseAct) { m.Documents = append(m.Documents, m.Documents[0]) }},
		"an empty file":                     {ledger.ErrShape, "size is 0", func(m *ledgerv1.MsgNotariseAct) { m.Documents[0].Size = 0 }},
		"a date ahead":                      {ledger.ErrDates, "today is 2026-11-23", func(m *ledgerv1.MsgNotariseAct) { m.Date = "2026-11-24" }},
		"a day that is none":                {ledger.ErrShape, "2023-02-30", func(m *ledgerv1.MsgNotariseAct) { m.Date = "2023-02-30" }},
		"in force before it was made":       {ledger.ErrDates, "2023-02-19", func(m *ledgerv1.MsgNotariseAct) { m.InForceFrom = "2023-02-19" }},
		"an end before the beginning":       {ledger.ErrDates, "2023-01-01", func(m *ledgerv1.MsgNotariseAct) { m.InForceTo = "2023-01-01" }},
		"a number with a slash":             {ledger.ErrShape, "14/TDI", func(m *ledgerv1.MsgNotariseAct) { m.Number = "14/TDI" }},
		"no kind":                           {ledger.ErrShape, "kind is 0", func(m *ledgerv1.MsgNotariseAct) { m.Kind = 0 }},
		"a kind that is none":               {ledger.ErrShape, "kind is 99", func(m *ledgerv1.MsgNotariseAct) { m.Kind = 99 }},
		"an address without encryption":     {ledger.ErrShape, "https://", func(m *ledgerv1.MsgNotariseAct) { m.Documents[0].Urls = []string{"http://example.it/a.pdf"} }},
		"an address with a password":        {ledger.ErrShape, "password", func(m *ledgerv1.MsgNotariseAct) { m.Documents[0].Urls = []string{"https://a:b@example.it/a.pdf"} }},
		"inner bytes in an unsigned file":   {ledger.ErrShape, "no signatures", func(m *ledgerv1.MsgNotariseAct) { m.Documents[0].InnerSha256 = make([]byte, 32) }},
		"a signed file without inner hash":  {ledger.ErrShape, "0 bytes", func(m *ledgerv1.MsgNotariseAct) { m.Documents[0].Container = ledgerv1.Container_CONTAINER_CADES }},
		"a time that is not from a token":   {ledger.ErrShape, "stamped_at", func(m *ledgerv1.MsgNotariseAct) { m.Documents[0].StampedAt = 5 }},
		"a media type with spaces":          {ledger.ErrShape, "media type", func(m *ledgerv1.MsgNotariseAct) { m.Documents[0].MediaType = "a pdf" }},
		"bytes that are no token":           {ledger.ErrToken, "cannot be read", func(m *ledgerv1.MsgNotariseAct) { m.Documents[0].Token = []byte{0x30, 3, 1} }},
		"attachments of what is no message": {ledger.ErrShape, "attachments", func(m *ledgerv1.MsgNotariseAct) { m.Documents[0].Parts = [][]byte{make([]byte, 32)} }},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			m := dgr("203", "2023-02-20")
			c.change(m)
			w.says(c.want, by("regione-marche"), m, c.words)
		})
	}
}

func TestWhoMayNotariseAndVouch(t *testing.T) {
	w := newWorld(t)
	order := act(ledgerv1.ActKind_ACT_KIND_ORDINANZA, "comune-di-jesi", "7", "2025-05-05")
	w.says(ledger.ErrSpeak, by("maker"), order, "the body comune-di-jesi itself")
	w.says(ledger.ErrSpeak, by("maker"), act(ledgerv1.ActKind_ACT_KIND_ALTRO, "maker", "1", "2025-05-05"), "public_body")
	id := w.Do(by("comune-di-jesi"), order).(*ledgerv1.NotariseActResult).GetId()
	w.says(ledger.ErrSpeak, by("maker"), act(ledgerv1.ActKind_ACT_KIND_LEGGE, "maker", "1", "2025-05-05"), "kind legge")
	w.says(ledger.ErrSpeak, by("comune-di-jesi"), act(ledgerv1.ActKind_ACT_KIND_DGR, "comune-di-jesi", "1", "2025-05-05"), "kind dgr")

	vouch := &ledgerv1.MsgVouchForAct{Act: id, Statement: "Conforme all'originale"}
	w.says(ledger.ErrOwnWord, by("comune-di-jesi"), vouch, `the key "main"`)
	w.says(ledger.ErrSpeak, by("maker"), vouch, "an auditor")
	w.Do(with("comune-di-jesi", "segretario"), vouch)
	w.says(ledger.ErrOwnWord, with("comune-di-jesi", "sindaco"), vouch, "vouched for")
	w.Do(by("corte"), vouch)
	w.Do(by("regione-marche"), vouch)
	a, err := w.ledger.Act(w.Reader(), id)
	must(t, err)
	if len(a.GetVouchings()) != 3 || a.GetVouchings()[0].GetKeyLabel() != "segretario" || a.GetDepositedBy() != "comune-di-jesi" {
		t.Errorf("got %v", a)
	}
	w.says(ledger.ErrAct, by("corte"), &ledgerv1.MsgVouchForAct{Act: "regione-marche:dgr:9:2020", Statement: "anything"}, "notarise it first")
}

func TestADescriptionIsCorrectedAndTheOldOneKept(t *testing.T) {
	w := newWorld(t)
	m := dgr("203", "2023-02-20")
	m.Subject, m.Cups = "Modalita attuatve", []string{"C11G06000000001"}
	id := w.put(m)
	anew := &ledgerv1.MsgDescribeAct{Act: id, BodyName: "Giunta regionale", Subject: "Modalità attuative", Reason: "errore di battitura", Urls: []*ledgerv1.DocumentURLs{{Document: 0, Urls: []string{"https://example.it/203.pdf"}}}}
	w.says(ledger.ErrSpeak, by("comune-di-jesi"), anew, "regione-marche itself")
	w.Do(by("regione-marche"), anew)
	a, err := w.ledger.Act(w.Reader(), id)
	must(t, err)
	if a.GetSubject() != "Modalità attuative" || len(a.GetCups()) != 0 || a.GetDocuments()[0].GetUrls()[0] != "https://example.it/203.pdf" ||
		len(a.GetPast()) != 1 || a.GetPast()[0].GetSubject() != "Modalita attuatve" || a.GetPast()[0].GetCups()[0] != "C11G06000000001" || a.GetPast()[0].GetCorrectedAt() != start {
		t.Errorf("got %v", a)
	}
	bad := proto.Clone(anew).(*ledgerv1.MsgDescribeAct)
	bad.Urls[0].Document = 1
	w.says(ledger.ErrShape, by("regione-marche"), bad, "has 1, numbered from 0")
	bad.Urls[0] = &ledgerv1.DocumentURLs{Urls: []string{"ftp://example.it"}}
	w.says(ledger.ErrShape, by("regione-marche"), bad, "https://")
	bad.Urls, bad.Cups = nil, []string{"X"}
	w.says(ledger.ErrShape, by("regione-marche"), bad, "a CUP is")
	bad.Cups, bad.Reason = nil, ""
	w.says(ledger.ErrShape, by("regione-marche"), bad, "reason")
	for range 15 {
		w.Do(by("regione-marche"), anew)
	}
	w.says(ledger.ErrLimit, by("regione-marche"), anew, "16 times")
}

func TestRelationsAreHeldAgainstTheActs(t *testing.T) {
	w := newWorld(t)
	law := w.put(act(ledgerv1.ActKind_ACT_KIND_LEGGE_REGIONALE, "regione-marche", "36", "2020-07-30"))
	state := w.put(act(ledgerv1.ActKind_ACT_KIND_LEGGE, "stato", "12", "2019-02-11"))
	a203, a248 := w.put(dgr("203", "2023-02-20")), w.put(dgr("248", "2024-02-26"))
	same1, same2, same3 := w.put(dgr("500", "2024-05-01")), w.put(dgr("501", "2024-05-01")), w.put(dgr("502", "2024-05-01"))
	decree := w.put(act(ledgerv1.ActKind_ACT_KIND_DECRETO_DIRIGENZIALE, "regione-marche", "14", "2025-02-11"))
	call := w.put(act(ledgerv1.ActKind_ACT_KIND_BANDO, "regione-marche", "servizi-digitali", "2025-02-11"))
	town := w.put(act(ledgerv1.ActKind_ACT_KIND_DELIBERA_GIUNTA, "comune-di-jesi", "3", "2025-03-01"))
	later := w.put(act(ledgerv1.ActKind_ACT_KIND_DECRETO_DIRIGENZIALE, "regione-marche", "99", "2025-04-01"))
	rule := w.put(act(ledgerv1.ActKind_ACT_KIND_REGOLAMENTO_REGIONALE, "regione-marche", "1", "2025-04-02"))
	region := by("regione-marche")

	w.Do(region, relate(rule, revokes, town)) // law above it, of another body
	w.Do(region, relate(a248, amends, a203))
	w.Do(region, relate(a248, transfers, a203))
	w.Do(region, relate(a203, governs, a248)) // another family: no circle
	w.Do(region, relate(decree, approves, call))
	w.Do(region, relate(a203, executes, law))
	w.Do(region, relate(same1, amends, same2))
	w.Do(region, relate(same2, rectifies, same3))

	for _, c := range []struct {
		want  *module.Error
		m     *ledgerv1.MsgRelateActs
		words string
	}{
		{ledger.ErrSelf, relate(a203, amends, a203), "itself"},
		{ledger.ErrAct, relate(a203, amends, "regione-marche:dgr:1:2000"), "to is"},
		{ledger.ErrAct, relate("regione-marche:dgr:1:2000", amends, a203), "from is"},
		{ledger.ErrShape, relate("nonsense", amends, a203), "an act's id"},
		{ledger.ErrShape, relate(a203, 0, a248), "kind is 0"},
		{ledger.ErrRelated, relate(a248, amends, a203), "since 2026-11-23"},
		{ledger.ErrDates, relate(a203, amends, a248), "not made before it"},
		{ledger.ErrHierarchy, relate(decree, amends, a203), "stands below it"},
		{ledger.ErrHierarchy, relate(a248, repeals, a203), "are revoked"},
		{ledger.ErrHierarchy, relate(law, repeals, state), "own matters"},
		{ledger.ErrHierarchy, relate(call, transfers, decree), "stands below it"},
		{ledger.ErrHierarchy, relate(town, amends, a203), "only its own body"},
		{ledger.ErrHierarchy, relate(town, revokes, decree), "only its own body"}, // above it, and another's
		{ledger.ErrHierarchy, relate(town, governs, later), "the regional government or law"},
		{ledger.ErrHierarchy, relate(decree, rectifies, call), "same kind"},
		{ledger.ErrHierarchy, relate(a248, executes, decree), "level or above"},
		{ledger.ErrCycle, relate(same3, revokes, same1), "already leads back"},
		{ledger.ErrCycle, relate(same2, transfers, same1), "already leads back"},
	} {
		w.says(c.want, region, c.m, c.words)
	}
	late := relate(a248, revokes, a203)
	late.EffectiveFrom = "2024-02-25"
	w.says(ledger.ErrDates, region, late, "is in force from 2024-02-26")
	w.says(ledger.ErrDates, region, relate(a248, governs, a203), "before it or on its day")
	w.says(ledger.ErrSpeak, by("comune-di-jesi"), relate(a248, revokes, a203), "regione-marche itself")
	withText := relate(a248, governs, decree)
	withText.ConsolidatedSha256 = make([]byte, 32)
	w.says(ledger.ErrShape, region, withText, "coordinated text")
}

func TestWhatIsInForceOnADay(t *testing.T) {
	w := newWorld(t)
	region := by("regione-marche")
	first := dgr("203", "2023-02-20")
	first.InForceTo = "2027-12-31"
	a, b, c, d := w.put(first), w.put(dgr("248", "2024-02-26")), w.put(dgr("300", "2024-06-01")), w.put(dgr("400", "2025-01-10"))
	text := bytes.Repeat([]byte{7}, 32)
	amend := relate(b, amends, a)
	amend.EffectiveFrom, amend.ConsolidatedSha256 = "2024-03-01", text
	w.Do(region, amend)
	end := relate(d, revokes, a)
	end.EffectiveFrom = "2025-02-01"
	w.Do(region, end)
	mistake := relate(c, revokes, a)
	w.Do(region, mistake)

	on := func(day string) bool {
		t.Helper()
		ok, err := w.ledger.InForce(w.Reader(), a, day)
		must(t, err)
		return ok
	}
	if on("2024-06-01") {
		t.Error("revoked from 2024-06-01, and in force")
	}
	w.says(ledger.ErrNotInForce, region, func() *ledgerv1.MsgRelateActs {
		m := relate(c, amends, a)
		m.EffectiveFrom = "2024-07-01"
		return m
	}(), "was revoked by "+c)
	back := &ledgerv1.MsgWithdrawRelation{From: c, Kind: revokes, To: a, Reason: "atto sbagliato"}
	w.says(ledger.ErrSpeak, by("maker"), back, "itself")
	w.Do(region, back)
	w.says(ledger.ErrRelation, region, back, "withdrawn already")
	w.says(ledger.ErrRelated, region, mistake, "withdrawn as a mistake: atto sbagliato")
	for day, want := range map[string]bool{"2023-02-19": false, "2023-02-20": true, "2024-06-01": true, "2025-01-31": true, "2025-02-01": false, "2028-01-01": false} {
		if on(day) != want {
			t.Errorf("in force on %s: %v", day, !want)
		}
	}
	if _, err := w.ledger.InForce(w.Reader(), "regione-marche:dgr:9:2020", "2025-01-01"); !errors.Is(err, ledger.ErrAct) {
		t.Errorf("an act that is not there: %v", err)
	}
	ask := func(day string) *ledgerv1.ActResponse {
		t.Helper()
		for _, q := range w.ledger.Module().Queries {
			if q.Method == "Act" {
				m, err := q.Answer(w.Reader(), &ledgerv1.ActRequest{Id: a, AsOf: day})
				must(t, err)
				return m.(*ledgerv1.ActResponse)
			}
		}
		return nil
	}
	if r := ask("2024-02-29"); len(r.GetText()) != 1 || !r.GetInForce() || len(r.GetConsolidatedSha256()) != 0 {
		t.Errorf("before the amendment: %v", r)
	}
	if r := ask("2024-03-01"); len(r.GetText()) != 2 || r.GetText()[1].GetAct() != b || !bytes.Equal(r.GetConsolidatedSha256(), text) {
		t.Errorf("after the amendment: %v", r)
	}
	if r := ask(""); r.GetAsOf() != "2026-11-23" || r.GetInForce() || r.GetEndedBy().GetFrom() != d || len(r.GetIncoming()) != 2 {
		t.Errorf("today: %v", r)
	}
}

func TestATokenIsHeldAgainstItsFile(t *testing.T) {
	w := newWorld(t)
	office := filetest.New(t, t.TempDir(), false)
	words := []byte("dgr 203")
	for _, hash := range []string{"sha256", "sha512"} {
		m := dgr("203", "2023-02-20")
		m.Documents[0].Token = office.Stamp(words, hash)
		token, err := signedfile.ParseToken(m.Documents[0].Token)
		must(t, err)
		m.Number = hash
		w.Block.Time = token.GenTime.Unix() - 601
		w.says(ledger.ErrToken, by("regione-marche"), m, "ahead of the ledger's time")
		w.Block.Time = token.GenTime.Unix() + 3600
		id := w.put(m)
		a, err := w.ledger.Act(w.Reader(), id)
		must(t, err)
		if a.GetDocuments()[0].GetStampedAt() != token.GenTime.Unix() {
			t.Errorf("stamped at %d", a.GetDocuments()[0].GetStampedAt())
		}
	}
	m := dgr("204", "2023-02-20")
	m.Documents[0].Token = office.Stamp(words, "sha256")
	w.says(ledger.ErrToken, by("regione-marche"), m, "of another file")
	m = dgr("203", "2023-02-20")
	m.Documents[0].Token = office.Stamp(words, "sha384")
	w.says(ledger.ErrToken, by("regione-marche"), m, "SHA-384")
}

func TestAFileIsFoundByEveryHash(t *testing.T) {
	w := newWorld(t)
	m := dgr("203", "2023-02-20")
	whole, inner := m.Documents[0].GetSha256(), bytes.Repeat([]byte{9}, 32)
	m.Documents[0].Container, m.Documents[0].Signatures = ledgerv1.Container_CONTAINER_CADES, 1
	m.Documents[0].InnerSha256, m.Documents[0].InnerSize, m.Documents[0].InnerMediaType = inner, 3, "application/pdf"
	mail := file("mail")
	part := bytes.Repeat([]byte{8}, 32)
	mail.Container, mail.Parts = ledgerv1.Container_CONTAINER_EML, [][]byte{part}
	m.Documents = append(m.Documents, mail)
	id := w.put(m)
	for role, sum := range map[ledgerv1.DocumentUse_Role][]byte{ledgerv1.DocumentUse_ROLE_WHOLE: whole, ledgerv1.DocumentUse_ROLE_INNER: inner, ledgerv1.DocumentUse_ROLE_PART: part} {
		b, err := w.Branch.Get(statekey.LedgerDocument(sum))
		must(t, err)
		u := &ledgerv1.DocumentUses{}
		must(t, proto.Unmarshal(b, u))
		if len(u.GetUses()) != 1 || u.GetUses()[0].GetAct() != id || u.GetUses()[0].GetRole() != role {
			t.Errorf("%v: %v", role, u)
		}
	}
	if b, err := w.Branch.Get(statekey.LedgerDocument(bytes.Repeat([]byte{1}, 32))); b != nil || err != nil {
		t.Errorf("a file that nobody notarised: %x %v", b, err)
	}
}

func TestTheKeysAreThoseOfTheTables(t *testing.T) {
	w := newWorld(t)
	a, b := w.put(dgr("203", "2023-02-20")), w.put(dgr("248", "2024-02-26"))
	w.Do(by("regione-marche"), relate(b, amends, a))
	act, relation := &ledgerv1.Act{}, &ledgerv1.Relation{}
	for key, into := range map[string]proto.Message{string(statekey.LedgerAct(a)): act, string(statekey.ActRelation(b, uint32(amends), a)): relation} {
		v, err := w.Branch.Get([]byte(key))
		must(t, err)
		must(t, proto.Unmarshal(v, into))
	}
	if act.GetId() != a || len(act.GetChanges()) != 1 || relation.GetTo() != a {
		t.Errorf("got %v and %v", act, relation)
	}
	from, to := statekey.ActRelationsTo(a)
	it, err := w.Branch.Iterator(from, to)
	must(t, err)
	defer it.Close()
	if !it.Valid() || string(it.Key()) != string(from)+"\x00\x00\x00\x02"+b {
		t.Errorf("the way back stands under %x", it.Key())
	}
}

// TestRandomRelationsNeverMakeACircle draws relations among acts of few days; every
// truth is checked after each, and an independent walk finds no circle.
func TestRandomRelationsNeverMakeACircle(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := newWorld(t)
		var ids []string
		for i := range 6 {
			ids = append(ids, w.put(dgr(fmt.Sprint(i+1), rapid.SampledFrom([]string{"2024-01-01", "2024-01-02"}).Draw(t, "day"))))
		}
		edges := map[string][]string{}
		for range rapid.IntRange(1, 30).Draw(t, "n") {
			from, to := rapid.SampledFrom(ids).Draw(t, "from"), rapid.SampledFrom(ids).Draw(t, "to")
			kind := rapid.SampledFrom([]ledgerv1.ActRelation{amends, transfers, revokes, approves}).Draw(t, "kind")
			_, err := w.Try(by("regione-marche"), relate(from, kind, to))
			if err == nil && kind != approves {
				edges[from] = append(edges[from], to)
			}
			if errors.Is(err, ledger.ErrCycle) && kind != approves && !leads(edges, to, from) {
				t.Fatalf("%s to %s is called a circle, and is none", from, to)
			}
		}
		for _, id := range ids {
			for _, next := range edges[id] {
				if leads(edges, next, id) {
					t.Fatalf("%s leads back to itself", id)
				}
			}
		}
	})
}

func leads(edges map[string][]string, from, to string) bool {
	if from == to {
		return true
	}
	for _, next := range edges[from] {
		if leads(edges, next, to) {
			return true
		}
	}
	return false
}
