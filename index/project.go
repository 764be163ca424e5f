package index

import (
	"encoding/binary"
	"fmt"
	"strings"
	"time"

	abci "github.com/cometbft/cometbft/abci/types"
	"google.golang.org/protobuf/proto"

	agreementv1 "github.com/filiera-chain/filiera/api/agreement/v1"
	certv1 "github.com/filiera-chain/filiera/api/cert/v1"
	controlv1 "github.com/filiera-chain/filiera/api/control/v1"
	custodyv1 "github.com/filiera-chain/filiera/api/custody/v1"
	ledgerv1 "github.com/filiera-chain/filiera/api/ledger/v1"
	lineagev1 "github.com/filiera-chain/filiera/api/lineage/v1"
	matterv1 "github.com/filiera-chain/filiera/api/matter/v1"
	placev1 "github.com/filiera-chain/filiera/api/place/v1"
	privacyv1 "github.com/filiera-chain/filiera/api/privacy/v1"
	productv1 "github.com/filiera-chain/filiera/api/product/v1"
	recallv1 "github.com/filiera-chain/filiera/api/recall/v1"
	registryv1 "github.com/filiera-chain/filiera/api/registry/v1"
	rulesv1 "github.com/filiera-chain/filiera/api/rules/v1"
	tracev1 "github.com/filiera-chain/filiera/api/trace/v1"
	txv1 "github.com/filiera-chain/filiera/api/tx/v1"
	unitv1 "github.com/filiera-chain/filiera/api/unit/v1"
	"github.com/filiera-chain/filiera/envelope"
)

// seqShift leaves room for 2^20 transactions in a block.
const seqShift = 20

// projection turns blocks into rows.
type projection struct {
	changes
	// signers: key address to participant, as of the transaction at work.
	signers map[string]string
	// first says that the next block is the first one ever applied.
	first bool
	// height, time and events so far of the block at work.
	height int64
	time   time.Time
	events int64
}

// block adds the rows of one block.
func (p *projection) block(b *Block) error {
	if len(b.Results) != len(b.Txs) {
		return fmt.Errorf("block %d has %d transactions and %d results", b.Height, len(b.Txs), len(b.Results))
	}
	if len(b.Txs) >= 1<<seqShift {
		return fmt.Errorf("block %d has %d transactions; the read model takes at most %d", b.Height, len(b.Txs), 1<<seqShift-1)
	}
	p.height, p.time, p.events = b.Height, b.Time, 0
	genesis, end := p.split(b)
	if err := p.announced(genesis, nil); err != nil {
		return fmt.Errorf("genesis: %w", err)
	}
	for i := range b.Txs {
		if err := p.tx(b, i); err != nil {
			return fmt.Errorf("block %d, transaction %d: %w", b.Height, i, err)
		}
	}
	if err := p.announced(end, nil); err != nil {
		return fmt.Errorf("block %d, end: %w", b.Height, err)
	}
	p.first = false
	p.put(tBlocks, b.Height, b.Hash, b.Time.UnixNano(), int64(len(b.Txs)))
	return nil
}

// split tells the genesis records, which come before the transactions, from
// what the end of the block announced. An engine has one list of block events
// only, so in the first block the genesis records stand in it: those that carry
// the attribute "genesis", or, where none does, all.
func (p *projection) split(b *Block) (genesis, end []abci.Event) {
	genesis = append(genesis, b.Genesis...)
	if !p.first {
		return genesis, b.EndEvents
	}
	for i := range b.EndEvents {
		if marked(&b.EndEvents[i]) {
			genesis = append(genesis, b.EndEvents[i])
		} else {
			end = append(end, b.EndEvents[i])
		}
	}
	if len(genesis) == 0 {
		return end, nil
	}
	return genesis, end
}

func marked(e *abci.Event) bool {
	for i := range e.Attributes {
		if e.Attributes[i].Key == genesisAttribute {
			return true
		}
	}
	return false
}

// opened is a transaction as far as the read model looks into it.
type opened struct {
	hash      [32]byte
	bodyBytes []byte
	signature []byte
	body      txv1.TxBody
	acts      []proto.Message
	// captured holds the events of each capture act once they are asked for.
	captured map[uint32]*document
}

// open reads a transaction. Bytes that are none give an empty one: blocks may
// hold whatever their proposer put there.
func open(raw []byte) *opened {
	o := &opened{hash: envelope.Hash(raw)}
	var tx txv1.Tx
	if proto.Unmarshal(raw, &tx) != nil {
		return o
	}
	o.bodyBytes, o.signature = tx.GetBody(), tx.GetSignature()
	if proto.Unmarshal(tx.GetBody(), &o.body) != nil {
		o.body.Reset()
		return o
	}
	for _, a := range o.body.GetActs() {
		if m := envelope.Message(a); m != nil {
			o.acts = append(o.acts, m)
		}
	}
	return o
}

func (o *opened) actNames() string {
	names := make([]string, len(o.acts))
	for i, m := range o.acts {
		names[i] = string(m.ProtoReflect().Descriptor().FullName())
	}
	return strings.Join(names, ",")
}

func (p *projection) tx(b *Block, i int) error {
	o, r := open(b.Txs[i]), b.Results[i]
	id, message := r.Info, r.Log
	if r.Code == abci.CodeTypeOK {
		id, message = "", ""
	}
	p.put(tTxs, b.Height<<seqShift|int64(i), tag(o.hash[:]), o.hash[:], int64(r.Code), text(r.Codespace), text(id), text(message),
		p.signer(o, r), o.actNames(), nonNil(r.Data), b.Time.UnixNano())
	if r.Code != abci.CodeTypeOK {
		return nil // what a refused transaction announced did not happen
	}
	return p.announced(r.Events, o)
}

// signer is the participant whose key signed. The application may say it in an
// event of type "tx"; else it is recovered from the signature, which costs
// about as much as everything else here together.
func (p *projection) signer(o *opened, r *abci.ExecTxResult) string {
	for i := range r.Events {
		if r.Events[i].Type != "tx" {
			continue
		}
		for _, a := range r.Events[i].Attributes {
			if a.Key == "signer" {
				return a.Value
			}
		}
	}
	address, err := envelope.RecoverAddress(envelope.Digest(o.body.GetChainId(), o.bodyBytes), o.signature)
	if err != nil {
		return ""
	}
	return p.signers[string(address)]
}

func (p *projection) announced(events []abci.Event, o *opened) error {
	for i := range events {
		m, err := announcement(&events[i])
		if err != nil {
			return err
		}
		if m == nil {
			continue
		}
		if err := p.announce(m, o); err != nil {
			return fmt.Errorf("announcement %s: %w", events[i].Type, err)
		}
	}
	return nil
}

func (p *projection) announce(m proto.Message, o *opened) error {
	switch a := m.(type) {
	case *registryv1.ParticipantChanged:
		r := a.GetParticipant()
		p.findable("participant", r.GetId(), r.GetName(), r.GetId())
		return p.record(tParticipants, r, r.GetId(), int64(r.GetStatus()))
	case *registryv1.KeyChanged:
		r := a.GetKey()
		p.signers[string(r.GetAddress())] = r.GetParticipant()
		return p.record(tKeys, r, nonNil(r.GetAddress()), r.GetParticipant(), r.GetLabel())
	case *registryv1.GrantChanged:
		r := a.GetGrant()
		return p.record(tGrants, r, r.GetParticipant(), int64(r.GetNumber()), int64(r.GetRole()), flag(r.GetRevokedAt() != 0))
	case *registryv1.AccreditationChanged:
		r := a.GetAccreditation()
		return p.record(tAccreditations, r, r.GetCertifier(), r.GetSpecification(), int64(r.GetStatus()))
	case *registryv1.ProposalChanged:
		r := a.GetProposal()
		return p.record(tProposals, r, int64(r.GetId()), int64(r.GetStatus()))
	case *registryv1.ParamsChanged:
		return p.record(tParams, a.GetParams(), int64(1))
	case *registryv1.ValidatorChanged:
		r := a.GetValidator()
		return p.record(tValidators, r, nonNil(r.GetPublicKey()), r.GetPower())
	case *placev1.LocationChanged:
		return p.location(a.GetLocation())
	case *productv1.SpecificationChanged:
		r := a.GetSpecification()
		p.findable("specification", r.GetId(), r.GetName(), r.GetId())
		return p.record(tSpecifications, r, r.GetId(), int64(r.GetScheme()))
	case *productv1.VersionPublished:
		r := a.GetVersion()
		return p.record(tSpecVersions, r, r.GetSpecification(), int64(r.GetVersion()))
	case *productv1.ProductChanged:
		r := a.GetProduct()
		p.findable("product", r.GetGtin(), r.GetName(), r.GetGtin(), strings.TrimLeft(r.GetGtin(), "0"))
		return p.record(tProducts, r, r.GetGtin(), r.GetOwner(), r.GetSpecification())
	case *productv1.BatchChanged:
		r := a.GetBatch()
		p.put(tLotWords, lotWord(r.GetLot()), r.GetGtin(), r.GetLot())
		return p.record(tBatches, r, r.GetGtin(), r.GetLot(), r.GetOwner(), r.GetCustodian(), r.GetSpecification(),
			int64(r.GetStatus()), r.GetProductionDate(), int64(r.GetLateDays()), r.GetQuantity().GetUnit(), r.GetQuantity().GetAmount())
	case *certv1.AttestationChanged:
		return p.attestation(a.GetAttestation())
	case *privacyv1.CommitmentChanged:
		r := a.GetCommitment()
		return p.record(tCommitments, r, nonNil(r.GetId()), r.GetParticipant(), subjectText(r.GetSubject()))
	case *privacyv1.HoldingChanged:
		r := a.GetHolding()
		return p.record(tHoldings, r, r.GetParticipant(), nonNil(r.GetCommitment()), r.GetField(), flag(r.GetErasedAt() != 0))
	case *controlv1.RequestChanged:
		return p.controlRequest(a.GetRequest())
	case *controlv1.FindingChanged:
		r := a.GetFinding()
		return p.record(tControlFindings, r, r.GetRequest(), int64(r.GetNumber()), int64(r.GetSeverity()), flag(r.GetClosedAt() != 0), r.GetDeadlineDate())
	case *controlv1.LabResultRecorded:
		r := a.GetResult()
		return p.record(tControlResults, r, r.GetRequest(), int64(r.GetNumber()), int64(r.GetVerdict()))
	case *matterv1.EntryPosted:
		return p.entry(a.GetEntry())
	case *matterv1.StockChanged:
		r := a.GetStock()
		return p.record(tStocks, r, r.GetBatch().GetGtin(), r.GetBatch().GetLot(), r.GetLeft(), r.GetSold())
	case *matterv1.HoldingChanged:
		r := a.GetHolding()
		return p.record(tHeld, r, r.GetBatch().GetGtin(), r.GetBatch().GetLot(), r.GetHolder(), flag(r.GetLeft() > 0), r.GetLeft())
	case *lineagev1.MarkChanged, *lineagev1.SpreadChanged, *recallv1.RecallChanged, *recallv1.AcknowledgementChanged, *recallv1.NoticeChanged, *recallv1.LiftRecorded:
		return p.recall(a)
	case *ledgerv1.ActChanged:
		return p.act(a.GetAct())
	case *ledgerv1.RelationChanged:
		r := a.GetRelation()
		return p.record(tActRelations, r, r.GetFrom(), int64(r.GetKind()), r.GetTo(), flag(r.GetWithdrawnAt() == 0))
	case *ledgerv1.RegisterChanged:
		r := a.GetRegister()
		p.findable("register", r.GetId(), r.GetTitle(), r.GetId())
		return p.record(tRegisters, r, r.GetId(), int64(r.GetKind()), r.GetBody(), flag(r.GetClosedAt() == 0))
	case *ledgerv1.RegisterAppended:
		r := a.GetAppend()
		return p.record(tRegisterAppends, r, r.GetRegister(), int64(r.GetNumber()))
	case *ledgerv1.BudgetLineChanged, *ledgerv1.BudgetMoved, *ledgerv1.PositionChanged:
		return p.budget(a)
	case *rulesv1.VersionChanged, *rulesv1.ConsequenceChanged, *rulesv1.PointsChanged:
		return p.contract(a)
	case *agreementv1.AgreementChanged:
		return p.agreement(a.GetAgreement())
	case *custodyv1.OfferChanged:
		return p.offer(a.GetOffer())
	case *custodyv1.UnitChanged:
		return p.unit(a.GetUnit())
	case *unitv1.RunChanged, *unitv1.UnitsVoided, *unitv1.UnitChanged:
		return p.units(a)
	case *tracev1.EventCaptured:
		return p.event(a, o)
	case *tracev1.EventDeclaredWrong:
		return p.declaredWrong(a, o)
	}
	return nil
}

// record writes a row of cols followed by the record's bytes.
func (p *projection) record(t int, r proto.Message, cols ...any) error {
	if !r.ProtoReflect().IsValid() {
		return fmt.Errorf("it carries no record")
	}
	b, err := proto.MarshalOptions{Deterministic: true}.Marshal(r)
	if err != nil {
		return err
	}
	p.put(t, append(cols, nonNil(b))...)
	return nil
}

func (p *projection) attestation(r *certv1.Attestation) error {
	status := ""
	if n := len(r.GetHistory()); n > 0 {
		status = r.GetHistory()[n-1].GetStatus()
	}
	for _, c := range r.GetBatches() {
		p.put(tAttestationBatches, c.GetBatch().GetGtin(), c.GetBatch().GetLot(), r.GetId())
		p.moves(r, c)
	}
	return p.record(tAttestations, r, r.GetId(), r.GetCertifier(), r.GetSpecification(), status)
}

func (p *projection) event(a *tracev1.EventCaptured, o *opened) error {
	r := a.GetEvent()
	if !r.ProtoReflect().IsValid() {
		return fmt.Errorf("it carries no record")
	}
	id, hash, doc, context := nonNil(r.GetId()), []byte{}, "", ""
	if o != nil {
		hash = o.hash[:]
		doc, context = o.event(a.GetAct(), a.GetIndex())
	}
	b, err := proto.MarshalOptions{Deterministic: true}.Marshal(r)
	if err != nil {
		return err
	}
	p.put(tEvents, id, r.GetEventTimeMs(), r.GetType(), r.GetAction(), r.GetBizStep(), r.GetDisposition(), r.GetReporter(), int64(r.GetLateDays()),
		hash, nonNil(b), doc, context)
	for _, i := range r.GetBatches() {
		p.put(tEventBatches, i.GetBatch().GetGtin(), i.GetBatch().GetLot(), r.GetEventTimeMs(), id, int64(i.GetPart()), flag(i.GetRegistered()))
	}
	p.eventEdges(r)
	if a.GetAdopted() {
		p.put(tAdoptedEvents, id, p.height<<eventShift|p.events)
		// Declarations of the record before are gone with it.
		if err := p.record(tDeclaredEvents, r, id); err != nil {
			return err
		}
	}
	return p.queryable(id, r.GetEventTimeMs(), doc, context, false)
}

// tag is the part of a hash that is indexed.
func tag(hash []byte) int64 { return int64(binary.BigEndian.Uint64(hash)) }

func flag(b bool) int64 {
	if b {
		return 1
	}
	return 0
}

// nonNil keeps an empty value from becoming SQL's NULL.
func nonNil(b []byte) []byte {
	if b == nil {
		return []byte{}
	}
	return b
}

// text keeps bytes that are no UTF-8, and NUL, out of text columns.
func text(s string) string {
	return strings.ReplaceAll(strings.ToValidUTF8(s, "\uFFFD"), "\x00", "\uFFFD")
}
