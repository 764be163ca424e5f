package main

import (
	"fmt"
	"io"

	"github.com/filiera-chain/filiera/verify"
)

// printVerify writes the verdict in words, why, what it rests on and, when a
// proof was checked, which checks passed.
func (e *env) printVerify(out *verifyOutput) error {
	switch e.v.GetString("output") {
	case "json", "yaml":
		return e.print(out, nil)
	}
	if out.Report != nil {
		e.printChecks(out.Report)
	}
	if out.Answer == nil {
		return nil
	}
	e.printVerdict(out.Answer)
	t := &table{}
	e.drawAnswer(t, out.Answer)
	if err := t.write(e.out); err != nil {
		return err
	}
	switch {
	case out.Report == nil:
		fmt.Fprintln(e.err, e.t("verify.node.word"))
	case out.TrustedNode:
		fmt.Fprintln(e.err, e.t("verify.node.hash"))
	}
	return nil
}

func (e *env) printChecks(r *verify.Report) {
	t := &table{}
	for _, c := range r.Checks {
		mark := e.t("check.ok")
		if !c.OK {
			mark = e.t("check.failed")
		}
		t.row(mark, e.t("check."+c.Name), c.Detail)
	}
	_ = t.write(e.out) // the verdict's own write reports a closed output
	fmt.Fprintln(e.out)
}

// colours of verdicts on a terminal: green is good, red is not to be eaten or
// not to be believed, yellow is anything between.
func (e *env) printVerdict(a *verify.Answer) {
	colour := "33"
	switch a.Verdict {
	case "authentic":
		colour = "32"
	case "recalled", "suspicious":
		colour = "31"
	}
	e.paint(e.out, colour, a.Headline)
	fmt.Fprintln(e.out)
	for _, r := range a.Reasons {
		fmt.Fprintf(e.out, "- %s (%s)\n", clean(r.Sentence), r.Code)
	}
	fmt.Fprintln(e.out)
}

func (e *env) paint(w io.Writer, colour, text string) {
	if terminal(w) && !e.v.GetBool("no-color") {
		fmt.Fprintf(w, "\x1b[1;%sm%s\x1b[0m\n", colour, clean(text))
		return
	}
	fmt.Fprintln(w, clean(text))
}

func (e *env) drawAnswer(t *table, a *verify.Answer) {
	t.line(e.t("verdict"), a.Verdict)
	t.line("GTIN", a.GTIN)
	t.line(e.t("lot"), a.Lot)
	if a.Product != nil {
		t.line(e.t("product"), a.Product.Name)
	}
	if a.Specification != nil {
		t.line(e.t("specification"), a.Specification.Name)
	}
	t.line(e.t("producer"), actorName(a.Producer))
	if b := a.Batch; b != nil {
		t.line(e.t("produced"), b.ProductionDate)
		t.line(e.t("expires"), b.ExpiryDate)
		t.line(e.t("state"), b.Status)
	}
	for _, r := range a.Recalls {
		t.line(e.t("recall"), fmt.Sprintf("%d  %s  %s  %s", r.Recall, r.HazardText, r.OpenedAt, r.Reason))
		t.line(e.t("recall.notice"), r.Notice)
	}
	for _, x := range a.Attestations {
		t.line(e.t("attestation"), fmt.Sprintf("%s  %s  %s", actorName(&x.Certifier), x.StandingText, x.ID))
	}
	for _, c := range a.ContractResults {
		t.line(e.t("contract.result"), e.t("contract.outcome."+c.Outcome)+"  "+c.Sentence+fmt.Sprintf("  [%s %d]", c.Contract, c.Version))
	}
	for _, ev := range a.Journey {
		step := fmt.Sprintf("%s  %s  %s%s", ev.LocalTime, ev.StepText, actorName(ev.Actor), placeName(ev))
		if n := len(ev.DeclaredWrong); n > 0 {
			step += "  [" + ev.DeclaredWrong[n-1].Text + "]"
		}
		t.line(e.t("journey.step"), step)
	}
	l := a.Ledger
	t.line(e.t("ledger"), e.t("ledger.at", l.ChainID, l.Height, l.Time))
}

// placeName is what is registered of where a step happened, after a separator.
func placeName(ev verify.EventView) string {
	p := ev.PlaceRecord
	if p == nil {
		p = ev.LocationRecord
	}
	switch {
	case p == nil:
		return ""
	case p.Municipality == "":
		return "  " + p.Name
	}
	return "  " + p.Name + " (ISTAT " + p.Municipality + ")"
}
