package index

// schemaVersion changes with any change of the tables or of how blocks become
// rows; a file of another version is refused and rebuilt.
const schemaVersion = "4"

// schema: typed columns are what lists filter and order by; record is the
// announced record as protobuf. Times are unix seconds unless said otherwise.
const schema = `
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;

-- time in unix nanoseconds
CREATE TABLE blocks (height INTEGER PRIMARY KEY, hash BLOB NOT NULL, time INTEGER NOT NULL, txs INTEGER NOT NULL);

-- seq is height * 2^20 + position in the block; tag is the first 8 bytes of the
-- hash as an integer, so that the index stays small
CREATE TABLE txs (seq INTEGER PRIMARY KEY, tag INTEGER NOT NULL, hash BLOB NOT NULL, code INTEGER NOT NULL,
  codespace TEXT NOT NULL, id TEXT NOT NULL, message TEXT NOT NULL, signer TEXT NOT NULL, acts TEXT NOT NULL,
  results BLOB NOT NULL, time INTEGER NOT NULL);
CREATE INDEX txs_tag ON txs (tag);

CREATE TABLE participants (id TEXT PRIMARY KEY, status INTEGER NOT NULL, record BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE keys (address BLOB PRIMARY KEY, participant TEXT NOT NULL, label TEXT NOT NULL, record BLOB NOT NULL) WITHOUT ROWID;
CREATE INDEX keys_participant ON keys (participant, label);
CREATE TABLE grants (participant TEXT NOT NULL, number INTEGER NOT NULL, role INTEGER NOT NULL, revoked INTEGER NOT NULL,
  record BLOB NOT NULL, PRIMARY KEY (participant, number)) WITHOUT ROWID;
CREATE TABLE accreditations (certifier TEXT NOT NULL, specification TEXT NOT NULL, status INTEGER NOT NULL,
  record BLOB NOT NULL, PRIMARY KEY (certifier, specification)) WITHOUT ROWID;
CREATE TABLE proposals (id INTEGER PRIMARY KEY, status INTEGER NOT NULL, record BLOB NOT NULL);
CREATE TABLE params (id INTEGER PRIMARY KEY, record BLOB NOT NULL);
CREATE TABLE validators (public_key BLOB PRIMARY KEY, power INTEGER NOT NULL, record BLOB NOT NULL) WITHOUT ROWID;

CREATE TABLE specifications (id TEXT PRIMARY KEY, scheme INTEGER NOT NULL, record BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE spec_versions (specification TEXT NOT NULL, version INTEGER NOT NULL, record BLOB NOT NULL,
  PRIMARY KEY (specification, version)) WITHOUT ROWID;
CREATE TABLE products (gtin TEXT PRIMARY KEY, owner TEXT NOT NULL, specification TEXT NOT NULL, record BLOB NOT NULL) WITHOUT ROWID;
CREATE INDEX products_owner ON products (owner, gtin);
CREATE INDEX products_specification ON products (specification, gtin);

CREATE TABLE locations (id TEXT PRIMARY KEY, owner TEXT NOT NULL, kind INTEGER NOT NULL, municipality TEXT NOT NULL,
  parent TEXT NOT NULL, status INTEGER NOT NULL, record BLOB NOT NULL) WITHOUT ROWID;
CREATE INDEX locations_owner ON locations (owner, id);
CREATE INDEX locations_municipality ON locations (municipality, id);
CREATE INDEX locations_parent ON locations (parent, id);

CREATE TABLE batches (gtin TEXT NOT NULL, lot TEXT NOT NULL, owner TEXT NOT NULL, custodian TEXT NOT NULL,
  specification TEXT NOT NULL, status INTEGER NOT NULL, production_date TEXT NOT NULL, late INTEGER NOT NULL, unit TEXT NOT NULL, amount INTEGER NOT NULL,
  record BLOB NOT NULL, PRIMARY KEY (gtin, lot)) WITHOUT ROWID;
CREATE INDEX batches_owner ON batches (owner, gtin, lot);
CREATE INDEX batches_specification ON batches (specification, gtin, lot);
CREATE INDEX batches_late ON batches (gtin, lot) WHERE late > 0;
CREATE INDEX batches_date ON batches (production_date);
-- most batches are active (1): the few that are not are found without a scan
CREATE INDEX batches_status ON batches (status, gtin, lot) WHERE status <> 1;

CREATE TABLE attestations (id TEXT PRIMARY KEY, certifier TEXT NOT NULL, specification TEXT NOT NULL, status TEXT NOT NULL,
  record BLOB NOT NULL) WITHOUT ROWID;
CREATE INDEX attestations_certifier ON attestations (certifier, id);
CREATE INDEX attestations_specification ON attestations (specification, id);
CREATE TABLE attestation_batches (gtin TEXT NOT NULL, lot TEXT NOT NULL, attestation TEXT NOT NULL,
  PRIMARY KEY (gtin, lot, attestation)) WITHOUT ROWID;
-- one row per line of an attestation's history and batch: what moved, how much
CREATE TABLE attestation_moves (attestation TEXT NOT NULL, line INTEGER NOT NULL, gtin TEXT NOT NULL, lot TEXT NOT NULL,
  certifier TEXT NOT NULL, specification TEXT NOT NULL, month TEXT NOT NULL, move TEXT NOT NULL, unit TEXT NOT NULL,
  amount INTEGER NOT NULL, PRIMARY KEY (attestation, line, gtin, lot)) WITHOUT ROWID;
CREATE INDEX attestation_moves_month ON attestation_moves (month, certifier, specification);

-- days as YYYY-MM-DD
CREATE TABLE control_requests (id TEXT PRIMARY KEY, certifier TEXT NOT NULL, requester TEXT NOT NULL, specification TEXT NOT NULL,
  status INTEGER NOT NULL, due_date TEXT NOT NULL, record BLOB NOT NULL) WITHOUT ROWID;
CREATE INDEX control_requests_due ON control_requests (due_date, id);
CREATE INDEX control_requests_certifier ON control_requests (certifier, due_date, id);
CREATE INDEX control_requests_requester ON control_requests (requester, due_date, id);
CREATE TABLE control_request_batches (gtin TEXT NOT NULL, lot TEXT NOT NULL, request TEXT NOT NULL,
  PRIMARY KEY (gtin, lot, request)) WITHOUT ROWID;
CREATE TABLE control_findings (request TEXT NOT NULL, number INTEGER NOT NULL, severity INTEGER NOT NULL, closed INTEGER NOT NULL,
  deadline_date TEXT NOT NULL, record BLOB NOT NULL, PRIMARY KEY (request, number)) WITHOUT ROWID;
CREATE INDEX control_findings_open ON control_findings (deadline_date) WHERE closed = 0;
CREATE TABLE control_results (request TEXT NOT NULL, number INTEGER NOT NULL, verdict INTEGER NOT NULL, record BLOB NOT NULL,
  PRIMARY KEY (request, number)) WITHOUT ROWID;

-- event_time in unix milliseconds; document is the event's JSON as captured
CREATE TABLE events (id BLOB PRIMARY KEY, event_time INTEGER NOT NULL, type TEXT NOT NULL, action TEXT NOT NULL,
  biz_step TEXT NOT NULL, disposition TEXT NOT NULL, reporter TEXT NOT NULL, late INTEGER NOT NULL, tx BLOB NOT NULL, record BLOB NOT NULL,
  document TEXT NOT NULL, context TEXT NOT NULL);
CREATE INDEX events_time ON events (event_time, id);
CREATE INDEX events_late ON events (event_time, id) WHERE late > 0;
CREATE INDEX events_reporter ON events (reporter, event_time, id);
CREATE TABLE event_batches (gtin TEXT NOT NULL, lot TEXT NOT NULL, event_time INTEGER NOT NULL, event BLOB NOT NULL,
  part INTEGER NOT NULL, registered INTEGER NOT NULL, PRIMARY KEY (gtin, lot, event_time, event, part)) WITHOUT ROWID;
-- the records of events that were declared wrong after they were recorded
CREATE TABLE declared_events (id BLOB PRIMARY KEY, record BLOB NOT NULL);
-- events that were recorded anew: what was recorded of them before seq does not count
CREATE TABLE adopted_events (id BLOB PRIMARY KEY, seq INTEGER NOT NULL);

-- seq is height * 2^20 + position among the block's events; times in unix milliseconds;
-- document and context of an error declaration, empty where they are those of the event
CREATE TABLE epcis_events (seq INTEGER PRIMARY KEY, event BLOB NOT NULL, event_time INTEGER NOT NULL, record_time INTEGER NOT NULL,
  document TEXT NOT NULL, context TEXT NOT NULL);
CREATE INDEX epcis_events_time ON epcis_events (event_time, seq);
CREATE INDEX epcis_events_recorded ON epcis_events (record_time, seq);
CREATE TABLE epcis_terms (field TEXT NOT NULL, value TEXT NOT NULL, seq INTEGER NOT NULL,
  PRIMARY KEY (field, value, seq)) WITHOUT ROWID;

-- the book of matter; number is the entry's
CREATE TABLE stocks (gtin TEXT NOT NULL, lot TEXT NOT NULL, remains INTEGER NOT NULL, sold INTEGER NOT NULL, record BLOB NOT NULL, PRIMARY KEY (gtin, lot)) WITHOUT ROWID;
-- what each participant has of a batch that the book has heard of
CREATE TABLE held (gtin TEXT NOT NULL, lot TEXT NOT NULL, holder TEXT NOT NULL, has INTEGER NOT NULL, remains INTEGER NOT NULL, record BLOB NOT NULL, PRIMARY KEY (gtin, lot, holder)) WITHOUT ROWID;
CREATE INDEX held_holder ON held (holder, gtin, lot);
CREATE TABLE offers (number INTEGER PRIMARY KEY, sender TEXT NOT NULL, receiver TEXT NOT NULL, status INTEGER NOT NULL, sscc TEXT NOT NULL, record BLOB NOT NULL);
CREATE INDEX offers_sender ON offers (sender, number);
CREATE INDEX offers_receiver ON offers (receiver, number);
CREATE TABLE offer_batches (gtin TEXT NOT NULL, lot TEXT NOT NULL, number INTEGER NOT NULL, PRIMARY KEY (gtin, lot, number)) WITHOUT ROWID;
-- packed is 0 for a unit that was taken apart
CREATE TABLE logistic_units (sscc TEXT PRIMARY KEY, holder TEXT NOT NULL, parent TEXT NOT NULL, packed INTEGER NOT NULL, record BLOB NOT NULL) WITHOUT ROWID;
CREATE INDEX logistic_units_holder ON logistic_units (holder, sscc);
-- units that hold, or held, some of a batch
CREATE TABLE unit_batches (gtin TEXT NOT NULL, lot TEXT NOT NULL, sscc TEXT NOT NULL, PRIMARY KEY (gtin, lot, sscc)) WITHOUT ROWID;
CREATE TABLE entries (number INTEGER PRIMARY KEY, kind INTEGER NOT NULL, actor TEXT NOT NULL, day TEXT NOT NULL, late INTEGER NOT NULL,
  at INTEGER NOT NULL, height INTEGER NOT NULL, reverses INTEGER NOT NULL, record BLOB NOT NULL);
CREATE INDEX entries_reverses ON entries (reverses) WHERE reverses > 0;
CREATE INDEX entries_late ON entries (number) WHERE late > 0;
CREATE INDEX entries_actor ON entries (actor, number);
CREATE TABLE entry_batches (gtin TEXT NOT NULL, lot TEXT NOT NULL, number INTEGER NOT NULL, PRIMARY KEY (gtin, lot, number)) WITHOUT ROWID;
-- what was made of what, as the book (source 1) or an event (2) tells, a row for each
-- teller: the entry's number, or the event's id; live is 0 once the entry was taken
-- back, or the event declared wrong
CREATE TABLE made_of (gtin TEXT NOT NULL, lot TEXT NOT NULL, of_gtin TEXT NOT NULL, of_lot TEXT NOT NULL, source INTEGER NOT NULL,
  teller TEXT NOT NULL, live INTEGER NOT NULL, PRIMARY KEY (gtin, lot, of_gtin, of_lot, source, teller)) WITHOUT ROWID;
CREATE INDEX made_of_back ON made_of (of_gtin, of_lot, gtin, lot);

-- number is the recall's; state is that of its record, 3 for one that was unfounded
CREATE TABLE recalls (number INTEGER PRIMARY KEY, drill INTEGER NOT NULL, state INTEGER NOT NULL, opened_by TEXT NOT NULL, record BLOB NOT NULL);
CREATE INDEX recalls_opened_by ON recalls (opened_by, number);
CREATE TABLE recall_spreads (recall INTEGER PRIMARY KEY, record BLOB NOT NULL);
-- live is 1 while the recall reaches the batch and did not let it out
CREATE TABLE recall_marks (recall INTEGER NOT NULL, gtin TEXT NOT NULL, lot TEXT NOT NULL, live INTEGER NOT NULL, record BLOB NOT NULL,
  PRIMARY KEY (recall, gtin, lot)) WITHOUT ROWID;
CREATE INDEX recall_marks_batch ON recall_marks (gtin, lot, recall);
CREATE TABLE recall_acks (recall INTEGER NOT NULL, gtin TEXT NOT NULL, lot TEXT NOT NULL, participant TEXT NOT NULL, late INTEGER NOT NULL,
  found INTEGER NOT NULL, quarantined INTEGER NOT NULL, destroyed INTEGER NOT NULL, sold_on INTEGER NOT NULL, record BLOB NOT NULL,
  PRIMARY KEY (recall, gtin, lot, participant)) WITHOUT ROWID;
CREATE TABLE recall_notices (recall INTEGER NOT NULL, number INTEGER NOT NULL, record BLOB NOT NULL, PRIMARY KEY (recall, number)) WITHOUT ROWID;
CREATE TABLE recall_lifts (recall INTEGER NOT NULL, number INTEGER NOT NULL, record BLOB NOT NULL, PRIMARY KEY (recall, number)) WITHOUT ROWID;
-- versions of contracts, what followed from their rules, what they awarded
CREATE TABLE contracts (contract TEXT NOT NULL, version INTEGER NOT NULL, status INTEGER NOT NULL, specification TEXT NOT NULL, record BLOB NOT NULL,
  PRIMARY KEY (contract, version)) WITHOUT ROWID;
CREATE INDEX contracts_specification ON contracts (specification, contract, version);
-- name is contract, rule and kind; live is 1 while it holds
CREATE TABLE consequences (gtin TEXT NOT NULL, lot TEXT NOT NULL, name TEXT NOT NULL, kind INTEGER NOT NULL, live INTEGER NOT NULL, contract TEXT NOT NULL,
  record BLOB NOT NULL, PRIMARY KEY (gtin, lot, name)) WITHOUT ROWID;
CREATE INDEX consequences_live ON consequences (kind, gtin, lot, name) WHERE live = 1;
CREATE TABLE points (participant TEXT NOT NULL, contract TEXT NOT NULL, points INTEGER NOT NULL, record BLOB NOT NULL, PRIMARY KEY (participant, contract)) WITHOUT ROWID;
CREATE TABLE agreements (number INTEGER PRIMARY KEY, state INTEGER NOT NULL, record BLOB NOT NULL);
CREATE TABLE agreement_parties (participant TEXT NOT NULL, number INTEGER NOT NULL, PRIMARY KEY (participant, number)) WITHOUT ROWID;
-- runs of units, what made units void, and units to which something happened;
-- position is the unit's index in its run
CREATE TABLE unit_runs (gtin TEXT NOT NULL, lot TEXT NOT NULL, number INTEGER NOT NULL, committed_by TEXT NOT NULL, record BLOB NOT NULL,
  PRIMARY KEY (gtin, lot, number)) WITHOUT ROWID;
CREATE INDEX unit_runs_by ON unit_runs (committed_by, gtin, lot, number);
CREATE TABLE unit_voidings (gtin TEXT NOT NULL, lot TEXT NOT NULL, number INTEGER NOT NULL, record BLOB NOT NULL,
  PRIMARY KEY (gtin, lot, number)) WITHOUT ROWID;
CREATE TABLE unit_records (gtin TEXT NOT NULL, lot TEXT NOT NULL, run INTEGER NOT NULL, position INTEGER NOT NULL, reveals INTEGER NOT NULL,
  record BLOB NOT NULL, PRIMARY KEY (gtin, lot, run, position)) WITHOUT ROWID;
-- units whose code was revealed more than once
CREATE INDEX unit_records_again ON unit_records (gtin, lot, run, position) WHERE reveals > 1;

-- days as YYYY-MM-DD; ended_from is the first day of what ended the act, '' for none
CREATE TABLE acts (id TEXT PRIMARY KEY, kind INTEGER NOT NULL, body TEXT NOT NULL, act_date TEXT NOT NULL, in_force_from TEXT NOT NULL,
  in_force_to TEXT NOT NULL, ended_from TEXT NOT NULL, deposited_by TEXT NOT NULL, record BLOB NOT NULL) WITHOUT ROWID;
CREATE INDEX acts_date ON acts (act_date, id);
CREATE INDEX acts_body ON acts (body, act_date, id);
CREATE TABLE act_cups (cup TEXT NOT NULL, act TEXT NOT NULL, PRIMARY KEY (cup, act)) WITHOUT ROWID;
CREATE TABLE act_relations (from_act TEXT NOT NULL, kind INTEGER NOT NULL, to_act TEXT NOT NULL, live INTEGER NOT NULL, record BLOB NOT NULL,
  PRIMARY KEY (from_act, kind, to_act)) WITHOUT ROWID;
CREATE INDEX act_relations_to ON act_relations (to_act, kind, from_act);

CREATE TABLE registers (id TEXT PRIMARY KEY, kind INTEGER NOT NULL, body TEXT NOT NULL, open INTEGER NOT NULL, record BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE register_appends (register TEXT NOT NULL, number INTEGER NOT NULL, record BLOB NOT NULL, PRIMARY KEY (register, number)) WITHOUT ROWID;

-- path is "/root/…/id/"; days as YYYY-MM-DD; amounts in cents
CREATE TABLE budget_lines (id TEXT PRIMARY KEY, path TEXT NOT NULL, level INTEGER NOT NULL, beneficiary TEXT NOT NULL, cup TEXT NOT NULL, record BLOB NOT NULL) WITHOUT ROWID;
CREATE INDEX budget_lines_beneficiary ON budget_lines (beneficiary, id);
CREATE TABLE budget_movements (number INTEGER PRIMARY KEY, kind INTEGER NOT NULL, day TEXT NOT NULL, act TEXT NOT NULL, position TEXT NOT NULL, ref TEXT NOT NULL,
  cents INTEGER NOT NULL, height INTEGER NOT NULL, record BLOB NOT NULL);
CREATE INDEX budget_movements_day ON budget_movements (day, number);
CREATE INDEX budget_movements_act ON budget_movements (act, number);
CREATE INDEX budget_movements_position ON budget_movements (position, number);
CREATE INDEX budget_movements_ref ON budget_movements (ref, number) WHERE ref <> '';
CREATE TABLE budget_entries (line TEXT NOT NULL, number INTEGER NOT NULL, PRIMARY KEY (line, number)) WITHOUT ROWID;
CREATE INDEX budget_entries_number ON budget_entries (number, line);
CREATE TABLE budget_positions (id TEXT PRIMARY KEY, kind INTEGER NOT NULL, line TEXT NOT NULL, beneficiary TEXT NOT NULL, closed INTEGER NOT NULL, record BLOB NOT NULL) WITHOUT ROWID;
CREATE INDEX budget_positions_line ON budget_positions (line, id);

-- words are folded, see words
CREATE TABLE searchable (kind TEXT NOT NULL, key TEXT NOT NULL, name TEXT NOT NULL, PRIMARY KEY (kind, key)) WITHOUT ROWID;
CREATE TABLE search_words (kind TEXT NOT NULL, key TEXT NOT NULL, word TEXT NOT NULL, PRIMARY KEY (kind, key, word)) WITHOUT ROWID;
CREATE INDEX search_words_word ON search_words (word, kind, key);
CREATE TABLE lot_words (word TEXT NOT NULL, gtin TEXT NOT NULL, lot TEXT NOT NULL, PRIMARY KEY (word, gtin, lot)) WITHOUT ROWID;

-- subject as commitment.Subject writes it
CREATE TABLE commitments (id BLOB PRIMARY KEY, participant TEXT NOT NULL, subject TEXT NOT NULL, record BLOB NOT NULL) WITHOUT ROWID;
CREATE INDEX commitments_participant ON commitments (participant, id);
CREATE INDEX commitments_subject ON commitments (subject, id);
CREATE TABLE holdings (participant TEXT NOT NULL, commitment BLOB NOT NULL, field TEXT NOT NULL, erased INTEGER NOT NULL,
  record BLOB NOT NULL, PRIMARY KEY (participant, commitment, field)) WITHOUT ROWID;
`

// table says how rows are written: the first key columns are the row's key.
type table struct {
	name string
	key  int
	cols []string
}

// The tables that blocks write, in the order in which they are written.
const (
	tBlocks = iota
	tTxs
	tParticipants
	tKeys
	tGrants
	tAccreditations
	tProposals
	tParams
	tValidators
	tSpecifications
	tSpecVersions
	tProducts
	tLocations
	tBatches
	tAttestations
	tAttestationBatches
	tAttestationMoves
	tControlRequests
	tControlBatches
	tControlFindings
	tControlResults
	tEvents
	tEventBatches
	tDeclaredEvents
	tAdoptedEvents
	tStocks
	tHeld
	tOffers
	tOfferBatches
	tLogisticUnits
	tUnitBatches
	tEntries
	tEntryBatches
	tMadeOf
	tUnitRuns
	tUnitVoidings
	tUnitRecords
	tEPCISEvents
	tEPCISTerms
	tCommitments
	tHoldings
	tSearchable
	tSearchWords
	tLotWords
	tRecalls
	tRecallSpreads
	tRecallMarks
	tRecallAcks
	tRecallNotices
	tRecallLifts
	tActs
	tActCUPs
	tActRelations
	tRegisters
	tRegisterAppends
	tBudgetLines
	tBudgetMovements
	tBudgetEntries
	tBudgetPositions
	tContracts
	tConsequences
	tPoints
	tAgreements
	tAgreementParties
	tableCount
)

var tables = [tableCount]table{
	tBlocks:             {"blocks", 1, []string{"height", "hash", "time", "txs"}},
	tTxs:                {"txs", 1, []string{"seq", "tag", "hash", "code", "codespace", "id", "message", "signer", "acts", "results", "time"}},
	tParticipants:       {"participants", 1, []string{"id", "status", "record"}},
	tKeys:               {"keys", 1, []string{"address", "participant", "label", "record"}},
	tGrants:             {"grants", 2, []string{"participant", "number", "role", "revoked", "record"}},
	tAccreditations:     {"accreditations", 2, []string{"certifier", "specification", "status", "record"}},
	tProposals:          {"proposals", 1, []string{"id", "status", "record"}},
	tParams:             {"params", 1, []string{"id", "record"}},
	tValidators:         {"validators", 1, []string{"public_key", "power", "record"}},
	tSpecifications:     {"specifications", 1, []string{"id", "scheme", "record"}},
	tSpecVersions:       {"spec_versions", 2, []string{"specification", "version", "record"}},
	tProducts:           {"products", 1, []string{"gtin", "owner", "specification", "record"}},
	tLocations:          {"locations", 1, []string{"id", "owner", "kind", "municipality", "parent", "status", "record"}},
	tBatches:            {"batches", 2, []string{"gtin", "lot", "owner", "custodian", "specification", "status", "production_date", "late", "unit", "amount", "record"}},
	tAttestations:       {"attestations", 1, []string{"id", "certifier", "specification", "status", "record"}},
	tAttestationBatches: {"attestation_batches", 3, []string{"gtin", "lot", "attestation"}},
	tEvents:             {"events", 1, []string{"id", "event_time", "type", "action", "biz_step", "disposition", "reporter", "late", "tx", "record", "document", "context"}},
	tEventBatches:       {"event_batches", 5, []string{"gtin", "lot", "event_time", "event", "part", "registered"}},
	tDeclaredEvents:     {"declared_events", 1, []string{"id", "record"}},
	tAdoptedEvents:      {"adopted_events", 1, []string{"id", "seq"}},
	tStocks:             {"stocks", 2, []string{"gtin", "lot", "remains", "sold", "record"}},
	tHeld:               {"held", 3, []string{"gtin", "lot", "holder", "has", "remains", "record"}},
	tRecalls:            {"recalls", 1, []string{"number", "drill", "state", "opened_by", "record"}},
	tRecallSpreads:      {"recall_spreads", 1, []string{"recall", "record"}},
	tRecallMarks:        {"recall_marks", 3, []string{"recall", "gtin", "lot", "live", "record"}},
	tRecallAcks:         {"recall_acks", 4, []string{"recall", "gtin", "lot", "participant", "late", "found", "quarantined", "destroyed", "sold_on", "record"}},
	tRecallNotices:      {"recall_notices", 2, []string{"recall", "number", "record"}},
	tContracts:          {"contracts", 2, []string{"contract", "version", "status", "specification", "record"}},
	tConsequences:       {"consequences", 3, []string{"gtin", "lot", "name", "kind", "live", "contract", "record"}},
	tPoints:             {"points", 2, []string{"participant", "contract", "points", "record"}},
	tAgreements:         {"agreements", 1, []string{"number", "state", "record"}},
	tAgreementParties:   {"agreement_parties", 2, []string{"participant", "number"}},
	tRecallLifts:        {"recall_lifts", 2, []string{"recall", "number", "record"}},
	tActs:               {"acts", 1, []string{"id", "kind", "body", "act_date", "in_force_from", "in_force_to", "ended_from", "deposited_by", "record"}},
	tActCUPs:            {"act_cups", 2, []string{"cup", "act"}},
	tActRelations:       {"act_relations", 3, []string{"from_act", "kind", "to_act", "live", "record"}},
	tRegisters:          {"registers", 1, []string{"id", "kind", "body", "open", "record"}},
	tRegisterAppends:    {"register_appends", 2, []string{"register", "number", "record"}},
	tBudgetLines:        {"budget_lines", 1, []string{"id", "path", "level", "beneficiary", "cup", "record"}},
	tBudgetMovements:    {"budget_movements", 1, []string{"number", "kind", "day", "act", "position", "ref", "cents", "height", "record"}},
	tBudgetEntries:      {"budget_entries", 2, []string{"line", "number"}},
	tBudgetPositions:    {"budget_positions", 1, []string{"id", "kind", "line", "beneficiary", "closed", "record"}},
	tOffers:             {"offers", 1, []string{"number", "sender", "receiver", "status", "sscc", "record"}},
	tOfferBatches:       {"offer_batches", 3, []string{"gtin", "lot", "number"}},
	tLogisticUnits:      {"logistic_units", 1, []string{"sscc", "holder", "parent", "packed", "record"}},
	tUnitBatches:        {"unit_batches", 3, []string{"gtin", "lot", "sscc"}},
	tEntries:            {"entries", 1, []string{"number", "kind", "actor", "day", "late", "at", "height", "reverses", "record"}},
	tEntryBatches:       {"entry_batches", 3, []string{"gtin", "lot", "number"}},
	tMadeOf:             {"made_of", 6, []string{"gtin", "lot", "of_gtin", "of_lot", "source", "teller", "live"}},
	tUnitRuns:           {"unit_runs", 3, []string{"gtin", "lot", "number", "committed_by", "record"}},
	tUnitVoidings:       {"unit_voidings", 3, []string{"gtin", "lot", "number", "record"}},
	tUnitRecords:        {"unit_records", 4, []string{"gtin", "lot", "run", "position", "reveals", "record"}},
	tEPCISEvents:        {"epcis_events", 1, []string{"seq", "event", "event_time", "record_time", "document", "context"}},
	tEPCISTerms:         {"epcis_terms", 3, []string{"field", "value", "seq"}},
	tCommitments:        {"commitments", 1, []string{"id", "participant", "subject", "record"}},
	tSearchable:         {"searchable", 2, []string{"kind", "key", "name"}},
	tSearchWords:        {"search_words", 3, []string{"kind", "key", "word"}},
	tLotWords:           {"lot_words", 3, []string{"word", "gtin", "lot"}},
	tHoldings:           {"holdings", 3, []string{"participant", "commitment", "field", "erased", "record"}},
	tAttestationMoves:   {"attestation_moves", 4, []string{"attestation", "line", "gtin", "lot", "certifier", "specification", "month", "move", "unit", "amount"}},
	tControlRequests:    {"control_requests", 1, []string{"id", "certifier", "requester", "specification", "status", "due_date", "record"}},
	tControlBatches:     {"control_request_batches", 3, []string{"gtin", "lot", "request"}},
	tControlFindings:    {"control_findings", 2, []string{"request", "number", "severity", "closed", "deadline_date", "record"}},
	tControlResults:     {"control_results", 2, []string{"request", "number", "verdict", "record"}},
}
