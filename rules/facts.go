package rules

import (
	"cmp"
	"fmt"
	"slices"
)

// Trigger is what makes rules be judged.
type Trigger string

// The triggers.
const (
	OnBatch       Trigger = "batch"
	OnEvent       Trigger = "event"
	OnAttestation Trigger = "attestation"
	OnUnits       Trigger = "units"
	OnCustody     Trigger = "custody"
	OnNotice      Trigger = "notice"
	// OnCustom: somebody asks for the judgement.
	OnCustom Trigger = "custom"
)

// Triggers lists all of them.
func Triggers() []Trigger {
	return []Trigger{OnBatch, OnEvent, OnAttestation, OnUnits, OnCustody, OnNotice, OnCustom}
}

// Facts is what is known of a case. Whatever is left out is not known, and a rule
// that needs it says so.
type Facts struct {
	At Pos `yaml:"-"`
	// Day of the block.
	Today        Date          `yaml:"today,required" doc:"Day on which it is judged (of the block)."`
	Signer       Actor         `yaml:"signer" doc:"Who signed the transaction."`
	Batch        Batch         `yaml:"batch" doc:"The batch that is judged."`
	Inputs       []Input       `yaml:"inputs" doc:"What the batch was made from."`
	Land         []Plot        `yaml:"land" doc:"Land that the batch was harvested from."`
	Animals      []Animal      `yaml:"animals" doc:"Animals that the batch comes from."`
	Attestation  Attestation   `yaml:"attestation" doc:"The attestation that is submitted or that a notice is about."`
	Attestations []Attestation `yaml:"attestations" doc:"Attestations of the batch that stand."`
	Units        Issue         `yaml:"units" doc:"Units that are issued."`
	Offer        Offer         `yaml:"offer" doc:"The offer of custody."`
	Known        []Known       `yaml:"known,named" doc:"What the contract's own facts are, by their names: a text such as 15 %, a date, true, a word, or from and to."`
}

// Place is where something was.
type Place struct {
	Municipality string `yaml:"municipality" doc:"ISTAT code of the municipality, 6 digits."`
	Confirmed    Answer `yaml:"confirmed" doc:"The control body has confirmed that the place lies in the zone, where only part of the municipality does."`
}

// Actor is a participant and what it may do.
type Actor struct {
	ID    string   `yaml:"id" doc:"Id of the participant."`
	Roles []string `yaml:"roles" doc:"Its roles."`
}

// Batch is the batch that is judged.
type Batch struct {
	GTIN           string               `yaml:"gtin" doc:"GTIN, 14 digits."`
	Lot            string               `yaml:"lot" doc:"Lot."`
	Specification  string               `yaml:"specification" doc:"Id of its specification."`
	Stage          string               `yaml:"stage" doc:"Its stage within the specification."`
	Owner          string               `yaml:"owner" doc:"Participant that made it."`
	ProductionDate Date                 `yaml:"production_date" doc:"Day of production; chooses the version of the contract."`
	ExpiryDate     Date                 `yaml:"expiry_date" doc:"Last day of consumption."`
	HarvestYear    Quantity[dimYear]    `yaml:"harvest_year" doc:"Year of the harvest."`
	Mass           Quantity[dimMass]    `yaml:"mass" doc:"How much it is."`
	Volume         Quantity[dimVolume]  `yaml:"volume" doc:"How much it is, where it is counted in volume."`
	Pieces         Quantity[dimNumber]  `yaml:"pieces" doc:"How many pieces it is."`
	Place          Place                `yaml:"place" doc:"Where it was made."`
	PackedAt       Place                `yaml:"packed_at" doc:"Where it was packed."`
	PackSize       Quantity[dimMass]    `yaml:"pack_size" doc:"Net content of a pack."`
	Altitude       Quantity[dimAltitud] `yaml:"altitude" doc:"Altitude of where it was made."`
}

// Input is something that the batch was made from.
type Input struct {
	What           string              `yaml:"what,required" doc:"Its kind, as the contract calls it."`
	Variety        string              `yaml:"variety" doc:"Variety or breed."`
	Batch          string              `yaml:"batch" doc:"Batch on the ledger, GTIN and lot; absent for what comes from outside."`
	Mass           Quantity[dimMass]   `yaml:"mass" doc:"How much was used."`
	Volume         Quantity[dimVolume] `yaml:"volume" doc:"How much was used, where counted in volume."`
	Pieces         Quantity[dimNumber] `yaml:"pieces" doc:"How many were used."`
	Origin         Place               `yaml:"origin" doc:"Where it comes from."`
	Region         string              `yaml:"region" doc:"ISTAT code of the region it comes from, 2 digits."`
	ProductionDate Date                `yaml:"production_date" doc:"Day of its production or harvest."`
	Certified      Answer              `yaml:"certified" doc:"An attestation stands for it."`
}

// Plot is a piece of land.
type Plot struct {
	ID       string               `yaml:"id" doc:"Location or parcel."`
	Place    Place                `yaml:"place" doc:"Where it lies."`
	Area     Quantity[dimArea]    `yaml:"area" doc:"Area that counts for the harvest."`
	Altitude Quantity[dimAltitud] `yaml:"altitude" doc:"Altitude above the sea."`
	Plants   Quantity[dimNumber]  `yaml:"plants" doc:"Vines or trees on it."`
	Variety  string               `yaml:"variety" doc:"What grows on it."`
	Use      string               `yaml:"use" doc:"How it is used, as the contract calls it."`
	Listed   Answer               `yaml:"listed" doc:"The control body has it on its list."`
}

// Animal is an animal, or what it became.
type Animal struct {
	ID          string            `yaml:"id" doc:"Its number."`
	Breed       string            `yaml:"breed" doc:"Breed."`
	HerdBook    Answer            `yaml:"herd_book" doc:"It is in the herd book."`
	Born        Date              `yaml:"born" doc:"Day of birth."`
	Slaughtered Date              `yaml:"slaughtered" doc:"Day of slaughter."`
	Sex         string            `yaml:"sex" words:"male female" doc:"male or female."`
	BornAt      Place             `yaml:"born_at" doc:"Where it was born."`
	RaisedAt    Place             `yaml:"raised_at" doc:"Where it was raised."`
	Region      string            `yaml:"region" doc:"ISTAT code of the region it was raised in, 2 digits."`
	Weight      Quantity[dimMass] `yaml:"weight" doc:"Live weight."`
}

// Attestation is a certificate.
type Attestation struct {
	ID        string              `yaml:"id" doc:"Its id."`
	Certifier string              `yaml:"certifier" doc:"Control body that issued it."`
	Issued    Date                `yaml:"issued" doc:"Day of issue."`
	Mass      Quantity[dimMass]   `yaml:"mass" doc:"How much is attested."`
	Volume    Quantity[dimVolume] `yaml:"volume" doc:"How much is attested, where counted in volume."`
	Pieces    Quantity[dimNumber] `yaml:"pieces" doc:"How many are attested."`
}

// Issue is what units are issued: labels or single items.
type Issue struct {
	Count Quantity[dimNumber] `yaml:"count" doc:"How many."`
	Mass  Quantity[dimMass]   `yaml:"mass" doc:"Net content of each."`
}

// Offer is an offer of custody.
type Offer struct {
	To       string              `yaml:"to" doc:"Participant that is to receive."`
	Mass     Quantity[dimMass]   `yaml:"mass" doc:"How much."`
	Volume   Quantity[dimVolume] `yaml:"volume" doc:"How much, where counted in volume."`
	Pieces   Quantity[dimNumber] `yaml:"pieces" doc:"How many."`
	Delivery Date                `yaml:"delivery" doc:"Day of delivery."`
}

// Known is one of the contract's own facts. Text, or From and To of a span.
type Known struct {
	At   Pos    `yaml:"-"`
	ID   string `yaml:"-"`
	Text string `yaml:"is" doc:"What it is: 15 %, 2026-09-10, true, or a word. A measure may begin with < where it is below what the method quantifies."`
	From string `yaml:"from" doc:"Beginning of a span: a date or an instant with its offset."`
	To   string `yaml:"to" doc:"End of a span, written as its beginning."`
}

// Answer is yes, no or not stated.
type Answer int8

// The answers.
const (
	NotStated Answer = iota
	No
	Yes
)

func (a *Answer) set(text string) error {
	switch text {
	case "true":
		*a = Yes
	case "false":
		*a = No
	default:
		return fmt.Errorf("true or false, not %q", clip(text))
	}
	return nil
}

func (a *Answer) shape() map[string]any { return map[string]any{"type": "boolean"} }

// dimension marks are the dimensions of a Go type.
type (
	dimMass    struct{}
	dimVolume  struct{}
	dimNumber  struct{}
	dimArea    struct{}
	dimAltitud struct{}
	dimYear    struct{}
)

func (dimMass) dim() Dimension    { return Mass }
func (dimVolume) dim() Dimension  { return Volume }
func (dimNumber) dim() Dimension  { return Number }
func (dimArea) dim() Dimension    { return Area }
func (dimAltitud) dim() Dimension { return Length }
func (dimYear) dim() Dimension    { return Year }

// Quantity is a number of base units of a dimension, or nothing.
type Quantity[D interface{ dim() Dimension }] struct {
	N     int64
	Given bool
}

// Set states a quantity in base units.
func (q *Quantity[D]) Set(n int64) { q.N, q.Given = n, true }

// Of is a quantity that is known.
func Of[D interface{ dim() Dimension }](n int64) Quantity[D] { return Quantity[D]{n, true} }

func (q *Quantity[D]) set(text string) error {
	var d D
	if d.dim() == Year {
		if len(text) != 4 || !allDigits(text) {
			return fmt.Errorf("a year of four digits, not %q", clip(text))
		}
		q.N, q.Given = parseDigits(text), true
		return nil
	}
	v, u, err := ParseAmount(text)
	if err != nil {
		return err
	}
	if u.Dim != d.dim() {
		return fmt.Errorf("%q is %s, not %s", clip(text), u.Dim, d.dim())
	}
	q.N, q.Given = v, true
	return nil
}

func (q *Quantity[D]) shape() map[string]any {
	return map[string]any{"type": []string{"string", "number"}}
}

func (q *Quantity[D]) known() (int64, Dimension, bool) {
	var d D
	return q.N, d.dim(), q.Given
}

// Bounds of facts.
const (
	maxList = 256
	maxWord = 256
)

// Prepare checks the bounds of facts and brings their lists into one order, so
// that neither results nor cost depend on how they were gathered. The facts are
// copied where they change.
func Prepare(f *Facts) (*Prepared, error) {
	for _, l := range []struct {
		name string
		n    int
	}{{"inputs", len(f.Inputs)}, {"land", len(f.Land)}, {"animals", len(f.Animals)}, {"attestations", len(f.Attestations)}, {"known", len(f.Known)}} {
		if l.n > maxList {
			return nil, fmt.Errorf("there are %d %s; at most %d are judged", l.n, l.name, maxList)
		}
	}
	p := &Prepared{facts: *f}
	k := &key{}
	p.facts.Inputs = sorted(f.Inputs, k, (*Input).key)
	p.facts.Land = sorted(f.Land, k, (*Plot).key)
	p.facts.Animals = sorted(f.Animals, k, (*Animal).key)
	p.facts.Attestations = sorted(f.Attestations, k, (*Attestation).key)
	k.rest(f)
	if k.long != "" {
		return nil, fmt.Errorf("%q is longer than %d bytes", clip(k.long), maxWord)
	}
	if len(f.Signer.Roles) > maxList {
		return nil, fmt.Errorf("there are %d roles; at most %d are judged", len(f.Signer.Roles), maxList)
	}
	p.facts.Known = byID(f.Known)
	for i := 1; i < len(p.facts.Known); i++ {
		if p.facts.Known[i].ID == p.facts.Known[i-1].ID {
			return nil, fmt.Errorf("%s is stated twice: judge one sample at a time", clip(p.facts.Known[i].ID))
		}
	}
	p.bind()
	return p, nil
}

// byID copies what is known into the order of its names.
func byID(list []Known) []Known {
	order := make([]*Known, len(list))
	for i := range list {
		order[i] = &list[i]
	}
	slices.SortFunc(order, func(a, b *Known) int { return cmp.Compare(a.ID, b.ID) })
	out := make([]Known, len(list))
	for i, k := range order {
		out[i] = *k
	}
	return out
}
