package verify

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"

	dbm "github.com/cosmos/cosmos-db"
	"google.golang.org/protobuf/proto"

	basev1 "github.com/filiera-chain/filiera/api/base/v1"
	productv1 "github.com/filiera-chain/filiera/api/product/v1"
	registryv1 "github.com/filiera-chain/filiera/api/registry/v1"
	tracev1 "github.com/filiera-chain/filiera/api/trace/v1"
	"github.com/filiera-chain/filiera/module"
	"github.com/filiera-chain/filiera/module/statekey"
	"github.com/filiera-chain/filiera/store"
	"github.com/filiera-chain/filiera/store/proof"
)

func readFile(t *testing.T, path string) []byte {
	t.Helper()
	b, err := os.ReadFile(path)
	must(t, err)
	return b
}

func TestGatherReadsTheStory(t *testing.T) {
	r := story().gather(t)
	if r.Batch.GetLot() != lot || r.Product.GetName() != "Ciauscolo IGP 400 g" || r.Version.GetVersion() != 1 || len(r.Attestations) != 1 || len(r.Journey) != 2 {
		t.Errorf("records %+v", r)
	}
	for _, id := range []string{"norcineria", "corriere", "agenzia", "regione-marche", "allevamento"} {
		if r.Participants[id] == nil {
			t.Errorf("participant %s was not read", id)
		}
	}
	if !slices.IsSortedFunc(r.Journey, func(a, b *tracev1.Event) int { return int(a.GetEventTimeMs() - b.GetEventTimeMs()) }) {
		t.Error("the journey is not in order of time")
	}
}

func TestGatherRefusesBadTargets(t *testing.T) {
	src := failing{}
	for _, c := range [][2]string{{"", lot}, {"8001234567897", lot}, {"08001234567890", lot}, {gtin, ""}, {gtin, "a b"}, {gtin, "x\x00y"}, {gtin, strings.Repeat("1", 21)}} {
		if _, err := Gather(src, c[0], c[1]); err == nil || errors.Is(err, errFailing) {
			t.Errorf("%q: %v", c, err)
		}
	}
	for _, depth := range []int{-1, MaxDepth + 1} {
		if _, err := GatherDeep(src, gtin, lot, depth); err == nil || errors.Is(err, errFailing) {
			t.Errorf("depth %d: %v", depth, err)
		}
	}
}

var errFailing = errors.New("the disk is on fire")

type failing struct{}

func (failing) Get([]byte) ([]byte, error)              { return nil, errFailing }
func (failing) Range(_, _ []byte) ([]proof.Pair, error) { return nil, errFailing }

// failAt fails at the n-th question, whichever it is.
type failAt struct {
	Source
	n *int
}

func (f failAt) Get(key []byte) ([]byte, error) {
	if *f.n--; *f.n < 0 {
		return nil, errFailing
	}
	return f.Source.Get(key)
}

func (f failAt) Range(start, end []byte) ([]proof.Pair, error) {
	if *f.n--; *f.n < 0 {
		return nil, errFailing
	}
	return f.Source.Range(start, end)
}

// TestGatherNeverHidesAFailure lets each question in turn fail: never may an answer come of it.
func TestGatherNeverHidesAFailure(t *testing.T) {
	must(t, story().lay(t).View(func(v *store.View) error {
		for n := 0; ; n++ {
			left := n
			_, err := Gather(failAt{Live(v), &left}, gtin, lot)
			if err == nil {
				if n < 17 {
					t.Errorf("only %d questions were asked", n)
				}
				return nil
			}
			if !errors.Is(err, errFailing) {
				t.Fatalf("question %d: %v", n, err)
			}
		}
	}))
}

// TestGatherRefusesBrokenState damages one record at a time.
func TestGatherRefusesBrokenState(t *testing.T) {
	start, _ := statekey.AttestationsOf(gtin, lot)
	steps, _ := statekey.JourneyOf(gtin, lot)
	other := attestation(certID, 1)
	other.Batches[0].Batch.Lot = "OTHER"
	unknownState := attestation(certID, 1)
	unknownState.History = append(unknownState.History, line("blessed", "", "agenzia", now))
	noHistory := attestation(certID, 1)
	noHistory.History = nil
	raw := func(m proto.Message) []byte {
		b, err := module.Marshal(m)
		must(t, err)
		return b
	}
	for name, c := range map[string]struct{ key, value []byte }{
		"batch not a record":              {batchKey(), []byte{0xff}},
		"batch of a later version":        {batchKey(), append(raw(story().batch), 0xf8, 0x3f, 0x01)},
		"batch of another lot":            {batchKey(), raw(&productv1.Batch{Gtin: gtin, Lot: "X"})},
		"batch without a status":          {batchKey(), raw(&productv1.Batch{Gtin: gtin, Lot: lot})},
		"batch of a later status":         {batchKey(), raw(&productv1.Batch{Gtin: gtin, Lot: lot, Status: 99})},
		"participant of a later status":   {statekey.Participant("norcineria"), raw(&registryv1.Participant{Id: "norcineria", Status: 99})},
		"batch of a missing version":      {batchKey(), raw(&productv1.Batch{Gtin: gtin, Lot: lot, Status: 1, Specification: specID, SpecificationVersion: 9})},
		"list of missing certificates":    {append(start, "urn:uuid:none"...), []byte{}},
		"certificate of another batch":    {firstKey(), raw(other)},
		"certificate in an unknown state": {firstKey(), raw(unknownState)},
		"certificate without history":     {firstKey(), raw(noHistory)},
		"journey of a missing event":      {append(append(steps, make([]byte, 8)...), eventID(99)...), []byte{}},
		"journey of a short entry":        {append(steps, 1, 2, 3), []byte{}},
		"event of another id":             {statekey.Event(eventID(1)), raw(moved("shipping", now))},
	} {
		t.Run(name, func(t *testing.T) {
			s := story().lay(t)
			b := s.Branch()
			must(t, b.Set(c.key, c.value))
			_, err := s.Prepare(stateHeight+1, b)
			must(t, err)
			must(t, s.Commit())
			must(t, s.View(func(v *store.View) error {
				if r, err := Gather(Live(v), gtin, lot); err == nil {
					t.Errorf("gathered %+v", r)
				}
				return nil
			}))
		})
	}
}

func TestGatherBounds(t *testing.T) {
	w := story()
	w.noise = 0
	for i := range MaxAttestations {
		a := attestation(secondID+strings.Repeat("x", 1)+string(rune('a'+i%26))+strings.Repeat("y", i/26), 1)
		w.attestations = append(w.attestations, a)
	}
	must(t, w.lay(t).View(func(v *store.View) error {
		if _, err := Gather(Live(v), gtin, lot); !errors.Is(err, ErrTooMuch) {
			t.Errorf("error %v, want %v", err, ErrTooMuch)
		}
		return nil
	}))
}

// TestGatherDeep follows flour to grain to seed, and stops where asked.
func TestGatherDeep(t *testing.T) {
	w := story()
	before := &tracev1.Event{
		Id: eventID(77), Type: "TransformationEvent", EventTimeMs: (producedAt - 2*day) * 1000, Reporter: "allevamento",
		Batches: []*tracev1.Involved{
			{Batch: &basev1.BatchID{Gtin: porkGTIN, Lot: "P6"}, Part: tracev1.Part_PART_INPUT},
			{Batch: &basev1.BatchID{Gtin: porkGTIN, Lot: porkLot}, Part: tracev1.Part_PART_OUTPUT},
		},
	}
	w.events = append(w.events, before)
	w.others = append(w.others, &productv1.Batch{Gtin: porkGTIN, Lot: "P6", Owner: "allevamento", Status: productv1.BatchStatus_BATCH_STATUS_WITHDRAWN})
	must(t, w.lay(t).View(func(v *store.View) error {
		for depth, want := range []int{0, 1, 2, 2} {
			r, err := GatherDeep(Live(v), gtin, lot, depth)
			must(t, err)
			got := 0
			for in := r.Inputs; len(in) > 0; in = in[0].Inputs {
				got++
			}
			if got != want {
				t.Errorf("depth %d: %d steps back, want %d", depth, got, want)
			}
			withdrawn := slices.ContainsFunc(Judge(r, ledger(), "it").Reasons, func(r Reason) bool { return r.Code == "input_withdrawn" })
			if withdrawn != (want == 2) {
				t.Errorf("depth %d: withdrawn input seen %v", depth, withdrawn)
			}
		}
		return nil
	}))
}

func TestRecorderNotesExactlyWhatIsRead(t *testing.T) {
	must(t, story().lay(t).View(func(v *store.View) error {
		rec := NewRecorder(Live(v))
		_, err := Gather(rec, gtin, lot)
		must(t, err)
		if len(rec.ranges) != 7 || !bytes.Contains(rec.keys[string(batchKey())], []byte(lot)) {
			t.Errorf("ranges %d, keys %d", len(rec.ranges), len(rec.keys))
		}
		if _, known := rec.keys[string(statekey.Participant("nobody"))]; known {
			t.Error("a key was noted that nobody read")
		}
		return nil
	}))
	s, err := store.Open(dbm.NewMemDB(), store.Options{})
	must(t, err)
	must(t, s.View(func(v *store.View) error {
		rec := NewRecorder(Live(v))
		_, err := Gather(rec, gtin, lot)
		must(t, err)
		if value, known := rec.keys[string(batchKey())]; !known || value != nil {
			t.Error("the absent batch was not noted as absent")
		}
		return nil
	}))
}

func TestParseTarget(t *testing.T) {
	for in, want := range map[string][2]string{
		"https://id.gs1.org/01/" + gtin + "/10/" + lot:              {gtin, lot},
		"https://qr.example.it/01/" + gtin + "/10/" + lot + "/21/7": {gtin, lot},
		"8001234567897 " + lot:                                      {gtin, lot},
		"(01)" + gtin + "(10)" + lot:                                {gtin, lot},
	} {
		got, err := ParseTarget(in)
		if err != nil || got.GTIN != want[0] || got.Lot != want[1] {
			t.Errorf("%q: %+v %v", in, got, err)
		}
	}
	for _, in := range []string{"", "ciao", gtin, "https://id.gs1.org/01/" + gtin, "(00)380012345678901237"} {
		if got, err := ParseTarget(in); err == nil {
			t.Errorf("%q: %+v", in, got)
		}
	}
}

// TestBuildsForBrowsers compiles the package, and what it imports, for WebAssembly.
func TestBuildsForBrowsers(t *testing.T) {
	cmd := exec.Command("go", "build", ".")
	cmd.Env = append(os.Environ(), "GOOS=js", "GOARCH=wasm", "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
}

// TestImportsNoServerCode keeps the package to what an offline checker needs.
func TestImportsNoServerCode(t *testing.T) {
	out, err := exec.Command("go", "list", "-deps", ".").Output()
	must(t, err)
	const us = "github.com/filiera-chain/filiera/"
	allowed := []string{us + "acts", us + "api/", us + "budget", us + "commitment", us + "gs1", us + "module/statekey", us + "registers", us + "rules", us + "ruling", us + "store/proof", us + "units", us + "verify"}
	for _, pkg := range strings.Fields(string(out)) {
		bad := strings.HasPrefix(pkg, us) && !slices.ContainsFunc(allowed, func(a string) bool { return strings.HasPrefix(pkg, a) })
		for _, server := range []string{"cosmossdk.io/", "github.com/cosmos/cosmos-db", "github.com/cosmos/iavl", "database/sql"} {
			bad = bad || strings.HasPrefix(pkg, server)
		}
		if bad {
			t.Errorf("the package depends on %s", pkg)
		}
	}
}
