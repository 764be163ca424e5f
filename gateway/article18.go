package gateway

import (
	"context"
	"encoding/hex"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	certv1 "github.com/filiera-chain/filiera/api/cert/v1"
	matterv1 "github.com/filiera-chain/filiera/api/matter/v1"
	productv1 "github.com/filiera-chain/filiera/api/product/v1"
	registryv1 "github.com/filiera-chain/filiera/api/registry/v1"
	"github.com/filiera-chain/filiera/index"
	"github.com/filiera-chain/filiera/module"
	"github.com/filiera-chain/filiera/module/statekey"
	"github.com/filiera-chain/filiera/report"
)

// maxReportEntries bounds the entries of one report.
const maxReportEntries = 2_000

func (g *Gateway) article18Routes() {
	huma.Register(g.api, op("getArticle18", "/v1/batches/{gtin}/{lot}/article18", "Matter", "The traceability report of a batch",
		"One step back and one step forward (Reg. (EC) 178/2002, art. 18), with the balance, the holders and the certificates. At most 2,000 entries; more says whether others lie beyond. Unknown: batch.not_found."), g.getArticle18)
}

type article18In struct{ BatchPath }

// reporting is a report being gathered.
type reporting struct {
	g     *Gateway
	v     View
	r     *report.Article18
	batch *productv1.Batch
	names map[string]string
}

func (g *Gateway) getArticle18(ctx context.Context, in *article18In) (*body[report.Article18], error) {
	p := &reporting{g: g, names: map[string]string{}, r: &report.Article18{Back: []report.Move{}, Forward: []report.Move{}, Holders: []report.HolderOf{}, Certificates: []report.CertificateLine{}}}
	err := g.c.Ledger.View(func(v View) (err error) {
		p.v = v
		if p.batch, err = typedBatch(v, in.BatchPath); err != nil {
			return err
		}
		if err := p.about(ctx); err != nil {
			return err
		}
		return p.steps(ctx)
	})
	return respond(g, *p.r, err)
}

func (p *reporting) party(id string) report.PartyName {
	if id == "" {
		return report.PartyName{}
	}
	if _, known := p.names[id]; !known {
		who, err := lookUp[registryv1.Participant](p.v, statekey.Participant(id))
		if err == nil {
			p.names[id] = who.GetName()
		}
	}
	return report.PartyName{ID: id, Name: p.names[id]}
}

// about fills in what is not a step.
func (p *reporting) about(ctx context.Context) error {
	b, r := p.batch, p.r
	product, err := lookUp[productv1.Product](p.v, statekey.Product(b.GetGtin()))
	if err != nil {
		return err
	}
	r.GTIN, r.Lot, r.Product, r.Owner = b.GetGtin(), b.GetLot(), product.GetName(), p.party(b.GetOwner())
	r.Specification, r.Version = b.GetSpecification(), int64(b.GetSpecificationVersion())
	r.ProductionDate, r.ExpiryDate, r.Place = b.GetProductionDate(), b.GetExpiryDate(), b.GetPlace()
	r.Status = strings.ToLower(strings.TrimPrefix(b.GetStatus().String(), "BATCH_STATUS_"))
	at, err := p.g.blockTime(ctx, p.v.Height())
	if err != nil {
		return err
	}
	r.Ledger = report.StateOf{ChainID: p.g.c.Ledger.ChainID(), Height: p.v.Height(), Time: at.UTC().Format(time.RFC3339), AppHash: hex.EncodeToString(p.v.AppHash())}
	s, err := lookUp[matterv1.Stock](p.v, statekey.Stock(b.GetGtin(), b.GetLot()))
	if err != nil {
		return err
	}
	if s == nil {
		s = unheard(b)
		r.Holders = append(r.Holders, report.HolderOf{PartyName: p.party(b.GetCustodian()), Left: s.GetLeft()})
	}
	r.Balance = report.BalanceOf{Unit: s.GetUnit(), Entered: s.GetEntered(), Left: s.GetLeft(), Consumed: s.GetConsumed(), Moved: s.GetMoved(), WrittenOff: s.GetWrittenOff(), Sold: s.GetSold()}
	start, end := statekey.HoldingsOf(b.GetGtin(), b.GetLot())
	if err := eachRecord(p.v, start, end, func(_ []byte, h *matterv1.Holding) error {
		if h.GetLeft() > 0 {
			r.Holders = append(r.Holders, report.HolderOf{PartyName: p.party(h.GetHolder()), Left: h.GetLeft()})
		}
		return nil
	}); err != nil {
		return err
	}
	return p.certificates(ctx)
}

func (p *reporting) certificates(ctx context.Context) error {
	l, err := p.g.c.Index.Attestations(ctx, index.AttestationFilter{GTIN: p.batch.GetGtin(), Lot: p.batch.GetLot()}, index.Page{Limit: 100})
	for _, a := range l.Items {
		state := ""
		if h := a.GetHistory(); len(h) > 0 {
			state = h[len(h)-1].GetStatus()
		}
		p.r.Certificates = append(p.r.Certificates, report.CertificateLine{
			ID: a.GetId(), Certifier: p.party(a.GetCertifier()), State: state, Until: module.Day(a.GetValidUntil() - 1), Amount: attestedOf(a, p.batch),
		})
	}
	return err
}

func attestedOf(a *certv1.Attestation, b *productv1.Batch) int64 {
	for _, c := range a.GetBatches() {
		if c.GetBatch().GetGtin() == b.GetGtin() && c.GetBatch().GetLot() == b.GetLot() {
			return c.GetQuantity().GetAmount()
		}
	}
	return 0
}

// steps reads the entries that stand: those that were taken back, and what took them
// back, did not happen.
func (p *reporting) steps(ctx context.Context) error {
	f := asOf{day: "9999-12-31"}.filter(index.EntryFilter{GTIN: p.batch.GetGtin(), Lot: p.batch.GetLot()})
	page, read := index.Page{Limit: 500}, 0
	for {
		l, err := p.g.c.Index.Entries(ctx, f, page)
		if err != nil {
			return err
		}
		for _, e := range l.Items {
			p.entry(e)
		}
		read += len(l.Items)
		if page.Token = l.Next; l.Next == "" || read >= maxReportEntries {
			p.r.More = l.Next != ""
			return nil
		}
	}
}

// entry adds the lines of an entry, seen from the batch.
func (p *reporting) entry(e *matterv1.Entry) {
	mine := int64(0)
	holder := ""
	for _, l := range e.GetPostings() {
		if p.isMine(l) && (mine == 0 || l.GetAmount() < 0) {
			mine, holder = l.GetAmount(), l.GetHolder()
		}
	}
	base := report.Move{
		Entry: int64(e.GetNumber()), Day: e.GetDay(), Told: module.Day(e.GetRecordedAt()), Kind: strings.ToLower(strings.TrimPrefix(e.GetKind().String(), "ENTRY_KIND_")), Note: e.GetReason(),
		From: p.party(e.GetActor()), To: p.party(e.GetActor()),
	}
	if e.GetKind() == matterv1.EntryKind_ENTRY_KIND_TRANSFER {
		p.handed(e, base)
		return
	}
	back := mine > 0
	for _, l := range e.GetPostings() {
		if p.isMine(l) || (l.GetAmount() > 0) == back {
			continue // the batch itself, or what stands beside it
		}
		s := base
		s.Amount, s.Unit, s.What = max(l.GetAmount(), -l.GetAmount()), l.GetUnit(), what(l, e)
		switch l.GetAccount() {
		case matterv1.Account_ACCOUNT_MARKET:
			s.From, s.To = p.party(holder), report.PartyName{ID: "market"}
			if back {
				s.From, s.To = s.To, s.From
			}
		case matterv1.Account_ACCOUNT_STOCK:
			if back {
				s.From = p.party(l.GetHolder())
			} else {
				s.To = p.party(l.GetHolder())
			}
		}
		if back {
			p.r.Back = append(p.r.Back, s)
		} else {
			p.r.Forward = append(p.r.Forward, s)
		}
	}
}

func (p *reporting) isMine(l *matterv1.Posting) bool {
	return l.GetAccount() == matterv1.Account_ACCOUNT_STOCK && l.GetBatch().GetGtin() == p.batch.GetGtin() && l.GetBatch().GetLot() == p.batch.GetLot()
}

// handed adds goods that went from hand to hand under the batch's lot.
func (p *reporting) handed(e *matterv1.Entry, s report.Move) {
	for _, l := range e.GetPostings() {
		switch {
		case !p.isMine(l):
		case l.GetAmount() < 0:
			s.From = p.party(l.GetHolder())
		default:
			s.To, s.Amount, s.Unit = p.party(l.GetHolder()), l.GetAmount(), l.GetUnit()
		}
	}
	s.What = p.batch.GetGtin() + "/" + p.batch.GetLot()
	p.r.Forward = append(p.r.Forward, s)
}

// what names the other side of a line: a batch, the land, or what came from outside.
func what(l *matterv1.Posting, e *matterv1.Entry) string {
	switch {
	case l.GetAccount() == matterv1.Account_ACCOUNT_STOCK:
		return l.GetBatch().GetGtin() + "/" + l.GetBatch().GetLot()
	case l.GetWhat() != "":
		return l.GetWhat()
	case l.GetAccount() == matterv1.Account_ACCOUNT_ORIGIN:
		var places []string
		for _, c := range e.GetClaims() {
			places = append(places, c.GetLocation())
		}
		return strings.Join(places, ", ")
	}
	return strings.ToLower(strings.TrimPrefix(l.GetAccount().String(), "ACCOUNT_"))
}
