package verify

import (
	"encoding/hex"
	"strings"
	"time"

	basev1 "github.com/filiera-chain/filiera/api/base/v1"
	certv1 "github.com/filiera-chain/filiera/api/cert/v1"
	tracev1 "github.com/filiera-chain/filiera/api/trace/v1"
)

// view shows the records; the verdict and the reasons are set by the caller. Lists are never nil, so that JSON has [].
func (j *judge) view() *Answer {
	a := &Answer{
		Lang: j.w.lang(), GTIN: j.r.GTIN, Lot: j.r.Lot,
		Attestations: []AttestationView{}, ContractResults: j.contractResults(), Journey: []EventView{}, Inputs: j.inputViews(j.r.Inputs), PrivateFields: j.privateViews(), Recalls: j.recallViews(),
		Ledger: LedgerView{
			ChainID: j.at.ChainID, Height: j.at.Height, Time: j.at.Time.UTC().Format(time.RFC3339Nano), AppHash: hex.EncodeToString(j.at.AppHash),
		},
	}
	if p := j.r.Product; p != nil {
		a.Product = &ProductView{
			GTIN: p.GetGtin(), Name: p.GetName(), Owner: p.GetOwner(), Specification: p.GetSpecification(), BaseUnit: p.GetBaseUnit(),
			NetContent: quantityView(p.GetNetContent()), RegisteredAt: stamp(p.GetRegisteredAt()),
		}
		a.Producer = j.actor(p.GetOwner())
	}
	if j.r.Batch == nil {
		return a
	}
	a.Unit = j.unitView()
	a.Batch, a.Specification, a.Producer = j.batchView(), j.specificationView(), j.actor(j.r.Batch.GetOwner())
	for _, t := range j.r.Attestations {
		a.Attestations = append(a.Attestations, j.attestationView(t))
	}
	for _, e := range j.r.Journey {
		a.Journey = append(a.Journey, j.placed(j.eventView(e), e))
	}
	return a
}

// word is the plain word of an enum value: BATCH_STATUS_ACTIVE without BATCH_STATUS_ is active.
func word(value, prefix string) string { return strings.ToLower(strings.TrimPrefix(value, prefix)) }

// stamp writes unix seconds; 0 is left out.
func stamp(unix int64) string {
	if unix == 0 {
		return ""
	}
	return utc(unix).Format(time.RFC3339)
}

func quantityView(q *basev1.Quantity) *QuantityView {
	if q == nil {
		return nil
	}
	return &QuantityView{q.GetAmount(), q.GetUnit()}
}

// actor names a participant in full.
func (j *judge) actor(id string) *ActorView {
	if id == "" {
		return nil
	}
	v := &ActorView{ID: id}
	if p := j.r.Participants[id]; p != nil {
		v.Name, v.Status = p.GetName(), word(p.GetStatus().String(), "PARTICIPANT_STATUS_")
		v.StatusReason, v.StatusSince = p.GetStatusReason(), stamp(p.GetStatusSince())
		for _, alt := range p.GetAlternateIds() {
			v.AlternateIDs = append(v.AlternateIDs, AlternateView{word(alt.GetScheme().String(), "ALTERNATE_ID_SCHEME_"), alt.GetValue()})
		}
	}
	return v
}

// short names a participant by id and name only.
func (j *judge) short(id string) *ActorView {
	if id == "" {
		return nil
	}
	return &ActorView{ID: id, Name: j.r.Participants[id].GetName()}
}

func (j *judge) batchView() *BatchView {
	b := j.r.Batch
	return &BatchView{
		GTIN: b.GetGtin(), Lot: b.GetLot(), Specification: b.GetSpecification(), SpecificationVersion: b.GetSpecificationVersion(),
		Quantity: quantityView(b.GetQuantity()), ProductionDate: b.GetProductionDate(), ExpiryDate: b.GetExpiryDate(), Place: b.GetPlace(),
		Owner: j.short(b.GetOwner()), Custodian: j.short(b.GetCustodian()),
		Status: word(b.GetStatus().String(), "BATCH_STATUS_"), StatusReason: b.GetStatusReason(), StatusSince: stamp(b.GetStatusSince()),
		StatusBy: j.short(b.GetStatusBy()), RegisteredAt: stamp(b.GetRegisteredAt()), RegisteredHeight: b.GetRegisteredHeight(),
	}
}

func (j *judge) specificationView() *SpecificationView {
	s, v := j.r.Specification, j.r.Version
	if s == nil {
		return nil
	}
	view := &SpecificationView{
		ID: s.GetId(), Name: s.GetName(), Scheme: word(s.GetScheme().String(), "SCHEME_"), Version: v.GetVersion(), LatestVersion: s.GetLatestVersion(),
		LegalBasis: v.GetLegalBasis(), DocumentSHA256: hex.EncodeToString(v.GetDocumentSha256()), Municipalities: v.GetMunicipalities(),
		InForceFrom: v.GetInForceFrom(), InForceTo: v.GetInForceTo(),
	}
	for _, q := range v.GetRequirements() {
		text := j.w.pick(q.GetTextIt(), q.GetTextEn())
		if text == "" {
			text = q.GetTextIt()
		}
		view.Requirements = append(view.Requirements, RequirementView{q.GetId(), q.GetClause(), text})
	}
	return view
}

func (j *judge) attestationView(a *certv1.Attestation) AttestationView {
	s := standingOf(a, j.now())
	v := AttestationView{
		ID: a.GetId(), Standing: s, StandingText: j.w.standing(s), Certifier: *j.actor(a.GetCertifier()),
		Accreditation: j.accreditationView(a), Specification: a.GetSpecification(), SpecificationVersion: a.GetSpecificationVersion(),
		Quantity: quantityView(covered(a, j.r.Whole.GetGtin(), j.r.Whole.GetLot()).GetQuantity()), ValidFrom: stamp(a.GetValidFrom()), ValidUntil: stamp(a.GetValidUntil()),
		Declared: []PointView{}, Checked: []PointView{}, Measured: []PointView{}, Evidence: []EvidenceView{},
		KeyLabel: a.GetKeyLabel(), CredentialSHA256: hex.EncodeToString(a.GetCredentialSha256()),
		Replaces: a.GetReplaces(), ReplacedBy: a.GetReplacedBy(), SubmittedBy: a.GetSubmittedBy(), History: j.lines(a.GetHistory()),
	}
	for _, p := range a.GetPoints() {
		point := PointView{p.GetId(), p.GetClause(), p.GetText(), word(p.GetResult().String(), "RESULT_"), p.GetValue(), p.GetUnit(), p.GetMethod()}
		switch p.GetBasis() {
		case certv1.Basis_BASIS_CHECKED:
			v.Checked = append(v.Checked, point)
		case certv1.Basis_BASIS_MEASURED:
			v.Measured = append(v.Measured, point)
		default: // nobody but the producer vouches for it
			v.Declared = append(v.Declared, point)
		}
	}
	for _, e := range a.GetEvidence() {
		v.Evidence = append(v.Evidence, EvidenceView{hex.EncodeToString(e.GetSha256()), e.GetSize(), e.GetMediaType(), e.GetName()})
	}
	return v
}

func (j *judge) accreditationView(a *certv1.Attestation) *AccreditationView {
	acc := j.r.Accreditations[AccreditationID{a.GetCertifier(), a.GetSpecification()}]
	if acc == nil {
		return nil
	}
	return &AccreditationView{
		Reference: acc.GetReference(), Status: word(acc.GetStatus().String(), "ACCREDITATION_STATUS_"),
		ValidFrom: stamp(acc.GetValidFrom()), ValidUntil: stamp(acc.GetValidUntil()), History: j.lines(acc.GetHistory()),
	}
}

func (j *judge) lines(history []*basev1.StatusLine) []LineView {
	out := []LineView{}
	for _, l := range history {
		out = append(out, LineView{l.GetStatus(), j.w.line(l.GetStatus()), l.GetReason(), j.short(l.GetActor()), stamp(l.GetAt()), l.GetHeight()})
	}
	return out
}

func (j *judge) eventView(e *tracev1.Event) EventView {
	v := EventView{
		ID: hex.EncodeToString(e.GetId()), Time: time.UnixMilli(e.GetEventTimeMs()).UTC().Format(time.RFC3339Nano), LocalTime: localTime(e).Format(time.RFC3339Nano),
		Type: e.GetType(), Action: e.GetAction(), Step: e.GetBizStep(), StepText: j.w.step(e.GetBizStep(), e.GetType()),
		Disposition: e.GetDisposition(), Place: e.GetReadPoint(), Location: e.GetBizLocation(), Actor: j.short(e.GetReporter()),
		RecordedAt: stamp(e.GetRecordedAt()), RecordedHeight: e.GetRecordedHeight(), RecordedLate: recordedLate(e),
		ContentSHA256: hex.EncodeToString(e.GetContentSha256()),
	}
	for _, d := range e.GetDeclarations() {
		v.DeclaredWrong = append(v.DeclaredWrong, DeclarationView{
			Time: time.UnixMilli(d.GetDeclaredTimeMs()).UTC().Format(time.RFC3339Nano), Reason: d.GetReason(), Text: j.w.errorReason(d.GetReason()),
			CorrectiveEvents: d.GetCorrectiveEventIds(), By: j.short(d.GetDeclaredBy()), RecordedAt: stamp(d.GetRecordedAt()), RecordedHeight: d.GetRecordedHeight(),
		})
	}
	for _, b := range e.GetBatches() {
		part := word(b.GetPart().String(), "PART_")
		if b.GetBatch().GetGtin() == j.r.GTIN && b.GetBatch().GetLot() == j.r.Lot {
			v.Part, v.Quantity, v.Unit = part, b.GetQuantity(), b.GetUnit()
			continue
		}
		v.With = append(v.With, BatchInRef{b.GetBatch().GetGtin(), b.GetBatch().GetLot(), part, b.GetQuantity(), b.GetUnit(), b.GetRegistered()})
	}
	return v
}

func (j *judge) inputViews(inputs []*Input) []InputView {
	out := []InputView{}
	for _, in := range inputs {
		v := InputView{
			GTIN: in.GTIN, Lot: in.Lot, Name: in.Product.GetName(), Quantity: in.Quantity, Unit: in.Unit, Event: hex.EncodeToString(in.Event),
			Registered: in.Batch != nil, Inputs: j.inputViews(in.Inputs),
		}
		if b := in.Batch; b != nil {
			v.Status, v.Specification = word(b.GetStatus().String(), "BATCH_STATUS_"), b.GetSpecification()
			v.ProductionDate, v.Owner = b.GetProductionDate(), j.short(b.GetOwner())
		}
		out = append(out, v)
	}
	return out
}

func (j *judge) privateViews() []PrivateFieldView {
	out := []PrivateFieldView{}
	for _, c := range j.r.Private {
		for _, f := range c.GetFields() {
			out = append(out, PrivateFieldView{
				Field: f.GetName(), Participant: j.short(c.GetParticipant()), Commitment: hex.EncodeToString(c.GetId()),
				CommittedAt: stamp(c.GetCommittedAt()), ErasedAt: stamp(f.GetErasedAt()),
			})
		}
	}
	return out
}
