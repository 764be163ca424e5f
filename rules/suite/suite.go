// Package suite runs the cases that come with a contract: what it must accept,
// what it must refuse, and each limit one unit to either side.
package suite

import (
	"fmt"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/filiera-chain/filiera/rules"
)

// File is a file of cases.
type File struct {
	Contract string     `yaml:"contract" doc:"File of the contract, beside this one; contract.yaml unless stated."`
	On       string     `yaml:"on" words:"batch event attestation units custody notice custom" doc:"Trigger of the cases that state none; attestation unless stated."`
	Base     yaml.Node  `yaml:"base,required" holds:"facts" doc:"Facts of a case that meets every rule; the cases change them."`
	Amended  []Amended  `yaml:"amended,named" doc:"Later versions of the contract, for cases about which version holds."`
	Limits   []Boundary `yaml:"limits" doc:"Limits; each is tried at the limit and one step to either side."`
	Cases    []Case     `yaml:"cases" doc:"Single cases."`
}

// Amended is a later version: the contract with other figures from a day on.
type Amended struct {
	At         rules.Pos   `yaml:"-"`
	ID         string      `yaml:"-"`
	From       rules.Date  `yaml:"from,required" doc:"First day of the later version."`
	Parameters []Parameter `yaml:"parameters,named" doc:"The figures that change."`
}

// Parameter is a figure of a later version.
type Parameter struct {
	At    rules.Pos `yaml:"-"`
	ID    string    `yaml:"-"`
	Value string    `yaml:"value" doc:"Number and unit."`
	Day   string    `yaml:"day" doc:"Day of the year."`
	Set   []string  `yaml:"set" doc:"Words."`
}

// Boundary is a limit that is tried at the limit and one step to either side.
type Boundary struct {
	At      rules.Pos `yaml:"-"`
	Rule    string    `yaml:"rule,required" doc:"The rule whose limit it is."`
	On      string    `yaml:"on" words:"batch event attestation units custody notice custom" doc:"Trigger."`
	Fact    string    `yaml:"fact,required" doc:"Where the value stands in the facts: known.pH.is, inputs.0.mass."`
	Limit   string    `yaml:"at,required" doc:"The limit as a fact: a number and unit, a date, or an instant."`
	Step    string    `yaml:"step,required" doc:"One unit: 0.01 %, 1 days, 1 s."`
	Side    string    `yaml:"side,required" words:"min max above below" doc:"Which limit it is."`
	Against string    `yaml:"against" doc:"Where the rest of a whole stands: it gives up what the value gains."`
	Also    []string  `yaml:"also" doc:"Rules that fail as well beyond the limit."`
	Set     yaml.Node `yaml:"set" holds:"facts" doc:"Facts that differ from the base."`
}

// Case is one case.
type Case struct {
	At         rules.Pos `yaml:"-"`
	Name       string    `yaml:"case,required" doc:"What the case shows, as a sentence."`
	On         string    `yaml:"on" words:"batch event attestation units custody notice custom" doc:"Trigger."`
	Set        yaml.Node `yaml:"set" holds:"facts" doc:"Facts that differ from the base; a list replaces the base's."`
	Without    []string  `yaml:"without" doc:"Facts of the base that are not known here."`
	Amended    string    `yaml:"amended" doc:"The later version that exists beside the contract; the day of production chooses."`
	Decision   string    `yaml:"decision" words:"allow warn hold require_attestation refuse" doc:"What follows."`
	Fail       []string  `yaml:"fail" doc:"Exactly the rules that are not met."`
	Missing    []string  `yaml:"missing" doc:"Exactly the rules that lack a fact."`
	Idle       []string  `yaml:"idle" doc:"Rules that do not apply, among others perhaps."`
	NotInForce bool      `yaml:"not_in_force" doc:"The contract was not in force."`
	Says       string    `yaml:"says" doc:"Words that the Italian message of a rule holds."`
	facts      *yaml.Node
}

// Report is what came of a file.
type Report struct {
	Contract *rules.Contract
	Outcomes []CaseResult
	// Passed and Failed count, for each rule in the contract's order, the cases in
	// which it was met and was not.
	Coverage []Covered
}

// Covered is how often a rule was met and not met.
type Covered struct {
	Rule        string
	Met, NotMet int
}

// CaseResult is one case's end; Problem is empty where it ended as it should.
type CaseResult struct {
	Name    string
	Problem string
}

// Failed counts the cases that did not end as they should.
func (r *Report) Failed() int {
	n := 0
	for _, o := range r.Outcomes {
		if o.Problem != "" {
			n++
		}
	}
	return n
}

// Uncovered lists the rules that no case meets, or that no case breaks.
func (r *Report) Uncovered() []string {
	var out []string
	for _, c := range r.Coverage {
		if c.Met == 0 || c.NotMet == 0 {
			out = append(out, c.Rule)
		}
	}
	return out
}

// Parse reads a file of cases.
func Parse(data []byte) (*File, error) {
	f := &File{}
	if err := rules.ReadYAML(data, f, "the file of cases"); err != nil {
		return nil, err
	}
	if f.Contract == "" {
		f.Contract = "contract.yaml"
	}
	if f.On == "" {
		f.On = string(rules.OnAttestation)
	}
	return f, nil
}

// Expand lists every case, those that limits stand for included.
func (f *File) Expand() ([]Case, error) {
	var out []Case
	for i := range f.Limits {
		three, err := f.Limits[i].cases(f)
		if err != nil {
			return nil, fmt.Errorf("%d:%d: %w", f.Limits[i].At.Line, f.Limits[i].At.Column, err)
		}
		out = append(out, three...)
	}
	for _, c := range f.Cases {
		c.facts = merge(&f.Base, &c.Set)
		for _, path := range c.Without {
			if !remove(c.facts, strings.Split(path, ".")) {
				return nil, fmt.Errorf("%d:%d: the base does not state %s", c.At.Line, c.At.Column, path)
			}
		}
		out = append(out, c)
	}
	for i := range out {
		if out[i].On == "" {
			out[i].On = f.On
		}
	}
	return out, nil
}

// Facts are the facts of a case of the file, by its name; "" or "base" is the base.
func (f *File) Facts(name string) (*rules.Facts, rules.Trigger, error) {
	if name == "" || name == "base" {
		facts, err := rules.ReadFacts(&f.Base)
		return facts, rules.Trigger(f.On), err
	}
	list, err := f.Expand()
	if err != nil {
		return nil, "", err
	}
	for _, c := range list {
		if c.Name == name {
			facts, err := rules.ReadFacts(c.facts)
			return facts, rules.Trigger(c.On), err
		}
	}
	return nil, "", fmt.Errorf("there is no case %q", name)
}

// Run tries every case against the contract.
func (f *File) Run(c *rules.Contract) (*Report, error) {
	list, err := f.Expand()
	if err != nil {
		return nil, err
	}
	r := &Report{Contract: c}
	for _, x := range c.Doc.Rules {
		r.Coverage = append(r.Coverage, Covered{Rule: x.ID})
	}
	seen := map[string]bool{}
	for i := range list {
		problem := ""
		if seen[list[i].Name] {
			problem = "another case has this name"
		}
		seen[list[i].Name] = true
		if err := f.try(c, &list[i], r); err != nil {
			problem = err.Error()
		}
		r.Outcomes = append(r.Outcomes, CaseResult{list[i].Name, problem})
	}
	return r, nil
}

func (f *File) try(c *rules.Contract, x *Case, r *Report) error {
	facts, err := rules.ReadFacts(x.facts)
	if err != nil {
		return err
	}
	p, err := rules.Prepare(facts)
	if err != nil {
		return err
	}
	version := c
	if x.Amended != "" {
		if version, err = f.choose(c, x.Amended, facts); err != nil {
			return err
		}
	}
	e := version.Evaluate(rules.Trigger(x.On), p, rules.MaxCost)
	r.cover(&e)
	return x.compare(&e)
}

// choose gives the version that the day of production chooses of the contract and
// a later one.
func (f *File) choose(c *rules.Contract, id string, facts *rules.Facts) (*rules.Contract, error) {
	for _, a := range f.Amended {
		if a.ID != id {
			continue
		}
		later, err := a.of(c)
		if err != nil {
			return nil, err
		}
		former := *c.Doc
		former.InForce.To = a.From - 1
		first, err := rules.Compile(&former)
		if err != nil {
			return nil, err
		}
		return rules.Choose([]*rules.Contract{first, later}, facts), nil
	}
	return nil, fmt.Errorf("there is no later version %q", id)
}

func (a *Amended) of(c *rules.Contract) (*rules.Contract, error) {
	doc := *c.Doc
	doc.Version++
	doc.InForce.From = a.From
	doc.Parameters = slices.Clone(doc.Parameters)
	for _, p := range a.Parameters {
		i := slices.IndexFunc(doc.Parameters, func(x rules.Parameter) bool { return x.ID == p.ID })
		if i < 0 {
			return nil, fmt.Errorf("%d:%d: the contract has no parameter %s", p.At.Line, p.At.Column, p.ID)
		}
		doc.Parameters[i].Value, doc.Parameters[i].Day, doc.Parameters[i].Set = p.Value, p.Day, p.Set
	}
	return rules.Compile(&doc)
}

func (r *Report) cover(e *rules.Evaluation) {
	for _, res := range e.Results {
		for i := range r.Coverage {
			if r.Coverage[i].Rule != res.Rule {
				continue
			}
			switch res.Outcome {
			case rules.Pass:
				r.Coverage[i].Met++
			case rules.Fail:
				r.Coverage[i].NotMet++
			}
		}
	}
}

func (x *Case) compare(e *rules.Evaluation) error {
	if e.InForce == x.NotInForce {
		return fmt.Errorf("in force: %v", e.InForce)
	}
	got := map[rules.Outcome][]string{}
	var said []string
	for i := range e.Results {
		res := &e.Results[i]
		got[res.Outcome] = append(got[res.Outcome], res.Rule)
		said = append(said, res.Message(rules.Italian))
	}
	if len(got[rules.Broken]) > 0 {
		return fmt.Errorf("cannot be evaluated: %v: %s", got[rules.Broken], strings.Join(said, "; "))
	}
	if !sameWords(got[rules.Fail], x.Fail) || !sameWords(got[rules.Missing], x.Missing) {
		return fmt.Errorf("not met: %v, lacking facts: %v; expected %v and %v", got[rules.Fail], got[rules.Missing], x.Fail, x.Missing)
	}
	for _, id := range x.Idle {
		if !slices.Contains(got[rules.Idle], id) {
			return fmt.Errorf("%s applies", id)
		}
	}
	if x.Decision != "" && x.Decision != string(e.Decision) {
		return fmt.Errorf("the decision is %s, expected %s", e.Decision, x.Decision)
	}
	if x.Says != "" && !strings.Contains(strings.Join(said, "\n"), x.Says) {
		return fmt.Errorf("no message says %q:\n%s", x.Says, strings.Join(said, "\n"))
	}
	return nil
}

func sameWords(a, b []string) bool {
	a, b = slices.Clone(a), slices.Clone(b)
	slices.Sort(a)
	slices.Sort(b)
	return slices.Equal(a, b)
}
