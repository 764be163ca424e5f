package gateway

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/filiera-chain/filiera/acts"
	ledgerv1 "github.com/filiera-chain/filiera/api/ledger/v1"
	"github.com/filiera-chain/filiera/index"
	"github.com/filiera-chain/filiera/module/statekey"
	"github.com/filiera-chain/filiera/verify"
)

// whatItIs is what this ledger claims of itself, on every answer about acts.
const whatItIs = "electronic time stamp (Reg. (EU) 910/2014, art. 41), not qualified; electronic ledger, not qualified"

// italianHour is how far the Italian day begins before the one in UTC, at least.
const italianHour = time.Hour

// ActDetail is a notarised act and how it stands on a day.
type ActDetail struct {
	Height   int64                       `json:"height" doc:"The height of which it is true"`
	Act      Record[*ledgerv1.Act]       `json:"act"`
	AsOf     string                      `json:"as_of" format:"date" doc:"The day that standing and text are of"`
	Standing string                      `json:"standing" enum:"in_force,not_yet,revoked,repealed,expired"`
	EndedBy  *Record[*ledgerv1.Relation] `json:"ended_by,omitempty" doc:"What ended it by that day"`
	Text     []TextPart                  `json:"text" doc:"What its text is made of on that day: the act itself, then each act that amended or rectified it, in order of effect"`
	// ConsolidatedSHA256 is nobody's act.
	ConsolidatedSHA256 string          `json:"consolidated_sha256,omitempty" doc:"SHA-256 of the last coordinated text that somebody gave"`
	Claim              string          `json:"claim" doc:"What the ledger's time is in law, and what it is not"`
	Proof              json.RawMessage `json:"proof,omitempty" doc:"Asked for: a proof of the form filiera-record/1 of the act's record"`
}

// TextPart is an act that says some of a text in force.
type TextPart struct {
	Act           string   `json:"act"`
	Relation      string   `json:"relation,omitempty" doc:"Absent for the act itself"`
	EffectiveFrom string   `json:"effective_from" format:"date"`
	Documents     []string `json:"documents" doc:"SHA-256 of each"`
}

// FileDetail is what the ledger knows of a file.
type FileDetail struct {
	Height int64                           `json:"height"`
	SHA256 string                          `json:"sha256"`
	Known  bool                            `json:"known" doc:"False where no act has it, which the proof shows too"`
	Uses   []Record[*ledgerv1.DocumentUse] `json:"uses" doc:"The acts that it belongs to: as the file itself (whole), as what was signed in a file (inner), or as an attachment (part)"`
	Acts   []Record[*ledgerv1.Act]         `json:"acts" doc:"The first ten of them"`
	More   int                             `json:"more" doc:"How many there are beside"`
	Claim  string                          `json:"claim" doc:"What the ledger's time is in law, and what it is not"`
	Proof  json.RawMessage                 `json:"proof,omitempty" doc:"Asked for: a proof of the form filiera-record/1, which filiera act verify --bundle checks offline"`
}

func (g *Gateway) actRoutes() {
	const tag = "Acts"
	huma.Register(g.api, op("listActs", "/v1/acts", tag, "Notarised acts", "The latest first, by their own date."), g.listActs)
	huma.Register(g.api, op("getAct", "/v1/acts/{id}", tag, "One notarised act, and how it stands on a day", "Unknown: act.not_found."), g.getAct)
	huma.Register(g.api, op("listActRelations", "/v1/act-relations", tag, "What acts do to one another", "In order of the act that does it. from and to choose acts; without them, all."), g.listActRelations)
	huma.Register(g.api, op("findFile", "/v1/acts/by-hash/{sha256}", tag, "The acts that a file belongs to",
		"By the SHA-256 of the file, of what was signed in it, or of an attachment. A file that the ledger does not know answers 200 with known false; the proof shows that as well."), g.findFile)
	g.mux.HandleFunc(actPageRoute, g.actPage)
}

type actsIn struct {
	Paging
	Kind        string `query:"kind" doc:"Such as dgr or decreto_dirigenziale"`
	Issuer      string `query:"body" doc:"Who issued it"`
	DepositedBy string `query:"deposited_by" doc:"Participant that put it on the ledger"`
	CUP         string `query:"cup" doc:"Codice unico di progetto"`
	From        string `query:"from" doc:"First day of the acts' dates, YYYY-MM-DD"`
	To          string `query:"to" doc:"Last day of the acts' dates"`
	InForceOn   string `query:"in_force_on" doc:"Only those in force on this day"`
}

func (g *Gateway) listActs(ctx context.Context, in *actsIn) (*body[List[Record[*ledgerv1.Act]]], error) {
	f := index.ActFilter{Body: in.Issuer, DepositedBy: in.DepositedBy, CUP: strings.ToUpper(in.CUP)}
	var err error
	if f.Kind, err = filterWord[ledgerv1.ActKind]("kind", strings.ReplaceAll(in.Kind, "-", "_"), ledgerv1.ActKind(0).Descriptor()); err != nil {
		return nil, err
	}
	for _, day := range []struct {
		field, text string
		into        *string
	}{{"from", in.From, &f.From}, {"to", in.To, &f.To}, {"in_force_on", in.InForceOn, &f.InForceOn}} {
		if *day.into, err = filterDay(day.field, day.text); err != nil {
			return nil, err
		}
	}
	if in.CUP != "" {
		if err := acts.CheckCUP("cup", f.CUP); err != nil {
			return nil, badRequest("cup", "%v", err)
		}
	}
	l, err := g.c.Index.Acts(ctx, f, in.page())
	return respond(g, List[Record[*ledgerv1.Act]]{records(l.Items), l.Next}, err)
}

// ActPath names an act in a path.
type ActPath struct {
	ID string `path:"id" maxLength:"160" doc:"body:kind:number[.office]:year, such as regione-marche:dgr:203:2023"`
}

type actIn struct {
	ActPath
	AsOf  string `query:"as_of" doc:"Day, YYYY-MM-DD; without it, that of the last block"`
	Proof bool   `query:"proof" doc:"Add the proof"`
}

// actAt reads an act, or refuses.
func actAt(v View, id string) (*ledgerv1.Act, error) {
	a, err := lookUp[ledgerv1.Act](v, statekey.LedgerAct(id))
	if err == nil && a == nil {
		err = notFound("act", "no act has the id %q", clip(id))
	}
	return a, err
}

func (g *Gateway) getAct(ctx context.Context, in *actIn) (*body[ActDetail], error) {
	day, err := filterDay("as_of", in.AsOf)
	if err != nil {
		return nil, err
	}
	if day == "" {
		if day, err = g.italianDay(ctx); err != nil {
			return nil, g.fail(err)
		}
	}
	d := ActDetail{AsOf: day, Claim: whatItIs}
	err = g.c.Ledger.View(func(v View) error {
		a, err := actAt(v, in.ID)
		if err != nil {
			return err
		}
		d.Height, d.Act = v.Height(), record(a)
		standing, end := acts.At(a, day)
		d.Standing = string(standing)
		if end != nil {
			shown := record(end)
			d.EndedBy = &shown
		}
		if err := d.text(v, a); err != nil {
			return err
		}
		if in.Proof {
			d.Proof, err = g.proveIn(ctx, v, statekey.LedgerAct(in.ID))
		}
		return err
	})
	return respond(g, d, err)
}

// italianDay is the day of the last block in Italy.
func (g *Gateway) italianDay(ctx context.Context) (string, error) {
	var height int64
	if err := g.c.Ledger.View(func(v View) error { height = v.Height(); return needBlock(v) }); err != nil {
		return "", err
	}
	at, err := g.blockTime(ctx, height)
	return at.UTC().Add(italianHour).Format(time.DateOnly), err
}

func (d *ActDetail) text(v View, a *ledgerv1.Act) error {
	part := func(a *ledgerv1.Act, relation, from string) {
		p := TextPart{Act: a.GetId(), Relation: relation, EffectiveFrom: from, Documents: []string{}}
		for _, doc := range a.GetDocuments() {
			p.Documents = append(p.Documents, hex.EncodeToString(doc.GetSha256()))
		}
		d.Text = append(d.Text, p)
	}
	part(a, "", a.GetInForceFrom())
	for _, c := range acts.Words(a, d.AsOf) {
		other, err := actAt(v, c.GetFrom())
		if err != nil {
			return err
		}
		part(other, acts.RelationWord(c.GetKind()), c.GetEffectiveFrom())
		d.ConsolidatedSHA256 = hex.EncodeToString(c.GetConsolidatedSha256())
	}
	return nil
}

type actRelationsIn struct {
	Paging
	From      string `query:"from" doc:"The act that does it"`
	To        string `query:"to" doc:"The act that it is done to"`
	Kind      string `query:"kind" doc:"Such as amends"`
	Withdrawn bool   `query:"withdrawn" doc:"Those too that were taken back as mistakes"`
}

func (g *Gateway) listActRelations(ctx context.Context, in *actRelationsIn) (*body[List[Record[*ledgerv1.Relation]]], error) {
	f := index.RelationFilter{From: in.From, To: in.To, Withdrawn: in.Withdrawn}
	var err error
	if f.Kind, err = filterWord[ledgerv1.ActRelation]("kind", in.Kind, ledgerv1.ActRelation(0).Descriptor()); err != nil {
		return nil, err
	}
	l, err := g.c.Index.ActRelations(ctx, f, in.page())
	return respond(g, List[Record[*ledgerv1.Relation]]{records(l.Items), l.Next}, err)
}

type fileIn struct {
	SHA256 string `path:"sha256" doc:"64 hex digits"`
	Proof  bool   `query:"proof" doc:"Add the proof"`
}

func (g *Gateway) findFile(ctx context.Context, in *fileIn) (*body[FileDetail], error) {
	sum, err := hex.DecodeString(in.SHA256)
	if err != nil || len(sum) != 32 {
		return nil, badRequest("sha256", "the hash is %q; write the 64 hex digits of a SHA-256", clip(in.SHA256))
	}
	d := FileDetail{SHA256: hex.EncodeToString(sum), Claim: whatItIs}
	err = g.c.Ledger.View(func(v View) error {
		f, err := verify.GatherFile(verify.Live(v), sum)
		if err != nil {
			return err
		}
		d.Height, d.Known, d.Uses, d.Acts, d.More = v.Height(), len(f.Uses) > 0, records(f.Uses), records(f.Acts), f.More
		if in.Proof {
			d.Proof, err = g.proveIn(ctx, v, f.Keys...)
		}
		return err
	})
	return respond(g, d, err)
}
