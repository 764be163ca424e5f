package custody

import (
	custodyv1 "github.com/filiera-chain/filiera/api/custody/v1"
	"github.com/filiera-chain/filiera/module"
)

func (c *Custody) queryOffer(rd *module.Reader, q *custodyv1.OfferRequest) (*custodyv1.OfferResponse, error) {
	o, err := c.Offer(rd, q.GetNumber())
	if err == nil && o == nil {
		err = ErrOffer.With("there is no offer %d", q.GetNumber())
	}
	return &custodyv1.OfferResponse{Offer: o}, err
}

func (c *Custody) queryUnit(rd *module.Reader, q *custodyv1.UnitRequest) (*custodyv1.UnitResponse, error) {
	if err := checkSSCC("sscc", q.GetSscc()); err != nil {
		return nil, err
	}
	u, err := c.Unit(rd, q.GetSscc())
	if err == nil && u == nil {
		err = ErrUnit.With("no logistic unit has SSCC %s", q.GetSscc())
	}
	return &custodyv1.UnitResponse{Unit: u}, err
}
