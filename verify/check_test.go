package verify

import (
	"bytes"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/cometbft/cometbft/crypto/ed25519"
	cmt "github.com/cometbft/cometbft/types"
	ics23 "github.com/cosmos/ics23/go"
	"github.com/google/go-cmp/cmp"

	"github.com/filiera-chain/filiera/module/statekey"
	"github.com/filiera-chain/filiera/store"
	"github.com/filiera-chain/filiera/store/proof"
)

func TestCheckAccepts(t *testing.T) {
	stories := map[string]*world{"authentic": story(), "unknown batch": story(), "unknown product": story(), "no certificate": story(), "alone": story()}
	stories["unknown batch"].batch = nil
	stories["unknown product"].batch, stories["unknown product"].products = nil, nil
	stories["no certificate"].attestations, stories["no certificate"].events = nil, nil
	stories["alone"].noise = 0
	for name, w := range stories {
		t.Run(name, func(t *testing.T) {
			b, trust := w.prove(t, gtin, lot, voted())
			trust.GTIN, trust.Lot = gtin, lot
			r, err := Check(encode(t, b), trust)
			must(t, err)
			if !r.OK || len(r.Checks) != len(CheckNames()) || r.Height != stateHeight || r.SignedPower != 55 || r.TotalPower != 75 {
				t.Fatalf("report %+v", r)
			}
			for i, c := range r.Checks {
				if !c.OK || c.Name != CheckNames()[i] || c.Detail == "" {
					t.Errorf("check %d: %+v", i, c)
				}
			}
			live := Judge(w.gather(t), r.Ledger, "en")
			if diff := cmp.Diff(live, r.Answer("en")); diff != "" {
				t.Errorf("the proven answer differs from the live one: %s", diff)
			}
			if r.Answer("it").Ledger.Time != nowTime.Format(time.RFC3339) {
				t.Errorf("time %s, not that of the header", r.Answer("it").Ledger.Time)
			}
		})
	}
}

func TestCheckSurvivesJSON(t *testing.T) {
	b, trust := story().prove(t, gtin, lot, voted())
	raw := encode(t, b)
	decoded, err := DecodeBundle(raw)
	must(t, err)
	if !bytes.Equal(encode(t, decoded), raw) {
		t.Error("decoding and encoding changes the bundle")
	}
	// A server puts the bundle in its answer as raw JSON.
	a := Judge(story().gather(t), ledger(), "it")
	a.Proof = raw
	inside, err := json.Marshal(a)
	must(t, err)
	var out struct{ Proof json.RawMessage }
	must(t, json.Unmarshal(inside, &out))
	if _, err := Check(out.Proof, trust); err != nil {
		t.Errorf("the bundle from inside an answer: %v", err)
	}
}

// TestCheckAcceptsGenesisState: the first header carries the state that the chain began with, and is signed like any other.
func TestCheckAcceptsGenesisState(t *testing.T) {
	s := story().lay(t)
	h := signAt(t, 1, s.AppHash(), voted())
	must(t, s.View(func(v *store.View) error {
		_, b, err := Prove(Live(v), gtin, lot, v, h)
		must(t, err)
		r, err := Check(encode(t, b), Trust{ValidatorsHash: h.Validators.Hash()})
		must(t, err)
		if r.Height != 0 || r.Answer("it").Verdict != Authentic {
			t.Errorf("height %d, verdict %s", r.Height, r.Answer("it").Verdict)
		}
		return nil
	}))
}

// refused checks that a bundle fails the named check, that the report says so last, and that it gives no answer.
func refused(t *testing.T, raw []byte, trust Trust, check string) {
	t.Helper()
	r, err := Check(raw, trust)
	var failure *CheckError
	if !errors.As(err, &failure) {
		t.Fatalf("accepted: %+v", r)
	}
	if failure.Check != check {
		t.Errorf("failed the check of %s (%v), want %s", failure.Check, err, check)
	}
	last := r.Checks[len(r.Checks)-1]
	if r.OK || last.OK || last.Name != failure.Check || last.Detail == "" || r.Answer("it") != nil || r.Records != nil {
		t.Errorf("report %+v", r)
	}
}

func TestCheckRefusesOtherTrust(t *testing.T) {
	b, good := story().prove(t, gtin, lot, voted())
	raw := encode(t, b)
	for name, c := range map[string]struct {
		trust Trust
		check string
	}{
		"none":        {Trust{}, CheckTrust},
		"short hash":  {Trust{ValidatorsHash: good.ValidatorsHash[:20]}, CheckTrust},
		"other hash":  {Trust{ValidatorsHash: make([]byte, 32)}, CheckValidators},
		"other chain": {Trust{ValidatorsHash: good.ValidatorsHash, ChainID: "filiera-test-2"}, CheckHeader},
		"other gtin":  {Trust{ValidatorsHash: good.ValidatorsHash, GTIN: porkGTIN, Lot: lot}, CheckTarget},
		"other lot":   {Trust{ValidatorsHash: good.ValidatorsHash, GTIN: gtin, Lot: "L24124"}, CheckTarget},
	} {
		t.Run(name, func(t *testing.T) { refused(t, raw, c.trust, c.check) })
	}
	if _, err := Check(raw, Trust{ValidatorsHash: good.ValidatorsHash}); err != nil {
		t.Errorf("the hash alone: %v", err)
	}
}

func TestCheckRefusesWeakCommits(t *testing.T) {
	for name, c := range map[string]struct {
		powers []int64
		votes  []cmt.BlockIDFlag
		ok     bool
	}{
		"two thirds exactly": {[]int64{1, 1, 1}, []cmt.BlockIDFlag{2, 2, 1}, false},
		"just above":         {[]int64{2, 2, 1}, []cmt.BlockIDFlag{2, 2, 1}, true},
		"nil votes":          {[]int64{1, 1, 1, 1}, []cmt.BlockIDFlag{2, 2, 3, 3}, false},
		"one of one":         {[]int64{7}, []cmt.BlockIDFlag{2}, true},
		"many small absent":  {[]int64{100, 1, 1, 1, 1}, []cmt.BlockIDFlag{2, 1, 1, 1, 1}, true},
		"one big absent":     {[]int64{100, 1, 1, 1, 1}, []cmt.BlockIDFlag{1, 2, 2, 2, 2}, false},
	} {
		t.Run(name, func(t *testing.T) {
			who := make([]signer, len(c.powers))
			for i := range who {
				who[i] = signer{ed25519.GenPrivKeyFromSecret([]byte{'w', byte(i)}), c.powers[i], c.votes[i]}
			}
			b, trust := story().prove(t, gtin, lot, who)
			if c.ok {
				if _, err := Check(encode(t, b), trust); err != nil {
					t.Error(err)
				}
				return
			}
			refused(t, encode(t, b), trust, CheckCommit)
		})
	}
}

// TestCheckRefusesForgery changes bundles as somebody would who wants another answer.
func TestCheckRefusesForgery(t *testing.T) {
	good := story()
	revoked := story()
	history("revoked")(revoked)
	b, _ := good.prove(t, gtin, lot, voted())
	other, _ := revoked.prove(t, gtin, lot, voted())
	at := func(b *Bundle, key []byte) *BundleRecord {
		i := slices.IndexFunc(b.Records, func(r BundleRecord) bool { return bytes.Equal(r.Key, key) })
		return &b.Records[i]
	}
	for name, c := range map[string]struct {
		forge func(b *Bundle)
		check string
	}{
		"value of another state":             {func(b *Bundle) { at(b, firstKey()).Value = at(other, firstKey()).Value }, CheckRecords},
		"value and proof of another state":   {func(b *Bundle) { *at(b, firstKey()) = *at(other, firstKey()) }, CheckRecords},
		"header of another state":            {func(b *Bundle) { b.Header = other.Header }, CheckCommit},
		"header and commit of another state": {func(b *Bundle) { b.Header, b.Commit = other.Header, other.Commit }, CheckRecords},
		"present claimed absent":             {func(b *Bundle) { r := at(b, firstKey()); r.Value, r.Absent = nil, true }, CheckRecords},
		"record left out":                    {func(b *Bundle) { b.Records = b.Records[:len(b.Records)-1] }, CheckAnswer},
		"list left out":                      {func(b *Bundle) { b.Ranges = b.Ranges[:1] }, CheckAnswer},
		"list cut short":                     {func(b *Bundle) { b.Ranges[0].End = append(slices.Clone(b.Ranges[0].Start), 'a') }, CheckLists},
		"about another batch":                {func(b *Bundle) { b.Target.Lot = "L24122" }, CheckAnswer},
		"no batch at all":                    {func(b *Bundle) { b.Target.GTIN = "08001234567890" }, CheckAnswer},
		"other chain":                        {func(b *Bundle) { b.ChainID = "filiera-test-2" }, CheckHeader},
		"more power":                         {func(b *Bundle) { b.Validators[0].Power++ }, CheckValidators},
		"no power":                           {func(b *Bundle) { b.Validators[5].Power = 0 }, CheckValidators},
		"overflowing power":                  {func(b *Bundle) { b.Validators[0].Power = 1<<63 - 1 }, CheckValidators},
		"validators in another order":        {func(b *Bundle) { v := b.Validators; v[0], v[1] = v[1], v[0] }, CheckValidators},
		"validator twice":                    {func(b *Bundle) { b.Validators = append(b.Validators, b.Validators[5]) }, CheckValidators},
		"validator left out":                 {func(b *Bundle) { b.Validators = b.Validators[:5] }, CheckValidators},
		"short key":                          {func(b *Bundle) { b.Validators[0].PublicKey = b.Validators[0].PublicKey[:31] }, CheckValidators},
		"other format":                       {func(b *Bundle) { b.Format = "filiera-bundle/2" }, CheckForm},
		"no validators":                      {func(b *Bundle) { b.Validators = nil }, CheckForm},
		"no records":                         {func(b *Bundle) { b.Records = nil }, CheckForm},
		"records in another order":           {func(b *Bundle) { r := b.Records; r[0], r[1] = r[1], r[0] }, CheckForm},
		"record twice":                       {func(b *Bundle) { b.Records = append(b.Records, b.Records[len(b.Records)-1]) }, CheckForm},
		"ranges in another order":            {func(b *Bundle) { r := b.Ranges; r[0], r[1] = r[1], r[0] }, CheckForm},
		"too many ranges": {func(b *Bundle) {
			for i := range maxRanges {
				b.Ranges = append(b.Ranges, BundleRange{Start: Hex{255, byte(i >> 8), byte(i)}, End: Hex{}, Proof: Hex{}})
			}
		}, CheckForm},
		"neither value nor absent":                {func(b *Bundle) { b.Records[0].Value = nil }, CheckForm},
		"long header":                             {func(b *Bundle) { b.Header = make(Hex, maxHeaderBytes+1) }, CheckForm},
		"long commit":                             {func(b *Bundle) { b.Commit = make(Hex, maxCommitBytes+1) }, CheckForm},
		"long proof":                              {func(b *Bundle) { b.Records[0].Proof = make(Hex, maxProofBytes+1) }, CheckForm},
		"header with a field more":                {func(b *Bundle) { b.Header = append(slices.Clone(b.Header), 0xf8, 0x01, 0x01) }, CheckHeader},
		"commit with a field more":                {func(b *Bundle) { b.Commit = append(slices.Clone(b.Commit), 0xf8, 0x01, 0x01) }, CheckCommit},
		"proof with a field more":                 {func(b *Bundle) { b.Records[0].Proof = append(slices.Clone(b.Records[0].Proof), 0xf8, 0x01, 0x01) }, CheckRecords},
		"range proof with a byte more":            {func(b *Bundle) { b.Ranges[0].Proof = append(slices.Clone(b.Ranges[0].Proof), 0) }, CheckLists},
		"header with a round of zero written out": {func(b *Bundle) { b.Commit = append(Hex{0x10, 0x00}, b.Commit...) }, CheckCommit},
	} {
		t.Run(name, func(t *testing.T) {
			forged, trust := good.prove(t, gtin, lot, voted())
			if !bytes.Equal(encode(t, forged), encode(t, b)) {
				t.Fatal("the same story gave another bundle")
			}
			c.forge(forged)
			raw, err := json.Marshal(forged)
			must(t, err)
			refused(t, raw, trust, c.check)
		})
	}
}

// TestCheckRefusesHiddenCertificate leaves a suspended certificate out of the list, with the best proof a liar can make.
func TestCheckRefusesHiddenCertificate(t *testing.T) {
	w := story()
	second(5, "suspended")(w)
	b, trust := w.prove(t, gtin, lot, voted())
	for drop := range 2 {
		forged := *b
		forged.Ranges = slices.Clone(b.Ranges)
		var rp proof.RangeProof
		must(t, rp.UnmarshalBinary(forged.Ranges[0].Proof))
		rp.Pairs = slices.Delete(rp.Pairs, drop, drop+1)
		raw, err := rp.MarshalBinary()
		must(t, err)
		forged.Ranges[0].Proof = raw
		refused(t, encode(t, &forged), trust, CheckLists)
	}
	// A proof that honestly stops early is not a complete list either.
	s := w.lay(t)
	must(t, s.View(func(v *store.View) error {
		start, end := statekey.AttestationsOf(gtin, lot)
		rp, err := v.ProveRange(start, end, 1)
		must(t, err)
		forged := *b
		forged.Ranges = slices.Clone(b.Ranges)
		forged.Ranges[0].Proof, err = rp.MarshalBinary()
		must(t, err)
		refused(t, encode(t, &forged), trust, CheckLists)
		return nil
	}))
}

// TestCheckRefusesUnaskedRecord adds a record that is true, proven, and has nothing to do with the answer.
func TestCheckRefusesUnaskedRecord(t *testing.T) {
	w := story()
	b, trust := w.prove(t, gtin, lot, voted())
	must(t, w.lay(t).View(func(v *store.View) error {
		key := statekey.Participant("nobody")
		r, err := proveRecord(v, key, nil)
		must(t, err)
		b.Records = append(b.Records, r)
		slices.SortFunc(b.Records, func(a, b BundleRecord) int { return bytes.Compare(a.Key, b.Key) })
		refused(t, encode(t, b), trust, CheckAnswer)
		return nil
	}))
}

// TestCheckRefusesAbsenceForPresent uses an honest proof of absence of one key for another.
func TestCheckRefusesAbsenceForPresent(t *testing.T) {
	w := story()
	w.batch = nil
	b, trust := w.prove(t, gtin, lot, voted())
	for i, r := range b.Records {
		if !r.Absent {
			continue
		}
		var cp ics23.CommitmentProof
		must(t, cp.Unmarshal(r.Proof))
		cp.GetNonexist().Key = statekey.Product(gtin)
		raw, err := cp.Marshal()
		must(t, err)
		b.Records[i].Proof = raw
		refused(t, encode(t, b), trust, CheckRecords)
		return
	}
	t.Fatal("no absent record")
}

func TestDecodeBundleRefusesOtherForms(t *testing.T) {
	b, trust := story().prove(t, gtin, lot, voted())
	raw := string(encode(t, b))
	first := func(old, new string) string { return strings.Replace(raw, old, new, 1) }
	for name, text := range map[string]string{
		"nothing":               "",
		"null":                  "null",
		"a list":                "[" + raw + "]",
		"space before":          " " + raw,
		"space inside":          first(`,"chain_id"`, `, "chain_id"`),
		"newline after":         raw + "\n",
		"text after":            raw + "{}",
		"unknown member":        first(`{"format"`, `{"note":"","format"`),
		"unknown in record":     first(`{"key"`, `{"note":1,"key"`),
		"member twice":          first(`{"format":"filiera-bundle/1"`, `{"format":"filiera-bundle/1","format":"filiera-bundle/1"`),
		"other case":            first(`{"format"`, `{"Format"`),
		"escaped":               first(`"gtin":"0`, `"gtin":"\u0030`),
		"reordered":             first(`{"format":"filiera-bundle/1","chain_id":"`+chainID+`"`, `{"chain_id":"`+chainID+`","format":"filiera-bundle/1"`),
		"capital hex":           strings.ToUpper(raw[:strings.Index(raw, `"commit"`)]) + raw[strings.Index(raw, `"commit"`):],
		"odd hex":               first(`"header":"`, `"header":"0`),
		"number for hex":        first(`"key":"`, `"key":1,"x":"`),
		"power in another form": first(`"power":20`, `"power":2e1`),
		"absent false":          first(`,"proof"`, `,"absent":false,"proof"`),
		"missing ranges":        raw[:strings.Index(raw, `,"ranges"`)] + "}",
		"bad utf-8":             first(chainID, "filiera-test-\xff"),
		"deep":                  strings.Repeat("[", 100000),
		"too many members":      `{"records":[` + strings.Repeat(`1,`, maxPunctuation) + `1]}`,
		"too big":               raw + strings.Repeat(" ", MaxBundleBytes),
	} {
		t.Run(name, func(t *testing.T) {
			if text == raw {
				t.Fatal("the case changes nothing")
			}
			refused(t, []byte(text), trust, CheckForm)
		})
	}
}

func TestTrustGenesis(t *testing.T) {
	b, trust := story().prove(t, gtin, lot, voted())
	g := cmt.GenesisDoc{ChainID: chainID, GenesisTime: nowTime, InitialHeight: 1, AppHash: []byte{}}
	for _, v := range voted() {
		g.Validators = append([]cmt.GenesisValidator{{PubKey: v.key.PubKey(), Power: v.power}}, g.Validators...)
	}
	doc := genesisJSON(t, &g)
	got, err := TrustGenesis(doc)
	must(t, err)
	if !bytes.Equal(got.ValidatorsHash, trust.ValidatorsHash) || got.ChainID != chainID {
		t.Errorf("trust %+v, want %+v", got, trust)
	}
	if _, err := Check(encode(t, b), got); err != nil {
		t.Error(err)
	}
	g.Validators[0].Power++
	changed, err := TrustGenesis(genesisJSON(t, &g))
	must(t, err)
	refused(t, encode(t, b), changed, CheckValidators)
	g.Validators = nil
	for name, doc := range map[string][]byte{"no validators": genesisJSON(t, &g), "no JSON": []byte("{"), "nothing": nil} {
		if _, err := TrustGenesis(doc); err == nil {
			t.Errorf("%s: trusted", name)
		}
	}
}

func genesisJSON(t *testing.T, g *cmt.GenesisDoc) []byte {
	t.Helper()
	path := t.TempDir() + "/genesis.json"
	must(t, g.SaveAs(path))
	return readFile(t, path)
}

func TestAssembleRefuses(t *testing.T) {
	w := story()
	s := w.lay(t)
	must(t, s.View(func(v *store.View) error {
		if _, _, err := Prove(Live(v), gtin, lot, v, sign(t, make([]byte, 32), voted())); err == nil {
			t.Error("a state was proven by the header of another")
		}
		if _, _, err := Prove(Live(v), "1", lot, v, sign(t, s.AppHash(), voted())); err == nil {
			t.Error("a GTIN of one digit was proven")
		}
		return nil
	}))
}
