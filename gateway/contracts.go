package gateway

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"time"

	"github.com/danielgtaylor/huma/v2"

	agreementv1 "github.com/filiera-chain/filiera/api/agreement/v1"
	rulesv1 "github.com/filiera-chain/filiera/api/rules/v1"
	"github.com/filiera-chain/filiera/index"
	"github.com/filiera-chain/filiera/module/statekey"
	"github.com/filiera-chain/filiera/rules"
	"github.com/filiera-chain/filiera/ruling"
)

// ContractDetail is a contract with all its versions.
type ContractDetail struct {
	Height   int64                      `json:"height" doc:"The height of which it is true"`
	Contract string                     `json:"contract"`
	Versions []Record[*rulesv1.Version] `json:"versions" doc:"In order of version"`
	Proof    json.RawMessage            `json:"proof,omitempty" doc:"Asked for: a proof of the form filiera-record/1 of the versions"`
}

// ContractDocument is the text of a version.
type ContractDocument struct {
	Height   int64           `json:"height" doc:"The height of which it is true"`
	Contract string          `json:"contract"`
	Version  uint32          `json:"version"`
	SHA256   string          `json:"sha256" doc:"Of the text, in hex; the same as in the version's record"`
	Text     string          `json:"text" doc:"YAML"`
	Proof    json.RawMessage `json:"proof,omitempty" doc:"Asked for: a proof of the form filiera-record/1 of the version and its text"`
}

// BatchRulings is what contracts said of a batch.
type BatchRulings struct {
	Height       int64                          `json:"height" doc:"The height of which it is true"`
	Rulings      []BatchRuling                  `json:"rulings"`
	Consequences []Record[*rulesv1.Consequence] `json:"consequences" doc:"What followed, also what has ended"`
	Declarations []ShownDeclaration             `json:"declarations"`
	Proof        json.RawMessage                `json:"proof,omitempty" doc:"Asked for: a proof of the form filiera-record/1 of the records. That no ruling is left out, the bundle of /v1/verify proves"`
}

// BatchRuling is a ruling with its results in words.
type BatchRuling struct {
	Ruling Record[*rulesv1.Ruling] `json:"ruling"`
	Words  []RuleInWords           `json:"words"`
}

// RuleInWords is how one rule ended, for people.
type RuleInWords struct {
	Rule     string `json:"rule"`
	Outcome  string `json:"outcome" enum:"pass,fail,missing,broken,idle"`
	Severity string `json:"severity"`
	Article  string `json:"article,omitempty"`
	Sentence string `json:"sentence"`
	Required string `json:"required,omitempty"`
	Found    string `json:"found,omitempty"`
}

// ShownDeclaration is what a participant declared of a batch.
type ShownDeclaration struct {
	Participant   string `json:"participant"`
	Facts         string `json:"facts" doc:"YAML"`
	Number        uint32 `json:"number" doc:"How many times it was told, this time included"`
	ByControlBody bool   `json:"by_control_body"`
	At            string `json:"at" format:"date-time"`
}

// BatchFacts is what contracts would see of a batch now.
type BatchFacts struct {
	Height int64  `json:"height" doc:"The height of which it is true"`
	Facts  string `json:"facts" doc:"YAML, as the cases of contracts are written"`
}

// FactsOf gathers what contracts see of a batch, as YAML; attestation names the
// certificate whose control points count, or none. nil for a batch that is not there.
type FactsOf func(gtin, lot, attestation string) (height int64, facts []byte, err error)

func (g *Gateway) contractRoutes() {
	const tag = "Contracts"
	huma.Register(g.api, op("listContracts", "/v1/contracts", tag, "Versions of contracts", "In order of contract and version."), g.listContracts)
	huma.Register(g.api, op("getContract", "/v1/contracts/{id}", tag, "One contract", "With all its versions. Unknown: contract.not_found."), g.getContract)
	huma.Register(g.api, op("getContractDocument", "/v1/contracts/{id}/versions/{version}", tag, "The text of a version", "As it was deployed. Unknown: contract.not_found."), g.getContractText)
	huma.Register(g.api, op("getRulings", "/v1/batches/{gtin}/{lot}/rulings", tag, "What contracts said of a batch", "At most 500 rulings, in order of trigger, contract and subject. Unknown: batch.not_found."), g.getRulings)
	huma.Register(g.api, op("getFacts", "/v1/batches/{gtin}/{lot}/facts", tag, "What contracts would see of a batch", "For trying a contract on it. Unknown: batch.not_found."), g.getFacts)
	huma.Register(g.api, op("listConsequences", "/v1/consequences", tag, "What followed from contracts", "In order of batch: statuses, holds, controls that are asked for, awards."), g.listConsequences)
	huma.Register(g.api, op("listPoints", "/v1/points", tag, "Points that contracts awarded", "In order of participant and contract."), g.listPoints)
	huma.Register(g.api, op("listAgreements", "/v1/agreements", tag, "Agreements", "The newest first (D.L. 135/2018 art. 8-ter)."), g.listAgreements)
	huma.Register(g.api, op("getAgreement", "/v1/agreements/{number}", tag, "One agreement", "Unknown: agreement.not_found."), g.getAgreement)
}

type contractsIn struct {
	Paging
	Specification string `query:"specification"`
	Status        string `query:"status" doc:"deployed, approved, active or withdrawn"`
}

func (g *Gateway) listContracts(ctx context.Context, in *contractsIn) (*body[List[Record[*rulesv1.Version]]], error) {
	status, err := filterWord[rulesv1.VersionStatus]("status", in.Status, rulesv1.VersionStatus(0).Descriptor())
	if err != nil {
		return nil, err
	}
	l, err := g.c.Index.Contracts(ctx, index.ContractFilter{Status: status, Specification: in.Specification}, in.page())
	return respond(g, List[Record[*rulesv1.Version]]{records(l.Items), l.Next}, err)
}

type contractIn struct {
	ID    string `path:"id" doc:"Id of the contract"`
	Proof bool   `query:"proof" doc:"Add the proof"`
}

func (g *Gateway) getContract(ctx context.Context, in *contractIn) (*body[ContractDetail], error) {
	d := ContractDetail{Contract: in.ID, Versions: []Record[*rulesv1.Version]{}}
	err := g.c.Ledger.View(func(v View) error {
		d.Height = v.Height()
		var keys [][]byte
		start, end := statekey.ContractVersions(in.ID)
		err := eachRecord(v, start, end, func(key []byte, x *rulesv1.Version) error {
			keys, d.Versions = append(keys, key), append(d.Versions, record(x))
			return nil
		})
		if err == nil && len(keys) == 0 {
			err = notFound("contract", "there is no contract %s", clip(in.ID))
		}
		if err == nil && in.Proof {
			d.Proof, err = g.proveIn(ctx, v, keys...)
		}
		return err
	})
	return respond(g, d, err)
}

type documentIn struct {
	ID      string `path:"id" doc:"Id of the contract"`
	Version uint32 `path:"version" minimum:"1"`
	Proof   bool   `query:"proof" doc:"Add the proof"`
}

func (g *Gateway) getContractText(ctx context.Context, in *documentIn) (*body[ContractDocument], error) {
	d := ContractDocument{Contract: in.ID, Version: in.Version}
	err := g.c.Ledger.View(func(v View) error {
		key := statekey.ContractVersion(in.ID, in.Version)
		x, err := lookUp[rulesv1.Version](v, key)
		if err != nil {
			return err
		}
		if x == nil {
			return notFound("contract", "contract %s has no version %d", clip(in.ID), in.Version)
		}
		text, err := lookUp[rulesv1.Document](v, statekey.ContractDocument(x.GetSha256()))
		if err != nil {
			return err
		}
		d.Height, d.SHA256, d.Text = v.Height(), hex.EncodeToString(x.GetSha256()), string(text.GetText())
		if in.Proof {
			d.Proof, err = g.proveIn(ctx, v, key, statekey.ContractDocument(x.GetSha256()))
		}
		return err
	})
	return respond(g, d, err)
}

// maxRulings bounds one answer.
const maxRulings = 500

type rulingsIn struct {
	BatchPath
	Lang  string `query:"lang" enum:"it,en" default:"it" doc:"Language of sentences"`
	Proof bool   `query:"proof" doc:"Add the proof"`
}

func (g *Gateway) getRulings(ctx context.Context, in *rulingsIn) (*body[BatchRulings], error) {
	out := BatchRulings{Rulings: []BatchRuling{}, Consequences: []Record[*rulesv1.Consequence]{}, Declarations: []ShownDeclaration{}}
	err := g.c.Ledger.View(func(v View) error {
		b, err := typedBatch(v, in.BatchPath)
		if err != nil {
			return err
		}
		out.Height = v.Height()
		keys, err := out.gather(v, b.GetGtin(), b.GetLot(), in.Lang)
		if err == nil && in.Proof {
			out.Proof, err = g.proveIn(ctx, v, append(keys, statekey.Batch(b.GetGtin(), b.GetLot()))...)
		}
		return err
	})
	return respond(g, out, err)
}

func (out *BatchRulings) gather(v View, gtin, lot, lang string) ([][]byte, error) {
	var keys [][]byte
	read := map[string]*rules.Contract{}
	start, end := statekey.RulingsOf(gtin, lot)
	err := eachRecord(v, start, end, func(key []byte, x *rulesv1.Ruling) error {
		if len(out.Rulings) == maxRulings {
			return nil
		}
		words, err := inWords(v, x, lang, read)
		keys, out.Rulings = append(keys, key), append(out.Rulings, BatchRuling{record(x), words})
		return err
	})
	if err != nil {
		return nil, err
	}
	start, end = statekey.ConsequencesOf(gtin, lot)
	err = eachRecord(v, start, end, func(key []byte, x *rulesv1.Consequence) error {
		keys, out.Consequences = append(keys, key), append(out.Consequences, record(x))
		return nil
	})
	if err != nil {
		return nil, err
	}
	start, end = statekey.DeclarationsOf(gtin, lot)
	return keys, eachRecord(v, start, end, func(key []byte, x *rulesv1.Declaration) error {
		keys = append(keys, key)
		out.Declarations = append(out.Declarations, ShownDeclaration{x.GetParticipant(), string(x.GetFacts()), x.GetNumber(), x.GetByControlBody(), time.Unix(x.GetAt(), 0).UTC().Format(time.RFC3339)})
		return nil
	})
}

// inWords reads a ruling with the words of its contract.
func inWords(v View, x *rulesv1.Ruling, lang string, read map[string]*rules.Contract) ([]RuleInWords, error) {
	c := read[string(x.GetSha256())]
	if c == nil {
		d, err := lookUp[rulesv1.Document](v, statekey.ContractDocument(x.GetSha256()))
		if err != nil {
			return nil, err
		}
		if c, err = rules.Load(d.GetText()); err != nil {
			return nil, err
		}
		read[string(x.GetSha256())] = c
	}
	l := rules.Italian
	if lang == "en" {
		l = rules.English
	}
	out := []RuleInWords{}
	for _, r := range x.GetResults() {
		res, err := ruling.Result(c, r)
		if err != nil {
			return nil, err
		}
		out = append(out, RuleInWords{res.Rule, res.Outcome.String(), res.Severity, res.Article, res.Message(l), res.Required(l), res.Found(l)})
	}
	return out, nil
}

type factsIn struct {
	BatchPath
	Attestation string `query:"attestation" doc:"Certificate whose control points count"`
}

func (g *Gateway) getFacts(_ context.Context, in *factsIn) (*body[BatchFacts], error) {
	if g.c.Facts == nil {
		return nil, notFound("facts", "this node does not gather facts")
	}
	var gtin, lot string
	err := g.c.Ledger.View(func(v View) error {
		b, err := typedBatch(v, in.BatchPath)
		gtin, lot = b.GetGtin(), b.GetLot()
		return err
	})
	if err != nil {
		return nil, g.fail(err)
	}
	height, text, err := g.c.Facts(gtin, lot, in.Attestation)
	if err == nil && text == nil {
		err = notFound("attestation", "no attestation %s covers the batch", clip(in.Attestation))
	}
	return respond(g, BatchFacts{height, string(text)}, err)
}

type consequencesIn struct {
	Paging
	Kind     string `query:"kind" doc:"status, hold, hold_until, require_attestation, control or award"`
	Contract string `query:"contract"`
	Live     bool   `query:"live" doc:"Leave out what has ended"`
	GTIN     string `query:"gtin" doc:"Together with lot: a batch"`
	Lot      string `query:"lot"`
}

func (g *Gateway) listConsequences(ctx context.Context, in *consequencesIn) (*body[List[Record[*rulesv1.Consequence]]], error) {
	f := index.ConsequenceFilter{Contract: in.Contract, Live: in.Live}
	var err error
	if f.Kind, err = filterWord[rulesv1.ConsequenceKind]("kind", in.Kind, rulesv1.ConsequenceKind(0).Descriptor()); err != nil {
		return nil, err
	}
	if f.GTIN, f.Lot, err = bothOrNone(in.GTIN, in.Lot); err != nil {
		return nil, err
	}
	l, err := g.c.Index.Consequences(ctx, f, in.page())
	return respond(g, List[Record[*rulesv1.Consequence]]{records(l.Items), l.Next}, err)
}

type pointsIn struct {
	Paging
	Participant string `query:"participant"`
}

func (g *Gateway) listPoints(ctx context.Context, in *pointsIn) (*body[List[Record[*rulesv1.Points]]], error) {
	l, err := g.c.Index.Points(ctx, in.Participant, in.page())
	return respond(g, List[Record[*rulesv1.Points]]{records(l.Items), l.Next}, err)
}

type agreementsIn struct {
	Paging
	State string `query:"state" doc:"proposed, in_force, performed, breached, declined or dissolved"`
	Party string `query:"party" doc:"Participant"`
}

func (g *Gateway) listAgreements(ctx context.Context, in *agreementsIn) (*body[List[Record[*agreementv1.Agreement]]], error) {
	state, err := filterWord[agreementv1.State]("state", in.State, agreementv1.State(0).Descriptor())
	if err != nil {
		return nil, err
	}
	l, err := g.c.Index.Agreements(ctx, index.AgreementFilter{State: state, Party: in.Party}, in.page())
	return respond(g, List[Record[*agreementv1.Agreement]]{records(l.Items), l.Next}, err)
}

type agreementIn struct {
	Number uint64 `path:"number" minimum:"1" doc:"Number of the agreement"`
	Proof  bool   `query:"proof" doc:"Add the proof"`
}

// AgreementDetail is an agreement, with its proof when asked for.
type AgreementDetail struct {
	Height    int64                          `json:"height" doc:"The height of which it is true"`
	Agreement Record[*agreementv1.Agreement] `json:"agreement"`
	Proof     json.RawMessage                `json:"proof,omitempty" doc:"Asked for: a proof of the form filiera-record/1"`
}

func (g *Gateway) getAgreement(ctx context.Context, in *agreementIn) (*body[AgreementDetail], error) {
	d := AgreementDetail{}
	err := g.c.Ledger.View(func(v View) error {
		x, err := lookUp[agreementv1.Agreement](v, statekey.Agreement(in.Number))
		if err != nil {
			return err
		}
		if x == nil {
			return notFound("agreement", "there is no agreement %d", in.Number)
		}
		d.Height, d.Agreement = v.Height(), record(x)
		if in.Proof {
			d.Proof, err = g.proveIn(ctx, v, statekey.Agreement(in.Number))
		}
		return err
	})
	return respond(g, d, err)
}
