package main

import (
	"encoding/json"
	"fmt"
	"net/url"
	"os"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/filiera-chain/filiera/client"
)

// graphOf is what was made of what around one batch.
type graphOf struct {
	Direction string      `json:"direction"`
	Nodes     []graphNode `json:"nodes"`
	Edges     []struct {
		From graphLot `json:"from"`
		To   graphLot `json:"to"`
	} `json:"edges"`
	More bool `json:"more"`
}

type graphLot struct {
	GTIN string `json:"gtin"`
	Lot  string `json:"lot"`
}

type graphNode struct {
	graphLot
	Depth    int         `json:"depth"`
	Open     bool        `json:"open,omitempty"`
	Name     string      `json:"name,omitempty"`
	Status   client.Word `json:"status,omitempty"`
	Owner    string      `json:"owner,omitempty"`
	Produced string      `json:"production_date,omitempty"`
}

func traceGraph(e *env) *cobra.Command {
	cmd := e.leaf("graph GTIN LOT", "trace.graph.short",
		"filiera trace graph 8012345678907 L26-001\nfiliera trace graph 8012345678907 L26-001 --direction forward --format dot", cobra.ExactArgs(2), e.runGraph)
	f := cmd.Flags()
	f.String("direction", "back", e.t("flag.direction"))
	f.String("format", "text", e.t("flag.graph-format"))
	f.Int("depth", 20, e.t("flag.depth"))
	f.Int("limit", 500, e.t("flag.nodes"))
	f.String("out", "", e.t("flag.convert.out"))
	return e.twoTimesFlags(cmd)
}

func (e *env) runGraph(cmd *cobra.Command, args []string) error {
	f := cmd.Flags()
	direction, _ := f.GetString("direction")
	format, _ := f.GetString("format")
	if direction != "back" && direction != "forward" {
		return usage("%s", e.t("bad.direction", direction))
	}
	draw := map[string]func(*graphOf) string{"text": e.graphText, "dot": graphDOT, "svg": graphSVG, "json": nil}
	if _, known := draw[format]; !known {
		return usage("%s", e.t("bad.graph-format", format))
	}
	gtin, lot, err := e.findBatch(cmd.Context(), args[0], args[1])
	if err != nil {
		return err
	}
	depth, _ := f.GetInt("depth")
	limit, _ := f.GetInt("limit")
	c, err := e.client()
	if err != nil {
		return err
	}
	query := url.Values{"direction": {direction}, "depth": {strconv.Itoa(depth)}, "limit": {strconv.Itoa(limit)}}
	e.twoTimes(cmd, query)
	raw, err := c.Get(cmd.Context(), batchPath(gtin, lot)+"/graph", query)
	if err != nil {
		return err
	}
	g := new(graphOf)
	if err := json.Unmarshal(raw, g); err != nil || len(g.Nodes) == 0 {
		return fmt.Errorf("%s did not answer with a graph: %v", c.URL(), err)
	}
	if g.More {
		fmt.Fprintln(e.err, e.t("graph.more"))
	}
	text := ""
	switch {
	case format == "json" || e.v.GetString("output") == "json":
		text = string(raw) + "\n"
	default:
		text = draw[format](g)
	}
	if path, _ := f.GetString("out"); path != "" {
		return os.WriteFile(path, []byte(text), 0o644)
	}
	_, err = e.out.Write([]byte(text))
	return err
}

// beyond gives, for each batch, those one step further from the first.
func (g *graphOf) beyond() map[graphLot][]graphLot {
	next := map[graphLot][]graphLot{}
	for _, edge := range g.Edges {
		from, to := edge.From, edge.To
		if g.Direction == "back" {
			from, to = to, from
		}
		next[from] = append(next[from], to)
	}
	return next
}

// graphText draws a tree. A batch that stands in it already is named again, and
// what lies beyond it is not repeated.
func (e *env) graphText(g *graphOf) string {
	nodes := map[graphLot]*graphNode{}
	for i := range g.Nodes {
		nodes[g.Nodes[i].graphLot] = &g.Nodes[i]
	}
	next, seen := g.beyond(), map[graphLot]bool{}
	var b strings.Builder
	var draw func(at graphLot, before, branch string)
	draw = func(at graphLot, before, branch string) {
		n := nodes[at]
		fmt.Fprintf(&b, "%s%s", before+branch, clean(nodeLine(n)))
		switch branch {
		case "├─ ":
			before += "│  "
		case "└─ ":
			before += "   "
		}
		if seen[at] {
			b.WriteString("  " + e.t("graph.above") + "\n")
			return
		}
		seen[at] = true
		if n.Open {
			b.WriteString("  …")
		}
		b.WriteByte('\n')
		for i, to := range next[at] {
			branch := "├─ "
			if i == len(next[at])-1 {
				branch = "└─ "
			}
			draw(to, before, branch)
		}
	}
	draw(g.Nodes[0].graphLot, "", "")
	return b.String()
}

func nodeLine(n *graphNode) string {
	parts := []string{n.GTIN + " " + n.Lot}
	for _, s := range []string{n.Name, n.Produced, n.Owner} {
		if s != "" {
			parts = append(parts, s)
		}
	}
	if n.Status != "" && n.Status != "active" {
		parts = append(parts, strings.ToUpper(string(n.Status)))
	}
	return strings.Join(parts, "  ")
}

// graphDOT writes the graph for Graphviz, in the direction in which goods move.
func graphDOT(g *graphOf) string {
	var b strings.Builder
	b.WriteString("digraph lots {\n\trankdir=LR;\n\tnode [shape=box, fontname=\"Helvetica\"];\n")
	for i := range g.Nodes {
		n := &g.Nodes[i]
		attrs := "label=" + dotText(n.Name+"\n"+n.GTIN+"\n"+n.Lot)
		if n.Status != "" && n.Status != "active" {
			attrs += ", color=red"
		}
		if n.Open {
			attrs += ", style=dashed"
		}
		fmt.Fprintf(&b, "\t%s [%s];\n", dotText(n.GTIN+" "+n.Lot), attrs)
	}
	for _, e := range g.Edges {
		fmt.Fprintf(&b, "\t%s -> %s;\n", dotText(e.From.GTIN+" "+e.From.Lot), dotText(e.To.GTIN+" "+e.To.Lot))
	}
	b.WriteString("}\n")
	return b.String()
}

func dotText(s string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`).Replace(strings.TrimPrefix(s, "\n")) + `"`
}
