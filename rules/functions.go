package rules

import (
	"errors"
	"math/bits"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/functions"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
	"cel.dev/cel-go/common/types/traits"
)

// Function is a function of the language, for its reference.
type Function struct {
	Name string
	// Signature as a reader knows it: on(year, day of the year) → date.
	Signature string
	Doc       Text
	Example   string

	args   []kind
	result kind
	call   func(args []ref.Val) ref.Val
}

// same is the dimension of an argument that may have any, and of a result that has
// that one.
const same = dimensions

var (
	intOf     = func(d Dimension) kind { return kind{cel.IntType, d} }
	wordsKind = kind{cel: cel.ListType(cel.StringType)}
	inputList = kind{cel: cel.ListType(cel.ObjectType("Input"))}
	plotList  = kind{cel: cel.ListType(cel.ObjectType("Plot"))}
	spanKind  = kind{cel: cel.ObjectType("Span")}
	placeKind = kind{cel: cel.ObjectType("Place")}
	zoneKind  = kind{cel: cel.ObjectType("Zone")}
	boolKind  = kind{cel: cel.BoolType}
)

// Functions lists the functions of the language in the order of their reference.
func Functions() []Function { return append([]Function(nil), functionTable...) }

var functionTable = []Function{
	{
		"on", "on(year, day of the year) → date",
		Text{"La data di un giorno in un anno.", "The date of a day in a year."},
		"on(batch.harvest_year, picking_end)",
		[]kind{intOf(Year), intOf(YearDay)},
		intOf(Day), func(a []ref.Val) ref.Val {
			d := integer(a[1])
			return dated(dateOf(integer(a[0]), d/100, d%100))
		},
	},
	{
		"after_days", "after_days(date, days) → date",
		Text{"La data dopo tanti giorni; il giorno iniziale non si conta.", "The date so many days later; the first day does not count."},
		"after_days(attestation.issued, notice_days)",
		[]kind{intOf(Day), intOf(Days)},
		intOf(Day), func(a []ref.Val) ref.Val {
			n, ok := add(integer(a[0]), integer(a[1]))
			return dated(Date(n), ok && Date(n) >= minDate && Date(n) <= maxDate)
		},
	},
	{
		"after_months", "after_months(date, months) → date",
		Text{"La data dopo tanti mesi del calendario: lo stesso giorno del mese d'arrivo o, se manca, l'ultimo (art. 2963 c.c.).", "The date so many months of the calendar later: the same day of the month it leads to or, if there is none, its last (Italian civil code art. 2963)."},
		"after_months(on(batch.harvest_year, ageing_start), ageing_min)",
		[]kind{intOf(Day), intOf(Months)},
		intOf(Day), func(a []ref.Val) ref.Val { return dated(addMonths(Date(integer(a[0])), integer(a[1]))) },
	},
	{
		"year_of", "year_of(date) → year",
		Text{"L'anno di una data.", "The year of a date."},
		"year_of(batch.production_date)",
		[]kind{intOf(Day)},
		intOf(Year), func(a []ref.Val) ref.Val {
			d := Date(integer(a[0]))
			if d < minDate || d > maxDate {
				return types.WrapErr(errRange)
			}
			y, _, _ := d.civil()
			return types.Int(y)
		},
	},
	{
		"days", "days(span) → days",
		Text{"I giorni di calendario dall'inizio alla fine di una fase.", "The days of the calendar from the beginning to the end of a phase."},
		"days(ageing)",
		[]kind{spanKind},
		intOf(Days), func(a []ref.Val) ref.Val {
			s := a[0].Value().(*Span)
			return types.Int(s.EndDay - s.StartDay)
		},
	},
	{
		"elapsed", "elapsed(span) → duration",
		Text{"La durata a ore e minuti di una fase.", "How long a phase lasted by the clock."},
		"elapsed(drying)",
		[]kind{spanKind},
		intOf(Time), func(a []ref.Val) ref.Val {
			s := a[0].Value().(*Span)
			if !s.Start.Given || !s.End.Given {
				return types.WrapErr(missing{"the time of day"})
			}
			return types.Int(s.End.N - s.Start.N)
		},
	},
	{
		"mass", "mass(inputs) → mass",
		Text{"La massa di tutti gli ingredienti.", "The mass of all inputs."},
		"mass(inputs)",
		[]kind{inputList},
		intOf(Mass), func(a []ref.Val) ref.Val {
			return sum(a[0], func(*Input) bool { return true }, massOf)
		},
	},
	{
		"mass_of", "mass_of(inputs, words) → mass",
		Text{"La massa degli ingredienti del tipo indicato.", "The mass of the inputs of these kinds."},
		"mass_of(inputs, ['pancetta'])",
		[]kind{inputList, wordsKind},
		intOf(Mass), func(a []ref.Val) ref.Val {
			return sum(a[0], func(i *Input) bool { return among(i.What, a[1]) }, massOf)
		},
	},
	{
		"mass_of_variety", "mass_of_variety(inputs, words) → mass",
		Text{"La massa degli ingredienti della varietà indicata.", "The mass of the inputs of these varieties."},
		"mass_of_variety(inputs, listed_varieties)",
		[]kind{inputList, wordsKind},
		intOf(Mass), func(a []ref.Val) ref.Val {
			return sum(a[0], func(i *Input) bool { return among(i.Variety, a[1]) }, massOf)
		},
	},
	{
		"pieces_of", "pieces_of(inputs, words) → number",
		Text{"Il numero di pezzi degli ingredienti del tipo indicato.", "How many pieces of the inputs of these kinds."},
		"pieces_of(inputs, ['uova'])",
		[]kind{inputList, wordsKind},
		intOf(Number), func(a []ref.Val) ref.Val {
			return sum(a[0], func(i *Input) bool { return among(i.What, a[1]) }, func(i *Input) (int64, bool) { return i.Pieces.N, i.Pieces.Given })
		},
	},
	{
		"area", "area(land) → area",
		Text{"La superficie di tutti i terreni.", "The area of all the land."},
		"area(land)",
		[]kind{plotList},
		intOf(Area), func(a []ref.Val) ref.Val {
			return sum(a[0], func(*Plot) bool { return true }, func(p *Plot) (int64, bool) { return p.Area.N, p.Area.Given })
		},
	},
	{
		"area_of", "area_of(land, words) → area",
		Text{"La superficie dei terreni con l'uso indicato.", "The area of the land that is used so."},
		"area_of(land, ['irriguo'])",
		[]kind{plotList, wordsKind},
		intOf(Area), func(a []ref.Val) ref.Val {
			return sum(a[0], func(p *Plot) bool { return among(p.Use, a[1]) }, func(p *Plot) (int64, bool) { return p.Area.N, p.Area.Given })
		},
	},
	{
		"plants", "plants(land) → number",
		Text{"Il numero di piante su tutti i terreni.", "How many plants all the land bears."},
		"plants(land)",
		[]kind{plotList},
		intOf(Number), func(a []ref.Val) ref.Val {
			return sum(a[0], func(*Plot) bool { return true }, func(p *Plot) (int64, bool) { return p.Plants.N, p.Plants.Given })
		},
	},
	{
		"in_zone", "in_zone(place, zone, date) → bool",
		Text{"Il luogo è in un comune della zona, con i codici validi in quella data e i loro successori. Dove solo parte del comune è nella zona, l'organismo di controllo deve aver confermato il luogo.", "The place is in a municipality of the zone, by the codes that held on that date and their successors. Where only part of the municipality is in the zone, the control body must have confirmed the place."},
		"in_zone(batch.place, production_zone, batch.production_date)",
		[]kind{placeKind, zoneKind, intOf(Day)},
		boolKind, func(a []ref.Val) ref.Val {
			return a[1].Value().(*zone).covers(a[0].Value().(*Place), Date(integer(a[2])))
		},
	},
	{
		"at_most", "at_most(part, share, whole) → bool",
		Text{"part ≤ share × whole, senza arrotondamenti.", "part ≤ share × whole, without rounding."},
		"at_most(poultry, poultry_max, meats)",
		[]kind{intOf(same), intOf(Share), intOf(same)},
		boolKind, func(a []ref.Val) ref.Val { return ratioIs(a, func(c int) bool { return c <= 0 }) },
	},
	{
		"at_least", "at_least(part, share, whole) → bool",
		Text{"part ≥ share × whole, senza arrotondamenti.", "part ≥ share × whole, without rounding."},
		"at_least(dried, dried_min, grapes)",
		[]kind{intOf(same), intOf(Share), intOf(same)},
		boolKind, func(a []ref.Val) ref.Val { return ratioIs(a, func(c int) bool { return c >= 0 }) },
	},
	{
		"increased", "increased(value, share) → value",
		Text{"Il valore aumentato della quota, troncato all'unità base.", "The value increased by the share, cut to the base unit."},
		"increased(yield_max, tolerance)",
		[]kind{intOf(same), intOf(Share)},
		intOf(same), func(a []ref.Val) ref.Val {
			// A sum that overflows is negative, which scaled refuses.
			return scaled(integer(a[0]), wholeShare+integer(a[1]), false)
		},
	},
	{
		"decreased", "decreased(value, share) → value",
		Text{"Il valore diminuito della quota, arrotondato per eccesso all'unità base.", "The value decreased by the share, rounded up to the base unit."},
		"decreased(pig_weight, pig_tolerance)",
		[]kind{intOf(same), intOf(Share)},
		intOf(same), func(a []ref.Val) ref.Val { return scaled(integer(a[0]), wholeShare-integer(a[1]), true) },
	},
	{
		"admitted", "admitted(mass, area, mass per area, share) → mass",
		Text{"Quanto di un raccolto può portare il nome: tutto entro il limite per ettaro, il limite entro la tolleranza, niente oltre la tolleranza.", "How much of a harvest may bear the name: all of it within the cap per hectare, the cap within the tolerance, nothing beyond the tolerance."},
		"admitted(mass(inputs), area(land), yield_max, tolerance)",
		[]kind{intOf(Mass), intOf(Area), intOf(PerArea), intOf(Share)},
		intOf(Mass), admitted,
	},
}

// wholeShare is 100 %.
const wholeShare = 1_000_000_000

var errRange = errors.New("a number is beyond what is computed with")

func integer(v ref.Val) int64 { i, _ := v.Value().(int64); return i }

func dated(d Date, ok bool) ref.Val {
	if !ok {
		return types.WrapErr(errRange)
	}
	return types.Int(d)
}

func massOf(i *Input) (int64, bool) { return i.Mass.N, i.Mass.Given }

// sum adds up a quantity of the entries of a list that count; one of them that
// lacks it makes the sum unknown, as does an empty list.
func sum[T any](list ref.Val, counts func(*T) bool, amount func(*T) (int64, bool)) ref.Val {
	entries := list.(traits.Lister)
	total, n := int64(0), entries.Size().(types.Int)
	if n == 0 {
		return types.WrapErr(missing{"the list"})
	}
	for i := types.Int(0); i < n; i++ {
		entry := entries.Get(i).Value().(*T)
		if !counts(entry) {
			continue
		}
		v, given := amount(entry)
		if !given {
			return types.WrapErr(missing{"an amount of the list"})
		}
		var ok bool
		if total, ok = add(total, v); !ok || v < 0 {
			return types.WrapErr(errRange)
		}
	}
	return types.Int(total)
}

func among(word string, list ref.Val) bool {
	words := list.(traits.Lister)
	n := words.Size().(types.Int)
	for i := types.Int(0); i < n; i++ {
		if words.Get(i).Value() == word {
			return true
		}
	}
	return false
}

func ratioIs(a []ref.Val, holds func(int) bool) ref.Val {
	part, share, whole := integer(a[0]), integer(a[1]), integer(a[2])
	if part < 0 || share < 0 || whole < 0 {
		return types.WrapErr(errRange)
	}
	return types.Bool(holds(compareRatio(part, wholeShare, share, whole)))
}

// scaled is value × share, cut or rounded up to the base unit.
func scaled(value, share int64, up bool) ref.Val {
	if value < 0 || share < 0 {
		return types.WrapErr(errRange)
	}
	q, rest, ok := mulDiv(value, share, wholeShare)
	if !ok {
		return types.WrapErr(errRange)
	}
	if up && rest > 0 {
		q++
	}
	return types.Int(q)
}

// mulDiv is a × b / c with its remainder, for numbers that are not negative.
func mulDiv(a, b, c int64) (int64, int64, bool) {
	hi, lo := bits.Mul64(uint64(a), uint64(b))
	if c <= 0 || hi >= uint64(c) {
		return 0, 0, false
	}
	q, rest := bits.Div64(hi, lo, uint64(c))
	if q > 1<<62 {
		return 0, 0, false
	}
	return int64(q), int64(rest), true
}

func admitted(a []ref.Val) ref.Val {
	amount, area, limit, tolerance := integer(a[0]), integer(a[1]), integer(a[2]), integer(a[3])
	if amount < 0 || area < 0 || limit < 0 || tolerance < 0 {
		return types.WrapErr(errRange)
	}
	within, ok := mul(limit, area)
	most, fits := add(wholeShare, tolerance)
	if !ok || !fits {
		return types.WrapErr(errRange)
	}
	if amount <= within {
		return types.Int(amount)
	}
	if compareRatio(amount, wholeShare, within, most) > 0 {
		return types.Int(0)
	}
	return types.Int(within)
}

func (f *Function) declare() cel.EnvOption {
	args := make([]*cel.Type, 0, len(f.args))
	for _, a := range f.args {
		args = append(args, a.cel)
	}
	var bind functions.FunctionOp = func(args ...ref.Val) ref.Val { return f.call(args) }
	return cel.Function(f.Name, cel.Overload(f.Name, args, f.result.cel, cel.FunctionBinding(bind)))
}
