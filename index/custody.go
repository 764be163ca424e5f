package index

import (
	"context"

	"google.golang.org/protobuf/proto"

	custodyv1 "github.com/filiera-chain/filiera/api/custody/v1"
	matterv1 "github.com/filiera-chain/filiera/api/matter/v1"
)

// OfferFilter chooses offers of custody; the zero value of a field does not
// filter.
type OfferFilter struct {
	Sender, Receiver string
	Status           custodyv1.OfferStatus
	// GTIN and Lot together name a batch that is offered.
	GTIN, Lot string
	// SSCC is a logistic unit that is offered.
	SSCC string
}

// HolderFilter chooses what participants have of batches.
type HolderFilter struct {
	// GTIN and Lot together name the batch.
	GTIN, Lot string
	Holder    string
	// Left leaves out what is no longer had.
	Left bool
}

// UnitFilter chooses logistic units.
type UnitFilter struct {
	Holder, Parent string
	// GTIN and Lot together name a batch of which some is, or was, in it.
	GTIN, Lot string
	// Packed leaves out units that were taken apart.
	Packed bool
}

// Offers implements Model; in order of number.
func (db *DB) Offers(ctx context.Context, f OfferFilter, p Page) (List[*custodyv1.Offer], error) {
	l := &listing{name: "offers", selects: "number, record", from: "offers", key: []keyColumn{{"number", 'i'}}}
	l.filter(f.Sender != "", "sender = ?", f.Sender)
	l.filter(f.Receiver != "", "receiver = ?", f.Receiver)
	l.filter(f.Status != 0, "status = ?", int64(f.Status))
	l.filter(f.SSCC != "", "sscc = ?", f.SSCC)
	l.filter(f.GTIN != "", "number IN (SELECT number FROM offer_batches WHERE gtin = ? AND lot = ?)", f.GTIN, f.Lot)
	return list(ctx, db, l, p, func(s scanner) (*custodyv1.Offer, []any, error) {
		var number int64
		var b []byte
		if err := s.Scan(&number, &b); err != nil {
			return nil, nil, err
		}
		o := new(custodyv1.Offer)
		return o, []any{number}, proto.Unmarshal(b, o)
	})
}

// Holders implements Model; in order of GTIN, lot and holder. Of a batch of which
// the book of matter has not heard, the custodian has all, and no holding is
// listed.
func (db *DB) Holders(ctx context.Context, f HolderFilter, p Page) (List[*matterv1.Holding], error) {
	l := &listing{name: "held", selects: "gtin, lot, holder, record", from: "held", key: textKey("gtin", "lot", "holder")}
	l.filter(f.GTIN != "", "gtin = ? AND lot = ?", f.GTIN, f.Lot)
	l.filter(f.Holder != "", "holder = ?", f.Holder)
	l.filter(f.Left, "has = 1")
	return list(ctx, db, l, p, byText[matterv1.Holding](3))
}

// LogisticUnits implements Model; in order of SSCC.
func (db *DB) LogisticUnits(ctx context.Context, f UnitFilter, p Page) (List[*custodyv1.LogisticUnit], error) {
	l := &listing{name: "units", selects: "sscc, record", from: "logistic_units", key: textKey("sscc")}
	l.filter(f.Holder != "", "holder = ?", f.Holder)
	l.filter(f.Parent != "", "parent = ?", f.Parent)
	l.filter(f.Packed, "packed = 1")
	l.filter(f.GTIN != "", "sscc IN (SELECT sscc FROM unit_batches WHERE gtin = ? AND lot = ?)", f.GTIN, f.Lot)
	return list(ctx, db, l, p, byText[custodyv1.LogisticUnit](1))
}

func (p *projection) offer(o *custodyv1.Offer) error {
	for _, l := range o.GetLines() {
		p.put(tOfferBatches, l.GetBatch().GetGtin(), l.GetBatch().GetLot(), int64(o.GetNumber()))
	}
	return p.record(tOffers, o, int64(o.GetNumber()), o.GetSender(), o.GetReceiver(), int64(o.GetStatus()), o.GetSscc())
}

func (p *projection) unit(u *custodyv1.LogisticUnit) error {
	for _, l := range u.GetContents() {
		p.put(tUnitBatches, l.GetBatch().GetGtin(), l.GetBatch().GetLot(), u.GetSscc())
	}
	packed := len(u.GetContents())+len(u.GetChildren()) > 0
	return p.record(tLogisticUnits, u, u.GetSscc(), u.GetHolder(), u.GetParent(), flag(packed))
}
