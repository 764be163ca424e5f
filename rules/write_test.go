package rules

import (
	"reflect"
	"testing"
)

// TestFactsReadBackAsTheyWereWritten writes facts of every kind and reads them.
func TestFactsReadBackAsTheyWereWritten(t *testing.T) {
	text := `today: 2026-11-23
signer: {id: amap, roles: [certifier]}
batch:
  gtin: "09521234000013"
  lot: "26323"
  production_date: 2026-11-19
  harvest_year: 2026
  mass: 0.000001 kg
  volume: 1.5 hl
  pieces: 12 n.
  place: {municipality: "044010", confirmed: false}
  pack_size: 250 g
  altitude: 470.5 m
inputs:
  - {what: semola, mass: 32.5 kg, certified: true}
  - {what: uova, pieces: 260 n.}
land:
  - {id: vigna, area: 1.2345 ha}
known:
  drying_time: {is: 24 h}
  phase: {from: 2026-11-19T11:00:00+01:00, to: 2026-11-20T11:00:00+01:00}
`
	f, err := ParseFacts([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	out, err := WriteFacts(f)
	if err != nil {
		t.Fatal(err)
	}
	again, err := ParseFacts(out)
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	clearPlaces(f)
	clearPlaces(again)
	if !reflect.DeepEqual(f, again) {
		t.Fatalf("read back as %+v\nnot %+v\n%s", again, f, out)
	}
}

func clearPlaces(f *Facts) {
	f.At = Pos{}
	for i := range f.Known {
		f.Known[i].At = Pos{}
	}
}
