package verify

import (
	"fmt"
	"math/big"
	"strings"

	certv1 "github.com/filiera-chain/filiera/api/cert/v1"
	registryv1 "github.com/filiera-chain/filiera/api/registry/v1"
	"github.com/filiera-chain/filiera/module/statekey"
)

// certification always adds a reason that leads to a verdict.
func (j *judge) certification() {
	if j.r.Batch.GetSpecification() == "" {
		j.add("no_specification", NotCertified, j.batchKey(),
			"Questo prodotto non segue il disciplinare di una denominazione protetta o di un marchio di qualità: non c'è nulla da certificare.",
			"This product is not made to the specification of a protected name or a quality mark: there is nothing to certify.")
	}
	if w := j.r.Whole; w != nil && (w.GetGtin() != j.r.GTIN || w.GetLot() != j.r.Lot) && len(j.r.Attestations) > 0 {
		j.add("part_of_certified_batch", "", statekey.Stock(j.r.GTIN, j.r.Lot),
			fmt.Sprintf("Il lotto è una parte del lotto %s, e valgono i certificati di quello.", w.GetLot()),
			fmt.Sprintf("The batch is a part of batch %s, whose certificates hold for it.", w.GetLot()))
	}
	by := j.sorted()
	for _, a := range j.r.Attestations {
		j.issuer(a)
	}
	if len(by[StandingInForce]) > 0 {
		j.inForce(by)
		return
	}
	j.notInForce(by)
}

// inForce is about a batch with at least one certificate in force.
func (j *judge) inForce(by map[Standing][]*certv1.Attestation) {
	for _, a := range by[StandingInForce] {
		j.attested(a)
		j.certifierNow(a)
		j.failedPoints(a)
	}
	j.quantities(by[StandingInForce])
	for _, a := range by[StandingSuspended] {
		j.stopped("other_certificate_suspended", AuthenticWithWarnings, a, "Un altro certificato di questo lotto è stato sospeso", "Another certificate of this batch was suspended")
	}
	for _, a := range by[StandingRevoked] {
		j.stopped("other_certificate_revoked", "", a, "Un altro certificato di questo lotto è stato revocato", "Another certificate of this batch was revoked")
	}
}

// notInForce is about a batch without a certificate in force: the gravest of what became of those it had.
func (j *judge) notInForce(by map[Standing][]*certv1.Attestation) {
	revokedLeads, expiredLeads := NotCertified, Expired
	if len(by[StandingSuspended]) > 0 {
		revokedLeads, expiredLeads = "", ""
	} else if len(by[StandingRevoked]) > 0 {
		expiredLeads = ""
	}
	for _, a := range by[StandingSuspended] {
		j.stopped("certificate_suspended", Suspended, a, "Il certificato è stato sospeso", "The certificate was suspended")
	}
	for _, a := range by[StandingRevoked] {
		j.stopped("certificate_revoked", revokedLeads, a, "Il certificato è stato revocato", "The certificate was revoked")
	}
	for _, a := range by[StandingExpired] {
		last := utc(a.GetValidUntil() - 1)
		j.add("certificate_expired", expiredLeads, statekey.Attestation(a.GetId()),
			fmt.Sprintf("Il certificato di %s era valido %s.", j.name(a.GetCertifier()), j.w.until(last)),
			fmt.Sprintf("The certificate by %s was valid %s.", j.name(a.GetCertifier()), j.w.until(last)))
	}
	for _, a := range by[StandingNotYet] {
		from := utc(a.GetValidFrom())
		j.add("certificate_not_yet_valid", NotCertified, statekey.Attestation(a.GetId()),
			fmt.Sprintf("Il certificato di %s vale solo %s.", j.name(a.GetCertifier()), j.w.since(from)),
			fmt.Sprintf("The certificate by %s is valid only from %s.", j.name(a.GetCertifier()), j.w.date(from)))
	}
	for _, a := range by[StandingPending] {
		j.add("certificate_pending", NotCertified, statekey.Attestation(a.GetId()),
			fmt.Sprintf("Il certificato di %s attende la firma di una seconda persona dell'organismo: non è ancora valido.", j.name(a.GetCertifier())),
			fmt.Sprintf("The certificate by %s awaits the signature of a second person of the body: it is not valid yet.", j.name(a.GetCertifier())))
	}
	for _, a := range by[StandingReplaced] {
		j.stopped("certificate_replaced", NotCertified, a, "Il certificato è stato sostituito da uno che non vale per questo lotto", "The certificate was replaced by one that does not hold for this batch")
	}
	if len(j.r.Attestations) == 0 && j.r.Batch.GetSpecification() != "" {
		start, _ := statekey.AttestationsOf(j.r.GTIN, j.r.Lot)
		j.add("no_certificate", NotCertified, start,
			"Nessun organismo di controllo ha certificato questo lotto.", "No control body has certified this batch.")
	}
}

// attested says in plain words who checked what, and when.
func (j *judge) attested(a *certv1.Attestation) {
	name, spec := j.name(a.GetCertifier()), j.r.Specification.GetName()
	if spec == "" {
		spec = a.GetSpecification()
	}
	issued, last := utc(issuedAt(a)), utc(a.GetValidUntil()-1)
	j.add("certificate_in_force", Authentic, statekey.Attestation(a.GetId()),
		fmt.Sprintf("%s ha certificato questo lotto per «%s» %s: %s. Il certificato vale %s.", name, spec, j.w.on(issued), j.points(a), j.w.until(last)),
		fmt.Sprintf("%s certified this batch for “%s” %s: %s. The certificate is valid %s.", name, spec, j.w.on(issued), j.points(a), j.w.until(last)))
}

// points counts the control points, keeping apart what the producer said from what the body saw.
func (j *judge) points(a *certv1.Attestation) string {
	n := map[certv1.Basis]int{}
	for _, p := range a.GetPoints() {
		if p.GetResult() != certv1.Result_RESULT_NOT_APPLICABLE {
			n[p.GetBasis()]++
		}
	}
	var parts []string
	if k := n[certv1.Basis_BASIS_CHECKED]; k > 0 {
		parts = append(parts, j.w.count(k, "requisito verificato dall'organismo", "requisiti verificati dall'organismo", "requirement checked by the body", "requirements checked by the body"))
	}
	if k := n[certv1.Basis_BASIS_MEASURED]; k > 0 {
		parts = append(parts, j.w.count(k, "misurato", "misurati", "measured", "measured"))
	}
	if k := n[certv1.Basis_BASIS_DECLARED]; k > 0 {
		parts = append(parts, j.w.count(k, "dichiarato dal produttore", "dichiarati dal produttore", "declared by the producer", "declared by the producer"))
	}
	if len(parts) == 0 {
		return j.w.pick("nessun requisito elencato", "no requirement listed")
	}
	return strings.Join(parts, ", ")
}

// issuer finds certificates that contradict who may issue them and for what. It holds for every certificate that stands,
// has stood or will stand; one revoked or replaced was taken back already.
func (j *judge) issuer(a *certv1.Attestation) {
	if s := standingOf(a, j.now()); s == StandingRevoked || s == StandingReplaced {
		return
	}
	if a.GetSpecification() != j.r.Batch.GetSpecification() || a.GetSpecificationVersion() != j.r.Batch.GetSpecificationVersion() {
		j.add("certificate_of_other_specification", Suspicious, statekey.Attestation(a.GetId()),
			fmt.Sprintf("Il certificato di %s riguarda un altro disciplinare (%s, versione %d).", j.name(a.GetCertifier()), a.GetSpecification(), a.GetSpecificationVersion()),
			fmt.Sprintf("The certificate by %s is about another specification (%s, version %d).", j.name(a.GetCertifier()), a.GetSpecification(), a.GetSpecificationVersion()))
	}
	if j.r.Accreditations[AccreditationID{a.GetCertifier(), a.GetSpecification()}] == nil {
		j.add("certifier_never_accredited", Suspicious, statekey.Accreditation(a.GetCertifier(), a.GetSpecification()),
			fmt.Sprintf("%s non è mai stato autorizzato a certificare questo prodotto.", j.name(a.GetCertifier())),
			fmt.Sprintf("%s was never authorised to certify this product.", j.name(a.GetCertifier())))
	}
}

// certifierNow warns when the body that issued a certificate in force could not issue it today.
func (j *judge) certifierNow(a *certv1.Attestation) {
	id := a.GetCertifier()
	p, name := j.r.Participants[id], j.name(id)
	since := utc(p.GetStatusSince())
	switch p.GetStatus() {
	case registryv1.ParticipantStatus_PARTICIPANT_STATUS_SUSPENDED:
		j.add("certifier_suspended", AuthenticWithWarnings, statekey.Participant(id),
			fmt.Sprintf("L'organismo %s è sospeso %s%s", name, j.w.since(since), j.w.because(p.GetStatusReason())),
			fmt.Sprintf("The body %s is suspended %s%s", name, j.w.since(since), j.w.because(p.GetStatusReason())))
	case registryv1.ParticipantStatus_PARTICIPANT_STATUS_REVOKED:
		j.add("certifier_revoked", AuthenticWithWarnings, statekey.Participant(id),
			fmt.Sprintf("L'organismo %s è escluso dal registro %s%s", name, j.w.since(since), j.w.because(p.GetStatusReason())),
			fmt.Sprintf("The body %s is excluded from the register %s%s", name, j.w.since(since), j.w.because(p.GetStatusReason())))
	}
	j.accreditationNow(a, name)
}

func (j *judge) accreditationNow(a *certv1.Attestation, name string) {
	acc := j.r.Accreditations[AccreditationID{a.GetCertifier(), a.GetSpecification()}]
	if acc == nil {
		return
	}
	key := statekey.Accreditation(a.GetCertifier(), a.GetSpecification())
	var since int64
	var reason string
	if h := acc.GetHistory(); len(h) > 0 {
		since, reason = h[len(h)-1].GetAt(), h[len(h)-1].GetReason()
	}
	switch {
	case acc.GetStatus() == registryv1.AccreditationStatus_ACCREDITATION_STATUS_SUSPENDED:
		j.add("accreditation_suspended", AuthenticWithWarnings, key,
			fmt.Sprintf("L'autorizzazione di %s a certificare questo prodotto è sospesa %s%s", name, j.w.since(utc(since)), j.w.because(reason)),
			fmt.Sprintf("The authorisation of %s to certify this product is suspended %s%s", name, j.w.since(utc(since)), j.w.because(reason)))
	case acc.GetStatus() == registryv1.AccreditationStatus_ACCREDITATION_STATUS_REVOKED:
		j.add("accreditation_revoked", AuthenticWithWarnings, key,
			fmt.Sprintf("L'autorizzazione di %s a certificare questo prodotto è revocata %s%s", name, j.w.since(utc(since)), j.w.because(reason)),
			fmt.Sprintf("The authorisation of %s to certify this product is revoked %s%s", name, j.w.since(utc(since)), j.w.because(reason)))
	case acc.GetValidUntil() != 0 && j.now() >= acc.GetValidUntil():
		j.add("accreditation_ended", "", key,
			fmt.Sprintf("L'autorizzazione di %s valeva %s; il certificato è stato rilasciato prima.", name, j.w.until(utc(acc.GetValidUntil()-1))),
			fmt.Sprintf("The authorisation of %s was valid %s; the certificate was issued before.", name, j.w.until(utc(acc.GetValidUntil()-1))))
	}
}

func (j *judge) failedPoints(a *certv1.Attestation) {
	for _, p := range a.GetPoints() {
		if p.GetResult() == certv1.Result_RESULT_FAIL {
			j.add("requirement_not_met", AuthenticWithWarnings, statekey.Attestation(a.GetId()),
				fmt.Sprintf("Il certificato di %s dice che un requisito non è rispettato: %s.", j.name(a.GetCertifier()), pointText(p)),
				fmt.Sprintf("The certificate by %s says that a requirement is not met: %s.", j.name(a.GetCertifier()), pointText(p)))
		}
	}
}

func pointText(p *certv1.Point) string {
	if p.GetText() != "" {
		return strings.TrimRight(p.GetText(), ".")
	}
	return p.GetId()
}

// quantities compares what is certified, over all certificates in force, with what was produced. Sums are unbounded.
func (j *judge) quantities(inForce []*certv1.Attestation) {
	made := j.r.Whole.GetQuantity()
	sum := new(big.Int)
	for _, a := range inForce {
		q := covered(a, j.r.Whole.GetGtin(), j.r.Whole.GetLot()).GetQuantity()
		if q.GetUnit() != made.GetUnit() {
			j.add("quantities_not_comparable", AuthenticWithWarnings, statekey.Attestation(a.GetId()),
				fmt.Sprintf("Il certificato conta %s, il produttore %s: non si possono confrontare.", j.w.quantity(q.GetAmount(), q.GetUnit()), j.w.quantity(made.GetAmount(), made.GetUnit())),
				fmt.Sprintf("The certificate counts %s, the producer %s: they cannot be compared.", j.w.quantity(q.GetAmount(), q.GetUnit()), j.w.quantity(made.GetAmount(), made.GetUnit())))
			return
		}
		sum.Add(sum, big.NewInt(q.GetAmount()))
	}
	record, unit := statekey.Attestation(inForce[len(inForce)-1].GetId()), made.GetUnit()
	switch sum.Cmp(big.NewInt(made.GetAmount())) {
	case 1:
		j.add("certified_more_than_produced", Suspicious, record,
			fmt.Sprintf("Risulta certificato più di quanto è stato prodotto: %s su %s.", j.amount(sum, unit), j.w.quantity(made.GetAmount(), unit)),
			fmt.Sprintf("More is certified than was produced: %s out of %s.", j.amount(sum, unit), j.w.quantity(made.GetAmount(), unit)))
	case -1:
		j.add("certified_less_than_produced", AuthenticWithWarnings, record,
			fmt.Sprintf("Solo una parte del lotto è certificata: %s su %s.", j.amount(sum, unit), j.w.quantity(made.GetAmount(), unit)),
			fmt.Sprintf("Only part of the batch is certified: %s out of %s.", j.amount(sum, unit), j.w.quantity(made.GetAmount(), unit)))
	}
}

func (j *judge) amount(n *big.Int, unit string) string {
	if n.IsInt64() {
		return j.w.quantity(n.Int64(), unit)
	}
	return n.String() + " " + unit
}

// stopped says by whom, when and why a certificate stopped: the last line of its history.
func (j *judge) stopped(code string, leads Verdict, a *certv1.Attestation, it, en string) {
	last := lastLine(a)
	j.add(code, leads, statekey.Attestation(a.GetId()),
		it+j.by(last.GetActor())+" "+j.w.on(utc(last.GetAt()))+j.w.because(last.GetReason()),
		en+j.by(last.GetActor())+" "+j.w.on(utc(last.GetAt()))+j.w.because(last.GetReason()))
}
