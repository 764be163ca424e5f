package rules

import "crypto/sha256"

// Text is a sentence or a name in both languages.
type Text struct {
	It string `yaml:"it,required" doc:"Italian"`
	En string `yaml:"en,required" doc:"English"`
}

// In is the text in a language.
func (t Text) In(l Language) string {
	if l == English {
		return t.En
	}
	return t.It
}

// Document is a contract as it is written.
type Document struct {
	At            Pos         `yaml:"-"`
	ID            string      `yaml:"contract,required" doc:"Id of the contract: a-z, 0-9 and hyphens, at most 40."`
	Version       int64       `yaml:"version,required" doc:"Number of this version, from 1."`
	Title         Text        `yaml:"title,required" doc:"What the contract is about."`
	Specification string      `yaml:"specification" doc:"Id of the production specification whose batches it judges; absent for a policy that concerns all."`
	LegalBasis    []Act       `yaml:"legal_basis,required" doc:"The acts that give the rules their force; at least one."`
	InForce       Period      `yaml:"in_force,required" doc:"The days on which it is in force."`
	Pending       []Amendment `yaml:"pending" doc:"Amendments that are proposed or approved and whose figures are not in this version."`
	Approval      Approval    `yaml:"approval" doc:"Who must approve the version before it can be activated."`
	Parameters    []Parameter `yaml:"parameters,named" doc:"The figures, each by a name of a-z, 0-9 and _ that expressions use."`
	Zones         []Zone      `yaml:"zones,named" doc:"Sets of municipalities, each by a name that expressions use."`
	Facts         []Fact      `yaml:"facts,named" doc:"What must be known of a case beyond the batch, its inputs, land and animals; each by a name that expressions use."`
	Mixtures      []Mixture   `yaml:"mixtures,named" doc:"Of which kinds a mixture may consist; used to find rules that can never hold together."`
	Rules         []Rule      `yaml:"rules,required" doc:"The rules, at least one."`
}

// Act is a law, regulation, decree or decision.
type Act struct {
	At   Pos    `yaml:"-"`
	Name string `yaml:"act,required" doc:"The act, with number and date."`
	URL  string `yaml:"url" doc:"Where its text is."`
}

// Period is a range of days, both included.
type Period struct {
	At   Pos    `yaml:"-"`
	From Date   `yaml:"from,required" doc:"First day."`
	To   Date   `yaml:"to" doc:"Last day; absent while no end is known."`
	By   string `yaml:"by" words:"production act" doc:"Which day decides: production (of the batch; the default) or act (the block's day)."`
}

// Amendment is a change of the text that is not in this version.
type Amendment struct {
	At    Pos    `yaml:"-"`
	Act   string `yaml:"act,required" doc:"The act, with number and date."`
	URL   string `yaml:"url" doc:"Where it is."`
	Since Date   `yaml:"since,required" doc:"Day of the act."`
	Note  Text   `yaml:"note,required" doc:"What it means for who reads the results."`
}

// Approval is who must agree to a version.
type Approval struct {
	At      Pos      `yaml:"-"`
	By      []string `yaml:"by,required" words:"authority consortium control_body" doc:"Who may approve."`
	AtLeast int64    `yaml:"at_least,required" doc:"How many of them must."`
}

// Parameter is a figure. Exactly one of Value, Day, Date, Set and Bool is given.
type Parameter struct {
	At        Pos      `yaml:"-"`
	ID        string   `yaml:"-"`
	Label     Text     `yaml:"label,required" doc:"What the figure is."`
	Value     string   `yaml:"value" doc:"A number and its unit, such as 12.50 %, with a decimal point."`
	Day       string   `yaml:"day" doc:"A day of the year, MM-DD."`
	Date      Date     `yaml:"date" doc:"A date."`
	Set       []string `yaml:"set" doc:"Words."`
	Article   string   `yaml:"article" doc:"Where the text states it."`
	Source    string   `yaml:"source" doc:"Address of the source that was read."`
	Unsourced bool     `yaml:"unsourced" doc:"No source was found. A rule that uses it may only warn."`
	About     bool     `yaml:"about" doc:"The text says about so much. A rule that uses it may only warn."`
	Conflict  Text     `yaml:"conflict" doc:"What other sources state instead."`
	Change    string   `yaml:"change" words:"nobody authority consortium" doc:"Who may change it without a new version; nobody unless stated."`
}

// Zone is a set of municipalities.
type Zone struct {
	At        Pos            `yaml:"-"`
	ID        string         `yaml:"-"`
	Label     Text           `yaml:"label,required" doc:"What the zone is."`
	Provinces []Province     `yaml:"provinces" doc:"Whole provinces."`
	Places    []Municipality `yaml:"municipalities" doc:"Single municipalities."`
	Article   string         `yaml:"article" doc:"Where the text states it."`
	Source    string         `yaml:"source,required" doc:"Address of the source that was read."`
}

// Province is a whole province.
type Province struct {
	At   Pos    `yaml:"-"`
	Code string `yaml:"istat,required" doc:"ISTAT code, 3 digits."`
	Name string `yaml:"name,required" doc:"Its name."`
}

// Municipality is a municipality of a zone and the days on which its code holds.
type Municipality struct {
	At         Pos      `yaml:"-"`
	Code       string   `yaml:"istat,required" doc:"ISTAT code, 6 digits."`
	Name       string   `yaml:"name,required" doc:"Its name."`
	From       Date     `yaml:"from" doc:"First day of the code; absent if before the contract."`
	To         Date     `yaml:"to" doc:"Last day of the code; absent while it holds."`
	Successors []string `yaml:"successors" doc:"Codes of the municipalities that took its land over after the last day."`
	Part       bool     `yaml:"part" doc:"Only part of it is in the zone: the control body must have confirmed the place."`
	Note       string   `yaml:"note" doc:"How the code is known, where that is not plain."`
}

// Fact is something that must be known of a case.
type Fact struct {
	At     Pos      `yaml:"-"`
	ID     string   `yaml:"-"`
	Kind   string   `yaml:"kind,required" words:"measure date span flag word" doc:"measure: a number with a unit; date; span: a phase with beginning and end; flag: yes or no; word: one of values."`
	Unit   string   `yaml:"unit" doc:"Unit of a measure."`
	Values []string `yaml:"values" doc:"The words that a word may be."`
	Label  Text     `yaml:"label,required" doc:"What it is."`
}

// Mixture says of which kinds something consists.
type Mixture struct {
	At     Pos    `yaml:"-"`
	ID     string `yaml:"-"`
	Whole  Expr   `yaml:"whole,required" doc:"Expression for the whole, as rules write it."`
	Parts  []Expr `yaml:"parts,required" doc:"Expressions for parts that exclude each other, as rules write them."`
	Closed bool   `yaml:"closed" doc:"The whole is made of these parts alone."`
}

// Rule is one thing that a contract asks.
type Rule struct {
	At       Pos      `yaml:"-"`
	ID       string   `yaml:"rule,required" doc:"Id of the rule: a-z, 0-9 and hyphens."`
	Label    Text     `yaml:"label,required" doc:"What it asks, as the beginning of a sentence: maturing."`
	Article  string   `yaml:"article" doc:"Article of the specification."`
	On       []string `yaml:"on,required" words:"batch event attestation units custody notice custom" doc:"When it is judged: batch registered, event captured, attestation submitted, units issued, custody offered, notice given, or when somebody asks (custom)."`
	When     Expr     `yaml:"when" doc:"Condition (CEL) without which the rule does not apply."`
	Each     string   `yaml:"each" words:"inputs land animals attestations" doc:"The rule is judged for each entry of this list, which expressions call it."`
	Value    Expr     `yaml:"value" doc:"What is judged (CEL)."`
	Of       Expr     `yaml:"of" doc:"What the value is divided by before it is compared with the limits (CEL)."`
	Min      Expr     `yaml:"min" doc:"At least so much (CEL)."`
	Max      Expr     `yaml:"max" doc:"At most so much (CEL)."`
	Above    Expr     `yaml:"above" doc:"More than so much (CEL)."`
	Below    Expr     `yaml:"below" doc:"Less than so much (CEL)."`
	In       Expr     `yaml:"in" doc:"The value is one of these words (CEL)."`
	Require  Expr     `yaml:"require" doc:"A condition that must hold (CEL); instead of value."`
	Severity string   `yaml:"severity,required" words:"refuse hold warn require_attestation" doc:"What follows when the rule is not met."`
	Say      Text     `yaml:"say" doc:"Sentence when it is not met, with {names} filled in; made from label and limits where absent."`
	Effects  []Effect `yaml:"effects" doc:"What else is to be done when it is not met, or when it is."`
}

// Effect is something that the ledger does by a rule's outcome.
type Effect struct {
	At    Pos    `yaml:"-"`
	Do    string `yaml:"do,required" words:"set_status hold_until request_control award" doc:"What is done."`
	If    string `yaml:"if" words:"fail pass" doc:"On which outcome; fail unless stated."`
	Value Expr   `yaml:"value" doc:"Status (set_status), day (hold_until, CEL) or points (award, CEL)."`
}

// Expr is an expression of CEL and where it stands.
type Expr struct {
	At   Pos
	Text string
}

func (e *Expr) set(text string) error {
	e.Text = text
	return nil
}

func (e *Expr) place(at Pos) { e.At = at }

func (e *Expr) shape() map[string]any {
	return map[string]any{"type": []string{"string", "integer", "boolean"}}
}

// Hash is the identity of a version: SHA-256 of the document's bytes.
func Hash(document []byte) [32]byte { return sha256.Sum256(document) }

// set reads a date.
func (d *Date) set(text string) error {
	v, err := ParseDate(text)
	*d = v
	return err
}

func (d *Date) shape() map[string]any {
	return map[string]any{"type": "string", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"}
}
