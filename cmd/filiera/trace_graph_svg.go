package main

import (
	"fmt"
	"html"
	"strings"
)

// Sizes of the picture, in its units.
const (
	boxWidth, boxHeight = 220, 54
	gapAcross, gapDown  = 70, 18
	margin              = 20
)

// graphSVG draws the graph in columns by distance; goods move to the right.
func graphSVG(g *graphOf) string {
	columns := map[int]int{} // nodes per depth
	deepest, tallest := 0, 0
	for i := range g.Nodes {
		d := g.Nodes[i].Depth
		columns[d]++
		deepest, tallest = max(deepest, d), max(tallest, columns[d])
	}
	type point struct{ x, y int }
	at := map[graphLot]point{}
	placed := map[int]int{}
	for i := range g.Nodes {
		n := &g.Nodes[i]
		column := n.Depth
		if g.Direction == "back" {
			column = deepest - n.Depth
		}
		above := (tallest - columns[n.Depth]) * (boxHeight + gapDown) / 2
		at[n.graphLot] = point{margin + column*(boxWidth+gapAcross), margin + above + placed[n.Depth]*(boxHeight+gapDown)}
		placed[n.Depth]++
	}
	width := 2*margin + deepest*(boxWidth+gapAcross) + boxWidth
	height := 2*margin + tallest*(boxHeight+gapDown) - gapDown
	var b strings.Builder
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" width="%d" height="%d" font-family="Helvetica, Arial, sans-serif" font-size="12">`+"\n", width, height, width, height)
	b.WriteString(`<rect width="100%" height="100%" fill="#fff"/>` + "\n")
	b.WriteString(`<defs><marker id="a" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="7" markerHeight="7" orient="auto"><path d="M0 0L10 5L0 10z" fill="#666"/></marker></defs>` + "\n")
	for _, e := range g.Edges {
		from, to := at[e.From], at[e.To]
		x1, y1, x2, y2 := from.x+boxWidth, from.y+boxHeight/2, to.x, to.y+boxHeight/2
		middle := (x1 + x2) / 2
		fmt.Fprintf(&b, `<path d="M%d %dC%d %d %d %d %d %d" fill="none" stroke="#666" marker-end="url(#a)"/>`+"\n", x1, y1, middle, y1, middle, y2, x2, y2)
	}
	for i := range g.Nodes {
		n, p := &g.Nodes[i], at[g.Nodes[i].graphLot]
		drawBox(&b, n, p.x, p.y, i == 0)
	}
	b.WriteString("</svg>\n")
	return b.String()
}

func drawBox(b *strings.Builder, n *graphNode, x, y int, first bool) {
	fill, stroke, dash := "#f4efe2", "#8a6d3b", ""
	switch {
	case n.Status != "" && n.Status != "active":
		fill, stroke = "#fbe4e4", "#b00020"
	case n.Status == "":
		fill, stroke = "#f0f0f0", "#777"
	}
	if n.Open {
		dash = ` stroke-dasharray="5 3"`
	}
	weight := "1"
	if first {
		weight = "2.5"
	}
	fmt.Fprintf(b, `<g><rect x="%d" y="%d" width="%d" height="%d" rx="6" fill="%s" stroke="%s" stroke-width="%s"%s/>`, x, y, boxWidth, boxHeight, fill, stroke, weight, dash)
	for i, line := range [...]string{n.Name, n.GTIN + "  " + n.Lot, strings.TrimSpace(n.Produced + "  " + n.Owner)} {
		fmt.Fprintf(b, `<text x="%d" y="%d" fill="#222">%s</text>`, x+8, y+16+15*i, html.EscapeString(shorten(line, 34)))
	}
	b.WriteString("</g>\n")
}

func shorten(s string, most int) string {
	if r := []rune(s); len(r) > most {
		return string(r[:most-1]) + "…"
	}
	return s
}
