package index

import (
	"encoding/base64"
	"fmt"

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
	unitv1 "github.com/filiera-chain/filiera/api/unit/v1"
	"github.com/filiera-chain/filiera/module"
)

// recordAttribute is the ABCI event attribute that holds an announcement.
const recordAttribute = "record"

// genesisAttribute marks, among the events of the first block, the announcement
// of a record that stood there before the block began.
const genesisAttribute = "genesis"

// announcements maps the type of an ABCI event to the announcement it carries.
var announcements = map[string]func() proto.Message{}

func known[T any, P interface {
	*T
	proto.Message
}]() {
	var p P = new(T)
	announcements[string(p.ProtoReflect().Descriptor().FullName())] = func() proto.Message { return P(new(T)) }
}

//nolint:gochecknoinits // fills one table of types
func init() {
	known[registryv1.ParticipantChanged]()
	known[registryv1.KeyChanged]()
	known[registryv1.GrantChanged]()
	known[registryv1.AccreditationChanged]()
	known[registryv1.ProposalChanged]()
	known[registryv1.ParamsChanged]()
	known[registryv1.ValidatorChanged]()
	known[placev1.LocationChanged]()
	known[productv1.SpecificationChanged]()
	known[productv1.VersionPublished]()
	known[productv1.ProductChanged]()
	known[productv1.BatchChanged]()
	known[certv1.AttestationChanged]()
	known[controlv1.RequestChanged]()
	known[controlv1.FindingChanged]()
	known[controlv1.LabResultRecorded]()
	known[tracev1.EventCaptured]()
	known[tracev1.EventDeclaredWrong]()
	known[matterv1.EntryPosted]()
	known[matterv1.StockChanged]()
	known[matterv1.HoldingChanged]()
	known[custodyv1.OfferChanged]()
	known[custodyv1.UnitChanged]()
	known[lineagev1.MarkChanged]()
	known[lineagev1.SpreadChanged]()
	known[recallv1.RecallChanged]()
	known[recallv1.AcknowledgementChanged]()
	known[recallv1.NoticeChanged]()
	known[recallv1.LiftRecorded]()
	known[rulesv1.VersionChanged]()
	known[rulesv1.RulingMade]()
	known[rulesv1.ConsequenceChanged]()
	known[rulesv1.FactsDeclared]()
	known[rulesv1.NoticeGiven]()
	known[rulesv1.PointsChanged]()
	known[agreementv1.AgreementChanged]()
	known[unitv1.RunChanged]()
	known[unitv1.UnitChanged]()
	known[unitv1.UnitsVoided]()
	known[unitv1.TallyChanged]()
	known[ledgerv1.ActChanged]()
	known[ledgerv1.RelationChanged]()
	known[ledgerv1.RegisterChanged]()
	known[ledgerv1.RegisterAppended]()
	known[ledgerv1.BudgetLineChanged]()
	known[ledgerv1.BudgetMoved]()
	known[ledgerv1.PositionChanged]()
	known[privacyv1.CommitmentChanged]()
	known[privacyv1.HoldingChanged]()
}

// Announce gives the ABCI event of an announcement: its type is the message's
// full name, its one attribute the message's bytes in base64.
func Announce(m proto.Message) (abci.Event, error) {
	b, err := module.Marshal(m)
	if err != nil {
		return abci.Event{}, err
	}
	return abci.Event{
		Type:       string(m.ProtoReflect().Descriptor().FullName()),
		Attributes: []abci.EventAttribute{{Key: recordAttribute, Value: base64.StdEncoding.EncodeToString(b)}},
	}, nil
}

// AnnounceRecord gives the announcement of a record as it stands: what a
// genesis state, whose records no act announced, is told with. It gives nil for
// a message that is no announced record.
func AnnounceRecord(record proto.Message) proto.Message {
	switch r := record.(type) {
	case *registryv1.Participant:
		return &registryv1.ParticipantChanged{Participant: r}
	case *registryv1.Key:
		return &registryv1.KeyChanged{Key: r}
	case *registryv1.Grant:
		return &registryv1.GrantChanged{Grant: r}
	case *registryv1.Accreditation:
		return &registryv1.AccreditationChanged{Accreditation: r}
	case *registryv1.Proposal:
		return &registryv1.ProposalChanged{Proposal: r}
	case *registryv1.Params:
		return &registryv1.ParamsChanged{Params: r}
	case *registryv1.Validator:
		return &registryv1.ValidatorChanged{Validator: r}
	case *placev1.Location:
		return &placev1.LocationChanged{Location: r}
	case *productv1.Specification:
		return &productv1.SpecificationChanged{Specification: r}
	case *productv1.SpecificationVersion:
		return &productv1.VersionPublished{Version: r}
	case *productv1.Product:
		return &productv1.ProductChanged{Product: r}
	case *productv1.Batch:
		return &productv1.BatchChanged{Batch: r}
	case *certv1.Attestation:
		return &certv1.AttestationChanged{Attestation: r}
	case *matterv1.Entry:
		return &matterv1.EntryPosted{Entry: r}
	case *matterv1.Stock:
		return &matterv1.StockChanged{Stock: r}
	case *matterv1.Holding:
		return &matterv1.HoldingChanged{Holding: r}
	case *custodyv1.Offer:
		return &custodyv1.OfferChanged{Offer: r}
	case *custodyv1.LogisticUnit:
		return &custodyv1.UnitChanged{Unit: r}
	case *lineagev1.Mark:
		return &lineagev1.MarkChanged{Mark: r}
	case *lineagev1.Spread:
		return &lineagev1.SpreadChanged{Spread: r}
	case *recallv1.Recall:
		return &recallv1.RecallChanged{Recall: r}
	case *recallv1.Acknowledgement:
		return &recallv1.AcknowledgementChanged{Acknowledgement: r}
	case *recallv1.Notice:
		return &recallv1.NoticeChanged{Notice: r}
	case *recallv1.LiftRecord:
		return &recallv1.LiftRecorded{Lift: r}
	case *rulesv1.Version:
		return &rulesv1.VersionChanged{Version: r}
	case *rulesv1.Ruling:
		return &rulesv1.RulingMade{Ruling: r}
	case *rulesv1.Consequence:
		return &rulesv1.ConsequenceChanged{Consequence: r}
	case *rulesv1.Declaration:
		return &rulesv1.FactsDeclared{Declaration: r}
	case *rulesv1.Notice:
		return &rulesv1.NoticeGiven{Notice: r}
	case *rulesv1.Points:
		return &rulesv1.PointsChanged{Points: r}
	case *agreementv1.Agreement:
		return &agreementv1.AgreementChanged{Agreement: r}
	case *unitv1.Run:
		return &unitv1.RunChanged{Run: r}
	case *unitv1.Unit:
		return &unitv1.UnitChanged{Unit: r}
	case *unitv1.Voiding:
		return &unitv1.UnitsVoided{Voiding: r}
	case *unitv1.Tally:
		return &unitv1.TallyChanged{Tally: r}
	case *ledgerv1.Act:
		return &ledgerv1.ActChanged{Act: r}
	case *ledgerv1.Relation:
		return &ledgerv1.RelationChanged{Relation: r}
	case *ledgerv1.Register:
		return &ledgerv1.RegisterChanged{Register: r}
	case *ledgerv1.RegisterAppend:
		return &ledgerv1.RegisterAppended{Append: r}
	case *ledgerv1.BudgetLine:
		return &ledgerv1.BudgetLineChanged{Line: r}
	case *ledgerv1.Movement:
		return &ledgerv1.BudgetMoved{Movement: r}
	case *ledgerv1.Position:
		return &ledgerv1.PositionChanged{Position: r}
	case *privacyv1.Commitment:
		return &privacyv1.CommitmentChanged{Commitment: r}
	case *privacyv1.Holding:
		return &privacyv1.HoldingChanged{Holding: r}
	case *controlv1.ControlRequest:
		return &controlv1.RequestChanged{Request: r}
	case *controlv1.NonConformity:
		return &controlv1.FindingChanged{Finding: r}
	case *controlv1.LabResult:
		return &controlv1.LabResultRecorded{Result: r}
	case *tracev1.Event:
		return &tracev1.EventCaptured{Event: r}
	}
	return nil
}

// announcement reads an ABCI event: nil, nil when it is of a type that this
// read model does not know.
func announcement(e *abci.Event) (proto.Message, error) {
	newMessage, ok := announcements[e.Type]
	if !ok {
		return nil, nil
	}
	for i := range e.Attributes {
		if e.Attributes[i].Key != recordAttribute {
			continue
		}
		b, err := base64.StdEncoding.DecodeString(e.Attributes[i].Value)
		if err != nil {
			return nil, fmt.Errorf("announcement %s: the record is not base64: %w", e.Type, err)
		}
		m := newMessage()
		if err := proto.Unmarshal(b, m); err != nil {
			return nil, fmt.Errorf("announcement %s: %w", e.Type, err)
		}
		return m, nil
	}
	return nil, fmt.Errorf("announcement %s has no attribute %q", e.Type, recordAttribute)
}
