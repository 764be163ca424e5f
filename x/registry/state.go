package registry

import (
	"cosmossdk.io/collections"

	registryv1 "github.com/filiera-chain/filiera/api/registry/v1"
	"github.com/filiera-chain/filiera/module"
)

// Registry is the module's state and what it answers to other modules. Its
// methods take a *module.Context or *module.Reader as their context.
type Registry struct {
	schema collections.Schema

	// participants: id -> who it is.
	participants collections.Map[string, *registryv1.Participant]
	// keys: 20-byte address -> whose key, live or retired.
	keys collections.Map[[]byte, *registryv1.Key]
	// labels: (participant, label) -> address.
	labels collections.Map[collections.Pair[string, string], []byte]
	// alternateIDs: (scheme, value) -> participant.
	alternateIDs collections.Map[collections.Pair[uint32, string], string]
	// grants: (participant, number) -> grant; numbers have no gaps.
	grants collections.Map[collections.Pair[string, uint32], *registryv1.Grant]
	// accreditations: (certifier, specification) -> accreditation.
	accreditations collections.Map[collections.Pair[string, string], *registryv1.Accreditation]
	// validators: 32-byte ed25519 key -> admitted validator.
	validators collections.Map[[]byte, *registryv1.Validator]
	// params: the limits of the ledger.
	params collections.Item[*registryv1.Params]
	// proposals: number from 1 -> proposal.
	proposals collections.Map[uint64, *registryv1.Proposal]
	// lastProposal: number of the last proposal.
	lastProposal collections.Item[uint64]
	// lanes: (address, lane) -> used sequence numbers.
	lanes collections.Map[collections.Pair[[]byte, uint64], *registryv1.Lane]
	// laneExpiry: (unix seconds, address, lane), to forget lanes in order.
	laneExpiry collections.KeySet[collections.Triple[int64, []byte, uint64]]
	// laneCount: address -> lanes not yet forgotten.
	laneCount collections.Map[[]byte, uint64]
	// authorities: participants whose authority grant was not revoked.
	authorities collections.KeySet[string]
}

// New builds the module's tables.
func New() *Registry {
	b := module.NewSchemaBuilder(name)
	str, u64, addr := collections.StringKey, collections.Uint64Key, collections.BytesKey
	r := &Registry{
		participants:   collections.NewMap(b, collections.NewPrefix(1), "participants", str, module.Record[registryv1.Participant]()),
		keys:           collections.NewMap(b, collections.NewPrefix(2), "keys", addr, module.Record[registryv1.Key]()),
		labels:         collections.NewMap(b, collections.NewPrefix(3), "labels", collections.PairKeyCodec(str, str), collections.BytesValue),
		alternateIDs:   collections.NewMap(b, collections.NewPrefix(4), "alternate_ids", collections.PairKeyCodec(collections.Uint32Key, str), collections.StringValue),
		grants:         collections.NewMap(b, collections.NewPrefix(5), "grants", collections.PairKeyCodec(str, collections.Uint32Key), module.Record[registryv1.Grant]()),
		accreditations: collections.NewMap(b, collections.NewPrefix(6), "accreditations", collections.PairKeyCodec(str, str), module.Record[registryv1.Accreditation]()),
		validators:     collections.NewMap(b, collections.NewPrefix(7), "validators", addr, module.Record[registryv1.Validator]()),
		params:         collections.NewItem(b, collections.NewPrefix(8), "params", module.Record[registryv1.Params]()),
		proposals:      collections.NewMap(b, collections.NewPrefix(9), "proposals", u64, module.Record[registryv1.Proposal]()),
		lastProposal:   collections.NewItem(b, collections.NewPrefix(10), "last_proposal", collections.Uint64Value),
		lanes:          collections.NewMap(b, collections.NewPrefix(11), "lanes", collections.PairKeyCodec(addr, u64), module.Record[registryv1.Lane]()),
		laneExpiry:     collections.NewKeySet(b, collections.NewPrefix(12), "lane_expiry", collections.TripleKeyCodec(collections.Int64Key, addr, u64)),
		laneCount:      collections.NewMap(b, collections.NewPrefix(13), "lane_count", addr, collections.Uint64Value),
		authorities:    collections.NewKeySet(b, collections.NewPrefix(14), "authorities", str),
	}
	schema, err := b.Build()
	if err != nil {
		panic(err) // two tables on one number: a mistake of ours, caught at every start
	}
	r.schema = schema
	return r
}
