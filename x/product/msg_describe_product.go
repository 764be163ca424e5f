package product

import (
	"cosmossdk.io/collections"
	"google.golang.org/protobuf/proto"

	productv1 "github.com/filiera-chain/filiera/api/product/v1"
	"github.com/filiera-chain/filiera/module"
)

func checkDescribeProduct(m *productv1.MsgDescribeProduct) error {
	if err := checkAboutDescription(m); err != nil {
		return err
	}
	return checkLink(m.GetLink())
}

// describeProduct adds a link to a product of the signer, or to one batch of it.
// Being active is enough: a maker whose role has ended still answers for what
// it sold.
func (p *Product) describeProduct(ctx *module.Context, m *productv1.MsgDescribeProduct) (proto.Message, error) {
	gtin, err := p.describable(ctx, m)
	if err != nil {
		return nil, err
	}
	standing, last, err := p.countDescriptions(ctx, gtin, m.GetLot(), m.GetLink())
	if err != nil {
		return nil, err
	}
	if standing >= maxDescriptions || last >= maxNumber {
		return nil, ErrLimit.With("%s has %d links, and had %d; at most %d may stand at once and %d be given", describedName(gtin, m.GetLot()), standing, last, maxDescriptions, maxNumber)
	}
	d := &productv1.Description{
		Gtin: gtin, Lot: m.GetLot(), Number: last + 1, Link: m.GetLink(), DescribedAt: ctx.Time, DescribedBy: ctx.Signer.Participant,
	}
	return &productv1.DescribeProductResult{Number: d.GetNumber()}, p.putDescription(ctx, d)
}

// aboutDescription is any message that names a product, or a batch of it.
type aboutDescription interface {
	GetGtin() string
	GetLot() string
}

func checkAboutDescription(m aboutDescription) error {
	if _, err := parseGTIN(m.GetGtin()); err != nil {
		return err
	}
	if m.GetLot() == "" {
		return nil
	}
	return checkLot(m.GetLot())
}

// describable gives the canonical GTIN of what is to be described, which must be
// there and the signer's.
func (p *Product) describable(ctx *module.Context, m aboutDescription) (string, error) {
	gtin, err := parseGTIN(m.GetGtin())
	if err != nil {
		return "", err
	}
	product, err := p.Product(ctx, gtin)
	switch {
	case err != nil:
		return "", err
	case product == nil:
		return "", ErrProduct.With("GTIN %s is not registered; register the product first", gtin)
	case product.GetOwner() != ctx.Signer.Participant:
		return "", ErrNotOwner.With("GTIN %s belongs to %s; only it says where more about it stands", gtin, product.GetOwner())
	case m.GetLot() == "":
		return gtin, nil
	}
	_, err = p.mustBatch(ctx, gtin, m.GetLot())
	return gtin, err
}

func describedName(gtin, lot string) string {
	if lot == "" {
		return "product " + gtin
	}
	return "batch " + gtin + " lot " + lot
}

// countDescriptions gives how many links stand and the last number given, and
// refuses a link that stands already.
func (p *Product) countDescriptions(ctx *module.Context, gtin, lot string, link *productv1.Link) (standing int, last uint32, err error) {
	rng := collections.NewSuperPrefixedTripleRange[string, string, uint32](gtin, lot)
	err = p.descriptions.Walk(ctx, rng, func(k collections.Triple[string, string, uint32], d *productv1.Description) (bool, error) {
		last = k.K3()
		if d.GetWithdrawnAt() != 0 {
			return false, nil
		}
		standing++
		if proto.Equal(d.GetLink(), link) {
			return true, ErrLinkTaken.With("%s has this very link as number %d since %s", describedName(gtin, lot), d.GetNumber(), module.Day(d.GetDescribedAt()))
		}
		return false, nil
	})
	return standing, last, err
}

func (p *Product) putDescription(ctx *module.Context, d *productv1.Description) error {
	ctx.Emit(&productv1.DescriptionChanged{Description: d})
	return p.descriptions.Set(ctx, collections.Join3(d.GetGtin(), d.GetLot(), d.GetNumber()), d)
}
