package app

import (
	"context"
	"errors"
	"math/big"
	"slices"
	"strconv"
	"strings"

	basev1 "github.com/filiera-chain/filiera/api/base/v1"
	certv1 "github.com/filiera-chain/filiera/api/cert/v1"
	custodyv1 "github.com/filiera-chain/filiera/api/custody/v1"
	matterv1 "github.com/filiera-chain/filiera/api/matter/v1"
	productv1 "github.com/filiera-chain/filiera/api/product/v1"
	registryv1 "github.com/filiera-chain/filiera/api/registry/v1"
	rulesv1 "github.com/filiera-chain/filiera/api/rules/v1"
	unitv1 "github.com/filiera-chain/filiera/api/unit/v1"
	"github.com/filiera-chain/filiera/module"
	"github.com/filiera-chain/filiera/quantity"
	"github.com/filiera-chain/filiera/rules"
	"github.com/filiera-chain/filiera/store"
	"github.com/filiera-chain/filiera/x/cert"
	xrules "github.com/filiera-chain/filiera/x/rules"
)

// maxBack bounds how many batches are looked at for the land and the year that a
// batch comes from.
const maxBack = 64

// gathering collects what contracts may see of a batch. What the ledger records
// comes first; what was declared completes it, a control body's word before the
// owner's. It only reads.
type gathering struct {
	m   *Modules
	ctx context.Context
	// at is the time for which it is asked, unix seconds.
	at int64
	f  rules.Facts
	// known are facts of the act that is judged, such as the points of a certificate.
	known []rules.Known
	// teller is who declares facts in the act at work; "" for none.
	teller string
	// read counts the bytes of declarations that were read.
	read uint64
}

// facts gathers; more adds what the act that is judged brings.
func (g *gathering) facts(b *productv1.Batch, more func(*gathering) error) (*rules.Facts, error) {
	g.f.Today = date(module.Day(g.at))
	if err := g.signer(); err != nil {
		return nil, err
	}
	if err := g.batch(b); err != nil {
		return nil, err
	}
	if err := g.attestations(b); err != nil {
		return nil, err
	}
	if err := g.madeOf(b); err != nil {
		return nil, err
	}
	if more != nil {
		if err := more(g); err != nil {
			return nil, err
		}
	}
	g.f.Known = g.known
	return &g.f, g.declared(idOf(b))
}

func date(text string) rules.Date {
	d, err := rules.ParseDate(text)
	if err != nil {
		return 0
	}
	return d
}

func (g *gathering) signer() error {
	ctx, is := g.ctx.(*module.Context)
	if !is {
		return nil
	}
	g.f.Signer.ID = ctx.Signer.Participant
	for r := registryv1.Role_ROLE_AUTHORITY; r <= registryv1.Role_ROLE_CONSORTIUM; r++ {
		err := g.m.Registry.Allowed(g.ctx, g.at, ctx.Signer.Participant, "", "", r)
		if err == nil {
			g.f.Signer.Roles = append(g.f.Signer.Roles, strings.ToLower(strings.TrimPrefix(r.String(), "ROLE_")))
			continue
		}
		var refusal *module.Error
		if !errors.As(err, &refusal) {
			return err
		}
	}
	return nil
}

func (g *gathering) batch(b *productv1.Batch) error {
	p, err := g.m.Product.Product(g.ctx, b.GetGtin())
	if err != nil {
		return err
	}
	f := &g.f.Batch
	f.GTIN, f.Lot, f.Specification, f.Stage, f.Owner = b.GetGtin(), b.GetLot(), b.GetSpecification(), p.GetStage(), b.GetOwner()
	f.ProductionDate, f.ExpiryDate = date(b.GetProductionDate()), date(b.GetExpiryDate())
	f.Place.Municipality = b.GetPlace()
	measure(g, p, b.GetQuantity().GetAmount(), &f.Mass, &f.Volume, &f.Pieces)
	if net := p.GetNetContent(); net != nil {
		if mg, ok := inUnit(net, "MGM"); ok {
			f.PackSize.Set(mg)
		}
	}
	return nil
}

// settable is a quantity of the language, of any dimension.
type settable interface{ Set(n int64) }

// measure states so many base units of a product as mass, volume and pieces, as far
// as they are known.
func measure(g *gathering, p *productv1.Product, amount int64, mass, volume, pieces settable) {
	if mg, err := g.m.Matter.Weigh(p, amount); err == nil && mg > 0 {
		mass.Set(mg)
	}
	if ml, ok := inUnit(&basev1.Quantity{Amount: amount, Unit: p.GetBaseUnit()}, "MLT"); ok {
		volume.Set(ml)
	}
	if u, known := quantity.LookupUnit(p.GetBaseUnit()); known && u.Dimension == quantity.Count {
		pieces.Set(amount)
	}
}

// inUnit is an amount in the smallest unit of a dimension, MGM or MLT; false where
// it is of another dimension or more than can be counted.
func inUnit(q *basev1.Quantity, unit string) (int64, bool) {
	if !quantity.Alike(q.GetUnit(), unit) {
		return 0, false
	}
	one := quantity.Quantity{Amount: 1, Unit: unit}.Smallest()
	n := quantity.Quantity{Amount: q.GetAmount(), Unit: q.GetUnit()}.Smallest()
	n.Quo(n, one)
	return n.Int64(), n.IsInt64() && n.Cmp(big.NewInt(0)) >= 0
}

// attestations are those that stand.
func (g *gathering) attestations(b *productv1.Batch) error {
	list, err := g.m.Cert.AttestationsOf(g.ctx, b.GetGtin(), b.GetLot())
	if err != nil {
		return err
	}
	for _, a := range list {
		if cert.State(a, g.at) != cert.Issued {
			continue
		}
		for _, c := range a.GetBatches() {
			if c.GetBatch().GetGtin() != b.GetGtin() || c.GetBatch().GetLot() != b.GetLot() {
				continue
			}
			one, err := g.certificate(a, c)
			if err != nil {
				return err
			}
			g.f.Attestations = append(g.f.Attestations, one)
		}
	}
	return nil
}

func (g *gathering) certificate(a *certv1.Attestation, c *certv1.CoveredBatch) (rules.Attestation, error) {
	p, err := g.m.Product.Product(g.ctx, c.GetBatch().GetGtin())
	out := rules.Attestation{ID: a.GetId(), Certifier: a.GetCertifier(), Issued: date(module.Day(a.GetHistory()[0].GetAt()))}
	measure(g, p, c.GetQuantity().GetAmount(), &out.Mass, &out.Volume, &out.Pieces)
	return out, err
}

// attested states the attestation that is judged, and what its control points say:
// a point gives the fact of its name, with underscores for hyphens. One with a value
// gives the value, any other that it was met.
func (g *gathering) attested(a *certv1.Attestation, c *certv1.CoveredBatch) error {
	var err error
	if g.f.Attestation, err = g.certificate(a, c); err != nil {
		return err
	}
	for _, p := range a.GetPoints() {
		k := rules.Known{ID: strings.ReplaceAll(p.GetId(), "-", "_")}
		switch {
		case p.GetResult() == certv1.Result_RESULT_NOT_APPLICABLE:
			continue
		case p.GetValue() != "":
			k.Text = strings.TrimSpace(p.GetValue() + " " + p.GetUnit())
		default:
			k.Text = strconv.FormatBool(p.GetResult() == certv1.Result_RESULT_PASS)
		}
		if !slices.ContainsFunc(g.known, func(x rules.Known) bool { return x.ID == k.ID }) {
			g.known = append(g.known, k)
		}
	}
	return nil
}

func (g *gathering) units(r *unitv1.Run) error {
	p, err := g.m.Product.Product(g.ctx, r.GetBatch().GetGtin())
	if err != nil {
		return err
	}
	g.f.Units.Count.Set(int64(r.GetCount()))
	if mg, err := g.m.Matter.Weigh(p, r.GetContent()); err == nil && mg > 0 {
		g.f.Units.Mass.Set(mg)
	}
	return nil
}

func (g *gathering) offer(o *custodyv1.Offer, l *custodyv1.Line) error {
	p, err := g.m.Product.Product(g.ctx, l.GetBatch().GetGtin())
	if err != nil {
		return err
	}
	g.f.Offer.To = o.GetReceiver()
	measure(g, p, l.GetQuantity().GetAmount(), &g.f.Offer.Mass, &g.f.Offer.Volume, &g.f.Offer.Pieces)
	return nil
}

// madeOf states what went into a batch, and the land and the year that it was
// harvested from, however many steps back.
func (g *gathering) madeOf(b *productv1.Batch) error {
	e, err := g.m.Matter.MadeBy(g.ctx, b.GetGtin(), b.GetLot())
	if err != nil || e == nil {
		return err
	}
	if e.GetKind() == matterv1.EntryKind_ENTRY_KIND_TRANSFORMATION {
		if err := g.inputs(e); err != nil {
			return err
		}
	}
	harvests, err := g.harvests(e)
	if err != nil {
		return err
	}
	years := map[uint32]bool{}
	for _, h := range harvests {
		years[h.GetHarvestYear()] = true
		if err := g.land(h); err != nil {
			return err
		}
	}
	if len(years) == 1 && len(harvests) > 0 {
		g.f.Batch.HarvestYear.Set(int64(harvests[0].GetHarvestYear()))
	}
	return nil
}

func (g *gathering) inputs(e *matterv1.Entry) error {
	for _, p := range e.GetPostings() {
		if p.GetAmount() >= 0 {
			continue
		}
		switch p.GetAccount() {
		case matterv1.Account_ACCOUNT_STOCK:
			if err := g.input(p); err != nil {
				return err
			}
		case matterv1.Account_ACCOUNT_OUTSIDE:
			in := rules.Input{What: p.GetWhat()}
			if p.GetMassMg() < 0 {
				in.Mass.Set(-p.GetMassMg())
			}
			if u, known := quantity.LookupUnit(p.GetUnit()); known && u.Dimension == quantity.Count {
				in.Pieces.Set(-p.GetAmount())
			}
			g.f.Inputs = append(g.f.Inputs, in)
		}
	}
	return nil
}

func (g *gathering) input(p *matterv1.Posting) error {
	id := p.GetBatch()
	b, err := g.m.Product.Batch(g.ctx, id.GetGtin(), id.GetLot())
	if err != nil {
		return err
	}
	product, err := g.m.Product.Product(g.ctx, id.GetGtin())
	if err != nil {
		return err
	}
	in := rules.Input{What: product.GetStage(), Batch: id.GetGtin() + "/" + id.GetLot(), ProductionDate: date(b.GetProductionDate())}
	if in.What == "" {
		in.What = product.GetName()
	}
	in.Origin.Municipality = b.GetPlace()
	measure(g, product, -p.GetAmount(), &in.Mass, &in.Volume, &in.Pieces)
	n, err := g.m.Cert.Attested(g.ctx, g.at, id.GetGtin(), id.GetLot())
	in.Certified = rules.No
	if n > 0 {
		in.Certified = rules.Yes
	}
	g.f.Inputs = append(g.f.Inputs, in)
	return err
}

// harvests walks back from an entry to the harvests that it comes from, each once.
func (g *gathering) harvests(e *matterv1.Entry) ([]*matterv1.Entry, error) {
	var out []*matterv1.Entry
	queue, seen := []*matterv1.Entry{e}, map[uint64]bool{e.GetNumber(): true}
	for i := 0; i < len(queue) && i < maxBack; i++ {
		e := queue[i]
		if e.GetKind() == matterv1.EntryKind_ENTRY_KIND_HARVEST {
			out = append(out, e)
			continue
		}
		for _, p := range stockLines(e, -1) {
			by, err := g.m.Matter.MadeBy(g.ctx, p.GetBatch().GetGtin(), p.GetBatch().GetLot())
			if err != nil {
				return nil, err
			}
			if by != nil && !seen[by.GetNumber()] {
				seen[by.GetNumber()] = true
				queue = append(queue, by)
			}
		}
	}
	return out, nil
}

// land states where a harvest comes from; a location that two harvests name stands
// once, with the area of the first.
func (g *gathering) land(h *matterv1.Entry) error {
	for _, c := range h.GetClaims() {
		if slices.ContainsFunc(g.f.Land, func(p rules.Plot) bool { return p.ID == c.GetLocation() }) {
			continue
		}
		plot := rules.Plot{ID: c.GetLocation(), Listed: rules.NotStated}
		if c.GetAreaM2() > 0 {
			plot.Area.Set(c.GetAreaM2())
		}
		l, err := g.m.Place.Location(g.ctx, c.GetLocation())
		if err != nil {
			return err
		}
		plot.Place.Municipality = l.GetDetails().GetMunicipality()
		g.f.Land = append(g.f.Land, plot)
	}
	return nil
}

// declared completes the facts by what was declared. Where a control body told what
// went in, an owner's word that says otherwise does not count, and does not keep the
// body from telling; the owner who tells it afterwards is refused.
func (g *gathering) declared(id *basev1.BatchID) error {
	list, err := g.m.Rules.Declarations(g.ctx, id)
	if err != nil {
		return err
	}
	slices.SortStableFunc(list, func(a, b *rulesv1.Declaration) int { return order(a) - order(b) })
	body := false
	for _, d := range list {
		said, err := rules.ParseDeclared(d.GetFacts())
		g.read += uint64(len(d.GetFacts()))
		if err == nil {
			if !d.GetByControlBody() {
				forBodies(said)
			}
			err = g.f.Add(said)
		}
		if body = body || d.GetByControlBody(); err != nil && body && !d.GetByControlBody() && d.GetParticipant() != g.teller {
			said.Inputs = nil
			err = g.f.Add(said)
		}
		if err != nil {
			return xrules.ErrFacts.With("what %s declared of lot %s of GTIN %s: %v", d.GetParticipant(), id.GetLot(), id.GetGtin(), err)
		}
	}
	return nil
}

// forBodies takes out of an owner's declaration what is a control body's to say: which
// land is on its list, and what was attested of goods from outside.
func forBodies(d *rules.Declared) {
	for i := range d.Land {
		d.Land[i].Listed = 0
	}
	for i := range d.Inputs {
		d.Inputs[i].Certified = 0
	}
}

func order(d *rulesv1.Declaration) int {
	if d.GetByControlBody() {
		return 0
	}
	return 1
}

// Facts gathers what contracts would see of a batch on the committed state, as the
// YAML in which cases are written; attestation names the certificate whose control
// points count, "" for none. It gives nil where there is no such batch, or the
// certificate does not cover it. Safe for concurrent use.
func (a *App) Facts(gtin, lot, attestation string) (height int64, facts []byte, err error) {
	err = a.store.View(func(v *store.View) error {
		r := a.reader(v)
		height = v.Height()
		b, err := a.modules.Product.Batch(r, gtin, lot)
		if err != nil || b == nil {
			return err
		}
		g := &gathering{m: &a.modules, ctx: r, at: r.Time}
		more, covers, err := g.certified(attestation, b)
		if err != nil || !covers {
			return err
		}
		f, err := g.facts(b, more)
		if err != nil {
			return err
		}
		facts, err = rules.WriteFacts(f)
		return err
	})
	return height, facts, err
}

func (g *gathering) certified(attestation string, b *productv1.Batch) (func(*gathering) error, bool, error) {
	if attestation == "" {
		return nil, true, nil
	}
	a, err := g.m.Cert.Attestation(g.ctx, attestation)
	if err != nil || a == nil {
		return nil, false, err
	}
	for _, c := range a.GetBatches() {
		if c.GetBatch().GetGtin() == b.GetGtin() && c.GetBatch().GetLot() == b.GetLot() {
			return func(g *gathering) error { return g.attested(a, c) }, true, nil
		}
	}
	return nil, false, nil
}
