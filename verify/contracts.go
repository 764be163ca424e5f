package verify

import (
	"fmt"
	"sync"

	rulesv1 "github.com/filiera-chain/filiera/api/rules/v1"
	"github.com/filiera-chain/filiera/module/statekey"
	"github.com/filiera-chain/filiera/rules"
	"github.com/filiera-chain/filiera/ruling"
)

// Bounds on what an answer reads of contracts.
const (
	MaxRulings      = 2_000
	MaxConsequences = 1_000
)

// declassified is the status of a batch that has lost the name of its specification.
const declassified = "declassified"

// contracts reads what contracts said of the batch and of the batch whose
// certificates hold for it, and the text of those contracts.
func (g *gatherer) contracts() {
	g.r.Contracts = map[string]*rules.Contract{}
	g.rulings(g.r.GTIN, g.r.Lot)
	if w := g.r.Whole; w != nil && (w.GetGtin() != g.r.GTIN || w.GetLot() != g.r.Lot) {
		g.rulings(w.GetGtin(), w.GetLot())
	}
}

func (g *gatherer) rulings(gtin, lot string) {
	start, end := statekey.RulingsOf(gtin, lot)
	for _, pair := range g.list(start, end, MaxRulings) {
		x := new(rulesv1.Ruling)
		if err := decode(pair.Value, x); err != nil {
			g.fail(err)
			return
		}
		if x.GetBatch().GetGtin() != gtin || x.GetBatch().GetLot() != lot {
			g.fail(fmt.Errorf("verify: a ruling on batch %s %s says that it is on %s %s", gtin, lot, x.GetBatch().GetGtin(), x.GetBatch().GetLot()))
			return
		}
		g.r.Rulings = append(g.r.Rulings, x)
		g.contract(x.GetSha256())
	}
	start, end = statekey.ConsequencesOf(gtin, lot)
	for _, pair := range g.list(start, end, MaxConsequences) {
		x := new(rulesv1.Consequence)
		if err := decode(pair.Value, x); err != nil {
			g.fail(err)
			return
		}
		g.r.Consequences = append(g.r.Consequences, x)
		g.r.consequenceKeys = append(g.r.consequenceKeys, pair.Key)
	}
}

// contract reads a contract by the hash of its text.
func (g *gatherer) contract(hash []byte) {
	if _, known := g.r.Contracts[string(hash)]; known || g.err != nil {
		return
	}
	d := new(rulesv1.Document)
	if !g.find(statekey.ContractDocument(hash), d) {
		g.fail(fmt.Errorf("verify: a ruling rests on contract %x, which has no text", hash))
		return
	}
	c, err := compiled(d.GetText())
	if err != nil || string(c.Hash[:]) != string(hash) {
		g.fail(fmt.Errorf("verify: the text under the hash %x is not the contract that it stands for", hash))
		return
	}
	g.r.Contracts[string(hash)] = c
}

// texts keeps what was compiled last, by hash: a node answers about the same
// contracts again and again.
var texts struct {
	sync.Mutex
	held map[[32]byte]*rules.Contract
}

const maxTexts = 64

func compiled(text []byte) (*rules.Contract, error) {
	hash := rules.Hash(text)
	texts.Lock()
	c := texts.held[hash]
	texts.Unlock()
	if c != nil {
		return c, nil
	}
	c, err := rules.Load(text)
	if err != nil {
		return nil, err
	}
	texts.Lock()
	defer texts.Unlock()
	if texts.held == nil || len(texts.held) >= maxTexts {
		texts.held = map[[32]byte]*rules.Contract{}
	}
	texts.held[hash] = c
	return c, nil
}

func (j *judge) language() rules.Language {
	if j.w.en {
		return rules.English
	}
	return rules.Italian
}

// counts says whether a ruling has to do with what the answer says: of those on
// certificates only the ones of certificates in force, of those on events, units
// and offers only the last of each contract, by time.
func (j *judge) counting() []*rulesv1.Ruling {
	standing := map[string]bool{}
	for _, a := range j.r.Attestations {
		standing[a.GetId()] = standingOf(a, j.now()) == StandingInForce
	}
	last := map[string]*rulesv1.Ruling{}
	for _, x := range j.r.Rulings {
		if k := x.GetTrigger() + "/" + x.GetContract(); last[k] == nil || x.GetJudgedHeight() >= last[k].GetJudgedHeight() {
			last[k] = x
		}
	}
	var out []*rulesv1.Ruling
	for _, x := range j.r.Rulings {
		switch rules.Trigger(x.GetTrigger()) {
		case rules.OnAttestation, rules.OnNotice:
			if standing[x.GetSubject()] {
				out = append(out, x)
			}
		default:
			if last[x.GetTrigger()+"/"+x.GetContract()] == x {
				out = append(out, x)
			}
		}
	}
	return out
}

// contracts weighs what rules were not met, and what followed.
func (j *judge) contracts() {
	for _, x := range j.counting() {
		for _, r := range x.GetResults() {
			if r.GetOutcome() != rulesv1.Outcome_OUTCOME_FAIL && r.GetOutcome() != rulesv1.Outcome_OUTCOME_MISSING {
				continue
			}
			it, en := j.resultText(x, r)
			start, _ := statekey.RulingsOf(x.GetBatch().GetGtin(), x.GetBatch().GetLot())
			j.add("contract_rule_not_met", AuthenticWithWarnings, append(start, x.GetTrigger()+"/"+x.GetContract()+"/"+x.GetSubject()...),
				"Regola del disciplinare non rispettata: "+it+".", "Rule of the specification not met: "+en+".")
		}
	}
	for i, c := range j.r.Consequences {
		if c.GetEndedAt() == 0 {
			j.consequence(c, j.r.consequenceKeys[i])
		}
	}
}

func (j *judge) resultText(x *rulesv1.Ruling, r *rulesv1.RuleResult) (it, en string) {
	res, err := ruling.Result(j.r.Contracts[string(x.GetSha256())], r)
	if err != nil {
		return r.GetRule(), r.GetRule()
	}
	return res.Message(rules.Italian), res.Message(rules.English)
}

func (j *judge) consequence(c *rulesv1.Consequence, key []byte) {
	of := fmt.Sprintf("%s, %s %s", c.GetContract(), j.w.pick("regola", "rule"), c.GetRule())
	switch c.GetKind() {
	case rulesv1.ConsequenceKind_CONSEQUENCE_KIND_STATUS:
		if c.GetWord() == declassified {
			j.add("contract_declassified", NotCertified, key,
				fmt.Sprintf("Il lotto ha perso il diritto alla denominazione (%s).", of), fmt.Sprintf("The batch has lost the right to the name (%s).", of))
			return
		}
		j.add("contract_status", "", key, fmt.Sprintf("Stato assegnato dal contratto: %s (%s).", c.GetWord(), of), fmt.Sprintf("Status set by a contract: %s (%s).", c.GetWord(), of))
	case rulesv1.ConsequenceKind_CONSEQUENCE_KIND_HOLD:
		j.add("contract_hold", AuthenticWithWarnings, key,
			fmt.Sprintf("Il lotto è trattenuto: non può essere ceduto (%s).", of), fmt.Sprintf("The batch is on hold: it may not be sold or handed over (%s).", of))
	case rulesv1.ConsequenceKind_CONSEQUENCE_KIND_HOLD_UNTIL:
		if j.today() < c.GetUntil() {
			j.add("contract_hold", AuthenticWithWarnings, key,
				fmt.Sprintf("Il lotto non può essere ceduto prima del %s (%s).", c.GetUntil(), of), fmt.Sprintf("The batch may not be sold or handed over before %s (%s).", c.GetUntil(), of))
		}
	case rulesv1.ConsequenceKind_CONSEQUENCE_KIND_REQUIRE_ATTESTATION:
		j.add("contract_wants_attestation", AuthenticWithWarnings, key,
			fmt.Sprintf("Serve un nuovo attestato prima che il lotto sia ceduto (%s).", of), fmt.Sprintf("A new attestation is needed before the batch is handed over (%s).", of))
	case rulesv1.ConsequenceKind_CONSEQUENCE_KIND_CONTROL:
		j.add("contract_wants_control", "", key, fmt.Sprintf("Il contratto chiede un controllo (%s).", of), fmt.Sprintf("A contract asks for a control (%s).", of))
	}
}

// contractResults shows every rule that was judged.
func (j *judge) contractResults() []ContractResult {
	out := []ContractResult{}
	l := j.language()
	for _, x := range j.counting() {
		for _, r := range x.GetResults() {
			res, err := ruling.Result(j.r.Contracts[string(x.GetSha256())], r)
			if err != nil || res.Outcome == rules.Idle {
				continue
			}
			out = append(out, ContractResult{
				Contract: x.GetContract(), Version: x.GetVersion(), Passed: res.Outcome == rules.Pass, Sentence: res.Message(l),
				Rule: res.Rule, Article: res.Article, Trigger: x.GetTrigger(), Subject: x.GetSubject(), Outcome: res.Outcome.String(), Severity: res.Severity,
				Required: res.Required(l), Found: res.Found(l), JudgedAt: stamp(x.GetJudgedAt()), JudgedHeight: x.GetJudgedHeight(),
			})
		}
	}
	return out
}
