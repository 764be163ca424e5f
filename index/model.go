package index

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"time"

	abci "github.com/cometbft/cometbft/abci/types"

	agreementv1 "github.com/filiera-chain/filiera/api/agreement/v1"
	certv1 "github.com/filiera-chain/filiera/api/cert/v1"
	controlv1 "github.com/filiera-chain/filiera/api/control/v1"
	custodyv1 "github.com/filiera-chain/filiera/api/custody/v1"
	ledgerv1 "github.com/filiera-chain/filiera/api/ledger/v1"
	matterv1 "github.com/filiera-chain/filiera/api/matter/v1"
	placev1 "github.com/filiera-chain/filiera/api/place/v1"
	privacyv1 "github.com/filiera-chain/filiera/api/privacy/v1"
	productv1 "github.com/filiera-chain/filiera/api/product/v1"
	recallv1 "github.com/filiera-chain/filiera/api/recall/v1"
	registryv1 "github.com/filiera-chain/filiera/api/registry/v1"
	rulesv1 "github.com/filiera-chain/filiera/api/rules/v1"
	tracev1 "github.com/filiera-chain/filiera/api/trace/v1"
	unitv1 "github.com/filiera-chain/filiera/api/unit/v1"
)

// Block is a committed block as the read model takes it.
type Block struct {
	Height int64
	Time   time.Time
	// Hash of the block's header: 32 bytes.
	Hash []byte
	// Genesis announces what the genesis state holds, where the first block's
	// own events do not. Applied before the transactions.
	Genesis []abci.Event
	Txs     [][]byte
	// Results has one entry per transaction.
	Results   []*abci.ExecTxResult
	EndEvents []abci.Event
}

// Model is a read model. Apply has one caller at a time; everything else is
// safe for concurrent use.
type Model interface {
	// Height is the last applied height, 0 when there is none.
	Height(ctx context.Context) (int64, error)
	// Apply takes blocks of ascending, adjacent heights, all or none. Heights
	// already applied are passed over if they are the same blocks; a gap is
	// ErrGap and a different block is ErrFork. The first block ever applied may
	// have any height.
	// Where several share a model, only who holds its lease writes; the others
	// get ErrLease and find what it wrote.
	Apply(ctx context.Context, blocks []Block) error
	// Release gives the lease back, until the next Apply.
	Release()
	// Leads says whether this one holds the lease.
	Leads() bool

	// Tx finds a transaction by its 32-byte hash; nil, nil when it is absent.
	Tx(ctx context.Context, hash []byte) (*Tx, error)

	Participants(ctx context.Context, f ParticipantFilter, p Page) (List[*registryv1.Participant], error)
	// Keys, Grants and Accreditations are the whole, bounded lists of one
	// participant, in order of label, number and specification.
	Keys(ctx context.Context, participant string) ([]*registryv1.Key, error)
	Grants(ctx context.Context, participant string) ([]*registryv1.Grant, error)
	Accreditations(ctx context.Context, participant string) ([]*registryv1.Accreditation, error)
	// Validators are those with power, by public key.
	Validators(ctx context.Context) ([]*registryv1.Validator, error)
	// Params are nil until a block announces them.
	Params(ctx context.Context) (*registryv1.Params, error)
	Proposals(ctx context.Context, f ProposalFilter, p Page) (List[*registryv1.Proposal], error)
	// Proposal is nil when it is absent.
	Proposal(ctx context.Context, id uint64) (*registryv1.Proposal, error)

	Specifications(ctx context.Context, f SpecificationFilter, p Page) (List[*productv1.Specification], error)
	// Versions are all versions of one specification, from 1.
	Versions(ctx context.Context, specification string) ([]*productv1.SpecificationVersion, error)
	Products(ctx context.Context, f ProductFilter, p Page) (List[*productv1.Product], error)
	// Requests are in order of the day on which they are due.
	Requests(ctx context.Context, f RequestFilter, p Page) (List[*controlv1.ControlRequest], error)
	// Totals counts what became of attestations in a month, at most MaxTotals
	// groups of it.
	Totals(ctx context.Context, f TotalsFilter) ([]Total, error)
	Locations(ctx context.Context, f LocationFilter, p Page) (List[*placev1.Location], error)
	Batches(ctx context.Context, f BatchFilter, p Page) (List[*productv1.Batch], error)
	Attestations(ctx context.Context, f AttestationFilter, p Page) (List[*certv1.Attestation], error)
	Events(ctx context.Context, f EventFilter, p Page) (List[*Event], error)
	// Event finds an event by its 32-byte id; nil, nil when it is absent.
	Event(ctx context.Context, id []byte) (*Event, error)

	// Commitments are records of private fields; Holdings what was handed to
	// somebody.
	// Entries lists entries of the book of matter.
	Entries(ctx context.Context, f EntryFilter, p Page) (List[*matterv1.Entry], error)
	Holders(ctx context.Context, f HolderFilter, p Page) (List[*matterv1.Holding], error)
	Offers(ctx context.Context, f OfferFilter, p Page) (List[*custodyv1.Offer], error)
	LogisticUnits(ctx context.Context, f UnitFilter, p Page) (List[*custodyv1.LogisticUnit], error)
	// UnitRuns lists runs of units, UnitVoidings what made units void, UnitRecords
	// units to which something happened.
	UnitRuns(ctx context.Context, f SerialFilter, p Page) (List[*unitv1.Run], error)
	UnitVoidings(ctx context.Context, f SerialFilter, p Page) (List[*unitv1.Voiding], error)
	UnitRecords(ctx context.Context, f SerialFilter, p Page) (List[*unitv1.Unit], error)
	// MadeOf lists what a batch was made of, or, forward, what was made of it.
	MadeOf(ctx context.Context, batch Lot, forward bool, p Page) (List[Lot], error)
	// Reach is MadeOf at any distance; Graph a bounded picture of it.
	Reach(ctx context.Context, batch Lot, forward bool, p Page) (List[Lot], error)
	Graph(ctx context.Context, batch Lot, forward bool, depth, most int) (*Graph, error)
	// GraphAsOf is Graph of what was known at a time, of what had happened by another.
	GraphAsOf(ctx context.Context, batch Lot, forward bool, depth, most int, as AsOf) (*Graph, error)
	// Contracts lists versions of contracts; Consequences what followed from their
	// rules; Points what was awarded.
	Contracts(ctx context.Context, f ContractFilter, p Page) (List[*rulesv1.Version], error)
	Consequences(ctx context.Context, f ConsequenceFilter, p Page) (List[*rulesv1.Consequence], error)
	Points(ctx context.Context, participant string, p Page) (List[*rulesv1.Points], error)
	// Agreements lists agreements, the newest first.
	Agreements(ctx context.Context, f AgreementFilter, p Page) (List[*agreementv1.Agreement], error)
	// Recalls lists recalls, the newest first.
	Recalls(ctx context.Context, f RecallFilter, p Page) (List[*Recall], error)
	// RecallBatches lists what a recall marked, with who has what of it.
	RecallBatches(ctx context.Context, f RecallBatchFilter, p Page) (List[*RecallBatch], error)
	// RecallNotices are all notices of a recall, from 1; RecallLifts its lifts.
	RecallNotices(ctx context.Context, recall uint64) ([]*recallv1.Notice, error)
	RecallLifts(ctx context.Context, recall uint64, p Page) (List[*recallv1.LiftRecord], error)
	// RecallTotals sums what a recall reached, and what was said of it.
	RecallTotals(ctx context.Context, recall uint64) (*RecallTotals, error)
	// Acts lists notarised acts, the latest first; ActRelations what they do to others.
	Acts(ctx context.Context, f ActFilter, p Page) (List[*ledgerv1.Act], error)
	ActRelations(ctx context.Context, f RelationFilter, p Page) (List[*ledgerv1.Relation], error)
	// Registers lists public registers by id, RegisterAppends those of one, the latest
	// first.
	Registers(ctx context.Context, f RegisterFilter, p Page) (List[*ledgerv1.Register], error)
	RegisterAppends(ctx context.Context, register string, p Page) (List[*ledgerv1.RegisterAppend], error)
	// BudgetLines lists lines of the budget by id, Movements the latest by day first,
	// Positions by id.
	BudgetLines(ctx context.Context, f BudgetLineFilter, p Page) (List[*ledgerv1.BudgetLine], error)
	Movements(ctx context.Context, f MovementFilter, p Page) (List[*ledgerv1.Movement], error)
	Positions(ctx context.Context, f PositionFilter, p Page) (List[*ledgerv1.Position], error)
	Commitments(ctx context.Context, f CommitmentFilter, p Page) (List[*privacyv1.Commitment], error)
	Holdings(ctx context.Context, f HoldingFilter, p Page) (List[*privacyv1.Holding], error)

	// EPCISEvents are the events that answer an EPCIS query.
	EPCISEvents(ctx context.Context, q EPCISQuery, p Page) (List[*EPCISEvent], error)
	// EPCISCount counts the answers, and stops at most.
	EPCISCount(ctx context.Context, q EPCISQuery, most int) (int, error)
	// EPCISValues are the different values of a term, in order.
	EPCISValues(ctx context.Context, field string, p Page) (List[string], error)
	// EPCISSeqBefore is the number of the last event recorded before a moment, 0
	// when there is none.
	EPCISSeqBefore(ctx context.Context, at time.Time) (int64, error)

	// Search finds records by words of their names, and batches by their lots;
	// kind "" is any. A text without words, or with too many, is ErrSearch.
	Search(ctx context.Context, text, kind string, p Page) (List[Hit], error)

	// Dump writes every row of every table in a fixed order: two models of the
	// same blocks dump the same bytes.
	Dump(ctx context.Context, w io.Writer) error
	Close() error
}

// Tx is a committed transaction and what came of it.
type Tx struct {
	// Hash is SHA-256 of the transaction: 32 bytes.
	Hash   []byte
	Height int64
	Index  uint32
	// Code is 0 on success, else the refusal's number in Codespace.
	Code      uint32
	Codespace string
	// ID is the refusal's stable word, such as "product.duplicate_batch".
	ID      string
	Message string
	// Signer is the participant; empty when the key belongs to none.
	Signer string
	// Acts are the full names of the messages, in order.
	Acts []string
	// Results is the encoded tx.v1.TxResult of a successful transaction.
	Results []byte
	// Time is the block's.
	Time time.Time
}

// Event is a captured event with the JSON it came from.
type Event struct {
	Record *tracev1.Event
	// Document is the event object as captured; nil if it could not be found
	// in the transaction.
	Document json.RawMessage
	// Context is the document's JSON-LD context; nil when it has none.
	Context json.RawMessage
	// TxHash is the transaction that captured it: 32 bytes.
	TxHash []byte
}

// Filters: the zero value of a field does not filter.
type (
	ParticipantFilter struct {
		// Role must be granted and not revoked.
		Role   registryv1.Role
		Status registryv1.ParticipantStatus
	}
	ProposalFilter      struct{ Status registryv1.ProposalStatus }
	SpecificationFilter struct{ Scheme productv1.Scheme }
	ProductFilter       struct{ Owner, Specification string }
	BatchFilter         struct {
		GTIN, Lot, Owner, Custodian, Specification string
		Status                                     productv1.BatchStatus
		// From and To bound the production date, YYYY-MM-DD, both included.
		From, To string
		// Recalled: a recall that is in force reaches it. Late: it was told later than
		// its specification lets pass.
		Recalled, Late bool
	}
	AttestationFilter struct {
		Certifier, Specification string
		// GTIN and Lot together name a covered batch; GTIN alone any batch of it.
		GTIN, Lot string
		// Status is the word of the last line of the history.
		Status string
	}
	EventFilter struct {
		Type, Action, BizStep, Disposition, Reporter string
		// GTIN and Lot together name a batch involved; GTIN alone any batch of it.
		GTIN, Lot string
		// InJourney leaves out what was told of that batch before it was
		// registered, which anybody may have said.
		InJourney bool
		// From is included and To is not; event time in unix milliseconds.
		From, To *int64
		// Late leaves out what was told in time.
		Late bool
	}
)

// Page asks for a part of a list.
type Page struct {
	// Limit is the most items to answer; 0 means DefaultLimit, at most MaxLimit.
	Limit int
	// Token is List.Next of the part before; empty starts at the beginning. It
	// is good for the same list with the same filter only.
	Token string
}

// Limits of a page, in items.
const (
	DefaultLimit = 50
	MaxLimit     = 500
)

// List is a part of a list.
type List[T any] struct {
	Items []T
	// Next is empty when nothing follows.
	Next string
}

// What Apply and the lists refuse.
var (
	ErrGap       = errors.New("a block is missing before this one")
	ErrFork      = errors.New("another block was applied at this height; the read model belongs to another chain, rebuild it")
	ErrPageToken = errors.New("the page token is not one that this list gave for this filter; start again without it")
	ErrSearch    = errors.New("the text to search for cannot be used")
	ErrSchema    = errors.New("the read model was written by another version; run filiera index rebuild")
)

// Source gives committed blocks.
type Source interface {
	// First is the height of the chain's first block.
	First() int64
	// LastHeight is the last height that the application has committed.
	LastHeight() (int64, error)
	// Block gives a block between First and LastHeight.
	Block(height int64) (Block, error)
}
