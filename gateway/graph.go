package gateway

import (
	"context"

	"github.com/danielgtaylor/huma/v2"

	productv1 "github.com/filiera-chain/filiera/api/product/v1"
	"github.com/filiera-chain/filiera/index"
	"github.com/filiera-chain/filiera/module/statekey"
)

func (g *Gateway) graphRoutes() {
	huma.Register(g.api, op("getGraph", "/v1/batches/{gtin}/{lot}/graph", "Events", "What a batch was made of, or what was made of it, as a graph",
		"Breadth first from the batch, from the book of matter and from events about registered lots: transformations, and packing into a box with a lot of its own. Each batch stands once. A node that is open has "+
			"more beyond it than is shown; ask for that one, or for the complete list at …/reach. With known_at or true_for, at most 500 batches, with what their records say today."), g.getGraph)
	huma.Register(g.api, op("listReach", "/v1/batches/{gtin}/{lot}/reach", "Events", "Every batch that a batch was made of, or that was made of it",
		"At any distance, once each, in order of GTIN and lot."), g.listReach)
}

// Directed names a batch and the way to go from it.
type Directed struct {
	BatchPath
	Direction string `query:"direction" enum:"back,forward" default:"back" doc:"back to what it was made of, or forward to what was made of it"`
}

type graphIn struct {
	Directed
	TwoTimes
	Depth int `query:"depth" minimum:"1" maximum:"100" default:"20" doc:"Steps from the batch"`
	Limit int `query:"limit" minimum:"1" maximum:"5000" default:"500" doc:"The most batches to answer"`
}

// GraphNode is a batch of the graph.
type GraphNode struct {
	index.Lot
	Depth int    `json:"depth" doc:"Steps from the batch that was asked for"`
	Open  bool   `json:"open,omitempty" doc:"Not all that lies beyond it is shown"`
	Name  string `json:"name,omitempty" doc:"Of the product; absent for what is not registered"`
	// Status and the rest are those of the batch's record.
	Status   string `json:"status,omitempty" doc:"active, withdrawn or, when a recall in force has reached it, recalled; absent for a lot that is not registered"`
	Owner    string `json:"owner,omitempty"`
	Produced string `json:"production_date,omitempty"`
}

// GraphEdge says that from went into to.
type GraphEdge struct {
	From index.Lot `json:"from"`
	To   index.Lot `json:"to"`
}

// GraphAnswer is a part of what was made of what.
type GraphAnswer struct {
	Direction string      `json:"direction"`
	Nodes     []GraphNode `json:"nodes" doc:"In order of depth; the first is the batch that was asked for"`
	Edges     []GraphEdge `json:"edges"`
	More      bool        `json:"more" doc:"Something was left out"`
}

// lotOf finds the lot that somebody typed; one that is not registered stands as it
// was typed, since events tell of such.
func (g *Gateway) lotOf(in BatchPath) (index.Lot, error) {
	code, err := gtin(in.GTIN)
	if err != nil {
		return index.Lot{}, err
	}
	candidates, err := lots(in.Lot)
	if err != nil {
		return index.Lot{}, err
	}
	lot := ""
	err = g.c.Ledger.View(func(v View) (err error) {
		lot, _, err = findLot(v, code, candidates)
		return err
	})
	return index.Lot{GTIN: code, Lot: lot}, err
}

func (g *Gateway) getGraph(ctx context.Context, in *graphIn) (*body[GraphAnswer], error) {
	from, err := g.lotOf(in.BatchPath)
	if err != nil {
		return nil, g.fail(err)
	}
	as, err := in.parse(0)
	if err != nil {
		return nil, err
	}
	out := GraphAnswer{Direction: in.Direction, Nodes: []GraphNode{}, Edges: []GraphEdge{}}
	err = g.walk(ctx, func() error {
		found, err := g.graph(ctx, from, in, as)
		if err != nil {
			return err
		}
		out.More = found.More
		for _, e := range found.Edges {
			out.Edges = append(out.Edges, GraphEdge{e.From, e.To})
		}
		out.Nodes, err = g.graphNodes(found.Nodes)
		return err
	})
	return respond(g, out, err)
}

// mostThen bounds graphs of the past, which read every entry and event on their way.
const mostThen = 500

func (g *Gateway) graph(ctx context.Context, from index.Lot, in *graphIn, as asOf) (*index.Graph, error) {
	if !as.asked() {
		return g.c.Index.Graph(ctx, from, in.Direction == "forward", in.Depth, in.Limit)
	}
	return g.c.Index.GraphAsOf(ctx, from, in.Direction == "forward", in.Depth, min(in.Limit, mostThen), index.AsOf{Height: as.height, Until: as.until, Day: as.day})
}

// graphNodes says of each batch what its record says.
func (g *Gateway) graphNodes(list []index.Node) ([]GraphNode, error) {
	out := make([]GraphNode, len(list))
	names := map[string]string{}
	err := g.c.Ledger.View(func(v View) error {
		for i, n := range list {
			out[i] = GraphNode{Lot: n.Lot, Depth: n.Depth, Open: n.Open}
			b, err := lookUp[productv1.Batch](v, statekey.Batch(n.GTIN, n.Lot.Lot))
			if err != nil {
				return err
			}
			if b != nil {
				out[i].Status, out[i].Owner, out[i].Produced = statusWord(b.GetStatus()), b.GetOwner(), b.GetProductionDate()
				if recalls, err := recallsOn(v, n.GTIN, n.Lot.Lot); err != nil {
					return err
				} else if len(recalls) > 0 {
					out[i].Status = "recalled"
				}
			}
			if _, known := names[n.GTIN]; !known {
				p, err := lookUp[productv1.Product](v, statekey.Product(n.GTIN))
				if err != nil {
					return err
				}
				names[n.GTIN] = p.GetName()
			}
			out[i].Name = names[n.GTIN]
		}
		return nil
	})
	return out, err
}

func statusWord(s productv1.BatchStatus) string { return word(s.Descriptor(), s.Number()) }

type reachIn struct {
	Paging
	Directed
}

func (g *Gateway) listReach(ctx context.Context, in *reachIn) (*body[List[index.Lot]], error) {
	from, err := g.lotOf(in.BatchPath)
	if err != nil {
		return nil, g.fail(err)
	}
	var l index.List[index.Lot]
	err = g.walk(ctx, func() (err error) {
		l, err = g.c.Index.Reach(ctx, from, in.Direction == "forward", in.page())
		return err
	})
	return respond(g, List[index.Lot]{l.Items, l.Next}, err)
}
