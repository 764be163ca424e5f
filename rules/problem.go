package rules

import (
	"fmt"
	"sort"
	"strings"
)

// Pos is a place in a document, both numbers from 1; the zero value is none.
type Pos struct{ Line, Column int }

// Problem is one reason why a document is refused.
type Problem struct {
	Pos
	// Text is a sentence for the writer, with a suggestion where there is one.
	Text string
}

func (p Problem) Error() string {
	if p.Line == 0 {
		return p.Text
	}
	return fmt.Sprintf("%d:%d: %s", p.Line, p.Column, p.Text)
}

// Problems are all reasons, in the order of the document.
type Problems []Problem

func (p Problems) Error() string {
	lines := make([]string, 0, len(p))
	for _, x := range p {
		lines = append(lines, x.Error())
	}
	return strings.Join(lines, "\n")
}

// maxProblems bounds how many are told at once: a document with more is not
// worth going on with.
const maxProblems = 50

type problems struct{ list Problems }

func (p *problems) add(at Pos, format string, args ...any) {
	if len(p.list) < maxProblems {
		p.list = append(p.list, Problem{at, fmt.Sprintf(format, args...)})
	}
}

func (p *problems) err() error {
	if len(p.list) == 0 {
		return nil
	}
	sort.SliceStable(p.list, func(i, j int) bool {
		a, b := p.list[i].Pos, p.list[j].Pos
		return a.Line < b.Line || a.Line == b.Line && a.Column < b.Column
	})
	return p.list
}
