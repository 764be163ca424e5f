package index

import (
	"context"
	"encoding/hex"
	"fmt"

	"google.golang.org/protobuf/proto"

	tracev1 "github.com/filiera-chain/filiera/api/trace/v1"
)

// Lot names a batch, or a lot from outside.
type Lot struct {
	GTIN string `json:"gtin"`
	Lot  string `json:"lot"`
}

// Who tells that something was made of something.
const (
	fromBook  = int64(1)
	fromEvent = int64(2)
)

// eventEdges writes what a transformation event that is about registered outputs
// says, or one that puts lots into a box with a registered lot of its own, as recalls
// go; who may tell of those was checked when it was recorded.
func (p *projection) eventEdges(r *tracev1.Event) {
	for _, e := range toldPairs(r) {
		p.put(tMadeOf, e.To.GTIN, e.To.Lot, e.From.GTIN, e.From.Lot, fromEvent, hex.EncodeToString(r.GetId()), flag(len(r.GetDeclarations()) == 0))
	}
}

// toldPairs lists what an event says went into what.
func toldPairs(r *tracev1.Event) (list []Edge) {
	whole, piece := tracev1.Part_PART_OUTPUT, tracev1.Part_PART_INPUT
	if r.GetAction() == "ADD" {
		whole, piece = tracev1.Part_PART_PARENT, tracev1.Part_PART_CHILD
	}
	for _, out := range r.GetBatches() {
		if out.GetPart() != whole || !out.GetRegistered() {
			continue
		}
		for _, in := range r.GetBatches() {
			if in.GetPart() == piece && !proto.Equal(in.GetBatch(), out.GetBatch()) {
				list = append(list, Edge{From: lotNamed(in.GetBatch()), To: lotNamed(out.GetBatch())})
			}
		}
	}
	return list
}

// ends are the columns of made_of at which a walk stands, and to which it goes.
func ends(forward bool) (at, to string) {
	if forward {
		return "of_gtin = ? AND of_lot = ?", "gtin, lot"
	}
	return "gtin = ? AND lot = ?", "of_gtin, of_lot"
}

func scanLot(s scanner) (Lot, []any, error) {
	var b Lot
	err := s.Scan(&b.GTIN, &b.Lot)
	return b, []any{b.GTIN, b.Lot}, err
}

// MadeOf implements Model: what a batch was made of, or, forward, what was made of
// it, in order of GTIN and lot.
func (db *DB) MadeOf(ctx context.Context, batch Lot, forward bool, p Page) (List[Lot], error) {
	at, to := ends(forward)
	l := &listing{name: fmt.Sprint("made of, forward ", forward), selects: "a, b", key: textKey("a", "b")}
	l.from = "(SELECT DISTINCT " + renamed(to) + " FROM made_of WHERE live = 1 AND " + at + ") AS beside"
	l.args = append(l.args, batch.GTIN, batch.Lot)
	return list(ctx, db, l, p, scanLot)
}

// Reach implements Model: everything that a batch was made of, or, forward, that
// was made of it, at any distance, once each, in order of GTIN and lot. The walk is
// the engine's: it holds what it has seen where it holds its temporary tables.
func (db *DB) Reach(ctx context.Context, batch Lot, forward bool, p Page) (List[Lot], error) {
	at, to := ends(forward)
	next := "m.of_gtin = r.a AND m.of_lot = r.b"
	if !forward {
		next = "m.gtin = r.a AND m.lot = r.b"
	}
	l := &listing{name: fmt.Sprint("reach, forward ", forward), selects: "a, b", key: textKey("a", "b")}
	l.from = "(WITH RECURSIVE r(a, b) AS (SELECT " + to + " FROM made_of WHERE live = 1 AND " + at +
		" UNION SELECT " + prefixed(to) + " FROM made_of m JOIN r ON " + next + " WHERE m.live = 1) SELECT a, b FROM r) AS reached"
	l.args = append(l.args, batch.GTIN, batch.Lot)
	return list(ctx, db, l, p, scanLot)
}

func renamed(cols string) string {
	if cols == "gtin, lot" {
		return "gtin AS a, lot AS b"
	}
	return "of_gtin AS a, of_lot AS b"
}

func prefixed(cols string) string {
	if cols == "gtin, lot" {
		return "m.gtin, m.lot"
	}
	return "m.of_gtin, m.of_lot"
}

// Graph is a part of what was made of what, around one batch.
type Graph struct {
	// Nodes in order of distance from the first, which is the batch.
	Nodes []Node
	// Edges say that From went into To.
	Edges []Edge
	// More: nodes beyond the bounds were left out.
	More bool
}

// Node is a batch with its distance.
type Node struct {
	Lot
	Depth int
	// Open: not all that lies beyond it is shown.
	Open bool
}

// Edge says that one batch went into another.
type Edge struct{ From, To Lot }

// Graph implements Model: a walk breadth first, back to what the batch was made
// of, or forward, to a depth and a number of nodes. Each node stands once, so that
// it ends whatever events say.
func (db *DB) Graph(ctx context.Context, batch Lot, forward bool, depth, most int) (*Graph, error) {
	return walkGraph(batch, forward, depth, most, func(at Lot, p Page) (List[Lot], error) { return db.MadeOf(ctx, at, forward, p) })
}

// walkGraph asks beside for what lies beside each batch.
func walkGraph(batch Lot, forward bool, depth, most int, beside func(Lot, Page) (List[Lot], error)) (*Graph, error) {
	g := &Graph{Nodes: []Node{{Lot: batch}}}
	seen := map[Lot]bool{batch: true}
	for i := 0; i < len(g.Nodes); i++ {
		n := &g.Nodes[i]
		page := Page{Limit: MaxLimit}
		for {
			l, err := beside(n.Lot, page)
			if err != nil {
				return nil, err
			}
			for _, other := range l.Items {
				if !seen[other] && (n.Depth == depth || len(g.Nodes) >= most) {
					g.Nodes[i].Open, g.More = true, true
					continue
				}
				if !seen[other] {
					seen[other] = true
					g.Nodes = append(g.Nodes, Node{Lot: other, Depth: g.Nodes[i].Depth + 1})
				}
				e := Edge{other, g.Nodes[i].Lot}
				if forward {
					e = Edge{g.Nodes[i].Lot, other}
				}
				g.Edges = append(g.Edges, e)
			}
			n = &g.Nodes[i] // the list may have moved
			if l.Next == "" || n.Open {
				break
			}
			page.Token = l.Next
		}
	}
	return g, nil
}
