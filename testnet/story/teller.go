package story

import (
	"fmt"
	"strings"
	"time"

	"github.com/filiera-chain/filiera/gs1"
)

// The figures of the batch. 850 eggs in 100 kg are 8.5 per kg, inside the 7 to
// 10 of the specification; 108.25 kg are what 100 kg of semolina and some 42 kg
// of egg give once dried, as 433 packs of 250 g.
const (
	specification = "maccheroncini-di-campofilone-igp"
	municipality  = "109004"
	semolinaKilos = 100
	eggCount      = 850
	packs         = 433
	gramsPerPack  = 250
	dryingHours   = 30
	madeDay       = -4  // counted from the base day
	bestDay       = 726 // two years after
)

// teller is what the templates speak to: its exported fields and methods are
// their words. Days are counted from the base day.
type teller struct {
	day time.Time // 00:00 UTC of the base day in Italy

	// GTINs and GLNs, with check digits, all of GS1's prefix for examples (952).
	Pasta, Semolina, Eggs    string
	Plant, Mill, Farm, Depot string
	// Pallet is the logistic unit that is shipped, as a Digital Link.
	Pallet string
	// VAT is an invented number of the pasta maker: its office code, 500, was
	// never given out.
	VAT string
	// Draft is what the certificate that is being written attests.
	Draft Draft
}

// Draft is a certificate of the story before it is signed.
type Draft struct {
	// File within the story's folder.
	File string
	Lot  string
	// Grams that it attests, and hours that the batch was dried.
	Grams, Hours int
}

// drafts are the certificate of the story's batch, and two of batches that were
// dried too little and just enough.
func (t *teller) drafts() []Draft {
	return []Draft{
		{"certificate.yaml", t.Lot(), t.Grams(), dryingHours},
		{"certificate-23h.yaml", t.LotOf(madeDay-1, "A"), 96_500, 23},
		{"certificate-24h.yaml", t.LotOf(madeDay-2, "A"), 110_000, 24},
	}
}

func newTeller(base time.Time) (*teller, error) {
	t := &teller{VAT: "12345675008"}
	local := base.UTC().Add(italy(base))
	t.day = time.Date(local.Year(), local.Month(), local.Day(), 0, 0, 0, 0, time.UTC)
	for _, n := range []struct {
		into   *string
		digits string
	}{
		{&t.Pasta, "952123400001"},
		{&t.Semolina, "952567800001"},
		{&t.Eggs, "952876500001"},
		{&t.Plant, "952123400000"},
		{&t.Mill, "952567800000"},
		{&t.Farm, "952876500000"},
		{&t.Depot, "952432100000"},
		{&t.Pallet, "39521234000000001"},
	} {
		number, err := numbered(n.digits)
		if err != nil {
			return nil, err
		}
		*n.into = number
	}
	t.Pallet = gs1.CanonicalStem + "/00/" + t.Pallet
	return t, nil
}

// What the templates ask for.

func (t *teller) Spec() string         { return specification }
func (t *teller) Municipality() string { return municipality }
func (t *teller) EventID() string      { return unknownID }
func (t *teller) Made() int            { return madeDay }
func (t *teller) Best() int            { return bestDay }
func (t *teller) SemolinaKilos() int   { return semolinaKilos }
func (t *teller) EggCount() int        { return eggCount }
func (t *teller) Packs() int           { return packs }
func (t *teller) Grams() int           { return packs * gramsPerPack }
func (t *teller) DryingHours() int     { return dryingHours }
func (t *teller) MinusDrying() int     { return -dryingHours }

// Kilos is the batch's weight with the decimal mark asked for.
func (t *teller) Kilos(mark string) string {
	return fmt.Sprintf("%d%s%02d", t.Grams()/1000, mark, t.Grams()%1000/10)
}

// EggsPerKilo has one decimal.
func (t *teller) EggsPerKilo() string {
	tenths := 10 * eggCount / semolinaKilos
	return fmt.Sprintf("%d.%d", tenths/10, tenths%10)
}

// LotOf is the lot of a day: year and day of the year in two and three digits.
func (t *teller) LotOf(day int, letter string) string {
	d := t.date(day)
	return fmt.Sprintf("%02d%03d%s", d.Year()%100, d.YearDay(), letter)
}

// Lot is that of the batch whose story is told.
func (t *teller) Lot() string { return t.LotOf(madeDay, "A") }

func (t *teller) PastaLot() string    { return gs1.ClassURI("0"+t.Pasta, t.Lot()) }
func (t *teller) SemolinaLot() string { return gs1.ClassURI("0"+t.Semolina, t.LotOf(-20, "S")) }
func (t *teller) EggsLot() string     { return gs1.ClassURI("0"+t.Eggs, t.LotOf(-5, "U")) }

func (t *teller) PlantPlace() string { return gs1.PlaceURI(t.Plant) }
func (t *teller) Store() string      { return gs1.PlaceURI(t.Plant) + "/254/magazzino" }
func (t *teller) Line() string       { return gs1.PlaceURI(t.Plant) + "/254/linea-1" }
func (t *teller) Dryer() string      { return gs1.PlaceURI(t.Plant) + "/254/essiccatoio-1" }

func (t *teller) PlantParty() string { return party(t.Plant) }
func (t *teller) MillParty() string  { return party(t.Mill) }
func (t *teller) FarmParty() string  { return party(t.Farm) }
func (t *teller) DepotParty() string { return party(t.Depot) }

func party(gln string) string { return gs1.CanonicalStem + "/417/" + gln }

// Day, DayIT and Year write a day, or the year of the base day and years on.
func (t *teller) Day(day int) string    { return t.date(day).Format(time.DateOnly) }
func (t *teller) DayIT(day int) string  { return t.date(day).Format("02/01/2006") }
func (t *teller) Year(years int) string { return fmt.Sprint(t.day.Year() + years) }

func (t *teller) date(day int) time.Time { return t.day.AddDate(0, 0, day) }

// At is an hour of a day in Italy, as 15:04. Hours at which clocks change are
// not told about.
func (t *teller) At(day int, hour string) (moment, error) {
	clock, err := time.Parse("15:04", hour)
	if err != nil {
		return moment{}, err
	}
	wall := t.date(day).Add(time.Duration(clock.Hour())*time.Hour + time.Duration(clock.Minute())*time.Minute)
	// Winter's offset finds the right one, since the wall clock is hours away
	// from a change.
	return moment{wall.Add(-italy(wall.Add(-winter)))}, nil
}

// moment is an instant that is written as in Italy.
type moment struct{ at time.Time }

func (m moment) Plus(hours int) moment {
	return moment{m.at.Add(time.Duration(hours) * time.Hour)}
}

func (m moment) UTC() string { return m.at.Format("2006-01-02T15:04:05.000Z") }

func (m moment) Local() string {
	return strings.TrimSuffix(moment{m.at.Add(italy(m.at))}.UTC(), "Z") + m.Zone()
}

func (m moment) Zone() string { return fmt.Sprintf("+%02d:00", int(italy(m.at)/time.Hour)) }

const winter, summer = time.Hour, 2 * time.Hour

// italy is how far Italian time is ahead of UTC: summer time from the last
// Sunday of March to that of October, at 01:00 UTC (Directive 2000/84/EC). It is
// worked out here because not every machine holds the table of zones.
func italy(at time.Time) time.Duration {
	at = at.UTC()
	if at.Before(lastSunday(at.Year(), time.March)) || !at.Before(lastSunday(at.Year(), time.October)) {
		return winter
	}
	return summer
}

func lastSunday(year int, month time.Month) time.Time {
	last := time.Date(year, month, 31, 1, 0, 0, 0, time.UTC)
	return last.AddDate(0, 0, -int(last.Weekday()))
}
