package gateway

import (
	"context"
	"fmt"

	"github.com/danielgtaylor/huma/v2"
	"google.golang.org/protobuf/proto"

	productv1 "github.com/filiera-chain/filiera/api/product/v1"
	"github.com/filiera-chain/filiera/module/statekey"
)

func (g *Gateway) descriptionRoutes() {
	const about = "Pages, images and documents that the owner points to, in order of number, withdrawn ones too; with the SHA-256 of what stays as it is."
	huma.Register(g.api, op("listProductLinks", "/v1/products/{gtin}/links", "Products", "Links of a trade item", about+" Unknown: product.not_found."),
		func(_ context.Context, in *gtinIn) (*body[Links], error) {
			return g.links(in.GTIN, "")
		})
	huma.Register(g.api, op("listBatchLinks", "/v1/batches/{gtin}/{lot}/links", "Batches", "Links of a batch", about+" Unknown: batch.not_found."),
		func(_ context.Context, in *BatchPath) (*body[Links], error) {
			return g.links(in.GTIN, in.Lot)
		})
}

// Links are what may be said of one product or batch: a bounded list.
type Links struct {
	Items []Record[*productv1.Description] `json:"items"`
}

func (g *Gateway) links(code, lot string) (*body[Links], error) {
	id, err := gtin(code)
	if err != nil {
		return nil, err
	}
	var list []*productv1.Description
	err = g.c.Ledger.View(func(v View) error {
		key, missing := statekey.Product(id), notFound("product", "no product with GTIN %s is registered", id)
		if lot != "" {
			candidates, err := lots(lot)
			if err != nil {
				return err
			}
			if lot, _, err = findLot(v, id, candidates); err != nil {
				return err
			}
			key, missing = statekey.Batch(id, lot), noBatch(id, lot)
		}
		b, err := v.Get(key)
		if err != nil {
			return err
		}
		if b == nil {
			return missing
		}
		list, err = descriptions(v, id, lot)
		return err
	})
	return respond(g, Links{records(list)}, err)
}

// descriptions reads the links of a product (lot "") or a batch. Their number is
// bounded by the ledger.
func descriptions(v View, gtin, lot string) ([]*productv1.Description, error) {
	from, to := statekey.DescriptionsOf(gtin, lot)
	it, err := v.Iterator(from, to)
	if err != nil {
		return nil, err
	}
	defer it.Close()
	var out []*productv1.Description
	for ; it.Valid(); it.Next() {
		d := new(productv1.Description)
		if err := proto.Unmarshal(it.Value(), d); err != nil {
			return nil, fmt.Errorf("the record of key %x: %w", it.Key(), err)
		}
		out = append(out, d)
	}
	return out, it.Error()
}
