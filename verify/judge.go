package verify

import (
	"encoding/hex"
	"sort"
	"strings"

	certv1 "github.com/filiera-chain/filiera/api/cert/v1"
	"github.com/filiera-chain/filiera/module/statekey"
)

// Judge says what the records amount to, at the ledger's time, in lang ("it" or "en"; anything else is it).
// It is pure: it reads no clock and no state, and the verdict does not depend on lang.
//
// Every rule that applies gives a Reason, and a rule may lead to a verdict. The verdict of the answer is the
// one that comes first in this order among those that the rules lead to:
//
//  1. unknown: the ledger has no such product, or the product and no such batch
//  2. recalled: a recall that is in force reaches the batch, which it names or which was made of what it names, whether its
//     mark has arrived or not
//  3. suspicious: records contradict each other: more is certified than was produced, the goods moved before
//     they were produced, a certificate comes from a body never accredited or is for another specification,
//     the place of production lies outside the zone, the production date lies in the future; or a recall
//     spreads, and not all of what the batch was made of could be looked at; or of the one item asked
//     for: it is void, its code was revealed before, it is none of the batch's
//  4. expired: the ledger's day is past the batch's expiry date, or of its certificates none is in force,
//     suspended or revoked and one has expired
//  5. suspended: no certificate is in force and one is suspended
//  6. not_certified: no certificate is in force otherwise (there was none, it was revoked or replaced by
//     one that leaves this batch out, it is not valid yet or awaits a second signature), the product is made
//     to no specification, the batch was taken off by its owner, or a contract declassified it
//  7. authentic_with_warnings: a certificate is in force, and something else deserves to be known
//  8. authentic: a certificate is in force
//
// Reasons stand in the same order, those that only inform last.
func Judge(r *Records, at Ledger, lang string) *Answer {
	j := &judge{r: r, at: at, w: wordsFor(lang)}
	j.weigh()
	a := j.view()
	a.Reasons, a.Verdict = j.conclude()
	a.Headline = j.w.headline(a.Verdict)
	if a.Verdict == Suspicious && strings.HasPrefix(a.Reasons[0].Code, "unit_") {
		a.Headline = j.w.itemHeadline()
	}
	return a
}

type judge struct {
	r       *Records
	at      Ledger
	w       words
	reasons []Reason
}

// now is the ledger's time in unix seconds.
func (j *judge) now() int64 { return j.at.Time.Unix() }

// today is the ledger's day, in UTC.
func (j *judge) today() string { return j.at.Time.UTC().Format("2006-01-02") }

func (j *judge) weigh() {
	if j.r.Batch == nil {
		j.unknown()
		return
	}
	j.recalls()
	j.batchStatus()
	j.batchDates()
	j.batchPlace()
	j.batchOwner()
	j.certification()
	j.specificationAge()
	j.journey()
	j.inputs(j.r.Inputs)
	j.contracts()
	j.item()
}

// add notes a finding. leads is "" for one that only informs.
func (j *judge) add(code string, leads Verdict, record []byte, it, en string) {
	j.reasons = append(j.reasons, Reason{Code: code, Verdict: leads, Sentence: j.w.pick(it, en), Record: hex.EncodeToString(record)})
}

var precedence = func() map[Verdict]int {
	m := map[Verdict]int{"": len(Verdicts())}
	for i, v := range Verdicts() {
		m[v] = i
	}
	return m
}()

// conclude orders the reasons and takes the verdict of the first. Rules see to it that there is one: a batch is
// either unknown or has its certification judged.
func (j *judge) conclude() ([]Reason, Verdict) {
	sort.SliceStable(j.reasons, func(a, b int) bool { return precedence[j.reasons[a].Verdict] < precedence[j.reasons[b].Verdict] })
	return j.reasons, j.reasons[0].Verdict
}

func (j *judge) batchKey() []byte { return statekey.Batch(j.r.GTIN, j.r.Lot) }

// name is what people call a participant: its name, or its id where the ledger has no record of it.
func (j *judge) name(id string) string {
	if p := j.r.Participants[id]; p.GetName() != "" {
		return p.GetName()
	}
	return id
}

// by says who did something; nothing when the ledger's time did it.
func (j *judge) by(id string) string {
	if id == "" {
		return ""
	}
	return j.w.pick(" da ", " by ") + j.name(id)
}

// sorted splits the attestations by standing, in the order of the records.
func (j *judge) sorted() map[Standing][]*certv1.Attestation {
	m := map[Standing][]*certv1.Attestation{}
	for _, a := range j.r.Attestations {
		s := standingOf(a, j.now())
		m[s] = append(m[s], a)
	}
	return m
}
