package trace

import (
	"slices"
	"strings"

	basev1 "github.com/filiera-chain/filiera/api/base/v1"
	productv1 "github.com/filiera-chain/filiera/api/product/v1"
	tracev1 "github.com/filiera-chain/filiera/api/trace/v1"
	"github.com/filiera-chain/filiera/epcis"
	"github.com/filiera-chain/filiera/gs1"
	"github.com/filiera-chain/filiera/module"
)

// parts says how a lot takes part, by the field that names it.
var parts = map[epcis.Role]tracev1.Part{
	epcis.RoleObject: tracev1.Part_PART_SUBJECT,
	epcis.RoleInput:  tracev1.Part_PART_INPUT,
	epcis.RoleOutput: tracev1.Part_PART_OUTPUT,
	epcis.RoleParent: tracev1.Part_PART_PARENT,
	epcis.RoleChild:  tracev1.Part_PART_CHILD,
}

// involved lists the lots of an event, after refusing what may not be said
// about them, not so late, or not by this signer; and gives how many days late it
// is told.
func (t *Trace) involved(ctx *module.Context, e *epcis.Event) ([]*tracev1.Involved, uint32, error) {
	if err := t.checkIdentifiers(ctx, e); err != nil {
		return nil, 0, err
	}
	list, err := lotsOf(e)
	if err != nil {
		return nil, 0, err
	}
	var late uint32
	known := map[*tracev1.Involved]*productv1.Batch{}
	for _, i := range list {
		b, err := t.admit(ctx, e, i)
		if err != nil {
			return nil, 0, err
		}
		if b == nil {
			continue
		}
		known[i] = b
		days, err := t.products.Late(ctx, ctx.Time, b.GetSpecification(), b.GetSpecificationVersion(), module.Day(floorSecond(e.EventTime)), "")
		if err != nil {
			return nil, 0, err
		}
		late = max(late, days)
	}
	if len(known) == 0 {
		return list, 0, t.registry.Allowed(ctx, ctx.Time, ctx.Signer.Participant, "", "", reporters...)
	}
	return list, late, t.agrees(ctx, e, list, known)
}

// lotsOf lists the lots that an event names in document order. Items of one lot
// that are named one by one give one entry.
func lotsOf(e *epcis.Event) ([]*tracev1.Involved, error) {
	if err := checkAmounts(e); err != nil {
		return nil, err
	}
	var list []*tracev1.Involved
	seen := map[epcis.LotUse]bool{}
	for _, use := range e.Lots {
		if use.Serial = ""; use.Amount == "" && seen[use] {
			continue
		}
		seen[use] = true
		list = append(list, &tracev1.Involved{
			Batch: &basev1.BatchID{Gtin: use.GTIN, Lot: use.Lot}, Part: parts[use.Role], Quantity: use.Amount, Unit: use.UOM,
		})
	}
	if len(list) > maxLots {
		return nil, ErrLimit.With("%s names %d lots; at most %d are taken in one event, so tell several", e.Path, len(list), maxLots)
	}
	return list, refuseOwnInput(e, list)
}

// refuseOwnInput keeps the graph of what was made from what free of loops of
// one step.
func refuseOwnInput(e *epcis.Event, list []*tracev1.Involved) error {
	inputs := map[epcis.LotUse]bool{}
	for _, i := range list {
		lot := epcis.LotUse{GTIN: i.GetBatch().GetGtin(), Lot: i.GetBatch().GetLot()}
		if i.GetPart() == tracev1.Part_PART_INPUT {
			inputs[lot] = true
		} else if i.GetPart() == tracev1.Part_PART_OUTPUT && inputs[lot] {
			return ErrOwnInput.With("%s makes lot %s of GTIN %s from itself; tell what was done to it as an ObjectEvent", e.Path, lot.Lot, lot.GTIN)
		}
	}
	return nil
}

// admit gives the batch if the lot is registered, and refuses a signer who may not
// report about it. About a lot from outside every reporter may: what it tells
// stays apart from the journeys of registered lots, under its own name.
func (t *Trace) admit(ctx *module.Context, e *epcis.Event, i *tracev1.Involved) (*productv1.Batch, error) {
	id := i.GetBatch()
	batch, err := t.products.Batch(ctx, id.GetGtin(), id.GetLot())
	if err != nil {
		return nil, err
	}
	if i.Registered = batch != nil; batch != nil {
		return batch, t.admitBatch(ctx, e, batch)
	}
	product, err := t.products.Product(ctx, id.GetGtin())
	if err != nil {
		return nil, err
	}
	if product != nil {
		return nil, ErrUnknownLot.With("%s names lot %s of GTIN %s, which is a product of %s here, and the lot is not registered; register the lot first", e.Path, id.GetLot(), id.GetGtin(), product.GetOwner())
	}
	return nil, nil
}

func (t *Trace) admitBatch(ctx *module.Context, e *epcis.Event, b *productv1.Batch) error {
	who := ctx.Signer.Participant
	if err := t.registry.Allowed(ctx, ctx.Time, who, b.GetSpecification(), "", reporters...); err != nil {
		return err
	}
	if b.GetOwner() == who || b.GetCustodian() == who {
		return nil
	}
	if has, err := t.book.Holds(ctx, b.GetGtin(), b.GetLot(), who); err != nil || has {
		return err
	}
	return ErrNotHolder.With("%s names lot %s of GTIN %s, which belongs to %s and is held by %s; only they and who had some of it report about it, and the signer is %s", e.Path, b.GetLot(), b.GetGtin(), b.GetOwner(), b.GetCustodian(), who)
}

// checkIdentifiers refuses identifiers that look like goods and are not, and
// items of registered products that are named without their lot.
func (t *Trace) checkIdentifiers(ctx *module.Context, e *epcis.Event) error {
	withLot := map[epcis.LotUse]bool{}
	for _, use := range e.Lots {
		withLot[epcis.LotUse{GTIN: use.GTIN, Serial: use.Serial}] = true
	}
	for _, id := range identifiers(e) {
		epc, err := gs1.ParseEPC(id)
		if err != nil {
			if looksLikeGoods(id) {
				return ErrIdentifier.With("%s: %v", e.Path, err)
			}
			continue
		}
		if epc.GTIN == "" || epc.Key == "01" && (epc.Lot != "" || epc.Serial != "" && withLot[epcis.LotUse{GTIN: epc.GTIN, Serial: epc.Serial}]) {
			continue
		}
		if err := t.refuseWithoutLot(ctx, e, epc, id); err != nil {
			return err
		}
	}
	return nil
}

func (t *Trace) refuseWithoutLot(ctx *module.Context, e *epcis.Event, epc gs1.EPC, id string) error {
	product, err := t.products.Product(ctx, epc.GTIN)
	switch {
	case err != nil || product == nil:
		return err
	case epc.Serial != "" || epc.Key != "01":
		return ErrUnit.With("%s names the single item %s, whose lot the ledger does not know; units come with a later version, so name its lot too: https://id.gs1.org/01/%s/10/<lot>/21/…", e.Path, clip(id, 120), epc.GTIN)
	}
	return ErrNoLot.With("%s names GTIN %s without its lot; write https://id.gs1.org/01/%s/10/<lot>", e.Path, epc.GTIN, epc.GTIN)
}

// identifiers are the objects, inputs, outputs, parent and children of an event,
// canonical.
func identifiers(e *epcis.Event) []string {
	ids := slices.Concat(e.EPCList, e.InputEPCs, e.OutputEPCs, e.ChildEPCs)
	if e.ParentID != "" {
		ids = append(ids, e.ParentID)
	}
	for _, q := range slices.Concat(e.QuantityList, e.InputQuantities, e.OutputQuantities, e.ChildQuantities) {
		ids = append(ids, q.EPCClass)
	}
	return ids
}

// goods are the forms of identifiers of trade items and logistic units, which
// the ledger follows. What stands beside them is kept as text: standards let
// anything be named, and a tray's wrong check digit harms nobody.
var goods = []string{"urn:epc:id:sgtin:", "urn:epc:class:lgtin:", "urn:epc:idpat:sgtin:", "urn:epc:id:sscc:", "://id.gs1.org/01/", "://id.gs1.org/00/"}

// looksLikeGoods tells a broken identifier of goods from one of another thing.
func looksLikeGoods(id string) bool {
	low := strings.ToLower(clip(id, 2*maxURI))
	if slices.ContainsFunc(goods, func(form string) bool { return strings.Contains(low, form) }) {
		return true
	}
	_, link := gs1.Canonical(id)
	return link && (strings.Contains(low, "/01/") || strings.Contains(low, "/00/"))
}
