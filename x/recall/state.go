package recall

import (
	"context"
	"errors"

	"cosmossdk.io/collections"

	recallv1 "github.com/filiera-chain/filiera/api/recall/v1"
	"github.com/filiera-chain/filiera/module"
)

type (
	ackKey      = collections.Quad[uint64, string, string, string]
	numberedKey = collections.Pair[uint64, uint32]
)

// Recall is the module's state and what it answers to other modules. Its methods
// take a *module.Context or *module.Reader as their context.
type Recall struct {
	registry     Registry
	products     Products
	book         Book
	certificates Certificates
	lineage      Lineage
	units        Units
	schema       collections.Schema

	// recalls: number -> recall.
	recalls collections.Map[uint64, *recallv1.Recall]
	// acknowledgements: (recall, GTIN, lot, participant) -> what it said last.
	acknowledgements collections.Map[ackKey, *recallv1.Acknowledgement]
	// notices: (recall, number) -> notice.
	notices collections.Map[numberedKey, *recallv1.Notice]
	// lifts: (recall, number) -> lift.
	lifts collections.Map[numberedKey, *recallv1.LiftRecord]
	// drills: (participant, number) of every drill that is open.
	drills collections.KeySet[collections.Pair[string, uint64]]
	// last is the number of the last recall.
	last collections.Item[uint64]
}

// New builds the module's tables.
func New(registry Registry, products Products, book Book, certificates Certificates, lineage Lineage, units Units) *Recall {
	b := module.NewSchemaBuilder(name)
	str, n32, n64 := collections.StringKey, collections.Uint32Key, collections.Uint64Key
	numbered := collections.PairKeyCodec(n64, n32)
	r := &Recall{
		registry: registry, products: products, book: book, certificates: certificates, lineage: lineage, units: units,
		recalls:          collections.NewMap(b, collections.NewPrefix(1), "recalls", n64, module.Record[recallv1.Recall]()),
		acknowledgements: collections.NewMap(b, collections.NewPrefix(2), "acknowledgements", collections.QuadKeyCodec(n64, str, str, str), module.Record[recallv1.Acknowledgement]()),
		notices:          collections.NewMap(b, collections.NewPrefix(3), "notices", numbered, module.Record[recallv1.Notice]()),
		lifts:            collections.NewMap(b, collections.NewPrefix(4), "lifts", numbered, module.Record[recallv1.LiftRecord]()),
		drills:           collections.NewKeySet(b, collections.NewPrefix(6), "drills", collections.PairKeyCodec(str, n64)),
		last:             collections.NewItem(b, collections.NewPrefix(5), "last", collections.Uint64Value),
	}
	schema, err := b.Build()
	if err != nil {
		panic(err) // two tables on one number: a mistake of ours, caught at every start
	}
	r.schema = schema
	return r
}

// Recall gives a recall by its number, or nil.
func (r *Recall) Recall(ctx context.Context, number uint64) (*recallv1.Recall, error) {
	return module.Find(ctx, r.recalls, number)
}

// Last is the number of the last recall, 0 for none.
func (r *Recall) Last(ctx context.Context) (uint64, error) {
	n, err := r.last.Get(ctx)
	if errors.Is(err, collections.ErrNotFound) {
		return 0, nil
	}
	return n, err
}

// mustRecall is Recall that refuses an unknown one.
func (r *Recall) mustRecall(ctx context.Context, number uint64) (*recallv1.Recall, error) {
	x, err := r.Recall(ctx, number)
	if err == nil && x == nil {
		return nil, ErrRecall.With("there is no recall %d", number)
	}
	return x, err
}

// isOver says whether nothing of a recall is in force any more: it was unfounded,
// or a drill that is done.
func isOver(x *recallv1.Recall) bool {
	return x.GetState() == recallv1.State_STATE_UNFOUNDED || x.GetDrill() && x.GetState() != recallv1.State_STATE_OPEN
}

func (r *Recall) put(ctx *module.Context, x *recallv1.Recall) error {
	ctx.Emit(&recallv1.RecallChanged{Recall: x})
	return r.recalls.Set(ctx, x.GetNumber(), x)
}

// ofOpener lets who opened a recall act on it, and authorities.
func (r *Recall) ofOpener(ctx *module.Context, x *recallv1.Recall) error {
	if x.GetOpenedBy() == ctx.Signer.Participant {
		return nil
	}
	err := r.authority(ctx)
	var refusal *module.Error
	if errors.As(err, &refusal) {
		return ErrNotAllowed.With("recall %d was opened by %s; it or an authority does this, and the signer is %s (%s)", x.GetNumber(), x.GetOpenedBy(), ctx.Signer.Participant, refusal)
	}
	return err
}

func (r *Recall) authority(ctx *module.Context) error {
	return r.registry.Allowed(ctx, ctx.Time, ctx.Signer.Participant, "", "", authorities...)
}

func stateWord(s recallv1.State) string {
	switch s {
	case recallv1.State_STATE_COMPLETED:
		return "completed"
	case recallv1.State_STATE_UNFOUNDED:
		return "unfounded"
	}
	return "open"
}
