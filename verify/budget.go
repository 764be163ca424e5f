package verify

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"

	"google.golang.org/protobuf/proto"

	ledgerv1 "github.com/filiera-chain/filiera/api/ledger/v1"
	"github.com/filiera-chain/filiera/budget"
	"github.com/filiera-chain/filiera/module/statekey"
)

// BudgetFormat names the form of a proof of the state of the budget.
const BudgetFormat = "filiera-budget/1"

// maxBudgetRanges bounds the lists that a proof of the budget holds: of every line,
// those below it and its days.
const maxBudgetRanges = 2*budget.MostLines + 2

// BudgetProof proves a tree of the budget, now or as of a day or height: every line that it shows, every list of lines
// below one, complete, and, of the past, everything that was added to each until then. One content has one form.
type BudgetProof struct {
	Format     string            `json:"format"`
	Target     BudgetTarget      `json:"target"`
	ChainID    string            `json:"chain_id"`
	Header     Hex               `json:"header"`
	Commit     Hex               `json:"commit"`
	Validators []BundleValidator `json:"validators"`
	Records    []BundleRecord    `json:"records"`
	Ranges     []BundleRange     `json:"ranges"`
}

// BudgetTarget is what the proof is about: a tree, or the grants of a beneficiary, or what an act made of the budget.
type BudgetTarget struct {
	Line        string `json:"line,omitempty"`
	Beneficiary string `json:"beneficiary,omitempty"`
	Act         string `json:"act,omitempty"`
	AsOf        string `json:"as_of,omitempty"`
	AtHeight    int64  `json:"at_height,omitempty"`
	// DownTo is the last level of a tree, such as call.
	DownTo string `json:"down_to"`
}

// BudgetAnswer is what a proof of the budget shows.
type BudgetAnswer struct {
	// Lines of the tree, or the grants of the beneficiary.
	Lines []*ledgerv1.BudgetLineState
	// Total of a beneficiary's grants, by account.
	Total []int64
	// Differences that an act made, with the number of its movements.
	Differences []Difference
	Movements   int
}

// MostCompared bounds the movements of an act that an answer compares.
const MostCompared = 5000

// GatherBudgetTarget reads what a target is about.
func GatherBudgetTarget(src Source, t BudgetTarget) (*BudgetAnswer, error) {
	v, err := t.view()
	if err != nil {
		return nil, err
	}
	a := new(BudgetAnswer)
	switch {
	case t.Act != "":
		if t.Line != "" || t.Beneficiary != "" || t.AsOf != "" || t.AtHeight != 0 {
			return nil, errors.New("the proof is about an act, and about something else")
		}
		a.Differences, a.Movements, err = GatherDifference(src, t.Act, MostCompared)
	case t.Beneficiary != "":
		if t.Line != "" {
			return nil, errors.New("the proof is about a beneficiary, and about a line")
		}
		a.Lines, a.Total, err = GatherBeneficiary(src, t.Beneficiary, v)
	default:
		a.Lines, err = GatherBudget(src, v)
	}
	return a, err
}

func (t BudgetTarget) view() (budget.View, error) {
	level, err := budget.ParseLevel(t.DownTo)
	return budget.View{Line: t.Line, AsOf: t.AsOf, AtHeight: t.AtHeight, DownTo: level}, err
}

// GatherBudget reads a tree of the budget from records. A line that is not there gives nothing.
func GatherBudget(src Source, v budget.View) ([]*ledgerv1.BudgetLineState, error) {
	return budget.Gather(bookIn{src}, v)
}

// TreeTarget is the target of a tree.
func TreeTarget(v budget.View) BudgetTarget {
	if v.DownTo == 0 {
		v.DownTo = ledgerv1.BudgetLevel_BUDGET_LEVEL_CALL
	}
	return BudgetTarget{Line: v.Line, AsOf: v.AsOf, AtHeight: v.AtHeight, DownTo: budget.LevelWord(v.DownTo)}
}

// ProveBudget gathers what a target is about, and the proof from which CheckBudgetProof gathers it again. src and p must be
// the state whose app hash the header carries.
func ProveBudget(src Source, t BudgetTarget, p Prover, h SignedHeader) (*BudgetAnswer, *BudgetProof, error) {
	rec := NewRecorder(src)
	a, err := GatherBudgetTarget(rec, t)
	if err != nil {
		return nil, nil, err
	}
	b, err := Assemble(rec, "", "", p, h)
	if err != nil {
		return nil, nil, err
	}
	return a, &BudgetProof{BudgetFormat, t, b.ChainID, b.Header, b.Commit, b.Validators, b.Records, b.Ranges}, nil
}

// Encode gives the proof's one form.
func (p *BudgetProof) Encode() ([]byte, error) {
	out, err := json.Marshal(p)
	if err == nil && len(out) > MaxBundleBytes {
		err = fmt.Errorf("%w: the proof would have %d bytes, at most %d; ask for a part of the tree, or for fewer levels", ErrTooMuch, len(out), MaxBundleBytes)
	}
	return out, err
}

// CheckBudgetProof verifies a proof of the budget with nothing but trust, reckons the tree again from what is proven, and
// gives it with what it is about and the state that it belongs to. Every sum of lines below one is checked on the way.
func CheckBudgetProof(raw []byte, trust Trust) (*BudgetAnswer, BudgetTarget, Ledger, error) {
	p, err := decodeBudgetProof(raw)
	if err != nil {
		return nil, BudgetTarget{}, Ledger{}, &CheckError{CheckForm, err}
	}
	c := &checker{trust: trust, report: &Report{}, b: &Bundle{
		ChainID: p.ChainID, Header: p.Header, Commit: p.Commit, Validators: p.Validators, Records: p.Records, Ranges: p.Ranges,
	}}
	var shown *BudgetAnswer
	answer := func() (string, error) {
		var err error
		if shown, err = GatherBudgetTarget(c.proven, p.Target); err != nil {
			return "", err
		}
		if n := len(c.proven.records) + len(c.proven.ranges) - len(c.proven.read); n > 0 {
			return "", fmt.Errorf("expected records that the tree rests on, and no others; it does not rest on %d", n)
		}
		return "", nil
	}
	for _, step := range []struct {
		name string
		do   func() (string, error)
	}{
		{CheckTrust, c.checkTrust},
		{CheckHeader, c.checkHeader},
		{CheckValidators, c.checkValidators},
		{CheckCommit, c.checkCommit},
		{CheckRecords, c.checkRecords},
		{CheckLists, c.checkLists},
		{CheckAnswer, answer},
	} {
		if _, err := step.do(); err != nil {
			return nil, BudgetTarget{}, Ledger{}, &CheckError{step.name, err}
		}
	}
	return shown, p.Target, c.report.Ledger, nil
}

func decodeBudgetProof(raw []byte) (*BudgetProof, error) {
	if len(raw) > MaxBundleBytes {
		return nil, fmt.Errorf("the proof has %d bytes; at most %d are read", len(raw), MaxBundleBytes)
	}
	if n := bytes.Count(raw, []byte{','}) + bytes.Count(raw, []byte{'{'}); n > maxPunctuation {
		return nil, fmt.Errorf("the proof has more than %d members", maxPunctuation)
	}
	p := new(BudgetProof)
	if err := json.Unmarshal(raw, p); err != nil {
		return nil, fmt.Errorf("the proof is not JSON of the form %s: %w", BudgetFormat, err)
	}
	if p.Format != BudgetFormat {
		return nil, fmt.Errorf("the proof's format is %q; this program reads %s", clip(p.Format), BudgetFormat)
	}
	if len(p.Ranges) > maxBudgetRanges {
		return nil, fmt.Errorf("the proof has %d ranges; at most %d are read", len(p.Ranges), maxBudgetRanges)
	}
	b := &Bundle{Format: Format, Header: p.Header, Commit: p.Commit, Validators: p.Validators, Records: p.Records}
	err := b.checkBounds()
	if len(p.Records) == 0 && len(p.Ranges) > 0 {
		err = nil // a book without lines
	}
	b.Ranges = p.Ranges
	if err := errors.Join(err, b.checkOrder()); err != nil {
		return nil, err
	}
	again, err := p.Encode()
	if err != nil || !bytes.Equal(again, raw) {
		return nil, errors.New("the proof is not in its one form")
	}
	return p, nil
}

// bookIn is a book that is read from records.
type bookIn struct{ src Source }

func (b bookIn) Line(id string) (*ledgerv1.BudgetLine, error) {
	raw, err := b.src.Get(statekey.BudgetLine(id))
	if err != nil || raw == nil {
		return nil, err
	}
	l := new(ledgerv1.BudgetLine)
	return l, proto.Unmarshal(raw, l)
}

func (b bookIn) Amounts(parent, id string) (*ledgerv1.BudgetAmounts, error) {
	raw, err := b.src.Get(statekey.BudgetAmounts(parent, id))
	a := new(ledgerv1.BudgetAmounts)
	if err != nil || raw == nil {
		return a, err
	}
	return a, proto.Unmarshal(raw, a)
}

func (b bookIn) Children(parent string, most int) ([]budget.Child, error) {
	start, end := statekey.BudgetChildren(parent)
	pairs, err := b.src.Range(start, end)
	if err != nil {
		return nil, err
	}
	if len(pairs) > most {
		return nil, fmt.Errorf("%w: %q has %d right below it, more than %d; ask for fewer levels", budget.ErrTooMany, parent, len(pairs), most)
	}
	out := make([]budget.Child, len(pairs))
	for i, p := range pairs {
		out[i] = budget.Child{ID: string(p.Key[len(start):]), Amounts: new(ledgerv1.BudgetAmounts)}
		if err := proto.Unmarshal(p.Value, out[i].Amounts); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func (b bookIn) Days(line, until string, fn func(string, int64, *ledgerv1.BudgetAmounts) error) error {
	start, end := statekey.BudgetDays(line, until)
	pairs, err := b.src.Range(start, end)
	if err != nil {
		return err
	}
	for _, p := range pairs {
		rest := p.Key[len(start):]
		if len(rest) != len("2026-11-23")+1+8 {
			return fmt.Errorf("the key %x is of no day", p.Key)
		}
		a := new(ledgerv1.BudgetAmounts)
		if err := proto.Unmarshal(p.Value, a); err != nil {
			return err
		}
		if err := fn(string(rest[:10]), int64(binary.BigEndian.Uint64(rest[11:])), a); err != nil {
			return err
		}
	}
	return nil
}
