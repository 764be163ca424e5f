package gateway

import (
	"context"
	"errors"

	"github.com/danielgtaylor/huma/v2"

	"github.com/filiera-chain/filiera/index"
)

func (g *Gateway) searchRoutes() {
	huma.Register(g.api, op("search", "/v1/search", "Operations", "Search by name or lot",
		"Participants, specifications, products, locations, acts, registers and lines of the budget of which every word of q begins a word of the name or id, and batches whose lot begins with q; "+
			"capitals, accents, signs and the Italian L before a lot make no difference. In order of kind and key."), g.search)
}

type searchIn struct {
	Paging
	Q    string `query:"q" required:"true" maxLength:"200" doc:"What to look for"`
	Kind string `query:"kind" enum:"participant,specification,product,batch,location,act,register,budget_line" doc:"Only records of this kind"`
}

func (g *Gateway) search(ctx context.Context, in *searchIn) (*body[List[index.Hit]], error) {
	l, err := g.c.Index.Search(ctx, in.Q, in.Kind, in.page())
	if errors.Is(err, index.ErrSearch) {
		return nil, badRequest("search.text", "q: %v", err)
	}
	return respond(g, List[index.Hit]{l.Items, l.Next}, err)
}
