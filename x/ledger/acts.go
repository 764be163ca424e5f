package ledger

import (
	"context"

	"cosmossdk.io/collections"
	"google.golang.org/protobuf/proto"

	ledgerv1 "github.com/filiera-chain/filiera/api/ledger/v1"
	"github.com/filiera-chain/filiera/module"
)

// relationKey is (act that does it, kind, act that it is done to), or, in the
// index by target, (target, kind, source).
type relationKey = collections.Triple[string, uint32, string]

type actTables struct {
	// acts: id -> act.
	acts collections.Map[string, *ledgerv1.Act]
	// documents: SHA-256 of a file, of what was signed in it, or of an attachment ->
	// the acts that it belongs to.
	documents collections.Map[[]byte, *ledgerv1.DocumentUses]
	// relations: (from, kind, to) -> relation, withdrawn ones too.
	relations collections.Map[relationKey, *ledgerv1.Relation]
	// relationsTo: (to, kind, from).
	relationsTo collections.KeySet[relationKey]
}

func newActTables(b *collections.SchemaBuilder) actTables {
	str := collections.StringKey
	triple := collections.TripleKeyCodec(str, collections.Uint32Key, str)
	return actTables{
		acts:        collections.NewMap(b, collections.NewPrefix(1), "acts", str, module.Record[ledgerv1.Act]()),
		documents:   collections.NewMap(b, collections.NewPrefix(2), "documents", collections.BytesKey, module.Record[ledgerv1.DocumentUses]()),
		relations:   collections.NewMap(b, collections.NewPrefix(3), "relations", triple, module.Record[ledgerv1.Relation]()),
		relationsTo: collections.NewKeySet(b, collections.NewPrefix(4), "relations_to", triple),
	}
}

func (l *Ledger) actActs() []module.Act {
	return []module.Act{
		module.OnResult(checkNotarise, l.notarise),
		module.On(checkRelate, l.relate),
		module.On(checkVouch, l.vouch),
		module.On(checkWithdrawRelation, l.withdrawRelation),
		module.On(checkDescribe, l.describe),
	}
}

func (l *Ledger) actQueries() []module.Query {
	return []module.Query{module.Ask("Act", l.queryAct), module.Ask("Document", l.queryDocument)}
}

func (l *Ledger) actRecords(rd *module.Reader, announce func(proto.Message)) error {
	err := module.Each(rd, l.acts, func(a *ledgerv1.Act) { announce(&ledgerv1.ActChanged{Act: a}) })
	if err != nil {
		return err
	}
	return module.Each(rd, l.relations, func(r *ledgerv1.Relation) { announce(&ledgerv1.RelationChanged{Relation: r}) })
}

// Act gives an act by its id, or nil.
func (l *Ledger) Act(ctx context.Context, id string) (*ledgerv1.Act, error) {
	return module.Find(ctx, l.acts, id)
}

// act finds an act or refuses.
func (l *Ledger) act(ctx context.Context, field, id string) (*ledgerv1.Act, error) {
	a, err := l.Act(ctx, id)
	if err == nil && a == nil {
		err = ErrAct.With("%s is %q; no act has this id, so notarise it first", field, id)
	}
	return a, err
}

func (l *Ledger) putAct(ctx *module.Context, a *ledgerv1.Act) error {
	ctx.Emit(&ledgerv1.ActChanged{Act: a})
	return l.acts.Set(ctx, a.GetId(), a)
}

func (l *Ledger) putRelation(ctx *module.Context, r *ledgerv1.Relation) error {
	ctx.Emit(&ledgerv1.RelationChanged{Relation: r})
	return l.relations.Set(ctx, keyOf(r.GetFrom(), r.GetKind(), r.GetTo()), r)
}

func keyOf(from string, kind ledgerv1.ActRelation, to string) relationKey {
	return collections.Join3(from, uint32(kind), to)
}

// walkRelations tells the relations that an act has to others (or, incoming, others
// to it) of a kind, 0 for any, in order of kind and act; withdrawn ones are left out.
func (l *Ledger) walkRelations(ctx context.Context, id string, incoming bool, kind ledgerv1.ActRelation, fn func(*ledgerv1.Relation) error) error {
	var rng collections.Ranger[relationKey] = collections.NewPrefixedTripleRange[string, uint32, string](id)
	if kind != 0 {
		rng = collections.NewSuperPrefixedTripleRange[string, uint32, string](id, uint32(kind))
	}
	tell := func(r *ledgerv1.Relation) (bool, error) {
		if r.GetWithdrawnAt() != 0 {
			return false, nil
		}
		err := fn(r)
		return err != nil, err
	}
	if !incoming {
		return l.relations.Walk(ctx, rng, func(_ relationKey, r *ledgerv1.Relation) (bool, error) { return tell(r) })
	}
	return l.relationsTo.Walk(ctx, rng, func(k relationKey) (bool, error) {
		r, err := l.relations.Get(ctx, collections.Join3(k.K3(), k.K2(), k.K1()))
		if err != nil {
			return true, err
		}
		return tell(r)
	})
}
